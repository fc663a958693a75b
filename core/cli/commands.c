/* commands.c -- the table of commands; see commands.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "base/nearest.h"
#include "cli/flag_tables.h"

#define GROUPS(...) ((const cli_flag *const[]){__VA_ARGS__, cli_global_flags, NULL})
#define ANY 10000u

const cli_noun cli_nouns[] = {
    {"backup", "backups", "Work with backups"},
    {"restore", "restores", "Work with restores"},
    {"backup-location", "backup-locations", "Work with backup storage locations"},
    {"snapshot-location", "snapshot-locations", "Work with snapshot locations"},
    {"snapshot", "snapshots", "Work with snapshots of single volumes"},
    {"plugin", "plugins", "Work with plugins"},
    {"chain", "chains", "See the chain of actions and try it on manifests"},
    {NULL, NULL, NULL},
};

const cli_command cli_commands[] = {
    {"backup", "create", NULL, "NAME", NULL, 0, 1,
     GROUPS(cli_backup_own_flags, cli_run_flags, cli_worker_flags, cli_backup_flags, cli_create_output_flags), "Create a backup",
     "Backs up manifests through the chain of actions into Velero's object layout, reads everything back, and only then commits it.\n"
     "Exit status: 0 Completed, 1 Failed, 2 usage or configuration, 3 PartiallyFailed, 4 stopped by --fail-on.",
     "  # Back up a directory of manifests.\n"
     "  pintle backup create b1 --from manifests/\n"
     "  # Only the namespace shop, and only what is labelled so.\n"
     "  pintle backup create shop --from manifests/ --include-namespaces shop -l app=web\n"
     "  # From standard input.\n"
     "  kubectl get all,cm,pvc,pv -A -o yaml | pintle backup create b2 --from -\n"
     "  # Show what the chain would change; nothing is written.\n"
     "  pintle backup create b3 --from manifests/ --dry-run\n"
     "  # Print the Backup resource and do nothing.\n"
     "  pintle backup create b4 --ttl 240h -o yaml\n"
     "  # Run a Backup resource.\n"
     "  pintle backup create -f backup.yaml --from manifests/",
     cli_backup_create},
    {"backup", "continue", NULL, "NAME", "BACKUP", 1, 1, GROUPS(cli_continue_flags, cli_again_flags, cli_worker_flags, cli_store_flags),
     "Finish a backup whose operations were outstanding when its process ended",
     "Waits for the operations, takes again the items that belong to them, and commits. Needs the same plugins; any machine that reaches the "
     "store will do.\nExit status as of backup create.",
     "  # What its process left WaitingForPluginOperations or Finalizing.\n"
     "  pintle backup continue b1\n"
     "  # Take items again as the manifests have them now.\n"
     "  pintle backup continue b1 --from manifests/",
     cli_backup_continue},
    {"backup", "get", "list", "[NAMES]", "BACKUP", 0, ANY, GROUPS(cli_output_flags, cli_list_flags, cli_store_flags), "Get backups", NULL,
     "  # List all backups.\n"
     "  pintle backup get\n"
     "  # One backup as YAML.\n"
     "  pintle backup get b1 -o yaml\n"
     "  # What became of each of its items, and by whom; for a program with -o json.\n"
     "  pintle backup get b1 --details\n"
     "  # Those of one application.\n"
     "  pintle get backups -l app=shop",
     cli_backup_get},
    {"backup", "describe", NULL, "[NAMES]", "BACKUP", 0, ANY, GROUPS(cli_describe_flags, cli_store_flags), "Describe backups", NULL,
     "  # What is in a backup, and how it went.\n"
     "  pintle backup describe b1 --details\n"
     "  # The same as JSON.\n"
     "  pintle backup describe b1 -o json",
     cli_backup_describe},
    {"backup", "logs", NULL, "NAME", "BACKUP", 1, 1, GROUPS(cli_timeout_flags, cli_store_flags), "Get backup logs", NULL,
     "  # Only what went wrong.\n"
     "  pintle backup logs b1 | grep -E 'level=(warning|error)'",
     cli_backup_logs},
    {"backup", "download", NULL, "NAME", "BACKUP", 1, 1, GROUPS(cli_download_flags, cli_timeout_flags, cli_store_flags),
     "Download all items of a backup as a tarball", NULL,
     "  # To ./b1-data.tar.gz.\n"
     "  pintle backup download b1\n"
     "  # List what is in it.\n"
     "  pintle backup download b1 -o - | tar tz",
     cli_backup_download},
    {"backup", "delete", NULL, "[NAMES]", "BACKUP", 0, ANY, GROUPS(cli_delete_flags, cli_store_flags), "Delete backups",
     "Asks on a terminal; elsewhere --confirm is needed.",
     "  # Delete two backups without being asked.\n"
     "  pintle backup delete b1 b2 --confirm\n"
     "  # Delete all of an application, after a look at what that takes.\n"
     "  pintle backup delete -l app=shop --dry-run\n"
     "  pintle backup delete -l app=shop",
     cli_backup_delete},
    {"backup", "verify", NULL, "NAMES", "BACKUP", 1, ANY, GROUPS(cli_store_flags), "Fetch backups back and compare every object and item",
     "Exit status 1 when one is damaged. Of a backup that Velero made, which keeps no checksums, gzip, tar and JSON are checked.",
     "  pintle backup verify b1", cli_backup_verify},

    {"restore", "create", NULL, "[NAME]", NULL, 0, 1,
     GROUPS(cli_restore_own_flags, cli_run_flags, cli_worker_flags, cli_restore_flags, cli_create_output_flags), "Create a restore",
     "Restores a backup through the chain of actions into a directory, laid out for `kubectl apply -R -f DIR`.\n"
     "NAME defaults to <backup>-YYYYMMDDhhmmss. Exit status as of backup create.",
     "  # Restore a backup into a directory.\n"
     "  pintle restore create --from-backup b1 --to out/\n"
     "  # Into other namespaces, and replacing what is there.\n"
     "  pintle restore create r1 --from-backup b1 --to out/ --namespace-mappings shop:shop-test --existing-resource-policy update\n"
     "  # From a tarball that Velero wrote.\n"
     "  pintle restore create r2 --from b1-data.tar.gz --to out/\n"
     "  # Show what would change, and fail when a reference stays unresolved.\n"
     "  pintle restore create --from-backup b1 --to out/ --dry-run --fail-on unresolved\n"
     "  # The same as a page to look at before anything is restored.\n"
     "  pintle restore create --from-backup b1 --to out/ --dry-run --report plan.html",
     cli_restore_create},
    {"restore", "continue", NULL, "NAME", "RESTORE", 1, 1, GROUPS(cli_continue_flags, cli_worker_flags, cli_store_flags),
     "Finish a restore whose operations were outstanding when its process ended",
     "Waits for the operations and says how they ended. Needs the same plugins; any machine that reaches the store will do.\n"
     "Exit status as of backup create.",
     "  pintle restore continue r1", cli_restore_continue},
    {"restore", "get", "list", "[NAMES]", "RESTORE", 0, ANY, GROUPS(cli_output_flags, cli_list_flags, cli_store_flags), "Get restores",
     NULL,
     "  pintle restore get\n"
     "  pintle get restores -o json",
     cli_restore_get},
    {"restore", "describe", NULL, "[NAMES]", "RESTORE", 0, ANY, GROUPS(cli_describe_flags, cli_store_flags), "Describe restores", NULL,
     "  pintle restore describe r1 --details", cli_restore_describe},
    {"restore", "logs", NULL, "NAME", "RESTORE", 1, 1, GROUPS(cli_timeout_flags, cli_store_flags), "Get restore logs", NULL,
     "  pintle restore logs r1", cli_restore_logs},
    {"restore", "report", NULL, "", NULL, 0, 0, GROUPS(cli_report_flags), "Make a report of a restore that Velero made, from its log",
     "Reads the lines that velero-plugin-pintle wrote into Velero's log: each change, finding and count. Reports of pintle's own restores are\n"
     "written by `pintle restore create --report`.",
     "  velero restore logs r1 | pintle restore report --log - --report r1.html\n"
     "  pintle restore report --log restore-r1-logs.gz --report r1.json --fail-on unresolved",
     cli_restore_report},
    {"restore", "delete", NULL, "[NAMES]", "RESTORE", 0, ANY, GROUPS(cli_delete_flags, cli_store_flags), "Delete restores",
     "Deletes what the store keeps of a restore, not what was restored.", "  pintle restore delete r1 --confirm", cli_restore_delete},

    {"backup-location", "get", "list", "[NAMES]", NULL, 0, ANY, GROUPS(cli_output_flags), "Get backup storage locations", NULL,
     "  pintle backup-location get", cli_backup_location_get},
    {"snapshot-location", "get", "list", "[NAMES]", NULL, 0, ANY, GROUPS(cli_output_flags), "Get snapshot locations", NULL,
     "  pintle snapshot-location get", cli_snapshot_location_get},

    {"snapshot", "create", NULL, "[NAME]", NULL, 0, 1, GROUPS(cli_snapshot_create_flags, cli_snapshot_flags, cli_store_flags),
     "Snapshot the volume of a PersistentVolume, without a backup",
     "Any VolumeSnapshotter of the chain can do it. A record of it is kept in the store. NAME defaults to <pv>-YYYYMMDDhhmmss.",
     "  kubectl get pv pvc-1234 -o yaml > pv.yaml\n"
     "  pintle snapshot create --pv pv.yaml\n"
     "  # By one VolumeSnapshotLocation among several.\n"
     "  pintle snapshot create before-upgrade --pv pv.yaml --snapshot-location nas",
     cli_snapshot_create},
    {"snapshot", "get", "list", "[NAMES]", NULL, 0, ANY, GROUPS(cli_output_flags, cli_store_flags), "Get snapshots", NULL,
     "  pintle snapshot get\n"
     "  pintle get snapshots -o json",
     cli_snapshot_get},
    {"snapshot", "restore", NULL, "NAME", NULL, 1, 1, GROUPS(cli_snapshot_restore_flags, cli_snapshot_flags, cli_store_flags),
     "Make a new volume from a snapshot", "Prints the PersistentVolume that names the new volume.",
     "  pintle snapshot restore before-upgrade | kubectl create -f -\n"
     "  # Into another PersistentVolume.\n"
     "  pintle snapshot restore before-upgrade --pv other.yaml > restored.yaml",
     cli_snapshot_restore},
    {"snapshot", "delete", NULL, "NAMES", NULL, 1, ANY, GROUPS(cli_snapshot_delete_flags, cli_snapshot_flags, cli_store_flags),
     "Delete snapshots and their records", "Asks on a terminal; elsewhere --confirm is needed.",
     "  pintle snapshot delete before-upgrade --confirm", cli_snapshot_delete},
    {"snapshot", "verify", NULL, "NAMES", NULL, 1, ANY, GROUPS(cli_snapshot_flags, cli_store_flags),
     "Read snapshots back and compare everything",
     "Works where the VolumeSnapshotter keeps the data itself; elsewhere it is refused. Exit status 1 when one is damaged.",
     "  pintle snapshot verify before-upgrade", cli_snapshot_verify},

    {"plugin", "list", "get", "", NULL, 0, 0, GROUPS(cli_output_flags), "List the plugins of the plugin directories",
     "Every .so is looked at in a process of its own. What is set aside is listed with its reason.",
     "  pintle plugin list\n"
     "  pintle plugin get --plugin-dir build/plugins -o json",
     cli_plugin_list},
    {"plugin", "inspect", "describe", "FILE.so|NAME", "PLUGIN", 1, 1,
     GROUPS(((const cli_flag[]){{"output", 'o', .type = FLAG_TEXT, .value = "FORMAT", .fallback = "plaintext",
                                 .choices = "plaintext|json|yaml", .help = "output format"},
                                {.name = NULL}})),
     "Show what a plugin says of itself and what it needs", NULL,
     "  # A plugin that is not installed.\n"
     "  pintle plugin inspect ./mine.so\n"
     "  # An installed one, by its name.\n"
     "  pintle plugin inspect restore-xform",
     cli_plugin_inspect},
    {"plugin", "preflight", NULL, "DIR", "FILE", 1, 1, GROUPS(((const cli_flag[]){{.name = NULL}})), "Say what would stop Velero if DIR were its plugin directory",
     "Executes what Velero would execute, asks it for its list, and looks at every .so and at the configuration. Exit status 2 if anything would.",
     "  pintle plugin preflight /plugins", cli_plugin_preflight},

    {"chain", "show", NULL, "", NULL, 0, 0, GROUPS(cli_chain_show_flags, cli_output_flags),
     "Show which actions run, in which order, and why", NULL,
     "  pintle chain show\n"
     "  pintle chain show --phase restore",
     cli_chain_show},
    {"chain", "explain", NULL, "[ITEMFILE]", "FILE", 0, 1, GROUPS(cli_chain_source_flags, cli_output_flags),
     "Show for an item which actions want it, and why the others do not", NULL,
     "  pintle chain explain pvc.yaml --phase restore\n"
     "  kubectl get pv pv-1 -o yaml | pintle chain explain -",
     cli_chain_explain},
    {"chain", "run", NULL, "[FILE|DIR|FILE.tar.gz|-]", "FILE", 0, 1, GROUPS(cli_chain_run_flags, cli_chain_source_flags, cli_worker_flags),
     "Put manifests through the chain and write what comes out", "A dry run unless --execute is given.",
     "  # What would a restore change?\n"
     "  pintle chain run --phase restore -o diff manifests/\n"
     "  # One action alone, on one item.\n"
     "  pintle chain run --phase restore --action pintle.io/resolve-references pvc.yaml\n"
     "  # The items of a backup.\n"
     "  pintle chain run --phase restore --from-backup b1 -o json",
     cli_chain_run},
    {"chain", "diff", NULL, "[FILE|DIR|FILE.tar.gz|-]", "FILE", 0, 1, GROUPS(cli_chain_diff_flags, cli_worker_flags),
     "Compare what two directories of plugins make of the same items",
     "Runs the chain once with the plugins of each --plugin-dir, as a dry run, and prints the items whose result differs: how to judge an\n"
     "upgrade beforehand. Exit status: 0 no item differs, 1 some do, 2 they could not be compared.",
     "  # What would the new plugins restore differently?\n"
     "  pintle chain diff --plugin-dir /usr/lib/pintle/plugins --plugin-dir ./new --backup b1\n"
     "  # One file each, on some manifests, for a program.\n"
     "  pintle chain diff --plugin-dir a/nas.so --plugin-dir b/nas.so manifests/ -o json",
     cli_chain_diff},

    {"debug", NULL, NULL, "", NULL, 0, 0, GROUPS(cli_debug_flags, cli_store_flags), "Write a bundle for whoever is to help",
     "A tarball with versions, plugins and their hashes, the chain, names of environment variables, and of a backup or restore its log, results\n"
     "and the outcome of each item. Values of secret options, of the environment and of items are not in it.",
     "  pintle debug --backup b1\n"
     "  pintle debug --backup b1 --restore r1 --output bundle.tar.gz",
     cli_debug},
    {"version", NULL, NULL, "", NULL, 0, 0, GROUPS(cli_version_flags), "Print the version of pintle and of the plugins' ABI", NULL,
     "  pintle version", cli_version},
    {"completion", NULL, NULL, "SHELL", "bash|zsh|fish", 1, 1, GROUPS(cli_no_flags), "Print a completion script for a shell", NULL,
     "  # In this bash.\n"
     "  . <(pintle completion bash)\n"
     "  # For all sessions.\n"
     "  pintle completion bash >/etc/bash_completion.d/pintle\n"
     "  pintle completion zsh >\"${fpath[1]}/_pintle\"\n"
     "  pintle completion fish >~/.config/fish/completions/pintle.fish",
     cli_completion},
    {"help", NULL, NULL, "[COMMAND]", NULL, 0, 2, GROUPS(cli_no_flags), "Help for a command", NULL, "  pintle help backup create",
     cli_help},
    {.noun = NULL},
};

static bool among(const char *list, const char *word) { return list && cli_choice(list, str_of(word)); }

static bool is_noun(const cli_command *c, const char *word) {
  if (strcmp(c->noun, word) == 0) return true;
  for (const cli_noun *n = cli_nouns; n->name; n++)
    if (strcmp(n->name, c->noun) == 0) return strcmp(n->others, word) == 0;
  return false;
}

static bool is_verb(const cli_command *c, const char *word) { return c->verb && (strcmp(c->verb, word) == 0 || among(c->verbs, word)); }

const cli_command *cli_command_of(const char *first, const char *second) {
  for (const cli_command *c = cli_commands; c->noun; c++) {
    if (!c->verb && strcmp(c->noun, first) == 0) return c;
    if (!c->verb || !second) continue;
    if ((is_noun(c, first) && is_verb(c, second)) || (is_verb(c, first) && is_noun(c, second))) return c;
  }
  return NULL;
}

bool cli_is_word(const char *word) {
  for (const cli_command *c = cli_commands; c->noun; c++)
    if (is_noun(c, word) || is_verb(c, word)) return true;
  return false;
}

void cli_command_name(const cli_command *command, buf *out) {
  buf_addz(out, command->noun);
  if (command->verb) buf_printf(out, " %s", command->verb);
}

const char *cli_nearest_word(const char *word, const char *after) {
  const char *words[128];
  size_t n = 0;
  for (const cli_command *c = cli_commands; c->noun && n + 2 <= 128; c++) {
    if (!after || (c->verb && is_verb(c, after))) words[n++] = c->noun;
    if (c->verb && (!after || is_noun(c, after))) words[n++] = c->verb;
  }
  return nearest(str_of(word), words, n);
}
