/* spec.c -- see spec.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/spec.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/selector.h"
#include "conf/document.h"
#include <fcntl.h>
#include <stdio.h>

static str trimmed(str s) {
  while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) s.ptr++, s.len--;
  while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t')) s.len--;
  return s;
}

/* "a=b,c=d" as members of an object; a later one replaces an earlier one (item keeps the last). */
static void pairs(str text, char between, char within, buf *json) {
  for (const char *p = text.ptr, *end = p + text.len; p <= end;) {
    const char *stop = memchr(p, between, (size_t)(end - p));
    if (!stop) stop = end;
    const char *sign = memchr(p, within, (size_t)(stop - p));
    if (json->data[json->len - 1] != '{') buf_addc(json, ',');
    buf_json_go(json, trimmed((str){p, (size_t)(sign - p)}));
    buf_addc(json, ':');
    buf_json_go(json, trimmed((str){sign + 1, (size_t)(stop - sign - 1)}));
    p = stop + 1;
  }
}

static pintle_status map_json(const cli_flags *flags, const cli_flag *flag, buf *json, error *e) {
  char between = flag->type == FLAG_ORDERED ? ';' : ',', within = flag->type == FLAG_MAPPINGS ? ':' : '=';
  buf_addc(json, '{');
  if (json->failed) return error_nomem(e);
  for (const cli_value *v = flags->first; v; v = v->next)
    if (v->flag == flag) pairs(v->text, between, within, json);
  buf_addc(json, '}');
  return PINTLE_OK;
}

static pintle_status list_json(const cli_flags *flags, const cli_flag *flag, arena *a, buf *json, error *e) {
  const char *const *list;
  pintle_status st = cli_list(flags, flag->name, a, &list, e);
  if (st != PINTLE_OK) return st;
  buf_addc(json, '[');
  for (size_t i = 0; list && list[i]; i++) {
    if (i) buf_addc(json, ',');
    buf_json_go(json, trimmed(str_of(list[i])));
  }
  buf_addc(json, ']');
  return PINTLE_OK;
}

static pintle_status value_json(const cli_flags *flags, const cli_flag *flag, arena *a, buf *json, error *e) {
  const char *text = cli_text(flags, flag->name);
  char duration[32];
  pintle_status st = PINTLE_OK;
  switch (flag->type) {
  case FLAG_BOOL: buf_addz(json, cli_is(flags, flag->name) ? "true" : "false"); break;
  case FLAG_NUMBER: buf_printf(json, "%lld", (long long)cli_number(flags, flag->name)); break;
  case FLAG_DURATION: buf_json(json, str_of(clock_duration_text(cli_number(flags, flag->name), duration))); break;
  case FLAG_LIST: st = list_json(flags, flag, a, json, e); break;
  case FLAG_LABELS:
  case FLAG_MAPPINGS:
  case FLAG_ORDERED: st = map_json(flags, flag, json, e); break;
  case FLAG_SELECTOR: st = cli_selector_json(str_of(text), json, e); break;
  case FLAG_SELECTORS: st = cli_selectors_json(str_of(text), json, e); break;
  case FLAG_CONFIGMAP:
    buf_addz(json, "{\"apiGroup\":\"\",\"kind\":\"configmap\",\"name\":");
    buf_json_go(json, str_of(text));
    buf_addc(json, '}');
    break;
  default: buf_json_go(json, str_of(text)); break;
  }
  if (st != PINTLE_OK && e && e->status != PINTLE_NOMEM) error_wrap(e, "--%s", flag->name);
  return st == PINTLE_OK && json->failed ? error_nomem(e) : st;
}

/* A map that is there already (labels of -f FILE) gets the new members. */
static pintle_status put(item_doc *resource, const cli_flag *flag, str json, error *e) {
  const item_node *there = item_at(resource, flag->field);
  pintle_status st = PINTLE_OK;
  bool merge = flag->type == FLAG_LABELS && item_type(there) == PINTLE_T_OBJECT;
  if (!merge) st = item_set_json(resource, flag->field, json);
  else {
    CLEANUP(buf_free) buf patch = {0};
    buf_printf(&patch, "{\"metadata\":{\"%s\":", strrchr(flag->field, '/') + 1);
    buf_adds(&patch, json);
    buf_addz(&patch, "}}");
    st = patch.failed ? PINTLE_NOMEM : item_doc_api.merge(item_handle(resource), patch.data, patch.len);
  }
  if (st == PINTLE_OK) return st;
  error_set(e, st, "--%s does not fit the resource", flag->name);
  if (strchr(json.ptr, ',')) error_hint(e, "is a key given twice?");
  return st;
}

