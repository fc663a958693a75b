/* lists.c -- what must be looked for among the other items: listed once an instance.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/util/actionhelpers, pkg/itemblock/actions/pvc_action.go. Where the run has no pintle.items/1, nothing is found. */
#include "builtin/steps.h"
#include <stdlib.h>

/* Who a key leads to: "namespace/account" to a binding and its role, a claim to a Pod. */
typedef struct link {
  const char *key, *to, *more;
  size_t at; /* order of the listing */
} link;
typedef struct links {
  struct links *next; /* of the next namespace */
  const char *ns;
  link *v;
  size_t n, cap;
} links;
typedef struct lists {
  arena memory;
  bool told;
  links *bindings, *pods; /* NULL: not listed yet; pods: by namespace */
} lists;
typedef struct listing {
  lists *l;
  links *to;
} listing;

pintle_status builtin_lists_new(void *module, pintle_call *call, void **self) {
  (void)module, (void)call;
  *self = calloc(1, sizeof(lists));
  return *self ? PINTLE_OK : PINTLE_NOMEM;
}

void builtin_lists_free(void *self) {
  lists *l = self;
  if (l->bindings) free(l->bindings->v);
  for (links *p = l->pods; p; p = p->next) free(p->v);
  arena_free(&l->memory);
  free(l);
}

static const pintle_objects *objects(lists *l, pintle_call *call) {
  const pintle_objects *items = call->host->extension(call->host, PINTLE_EXT_ITEMS);
  if (!items && !l->told) pintle_log(call, PINTLE_LOG_INFO, "this run cannot list its items: only what an item names itself is found");
  if (!items) l->told = true;
  return items;
}

static pintle_status add(listing *g, const char *key, const char *to, const char *more) {
  links *s = g->to;
  if (!GROW(s->v, s->n, s->cap)) return PINTLE_NOMEM;
  link *k = &s->v[s->n];
  *k = (link){arena_dup(&g->l->memory, key), arena_dup(&g->l->memory, to), arena_dup(&g->l->memory, more), s->n};
  if (!k->key || !k->to || !k->more) return PINTLE_NOMEM;
  s->n++;
  return PINTLE_OK;
}

static int compare(const void *x, const void *y) {
  const link *a = x, *b = y;
  int c = strcmp(a->key, b->key);
  return c ? c : a->at < b->at ? -1 : a->at > b->at;
}

/* The first link of key; those that follow have it too. NULL: none. */
static const link *find(const links *s, const char *key) {
  size_t from = 0, to = s->n;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (strcmp(s->v[middle].key, key) < 0) from = middle + 1;
    else to = middle;
  }
  return from < s->n && strcmp(s->v[from].key, key) == 0 ? &s->v[from] : NULL;
}
static const link *after(const links *s, const link *k) { return k + 1 < s->v + s->n && strcmp(k[1].key, k->key) == 0 ? k + 1 : NULL; }

/* Lists resource in ns into *out, which keeps it only when all went well. */
static pintle_status fill(lists *l, pintle_call *call, const pintle_objects *items, const pintle_id *what,
                          pintle_status (*each)(void *, const pintle_doc *), links **out) {
  links *s = arena_zalloc(&l->memory, sizeof *s);
  listing g = {l, s};
  if (!s || !(s->ns = arena_dup(&l->memory, what->ns))) return PINTLE_NOMEM;
  pintle_status st = items->list(call, what, NULL, NULL, each, &g);
  if (st != PINTLE_OK) {
    free(s->v);
    return pintle_wrap(call, st, "listing %s", what->resource);
  }
  if (s->n) qsort(s->v, s->n, sizeof *s->v, compare);
  s->next = *out;
  *out = s;
  return PINTLE_OK;
}

/* ------------------------------------------------------------------------------------------------------------ bindings */
static pintle_status take_binding(void *ctx, const pintle_doc *binding) {
  char key[1024];
  const char *name = pintle_str_or(binding, "/metadata/name", ""), *role = pintle_str_or(binding, "/roleRef/name", "");
  pintle_status st = PINTLE_OK;
  for (const item_node *s = builtin_elements(builtin_node(binding, "/subjects")); s && st == PINTLE_OK; s = item_next(s)) {
    if (strcmp(builtin_text(s, "kind"), "ServiceAccount") != 0) continue;
    int n = snprintf(key, sizeof key, "%s/%s", builtin_text(s, "namespace"), builtin_text(s, "name"));
    if (n > 0 && (size_t)n < sizeof key) st = add(ctx, key, name, role);
  }
  return st;
}

/* Was it there already, under this key? */
static bool seen(const links *s, const link *k, bool role) {
  for (const link *e = find(s, k->key); e && e < k; e++)
    if (strcmp(role ? e->more : e->to, role ? k->more : k->to) == 0) return true;
  return false;
}

