/* flag_tables.c -- every flag of every command; Velero's under Velero's names.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/flag_tables.h"

#define END \
  { .name = NULL }
#define BOOL .type = FLAG_BOOL
#define TEXT .type = FLAG_TEXT
#define LIST .type = FLAG_LIST
#define DURATION .type = FLAG_DURATION, .value = "DURATION"
#define NUMBER .type = FLAG_NUMBER, .value = "N"

#define NO_CLUSTER "pintle reads manifests with --from and restores into a directory with --to; it cannot talk to an API server yet"

const cli_flag cli_global_flags[] = {
    {"config", TEXT, .value = "FILE",
     .help = "configuration: a file, or a directory of *.yaml and *.json. Else $PINTLE_CONFIG, ./pintle.yaml, "
             "$XDG_CONFIG_HOME/pintle, /etc/pintle"},
    {"chain", TEXT, .value = "NAME", .help = "which PluginChain of the configuration"},
    {"plugin-dir", .type = FLAG_REPEAT, .value = "DIR",
     .help = "where the plugins are (repeatable; a single .so file will do). Else "
             "$PINTLE_PLUGIN_DIR, else where pintle was installed"},
    {"namespace", 'n', TEXT, .value = "NAMESPACE", .fallback = "velero", .field = "/metadata/namespace",
     .help = "namespace that Backup and Restore resources say they are in"},
    {"colorized", BOOL, .help = "colours in the output. Default: on a terminal"},
    {"log-format", TEXT, .value = "FORMAT", .fallback = "text", .choices = "text|json", .help = "format of log lines"},
    {"help", 'h', BOOL, .help = "help for this command"},
    {"kubeconfig", TEXT, .value = "FILE", .refused = NO_CLUSTER},
    {"kubecontext", TEXT, .value = "NAME", .refused = NO_CLUSTER},
    {"features", LIST, .value = "NAMES", .refused = "pintle has none of Velero's feature flags yet"},
    END};

#define FILTERS_OLD ". Not together with the four flags for cluster- and namespace-scoped resources"
#define FILTERS_NEW ". Not together with --include-resources, --exclude-resources and --include-cluster-resources"
#define SELECTORS(what)                                                                                            \
  {"selector",                                                                                                     \
   'l',                                                                                                            \
   .type = FLAG_SELECTOR,                                                                                          \
   .value = "SELECTOR",                                                                                            \
   .field = "/spec/labelSelector",                                                                                 \
   .help = what " matching this label selector"},                                                                  \
  {                                                                                                                \
    "or-selector", .type = FLAG_SELECTORS, .value = "\"SELECTOR or SELECTOR\"", .field = "/spec/orLabelSelectors", \
                   .help = what " matching at least one of these label selectors, separated by ' or '"             \
  }
#define METADATA(what)                                                                                                                 \
  {"labels", .type = FLAG_LABELS, .value = "KEY=VALUE,...", .field = "/metadata/labels", .help = "labels of the " what}, {             \
    "annotations", .type = FLAG_LABELS, .value = "KEY=VALUE,...", .field = "/metadata/annotations", .help = "annotations of the " what \
  }

const cli_flag cli_backup_flags[] = {
    {"include-namespaces", LIST, .value = "NAMESPACES", .field = "/spec/includedNamespaces",
     .help = "namespaces to back up; '*' is all (globs work)"},
    {"exclude-namespaces", LIST, .value = "NAMESPACES", .field = "/spec/excludedNamespaces", .help = "namespaces to leave out"},
    {"include-resources", LIST, .value = "RESOURCES", .field = "/spec/includedResources",
     .help = "resources to back up, such as deployments.apps; '*' is all" FILTERS_OLD},
    {"exclude-resources", LIST, .value = "RESOURCES", .field = "/spec/excludedResources", .help = "resources to leave out" FILTERS_OLD},
    {"include-cluster-resources", BOOL, .field = "/spec/includeClusterResources", .help = "back up cluster-scoped resources" FILTERS_OLD},
    {"include-cluster-scoped-resources", LIST, .value = "RESOURCES", .field = "/spec/includedClusterScopedResources",
     .help = "cluster-scoped resources to back up" FILTERS_NEW},
    {"exclude-cluster-scoped-resources", LIST, .value = "RESOURCES", .field = "/spec/excludedClusterScopedResources",
     .help = "cluster-scoped resources to leave out" FILTERS_NEW},
    {"include-namespace-scoped-resources", LIST, .value = "RESOURCES", .field = "/spec/includedNamespaceScopedResources",
     .help = "namespaced resources to back up" FILTERS_NEW},
    {"exclude-namespace-scoped-resources", LIST, .value = "RESOURCES", .field = "/spec/excludedNamespaceScopedResources",
     .help = "namespaced resources to leave out" FILTERS_NEW},
    SELECTORS("only resources"),
    METADATA("backup"),
    {"ordered-resources", .type = FLAG_ORDERED, .value = "RESOURCE=NS/NAME,...;...", .field = "/spec/orderedResources",
     .help = "which come first, in which order: 'pods=ns1/p1,ns1/p2;persistentvolumeclaims=ns1/c1'"},
    {"storage-location", TEXT, .value = "NAME", .field = "/spec/storageLocation", .help = "BackupStorageLocation to store it in"},
    {"volume-snapshot-locations", LIST, .value = "NAMES", .field = "/spec/volumeSnapshotLocations",
     .help = "VolumeSnapshotLocations, one a provider at most"},
    {"ttl", DURATION, .field = "/spec/ttl", .help = "how long it is kept. Default: 720h"},
    {"snapshot-volumes", BOOL, .field = "/spec/snapshotVolumes",
     .help = "take snapshots of PersistentVolumes. Default: where a plugin can"},
    {"snapshot-move-data", BOOL, .field = "/spec/snapshotMoveData", .help = "copy the snapshots that item actions take into a store, and delete them"},
    {"data-mover", TEXT, .value = "NAME", .field = "/spec/datamover", .help = "who moves it"},
    {"default-volumes-to-fs-backup", BOOL, .field = "/spec/defaultVolumesToFsBackup",
     .help = "back volumes up file by file unless told otherwise"},
    {"parallel-files-upload", NUMBER, .field = "/spec/uploaderConfig/parallelFilesUpload", .help = "files uploaded at a time"},
    {"csi-snapshot-timeout", DURATION, .field = "/spec/csiSnapshotTimeout", .help = "how long a CSI snapshot may take. Default: 10m"},
    {"item-operation-timeout", DURATION, .field = "/spec/itemOperationTimeout",
     .help = "how long an operation of a plugin may take. Default: 4h"},
    {"resource-policies-configmap", .type = FLAG_CONFIGMAP, .value = "NAME|FILE", .field = "/spec/resourcePolicy",
     .help = "volume policies: a ConfigMap of the configuration, or a file with one, or with the YAML itself"},
    {"wait", 'w', BOOL, .help = "accepted for Velero's sake: pintle always waits"},
    {"from-schedule", TEXT, .value = "NAME", .refused = "schedules are only checked yet; write the template into a file and use -f FILE"},
    END};

const cli_flag cli_backup_own_flags[] = {
    {"from", TEXT, .value = "FILE", .help = "what to back up: a directory of manifests, a file, or - for standard input"},
    {"file-system-backup-timeout", DURATION, .alias = "fs-backup-timeout", .field = "/metadata/annotations/velero.io~1pod-volume-timeout",
     .help = "how long copying one volume's data may take. Default: 1h"},
    END};

const cli_flag cli_restore_flags[] = {
    {"from-backup", TEXT, .value = "BACKUP", .field = "/spec/backupName", .help = "backup to restore from"},
    {"from-schedule", TEXT, .value = "SCHEDULE", .field = "/spec/scheduleName",
     .help = "restore from the newest completed backup of this schedule"},
    {"allow-partially-failed", BOOL, .help = "with --from-schedule: a partially failed backup will do as well"},
    {"include-namespaces", LIST, .value = "NAMESPACES", .field = "/spec/includedNamespaces",
     .help = "namespaces to restore; '*' is all (globs work)"},
    {"exclude-namespaces", LIST, .value = "NAMESPACES", .field = "/spec/excludedNamespaces", .help = "namespaces to leave out"},
    {"include-resources", LIST, .value = "RESOURCES", .field = "/spec/includedResources",
     .help = "resources to restore, such as deployments.apps"},
    {"exclude-resources", LIST, .value = "RESOURCES", .field = "/spec/excludedResources", .help = "resources to leave out"},
    {"include-cluster-resources", BOOL, .field = "/spec/includeClusterResources", .help = "restore cluster-scoped resources"},
    {"namespace-mappings", .type = FLAG_MAPPINGS, .value = "FROM:TO,...", .field = "/spec/namespaceMapping",
     .help = "namespaces that get another name"},
    SELECTORS("only resources"),
    METADATA("restore"),
    {"existing-resource-policy", TEXT, .value = "POLICY", .choices = "none|update", .field = "/spec/existingResourcePolicy",
     .help = "what to do with resources that are there already"},
    {"status-include-resources", LIST, .value = "RESOURCES", .field = "/spec/restoreStatus/includedResources",
     .help = "resources restored with their status"},
    {"status-exclude-resources", LIST, .value = "RESOURCES", .field = "/spec/restoreStatus/excludedResources",
     .help = "resources restored without it"},
    {"restore-volumes", BOOL, .field = "/spec/restorePVs", .help = "restore volumes from snapshots"},
    {"preserve-nodeports", BOOL, .field = "/spec/preserveNodePorts", .help = "keep the node ports of Services"},
    {"resource-modifier-configmap", .type = FLAG_CONFIGMAP, .value = "NAME|FILE", .field = "/spec/resourceModifier",
     .help = "resource modifiers: a ConfigMap of the configuration, or a file with one, or with the YAML itself"},
    {"item-operation-timeout", DURATION, .field = "/spec/itemOperationTimeout",
     .help = "how long an operation of a plugin may take. Default: 4h"},
    {"write-sparse-files", BOOL, .field = "/spec/uploaderConfig/writeSparseFiles", .help = "write sparse files while restoring volumes"},
    {"parallel-files-download", NUMBER, .field = "/spec/uploaderConfig/parallelFilesDownload", .help = "files restored at a time"},
    {"wait", 'w', BOOL, .help = "accepted for Velero's sake: pintle always waits"},
    END};

#define REPORT \
  {"report", TEXT, .value = "FILE", \
   .help = "write what was done to each item, rules, volumes and errors to FILE.html (a page) or FILE.json (the same for programs)"}
const cli_flag cli_restore_own_flags[] = {
    REPORT,
    {"to", TEXT, .value = "DIR", .help = "directory to restore into: DIR/<namespace or _cluster>/<resource.group>/<name>.json"},
    {"from", TEXT, .value = "FILE", .help = "restore from this tarball or directory instead of a backup of the store"},
    {"storage-location", TEXT, .value = "NAME", .help = "BackupStorageLocation that has the backup"},
    {"restore-resource-priorities", TEXT, .value = "FIRST,...,-,LAST,...",
     .field = "/metadata/annotations/pintle.io~1restore-resource-priorities",
     .help = "resources that are restored first and, behind '-', last; each half replaces Velero's own"},
    {"file-system-backup-timeout", DURATION, .alias = "fs-backup-timeout", .field = "/metadata/annotations/velero.io~1pod-volume-timeout",
     .help = "how long copying one volume's data may take. Default: 1h"},
    END};

#define FAIL_ON \
    {"fail-on", LIST, .value = "LIST", .choices = "unresolved|unmatched|volumes|warnings", \
     .help = \
         "exit with status 4 when there is one: unresolved (references that no rule settled), unmatched (rules that nothing met), volumes " \
         "(volumes whose data was not saved), warnings. What was written stays"}
#define REPORTS \
    FAIL_ON, \
    {"events", TEXT, .value = "FILE", .help = "write every event of the run to FILE as JSON lines; - is standard output"}, \
    {"metrics-file", TEXT, .value = "FILE", .help = "write Velero's metrics of this run to FILE, as Prometheus' text format has them"}
const cli_flag cli_run_flags[] = {
    {"filename", 'f', TEXT, .alias = "file", .value = "FILE", .help = "take the resource from this file; other flags change it"},
    {"dry-run", BOOL, .help = "show what would change, item by item, and write nothing"},
    REPORTS,
    END};

const cli_flag cli_continue_flags[] = {
    {"give-up", BOOL, .help = "operations whose action no plugin here has count as failed. Without it they are an error, and nothing is done"},
    REPORTS,
    END};
const cli_flag cli_again_flags[] = {
    {"from", TEXT, .value = "FILE",
     .help = "where items that belong to operations are taken again from: a directory of manifests or a file. Default: the backup itself"},
    END};

const cli_flag cli_worker_flags[] = {
    {"concurrency", NUMBER, .alias = "backup-concurrency", .fallback = "5",
     .help =
         "worker processes for items. 0: plugins run inside pintle, for debugging only: no isolation, deadlines reported but not enforced"},
    {"stop-before", TEXT, .value = "ACTION", .help = "the worker stops itself before this action (SIGSTOP), for a debugger"},
    END};

const cli_flag cli_output_flags[] = {
    {"output", 'o', TEXT, .value = "FORMAT", .fallback = "table", .choices = "table|json|yaml", .help = "output format"}, END};
const cli_flag cli_create_output_flags[] = {
    {"output", 'o', TEXT, .value = "FORMAT", .choices = "json|yaml", .help = "print the resource and do nothing"}, END};
const cli_flag cli_store_flags[] = {
    {"storage-location", TEXT, .value = "NAME", .help = "BackupStorageLocation to look in. Default: the default one"}, END};
const cli_flag cli_snapshot_flags[] = {
    {"snapshot-location", TEXT, .value = "NAME", .help = "VolumeSnapshotLocation. Default: the one that knows the volume, or that made the snapshot"},
    {"file-system-backup-timeout", DURATION, .alias = "fs-backup-timeout", .fallback = "1h",
     .help = "how long a call may take that reads or copies a volume's data"},
    END};
const cli_flag cli_snapshot_create_flags[] = {
    {"pv", TEXT, .value = "FILE", .help = "manifest of the PersistentVolume, YAML or JSON"}, END};
const cli_flag cli_snapshot_restore_flags[] = {
    {"pv", TEXT, .value = "FILE", .help = "manifest of the PersistentVolume that gets the new volume. Default: the one that was snapshotted"},
    {"output", 'o', TEXT, .value = "FORMAT", .fallback = "yaml", .choices = "json|yaml", .help = "how the PersistentVolume is printed"},
    END};
const cli_flag cli_snapshot_delete_flags[] = {{"confirm", BOOL, .help = "do not ask"}, END};
const cli_flag cli_report_flags[] = {
    {"log", TEXT, .value = "FILE", .help = "Velero's restore log, as `velero restore logs NAME` prints it (gzip is read, too); - is standard input"},
    REPORT,
    FAIL_ON,
    END};
const cli_flag cli_list_flags[] = {
    {"selector", 'l', .type = FLAG_SELECTOR, .value = "SELECTOR", .help = "only those matching this label selector"},
    {"label-columns", 'L', LIST, .value = "LABELS", .help = "labels that get a column of their own"},
    {"show-labels", BOOL, .help = "labels in the last column"},
    {"details", BOOL, .help = "what each item came to and which actions changed it; with -o json as JSON lines"},
    END};
const cli_flag cli_describe_flags[] = {
    {"selector", 'l', .type = FLAG_SELECTOR, .value = "SELECTOR", .help = "only those matching this label selector"},
    {"details", BOOL, .help = "with the list of resources"},
    {"output", 'o', TEXT, .value = "FORMAT", .fallback = "plaintext", .choices = "plaintext|json", .help = "output format"},
    {"cacert", TEXT, .value = "FILE", .refused = "put the certificate into the BackupStorageLocation: spec.objectStorage.caCert"},
    {"insecure-skip-tls-verify", BOOL, .refused = "it belongs into the BackupStorageLocation: spec.config"},
    END};
const cli_flag cli_timeout_flags[] = {
    {"timeout", DURATION, .help = "accepted for Velero's sake: reading has deadlines of its own"},
    {"cacert", TEXT, .value = "FILE", .refused = "put the certificate into the BackupStorageLocation: spec.objectStorage.caCert"},
    {"insecure-skip-tls-verify", BOOL, .refused = "it belongs into the BackupStorageLocation: spec.config"},
    END};
const cli_flag cli_download_flags[] = {
    {"output", 'o', TEXT, .value = "FILE", .help = "where to put it. Default: ./NAME-data.tar.gz; - is standard output"},
    {"force", BOOL, .help = "replace the file if it is there"},
    END};
const cli_flag cli_delete_flags[] = {
    {"all", BOOL, .help = "all of them"},
    {"selector", 'l', .type = FLAG_SELECTOR, .value = "SELECTOR", .help = "those matching this label selector"},
    {"confirm", BOOL, .help = "do not ask"},
    {"dry-run", BOOL, .help = "say what would be deleted, cancelled and called, and do nothing"},
    {"force", BOOL, .help = "delete a backup even if snapshots or what DeleteItemActions take care of cannot be deleted; they are left behind"},
    END};

#define PHASE                                                                           \
  {                                                                                     \
    "phase", TEXT, .value = "PHASE", .fallback = "backup", .choices = "backup|restore|item-block", \
                   .help = "which actions: those of a backup or of a restore, or those that name which items of a backup belong together" \
  }
#define ACTIONS \
  { "action", LIST, .value = "ACTION", .help = "only this action (repeatable); pintle's own steps are left out then" }
const cli_flag cli_chain_show_flags[] = {PHASE, ACTIONS, END};
const cli_flag cli_chain_source_flags[] = {PHASE,
                                           {"from-backup", TEXT, .value = "BACKUP", .help = "take the items of this backup"},
                                           {"storage-location", TEXT, .value = "NAME", .help = "BackupStorageLocation that has the backup"},
                                           END};
const cli_flag cli_chain_run_flags[] = {
    ACTIONS,
    {"resource", 'f', TEXT, .alias = "filename", .value = "FILE", .help = "the Backup or Restore that actions see. Default: one made up"},
    {"execute", BOOL, .help = "really call actions with side effects. Without it, it is a dry run"},
    {"output", 'o', TEXT, .value = "FORMAT", .fallback = "yaml", .choices = "json|yaml|diff",
     .help = "what comes out: json (one List), yaml (a document an item), or diff (what changed)"},
    REPORT,
    FAIL_ON,
    END};
const cli_flag cli_chain_diff_flags[] = {
    {"phase", TEXT, .value = "PHASE", .fallback = "restore", .choices = "backup|restore",
     .help = "which actions: those of a backup or of a restore"},
    ACTIONS,
    {"backup", TEXT, .alias = "from-backup", .value = "BACKUP", .help = "compare over the items of this backup"},
    {"storage-location", TEXT, .value = "NAME", .help = "BackupStorageLocation that has the backup"},
    {"resource", 'f', TEXT, .alias = "filename", .value = "FILE", .help = "the Backup or Restore that actions see. Default: one made up"},
    {"output", 'o', TEXT, .value = "FORMAT", .fallback = "diff", .choices = "diff|json", .help = "for people, or JSON lines"},
    END};
const cli_flag cli_debug_flags[] = {
    {"backup", TEXT, .value = "BACKUP", .help = "with what there is of this backup: log, results, outcomes of items, run record"},
    {"restore", TEXT, .value = "RESTORE", .help = "with what there is of this restore"},
    {"output", TEXT, .value = "FILE", .help = "the bundle. Default: ./bundle-YYYY-MM-DD-hh-mm-ss.tar.gz"},
    {"verbose", BOOL, .help = "accepted for Velero's sake"},
    END};
const cli_flag cli_version_flags[] = {
    {"client-only", BOOL, .help = "accepted for Velero's sake: there is no server"},
    {"output", 'o', TEXT, .value = "FORMAT", .fallback = "text", .choices = "text|json|yaml", .help = "output format"},
    END};
const cli_flag cli_no_flags[] = {END};
