/* labels.c -- pintle.io/restore-labels: which backup and restore an item came from.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/labels.h"
#include "builtin/steps.h"

static pintle_status set_label(pintle_doc *item, const char *pointer, const char *name) {
  char value[64];
  kube_label_value(str_of(name), value);
  return pintle_set_str(item, pointer, value);
}

pintle_status builtin_restore_labels(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  (void)self, (void)out;
  const pintle_doc_api *api = item->api;
  const pintle_value *labels = api->at(item, "/metadata/labels");
  if (labels && api->type(item, labels) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, "/metadata/labels", "labels are no object");
  pintle_status st = set_label(item, "/metadata/labels/velero.io~1backup-name", pintle_str_or(in->run, "/spec/backupName", ""));
  if (st != PINTLE_OK) return st;
  return set_label(item, "/metadata/labels/velero.io~1restore-name", pintle_str_or(in->run, "/metadata/name", ""));
}
