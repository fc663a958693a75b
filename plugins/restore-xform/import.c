/* import.c -- Velero's change-storage-class and change-image-name ConfigMaps: found and read.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/restore/actions/change_storageclass_action.go, change_image_name_action.go, pkg/plugin/framework/common/plugin_config.go. */
#include "importing.h"
#include "xform.h"
#include <pintle/ext/items.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES "velero.io/change-storage-class"
#define IMAGES "velero.io/change-image-name"
#define KIND "RestoreItemAction"

static pintle_status no_memory(pintle_call *call) { return pintle_fail(call, PINTLE_NOMEM, "out of memory"); }

/* ---- where it is */
struct search {
  pintle_call *call;
  const char *name;
  struct import *to;
  pintle_status (*row)(struct search *, const char *at, const char *key, const char *value);
  char found[260]; /* the ConfigMap's name; "": none yet */
  const char *option; /* of one in the backup: where the configuration asks for it; NULL: it is part of the configuration */
  char map[600];      /* "ConfigMap namespace/name" */
};

static pintle_status add(struct search *s, const char *at, const char *from, const char *into) {
  struct import *to = s->to;
  struct import_row *all = realloc(to->all, (to->n + 1) * sizeof *all);
  if (!all) return no_memory(s->call);
  to->all = all;
  struct import_row *r = &all[to->n++];
  *r = (struct import_row){strdup(from), strdup(into), xform_print("%s: %s -> %s", s->name, from, into), strdup(at)};
  return r->from && r->to && r->label && r->at ? PINTLE_OK : no_memory(s->call);
}

static pintle_status rows(struct search *s, const pintle_doc *d, const char *map) {
  char data[300], at[800], meta[300];
  pintle_status st = PINTLE_OK;
  if (snprintf(data, sizeof data, "%s/data", map) < 0 || snprintf(meta, sizeof meta, "%s/metadata", map) < 0) return PINTLE_FAILED;
  const char *ns = pintle_str_or(d, pintle_key(at, sizeof at, meta, "namespace"), "");
  const char *name = pintle_str_or(d, pintle_key(at, sizeof at, meta, "name"), "");
  if (snprintf(s->map, sizeof s->map, "ConfigMap %.253s%s%.253s", ns, *ns ? "/" : "", name) < 0) return PINTLE_FAILED;
  const pintle_value *v = d->api->at(d, data);
  if (v && d->api->type(d, v) != PINTLE_T_OBJECT)
    return pintle_fail_at(s->call, PINTLE_INVALID, s->option ? s->option : data, "%s: data is no mapping", s->map);
  for (v = d->api->first(d, v); v && st == PINTLE_OK; v = d->api->next(d, v)) {
    pintle_str key, value;
    if (d->api->key(d, v, &key) != PINTLE_OK) continue;
    const char *place = s->option ? s->option : pintle_key(at, sizeof at, data, key.ptr);
    if (d->api->type(d, v) != PINTLE_T_STRING || d->api->text(d, v, &value) != PINTLE_OK || strlen(value.ptr) != value.len)
      return pintle_fail_at(s->call, PINTLE_INVALID, place, "%s: %.100s is not a text (numbers and booleans need quotes)", s->map, key.ptr);
    st = s->row(s, place, key.ptr, value.ptr);
  }
  return st;
}

/* Does Velero find it? NULL: yes. */
static const char *label_missing(const pintle_doc *d, const char *map, const char *name) {
  char at[400], labels[300];
  if (snprintf(labels, sizeof labels, "%s/metadata/labels", map) < 0) return name;
  if (!pintle_str_or(d, pintle_key(at, sizeof at, labels, "velero.io/plugin-config"), NULL)) return "velero.io/plugin-config: \"\"";
  return strcmp(pintle_str_or(d, pintle_key(at, sizeof at, labels, name), ""), KIND) == 0 ? NULL : name;
}

static pintle_status config_map(struct search *s, const pintle_doc *d, const char *map) {
  char at[300];
  if (snprintf(at, sizeof at, "%s/kind", map) < 0 || strcmp(pintle_str_or(d, at, ""), "ConfigMap") != 0)
    return pintle_fail_at(s->call, PINTLE_INVALID, map, "neither a ConfigMap as Velero has it, a List with it, nor \"backup\"");
  const char *missing = label_missing(d, map, s->name);
  if (missing)
    return pintle_fail_at(s->call, PINTLE_INVALID, map, "the ConfigMap lacks the label %s%s, so that Velero does not use it either",
                          missing, missing == s->name ? ": " KIND : "");
  return rows(s, d, map);
}

