/* ask.c -- see ask.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/ask.h"
#include <stdlib.h>

enum { PAGE_BYTES = 256 << 10, PAGE_ITEMS = 4096 }; /* a page ends behind the item that goes past them */

static bool known(const engine_ask *a, size_t item) { return a->everything || !a->known || a->known(a->ctx, item); }

/* ---- one item */
static pintle_status get(engine_ask *a, const pintle_id *id, buf *answer, error *e) {
  CLEANUP(buf_free) buf text = {0};
  size_t i = kube_source_find(a->source, str_of(id->group), str_of(id->resource), str_of(id->ns), str_of(id->name));
  if (i == SIZE_MAX || !known(a, i))
    return error_set(e, PINTLE_NOT_FOUND, "%s%s%s %s%s%s is not among the items of this run", id->resource, *id->group ? "." : "",
                     id->group, id->ns, *id->ns ? "/" : "", id->name);
  pintle_status st = kube_source_read(a->source, i, &text, e);
  if (st == PINTLE_OK) wire_str(answer, buf_str(&text));
  return st;
}

/* ---- listings */
typedef struct place {
  const kube_type *type;
  str ns;
  uint32_t item;
} place;

static int by_resource(const kube_type *a, const kube_type *b) {
  if (a == b) return 0;
  int order = strcmp(a->resource, b->resource);
  return order ? order : strcmp(a->group, b->group);
}

static int by_place(const void *x, const void *y) {
  const place *a = x, *b = y;
  int order = by_resource(a->type, b->type);
  if (!order && a->ns.ptr != b->ns.ptr) order = str_cmp(a->ns, b->ns);
  return order ? order : a->item < b->item ? -1 : 1;
}

static pintle_status make_order(engine_ask *a, error *e) {
  size_t n = kube_source_count(a->source);
  place *all = malloc((n + 1) * sizeof *all);
  a->order = malloc((n + 1) * sizeof *a->order);
  if (!all || !a->order) return free(all), free(a->order), a->order = NULL, error_nomem(e);
  for (size_t i = 0; i < n; i++) {
    kube_entry k;
    kube_source_get(a->source, i, &k);
    all[i] = (place){k.type, k.ns, (uint32_t)i};
  }
  qsort(all, n, sizeof *all, by_place);
  for (size_t i = 0; i < n; i++) a->order[i] = all[i].item;
  free(all);
  return PINTLE_OK;
}

static kube_entry entry_at(const engine_ask *a, size_t at) {
  kube_entry k;
  kube_source_get(a->source, a->order[at], &k);
  return k;
}

/* The first place that is not before the resource, of that group unless it is NULL, and the namespace. */
static size_t first_of(const engine_ask *a, const char *resource, const char *group, str ns) {
  size_t low = 0, high = kube_source_count(a->source);
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    kube_entry k = entry_at(a, middle);
    int order = strcmp(k.type->resource, resource);
    if (!order && group) order = strcmp(k.type->group, group);
    if (!order && group) order = str_cmp(k.ns, ns);
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Of a resource that only one group has, the group may be left out, as with kube_source_find. */
static const char *group_of(const engine_ask *a, const pintle_id *what) {
  size_t at = first_of(a, what->resource, NULL, STR("")), n = kube_source_count(a->source);
  const char *group = what->group;
  if (*group) return group;
  for (; at < n; at++) {
    kube_entry k = entry_at(a, at);
    if (strcmp(k.type->resource, what->resource) != 0) break;
    if (*group && strcmp(k.type->group, group) != 0) return "";
    if (!*(group = k.type->group)) break;
    at = first_of(a, what->resource, group, STR("\xff")) - 1; /* the last of this group */
  }
  return group;
}

static pintle_status list(engine_ask *a, const pintle_id *what, uint64_t from, buf *answer, error *e) {
  CLEANUP(buf_free) buf text = {0};
  size_t n = kube_source_count(a->source), looked = 0, start = answer->len;
  uint32_t count = 0;
  uint64_t next = ASK_END;
  pintle_status st = a->order ? PINTLE_OK : make_order(a, e);
  if (st != PINTLE_OK) return st;
  const char *group = group_of(a, what);
  size_t at = first_of(a, what->resource, group, str_of(what->ns));
  if (from > at) at = from < n ? (size_t)from : n;
  wire_u64(answer, next);
  wire_u32(answer, 0);
  for (; at < n; at++) {
    kube_entry k = entry_at(a, at);
    if (strcmp(k.type->resource, what->resource) != 0 || strcmp(k.type->group, group) != 0) break;
    if (*what->ns && !str_is(k.ns, what->ns)) break;
    if (answer->len - start > PAGE_BYTES || looked++ == PAGE_ITEMS) {
      next = at;
      break;
    }
    if ((*what->name && !str_is(k.name, what->name)) || !known(a, a->order[at])) continue;
    buf_clear(&text);
    if ((st = kube_source_read(a->source, a->order[at], &text, e)) != PINTLE_OK) return st;
    wire_str(answer, k.ns);
    wire_str(answer, k.name);
    wire_str(answer, buf_str(&text));
    count++;
  }
  if (answer->failed) return error_nomem(e);
  memcpy(answer->data + start, &next, sizeof next);
  memcpy(answer->data + start + sizeof next, &count, sizeof count);
  return PINTLE_OK;
}

/* ---- the rest */
static pintle_status find_kind(const engine_ask *a, const ask_question *q, buf *answer, error *e) {
  const kube_type *t = kube_types_find(a->types, str_of(q->api_version), str_of(q->kind));
  if (!t) return error_set(e, PINTLE_NOT_FOUND, "kind %s of %s is not known here", q->kind, q->api_version);
  wire_z(answer, t->resource);
  wire_u32(answer, t->namespaced);
  return PINTLE_OK;
}

static pintle_status write_items(const chain_plan *plan, error *e) {
  if (plan->dry_run) return error_set(e, PINTLE_DENIED, "nothing is written in a dry run");
  return error_set(e, PINTLE_UNSUPPORTED, "the items of a run's input stay as they are");
}

static pintle_status get_state(engine_ask *a, const char *action, const ask_question *q, buf *answer, error *e) {
  str value;
  pintle_status st = engine_state_get(a->state, action, q->scope, q->key, &value, e);
  if (st == PINTLE_OK) wire_str(answer, value);
  return st;
}

pintle_status engine_answer(engine_ask *a, const chain_plan *plan, uint32_t entry, const ask_question *q, buf *answer, error *e) {
  const char *action = plan->entries[entry].name;
  a->everything = plan->entries[entry].plugin == CHAIN_BUILT_IN; /* Velero's own ask the cluster, for which the input stands */
  switch (q->what) {
  case ASK_GET: return get(a, &q->id, answer, e);
  case ASK_LIST: return list(a, &q->id, q->from, answer, e);
  case ASK_KIND: return find_kind(a, q, answer, e);
  case ASK_WRITE: return write_items(plan, e);
  case ASK_STATE_GET: return get_state(a, action, q, answer, e);
  case ASK_STATE_PUT:
  case ASK_STATE_ADD: return engine_state_put(a->state, action, q->scope, q->key, q->value, q->what == ASK_STATE_ADD, e);
  default: return error_set(e, PINTLE_UNSUPPORTED, "nobody answers this");
  }
}

void engine_ask_free(engine_ask *a) {
  engine_state_free(a->state);
  free(a->order);
  *a = (engine_ask){0};
}
