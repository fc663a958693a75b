/* reset.c -- pintle.io/reset-metadata: what the old cluster's API server wrote.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/builtin.h"
#include "builtin/steps.h"

/* Finalizers, labels, annotations and managedFields stay, as in Velero. */
const char *const builtin_reset_fields[] = {"/metadata/generateName",
                                            "/metadata/selfLink",
                                            "/metadata/uid",
                                            "/metadata/resourceVersion",
                                            "/metadata/generation",
                                            "/metadata/creationTimestamp",
                                            "/metadata/deletionTimestamp",
                                            "/metadata/deletionGracePeriodSeconds",
                                            "/metadata/ownerReferences",
                                            "/status",
                                            NULL};
static const char *const claim[] = {"/spec/claimRef/uid", "/spec/claimRef/resourceVersion", NULL};

static pintle_status remove_all(pintle_doc *item, const char *const *pointers) {
  for (; *pointers; pointers++) {
    pintle_status st = item->api->remove(item, *pointers);
    if (st != PINTLE_OK && st != PINTLE_NOT_FOUND) return st;
  }
  return PINTLE_OK;
}

/* The item lives where the backup says. Stored without a namespace, or with another one, it is told: a client would put it elsewhere. */
static pintle_status set_namespace(pintle_doc *item, const char *ns) {
  static const char at[] = "/metadata/namespace";
  return !ns[0] || strcmp(pintle_str_or(item, at, ""), ns) == 0 ? PINTLE_OK : pintle_set_str(item, at, ns);
}

pintle_status builtin_reset_metadata(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  (void)self, (void)out;
  const pintle_doc_api *api = item->api;
  if (api->type(item, api->at(item, "/metadata")) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, "/metadata", "metadata is no object");
  pintle_status st = remove_all(item, builtin_reset_fields);
  if (st == PINTLE_OK) st = set_namespace(item, in->id->ns);
  if (st == PINTLE_OK && builtin_is(item, "", "PersistentVolume") && api->type(item, api->at(item, "/spec/claimRef")) == PINTLE_T_OBJECT)
    st = remove_all(item, claim);
  return st;
}
