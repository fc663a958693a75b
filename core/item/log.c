/* log.c -- primitive edits, how they are undone, and the patch that tells of them.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"
#include <stdlib.h>

static bool log_room(item_doc *d, size_t more) {
  if (d->cap_log - d->n_log >= more) return true;
  size_t cap = d->cap_log * 2 + more + 16;
  item_edit *log = cap <= SIZE_MAX / sizeof *log ? realloc(d->log, cap * sizeof *log) : NULL;
  if (!log) return false;
  d->log = log;
  d->cap_log = cap;
  return true;
}

static void log_add(item_doc *d, item_edit e) {
  d->log[d->n_log++] = e;
  d->raw_of = NULL;
}

static void less(item_doc *d, const item_node *gone) {
  size_t bytes = item_measure(gone).bytes;
  d->bytes -= bytes < d->bytes ? bytes : d->bytes;
}

/* n has no parent yet; it is to hang below parent (NULL: to be the root). */
static pintle_status fits(const item_doc *d, const item_node *parent, const item_node *n, size_t *bytes) {
  item_size size = item_measure(n);
  uint32_t depth = size.height;
  for (; parent; parent = parent->parent) depth++;
  *bytes = size.bytes;
  return depth > d->max_depth || size.bytes > d->max_bytes || d->bytes > d->max_bytes - size.bytes ? PINTLE_INVALID : PINTLE_OK;
}

static item_node *next_twin(item_node *m, const item_node *of) {
  while (m && (m == of || !str_eq(item_key_of(m), item_key_of(of)))) m = m->next;
  return m;
}

/* An edit of a member, or of something in it, removes the other members of that key. */
static pintle_status drop_twins(item_doc *d, const item_node *n) {
  for (; n && n->parent; n = n->parent) {
    if (!n->key) continue;
    for (item_node *m = next_twin(n->parent->first, n), *next; m; m = next) {
      next = next_twin(m->next, n);
      if (!log_room(d, 1)) return PINTLE_NOMEM;
      less(d, m);
      item_unlink(m);
      log_add(d, (item_edit){EDIT_REMOVE, true, m, NULL});
    }
  }
  return PINTLE_OK;
}

/* Values for "" and for metadata must not bring in what item_parse refuses in such a document. parent: of the edited node. */
static pintle_status identity_kept(const item_doc *d, const item_node *parent) {
  if (!(d->flags & ITEM_KUBERNETES) || (parent && parent->parent)) return PINTLE_OK;
  return d->root->type != PINTLE_T_OBJECT || item_id_twin(d->root) ? PINTLE_INVALID : PINTLE_OK;
}

pintle_status item_do_insert(item_doc *d, item_node *parent, item_node *before, item_node *n) {
  size_t bytes;
  pintle_status st = fits(d, parent, n, &bytes);
  if (st == PINTLE_OK) st = drop_twins(d, parent);
  if (st != PINTLE_OK) return st;
  if (!log_room(d, 1)) return PINTLE_NOMEM;
  n->parent = parent;
  n->next = before;
  n->prev = before ? before->prev : parent->last;
  item_relink(n);
  d->bytes += bytes;
  log_add(d, (item_edit){EDIT_INSERT, false, n, NULL});
  return identity_kept(d, parent);
}

pintle_status item_do_replace(item_doc *d, item_node *old, item_node *n) {
  size_t bytes, before = d->bytes;
  item_move_key(n, old);
  if (item_same(old, n)) return PINTLE_OK;
  less(d, old);
  pintle_status st = fits(d, old->parent, n, &bytes);
  if (st != PINTLE_OK) {
    d->bytes = before;
    return st;
  }
  st = drop_twins(d, old);
  if (st != PINTLE_OK) return st;
  if (!log_room(d, 1)) return PINTLE_NOMEM;
  item_swap(d, old, n);
  d->bytes += bytes;
  log_add(d, (item_edit){EDIT_REPLACE, false, n, old});
  return identity_kept(d, n->parent);
}

