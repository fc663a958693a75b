/* list.c -- see list.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/list.h"
#include "archive/archive.h"
#include "base/sort.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct row {
  uint32_t item;
  uint16_t type;
  uint8_t action;
  bool renamed;   /* ns and name stand in renames[other] */
  uint32_t other; /* else namespace + 1 of the list when it is another; 0: the source's */
} row;
typedef struct other_name {
  const kube_type *type;
  const char *ns, *name;
} other_name;
struct engine_list {
  const kube_source *source;
  const kube_type **types;
  size_t n_types; /* by id, as they come */
  uint32_t *rank; /* of a type among the sorted keys; only while sorting */
  row *v;
  size_t n, cap;
  const char **ns;
  size_t n_ns; /* namespaces that are not the source's (mapped ones: few) */
  other_name *renames;
  size_t n_renames, cap_renames;
  arena memory;
};

static const char *const actions[] = {"", "created", "updated", "failed", "skipped"};

pintle_status engine_list_new(const kube_source *source, engine_list **out, error *e) {
  engine_list *l = calloc(1, sizeof *l);
  if (!l) return error_nomem(e);
  l->source = source;
  *out = l;
  return PINTLE_OK;
}

void engine_list_free(engine_list *l) {
  if (!l) return;
  free(l->v);
  free(l->types);
  free(l->ns);
  free(l->renames);
  arena_free(&l->memory);
  free(l);
}

static bool know_type(engine_list *l, const kube_type *type) {
  if (type->id < l->n_types) return l->types[type->id] = type, true;
  const kube_type **v = realloc(l->types, ((size_t)type->id + 1) * sizeof *v);
  if (!v) return false;
  memset(v + l->n_types, 0, (type->id + 1 - l->n_types) * sizeof *v);
  l->types = v, l->n_types = (size_t)type->id + 1;
  v[type->id] = type;
  return true;
}

static uint32_t intern_ns(engine_list *l, str ns) {
  for (size_t i = l->n_ns; i-- > 0;) /* the newest first: items come by namespace */
    if (str_is(ns, l->ns[i])) return (uint32_t)i + 1;
  const char **v = realloc(l->ns, (l->n_ns + 1) * sizeof *v);
  char *copy = arena_copy(&l->memory, ns);
  if (v) l->ns = v;
  if (!v || !copy) return 0;
  v[l->n_ns] = copy;
  return (uint32_t)++l->n_ns;
}

pintle_status engine_list_add(engine_list *l, size_t item, const kube_type *type, str ns, str name, const char *action, error *e) {
  kube_entry k;
  row r = {.item = (uint32_t)item, .type = type->id};
  kube_source_get(l->source, item, &k);
  while (r.action < sizeof actions / sizeof *actions - 1 && strcmp(actions[r.action], action) != 0) r.action++;
  if (!know_type(l, type) || !GROW(l->v, l->n, l->cap)) return error_nomem(e);
  if (!str_eq(name, k.name)) {
    if (!GROW(l->renames, l->n_renames, l->cap_renames)) return error_nomem(e);
    other_name one = {type, arena_copy(&l->memory, ns), arena_copy(&l->memory, name)};
    if (!one.ns || !one.name) return error_nomem(e);
    r.renamed = true, r.other = (uint32_t)l->n_renames;
    l->renames[l->n_renames++] = one;
  } else if (!str_eq(ns, k.ns) && !(r.other = intern_ns(l, ns))) return error_nomem(e);
  l->v[l->n++] = r;
  return PINTLE_OK;
}

bool engine_list_renamed(const engine_list *l, const kube_type *type, str ns, str name) {
  for (size_t i = 0; i < l->n_renames; i++)
    if (l->renames[i].type == type && str_is(ns, l->renames[i].ns) && str_is(name, l->renames[i].name)) return true;
  return false;
}

/* ---- printing */
static void key_of(const kube_type *t, char *to, size_t size) {
  snprintf(to, size, "%s%s%s/%s", t->group, *t->group ? "/" : "", t->version, t->kind);
}

static int by_key(const void *a, const void *b, void *ctx) {
  const engine_list *l = ctx;
  char p[500], q[500];
  key_of(l->types[*(const uint32_t *)a], p, sizeof p);
  key_of(l->types[*(const uint32_t *)b], q, sizeof q);
  return strcmp(p, q);
}

