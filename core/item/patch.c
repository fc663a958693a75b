/* patch.c -- JSON Patch (RFC 6902) as primitive edits.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"

/* Unlike a set, an add makes no parents and moves array elements up. */
static pintle_status add(item_doc *d, str path, item_node *n) {
  if (!item_pointer_ok(path)) return PINTLE_INVALID;
  if (path.len == 0) return item_do_replace(d, d->root, n);
  const char *slash = memrchr(path.ptr, '/', path.len);
  item_token t = {slash + 1, path.ptr + path.len};
  item_node *parent = item_find(d, (str){path.ptr, (size_t)(slash - path.ptr)});
  if (!parent) return PINTLE_NOT_FOUND;
  if (!item_is_container(parent)) return PINTLE_INVALID;
  item_node *there = item_child(parent, t);
  if (parent->type == PINTLE_T_ARRAY) {
    int64_t index = item_token_index(t);
    if (index == INDEX_BAD) return PINTLE_INVALID;
    return there || index == INDEX_END || index == parent->len ? item_do_insert(d, parent, there, n) : PINTLE_NOT_FOUND;
  }
  if (there) return item_do_replace(d, there, n);
  pintle_status st = item_token_key(d, t, n);
  return st == PINTLE_OK ? item_do_insert(d, parent, NULL, n) : st;
}

static pintle_status replace(item_doc *d, str path, item_node *n) {
  item_node *old = item_find(d, path);
  if (!old) return item_pointer_ok(path) ? PINTLE_NOT_FOUND : PINTLE_INVALID;
  return item_do_replace(d, old, n);
}

static pintle_status test(const item_doc *d, str path, const item_node *n) {
  const item_node *there = item_find(d, path);
  if (!there) return item_pointer_ok(path) ? PINTLE_NOT_FOUND : PINTLE_INVALID;
  return item_equal(there, n) ? PINTLE_OK : PINTLE_CONFLICT;
}

static pintle_status copy_or_move(item_doc *d, str from, str path, bool move) {
  item_node *n = item_find(d, from), *copy;
  if (!n) return item_pointer_ok(from) ? PINTLE_NOT_FOUND : PINTLE_INVALID;
  if (move && str_eq(from, path)) return PINTLE_OK;
  bool inside = path.len > from.len && memcmp(path.ptr, from.ptr, from.len) == 0 && path.ptr[from.len] == '/';
  if (move && (inside || from.len == 0)) return PINTLE_INVALID; /* into itself */
  copy = d->mem.total > d->max_memory ? NULL : item_copy(d, n);
  if (!copy) return PINTLE_NOMEM;
  pintle_status st = move ? item_do_remove(d, n) : PINTLE_OK;
  return st == PINTLE_OK ? add(d, path, copy) : st;
}

static str string_member(const item_node *op, const char *name) { return item_string(item_member(op, str_of(name))); }

/* The value of an operation leaves the patch, which is a tree of its own, and may go into the document. */
static item_node *take_value(const item_node *op) {
  item_node *n = (item_node *)(uintptr_t)item_member(op, STR("value"));
  if (!n) return NULL;
  item_unlink(n);
  n->parent = NULL;
  item_move_key(n, &(item_node){0});
  return n;
}

static pintle_status apply(item_doc *d, const item_node *op) {
  str name = string_member(op, "op"), path = string_member(op, "path"), from = string_member(op, "from");
  if (!name.ptr || !path.ptr) return PINTLE_INVALID;
  if (str_is(name, "remove")) return item_take(d, path);
  if (str_is(name, "move") || str_is(name, "copy")) return from.ptr ? copy_or_move(d, from, path, str_is(name, "move")) : PINTLE_INVALID;
  item_node *value = take_value(op);
  if (!value) return PINTLE_INVALID;
  if (str_is(name, "add")) return add(d, path, value);
  if (str_is(name, "replace")) return replace(d, path, value);
  return str_is(name, "test") ? test(d, path, value) : PINTLE_INVALID;
}

pintle_status item_patch(item_doc *d, str text) {
  item_node *ops = NULL;
  pintle_status st = item_edit_text(d, text, 0, &ops);
  if (st == PINTLE_OK && ops->type != PINTLE_T_ARRAY) st = PINTLE_INVALID;
  if (st != PINTLE_OK) return st;
  for (item_node *op = ops->first; op && st == PINTLE_OK; op = op->next) st = apply(d, op);
  return st;
}

pintle_status item_replay(item_doc *d, const item_doc *of, const item_node *ops, error *e) {
  CLEANUP(buf_free) buf text = {0};
  const bool one = item_type(ops) != PINTLE_T_ARRAY;
  if (one) buf_addc(&text, '[');
  pintle_status st = item_print(of, ops, 0, &text);
  if (one) buf_addc(&text, ']');
  if (st != PINTLE_OK || text.failed) return error_nomem(e);
  st = item_doc_api.patch(item_handle(d), text.data, text.len);
  return st == PINTLE_OK ? st : error_set(e, st, "the record of the actions does not fit the item");
}
