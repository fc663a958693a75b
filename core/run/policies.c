/* policies.c -- the volume policies of a backup.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/rules.h"
#include "run/inside.h"
#include <strings.h>

pintle_status run_policies(const run_context *c, const item_doc *backup, conf_set *out, error *e) {
  const item_node *reference = item_at(backup, "/spec/resourcePolicy");
  *out = (conf_set){0};
  if (item_type(reference) != PINTLE_T_OBJECT) return PINTLE_OK;
  str kind = item_str(backup, "/spec/resourcePolicy/kind", ""), name = item_str(backup, "/spec/resourcePolicy/name", "");
  if (strcasecmp(kind.ptr, "configmap") != 0) { /* Velero passes it over without a word */
    error_set(e, PINTLE_INVALID, "spec.resourcePolicy.kind is \"%s\"", kind.ptr);
    error_hint(e, "volume policies are in a ConfigMap: write kind: configmap");
    return PINTLE_INVALID;
  }
  pintle_status st = conf_rules_load(&c->set, name.ptr, "resource policies", out, e);
  if (st == PINTLE_OK && (st = conf_check_policies(out->v[0], e)) != PINTLE_OK) {
    conf_set_free(out);
    error_wrap(e, "resource policies \"%s\"", name.ptr);
  }
  return st;
}
