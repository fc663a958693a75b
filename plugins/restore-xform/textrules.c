/* textrules.c -- text and configMaps: reading and checking the list of rules.  SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"
#include "text_edit.h"
#include <stdlib.h>
#include <string.h>

static const char *const map_keys[] = {"name", "namespace", "key", "value", "pattern", "to", NULL};
static const char *const text_keys[] = {"name", "namespace", "key",   "env",     "args", "secrets", "format",
                                        "path", "section",   "value", "pattern", "to",   "hosts",   NULL};
static const char *const misnamed[][2] = {{"regex", "pattern"},    {"regexp", "pattern"}, {"match", "pattern"},  {"from", "value"}, {"old", "value"},
                                          {"new", "to"},           {"replace", "to"},     {"replacement", "to"}, {"file", "key"},   {"entry", "key"},
                                          {"configMap", "name"},   {"jsonPath", "path"},  {"pointer", "path"},   {"variable", "env"}, {"containerArgs", "args"},
                                          {NULL, NULL}};
#define UPPER "_ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

static bool small(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/* A glob whose every character may stand in what it is compared with (also NULL: all but =, as in names of variables): else it can never match. */
static pintle_status glob(pintle_call *call, const char *at, const char *key, const char *also, const char **out) {
  pintle_status st = xform_config_text(call, at, key, out);
  char pointer[100];
  if (st != PINTLE_OK || !*out) return st;
  pintle_key(pointer, sizeof pointer, at, key);
  if (!**out) return pintle_fail_at(call, PINTLE_INVALID, pointer, "an empty %s matches nothing; leave it out for all", key);
  for (const char *p = *out; *p; p++)
    if (also ? !small(*p) && !strchr("-.*?[]!", *p) && !strchr(also, *p) : *p == '=' || *p < ' ' || *p > '~')
      return pintle_fail_at(call, PINTLE_INVALID, pointer, "no %s holds a \"%c\": this rule can never match", key, *p);
  return PINTLE_OK;
}

static pintle_status flag(pintle_call *call, const char *at, const char *key, bool *out) {
  const pintle_doc *config = call->host->config(call);
  char pointer[100];
  int32_t is = 0;
  pintle_key(pointer, sizeof pointer, at, key);
  if (!config->api->at(config, pointer)) return PINTLE_OK;
  if (config->api->get_bool(config, pointer, &is) != PINTLE_OK)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "\"%s\" is true or false", key);
  *out = is != 0;
  return PINTLE_OK;
}

/* As other tools write groups. */
static bool has_dollar_group(const char *to) {
  for (const char *p = to; (p = strchr(p, '$')); p++)
    if ((p[1] >= '1' && p[1] <= '9') || (p[1] == '{' && p[2] >= '1' && p[2] <= '9' && p[3] == '}')) return true;
  return false;
}

static pintle_status compile(pintle_call *call, const char *at, struct xform_text_rule *r) {
  char pointer[100], why[200];
  regmatch_t m;
  const bool hide = r->where & XFORM_IN_SECRETS;
  const char *wrong, *source = hide ? "(hidden)" : r->source;
  pintle_key(pointer, sizeof pointer, at, "pattern");
  if (!(r->machine = pattern_new(r->source, &wrong)))
    return wrong ? pintle_fail_at(call, PINTLE_INVALID, pointer, "%.200s: %s", source, wrong) : pintle_fail(call, PINTLE_NOMEM, "out of memory");
  int bad = regcomp(&r->pattern, r->source, REG_EXTENDED);
  if (bad) {
    regerror(bad, &r->pattern, why, sizeof why);
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.200s: %s", source, why);
  }
  r->is_pattern = true;
  if (!*r->source || regexec(&r->pattern, "", 1, &m, 0) == 0)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "\"%.200s\" matches the empty text, which is everywhere", source);
  if (!(r->needle = xform_needle(r->source))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  wrong = xform_replacement_wrong(r->to, r->pattern.re_nsub);
  for (const char *p = r->to; *p; p++) {
    if (*p != '\\') continue;
    r->groups = r->groups || (p[1] >= '1' && p[1] <= '9');
    if (p[1]) p++;
  }
  if (r->pattern.re_nsub && has_dollar_group(r->to))
    pintle_log(call, PINTLE_LOG_WARN, "%s: a $ with a digit is put there as it stands; the groups of the pattern are \\1 to \\9", at + 1);
  pintle_key(pointer, sizeof pointer, at, "to");
  return wrong ? pintle_fail_at(call, PINTLE_INVALID, pointer, "%.200s: %s", hide ? "(hidden)" : r->to, wrong) : PINTLE_OK;
}

