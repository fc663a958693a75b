/* cli.h -- the command line's internal door: what every command gets, and how it speaks.  SPDX-License-Identifier: Apache-2.0
 *
 * main.c alone reads argv and the environment and returns the exit status; everything else works on a struct cli. */
#ifndef PINTLE_CLI_CLI_H
#define PINTLE_CLI_CLI_H
#include "cli/flags.h"
#include "item/item.h"

enum { CLI_COMPLETED = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_PARTLY = 3, CLI_STOPPED = 4, CLI_SIGNAL = 128 };

typedef struct cli_process { /* what main knows */
  int argc;
  const char *const *argv;
  const char *const *environment; /* NAME=VALUE, NULL-ended */
  int in, out, err;               /* descriptors */
} cli_process;

typedef struct cli {
  const cli_process *process;
  arena memory; /* lives as long as the command */
  const struct cli_command *command;
  cli_flags flags;
  const char *const *args; /* NULL-ended */
  size_t n_args;
  bool in_terminal, out_terminal, err_terminal;
  buf out; /* standard output, written in pieces */
  bool out_broken;
} cli;

/* The whole program; returns the exit status. */
int cli_run(const cli_process *process);
/* $NAME, or NULL when it is not set or empty. */
const char *cli_getenv(const cli *c, const char *name);

/* ---- speaking (say.c). Standard output is for results, standard error for everything else. */
void cli_out(cli *c, str text); /* as it is: JSON, YAML, archives, or text made with cli_clean */
void cli_outz(cli *c, const char *text);
PINTLE_PRINTF(2, 3) void cli_outf(cli *c, const char *format, ...);
int cli_flush(cli *c, int status);                                  /* status, or CLI_FAILED when standard output could not be written */
PINTLE_PRINTF(2, 3) void cli_note(cli *c, const char *format, ...); /* one line on standard error; control characters are made visible */
void cli_err(cli *c, str text);                                     /* as it is */
/* "pintle: PLACE: MESSAGE\n  hint: HINT" on standard error. Returns the exit status that belongs to e->status: CLI_USAGE or CLI_FAILED. */
int cli_fail(cli *c, const error *e);
PINTLE_PRINTF(3, 4) int cli_usage(cli *c, const char *hint, const char *format, ...); /* hint may be NULL; returns CLI_USAGE */
/* "y" or "yes" on a terminal; false elsewhere. */
bool cli_confirm(cli *c, const char *question);
/* May colours be used on standard output? --colorized, else a terminal without $NO_COLOR. */
bool cli_colours(const cli *c);

/* ---- text (text.c). Names from stores and plugins may hold anything; a terminal gets none of it raw. */
/* Control characters (C0, DEL, C1), bidirectional overrides and line separators as \n, \x1b, \u202e; invalid UTF-8 as \xff. */
void cli_clean(buf *out, str s);
/* The same, but line feeds stay, and tabs. */
void cli_clean_lines(buf *out, str s);
/* JSON text with DEL, C1 and such inside its strings escaped: the same JSON, fit for a terminal. */
void cli_clean_json(buf *out, str json);
size_t cli_width(str s); /* columns of clean text: its code points; escape sequences for colours count nothing */
enum { CLI_RED = 31, CLI_GREEN = 32, CLI_YELLOW = 33, CLI_CYAN = 36, CLI_BOLD = 1, CLI_DIM = 2 };
void cli_colour(buf *out, bool on, int colour, str s);

/* Is it among the command's NAMES, or are there none? */
bool cli_names(const cli *c, str name);

/* ---- time (when.c) */
/* "<of>-YYYYMMDDhhmmss", local time, as Velero's command line names what nobody named. */
void cli_stamped_name(const char *of, char *to, size_t size);
/* "29d", "5h", "3m", "10s": as Kubernetes' ShortHumanDuration. to holds 32. */
char *cli_short_duration(int64_t d, char *to);
/* "29d", "3h ago", "n/a" for 0: as Velero's EXPIRES. */
char *cli_from_now(int64_t when, int64_t now, char *to);
/* "2026-05-20 08:00:00 +0000 UTC" of RFC 3339 text; otherwise when it is none. to holds 64. */
char *cli_time(str rfc3339, const char *otherwise, char *to);

/* ---- one JSON or YAML document on standard output; from NULL = the root. */
int cli_print_doc(cli *c, const item_doc *doc, const char *format);
#endif
