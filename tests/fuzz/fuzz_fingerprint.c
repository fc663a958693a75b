/* fuzz_fingerprint.c -- plugins/nas: what a repository's readers are given. The first byte says what: 'S' a segment, 'I' an index, 'P' the contents of a
 * pack's box, 'D' stored bytes to decode, 'B' a box.  SPDX-License-Identifier: Apache-2.0
 *
 * Nothing crashes; an error has a text and a place inside the input; what was read whole, written and read again, is the same. */
#include "pack.h"
#include <stdlib.h>

static void must(bool right) {
  if (!right) abort();
}

/* Everything of the segment into p; the entries that are whole. */
static bool read_all(const uint8_t *data, size_t n, fp_runs *runs, fp_packer *p, uint64_t *entries) {
  fp_unpacker u = {0};
  int got = fp_unpack_begin(&u, data, n, runs) ? 1 : -1;
  for (*entries = 0; got == 1 && (got = fp_unpack_next(&u)) == 1; ++*entries) {
    size_t done = 0;
    must(!fp_entry_wrong(&u.entry) && u.entry.path[u.entry.path_len] == 0);
    for (size_t i = 0; i < u.entry.n_blocks; i++) must(u.entry.blocks[i].run < runs->n);
    while (p && fp_pack_entry(p, &u.entry, &done)) {}
  }
  must(u.scan.at <= n && (got == 0 || (u.why && u.why[0])));
  bool whole = got == 0 && !fp_unpack_open(&u);
  fp_unpacker_free(&u);
  return whole;
}

static void segment(const uint8_t *data, size_t n) {
  fp_runs runs = {0};
  fp_packer p = {0};
  fp_bytes once = {0}, twice = {0};
  uint64_t entries, again;
  bool whole = read_all(data, n, &runs, &p, &entries);
  must(fp_pack_end(&p, &runs, &once));
  if (whole) {
    must(read_all(once.p, once.n, &runs, &p, &again) && again == entries);
    must(fp_pack_end(&p, &runs, &twice) && twice.n == once.n && memcmp(twice.p, once.p, once.n) == 0);
  }
  fp_packer_free(&p);
  fp_bytes_free(&once);
  fp_bytes_free(&twice);
  free(runs.ids);
}

static void index_of(const uint8_t *data, size_t n) {
  fp_runs runs = {0};
  fp_index x = {0}, y = {0};
  fp_bytes once = {0}, twice = {0};
  size_t at;
  const char *why = n < 4096 ? fp_index_read(&x, &runs, data, n, &at) : "long";
  must(n >= 4096 || at <= n);
  if (!why) {
    must(fp_index_write(&x, &runs, &once) && !fp_index_read(&y, &runs, once.p, once.n, &at));
    must(fp_index_write(&y, &runs, &twice) && twice.n == once.n && memcmp(twice.p, once.p, once.n) == 0);
  }
  fp_index_free(&x);
  fp_index_free(&y);
  fp_bytes_free(&once);
  fp_bytes_free(&twice);
  free(runs.ids);
}

static pintle_status in_pack(void *ctx, const fp_block *b) {
  const uint32_t *end = ctx;
  must(b->size > 0 && b->size <= FP_BLOCK_MAX && b->stored > 0 && (uint64_t)b->offset + b->stored <= *end);
  return PINTLE_OK;
}

static void pack(const uint8_t *data, size_t n) {
  uint32_t end = FP_PACK_HEAD;
  size_t at;
  for (size_t i = 0; i < 3 && i < n; i++) end += (uint32_t)data[i] << (8 * i);
  if (n < 3) return;
  const char *why = fp_pack_contents(data + 3, n - 3, end, in_pack, &end, &at);
  must(at <= n - 3 && (!why || why[0]));
}

static void decode(const uint8_t *data, size_t n) {
  static const uint8_t key[FP_KEY_LEN] = {1};
  fp_codec c;
  size_t size = n < 2 ? 1 : 1 + data[0] + 256 * (data[1] & 63);
  uint8_t *to = malloc(size);
  must(fp_codec_init(&c, 0) && to);
  for (int k = 0; n >= 2 && k < 2; k++) {
    const char *why = fp_decode(&c, k ? key : NULL, "", 0, data + 2, n - 2, to, size);
    must(!why || why[0]);
  }
  fp_codec_free(&c);
  free(to);
}

static void box(const uint8_t *data, size_t n) {
  fp_codec c;
  const char *why;
  int64_t size = fp_box_size(data, n, 'S', 65536, &why);
  must(fp_codec_init(&c, 0) && size <= 65536 && (size >= 0 || why[0]));
  uint8_t *to = malloc(size > 0 ? (size_t)size : 1);
  if (size >= 0) must((why = fp_box_open(&c, NULL, "name", data, n, to, (size_t)size)) == NULL || why[0]);
  free(to);
  fp_bytes out = {0};
  must(fp_box(&c, NULL, "name", 'S', data, n, &out) && fp_box_size(out.p, out.n, 'S', n, &why) == (int64_t)n);
  must((to = malloc(n ? n : 1)) != NULL);
  must(!fp_box_open(&c, NULL, "name", out.p, out.n, to, n) && (!n || memcmp(to, data, n) == 0));
  must(fp_box_open(&c, NULL, "nome", out.p, out.n, to, n) != NULL);
  free(to);
  fp_bytes_free(&out);
  fp_codec_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  if (!n) return 0;
  if (*data == 'S') segment(data + 1, n - 1);
  if (*data == 'I') index_of(data + 1, n - 1);
  if (*data == 'P') pack(data + 1, n - 1);
  if (*data == 'D') decode(data + 1, n - 1);
  if (*data == 'B') box(data + 1, n - 1);
  return 0;
}
