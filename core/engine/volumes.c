/* volumes.c -- a line for every volume: how its data was saved, or that it was not and why (design section 11, promise 9).
 * SPDX-License-Identifier: Apache-2.0 */
#include "engine/backup_run.h"

/* Velero internal/volume/volumes_information.go BackupVolumeInfo, for a volume that nothing copied. */
pintle_status backup_volume(backup_run *r, const engine_done *d, error *e) {
  item_doc *pv = NULL;
  buf *b = &r->volumes;
  pintle_status st = item_new(&pv) == PINTLE_OK ? item_parse(pv, d->text, 0, NULL, e) : error_nomem(e);
  if (st != PINTLE_OK) return st;
  buf_addz(b, b->len ? ",{" : "{");
  str claim = item_str(pv, "/spec/claimRef/name", ""), ns = item_str(pv, "/spec/claimRef/namespace", "");
  if (claim.len) buf_addz(b, "\"pvcName\":"), buf_json_go(b, claim), buf_addc(b, ',');
  if (ns.len) buf_addz(b, "\"pvcNamespace\":"), buf_json_go(b, ns), buf_addc(b, ',');
  buf_addz(b, "\"pvName\":");
  buf_json_go(b, d->name);
  buf_addz(b, ",\"snapshotDataMoved\":false,\"preserveLocalSnapshot\":false,\"skipped\":true,\"skippedReason\":");
  buf_json_go(b, STR("no volume plugin in the chain: the volume's data was not copied"));
  buf_addz(b, ",\"pvInfo\":{\"reclaimPolicy\":");
  buf_json_go(b, item_str(pv, "/spec/persistentVolumeReclaimPolicy", "Delete"));
  buf_addz(b, ",\"labels\":");
  const item_node *labels = item_at(pv, "/metadata/labels");
  if (item_type(labels) == PINTLE_T_OBJECT) st = item_print(pv, labels, ITEM_PRINT_GO, b);
  else buf_addz(b, "null");
  buf_addz(b, "}}");
  item_free(pv);
  return b->failed || st != PINTLE_OK ? error_nomem(e) : PINTLE_OK;
}
