/* config.c -- checking nested configuration: keys, types, names.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <stdlib.h>
#include <string.h>

/* Levenshtein distance, enough for telling a misspelling: names over 31 bytes are never near. */
static size_t distance(const char *a, const char *b) {
  size_t row[33], n = strlen(b);
  if (strlen(a) > 31 || n > 31) return 99;
  for (size_t j = 0; j <= n; j++) row[j] = j;
  for (size_t i = 0; a[i]; i++) {
    size_t corner = row[0]++;
    for (size_t j = 0; j < n; j++) {
      size_t cost = corner + ((a[i] | 32) != (b[j] | 32)), up = row[j + 1] + 1, left = row[j] + 1;
      corner = row[j + 1];
      row[j + 1] = cost < up ? cost : up;
      if (left < row[j + 1]) row[j + 1] = left;
    }
  }
  return row[n];
}

const char *xform_config_nearest(const char *name, const char *const *keys) {
  const char *best = NULL;
  size_t least = 99;
  for (; *keys; keys++) {
    size_t d = distance(name, *keys);
    if (d < least) least = d, best = *keys;
  }
  return least <= 2 || (best && least <= strlen(best) / 2) ? best : NULL;
}

pintle_status xform_config_keys(pintle_call *call, const char *at, const char *const *keys) {
  const pintle_doc *config = call->host->config(call);
  const pintle_value *v = config->api->first(config, config->api->at(config, at));
  for (; v; v = config->api->next(config, v)) {
    char pointer[512];
    pintle_str key;
    size_t i = 0;
    if (config->api->key(config, v, &key) != PINTLE_OK) return PINTLE_INVALID;
    while (keys[i] && strcmp(keys[i], key.ptr) != 0) i++;
    if (keys[i]) continue;
    const char *near = xform_config_nearest(key.ptr, keys);
    pintle_key(pointer, sizeof pointer, at, key.ptr);
    if (near) return pintle_fail_at(call, PINTLE_INVALID, pointer, "unknown key \"%.100s\"; did you mean \"%s\"?", key.ptr, near);
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "unknown key \"%.100s\"", key.ptr);
  }
  return PINTLE_OK;
}

pintle_status xform_config_misnamed(pintle_call *call, const char *at, const char *const (*names)[2]) {
  const pintle_doc *config = call->host->config(call);
  char pointer[512];
  for (; (*names)[0]; names++)
    if (config->api->at(config, pintle_key(pointer, sizeof pointer, at, (*names)[0])))
      return pintle_fail_at(call, PINTLE_INVALID, pointer, "unknown key \"%s\"; did you mean \"%s\"?", (*names)[0], (*names)[1]);
  return PINTLE_OK;
}

pintle_status xform_config_text(pintle_call *call, const char *at, const char *key, const char **out) {
  const pintle_doc *config = call->host->config(call);
  char pointer[512];
  pintle_str s = {"", 0};
  pintle_key(pointer, sizeof pointer, at, key);
  pintle_status st = pintle_get_str(config, pointer, &s);
  *out = NULL;
  if (st == PINTLE_NOT_FOUND && !config->api->at(config, pointer)) {
    const pintle_value *parent = config->api->at(config, at); /* absent, or null? */
    for (const pintle_value *v = config->api->first(config, parent); v; v = config->api->next(config, v)) {
      pintle_str is;
      if (config->api->key(config, v, &is) == PINTLE_OK && strcmp(is.ptr, key) == 0)
        return pintle_fail_at(call, PINTLE_INVALID, pointer, "\"%s\" has no value", key);
    }
    return PINTLE_OK;
  }
  if (st != PINTLE_OK) return pintle_fail_at(call, PINTLE_INVALID, pointer, "\"%s\" is not a text (numbers and booleans need quotes)", key);
  if (strlen(s.ptr) != s.len) return pintle_fail_at(call, PINTLE_INVALID, pointer, "\"%s\" holds a NUL character", key);
  *out = s.ptr;
  return PINTLE_OK;
}

pintle_status xform_config_list(pintle_call *call, const char *at, const char *key, struct xform_list *out) {
  const pintle_doc *config = call->host->config(call);
  char pointer[512], element[600];
  pintle_str s;
  size_t n = 0;
  pintle_key(pointer, sizeof pointer, at, key);
  const pintle_value *list = config->api->at(config, pointer), *v = config->api->first(config, list);
  bool one = config->api->type(config, list) == PINTLE_T_STRING;
  if (!list) return PINTLE_OK;
  if (!one && config->api->type(config, list) != PINTLE_T_ARRAY)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "%s is a list of texts", key);
  if (one) v = list;
  for (const pintle_value *e = v; e; e = one ? NULL : config->api->next(config, e)) n++;
  if (!n) return pintle_fail_at(call, PINTLE_INVALID, pointer, "an empty %s: no item is meant, and the rule can never match", key);
  if (!(out->all = calloc(n, sizeof *out->all))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (; v && out->n < n; v = one ? NULL : config->api->next(config, v)) {
    if (one) memcpy(element, pointer, sizeof pointer);
    else if (snprintf(element, sizeof element, "%s/%zu", pointer, out->n) < 0) element[0] = 0;
    if (config->api->type(config, v) != PINTLE_T_STRING || config->api->text(config, v, &s) != PINTLE_OK || !s.len ||
        strlen(s.ptr) != s.len)
      return pintle_fail_at(call, PINTLE_INVALID, element, "%s is a list of texts, and none is empty", key);
    out->all[out->n++] = s.ptr;
  }
  return PINTLE_OK;
}
