/* client_output.c -- what a Go plugin prints: hclog's lines, panics, anything.  SPDX-License-Identifier: Apache-2.0 */
#include "velero/client_inside.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { FIELDS_MAX = 32 };

static const struct word {
  const char *name;
  int32_t level;
} words[] = {{"trace", PINTLE_LOG_TRACE}, {"debug", PINTLE_LOG_DEBUG},  {"info", PINTLE_LOG_INFO},
             {"warn", PINTLE_LOG_WARN},   {"warning", PINTLE_LOG_WARN}, {"error", PINTLE_LOG_ERROR},
             {"err", PINTLE_LOG_ERROR},   {"fatal", PINTLE_LOG_ERROR},  {"panic", PINTLE_LOG_ERROR}};

static int32_t level_of(str name) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (name.len == strlen(words[i].name) && strncasecmp(name.ptr, words[i].name, name.len) == 0) return words[i].level;
  return -1;
}

/* A value as text: a string's content, else its JSON. Offsets into p->text, since it may move. */
static size_t field_text(velero_process *p, const item_node *value) {
  size_t at = p->text.len;
  if (item_type(value) == PINTLE_T_STRING) buf_adds(&p->text, item_string(value));
  else if (item_print(p->json, value, 0, &p->text) != PINTLE_OK) p->text.len = at;
  buf_addc(&p->text, 0);
  return at;
}

static bool tell_hclog(velero_process *p, str line) {
  if (line.len < 2 || line.ptr[0] != '{' || item_parse(p->json, line, 0, NULL, NULL) != PINTLE_OK) return false;
  const item_node *root = item_root(p->json), *message = item_member(root, STR("@message")), *level = item_member(root, STR("@level"));
  int32_t l = item_type(level) == PINTLE_T_STRING ? level_of(item_string(level)) : -1;
  pintle_kv fields[FIELDS_MAX];
  size_t at[FIELDS_MAX], n = 0;
  if (l < 0 || item_type(message) != PINTLE_T_STRING) return false;
  buf_clear(&p->text);
  for (const item_node *m = item_first(root); m && n < FIELDS_MAX; m = item_next(m)) {
    str key = item_key(m);
    if (str_is(key, "@message") || str_is(key, "@level") || str_is(key, "@timestamp")) continue;
    fields[n].key = str_is(key, "@module") ? "module" : key.ptr;
    at[n++] = field_text(p, m);
  }
  if (p->text.failed) n = 0;
  for (size_t i = 0; i < n; i++) fields[i].value = p->text.data + at[i];
  p->o.log(p->o.ctx, l, item_string(message), fields, n);
  return true;
}

static void tell_text(velero_process *p, str line) {
  int32_t level = PINTLE_LOG_DEBUG;
  const char *end = line.len && line.ptr[0] == '[' ? memchr(line.ptr, ']', line.len) : NULL;
  if (end && level_of((str){line.ptr + 1, (size_t)(end - line.ptr) - 1}) >= 0)
    level = level_of((str){line.ptr + 1, (size_t)(end - line.ptr) - 1});
  if (!p->words[0] && (str_starts(line, "panic: ") || str_starts(line, "fatal error: ")))
    snprintf(p->words, sizeof p->words, "%.*s", (int)line.len, line.ptr);
  p->o.log(p->o.ctx, level, line, NULL, 0);
}

static void line_done(velero_process *p) {
  str line = buf_str(&p->line);
  if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
  if (line.len && !p->line.failed && !tell_hclog(p, line)) tell_text(p, line);
  buf_clear(&p->line);
}

static ssize_t get(int fd, char *to, size_t n) {
  ssize_t got;
  do got = fd < 0 ? 0 : read(fd, to, n);
  while (got < 0 && errno == EINTR);
  return got;
}

void client_drain(velero_process *p) {
  char part[4096];
  ssize_t n;
  for (int round = 0; round < 1024 && (n = get(p->err, part, sizeof part)) > 0; round++)
    for (ssize_t i = 0; i < n; i++) {
      if (part[i] != '\n') buf_addc(&p->line, part[i]);
      if (part[i] == '\n' || p->line.len >= CLIENT_LINE) line_done(p);
    }
  if (p->err >= 0 && n == 0) line_done(p), close_p(&p->err);
  if (!p->conn) return; /* its handshake line is still to come */
  for (int round = 0; round < 1024 && (n = get(p->out, part, sizeof part)) > 0; round++) {}
  if (p->out >= 0 && n == 0) close_p(&p->out);
}
