/* hosts.c -- ingressHosts: whole hosts, and suffixes of whole labels.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static bool wild(const char *host) { return host[0] == '*' && host[1] == '.'; }
static bool ends(const char *s, const char *tail) {
  size_t n = strlen(s), t = strlen(tail);
  return n >= t && strcmp(s + n - t, tail) == 0;
}

static const char *wrong(const char *from, const char *to) {
  if (!xform_dns_name(wild(from) ? from + 2 : from))
    return "the first is no host: lower case, labels of letters, digits and -, \"*.\" in front";
  if (!xform_dns_name(wild(to) ? to + 2 : to)) return "the second is no host: lower case, labels of letters, digits and -, \"*.\" in front";
  if (wild(from) != wild(to)) return "either both begin with \"*.\", or none";
  return NULL;
}

/* "*.example.com" -> "*.new.example.com": what is below the target already was mapped before, or needs it not. */
static bool done(const struct xform_mapping *m, const char *host) {
  return ends(m->to + 1, m->from + 1) && (ends(host, m->to + 1) || strcmp(host, m->to + 2) == 0);
}

/* The suffix rule with the longest suffix of whole labels. */
static const struct xform_mapping *suffix_rule(const struct xform *x, const char *host) {
  char key[XFORM_ROOM];
  for (const char *dot = strchr(host, '.'); dot; dot = strchr(dot + 1, '.')) {
    if (snprintf(key, sizeof key, "*%s", dot) >= (int)sizeof key) continue;
    const struct xform_mapping *m = xform_map_find(&x->hosts, key);
    if (m) return m;
  }
  return NULL;
}

static const char *map(const struct xform *x, const char *from, char *room, const struct xform_mapping **rule) {
  if ((*rule = xform_map_find(&x->hosts, from)) && !(wild(from) && done(*rule, from))) return (*rule)->to;
  *rule = suffix_rule(x, wild(from) ? from + 2 : from);
  if (!*rule || done(*rule, from)) return NULL;
  size_t keep = strlen(from) - strlen((*rule)->from + 1);
  int n = snprintf(room, XFORM_ROOM, "%.*s%s", (int)keep, from, (*rule)->to + 1);
  return n > 0 && n <= 253 ? room : NULL; /* longer is no host any more */
}

pintle_status xform_hosts_read(struct xform *x, pintle_call *call) {
  pintle_status st = xform_map_read(call, "ingressHosts", wrong, &x->hosts);
  for (size_t i = 0; i < x->hosts.n && st == PINTLE_OK; i++) {
    const struct xform_mapping *m = &x->hosts.all[i], *next;
    char room[XFORM_ROOM];
    const char *again = map(x, m->to, room, &next);
    if (again && strcmp(again, m->to) != 0)
      pintle_log(call, PINTLE_LOG_INFO, "%s is applied once: %s does not follow it, but would in a second run", m->label, next->label);
  }
  return st;
}

static pintle_status hosts_of(struct xform_job *j, const char *path) {
  pintle_status st = PINTLE_OK;
  const pintle_value *v = j->doc->api->at(j->doc, path), *next;
  if (j->doc->api->type(j->doc, v) != PINTLE_T_ARRAY) return PINTLE_OK;
  v = j->doc->api->first(j->doc, v);
  for (size_t i = 0; v && st == PINTLE_OK; v = next, i++) {
    char pointer[120];
    next = j->doc->api->next(j->doc, v); /* before the element is replaced */
    if (snprintf(pointer, sizeof pointer, "%s/%zu", path, i) < 0) return PINTLE_FAILED;
    st = xform_rename(j, pointer, map);
  }
  return st;
}

pintle_status xform_ingress(struct xform_job *j, const char *path) {
  pintle_status st = PINTLE_OK;
  char pointer[100];
  size_t i = 0;
  (void)path;
  const pintle_doc *d = j->doc;
  for (const pintle_value *v = d->api->first(d, d->api->at(d, "/spec/rules")); v && st == PINTLE_OK; v = d->api->next(d, v)) {
    if (snprintf(pointer, sizeof pointer, "/spec/rules/%zu/host", i++) < 0) return PINTLE_FAILED;
    st = xform_rename(j, pointer, map);
  }
  i = 0;
  for (const pintle_value *v = d->api->first(d, d->api->at(d, "/spec/tls")); v && st == PINTLE_OK; v = d->api->next(d, v)) {
    if (snprintf(pointer, sizeof pointer, "/spec/tls/%zu/hosts", i++) < 0) return PINTLE_FAILED;
    st = hosts_of(j, pointer);
  }
  return st;
}
