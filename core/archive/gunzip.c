/* gunzip.c -- see gunzip.h.  SPDX-License-Identifier: Apache-2.0
 *
 * zlib checks a member: header, CRC and length. What is between and behind members is checked here: members follow each other without a
 * gap, and the last one is whole. */
#include "archive/gunzip.h"
#include <stdlib.h>
#include <zlib.h>

enum { ROOM = 256 << 10, GZIP_WINDOW = 15 + 16 };
#define RATIO_FROM ((int64_t)64 << 20)

struct archive_gunzip {
  z_stream z;
  bool inside; /* of a member */
  bool any;    /* one member at least was whole */
  int64_t in, out, ratio;
  archive_sink *sink;
  void *ctx;
  unsigned char room[ROOM];
};

pintle_status archive_gunzip_open(int64_t ratio, archive_sink *sink, void *ctx, archive_gunzip **out, error *e) {
  archive_gunzip *g = malloc(sizeof *g);
  if (!g) return error_nomem(e);
  memset(g, 0, offsetof(archive_gunzip, room));
  g->ratio = ratio, g->sink = sink, g->ctx = ctx;
  if (inflateInit2(&g->z, GZIP_WINDOW) != Z_OK) return free(g), error_nomem(e);
  *out = g;
  return PINTLE_OK;
}

void archive_gunzip_free(archive_gunzip *g) {
  if (!g) return;
  inflateEnd(&g->z);
  free(g);
}

static pintle_status begin_member(archive_gunzip *g, error *e) {
  if (g->any && *g->z.next_in != 0x1f) return error_set(e, PINTLE_INVALID, "there is something behind the end of the gzip stream");
  if (inflateReset(&g->z) != Z_OK) return error_set(e, PINTLE_FAILED, "zlib failed");
  g->inside = true;
  return PINTLE_OK;
}

static pintle_status too_dense(const archive_gunzip *g, error *e) {
  return error_set(e, PINTLE_INVALID, "gzip: %lld bytes became %lld, more than %lld times as many", (long long)g->in, (long long)g->out,
                   (long long)g->ratio);
}

/* One round of inflate; some input or output is used up, or it fails. */
static pintle_status step(archive_gunzip *g, error *e) {
  uInt before = g->z.avail_in;
  g->z.next_out = g->room, g->z.avail_out = ROOM;
  int r = inflate(&g->z, Z_NO_FLUSH);
  size_t n = ROOM - g->z.avail_out;
  g->in += before - g->z.avail_in, g->out += (int64_t)n;
  if (r == Z_MEM_ERROR) return error_nomem(e);
  if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
    return error_set(e, PINTLE_INVALID, "gzip: damaged at byte %lld: %s", (long long)g->in, g->z.msg ? g->z.msg : "unreadable");
  if (g->ratio && g->out > RATIO_FROM && g->out / g->ratio > g->in) return too_dense(g, e);
  if (r == Z_STREAM_END) g->inside = false, g->any = true;
  return n ? g->sink(g->ctx, (str){(char *)g->room, n}, e) : PINTLE_OK;
}

pintle_status archive_gunzip_feed(archive_gunzip *g, str compressed, error *e) {
  pintle_status st = PINTLE_OK;
  while (compressed.len && st == PINTLE_OK) {
    uInt n = compressed.len > 1 << 30 ? 1 << 30 : (uInt)compressed.len;
    g->z.next_in = (Bytef *)(uintptr_t)compressed.ptr, g->z.avail_in = n;
    bool full = true; /* output may be left inside zlib although the input is used up */
    while (st == PINTLE_OK && (g->z.avail_in || (g->inside && full))) {
      if (!g->inside) st = begin_member(g, e);
      if (st == PINTLE_OK) st = step(g, e);
      full = g->z.avail_out == 0;
    }
    compressed.ptr += n, compressed.len -= n;
  }
  g->z.next_in = NULL;
  return st;
}

pintle_status archive_gunzip_end(archive_gunzip *g, error *e) {
  if (!g->any && !g->inside) return error_set(e, PINTLE_INVALID, "gzip: empty");
  if (g->inside) return error_set(e, PINTLE_INVALID, "gzip: truncated after %lld bytes", (long long)g->in);
  return PINTLE_OK;
}

typedef struct text {
  buf *out;
  size_t left;
} text;

static pintle_status to_text(void *ctx, str piece, error *e) {
  text *t = ctx;
  if (piece.len > t->left) return error_set(e, PINTLE_INVALID, "gzip: the content is larger than allowed");
  t->left -= piece.len;
  buf_adds(t->out, piece);
  return t->out->failed ? error_nomem(e) : PINTLE_OK;
}

pintle_status archive_gunzip_text(str data, size_t max, buf *out, error *e) {
  archive_gunzip *g = NULL;
  text t = {out, max};
  size_t before = out->len;
  pintle_status st = archive_gunzip_open(0, to_text, &t, &g, e);
  if (!g) return st;
  st = archive_gunzip_feed(g, data, e);
  if (st == PINTLE_OK) st = archive_gunzip_end(g, e);
  if (st != PINTLE_OK && out->data) out->len = before;
  archive_gunzip_free(g);
  return st;
}
