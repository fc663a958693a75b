/* restore_describe.c -- pintle restore describe.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/describe.h"

static void namespaces(describer *d) {
  const item_node *included = item_at(d->d, "/spec/includedNamespaces");
  const char *all = "all namespaces found in the backup";
  bool every = item_count(included) == 1 && str_is(item_string(item_first(included)), "*");
  buf_addz(&d->text, "Namespaces:\n");
  if (every) describe_line(d, "  Included", str_of(all));
  else describe_list(d, "  Included", "/spec/includedNamespaces", all);
  describe_list(d, "  Excluded", "/spec/excludedNamespaces", "<none>");
  buf_addz(&d->text, "\nResources:\n");
  describe_list(d, "  Included", "/spec/includedResources", "*");
  describe_list(d, "  Excluded", "/spec/excludedResources", "<none>");
  describe_bool(d, "  Cluster-scoped", "/spec/includeClusterResources", "excluded", "included", "auto");
  buf_addc(&d->text, '\n');
  describe_map(d, "Namespace mappings", "/spec/namespaceMapping");
  buf_addc(&d->text, '\n');
  describe_selectors(d);
}

static void uploader(describer *d) {
  str n = item_number(item_at(d->d, "/spec/uploaderConfig/parallelFilesDownload"));
  bool sparse = item_true(item_at(d->d, "/spec/uploaderConfig/writeSparseFiles"));
  if (item_type(item_at(d->d, "/spec/uploaderConfig")) != PINTLE_T_OBJECT) return;
  buf_addz(&d->text, "\nUploader config:\n");
  if (sparse) buf_addz(&d->text, "  Write Sparse Files:\ttrue\n");
  if (n.ptr && !str_is(n, "0")) buf_printf(&d->text, "  Parallel Restore:\t%s\n", n.ptr);
}

static void text(describer *d) {
  describe_metadata(d);
  describe_phase(d);
  describe_counts(d, "Items restored");
  buf_addc(&d->text, '\n');
  describe_time(d, "Started", "/status/startTimestamp");
  describe_time(d, "Completed", "/status/completionTimestamp");
  buf_addc(&d->text, '\n');
  describe_validation_errors(d);
  describe_results(d);
  describe_string(d, "Backup", "/spec/backupName", "");
  buf_addc(&d->text, '\n');
  namespaces(d);
  describe_bool(d, "Restore PVs", "/spec/restorePVs", "false", "true", "auto");
  buf_addc(&d->text, '\n');
  describe_volumes(d);
  describe_string(d, "Existing Resource Policy", "/spec/existingResourcePolicy", "<none>");
  describe_string(d, "ItemOperationTimeout", "/spec/itemOperationTimeout", "0s");
  buf_addc(&d->text, '\n');
  describe_bool(d, "Preserve Service NodePorts", "/spec/preserveNodePorts", "false", "true", "auto");
  if (item_type(item_at(d->d, "/spec/resourceModifier")) == PINTLE_T_OBJECT) {
    buf_addz(&d->text, "\nResource modifier:\n");
    describe_string(d, "  Type", "/spec/resourceModifier/kind", "");
    describe_string(d, "  Name", "/spec/resourceModifier/name", "");
  }
  uploader(d);
  buf_addc(&d->text, '\n');
  describe_operations(d);
  describe_hook_counts(d);
  if (d->details) describe_resource_list(d), describe_actions(d);
}

static int describe(cli *c, cli_session *s, store *from) { return cli_describe(c, s, from, &cli_kind_restore, text); }
int cli_restore_describe(cli *c) { return cli_with_store(c, describe); }
