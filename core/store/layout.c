/* layout.c -- the keys of Velero's object layout.  SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"
#include <assert.h>

static const char *const backup_tail[] = {[STORE_METADATA] = NULL,
                                          [STORE_CONTENTS] = ".tar.gz",
                                          [STORE_LOG] = "-logs.gz",
                                          [STORE_RESOURCE_LIST] = "-resource-list.json.gz",
                                          [STORE_RESULTS] = "-results.gz",
                                          [STORE_VOLUME_SNAPSHOTS] = "-volumesnapshots.json.gz",
                                          [STORE_POD_VOLUME_BACKUPS] = "-podvolumebackups.json.gz",
                                          [STORE_ITEM_OPERATIONS] = "-itemoperations.json.gz",
                                          [STORE_VOLUME_INFO] = "-volumeinfo.json.gz",
                                          [STORE_MANIFEST] = "-pintle.json.gz",
                                          [STORE_STATE] = "-pintle-state.json.gz",
                                          [STORE_OUTCOMES] = "-pintle-items.jsonl.gz"};

void store_key_backup(const char *backup, int object, buf *out) {
  assert(object >= 0 && object < STORE_OBJECTS);
  buf_printf(out, "backups/%s/", backup);
  if (object == STORE_METADATA) buf_addz(out, "velero-backup.json");
  else buf_addz(out, backup), buf_addz(out, backup_tail[object]);
}

void store_key_restore(const char *restore, int object, buf *out) {
  assert(object == STORE_METADATA || object == STORE_LOG || object == STORE_RESOURCE_LIST || object == STORE_RESULTS ||
         object == STORE_ITEM_OPERATIONS || object == STORE_VOLUME_INFO || object == STORE_MANIFEST || object == STORE_OUTCOMES);
  if (object == STORE_METADATA) { /* pintle's own: Velero keeps the Restore in the cluster only */
    buf_printf(out, "restores/%s/velero-restore.json", restore);
    return;
  }
  /* Velero's volumeinfo lacks the "restore-" that the others have */
  buf_printf(out, "restores/%s/%s%s%s", restore, object == STORE_VOLUME_INFO ? "" : "restore-", restore, backup_tail[object]);
}

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool store_valid_name(str name) {
  if (name.len == 0 || name.len > 253) return false;
  for (size_t i = 0; i < name.len; i++) {
    char c = name.ptr[i];
    if (letter(c)) continue;
    if ((c != '-' && c != '.') || i == 0 || i + 1 == name.len) return false;
    if (!letter(name.ptr[i + 1]) && name.ptr[i + 1] != '-') return false;
    if (c == '.' && !(letter(name.ptr[i - 1]) && letter(name.ptr[i + 1]))) return false;
  }
  return true;
}
