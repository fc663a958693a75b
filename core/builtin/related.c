/* related.c -- items that a Pod or a claim names itself.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/util/actionhelpers. */
#include "builtin/steps.h"

pintle_status builtin_relate(pintle_result *out, const char *group, const char *resource, const char *ns, const char *name) {
  const pintle_id id = {group, "", resource, ns, name};
  return out->api->additional_item(out, &id, 0);
}

pintle_status builtin_relate_priority(const pintle_doc *pod, pintle_result *out) {
  const char *name = pintle_str_or(pod, "/spec/priorityClassName", "");
  return name[0] ? builtin_relate(out, "scheduling.k8s.io", "priorityclasses", "", name) : PINTLE_OK;
}

pintle_status builtin_relate_claims(const pintle_doc *pod, const pintle_input *in, pintle_result *out) {
  const char *ns = builtin_ns(pod, in);
  pintle_status st = PINTLE_OK;
  for (const item_node *v = builtin_elements(builtin_node(pod, "/spec/volumes")); v && st == PINTLE_OK; v = item_next(v)) {
    const char *name = builtin_text(item_member(v, STR("persistentVolumeClaim")), "claimName");
    if (name[0]) st = builtin_relate(out, "", "persistentvolumeclaims", ns, name);
  }
  return st;
}

bool builtin_bound(const pintle_doc *claim, const char **volume) {
  *volume = pintle_str_or(claim, "/spec/volumeName", "");
  return strcmp(pintle_str_or(claim, "/status/phase", ""), "Bound") == 0 && (*volume)[0];
}

/* Neither changes the Pod. */
BUILTIN_ASK(builtin_block_pod) {
  (void)self, (void)call;
  pintle_status st = builtin_relate_priority(item, out);
  return st == PINTLE_OK ? builtin_relate_claims(item, in, out) : st;
}
BUILTIN_EDIT(builtin_backup_pod) { return builtin_block_pod(self, call, item, in, out); }
