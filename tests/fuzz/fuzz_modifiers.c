/* fuzz_modifiers.c -- resource modifiers and strategic merge patches.  SPDX-License-Identifier: Apache-2.0
 *
 * The input is an item, Velero's rules (YAML), and strategic patches for the item (JSON), divided by U+001E. Whatever they are: a refusal has a message;
 * rules that the reader takes the step takes too; what comes out parses again, is the same for the same input, and is what its record of edits makes of
 * the item, which is how a worker's result arrives; a patch that fails leaves the item as it was. */
#include "builtin/builtin.h"
#include "builtin/modifiers.h"
#include "host/module.h"
#include "kube/merge.h"
#include "run/inside.h"
#include <stdio.h>
#include <stdlib.h>

#define MUST(condition) ((condition) ? (void)0 : (fprintf(stderr, "line %d: %s\n", __LINE__, #condition), abort()))

static const item_limits limits = {64 << 10, 64};

static str next_part(str *rest) {
  const char *sep = rest->len ? memchr(rest->ptr, 0x1e, rest->len) : NULL;
  str part = {rest->ptr, sep ? (size_t)(sep - rest->ptr) : rest->len};
  size_t used = part.len + (sep ? 1 : 0);
  *rest = (str){rest->ptr + used, rest->len - used};
  return part;
}

static item_doc *parsed(str text) {
  item_doc *d;
  MUST(item_new(&d) == PINTLE_OK);
  MUST(item_parse(d, text, ITEM_KUBERNETES, &limits, NULL) == PINTLE_OK);
  return d;
}

static void print(const item_doc *d, buf *out) {
  buf_clear(out);
  MUST(item_print(d, NULL, 0, out) == PINTLE_OK);
}

/* Parses again, to the byte; its record makes the same of the item as it came. */
static void check(str before, const item_doc *after, const buf *record) {
  item_doc CLEANUP(item_freep) *again = NULL, CLEANUP(item_freep) *replayed = parsed(before);
  buf CLEANUP(buf_free) text = {0}, other = {0};
  MUST(item_new(&again) == PINTLE_OK);
  print(after, &text);
  MUST(item_parse(again, buf_str(&text), ITEM_KUBERNETES, &(item_limits){1 << 20, 1024}, NULL) == PINTLE_OK);
  print(again, &other);
  MUST(str_eq(buf_str(&text), buf_str(&other)));
  MUST(item_handle(replayed)->api->patch(item_handle(replayed), record->data, record->len) == PINTLE_OK);
  print(replayed, &other);
  MUST(str_eq(buf_str(&text), buf_str(&other)));
}

/* ---- rules */
static pintle_status compile(str rules, buf *config, error *e) {
  buf CLEANUP(buf_free) map = {0};
  run_context c = {0};
  item_doc CLEANUP(item_freep) *restore = NULL;
  buf_addz(&map, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"},\"data\":{\"rules\":");
  buf_json(&map, rules);
  buf_addz(&map, "}}");
  MUST(item_new(&restore) == PINTLE_OK);
  MUST(item_set_json(restore, "/spec/resourceModifier", STR("{\"kind\":\"ConfigMap\",\"name\":\"m\"}")) == PINTLE_OK);
  pintle_status st = conf_set_add(&c.set, "fuzz", buf_str(&map), e);
  if (st == PINTLE_OK) st = run_modifiers(&c, restore, config, e);
  conf_set_free(&c.set);
  return st;
}

static void lower(str kind, char *to, size_t size) {
  size_t n = 0;
  for (; n < kind.len && n + 2 < size; n++) to[n] = (char)(kind.ptr[n] >= 'A' && kind.ptr[n] <= 'Z' ? kind.ptr[n] | 32 : kind.ptr[n]);
  memcpy(to + n, "s", 2);
}

