/* fuzz_tar.c -- any bytes as a tarball: an error or entries with safe names, whatever the pieces.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/archive.h"
#include "archive/header.h"
#include "base/path.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct seen {
  uint64_t hash, entries;
} seen;

static void mix(seen *s, str text) {
  for (size_t i = 0; i < text.len; i++) s->hash = (s->hash ^ (unsigned char)text.ptr[i]) * 1099511628211u;
  s->hash = (s->hash ^ text.len) * 1099511628211u;
}

static pintle_status each(void *ctx, const archive_entry *entry, error *e) {
  seen *s = ctx;
  archive_path p;
  (void)e;
  if (path_refused(str_of(entry->path)) || entry->content.len > 1 << 20) abort();
  if (archive_path_parse(entry->path, &p) && (p.name.len == 0 || p.group_resource.len == 0)) abort();
  mix(s, str_of(entry->path)), mix(s, entry->content);
  s->entries++;
  return PINTLE_OK;
}

static pintle_status run(str data, size_t at_once, seen *s) {
  static const archive_limits limits = {.max_entry = 1 << 20, .max_total = 16 << 20, .max_entries = 5000};
  archive_reader *r = NULL;
  error e;
  if (archive_reader_open("fuzz", &limits, each, s, &r, &e) != PINTLE_OK) return PINTLE_OK;
  pintle_status st = PINTLE_OK;
  while (data.len && st == PINTLE_OK) {
    size_t n = data.len < at_once ? data.len : at_once;
    st = archive_reader_feed(r, (str){data.ptr, n}, &e);
    data.ptr += n, data.len -= n;
  }
  if (st == PINTLE_OK) st = archive_reader_end(r, &e);
  archive_reader_free(r);
  return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  seen whole = {0}, pieces = {0};
  pintle_status a = run((str){(const char *)data, size}, size ? size : 1, &whole);
  pintle_status b = run((str){(const char *)data, size}, 97, &pieces);
  /* how far a damaged one was read before it was noticed may differ */
  if (a != b || (a == PINTLE_OK && (whole.entries != pieces.entries || whole.hash != pieces.hash))) abort();
  return 0;
}

/* Checksums are put right again, or hardly anything would get past them. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, max);
  for (size_t at = 0; seed % 8 && at + TAR_BLOCK <= size; at += TAR_BLOCK) {
    tar_header h;
    char sum[8];
    memcpy(&h, data + at, sizeof h);
    if (memcmp(h.magic, "ustar", 5) != 0) continue;
    snprintf(sum, sizeof sum, "%06o", tar_checksum(&h, NULL));
    memcpy(data + at + offsetof(tar_header, checksum), sum, sizeof sum);
  }
  return size;
}
