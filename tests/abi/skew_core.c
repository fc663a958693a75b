/* skew_core.c -- drives skew_plugin.c in the real host (core/host), one restore call.  SPDX-License-Identifier: Apache-2.0
 *
 * Usage: skew_core PLUGIN.so [--fewer]. Exit 0: loaded, all six kinds are there, created, called, and the edit is as expected. --fewer: the
 * host's table ends before its last function. Compiled with NEWER: against a header with one more member in each. */
#include "host/module.h"
#include <fcntl.h>
#include <stdio.h>

static int fail(const char *what, const char *why) {
  printf("  %s: %s\n", what, why);
  return 1;
}

static const host_table_set *restore_action(const host_module *m) {
  for (size_t i = 0; i < host_module_count(m); i++)
    if (host_module_get(m, i)->kind == CONF_RESTORE_ITEM_ACTION) return host_module_get(m, i);
  return NULL;
}

/* What the plugin's table ends before counts as 0 (R1.4): the members, and the list of a kind that the plugin cannot know. */
static int newer_is_empty(const host_module *m, const host_table_set *t) {
#ifdef NEWER
  if (host_module_plugin(m)->newer || t->action->newer || t->ops.restore->newer) return fail("adopt", "what the plugin has not is there");
#endif
  if (host_module_count(m) != 6) return fail("adopt", "not six actions");
  for (size_t i = 0; i < 6; i++)
    if (host_module_get(m, i)->refused) return fail("adopt", host_module_get(m, i)->refused);
  return t->ops.restore->execute ? 0 : fail("adopt", "no function");
}

/* A host with fewer fields: the last function of its table is behind the end. */
static HOST_PADDED(pintle_host) cut;
static void end_sooner(pintle_call *call) {
  memcpy(&cut, call->host, offsetof(pintle_host, extension));
  cut.v.struct_size = offsetof(pintle_host, extension);
  call->host = &cut.v;
}

static int call(host_call *c, const host_table_set *t, const host_instance *in, bool fewer) {
  static const char item[] = "{\"kind\":\"Pod\"}", run[] = "{\"kind\":\"Restore\"}";
  static const char wanted[] = "[{\"op\":\"add\",\"path\":\"/metadata\",\"value\":{\"labels\":{\"skew\":\"v\"}}}]";
  item_doc *d = NULL, *r = NULL;
  host_result result = {0};
  buf patch = {0};
  error e;
  error_clear(&e);
  if (item_new(&d) != PINTLE_OK || item_new(&r) != PINTLE_OK) return fail("documents", "no memory");
  if (item_parse(d, str_of(item), 0, NULL, &e) != PINTLE_OK || item_parse(r, str_of(run), 0, NULL, &e) != PINTLE_OK)
    return fail("parse", e.message);
  const pintle_id id = {"", "v1", "pods", "n", "p"};
  HOST_PADDED(pintle_input) input = {{sizeof(pintle_input), 0, &id, item_handle(r), item_handle(r)}, {0}};
  item_begin(d);
  host_call_begin(c, in->config, 0);
  const pintle_host *whole = host_call_handle(c)->host;
  if (fewer) end_sooner(host_call_handle(c));
  host_result_begin(&result, c, HOST_RESULT_ITEMS | HOST_RESULT_NOTE, false);
  pintle_status st = host_call_end(c, t->ops.restore->execute(in->self, host_call_handle(c), item_handle(d), &input.v, &result.base), &e);
  int bad = st != PINTLE_OK ? fail("execute", e.message) : 0;
  host_call_handle(c)->host = whole;
  if (!bad && item_commit(d, &patch) != PINTLE_OK) bad = fail("commit", "no memory");
  if (!bad && !str_is(buf_str(&patch), wanted)) bad = fail("patch", buf_z(&patch));
  if (!bad && (result.n_items != 1 || result.n_notes != 1)) bad = fail("results", "not one item and one note");
  buf_free(&patch);
  host_result_free(&result);
  item_free(d);
  item_free(r);
  return bad;
}

int main(int argc, char **argv) {
  const host_services services = {0};
  host_instance in = {0};
  host_module *m = NULL;
  host_call *c = NULL;
  error e;
  error_clear(&e);
  int fd = argc >= 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0 || host_call_new(&services, &c) != PINTLE_OK) return fail("open", "no plugin, or no memory");
  if (host_module_open(fd, "skew.so", &m, &e) != PINTLE_OK) return fail("load", e.message);
  const host_table_set *t = restore_action(m);
  if (!t || t->refused) return fail("adopt", t ? t->refused : "no restore action");
  if (host_instance_create(m, t->kind, t->action->name, STR("{\"text\":\"v\"}"), c, 0, &in, &e) != PINTLE_OK)
    return fail("create", e.message);
  int bad = newer_is_empty(m, t) || call(c, t, &in, argc > 2 && strcmp(argv[2], "--fewer") == 0);
  host_instance_destroy(&in);
  host_module_close(m);
  host_call_free(c);
  return bad;
}
