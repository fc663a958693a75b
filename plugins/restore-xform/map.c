/* map.c -- one family's mappings: reading, sorting, looking up.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <stdlib.h>
#include <string.h>

static int order(const struct xform_mapping *a, const struct xform_mapping *b) {
  if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
  return a->rank < b->rank ? -1 : a->rank > b->rank;
}

static int by_from(const void *a, const void *b) {
  const struct xform_mapping *x = a, *y = b;
  int c = strcmp(x->from, y->from);
  return c ? c : order(x, y);
}
static int by_to(const void *a, const void *b) {
  const struct xform_mapping *x = *(const struct xform_mapping *const *)a, *y = *(const struct xform_mapping *const *)b;
  int c = strcmp(x->to, y->to);
  return c ? c : order(x, y);
}
static int compare(const char *a, size_t n, const char *b, size_t m) {
  int c = memcmp(a, b, n < m ? n : m);
  return c ? c : n < m ? -1 : n > m;
}
static int by_literal(const void *a, const void *b) {
  const struct xform_mapping *x = *(const struct xform_mapping *const *)a, *y = *(const struct xform_mapping *const *)b;
  int c = compare(x->from, x->literal, y->from, y->literal);
  return c ? c : order(x, y);
}

bool xform_glob(const char *glob, pintle_str is) {
  const char *p = is.ptr, *end = is.ptr + is.len, *star = NULL, *back = NULL;
  while (p < end) {
    if (*glob == '*') star = glob++, back = p;
    else if (*glob && (*glob == '?' || *glob == *p)) glob++, p++;
    else if (star) glob = star + 1, p = ++back;
    else return false;
  }
  while (*glob == '*') glob++;
  return !*glob;
}

static bool applies(struct xform_job *j, const struct xform_mapping *m) { return !j || xform_rule_applies(j, m->rule); }

const struct xform_mapping *xform_find_exact(struct xform_job *j, const struct xform *x, enum xform_family f, const char *from, size_t n) {
  const struct xform_map *map = &x->maps[f];
  size_t low = 0, high = map->n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (compare(map->all[mid].from, strlen(map->all[mid].from), from, n) < 0) low = mid + 1;
    else high = mid;
  }
  for (; low < map->n && compare(map->all[low].from, strlen(map->all[low].from), from, n) == 0; low++)
    if (applies(j, &map->all[low])) return &map->all[low];
  return NULL;
}

bool xform_is_target(struct xform_job *j, const struct xform *x, enum xform_family f, pintle_str is) {
  const struct xform_map *map = &x->maps[f];
  size_t low = 0, high = map->n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (compare(map->targets[mid]->to, strlen(map->targets[mid]->to), is.ptr, is.len) < 0) low = mid + 1;
    else high = mid;
  }
  for (; low < map->n && compare(map->targets[low]->to, strlen(map->targets[low]->to), is.ptr, is.len) == 0; low++)
    if (applies(j, map->targets[low])) return true;
  return false;
}

/* What carries, and may find its own result again, leaves what reads as its result alone. */
static bool done(const struct xform_mapping *m, pintle_str is) {
  return m->carries && strcmp(m->from, m->to) != 0 && xform_glob(m->to, is) && xform_glob(m->from, (pintle_str){m->to, strlen(m->to)});
}

/* The best of the globs with this literal beginning. */
static const struct xform_mapping *globs_of(struct xform_job *j, const struct xform_map *map, pintle_str is, size_t literal,
                                            const struct xform_mapping *best) {
  size_t low = 0, high = map->n_globs;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (compare(map->globs[mid]->from, map->globs[mid]->literal, is.ptr, literal) < 0) low = mid + 1;
    else high = mid;
  }
  for (; low < map->n_globs && compare(map->globs[low]->from, map->globs[low]->literal, is.ptr, literal) == 0; low++) {
    const struct xform_mapping *m = map->globs[low];
    if ((!best || order(m, best) < 0) && xform_glob(m->from + literal, (pintle_str){is.ptr + literal, is.len - literal}) && applies(j, m) &&
        !done(m, is))
      best = m;
  }
  return best;
}

