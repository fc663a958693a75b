/* completion_fish.c -- the script for fish.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"

/* fish's single quotes know \' and \\ only. */
static void quote(buf *out, const char *text) {
  buf_addc(out, '\'');
  for (; *text; text++) {
    if (*text == '\'' || *text == '\\') buf_addc(out, '\\');
    buf_addc(out, *text);
  }
  buf_addc(out, '\'');
}

static void arguments(const char *sort, bool choices, buf *out) {
  if (choices) {
    CLEANUP(buf_free) buf words = {0};
    for (const char *p = sort; *p; p++) buf_addc(&words, *p == '|' ? ' ' : *p);
    buf_addz(out, " -f -a ");
    quote(out, buf_z(&words));
  } else if (strcmp(sort, "FILE") == 0) buf_addz(out, " -F");
  else if (strcmp(sort, "DIR") == 0) buf_addz(out, " -f -a '(__fish_complete_directories)'");
  else if (strcmp(sort, "BACKUP") == 0) buf_addz(out, " -f -a '(__pintle_names backup get)'");
  else if (strcmp(sort, "RESTORE") == 0) buf_addz(out, " -f -a '(__pintle_names restore get)'");
  else if (strcmp(sort, "PLUGIN") == 0) buf_addz(out, " -a '(__pintle_names plugin list)'");
  else buf_addz(out, " -f");
}

static void condition(const cli_command *k, buf *out) {
  CLEANUP(buf_free) buf words = {0};
  cli_completion_pattern(k, " ", &words);
  CLEANUP(buf_free) buf all = {0};
  buf_printf(&all, "__pintle_at %s", buf_z(&words));
  buf_addz(out, "complete -c pintle -n ");
  quote(out, buf_z(&all));
}

static void command(const cli_command *k, buf *out) {
  condition(k, out);
  arguments(k->arg_words ? k->arg_words : "", k->arg_words && strchr(k->arg_words, '|'), out);
  buf_addc(out, '\n');
  for (size_t g = 0; k->groups[g]; g++)
    for (const cli_flag *f = k->groups[g]; f->name; f++) {
      if (f->refused) continue;
      condition(k, out);
      buf_printf(out, " -l %s", f->name);
      if (f->letter) buf_printf(out, " -s %c", f->letter);
      if (f->type != FLAG_BOOL) buf_addz(out, " -r"), arguments(f->choices ? f->choices : f->value, f->choices != NULL, out);
      buf_addz(out, " -d ");
      quote(out, f->help);
      buf_addc(out, '\n');
    }
}

static void word(const char *test, const char *name, const char *help, buf *out) {
  buf_printf(out, "complete -c pintle -f -n '%s' -a %s -d ", test, name);
  quote(out, help);
  buf_addc(out, '\n');
}

/* "pintle get " and what can be got. */
static void verbs_first(buf *out) {
  static const char *const verbs[] = {"get", "create", "describe", "delete"};
  CLEANUP(buf_free) buf test = {0};
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
    word("test (count (__pintle_plain)) = 0", verbs[i], "the verb first", out);
    for (const cli_noun *n = cli_nouns; n->name; n++) {
      if (!cli_command_of(verbs[i], n->name)) continue;
      buf_clear(&test);
      buf_printf(&test, "test (__pintle_plain | string join \" \") = %s", verbs[i]);
      word(buf_z(&test), n->others, n->summary, out);
    }
  }
}

void cli_completion_fish(buf *out) {
  CLEANUP(buf_free) buf valued = {0};
  CLEANUP(buf_free) buf test = {0};
  cli_completion_valued(&valued);
  buf_addz(out, "# fish completion for pintle; made by `pintle completion fish`\n"
                "function __pintle_plain\n"
                "  set -l skip 0\n");
  buf_printf(out, "  set -l valued %s\n", buf_z(&valued));
  buf_addz(out, "  for word in (commandline -opc)[2..-1]\n"
                "    if test $skip = 1\n      set skip 0\n"
                "    else if contains -- $word $valued\n      set skip 1\n"
                "    else if not string match -q -- '-*' $word\n      echo $word\n    end\n  end\nend\n"
                "function __pintle_command\n  set -l plain (__pintle_plain)\n  set -l noun\n  switch \"$plain[1]\"\n");
  for (const cli_noun *n = cli_nouns; n->name; n++)
    buf_printf(out, "    case %s %s\n      echo \"%s $plain[2]\"\n      return\n", n->name, n->others, n->name);
  buf_addz(out, "  end\n  switch \"$plain[2]\"\n");
  for (const cli_noun *n = cli_nouns; n->name; n++)
    buf_printf(out, "    case %s %s\n      echo \"%s $plain[1]\"\n      return\n", n->name, n->others, n->name);
  buf_addz(out, "  end\n  echo \"$plain[1]\"\nend\n"
                "function __pintle_at\n  contains -- (__pintle_command) $argv\nend\n"
                "function __pintle_names\n"
                "  for line in (pintle $argv 2>/dev/null)[2..-1]\n"
                "    test -n \"$line\"; or break\n    string split -m 1 -f 1 ' ' $line\n  end\nend\n"
                "complete -c pintle -f\n");
  for (const cli_noun *n = cli_nouns; n->name; n++) word("test (count (__pintle_plain)) = 0", n->name, n->summary, out);
  for (const cli_command *k = cli_commands; k->noun; k++) {
    buf_clear(&test);
    if (!k->verb) buf_addz(&test, "test (count (__pintle_plain)) = 0");
    else buf_printf(&test, "test (count (__pintle_plain)) = 1; and contains -- (__pintle_command) \"%s \"", k->noun);
    word(buf_z(&test), k->verb ? k->verb : k->noun, k->summary, out);
  }
  verbs_first(out);
  for (const cli_command *k = cli_commands; k->noun; k++) command(k, out);
}
