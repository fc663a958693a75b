/* cli.c -- from words to a command, and its exit status.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include <stdio.h>
#include <unistd.h>

const char *cli_getenv(const cli *c, const char *name) {
  size_t n = strlen(name);
  for (const char *const *v = c->process->environment; v && *v; v++)
    if (strncmp(*v, name, n) == 0 && (*v)[n] == '=' && (*v)[n + 1]) return *v + n + 1;
  return NULL;
}

typedef struct words {
  const char **v; /* NULL-ended */
  size_t n;
} words;

static int no_command(cli *c, const words *w) {
  char hint[200];
  const char *first = w->v[0], *second = w->n > 1 ? w->v[1] : NULL;
  bool known = cli_is_word(first);
  const char *wrong = known && second ? second : first, *near = cli_nearest_word(wrong, known && second ? first : NULL);
  if (near)
    snprintf(hint, sizeof hint, "did you mean `pintle %s%s%s`?", known && second ? first : near, known && second ? " " : "",
             known && second ? near : "");
  else snprintf(hint, sizeof hint, "`pintle help%s%s` lists the commands", known ? " " : "", known ? first : "");
  return cli_usage(c, hint, "unknown command \"%s%s%s\"", first, known && second ? " " : "", known && second ? second : "");
}

/* Reads flags until the command is known (only global ones can be taken then), and after that all the rest. */
static pintle_status read_words(cli *c, words *w, error *e) {
  static const cli_flag *const global[] = {cli_global_flags, NULL};
  const cli_process *p = c->process;
  bool only_words = false;
  c->flags.groups = global;
  for (int i = 1; i < p->argc; i++) {
    const char *word = p->argv[i];
    if (!only_words && strcmp(word, "--") == 0) {
      only_words = true;
    } else if (!only_words && word[0] == '-' && word[1]) {
      pintle_status st = cli_flags_take(&c->flags, &c->memory, p->argc, p->argv, &i, e);
      if (st != PINTLE_OK) return st;
    } else {
      w->v[w->n++] = word;
      if (!c->command && w->n <= 2) c->command = cli_command_of(w->v[0], w->n == 2 ? w->v[1] : NULL);
      if (c->command) c->flags.groups = c->command->groups;
    }
  }
  return PINTLE_OK;
}

static int usage_of(cli *c, error *e) {
  CLEANUP(buf_free) buf name = {0};
  if (!e->hint[0]) {
    if (c->command) cli_command_name(c->command, &name);
    error_hint(e, "`pintle%s%s --help` lists the flags", name.len ? " " : "", buf_z(&name));
  }
  cli_fail(c, e);
  return CLI_USAGE;
}

static int check_args(cli *c) {
  CLEANUP(buf_free) buf name = {0};
  char hint[300];
  const cli_command *k = c->command;
  cli_command_name(k, &name);
  snprintf(hint, sizeof hint, "pintle %s%s%s [flags]", buf_z(&name), k->args[0] ? " " : "", k->args);
  if (c->n_args < k->min) return cli_usage(c, hint, "%s is missing", k->args);
  if (c->n_args > k->max)
    return cli_usage(c, hint, "\"%s\" is one word too many: %s takes %s", c->args[k->max], buf_z(&name), k->args[0] ? k->args : "none");
  return CLI_COMPLETED;
}

static int run(cli *c) {
  error e = {0};
  words w = {.v = arena_zalloc(&c->memory, (size_t)(c->process->argc + 2) * sizeof *w.v)};
  if (!w.v) {
    error_nomem(&e);
    return cli_fail(c, &e);
  }
  pintle_status st = read_words(c, &w, &e);
  bool help = cli_is(&c->flags, "help");
  if (c->command) {
    size_t used = c->command->verb ? 2 : 1;
    c->args = w.v + used;
    c->n_args = w.n - used;
  }
  if (st != PINTLE_OK && (c->command || w.n == 0)) return usage_of(c, &e);
  if (st != PINTLE_OK && w.n == 1 && cli_is_word(w.v[0])) {
    error_hint(&e, "a command's flags stand behind it: pintle %s COMMAND [flags]", w.v[0]);
    return usage_of(c, &e);
  }
  if (w.n == 0 || (!c->command && help && w.n == 1 && st == PINTLE_OK)) {
    if (w.n == 0) cli_help_top(c);
    else if (!cli_help_words(c, w.v[0])) return no_command(c, &w);
    return CLI_COMPLETED;
  }
  if (!c->command) { /* "pintle backup" shows its help; an unknown flag before an unknown command is the lesser evil */
    if (w.n == 1 && st == PINTLE_OK && cli_help_words(c, w.v[0])) return CLI_COMPLETED;
    return no_command(c, &w);
  }
  if (help) {
    cli_help_command(c, c->command);
    return CLI_COMPLETED;
  }
  int status = check_args(c);
  return status == CLI_COMPLETED ? c->command->run(c) : status;
}

int cli_run(const cli_process *process) {
  static const cli_flag *const global[] = {cli_global_flags, NULL};
  cli c = {.process = process, .flags = {.groups = global}};
  c.in_terminal = isatty(process->in), c.out_terminal = isatty(process->out), c.err_terminal = isatty(process->err);
  int status = cli_flush(&c, run(&c));
  buf_free(&c.out);
  arena_free(&c.memory);
  return status;
}

bool cli_names(const cli *c, str name) {
  for (size_t i = 0; i < c->n_args; i++)
    if (str_is(name, c->args[i])) return true;
  return c->n_args == 0;
}
