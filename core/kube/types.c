/* types.c -- the registry of kinds, see types.h.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/types_index.h"
#include <stdlib.h>

static uint32_t hash_more(uint32_t h, str s) { /* FNV-1a */
  for (size_t i = 0; i < s.len; i++) h = (h ^ (unsigned char)s.ptr[i]) * 16777619u;
  return (h ^ 0xff) * 16777619u;
}
static uint32_t hash(str a, str b) { return hash_more(hash_more(2166136261u, a), b); }

static void put(uint32_t *slot, size_t mask, uint32_t h, uint32_t value) {
  size_t i = h & mask;
  while (slot[i]) i = (i + 1) & mask;
  slot[i] = value;
}

/* The live types with this hash, and others: the caller compares. */
static kube_known *probe(const kube_types *t, int index, uint32_t h, size_t *at) {
  for (; *at <= t->mask; ++*at) {
    uint32_t id = t->slot[index][(h + *at) & t->mask];
    if (id == 0) return NULL;
    kube_known *k = t->all[id - 1];
    if (k->hash[index] == h && k->live) return ++*at, k;
  }
  return NULL;
}

kube_known *kube_known_find(const kube_types *t, str group, str version, str kind) {
  size_t at = 0;
  uint32_t h = hash_more(hash(group, version), kind);
  kube_known *k;
  while ((k = probe(t, KUBE_BY_VERSION, h, &at)))
    if (str_is(kind, k->type.kind) && str_is(version, k->type.version) && str_is(group, k->type.group)) return k;
  return NULL;
}

kube_known *kube_known_next(const kube_types *t, int index, str group, str name, size_t *at) {
  uint32_t h = hash(group, name);
  kube_known *k;
  while ((k = probe(t, index, h, at)))
    if (str_is(name, index == KUBE_BY_KIND ? k->type.kind : k->type.resource) && str_is(group, k->type.group)) return k;
  return NULL;
}

static bool grow(kube_types *t) {
  size_t cap = t->cap ? t->cap * 2 : 512, slots = cap * 2;
  kube_known **all = realloc(t->all, cap * sizeof(kube_known *));
  if (!all) return false;
  t->all = all;
  uint32_t *fresh = calloc(slots * KUBE_INDEXES, sizeof *fresh);
  if (!fresh) return false;
  for (size_t i = 0; i < t->n; i++)
    for (size_t x = 0; x < KUBE_INDEXES; x++) put(fresh + x * slots, slots - 1, t->all[i]->hash[x], (uint32_t)i + 1);
  free(t->slot[0]); /* the three tables are one block */
  for (size_t x = 0; x < KUBE_INDEXES; x++) t->slot[x] = fresh + x * slots;
  t->cap = cap;
  t->mask = slots - 1;
  return true;
}

static bool copy_texts(arena *a, kube_type *k) {
  const char **texts[] = {&k->group, &k->version, &k->kind, &k->resource, &k->singular, &k->short_names};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!(*texts[i] = arena_dup(a, *texts[i]))) return false;
  return true;
}

pintle_status kube_known_add(kube_types *t, const kube_type *like, bool served, bool is_static, kube_known **out) {
  if (t->n > UINT16_MAX || (t->n == t->cap && !grow(t))) return PINTLE_NOMEM;
  kube_known *k = arena_zalloc(&t->a, sizeof *k);
  if (!k) return PINTLE_NOMEM;
  k->type = *like;
  if (!is_static && !copy_texts(&t->a, &k->type)) return PINTLE_NOMEM;
  str group = str_of(like->group), kind = str_of(like->kind);
  k->type.id = (uint16_t)t->n;
  k->live = true;
  k->served = served;
  k->hash[KUBE_BY_VERSION] = hash_more(hash(group, str_of(like->version)), kind);
  k->hash[KUBE_BY_KIND] = hash(group, kind);
  k->hash[KUBE_BY_RESOURCE] = hash(group, str_of(like->resource));
  t->all[t->n++] = k;
  for (size_t x = 0; x < KUBE_INDEXES; x++) put(t->slot[x], t->mask, k->hash[x], (uint32_t)t->n);
  if (out) *out = k;
  return PINTLE_OK;
}

static bool better(const kube_known *a, const kube_known *b) {
  if (a->served != b->served) return a->served;
  return kube_version_compare(str_of(a->type.version), str_of(b->type.version)) > 0;
}

void kube_known_prefer(kube_types *t, str group, str resource) {
  kube_known *best = NULL, *k;
  for (size_t at = 0; (k = kube_known_next(t, KUBE_BY_RESOURCE, group, resource, &at));) {
    if (k->type.origin == KUBE_BUILT_IN) {
      if (k->type.preferred) best = k;
      continue;
    }
    k->type.preferred = 0;
    if (!best || (best->type.origin != KUBE_BUILT_IN && better(k, best))) best = k;
  }
  if (best) best->type.preferred = 1;
}

pintle_status kube_types_new(kube_types **out) {
  kube_types *t = calloc(1, sizeof *t);
  pintle_status st = t ? PINTLE_OK : PINTLE_NOMEM;
  for (size_t i = 0; st == PINTLE_OK && i < kube_built_in_count; i++) st = kube_known_add(t, &kube_built_in[i], true, true, NULL);
  if (st) kube_types_free(t);
  else *out = t;
  return st;
}

