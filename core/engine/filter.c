/* filter.c -- see filter.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/filter.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct name {
  str text;
  const kube_type *type;
  bool glob;
} name; /* type: what a plain name means; NULL: unknown, compared as text */
typedef struct list {
  name *v;
  size_t n;
  bool all;
} list; /* all: holds "*" */

struct engine_filter {
  const kube_types *types;
  list ns_in, ns_out;
  list scoped_in, scoped_out;   /* namespaced types */
  list cluster_in, cluster_out; /* cluster-scoped types */
  list status_in, status_out;   /* types restored with their status */
  int cluster_rule;             /* 0 by lists and the default rule, 1 none at all, 2 all that the lists allow */
  bool old, restore, status;
  kube_selector **labels;
  size_t n_labels; /* any of them */
  arena memory;
};

/* scope: NAMESPACES, ANY, or the one that the list is for: names of the other one say nothing then (Velero's scopeResourceMapFunc). */
enum { CLUSTER = 0, NAMESPACED = 1, ANY, NAMESPACES };
static pintle_status read_list(engine_filter *f, const item_doc *d, const char *key, int scope, list *out, error *e) {
  char pointer[80] = "/spec/";
  strncat(pointer, key, sizeof pointer - 8);
  const item_node *array = item_at(d, pointer);
  size_t n = item_count(array);
  *out = (list){arena_zalloc(&f->memory, (n + 8) * sizeof(name)), 0, false};
  if (!out->v) return error_nomem(e);
  for (const item_node *s = item_first(array); s; s = item_next(s)) {
    str text = item_string(s);
    if (!text.ptr || !text.len) {
      error_set(e, PINTLE_INVALID, "spec.%s holds what is no name", key);
      error_place(e, "%s", pointer);
      return PINTLE_INVALID;
    }
    char *copy = arena_copy(&f->memory, text);
    if (!copy) return error_nomem(e);
    name one = {{copy, text.len}, NULL, kube_is_glob(text)};
    if (scope != NAMESPACES && !one.glob) one.type = kube_types_named(f->types, one.text);
    if (one.type && scope <= NAMESPACED && one.type->namespaced != scope) continue;
    out->all |= str_is(text, "*");
    out->v[out->n++] = one;
  }
  return PINTLE_OK;
}

static bool has_text(const list *l, str text) {
  for (size_t i = 0; i < l->n; i++)
    if (l->v[i].glob ? kube_glob(l->v[i].text, text) : str_eq(l->v[i].text, text)) return true;
  return l->all;
}

static bool has_type(const list *l, const kube_type *t, bool wildcard) {
  char gr[600];
  size_t n = strlen(t->resource), g = strlen(t->group);
  if (n + g + 2 > sizeof gr) return false;
  memcpy(gr, t->resource, n + 1);
  if (g) gr[n] = '.', memcpy(gr + n + 1, t->group, g + 1);
  str full = {gr, g ? n + 1 + g : n};
  for (size_t i = 0; i < l->n; i++) {
    const name *x = &l->v[i];
    if (str_is(x->text, "*")) {
      if (wildcard) return true;
    } else if (x->glob) {
      if (kube_glob(x->text, full)) return true;
    } else if (x->type ? strcmp(x->type->group, t->group) == 0 && strcmp(x->type->resource, t->resource) == 0
                       : str_eq(x->text, full))
      return true;
  }
  return false;
}

static pintle_status read_labels(engine_filter *f, const item_doc *d, error *e) {
  const item_node *one = item_at(d, "/spec/labelSelector"), *several = item_at(d, "/spec/orLabelSelectors");
  bool has_one = item_type(one) == PINTLE_T_OBJECT && item_first(one), has_several = item_count(several) > 0;
  if (has_one && has_several) {
    error_set(e, PINTLE_INVALID, "spec.labelSelector and spec.orLabelSelectors cannot be used together");
    error_place(e, "/spec/orLabelSelectors");
    return PINTLE_INVALID;
  }
  if (!has_one && !has_several) return PINTLE_OK;
  f->labels = calloc(has_one ? 1 : item_count(several), sizeof(kube_selector *));
  if (!f->labels) return error_nomem(e);
  for (const item_node *s = has_one ? one : item_first(several); s; s = has_one ? NULL : item_next(s)) {
    pintle_status st = kube_selector_of(s, &f->labels[f->n_labels], e);
    if (st != PINTLE_OK) return error_wrap(e, has_one ? "spec.labelSelector" : "spec.orLabelSelectors"), st;
    f->n_labels++;
  }
  return PINTLE_OK;
}

