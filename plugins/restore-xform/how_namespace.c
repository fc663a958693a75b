/* how_namespace.c -- namespaces, and service accounts with theirs, wherever an item names them.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static pintle_str str_of(const char *s) { return (pintle_str){s, strlen(s)}; }

const struct xform_mapping *xform_namespace(struct xform_job *j, pintle_str is, const char **to, struct xform_mapping *made) {
  char pointer[200], name[70], *label;
  if (!is.len || is.len >= sizeof name) return NULL;
  const struct xform_mapping *m = xform_find(j, j->x, XFORM_NAMESPACES, is, name, to);
  if (m || !j->x->follow_restore) return m;
  memcpy(name, is.ptr, is.len), name[is.len] = 0;
  if (!(*to = pintle_str_or(j->in->run, pintle_key(pointer, sizeof pointer, "/spec/namespaceMapping", name), NULL))) return NULL;
  size_t size = sizeof name + strlen(*to) + 20;
  if (!(label = j->call->host->alloc(j->call, size)) || snprintf(label, size, "namespaces: %s -> %s", name, *to) < 0) return NULL;
  *made = (struct xform_mapping){.label = label};
  return made;
}

static bool text_at(const struct xform_job *j, const char *pointer, pintle_str *s) {
  return pintle_get_str(j->doc, pointer, s) == PINTLE_OK && !memchr(s->ptr, 0, s->len);
}

/* The namespace is part of a text: what stands before it and behind it stays. */
static pintle_status part(struct xform_job *j, const char *pointer, pintle_str is, size_t at, size_t n) {
  struct xform_mapping room;
  struct xform_text made = {0};
  const char *to;
  const struct xform_mapping *m = xform_namespace(j, (pintle_str){is.ptr + at, n}, &to, &room);
  if (!m) return check_namespace(j, pointer, (pintle_str){is.ptr + at, n}), PINTLE_OK;
  xform_text_add(&made, is.ptr, at);
  xform_text_add(&made, to, strlen(to));
  xform_text_add(&made, is.ptr + at + n, is.len - at - n);
  pintle_status st =
      made.failed ? pintle_fail(j->call, PINTLE_NOMEM, "out of memory") : xform_put(j, pointer, m, is, (pintle_str){made.data, made.len});
  xform_text_free(&made);
  return st;
}

pintle_status xform_ns(struct xform_job *j, const struct xform_place *p) {
  pintle_str is;
  return text_at(j, p->pointer, &is) ? part(j, p->pointer, is, 0, is.len) : PINTLE_OK;
}

pintle_status xform_ns_path(struct xform_job *j, const struct xform_place *p) {
  pintle_str is;
  if (!text_at(j, p->pointer, &is)) return PINTLE_OK;
  const char *slash = memchr(is.ptr, '/', is.len);
  return slash ? part(j, p->pointer, is, 0, (size_t)(slash - is.ptr)) : PINTLE_OK;
}

pintle_status xform_ns_items(struct xform_job *j, const struct xform_place *p) {
  pintle_str is;
  size_t at = 0, n;
  pintle_status st = PINTLE_OK;
  if (!text_at(j, p->pointer, &is)) return PINTLE_OK;
  while (at <= is.len && st == PINTLE_OK) { /* from the left: what is changed is read anew */
    while (at < is.len && is.ptr[at] == ' ') at++;
    n = strcspn(is.ptr + at, ", ");
    size_t left = is.len - at - n;
    st = part(j, p->pointer, is, at, n);
    if (!text_at(j, p->pointer, &is) || left > is.len) break;
    at = is.len - left;
    at += strspn(is.ptr + at, " ");
    if (is.ptr[at] != ',') break;
    at++;
  }
  return st;
}

static const char *const name_label = "kubernetes.io/metadata.name";

