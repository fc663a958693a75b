/* builtin_run.h -- one of pintle's own actions put to one item, without a chain.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_TESTS_BUILTIN_RUN_H
#define PINTLE_TESTS_BUILTIN_RUN_H
#include "builtin/builtin.h"
#include "host/module.h"
#include "kube/labels.h"
#include <stdlib.h>

typedef struct builtin_case {
  uint32_t kind; /* CONF_* */
  const char *action;
  str run, item, stored, objects; /* JSON; objects: what pintle.items/1 has, an array. {NULL,0}: not there */
} builtin_case;

/* ---- pintle.items/1 */
typedef struct builtin_items {
  pintle_objects base;
  item_doc *all;
  unsigned lists; /* calls so far */
  bool broken;    /* they fail */
} builtin_items;
static builtin_items builtin_the_items;

static inline const char *builtin_kind_of(const char *resource) {
  static const char *const names[][2] = {{"pods", "Pod"},
                                         {"persistentvolumeclaims", "PersistentVolumeClaim"},
                                         {"serviceaccounts", "ServiceAccount"},
                                         {"clusterrolebindings", "ClusterRoleBinding"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i][0], resource) == 0) return names[i][1];
  return "";
}

static inline pintle_status builtin_items_list(pintle_call *call, const pintle_id *what, const char *labels, const char *fields,
                                               pintle_status (*each)(void *, const pintle_doc *), void *ctx) {
  (void)fields;
  kube_selector *selector = NULL;
  arena a = {0};
  item_doc *one = NULL;
  error e;
  pintle_status st = item_new(&one);
  builtin_the_items.lists++;
  if (st == PINTLE_OK && builtin_the_items.broken) st = pintle_fail(call, PINTLE_TRANSIENT, "no answer");
  if (st == PINTLE_OK && labels && kube_selector_parse(str_of(labels), &selector, &e) != PINTLE_OK)
    st = pintle_fail(call, PINTLE_INVALID, "%s", e.message);
  for (const item_node *v = item_first(item_root(builtin_the_items.all)); v && st == PINTLE_OK; v = item_next(v)) {
    buf text = {0};
    kube_labels l;
    if (item_print(builtin_the_items.all, v, 0, &text) != PINTLE_OK || item_parse(one, buf_str(&text), 0, NULL, &e) != PINTLE_OK) abort();
    buf_free(&text);
    pintle_doc *d = item_handle(one);
    if (strcmp(pintle_str_or(d, "/kind", ""), builtin_kind_of(what->resource)) != 0) continue;
    if (what->ns[0] && strcmp(pintle_str_or(d, "/metadata/namespace", ""), what->ns) != 0) continue;
    if (what->name[0] && strcmp(pintle_str_or(d, "/metadata/name", ""), what->name) != 0) continue;
    if (kube_labels_of(one, &a, &l) != PINTLE_OK) abort();
    if (kube_selector_matches(selector, l)) st = each(ctx, d);
  }
  kube_selector_free(selector);
  item_free(one);
  arena_free(&a);
  return st;
}

static inline pintle_status builtin_items_found(void *ctx, const pintle_doc *d) {
  (void)d;
  *(bool *)ctx = true;
  return PINTLE_OK;
}
static inline pintle_status builtin_items_get(pintle_call *call, const pintle_id *id, const pintle_doc **out) {
  bool found = false;
  *out = NULL; /* nobody looks at it so far */
  pintle_status st = builtin_items_list(call, id, NULL, NULL, builtin_items_found, &found);
  return st != PINTLE_OK ? st : found ? PINTLE_OK : pintle_fail(call, PINTLE_NOT_FOUND, "%s %s is not there", id->resource, id->name);
}
static inline const void *builtin_items_extension(void *ctx, const char *id) {
  (void)ctx;
  if (!builtin_the_items.all || strcmp(id, PINTLE_EXT_ITEMS) != 0) return NULL;
  builtin_the_items.base.struct_size = (uint32_t)sizeof builtin_the_items.base;
  builtin_the_items.base.list = builtin_items_list;
  builtin_the_items.base.get = builtin_items_get;
  return &builtin_the_items.base;
}