static pintle_status read_namespaces(engine_filter *f, const item_doc *d, error *e) {
  pintle_status st = read_list(f, d, "includedNamespaces", NAMESPACES, &f->ns_in, e);
  if (st == PINTLE_OK) st = read_list(f, d, "excludedNamespaces", NAMESPACES, &f->ns_out, e);
  if (st == PINTLE_OK) st = engine_filter_check(d, "includedNamespaces", "excludedNamespaces", false, e);
  return st == PINTLE_OK ? engine_filter_check_patterns(d, e) : st;
}

static engine_filter *make(const kube_types *types, error *e) {
  engine_filter *f = calloc(1, sizeof *f);
  if (!f) error_nomem(e);
  else f->types = types;
  return f;
}

static pintle_status read_old(engine_filter *f, const item_doc *d, error *e) {
  const item_node *cluster = item_at(d, "/spec/includeClusterResources");
  pintle_status st = engine_filter_check(d, "includedResources", "excludedResources", false, e);
  if (st == PINTLE_OK) st = read_list(f, d, "includedResources", ANY, &f->scoped_in, e);
  if (st == PINTLE_OK) st = read_list(f, d, "excludedResources", ANY, &f->scoped_out, e);
  f->cluster_in = f->scoped_in, f->cluster_out = f->scoped_out;
  f->cluster_rule = item_type(cluster) != PINTLE_T_BOOL ? 0 : item_true(cluster) ? 2 : 1;
  f->old = true;
  return st;
}

static bool is_set(const item_doc *d, const char *pointer) {
  const item_node *n = item_at(d, pointer);
  return item_type(n) == PINTLE_T_BOOL || item_count(n) > 0;
}

pintle_status engine_filter_backup(const item_doc *backup, const kube_types *types, engine_filter **out, error *e) {
  static const char *const new_keys[] = {"includedClusterScopedResources", "excludedClusterScopedResources",
                                         "includedNamespaceScopedResources", "excludedNamespaceScopedResources"};
  bool old = is_set(backup, "/spec/includedResources") || is_set(backup, "/spec/excludedResources") ||
             is_set(backup, "/spec/includeClusterResources");
  engine_filter *f = make(types, e);
  if (!f) return PINTLE_NOMEM;
  list *const lists[] = {&f->cluster_in, &f->cluster_out, &f->scoped_in, &f->scoped_out};
  pintle_status st = read_namespaces(f, backup, e);
  for (int i = 0; i < 4 && st == PINTLE_OK; i++) {
    st = read_list(f, backup, new_keys[i], i < 2 ? CLUSTER : NAMESPACED, lists[i], e);
    if (st == PINTLE_OK && i % 2) st = engine_filter_check(backup, new_keys[i - 1], new_keys[i], true, e);
    char pointer[80];
    snprintf(pointer, sizeof pointer, "/spec/%s", new_keys[i]);
    if (st == PINTLE_OK && old && is_set(backup, pointer)) {
      st = error_set(e, PINTLE_INVALID,
                     "spec.%s cannot be used together with includedResources, excludedResources or includeClusterResources", new_keys[i]);
      error_place(e, "/spec/%s", new_keys[i]);
    }
  }
  if (st == PINTLE_OK && old) st = read_old(f, backup, e);
  if (st == PINTLE_OK) st = read_labels(f, backup, e);
  if (st != PINTLE_OK) return engine_filter_free(f), st;
  *out = f;
  return PINTLE_OK;
}

static pintle_status add_name(engine_filter *f, list *l, name one, error *e) {
  name *v = arena_alloc(&f->memory, (l->n + 1) * sizeof *v);
  if (!v) return error_nomem(e);
  if (l->n) memcpy(v, l->v, l->n * sizeof *v);
  v[l->n] = one;
  l->v = v, l->n++;
  return PINTLE_OK;
}

/* What the spec includes or excludes already stays as it is: also what a glob of it speaks of. */
static pintle_status add_policy(engine_filter *f, const item_node *names, bool namespaced, bool exclude, error *e) {
  list *in = namespaced ? &f->scoped_in : &f->cluster_in, *out = namespaced ? &f->scoped_out : &f->cluster_out;
  pintle_status st = PINTLE_OK;
  for (const item_node *m = item_first(names); m && st == PINTLE_OK; m = item_next(m)) {
    name one = {{arena_copy(&f->memory, item_string(m)), item_string(m).len}, NULL, kube_is_glob(item_string(m))};
    if (!one.text.ptr) return error_nomem(e);
    if (!one.glob) one.type = kube_types_named(f->types, one.text);
    if (one.type && one.type->namespaced != namespaced) continue;
    bool spoken =
        one.type ? has_type(in, one.type, true) || has_type(out, one.type, true) : has_text(in, one.text) || has_text(out, one.text);
    if (!spoken) st = add_name(f, exclude ? out : in, one, e);
  }
  return st;
}

