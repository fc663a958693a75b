/* read.c -- a tarball, compressed or plain, from pieces or from a file.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/archive.h"
#include "archive/gunzip.h"
#include "archive/untar.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 256 << 10, RATIO = 200 };

struct archive_reader {
  const char *name;
  int64_t ratio;
  bool known;             /* compressed or not */
  archive_gunzip *gunzip; /* NULL: plain */
  archive_untar *untar;
  unsigned char first[2];
  size_t n_first;
  archive_each *each;
  void *ctx;
  bool theirs; /* the failure came from each: not wrapped */
};

static pintle_status to_each(void *ctx, const archive_entry *entry, error *e) {
  archive_reader *r = ctx;
  pintle_status st = r->each(r->ctx, entry, e);
  if (st != PINTLE_OK) r->theirs = true;
  return st;
}

static pintle_status to_untar(void *ctx, str piece, error *e) { return archive_untar_feed(ctx, piece, e); }

pintle_status archive_reader_open(const char *name, const archive_limits *limits,
                                  pintle_status (*each)(void *ctx, const archive_entry *entry, error *e), void *ctx, archive_reader **out,
                                  error *e) {
  archive_reader *r = calloc(1, sizeof *r);
  if (!r) return error_nomem(e);
  *r = (archive_reader){.name = name, .each = each, .ctx = ctx, .ratio = limits && limits->max_ratio > 0 ? limits->max_ratio : RATIO};
  pintle_status st = archive_untar_open(limits, to_each, r, &r->untar, e);
  if (st != PINTLE_OK) return free(r), st;
  *out = r;
  return PINTLE_OK;
}

static pintle_status pass(archive_reader *r, str piece, error *e) {
  return r->gunzip ? archive_gunzip_feed(r->gunzip, piece, e) : archive_untar_feed(r->untar, piece, e);
}

/* The first two bytes decide. */
static pintle_status decide(archive_reader *r, str *piece, error *e) {
  while (piece->len && r->n_first < 2) r->first[r->n_first++] = (unsigned char)*piece->ptr++, piece->len--;
  if (r->n_first < 2) return PINTLE_OK;
  r->known = true;
  pintle_status st = PINTLE_OK;
  if (r->first[0] == 0x1f && r->first[1] == 0x8b) st = archive_gunzip_open(r->ratio, to_untar, r->untar, &r->gunzip, e);
  return st == PINTLE_OK ? pass(r, (str){(char *)r->first, 2}, e) : st;
}

static pintle_status named(archive_reader *r, pintle_status st, error *e) {
  if (st != PINTLE_OK && !r->theirs) error_wrap(e, "%s", r->name);
  return st;
}

pintle_status archive_reader_feed(archive_reader *r, str piece, error *e) {
  pintle_status st = r->known ? PINTLE_OK : decide(r, &piece, e);
  if (st == PINTLE_OK && r->known && piece.len) st = pass(r, piece, e);
  return named(r, st, e);
}

pintle_status archive_reader_end(archive_reader *r, error *e) {
  pintle_status st = PINTLE_OK;
  if (!r->known) st = error_set(e, PINTLE_INVALID, "this is no archive: it has %zu bytes", r->n_first);
  if (st == PINTLE_OK && r->gunzip) st = archive_gunzip_end(r->gunzip, e);
  if (st == PINTLE_OK) st = archive_untar_end(r->untar, e);
  return named(r, st, e);
}

void archive_reader_free(archive_reader *r) {
  if (!r) return;
  archive_gunzip_free(r->gunzip);
  archive_untar_free(r->untar);
  free(r);
}

static pintle_status read_pieces(archive_reader *r, int fd, const char *name, error *e) {
  CLEANUP(free_p) char *piece = malloc(PIECE);
  if (!piece) return error_nomem(e);
  for (;;) {
    ssize_t n = read(fd, piece, PIECE);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_errno(e, errno, "cannot read %s", name);
    if (n == 0) return archive_reader_end(r, e);
    pintle_status st = archive_reader_feed(r, (str){piece, (size_t)n}, e);
    if (st != PINTLE_OK) return st;
  }
}

pintle_status archive_read(int fd, const char *name, const archive_limits *limits,
                           pintle_status (*each)(void *ctx, const archive_entry *entry, error *e), void *ctx, error *e) {
  archive_reader *r = NULL;
  pintle_status st = archive_reader_open(name, limits, each, ctx, &r, e);
  if (!r) return st;
  st = read_pieces(r, fd, name, e);
  archive_reader_free(r);
  return st;
}
