/* manifest_read.c -- see manifest_read.h.  SPDX-License-Identifier: Apache-2.0 */
#include "store/manifest_read.h"
#include "archive/gunzip.h"

enum { MAX_LINE = 1 << 20, RATIO = 1000 };
typedef enum { HEAD, OBJECTS, ITEMS, OVER } section;

typedef struct reader {
  section at;
  bool first, comma; /* of this section; behind the last entry */
  uint64_t lines;
  buf line;
  item_doc *doc;
  archive_gunzip *gunzip;
  pintle_status (*each)(void *ctx, const store_manifest_line *line, error *e);
  void *ctx;
  error failed; /* the content's; the object is read to its end all the same, for its sum */
} reader;

static pintle_status malformed(const reader *r, error *e) {
  return error_set(e, PINTLE_INVALID, "the manifest is malformed in line %llu", (unsigned long long)r->lines);
}

static bool unhex(str hex, unsigned char *to, size_t n) {
  if (hex.len != 2 * n) return false;
  for (size_t i = 0; i < hex.len; i++) {
    char c = hex.ptr[i];
    int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (v < 0) return false;
    to[i / 2] = (unsigned char)(i % 2 ? to[i / 2] << 4 | v : v);
  }
  return true;
}

static pintle_status take_head(reader *r, error *e) {
  static const char begin[] = "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"BackupManifest\",";
  if (!str_starts(buf_str(&r->line), begin) || !str_ends(buf_str(&r->line), "\"objects\":[")) return malformed(r, e);
  buf_addz(&r->line, "]}"); /* so it is a whole document */
  if (r->line.failed) return error_nomem(e);
  if (item_parse(r->doc, buf_str(&r->line), 0, NULL, e) != PINTLE_OK) return malformed(r, e);
  r->at = OBJECTS, r->first = true;
  return PINTLE_OK;
}

static pintle_status take_entry(reader *r, error *e) {
  str text = buf_str(&r->line);
  if (!r->first && !r->comma) return malformed(r, e);
  r->first = false, r->comma = str_ends(text, ",");
  text.len -= r->comma;
  if (item_parse(r->doc, text, ITEM_UNIQUE_KEYS, NULL, e) != PINTLE_OK) return malformed(r, e);
  store_manifest_line line = {.item = r->at == ITEMS};
  str name = item_str(r->doc, line.item ? "/path" : "/key", "");
  if (name.len == 0 || strlen(name.ptr) != name.len || item_int(item_at(r->doc, "/size"), &line.size) != PINTLE_OK || line.size < 0 ||
      !unhex(item_str(r->doc, "/sha256", ""), line.sha256, sizeof line.sha256))
    return malformed(r, e);
  line.name = name.ptr;
  return r->each(r->ctx, &line, e);
}

static pintle_status take_line(reader *r, error *e) {
  str text = buf_str(&r->line);
  r->lines++;
  if (r->at == HEAD) return take_head(r, e);
  if (r->at == OVER) return malformed(r, e);
  const char *end = r->at == OBJECTS ? "],\"items\":[" : "]}";
  if (!str_is(text, end)) return take_entry(r, e);
  if (!r->first && r->comma) return malformed(r, e);
  r->at = r->at == OBJECTS ? ITEMS : OVER;
  r->first = true;
  return PINTLE_OK;
}

static pintle_status to_lines(void *ctx, str piece, error *e) {
  reader *r = ctx;
  while (piece.len) {
    const char *end = memchr(piece.ptr, '\n', piece.len);
    size_t n = end ? (size_t)(end - piece.ptr) : piece.len;
    if (n > MAX_LINE - r->line.len) return malformed(r, e);
    buf_add(&r->line, piece.ptr, n);
    if (r->line.failed) return error_nomem(e);
    if (!end) return PINTLE_OK;
    pintle_status st = take_line(r, e);
    if (st != PINTLE_OK) return st;
    buf_clear(&r->line);
    piece.ptr += n + 1, piece.len -= n + 1;
  }
  return PINTLE_OK;
}

static pintle_status to_gunzip(void *ctx, str piece, error *e) {
  reader *r = ctx;
  (void)e;
  if (r->failed.status == PINTLE_OK) archive_gunzip_feed(r->gunzip, piece, &r->failed);
  return PINTLE_OK;
}

pintle_status store_manifest_read(store *s, const char *key, pintle_status (*each)(void *ctx, const store_manifest_line *line, error *e),
                                  void *ctx, int64_t *size, unsigned char *sum, error *e) {
  reader r = {.each = each, .ctx = ctx};
  pintle_status st = item_new(&r.doc) == PINTLE_OK ? archive_gunzip_open(RATIO, to_lines, &r, &r.gunzip, e) : error_nomem(e);
  if (st == PINTLE_OK) st = store_get_each(s, key, to_gunzip, &r, size, sum, e);
  if (st == PINTLE_OK && r.failed.status == PINTLE_OK) archive_gunzip_end(r.gunzip, &r.failed);
  if (st == PINTLE_OK && r.failed.status == PINTLE_OK && (r.at != OVER || r.line.len)) malformed(&r, &r.failed);
  if (st == PINTLE_OK && r.failed.status != PINTLE_OK) {
    st = r.failed.status;
    if (e) *e = r.failed;
  }
  archive_gunzip_free(r.gunzip);
  item_free(r.doc);
  buf_free(&r.line);
  return st;
}
