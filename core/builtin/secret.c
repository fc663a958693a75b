/* secret.c -- velero.io/secret: tokens of ServiceAccounts belong to the cluster that made them.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/restore/actions/secret_action.go. Velero asks the target cluster for ServiceAccounts; here the backup is asked, and where
 * that cannot be done the Secret's own annotation says whose it is. */
#include "builtin/steps.h"

#define INFIX "-token-"

/* Is the Secret named after an account of its namespace, as the controller names those that it makes itself? */
static pintle_status made_by_controller(pintle_call *call, const pintle_doc *item, const pintle_input *in, bool *is) {
  const pintle_objects *items = call->host->extension(call->host, PINTLE_EXT_ITEMS);
  const char *name = pintle_str_or(item, "/metadata/name", ""), *ns = builtin_ns(item, in),
             *owner = pintle_str_or(item, "/metadata/annotations/kubernetes.io~1service-account.name", "");
  char account[512];
  *is = false;
  for (const char *p = strstr(name, INFIX); p; p = strstr(p + 1, INFIX)) { /* "a-token-token-x" may be a's or a-token's */
    size_t len = (size_t)(p - name);
    if (len == 0 || len >= sizeof account) continue;
    memcpy(account, name, len);
    account[len] = 0;
    const pintle_id id = {"", "", "serviceaccounts", ns, account};
    const pintle_doc *found;
    pintle_status st = items ? items->get(call, &id, &found) : strcmp(account, owner) == 0 ? PINTLE_OK : PINTLE_NOT_FOUND;
    if (st == PINTLE_OK) return *is = true, PINTLE_OK;
    if (st != PINTLE_NOT_FOUND) return pintle_wrap(call, st, "looking for ServiceAccount %s", account);
  }
  return PINTLE_OK;
}

BUILTIN_EDIT(builtin_restore_secret) {
  static const char *const gone[] = {"/metadata/annotations/kubernetes.io~1service-account.uid", "/data/token", "/data/ca.crt"};
  (void)self;
  bool made;
  if (strcmp(pintle_str_or(item, "/type", ""), "kubernetes.io/service-account-token") != 0) return PINTLE_OK;
  pintle_status st = made_by_controller(call, item, in, &made);
  if (st == PINTLE_OK && made) return out->api->skip(out, "a token that the cluster made by itself, and will make anew");
  for (size_t i = 0; i < sizeof gone / sizeof *gone && st == PINTLE_OK; i++) st = builtin_remove(call, item, gone[i]);
  return st;
}