/* Rows are compared far more often than there are types: their keys are put in order once. */
static bool rank_types(engine_list *l) {
  uint32_t *ids = calloc(l->n_types + 1, sizeof *ids);
  uint32_t n = 0, rank = 0;
  l->rank = calloc(l->n_types + 1, sizeof *l->rank);
  if (!ids || !l->rank) return free(ids), false;
  for (uint32_t i = 0; i < l->n_types; i++)
    if (l->types[i]) ids[n++] = i;
  qsort_r(ids, n, sizeof *ids, by_key, l);
  for (uint32_t i = 0; i < n; i++) {
    rank += i && by_key(&ids[i - 1], &ids[i], l) != 0;
    l->rank[ids[i]] = rank;
  }
  free(ids);
  return true;
}

typedef struct place {
  const char *ns, *name;
} place;

static place place_of(const engine_list *l, const row *r) {
  kube_entry k;
  if (r->renamed) return (place){l->renames[r->other].ns, l->renames[r->other].name};
  kube_source_get(l->source, r->item, &k);
  return (place){r->other ? l->ns[r->other - 1] : k.ns.ptr, k.name.ptr};
}

static void name_of(const engine_list *l, const row *r, char *to, size_t size) {
  place p = place_of(l, r);
  snprintf(to, size, "%s%s%s", p.ns, *p.ns ? "/" : "", p.name);
}

/* As strcmp of "ns/name", without writing that down. */
static int by_place(const engine_list *l, const row *x, const row *y) {
  char p[1400], q[1400];
  if (l->rank[x->type] != l->rank[y->type]) return l->rank[x->type] < l->rank[y->type] ? -1 : 1;
  place m = place_of(l, x), n = place_of(l, y);
  size_t i = 0;
  while (m.ns[i] && m.ns[i] == n.ns[i]) i++;
  if (!m.ns[i] && !n.ns[i]) return strcmp(m.name, n.name);
  unsigned char c = m.ns[i] ? (unsigned char)m.ns[i] : '/', d = n.ns[i] ? (unsigned char)n.ns[i] : '/';
  if (c != d && *m.ns && *n.ns) return c < d ? -1 : 1;
  name_of(l, x, p, sizeof p);
  name_of(l, y, q, sizeof q);
  return strcmp(p, q);
}

/* Two of one name, which a mapping may give, are told apart by what became of them. */
static int by_row(const void *a, const void *b, void *ctx) {
  const row *x = a, *y = b;
  int c = by_place(ctx, x, y);
  if (c == 0) c = strcmp(actions[x->action], actions[y->action]);
  return c ? c : (x->item > y->item) - (x->item < y->item);
}

static pintle_status print(void *list, archive_gzip *to, error *e) {
  const engine_list *l = list;
  char last[500] = "", key[500], name[1400];
  buf b = {0};
  pintle_status st = PINTLE_OK;
  buf_addc(&b, '{');
  for (size_t i = 0; i < l->n && st == PINTLE_OK; i++) {
    const row *r = &l->v[i];
    key_of(l->types[r->type], key, sizeof key);
    name_of(l, r, name, sizeof name - 12);
    if (r->action) strcat(name, "("), strcat(name, actions[r->action]), strcat(name, ")");
    if (strcmp(key, last) == 0) buf_addc(&b, ',');
    else {
      buf_addz(&b, i ? "]," : "");
      buf_json_go(&b, str_of(key));
      buf_addz(&b, ":[");
    }
    memcpy(last, key, sizeof last);
    buf_json_go(&b, str_of(name));
    if (b.len < 64 << 10) continue;
    st = b.failed ? error_nomem(e) : archive_gzip_write(to, buf_str(&b), e);
    buf_clear(&b);
  }
  buf_addz(&b, l->n ? "]}\n" : "}\n");
  if (st == PINTLE_OK) st = b.failed ? error_nomem(e) : archive_gzip_write(to, buf_str(&b), e);
  buf_free(&b);
  return st;
}

pintle_status engine_list_put(engine_list *l, engine_objects *to, const char *key, const char *temp_dir, error *e) {
  if (!rank_types(l)) return error_nomem(e);
  sort_in_place(l->v, l->n, sizeof *l->v, by_row, l);
  free(l->rank);
  l->rank = NULL;
  return engine_put_printed(to, key, temp_dir, print, l, e);
}
