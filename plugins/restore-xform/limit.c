/* limit.c -- which items a rule is for.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is(const char *name, size_t n, const char *of) { return strlen(of) == n && strncasecmp(of, name, n) == 0; }

/* One of kubectl's short names, or several of them: pvc, pvcs. */
static bool is_short(const char *name, size_t n, const char *shorts) {
  for (const char *p = shorts; *p; p += strcspn(p, ","), p += *p == ',') {
    const size_t k = strcspn(p, ",");
    if (k && (n == k || (n == k + 1 && (name[k] | 32) == 's')) && strncasecmp(p, name, k) == 0) return true;
  }
  return false;
}

static bool of_kind(const char *name, size_t n, const struct xform_kind *k) {
  return is_short(name, n, k->shorts) || is(name, n, k->kind) || is(name, n, k->resource);
}

bool xform_kind_named(const char *name, const struct xform_kind *k) {
  const char *dot = strchr(name, '.');
  size_t n = dot ? (size_t)(dot - name) : strlen(name);
  if (dot && strcmp(dot + 1, k->group) != 0) return false;
  return of_kind(name, n, k);
}

static const struct xform_kind *kind_at(size_t i) {
  return i < xform_n_kinds ? &xform_kinds[i] : &xform_more_kinds[i - xform_n_kinds];
}

/* The right name that is nearest; NULL: none is near. */
static pintle_status nearest(pintle_call *call, const char *name, const char **near) {
  const size_t n = xform_n_kinds + xform_n_more_kinds;
  size_t used = 0, room = 2 * n + 1;
  for (size_t k = 0; k < n; k++)
    for (const char *p = kind_at(k)->shorts; *p; p++) room += p == kind_at(k)->shorts || *p == ',';
  const char **names = call->host->alloc(call, room * sizeof *names);
  if (!names) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (size_t k = 0; k < n; k++) names[used++] = kind_at(k)->kind, names[used++] = kind_at(k)->resource;
  for (size_t k = 0; k < n && strlen(name) > 2; k++)
    for (const char *p = kind_at(k)->shorts; *p; p += strcspn(p, ","), p += *p == ',') {
      char *one = call->host->alloc(call, strcspn(p, ",") + 1);
      if (!one) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
      memcpy(one, p, strcspn(p, ","));
      names[used++] = one;
    }
  names[used] = NULL;
  *near = xform_config_nearest(name, names);
  return PINTLE_OK;
}

static bool is_version(const char *s) { return s[0] == 'v' && s[1] >= '1' && s[1] <= '9'; }

/* Of a name that means no kind which is known here: is what stands behind its dot no group, or one that is misspelt? */
static pintle_status check_group(pintle_call *call, const char *pointer, const char *name, const char *group) {
  const size_t n = strlen(group);
  const int kind = (int)(group - name) - 1;
  const char *behind = is_version(group) ? strchr(group, '.') : NULL;
  if (behind) return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: a version is not said here; write %.*s%.100s", name, kind, name, behind);
  if (strcmp(group, "core") == 0 || is_version(group))
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: no group is called \"%s\"; of the core group write %.*s alone", name, group, kind, name);
  if (!xform_legal(XFORM_NAME_OBJECT, group, n, false))
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: no group is called \"%.100s\": this rule can never match", name, group);
  for (size_t k = 0; k < xform_n_kinds + xform_n_more_kinds; k++) {
    const char *right = kind_at(k)->group;
    const bool begins = strncmp(right, group, n) == 0 && (right[n] == '.' || (right[n] && !right[n + 1]));
    if (of_kind(name, (size_t)kind, kind_at(k)) && *right && (begins || check_alike(right, group)))
      return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: did you mean %.*s.%s?", name, kind, name, right);
  }
  return PINTLE_OK; /* somebody's own kind */
}

