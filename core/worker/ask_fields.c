/* ask_fields.c -- field selectors as k8s.io/apimachinery's fields.ParseSelector reads them.  SPDX-License-Identifier: Apache-2.0 */
#include "item/item.h"
#include "worker/ask.h"
#include <stdlib.h>

static pintle_status refuse(error *e, str term, const char *why) {
  return error_set(e, PINTLE_INVALID, "field selector: \"%.*s\" %s", (int)(term.len < 300 ? term.len : 300), term.ptr, why);
}

/* "spec.nodeName" as "/spec/nodeName"; NULL: no such path. */
static char *pointer_of(arena *a, str field) {
  char *p = arena_alloc(a, field.len + 2);
  if (!p) return NULL;
  p[0] = '/';
  for (size_t i = 0; i < field.len; i++) {
    char c = field.ptr[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!letter && (c != '.' || i == 0 || i + 1 == field.len || field.ptr[i - 1] == '.')) return NULL;
    p[i + 1] = c;
    if (c == '.') p[i + 1] = '/';
  }
  p[field.len + 1] = 0;
  return field.len ? p : NULL;
}

/* fields.UnescapeValue: \\, \, and \= */
static bool unescape(arena *a, str raw, str *out) {
  char *to = arena_alloc(a, raw.len + 1);
  size_t n = 0;
  for (size_t i = 0; to && i < raw.len; i++) {
    char c = raw.ptr[i];
    if (c == '=' || c == ',') return false;
    if (c == '\\') {
      if (++i == raw.len || !strchr("\\,=", raw.ptr[i])) return false;
      c = raw.ptr[i];
    }
    to[n++] = c;
  }
  if (to) to[n] = 0;
  *out = (str){to, n};
  return to != NULL;
}

static pintle_status add(ask_fields *f, str term, error *e) {
  size_t at = 0, skip = 0;
  if (term.len == 0) return PINTLE_OK;
  for (; at < term.len && !skip; at += !skip) {
    str rest = {term.ptr + at, term.len - at};
    skip = str_starts(rest, "!=") || str_starts(rest, "==") ? 2 : rest.ptr[0] == '=' ? 1 : 0;
  }
  if (!skip) return refuse(e, term, "has neither =, == nor !=");
  if (!GROW(f->v, f->n, f->cap)) return error_nomem(e);
  f->v[f->n].differs = term.ptr[at] == '!';
  f->v[f->n].pointer = pointer_of(&f->memory, (str){term.ptr, at});
  if (!f->v[f->n].pointer) return refuse(e, term, "does not begin with a field such as metadata.name or spec.nodeName");
  if (!unescape(&f->memory, (str){term.ptr + at + skip, term.len - at - skip}, &f->v[f->n].value))
    return refuse(e, term, "has a value in which \\, comma or = is not escaped by \\");
  f->n++;
  return PINTLE_OK;
}

pintle_status ask_fields_parse(const char *selector, ask_fields *f, error *e) {
  pintle_status st = PINTLE_OK;
  const char *from = selector ? selector : "", *p = from;
  for (bool more = true; more && st == PINTLE_OK; p++) {
    if (*p == '\\' && p[1]) p++;
    else if (*p == ',' || !*p) {
      more = *p != 0;
      st = add(f, (str){from, (size_t)(p - from)}, e);
      from = p + 1;
    }
  }
  return st;
}

static str value_of(const item_doc *d, const char *pointer) {
  const item_node *n = item_at(d, pointer);
  switch (item_type(n)) {
  case PINTLE_T_STRING: return item_string(n);
  case PINTLE_T_NUMBER: return item_number(n);
  case PINTLE_T_BOOL: return item_true(n) ? STR("true") : STR("false");
  default: return STR("");
  }
}

bool ask_fields_match(const ask_fields *f, const item_doc *d, str ns, str name) {
  for (size_t i = 0; i < f->n; i++) {
    const char *p = f->v[i].pointer;
    str is = strcmp(p, "/metadata/name") == 0 ? name : strcmp(p, "/metadata/namespace") == 0 ? ns : value_of(d, p);
    if (str_eq(is, f->v[i].value) == f->v[i].differs) return false;
  }
  return true;
}

void ask_fields_free(ask_fields *f) {
  free(f->v);
  arena_free(&f->memory);
  *f = (ask_fields){0};
}
