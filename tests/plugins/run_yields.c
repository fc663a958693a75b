/* run_yields.c -- asks for the items that an annotation names.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

/* tests.pintle.io/asks: "configmaps shop settings, widgets.example.com  big": resource.group, namespace, name. */
static pintle_status ask(pintle_call *call, pintle_result *r, const char *one, size_t len) {
  char *text = call->host->alloc(call, len + 1);
  if (!text) return PINTLE_NOMEM;
  memcpy(text, one, len);
  char *ns = strchr(text, ' '), *name = ns ? strchr(ns + 1, ' ') : NULL, *group = strchr(text, '.');
  if (!name) return pintle_fail(call, PINTLE_INVALID, "\"%s\" is not RESOURCE NAMESPACE NAME", text);
  *ns++ = *name++ = 0;
  if (group) *group++ = 0;
  const pintle_id id = {group ? group : "", "", text, ns, name};
  return r->api->additional_item(r, &id, 0);
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)in;
  const char *at = pintle_str_or(item, "/metadata/annotations/tests.pintle.io~1asks", "");
  pintle_status st = PINTLE_OK;
  while (*at && st == PINTLE_OK) {
    size_t len = strcspn(at, ",");
    st = ask(call, r, at, len);
    for (at += len; *at == ',' || *at == ' '; at++) {}
  }
  return st;
}

RUN_TABLES("yields", PINTLE_PURE, NULL, NULL);
