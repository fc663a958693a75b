/* objects.c -- pintle.items/1 and pintle.cluster/1 over a list of JSON objects.  SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include <stdlib.h>

/* ---- ids */
const char *fake_plural(str kind, char *out, size_t size) {
  size_t n = kind.len < size - 4 ? kind.len : size - 4;
  for (size_t i = 0; i < n; i++) out[i] = (char)(kind.ptr[i] >= 'A' && kind.ptr[i] <= 'Z' ? kind.ptr[i] + 32 : kind.ptr[i]);
  out[n] = 0;
  if (strcmp(out, "endpoints") == 0) return out;
  char last = n ? out[n - 1] : 0, before = n > 1 ? out[n - 2] : 0;
  if (last == 'y' && !strchr("aeiou", before)) strcpy(out + n - 1, "ies");
  else strcpy(out + n, last == 's' || last == 'x' || (last == 'h' && (before == 'c' || before == 's')) ? "es" : "s");
  return out;
}

static char *copy(fake_call *c, str s) {
  char *p = fake_zalloc(c, s.len + 1);
  if (p && s.len) memcpy(p, s.ptr, s.len);
  return p;
}

pintle_id *fake_id(fake_call *c, const item_doc *d) {
  char plural[300];
  str api = item_str(d, "/apiVersion", "v1"), group = {"", 0}, version = api;
  const char *slash = memchr(api.ptr, '/', api.len);
  if (slash) group = (str){api.ptr, (size_t)(slash - api.ptr)}, version = (str){slash + 1, api.len - group.len - 1};
  pintle_id *id = fake_zalloc(c, sizeof *id);
  if (!id) return NULL;
  id->group = copy(c, group), id->version = copy(c, version);
  id->resource = copy(c, str_of(fake_plural(item_str(d, "/kind", ""), plural, sizeof plural)));
  id->ns = copy(c, item_str(d, "/metadata/namespace", "")), id->name = copy(c, item_str(d, "/metadata/name", ""));
  return id->group && id->version && id->resource && id->ns && id->name ? id : NULL;
}

/* ---- the list */
static void object_free(fake_object *f) {
  item_free(f->doc);
  free(f);
}

/* The new last object; NULL: no memory, or no object. */
static fake_object *object_add(fake_objects *o, str json) {
  fake_object **at = &o->first, *f = calloc(1, sizeof *f);
  if (!f) return NULL;
  if (item_new(&f->doc) != PINTLE_OK || item_parse(f->doc, json, ITEM_KUBERNETES, NULL, NULL) != PINTLE_OK) return object_free(f), NULL;
  while (*at) at = &(*at)->next;
  return *at = f;
}

bool fake_objects_read(fake_objects *o, const char *json) {
  item_doc *list = NULL;
  buf one = {0};
  if (!json) return true;
  o->there = true;
  bool ok = item_new(&list) == PINTLE_OK && item_parse(list, str_of(json), 0, NULL, NULL) == PINTLE_OK &&
            item_type(item_root(list)) == PINTLE_T_ARRAY;
  for (const item_node *v = ok ? item_first(item_root(list)) : NULL; v && ok; v = item_next(v)) {
    buf_clear(&one);
    ok = item_print(list, v, 0, &one) == PINTLE_OK && object_add(o, buf_str(&one)) != NULL;
  }
  buf_free(&one);
  item_free(list);
  return ok;
}

void fake_objects_free(fake_objects *o) {
  for (fake_object *f = o->first, *next; f; f = next) next = f->next, object_free(f);
  o->first = NULL;
}

/* ---- matching */
static bool same(const char *wanted, str is) { return !wanted || !*wanted || str_is(is, wanted); }

static bool is_kind(const item_doc *d, const pintle_id *id) {
  char plural[300];
  str api = item_str(d, "/apiVersion", "v1");
  const char *slash = memchr(api.ptr, '/', api.len), *group = id->group ? id->group : "";
  str is = slash ? (str){api.ptr, (size_t)(slash - api.ptr)} : (str){"", 0};
  return str_is(is, group) && strcmp(fake_plural(item_str(d, "/kind", ""), plural, sizeof plural), id->resource ? id->resource : "") == 0;
}

