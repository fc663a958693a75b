/* fuzz_gzip.c -- gzip: what is written comes back, in zlib's eyes too; a damaged stream is refused or gives what zlib gives.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The input is a stream as it stands; then, apart from three bytes that say where and how the result is damaged, the text of one. */
#include "archive/archive.h"
#include "archive/gunzip.h"
#include <stdlib.h>
#include <zlib.h>

enum { MAX = 1 << 20 };

static pintle_status piece(void *ctx, str text, error *e) {
  buf *to = ctx;
  if (to->len + text.len > MAX) return error_set(e, PINTLE_INVALID, "too long");
  buf_adds(to, text);
  return PINTLE_OK;
}

static pintle_status in_pieces(str stream, size_t at_once, buf *out) {
  archive_gunzip *g = NULL;
  error e = {0};
  pintle_status st = archive_gunzip_open(1 << 20, piece, out, &g, &e);
  while (st == PINTLE_OK && stream.len) {
    size_t n = stream.len < at_once ? stream.len : at_once;
    st = archive_gunzip_feed(g, (str){stream.ptr, n}, &e);
    stream.ptr += n, stream.len -= n;
  }
  if (st == PINTLE_OK) st = archive_gunzip_end(g, &e);
  if (st != PINTLE_OK && !e.message[0]) abort();
  archive_gunzip_free(g);
  return st;
}

/* All members of a stream, by zlib alone; false: it is damaged, or something stands behind it. */
static bool by_zlib(str stream, buf *out) {
  z_stream z = {.next_in = (Bytef *)(size_t)stream.ptr, .avail_in = (uInt)stream.len};
  char room[4096];
  int code = Z_OK;
  if (inflateInit2(&z, 31) != Z_OK) abort();
  while (code == Z_OK && out->len <= MAX) {
    z.next_out = (Bytef *)room, z.avail_out = sizeof room;
    code = inflate(&z, Z_NO_FLUSH);
    buf_add(out, room, sizeof room - z.avail_out);
    if (code == Z_STREAM_END && z.avail_in) code = inflateReset(&z);
  }
  inflateEnd(&z);
  return code == Z_STREAM_END && out->len <= MAX;
}

static void agree(str stream) {
  buf whole = {0}, pieces = {0}, theirs = {0};
  error e = {0};
  pintle_status a = archive_gunzip_text(stream, MAX, &whole, &e);
  if (a != PINTLE_OK && !e.message[0]) abort();
  bool right = by_zlib(stream, &theirs);
  if (right != (a == PINTLE_OK) || (right && !str_eq(buf_str(&whole), buf_str(&theirs)))) abort();
  pintle_status b = in_pieces(stream, 13, &pieces);
  if (b != a || (a == PINTLE_OK && !str_eq(buf_str(&whole), buf_str(&pieces)))) abort();
  buf_free(&whole);
  buf_free(&pieces);
  buf_free(&theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  buf stream = {0}, back = {0};
  agree((str){(const char *)data, size});
  if (size < 3) return 0;
  str text = {(const char *)data + 3, size - 3};
  if (archive_gzip_text(text, &stream, NULL) != PINTLE_OK) abort();
  if (archive_gunzip_text(buf_str(&stream), MAX, &back, NULL) != PINTLE_OK || !str_eq(buf_str(&back), text)) abort();
  agree(buf_str(&stream));
  stream.data[(data[0] << 8 | data[1]) % stream.len] ^= (char)data[2];
  agree(buf_str(&stream));
  buf_free(&stream);
  buf_free(&back);
  return 0;
}
