/* lists.c -- what must be looked for among the other items: listed once an instance.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/util/actionhelpers, pkg/itemblock/actions/pvc_action.go. Where the run has no pintle.items/1, nothing is found. */
#include "base/sort.h"
#include "builtin/steps.h"
#include <stdlib.h>

/* Who a key leads to: "namespace/account" to a binding and its role, a claim to a Pod. Every worker has them all, so they are packed. */
typedef struct link {
  uint32_t at; /* of key, to and more in text, one behind another; in the order of the listing */
} link;
typedef struct links {
  struct links *next; /* of the next namespace */
  const char *ns;
  buf text;
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

static void links_free(links *s) {
  buf_free(&s->text);
  free(s->v);
}

void builtin_lists_free(void *self) {
  lists *l = self;
  if (l->bindings) links_free(l->bindings);
  for (links *p = l->pods; p; p = p->next) links_free(p);
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
  const char *const parts[] = {key, to, more};
  if (s->text.len >= UINT32_MAX || !GROW(s->v, s->n, s->cap)) return PINTLE_NOMEM;
  s->v[s->n++] = (link){(uint32_t)s->text.len};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) buf_add(&s->text, parts[i], strlen(parts[i]) + 1);
  return s->text.failed ? PINTLE_NOMEM : PINTLE_OK;
}

static const char *key_of(const links *s, const link *k) { return s->text.data + k->at; }
static const char *to_of(const links *s, const link *k) { return strchr(key_of(s, k), 0) + 1; }
static const char *more_of(const links *s, const link *k) { return strchr(to_of(s, k), 0) + 1; }

static int compare(const void *x, const void *y, void *ctx) {
  const link *a = x, *b = y;
  int c = strcmp(key_of(ctx, a), key_of(ctx, b));
  return c ? c : a->at < b->at ? -1 : a->at > b->at;
}

/* The first link of key; those that follow have it too. NULL: none. */
static const link *find(const links *s, const char *key) {
  size_t from = 0, to = s->n;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (strcmp(key_of(s, &s->v[middle]), key) < 0) from = middle + 1;
    else to = middle;
  }
  return from < s->n && strcmp(key_of(s, &s->v[from]), key) == 0 ? &s->v[from] : NULL;
}
static const link *after(const links *s, const link *k) {
  return k + 1 < s->v + s->n && strcmp(key_of(s, k + 1), key_of(s, k)) == 0 ? k + 1 : NULL;
}

/* Lists resource in ns into *out, which keeps it only when all went well. */
static pintle_status fill(lists *l, pintle_call *call, const pintle_objects *items, const pintle_id *what,
                          pintle_status (*each)(void *, const pintle_doc *), links **out) {
  links *s = arena_zalloc(&l->memory, sizeof *s);
  listing g = {l, s};
  if (!s || !(s->ns = arena_dup(&l->memory, what->ns))) return PINTLE_NOMEM;
  pintle_status st = items->list(call, what, NULL, NULL, each, &g);
  if (st != PINTLE_OK) {
    links_free(s);
    return pintle_wrap(call, st, "listing %s", what->resource);
  }
  sort_in_place(s->v, s->n, sizeof *s->v, compare, s);
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
  for (const link *e = find(s, key_of(s, k)); e && e < k; e++)
    if (strcmp(role ? more_of(s, e) : to_of(s, e), role ? more_of(s, k) : to_of(s, k)) == 0) return true;
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
      const char *name = role ? more_of(l->bindings, k) : to_of(l->bindings, k);
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
  for (const link *k = find(s, claim); k && st == PINTLE_OK; k = after(s, k)) st = builtin_relate(out, "", "pods", ns, to_of(s, k));
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
