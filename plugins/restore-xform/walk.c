/* walk.c -- an item's tree and its kind's fields, side by side.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

struct walk {
  struct xform_job *j;
  char pointer[1500];
};

static xform_apply *const applies[] = {
    [XFORM_WHOLE] = xform_whole,         [XFORM_ITEMS] = xform_items,           [XFORM_HOST_TEXT] = xform_host_text,
    [XFORM_IMAGE] = xform_image,         [XFORM_LABEL_MAP] = xform_label_map,   [XFORM_LABEL_EXPR] = xform_label_expr,
    [XFORM_LABEL_KEY] = xform_label_key, [XFORM_TOLERATION] = xform_toleration, [XFORM_NS] = xform_ns,
    [XFORM_NS_ITEMS] = xform_ns_items,   [XFORM_NS_MAP] = xform_ns_map,         [XFORM_NS_EXPR] = xform_ns_expr,
    [XFORM_NS_PATH] = xform_ns_path,     [XFORM_SUBJECT] = xform_subject,       [XFORM_USER] = xform_user,
    [XFORM_QUOTA] = xform_quota,         [XFORM_NFS_VOLUME] = xform_nfs_volume, [XFORM_ANNOTATION] = xform_annotation,
    [XFORM_TEXTS] = xform_texts,         [XFORM_PRIORITY] = xform_priority,     [XFORM_SECRET_REF] = xform_secret_ref,
};

static const struct xform_node *child(const struct xform_node *n, pintle_str key) {
  size_t low = 0, high = n->n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int c = strcmp(n->children[mid].key, key.ptr);
    if (c == 0) return n->children[mid].len == key.len ? &n->children[mid] : NULL;
    if (c < 0) low = mid + 1;
    else high = mid;
  }
  return NULL;
}

/* "/key" behind the pointer of n bytes; its new length, 0: too long (then nobody's field). */
static size_t deeper(struct walk *w, size_t n, pintle_str key) {
  if (n + 2 * key.len + 2 > sizeof w->pointer) return 0;
  w->pointer[n++] = '/';
  for (size_t i = 0; i < key.len; i++) {
    const char escape = xform_pointer_escape(key.ptr[i]);
    w->pointer[n++] = (char)(escape ? '~' : key.ptr[i]);
    if (escape) w->pointer[n++] = escape;
  }
  w->pointer[n] = 0;
  return n;
}

static pintle_status step(struct walk *w, const struct xform_node *node, const pintle_value *v, pintle_str key, size_t n);

/* The fields that end at v. One field is one family's: what comes later in the table leaves it alone. */
static pintle_status here(struct walk *w, const struct xform_node *node, const pintle_value *v, pintle_str key) {
  struct xform_job *j = w->j;
  const pintle_doc *d = j->doc;
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < node->n_fields && st == PINTLE_OK; i++) {
    const struct xform_field *f = node->fields[i];
    if (!(j->families & xform_field_families(f))) continue;
    const struct xform_place p = {w->pointer, key, i ? d->api->at(d, w->pointer) : v, f};
    if (p.value != v && node->fields[i - 1]->how != XFORM_NS_PATH) break; /* a namespace is only a part of it */
    st = applies[f->how](j, &p);
  }
  return st;
}

static pintle_status below(struct walk *w, const struct xform_node *node, const pintle_value *v, size_t n) {
  const pintle_doc *d = w->j->doc;
  int32_t type = d->api->type(d, v);
  const pintle_value *next;
  const struct xform_node *any = child(node, (pintle_str){"*", 1});
  pintle_status st = PINTLE_OK;
  size_t i = 0;
  if (type != PINTLE_T_OBJECT && (type != PINTLE_T_ARRAY || !any)) return PINTLE_OK;
  for (v = d->api->first(d, v); v && st == PINTLE_OK; v = next, i++) {
    pintle_str key = {"", 0};
    char index[24];
    next = d->api->next(d, v); /* before it is replaced */
    if (type == PINTLE_T_ARRAY) {
      pintle_str number = {index, (size_t)snprintf(index, sizeof index, "%zu", i)};
      size_t len = deeper(w, n, number);
      if (len) st = step(w, any, v, key, len);
      continue;
    }
    if (d->api->key(d, v, &key) != PINTLE_OK) continue;
    const struct xform_node *one = child(node, key);
    if (!one && !any) continue;
    size_t len = deeper(w, n, key);
    if (one && len) st = step(w, one, v, key, len);
    if (any && any != one && len && st == PINTLE_OK) st = step(w, any, v, key, len);
  }
  return st;
}

static pintle_status step(struct walk *w, const struct xform_node *node, const pintle_value *v, pintle_str key, size_t n) {
  const pintle_doc *d = w->j->doc;
  pintle_status st = PINTLE_OK;
  if (!(node->families & w->j->families)) return PINTLE_OK;
  w->pointer[n] = 0;
  if (node->n_fields && d->api->at(d, w->pointer) == v) st = here(w, node, v, key); /* of duplicate keys the last counts */
  return node->n && st == PINTLE_OK ? below(w, node, v, n) : st;
}

pintle_status xform_walk(struct xform_job *j, const struct xform_node *tree) {
  struct walk w = {.j = j};
  return tree->families & j->families ? below(&w, tree, j->doc->api->at(j->doc, ""), 0) : PINTLE_OK;
}
