/* describe_volumes.c -- the volumes of a run in the form of Velero's structured describer.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/cmd/util/output/backup_structured_describer.go. Its keys, a misspelt one too. */
#include "cli/describe.h"
#include <stdio.h>
#include <stdlib.h>

#define MORE "specify --details for more information"

static str text_at(const item_node *n, const char *key) {
  str s = item_string(item_member(n, str_of(key)));
  return s.ptr ? s : STR("");
}

static int64_t number_at(const item_node *n, const char *key) {
  int64_t i = 0;
  return item_int(item_member(n, str_of(key)), &i) == PINTLE_OK ? i : 0;
}

static void put(buf *b, const char *key, str value) {
  describe_key(b, str_of(key));
  buf_json(b, value);
}

static void put_number(buf *b, const char *key, int64_t n) {
  describe_key(b, str_of(key));
  buf_printf(b, "%lld", (long long)n);
}

/* ---- native snapshots, of the volume information or, in backups that have none, of the list of snapshots */
typedef struct native {
  str pv, id, type, az, iops, result;
} native;

static bool is_native(const item_node *v, bool legacy, const char *method, native *to) {
  if (legacy) {
    const item_node *spec = item_member(v, STR("spec"));
    str iops = item_number(item_member(spec, STR("volumeIOPS")));
    *to = (native){.pv = text_at(spec, "persistentVolumeName"),
                   .id = text_at(item_member(v, STR("status")), "providerSnapshotID"),
                   .type = text_at(spec, "volumeType"),
                   .az = text_at(spec, "volumeAZ"),
                   .iops = iops.ptr ? iops : STR(""),
                   .result = STR("")};
    return true;
  }
  const item_node *info = item_member(v, STR("nativeSnapshotInfo"));
  *to = (native){.pv = text_at(v, "pvName"),
                 .id = text_at(info, "snapshotHandle"),
                 .type = text_at(info, "volumeType"),
                 .az = text_at(info, "volumeAZ"),
                 .iops = text_at(info, "iops"),
                 .result = text_at(v, "result")};
  return str_is(text_at(v, method), "NativeSnapshot");
}

/* As in a map of Go's, the last one of a name is the one. */
static bool comes_again(const item_node *v, bool legacy, const char *method, str pv) {
  native other;
  for (v = item_next(v); v; v = item_next(v))
    if (is_native(v, legacy, method, &other) && str_eq(other.pv, pv)) return true;
  return false;
}

static void native_snapshots(const describer *d, const item_node *list, bool legacy, buf *b) {
  const char *method = d->kind->restore ? "restoreMethod" : "backupMethod";
  bool any = false;
  native n;
  describe_key(b, STR("nativeSnapshots"));
  for (const item_node *v = item_first(list); v; v = item_next(v)) {
    if (!is_native(v, legacy, method, &n) || comes_again(v, legacy, method, n.pv)) continue;
    if (!any) buf_addc(b, '{');
    any = true;
    describe_key(b, n.pv);
    if (!d->details) {
      buf_addz(b, "\"" MORE "\"");
      continue;
    }
    buf_addc(b, '{');
    put(b, "snapshotID", n.id);
    put(b, "type", n.type);
    put(b, "availabilityZone", n.az);
    put(b, "IOPS", n.iops);
    if (!d->kind->restore) put(b, "result", n.result);
    buf_addc(b, '}');
  }
  buf_addz(b, any ? "}" : "\"<none included>\"");
}

/* ---- CSI snapshots */
static void local_snapshot(const describer *d, const item_node *v, bool moved, buf *b) {
  const item_node *info = item_member(v, STR("csiSnapshotInfo"));
  describe_key(b, STR("snapshot"));
  if (!d->details) {
    buf_addz(b, d->kind->restore ? "\"" MORE "\"" : "\"included, " MORE "\"");
    return;
  }
  buf_addc(b, '{');
  if (!moved && !d->kind->restore) put(b, "operationID", text_at(info, "operationID"));
  put(b, "snapshotContentName", text_at(info, "vscName"));
  put(b, "storageSnapshotID", text_at(info, "snapshotHandle"));
  if (!d->kind->restore) put_number(b, "snapshotSize(bytes)", number_at(info, "size"));
  put(b, "csiDriver", text_at(info, "driver"));
  if (!d->kind->restore) put(b, "result", text_at(v, "result"));
  buf_addc(b, '}');
}