/* ---- the call */
static inline item_doc *builtin_document(str json) {
  item_doc *d = NULL;
  error e;
  if (item_new(&d) != PINTLE_OK) abort();
  if (item_parse(d, json, 0, NULL, &e) != PINTLE_OK) {
    fprintf(stderr, "%s: %.*s\n", e.message, (int)json.len, json.ptr);
    abort();
  }
  return d;
}

/* What the action makes of the item, as {"item":..., "related":["pods a/b",...], "skip":"why"} or {"error":"...","at":"..."}, appended. */
static inline pintle_status builtin_run(const builtin_case *k, buf *out) {
  const host_services services = {.extension = builtin_items_extension};
  item_doc *run = builtin_document(k->run.ptr ? k->run : STR("{}")), *item = builtin_document(k->item),
           *stored = k->stored.ptr ? builtin_document(k->stored) : NULL;
  builtin_the_items = (builtin_items){.all = k->objects.ptr ? builtin_document(k->objects) : NULL};
  host_module *m = NULL;
  host_call *call = NULL;
  host_instance i = {0};
  host_result r = {0};
  error e = {0};
  pintle_id id = {"", "", "", item_str(item, "/metadata/namespace", "").ptr, item_str(item, "/metadata/name", "").ptr};
  HOST_PADDED(pintle_input)
  in = {.v = {.struct_size = sizeof(pintle_input),
              .id = &id,
              .run = item_handle(run),
              .item_from_backup = stored ? item_handle(stored) : NULL}};
  pintle_status st = host_module_adopt(&builtin_plugin, "pintle", &m, &e);
  if (st == PINTLE_OK) st = host_call_new(&services, &call);
  if (st == PINTLE_OK) st = host_instance_create(m, k->kind, k->action, STR("{}"), call, 0, &i, &e);
  if (st == PINTLE_OK) {
    pintle_doc *d = item_handle(item);
    pintle_call *h = host_call_handle(call);
    host_call_begin(call, NULL, 0);
    host_result_begin(&r, call, HOST_RESULT_ITEMS | HOST_RESULT_SKIP | HOST_RESULT_NOTE, false);
    item_begin(item);
    st = k->kind == CONF_BACKUP_ITEM_ACTION    ? i.tables->ops.backup->execute(i.self, h, d, &in.v, &r.base)
         : k->kind == CONF_RESTORE_ITEM_ACTION ? i.tables->ops.restore->execute(i.self, h, d, &in.v, &r.base)
                                               : i.tables->ops.block->get_related_items(i.self, h, d, &in.v, &r.base);
    st = host_call_end(call, st, &e);
    if (st == PINTLE_OK) st = item_commit(item, NULL);
  }
  if (st != PINTLE_OK) {
    buf_addz(out, "{\"error\":");
    buf_json(out, str_of(e.message));
    buf_addz(out, ",\"at\":");
    buf_json(out, str_of(e.place));
  } else {
    buf_addz(out, "{\"item\":");
    item_print(item, NULL, 0, out);
    buf_addz(out, ",\"related\":[");
    for (size_t n = 0; n < r.n_items; n++) {
      buf text = {0};
      const pintle_id *x = &r.items[n].id;
      buf_printf(&text, "%s%s%s %s%s%s", x->resource, x->group[0] ? "." : "", x->group, x->ns, x->ns[0] ? "/" : "", x->name);
      buf_addz(out, n ? "," : "");
      buf_json(out, buf_str(&text));
      buf_free(&text);
    }
    buf_addc(out, ']');
    if (r.skip) buf_addz(out, ",\"skip\":"), buf_json(out, str_of(r.skip));
  }
  buf_addc(out, '}');
  host_result_free(&r);
  if (i.created) host_instance_destroy(&i);
  host_module_close(m);
  host_call_free(call);
  item_free(builtin_the_items.all);
  item_free(run);
  item_free(item);
  item_free(stored);
  return st;
}
#endif
