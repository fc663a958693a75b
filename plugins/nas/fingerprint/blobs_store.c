/* blobs_store.c -- objects over pintle.store/1.  SPDX-License-Identifier: Apache-2.0 */
#include "blobs.h"

typedef struct memory {
  uint8_t *p;
  size_t n, at;
} memory;

static int64_t memory_read(const pintle_reader *r, void *to, size_t n) {
  memory *m = r->ctx;
  size_t left = m->n - m->at;
  if (n > left) n = left;
  if (n) memcpy(to, m->p + m->at, n);
  m->at += n;
  return (int64_t)n;
}

static int64_t memory_write(const pintle_writer *w, const void *from, size_t n) {
  memory *m = w->ctx;
  if (n > m->n - m->at) return PINTLE_INVALID;
  memcpy(m->p + m->at, from, n);
  m->at += n;
  return (int64_t)n;
}

static pintle_status store_put(void *self, pintle_call *call, const char *key, const void *data, size_t n) {
  const fp_store *s = self;
  memory m = {(uint8_t *)(uintptr_t)data, n, 0};
  pintle_reader r = {.struct_size = sizeof r, .size = (int64_t)n, .ctx = &m, .read = memory_read};
  return s->stores->put(call, s->location, key, &r);
}

static pintle_status store_get(void *self, pintle_call *call, const char *key, int64_t offset, void *to, size_t n, size_t *got) {
  const fp_store *s = self;
  memory m = {to, n, 0};
  pintle_writer w = {.struct_size = sizeof w, .size = (int64_t)n, .ctx = &m, .write = memory_write};
  pintle_status st = s->stores->get(call, s->location, key, offset, &w);
  *got = m.at;
  return st;
}

static pintle_status store_list(void *self, pintle_call *call, const char *prefix, pintle_status (*each)(void *ctx, const pintle_entry *),
                                void *ctx) {
  const fp_store *s = self;
  return s->stores->list(call, s->location, prefix, each, ctx);
}

static pintle_status store_remove(void *self, pintle_call *call, const char *key) {
  const fp_store *s = self;
  return s->stores->remove(call, s->location, key);
}

pintle_status fp_blobs_store(pintle_call *call, fp_store *at, fp_blobs *out) {
  at->stores = call->host->extension(call->host, PINTLE_EXT_STORE);
  if (!at->stores || !PINTLE_HAS(at->stores, remove))
    return pintle_fail(call, PINTLE_UNSUPPORTED, "this host gives plugins no store (%s)", PINTLE_EXT_STORE);
  *out = (fp_blobs){at, store_put, store_get, store_list, store_remove};
  return PINTLE_OK;
}