static void data_movement(const describer *d, const item_node *v, buf *b) {
  const item_node *info = item_member(v, STR("snapshotDataMovementInfo"));
  int64_t size = number_at(info, "size"), more = number_at(info, "incrementalSize");
  describe_key(b, STR("dataMovement"));
  if (!d->details) {
    buf_addz(b, d->kind->restore ? "\"" MORE "\"" : "\"included, " MORE "\"");
    return;
  }
  buf_addc(b, '{');
  put(b, "operationID", text_at(info, "operationID"));
  put(b, "dataMover", text_at(info, "dataMover").len ? text_at(info, "dataMover") : STR("velero"));
  put(b, "uploaderType", text_at(info, "uploaderType"));
  if (!d->kind->restore && (!d->json || size > 0 || more > 0)) put_number(b, "size", size), put_number(b, "incrementalSize", more);
  if (!d->kind->restore) put(b, "result", text_at(v, "result"));
  buf_addc(b, '}');
}

static bool is_csi(const describer *d, const item_node *v) {
  return str_is(text_at(v, d->kind->restore ? "restoreMethod" : "backupMethod"), "CSISnapshot");
}

static bool same_claim(const item_node *a, const item_node *b) {
  return str_eq(text_at(a, "pvcName"), text_at(b, "pvcName")) && str_eq(text_at(a, "pvcNamespace"), text_at(b, "pvcNamespace"));
}

static void csi_snapshots(const describer *d, const item_node *list, bool legacy, buf *b) {
  bool any = false;
  describe_key(b, STR("csiSnapshots"));
  for (const item_node *v = item_first(list); v && !legacy; v = item_next(v)) {
    CLEANUP(buf_free) buf claim = {0};
    const item_node *again = item_next(v);
    if (!is_csi(d, v)) continue;
    while (again && !(is_csi(d, again) && same_claim(again, v))) again = item_next(again);
    if (again) continue;
    bool moved = item_true(item_member(v, STR("snapshotDataMoved")));
    if (!any) buf_addc(b, '{');
    any = true;
    buf_adds(&claim, text_at(v, "pvcNamespace")), buf_addc(&claim, '/'), buf_adds(&claim, text_at(v, "pvcName"));
    describe_key(b, buf_str(&claim));
    buf_addc(b, '{');
    if (d->kind->restore ? !moved : item_true(item_member(v, STR("preserveLocalSnapshot")))) local_snapshot(d, v, moved, b);
    if (moved) data_movement(d, v, b);
    buf_addc(b, '}');
  }
  buf_addz(b, any ? "}" : legacy ? "\"<none included or not detectable>\"" : "\"<none included>\"");
}

/* ---- volumes that are not saved: pintle says so, Velero says nothing */
static void skipped_volumes(const item_node *list, buf *b) {
  bool any = false;
  for (const item_node *v = item_first(list); v; v = item_next(v)) {
    CLEANUP(buf_free) buf label = {0};
    const item_node *pod = item_member(v, STR("pvbInfo"));
    if (!item_true(item_member(v, STR("skipped")))) continue;
    if (!any) describe_key(b, STR("skippedVolumes")), buf_addc(b, '{');
    any = true;
    buf_adds(&label, text_at(v, "pvName"));
    if (text_at(v, "pvcName").len) {
      buf_addz(&label, label.len ? " (" : "(");
      buf_adds(&label, text_at(v, "pvcNamespace")), buf_addc(&label, '/'), buf_adds(&label, text_at(v, "pvcName"));
      buf_addc(&label, ')');
    }
    if (label.len == 0 && pod) {
      buf_adds(&label, text_at(pod, "podNamespace")), buf_addc(&label, '/'), buf_adds(&label, text_at(pod, "podName"));
      buf_addz(&label, ": "), buf_adds(&label, text_at(pod, "volumeName"));
    }
    describe_key(b, buf_str(&label));
    buf_json(b, text_at(v, "skippedReason"));
  }
  if (any) buf_addc(b, '}');
}

/* ---- */
/* Backups of Velero's from before there was volume information have the snapshots alone. */
static pintle_status read_legacy(describer *d, item_doc **list, error *e) {
  int64_t attempted = 0;
  item_int(item_at(d->d, "/status/volumeSnapshotsAttempted"), &attempted);
  return attempted ? describe_fetch(d, STORE_VOLUME_SNAPSHOTS, list, e) : PINTLE_OK;
}

void describe_volumes_json(describer *d, buf *b) {
  CLEANUP(item_freep) item_doc *info = NULL;
  error e = {0};
  bool legacy = false;
  pintle_status st = describe_fetch(d, STORE_VOLUME_INFO, &info, &e);
  buf_addc(b, '{');
  if (st == PINTLE_NOT_FOUND && !d->kind->restore) {
    legacy = true;
    if (read_legacy(d, &info, &e) != PINTLE_OK) {
      put(b, "errorConcludeNativeSnapshot", str_of(e.message));
      buf_addc(b, '}');
      return;
    }
  } else if (st != PINTLE_OK) {
    if (st != PINTLE_NOT_FOUND) put(b, d->kind->restore ? "errorGetRestoreVolumeInfo" : "errorGetBackupVolumeInfo", str_of(e.message));
    buf_addc(b, '}');
    return;
  }
  const item_node *list = info ? item_root(info) : NULL;
  if (item_type(list) == PINTLE_T_OBJECT) list = item_member(list, STR("volumeInfos")); /* as its first versions were */
  native_snapshots(d, list, legacy, b);
  csi_snapshots(d, list, legacy, b);
  if (!d->kind->restore) describe_pod_volumes_json(d, b);
  if ((!d->json || d->details) && !legacy) skipped_volumes(list, b);
  buf_addc(b, '}');
}

