/* storage.c -- storageClasses: volumes, claims and the templates of claims.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static const char *wrong(const char *from, const char *to) {
  if (!xform_dns_name(from) && strcmp(from, "*") != 0) return "the first is no name of a StorageClass (or \"*\", for all others)";
  return xform_dns_name(to) ? NULL : "the second is no name of a StorageClass";
}

static const char *map(const struct xform *x, const char *from, char *room, const struct xform_mapping **rule) {
  (void)room;
  *rule = xform_map_find(&x->storage, from);
  if (!*rule && !xform_map_is_target(&x->storage, from)) *rule = xform_map_find(&x->storage, "*");
  return *rule ? (*rule)->to : NULL;
}

pintle_status xform_storage_read(struct xform *x, pintle_call *call) {
  pintle_status st = xform_map_read(call, "storageClasses", wrong, &x->storage);
  for (size_t i = 0; i < x->storage.n && st == PINTLE_OK; i++) {
    const struct xform_mapping *m = &x->storage.all[i], *next = xform_map_find(&x->storage, m->to);
    if (next && strcmp(next->to, m->to) != 0)
      pintle_log(call, PINTLE_LOG_INFO, "%s is applied once: %s does not follow it, but would in a second run", m->label, next->label);
  }
  return st;
}

/* path: of an object with metadata and spec, "" is the whole. */
pintle_status xform_claim(struct xform_job *j, const char *path) {
  char pointer[300];
  if (snprintf(pointer, sizeof pointer, "%s/spec/storageClassName", path) < 0) return PINTLE_FAILED;
  pintle_status st = xform_rename(j, pointer, map);
  if (st != PINTLE_OK) return st;
  if (snprintf(pointer, sizeof pointer, "%s/metadata/annotations/volume.beta.kubernetes.io~1storage-class", path) < 0) return PINTLE_FAILED;
  return xform_rename(j, pointer, map);
}

/* Every element of the array at path, extended by tail, is a claim. */
static pintle_status claims(struct xform_job *j, const char *path, const char *tail) {
  pintle_status st = PINTLE_OK;
  size_t i = 0;
  const pintle_value *v = j->doc->api->at(j->doc, path);
  if (j->doc->api->type(j->doc, v) != PINTLE_T_ARRAY) return PINTLE_OK;
  for (v = j->doc->api->first(j->doc, v); v && st == PINTLE_OK; v = j->doc->api->next(j->doc, v)) {
    char element[200];
    if (snprintf(element, sizeof element, "%s/%zu%s", path, i++, tail) < 0) return PINTLE_FAILED;
    if (j->doc->api->at(j->doc, element)) st = xform_claim(j, element);
  }
  return st;
}

pintle_status xform_volumes(struct xform_job *j, const char *path) {
  char volumes[100];
  if (snprintf(volumes, sizeof volumes, "%s/volumes", path) < 0) return PINTLE_FAILED;
  return claims(j, volumes, "/ephemeral/volumeClaimTemplate");
}

pintle_status xform_set(struct xform_job *j, const char *path) {
  pintle_status st = claims(j, "/spec/volumeClaimTemplates", "");
  return st == PINTLE_OK ? xform_volumes(j, path) : st;
}