static pintle_status describe(pintle_call *call, const char *list, size_t i, struct xform_text_rule *r) {
  char from[72], to[72];
  const char *text = r->source ? r->source : r->value ? r->value : r->path ? r->path : r->key ? r->key : r->env ? r->env : "*";
  const char *what = r->source || r->value ? "" : r->path ? "path " : r->key || !r->env ? "key " : "env ";
  xform_short((pintle_str){text, strlen(text)}, from);
  if (r->hosts) r->label = xform_print("%s[%zu]: hosts", list, i);
  else if (r->where & XFORM_IN_SECRETS) r->label = xform_print("%s[%zu]: %s%s -> (hidden)", list, i, what, *what ? from : "(hidden)");
  else r->label = xform_print("%s[%zu]: %s%s -> %s", list, i, what, from, xform_short((pintle_str){r->to, strlen(r->to)}, to));
  if (!r->label) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  call->host->count(call, r->label, 0); /* still 0 at the end: a warning */
  return PINTLE_OK;
}

/* Which texts: entries unless environment or arguments alone are meant. */
static pintle_status where(pintle_call *call, const char *at, struct xform_text_rule *r) {
  bool args = false, secrets = false;
  pintle_status st = glob(call, at, "env", NULL, &r->env);
  if (st == PINTLE_OK) st = flag(call, at, "args", &args);
  if (st == PINTLE_OK) st = flag(call, at, "secrets", &secrets);
  r->where = (r->env ? XFORM_IN_ENV : 0) | (args ? XFORM_IN_ARGS : 0) | (secrets ? XFORM_IN_SECRETS : 0);
  if (r->key || secrets || !r->where) r->where |= XFORM_IN_MAPS;
  return st;
}

static pintle_status path(pintle_call *call, const char *at, struct xform_text_rule *r) {
  const char *name = NULL;
  char pointer[100];
  pintle_status st = xform_config_text(call, at, "format", &name);
  if (st == PINTLE_OK) st = xform_config_text(call, at, "path", &r->path);
  if (st == PINTLE_OK) st = xform_config_text(call, at, "section", &r->section);
  if (st != PINTLE_OK) return st;
  while (name && text_format_names[r->format] && strcmp(text_format_names[r->format], name) != 0) r->format++;
  if (name && r->format == TEXT_FORMATS) {
    const char *near = xform_config_nearest(name, text_format_names);
    pintle_key(pointer, sizeof pointer, at, "format");
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "\"%.60s\" is none of text, properties, env, ini, json, yaml%s%s%s", name,
                          near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
  }
  r->has_format = name != NULL;
  r->structured = r->path || r->section || (name && r->format != TEXT_RAW);
  pintle_key(pointer, sizeof pointer, at, r->path ? "path" : "section");
  if (name && r->format == TEXT_RAW && r->structured)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "a plain text has no paths and sections: this rule can never match");
  if (r->structured && !name && r->where & (XFORM_IN_ENV | XFORM_IN_ARGS))
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "\"format\" is needed: environment values and arguments have no suffix");
  return r->structured && (r->path || r->section) ? xform_text_path(call, at, r) : PINTLE_OK;
}

static pintle_status fields(pintle_call *call, const char *at, bool maps, struct xform_text_rule *r) {
  pintle_status st = xform_config_misnamed(call, at, misnamed);
  if (st == PINTLE_OK) st = xform_config_keys(call, at, maps ? map_keys : text_keys);
  if (st == PINTLE_OK) st = glob(call, at, "namespace", "", &r->ns);
  if (st == PINTLE_OK) st = glob(call, at, "name", "", &r->name);
  if (st == PINTLE_OK) st = glob(call, at, "key", UPPER, &r->key);
  if (st == PINTLE_OK && !maps) st = where(call, at, r);
  if (st == PINTLE_OK && !maps) st = path(call, at, r);
  if (st == PINTLE_OK && !maps) st = flag(call, at, "hosts", &r->hosts);
  if (maps) r->where = XFORM_IN_MAPS;
  if (st == PINTLE_OK) st = xform_config_text(call, at, "value", &r->value);
  if (st == PINTLE_OK) st = xform_config_text(call, at, "pattern", &r->source);
  if (st == PINTLE_OK) st = xform_config_text(call, at, "to", &r->to);
  if (st != PINTLE_OK) return st;
  if (r->hosts && (r->to || r->value || r->source))
    return pintle_fail_at(call, PINTLE_INVALID, at,
                          "\"hosts\" says what is put there: \"to\", \"value\" and \"pattern\" have no place beside it");
  if (r->hosts) return PINTLE_OK;
  if (!r->to) return pintle_fail_at(call, PINTLE_INVALID, at, "\"to\" is missing: what to put there");
  if (r->value && r->source) return pintle_fail_at(call, PINTLE_INVALID, at, "\"value\" and \"pattern\" exclude each other");
  if (!r->value && !r->source && !r->key && !r->path && !r->env)
    return pintle_fail_at(call, PINTLE_INVALID, at, "one of \"value\", \"pattern\", \"key\"%s is needed",
                          maps ? "" : ", \"path\", \"env\"");
  if (!r->value && !r->source && !r->structured && r->where & XFORM_IN_ARGS)
    return pintle_fail_at(call, PINTLE_INVALID, at, "every argument would become the same: \"value\" or \"pattern\" is needed");
  return PINTLE_OK;
}

