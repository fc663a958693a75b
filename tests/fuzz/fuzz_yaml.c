/* fuzz_yaml.c -- any bytes as YAML or JSON: an error or valid JSON, the same one from memory and from a pipe in pieces, whole and taken
 * apart.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const item_limits limits = {.max_bytes = 20000, .max_depth = 20};

typedef struct seen {
  buf text; /* what came, one a line */
  bool json_only;
  bool items; /* elements wait for their List */
} seen;

static void valid(str json) {
  buf out = {0};
  static const item_limits wide = {.max_bytes = 1 << 24, .max_depth = 100};
  if (item_minify(json, 0, &wide, &out, NULL) != PINTLE_OK) abort();
  buf_free(&out);
}

static pintle_status take(void *ctx, const conf_part *part) {
  seen *s = ctx;
  if (part->part == CONF_LIST && !s->items && part->text.len == 0) abort();
  if (part->part == CONF_VOID && !s->items) abort();
  if (part->part == CONF_WHOLE && s->items) abort();
  s->items = part->part == CONF_ITEM;
  if (!s->json_only && part->part != CONF_VOID && part->part != CONF_LIST) valid(part->text);
  if (part->line == 0 || part->column == 0) abort();
  buf_printf(&s->text, "%d %d %u:%u %lld+%llu ", part->part, part->raw, part->line, part->column, (long long)part->offset,
             (unsigned long long)part->length);
  buf_adds(&s->text, part->text);
  buf_addc(&s->text, '\n');
  return PINTLE_OK;
}

static void bad(void *ctx, const error *e) {
  seen *s = ctx;
  if (e->status != PINTLE_INVALID || !e->place[0]) abort();
  buf_printf(&s->text, "%s %s\n", e->place, e->message);
}

static void parts(int fd, str text, bool json_only, seen *s) {
  conf_yaml *y;
  error e = {0};
  *s = (seen){.json_only = json_only};
  if (conf_yaml_open(fd, text, "f", &limits, &y, &e) != PINTLE_OK) abort();
  if (json_only) conf_yaml_json_only(y);
  pintle_status st = conf_yaml_parts(y, take, bad, s, &e);
  if (st != PINTLE_OK && st != PINTLE_INVALID) abort();
  if (st != PINTLE_OK) bad(s, &e);
  if (s->items) abort();
  conf_yaml_close(y);
}

/* Every document by itself, with marks that fit. */
static void documents(str text) {
  conf_yaml *y;
  error e = {0};
  conf_places places = {0};
  uint32_t line;
  if (conf_yaml_open(-1, text, "f", &limits, &y, &e) != PINTLE_OK) abort();
  for (;;) {
    buf json = {0};
    pintle_status st = conf_yaml_next(y, &json, &places, &line, &e);
    if (st == PINTLE_OK) {
      valid(buf_str(&json));
      if (json.len > limits.max_bytes + 1 || places.n == 0 || places.v[0].offset != 0) abort();
      for (size_t i = 1; i < places.n; i++)
        if (places.v[i].offset < places.v[i - 1].offset || places.v[i].offset >= json.len) abort();
    } else if (json.len) abort();
    buf_free(&json);
    if (st == PINTLE_NOT_FOUND) break;
    if (st != PINTLE_OK && (st != PINTLE_INVALID || !e.place[0])) abort();
  }
  conf_places_free(&places);
  conf_yaml_close(y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  str text = {(const char *)data, size};
  seen memory, file;
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
  for (int json_only = 0; json_only < 2; json_only++) {
    parts(-1, text, json_only, &memory);
    if (lseek(fd, 0, SEEK_SET) != 0) abort();
    parts(fd, STR(""), json_only, &file);
    if (!str_eq(buf_str(&memory.text), buf_str(&file.text))) {
      fprintf(stderr, "memory:\n%s\nfile:\n%s\n", buf_z(&memory.text), buf_z(&file.text));
      abort();
    }
    buf_free(&memory.text);
    buf_free(&file.text);
  }
  close(fd);
  documents(text);
  return 0;
}
