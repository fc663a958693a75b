/* skim.c -- see skim.h.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/skim.h"
#include "kube/labels_unique.h"
#include "kube/scan.h"
#include <stdio.h>

enum { NAMESPACE_MAX = 253, NAME_MAX_BYTES = 1024 };
typedef struct skimmer {
  str text;
  const char *p, *end;
  arena *a;
  error *e;
  pintle_status st; /* of the first error */
} skimmer;
typedef struct key {
  str name; /* resolved when it is short */
  char room[24];
} key;
typedef struct field { /* a string that may be there once */
  str value;
  const char *at; /* NULL: absent */
} field;

static bool fail(skimmer *s, const char *at, const char *what) {
  uint32_t line = 1, column = 1;
  s->st = error_set(s->e, PINTLE_INVALID, "%s", what);
  if (!s->e) return false;
  item_place(s->text, (size_t)(at - s->text.ptr), &line, &column);
  error_place(s->e, "line %u, column %u", line, column);
  return false;
}

static bool nomem(skimmer *s) { return s->st = error_nomem(s->e), false; }

static const char *const cut = "the text ends inside a value";

/* s->p is at a value. */
static bool skip(skimmer *s) {
  bool escaped;
  const char *from = s->p, *to;
  if (from >= s->end) return fail(s, from, cut);
  if (*from == '{' || *from == '[') to = kube_scan_container(from, s->end);
  else if (*from == '"') {
    to = kube_scan_string(from + 1, s->end, &escaped);
    if (to) to++;
  } else {
    for (to = from; to < s->end && !strchr(",]} \t\r\n", *to);) to++; /* strchr finds NUL too */
    if (to == from) return fail(s, from, "a value is missing");
  }
  if (!to) return fail(s, from, cut);
  s->p = to;
  return true;
}

/* Text of a string, resolved, in the arena; at is for the error. */
static bool resolve(skimmer *s, str raw, const char *at, str *out) {
  char *copy = arena_alloc(s->a, raw.len + 1);
  if (!copy) return nomem(s);
  const char *wrong = kube_unescape(raw, copy, raw.len, &out->len);
  if (wrong) return fail(s, at, wrong);
  copy[out->len] = 0;
  out->ptr = copy;
  return true;
}

/* The string at s->p. */
static bool text(skimmer *s, str *out) {
  bool escaped;
  const char *from = s->p, *to = kube_scan_string(from + 1, s->end, &escaped);
  if (!to) return fail(s, from, cut);
  s->p = to + 1;
  return resolve(s, (str){from + 1, (size_t)(to - from - 1)}, from, out);
}

/* s->p is at '{' (*at is NULL then) or behind a member. 1: s->p is at a member's value, its key's opening quote at *at; 0: behind the object;
 * -1: error. */
static int member(skimmer *s, const char **at, bool *escaped, str *raw) {
  bool first = *at == NULL;
  s->p = kube_scan_space(first ? s->p + 1 : s->p, s->end);
  if (s->p < s->end && *s->p == '}') return s->p++, 0;
  if (!first) {
    if (s->p >= s->end || *s->p != ',') return fail(s, s->p, "',' or '}' is missing"), -1;
    s->p = kube_scan_space(s->p + 1, s->end);
  }
  *at = s->p;
  if (s->p >= s->end || *s->p != '"') return fail(s, s->p, "a key is missing"), -1;
  const char *close = kube_scan_string(s->p + 1, s->end, escaped);
  if (!close) return fail(s, s->p, cut), -1;
  *raw = (str){s->p + 1, (size_t)(close - s->p - 1)};
  s->p = kube_scan_space(close + 1, s->end);
  if (s->p >= s->end || *s->p != ':') return fail(s, s->p, "':' is missing"), -1;
  s->p = kube_scan_space(s->p + 1, s->end);
  if (s->p >= s->end) return fail(s, s->p, cut), -1;
  return 1;
}

/* As member; a key with escapes is resolved if it is short, and matches nothing that is looked for if it is long. */
static int next(skimmer *s, const char **at, key *k) {
  bool escaped;
  int more = member(s, at, &escaped, &k->name);
  if (more <= 0 || !escaped) return more;
  size_t n;
  if (!kube_unescape(k->name, k->room, sizeof k->room, &n)) k->name = (str){k->room, n};
  return more;
}

/* The value of apiVersion, kind, name or namespace: a string; null is as if it were absent. */
static bool once(skimmer *s, const char *key_at, const char *name, field *f) {
  char what[64];
  const char *problem = f->at ? "is repeated" : *s->p == '"' || *s->p == 'n' ? NULL : "is no string";
  if (problem) {
    snprintf(what, sizeof what, "%s %s", name, problem);
    return fail(s, f->at ? key_at : s->p, what);
  }
  f->at = s->p;
  return *s->p == '"' ? text(s, &f->value) : skip(s);
}

static bool more_labels(skimmer *s, kube_label **v, size_t n, size_t *cap) {
  kube_label *more = n < SIZE_MAX / 4 / sizeof *more ? arena_alloc(s->a, 2 * *cap * sizeof *more) : NULL;
  if (!more) return nomem(s);
  memcpy(more, *v, n * sizeof *more);
  *v = more;
  *cap *= 2;
  return true;
}

