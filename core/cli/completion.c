/* completion.c -- pintle completion, and what the three shells share.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"
#include <stdio.h>

void cli_quote(buf *out, const char *text) {
  buf_addc(out, '\'');
  for (; *text; text++)
    if (*text == '\'') buf_addz(out, "'\\''");
    else buf_addc(out, *text);
  buf_addc(out, '\'');
}

static bool has_word(const buf *b, const char *word) {
  size_t n = strlen(word);
  for (const char *p = b->len ? b->data : NULL; p && (p = memmem(p, (size_t)(b->data + b->len - p), word, n)); p += n)
    if ((p == b->data || p[-1] == ' ') && (p[n] == ' ' || p[n] == 0)) return true;
  return false;
}

static void add_word(buf *out, const char *word) {
  if (has_word(out, word)) return;
  if (out->len) buf_addc(out, ' ');
  buf_addz(out, word);
}

void cli_completion_words(buf *out) {
  for (const cli_noun *n = cli_nouns; n->name; n++) add_word(out, n->name);
  for (const cli_command *k = cli_commands; k->noun; k++) add_word(out, k->verb ? k->verb : k->noun);
}

void cli_completion_valued(buf *out) {
  for (const cli_command *k = cli_commands; k->noun; k++)
    for (size_t g = 0; k->groups[g]; g++)
      for (const cli_flag *f = k->groups[g]; f->name; f++) {
        char word[80];
        if (f->type == FLAG_BOOL || f->refused) continue;
        snprintf(word, sizeof word, "--%s", f->name);
        add_word(out, word);
        if (f->alias) snprintf(word, sizeof word, "--%s", f->alias), add_word(out, word);
        if (f->letter) snprintf(word, sizeof word, "-%c", f->letter), add_word(out, word);
      }
}

void cli_completion_pattern(const cli_command *k, const char *between, buf *out) {
  CLEANUP(buf_free) buf name = {0};
  cli_command_name(k, &name);
  cli_quote(out, buf_z(&name));
  for (const char *p = k->verb && k->verbs ? k->verbs : ""; *p;) {
    size_t n = strcspn(p, "|");
    buf_clear(&name);
    buf_printf(&name, "%s %.*s", k->noun, (int)n, p);
    buf_addz(out, between);
    cli_quote(out, buf_z(&name));
    p += n + (p[n] == '|');
  }
}

int cli_completion(cli *c) {
  CLEANUP(buf_free) buf script = {0};
  const char *shell = c->args[0];
  error e = {0};
  if (strcmp(shell, "bash") == 0) cli_completion_bash(&script);
  else if (strcmp(shell, "zsh") == 0) cli_completion_zsh(&script);
  else if (strcmp(shell, "fish") == 0) cli_completion_fish(&script);
  else return cli_usage(c, "there are bash, zsh and fish", "there is no completion for \"%s\"", shell);
  if (script.failed) return error_nomem(&e), cli_fail(c, &e);
  cli_out(c, buf_str(&script));
  return CLI_COMPLETED;
}
