/* convert_table.c -- the version table: built-in rows, the user's, finding.  SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"
#include "xform.h"
#include <stdlib.h>
#include <string.h>

int32_t convert_minor(const char *release) {
  int32_t minor = 0;
  const char *p = release + (*release == 'v');
  if (strncmp(p, "1.", 2) != 0 || p[2] < '0' || p[2] > '9' || (p[2] == '0' && p[3] >= '0' && p[3] <= '9')) return -1;
  for (p += 2; *p >= '0' && *p <= '9'; p++)
    if ((minor = minor * 10 + *p - '0') > 999) return -1;
  return *p == 0 || *p == '.' || *p == '+' || *p == '-' ? minor : -1;
}

/* ---- order: kind, group; rows of one kind keep the order of the file, which is from old to new */
static int by_kind(const void *a, const void *b) {
  const struct convert_row *x = *(const struct convert_row *const *)a, *y = *(const struct convert_row *const *)b;
  int d = strcmp(x->kind, y->kind);
  return d ? d : strcmp(x->group, y->group);
}

static bool same(const struct convert_row *a, const struct convert_row *b) {
  return by_kind(&a, &b) == 0 && strcmp(a->version, b->version) == 0;
}

/* A stable sort: the table is small and nearly sorted by the caller's hand. */
static void insert(struct convert *c, const struct convert_row *row) {
  for (size_t i = 0; i < c->n_all; i++)
    if (same(c->all[i], row)) {
      c->all[i] = row;
      return;
    }
  size_t i = c->n_all++;
  for (; i > 0 && by_kind(&c->all[i - 1], &row) > 0; i--) c->all[i] = c->all[i - 1];
  c->all[i] = row;
}

const struct convert_row *const *convert_rows(const struct convert *c, const char *kind, size_t *n) {
  size_t low = 0, high = c->n_all;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(c->all[middle]->kind, kind) < 0) low = middle + 1;
    else high = middle;
  }
  for (*n = 0; low + *n < c->n_all && strcmp(c->all[low + *n]->kind, kind) == 0;) ++*n;
  return *n ? &c->all[low] : NULL;
}

const struct convert_row *convert_find(const struct convert *c, pintle_str api_version, const char *kind) {
  size_t n;
  const struct convert_row *const *rows = convert_rows(c, kind, &n);
  const char *slash = memchr(api_version.ptr, '/', api_version.len);
  size_t group = slash ? (size_t)(slash - api_version.ptr) : 0, version = api_version.len - group - (slash != NULL);
  for (size_t i = 0; i < n; i++)
    if (strlen(rows[i]->group) == group && memcmp(rows[i]->group, api_version.ptr, group) == 0 && strlen(rows[i]->version) == version &&
        memcmp(rows[i]->version, api_version.ptr + api_version.len - version, version) == 0)
      return rows[i];
  return NULL;
}

/* ---- the option `versions` */
static pintle_status release(pintle_call *call, const char *at, const char *key, const struct convert_row *row, const char *is) {
  char pointer[200];
  if (!is || row->project || convert_minor(is) >= 0) return PINTLE_OK;
  return pintle_fail_at(call, PINTLE_INVALID, pintle_key(pointer, sizeof pointer, at, key), "\"%.60s\" is no release of Kubernetes", is);
}

static pintle_status check(pintle_call *call, const char *at, struct convert_row *row) {
  char pointer[200];
  pintle_status st;
  if (!row->group || !row->version || !row->kind) return pintle_fail_at(call, PINTLE_INVALID, at, "a row needs group, version and kind");
  if (!row->convert) row->convert = row->replacement ? "plain" : "none";
  if (!convert_how_of(row->convert) && strcmp(row->convert, "none") != 0)
    return pintle_fail_at(call, PINTLE_INVALID, pintle_key(pointer, sizeof pointer, at, "convert"), "no conversion is called \"%.60s\"",
                          row->convert);
  if ((st = release(call, at, "introduced", row, row->introduced)) != PINTLE_OK) return st;
  if ((st = release(call, at, "deprecated", row, row->deprecated)) != PINTLE_OK) return st;
  if ((st = release(call, at, "removed", row, row->removed)) != PINTLE_OK) return st;
  return release(call, at, "since", row, row->since);
}

static pintle_status user_row(pintle_call *call, const char *at, struct convert_row *row) {
  static const char *const keys[] = {"group", "version",     "kind",  "project", "introduced", "deprecated", "removed",
                                     "optIn", "replacement", "since", "convert", "lost",       "instead",    NULL};
  const pintle_doc *config = call->host->config(call);
  const struct {
    const char *key, **to;
  } texts[] = {
      {"group", &row->group},           {"version", &row->version},       {"kind", &row->kind},       {"project", &row->project},
      {"introduced", &row->introduced}, {"deprecated", &row->deprecated}, {"removed", &row->removed}, {"replacement", &row->replacement},
      {"since", &row->since},           {"convert", &row->convert},       {"lost", &row->lost},       {"instead", &row->instead}};
  char pointer[200];
  int32_t on = 0;
  pintle_status st = xform_config_keys(call, at, keys);
  for (size_t i = 0; i < sizeof texts / sizeof *texts && st == PINTLE_OK; i++) st = xform_config_text(call, at, texts[i].key, texts[i].to);
  if (st != PINTLE_OK) return st;
  if (config->api->get_bool(config, pintle_key(pointer, sizeof pointer, at, "optIn"), &on) == PINTLE_INVALID)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "\"optIn\" is true or false");
  row->opt_in = on != 0;
  return check(call, at, row);
}

static pintle_status user_rows(struct convert *c, pintle_call *call) {
  const pintle_doc *config = call->host->config(call);
  const pintle_value *list = config->api->at(config, "/versions");
  pintle_status st = PINTLE_OK;
  size_t n = 0;
  if (!list) return PINTLE_OK;
  if (config->api->type(config, list) != PINTLE_T_ARRAY)
    return pintle_fail_at(call, PINTLE_INVALID, "/versions", "\"versions\" is a list of rows as in api-versions.yaml");
  for (const pintle_value *e = config->api->first(config, list); e; e = config->api->next(config, e)) n++;
  if (n && !(c->users = calloc(n, sizeof *c->users))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (const pintle_value *e = config->api->first(config, list); e && st == PINTLE_OK; e = config->api->next(config, e)) {
    char at[60];
    if (snprintf(at, sizeof at, "/versions/%zu", c->n_users) < 0) return PINTLE_FAILED;
    if (config->api->type(config, e) != PINTLE_T_OBJECT) return pintle_fail_at(call, PINTLE_INVALID, at, "a row is a mapping");
    st = user_row(call, at, &c->users[c->n_users++]);
  }
  return st;
}

pintle_status convert_table_read(struct convert *c, pintle_call *call) {
  pintle_status st = user_rows(c, call);
  if (st != PINTLE_OK) return st;
  if (!(c->all = calloc(convert_n_built_in + c->n_users, sizeof *c->all))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; i < convert_n_built_in; i++) insert(c, &convert_built_in[i]);
  for (size_t i = 0; i < c->n_users; i++) insert(c, &c->users[i]);
  return PINTLE_OK;
}

void convert_table_free(struct convert *c) {
  free(c->users);
  free(c->all);
}
