/* strategic.c -- strategic merge patch: objects, and what holds them together; lists are in strategic_list.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include "item/strategic.h"

#define PATCH STR("$patch")
#define RETAIN STR("$retainKeys")
#define ORDER "$setElementOrder"
#define DELETE "$deleteFromPrimitiveList"

item_node *item_strategic_member(const item_node *object, str key) { return (item_node *)(uintptr_t)item_member(object, key); }

pintle_status item_strategic_wrong(const item_merging *m, const char *format, ...) {
  char text[300];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  return error_set(m->e, PINTLE_INVALID, "%s", text);
}

/* It leaves its tree; where that stands, its key stays. */
item_node *item_strategic_take(item_node *n) {
  if (n->parent) item_unlink(n);
  n->parent = NULL;
  return n;
}

static bool is_directive(str key) { return str_eq(key, PATCH) || str_eq(key, RETAIN) || str_starts(key, ORDER) || str_starts(key, DELETE); }

bool item_strategic_strip(item_node *n, bool nulls) {
  if (n->type == PINTLE_T_OBJECT && item_member(n, PATCH)) return false;
  if (!item_is_container(n)) return true;
  bool object = n->type == PINTLE_T_OBJECT;
  for (item_node *c = n->first, *next; c; c = next) {
    next = c->next;
    if ((object && is_directive(item_key_of(c))) || (object && nulls && c->type == PINTLE_T_NULL) || !item_strategic_strip(c, nulls))
      item_unlink(c);
  }
  return true;
}

void item_strategic_plain(item_node *n) {
  if (!item_is_container(n)) return;
  for (item_node *c = n->first, *next; c; c = next) {
    next = c->next;
    if (n->type == PINTLE_T_OBJECT && is_directive(item_key_of(c))) item_unlink(c);
    else item_strategic_plain(c);
  }
}

/* p, a member of the patch, becomes the member of that key. */
static void put(item_merging *m, item_node *original, item_node *old, item_node *p) {
  item_strategic_take(p);
  if (old) item_swap(m->d, old, p);
  else item_append(original, p);
}

static void put_whole(item_merging *m, item_node *original, item_node *old, item_node *p) {
  item_strategic_plain(p);
  put(m, original, old, p);
}

static void put_stripped(item_merging *m, item_node *original, item_node *old, item_node *p) {
  if (item_strategic_strip(p, true)) put(m, original, old, p);
  else if (old) item_unlink(old);
}

/* "$setElementOrder/ports" -> "ports" */
static pintle_status list_name(const item_merging *m, str key, const char *prefix, str *name) {
  size_t n = strlen(prefix);
  if (key.len <= n || key.ptr[n] != '/') return item_strategic_wrong(m, "\"%.100s\" is no directive: write %s/LIST", key.ptr, prefix);
  *name = (str){key.ptr + n + 1, key.len - n - 1};
  return PINTLE_OK;
}

/* ---- $patch */
static pintle_status whole(item_merging *m, const item_node *directive, item_node *patch, item_node **out) {
  str s = item_string(directive);
  *out = patch;
  item_strategic_plain(patch);
  if (str_is(s, "replace")) return PINTLE_OK;
  if (!str_is(s, "delete"))
    return item_strategic_wrong(m, "$patch of an object is \"replace\" or \"delete\", not \"%.60s\"", s.ptr ? s.ptr : "");
  *out = item_node_new(m->d, PINTLE_T_OBJECT);
  return *out ? PINTLE_OK : PINTLE_NOMEM;
}

/* ---- $retainKeys */
static bool holds(const item_node *list, str key) {
  for (const item_node *v = list->first; v; v = v->next)
    if (v->type == PINTLE_T_STRING && str_eq(item_string(v), key)) return true;
  return false;
}

static pintle_status retain(const item_merging *m, item_node *original, item_node *patch) {
  item_node *keys = item_strategic_member(patch, RETAIN);
  if (!keys) return PINTLE_OK;
  item_unlink(keys);
  if (keys->type != PINTLE_T_ARRAY) return item_strategic_wrong(m, "$retainKeys is a list of keys");
  for (const item_node *p = patch->first; p; p = p->next) {
    str key = item_key_of(p);
    if (p->type == PINTLE_T_NULL || str_starts(key, DELETE) || str_starts(key, ORDER) || holds(keys, key)) continue;
    return item_strategic_wrong(m, "$retainKeys lacks \"%.100s\", which the patch sets", key.ptr);
  }
  for (item_node *o = original->first, *next; o; o = next) {
    next = o->next;
    if (!holds(keys, item_key_of(o))) item_unlink(o);
  }
  return PINTLE_OK;
}