static bool is_first(const cli_flags *flags, const cli_value *v) {
  for (const cli_value *w = flags->first; w != v; w = w->next)
    if (w->flag == v->flag) return false;
  return true;
}

static bool given(const cli_flags *flags, const char *name) { return cli_flag_named(flags, str_of(name)) && cli_given(flags, name); }

static pintle_status check_together(const cli_flags *flags, error *e) {
  static const char *const old[] = {"include-resources", "exclude-resources", "include-cluster-resources"},
                           *const fresh[] = {"include-cluster-scoped-resources", "exclude-cluster-scoped-resources",
                                             "include-namespace-scoped-resources", "exclude-namespace-scoped-resources"};
  if (given(flags, "selector") && given(flags, "or-selector"))
    return error_set(e, PINTLE_INVALID, "--selector and --or-selector cannot be used together");
  for (size_t i = 0; i < 3; i++)
    for (size_t k = 0; k < 4; k++)
      if (given(flags, old[i]) && given(flags, fresh[k]))
        return error_set(e, PINTLE_INVALID, "--%s (an old filter) and --%s (a new one) cannot be used together", old[i], fresh[k]);
  return PINTLE_OK;
}

pintle_status cli_spec_fill(const cli_flags *flags, arena *a, item_doc *resource, error *e) {
  pintle_status st = check_together(flags, e);
  for (const cli_value *v = flags->first; v && st == PINTLE_OK; v = v->next) {
    CLEANUP(buf_free) buf json = {0};
    if (!v->flag->field || !is_first(flags, v)) continue;
    st = value_json(flags, v->flag, a, &json, e);
    if (st == PINTLE_OK) st = put(resource, v->flag, buf_str(&json), e);
  }
  return st;
}

static pintle_status one_of(const conf_set *set, const char *kind, const char *file, item_doc **out, error *e) {
  CLEANUP(buf_free) buf json = {0};
  const conf_document *found = NULL;
  for (size_t i = 0; i < set->n; i++) {
    bool is = str_is(item_str(set->v[i]->doc, "/kind", ""), kind) && str_starts(item_str(set->v[i]->doc, "/apiVersion", ""), "velero.io/");
    if (is && found) return error_set(e, PINTLE_INVALID, "%s holds more than one %s", file, kind);
    if (is) found = set->v[i];
  }
  if (!found) {
    error_set(e, PINTLE_INVALID, "%s holds no %s of velero.io/v1", file, kind);
    if (set->n) error_hint(e, "it holds a %s", item_str(set->v[0]->doc, "/kind", "document without kind").ptr);
    return e ? e->status : PINTLE_INVALID;
  }
  pintle_status st = conf_check(found, e);
  if (st == PINTLE_OK && item_print(found->doc, NULL, 0, &json) != PINTLE_OK) st = error_nomem(e);
  if (st == PINTLE_OK && item_new(out) != PINTLE_OK) st = error_nomem(e);
  return st == PINTLE_OK ? item_parse(*out, buf_str(&json), ITEM_KUBERNETES, NULL, e) : st;
}

pintle_status cli_spec_read(const char *file, const char *kind, item_doc **out, error *e) {
  CLEANUP(buf_free) buf text = {0};
  conf_set set = {0};
  *out = NULL;
  pintle_status st = file_read(AT_FDCWD, file, (size_t)16 << 20, &text, e);
  if (st == PINTLE_OK) st = conf_set_add(&set, strcmp(file, "-") == 0 ? "standard input" : file, buf_str(&text), e);
  if (st == PINTLE_OK) st = one_of(&set, kind, file, out, e);
  if (st != PINTLE_OK) item_freep(out);
  conf_set_free(&set);
  return st;
}