/* `kubectl get configmap -o yaml` makes a List of several: the one with the labels. */
static pintle_status list(struct search *s, const pintle_doc *d, const char *at) {
  char items[200], map[260], found[260] = "";
  if (snprintf(items, sizeof items, "%s/items", at) < 0) return PINTLE_FAILED;
  size_t i = 0;
  for (const pintle_value *v = d->api->first(d, d->api->at(d, items)); v; v = d->api->next(d, v), i++) {
    if (snprintf(map, sizeof map, "%s/%zu", items, i) < 0 || label_missing(d, map, s->name)) continue;
    if (*found) return pintle_fail_at(s->call, PINTLE_INVALID, map, "the second ConfigMap with the label %s: " KIND, s->name);
    strcpy(found, map);
  }
  if (*found) return config_map(s, d, found);
  return pintle_fail_at(s->call, PINTLE_INVALID, at, "no ConfigMap of the List has the labels velero.io/plugin-config and %s: " KIND,
                        s->name);
}

static pintle_status each(void *ctx, const pintle_doc *d) {
  struct search *s = ctx;
  const char *name = pintle_str_or(d, "/metadata/name", "");
  if (*s->found)
    return pintle_fail(s->call, PINTLE_INVALID, "two ConfigMaps of the backup have the label %s: " KIND ": %.200s and %.200s", s->name,
                       s->found, name);
  if (snprintf(s->found, sizeof s->found, "%s", name) < 0) return PINTLE_FAILED;
  return rows(s, d, "");
}

static pintle_status in_backup(struct search *s, const char *at) {
  const pintle_objects *items = (const pintle_objects *)s->call->host->extension(s->call->host, PINTLE_EXT_ITEMS);
  pintle_str ns = {"velero", 6};
  char labels[200];
  if (!items) return pintle_fail_at(s->call, PINTLE_INVALID, at, "the items of the backup cannot be seen here: name a file");
  if (s->call->host->property(s->call, "velero.namespace", &ns) != PINTLE_OK || !ns.len) ns = (pintle_str){"velero", 6};
  if (snprintf(labels, sizeof labels, "velero.io/plugin-config,%s=" KIND, s->name) < 0) return PINTLE_FAILED;
  const pintle_id id = {"", "v1", "configmaps", ns.ptr, ""};
  s->option = at;
  pintle_status st = items->list(s->call, &id, labels, NULL, each, s);
  if (st != PINTLE_OK || *s->found) return st;
  return pintle_fail_at(s->call, PINTLE_INVALID, at, "no ConfigMap of namespace %.100s in the backup has the labels %s", ns.ptr, labels);
}

static pintle_status find(struct search *s) {
  const pintle_doc *config = s->call->host->config(s->call);
  pintle_str mode, text;
  char at[100], kind[120];
  pintle_key(at, sizeof at, "", s->name);
  const pintle_value *v = config->api->at(config, at);
  if (!v) return PINTLE_OK;
  if (s->call->host->property(s->call, "host.mode", &mode) == PINTLE_OK && strcmp(mode.ptr, "velero") == 0) {
    pintle_log(s->call, PINTLE_LOG_INFO, "%s is left to Velero, whose own action has done it already", s->name);
    return PINTLE_OK;
  }
  if (config->api->type(config, v) == PINTLE_T_STRING && config->api->text(config, v, &text) == PINTLE_OK &&
      strcmp(text.ptr, "backup") == 0)
    return in_backup(s, at);
  if (snprintf(kind, sizeof kind, "%s/kind", at) < 0) return PINTLE_FAILED;
  const char *is = pintle_str_or(config, kind, "");
  return strcmp(is, "List") == 0 || strcmp(is, "ConfigMapList") == 0 ? list(s, config, at) : config_map(s, config, at);
}

/* ---- storage classes: old: new */
static pintle_status class_row(struct search *s, const char *at, const char *key, const char *value) {
  const char *why = xform_family_infos[XFORM_STORAGE_CLASSES].wrong(key, value);
  return why ? pintle_fail_at(s->call, PINTLE_INVALID, at, "%s: %.100s: %.100s: %s", s->map, key, value, why) : add(s, at, key, value);
}

pintle_status import_classes(pintle_call *call, struct import *to) {
  struct search s = {.call = call, .name = CLASSES, .to = to, .row = class_row};
  return find(&s);
}

/* ---- images: anything: "old,new" */
static char *trimmed(pintle_call *call, const char *from, size_t n) {
  while (n && strchr(" \t\r\n", *from)) from++, n--;
  while (n && strchr(" \t\r\n", from[n - 1])) n--;
  char *copy = call->host->alloc(call, n + 1);
  if (copy && n) memcpy(copy, from, n);
  return copy;
}

