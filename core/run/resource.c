/* resource.c -- Backup and Restore resources: made, completed with Velero's defaults, checked.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "run/inside.h"
#include <stdio.h>
#include <sys/random.h>

static pintle_status make(const char *kind, const char *name, item_doc **out, error *e) {
  item_doc *d = NULL;
  buf b = {0};
  if (!store_valid_name(str_of(name))) {
    error_set(e, PINTLE_INVALID, "\"%s\" is no name for a %s", name, kind);
    error_hint(e, "use lower case letters, digits, '-' and '.', at most 253, beginning and ending with a letter or digit");
    return PINTLE_INVALID;
  }
  buf_printf(&b, "{\"kind\":\"%s\",\"apiVersion\":\"velero.io/v1\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"velero\"},\"spec\":{}}",
             kind, name);
  pintle_status st = b.failed || item_new(&d) != PINTLE_OK ? error_nomem(e) : item_parse(d, buf_str(&b), ITEM_UNIQUE_KEYS, NULL, e);
  buf_free(&b);
  if (st != PINTLE_OK) return item_free(d), st;
  *out = d;
  return PINTLE_OK;
}

pintle_status run_new_backup(const char *name, item_doc **out, error *e) { return make("Backup", name, out, e); }
pintle_status run_new_restore(const char *name, item_doc **out, error *e) { return make("Restore", name, out, e); }

static pintle_status new_uid(char to[37], error *e) {
  unsigned char r[16];
  if (getrandom(r, sizeof r, 0) != (ssize_t)sizeof r) return error_set(e, PINTLE_FAILED, "no random numbers");
  r[6] = (unsigned char)((r[6] & 0x0f) | 0x40); /* RFC 9562 version 4 */
  r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
  char *p = to;
  for (int i = 0; i < 16; i++) p += snprintf(p, 4, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", r[i]);
  return PINTLE_OK;
}

static pintle_status set_default(item_doc *d, const char *pointer, const char *json, error *e) {
  if (item_type(item_at(d, pointer)) != PINTLE_T_NULL) return PINTLE_OK;
  pintle_status st = item_set_json(d, pointer, str_of(json));
  return st == PINTLE_OK ? st : error_set(e, st, "cannot set %s", pointer);
}

/* Velero pkg/controller/backup_controller.go prepareBackupRequest; pkg/controller/restore_controller.go. */
static const struct {
  const char *pointer, *json;
} backup_defaults[] = {{"/spec/ttl", "\"720h0m0s\""},
                       {"/spec/csiSnapshotTimeout", "\"10m0s\""},
                       {"/spec/itemOperationTimeout", "\"4h0m0s\""},
                       {"/spec/volumeGroupSnapshotLabelKey", "\"velero.io/volume-group\""},
                       {"/spec/hooks", "{}"},
                       {"/spec/metadata", "{}"}},
  restore_defaults[] = {{"/spec/itemOperationTimeout", "\"4h0m0s\""}, {"/spec/hooks", "{}"}};

static pintle_status complete_backup(run_context *c, item_doc *d, error *e) {
  pintle_status st = PINTLE_OK;
  const char *location = item_str(d, "/spec/storageLocation", "").ptr;
  store *s = NULL;
  for (size_t i = 0; i < sizeof backup_defaults / sizeof *backup_defaults && st == PINTLE_OK; i++)
    st = set_default(d, backup_defaults[i].pointer, backup_defaults[i].json, e);
  if (st == PINTLE_OK) st = run_store(c, location, &s, e);
  if (st == PINTLE_OK) st = item_set(d, "/spec/storageLocation", str_of(store_name(s)));
  if (st == PINTLE_OK) st = item_set(d, "/metadata/labels/velero.io~1storage-location", str_of(store_name(s)));
  if (st == PINTLE_OK) st = run_snapshot_locations_complete(c, d, e);
  return st;
}

static pintle_status complete_restore(item_doc *d, error *e) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < sizeof restore_defaults / sizeof *restore_defaults && st == PINTLE_OK; i++)
    st = set_default(d, restore_defaults[i].pointer, restore_defaults[i].json, e);
  return st;
}

pintle_status run_complete(run_context *c, item_doc *d, error *e) {
  char uid[37], time[32];
  bool backup = str_is(item_str(d, "/kind", ""), "Backup");
  pintle_status st = new_uid(uid, e);
  if (st == PINTLE_OK && !item_str(d, "/metadata/uid", "").len) st = item_set(d, "/metadata/uid", str_of(uid));
  if (st == PINTLE_OK && !item_str(d, "/metadata/namespace", "").len) st = item_set(d, "/metadata/namespace", STR("velero"));
  if (st == PINTLE_OK) st = item_set(d, "/metadata/creationTimestamp", str_of(clock_rfc3339(clock_now(), time)));
  if (st == PINTLE_OK) st = backup ? complete_backup(c, d, e) : complete_restore(d, e);
  if (st != PINTLE_OK) return st;
  const conf_document view = {.doc = d, .file = backup ? "Backup" : "Restore"};
  return conf_check(&view, e);
}
