/* check.c -- the check for unresolved references: its options, and one item's findings.  SPDX-License-Identifier: Apache-2.0 */
#include "checking.h"
#include "xform.h"
#include <fnmatch.h>
#include <pintle/ext/cluster.h>
#include <pintle/ext/items.h>
#include <stdlib.h>
#include <string.h>

/* ---- options */
static pintle_status read_list(pintle_call *call, const char *at, struct check_list *to) {
  const pintle_doc *config = call->host->config(call);
  const pintle_value *list = config->api->at(config, at), *v;
  size_t n = 0;
  if (!list) return PINTLE_OK;
  if (config->api->type(config, list) != PINTLE_T_ARRAY) return pintle_fail_at(call, PINTLE_INVALID, at, "not a list of texts");
  for (v = config->api->first(config, list); v; v = config->api->next(config, v)) n++;
  if (n == 0) return PINTLE_OK;
  if (!(to->all = calloc(n, sizeof *to->all))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (v = config->api->first(config, list); v; v = config->api->next(config, v)) {
    char pointer[100];
    pintle_str s = {"", 0};
    if (snprintf(pointer, sizeof pointer, "%s/%zu", at, to->n) < 0) return PINTLE_FAILED;
    if (config->api->type(config, v) != PINTLE_T_STRING || config->api->text(config, v, &s) != PINTLE_OK || s.len == 0 ||
        strlen(s.ptr) != s.len)
      return pintle_fail_at(call, PINTLE_INVALID, pointer, "not a text (numbers and booleans need quotes)");
    to->all[to->n++] = s.ptr;
  }
  return PINTLE_OK;
}

/* *is stays where nothing is said. */
static pintle_status read_bool(pintle_call *call, const char *at, bool *is, bool *said) {
  const pintle_doc *config = call->host->config(call);
  int32_t value;
  pintle_status st = config->api->get_bool(config, at, &value);
  if (st == PINTLE_OK) *is = value != 0;
  if (said) *said = st == PINTLE_OK;
  return st == PINTLE_OK || st == PINTLE_NOT_FOUND ? PINTLE_OK : pintle_fail_at(call, PINTLE_INVALID, at, "neither true nor false");
}

static pintle_status read_section(pintle_call *call, const char *at, const char *const *keys) {
  const pintle_doc *config = call->host->config(call);
  const pintle_value *v = config->api->at(config, at);
  if (v && config->api->type(config, v) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, at, "%s is a mapping, {%s: ...}", at + 1, keys[0]);
  return xform_config_keys(call, at, keys);
}

static pintle_status read_suffixes(struct check *c, pintle_call *call) {
  pintle_status st = read_list(call, "/unresolved/oldSuffixes", &c->suffixes);
  for (size_t i = 0; i < c->suffixes.n && st == PINTLE_OK; i++) {
    const char *s = c->suffixes.all[i], *name = strncmp(s, "*.", 2) == 0 ? s + 2 : s;
    char at[60];
    if (snprintf(at, sizeof at, "/unresolved/oldSuffixes/%zu", i) < 0) return PINTLE_FAILED;
    if (!xform_legal(XFORM_NAME_HOST, name, strlen(name), false) || !strchr(name, '.'))
      return pintle_fail_at(call, PINTLE_INVALID, at, "%.100s: no end of a host, such as old.example.com", s);
    st = check_name_add(c, call, name, strlen(name), "oldSuffixes");
  }
  return st;
}

/* "secrets/shop": a kind stands there as findings have it. */
static pintle_status check_ignored(const struct check *c, pintle_call *call) {
  for (size_t i = 0; i < c->ignore.n; i++) {
    const char *s = c->ignore.all[i], *slash = strchr(s, '/');
    const size_t n = slash ? (size_t)(slash - s) : 0;
    const char *kind = check_kind_meant(s, n);
    char at[60];
    if (!kind || strncmp(kind, s, n) == 0) continue;
    if (snprintf(at, sizeof at, "/unresolved/ignore/%zu", i) < 0) return PINTLE_FAILED;
    return pintle_fail_at(call, PINTLE_INVALID, at, "%.100s: it can never match: the kind is written %s%.100s", s, kind, slash);
  }
  return PINTLE_OK;
}

static pintle_status check_classes(const struct check *c, pintle_call *call) {
  for (size_t i = 0; i < c->classes.n; i++) {
    const char *s = c->classes.all[i];
    char at[60];
    if (strpbrk(s, "[]!\\") || xform_legal(XFORM_NAME_OBJECT, s, strlen(s), true)) continue;
    if (snprintf(at, sizeof at, "/known/storageClasses/%zu", i) < 0) return PINTLE_FAILED;
    return pintle_fail_at(call, PINTLE_INVALID, at, "%.100s: no StorageClass can be called so", s);
  }
  return PINTLE_OK;
}

/* ---- can objects be looked for? */
static const char *why_not(pintle_call *call, bool asked) {
  pintle_str form;
  if (!call->host->extension(call->host, PINTLE_EXT_ITEMS)) return "the other items of the backup cannot be seen here";
  if (asked || call->host->property(call, "source.form", &form) != PINTLE_OK || strcmp(form.ptr, "file") != 0) return NULL;
  return "a file is no backup (unresolved: {references: true} checks it all the same)";
}

static pintle_status read_references(struct check *c, pintle_call *call) {
  bool said = false;
  pintle_status st = read_bool(call, "/unresolved/references", &c->objects, &said);
  if (st == PINTLE_OK && c->objects) c->why_not = why_not(call, said);
  if (c->why_not) c->objects = false;
  return st;
}

pintle_status check_read(struct check *c, pintle_call *call) {
  static const char *const keys[] = {"check", "references", "oldSuffixes", "ignore", NULL}, *const known[] = {"storageClasses", NULL};
  if (pthread_mutex_init(&c->lock, NULL) != 0) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  const pintle_doc *config = call->host->config(call);
  c->made = c->objects = true;
  c->on = config->api->first(config, config->api->at(config, "")) != NULL; /* who configures nothing asks for nothing */
  pintle_status st = read_section(call, "/unresolved", keys);
  if (st == PINTLE_OK) st = read_section(call, "/known", known);
  if (st == PINTLE_OK) st = read_bool(call, "/unresolved/check", &c->on, NULL);
  if (st == PINTLE_OK) st = read_list(call, "/unresolved/ignore", &c->ignore);
  if (st == PINTLE_OK) st = read_list(call, "/known/storageClasses", &c->classes);
  if (st == PINTLE_OK) st = check_ignored(c, call);
  if (st == PINTLE_OK) st = check_classes(c, call);
  if (st == PINTLE_OK) st = read_suffixes(c, call);
  if (st == PINTLE_OK && c->on) st = read_references(c, call);
  c->classes_known = c->on && (c->classes.n || call->host->extension(call->host, PINTLE_EXT_CLUSTER));
  return st;
}

/* The registry that is mapped as a whole: how many bytes of its name are a host. */
static size_t registry(const char *from) {
  size_t n = strcspn(from, ":/");
  return strchr(from, '/') || strchr(from, '@') ? 0 : n; /* a part of it is somebody else's business */
}

static pintle_status add_mapping(struct check *c, pintle_call *call, enum xform_family f, const struct xform_mapping *m) {
  size_t from = strlen(m->from), to = strlen(m->to);
  if (f == XFORM_IMAGES) from = registry(m->from), to = strcspn(m->to, ":/");
  if (f == XFORM_NFS && strchr(m->from, '/')) from = 0;
  if (f == XFORM_NFS && from && m->from[from - 1] == ':') from--; /* all paths of a server */
  pintle_status st = check_name_add(c, call, m->to, to, NULL);
  return st == PINTLE_OK && from && strcmp(m->from, m->to) != 0 ? check_name_add(c, call, m->from, from, m->label) : st;
}

pintle_status check_rules(struct xform *x, pintle_call *call) {
  static const enum xform_family named[] = {XFORM_HOSTS, XFORM_IMAGES, XFORM_NFS, XFORM_CLUSTER_DOMAIN};
  pintle_status st = PINTLE_OK;
  x->check.rules = x;
  for (size_t i = 0; i < x->n_rules; i++)
    if (x->rules[i].limited) x->check.limited |= x->rules[i].families & ~XFORM_BIT(XFORM_TEXT);
  for (size_t k = 0; k < sizeof named / sizeof *named; k++) {
    const struct xform_map *map = &x->maps[named[k]];
    for (size_t i = 0; i < map->n && st == PINTLE_OK; i++) st = add_mapping(&x->check, call, named[k], &map->all[i]);
  }
  return st == PINTLE_OK ? check_names_index(&x->check, call) : st;
}

void check_free(struct check *c) {
  free(c->ignore.all);
  free(c->classes.all);
  free(c->suffixes.all);
  for (size_t i = 0; i < c->names.n; i++) free(c->names.all[i].name);
  free(c->names.all);
  free(c->names.table);
  if (c->made) pthread_mutex_destroy(&c->lock);
}

bool check_matches(const struct check_list *globs, const char *text) {
  for (size_t i = 0; i < globs->n; i++)
    if (fnmatch(globs->all[i], text, 0) == 0) return true;
  return false;
}

/* ---- one item */
const char *check_pointer(const struct check_place *p, char *to, size_t size) {
  char number[24], up[600];
  if (size == 0 || !p->up) return size ? *to = 0, to : "!";
  check_pointer(p->up, up, sizeof up);
  if (!p->key && snprintf(number, sizeof number, "%zu", p->index) < 0) number[0] = 0;
  const char *made = pintle_key(to, size, up, p->key ? p->key : number);
  if (made != to && size > 1) strcpy(to, "!");
  return to;
}

void check_say(struct check_item *k, const char *pointer, const char *subject, const char *format, ...) {
  const char *const parts[] = {subject, pointer, NULL};
  uint64_t hash = check_hash(parts);
  char text[1024];
  va_list ap;
  for (size_t i = 0; i < k->n_told; i++)
    if (k->told[i] == hash) return;
  if (check_matches(&k->c->ignore, subject)) return;
  if (k->n_told == CHECK_TOLD) {
    k->n_more++;
    return;
  }
  k->told[k->n_told++] = hash;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  k->call->host->finding(k->call, PINTLE_LOG_WARN, "unresolved", pointer, text);
}

void check_say_more(struct check_item *k) {
  char text[100];
  if (k->n_more && snprintf(text, sizeof text, "and %zu more that point at the old cluster; the first %d are listed", k->n_more, CHECK_TOLD) > 0)
    k->call->host->finding(k->call, PINTLE_LOG_WARN, "unresolved", "", text);
}

/* Once an instance. */
static void say_not_checked(struct check *c, pintle_call *call) {
  char text[300];
  if (atomic_exchange(&c->told, true)) return;
  if (snprintf(text, sizeof text,
               "not checked whether the Secrets, ConfigMaps, accounts, claims and others that items name are in the backup: %s",
               c->why_not) > 0)
    call->host->finding(call, PINTLE_LOG_INFO, "not-checked", "", text);
}

struct check_item *check_begin(struct check_item *k, struct check *c, pintle_call *call, const pintle_doc *doc, const pintle_input *in) {
  const char *version = pintle_str_or(doc, "/apiVersion", ""), *slash = strchr(version, '/');
  size_t n = slash ? (size_t)(slash - version) : 0;
  memset(k, 0, sizeof *k);
  k->c = c, k->call = call, k->doc = doc, k->in = in, k->st = PINTLE_OK;
  k->kind = pintle_str_or(doc, "/kind", "");
  k->ns = pintle_str_or(doc, "/metadata/namespace", in->id->ns);
  if (n < sizeof k->group) memcpy(k->group, version, n);
  if (c->why_not) say_not_checked(c, call);
  return k;
}

pintle_status check_end(struct xform_job *j, const struct xform_node *tree) {
  struct check_item *k = j->check;
  struct xform_job left = *j;
  left.left = true, left.within = "", left.families &= k->c->limited;
  if (k->st == PINTLE_OK) k->st = xform_walk(&left, tree);
  if (k->st == PINTLE_OK) check_texts(k);
  if (k->c->objects && k->st == PINTLE_OK) check_references(k);
  if (k->st == PINTLE_OK) check_say_more(k);
  return k->st;
}
