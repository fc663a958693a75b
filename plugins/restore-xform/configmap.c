/* configmap.c -- configMaps: what is done to the entries of a ConfigMap.  SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"
#include "xform.h"
#include <fnmatch.h>
#include <string.h>

static bool fits(const char *glob, const char *is) { return !glob || fnmatch(glob, is, 0) == 0; }

static bool in_scope(const struct xform_text_rule *r, const char *ns, const char *name, const char *key) {
  return fits(r->ns, ns) && fits(r->name, name) && fits(r->key, key);
}

/* The first rule that replaces this value as a whole. */
static const struct xform_text_rule *whole(const struct xform_job *j, const char *ns, const char *name, const char *key, pintle_str is) {
  for (size_t i = 0; i < j->x->n_texts; i++) {
    const struct xform_text_rule *r = &j->x->texts[i];
    if (r->is_pattern || !in_scope(r, ns, name, key)) continue;
    if (!r->value || (strlen(r->value) == is.len && memcmp(r->value, is.ptr, is.len) == 0)) return r;
  }
  return NULL;
}

static pintle_status replace_whole(struct xform_job *j, const struct xform_text_rule *r, const char *pointer, pintle_str is) {
  char note[300], old[72], new[72];
  pintle_str to = {r->to, strlen(r->to)};
  if (to.len == is.len && memcmp(to.ptr, is.ptr, is.len) == 0) { /* done before */
    if (!j->within) j->call->host->count(j->call, r->label, 1);
    return PINTLE_OK;
  }
  if (snprintf(note, sizeof note, "%.*s: %s -> %s", (int)strcspn(r->label, ":"), r->label, xform_short(is, old), xform_short(to, new)) < 0)
    note[0] = 0;
  return xform_change(j, pointer, r->label, 1, note, to);
}

static pintle_status replace_patterns(struct xform_job *j, const char *ns, const char *name, const char *key, const char *pointer,
                                      pintle_str is) {
  struct xform_hit *hits = j->call->host->alloc(j->call, (j->x->n_texts + 1) * sizeof *hits);
  struct xform_text to = {0};
  pintle_status st = PINTLE_OK;
  size_t n = 0;
  if (!hits) return pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; i < j->x->n_texts; i++)
    if (j->x->texts[i].is_pattern && in_scope(&j->x->texts[i], ns, name, key)) hits[n++].rule = &j->x->texts[i];
  if (n == 0) return PINTLE_OK;
  xform_replace(hits, n, is, &to);
  if (to.failed) st = pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  const pintle_str text = {to.data ? to.data : "", to.len};
  bool first = true;
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    const struct xform_hit *h = &hits[i];
    char note[300];
    if (h->count == 0) continue;
    int len = snprintf(note, sizeof note, "%.*s: %s -> %s", (int)strcspn(h->rule->label, ":"), h->rule->label, h->old, h->new);
    if (h->count > 1 && len > 0 && len < (int)sizeof note) snprintf(note + len, sizeof note - (size_t)len, " (%zu times)", h->count);
    if (first) st = xform_change(j, pointer, h->rule->label, (int64_t)h->count, note, text);
    else if (!j->within) j->call->host->count(j->call, h->rule->label, (int64_t)h->count), j->out->api->note(j->out, pointer, note);
    first = false;
  }
  xform_text_free(&to);
  return st;
}

pintle_status xform_configmap(struct xform_job *j, const char *path) {
  const pintle_doc *d = j->doc;
  const char *ns = pintle_str_or(d, "/metadata/namespace", ""), *name = pintle_str_or(d, "/metadata/name", "");
  const pintle_value *v = d->api->at(d, "/data"), *next;
  pintle_status st = PINTLE_OK;
  (void)path;
  if (d->api->type(d, v) != PINTLE_T_OBJECT) return PINTLE_OK;
  for (v = d->api->first(d, v); v && st == PINTLE_OK; v = next) {
    char pointer[600];
    pintle_str key, is;
    next = d->api->next(d, v); /* before the member is replaced */
    if (d->api->type(d, v) != PINTLE_T_STRING || d->api->key(d, v, &key) != PINTLE_OK || d->api->text(d, v, &is) != PINTLE_OK) continue;
    pintle_key(pointer, sizeof pointer, "/data", key.ptr);
    const struct xform_text_rule *r = whole(j, ns, name, key.ptr, is);
    st = r ? replace_whole(j, r, pointer, is) : replace_patterns(j, ns, name, key.ptr, pointer, is);
  }
  return st;
}
