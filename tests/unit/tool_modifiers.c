/* tool_modifiers.c -- our side of tests/interop/modifiers: a case a line in, what the rules make of its item out.  SPDX-License-Identifier: Apache-2.0
 *
 * In: {"rules": text, "group", "resource", "item": {...}}. Out: "refused", "failed" (the item cannot be restored), or {"errors": n, "item": {...}}. */
#include "builtin/builtin.h"
#include "host/module.h"
#include "run/inside.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static size_t errors;

static void finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  (void)ctx, (void)code, (void)pointer;
  errors += severity == PINTLE_LOG_ERROR;
  if (severity == PINTLE_LOG_ERROR) fprintf(stderr, "%s\n", text);
}

static pintle_status compile(const item_doc *line, buf *config, error *e) {
  CLEANUP(buf_free) buf map = {0};
  run_context c = {0};
  item_doc *restore = NULL;
  buf_addz(&map, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"},\"data\":{\"rules\":");
  buf_json(&map, item_str(line, "/rules", ""));
  buf_addz(&map, "}}");
  pintle_status st = map.failed ? PINTLE_NOMEM : conf_set_add(&c.set, "case", buf_str(&map), e);
  if (st == PINTLE_OK) st = item_new(&restore);
  if (st == PINTLE_OK) st = item_set_json(restore, "/spec/resourceModifier", STR("{\"kind\":\"ConfigMap\",\"name\":\"m\"}"));
  if (st == PINTLE_OK) st = run_modifiers(&c, restore, config, e);
  item_free(restore);
  conf_set_free(&c.set);
  return st;
}

static pintle_status apply(host_module *m, host_call *call, str config, const item_doc *line, item_doc *item, error *e) {
  host_instance instance;
  host_result result = {0};
  str ns = item_str(item, "/metadata/namespace", ""), name = item_str(item, "/metadata/name", "");
  pintle_id id = {item_str(line, "/group", "").ptr, "v1", item_str(line, "/resource", "").ptr, ns.ptr, name.ptr};
  HOST_PADDED(pintle_input) in = {.v = {.struct_size = sizeof(pintle_input), .id = &id, .run = item_handle(item)}};
  pintle_status st = host_instance_create(m, CONF_RESTORE_ITEM_ACTION, BUILTIN_MODIFIERS, config, call, INT64_MAX, &instance, e);
  if (st != PINTLE_OK) return st;
  host_call_begin(call, instance.config, INT64_MAX);
  host_result_begin(&result, call, HOST_RESULT_NOTE, false);
  item_begin(item);
  st = instance.tables->ops.restore->execute(instance.self, host_call_handle(call), item_handle(item), &in.v, &result.base);
  st = host_call_end(call, st, e);
  if (st == PINTLE_OK) st = item_commit(item, NULL);
  host_result_free(&result);
  host_instance_destroy(&instance);
  return st;
}

static pintle_status answer(host_module *m, host_call *call, item_doc *line, item_doc *item, str text, error *e) {
  CLEANUP(buf_free) buf config = {0};
  CLEANUP(buf_free) buf out = {0};
  pintle_status st = item_parse(line, text, 0, NULL, e);
  if (st == PINTLE_OK) st = item_print(line, item_at(line, "/item"), 0, &out);
  if (st == PINTLE_OK) st = item_parse(item, buf_str(&out), ITEM_KUBERNETES, NULL, e);
  if (st != PINTLE_OK) return st;
  errors = 0;
  if (compile(line, &config, e) != PINTLE_OK) {
    fprintf(stderr, "%s: %s\n", e->place, e->message);
    puts("refused");
    return PINTLE_OK;
  }
  st = apply(m, call, buf_str(&config), line, item, e);
  if (st == PINTLE_INVALID) return puts("failed"), PINTLE_OK;
  if (st != PINTLE_OK) return st;
  buf_clear(&out);
  if (item_print(item, NULL, 0, &out) == PINTLE_OK) printf("{\"errors\":%zu,\"item\":%s}\n", errors, buf_z(&out));
  return PINTLE_OK;
}

int main(void) {
  const host_services services = {.finding = finding};
  item_doc *line = NULL, *item = NULL;
  host_module *m = NULL;
  host_call *call = NULL;
  char *text = NULL;
  size_t cap = 0;
  ssize_t n;
  error e = {0};
  pintle_status st = item_new(&line);
  if (st == PINTLE_OK) st = item_new(&item);
  if (st == PINTLE_OK) st = host_module_adopt(&builtin_plugin, "pintle", &m, &e);
  if (st == PINTLE_OK) st = host_call_new(&services, &call);
  while (st == PINTLE_OK && (n = getline(&text, &cap, stdin)) > 0) {
    error_clear(&e);
    st = answer(m, call, line, item, (str){text, (size_t)n - (text[n - 1] == '\n')}, &e);
  }
  if (st != PINTLE_OK) fprintf(stderr, "%s\n", e.message);
  free(text);
  host_call_free(call);
  host_module_close(m);
  item_free(line);
  item_free(item);
  return st == PINTLE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
