/* fuzz_record.c -- any text as the objects that a later process reads back: a run record, a manifest, operations, results.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whatever the store holds, nothing crashes; what is refused has a message; what is accepted is printed and read back the same. */
#include "archive/archive.h"
#include "engine/operations.h"
#include "store/manifest_read.h"
#include <stdlib.h>

/* ---- a store with one object, given in pieces */
typedef struct object {
  str content;
  size_t at_once;
} object;

static pintle_status get(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *to) {
  const object *o = self;
  (void)call, (void)bucket, (void)key;
  for (size_t at = 0; at < o->content.len;) {
    size_t n = o->content.len - at < o->at_once ? o->content.len - at : o->at_once;
    int64_t taken = to->write(to, o->content.ptr + at, n);
    if (taken <= 0) return taken < 0 ? (pintle_status)taken : PINTLE_FAILED;
    at += (size_t)taken;
  }
  return PINTLE_OK;
}

static pintle_status list(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *keys) {
  const pintle_entry e = {.struct_size = sizeof e, .key = "plugins/pintle.io/runs/backup-b.json"};
  (void)self, (void)call, (void)bucket, (void)prefix;
  return keys->api->entry(keys, &e);
}

static const pintle_object_store ops = {.struct_size = sizeof ops, .get_object = get, .list_objects = list};

static store *opened(object *o) {
  static const host_services none = {0};
  const store_options options = {.ops = &ops, .self = o, .services = &none, .name = "fuzz", .bucket = "b", .prefix = ""};
  store *s = NULL;
  if (store_open(&options, &s, NULL) != PINTLE_OK) abort();
  return s;
}

static void valid(str json) {
  buf out = {0};
  if (item_minify(json, 0, NULL, &out, NULL) != PINTLE_OK) abort();
  buf_free(&out);
}

static void record(str text) {
  object o = {text, 7};
  store *s = opened(&o);
  arena a = {0};
  store_run *runs = NULL;
  size_t n = 0;
  error e = {0};
  if (store_runs(s, &a, &runs, &n, &e) != PINTLE_OK || n != 1) abort();
  const store_run *r = runs;
  if (!r->kind || !r->name || !r->uid || !r->phase || !r->host || !r->data.ptr) abort();
  if (strcmp(r->phase, "Unreadable") == 0 && *r->uid == 0) {
    if (strcmp(r->kind, "backup") != 0 || strcmp(r->name, "b") != 0) abort();
  } else if (!*r->kind || !*r->name || !*r->uid) abort();
  valid(r->data);
  arena_free(&a);
  store_close(s);
}

/* ---- a manifest, gzipped here; in one piece and in many it is the same */
static pintle_status line(void *ctx, const store_manifest_line *l, error *e) {
  (void)e;
  if (!l->name || !*l->name || l->size < 0) abort();
  buf_printf(ctx, "%d %s %lld %02x\n", l->item, l->name, (long long)l->size, l->sha256[31]);
  return PINTLE_OK;
}

static pintle_status read_manifest(str stream, size_t at_once, buf *lines) {
  object o = {stream, at_once};
  store *s = opened(&o);
  error e = {0};
  int64_t size = -1;
  pintle_status st = store_manifest_read(s, "backups/b/b-pintle.json.gz", line, lines, &size, NULL, &e);
  if (st != PINTLE_OK && !e.message[0]) abort();
  if ((st == PINTLE_OK || st == PINTLE_INVALID) && size != (int64_t)stream.len) abort();
  store_close(s);
  return st;
}

static void manifest(str text) {
  buf stream = {0}, whole = {0}, pieces = {0};
  if (archive_gzip_text(text, &stream, NULL) != PINTLE_OK) abort();
  if (read_manifest(buf_str(&stream), stream.len, &whole) != read_manifest(buf_str(&stream), 11, &pieces)) abort();
  if (!str_eq(buf_str(&whole), buf_str(&pieces))) abort();
  buf_free(&stream);
  buf_free(&whole);
  buf_free(&pieces);
}

/* ---- what journal and operations of an earlier process said */
static void operations(str text, kube_types *types, engine_journal *j, const char *run) {
  item_doc *d = NULL;
  engine_operations *o[2] = {0};
  buf printed[2] = {{0}, {0}};
  error e = {0};
  if (item_new(&d) != PINTLE_OK || item_parse(d, str_of(run), 0, NULL, NULL) != PINTLE_OK) abort();
  const engine_operations_options options = {.run = d, .types = types, .journal = j};
  for (int i = 0; i < 2; i++) {
    if (engine_operations_new(&options, &o[i], NULL) != PINTLE_OK) abort();
    pintle_status st = engine_operations_read(o[i], i ? buf_str(&printed[0]) : text, &e);
    if (st != PINTLE_OK && (i || !e.message[0])) abort();
    engine_operations_print(o[i], &printed[i]);
    valid(buf_str(&printed[i]));
    if (engine_operations_outstanding(o[i]) > engine_operations_count(o[i])) abort();
  }
  if (!str_eq(buf_str(&printed[0]), buf_str(&printed[1]))) abort();
  for (int i = 0; i < 2; i++) engine_operations_free(o[i]), buf_free(&printed[i]);
  item_free(d);
}

static void results(str text, engine_journal *j) {
  buf first = {0}, second = {0};
  engine_journal *again = NULL;
  const engine_journal_options options = {.run_field = "backup=velero/b", .no_file = true};
  if (engine_journal_before(j, text, 0, 0, NULL) != PINTLE_OK) return;
  if (engine_results(j, &first, NULL) != PINTLE_OK || engine_journal_open(&options, &again, NULL) != PINTLE_OK) abort();
  if (engine_journal_before(again, buf_str(&first), 0, 0, NULL) != PINTLE_OK || engine_results(again, &second, NULL) != PINTLE_OK) abort();
  if (!str_eq(buf_str(&first), buf_str(&second))) abort();
  engine_journal_free(again);
  buf_free(&first);
  buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  str text = {(const char *)data, size};
  const engine_journal_options options = {.run_field = "backup=velero/b", .no_file = true};
  kube_types *types = NULL;
  engine_journal *j = NULL;
  if (kube_types_new(&types) != PINTLE_OK || engine_journal_open(&options, &j, NULL) != PINTLE_OK) abort();
  record(text);
  manifest(text);
  operations(text, types, j, "{\"kind\":\"Backup\",\"metadata\":{\"name\":\"b\",\"uid\":\"u\"}}");
  operations(text, types, j, "{\"kind\":\"Restore\",\"metadata\":{\"name\":\"r\",\"uid\":\"u\"}}");
  results(text, j);
  engine_journal_free(j);
  kube_types_free(types);
  return 0;
}
