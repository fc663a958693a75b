/* reach_map.c -- mappings that are never reached, or change nothing, are refused.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

/* Where a mapping stands in the configuration, for messages. */
static void place(const struct xform *x, const struct xform_mapping *m, enum xform_family f, char *to, size_t size) {
  char at[100], under[700];
  int index = x->rules[m->rule].index;
  const char *equals = f == XFORM_ANNOTATIONS ? strchr(m->from, '=') : NULL;
  if (index < 0) at[0] = 0;
  else if (snprintf(at, sizeof at, "/rules/%d", index) < 0) at[0] = 0;
  const char *name = m->label + (index < 0 ? 0 : strcspn(m->label, ".") + 1);
  char option[64];
  if (snprintf(option, sizeof option, "%.*s", (int)strcspn(name, ":"), name) < 0) option[0] = 0;
  pintle_key(under, sizeof under, at, option);
  if (equals) {
    char annotation[500];
    if (snprintf(annotation, sizeof annotation, "%.*s", (int)(equals - m->from), m->from) < 0) annotation[0] = 0;
    char deeper[700];
    pintle_key(deeper, sizeof deeper, under, annotation);
    pintle_key(to, size, deeper, equals + 1);
  } else pintle_key(to, size, under, m->written ? m->written : m->from);
}

static const char *written(const struct xform_mapping *m) { return m->written ? m->written : m->from; }
static bool same(const struct xform_mapping *m) { /* to itself */
  return strcmp(written(m), m->to) == 0;
}
static bool below(const char *a, const char *b) { /* is a b, or below it, as paths of images and volumes are? */
  const size_t n = strlen(b);
  return strncmp(a, b, n) == 0 && (!a[n] || strchr("/:@", a[n]));
}
static bool ends(const char *s, size_t n, const char *tail) {
  const size_t t = strlen(tail);
  return n >= t && memcmp(s + n - t, tail, t) == 0;
}
/* Is this host (or all of "*.example.com") one that `rule` means? */
static bool covers_host(const char *rule, const char *host, size_t n) {
  if (n == strlen(rule) && memcmp(host, rule, n) == 0) return true;
  return rule[0] == '*' && n > strlen(rule + 1) && ends(host, n, rule + 1);
}

/* ---- behind an earlier rule */
/* Does a map whatever b does? */
static bool before(enum xform_family f, const struct xform_mapping *a, const struct xform_mapping *b) {
  if (strcmp(a->from, b->from) == 0) return true;
  if (f == XFORM_HOSTS)
    return covers_host(a->from, b->from, strlen(b->from)) && !ends(a->to, strlen(a->to), a->from + 1); /* else what is there stays */
  if (f == XFORM_IMAGES) return below(b->from, a->from) && (!a->registry || b->from[strlen(a->from)] == '/') && !below(a->target, a->from);
  if (!a->glob || a->carries) return false; /* what carries leaves its results alone */
  return b->glob ? strcmp(a->from, "*") == 0 : xform_glob(a->from, (pintle_str){b->from, strlen(b->from)});
}

static pintle_status behind(const struct xform *x, pintle_call *call, enum xform_family f, const struct xform_mapping *a,
                            const struct xform_mapping *b) {
  const struct xform_rule *earlier = &x->rules[a->rule];
  char pointer[700];
  place(x, b, f, pointer, sizeof pointer);
  if (a->rule == b->rule) return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s is mapped twice", written(b));
  return pintle_fail_at(call, PINTLE_INVALID, pointer, "this can never match: rules[%d], which %s, maps %.100s before", earlier->index,
                        earlier->limited ? "is for all that this is for" : "has no limits", written(a));
}

