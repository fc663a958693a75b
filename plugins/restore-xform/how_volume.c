/* how_volume.c -- quotas of storage classes, and NFS volumes.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static const char tail[] = ".storageclass.storage.k8s.io/";

/* The mapping for CLASS.storageclass.storage.k8s.io/...; the new key in made. */
static const struct xform_mapping *quota_key(struct xform_job *j, pintle_str key, struct xform_text *made) {
  char room[XFORM_ROOM];
  const char *at = memmem(key.ptr, key.len, tail, sizeof tail - 1), *to;
  if (!at) return NULL;
  const struct xform_mapping *m = xform_find(j, j->x, XFORM_STORAGE_CLASSES, (pintle_str){key.ptr, (size_t)(at - key.ptr)}, room, &to);
  if (!m || strcmp(to, "default") == 0 || strcmp(to, "none") == 0) return NULL; /* there is no such key */
  xform_text_add(made, to, strlen(to));
  xform_text_add(made, at, key.len - (size_t)(at - key.ptr));
  return m;
}

pintle_status xform_quota(struct xform_job *j, const struct xform_place *p) {
  const pintle_doc *d = j->doc;
  struct xform_text made = {0};
  bool differs = false;
  pintle_status st = PINTLE_OK;
  if (d->api->type(d, p->value) != PINTLE_T_OBJECT) return PINTLE_OK;
  for (const pintle_value *v = d->api->first(d, p->value); v; v = d->api->next(d, v)) {
    struct xform_text new = {0};
    char pointer[1600];
    pintle_str key, value = {"null", 4};
    if (d->api->key(d, v, &key) != PINTLE_OK) continue;
    const struct xform_mapping *m = quota_key(j, key, &new);
    bool taken = m && strcmp(new.data, key.ptr) != 0 && d->api->at(d, pintle_key(pointer, sizeof pointer, p->pointer, new.data));
    if (taken && !j->within && !j->left)
      j->call->host->finding(j->call, PINTLE_LOG_WARN, "unresolved", p->pointer,
                             "the quota of a class stays: the new class has one already");
    bool maps = m && !taken && !new.failed;
    if (maps) xform_tell(j, p->pointer, m, key, (pintle_str){new.data, new.len}), differs = differs || strcmp(new.data, key.ptr) != 0;
    xform_text_add(&made, made.len ? "," : "{", 1);
    xform_text_json(&made, maps ? (pintle_str){new.data, new.len} : key);
    xform_text_add(&made, ":", 1);
    if (d->api->text(d, v, &value) == PINTLE_OK && d->api->type(d, v) == PINTLE_T_STRING) xform_text_json(&made, value);
    else xform_text_add(&made, value.ptr, value.len);
    xform_text_free(&new);
  }
  xform_text_add(&made, "}", 1);
  if (differs) st = xform_put_json(j, p->pointer, &made);
  xform_text_free(&made);
  return st;
}

static pintle_status put(struct xform_job *j, const char *pointer, const char *is, size_t n, const char *rest) {
  struct xform_text made = {0};
  xform_text_add(&made, is, n);
  xform_text_add(&made, rest, strlen(rest));
  pintle_status st = made.failed ? pintle_fail(j->call, PINTLE_NOMEM, "out of memory")
                                 : xform_change(j, pointer, NULL, 0, NULL, (pintle_str){made.data, made.len});
  xform_text_free(&made);
  return st;
}

/* "s:/a" -> "s:/a/b": what is below the target already stays. */
static bool done(const struct xform_mapping *m, const char *whole) {
  size_t to = strlen(m->to), from = strlen(m->from);
  return to > from && strncmp(m->to, m->from, from) == 0 && m->to[from] == '/' && strncmp(whole, m->to, to) == 0 &&
         (!whole[to] || whole[to] == '/');
}

/* {server, path}: the longest "server:/path" of whole components, else the server. */
pintle_status xform_nfs_volume(struct xform_job *j, const struct xform_place *p) {
  char at_server[1600], at_path[1600], whole[XFORM_ROOM];
  pintle_str server, path = {"", 0};
  const char *const paths[] = {"path", "share", NULL};
  const struct xform_mapping *m = NULL;
  if (snprintf(at_server, sizeof at_server, "%s/server", p->pointer) < 0 || pintle_get_str(j->doc, at_server, &server) != PINTLE_OK)
    return PINTLE_OK;
  for (size_t i = 0; paths[i]; i++)
    if (snprintf(at_path, sizeof at_path, "%s/%s", p->pointer, paths[i]) > 0 && pintle_get_str(j->doc, at_path, &path) == PINTLE_OK) break;
  int n = snprintf(whole, sizeof whole, "%s:%s", server.ptr, path.ptr);
  if (n < 0 || (size_t)n >= sizeof whole) return PINTLE_OK;
  for (size_t end = (size_t)n; end > server.len + 1 && !m; end--)
    if (end == (size_t)n || whole[end] == '/') m = xform_find_exact(j, j->x, XFORM_NFS, whole, end);
  if (m && done(m, whole)) return PINTLE_OK;
  if (m) {
    const char *to_path = strstr(m->to, ":/");
    if (!to_path) return PINTLE_OK;
    char room[2 * XFORM_ROOM];
    int made = snprintf(room, sizeof room, "%s%s", m->to, whole + strlen(m->from));
    xform_tell(j, p->pointer, m, (pintle_str){whole, (size_t)n}, (pintle_str){room, (size_t)made});
    pintle_status st = put(j, at_server, m->to, (size_t)(to_path - m->to), "");
    return st == PINTLE_OK ? put(j, at_path, to_path + 1, strlen(to_path + 1), whole + strlen(m->from)) : st;
  }
  if (!(m = xform_find_exact(j, j->x, XFORM_NFS, server.ptr, server.len)) || strchr(m->to, '/')) return PINTLE_OK;
  return xform_put(j, at_server, m, server, (pintle_str){m->to, strlen(m->to)});
}
