/* how_host.c -- hosts inside text: the old cluster's, and names of services within it.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static bool ends(pintle_str s, const char *tail) {
  size_t t = strlen(tail);
  return s.len >= t && memcmp(s.ptr + s.len - t, tail, t) == 0;
}
static bool equal(pintle_str s, const char *t) { return strlen(t) == s.len && memcmp(s.ptr, t, s.len) == 0; }

/* "*.example.com" -> "*.new.example.com": what is below the target already was mapped before, or needs it not. */
static bool done(const struct xform_mapping *m, pintle_str host) {
  return m->from[0] == '*' && strcmp(m->from, m->to) != 0 && ends((pintle_str){m->to, strlen(m->to)}, m->from + 1) &&
         (ends(host, m->to + 1) || equal(host, m->to + 2));
}

/* Of rules that fit the earliest; in it the exact one, then the one with the longest suffix. */
static const struct xform_mapping *rule_for(struct xform_job *j, const struct xform *x, pintle_str host) {
  const struct xform_mapping *best = xform_find_exact(j, x, XFORM_HOSTS, host.ptr, host.len), *m;
  char key[260] = "*";
  size_t skip = host.len > 2 && host.ptr[0] == '*' ? 2 : 0;
  if (best && done(best, host)) best = NULL;
  if (host.len >= sizeof key - 1) return best;
  for (size_t i = skip; i < host.len; i++) {
    if (host.ptr[i] != '.') continue;
    memcpy(key + 1, host.ptr + i, host.len - i);
    m = xform_find_exact(j, x, XFORM_HOSTS, key, host.len - i + 1);
    if (m && (!best || m->rule < best->rule) && !done(m, host)) best = m;
    else if (m && !best && done(m, host)) return NULL; /* there already, and no wider rule moves it on */
  }
  return best;
}

const struct xform_mapping *xform_host_rule(struct xform_job *j, const struct xform *x, pintle_str is, char *room, const char **to) {
  const struct xform_mapping *m = x->maps[XFORM_HOSTS].n ? rule_for(j, x, is) : NULL;
  if (!m || m->from[0] != '*' || equal(is, m->from)) return m ? (*to = m->to, m) : NULL;
  int n = snprintf(room, XFORM_ROOM, "%.*s%s", (int)(is.len - strlen(m->from + 1)), is.ptr, m->to + 1);
  *to = room;
  return n > 0 && n <= 253 ? m : NULL; /* longer is no host any more */
}

/* Of "name.namespace.svc.domain": offsets of the namespace and of the domain (the end: none). */
static bool service(const struct xform *x, struct xform_job *j, pintle_str host, pintle_str *ns, pintle_str *domain) {
  size_t label = 0, before = 0;
  for (size_t i = 0; i <= host.len; i++) {
    if (i < host.len && host.ptr[i] != '.') continue;
    if (i - label == 3 && (memcmp(host.ptr + label, "svc", 3) == 0 || memcmp(host.ptr + label, "pod", 3) == 0)) {
      bool pod = host.ptr[label] == 'p';
      *ns = label ? (pintle_str){host.ptr + before, label - 1 - before} : (pintle_str){host.ptr, 0};
      *domain = i < host.len ? (pintle_str){host.ptr + i + 1, host.len - i - 1} : (pintle_str){host.ptr + host.len, 0};
      if (!domain->len) return !pod && label > 0;
      return equal(*domain, "cluster.local") || xform_find_exact(j, x, XFORM_CLUSTER_DOMAIN, domain->ptr, domain->len) ||
             xform_is_target(j, x, XFORM_CLUSTER_DOMAIN, *domain);
    }
    before = label, label = i + 1;
  }
  *ns = (pintle_str){host.ptr, 0}, *domain = host;
  return xform_find_exact(j, x, XFORM_CLUSTER_DOMAIN, host.ptr, host.len) != NULL;
}

/* Appends what becomes of a host to made. */
static void one(struct xform_job *j, const char *pointer, pintle_str is, struct xform_text *made) {
  struct xform_mapping room_for_ns;
  char room[XFORM_ROOM];
  const char *to = NULL, *ns_to = NULL;
  pintle_str ns, domain;
  const struct xform_mapping *m = xform_host_rule(j, j->x, is, room, &to), *n, *d;
  if (m) {
    xform_tell(j, pointer, m, is, (pintle_str){to, strlen(to)});
    xform_text_add(made, to, strlen(to));
    return;
  }
  check_near(j, XFORM_HOSTS, is);
  if (!service(j->x, j, is, &ns, &domain)) {
    xform_text_add(made, is.ptr, is.len);
    return;
  }
  n = ns.len ? xform_namespace(j, ns, &ns_to, &room_for_ns) : NULL;
  d = domain.len ? xform_find_exact(j, j->x, XFORM_CLUSTER_DOMAIN, domain.ptr, domain.len) : NULL;
  size_t head = (size_t)(ns.ptr - is.ptr), middle = (size_t)(domain.ptr - ns.ptr) - ns.len;
  xform_text_add(made, is.ptr, head);
  xform_text_add(made, n ? ns_to : ns.ptr, n ? strlen(ns_to) : ns.len);
  xform_text_add(made, ns.ptr + ns.len, middle);
  xform_text_add(made, d ? d->to : domain.ptr, d ? strlen(d->to) : domain.len);
  if (n) xform_tell(j, pointer, n, ns, (pintle_str){ns_to, strlen(ns_to)});
  if (d) xform_tell(j, pointer, d, domain, (pintle_str){d->to, strlen(d->to)});
}

void xform_hosts_text(struct xform_job *j, const char *pointer, pintle_str is, struct xform_text *made) {
  struct xform_words w = {.text = is, .slash = SIZE_MAX};
  struct xform_tally told = {0};
  size_t from = 0;
  j->tally = &told;
  while (xform_words_next(&w)) {
    if (!w.host) continue;
    size_t at = (size_t)(w.word.ptr - is.ptr);
    xform_text_add(made, is.ptr + from, at - from);
    one(j, pointer, w.word, made);
    from = at + w.word.len;
  }
  xform_tally_end(j, pointer);
  xform_text_add(made, is.ptr + from, is.len - from);
}

pintle_status xform_host_text(struct xform_job *j, const struct xform_place *p) {
  struct xform_text made = {0};
  pintle_str is;
  pintle_status st = PINTLE_OK;
  const pintle_doc *d = j->doc;
  if (d->api->type(d, p->value) != PINTLE_T_STRING || d->api->text(d, p->value, &is) != PINTLE_OK) return PINTLE_OK;
  if (!memchr(is.ptr, '.', is.len)) return PINTLE_OK;
  xform_hosts_text(j, p->pointer, is, &made);
  if (made.failed) st = pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  else if (made.len != is.len || memcmp(made.data, is.ptr, is.len) != 0)
    st = xform_change(j, p->pointer, NULL, 0, NULL, (pintle_str){made.data, made.len});
  xform_text_free(&made);
  return st;
}
