/* commands.h -- the tree of commands as one table: parsing, help and completion are made of it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_COMMANDS_H
#define PINTLE_CLI_COMMANDS_H
#include "cli/cli.h"
#include "cli/flag_tables.h"

typedef struct cli_command {
  const char *noun;              /* "backup" */
  const char *verb;              /* "create"; NULL: the noun alone */
  const char *verbs;             /* other spellings, "list|ls"; NULL */
  const char *args;              /* "NAME", "[NAMES]"; "" */
  const char *arg_words;         /* for completion: BACKUP, RESTORE, PLUGIN, FILE, "bash|zsh|fish"; NULL */
  unsigned min, max;             /* of args */
  const cli_flag *const *groups; /* NULL-ended, the global one last */
  const char *summary;           /* one line */
  const char *text;              /* more; NULL */
  const char *examples;          /* lines with two blanks before */
  int (*run)(cli *c);
} cli_command;
extern const cli_command cli_commands[]; /* ended by a noun of NULL */

typedef struct cli_noun {
  const char *name, *others; /* "backup", "backups" */
  const char *summary;
} cli_noun;
extern const cli_noun cli_nouns[];

/* The command of those words; second may be NULL. Both orders: "backup get", "get backups". NULL: none. */
const cli_command *cli_command_of(const char *first, const char *second);
/* Is it a noun, or a verb of some command? */
bool cli_is_word(const char *word);
/* "backup create" */
void cli_command_name(const cli_command *command, buf *out);
/* The nearest right word for a wrong one; after: NULL, or the word before it. */
const char *cli_nearest_word(const char *word, const char *after);

/* help.c */
void cli_help_command(cli *c, const cli_command *command);
bool cli_help_words(cli *c, const char *noun_or_verb); /* false: it is neither */
void cli_help_top(cli *c);

int cli_backup_create(cli *c);
int cli_backup_continue(cli *c);
int cli_restore_continue(cli *c);
int cli_backup_get(cli *c);
int cli_backup_describe(cli *c);
int cli_backup_logs(cli *c);
int cli_backup_download(cli *c);
int cli_backup_delete(cli *c);
int cli_backup_verify(cli *c);
int cli_restore_create(cli *c);
int cli_restore_get(cli *c);
int cli_restore_describe(cli *c);
int cli_restore_logs(cli *c);
int cli_restore_report(cli *c);
int cli_restore_delete(cli *c);
int cli_backup_location_get(cli *c);
int cli_snapshot_location_get(cli *c);
int cli_snapshot_create(cli *c);
int cli_snapshot_get(cli *c);
int cli_snapshot_restore(cli *c);
int cli_snapshot_delete(cli *c);
int cli_snapshot_verify(cli *c);
int cli_plugin_list(cli *c);
int cli_plugin_inspect(cli *c);
int cli_plugin_preflight(cli *c);
uint32_t cli_phase_kind(const cli *c); /* CONF_*, by --phase */
int cli_chain_show(cli *c);
int cli_chain_explain(cli *c);
int cli_chain_run(cli *c);
int cli_chain_diff(cli *c);
int cli_debug(cli *c);
int cli_version(cli *c);
int cli_completion(cli *c);
int cli_help(cli *c);
#endif
