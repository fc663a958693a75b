/* flag_tables.h -- every flag of every command.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_FLAG_TABLES_H
#define PINTLE_CLI_FLAG_TABLES_H
#include "cli/flags.h"

extern const cli_flag cli_global_flags[];
extern const cli_flag cli_backup_flags[];      /* Velero's, of backup create */
extern const cli_flag cli_backup_own_flags[];  /* ours */
extern const cli_flag cli_restore_flags[];     /* Velero's, of restore create */
extern const cli_flag cli_restore_own_flags[]; /* ours */
extern const cli_flag cli_run_flags[];         /* of both, ours */
extern const cli_flag cli_continue_flags[];    /* backup continue, restore continue */
extern const cli_flag cli_again_flags[];       /* backup continue */
extern const cli_flag cli_worker_flags[];      /* of everything that starts workers */
extern const cli_flag cli_output_flags[];      /* -o table|json|yaml */
extern const cli_flag cli_store_flags[];       /* --storage-location where a command reads a store */
extern const cli_flag cli_snapshot_flags[], cli_snapshot_create_flags[], cli_snapshot_restore_flags[], cli_snapshot_delete_flags[];
extern const cli_flag cli_report_flags[], cli_list_flags[];        /* -l, --show-labels, -L */
extern const cli_flag cli_describe_flags[];
extern const cli_flag cli_timeout_flags[];
extern const cli_flag cli_download_flags[];
extern const cli_flag cli_delete_flags[];
extern const cli_flag cli_create_output_flags[];
extern const cli_flag cli_chain_show_flags[];
extern const cli_flag cli_chain_source_flags[];
extern const cli_flag cli_chain_run_flags[];
extern const cli_flag cli_chain_diff_flags[];
extern const cli_flag cli_debug_flags[];
extern const cli_flag cli_version_flags[];
extern const cli_flag cli_no_flags[];
#endif
