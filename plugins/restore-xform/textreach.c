/* textreach.c -- rules of text that can never match, or change nothing, are refused.  SPDX-License-Identifier: Apache-2.0 */
#include "text_edit.h"
#include <string.h>
#include <strings.h>

/* ---- of which formats the texts may be that a rule looks into */
static bool is_sign(char c) { return strchr("*?[]", c) != NULL; }

/* May what the glob matches end so? */
static bool may_end(const char *glob, const char *suffix) {
  size_t n = strlen(glob), m = strlen(suffix);
  while (n && m && !is_sign(glob[n - 1]) && strncasecmp(glob + n - 1, suffix + m - 1, 1) == 0) n--, m--;
  return m == 0 || (n > 0 && is_sign(glob[n - 1]));
}

static unsigned formats_of(const struct xform_text_rule *r) {
  unsigned set = 0;
  if (r->has_format) return 1u << r->format;
  for (size_t i = 0; text_suffixes[i].suffix; i++)
    if (!r->key || may_end(r->key, text_suffixes[i].suffix)) set |= 1u << text_suffixes[i].format;
  return set & ~(1u << TEXT_RAW);
}

static const char *format_name(unsigned set) {
  size_t f = 0;
  while (f + 1 < TEXT_FORMATS && !(set >> f & 1)) f++;
  return text_format_names[f];
}

/* "db.host" as a JSON Pointer. */
static const char *as_pointer(const char *path, char room[80]) {
  size_t n = 0;
  room[n++] = '/';
  for (const char *p = path + strspn(path, "$."); *p && n < 76; p++) {
    const char c = *p == '.' || *p == '[' ? '/' : *p;
    if (*p != ']' && !(c == '/' && room[n - 1] == '/')) room[n++] = c;
  }
  room[n] = 0;
  return room;
}

#define POINTERS (1u << TEXT_JSON | 1u << TEXT_YAML)
/* What is wrong with a path, in those formats that are left; NULL: nothing. */
static const char *path_wrong(const char *path, unsigned set) {
  if (set & POINTERS) {
    for (const char *p = path; (p = strchr(p, '~')); p++)
      if (p[1] != '0' && p[1] != '1') return "a ~ in a JSON Pointer is written ~0, and a / in a key ~1";
    const char *deep = strstr(path, "/**"), *last = strrchr(path, '/');
    if (deep && (!deep[3] || deep[3] == '/')) return "a * is one element or member, and nothing is several levels of them";
    return strcmp(last, "/-") == 0 ? "- is behind the last element, where nothing stands" : NULL;
  }
  for (const char *p = path; *p; p++) {
    const bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');
    if (set == 1u << TEXT_ENV && !letter && !strchr("_.-*?", *p)) return "the name of a variable has letters, digits, _ . and - only";
    if (set == 1u << TEXT_INI && strchr("=:\n", *p)) return "a key of INI ends before = and :";
  }
  const size_t n = strlen(path);
  if (set == 1u << TEXT_INI && strchr(" \t[#;", *path)) return "no key of INI begins so: a section is said with \"section\"";
  return set == 1u << TEXT_INI && strchr(" \t", path[n - 1]) ? "no key of INI ends with a blank" : NULL;
}