static const char *carry(const struct xform_mapping *m, pintle_str is, char *room) {
  const char *star = strchr(m->to, '*');
  size_t head = m->literal, tail = strlen(m->from) - head - 1;
  if (is.len < head + tail) return NULL;
  int n = snprintf(room, XFORM_ROOM, "%.*s%.*s%s", (int)(star - m->to), m->to, (int)(is.len - head - tail), is.ptr + head, star + 1);
  return n >= 0 && n < XFORM_ROOM ? room : NULL;
}

const struct xform_mapping *xform_find(struct xform_job *j, const struct xform *x, enum xform_family f, pintle_str is, char *room,
                                       const char **to) {
  const struct xform_map *map = &x->maps[f];
  if (map->n == 0 || memchr(is.ptr, 0, is.len)) return NULL;
  const struct xform_mapping *exact = xform_find_exact(j, x, f, is.ptr, is.len), *m = exact;
  if (map->n_globs)
    for (size_t n = 0; n <= is.len && n < 64 * sizeof map->lengths / sizeof *map->lengths; n++)
      if (map->lengths[n / 64] >> n % 64 & 1) m = globs_of(j, map, is, n, m);
  if (!m || (m != exact && xform_is_target(j, x, f, is))) return exact ? (*to = exact->to, exact) : NULL;
  *to = m->carries ? carry(m, is, room) : m->to;
  return *to ? m : NULL;
}

/* ---- reading */
/* One more of x's mappings: key is what is looked up, from what the user has written. NULL: no memory. */
static struct xform_mapping *append(struct xform *x, enum xform_family f, size_t rule, const char *option, const char *key,
                                    const char *from, const char *to) {
  struct xform_map *map = &x->maps[f];
  if (map->n == map->cap) {
    size_t cap = map->cap ? 2 * map->cap : 16;
    struct xform_mapping *all = realloc(map->all, cap * sizeof *all);
    if (!all) return NULL;
    map->all = all, map->cap = cap;
  }
  struct xform_mapping *m = &map->all[map->n++];
  int index = x->rules[rule].index;
  *m = (struct xform_mapping){.rule = (uint32_t)rule};
  m->from = xform_print("%s", key), m->to = xform_print("%s", to), m->written = key == from ? NULL : xform_print("%s", from);
  m->label = index < 0 ? xform_print("%s: %s -> %s", option, from, to) : xform_print("rules[%d].%s: %s -> %s", index, option, from, to);
  return m->from && m->to && m->label && (key == from || m->written) ? m : NULL;
}

static bool add_image(struct xform *x, size_t rule, const char *option, const char *from, const char *to) {
  struct xform_image_name names[XFORM_IMAGE_NAMES];
  const size_t n = xform_image_names(from, to, names);
  for (size_t i = 0; i < n; i++) {
    struct xform_mapping *m = append(x, XFORM_IMAGES, rule, option, names[i].from, from, to);
    if (!m || !(m->target = xform_print("%s", names[i].target))) return false;
    if (m->to[strlen(m->to) - 1] == '/') m->to[strlen(m->to) - 1] = 0;
    m->registry = names[i].registry, m->again = i > 0;
  }
  return n > 0;
}

/* "server:/path/" is what "server:/path" is, and "server:/" all of the server's paths: "server:". NULL: too long. */
static const char *without_slash(const char *s, char *room) {
  const size_t n = strlen(s);
  const char *slash = strchr(s, '/');
  if (!slash || s[n - 1] != '/') return s;
  return snprintf(room, XFORM_ROOM, "%.*s", (int)(n - 1), s) < XFORM_ROOM ? room : NULL;
}