pintle_status engine_filter_policy(engine_filter *f, const item_node *policy, error *e) {
  if (item_type(policy) != PINTLE_T_OBJECT) return PINTLE_OK;
  if (f->old) {
    error_set(e, PINTLE_INVALID,
              "includedResources, excludedResources and includeClusterResources are old filters and cannot be used together "
              "with an includeExcludePolicy");
    error_hint(e, "use the four flags for cluster- and namespace-scoped resources instead");
    return PINTLE_INVALID;
  }
  pintle_status st = add_policy(f, item_member(policy, STR("excludedNamespaceScopedResources")), true, true, e);
  if (st == PINTLE_OK) st = add_policy(f, item_member(policy, STR("includedNamespaceScopedResources")), true, false, e);
  if (st == PINTLE_OK) st = add_policy(f, item_member(policy, STR("excludedClusterScopedResources")), false, true, e);
  return st == PINTLE_OK ? add_policy(f, item_member(policy, STR("includedClusterScopedResources")), false, false, e) : st;
}

/* Velero pkg/controller/restore_controller.go nonRestorableResources */
static const char *const never[] = {"nodes",
                                    "events",
                                    "events.events.k8s.io",
                                    "backups.velero.io",
                                    "restores.velero.io",
                                    "resticrepositories.velero.io",
                                    "csinodes.storage.k8s.io",
                                    "volumeattachments.storage.k8s.io",
                                    "backuprepositories.velero.io"};

pintle_status engine_filter_restore(const item_doc *restore, const kube_types *types, engine_filter **out, error *e) {
  engine_filter *f = make(types, e);
  if (!f) return PINTLE_NOMEM;
  f->restore = true;
  pintle_status st = read_namespaces(f, restore, e);
  if (st == PINTLE_OK) st = engine_filter_check_mapping(restore, e);
  if (st == PINTLE_OK) st = read_old(f, restore, e);
  if (st == PINTLE_OK) st = read_labels(f, restore, e);
  if (st == PINTLE_OK) st = read_list(f, restore, "restoreStatus/includedResources", ANY, &f->status_in, e);
  if (st == PINTLE_OK) st = read_list(f, restore, "restoreStatus/excludedResources", ANY, &f->status_out, e);
  f->status = item_type(item_at(restore, "/spec/restoreStatus")) == PINTLE_T_OBJECT;
  for (size_t i = 0; i < sizeof never / sizeof *never && st == PINTLE_OK; i++) {
    const str name = {never[i], strlen(never[i])};
    const kube_type *t = kube_types_named(types, name);
    for (size_t k = 0; k < f->scoped_in.n && st == PINTLE_OK; k++)
      if (str_eq(f->scoped_in.v[k].text, name) || (t && f->scoped_in.v[k].type == t)) {
        st = error_set(e, PINTLE_INVALID, "%s cannot be restored", name.ptr);
        error_hint(e, "take it out of spec.includedResources");
        error_place(e, "/spec/includedResources/%zu", k);
      }
  }
  if (st != PINTLE_OK) return engine_filter_free(f), st;
  *out = f;
  return PINTLE_OK;
}

void engine_filter_free(engine_filter *f) {
  if (!f) return;
  for (size_t i = 0; i < f->n_labels; i++) kube_selector_free(f->labels[i]);
  free(f->labels);
  arena_free(&f->memory);
  free(f);
}

pintle_status engine_filter_exclude_namespace(engine_filter *f, str ns, error *e) {
  name *v = arena_alloc(&f->memory, (f->ns_out.n + 1) * sizeof *v);
  if (!v) return error_nomem(e);
  if (f->ns_out.n) memcpy(v, f->ns_out.v, f->ns_out.n * sizeof *v);
  v[f->ns_out.n] = (name){ns, NULL, false};
  f->ns_out.v = v;
  f->ns_out.n++;
  return PINTLE_OK;
}

/* ---- the questions */
static bool every_namespace(const engine_filter *f) { return (f->ns_in.n == 0 || f->ns_in.all) && f->ns_out.n == 0; }

