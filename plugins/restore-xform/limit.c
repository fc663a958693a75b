/* limit.c -- which items a rule is for.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is(const char *name, size_t n, const char *of) { return strlen(of) == n && strncasecmp(of, name, n) == 0; }

bool xform_kind_named(const char *name, const struct xform_kind *k) {
  const char *dot = strchr(name, '.');
  size_t n = dot ? (size_t)(dot - name) : strlen(name);
  if (dot && strcmp(dot + 1, k->group) != 0) return false;
  for (const char *p = k->shorts; *p; p += strcspn(p, ","), p += *p == ',')
    if (strcspn(p, ",") == n && strncasecmp(p, name, n) == 0) return true;
  return is(name, n, k->kind) || is(name, n, k->resource);
}

/* In a chain file a kind is written wrongly more often than it is one that is not known here. */
static pintle_status known(pintle_call *call, const char *at, const char *name, size_t i) {
  const size_t n = xform_n_kinds + xform_n_more_kinds;
  const char **names = call->host->alloc(call, (2 * n + 1) * sizeof *names), *near;
  char pointer[200];
  if (!names) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (size_t k = 0; k < n; k++) {
    const struct xform_kind *kind = k < xform_n_kinds ? &xform_kinds[k] : &xform_more_kinds[k - xform_n_kinds];
    if (xform_kind_named(name, kind)) return PINTLE_OK;
    names[2 * k] = kind->kind, names[2 * k + 1] = kind->resource;
  }
  if (snprintf(pointer, sizeof pointer, "%s/inKinds/%zu", at, i) < 0) pointer[0] = 0;
  if (strchr(name, '.') || !(near = xform_config_nearest(name, names))) return PINTLE_OK; /* somebody's own kind */
  return pintle_fail_at(
      call, PINTLE_INVALID, pointer,
      "no kind or resource is called \"%.100s\" here; did you mean \"%s\"? (one of your own is written with its group, %.100s.example.com)",
      name, near, name);
}

/* Globs whose every character may stand in what they are compared with: else they can never match. */
static pintle_status globs(pintle_call *call, const char *at, const char *key, const char *extra, struct xform_list *out) {
  pintle_status st = xform_config_list(call, at, key, out);
  for (size_t i = 0; i < out->n && st == PINTLE_OK; i++) {
    char pointer[300];
    if (snprintf(pointer, sizeof pointer, "%s/%s/%zu", at, key, i) < 0) pointer[0] = 0;
    for (const char *p = out->all[i]; *p && st == PINTLE_OK; p++)
      if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && !strchr("-*?", *p) && !strchr(extra, *p))
        st = pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: no name holds a \"%c\": this rule can never match", out->all[i], *p);
  }
  return st;
}

pintle_status xform_limits_read(struct xform_rule *r, pintle_call *call, const char *at) {
  const char *labels = NULL;
  char pointer[200];
  pintle_status st = xform_config_list(call, at, "inKinds", &r->kinds);
  for (size_t i = 0; i < r->kinds.n && st == PINTLE_OK; i++) st = known(call, at, r->kinds.all[i], i);
  if (st == PINTLE_OK) st = globs(call, at, "inNamespaces", "", &r->ns);
  if (st == PINTLE_OK) st = globs(call, at, "inOriginalNamespaces", "", &r->original_ns);
  if (st == PINTLE_OK) st = globs(call, at, "withNames", ".:", &r->names);
  if (st == PINTLE_OK) st = xform_config_text(call, at, "withLabels", &labels);
  if (st == PINTLE_OK && labels)
    st = xform_labels_read(call, pintle_key(pointer, sizeof pointer, at, "withLabels"), labels, &r->labels, &r->n_labels);
  r->limited = r->kinds.n || r->ns.n || r->original_ns.n || r->names.n || r->n_labels;
  return st;
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
