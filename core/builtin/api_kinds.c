/* api_kinds.c -- CustomResourceDefinitions, webhooks and APIServices of a restore.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/restore/actions/{crd_v1_preserve_unknown_fields,admissionwebhook_config,apiservice}_action.go. */
#include "builtin/steps.h"

static size_t count(const item_node *array) { return item_type(array) == PINTLE_T_ARRAY ? item_count(array) : 0; }

/* v1 does not know preserveUnknownFields: true, but says the same in each version's schema. */
BUILTIN_EDIT(builtin_restore_crd) {
  (void)self, (void)in, (void)out;
  char at[96];
  if (strcmp(pintle_str_or(item, "/apiVersion", ""), "apiextensions.k8s.io/v1") != 0) return PINTLE_OK;
  if (!item_true(builtin_node(item, "/spec/preserveUnknownFields"))) return PINTLE_OK;
  pintle_status st = builtin_remove(call, item, "/spec/preserveUnknownFields");
  size_t n = count(builtin_node(item, "/spec/versions"));
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    int schema = snprintf(at, sizeof at, "/spec/versions/%zu/schema/openAPIV3Schema", i);
    if (item_type(builtin_node(item, at)) != PINTLE_T_OBJECT || schema < 0) continue;
    snprintf(at + schema, sizeof at - (size_t)schema, "/x-kubernetes-preserve-unknown-fields");
    st = item->api->set_bool(item, at, 1);
  }
  return st;
}

/* v1 has these two values only. */
BUILTIN_EDIT(builtin_restore_webhooks) {
  (void)self, (void)call, (void)in, (void)out;
  char at[64];
  if (strcmp(pintle_str_or(item, "/apiVersion", ""), "admissionregistration.k8s.io/v1") != 0) return PINTLE_OK;
  size_t n = count(builtin_node(item, "/webhooks"));
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    snprintf(at, sizeof at, "/webhooks/%zu", i);
    if (item_type(builtin_node(item, at)) != PINTLE_T_OBJECT) continue;
    snprintf(at, sizeof at, "/webhooks/%zu/sideEffects", i);
    const char *effects = pintle_str_or(item, at, "");
    if (strcmp(effects, "None") != 0 && strcmp(effects, "NoneOnDryRun") != 0) st = pintle_set_str(item, at, "None");
  }
  return st;
}

BUILTIN_EDIT(builtin_restore_apiservice) {
  (void)self, (void)call, (void)item, (void)in;
  return out->api->skip(out, "Kubernetes makes and manages this APIService itself");
}
