/* help.c -- help, as cobra lays it out.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/table.h"
#include <stdio.h>

enum { WRAP = 78 };

/* Breaks text at blanks so that lines end before column WRAP; lines but the first are begun with two tabs. */
static void wrapped(buf *out, const char *text) {
  size_t at = 0;
  for (const char *p = text; *p;) {
    size_t n = strcspn(p, " ");
    if (at && at + 1 + n > WRAP) buf_addz(out, "\n\t\t"), at = 0;
    else if (at) buf_addc(out, ' '), at++;
    buf_add(out, p, n);
    at += n;
    p += n + (p[n] == ' ');
  }
}

static void flag_line(buf *out, const cli_flag *f) {
  if (f->refused) return;
  if (f->letter) buf_printf(out, "  -%c, --%s", f->letter, f->name);
  else buf_printf(out, "      --%s", f->name);
  if (f->type == FLAG_BOOL) buf_addz(out, "\t");
  else buf_printf(out, " %s\t", f->choices && f->type != FLAG_LIST ? f->choices : f->value);
  CLEANUP(buf_free) buf help = {0};
  buf_addz(&help, f->help);
  if (f->fallback) buf_printf(&help, " (default %s)", f->fallback);
  if (f->alias) buf_printf(&help, " [also --%s]", f->alias);
  buf_addc(out, '\t'); /* an empty column: the padding between flags and help */
  wrapped(out, buf_z(&help));
  buf_addc(out, '\n');
}

static void flags(cli *c, const char *title, const cli_flag *const *groups, bool global) {
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(buf_free) buf lines = {0};
  for (size_t g = 0; groups[g]; g++)
    if ((groups[g] == cli_global_flags) == global)
      for (const cli_flag *f = groups[g]; f->name; f++) flag_line(&text, f);
  if (text.len == 0) return;
  cli_outf(c, "\n%s:\n", title);
  cli_tabs(buf_str(&text), 1, &lines);
  cli_out(c, buf_str(&lines));
}

void cli_help_command(cli *c, const cli_command *command) {
  CLEANUP(buf_free) buf name = {0};
  cli_command_name(command, &name);
  cli_outf(c, "%s\n", command->summary);
  if (command->text) cli_outf(c, "\n%s\n", command->text);
  cli_outf(c, "\nUsage:\n  pintle %s%s%s [flags]\n", buf_z(&name), command->args[0] ? " " : "", command->args);
  if (command->verb && command->verbs) cli_outf(c, "\nAliases:\n  %s, %s\n", command->verb, command->verbs);
  cli_outf(c, "\nExamples:\n%s\n", command->examples);
  flags(c, "Flags", command->groups, false);
  flags(c, "Global Flags", command->groups, true);
}

static void noun_help(cli *c, const cli_noun *noun) {
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(buf_free) buf lines = {0};
  cli_outf(c, "%s\n\nUsage:\n  pintle %s [command]\n\nAvailable Commands:\n", noun->summary, noun->name);
  for (const cli_command *k = cli_commands; k->noun; k++)
    if (strcmp(k->noun, noun->name) == 0) buf_printf(&text, "  %s\t%s\n", k->verb, k->summary);
  cli_tabs(buf_str(&text), 2, &lines);
  cli_out(c, buf_str(&lines));
  flags(c, "Global Flags", (const cli_flag *const[]){cli_global_flags, NULL}, true);
  cli_outf(c, "\nUse \"pintle %s [command] --help\" for more information about a command.\n", noun->name);
}

static bool verb_help(cli *c, const char *verb) {
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(buf_free) buf lines = {0};
  for (const cli_command *k = cli_commands; k->noun; k++) {
    if (!k->verb || (strcmp(k->verb, verb) != 0 && !(k->verbs && cli_choice(k->verbs, str_of(verb))))) continue;
    const cli_noun *n = cli_nouns;
    while (n->name && strcmp(n->name, k->noun) != 0) n++;
    buf_printf(&text, "  %s\t%s\n", n->name ? n->others : k->noun, k->summary);
  }
  if (text.len == 0) return false;
  cli_outf(c, "Usage:\n  pintle %s [command]\n\nAvailable Commands:\n", verb);
  cli_tabs(buf_str(&text), 2, &lines);
  cli_out(c, buf_str(&lines));
  cli_outf(c, "\nUse \"pintle %s [command] --help\" for more information about a command.\n", verb);
  return true;
}

bool cli_help_words(cli *c, const char *word) {
  for (const cli_noun *n = cli_nouns; n->name; n++)
    if (strcmp(n->name, word) == 0 || strcmp(n->others, word) == 0) {
      noun_help(c, n);
      return true;
    }
  return verb_help(c, word);
}

void cli_help_top(cli *c) {
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(buf_free) buf lines = {0};
  cli_outz(c, "pintle backs up and restores Kubernetes resources through a chain of plugins,\n"
              "in Velero's own format.\n\n"
              "Usage:\n  pintle [command]\n\n"
              "Examples:\n"
              "  pintle backup create b1 --from manifests/\n"
              "  pintle restore create --from-backup b1 --to out/\n"
              "  pintle chain run --phase restore -o diff manifests/\n\n"
              "Available Commands:\n");
  for (const cli_noun *n = cli_nouns; n->name; n++) buf_printf(&text, "  %s\t%s\n", n->name, n->summary);
  for (const cli_command *k = cli_commands; k->noun; k++)
    if (!k->verb) buf_printf(&text, "  %s\t%s\n", k->noun, k->summary);
  cli_tabs(buf_str(&text), 2, &lines);
  cli_out(c, buf_str(&lines));
  flags(c, "Flags", (const cli_flag *const[]){cli_global_flags, NULL}, true);
  cli_outz(c, "\nVerbs work both ways: `pintle backup get` is `pintle get backups`.\n"
              "Use \"pintle [command] --help\" for more information about a command.\n");
}

int cli_help(cli *c) {
  if (c->n_args == 0) {
    cli_help_top(c);
    return CLI_COMPLETED;
  }
  const cli_command *command = cli_command_of(c->args[0], c->args[1]);
  if (command) cli_help_command(c, command);
  else if (c->n_args == 1 && cli_help_words(c, c->args[0])) return CLI_COMPLETED;
  else {
    const char *near = cli_nearest_word(c->n_args == 2 && cli_is_word(c->args[0]) ? c->args[1] : c->args[0],
                                        c->n_args == 2 && cli_is_word(c->args[0]) ? c->args[0] : NULL);
    char hint[100];
    snprintf(hint, sizeof hint, near ? "did you mean %s?" : "`pintle help` lists the commands", near);
    return cli_usage(c, hint, "there is no command \"%s%s%s\"", c->args[0], c->n_args == 2 ? " " : "", c->n_args == 2 ? c->args[1] : "");
  }
  return CLI_COMPLETED;
}
