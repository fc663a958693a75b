/* descriptor.c -- reading a probe's answer; every field is checked, since a probe runs foreign code.  SPDX-License-Identifier: Apache-2.0
 *
 * The answer is put into tables as a plugin would have them, and these are adopted by the same code that adopts a plugin's. */
#include "host/adopt.h"

/* Where reading stands: the first fault ends it. */
typedef struct reader {
  arena *a;
  const char *fault; /* NULL: fine */
} reader;

static void broken(reader *r, const char *what) {
  if (!r->fault) r->fault = what;
}

static int64_t number(reader *r, const item_node *object, const char *key, int64_t least, int64_t most) {
  int64_t v = 0;
  const item_node *n = item_member(object, str_of(key));
  if (item_type(n) != PINTLE_T_NUMBER || item_int(n, &v) != PINTLE_OK || v < least || v > most)
    broken(r, host_text(r->a, "%s is wrong", key));
  return v;
}

/* fallback NULL: it may be absent, and is NULL then. Line breaks are for the caller to judge. */
static const char *text(reader *r, const item_node *object, const char *key, bool required, const char *fallback) {
  const item_node *n = item_member(object, str_of(key));
  str s = item_string(n);
  if (!n && !required) return fallback;
  if (!s.ptr || memchr(s.ptr, 0, s.len)) return broken(r, host_text(r->a, "%s is wrong", key)), "";
  const char *copy = arena_copy(r->a, s);
  return copy ? copy : (broken(r, host_no_memory), "");
}

/* A list of texts as plugins have it; NULL when absent. */
static const char *const *names(reader *r, const item_node *object, const char *key) {
  const item_node *list = item_member(object, str_of(key));
  if (!list) return NULL;
  size_t n = item_type(list) == PINTLE_T_ARRAY ? item_count(list) : HOST_LIST_MAX + 1;
  const char **to = n <= HOST_LIST_MAX ? arena_zalloc(r->a, (n + 1) * sizeof *to) : NULL;
  if (!to) return broken(r, host_text(r->a, "%s is wrong", key)), NULL;
  size_t i = 0;
  for (const item_node *x = item_first(list); x; x = item_next(x)) {
    str s = item_string(x);
    if (!s.ptr || memchr(s.ptr, 0, s.len) || !(to[i++] = arena_copy(r->a, s))) return broken(r, host_text(r->a, "%s is wrong", key)), NULL;
  }
  return to;
}

static const pintle_option *option(reader *r, const item_node *n) {
  pintle_option *o = arena_zalloc(r->a, sizeof *o);
  if (!o) return broken(r, host_no_memory), NULL;
  o->struct_size = (uint32_t)sizeof *o;
  o->flags = (uint32_t)number(r, n, "flags", 0, UINT32_MAX);
  o->type = (int32_t)number(r, n, "type", INT32_MIN, INT32_MAX);
  o->name = text(r, n, "name", true, NULL);
  o->fallback = text(r, n, "fallback", false, NULL);
  o->choices = text(r, n, "choices", false, NULL);
  o->help = text(r, n, "help", true, NULL);
  return o;
}

static const pintle_option *const *options(reader *r, const item_node *action) {
  const item_node *list = item_member(action, STR("options"));
  size_t n = item_type(list) == PINTLE_T_ARRAY ? item_count(list) : HOST_LIST_MAX + 1, i = 0;
  const pintle_option **to = n <= HOST_LIST_MAX ? arena_zalloc(r->a, (n + 1) * sizeof *to) : NULL;
  if (!to) return broken(r, "options are wrong"), NULL;
  for (const item_node *x = item_first(list); x && !r->fault; x = item_next(x)) to[i++] = option(r, x);
  return to;
}

static void selector(reader *r, const item_node *action, host_action *to) {
  const item_node *n = item_member(action, STR("selector"));
  pintle_selector from = {.struct_size = (uint32_t)sizeof from}, *copy = NULL;
  if (!n) return;
  if (item_type(n) != PINTLE_T_OBJECT) {
    broken(r, "selector is wrong");
    return;
  }
  from.included_resources = names(r, n, "includedResources");
  from.excluded_resources = names(r, n, "excludedResources");
  from.included_namespaces = names(r, n, "includedNamespaces");
  from.excluded_namespaces = names(r, n, "excludedNamespaces");
  from.labels = text(r, n, "labels", false, NULL);
  const char *fault = r->fault ? NULL : host_adopt_selector(r->a, &from, &copy);
  if (fault) broken(r, fault);
  to->selector = copy;
}

