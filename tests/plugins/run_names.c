/* run_names.c -- asks for additional items with odd names.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status ask(pintle_doc *item, pintle_result *r, const char *name) {
  const pintle_id id = {"", "v1", "configmaps", pintle_str_or(item, "/metadata/namespace", ""), name};
  return r->api->additional_item(r, &id, 0);
}

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  char huge[100 * 1024];
  memset(huge, 'n', sizeof huge - 1);
  huge[sizeof huge - 1] = 0;
  if (run_is(call, "empty")) ask(item, r, "");
  else if (run_is(call, "huge")) ask(item, r, huge);
  else if (run_is(call, "slash")) ask(item, r, "../../etc/passwd");
  else if (run_is(call, "control")) ask(item, r, "a\nb\x1b[31m");
  else if (run_is(call, "own")) ask(item, r, pintle_str_or(item, "/metadata/name", ""));
  else if (run_is(call, "many"))
    for (int i = 0; i < 100000; i++) ask(item, r, "item-00");
  else
    for (int i = 0; i < 3; i++) ask(item, r, "item-00");
  return PINTLE_OK;
}

RUN_PLUGIN("names", 0);