pintle_status xform_ns_map(struct xform_job *j, const struct xform_place *p) {
  char pointer[1600];
  pintle_str is;
  pintle_key(pointer, sizeof pointer, p->pointer, name_label);
  return text_at(j, pointer, &is) ? part(j, pointer, is, 0, is.len) : PINTLE_OK;
}

pintle_status xform_ns_expr(struct xform_job *j, const struct xform_place *p) {
  const pintle_doc *d = j->doc;
  char pointer[1600];
  pintle_str key;
  pintle_status st = PINTLE_OK;
  size_t n = 0;
  if (snprintf(pointer, sizeof pointer, "%s/key", p->pointer) < 0 || !text_at(j, pointer, &key) || strcmp(key.ptr, name_label) != 0)
    return st;
  if (snprintf(pointer, sizeof pointer, "%s/values", p->pointer) < 0) return PINTLE_FAILED;
  for (const pintle_value *v = d->api->first(d, d->api->at(d, pointer)); v; v = d->api->next(d, v)) n++;
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    pintle_str is;
    if (snprintf(pointer, sizeof pointer, "%s/values/%zu", p->pointer, i) < 0) return PINTLE_FAILED;
    if (text_at(j, pointer, &is)) st = part(j, pointer, is, 0, is.len);
  }
  return st;
}

/* ---- users and groups */
static pintle_status user(struct xform_job *j, const char *pointer) {
  static const char one[] = "system:serviceaccount:", all[] = "system:serviceaccounts:";
  pintle_str is;
  const char *to;
  char room[XFORM_ROOM];
  pintle_status st = PINTLE_OK;
  if (!text_at(j, pointer, &is)) return st;
  if (strncmp(is.ptr, all, sizeof all - 1) == 0) return part(j, pointer, is, sizeof all - 1, is.len - sizeof all + 1);
  if (strncmp(is.ptr, one, sizeof one - 1) != 0) return st;
  const char *colon = strchr(is.ptr + sizeof one - 1, ':');
  if (!colon) return st;
  const pintle_str name = str_of(colon + 1);
  const struct xform_mapping *m = xform_find(j, j->x, XFORM_ACCOUNTS, name, room, &to);
  if (m && strcmp(to, name.ptr) != 0) {
    struct xform_text made = {0};
    xform_text_add(&made, is.ptr, (size_t)(name.ptr - is.ptr));
    xform_text_add(&made, to, strlen(to));
    st =
        made.failed ? pintle_fail(j->call, PINTLE_NOMEM, "out of memory") : xform_put(j, pointer, m, is, (pintle_str){made.data, made.len});
    xform_text_free(&made);
    if (st != PINTLE_OK || !text_at(j, pointer, &is) || !(colon = strchr(is.ptr + sizeof one - 1, ':'))) return st;
  }
  return part(j, pointer, is, sizeof one - 1, (size_t)(colon - is.ptr) - sizeof one + 1);
}

pintle_status xform_user(struct xform_job *j, const struct xform_place *p) { return user(j, p->pointer); }

/* Of a binding. Its namespace is the host's to map. */
pintle_status xform_subject(struct xform_job *j, const struct xform_place *p) {
  char pointer[1600], room[XFORM_ROOM];
  pintle_str kind, name;
  const char *to;
  if (snprintf(pointer, sizeof pointer, "%s/kind", p->pointer) < 0 || !text_at(j, pointer, &kind)) return PINTLE_OK;
  if (snprintf(pointer, sizeof pointer, "%s/name", p->pointer) < 0 || !text_at(j, pointer, &name)) return PINTLE_OK;
  if (strcmp(kind.ptr, "User") == 0 || strcmp(kind.ptr, "Group") == 0) return user(j, pointer);
  if (strcmp(kind.ptr, "ServiceAccount") != 0) return PINTLE_OK;
  const struct xform_mapping *m = xform_find(j, j->x, XFORM_ACCOUNTS, name, room, &to);
  return m ? xform_put(j, pointer, m, name, str_of(to)) : PINTLE_OK;
}
