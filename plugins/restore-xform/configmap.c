/* configmap.c -- configMaps: what is done to the entries of a ConfigMap.  SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"
#include "xform.h"
#include <fnmatch.h>
#include <string.h>

static bool fits(const char *glob, const char *is) { return !glob || fnmatch(glob, is, 0) == 0; }

struct place { /* an entry of a ConfigMap */
  const char *ns, *name, *key, *pointer;
};

static bool in_scope(const struct xform_text_rule *r, const struct place *p) {
  return fits(r->ns, p->ns) && fits(r->name, p->name) && fits(r->key, p->key);
}

/* The first rule that replaces this value as a whole. */
static const struct xform_text_rule *whole(const struct xform_job *j, const struct place *p, pintle_str is) {
  for (size_t i = 0; i < j->x->n_texts; i++) {
    const struct xform_text_rule *r = &j->x->texts[i];
    if (r->is_pattern || !in_scope(r, p)) continue;
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

/* The pattern rules for this entry, over text; NULL: no memory. */
static struct xform_hit *patterns(const struct xform_job *j, const struct place *p, pintle_str text, struct xform_text *to, size_t *n) {
  struct xform_hit *hits = j->call->host->alloc(j->call, (j->x->n_texts + 1) * sizeof *hits);
  *n = 0;
  for (size_t i = 0; hits && i < j->x->n_texts; i++)
    if (j->x->texts[i].is_pattern && in_scope(&j->x->texts[i], p)) hits[(*n)++].rule = &j->x->texts[i];
  if (hits && *n) xform_replace(hits, *n, text, to);
  return to->failed ? NULL : hits;
}

/* Would the rules change this text, which they made, once more? */
static bool again(const struct xform_job *j, const struct place *p, pintle_str made) {
  const struct xform_text_rule *r = whole(j, p, made);
  struct xform_text to = {0};
  size_t n;
  if (r) return strlen(r->to) != made.len || memcmp(r->to, made.ptr, made.len) != 0;
  bool differs = patterns(j, p, made, &to, &n) && n && (to.len != made.len || memcmp(to.data, made.ptr, made.len) != 0);
  xform_text_free(&to);
  return differs;
}

static void note_hit(const struct xform_hit *h, char *note, size_t size) {
  int len = snprintf(note, size, "%.*s: %s -> %s", (int)strcspn(h->rule->label, ":"), h->rule->label, h->old, h->new);
  if (h->count > 1 && len > 0 && (size_t)len < size) snprintf(note + len, size - (size_t)len, " (%zu times)", h->count);
}

static pintle_status replace_patterns(struct xform_job *j, const struct place *p, pintle_str is) {
  struct xform_text to = {0};
  size_t n;
  pintle_status st = PINTLE_OK;
  bool first = true;
  const struct xform_hit *hits = patterns(j, p, is, &to, &n);
  const pintle_str made = {to.data ? to.data : "", to.len};
  if (!hits) st = pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; st == PINTLE_OK && i < n; i++) {
    const struct xform_hit *h = &hits[i];
    char note[300];
    if (h->count == 0) continue;
    note_hit(h, note, sizeof note);
    if (first) st = xform_change(j, p->pointer, h->rule->label, (int64_t)h->count, note, made);
    else if (!j->within) j->call->host->count(j->call, h->rule->label, (int64_t)h->count), j->out->api->note(j->out, p->pointer, note);
    first = false;
  }
  if (st == PINTLE_OK && !first && !j->within && again(j, p, made))
    j->out->api->note(j->out, p->pointer, "configMaps: a second run would change this again");
  xform_text_free(&to);
  return st;
}

pintle_status xform_configmap(struct xform_job *j, const struct xform_place *at) {
  const pintle_doc *d = j->doc;
  const struct place p = {xform_restored_into(j), pintle_str_or(d, "/metadata/name", ""), at->key.ptr, at->pointer};
  pintle_str is;
  if (strcmp(pintle_str_or(d, "/kind", ""), "ConfigMap") != 0) return PINTLE_OK; /* other fields have no rules yet */
  if (d->api->type(d, at->value) != PINTLE_T_STRING || d->api->text(d, at->value, &is) != PINTLE_OK) return PINTLE_OK;
  const struct xform_text_rule *r = whole(j, &p, is);
  return r ? replace_whole(j, r, p.pointer, is) : replace_patterns(j, &p, is);
}
