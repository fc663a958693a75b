/* backup_describe.c -- pintle backup describe.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/describe.h"

static bool old_filters(const item_doc *d) {
  return item_at(d, "/spec/includedResources") || item_at(d, "/spec/excludedResources") ||
         item_type(item_at(d, "/spec/includeClusterResources")) == PINTLE_T_BOOL;
}

static void filters(describer *d) {
  buf_addz(&d->text, "Namespaces:\n");
  describe_list(d, "  Included", "/spec/includedNamespaces", "*");
  describe_list(d, "  Excluded", "/spec/excludedNamespaces", "<none>");
  buf_addz(&d->text, "\nResources:\n");
  if (old_filters(d->d)) {
    describe_list(d, "  Included", "/spec/includedResources", "*");
    describe_list(d, "  Excluded", "/spec/excludedResources", "<none>");
    describe_bool(d, "  Cluster-scoped", "/spec/includeClusterResources", "excluded", "included", "auto");
  } else {
    describe_list(d, "  Included cluster-scoped", "/spec/includedClusterScopedResources", "<none>");
    describe_list(d, "  Excluded cluster-scoped", "/spec/excludedClusterScopedResources", "<none>");
    describe_list(d, "  Included namespace-scoped", "/spec/includedNamespaceScopedResources", "*");
    describe_list(d, "  Excluded namespace-scoped", "/spec/excludedNamespaceScopedResources", "<none>");
  }
  buf_addc(&d->text, '\n');
  describe_selectors(d);
}

static void spec(describer *d) {
  describe_string(d, "Storage Location", "/spec/storageLocation", "");
  buf_addc(&d->text, '\n');
  describe_bool(d, "Velero-Native Snapshot PVs", "/spec/snapshotVolumes", "false", "true", "auto");
  if (item_type(item_at(d->d, "/spec/defaultVolumesToFsBackup")) == PINTLE_T_BOOL)
    describe_bool(d, "File System Backup (Default)", "/spec/defaultVolumesToFsBackup", "false", "true", "");
  describe_bool(d, "Snapshot Move Data", "/spec/snapshotMoveData", "false", "true", "auto");
  describe_string(d, "Data Mover", "/spec/datamover", "velero");
  buf_addc(&d->text, '\n');
  describe_string(d, "TTL", "/spec/ttl", "0s");
  buf_addc(&d->text, '\n');
  describe_string(d, "CSISnapshotTimeout", "/spec/csiSnapshotTimeout", "0s");
  describe_string(d, "ItemOperationTimeout", "/spec/itemOperationTimeout", "0s");
  buf_addc(&d->text, '\n');
  describe_hooks(d);
  if (item_count(item_at(d->d, "/spec/orderedResources"))) {
    buf_addc(&d->text, '\n');
    describe_map(d, "OrderedResources", "/spec/orderedResources");
  }
  buf_addc(&d->text, '\n');
}

static void resource_policy(describer *d) {
  if (item_type(item_at(d->d, "/spec/resourcePolicy")) != PINTLE_T_OBJECT) return;
  buf_addz(&d->text, "Resource policies:\n");
  describe_string(d, "  Type", "/spec/resourcePolicy/kind", "");
  describe_string(d, "  Name", "/spec/resourcePolicy/name", "");
  buf_addc(&d->text, '\n');
}

/* Of the whole installation (Velero: a server's flag). */
static void global_policy(describer *d) {
  static const char pointer[] = "/metadata/annotations/velero.io~1global-backup-volume-policy-configmap";
  if (item_str(d->d, pointer, "").len == 0) return;
  buf_addz(&d->text, "Global volume policies:\n  Type:\tconfigmap\n");
  describe_string(d, "  Name", pointer, "");
  buf_addc(&d->text, '\n');
}

static void uploader(describer *d) {
  str n = item_number(item_at(d->d, "/spec/uploaderConfig/parallelFilesUpload"));
  if (n.ptr && !str_is(n, "0")) buf_printf(&d->text, "Uploader config:\n  Parallel files upload:\t%s\n\n", n.ptr);
}

static void text(describer *d) {
  describe_metadata(d);
  describe_phase(d);
  buf_addc(&d->text, '\n');
  resource_policy(d);
  global_policy(d);
  uploader(d);
  describe_validation_errors(d);
  describe_results(d);
  filters(d);
  spec(d);
  describe_string(d, "Backup Format Version", "/status/formatVersion", "");
  buf_addc(&d->text, '\n');
  describe_time(d, "Started", "/status/startTimestamp");
  describe_time(d, "Completed", "/status/completionTimestamp");
  buf_addc(&d->text, '\n');
  describe_time(d, "Expiration", "/status/expiration");
  buf_addc(&d->text, '\n');
  describe_counts(d, "Items backed up");
  buf_addc(&d->text, '\n');
  describe_operations(d);
  if (d->details) describe_resource_list(d), buf_addc(&d->text, '\n');
  describe_volumes(d);
  describe_hook_counts(d);
  if (d->details) describe_actions(d);
}

static int describe(cli *c, cli_session *s, store *from) { return cli_describe(c, s, from, &cli_kind_backup, text); }
int cli_backup_describe(cli *c) { return cli_with_store(c, describe); }