static bool twice(const struct xform_text_rule *a, const struct xform_text_rule *b) {
  return a->rule == b->rule && a->where == b->where && same(a->ns, b->ns) && same(a->name, b->name) && same(a->key, b->key) &&
         same(a->env, b->env) && a->structured == b->structured && a->has_format == b->has_format && a->format == b->format &&
         same(a->path, b->path) && same(a->section, b->section) && same(a->value, b->value) && same(a->source, b->source) &&
         a->hosts == b->hosts;
}

static pintle_status one(pintle_call *call, struct xform *x, const pintle_value *v, const char *at, const char *list, size_t i,
                         size_t rule) {
  const pintle_doc *config = call->host->config(call);
  struct xform_text_rule r = {.rule = rule};
  if (snprintf(r.at, sizeof r.at, "%s", at) >= (int)sizeof r.at) return pintle_fail_at(call, PINTLE_INVALID, at, "too many rules");
  if (config->api->type(config, v) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, at, "a rule is a mapping, {value: old, to: new}");
  pintle_status st = fields(call, at, strcmp(list, "configMaps") == 0, &r);
  if (st != PINTLE_OK) return st;
  for (size_t k = 0; k < x->n_texts; k++)
    if (twice(&x->texts[k], &r)) return pintle_fail_at(call, PINTLE_INVALID, at, "the same as rule %zu: it would never be reached", k);
  if (x->n_texts == x->cap_texts) {
    size_t cap = x->cap_texts ? 2 * x->cap_texts : 16;
    struct xform_text_rule *more = realloc(x->texts, cap * sizeof *more);
    if (!more) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
    x->texts = more, x->cap_texts = cap;
  }
  x->texts[x->n_texts] = r;
  struct xform_text_rule *kept = &x->texts[x->n_texts++]; /* from here on destroyed with the rest */
  if (r.source) st = compile(call, at, kept);
  return st == PINTLE_OK ? describe(call, list, i, kept) : st;
}

/* Does what r puts in fall to o again? Fixed replacements only. */
static void say_chain(pintle_call *call, const struct xform_text_rule *r, const struct xform_text_rule *o) {
  struct xform_hit h = {.rule = o};
  struct xform_text to = {0};
  bool again;
  if (o == r || !r->to || !o->to || !(r->where & o->where)) return;
  if (o->is_pattern) {
    xform_replace(&h, 1, (pintle_str){r->to, strlen(r->to)}, &to);
    again = h.count > 0;
  } else again = same(o->value, r->to) && !same(o->to, r->to);
  if (again) pintle_log(call, PINTLE_LOG_WARN, "%s is applied once: %s does not follow it, but might in a second run", r->label, o->label);
  xform_text_free(&to);
}

/* The rules of the list at `at`, which is called `list` in labels. */
static pintle_status read_list(struct xform *x, pintle_call *call, size_t rule, const char *at, const char *list) {
  const pintle_doc *config = call->host->config(call);
  const pintle_value *v = config->api->at(config, at);
  pintle_status st = PINTLE_OK;
  const size_t had = x->n_texts;
  if (!v) return PINTLE_OK;
  if (config->api->type(config, v) != PINTLE_T_ARRAY)
    return pintle_fail_at(call, PINTLE_INVALID, at, "%s is a list of rules, [{value: old, to: new}]", list);
  size_t i = 0;
  for (v = config->api->first(config, v); v && st == PINTLE_OK; v = config->api->next(config, v), i++) {
    char element[80];
    if (snprintf(element, sizeof element, "%s/%zu", at, i) < 0) return PINTLE_FAILED;
    st = one(call, x, v, element, list, i, rule);
  }
  if (x->n_texts > had) x->families |= XFORM_BIT(XFORM_TEXT);
  for (size_t a = 0; a < x->n_texts && st == PINTLE_OK; a++)
    for (size_t b = a < had ? had : 0; b < x->n_texts; b++) say_chain(call, &x->texts[a], &x->texts[b]);
  return st;
}

pintle_status xform_texts_read(struct xform *x, pintle_call *call, size_t rule, const char *at) {
  char pointer[64], list[48];
  if (snprintf(pointer, sizeof pointer, "%s/text", at) < 0 || snprintf(list, sizeof list, "rules[%zu].text", rule) < 0)
    return PINTLE_FAILED;
  pintle_status st = read_list(x, call, rule, pointer, *at ? list : "text");
  return st == PINTLE_OK && !*at ? read_list(x, call, rule, "/configMaps", "configMaps") : st;
}

void xform_texts_free(struct xform *x) {
  for (size_t i = 0; i < x->n_texts; i++) {
    if (x->texts[i].is_pattern) regfree(&x->texts[i].pattern);
    pattern_free(x->texts[i].machine);
    free(x->texts[i].needle);
    free(x->texts[i].label);
  }
  free(x->texts);
  xform_finder_free(x);
}