static fake_object **find(fake_objects *o, const pintle_id *id) {
  fake_object **at = &o->first;
  for (; *at; at = &(*at)->next)
    if (is_kind((*at)->doc, id) && str_is(item_str((*at)->doc, "/metadata/namespace", ""), id->ns ? id->ns : "") &&
        str_is(item_str((*at)->doc, "/metadata/name", ""), id->name ? id->name : ""))
      return at;
  return NULL;
}

/* "a=b,c!=d,e,!f" over the labels, or over dotted fields. */
static bool term(const item_doc *d, char *t, bool labels) {
  char pointer[700];
  bool negative = *t == '!';
  char *value = strchr(t + negative, '='), *key = t + negative;
  if (value) {
    *value = 0;
    if (value > key && value[-1] == '!') value[-1] = 0, negative = true;
    value += 1 + (value[1] == '=');
  }
  if (labels) pintle_key(pointer, sizeof pointer, "/metadata/labels", key);
  else {
    if (snprintf(pointer, sizeof pointer, "/%s", key) >= (int)sizeof pointer) return false;
    for (char *p = pointer; *p; p++)
      if (*p == '.') *p = '/';
  }
  const item_node *v = item_at(d, pointer);
  return (value ? v && str_is(item_string(v), value) : v != NULL) != negative;
}

static bool matches(const item_doc *d, const char *selector, bool labels) {
  char *text = strdup(selector ? selector : ""), *save = NULL;
  bool ok = text != NULL;
  for (char *t = ok ? strtok_r(text, ", ", &save) : NULL; t && ok; t = strtok_r(NULL, ", ", &save)) ok = term(d, t, labels);
  free(text);
  return ok;
}

/* ---- the functions */
static fake_call *of(pintle_call *c) { return (fake_call *)(void *)c; }

/* A copy that belongs to the call. */
static pintle_status lend(fake_call *c, const item_doc *d, const pintle_doc **out) {
  buf text = {0};
  pintle_status st = item_print(d, NULL, 0, &text);
  item_doc *lent = st == PINTLE_OK ? fake_doc(c, "object", buf_z(&text), 0, true) : NULL;
  buf_free(&text);
  if (!lent) return PINTLE_NOMEM;
  if (out) *out = item_handle(lent);
  return PINTLE_OK;
}

static pintle_status absent(fake_call *c, const pintle_id *id) {
  return fake_error(c, PINTLE_NOT_FOUND, "%s \"%s\" not found", id->resource ? id->resource : "", id->name ? id->name : "");
}

static pintle_status get(fake_call *c, fake_objects *o, const pintle_id *id, const pintle_doc **out) {
  pintle_status st = fake_interrupted(c);
  if (st != PINTLE_OK) return st;
  fake_object **at = find(o, id);
  return at ? lend(c, (*at)->doc, out) : absent(c, id);
}

static pintle_status list(fake_call *c, fake_objects *o, const pintle_id *what, const char *labels, const char *fields,
                          pintle_status (*each)(void *, const pintle_doc *), void *ctx) {
  pintle_status st = fake_interrupted(c);
  if ((labels && strpbrk(labels, "()")) || (fields && strpbrk(fields, "()")))
    return fake_error(c, PINTLE_UNSUPPORTED, "the fake host knows no set-based selectors");
  for (const fake_object *f = o->first; f && st == PINTLE_OK; f = f->next) {
    const pintle_doc *lent;
    if (!is_kind(f->doc, what) || !same(what->ns, item_str(f->doc, "/metadata/namespace", "")) ||
        !same(what->name, item_str(f->doc, "/metadata/name", "")) || !matches(f->doc, labels, true) || !matches(f->doc, fields, false))
      continue;
    st = lend(c, f->doc, &lent);
    if (st == PINTLE_OK) st = each(ctx, lent);
  }
  return st;
}

static pintle_status may_write(fake_call *c) {
  if (c->dry_run) return fake_error(c, PINTLE_DENIED, "not in a dry run");
  return fake_interrupted(c);
}

