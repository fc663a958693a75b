/* stores.c -- locations on the wire; see stores.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/stores.h"

enum { MOST = 1000 };

void stores_put(buf *b, const chain_stores *s) {
  wire_u32(b, s ? (uint32_t)s->n : 0);
  for (size_t i = 0; s && i < s->n; i++) {
    const chain_store *v = &s->v[i];
    const char *const z[] = {v->name, v->refused, v->bucket, v->prefix, v->action, v->plugin};
    for (size_t k = 0; k < sizeof z / sizeof *z; k++) wire_z(b, z[k]);
    wire_u32(b, (uint32_t)v->own | (uint32_t)v->read_only << 1);
    wire_u32(b, (uint32_t)v->fd);
    wire_str(b, v->config);
  }
}

static bool get_one(wire_reader *r, arena *a, chain_store *v) {
  const char **const z[] = {&v->name, &v->refused, &v->bucket, &v->prefix, &v->action, &v->plugin};
  for (size_t k = 0; k < sizeof z / sizeof *z; k++) *z[k] = wire_get_z(r, a);
  uint32_t bits = wire_get_u32(r);
  v->own = bits & 1, v->read_only = bits & 2;
  v->fd = (int)wire_get_u32(r);
  v->config = wire_get_str(r);
  v->config.ptr = arena_copy(a, v->config);
  return v->config.ptr && bits < 4;
}

pintle_status stores_get(wire_reader *r, arena *a, chain_stores *out, error *e) {
  *out = (chain_stores){.n = wire_get_u32(r)};
  if (out->n > MOST) r->overrun = true;
  if (r->overrun) return error_set(e, PINTLE_FAILED, "the supervisor's set-up cannot be read");
  if (!(out->v = arena_zalloc(a, (out->n + 1) * sizeof *out->v))) return error_nomem(e);
  for (size_t i = 0; i < out->n; i++)
    if (!get_one(r, a, &out->v[i])) return error_nomem(e);
  return r->overrun ? error_set(e, PINTLE_FAILED, "the supervisor's set-up cannot be read") : PINTLE_OK;
}
