/* run_rubbish_edit.c -- edits an item with what is no pointer, no JSON, no UTF-8, or no item afterwards.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdlib.h>

enum { MEGABYTES = 20 };

static pintle_status bad_pointers(pintle_call *call, pintle_doc *item) {
  static const char *const bad[] = {"metadata", "/metadata~", "/metadata/~2", "/apiVersion/x", "/metadata/name/0"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (pintle_set_str(item, bad[i], "x") == PINTLE_OK) return pintle_fail(call, PINTLE_FAILED, "%s was taken", bad[i]);
  return PINTLE_OK;
}

static pintle_status bad_texts(pintle_call *call, pintle_doc *item) {
  const pintle_doc_api *api = item->api;
  static const char *const bad[] = {"{", "nul", "01", "\"\\u12\"", "[1,]", "{} {}", "\"\xff\"", ""};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (api->set_json(item, "/data/x", bad[i], PINTLE_Z) == PINTLE_OK || api->merge(item, bad[i], PINTLE_Z) == PINTLE_OK ||
        api->patch(item, bad[i], PINTLE_Z) == PINTLE_OK)
      return pintle_fail(call, PINTLE_FAILED, "text %zu was taken", i);
  if (pintle_set_str(item, "/data/x", "\xff\xfe") == PINTLE_OK) return pintle_fail(call, PINTLE_FAILED, "what is not UTF-8 was taken");
  return PINTLE_OK;
}

static pintle_status huge(pintle_doc *item) {
  size_t size = (size_t)MEGABYTES << 20;
  char *text = malloc(size);
  if (!text) return PINTLE_NOMEM;
  memset(text, 'a', size);
  pintle_status st = item->api->set_str(item, "/data/x", text, size);
  free(text);
  return st;
}

static pintle_status deep(pintle_doc *item) {
  char text[2 * 600 + 1];
  memset(text, '[', 600);
  memset(text + 600, ']', 600);
  return item->api->set_json(item, "/data", text, 1200);
}

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  const pintle_doc_api *api = item->api;
  (void)r;
  if (run_is(call, "pointer")) return bad_pointers(call, item);
  if (run_is(call, "text")) return bad_texts(call, item);
  if (run_is(call, "huge")) return huge(item);
  if (run_is(call, "deep")) return deep(item);
  if (run_is(call, "number")) return api->set_json(item, "", "7", 1);
  if (run_is(call, "kind")) return api->remove(item, "/kind");
  if (run_is(call, "name")) return api->set_i64(item, "/metadata/name", 7);
  if (run_is(call, "path")) return pintle_set_str(item, "/metadata/name", "../../escape");
  if (run_is(call, "namespace")) return pintle_set_str(item, "/metadata/namespace", "../../escape");
  if (run_is(call, "dots")) return pintle_set_str(item, "/metadata/namespace", "..");
  if (run_is(call, "metadata")) return api->set_json(item, "/metadata", "[]", 2);
  return pintle_fail(call, PINTLE_INVALID, "no such variant");
}

RUN_PLUGIN("rubbish_edit", 0);