/* Puts the text behind *at, or at the end when at is NULL. */
static pintle_status store(fake_call *c, fake_objects *o, fake_object **at, const char *json, const pintle_doc **out) {
  char version[32];
  fake_object *f = at ? *at : object_add(o, str_of(json));
  if (!f || (at && item_parse(f->doc, str_of(json), ITEM_KUBERNETES, NULL, NULL) != PINTLE_OK))
    return fake_error(c, PINTLE_INVALID, "not an object");
  if (snprintf(version, sizeof version, "%u", ++o->changes) < 0) return PINTLE_NOMEM;
  pintle_status st = item_set(f->doc, "/metadata/resourceVersion", str_of(version));
  if (st == PINTLE_OK && str_is(item_str(f->doc, "/metadata/name", ""), "")) {
    char name[300];
    if (snprintf(name, sizeof name, "%s%05u", item_str(f->doc, "/metadata/generateName", "").ptr, o->changes) < 0) return PINTLE_NOMEM;
    st = item_set(f->doc, "/metadata/name", str_of(name));
  }
  return st == PINTLE_OK ? lend(c, f->doc, out) : st;
}

static pintle_status create(fake_call *c, fake_objects *o, const pintle_id *what, const pintle_doc *d, const pintle_doc **out) {
  pintle_status st = may_write(c);
  pintle_str json;
  if (st != PINTLE_OK) return st;
  if (!*pintle_str_or(d, "/metadata/name", "") && !*pintle_str_or(d, "/metadata/generateName", ""))
    return fake_error(c, PINTLE_INVALID, "neither name nor generateName");
  pintle_id id = *what;
  id.name = pintle_str_or(d, "/metadata/name", "");
  if (!id.ns || !*id.ns) id.ns = pintle_str_or(d, "/metadata/namespace", "");
  if (*id.name && find(o, &id)) return fake_error(c, PINTLE_EXISTS, "%s \"%s\" already exists", id.resource, id.name);
  return (st = d->api->raw(d, "", &json)) == PINTLE_OK ? store(c, o, NULL, json.ptr, out) : st;
}

static pintle_status update(fake_call *c, fake_objects *o, const pintle_id *id, const pintle_doc *d, const pintle_doc **out) {
  pintle_status st = may_write(c);
  pintle_str json;
  if (st != PINTLE_OK) return st;
  fake_object **at = find(o, id);
  if (!at) return absent(c, id);
  str is = item_str((*at)->doc, "/metadata/resourceVersion", "");
  const char *read = pintle_str_or(d, "/metadata/resourceVersion", "");
  if (*read && !str_is(is, read)) return fake_error(c, PINTLE_CONFLICT, "the object has been modified");
  return (st = d->api->raw(d, "", &json)) == PINTLE_OK ? store(c, o, at, json.ptr, out) : st;
}

static pintle_status patch(fake_call *c, fake_objects *o, const pintle_id *id, const char *type, const char *p, size_t n,
                           const pintle_doc **out) {
  pintle_status st = may_write(c);
  if (st != PINTLE_OK) return st;
  fake_object **at = find(o, id);
  if (!at) return absent(c, id);
  pintle_doc *d = item_handle((*at)->doc);
  if (strcmp(type, "application/merge-patch+json") == 0) st = d->api->merge(d, p, n);
  else if (strcmp(type, "application/json-patch+json") == 0) st = d->api->patch(d, p, n);
  else return fake_error(c, PINTLE_UNSUPPORTED, "the fake host knows no %s", type);
  pintle_str json;
  if (st == PINTLE_OK) st = d->api->raw(d, "", &json);
  if (st != PINTLE_OK) return fake_error(c, st, "the patch does not apply");
  char *text = copy(c, json);
  return text ? store(c, o, at, text, out) : PINTLE_NOMEM;
}

static pintle_status drop(fake_call *c, fake_objects *o, const pintle_id *id) {
  pintle_status st = may_write(c);
  if (st != PINTLE_OK) return st;
  fake_object **at = find(o, id), *gone;
  if (!at) return absent(c, id);
  gone = *at, *at = gone->next;
  object_free(gone);
  return PINTLE_OK;
}