static void action(reader *r, const item_node *n, host_action *to) {
  pintle_action from = {.struct_size = (uint32_t)sizeof from}, got;
  to->kind = (uint32_t)number(r, n, "kind", CONF_ANY_KIND + 1, CONF_KINDS - 1);
  to->index = (uint32_t)number(r, n, "index", 0, HOST_LIST_MAX);
  to->has = (uint32_t)number(r, n, "has", 0, (HOST_HAS_PUT_IF_ABSENT << 1) - 1);
  from.flags = (uint32_t)number(r, n, "flags", 0, UINT32_MAX);
  from.thread_model = (int32_t)number(r, n, "threadModel", INT32_MIN, INT32_MAX);
  from.priority = (int32_t)number(r, n, "priority", INT32_MIN, INT32_MAX);
  from.timeout = number(r, n, "timeout", INT64_MIN, INT64_MAX);
  from.name = text(r, n, "name", true, NULL);
  from.summary = text(r, n, "summary", true, NULL);
  from.url = text(r, n, "url", true, NULL);
  from.options = options(r, n);
  const char *refused = text(r, n, "refused", false, NULL);
  selector(r, n, to);
  if (r->fault) return;
  const char *fault = host_adopt_action(r->a, &from, &got);
  if (fault && !refused) broken(r, fault);
  to->refused = refused ? host_clean_copy(r->a, refused, 1024) : NULL;
  to->flags = got.flags;
  to->thread_model = got.thread_model;
  to->priority = got.priority;
  to->timeout = got.timeout;
  to->name = got.name;
  to->summary = got.summary;
  to->url = got.url;
  to->options = got.options;
  if (refused && !to->refused) broken(r, host_no_memory);
}

static void actions(reader *r, const item_node *root, host_plugin *p) {
  const item_node *list = item_member(root, STR("actions"));
  size_t n = item_type(list) == PINTLE_T_ARRAY ? item_count(list) : SIZE_MAX, i = 0;
  host_action *to = n <= (CONF_KINDS - 1) * (size_t)HOST_LIST_MAX ? arena_zalloc(r->a, (n + 1) * sizeof *to) : NULL;
  if (!to) {
    broken(r, "actions are wrong");
    return;
  }
  for (const item_node *x = item_first(list); x && !r->fault; x = item_next(x)) action(r, x, &to[i++]);
  p->actions = to;
  p->n_actions = n;
}

static void top(reader *r, const item_node *root, host_plugin *p) {
  p->abi_major = (uint32_t)number(r, root, "abiMajor", PINTLE_ABI_MAJOR, PINTLE_ABI_MAJOR);
  p->abi_minor = (uint32_t)number(r, root, "abiMinor", 0, UINT32_MAX);
  p->min_host_minor = (uint32_t)number(r, root, "minHostMinor", 0, PINTLE_ABI_MINOR);
  p->name = text(r, root, "name", true, NULL);
  p->version = text(r, root, "version", true, NULL);
  const char *vendor = text(r, root, "vendor", true, NULL), *url = text(r, root, "url", true, NULL);
  const char *const *env = names(r, root, "env"), *const *extensions = names(r, root, "extensions");
  if (r->fault) return;
  if (host_fault(p->name, 253, 0) || host_fault(p->version, 253, 0)) broken(r, "name or version is wrong");
  p->vendor = host_clean_copy(r->a, vendor, 253);
  p->url = host_clean_copy(r->a, url, 1024);
  if (!p->vendor || !p->url) broken(r, host_no_memory);
  const char *fault = host_adopt_env(r->a, env, &p->env);
  if (!fault) fault = host_adopt_extensions(r->a, extensions, &p->extensions);
  if (fault) broken(r, fault);
}

pintle_status host_descriptor_parse(str json, arena *a, host_plugin *into, error *e) {
  reader r = {.a = a};
  host_plugin got = *into;
  CLEANUP(item_freep) item_doc *doc = NULL;
  pintle_status st = item_new(&doc);
  if (st != PINTLE_OK) return error_nomem(e);
  if ((st = item_parse(doc, json, ITEM_UNIQUE_KEYS, NULL, e)) != PINTLE_OK) return st;
  top(&r, item_root(doc), &got);
  if (!r.fault) actions(&r, item_root(doc), &got);
  if (r.fault == host_no_memory) return error_nomem(e);
  if (r.fault) return error_set(e, PINTLE_INVALID, "%s", r.fault);
  *into = got;
  return PINTLE_OK;
}

bool host_asks_for(const host_plugin *p, const char *extension) {
  for (const char *const *id = p->extensions; id && *id; id++)
    if (strcmp(*id, extension) == 0) return true;
  return false;
}
