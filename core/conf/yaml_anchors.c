/* yaml_anchors.c -- see yaml_anchors.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml_anchors.h"
#include <stdlib.h>

uint64_t yaml_hash(uint64_t seed, const void *data, size_t n) {
  const unsigned char *p = data;
  uint64_t h = seed ^ n * 0x9e3779b97f4a7c15u, x;
  for (;; p += 8, n -= 8) {
    x = 0;
    memcpy(&x, p, n < 8 ? n : 8);
    h = (h ^ x) * 0xff51afd7ed558ccdu;
    h ^= h >> 32;
    if (n <= 8) return h * 0xc4ceb9fe1a85ec53u ^ h >> 29;
  }
}

void yaml_anchors_clear(yaml_anchors *a) {
  for (size_t i = 0; i < a->n; i++) {
    free(a->v[i].name);
    free(a->v[i].text);
  }
  a->n = a->bytes = 0;
  if (a->size) memset(a->table, 0, a->size * sizeof *a->table);
}

void yaml_anchors_free(yaml_anchors *a) {
  yaml_anchors_clear(a);
  free(a->v);
  free(a->table);
  *a = (yaml_anchors){0};
}

static uint32_t *slot(const yaml_anchors *a, uint32_t hash, const char *name) {
  for (size_t i = hash & (a->size - 1);; i = (i + 1) & (a->size - 1)) {
    uint32_t at = a->table[i];
    if (!at || (a->v[at - 1].hash == hash && strcmp(a->v[at - 1].name, name) == 0)) return a->table + i;
  }
}

const yaml_anchor *yaml_anchors_get(const yaml_anchors *a, uint64_t seed, const char *name) {
  if (!a->n) return NULL;
  uint32_t at = *slot(a, (uint32_t)yaml_hash(seed, name, strlen(name)), name);
  return at ? a->v + at - 1 : NULL;
}

static bool grow(yaml_anchors *a) {
  size_t cap = a->cap ? a->cap * 2 : 16;
  yaml_anchor *v = realloc(a->v, cap * sizeof *v);
  if (!v) return false;
  a->v = v;
  uint32_t *table = calloc(cap * 2, sizeof *table);
  if (!table) return false;
  free(a->table);
  a->table = table, a->cap = cap, a->size = cap * 2;
  for (size_t i = 0; i < a->n; i++) *slot(a, v[i].hash, v[i].name) = (uint32_t)i + 1;
  return true;
}

bool yaml_anchors_set(yaml_anchors *a, uint64_t seed, const char *name, str text) {
  uint32_t hash = (uint32_t)yaml_hash(seed, name, strlen(name));
  if (a->n == a->cap && !grow(a)) return false;
  char *copy = malloc(text.len + 1);
  if (!copy) return false;
  memcpy(copy, text.ptr, text.len);
  copy[text.len] = 0;
  uint32_t *at = slot(a, hash, name);
  if (*at) {
    yaml_anchor *old = a->v + *at - 1;
    a->bytes -= old->len;
    free(old->text);
    old->text = copy, old->len = text.len;
  } else {
    char *own = strdup(name);
    if (!own) return free(copy), false;
    a->v[a->n] = (yaml_anchor){own, copy, text.len, hash};
    *at = (uint32_t)++a->n;
  }
  a->bytes += text.len;
  return true;
}
