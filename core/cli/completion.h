/* completion.h -- completion scripts, made of the command table.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_COMPLETION_H
#define PINTLE_CLI_COMPLETION_H
#include "cli/commands.h"

void cli_completion_bash(buf *out);
void cli_completion_zsh(buf *out);
void cli_completion_fish(buf *out);

/* ---- for the three */
void cli_quote(buf *out, const char *text); /* in single quotes, for any of the shells */
/* "first words" of the command line at its beginning: nouns, their plurals, verbs and lone commands, each once, blanks between. */
void cli_completion_words(buf *out);
/* All flags that take a value, with their dashes: " --from -o ". */
void cli_completion_valued(buf *out);
/* 'backup get'|'backup list' */
void cli_completion_pattern(const cli_command *k, const char *between, buf *out);
#endif
