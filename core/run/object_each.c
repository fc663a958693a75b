/* object_each.c -- a long list of a backup, element by element: memory does not grow with it.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/gunzip.h"
#include "base/file.h"
#include "run/inside.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { MAX_FRAME = 64 << 10 }; /* what stands around the elements */

typedef struct cutter {
  pintle_status (*each)(void *ctx, const item_doc *element, str text, error *e);
  void *ctx;
  item_doc *doc;
  buf frame, element;
  bool wrapped; /* may be */
  bool begun, inside, quoted, escaped;
  size_t depth, n;
} cutter;

static bool blank(str s) {
  while (s.len && strchr(" \t\r\n", *s.ptr)) s.ptr++, s.len--;
  return s.len == 0;
}

static pintle_status end_element(cutter *k, char c, error *e) {
  pintle_status st = PINTLE_OK;
  str text = buf_str(&k->element);
  if (k->element.failed) return error_nomem(e);
  if (c != ']' || k->n || !blank(text)) { /* else: it is empty */
    st = item_parse(k->doc, text, 0, NULL, e);
    if (st == PINTLE_OK) st = k->each(k->ctx, k->doc, text, e);
    k->n++;
  }
  if (c == ']') k->inside = false, buf_addc(&k->frame, c);
  buf_clear(&k->element);
  return st;
}

static void step(cutter *k, char c) {
  if (k->quoted) {
    k->quoted = k->escaped || c != '"';
    k->escaped = !k->escaped && c == '\\';
  } else if (c == '"') k->quoted = true;
  else if (c == '{' || c == '[') k->depth++;
  else if ((c == '}' || c == ']') && k->depth) k->depth--; /* whether they pair the parser says */
}

/* All is kept until it is parsed: the elements one by one, the rest, with the list emptied, at the end. */
static pintle_status cut(void *ctx, str data, error *e) {
  cutter *k = ctx;
  for (size_t i = 0; i < data.len; i++) {
    char c = data.ptr[i];
    if (k->inside && !k->quoted && k->depth == 0 && (c == ',' || c == ']')) {
      pintle_status st = end_element(k, c, e);
      if (st != PINTLE_OK) return st;
      continue;
    }
    buf *to = k->inside ? &k->element : &k->frame;
    if (to->len >= (k->inside ? ITEM_MAX_BYTES : MAX_FRAME))
      return error_set(e, PINTLE_INVALID, "it is no list, or one of its elements is too long");
    buf_addc(to, c);
    if (!k->begun && !k->quoted && c == '[') k->begun = k->inside = true, k->depth = 0;
    else step(k, c);
  }
  return PINTLE_OK;
}

static pintle_status check_frame(cutter *k, error *e) {
  if (k->frame.failed || k->element.failed) return error_nomem(e);
  if (k->inside) return error_set(e, PINTLE_INVALID, "it ends inside of its list");
  pintle_status st = item_parse(k->doc, buf_str(&k->frame), 0, NULL, e);
  int32_t type = st == PINTLE_OK ? item_type(item_root(k->doc)) : PINTLE_T_ARRAY;
  if (type == PINTLE_T_ARRAY || type == PINTLE_T_NULL || (k->wrapped && type == PINTLE_T_OBJECT)) return st;
  return error_set(e, PINTLE_INVALID, "it is no list");
}

static pintle_status end(cutter *k, pintle_status st, const char *where, error *e) {
  if (st == PINTLE_OK) st = check_frame(k, e);
  if (st != PINTLE_OK) error_wrap(e, "%s", where);
  item_free(k->doc);
  buf_free(&k->frame);
  buf_free(&k->element);
  return st;
}

pintle_status run_object_each(run_context *c, store *s, const char *backup, int object,
                              pintle_status (*each)(void *ctx, const item_doc *element, str text, error *e), void *ctx, error *e) {
  CLEANUP(buf_free) buf key = {0};
  cutter k = {.each = each, .ctx = ctx, .wrapped = object == STORE_VOLUME_INFO}; /* as its first versions were: {"volumeInfos":[...]} */
  bool there = false;
  run_key(false, backup, object, &key);
  pintle_status st = key.failed ? error_nomem(e) : store_exists(s, key.data, &there, e);
  if (st != PINTLE_OK || !there) return st;
  if (item_new(&k.doc) != PINTLE_OK) return error_nomem(e);
  return end(&k, run_object(c, s, false, backup, object, true, cut, &k, e), key.data, e);
}

static pintle_status unpack(int fd, archive_gunzip *g, error *e) {
  char piece[16384];
  for (;;) {
    ssize_t n = read(fd, piece, sizeof piece);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_errno(e, errno, "cannot read it");
    if (n == 0) return archive_gunzip_end(g, e);
    pintle_status st = archive_gunzip_feed(g, (str){piece, (size_t)n}, e);
    if (st != PINTLE_OK) return st;
  }
}

pintle_status run_file_each(const char *directory, const char *backup, int object,
                            pintle_status (*each)(void *ctx, const item_doc *element, str text, error *e), void *ctx, error *e) {
  CLEANUP(buf_free) buf key = {0};
  CLEANUP(buf_free) buf path = {0};
  CLEANUP(close_p) int fd = -1;
  cutter k = {.each = each, .ctx = ctx, .wrapped = object == STORE_VOLUME_INFO};
  archive_gunzip *g = NULL;
  run_key(false, backup, object, &key);
  const char *tail = key.failed ? NULL : strrchr(key.data, '/');
  if (tail) buf_printf(&path, "%s%s", directory, tail);
  if (!tail || path.failed) return error_nomem(e);
  pintle_status st = file_open(AT_FDCWD, path.data, O_RDONLY, 0, &fd, e);
  if (st != PINTLE_OK) return st == PINTLE_NOT_FOUND ? PINTLE_OK : st;
  if (item_new(&k.doc) != PINTLE_OK) return error_nomem(e);
  st = archive_gunzip_open(0, cut, &k, &g, e);
  if (st == PINTLE_OK) st = unpack(fd, g, e);
  archive_gunzip_free(g);
  return end(&k, st, path.data, e);
}
