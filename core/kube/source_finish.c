/* source_finish.c -- types, namespaces and duplicates of a source, once everything is read.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/source_impl.h"
#include <stdlib.h>

/* A kind of the input, as it is written. */
typedef struct kind {
  const kube_type *type;
  str api_version, name, resource; /* NUL-terminated; resource: only of archived items */
  uint32_t first;                  /* entry */
  bool used, namespaced;
} kind;

static void place_of(kube_source *s, uint32_t i, buf *out) {
  buf_clear(out);
  kube_source_place(s, i, out);
  buf_z(out);
}

PINTLE_PRINTF(4, 5) static void say(kube_source *s, uint32_t i, int32_t severity, const char *format, ...) {
  CLEANUP(buf_free) buf place = {0};
  char text[1200];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  place_of(s, i, &place);
  source_report(s, severity, buf_z(&place), "%s", text);
}

/* NULL: no memory. */
static kind *kinds_of(kube_source *s) {
  kind *v = calloc((size_t)s->kinds.n + 1, sizeof *v);
  if (!v) return NULL;
  for (uint32_t i = 0; i < s->kinds.n; i++) {
    source_kind k = source_kind_of(s, i);
    v[i] = (kind){.api_version = k.api_version, .name = k.kind, .resource = k.resource};
  }
  for (uint32_t i = 0; i < s->n; i++) {
    const source_entry *x = source_at(s, i);
    kind *k = &v[x->type];
    if (x->flags & SOURCE_DEAD) continue;
    if (!k->used) k->first = i;
    k->used = true;
    k->namespaced |= kube_intern_at(&s->spaces, &s->pool, x->ns).len > 0;
  }
  return v;
}

static pintle_status add_crd(kube_source *s, uint32_t i, const kind *k, error *e) {
  error wrong;
  const source_entry *x = source_at(s, i);
  buf_clear(&s->text);
  buf_clear(&s->other);
  pintle_status st = source_text(s, x, &s->text, &wrong);
  if (st == PINTLE_OK && x->flags & (SOURCE_ADD_API | SOURCE_ADD_KIND))
    source_fill(buf_str(&s->text), x->flags, k->api_version, k->name, &s->other);
  str text = buf_str(s->other.len ? &s->other : &s->text);
  if (st == PINTLE_OK && s->other.failed) st = PINTLE_NOMEM;
  if (st == PINTLE_OK) st = item_parse(s->doc, text, ITEM_KUBERNETES, &s->options.limits, &wrong);
  if (st == PINTLE_OK) st = kube_types_add_crd(s->options.types, s->doc, &wrong);
  if (st == PINTLE_NOMEM) return error_nomem(e);
  if (st != PINTLE_OK)
    say(s, i, PINTLE_LOG_ERROR, "this CustomResourceDefinition cannot be read, so its kind is guessed: %s%s%s", wrong.message,
        wrong.place[0] ? " at " : "", wrong.place);
  return PINTLE_OK;
}