pintle_status item_do_remove(item_doc *d, item_node *n) {
  pintle_status st = drop_twins(d, n);
  if (st != PINTLE_OK) return st;
  if (!log_room(d, 1)) return PINTLE_NOMEM;
  less(d, n);
  item_unlink(n);
  log_add(d, (item_edit){EDIT_REMOVE, false, n, NULL});
  return PINTLE_OK;
}

/* ---- undoing: strictly backwards, so that each node finds the neighbours it had */

static void undo_one(item_doc *d, const item_edit *e) {
  if (e->kind == EDIT_INSERT) item_unlink(e->node);
  else if (e->kind == EDIT_REMOVE) item_relink(e->node);
  else item_swap(d, e->node, e->old);
}

static void redo_one(item_doc *d, const item_edit *e) {
  if (e->kind == EDIT_INSERT) item_relink(e->node);
  else if (e->kind == EDIT_REMOVE) item_unlink(e->node);
  else item_swap(d, e->old, e->node);
}

item_mark item_mark_of(const item_doc *d) { return (item_mark){d->n_log, d->bytes}; }

void item_undo(item_doc *d, item_mark m) {
  while (d->n_log > m.n_log) undo_one(d, &d->log[--d->n_log]);
  d->bytes = m.bytes;
  d->raw_of = NULL;
}

pintle_status item_edit_end(item_doc *d, item_mark m, pintle_status st) {
  if (st != PINTLE_OK) item_undo(d, m);
  else if (d->n_log > m.n_log) {
    d->edited = true;
    d->changed = d->changed || !d->open;
  }
  if (!d->open) d->n_log = 0;
  return st;
}

/* ---- transactions */

void item_begin(item_doc *d) {
  if (d->open) return;
  d->open = true;
  d->edited = false;
  d->bytes_begun = d->bytes;
  d->n_log = 0;
}

void item_rollback(item_doc *d) {
  if (!d->open) return;
  item_undo(d, (item_mark){0, d->bytes_begun});
  d->open = d->edited = false;
}

static void tell(item_doc *d, const item_edit *e, bool first, buf *path, buf *out) {
  static const char *const names[] = {"add", "remove", "replace"};
  bool remove = e->kind == EDIT_REMOVE;
  buf_clear(path);
  if (remove) item_pointer(e->node, path);
  redo_one(d, e);
  if (e->silent) return;
  if (!remove) item_pointer(e->node, path);
  if (path->failed) out->failed = true;
  if (!first) buf_addc(out, ',');
  buf_addz(out, "{\"op\":\"");
  buf_addz(out, names[e->kind]);
  buf_addz(out, "\",\"path\":");
  buf_json(out, buf_str(path));
  if (!remove) {
    buf_addz(out, ",\"value\":");
    if (!out->failed) item_print(d, e->node, 0, out);
  }
  buf_addc(out, '}');
}

/* The tree goes back to its beginning and forth again: pointers and values are told as they were when the edit was made, and edits that
 * are rolled back cost nothing. */
static pintle_status tell_all(item_doc *d, buf *out) {
  size_t n = d->n_log, told = 0, start = out->len;
  buf CLEANUP(buf_free) path = {0};
  for (size_t i = n; i > 0; i--) undo_one(d, &d->log[i - 1]);
  buf_addc(out, '[');
  for (d->n_log = 0; d->n_log < n && !out->failed; d->n_log++) {
    tell(d, &d->log[d->n_log], told == 0, &path, out);
    told += !d->log[d->n_log].silent;
  }
  buf_addc(out, ']');
  if (!out->failed) return PINTLE_OK;
  out->len = start;
  return PINTLE_NOMEM;
}

pintle_status item_commit(item_doc *d, buf *patch) {
  if (!d->open) d->n_log = 0;
  if (patch && tell_all(d, patch) != PINTLE_OK) {
    item_rollback(d);
    return PINTLE_NOMEM;
  }
  if (!d->open) return PINTLE_OK;
  if (d->n_log > 0) d->changed = true;
  d->n_log = 0;
  d->open = false;
  return PINTLE_OK;
}

bool item_edited(const item_doc *d) { return d->edited; }
bool item_changed(const item_doc *d) { return d->changed; }
