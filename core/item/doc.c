/* doc.c -- the life of a document.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"
#include <stdlib.h>

pintle_status item_new(item_doc **out) {
  item_doc *d = calloc(1, sizeof *d);
  if (!d) return PINTLE_NOMEM;
  if (pthread_mutex_init(&d->lock, NULL) != 0) {
    free(d);
    return PINTLE_NOMEM;
  }
  d->handle.api = &item_doc_api;
  d->magic = ITEM_MAGIC;
  item_reset(d);
  *out = d;
  return PINTLE_OK;
}

void item_free(item_doc *d) {
  if (!d) return;
  d->magic = 0; /* a stale handle is refused as long as nobody else has the memory */
  d->handle.api = NULL;
  arena_free(&d->mem);
  free(d->log);
  pthread_mutex_destroy(&d->lock);
  free(d);
}

void item_freep(item_doc **d) {
  item_free(*d);
  *d = NULL;
}

/* A plugin that edits in a loop leaves garbage behind (its strings stay readable); this is where it ends. */
static void bound_memory(item_doc *d) { d->max_memory = d->mem.total + 16 * d->max_bytes + ((size_t)1 << 20); }

void item_reset(item_doc *d) {
  item_limits l = item_limits_of(NULL);
  arena_reset(&d->mem);
  d->empty = (item_node){.type = PINTLE_T_OBJECT, .offset = UINT32_MAX};
  d->root = &d->empty;
  d->flags = 0;
  d->max_bytes = l.max_bytes;
  d->max_depth = l.max_depth;
  d->bytes = 2;
  d->readonly = d->open = d->edited = d->changed = false;
  d->n_log = 0;
  d->raw_of = NULL;
  bound_memory(d);
}

pintle_status item_parse(item_doc *d, str text, uint32_t flags, const item_limits *limits, error *e) {
  item_limits l = item_limits_of(limits);
  item_node *root = NULL;
  item_reset(d);
  pintle_status st = item_build(d, text, flags, &l, false, &root, e);
  if (st != PINTLE_OK) return st;
  d->root = root;
  d->flags = flags;
  d->max_bytes = l.max_bytes;
  d->max_depth = l.max_depth;
  d->bytes = text.len;
  bound_memory(d);
  return PINTLE_OK;
}

void item_set_readonly(item_doc *d, bool readonly) { d->readonly = readonly; }

item_doc *item_of(const pintle_doc *handle) {
  item_doc *d = (item_doc *)(uintptr_t)handle;
  return handle && handle->api == &item_doc_api && d->magic == ITEM_MAGIC ? d : NULL;
}

const item_node *item_root(const item_doc *d) { return d->root; }
