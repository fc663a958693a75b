/* selector.c -- requirements on labels: checked, matched, printed.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/names.h"
#include "kube/selector_impl.h"
#include <stdlib.h>

/* Room for one more in an array of the arena. */
static bool room(arena *a, void **v, size_t n, size_t *cap, size_t size) {
  if (n < *cap) return true;
  size_t more = *cap ? *cap * 2 : 4;
  void *p = more < SIZE_MAX / 2 / size ? arena_alloc(a, more * size) : NULL;
  if (!p) return false;
  if (n) memcpy(p, *v, n * size);
  *v = p;
  *cap = more;
  return true;
}

kube_requirement *kube_selector_add(kube_selector *s, str key, kube_operator op) {
  void *v = s->r;
  char *copy = arena_copy(&s->a, key);
  if (!copy || s->n >= UINT32_MAX || !room(&s->a, &v, s->n, &s->cap, sizeof *s->r)) return NULL;
  s->r = v;
  s->r[s->n] = (kube_requirement){.key = {copy, key.len}, .op = op, .order = (uint32_t)s->n};
  return &s->r[s->n++];
}

bool kube_requirement_value(kube_selector *s, kube_requirement *r, str value) {
  void *v = r->values;
  char *copy = arena_copy(&s->a, value);
  if (!copy || !room(&s->a, &v, r->n, &r->cap, sizeof *r->values)) return false;
  r->values = v;
  r->values[r->n++] = (str){copy, value.len};
  return true;
}

/* Go's ParseInt(s, 10, 64). */
static bool integer(str s, int64_t *out) {
  bool minus = s.len && s.ptr[0] == '-';
  uint64_t v = 0, most = (uint64_t)INT64_MAX + minus;
  size_t i = s.len && (minus || s.ptr[0] == '+') ? 1 : 0;
  if (i == s.len) return false;
  for (; i < s.len; i++) {
    uint64_t d = (uint64_t)((unsigned char)s.ptr[i] - '0');
    if (d > 9 || v > (most - d) / 10) return false;
    v = v * 10 + d;
  }
  *out = !minus ? (int64_t)v : v > INT64_MAX ? INT64_MIN : -(int64_t)v;
  return true;
}

static int by_text(const void *a, const void *b) { return str_cmp(*(const str *)a, *(const str *)b); }
static int by_key(const void *a, const void *b) {
  const kube_requirement *x = a, *y = b;
  int c = str_cmp(x->key, y->key);
  return c ? c : (x->order > y->order) - (x->order < y->order);
}

void kube_selector_sort(kube_selector *s) {
  if (s->n > 1) qsort(s->r, s->n, sizeof *s->r, by_key);
}

static pintle_status wrong(error *e, str what, const char *why) {
  return error_set(e, PINTLE_INVALID, "label selector: \"%.*s%s\" %s", (int)(what.len < 100 ? what.len : 100), what.ptr,
                   what.len < 100 ? "" : "...", why);
}

static const char *count_error(const kube_requirement *r) {
  switch (r->op) {
  case KUBE_IN:
  case KUBE_NOT_IN: return r->n ? NULL : "needs at least one value";
  case KUBE_EXISTS:
  case KUBE_ABSENT: return r->n ? "takes no values here" : NULL;
  default: return r->n == 1 ? NULL : "needs exactly one value";
  }
}

pintle_status kube_requirement_check(kube_requirement *r, bool unique, error *e) {
  const char *why = count_error(r);
  size_t kept = 0;
  if (!kube_is_label_key(r->key)) {
    wrong(e, r->key, "is no valid label key");
    error_hint(e, "[prefix/]name: the name at most 63 letters, digits, '-', '_' or '.', the prefix a DNS name in lower case");
    return PINTLE_INVALID;
  }
  if (why) return wrong(e, r->key, why);
  for (size_t i = 0; i < r->n; i++) {
    if (kube_is_label_value(r->values[i])) continue;
    wrong(e, r->values[i], "is no valid label value");
    error_hint(e, "empty, or at most 63 letters, digits, '-', '_' or '.', the first and the last a letter or digit");
    return PINTLE_INVALID;
  }
  if ((r->op == KUBE_GT || r->op == KUBE_LT) && !integer(r->values[0], &r->number)) return wrong(e, r->values[0], "is no integer");
  if (r->n > 1) qsort(r->values, r->n, sizeof *r->values, by_text);
  for (size_t i = 0; unique && i < r->n; i++)
    if (kept == 0 || !str_eq(r->values[i], r->values[kept - 1])) r->values[kept++] = r->values[i];
  if (unique) r->n = kept;
  return PINTLE_OK;
}

void kube_selector_free(kube_selector *s) {
  if (!s) return;
  arena_free(&s->a);
  free(s);
}

bool kube_selector_empty(const kube_selector *s) { return !s || s->n == 0; }

static bool has(const kube_requirement *r, str value) {
  for (size_t i = 0; i < r->n; i++)
    if (str_eq(r->values[i], value)) return true;
  return false;
}

static bool matches(const kube_requirement *r, kube_labels labels) {
  const str *value = kube_labels_get(labels, r->key);
  int64_t number;
  switch (r->op) {
  case KUBE_IN:
  case KUBE_EQ:
  case KUBE_EQ_EQ: return value && has(r, *value);
  case KUBE_NOT_IN:
  case KUBE_NOT_EQ: return !value || !has(r, *value);
  case KUBE_EXISTS: return value;
  case KUBE_ABSENT: return !value;
  case KUBE_GT: return value && integer(*value, &number) && number > r->number;
  case KUBE_LT: return value && integer(*value, &number) && number < r->number;
  }
  return false;
}

bool kube_selector_matches(const kube_selector *s, kube_labels labels) {
  for (size_t i = 0; s && i < s->n; i++)
    if (!matches(&s->r[i], labels)) return false;
  return true;
}

void kube_selector_print(const kube_selector *s, buf *out) {
  static const char *const operators[] = {" in (", " notin (", "=", "==", "!=", "", "", ">", "<"};
  for (size_t i = 0; s && i < s->n; i++) {
    const kube_requirement *r = &s->r[i];
    if (i) buf_addc(out, ',');
    if (r->op == KUBE_ABSENT) buf_addc(out, '!');
    buf_adds(out, r->key);
    buf_addz(out, operators[r->op]);
    for (size_t j = 0; j < r->n; j++) {
      if (j) buf_addc(out, ',');
      buf_adds(out, r->values[j]);
    }
    if (r->op == KUBE_IN || r->op == KUBE_NOT_IN) buf_addc(out, ')');
  }
}