pintle_status xform_map_reach(const struct xform *x, pintle_call *call, enum xform_family f) {
  const struct xform_map *map = &x->maps[f];
  for (size_t i = 1; i < map->n; i++) { /* equal ones are neighbours */
    const struct xform_mapping *b = &map->all[i];
    for (size_t k = i; k-- > 0 && strcmp(map->all[k].from, b->from) == 0;)
      if (map->all[k].rule == b->rule || xform_rule_covers(&x->rules[map->all[k].rule], &x->rules[b->rule]))
        return behind(x, call, f, &map->all[k], b);
  }
  for (size_t i = 0; i < map->n && map->n <= 2000; i++) { /* those of a later rule that a pattern, a suffix or a path has before */
    const struct xform_mapping *a = &map->all[i];
    if (x->rules[a->rule].index < 0 || (!a->glob && f != XFORM_HOSTS && f != XFORM_IMAGES)) continue;
    for (size_t k = 0; k < map->n; k++) {
      const struct xform_mapping *b = &map->all[k];
      const pintle_str from = {b->from, strlen(b->from)};
      if (a->rule < b->rule && before(f, a, b) && xform_rule_covers(&x->rules[a->rule], &x->rules[b->rule]) &&
          (f == XFORM_HOSTS || f == XFORM_IMAGES || !xform_is_target(NULL, x, f, from))) /* a target stays for patterns */
        return behind(x, call, f, a, b);
    }
  }
  return PINTLE_OK;
}

/* ---- to itself */
/* May o change what m keeps? */
static bool may_change(enum xform_family f, const struct xform_mapping *o, const struct xform_mapping *m) {
  const size_t n = strlen(m->from), k = strcspn(m->from, "=");
  if (f == XFORM_HOSTS) return covers_host(o->from, m->from, n) || covers_host(m->from, o->from, strlen(o->from));
  if (f == XFORM_IMAGES || f == XFORM_NFS) return below(m->from, o->from) || below(o->from, m->from);
  if ((f == XFORM_NODE_LABELS || f == XFORM_TAINTS) && m->from[k] && strlen(o->from) == k && memcmp(o->from, m->from, k) == 0) return true;
  return xform_globs_meet(o->from, m->from);
}

/* Would the check say that the host in it is of the old cluster? */
static bool said_old(const struct check_names *names, const char *host, size_t n) {
  for (size_t i = 0; i < names->n; i++) {
    const struct check_name *o = &names->all[i];
    const size_t m = strlen(o->name);
    if ((o->label || o->below) && n >= m && memcmp(host + n - m, o->name, m) == 0 && (n == m || host[n - m - 1] == '.')) return true;
  }
  return false;
}

/* Does it keep a name from another mapping, or (those that are hosts) from being said to be old? What is always of use: a name of the Hub is written in
 * full, names of services in a cluster's own domain are known by it, a namespace is kept from the Restore's mapping. */
static bool keeps(const struct xform *x, enum xform_family f, const struct xform_mapping *m) {
  const struct xform_map *map = &x->maps[f];
  const char *host = m->from[0] == '*' ? m->from + 2 : m->from;
  if (f == XFORM_CLUSTER_DOMAIN || f == XFORM_NAMESPACES || strncmp(m->label, "velero.io/", 10) == 0) return true;
  if (f == XFORM_IMAGES && strncmp(m->from, "docker.io", 9) == 0) return true;
  for (size_t i = 0; i < map->n; i++)
    if (!same(&map->all[i]) && may_change(f, &map->all[i], m)) return true;
  return (f == XFORM_HOSTS || f == XFORM_IMAGES || f == XFORM_NFS) && said_old(&x->check.names, host, strcspn(host, ":/"));
}

pintle_status xform_map_changes(const struct xform *x, pintle_call *call) {
  for (size_t f = 0; f < XFORM_FAMILIES; f++)
    for (size_t i = 0; i < x->maps[f].n; i++) {
      const struct xform_mapping *m = &x->maps[f].all[i];
      char pointer[700];
      if (!same(m) || keeps(x, (enum xform_family)f, m)) continue;
      place(x, m, (enum xform_family)f, pointer, sizeof pointer);
      return pintle_fail_at(call, PINTLE_INVALID, pointer,
                            "%.100s is mapped to itself, and no other mapping would change it: leave it out%s", written(m),
                            f == XFORM_STORAGE_CLASSES ? " (that the destination has it is said with known: {storageClasses: [...]})" : "");
    }
  return PINTLE_OK;
}