static pintle_status find_kind(fake_call *c, fake_objects *o, const char *api_version, const char *kind, pintle_str *resource,
                               int32_t *namespaced) {
  char plural[300];
  for (const fake_object *f = o->first; f; f = f->next)
    if (str_is(item_str(f->doc, "/apiVersion", ""), api_version) && str_is(item_str(f->doc, "/kind", ""), kind)) {
      const char *name = copy(c, str_of(fake_plural(str_of(kind), plural, sizeof plural)));
      if (!name) return PINTLE_NOMEM;
      *resource = str_of(name), *namespaced = item_at(f->doc, "/metadata/namespace") != NULL;
      return PINTLE_OK;
    }
  return fake_error(c, PINTLE_NOT_FOUND, "%s %s is not served", api_version, kind);
}

/* The two tables: the same functions over the one list or the other. */
#define TABLE(which)                                                                                                                 \
  static pintle_status which##_get(pintle_call *c, const pintle_id *id, const pintle_doc **d) {                                      \
    return get(of(c), &of(c)->host->which, id, d);                                                                                   \
  }                                                                                                                                  \
  static pintle_status which##_list(pintle_call *c, const pintle_id *what, const char *labels, const char *fields,                   \
                                    pintle_status (*each)(void *, const pintle_doc *), void *ctx) {                                  \
    return list(of(c), &of(c)->host->which, what, labels, fields, each, ctx);                                                        \
  }                                                                                                                                  \
  static pintle_status which##_find_kind(pintle_call *c, const char *version, const char *kind, pintle_str *resource, int32_t *ns) { \
    return find_kind(of(c), &of(c)->host->which, version, kind, resource, ns);                                                       \
  }
TABLE(items)
TABLE(cluster)

static pintle_status cluster_create(pintle_call *c, const pintle_id *what, const pintle_doc *d, const pintle_doc **out) {
  return create(of(c), &of(c)->host->cluster, what, d, out);
}
static pintle_status cluster_update(pintle_call *c, const pintle_id *id, const pintle_doc *d, const pintle_doc **out) {
  return update(of(c), &of(c)->host->cluster, id, d, out);
}
static pintle_status cluster_patch(pintle_call *c, const pintle_id *id, const char *type, const char *p, size_t n, const pintle_doc **out) {
  return patch(of(c), &of(c)->host->cluster, id, type, p, n, out);
}
static pintle_status cluster_remove(pintle_call *c, const pintle_id *id) { return drop(of(c), &of(c)->host->cluster, id); }

static pintle_status unsupported(pintle_call *c) {
  if (of(c)->dry_run) return fake_error(of(c), PINTLE_DENIED, "not in a dry run");
  return fake_error(of(c), PINTLE_UNSUPPORTED, "the items of a run's input stay as they are");
}
static pintle_status items_create(pintle_call *c, const pintle_id *what, const pintle_doc *d, const pintle_doc **out) {
  (void)what, (void)d, (void)out;
  return unsupported(c);
}
static pintle_status items_update(pintle_call *c, const pintle_id *id, const pintle_doc *d, const pintle_doc **out) {
  (void)id, (void)d, (void)out;
  return unsupported(c);
}
static pintle_status items_patch(pintle_call *c, const pintle_id *id, const char *type, const char *p, size_t n, const pintle_doc **out) {
  (void)id, (void)type, (void)p, (void)n, (void)out;
  return unsupported(c);
}
static pintle_status items_remove(pintle_call *c, const pintle_id *id) {
  (void)id;
  return unsupported(c);
}

const pintle_objects *fake_objects_table(bool cluster) {
  static const FAKE_PADDED(pintle_objects) of_items = {
      {sizeof(pintle_objects), 0, items_get, items_list, items_create, items_update, items_patch, items_remove, items_find_kind}, {0}};
  static const FAKE_PADDED(pintle_objects) of_cluster = {{sizeof(pintle_objects), 0, cluster_get, cluster_list, cluster_create,
                                                          cluster_update, cluster_patch, cluster_remove, cluster_find_kind},
                                                         {0}};
  return cluster ? &of_cluster.v : &of_items.v;
}