pintle_status xform_text_path(pintle_call *call, const char *at, const struct xform_text_rule *r) {
  char pointer[120], room[80];
  unsigned set = formats_of(r);
  const bool is_pointer = r->path && *r->path == '/';
  pintle_key(pointer, sizeof pointer, at, r->path ? "path" : "section");
  if (r->path && !*r->path) return pintle_fail_at(call, PINTLE_INVALID, pointer, "an empty path means no value; leave it out for all");
  if (r->section && strpbrk(r->section, "]\n"))
    return pintle_fail_at(call, PINTLE_INVALID, pintle_key(pointer, sizeof pointer, at, "section"),
                          "no section's name holds a ]: this rule can never match");
  if (!set)
    return pintle_fail_at(call, PINTLE_INVALID, pointer,
                          "\"format\" is needed: \"%.100s\" has no suffix that says one (.properties, .env, .ini, .json, .yaml)", r->key);
  if (r->section && !(set & 1u << TEXT_INI))
    return pintle_fail_at(call, PINTLE_INVALID, pintle_key(pointer, sizeof pointer, at, "section"),
                          "only INI has sections, and this is %s: this rule can never match", format_name(set));
  if (r->section) set = 1u << TEXT_INI;
  if (!r->path) return PINTLE_OK;
  if (is_pointer ? !(set & POINTERS) : !(set & ~POINTERS))
    return is_pointer
               ? pintle_fail_at(call, PINTLE_INVALID, pointer, "the path in %s is a key, and no JSON Pointer: this rule can never match",
                                format_name(set))
               : pintle_fail_at(call, PINTLE_INVALID, pointer, "the path in %s is a JSON Pointer; write %s (* is any element or member)",
                                format_name(set), as_pointer(r->path, room));
  const char *wrong = path_wrong(r->path, is_pointer ? set & POINTERS : set & ~POINTERS);
  return wrong ? pintle_fail_at(call, PINTLE_INVALID, pointer, "%.100s: %s: this rule can never match", r->path, wrong) : PINTLE_OK;
}

/* ---- what changes nothing */
/* A pattern without signs, and what it means is what is put there; or what it matched is. */
static bool puts_back(const struct xform_text_rule *r) {
  if (r->value) return r->to && strcmp(r->value, r->to) == 0;
  if (!r->source || !r->to) return false;
  return strcmp(r->to, "\\0") == 0 || (!strpbrk(r->source, "\\^$.|?*+()[]{}") && strcmp(r->source, r->to) == 0);
}

/* Might o change what r keeps? */
static bool may_change(const struct xform_text_rule *o, const struct xform_text_rule *r) {
  if (o == r || !(o->where & r->where)) return false;
  return !o->value || o->structured || !r->value || strcmp(o->value, r->value) == 0;
}

static bool may_meet(const char *glob, const struct xform_list *limit) {
  for (size_t i = 0; i < limit->n; i++)
    if (xform_globs_meet(glob, limit->all[i])) return true;
  return limit->n == 0;
}

static bool maps_in(const struct xform *x, enum xform_family f, const struct xform_text_rule *r) {
  const struct xform_map *map = &x->maps[f];
  for (size_t i = 0; i < map->n; i++)
    if (xform_text_meets(&x->rules[map->all[i].rule], r)) return true;
  return false;
}

/* Is there a rule of hosts, or of services' names, for items that hold such texts? */
static bool has_hosts(const struct xform *x, pintle_call *call, const struct xform_text_rule *r) {
  const pintle_doc *config = call->host->config(call);
  return maps_in(x, XFORM_HOSTS, r) || maps_in(x, XFORM_CLUSTER_DOMAIN, r) || maps_in(x, XFORM_NAMESPACES, r) ||
         (x->follow_restore && config->api->at(config, "/namespaces"));
}

static pintle_status one(const struct xform *x, pintle_call *call, const struct xform_text_rule *r) {
  const struct xform_rule *rule = &x->rules[r->rule];
  const char *key = r->value ? "value" : "pattern", *why = NULL;
  char at[80];
  if (r->hosts && !has_hosts(x, call, r))
    key = "hosts", why = "no hosts are mapped for items that hold such texts: `hosts: {old: new}` is missing (or `namespaces: true`, for "
                         "names of services alone)";
  else if (r->ns && !may_meet(r->ns, &rule->ns)) key = "namespace", why = "inNamespaces has no such namespace: this rule can never match";
  else if (r->name && !may_meet(r->name, &rule->names)) key = "name", why = "withNames has no such name: this rule can never match";
  else if (puts_back(r)) {
    why = "it is what \"to\" puts there, and no other rule would change it: leave the rule out";
    for (size_t i = 0; i < x->n_texts && why; i++)
      if (may_change(&x->texts[i], r)) why = NULL;
  }
  return why ? pintle_fail_at(call, PINTLE_INVALID, pintle_key(at, sizeof at, r->at, key), "%s", why) : PINTLE_OK;
}

pintle_status xform_texts_reach(const struct xform *x, pintle_call *call) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < x->n_texts && st == PINTLE_OK; i++) st = one(x, call, &x->texts[i]);
  return st;
}
