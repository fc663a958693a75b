/* run_cycle.c -- two items that ask for each other.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call;
  const char *name = pintle_str_or(item, "/metadata/name", "");
  const char *other = strcmp(name, "item-00") == 0 ? "item-59" : strcmp(name, "item-59") == 0 ? "item-00" : NULL;
  const pintle_id id = {"", "v1", "configmaps", pintle_str_or(item, "/metadata/namespace", ""), other};
  return other ? r->api->additional_item(r, &id, 0) : PINTLE_OK;
}

RUN_PLUGIN("cycle", PINTLE_PURE);
