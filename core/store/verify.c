/* verify.c -- fetches a backup back and compares it with its manifest.  SPDX-License-Identifier: Apache-2.0
 *
 * The chain of trust: velero-backup.json, the commit, names the manifest's SHA-256; the manifest names those of all other objects and of every item.
 * Each object is fetched once. Of a member of the tarball 29 bytes are remembered: parts of two sums and a mark. */
#include "archive/archive.h"
#include "archive/gunzip.h"
#include "base/path.h"
#include "base/sort.h"
#include "store/manifest_read.h"
#include "store/parts.h"
#include <stdio.h>
#include <stdlib.h>

enum { PATH = 12, HALF = 16, RATIO = 1100, MAX_JSON = 64 << 20, MAX_COMMIT = 16 << 20 };

typedef struct known {
  unsigned char path[PATH], content[HALF];
} known;
typedef struct object {
  char *key;
  int64_t size;
  unsigned char sha256[ARCHIVE_SHA256];
} object;

typedef struct verify {
  store *store;
  const char *backup;
  void (*problem)(void *ctx, const char *where, const char *what);
  void *ctx;
  store_verify *out;
  arena memory;
  buf keys;    /* of the key at hand */
  buf items;   /* of known, sorted by path */
  buf seen;    /* a byte each */
  buf objects; /* of object */
  buf json;
  bool listed;     /* the manifest was readable */
  bool finalizing; /* objects are being replaced one by one: the manifest may be older than they */
} verify;

static void report(verify *v, const char *where, const char *what) {
  v->out->problems++;
  if (v->problem) v->problem(v->ctx, where, what);
}

/* Is it about the backup (a problem), or could we not look? */
static bool damage(pintle_status st) { return st == PINTLE_NOT_FOUND || st == PINTLE_INVALID || st == PINTLE_FAILED; }

static const char *key_of(verify *v, int object) {
  buf_clear(&v->keys);
  store_key_backup(v->backup, object, &v->keys);
  return buf_z(&v->keys);
}

/* ---- the commit */
static pintle_status read_commit(verify *v, bool *sealed, unsigned char sum[ARCHIVE_SHA256], error *e) {
  static const char pointer[] = "/metadata/annotations/pintle.io~1manifest-sha256";
  CLEANUP(buf_free) buf text = {0};
  item_doc *d = NULL;
  error bad = {0};
  char hex[2 * ARCHIVE_SHA256 + 1];
  pintle_status st = store_get(v->store, key_of(v, STORE_METADATA), MAX_COMMIT, &text, e);
  if (st != PINTLE_OK) return st;
  v->out->objects++, v->out->bytes += text.len;
  if (item_new(&d) != PINTLE_OK) return error_nomem(e);
  if (item_parse(d, buf_str(&text), ITEM_KUBERNETES, NULL, &bad) != PINTLE_OK) report(v, v->keys.data, bad.message);
  else if (!str_is(item_str(d, "/kind", ""), "Backup")) report(v, v->keys.data, "it is no Backup");
  else if (!str_is(item_str(d, "/metadata/name", ""), v->backup)) report(v, v->keys.data, "its metadata.name is not the backup's name");
  str given = item_str(d, pointer, ""), phase = item_str(d, "/status/phase", "");
  snprintf(v->out->phase, sizeof v->out->phase, "%s", phase.ptr);
  v->finalizing = str_starts(phase, "Finalizing");
  v->out->waits = v->finalizing || str_starts(phase, "WaitingForPluginOperations");
  *sealed = given.len != 0;
  unsigned high = 0;
  for (size_t i = 0; i < given.len && given.len == sizeof hex - 1; i++) {
    char c = given.ptr[i];
    unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a' + 10) & 15;
    if (i % 2) sum[i / 2] = (unsigned char)(high << 4 | digit);
    high = digit;
  }
  archive_hex(sum, ARCHIVE_SHA256, hex);
  if (*sealed && !str_is(given, hex)) report(v, v->keys.data, "its annotation " STORE_MANIFEST_ANNOTATION " is no SHA-256");
  item_free(d);
  return PINTLE_OK;
}

/* ---- the manifest */
static bool path_sum(str text, unsigned char to[PATH]) {
  unsigned char sum[ARCHIVE_SHA256];
  if (!archive_sha256(text, sum)) return false;
  memcpy(to, sum, PATH);
  return true;
}

