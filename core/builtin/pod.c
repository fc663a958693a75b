/* pod.c -- restored Pods, their claims, Jobs and ServiceAccounts.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/restore/actions/{pod,add_pvc_from_pod,job,service_account}_action.go. */
#include "builtin/steps.h"

/* Removes the elements of the array at pointer whose name begins so; an array that this leaves empty too. */
static pintle_status remove_named(pintle_call *call, pintle_doc *item, const char *pointer, const char *prefix) {
  size_t n = 0, kept = 0;
  char at[160];
  for (const item_node *v = builtin_elements(builtin_node(item, pointer)); v; v = item_next(v), n++)
    if (!builtin_starts(builtin_text(v, "name"), prefix)) kept++;
  if (kept == n) return PINTLE_OK;
  if (kept == 0) return builtin_remove(call, item, pointer);
  for (size_t i = n; i-- > 0;) { /* from behind: those in front keep their places */
    snprintf(at, sizeof at, "%s/%zu/name", pointer, i);
    if (!builtin_starts(pintle_str_or(item, at, ""), prefix)) continue;
    at[strlen(at) - strlen("/name")] = 0;
    pintle_status st = builtin_remove(call, item, at);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

static pintle_status remove_mounts(pintle_call *call, pintle_doc *item, const char *containers, const char *prefix) {
  size_t n = 0;
  char at[80];
  pintle_status st = PINTLE_OK;
  for (const item_node *v = builtin_elements(builtin_node(item, containers)); v; v = item_next(v)) n++;
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    snprintf(at, sizeof at, "%s/%zu/volumeMounts", containers, i);
    st = remove_named(call, item, at, prefix);
  }
  return st;
}

/* The volume of a token that the old cluster's controller made and mounted. */
BUILTIN_EDIT(builtin_restore_pod) {
  (void)self, (void)in;
  char prefix[512];
  int n = snprintf(prefix, sizeof prefix, "%s-token-", pintle_str_or(item, "/spec/serviceAccountName", ""));
  if (n < 0 || (size_t)n >= sizeof prefix) return pintle_fail_at(call, PINTLE_INVALID, "/spec/serviceAccountName", "the name is too long");
  pintle_status st = builtin_remove(call, item, "/spec/nodeName");
  if (st == PINTLE_OK) st = builtin_remove(call, item, "/spec/priority");
  if (st == PINTLE_OK) st = remove_named(call, item, "/spec/volumes", prefix);
  if (st == PINTLE_OK) st = remove_mounts(call, item, "/spec/containers", prefix);
  if (st == PINTLE_OK) st = remove_mounts(call, item, "/spec/initContainers", prefix);
  return st == PINTLE_OK ? builtin_relate_priority(item, out) : st;
}

BUILTIN_EDIT(builtin_restore_claims_of_pod) {
  (void)self, (void)call;
  return builtin_relate_claims(item, in, out);
}

/* The label by which the old cluster's Job knew its Pods; under its old and its new name. */
BUILTIN_EDIT(builtin_restore_job) {
  static const char *const gone[] = {
      "/spec/selector/matchLabels/controller-uid",
      "/spec/selector/matchLabels/batch.kubernetes.io~1controller-uid",
      "/spec/template/metadata/labels/controller-uid",
      "/spec/template/metadata/labels/batch.kubernetes.io~1controller-uid",
  };
  (void)self, (void)in, (void)out;
  for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
    pintle_status st = builtin_remove(call, item, gone[i]);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

/* The old token's Secret, which the new cluster makes anew: the last one of that name, and no other. */
BUILTIN_EDIT(builtin_restore_account) {
  (void)self, (void)in, (void)out;
  char prefix[512], at[64];
  int n = snprintf(prefix, sizeof prefix, "%s-token-", pintle_str_or(item, "/metadata/name", ""));
  if (n < 0 || (size_t)n >= sizeof prefix) return pintle_fail_at(call, PINTLE_INVALID, "/metadata/name", "the name is too long");
  size_t i = 0, found = SIZE_MAX;
  for (const item_node *v = builtin_elements(builtin_node(item, "/secrets")); v; v = item_next(v), i++)
    if (builtin_starts(builtin_text(v, "name"), prefix)) found = i;
  if (found == SIZE_MAX) return PINTLE_OK;
  if (found == 0 && i == 1) return builtin_remove(call, item, "/secrets");
  snprintf(at, sizeof at, "/secrets/%zu", found);
  return builtin_remove(call, item, at);
}
