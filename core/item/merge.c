/* merge.c -- JSON Merge Patch (RFC 7396) as primitive edits.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"

/* What an object of the patch is where the document has no object: itself without its nulls. Arrays keep theirs. */
static pintle_status without_nulls(item_node *n) {
  if (n->type != PINTLE_T_OBJECT) return PINTLE_OK;
  pintle_status st = item_drop_twins(n);
  for (item_node *m = n->first, *next; m && st == PINTLE_OK; m = next) {
    next = m->next;
    if (m->type == PINTLE_T_NULL) item_unlink(m);
    else st = without_nulls(m);
  }
  return st;
}

static pintle_status merge_object(item_doc *d, item_node *target, item_node *patch);

/* m is a member of the patch; it moves into the document. */
static pintle_status merge_member(item_doc *d, item_node *target, item_node *m) {
  item_node *old = (item_node *)(uintptr_t)item_member(target, item_key_of(m));
  if (m->type == PINTLE_T_NULL) return old ? item_do_remove(d, old) : PINTLE_OK;
  if (old && old->type == PINTLE_T_OBJECT && m->type == PINTLE_T_OBJECT) return merge_object(d, old, m);
  pintle_status st = without_nulls(m);
  if (st != PINTLE_OK) return st;
  if (old) return item_do_replace(d, old, m);
  return item_adopt(d, target, m);
}

static pintle_status merge_object(item_doc *d, item_node *target, item_node *patch) {
  pintle_status st = item_drop_twins(patch);
  for (item_node *m = patch->first, *next; m && st == PINTLE_OK; m = next) {
    next = m->next;
    st = merge_member(d, target, m);
  }
  return st;
}

pintle_status item_merge(item_doc *d, str text) {
  item_node *patch = NULL;
  pintle_status st = item_edit_text(d, text, 0, &patch);
  if (st != PINTLE_OK) return st;
  if (patch->type == PINTLE_T_OBJECT && d->root->type == PINTLE_T_OBJECT) return merge_object(d, d->root, patch);
  st = without_nulls(patch);
  return st == PINTLE_OK ? item_do_replace(d, d->root, patch) : st;
}
