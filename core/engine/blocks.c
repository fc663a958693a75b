/* blocks.c -- see blocks.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/blocks.h"
#include <stdlib.h>

typedef struct maker {
  const kube_source *source;
  const unsigned char *selected;
  const engine_relations *relations;
  engine_journal *j;
  size_t n;          /* items of the source */
  uint32_t *group;   /* by item: the set of related items it is in; 0: none, or it is for itself */
  uint32_t *members; /* of all groups, one after another */
  size_t n_members, cap_members;
  struct set { /* by group - 1 */
    uint32_t start; /* in members */
    bool placed;    /* it has its place in the order */
  } * sets;
  size_t n_groups, cap_groups;
  struct level { /* of the descent: an item's relations */
    const uint32_t *at, *end;
  } * levels;
  size_t n_levels, cap_levels;
  size_t n_first; /* groups of ordered resources */
} maker;

static pintle_status add(maker *m, uint32_t item, error *e) {
  size_t n;
  if (!GROW(m->members, m->n_members, m->cap_members) || !GROW(m->levels, m->n_levels, m->cap_levels)) return error_nomem(e);
  m->members[m->n_members++] = item;
  m->group[item] = (uint32_t)m->n_groups;
  const uint32_t *related = engine_related(m->relations, item, &n);
  if (n) m->levels[m->n_levels++] = (struct level){related, related + n};
  return PINTLE_OK;
}

/* The item, and depth first what is related to it and in no group yet. */
static pintle_status follow(maker *m, uint32_t item, error *e) {
  m->n_levels = 0;
  pintle_status st = add(m, item, e);
  while (st == PINTLE_OK && m->n_levels) {
    struct level *l = &m->levels[m->n_levels - 1];
    if (l->at == l->end) m->n_levels--;
    else if (!m->group[*l->at]) st = add(m, *l->at++, e);
    else l->at++;
  }
  return st;
}

static pintle_status begin(maker *m, error *e) {
  if (!GROW(m->sets, m->n_groups, m->cap_groups)) return error_nomem(e);
  m->sets[m->n_groups++] = (struct set){.start = (uint32_t)m->n_members};
  return PINTLE_OK;
}

/* Ordered resources of one type that follow one another share a block. */
static pintle_status group_ordered(maker *m, const engine_ordered *o, error *e) {
  kube_entry k;
  const kube_type *type = NULL;
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < o->n && st == PINTLE_OK; i++) {
    kube_source_get(m->source, o->v[i], &k);
    if (m->group[o->v[i]]) continue;
    if (k.type != type && (st = begin(m, e)) != PINTLE_OK) break;
    type = k.type;
    st = follow(m, o->v[i], e);
  }
  m->n_first = m->n_groups;
  return st;
}

static int class_of(const kube_type *t) {
  if (*t->group) return 3;
  if (strcmp(t->resource, "pods") == 0) return 0;
  if (strcmp(t->resource, "persistentvolumeclaims") == 0) return 1;
  return strcmp(t->resource, "persistentvolumes") == 0 ? 2 : 3;
}

static pintle_status group_related(maker *m, error *e) {
  pintle_status st = PINTLE_OK;
  for (int class = 0; class < 4 && m->relations->first; class ++)
    for (size_t i = 0; i < m->n && st == PINTLE_OK; i++) {
      kube_entry k;
      if (!m->selected[i] || m->group[i] || !m->relations->first[i]) continue;
      kube_source_get(m->source, i, &k);
      if (class_of(k.type) != class) continue;
      if ((st = begin(m, e)) == PINTLE_OK) st = follow(m, (uint32_t)i, e);
    }
  return st;
}

/* ---- the order */
static void tell_split(const maker *m, uint32_t first, size_t n) {
  kube_entry k;
  kube_source_get(m->source, first, &k);
  engine_subject about = {k.type, k.ns, k.name};
  LOG(m->j, PINTLE_LOG_WARN, &about, "%zu items belong together; they are backed up in blocks of %d", n, ENGINE_BLOCK_MAX);
}

/* Numbers are given in the order in which blocks are dispatched; group[] becomes number[]. */
static void put_group(maker *m, size_t group, engine_blocks *out, uint32_t *number) {
  size_t at = m->sets[group].start, end = group + 1 < m->n_groups ? m->sets[group + 1].start : m->n_members, n = end - at;
  if (n > ENGINE_BLOCK_MAX) tell_split(m, m->members[at], n);
  for (size_t i = 0; i < n; i++) {
    if (i % ENGINE_BLOCK_MAX == 0 && n > 1) ++*number;
    out->order[out->n++] = m->members[at + i];
    out->number[m->members[at + i]] = n > 1 ? *number : 0;
  }
  m->sets[group].placed = true;
}

static pintle_status put_in_order(maker *m, engine_blocks *out, error *e) {
  size_t n = 0;
  uint32_t number = 0;
  for (size_t i = 0; i < m->n; i++) n += m->selected[i] != 0;
  out->order = malloc((n + 1) * sizeof *out->order);
  out->number = calloc(m->n + 1, sizeof *out->number);
  if (!out->order || !out->number) return error_nomem(e);
  for (size_t g = 0; g < m->n_first; g++) put_group(m, g, out, &number);
  for (size_t i = 0; i < m->n; i++) {
    if (!m->selected[i]) continue;
    if (!m->group[i]) out->order[out->n++] = (uint32_t)i;
    else if (!m->sets[m->group[i] - 1].placed) put_group(m, m->group[i] - 1, out, &number);
  }
  return PINTLE_OK;
}

pintle_status engine_blocks_make(const kube_source *source, const unsigned char *selected, const engine_relations *relations,
                                 const engine_ordered *ordered, engine_journal *j, engine_blocks *out, error *e) {
  maker m = {.source = source, .selected = selected, .relations = relations, .j = j, .n = kube_source_count(source)};
  *out = (engine_blocks){0};
  if (!relations->first && ordered->n == 0) return PINTLE_OK;
  m.group = calloc(m.n + 1, sizeof *m.group);
  pintle_status st = m.group ? group_ordered(&m, ordered, e) : error_nomem(e);
  if (st == PINTLE_OK) st = group_related(&m, e);
  if (st == PINTLE_OK) st = put_in_order(&m, out, e);
  free(m.group);
  free(m.members);
  free(m.sets);
  free(m.levels);
  if (st != PINTLE_OK) engine_blocks_free(out);
  return st;
}

void engine_blocks_free(engine_blocks *b) {
  free(b->order);
  free(b->number);
  *b = (engine_blocks){0};
}