BUILTIN_ASK(builtin_block_account) {
  static const pintle_id all = {"rbac.authorization.k8s.io", "", "clusterrolebindings", "", ""};
  lists *l = self;
  char key[1024];
  const pintle_objects *items = objects(l, call);
  pintle_status st = PINTLE_OK;
  if (!items) return st;
  if (!l->bindings) st = fill(l, call, items, &all, take_binding, &l->bindings);
  int n = snprintf(key, sizeof key, "%s/%s", builtin_ns(item, in), pintle_str_or(item, "/metadata/name", ""));
  if (st != PINTLE_OK || n < 0 || (size_t)n >= sizeof key) return st;
  for (int role = 0; role < 2; role++)
    for (const link *k = find(l->bindings, key); k && st == PINTLE_OK; k = after(l->bindings, k)) {
      const char *name = role ? k->more : k->to;
      if (!name[0] || seen(l->bindings, k, role)) continue;
      st = builtin_relate(out, "rbac.authorization.k8s.io", role ? "clusterroles" : "clusterrolebindings", "", name);
    }
  return st;
}
BUILTIN_EDIT(builtin_backup_account) { return builtin_block_account(self, call, item, in, out); }

/* ------------------------------------------------------------------------------------------------------------ claims */
static pintle_status take_pod(void *ctx, const pintle_doc *pod) {
  const char *name = pintle_str_or(pod, "/metadata/name", "");
  pintle_status st = PINTLE_OK;
  if (strcmp(pintle_str_or(pod, "/status/phase", ""), "Running") != 0 || !pintle_str_or(pod, "/spec/nodeName", "")[0] ||
      pintle_str_or(pod, "/metadata/deletionTimestamp", "")[0])
    return st;
  for (const item_node *v = builtin_elements(builtin_node(pod, "/spec/volumes")); v && st == PINTLE_OK; v = item_next(v)) {
    const char *claim = builtin_text(item_member(v, STR("persistentVolumeClaim")), "claimName");
    if (claim[0] && name[0]) st = add(ctx, claim, name, "");
  }
  return st;
}

static pintle_status relate_pods(lists *l, pintle_call *call, const pintle_objects *items, const char *ns, const char *claim,
                                 pintle_result *out) {
  const pintle_id all = {"", "", "pods", ns, ""};
  links *s = l->pods;
  pintle_status st = PINTLE_OK;
  while (s && strcmp(s->ns, ns) != 0) s = s->next;
  if (!s) {
    if ((st = fill(l, call, items, &all, take_pod, &l->pods)) != PINTLE_OK) return st;
    s = l->pods;
  }
  for (const link *k = find(s, claim); k && st == PINTLE_OK; k = after(s, k)) st = builtin_relate(out, "", "pods", ns, k->to);
  return st;
}

typedef struct group {
  const char *ns, *claim;
  pintle_result *out;
} group;
static pintle_status take_member(void *ctx, const pintle_doc *claim) {
  const group *g = ctx;
  const char *name = pintle_str_or(claim, "/metadata/name", "");
  return strcmp(name, g->claim) == 0 || !name[0] ? PINTLE_OK : builtin_relate(g->out, "", "persistentvolumeclaims", g->ns, name);
}

/* Claims whose volumes are snapshotted together. */
static pintle_status relate_group(pintle_call *call, const pintle_objects *items, const pintle_doc *item, const pintle_input *in,
                                  group *g) {
  char at[512], selector[512];
  const pintle_id all = {"", "", "persistentvolumeclaims", g->ns, ""};
  const char *label = pintle_str_or(in->run, "/spec/volumeGroupSnapshotLabelKey", "");
  if (!label[0]) return PINTLE_OK;
  const char *value = pintle_str_or(item, pintle_key(at, sizeof at, "/metadata/labels", label), "");
  if (!value[0]) return PINTLE_OK;
  int n = snprintf(selector, sizeof selector, "%s=%s", label, value);
  if (n < 0 || (size_t)n >= sizeof selector) return PINTLE_OK; /* no valid label */
  pintle_status st = items->list(call, &all, selector, NULL, take_member, g);
  return st == PINTLE_OK ? st : pintle_wrap(call, st, "listing persistentvolumeclaims with %s", selector);
}

BUILTIN_ASK(builtin_block_claim) {
  lists *l = self;
  const char *volume, *name = pintle_str_or(item, "/metadata/name", "");
  group g = {builtin_ns(item, in), name, out};
  if (!builtin_bound(item, &volume)) return PINTLE_OK;
  pintle_status st = builtin_relate(out, "", "persistentvolumes", "", volume);
  const pintle_objects *items = objects(l, call);
  if (st != PINTLE_OK || !items) return st;
  st = relate_pods(l, call, items, g.ns, name, out);
  return st == PINTLE_OK ? relate_group(call, items, item, in, &g) : st;
}