bool engine_filter_namespace(const engine_filter *f, str ns) {
  return (f->ns_in.n == 0 || has_text(&f->ns_in, ns)) && !has_text(&f->ns_out, ns);
}
bool engine_filter_tracks(const engine_filter *f, str ns, bool labels_match) {
  if (f->n_labels && labels_match) return true;
  return !(f->n_labels && every_namespace(f)) && engine_filter_namespace(f, ns);
}
bool engine_filter_has_labels(const engine_filter *f) { return f->n_labels > 0; }
bool engine_filter_labels(const engine_filter *f, kube_labels labels) {
  for (size_t i = 0; i < f->n_labels; i++)
    if (kube_selector_matches(f->labels[i], labels)) return true;
  return f->n_labels == 0;
}
bool engine_filter_excludes(const engine_filter *f, const kube_type *type) {
  if (has_type(&f->cluster_out, type, true)) return true;
  if (!f->old) return false;
  return f->cluster_rule == 1 || (f->cluster_rule == 0 && f->cluster_in.n && !has_type(&f->cluster_in, type, true));
}

bool engine_filter_by_default(const engine_filter *f, const kube_type *type) { return !f->old && !has_type(&f->cluster_in, type, true); }
str engine_filter_included_namespace(const engine_filter *f, size_t i) {
  for (size_t k = 0; k < f->ns_in.n; k++)
    if (!f->ns_in.v[k].glob && !str_is(f->ns_in.v[k].text, "*") && i-- == 0) return f->ns_in.v[k].text;
  return (str){NULL, 0};
}

static bool no(buf *why, const char *sentence, str a) {
  if (why) buf_printf(why, sentence, (int)a.len, a.ptr);
  return false;
}

static bool takes_cluster_scoped(const engine_filter *f, const kube_type *t, buf *why) {
  str r = str_of(t->resource);
  bool is_namespace = strcmp(t->resource, "namespaces") == 0 && !*t->group;
  if (has_type(&f->cluster_out, t, true)) return no(why, "%.*s is excluded", r);
  if (f->old) {
    if (f->cluster_rule == 1) return no(why, "%.*s is cluster-scoped and includeClusterResources is false", r);
    if (f->cluster_in.n && !has_type(&f->cluster_in, t, true)) return no(why, "%.*s is not among includedResources", r);
    if (f->cluster_rule == 0 && !every_namespace(f) && !(is_namespace && !f->restore))
      return no(why, "%.*s is cluster-scoped, and a namespace filter without includeClusterResources takes only what actions ask for", r);
    return true;
  }
  if (is_namespace || has_type(&f->cluster_in, t, true)) return true;
  if (f->cluster_in.n) return no(why, "%.*s is not among includedClusterScopedResources", r);
  bool all_scoped = (f->scoped_in.n == 0 || f->scoped_in.all) && f->scoped_out.n == 0;
  if (every_namespace(f) && all_scoped && f->cluster_out.n == 0) return true;
  return no(why, "%.*s is cluster-scoped, and where anything is filtered these must be named in includedClusterScopedResources", r);
}

static bool never_restored(const kube_type *t) {
  for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
    size_t n = strlen(t->resource);
    if (strncmp(never[i], t->resource, n) == 0 &&
        (never[i][n] ? never[i][n] == '.' && strcmp(never[i] + n + 1, t->group) == 0 : *t->group == 0))
      return true;
  }
  return false;
}

static bool in(const list *included, const list *excluded, const kube_type *t) {
  return (included->n == 0 || has_type(included, t, true)) && !has_type(excluded, t, true);
}

bool engine_filter_asked(const engine_filter *f, const kube_type *t, str ns) {
  bool is_namespace = strcmp(t->resource, "namespaces") == 0 && !*t->group;
  if (!f->restore) return ns.len ? engine_filter_takes(f, t, ns, NULL) : is_namespace || !engine_filter_excludes(f, t);
  return !never_restored(t) && in(&f->scoped_in, &f->scoped_out, t) && (ns.len ? engine_filter_namespace(f, ns) : f->cluster_rule != 1);
}

bool engine_filter_status(const engine_filter *f, const kube_type *t) { return f->status && in(&f->status_in, &f->status_out, t); }

bool engine_filter_takes(const engine_filter *f, const kube_type *t, str ns, buf *why) {
  if (f->restore && never_restored(t)) return no(why, "%.*s is never restored", str_of(t->resource));
  if (ns.len == 0) return takes_cluster_scoped(f, t, why);
  if (!engine_filter_namespace(f, ns)) return no(why, "namespace %.*s is not included", ns);
  if (has_type(&f->scoped_out, t, true)) return no(why, "%.*s is excluded", str_of(t->resource));
  if (f->scoped_in.n && !has_type(&f->scoped_in, t, true)) return no(why, "%.*s is not included", str_of(t->resource));
  return true;
}
