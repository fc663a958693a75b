/* debug_chain.c -- the chain of a bundle: actions, where their configuration comes from, and of that only what is no secret.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cli/debug.h"

#define HIDDEN "\"***\""

static bool speaks_of_secrets(str key) {
  static const char *const words[] = {"pass", "secret", "token", "cred", "apikey", "api-key", "private", "auth"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    for (size_t at = 0, n = strlen(words[i]); at + n <= key.len; at++)
      if (strncasecmp(key.ptr + at, words[i], n) == 0) return true;
  return false;
}

/* NULL: the action does not declare it (its configuration is open), so nobody says that it is none. */
static const pintle_option *declared(const host_action *a, str key) {
  for (const pintle_option *const *o = a ? a->options : NULL; o && *o; o++)
    if (str_is(key, (*o)->name)) return *o;
  return NULL;
}

/* {fromEnv: NAME} and {fromFile: PATH} are told as they stand in the chain file, never what they were replaced by. */
static const item_node *reference(const chain_entry *entry, str key) {
  for (size_t i = entry->n_layers; i-- > 0;) {
    const item_node *n = item_member(entry->layers[i].object, key);
    if (!n) continue;
    return item_member(n, STR("fromEnv")) || item_member(n, STR("fromFile")) ? n : NULL;
  }
  return NULL;
}

static void value(const item_doc *d, const item_node *n, buf *out) {
  bool object = item_type(n) == PINTLE_T_OBJECT, array = item_type(n) == PINTLE_T_ARRAY;
  if (!object && !array) {
    if (item_print(d, n, 0, out) != PINTLE_OK) out->failed = true;
    return;
  }
  buf_addc(out, object ? '{' : '[');
  for (const item_node *m = item_first(n); m; m = item_next(m)) {
    if (m != item_first(n)) buf_addc(out, ',');
    if (object) buf_json(out, item_key(m)), buf_addc(out, ':');
    if (object && speaks_of_secrets(item_key(m))) buf_addz(out, HIDDEN);
    else value(d, m, out);
  }
  buf_addc(out, object ? '}' : ']');
}

static pintle_status config(const chain_entry *entry, const host_action *a, buf *out, error *e) {
  CLEANUP(item_freep) item_doc *d = NULL;
  pintle_status st = item_new(&d) == PINTLE_OK ? item_parse(d, entry->config.len ? entry->config : STR("{}"), 0, NULL, e) : error_nomem(e);
  if (st != PINTLE_OK) return st;
  buf_addc(out, '{');
  for (const item_node *o = item_first(item_root(d)); o; o = item_next(o)) {
    const pintle_option *option = declared(a, item_key(o));
    const item_node *from = reference(entry, item_key(o));
    bool own = entry->plugin == CHAIN_BUILT_IN;
    if (o != item_first(item_root(d))) buf_addc(out, ',');
    buf_json(out, item_key(o));
    buf_addc(out, ':');
    if ((!option && !own) || (option && option->flags & PINTLE_SECRET) || speaks_of_secrets(item_key(o))) buf_addz(out, HIDDEN);
    else if (from) {
      const item_node *name = item_first(from);
      buf_addc(out, '{'), buf_json(out, item_key(name)), buf_addc(out, ':');
      buf_json(out, item_string(name).ptr ? item_string(name) : STR("")), buf_addc(out, '}');
    } else value(d, o, out);
  }
  buf_addc(out, '}');
  return PINTLE_OK;
}

pintle_status cli_debug_chain(run_context *run, uint32_t kind, buf *out, error *e) {
  const host_registry *registry = NULL;
  chain_plan plan = {0};
  char text[32];
  pintle_status st = run_plugins(run, &registry, e);
  if (st == PINTLE_OK) st = run_plan(run, kind, NULL, &plan, e);
  if (st != PINTLE_OK) return st;
  buf_printf(out, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"Chain\",\"actionKind\":\"%s\",\"actions\":[\n", conf_kind_names[kind]);
  for (size_t i = 0; i < plan.n && st == PINTLE_OK; i++) {
    const chain_entry *n = &plan.entries[i];
    const host_action *a = n->plugin == CHAIN_BUILT_IN ? NULL : host_find(registry, kind, n->name, NULL);
    buf_addz(out, i ? ",\n{\"action\":" : "{\"action\":");
    buf_json(out, str_of(n->name));
    buf_addz(out, ",\"plugin\":");
    buf_json(out, str_of(n->plugin == CHAIN_BUILT_IN ? "pintle" : plan.plugins[n->plugin].file));
    buf_addz(out, ",\"why\":");
    buf_json(out, str_of(n->why ? n->why : ""));
    buf_printf(out, ",\"onError\":%d,\"timeout\":\"%s\",\"config\":", (int)n->on_error, clock_duration_text(n->timeout, text));
    st = config(n, a, out, e);
    buf_addc(out, '}');
  }
  buf_addz(out, "\n]}\n");
  chain_plan_free(&plan);
  return st == PINTLE_OK && out->failed ? error_nomem(e) : st;
}
