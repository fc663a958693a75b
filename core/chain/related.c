/* related.c -- additional items, operations and their items, taken from a result.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/inside.h"

static bool copy_id(arena *a, const pintle_id *from, pintle_id *to) {
  to->group = arena_dup(a, from->group);
  to->version = arena_dup(a, from->version);
  to->resource = arena_dup(a, from->resource);
  to->ns = arena_dup(a, from->ns);
  to->name = arena_dup(a, from->name);
  return to->group && to->version && to->resource && to->ns && to->name;
}

/* The result's memory ends with the next call, the outcome's with the next item. */
static pintle_status copy(chain *c, uint32_t entry, const host_result_id *from, size_t n, const chain_related **out) {
  *out = NULL;
  if (n == 0) return PINTLE_OK;
  chain_related *to = arena_alloc(&c->item, n * sizeof *to);
  if (!to) return error_nomem(&c->error);
  for (size_t i = 0; i < n; i++) {
    if (!copy_id(&c->item, &from[i].id, &to[i].id)) return error_nomem(&c->error);
    to[i].flags = from[i].flags;
    to[i].entry = entry;
  }
  *out = to;
  return PINTLE_OK;
}

/* What the actions of one item name is one list. */
static pintle_status add_to_block(chain *c, uint32_t entry, chain_outcome *out) {
  const host_result *r = &c->result;
  const chain_related *more;
  if (r->n_items > CHAIN_MAX_RELATED - out->n_related)
    return error_set(&c->error, PINTLE_INVALID, "the actions of the item name more than %u related items", CHAIN_MAX_RELATED);
  pintle_status st = copy(c, entry, r->items, r->n_items, &more);
  if (st != PINTLE_OK || !more) return st;
  if (out->n_related) {
    chain_related *v = arena_alloc(&c->item, (out->n_related + r->n_items) * sizeof *v);
    if (!v) return error_nomem(&c->error);
    memcpy(v, out->related, out->n_related * sizeof *v);
    memcpy(v + out->n_related, more, r->n_items * sizeof *v);
    more = v;
  }
  out->related = more;
  out->n_related += r->n_items;
  return PINTLE_OK;
}

pintle_status chain_related_take(chain *c, uint32_t entry, chain_outcome *out) {
  const host_result *r = &c->result;
  if (c->blocks) return add_to_block(c, entry, out);
  pintle_status st = copy(c, entry, r->items, r->n_items, &out->related);
  if (st != PINTLE_OK) return st;
  out->n_related = r->n_items;
  if (r->n_items) out->wait = r->wait; /* without items there is nothing to wait for */
  return PINTLE_OK;
}

pintle_status chain_operation_take(chain *c, uint32_t entry, chain_outcome *out) {
  const host_result *r = &c->result;
  if (!r->operation) return PINTLE_OK;
  if (out->n_operations == c->cap_operations) {
    size_t cap = c->cap_operations ? c->cap_operations * 2 : 4;
    chain_operation *v = arena_alloc(&c->item, cap * sizeof *v);
    if (!v) return error_nomem(&c->error);
    if (out->n_operations) memcpy(v, c->operations, out->n_operations * sizeof *v);
    c->operations = v;
    c->cap_operations = cap;
  }
  chain_operation *o = &c->operations[out->n_operations];
  *o = (chain_operation){.entry = entry, .id = arena_dup(&c->item, r->operation), .n_post = r->n_post};
  if (!o->id) return error_nomem(&c->error);
  pintle_status st = copy(c, entry, r->post, r->n_post, &o->post);
  if (st != PINTLE_OK) return st;
  if (out->n_operations++ == 0) {
    out->operation = o->id;
    out->op_entry = entry;
    out->post = o->post;
    out->n_post = o->n_post;
  }
  out->operations = c->operations;
  return PINTLE_OK;
}

static void add(buf *b, bool *more, const char *key, const char *value) {
  if (!value[0]) return;
  if (*more) buf_addc(b, ',');
  *more = true;
  buf_addc(b, '"');
  buf_addz(b, key);
  buf_addz(b, "\":");
  buf_json(b, str_of(value));
}

void chain_related_print(buf *b, const char *key, const host_result_id *v, size_t n) {
  buf_addz(b, ",\"");
  buf_addz(b, key);
  buf_addz(b, "\":[");
  for (size_t i = 0; i < n; i++) {
    bool more = false;
    buf_addz(b, i ? ",{" : "{");
    add(b, &more, "group", v[i].id.group);
    add(b, &more, "version", v[i].id.version);
    add(b, &more, "resource", v[i].id.resource);
    add(b, &more, "namespace", v[i].id.ns);
    add(b, &more, "name", v[i].id.name);
    if (v[i].flags & PINTLE_MUST_INCLUDE) buf_addz(b, ",\"mustInclude\":true");
    buf_addc(b, '}');
  }
  buf_addc(b, ']');
}