static pintle_status note_line(void *ctx, const store_manifest_line *line, error *e) {
  verify *v = ctx;
  if (line->item) {
    known k;
    if (!path_sum(str_of(line->name), k.path)) return error_set(e, PINTLE_FAILED, "OpenSSL cannot make a SHA-256");
    memcpy(k.content, line->sha256, HALF);
    buf_add(&v->items, &k, sizeof k);
    return v->items.failed ? error_nomem(e) : PINTLE_OK;
  }
  object o = {.key = arena_dup(&v->memory, line->name), .size = line->size};
  memcpy(o.sha256, line->sha256, sizeof o.sha256);
  buf_add(&v->objects, &o, sizeof o);
  return o.key && !v->objects.failed ? PINTLE_OK : error_nomem(e);
}

static int by_path(const void *a, const void *b) { return memcmp(((const known *)a)->path, ((const known *)b)->path, PATH); }
static int in_order(const void *a, const void *b, void *ctx) {
  (void)ctx;
  return by_path(a, b);
}

static size_t n_items(const verify *v) { return v->items.len / sizeof(known); }

static pintle_status index_items(verify *v, error *e) {
  size_t n = n_items(v);
  known *all = (known *)(void *)v->items.data;
  if (!buf_reserve(&v->seen, n)) return error_nomem(e);
  memset(v->seen.data, 0, n);
  v->seen.len = n;
  sort_in_place(all, n, sizeof *all, in_order, NULL);
  for (size_t i = 1; i < n; i++)
    if (by_path(&all[i - 1], &all[i]) == 0) return error_set(e, PINTLE_INVALID, "it lists an item twice");
  return PINTLE_OK;
}

/* Absent is fine only when nobody promised one. */
static pintle_status read_manifest(verify *v, bool sealed, const unsigned char *promised, error *e) {
  unsigned char sum[ARCHIVE_SHA256];
  int64_t size = 0;
  error bad = {0};
  const char *key = key_of(v, STORE_MANIFEST);
  pintle_status st = store_manifest_read(v->store, key, note_line, v, &size, sum, &bad);
  if (st == PINTLE_NOT_FOUND) {
    if (sealed) report(v, key, "it is missing");
    return PINTLE_OK;
  }
  v->out->has_manifest = true;
  v->out->objects++, v->out->bytes += (uint64_t)size;
  if (st == PINTLE_OK || st == PINTLE_INVALID) {
    if (sealed && memcmp(sum, promised, sizeof sum) != 0) report(v, key, "its SHA-256 is not the one that velero-backup.json names");
    if (st == PINTLE_OK) st = index_items(v, &bad);
  }
  if (st == PINTLE_OK) v->listed = true;
  else if (damage(st)) report(v, key, bad.message), buf_clear(&v->items), buf_clear(&v->objects);
  else if (e) *e = bad;
  return st == PINTLE_OK || damage(st) ? PINTLE_OK : st;
}

/* ---- one object other than the tarball */
typedef struct check {
  verify *v;
  archive_gunzip *gunzip; /* NULL: not compressed */
  bool json;
  error bad;
} check;

static pintle_status to_json(void *ctx, str piece, error *e) {
  check *c = ctx;
  (void)e;
  if (!c->json) return PINTLE_OK;
  if (piece.len > MAX_JSON - c->v->json.len) c->json = false; /* too large to be worth it */
  else buf_adds(&c->v->json, piece);
  return PINTLE_OK;
}

static pintle_status to_check(void *ctx, str piece, error *e) {
  check *c = ctx;
  (void)e;
  if (c->gunzip && c->bad.status == PINTLE_OK) archive_gunzip_feed(c->gunzip, piece, &c->bad);
  return PINTLE_OK;
}

static void check_json(verify *v, error *bad) {
  CLEANUP(buf_free) buf out = {0};
  static const item_limits limits = {.max_bytes = MAX_JSON};
  str text = buf_str(&v->json);
  if (v->json.failed) error_nomem(bad);
  else if (item_minify(text, 0, &limits, &out, bad) != PINTLE_OK) error_wrap(bad, "it is no JSON");
}

/* What the bytes themselves say. */
static pintle_status fetch(verify *v, const char *key, bool json, int64_t *size, unsigned char *sum, error *bad, error *e) {
  check c = {.v = v, .json = json};
  pintle_status st = PINTLE_OK;
  buf_clear(&v->json);
  if (str_ends(str_of(key), ".gz")) st = archive_gunzip_open(RATIO, to_json, &c, &c.gunzip, e);
  if (st == PINTLE_OK) st = store_get_each(v->store, key, to_check, &c, size, sum, e);
  if (st == PINTLE_OK && c.gunzip && c.bad.status == PINTLE_OK) archive_gunzip_end(c.gunzip, &c.bad);
  if (st == PINTLE_OK && c.json && c.bad.status == PINTLE_OK) check_json(v, &c.bad);
  archive_gunzip_free(c.gunzip);
  *bad = c.bad;
  return st;
}

