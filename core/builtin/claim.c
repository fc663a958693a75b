/* claim.c -- velero.io/pv and velero.io/pvc: claims, going and coming.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/backup/actions/backup_pv_action.go, pkg/restore/actions/pvc_action.go. */
#include "builtin/steps.h"

/* Left from what the claim went through before this backup. */
static bool stale(str key, str value, const char *backup) {
  if (str_is(key, "velero.io/backup-name")) return !str_is(value, backup);
  return str_is(key, "velero.io/restore-name") || str_is(key, "velero.io/volume-snapshot-name") ||
         str_is(key, "backup.velero.io/must-include-additional-items");
}
static bool of_velero(str key, str value, const char *backup) {
  (void)value, (void)backup;
  return str_starts(key, "velero.io/");
}

/* Removes the members of the object at pointer that is_one says; once more from the first after each, since an edit ends a walk. */
static pintle_status remove_members(pintle_doc *item, const char *pointer, bool (*is_one)(str, str, const char *), const char *backup) {
  char at[1200];
  const item_node *object = builtin_node(item, pointer), *m = item_type(object) == PINTLE_T_OBJECT ? item_first(object) : NULL;
  while (m) {
    str key = item_key(m), value = item_string(m);
    if (!is_one(key, value, backup)) {
      m = item_next(m);
      continue;
    }
    pintle_status st = item->api->remove(item, pintle_key(at, sizeof at, pointer, key.ptr));
    if (st != PINTLE_OK) return st;
    m = item_first(builtin_node(item, pointer));
  }
  return PINTLE_OK;
}

BUILTIN_EDIT(builtin_backup_claim) {
  (void)self;
  const char *volume;
  pintle_str class;
  if (!builtin_bound(item, &volume)) return PINTLE_OK;
  pintle_status st = builtin_remove(call, item, "/spec/dataSource");
  if (st == PINTLE_OK) st = builtin_remove(call, item, "/spec/dataSourceRef");
  /* Where the class is "", no volume is made for the claim: its selector must find one. */
  bool by_selector = item->api->get_str(item, "/spec/storageClassName", &class) == PINTLE_OK && class.len == 0;
  const char *backup = pintle_str_or(in->run, "/metadata/name", "");
  if (st == PINTLE_OK)
    st = by_selector ? remove_members(item, "/spec/selector/matchLabels", of_velero, backup) : builtin_remove(call, item, "/spec/selector");
  if (st == PINTLE_OK) st = remove_members(item, "/metadata/labels", stale, backup);
  return st == PINTLE_OK ? builtin_relate(out, "", "persistentvolumes", "", volume) : st;
}

/* What the old cluster's controllers wrote, and Velero's own notes. */
static const char *const annotations[] = {
    "/metadata/annotations/pv.kubernetes.io~1bind-completed",
    "/metadata/annotations/pv.kubernetes.io~1bound-by-controller",
    "/metadata/annotations/volume.kubernetes.io~1storage-provisioner",
    "/metadata/annotations/volume.beta.kubernetes.io~1storage-provisioner",
    "/metadata/annotations/volume.kubernetes.io~1selected-node",
    "/metadata/annotations/velero.io~1volume-snapshot-name",
    "/metadata/annotations/velero.io~1data-upload-name",
};

BUILTIN_EDIT(builtin_restore_claim) {
  (void)self;
  const char *volume;
  for (size_t i = 0; i < sizeof annotations / sizeof *annotations; i++) {
    pintle_status st = builtin_remove(call, item, annotations[i]);
    if (st != PINTLE_OK) return st;
  }
  /* as it was stored: the status is gone by now */
  return builtin_bound(in->item_from_backup, &volume) ? builtin_relate(out, "", "persistentvolumes", "", volume) : PINTLE_OK;
}
