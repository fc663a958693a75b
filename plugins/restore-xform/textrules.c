/* textrules.c -- configMaps: reading and checking its list of rules.  SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"
#include <stdlib.h>
#include <string.h>

static const char *const keys[] = {"name", "namespace", "key", "value", "pattern", "to", NULL};

static bool same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

/* A glob whose every character may stand in what it is compared with: else it can never match. */
static pintle_status glob(pintle_call *call, const char *at, const char *key, const char *extra, const char **out) {
  pintle_status st = xform_config_text(call, at, key, out);
  char pointer[100];
  if (st != PINTLE_OK || !*out) return st;
  pintle_key(pointer, sizeof pointer, at, key);
  if (!**out) return pintle_fail_at(call, PINTLE_INVALID, pointer, "an empty %s matches nothing; leave it out for all", key);
  for (const char *p = *out; *p; p++)
    if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && !strchr("-.*?[]!", *p) && !strchr(extra, *p))
      return pintle_fail_at(call, PINTLE_INVALID, pointer, "no %s holds a \"%c\": this rule can never match", key, *p);
  return PINTLE_OK;
}

static pintle_status compile(pintle_call *call, const char *at, struct xform_text_rule *r) {
  char pointer[100], why[200];
  regmatch_t m;
  pintle_key(pointer, sizeof pointer, at, "pattern");
  int bad = regcomp(&r->pattern, r->source, REG_EXTENDED);
  if (bad) {
    regerror(bad, &r->pattern, why, sizeof why);
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "%.200s: %s", r->source, why);
  }
  r->is_pattern = true;
  if (!*r->source || regexec(&r->pattern, "", 1, &m, 0) == 0)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "\"%.200s\" matches the empty text, which is everywhere", r->source);
  if (!(r->needle = xform_needle(r->source))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  const char *wrong = xform_replacement_wrong(r->to, r->pattern.re_nsub);
  pintle_key(pointer, sizeof pointer, at, "to");
  return wrong ? pintle_fail_at(call, PINTLE_INVALID, pointer, "%.200s: %s", r->to, wrong) : PINTLE_OK;
}

static pintle_status describe(pintle_call *call, size_t i, struct xform_text_rule *r) {
  char from[72], to[72];
  const char *text = r->source ? r->source : r->value ? r->value : r->key;
  xform_short((pintle_str){text, strlen(text)}, from);
  xform_short((pintle_str){r->to, strlen(r->to)}, to);
  r->label = xform_print("configMaps[%zu]: %s%s -> %s", i, !r->source && !r->value ? "key " : "", from, to);
  if (!r->label) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  call->host->count(call, r->label, 0); /* still 0 at the end: a warning */
  return PINTLE_OK;
}

static pintle_status fields(pintle_call *call, const char *at, struct xform_text_rule *r) {
  pintle_status st = xform_config_keys(call, at, keys);
  if (st == PINTLE_OK) st = glob(call, at, "namespace", "", &r->ns);
  if (st == PINTLE_OK) st = glob(call, at, "name", "", &r->name);
  if (st == PINTLE_OK) st = glob(call, at, "key", "_ABCDEFGHIJKLMNOPQRSTUVWXYZ", &r->key);
  if (st == PINTLE_OK) st = xform_config_text(call, at, "value", &r->value);
  if (st == PINTLE_OK) st = xform_config_text(call, at, "pattern", &r->source);
  if (st == PINTLE_OK) st = xform_config_text(call, at, "to", &r->to);
  if (st != PINTLE_OK) return st;
  if (!r->to) return pintle_fail_at(call, PINTLE_INVALID, at, "\"to\" is missing: what to put there");
  if (r->value && r->source) return pintle_fail_at(call, PINTLE_INVALID, at, "\"value\" and \"pattern\" exclude each other");
  if (!r->value && !r->source && !r->key)
    return pintle_fail_at(call, PINTLE_INVALID, at, "one of \"value\", \"pattern\", \"key\" is needed");
  return PINTLE_OK;
}

static pintle_status one(pintle_call *call, struct xform *x, const pintle_value *v, const char *at) {
  const pintle_doc *config = call->host->config(call);
  struct xform_text_rule *r = &x->texts[x->n_texts];
  if (config->api->type(config, v) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, at, "a rule is a mapping, {value: old, to: new}");
  pintle_status st = fields(call, at, r);
  if (st != PINTLE_OK) return st;
  for (size_t i = 0; i < x->n_texts; i++) {
    const struct xform_text_rule *o = &x->texts[i];
    if (same(o->ns, r->ns) && same(o->name, r->name) && same(o->key, r->key) && same(o->value, r->value) && same(o->source, r->source))
      return pintle_fail_at(call, PINTLE_INVALID, at, "the same as rule %zu: it would never be reached", i);
  }
  size_t i = x->n_texts++; /* from here on destroyed with the rest */
  if (r->source) st = compile(call, at, r);
  return st == PINTLE_OK ? describe(call, i, r) : st;
}

/* Does what this rule puts in fall to a pattern again? Fixed replacements only. */
static void say_chains(pintle_call *call, const struct xform *x, const struct xform_text_rule *r) {
  for (size_t i = 0; i < x->n_texts; i++) {
    const struct xform_text_rule *o = &x->texts[i];
    struct xform_hit h = {.rule = o};
    struct xform_text to = {0};
    bool again = false;
    if (o == r) continue;
    if (o->is_pattern) {
      xform_replace(&h, 1, (pintle_str){r->to, strlen(r->to)}, &to);
      again = h.count > 0;
    } else again = same(o->value, r->to) && !same(o->to, r->to);
    if (again)
      pintle_log(call, PINTLE_LOG_INFO, "%s is applied once: %s does not follow it, but might in a second run", r->label, o->label);
    xform_text_free(&to);
  }
}

pintle_status xform_texts_read(struct xform *x, pintle_call *call, size_t rule, const char *rule_at) {
  const pintle_doc *config = call->host->config(call);
  const pintle_value *list = config->api->at(config, "/configMaps"), *v;
  pintle_status st = PINTLE_OK;
  size_t n = 0;
  (void)rule;
  if (!list || *rule_at) return PINTLE_OK;
  if (config->api->type(config, list) != PINTLE_T_ARRAY)
    return pintle_fail_at(call, PINTLE_INVALID, "/configMaps", "configMaps is a list of rules, [{value: old, to: new}]");
  for (v = config->api->first(config, list); v; v = config->api->next(config, v)) n++;
  if (n == 0) return PINTLE_OK;
  if (!(x->texts = calloc(n, sizeof *x->texts))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (v = config->api->first(config, list); v && st == PINTLE_OK; v = config->api->next(config, v)) {
    char at[64];
    if (snprintf(at, sizeof at, "/configMaps/%zu", x->n_texts) < 0) return PINTLE_FAILED;
    st = one(call, x, v, at);
  }
  x->families |= XFORM_BIT(XFORM_TEXT);
  for (size_t i = 0; i < x->n_texts && st == PINTLE_OK; i++) say_chains(call, x, &x->texts[i]);
  return st;
}

void xform_texts_free(struct xform *x) {
  for (size_t i = 0; i < x->n_texts; i++) {
    if (x->texts[i].is_pattern) regfree(&x->texts[i].pattern);
    free(x->texts[i].needle);
    free(x->texts[i].label);
  }
  free(x->texts);
}