static void compare(verify *v, const object *o, int64_t size, const unsigned char *sum) {
  char text[120];
  if (size != o->size) {
    snprintf(text, sizeof text, "it has %lld bytes instead of %lld", (long long)size, (long long)o->size);
    report(v, o->key, text);
  } else if (memcmp(sum, o->sha256, ARCHIVE_SHA256) != 0) report(v, o->key, "its SHA-256 differs from the manifest's");
}

/* listed NULL: nobody knows its sum. */
static pintle_status check_object(verify *v, const char *key, const object *listed, error *e) {
  unsigned char sum[ARCHIVE_SHA256];
  int64_t size = 0;
  error bad = {0}, trouble = {0};
  bool json = !listed && (str_ends(str_of(key), ".json.gz") || str_ends(str_of(key), "-results.gz"));
  pintle_status st = fetch(v, key, json, &size, sum, &bad, &trouble);
  if (st != PINTLE_OK && !damage(st)) {
    if (e) *e = trouble;
    return st;
  }
  v->out->objects++, v->out->bytes += (uint64_t)size;
  if (st != PINTLE_OK) report(v, key, st == PINTLE_NOT_FOUND ? "it is missing" : trouble.message);
  else if (listed) compare(v, listed, size, sum);
  if (st == PINTLE_OK && bad.status != PINTLE_OK) report(v, key, bad.message);
  return PINTLE_OK;
}

/* ---- the tarball */
typedef struct tarball {
  verify *v;
  archive_reader *reader;
  error bad;
} tarball;

static void check_known(verify *v, const archive_entry *entry) {
  unsigned char sum[ARCHIVE_SHA256];
  known key, *found = NULL;
  if (!path_sum(str_of(entry->path), key.path) || !archive_sha256(entry->content, sum)) {
    report(v, entry->path, "OpenSSL cannot make a SHA-256");
    return;
  }
  if (n_items(v)) found = bsearch(&key, v->items.data, n_items(v), sizeof key, by_path);
  archive_path parsed;
  if (!found) {
    if (archive_path_parse(entry->path, &parsed)) report(v, entry->path, "it is in the tarball, but not in the manifest");
    return;
  }
  char *seen = &v->seen.data[found - (known *)(void *)v->items.data];
  if (*seen) report(v, entry->path, "it is in the tarball twice");
  *seen = 1;
  if (memcmp(sum, found->content, HALF) != 0) report(v, entry->path, "its SHA-256 differs from the manifest's");
}

static pintle_status check_entry(void *ctx, const archive_entry *entry, error *e) {
  verify *v = ctx;
  error bad = {0};
  archive_path parsed;
  (void)e;
  if (v->listed) check_known(v, entry);
  if (!archive_path_parse(entry->path, &parsed)) return PINTLE_OK;
  v->out->items++;
  buf_clear(&v->json);
  if (item_minify(entry->content, ITEM_KUBERNETES, NULL, &v->json, &bad) != PINTLE_OK) {
    if (bad.place[0]) error_wrap(&bad, "%s", bad.place);
    report(v, entry->path, bad.message);
  }
  return PINTLE_OK;
}

static pintle_status to_reader(void *ctx, str piece, error *e) {
  tarball *t = ctx;
  (void)e;
  if (t->bad.status == PINTLE_OK) archive_reader_feed(t->reader, piece, &t->bad);
  return PINTLE_OK;
}

static pintle_status read_tarball(verify *v, const char *key, int64_t *size, unsigned char *sum, error *bad, error *e) {
  tarball t = {.v = v};
  pintle_status st = archive_reader_open(key, NULL, check_entry, v, &t.reader, e);
  if (!t.reader) return st;
  st = store_get_each(v->store, key, to_reader, &t, size, sum, e);
  if (st == PINTLE_OK && t.bad.status == PINTLE_OK) archive_reader_end(t.reader, &t.bad);
  archive_reader_free(t.reader);
  *bad = t.bad;
  return st;
}

static pintle_status name_missing(void *ctx, const store_manifest_line *line, error *e) {
  verify *v = ctx;
  known key;
  if (!line->item) return PINTLE_OK;
  if (!path_sum(str_of(line->name), key.path)) return error_set(e, PINTLE_FAILED, "OpenSSL cannot make a SHA-256");
  const known *found = bsearch(&key, v->items.data, n_items(v), sizeof key, by_path);
  if (found && !v->seen.data[found - (known *)(void *)v->items.data])
    report(v, line->name, "it is in the manifest, but not in the tarball");
  return PINTLE_OK;
}