static pintle_status add_crds(kube_source *s, const kind *kinds, error *e) {
  for (uint32_t i = 0; i < s->n; i++) {
    const source_entry *x = source_at(s, i);
    const kind *k = &kinds[x->type];
    if (x->flags & SOURCE_DEAD || !str_is(k->name, "CustomResourceDefinition") || !str_starts(k->api_version, "apiextensions.k8s.io/"))
      continue;
    pintle_status st = add_crd(s, i, k, e);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

/* An archive says the resource of a kind, so it need not be guessed. */
static pintle_status learn(kube_source *s, const kind *k, error *e) {
  char group[256], version[64], name[64], resource[256];
  const char *slash = memchr(k->api_version.ptr, '/', k->api_version.len);
  size_t group_len = slash ? (size_t)(slash - k->api_version.ptr) : 0;
  str v = slash ? (str){slash + 1, k->api_version.len - group_len - 1} : k->api_version, g = {k->api_version.ptr, group_len};
  if (k->resource.len == 0 || kube_types_resource(s->options.types, g, k->resource)) return PINTLE_OK;
  if (g.len >= sizeof group || v.len >= sizeof version || k->name.len >= sizeof name || k->resource.len >= sizeof resource)
    return PINTLE_OK;
  snprintf(group, sizeof group, "%.*s", (int)g.len, g.ptr);
  snprintf(version, sizeof version, "%.*s", (int)v.len, v.ptr);
  snprintf(name, sizeof name, "%.*s", (int)k->name.len, k->name.ptr);
  snprintf(resource, sizeof resource, "%.*s", (int)k->resource.len, k->resource.ptr);
  kube_type like = {.group = group, .version = version, .kind = name, .resource = resource, .singular = "", .short_names = ""};
  like.namespaced = k->namespaced, like.origin = KUBE_CRD, like.preferred = 1;
  pintle_status st = kube_types_add(s->options.types, &like);
  return st == PINTLE_NOMEM ? error_nomem(e) : PINTLE_OK;
}

static pintle_status resolve_kinds(kube_source *s, kind *kinds, error *e) {
  CLEANUP(buf_free) buf gr = {0};
  for (uint32_t i = 0; i < s->kinds.n; i++) {
    kind *k = &kinds[i];
    if (!k->used) continue;
    pintle_status st = learn(s, k, e);
    if (st != PINTLE_OK) return st;
    size_t known = kube_types_count(s->options.types);
    k->type = kube_types_of(s->options.types, k->api_version, k->name, k->namespaced);
    if (!k->type || k->type->origin != KUBE_GUESSED || kube_types_count(s->options.types) == known) continue;
    buf_clear(&gr);
    kube_type_gr(k->type, &gr);
    say(s, k->first, PINTLE_LOG_WARN,
        "kind %s of %s is not known; it is taken for the %s resource %s. Add its CustomResourceDefinition to the input to be sure",
        k->type->kind, k->api_version.ptr, k->type->namespaced ? "namespaced" : "cluster-scoped", buf_z(&gr));
  }
  return PINTLE_OK;
}

static pintle_status resolve_entries(kube_source *s, const kind *kinds, error *e) {
  uint32_t none = kube_intern_add(&s->spaces, &s->pool, STR("")), usual = kube_intern_add(&s->spaces, &s->pool, STR("default"));
  if (none == KUBE_POOL_NONE || usual == KUBE_POOL_NONE) return error_nomem(e);
  for (uint32_t i = 0; i < s->n; i++) {
    source_entry *x = source_at(s, i);
    const kind *k = &kinds[x->type];
    if (x->flags & SOURCE_DEAD) continue;
    if (!k->type) {
      say(s, i, PINTLE_LOG_ERROR, "apiVersion \"%.100s\" with kind \"%.100s\" is not valid", k->api_version.ptr, k->name.ptr);
      x->flags |= SOURCE_DEAD;
      continue;
    }
    if (k->resource.len && strcmp(k->resource.ptr, k->type->resource) != 0) {
      say(s, i, PINTLE_LOG_ERROR, "the item says it is a %.100s (%.100s), its place in the archive %.200s; it is left out", k->name.ptr,
          k->type->resource, k->resource.ptr);
      x->flags |= SOURCE_DEAD;
      continue;
    }
    x->type = k->type->id;
    if (k->type->namespaced && x->ns == none) x->ns = usual & (SOURCE_MAX_NS - 1);
    if (!k->type->namespaced && x->ns != none) {
      say(s, i, PINTLE_LOG_WARN, "%s is cluster-scoped; metadata.namespace \"%.253s\" is not used", k->type->kind,
          kube_intern_at(&s->spaces, &s->pool, x->ns).ptr);
      x->ns = none & (SOURCE_MAX_NS - 1);
    }
  }
  return PINTLE_OK;
}

/* ---- duplicates */
static pintle_status number_resources(kube_source *s, const kind *kinds, error *e) {
  size_t n = kube_types_count(s->options.types);
  s->resource_of = calloc(n + 1, sizeof *s->resource_of);
  s->resources = calloc(n + 1, sizeof *s->resources);
  if (!s->resource_of || !s->resources) return error_nomem(e);
  for (uint32_t i = 0; i < s->kinds.n; i++) {
    const kube_type *t = kinds[i].type;
    uint32_t r = 0;
    if (!t) continue;
    while (r < s->n_resources && (strcmp(s->resources[r].group, t->group) != 0 || strcmp(s->resources[r].resource, t->resource) != 0)) r++;
    if (r == s->n_resources) s->resources[s->n_resources++] = (source_resource){t->group, t->resource};
    s->resource_of[t->id] = (uint16_t)r;
  }
  return PINTLE_OK;
}

static uint64_t hash_of(const kube_source *s, uint32_t resource, uint32_t ns, str name) {
  return kube_hash(s->seed ^ ((uint64_t)resource << 32 | ns), name);
}

/* The slot of that identity, or the free one where it belongs. */
static uint32_t *slot(const kube_source *s, uint32_t resource, uint32_t ns, str name) {
  uint64_t h = hash_of(s, resource, ns, name);
  for (uint32_t at = (uint32_t)((h >> 32) * s->size >> 32);; at = at + 1 == s->size ? 0 : at + 1) {
    if (!s->table[at]) return s->table + at;
    const source_entry *x = source_at(s, s->table[at] - 1);
    if (x->ns == ns && x->name_len == name.len && s->resource_of[x->type] == resource &&
        memcmp(kube_pool_at(&s->pool, x->name), name.ptr, name.len) == 0)
      return s->table + at;
  }
}

static uint32_t *slot_of(const kube_source *s, const source_entry *x) {
  return slot(s, s->resource_of[x->type], x->ns, (str){kube_pool_at(&s->pool, x->name), x->name_len});
}

static void drop_earlier(kube_source *s) {
  CLEANUP(buf_free) buf first = {0};
  for (uint32_t i = 0; i < s->n; i++) {
    source_entry *x = source_at(s, i);
    if (x->flags & SOURCE_DEAD) continue;
    uint32_t *at = slot_of(s, x);
    if (*at) {
      const kube_type *type = kube_types_get(s->options.types, x->type);
      str ns = kube_intern_at(&s->spaces, &s->pool, x->ns);
      place_of(s, *at - 1, &first);
      say(s, i, PINTLE_LOG_WARN, "%s %s%s%.*s occurs twice; this one is used, not the one at %s", type->kind, ns.ptr, ns.len ? "/" : "",
          (int)x->name_len, kube_pool_at(&s->pool, x->name), buf_z(&first));
      source_at(s, *at - 1)->flags |= SOURCE_DEAD;
    }
    *at = i + 1;
  }
}

/* Closes the gaps. */
static void compact(kube_source *s) {
  uint32_t to = 0;
  for (uint32_t i = 0; i < s->n; i++)
    if (!(source_at(s, i)->flags & SOURCE_DEAD)) {
      if (to != i) *source_at(s, to) = *source_at(s, i);
      to++;
    }
  if (to == s->n) return;
  s->n = to;
  memset(s->table, 0, s->size * sizeof *s->table);
  for (uint32_t i = 0; i < to; i++) *slot_of(s, source_at(s, i)) = i + 1;
}

pintle_status kube_source_finish(kube_source *s, error *e) {
  pintle_status st = kube_spool_flush(&s->spool, e);
  if (st != PINTLE_OK) return st;
  kind *kinds = kinds_of(s);
  if (!kinds) return error_nomem(e);
  st = add_crds(s, kinds, e);
  if (st == PINTLE_OK) st = resolve_kinds(s, kinds, e);
  if (st == PINTLE_OK) st = resolve_entries(s, kinds, e);
  if (st == PINTLE_OK) st = number_resources(s, kinds, e);
  free(kinds);
  if (st != PINTLE_OK) return st;
  s->size = s->n + s->n / 3 + 16;
  if (!(s->table = calloc(s->size, sizeof *s->table))) return error_nomem(e);
  drop_earlier(s);
  compact(s);
  s->finished = true;
  free(s->archived);
  s->archived = NULL, s->n_archived = 0;
  buf_free(&s->spool.tail);
  arena_free(&s->arena);
  buf_free(&s->text);
  buf_free(&s->other);
  buf_free(&s->patched);
  return PINTLE_OK;
}

/* ---- finding */
static size_t find_in(const kube_source *s, uint32_t resource, uint32_t ns, str name) {
  uint32_t at = *slot(s, resource, ns, name);
  return at ? at - 1 : SIZE_MAX;
}

size_t kube_source_find(const kube_source *s, str group, str resource, str ns, str name) {
  uint32_t space = kube_intern_find(&s->spaces, &s->pool, ns), only = SOURCE_NONE, n = 0;
  if (space == KUBE_POOL_NONE || s->n == 0) return SIZE_MAX;
  for (uint32_t r = 0; r < s->n_resources; r++) {
    if (!str_is(resource, s->resources[r].resource)) continue;
    if (str_is(group, s->resources[r].group)) return find_in(s, r, space, name);
    only = r, n++;
  }
  return group.len == 0 && n == 1 ? find_in(s, only, space, name) : SIZE_MAX;
}