/* In a chain file a kind is written wrongly more often than it is one that is not known here. */
static pintle_status known(pintle_call *call, const char *at, const char *name, size_t i) {
  static const char *const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  const char *near = NULL, *dot = strchr(name, '.'), *other = name + strspn(name, letters);
  char pointer[200];
  if (snprintf(pointer, sizeof pointer, "%s/inKinds/%zu", at, i) < 0) pointer[0] = 0;
  if (strcmp(name, "*") == 0) return pintle_fail_at(call, PINTLE_INVALID, pointer, "*: kinds are no patterns; without inKinds all kinds are meant");
  if (*other)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: no kind holds a \"%c\": this rule can never match (Deployment, deployments.apps)", name,
                          *other);
  for (size_t k = 0; k < xform_n_kinds + xform_n_more_kinds; k++)
    if (xform_kind_named(name, kind_at(k))) return PINTLE_OK;
  if (dot) return check_group(call, pointer, name, dot + 1);
  pintle_status st = nearest(call, name, &near);
  if (st != PINTLE_OK || !near) return st;
  return pintle_fail_at(
      call, PINTLE_INVALID, pointer,
      "no kind or resource is called \"%.100s\" here; did you mean \"%s\"? (one of your own is written with its group, %.100s.example.com)",
      name, near, name);
}

/* Names of RBAC may hold nearly anything, "system:node" among it. */
static bool free_name(const struct xform_list *kinds, const char *name) {
  static const char *const free[] = {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"};
  for (size_t i = 0; i < kinds->n; i++)
    for (size_t k = 0; k < sizeof free / sizeof *free; k++) {
      const struct xform_kind *row = xform_kind_known(free[k], "rbac.authorization.k8s.io", 25);
      if (row && xform_kind_named(kinds->all[i], row)) return true;
    }
  return !kinds->n && strchr(name, ':');
}

/* Globs that may match a name: else they can never match. */
static pintle_status globs(const struct xform_rule *r, pintle_call *call, const char *at, const char *key, enum xform_name what,
                           struct xform_list *out) {
  pintle_status st = xform_config_list(call, at, key, out);
  for (size_t i = 0; i < out->n && st == PINTLE_OK; i++) {
    const char *name = out->all[i];
    char pointer[300];
    if (snprintf(pointer, sizeof pointer, "%s/%s/%zu", at, key, i) < 0) pointer[0] = 0;
    if (!xform_legal(what, name, strlen(name), true) && !(out == &r->names && free_name(&r->kinds, name)))
      st = pintle_fail_at(call, PINTLE_INVALID, pointer,
                          "%.100s: no %s can be called so (lower case letters and digits, between them -%s; * and ? stand for any): this rule can never match",
                          name, what == XFORM_NAME_NAMESPACE ? "namespace" : "object", what == XFORM_NAME_NAMESPACE ? ", 63 at most" : " and .");
  }
  return st;
}

pintle_status xform_limits_read(struct xform_rule *r, pintle_call *call, const char *at) {
  const char *labels = NULL;
  char pointer[200];
  pintle_status st = xform_config_list(call, at, "inKinds", &r->kinds);
  for (size_t i = 0; i < r->kinds.n && st == PINTLE_OK; i++) st = known(call, at, r->kinds.all[i], i);
  if (st == PINTLE_OK) st = globs(r, call, at, "inNamespaces", XFORM_NAME_NAMESPACE, &r->ns);
  if (st == PINTLE_OK) st = globs(r, call, at, "inOriginalNamespaces", XFORM_NAME_NAMESPACE, &r->original_ns);
  if (st == PINTLE_OK) st = globs(r, call, at, "withNames", XFORM_NAME_OBJECT, &r->names);
  const pintle_doc *config = call->host->config(call);
  const pintle_value *selector = config->api->at(config, pintle_key(pointer, sizeof pointer, at, "withLabels"));
  if (st == PINTLE_OK && selector && config->api->type(config, selector) != PINTLE_T_STRING)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "withLabels is a text, as kubectl has it: \"app=web,tier in (a, b),!legacy\"");
  if (st == PINTLE_OK) st = xform_config_text(call, at, "withLabels", &labels);
  if (st == PINTLE_OK && labels)
    st = xform_labels_read(call, pintle_key(pointer, sizeof pointer, at, "withLabels"), labels, &r->labels, &r->n_labels);
  r->selector = labels;
  r->limited = r->kinds.n || r->ns.n || r->original_ns.n || r->names.n || r->n_labels;
  return st;
}

