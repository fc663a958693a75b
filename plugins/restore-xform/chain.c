/* chain.c -- mappings whose target is another's source: said at load, since a second run would go on.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static bool below(const char *a, const char *b, char divider) { /* is a b, or begins with b and a divider? */
  size_t n = strlen(b);
  return strncmp(a, b, n) == 0 && (!a[n] || a[n] == divider);
}
static bool ends(const char *s, const char *tail) {
  size_t n = strlen(s), t = strlen(tail);
  return n >= t && strcmp(s + n - t, tail) == 0;
}

/* What decides about just that which m has made; NULL: nothing changes it. */
static const struct xform_mapping *next(const struct xform *x, enum xform_family f, const struct xform_mapping *m) {
  char room[XFORM_ROOM];
  const char *to;
  const pintle_str made = {m->to, strlen(m->to)};
  const struct xform_mapping *o = f == XFORM_HOSTS ? xform_host_rule(NULL, x, made, room, &to) : xform_find(NULL, x, f, made, room, &to);
  return o && strcmp(to, m->to) != 0 ? o : NULL;
}

/* May o change what m has made? decides: of m. */
static bool follows(enum xform_family f, const struct xform_mapping *m, const struct xform_mapping *o, const struct xform_mapping *decides) {
  char room[XFORM_ROOM];
  const pintle_str made = {m->to, strlen(m->to)};
  if (m == o) return false;
  if (f == XFORM_HOSTS) return o == decides || (m->to[0] == '*' && ends(o->from, m->to + 1) && strcmp(o->from, o->to) != 0);
  if (strcmp(o->from, o->to) == 0) return false;
  if (f == XFORM_IMAGES) {
    const char *const t = m->target;
    if (!m->registry && xform_image_full(made, false, room).len && strcmp(room, o->from) == 0) return true;
    return below(t, o->from, '/') || below(o->from, t, '/') || below(t, o->from, ':') || below(o->from, t, ':');
  }
  if (f == XFORM_NFS)
    return below(m->to, o->from, '/') || below(o->from, m->to, '/') || below(m->to, o->from, ':') || below(o->from, m->to, ':');
  if ((f == XFORM_NODE_LABELS || f == XFORM_TAINTS) && (below(m->to, o->from, '=') || below(o->from, m->to, '='))) return true;
  if (m->carries)
    return xform_glob(m->to, (pintle_str){o->from, strlen(o->from)}) ||
           (o->glob && o->literal <= strcspn(m->to, "*") && strncmp(o->from, m->to, o->literal) == 0);
  return o == decides;
}

/* One line for a mapping; all pairs are looked at only where a target may be the source of many. */
static void say(const struct xform *x, pintle_call *call, enum xform_family f, const struct xform_mapping *m) {
  const struct xform_map *map = &x->maps[f];
  const struct xform_mapping *decides = m->again || f == XFORM_IMAGES || f == XFORM_NFS ? NULL : next(x, f, m);
  for (size_t i = 0; i < map->n && !m->again; i++) {
    if (!follows(f, m, &map->all[i], decides)) continue;
    pintle_log(call, PINTLE_LOG_WARN, "%s is applied once: %s does not follow it, but would in a second run", m->label, map->all[i].label);
    return;
  }
}

void xform_say_chains(const struct xform *x, pintle_call *call) {
  for (size_t f = 0; f < XFORM_FAMILIES; f++)
    for (size_t i = 0; i < x->maps[f].n && x->maps[f].n <= 2000; i++) say(x, call, (enum xform_family)f, &x->maps[f].all[i]);
}