/* ---- $setElementOrder */
static pintle_status order_list(item_merging *m, item_node *original, item_node *patch, item_node *order, const void *type) {
  str name;
  item_unlink(order);
  pintle_status st = list_name(m, item_key_of(order), ORDER, &name);
  if (st != PINTLE_OK) return st;
  item_node *old = item_strategic_member(original, name), *p = item_strategic_member(patch, name);
  if (order->type != PINTLE_T_ARRAY) return item_strategic_wrong(m, ORDER "/%.100s is a list", name.ptr);
  if ((old && old->type != PINTLE_T_ARRAY) || (p && p->type != PINTLE_T_ARRAY))
    return item_strategic_wrong(m, ORDER "/%.100s: %.100s is no list", name.ptr, name.ptr);
  item_strategy s = m->schema(type, name);
  if (!old && !p) return PINTLE_OK;
  if ((old ? old->len : 0) + (p ? p->len : 0) == 0) return item_strategic_wrong(m, ORDER "/%.100s of an empty list", name.ptr);
  if (!old) {
    item_strategic_strip(p, false);
    old = item_node_new(m->d, PINTLE_T_ARRAY);
    if (!old) return PINTLE_NOMEM;
    item_move_key(old, p);
    item_append(original, old);
    s.merge = false;
  }
  if (p) item_strategic_take(p);
  return item_strategic_order(m, old, p, order, s);
}

static pintle_status order_lists(item_merging *m, item_node *original, item_node *patch, const void *type) {
  pintle_status st = PINTLE_OK;
  for (item_node *p = patch->first; p && st == PINTLE_OK;) {
    bool found = str_starts(item_key_of(p), ORDER);
    if (found) st = order_list(m, original, patch, p, type);
    p = found ? patch->first : p->next; /* it takes its list along, which may be the next one */
  }
  return st;
}

/* ---- the members */
static pintle_status delete_from(item_merging *m, const item_node *original, const item_node *p) {
  str name;
  pintle_status st = list_name(m, item_key_of(p), DELETE, &name);
  if (st != PINTLE_OK) return st;
  item_node *old = item_strategic_member(original, name);
  if (p->type != PINTLE_T_ARRAY) return item_strategic_wrong(m, DELETE "/%.100s is a list", name.ptr);
  return old && old->type == PINTLE_T_ARRAY ? item_strategic_delete(m, old, p) : PINTLE_OK;
}

static pintle_status merge_member(item_merging *m, item_node *original, item_node *p, const void *type) {
  str key = item_key_of(p);
  item_node *old = item_strategic_member(original, key), *made = NULL;
  if (str_starts(key, DELETE)) return delete_from(m, original, p);
  if (p->type == PINTLE_T_NULL) {
    if (old) item_unlink(old);
    return PINTLE_OK;
  }
  if (!old || old->type != p->type || !item_is_container(p)) return put_stripped(m, original, old, p), PINTLE_OK;
  item_strategy s = m->schema(type, key);
  if (p->type == PINTLE_T_ARRAY && s.merge) return item_strategic_list(m, old, p, s);
  if (p->type == PINTLE_T_ARRAY || s.replace) return put_whole(m, original, old, p), PINTLE_OK;
  pintle_status st = item_strategic_object(m, old, p, s.type, &made);
  if (st != PINTLE_OK) return st;
  if (made != old) {
    item_move_key(made, old);
    put(m, original, old, made);
  }
  return st;
}

pintle_status item_strategic_object(item_merging *m, item_node *original, item_node *patch, const void *type, item_node **out) {
  const item_node *directive = item_member(patch, PATCH);
  pintle_status st = item_drop_twins(original);
  if (directive || st != PINTLE_OK) return st == PINTLE_OK ? whole(m, directive, patch, out) : st;
  st = retain(m, original, patch);
  if (st == PINTLE_OK) st = order_lists(m, original, patch, type);
  for (item_node *p = patch->first, *next; p && st == PINTLE_OK; p = next) {
    next = p->next;
    st = merge_member(m, original, p, type);
  }
  *out = original;
  return st;
}

static pintle_status merge(item_doc *d, str text, item_schema schema, const void *type, error *e) {
  item_merging m = {d, schema, e};
  item_node *patch = NULL, *copy, *made = NULL;
  pintle_status st = item_edit_text(d, text, ITEM_UNIQUE_KEYS, &patch);
  if (st != PINTLE_OK) return error_set(e, st, "the patch is no JSON, or repeats a key");
  if (patch->type != PINTLE_T_OBJECT || d->root->type != PINTLE_T_OBJECT)
    return error_set(e, PINTLE_INVALID, "a strategic merge patch is an object");
  copy = d->mem.total > d->max_memory ? NULL : item_copy(d, d->root);
  if (!copy) return error_nomem(e);
  st = item_strategic_object(&m, copy, patch, type, &made);
  if (st == PINTLE_NOMEM) return error_nomem(e);
  if (st != PINTLE_OK) return st;
  st = item_become(d, d->root, made);
  return st == PINTLE_OK ? st : error_set(e, st, st == PINTLE_NOMEM ? "out of memory" : "the patched item is too large or too deep");
}

pintle_status item_strategic(item_doc *d, str patch, item_schema schema, const void *type, error *e) {
  item_mark m = item_mark_of(d);
  if (d->readonly) return error_set(e, PINTLE_DENIED, "the document is read-only");
  return item_edit_end(d, m, merge(d, patch, schema, type, e));
}