static bool all_in(const struct xform_list *few, const struct xform_list *many) {
  for (size_t i = 0; i < few->n; i++) {
    size_t k = 0;
    while (k < many->n && strcmp(many->all[k], few->all[i]) != 0) k++;
    if (k == many->n) return false;
  }
  return few->n > 0;
}
static bool covers(const struct xform_list *a, const struct xform_list *b) { return !a->n || all_in(b, a); }

bool xform_rule_covers(const struct xform_rule *a, const struct xform_rule *b) {
  return covers(&a->kinds, &b->kinds) && covers(&a->ns, &b->ns) && covers(&a->original_ns, &b->original_ns) && covers(&a->names, &b->names) &&
         (!a->selector || (b->selector && strcmp(a->selector, b->selector) == 0));
}

void xform_limits_free(struct xform_rule *r) {
  free(r->kinds.all);
  free(r->ns.all);
  free(r->original_ns.all);
  free(r->names.all);
  xform_labels_free(r->labels, r->n_labels);
}

static bool any_glob(const struct xform_list *globs, const char *is) { /* what has no namespace is in none, not even in "*" */
  for (size_t i = 0; i < globs->n; i++)
    if (*is && xform_glob(globs->all[i], (pintle_str){is, strlen(is)})) return true;
  return globs->n == 0;
}

static bool any_kind(const struct xform_job *j, const struct xform_list *kinds) {
  const char *kind = pintle_str_or(j->item, "/kind", ""), *version = pintle_str_or(j->item, "/apiVersion", "");
  char group[256];
  if (!kinds->n) return true;
  const char *slash = strchr(version, '/');
  if (snprintf(group, sizeof group, "%.*s", slash ? (int)(slash - version) : 0, version) < 0) return false;
  const struct xform_kind *row = xform_kind_known(kind, group, strlen(group)), own = {kind, group, j->in->id->resource, NULL, "", false};
  const struct xform_kind *k = row ? row : &own;
  for (size_t i = 0; i < kinds->n; i++)
    if (xform_kind_named(kinds->all[i], k)) return true;
  return false;
}

const char *xform_restored_into(const struct xform_job *j) {
  const char *ns = pintle_str_or(j->item, "/metadata/namespace", j->in->id->ns);
  char at[400];
  return pintle_str_or(j->in->run, pintle_key(at, sizeof at, "/spec/namespaceMapping", ns), ns);
}

const char *xform_rule_misses(const struct xform_job *j, size_t rule) {
  const struct xform_rule *r = &j->x->rules[rule];
  const pintle_doc *stored = j->in->item_from_backup;
  if (!any_kind(j, &r->kinds)) return "inKinds";
  if (!any_glob(&r->ns, xform_restored_into(j))) return "inNamespaces";
  if (!any_glob(&r->original_ns, pintle_str_or(stored, "/metadata/namespace", stored ? "" : j->in->id->ns))) return "inOriginalNamespaces";
  if (!any_glob(&r->names, pintle_str_or(j->item, "/metadata/name", ""))) return "withNames";
  return xform_labels_match(r->labels, r->n_labels, j->item) ? NULL : "withLabels";
}

bool xform_rule_applies(struct xform_job *j, size_t rule) {
  const struct xform_rule *r = &j->x->rules[rule];
  if (!r->limited || j->left) return true;
  if (!j->applies[rule]) j->applies[rule] = xform_rule_misses(j, rule) ? -1 : 1;
  return j->applies[rule] > 0;
}
