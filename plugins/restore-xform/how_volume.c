/* how_volume.c -- quotas of storage classes, and NFS volumes.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static const char tail[] = ".storageclass.storage.k8s.io/";

/* The mapping for CLASS.storageclass.storage.k8s.io/..., with the new key; false: no memory. */
static bool quota_key(struct xform_job *j, struct xform_member *q) {
  char room[XFORM_ROOM];
  const char *at = memmem(q->key.ptr, q->key.len, tail, sizeof tail - 1), *to;
  if (!at) return true;
  const size_t class = (size_t)(at - q->key.ptr), rest = q->key.len - class;
  const struct xform_mapping *m = xform_find(j, j->x, XFORM_STORAGE_CLASSES, (pintle_str){q->key.ptr, class}, room, &to);
  if (!m || strcmp(to, "default") == 0 || strcmp(to, "none") == 0) return true; /* there is no such key */
  const size_t n = strlen(to);
  char *made = j->call->host->alloc(j->call, n + rest + 1);
  if (!made) return false;
  memcpy(made, to, n);
  memcpy(made + n, at, rest);
  made[n + rest] = 0;
  q->of_key = m, q->to_key = (pintle_str){made, n + rest};
  return true;
}

pintle_status xform_quota(struct xform_job *j, const struct xform_place *p) {
  struct xform_member *all = NULL;
  size_t n = 0;
  pintle_status st = xform_members_read(j, p, &all, &n);
  for (size_t i = 0; i < n && st == PINTLE_OK; i++)
    if (!quota_key(j, &all[i])) st = pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  return st == PINTLE_OK && n ? xform_members_put(j, p, all, n, "the quota of a class stays: the new class has one already") : st;
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
  for (size_t end = (size_t)n; end > server.len && !m; end--)
    if (end == (size_t)n || whole[end] == '/') m = xform_find_exact(j, j->x, XFORM_NFS, whole, end);
  if (m && done(m, whole)) return PINTLE_OK;
  if (m) {
    const size_t ends = strlen(m->to);
    const char *to_path = ends && m->to[ends - 1] == ':' ? m->to + ends - 1 : strstr(m->to, ":/");
    if (!to_path) return PINTLE_OK;
    char room[2 * XFORM_ROOM];
    const char *rest = whole[strlen(m->from)] || to_path[1] ? whole + strlen(m->from) : "/";
    int made = snprintf(room, sizeof room, "%s%s", m->to, rest);
    xform_tell(j, p->pointer, m, (pintle_str){whole, (size_t)n}, (pintle_str){room, (size_t)made});
    pintle_status st = put(j, at_server, m->to, (size_t)(to_path - m->to), "");
    return st == PINTLE_OK ? put(j, at_path, to_path + 1, strlen(to_path + 1), rest) : st;
  }
  if (!(m = xform_find_exact(j, j->x, XFORM_NFS, server.ptr, server.len)) || strchr(m->to, '/')) return PINTLE_OK;
  return xform_put(j, at_server, m, server, (pintle_str){m->to, strlen(m->to)});
}
