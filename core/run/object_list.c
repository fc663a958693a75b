/* object_list.c -- the smaller objects of a backup as documents.  SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"

enum { MAX_LIST = 64 << 20 };

static pintle_status add_piece(void *ctx, str data, error *e) {
  buf *b = ctx;
  buf_adds(b, data);
  return b->failed ? error_nomem(e) : b->len > MAX_LIST ? error_set(e, PINTLE_INVALID, "it is longer than 64 MiB") : PINTLE_OK;
}

pintle_status run_object_list(run_context *c, store *s, const char *backup, int object, item_doc **out, error *e) {
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(buf_free) buf key = {0};
  CLEANUP(item_freep) item_doc *d = NULL;
  const item_limits limits = {.max_bytes = MAX_LIST};
  bool there = false;
  *out = NULL;
  run_key(false, backup, object, &key);
  pintle_status st = key.failed ? error_nomem(e) : store_exists(s, key.data, &there, e);
  if (st != PINTLE_OK || !there) return st;
  if (item_new(&d) != PINTLE_OK) return error_nomem(e);
  st = run_object(c, s, false, backup, object, true, add_piece, &text, e);
  if (st == PINTLE_OK) st = item_parse(d, buf_str(&text), 0, &limits, e);
  int32_t type = st == PINTLE_OK ? item_type(item_root(d)) : PINTLE_T_ARRAY;
  if (type != PINTLE_T_ARRAY && type != PINTLE_T_NULL) st = error_set(e, PINTLE_INVALID, "it is no list");
  if (st != PINTLE_OK) return error_wrap(e, "%s", key.data), st;
  *out = d, d = NULL;
  return PINTLE_OK;
}
