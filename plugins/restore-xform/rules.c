/* rules.c -- mappings from one name to another.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <stdlib.h>
#include <string.h>

static int by_from(const void *a, const void *b) {
  return strcmp(((const struct xform_mapping *)a)->from, ((const struct xform_mapping *)b)->from);
}
static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

const struct xform_mapping *xform_map_find(const struct xform_map *map, const char *from) {
  const struct xform_mapping key = {.from = from};
  return map->n ? bsearch(&key, map->all, map->n, sizeof key, by_from) : NULL;
}

bool xform_map_is_target(const struct xform_map *map, const char *to) {
  return map->n && bsearch(&to, map->targets, map->n, sizeof to, by_text) != NULL;
}

void xform_map_free(struct xform_map *map) {
  for (size_t i = 0; i < map->n; i++) free(map->all[i].label);
  free(map->all);
  free(map->targets);
  *map = (struct xform_map){0};
}

/* One member of the option's object. */
static pintle_status pair(pintle_call *call, const char *option, const char *at, pintle_str from,
                          const char *(*wrong)(const char *, const char *), struct xform_map *map) {
  struct xform_mapping *m = &map->all[map->n];
  char pointer[512];
  const char *to, *why;
  pintle_status st = xform_config_text(call, at, from.ptr, &to);
  if (st != PINTLE_OK) return st;
  pintle_key(pointer, sizeof pointer, at, from.ptr);
  if (strlen(from.ptr) != from.len || !to) return pintle_fail_at(call, PINTLE_INVALID, pointer, "not a name");
  if ((why = wrong(from.ptr, to))) return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: %.100s: %s", from.ptr, to, why);
  if (!(m->label = xform_print("%s: %s -> %s", option, from.ptr, to))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  m->from = from.ptr, m->to = to;
  map->targets[map->n++] = to;
  call->host->count(call, m->label, 0); /* still 0 at the end: a warning */
  return PINTLE_OK;
}

static pintle_status unique(pintle_call *call, const char *at, const struct xform_map *map) {
  for (size_t i = 1; i < map->n; i++) {
    char pointer[512];
    if (strcmp(map->all[i - 1].from, map->all[i].from) != 0) continue;
    pintle_key(pointer, sizeof pointer, at, map->all[i].from);
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s is mapped twice", map->all[i].from);
  }
  return PINTLE_OK;
}

pintle_status xform_map_read(pintle_call *call, const char *option, const char *(*wrong)(const char *, const char *),
                             struct xform_map *map) {
  const pintle_doc *config = call->host->config(call);
  char at[64];
  size_t n = 0;
  pintle_status st = PINTLE_OK;
  pintle_key(at, sizeof at, "", option);
  const pintle_value *object = config->api->at(config, at), *v;
  if (!object) return PINTLE_OK;
  if (config->api->type(config, object) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, at, "%s is a mapping, {old: new}", option);
  for (v = config->api->first(config, object); v; v = config->api->next(config, v)) n++;
  if (n == 0) return PINTLE_OK;
  map->all = calloc(n, sizeof *map->all), map->targets = calloc(n, sizeof *map->targets);
  if (!map->all || !map->targets) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (v = config->api->first(config, object); v && st == PINTLE_OK; v = config->api->next(config, v)) {
    pintle_str from;
    st = config->api->key(config, v, &from);
    if (st == PINTLE_OK) st = pair(call, option, at, from, wrong, map);
  }
  if (st != PINTLE_OK) return st;
  qsort(map->all, map->n, sizeof *map->all, by_from);
  qsort(map->targets, map->n, sizeof *map->targets, by_text);
  return unique(call, at, map);
}
