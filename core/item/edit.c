/* edit.c -- setting and removing what a pointer names.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"

pintle_status item_edit_text(item_doc *d, str text, uint32_t flags, item_node **out) {
  item_limits l = {d->max_bytes, d->max_depth};
  return item_build(d, text, flags | (d->flags & ITEM_UNIQUE_KEYS), &l, true, out, NULL);
}

/* Objects around *n for the tokens of rest. *n becomes the outermost. */
static pintle_status wrap(item_doc *d, str rest, item_node **n) {
  item_node *outer = NULL, *inner = NULL, *object;
  item_token t, before = {NULL, NULL};
  uint32_t depth = 0;
  pintle_status st = PINTLE_OK;
  for (; st == PINTLE_OK && item_token_next(&rest, &t); before = t, inner = object) {
    if (item_token_index(t) == INDEX_END) return PINTLE_NOT_FOUND; /* there is no array to append to */
    if (++depth > d->max_depth) return PINTLE_INVALID;
    object = item_node_new(d, PINTLE_T_OBJECT);
    if (!object) return PINTLE_NOMEM;
    if (!inner) {
      outer = object;
      continue;
    }
    st = item_token_key(d, before, object);
    item_append(inner, object);
  }
  if (!inner || st != PINTLE_OK) return st;
  st = item_token_key(d, before, *n);
  item_append(inner, *n);
  *n = outer;
  return st;
}

static pintle_status insert_member(item_doc *d, item_node *object, item_token t, str rest, item_node *n) {
  pintle_status st = wrap(d, rest, &n);
  if (st == PINTLE_OK) st = item_token_key(d, t, n);
  return st == PINTLE_OK ? item_do_insert(d, object, NULL, n) : st;
}

pintle_status item_put(item_doc *d, str pointer, item_node *n) {
  item_node *at = d->root;
  item_token t;
  if (!item_pointer_ok(pointer)) return PINTLE_INVALID;
  while (item_token_next(&pointer, &t)) {
    bool last = pointer.len == 0;
    if (!item_is_container(at)) return PINTLE_INVALID;
    if (at->type == PINTLE_T_ARRAY) {
      int64_t index = item_token_index(t);
      if (index == INDEX_BAD) return PINTLE_INVALID;
      if (last && (index == INDEX_END || index == at->len)) return item_do_insert(d, at, NULL, n);
      if (index == INDEX_END || index >= at->len) return PINTLE_NOT_FOUND;
    }
    item_node *child = item_child(at, t);
    if (!child) return insert_member(d, at, t, pointer, n);
    if (!last && child->type == PINTLE_T_NULL) { /* as good as absent */
      pintle_status st = wrap(d, pointer, &n);
      return st == PINTLE_OK ? item_do_replace(d, child, n) : st;
    }
    at = child;
  }
  return item_do_replace(d, at, n);
}

pintle_status item_take(item_doc *d, str pointer) {
  if (!item_pointer_ok(pointer) || pointer.len == 0) return PINTLE_INVALID;
  item_node *n = item_find(d, pointer);
  return n ? item_do_remove(d, n) : PINTLE_NOT_FOUND;
}