/* Only sums were kept, so their names are read once more, if there are any. */
static pintle_status check_missing(verify *v, bool whole, const char *key, error *e) {
  uint64_t missing = 0;
  for (size_t i = 0; i < v->seen.len; i++) missing += !v->seen.data[i];
  if (!v->listed || missing == 0) return PINTLE_OK;
  if (whole) return store_manifest_read(v->store, key_of(v, STORE_MANIFEST), name_missing, v, NULL, NULL, e);
  char text[120];
  snprintf(text, sizeof text, "%llu items of the manifest could not be reached", (unsigned long long)missing);
  report(v, key, text);
  return PINTLE_OK;
}

static const object *find_object(const verify *v, const char *key) {
  const object *all = (const object *)(const void *)v->objects.data;
  for (size_t i = 0; i < v->objects.len / sizeof *all; i++)
    if (strcmp(all[i].key, key) == 0) return &all[i];
  return NULL;
}

static pintle_status check_tarball(verify *v, error *e) {
  unsigned char sum[ARCHIVE_SHA256];
  int64_t size = 0;
  error bad = {0}, trouble = {0};
  char *key = arena_dup(&v->memory, key_of(v, STORE_CONTENTS));
  if (!key) return error_nomem(e);
  const object *listed = v->listed ? find_object(v, key) : NULL;
  pintle_status st = read_tarball(v, key, &size, sum, &bad, &trouble);
  if (st != PINTLE_OK && !damage(st)) {
    if (e) *e = trouble;
    return st;
  }
  v->out->objects++, v->out->bytes += (uint64_t)size;
  if (st != PINTLE_OK) report(v, key, st == PINTLE_NOT_FOUND ? "it is missing" : trouble.message);
  else if (listed) compare(v, listed, size, sum);
  else if (v->listed) report(v, key, "the manifest does not list it");
  if (st == PINTLE_OK && bad.status != PINTLE_OK) report(v, key, bad.message);
  return check_missing(v, st == PINTLE_OK && bad.status == PINTLE_OK, key, e);
}

/* ---- all */
static pintle_status note_object(void *ctx, const char *key, int64_t size) {
  verify *v = ctx;
  object o = {.key = arena_dup(&v->memory, key), .size = size};
  buf_add(&v->objects, &o, sizeof o);
  return o.key && !v->objects.failed ? PINTLE_OK : PINTLE_NOMEM;
}

/* Velero's own backup, or one whose manifest is lost: what is there is looked at. */
static pintle_status list_objects(verify *v, error *e) {
  CLEANUP(buf_free) buf dir = {0};
  buf_printf(&dir, "backups/%s/", v->backup);
  return dir.failed ? error_nomem(e) : store_list(v->store, dir.data, note_object, v, e);
}

static bool is_object(verify *v, const char *key, int object) { return strcmp(key, key_of(v, object)) == 0; }

static pintle_status check_all(verify *v, error *e) {
  unsigned char sum[ARCHIVE_SHA256] = {0};
  bool sealed = false;
  pintle_status st = read_commit(v, &sealed, sum, e);
  if (st == PINTLE_OK && (sealed || !v->finalizing)) st = read_manifest(v, sealed, sum, e);
  if (st == PINTLE_OK && !v->listed) st = list_objects(v, e);
  if (st == PINTLE_OK) st = check_tarball(v, e);
  const object *all = (const object *)(const void *)v->objects.data;
  for (size_t i = 0; i < v->objects.len / sizeof *all && st == PINTLE_OK; i++) {
    if (is_object(v, all[i].key, STORE_METADATA) || is_object(v, all[i].key, STORE_MANIFEST) || is_object(v, all[i].key, STORE_CONTENTS))
      continue;
    st = check_object(v, all[i].key, v->listed ? &all[i] : NULL, e);
  }
  return st;
}

pintle_status store_verify_backup(store *s, const char *backup, void (*problem)(void *ctx, const char *where, const char *what), void *ctx,
                                  store_verify *out, error *e) {
  if (!store_valid_name(str_of(backup))) return error_set(e, PINTLE_INVALID, "\"%s\" is no name of a backup", backup);
  *out = (store_verify){0};
  verify v = {.store = s, .backup = backup, .problem = problem, .ctx = ctx, .out = out};
  pintle_status st = check_all(&v, e);
  arena_free(&v.memory);
  buf_free(&v.keys), buf_free(&v.items), buf_free(&v.seen), buf_free(&v.objects), buf_free(&v.json);
  if (st != PINTLE_OK || out->problems == 0) return st;
  return error_set(e, PINTLE_FAILED, "location %s: backup %s has %llu problem%s", s->name, backup, (unsigned long long)out->problems,
                   out->problems == 1 ? "" : "s");
}
