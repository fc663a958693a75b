/* yaml_keys.c -- see yaml_keys.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml_keys.h"
#include <stdlib.h>

#define FEW 24u /* up to here looking at each is faster than a table */

void yaml_keys_free(yaml_keys *k) {
  free(k->v);
  free(k->table);
  *k = (yaml_keys){0};
}

static bool same(const yaml_key *key, const char *out, str text, uint32_t hash) {
  return key->hash == hash && key->len == text.len && memcmp(out + key->at, text.ptr, text.len) == 0;
}

static uint32_t *slot(const yaml_keys *k, const char *out, str text, uint32_t hash) {
  for (uint32_t i = hash & (k->size - 1);; i = (i + 1) & (k->size - 1))
    if (!k->table[i] || same(k->v + k->table[i] - 1, out, text, hash)) return k->table + i;
}

yaml_key *yaml_keys_find(const yaml_keys *k, const char *out, str text, uint32_t hash) {
  yaml_key *key = NULL;
  if (k->size) {
    uint32_t at = *slot(k, out, text, hash);
    if (at) key = k->v + at - 1;
  } else
    for (uint32_t i = 0; i < k->n && !key; i++)
      if (!k->v[i].dead && same(k->v + i, out, text, hash)) key = k->v + i;
  return key && !key->dead ? key : NULL;
}

static void enter(yaml_keys *k, const char *out, uint32_t i) { *slot(k, out, (str){out + k->v[i].at, k->v[i].len}, k->v[i].hash) = i + 1; }

bool yaml_keys_add(yaml_keys *k, const char *out, yaml_key key) {
  if (k->n == k->cap) {
    uint32_t cap = k->cap ? k->cap * 2 : 8;
    yaml_key *v = cap < UINT32_MAX / 64 ? realloc(k->v, cap * sizeof *v) : NULL;
    if (!v) return false;
    k->v = v, k->cap = cap;
    if (cap > FEW) {
      uint32_t *table = calloc((size_t)cap * 2, sizeof *table);
      if (!table) return false;
      free(k->table);
      k->table = table, k->size = cap * 2;
      for (uint32_t i = 0; i < k->n; i++) enter(k, out, i);
    }
  }
  k->v[k->n++] = key;
  if (k->size) enter(k, out, k->n - 1);
  return true;
}