static bool add_nfs(struct xform *x, size_t rule, const char *option, const char *from, const char *to) {
  char from_room[XFORM_ROOM], to_room[XFORM_ROOM];
  const char *key = without_slash(from, from_room), *path = without_slash(to, to_room);
  struct xform_mapping *m = key && path ? append(x, XFORM_NFS, rule, option, key, from, to) : NULL;
  if (m && path != to) m->to[strlen(path)] = 0;
  return m != NULL;
}

static pintle_status wrong(pintle_call *call, enum xform_family f, const char *pointer, const char *from, const char *to) {
  const struct xform_family_info *info = &xform_family_infos[f];
  char from_room[XFORM_ROOM], to_room[XFORM_ROOM];
  const char *a = info->meant ? info->meant(from, from_room) : NULL, *b = info->meant ? info->meant(to, to_room) : NULL;
  const char *why = info->wrong(from, to);
  if (!a) a = from;
  if (!b) b = to;
  if ((strcmp(a, from) == 0 && strcmp(b, to) == 0) || info->wrong(a, b))
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: %.100s: %s", from, to, why);
  return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: %.100s: %s; write {\"%.253s\": \"%.253s\"}", from, to, why, a, b);
}

pintle_status xform_map_add(struct xform *x, pintle_call *call, enum xform_family f, size_t rule, const char *pointer, const char *option,
                            const char *from, const char *to) {
  struct xform_map *map = &x->maps[f];
  if (xform_family_infos[f].wrong(from, to)) return wrong(call, f, pointer, from, to);
  if (strlen(from) >= XFORM_ROOM / 2 || strlen(to) >= XFORM_ROOM) return pintle_fail_at(call, PINTLE_INVALID, pointer, "too long");
  bool added = f == XFORM_IMAGES ? add_image(x, rule, option, from, to)
               : f == XFORM_NFS  ? add_nfs(x, rule, option, from, to)
                                 : append(x, f, rule, option, from, from, to) != NULL;
  if (!added) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  struct xform_mapping *m = &map->all[map->n - 1];
  x->families |= XFORM_BIT(f);
  if (xform_family_infos[f].globs && strpbrk(m->from, "*?")) {
    const char *star = strchr(m->from, '*');
    m->glob = true;
    m->literal = (uint16_t)strcspn(m->from, "*?");
    m->rank = 1 + (uint32_t)(65535 - strlen(m->from));
    m->carries = strchr(m->to, '*') != NULL;
    if (m->carries && (!star || strchr(star + 1, '*') || strchr(m->from, '?') || strchr(strchr(m->to, '*') + 1, '*')))
      return pintle_fail_at(call, PINTLE_INVALID, pointer,
                            "%.100s: with a * on the right there is one * and no ? on the left, and one on the right", from);
    if (m->literal >= 64 * sizeof map->lengths / sizeof *map->lengths) return pintle_fail_at(call, PINTLE_INVALID, pointer, "too long");
  }
  call->host->count(call, m->label, 0); /* still 0 at the end: a warning */
  return PINTLE_OK;
}

/* As Kubernetes has it, a key y without quotes is true. Whether it had some cannot be seen here any more. */
static void say_boolean(pintle_call *call, const char *option, const char *key) {
  const bool yes = strcmp(key, "true") == 0;
  if (yes || strcmp(key, "false") == 0)
    pintle_log(call, PINTLE_LOG_WARN, "%s maps \"%s\": YAML reads the keys %s so; if one of these is meant, it needs quotes", option, key,
               yes ? "y, yes and on" : "n, no and off");
}