/* The item as one restore of it would have it, in *out; false: its restore fails. */
static bool apply(str config, str text, buf *out) {
  static const host_services services;
  item_doc CLEANUP(item_freep) *d = parsed(text);
  buf CLEANUP(buf_free) before = {0}, record = {0};
  host_module *m;
  host_call *call;
  host_instance instance;
  host_result result = {0};
  error e = {0};
  char group[64] = "", resource[64];
  str version = item_str(d, "/apiVersion", ""), slash = {version.ptr, strcspn(version.ptr, "/")};
  if (slash.len < version.len) snprintf(group, sizeof group, "%.*s", (int)slash.len, slash.ptr);
  lower(item_str(d, "/kind", ""), resource, sizeof resource);
  pintle_id id = {group, "v1", resource, item_str(d, "/metadata/namespace", "").ptr, item_str(d, "/metadata/name", "").ptr};
  HOST_PADDED(pintle_input) in = {.v = {.struct_size = sizeof(pintle_input), .id = &id, .run = item_handle(d)}};
  print(d, &before);
  MUST(host_call_new(&services, &call) == PINTLE_OK && host_module_adopt(&builtin_plugin, "pintle", &m, &e) == PINTLE_OK);
  pintle_status st = host_instance_create(m, CONF_RESTORE_ITEM_ACTION, BUILTIN_MODIFIERS, config, call, INT64_MAX, &instance, &e);
  if (st != PINTLE_OK) fprintf(stderr, "%s\n", e.message);
  MUST(st == PINTLE_OK);
  host_call_begin(call, instance.config, INT64_MAX);
  host_result_begin(&result, call, HOST_RESULT_NOTE, false);
  item_begin(d);
  st = instance.tables->ops.restore->execute(instance.self, host_call_handle(call), item_handle(d), &in.v, &result.base);
  st = host_call_end(call, st, &e);
  if (st != PINTLE_OK) MUST(e.message[0]), item_rollback(d);
  else MUST(item_commit(d, &record) == PINTLE_OK);
  if (st == PINTLE_OK) check(text, d, &record);
  print(d, out);
  if (st != PINTLE_OK) MUST(str_eq(buf_str(&before), buf_str(out)));
  host_instance_destroy(&instance);
  host_module_close(m);
  host_result_free(&result);
  host_call_free(call);
  return st == PINTLE_OK;
}

static void by_rules(str text, str rules) {
  buf CLEANUP(buf_free) config = {0}, one = {0}, two = {0};
  error e = {0};
  if (compile(rules, &config, &e) != PINTLE_OK) {
    MUST(e.message[0]);
    return;
  }
  MUST(apply(buf_str(&config), text, &one) == apply(buf_str(&config), text, &two));
  MUST(str_eq(buf_str(&one), buf_str(&two)));
}

/* ---- strategic merge patches */
static void strategic(str text, str patches) {
  item_doc CLEANUP(item_freep) *d = parsed(text);
  buf CLEANUP(buf_free) before = {0}, after = {0}, record = {0};
  const void *type = kube_merge_of(item_str(d, "/apiVersion", ""), item_str(d, "/kind", ""));
  if (!type) return;
  item_begin(d);
  while (patches.len) {
    error e = {0};
    print(d, &before);
    item_mark mark = item_mark_of(d);
    pintle_status st = item_strategic(d, next_part(&patches), kube_merge_strategy, type, &e);
    print(d, &after);
    if (st == PINTLE_OK) continue;
    MUST(e.message[0] && str_eq(buf_str(&before), buf_str(&after)));
    item_undo(d, mark);
  }
  MUST(item_commit(d, &record) == PINTLE_OK);
  /* A patch may take away what makes it an item; nothing does so twice, or to the record. */
  if (item_str(d, "/kind", "").len) check(text, d, &record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  str rest = {(const char *)data, size}, text = next_part(&rest), rules = next_part(&rest);
  item_doc CLEANUP(item_freep) *d = NULL;
  MUST(item_new(&d) == PINTLE_OK);
  if (item_parse(d, text, ITEM_KUBERNETES, &limits, NULL) != PINTLE_OK) return 0;
  if (rules.len) by_rules(text, rules);
  strategic(text, rest);
  return 0;
}