/* ---- the same as text (Velero: backup_describer.go, restore_describer.go) */
static const struct {
  const char *key, *label;
} labels[] = {{"snapshotID", "Snapshot ID"},
              {"type", "Type"},
              {"availabilityZone", "Availability Zone"},
              {"result", "Result"},
              {"snapshot", "Snapshot"},
              {"dataMovement", "Data Movement"},
              {"operationID", "Operation ID"},
              {"snapshotContentName", "Snapshot Content Name"},
              {"storageSnapshotID", "Storage Snapshot ID"},
              {"snapshotSize(bytes)", "Snapshot Size (bytes)"},
              {"csiDriver", "CSI Driver"},
              {"dataMover", "Data Mover"},
              {"uploaderType", "Uploader Type"},
              {"size", "Moved data Size (bytes)"},
              {"incrementalSize", "Incremental data Size (bytes)"}};

static str label_of(str key) {
  for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
    if (str_is(key, labels[i].key)) return str_of(labels[i].label);
  return key;
}

static void indent(describer *d, unsigned by) { buf_printf(&d->text, "%*s", (int)by * 2, ""); }

/* "Label:" and its value, or what is below it, one step further in. */
static void print_node(describer *d, const item_node *n, str label, unsigned by, const char *before_value) {
  str s = item_string(n).ptr ? item_string(n) : item_number(n);
  if (str_is(item_key(n), "operationID") && s.len == 0) return; /* there was none */
  if (str_is(item_key(n), "incrementalSize") && str_is(s, "0")) return;
  indent(d, by);
  cli_clean(&d->text, label);
  buf_addc(&d->text, ':');
  if (s.ptr) buf_addz(&d->text, before_value), cli_clean(&d->text, s);
  buf_addc(&d->text, '\n');
  for (const item_node *m = item_first(n); m; m = item_next(m)) print_node(d, m, label_of(item_key(m)), by + 1, before_value);
}

/* One group. Its members are named by volumes; what those hold stands in columns or, as Velero has it, does not. */
static void print_group(describer *d, const item_node *group, const char *title, unsigned by, const char *before_value) {
  str none = item_string(group);
  indent(d, by);
  if (none.ptr) {
    buf_printf(&d->text, "%s: %s\n", title, none.ptr);
    return;
  }
  buf_printf(&d->text, "%s:\n", title);
  for (const item_node *v = item_first(group); v; v = item_next(v))
    print_node(d, v, item_key(v), by + 1, item_string(v).ptr ? " " : before_value);
}

static void print_errors(describer *d, const item_node *root) {
  for (const item_node *n = item_first(root); n; n = item_next(n)) {
    if (!str_starts(item_key(n), "error")) continue;
    buf_addz(&d->text, "  <");
    cli_clean(&d->text, item_string(n));
    buf_addz(&d->text, ">\n");
  }
}

void describe_volumes(describer *d) {
  CLEANUP(buf_free) buf json = {0};
  CLEANUP(item_freep) item_doc *doc = NULL;
  static const item_limits limits = {.max_bytes = (size_t)1 << 30};
  bool restore = d->kind->restore;
  unsigned by = restore ? 0 : 1;
  describe_volumes_json(d, &json);
  if (json.failed || item_new(&doc) != PINTLE_OK || item_parse(doc, buf_str(&json), 0, &limits, NULL) != PINTLE_OK) {
    d->text.failed = true;
    return;
  }
  const item_node *root = item_root(doc), *one;
  if (!restore) buf_addz(&d->text, "Backup Volumes:\n");
  print_errors(d, root);
  if ((one = item_member(root, STR("nativeSnapshots"))))
    print_group(d, one, restore ? "Velero-Native Snapshot Restores" : "Velero-Native Snapshots", by, "\t");
  if ((one = item_member(root, STR("csiSnapshots")))) {
    buf_addc(&d->text, '\n');
    print_group(d, one, restore ? "CSI Snapshot Restores" : "CSI Snapshots", by, " ");
  }
  if ((one = item_member(root, STR("podVolumeBackups")))) buf_addc(&d->text, '\n'), describe_pod_volumes(d, one);
  if ((one = item_member(root, STR("skippedVolumes")))) {
    buf_addc(&d->text, '\n');
    print_group(d, one, "Skipped Volumes", by, " ");
  }
  if (restore && item_count(root)) buf_addc(&d->text, '\n');
}
