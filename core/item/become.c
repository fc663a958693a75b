/* become.c -- a subtree becomes like another one by primitive edits.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"

pintle_status item_adopt(item_doc *d, item_node *object, item_node *m) {
  bool spelled = m->flags & KEY_SPELLED;
  if (spelled && !item_texted(d, item_key_of(m), &m->key, &spelled)) return PINTLE_NOMEM; /* as a pointer would spell it, in the record */
  m->flags = (uint8_t)((m->flags & ~KEY_SPELLED) | (spelled ? KEY_SPELLED : 0));
  return item_do_insert(d, object, NULL, m);
}

static item_node *member(const item_node *object, const item_node *like) {
  return (item_node *)(uintptr_t)item_member(object, item_key_of(like));
}

/* Its private tree may be walked on, but loses it. */
static item_node *taken(item_node *n) {
  if (n->parent) item_unlink(n);
  n->parent = NULL;
  return n;
}

static pintle_status object(item_doc *d, item_node *old, item_node *n) {
  pintle_status st = PINTLE_OK;
  for (item_node *m = old->first, *next; m && st == PINTLE_OK; m = next) {
    next = m->next;
    if (member(old, m) == m && !item_member(n, item_key_of(m))) st = item_do_remove(d, m);
  }
  for (item_node *m = n->first, *next; m && st == PINTLE_OK; m = next) {
    next = m->next;
    item_node *there = member(old, m);
    st = there ? item_become(d, there, m) : item_adopt(d, old, taken(m));
  }
  return st;
}

/* Equal elements at both ends stay; between them each becomes the one that has its place, the rest goes or comes. */
static pintle_status array(item_doc *d, item_node *old, item_node *n) {
  item_node *o = old->first, *m = n->first, *o_end = old->last, *m_end = n->last;
  size_t left = old->len, wanted = n->len;
  pintle_status st = PINTLE_OK;
  for (; left && wanted && item_same(o, m); left--, wanted--) o = o->next, m = m->next;
  for (; left && wanted && item_same(o_end, m_end); left--, wanted--) o_end = o_end->prev, m_end = m_end->prev;
  for (item_node *next; left && wanted && st == PINTLE_OK; left--, wanted--, m = next) {
    item_node *o_next = o->next;
    next = m->next;
    st = item_become(d, o, m);
    o = o_next;
  }
  for (item_node *next; left && st == PINTLE_OK; left--, o = next) {
    next = o->next;
    st = item_do_remove(d, o);
  }
  for (item_node *next; wanted && st == PINTLE_OK; wanted--, m = next) {
    next = m->next;
    st = item_do_insert(d, old, o, taken(m));
  }
  return st;
}

pintle_status item_become(item_doc *d, item_node *old, item_node *n) {
  if (old->type == n->type && n->type == PINTLE_T_OBJECT) return object(d, old, n);
  if (old->type == n->type && n->type == PINTLE_T_ARRAY) return array(d, old, n);
  return item_do_replace(d, old, taken(n));
}