static pintle_status members(struct xform *x, pintle_call *call, enum xform_family f, const char *option, const char *prefix, size_t rule,
                             const char *at) {
  const pintle_doc *config = call->host->config(call);
  const pintle_value *object = config->api->at(config, at);
  pintle_status st = PINTLE_OK;
  if (config->api->type(config, object) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, at, "%s is a mapping, %s", option,
                          f == XFORM_ANNOTATIONS ? "{annotation: {old: new}}" : "{old: new}");
  for (const pintle_value *v = config->api->first(config, object); v && st == PINTLE_OK; v = config->api->next(config, v)) {
    char pointer[600], composed[1024];
    pintle_str from;
    const char *to;
    if ((st = config->api->key(config, v, &from)) != PINTLE_OK) break;
    pintle_key(pointer, sizeof pointer, at, from.ptr);
    if (strlen(from.ptr) != from.len) return pintle_fail_at(call, PINTLE_INVALID, pointer, "not a name");
    if (f == XFORM_ANNOTATIONS && !prefix) {
      if (!xform_legal(XFORM_NAME_ANNOTATION, from.ptr, from.len, false))
        return pintle_fail_at(call, PINTLE_INVALID, pointer,
                              "no annotation can be called so: \"example.com/name\", letters and digits, between them - _ and ., 63 at most; no patterns");
      st = members(x, call, f, option, from.ptr, rule, pointer);
      continue;
    }
    if (!prefix) say_boolean(call, option, from.ptr);
    if ((f == XFORM_NODE_LABELS || f == XFORM_TAINTS) && config->api->type(config, v) == PINTLE_T_OBJECT)
      return pintle_fail_at(call, PINTLE_INVALID, pointer, "values are mapped with their key: {\"%.100s=old\": \"%.100s=new\"}", from.ptr, from.ptr);
    if ((st = xform_config_text(call, at, from.ptr, &to)) != PINTLE_OK) break;
    if (!to) return pintle_fail_at(call, PINTLE_INVALID, pointer, "not a name");
    int n = snprintf(composed, sizeof composed, "%s%s%s", prefix ? prefix : "", prefix ? "=" : "", from.ptr);
    if (n < 0 || (size_t)n >= sizeof composed || strlen(to) >= sizeof composed)
      return pintle_fail_at(call, PINTLE_INVALID, pointer, "too long");
    char both[1024];
    if (snprintf(both, sizeof both, "%s%s%s", prefix ? prefix : "", prefix ? "=" : "", to) >= (int)sizeof both)
      return pintle_fail_at(call, PINTLE_INVALID, pointer, "too long");
    st = xform_map_add(x, call, f, rule, pointer, option, composed, both);
  }
  return st;
}

pintle_status xform_map_read(struct xform *x, pintle_call *call, enum xform_family f, const char *key, size_t rule, const char *at) {
  const pintle_doc *config = call->host->config(call);
  char pointer[200];
  pintle_key(pointer, sizeof pointer, at, key);
  return config->api->at(config, pointer) ? members(x, call, f, key, NULL, rule, pointer) : PINTLE_OK;
}

pintle_status xform_map_index(struct xform *x, pintle_call *call, enum xform_family f) {
  struct xform_map *map = &x->maps[f];
  if (map->n == 0) return PINTLE_OK;
  qsort(map->all, map->n, sizeof *map->all, by_from);
  map->globs = calloc(map->n, sizeof *map->globs), map->targets = calloc(map->n, sizeof *map->targets);
  if (!map->globs || !map->targets) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; i < map->n; i++) {
    const struct xform_mapping *m = map->targets[i] = &map->all[i];
    if (m->glob) map->globs[map->n_globs++] = m, map->lengths[m->literal / 64] |= (uint64_t)1 << m->literal % 64;
  }
  qsort(map->globs, map->n_globs, sizeof *map->globs, by_literal);
  qsort(map->targets, map->n, sizeof *map->targets, by_to);
  return xform_map_reach(x, call, f);
}

void xform_map_free(struct xform_map *map) {
  for (size_t i = 0; i < map->n; i++)
    free(map->all[i].label), free(map->all[i].from), free(map->all[i].to), free(map->all[i].written), free(map->all[i].target);
  free(map->all);
  free(map->globs);
  free(map->targets);
  *map = (struct xform_map){0};
}
