/* config.c -- the configuration, and what it knows of volumes.  SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "volume.h"
#include <string.h>
#include <strings.h>

bool nas_listed(const char *list, const char *word) {
  size_t n = strlen(word);
  while (*list) {
    list += strspn(list, ", ");
    size_t length = strcspn(list, ", ");
    if (n && length == n && memcmp(list, word, n) == 0) return true;
    list += length;
  }
  return false;
}

/* ---- server:/path=value,... */
static pintle_status check_map(pintle_call *call, const char *at, const char *map, bool directory) {
  for (const char *p = map; *p;) {
    size_t n = strcspn(p, ",");
    const char *equals = memchr(p, '=', n), *colon = equals ? memchr(p, ':', (size_t)(equals - p)) : NULL;
    if (!colon || colon == p || equals + 1 == p + n || !strstr(colon, ":/") || (directory && equals[1] != '/'))
      return pintle_fail_at(call, PINTLE_INVALID, at, "\"%.*s\" is not of the form server:/path=%s", (int)(n < 200 ? n : 200), p,
                            directory ? "/directory" : "id");
    p += n;
    if (*p) p++;
  }
  return PINTLE_OK;
}

/* What a map calls a server: without brackets around IPv6, in capitals or not. */
static bool same_server(const char *a, size_t n_a, const char *b) {
  size_t n_b = strlen(b);
  if (n_a > 2 && *a == '[' && a[n_a - 1] == ']') a++, n_a -= 2;
  if (n_b > 2 && *b == '[' && b[n_b - 1] == ']') b++, n_b -= 2;
  return n_a == n_b && strncasecmp(a, b, n_a) == 0;
}

/* The value of the longest path that is full or above it, *rest what is below it. NULL: none. */
static const char *look_up(const char *map, const char *server, const char *full, size_t *length, const char **rest) {
  size_t best = 0;
  const char *found = NULL;
  for (const char *p = map; *p && *server;) {
    size_t n = strcspn(p, ",");
    const char *equals = memchr(p, '=', n), *end = p + n, *colon = equals ? strstr(p, ":/") : NULL;
    if (colon && colon < equals && same_server(p, (size_t)(colon - p), server)) {
      const char *path = colon + 1;
      size_t k = (size_t)(equals - path);
      while (k && path[k - 1] == '/') k--;
      if (strncmp(full, path, k) == 0 && (!full[k] || full[k] == '/') && (!found || k > best))
        best = k, found = equals + 1, *length = (size_t)(end - found), *rest = full + k;
    }
    p = *end ? end + 1 : end;
  }
  return found;
}

pintle_status nas_config_place(pintle_call *call, const nas_config *c, nas_volume *v) {
  nas_text full = {0}, local = {0};
  const char *rest = "";
  size_t n = 0;
  nas_volume_path(v, &full);
  const char *found = look_up(c->mounts, v->server, nas_z(&full), &n, &rest);
  if (found) nas_add(&local, found, n), nas_addz(&local, strcmp(rest, "/") == 0 ? "" : rest);
  else if (*c->mount_root) nas_addf(&local, "%s/%s", c->mount_root, v->pv);
  if (!*v->local) v->base = found ? n : local.n, v->local = nas_take(call, &local);
  nas_text_free(&local);
  found = *v->fs_id ? NULL : look_up(c->file_systems, v->server, nas_z(&full), &n, &rest);
  if (found) v->fs_id = nas_dup(call, found, n);
  bool failed = full.failed || !v->local || !v->fs_id;
  nas_text_free(&full);
  return failed ? pintle_fail(call, PINTLE_NOMEM, "out of memory") : PINTLE_OK;
}

pintle_status nas_config_read(pintle_call *call, nas_config *c) {
  const pintle_doc *d = call->host->config(call);
  int32_t on = 1;
  d->api->get_bool(d, "/waitForSnapshot", &on);
  *c = (nas_config){.driver = pintle_str_or(d, "/driver", ""),
                    .mounts = pintle_str_or(d, "/mounts", ""),
                    .mount_root = pintle_str_or(d, "/mountRoot", ""),
                    .file_systems = pintle_str_or(d, "/fileSystems", ""),
                    .select_drivers = pintle_str_or(d, "/selectDrivers", ""),
                    .select_classes = pintle_str_or(d, "/selectClasses", ""),
                    .select_annotation = pintle_str_or(d, "/selectAnnotation", "pintle.io/nas-backup"),
                    .wait = on};
  pintle_str mode = {"", 0};
  const char *mover = pintle_str_or(d, "/mover", "auto");
  call->host->property(call, "host.mode", &mode);
  c->inside = strcmp(mover, "inline") == 0 || (strcmp(mover, "auto") == 0 && strcmp(mode.ptr, "velero") == 0);
  if (*c->mount_root && *c->mount_root != '/') return pintle_fail_at(call, PINTLE_INVALID, "/mountRoot", "mountRoot is no absolute path");
  pintle_status st = check_map(call, "/mounts", c->mounts, true);
  return st == PINTLE_OK ? check_map(call, "/fileSystems", c->file_systems, false) : st;
}