static bool read_labels(skimmer *s, kube_labels *out) {
  size_t n = 0, cap = 8;
  const char *at = NULL;
  bool escaped;
  str raw;
  int more;
  *out = (kube_labels){0};
  if (*s->p != '{') return skip(s);
  kube_label *v = arena_alloc(s->a, cap * sizeof *v);
  if (!v) return nomem(s);
  while ((more = member(s, &at, &escaped, &raw)) > 0) {
    if (n == cap && !more_labels(s, &v, n, &cap)) return false;
    v[n] = (kube_label){{NULL, 0}, {NULL, 0}};
    if (!resolve(s, raw, at, &v[n].key)) return false;
    if (!(*s->p == '"' ? text(s, &v[n].value) : skip(s))) return false;
    n++;
  }
  if (more < 0) return false;
  if (kube_labels_unique(v, &n, s->a)) return nomem(s);
  *out = (kube_labels){v, n};
  return true;
}

static bool metadata(skimmer *s, kube_skim *out, field *name, field *ns) {
  const char *at = NULL;
  key k;
  int more;
  if (*s->p != '{') return skip(s);
  while ((more = next(s, &at, &k)) > 0) {
    bool ok = true;
    if (str_eq(k.name, STR("name"))) ok = once(s, at, "metadata.name", name);
    else if (str_eq(k.name, STR("namespace"))) ok = once(s, at, "metadata.namespace", ns);
    else if (str_eq(k.name, STR("labels"))) ok = read_labels(s, &out->labels);
    else if (str_eq(k.name, STR("uid")) && *s->p == '"') ok = text(s, &out->uid);
    else {
      if (str_eq(k.name, STR("uid"))) out->uid = STR("");
      if (str_eq(k.name, STR("deletionTimestamp"))) out->deleting = *s->p != 'n';
      ok = skip(s);
    }
    if (!ok) return false;
  }
  return more == 0;
}

/* A name becomes a part of a path. */
static bool safe(skimmer *s, const field *f, size_t max, const char *what) {
  char why[80];
  const char *problem = f->value.len > max ? "is too long" : NULL;
  if (memchr(f->value.ptr, '/', f->value.len) || memchr(f->value.ptr, 0, f->value.len)) problem = "holds '/' or U+0000";
  if (str_is(f->value, ".") || str_is(f->value, "..")) problem = "is \".\" or \"..\"";
  if (!problem) return true;
  snprintf(why, sizeof why, "%s %s", what, problem);
  return fail(s, f->at, why);
}

static bool present(skimmer *s, const field *f, const char *where, const char *what) {
  char why[80];
  if (f->value.len) return true;
  snprintf(why, sizeof why, "%s is %s", what, f->at ? "empty" : "missing");
  return fail(s, f->at ? f->at : where, why);
}

static bool item(skimmer *s, kube_skim *out) {
  const field none = {STR(""), NULL};
  field version = none, kind = none, name = none, ns = none;
  const char *start = s->p = kube_scan_space(s->p, s->end), *metadata_at = NULL, *at = NULL;
  key k;
  int more;
  if (s->p >= s->end || *s->p != '{') return fail(s, s->p, "this is no JSON object");
  while ((more = next(s, &at, &k)) > 0) {
    bool ok;
    if (str_eq(k.name, STR("apiVersion"))) ok = once(s, at, "apiVersion", &version);
    else if (str_eq(k.name, STR("kind"))) ok = once(s, at, "kind", &kind);
    else if (!str_eq(k.name, STR("metadata"))) ok = skip(s);
    else if (metadata_at) ok = fail(s, at, "metadata is repeated");
    else metadata_at = s->p, ok = metadata(s, out, &name, &ns);
    if (!ok) return false;
  }
  if (more < 0) return false;
  s->p = kube_scan_space(s->p, s->end);
  if (s->p < s->end) return fail(s, s->p, "something follows the object");
  if (!present(s, &version, start, "apiVersion") || !present(s, &kind, start, "kind")) return false;
  if (!present(s, &name, metadata_at ? metadata_at : start, "metadata.name")) return false;
  if (!safe(s, &name, NAME_MAX_BYTES, "metadata.name") || !safe(s, &ns, NAMESPACE_MAX, "metadata.namespace")) return false;
  out->api_version = version.value, out->kind = kind.value, out->name = name.value, out->ns = ns.value;
  const str *excluded = kube_labels_get(out->labels, STR("velero.io/exclude-from-backup"));
  out->excluded = excluded && str_is(*excluded, "true");
  return true;
}

/* What Velero's own actions on Pods and claims look for, without building a tree. */
static void volumes(str text, kube_skim *out) {
  bool pod = str_is(out->kind, "Pod"), claim = str_is(out->kind, "PersistentVolumeClaim");
  if (pod) out->alone = !kube_scan_may_hold(text, "\"persistentVolumeClaim\"") && !kube_scan_may_hold(text, "\"priorityClassName\"");
  if (pod) out->copies = kube_scan_may_hold(text, "backup.velero.io/backup-volumes");
  if (claim) out->alone = !kube_scan_may_hold(text, "\"volumeName\"");
}

pintle_status kube_skim_item(str text, arena *a, kube_skim *out, error *e) {
  *out = (kube_skim){STR(""), STR(""), STR(""), STR(""), STR(""), {NULL, 0}, false, false, false, false};
  if (text.len == 0) text = STR("");
  skimmer s = {text, text.ptr, text.ptr + text.len, a, e, PINTLE_OK};
  if (!item(&s, out)) return s.st;
  volumes(text, out);
  return PINTLE_OK;
}