static pintle_status image_row(struct search *s, const char *at, const char *key, const char *value) {
  pintle_call *call = s->call;
  const char *comma = strchr(value, ',');
  char *from = comma ? trimmed(call, value, (size_t)(comma - value)) : NULL,
       *into = comma ? trimmed(call, comma + 1, strlen(comma + 1)) : NULL;
  if (comma && (!from || !into)) return no_memory(call);
  if (!comma || !*from || !*into) {
    pintle_log(call, PINTLE_LOG_WARN, IMAGES ": %.100s: \"%.200s\" is passed over: it is not \"old,new\"", key, value);
    return PINTLE_OK;
  }
  return add(s, at, from, into);
}

static int longest_first(const void *x, const void *y) {
  const struct import_row *a = x, *b = y;
  size_t n = strlen(a->from), m = strlen(b->from);
  return n != m ? (n < m) - (n > m) : strcmp(a->at, b->at);
}

/* Velero takes the first that it meets, in no order; and a second run would do it again. */
static void say_doubts(pintle_call *call, const struct import *i) {
  for (size_t k = 0; k < i->n; k++) {
    const struct import_row *r = &i->all[k];
    if (strstr(r->to, r->from) && strcmp(r->to, r->from) != 0)
      pintle_log(call, PINTLE_LOG_INFO, "%s: what it makes holds what it replaces: a second run would change it again", r->label);
    for (size_t m = 0; m < k; m++)
      if (strstr(i->all[m].from, r->from))
        pintle_log(call, PINTLE_LOG_INFO, "%s comes before %s: both fit some images, and Velero takes either", i->all[m].label, r->label);
  }
}

pintle_status import_images(pintle_call *call, struct import *to) {
  struct search s = {.call = call, .name = IMAGES, .to = to, .row = image_row};
  pintle_status st = find(&s);
  if (st != PINTLE_OK || !to->n) return st;
  qsort(to->all, to->n, sizeof *to->all, longest_first);
  say_doubts(call, to);
  return PINTLE_OK;
}

const struct import_row *import_image(const struct import *i, pintle_str image) {
  for (size_t k = 0; k < i->n; k++)
    if (memmem(image.ptr, image.len, i->all[k].from, strlen(i->all[k].from))) return &i->all[k];
  return NULL;
}

const char *import_image_to(pintle_call *call, const struct import_row *row, pintle_str image) {
  size_t n = strlen(row->from), m = strlen(row->to), times = 0;
  const char *end = image.ptr + image.len, *p = image.ptr, *next;
  for (const char *q = p; (q = memmem(q, (size_t)(end - q), row->from, n)); q += n) times++;
  char *made = call->host->alloc(call, image.len + times * m + 1), *to = made;
  if (!made) return NULL;
  for (; (next = memmem(p, (size_t)(end - p), row->from, n)); p = next + n) {
    memcpy(to, p, (size_t)(next - p));
    memcpy(to + (next - p), row->to, m);
    to += (size_t)(next - p) + m;
  }
  memcpy(to, p, (size_t)(end - p));
  return made;
}

void import_free(struct import *i) {
  for (size_t k = 0; k < i->n; k++) free(i->all[k].from), free(i->all[k].to), free(i->all[k].label), free(i->all[k].at);
  free(i->all);
  *i = (struct import){0};
}

/* ---- with the rules */
static bool mapped(const struct xform_map *map, size_t rule, const char *from) {
  for (size_t i = 0; i < map->n; i++)
    if (map->all[i].rule == rule && strcmp(map->all[i].from, from) == 0) return true;
  return false;
}

pintle_status xform_import(struct xform *x, pintle_call *call) {
  struct import classes = {0};
  const size_t top = x->n_rules - 1;
  pintle_status st = import_classes(call, &classes);
  for (size_t i = 0; i < classes.n && st == PINTLE_OK; i++) {
    const struct import_row *r = &classes.all[i];
    if (mapped(&x->maps[XFORM_STORAGE_CLASSES], top, r->from))
      pintle_log(call, PINTLE_LOG_INFO, "%s is passed over: storageClasses maps %s", r->label, r->from);
    else st = xform_map_add(x, call, XFORM_STORAGE_CLASSES, top, r->at, CLASSES, r->from, r->to);
  }
  import_free(&classes);
  if (st == PINTLE_OK) st = import_images(call, &x->images);
  for (size_t i = 0; i < x->images.n && st == PINTLE_OK; i++) call->host->count(call, x->images.all[i].label, 0);
  if (x->images.n) x->families |= XFORM_BIT(XFORM_IMAGES);
  return st;
}