void kube_types_free(kube_types *t) {
  if (!t) return;
  arena_free(&t->a);
  free(t->all);
  free(t->slot[0]);
  free(t);
}

static bool same(const kube_type *a, const kube_type *b) {
  return strcmp(a->resource, b->resource) == 0 && strcmp(a->singular, b->singular) == 0 && strcmp(a->short_names, b->short_names) == 0 &&
         a->namespaced == b->namespaced && a->origin == b->origin;
}

pintle_status kube_types_add(kube_types *t, const kube_type *like) {
  if (!like->group || !like->version || !like->kind || !like->resource || !like->singular || !like->short_names) return PINTLE_INVALID;
  str group = str_of(like->group), resource = str_of(like->resource);
  kube_known *old = kube_known_find(t, group, str_of(like->version), str_of(like->kind)), *k;
  /* a CRD tells more than a guess or an earlier CRD */
  if (old && (old->type.origin == KUBE_BUILT_IN || like->origin != KUBE_CRD || same(&old->type, like))) return PINTLE_EXISTS;
  pintle_status st = kube_known_add(t, like, true, false, &k);
  if (st) return st;
  if (old) old->live = false;
  for (size_t at = 0; like->origin == KUBE_CRD && (old = kube_known_next(t, KUBE_BY_KIND, group, str_of(like->kind), &at));)
    if (old->type.origin == KUBE_GUESSED) old->live = false;
  if (!like->preferred) return PINTLE_OK;
  for (size_t at = 0; (old = kube_known_next(t, KUBE_BY_RESOURCE, group, resource, &at));)
    if (old != k) old->type.preferred = 0;
  return PINTLE_OK;
}

/* Another version of a known kind, or a guess. */
static const kube_type *derive(kube_types *t, str group, str version, str kind, bool namespaced_guess) {
  char texts[4][KUBE_SUBDOMAIN_MAX + 3];
  const str of[3] = {group, version, kind};
  kube_type like = {texts[0], texts[1], texts[2], texts[3], "", "", namespaced_guess, KUBE_GUESSED, 0, 0, 0, 0};
  char singular[KUBE_LABEL_MAX + 1];
  kube_known *sibling = NULL, *k;
  for (size_t at = 0; (k = kube_known_next(t, KUBE_BY_KIND, group, kind, &at));)
    if (!sibling || k->type.origin < sibling->type.origin) sibling = k;
  for (size_t i = 0; i < 3; i++) {
    if (of[i].len) memcpy(texts[i], of[i].ptr, of[i].len);
    texts[i][of[i].len] = 0;
  }
  if (sibling) {
    like.resource = sibling->type.resource, like.singular = sibling->type.singular, like.short_names = sibling->type.short_names;
    like.namespaced = sibling->type.namespaced, like.origin = sibling->type.origin;
  } else {
    kube_guess_plural(kind, texts[3]);
    kube_lower(kind, singular);
    like.singular = singular;
  }
  if (kube_known_add(t, &like, like.origin == KUBE_GUESSED, false, &k)) return NULL;
  if (like.origin == KUBE_GUESSED) kube_known_prefer(t, group, str_of(k->type.resource));
  return &k->type;
}

const kube_type *kube_types_of(kube_types *t, str api_version, str kind, bool namespaced_guess) {
  str group, version;
  if (api_version.len > KUBE_SUBDOMAIN_MAX + 1 + KUBE_LABEL_MAX || kind.len > KUBE_LABEL_MAX) return NULL;
  if (!kube_split_api_version(api_version, &group, &version)) return NULL;
  const kube_known *k = kube_known_find(t, group, version, kind);
  if (k) return &k->type;
  return kube_is_kind(kind) ? derive(t, group, version, kind, namespaced_guess) : NULL;
}

const kube_type *kube_types_find(const kube_types *t, str api_version, str kind) {
  str group, version;
  if (!kube_split_api_version(api_version, &group, &version)) return NULL;
  const kube_known *k = kube_known_find(t, group, version, kind);
  return k ? &k->type : NULL;
}

const kube_type *kube_types_resource(const kube_types *t, str group, str resource) {
  const kube_known *k, *best = NULL;
  for (size_t at = 0; (k = kube_known_next(t, KUBE_BY_RESOURCE, group, resource, &at));)
    if (!best || k->type.preferred) best = k;
  return best ? &best->type : NULL;
}

size_t kube_types_count(const kube_types *t) { return t->n; }
const kube_type *kube_types_get(const kube_types *t, size_t id) { return id < t->n ? &t->all[id]->type : NULL; }

void kube_type_gr(const kube_type *type, buf *out) {
  buf_addz(out, type->resource);
  if (*type->group) buf_addc(out, '.'), buf_addz(out, type->group);
}

void kube_type_api_version(const kube_type *type, buf *out) {
  if (*type->group) buf_addz(out, type->group), buf_addc(out, '/');
  buf_addz(out, type->version);
}
