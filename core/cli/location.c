/* location.c -- backup-location get, snapshot-location get.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/gather.h"
#include "cli/table.h"
#include <stdlib.h>

/* Documents of the configuration as they are, with the first line of what `create` would need; secrets stay out: spec.config may hold some. */
static void add_document(const item_doc *d, buf *items) {
  CLEANUP(item_freep) item_doc *copy = NULL;
  CLEANUP(buf_free) buf json = {0};
  if (items->len) buf_addc(items, ',');
  if (item_print(d, NULL, 0, &json) == PINTLE_OK && item_new(&copy) == PINTLE_OK &&
      item_parse(copy, buf_str(&json), 0, NULL, NULL) == PINTLE_OK) {
    for (const item_node *m = item_first(item_at(copy, "/spec/config")); m; m = item_next(m)) {
      CLEANUP(buf_free) buf at = {0};
      str key = item_key(m);
      bool secret = memmem(key.ptr, key.len, "ecret", 5) || memmem(key.ptr, key.len, "assword", 7) || memmem(key.ptr, key.len, "oken", 4);
      item_pointer(m, &at);
      if (secret) item_set(copy, buf_z(&at), STR("(secret)"));
    }
    item_print(copy, NULL, 0, items);
  } else items->failed = true;
}

static bool is(const item_doc *d, const char *kind) {
  return str_is(item_str(d, "/kind", ""), kind) && str_starts(item_str(d, "/apiVersion", ""), "velero.io/");
}

/* Those of the configuration; the built-in location as one like them. */
static int print_documents(cli *c, const cli_session *s, const char *kind, const run_location *built_in, const char *format) {
  CLEANUP(buf_free) buf items = {0};
  CLEANUP(buf_free) buf list = {0};
  error e = {0};
  const conf_set *set = run_config(s->run);
  for (size_t i = 0; i < set->n; i++)
    if (is(set->v[i]->doc, kind) && cli_names(c, item_str(set->v[i]->doc, "/metadata/name", ""))) add_document(set->v[i]->doc, &items);
  if (built_in && cli_names(c, str_of(built_in->name)))
    buf_printf(
        &items,
        "{\"apiVersion\":\"velero.io/v1\",\"kind\":\"BackupStorageLocation\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"velero\"},"
        "\"spec\":{\"provider\":\"%s\",\"default\":true,\"accessMode\":\"%s\",\"config\":{\"root\":\"pintle-store\"}}}",
        built_in->name, built_in->provider, built_in->access_mode);
  buf_printf(&list, "%sList", kind);
  if (items.failed || list.failed) return error_nomem(&e), cli_fail(c, &e);
  return cli_print_items(c, "velero.io/v1", buf_z(&list), buf_str(&items), format);
}

static int missing(cli *c, const char *kind, const char *const *found, size_t n) {
  int status = CLI_COMPLETED;
  for (size_t i = 0; i < c->n_args; i++) {
    bool there = false;
    for (size_t k = 0; k < n; k++) there |= strcmp(found[k], c->args[i]) == 0;
    if (there) continue;
    cli_note(c, "pintle: %s \"%s\" not found", kind, c->args[i]);
    status = CLI_FAILED;
  }
  return status;
}

static void row(cli *c, cli_session *s, cli_table *t, const run_location *l) {
  CLEANUP(buf_free) buf bucket = {0};
  store *from = NULL;
  error e = {0};
  bool available = run_store(s->run, l->name, &from, &e) == PINTLE_OK;
  if (!available) cli_fail(c, &e);
  buf_printf(&bucket, "%s%s%s", l->bucket, l->prefix[0] ? "/" : "", l->prefix);
  cli_table_cellz(t, l->name);
  cli_table_cellz(t, l->provider);
  cli_table_cell(t, bucket.len ? buf_str(&bucket) : STR("<none>"));
  cli_table_cellz(t, available ? "Available" : "Unavailable");
  cli_table_cellz(t, l->access_mode);
  cli_table_cellz(t, l->is_default ? "true" : "");
  cli_table_cellz(t, l->place);
}

static int get_storage(cli *c, cli_session *s) {
  const run_location *l;
  size_t n = run_locations(s->run, &l);
  const char *format = cli_text(&c->flags, "output");
  CLEANUP(free_p) const char **names = calloc(n + 1, sizeof *names);
  CLEANUP(buf_free) buf out = {0};
  cli_table t;
  if (!names) return CLI_FAILED;
  for (size_t i = 0; i < n; i++) names[i] = l[i].name;
  int status = missing(c, "backup storage location", names, n);
  if (strcmp(format, "table") != 0) {
    bool built_in = n == 1 && strcmp(l[0].place, "built in") == 0;
    int printed = print_documents(c, s, "BackupStorageLocation", built_in ? l : NULL, format);
    return printed == CLI_COMPLETED ? status : printed;
  }
  cli_table_begin(&t, "NAME|PROVIDER|BUCKET/PREFIX|PHASE|ACCESS MODE|DEFAULT|FROM");
  for (size_t i = 0; i < n; i++)
    if (cli_names(c, str_of(l[i].name))) row(c, s, &t, &l[i]);
  cli_table_end(&t, &out);
  cli_out(c, buf_str(&out));
  return status;
}

static int get_snapshot(cli *c, cli_session *s) {
  const conf_set *set = run_config(s->run);
  const char *format = cli_text(&c->flags, "output");
  CLEANUP(free_p) const char **names = calloc(set->n + 1, sizeof *names);
  CLEANUP(buf_free) buf out = {0};
  size_t n = 0;
  cli_table t;
  if (!names) return CLI_FAILED;
  for (size_t i = 0; i < set->n; i++)
    if (is(set->v[i]->doc, "VolumeSnapshotLocation")) names[n++] = item_str(set->v[i]->doc, "/metadata/name", "").ptr;
  int status = missing(c, "snapshot location", names, n);
  if (strcmp(format, "table") != 0) {
    int printed = print_documents(c, s, "VolumeSnapshotLocation", NULL, format);
    return printed == CLI_COMPLETED ? status : printed;
  }
  if (n == 0) {
    cli_note(c, "No snapshot locations found.");
    return status;
  }
  cli_table_begin(&t, "NAME|PROVIDER");
  for (size_t i = 0; i < set->n; i++) {
    const item_doc *d = set->v[i]->doc;
    if (!is(d, "VolumeSnapshotLocation") || !cli_names(c, item_str(d, "/metadata/name", ""))) continue;
    cli_table_cell(&t, item_str(d, "/metadata/name", ""));
    cli_table_cell(&t, item_str(d, "/spec/provider", ""));
  }
  cli_table_end(&t, &out);
  cli_out(c, buf_str(&out));
  return status;
}

static int with_session(cli *c, int (*call)(cli *c, cli_session *s)) {
  cli_session s;
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED) status = call(c, &s);
  cli_session_close(&s);
  return status;
}

int cli_backup_location_get(cli *c) { return with_session(c, get_storage); }
int cli_snapshot_location_get(cli *c) { return with_session(c, get_snapshot); }
