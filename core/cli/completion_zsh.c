/* completion_zsh.c -- the script for zsh.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"

/* 'name:help' for _describe, in which colons are escaped. */
static void described(const char *dashes, const char *name, const char *help, buf *out) {
  CLEANUP(buf_free) buf text = {0};
  buf_printf(&text, "%s%s:", dashes, name);
  for (const char *p = help; *p; p++) {
    if (*p == ':' || *p == '\\') buf_addc(&text, '\\');
    buf_addc(&text, *p);
  }
  buf_addc(out, ' ');
  cli_quote(out, buf_z(&text));
}

static void reply(const char *sort, bool choices, buf *out) {
  if (choices) {
    buf_addz(out, "compadd --");
    for (const char *p = sort; *p;) {
      size_t n = strcspn(p, "|");
      buf_printf(out, " %.*s", (int)n, p);
      p += n + (p[n] == '|');
    }
  } else if (strcmp(sort, "FILE") == 0) buf_addz(out, "_files");
  else if (strcmp(sort, "DIR") == 0) buf_addz(out, "_files -/");
  else if (strcmp(sort, "BACKUP") == 0) buf_addz(out, "_pintle_names backup get");
  else if (strcmp(sort, "RESTORE") == 0) buf_addz(out, "_pintle_names restore get");
  else if (strcmp(sort, "PLUGIN") == 0) buf_addz(out, "_pintle_names plugin list; _files -g '*.so'");
  else buf_addz(out, "_message ''");
}

static void command(const cli_command *k, buf *out) {
  buf_addz(out, "  (");
  cli_completion_pattern(k, "|", out);
  buf_addz(out, ")\n    case $flag in\n");
  for (size_t g = 0; k->groups[g]; g++)
    for (const cli_flag *f = k->groups[g]; f->name; f++) {
      if (f->refused || f->type == FLAG_BOOL) continue;
      buf_printf(out, "    (--%s", f->name);
      if (f->alias) buf_printf(out, "|--%s", f->alias);
      if (f->letter) buf_printf(out, "|-%c", f->letter);
      buf_addz(out, ") ");
      reply(f->choices ? f->choices : f->value, f->choices != NULL, out);
      buf_addz(out, "; return ;;\n");
    }
  buf_addz(out, "    esac\n    if [[ $cur == -* ]]; then\n      all=(");
  for (size_t g = 0; k->groups[g]; g++)
    for (const cli_flag *f = k->groups[g]; f->name; f++)
      if (!f->refused) described("--", f->name, f->help, out);
  buf_addz(out, ")\n      _describe flag all\n    else ");
  reply(k->arg_words ? k->arg_words : "", k->arg_words && strchr(k->arg_words, '|'), out);
  buf_addz(out, "; fi ;;\n");
}

static void second_words(buf *out) {
  for (const cli_noun *n = cli_nouns; n->name; n++) {
    buf_printf(out, "    (%s|%s) all=(", n->name, n->others);
    for (const cli_command *k = cli_commands; k->noun; k++)
      if (k->verb && strcmp(k->noun, n->name) == 0) described("", k->verb, k->summary, out);
    buf_addz(out, ") ;;\n");
  }
  buf_addz(out, "    (*) all=(");
  for (const cli_noun *n = cli_nouns; n->name; n++) described("", n->others, n->summary, out);
  buf_addz(out, ") ;;\n");
}

void cli_completion_zsh(buf *out) {
  CLEANUP(buf_free) buf valued = {0};
  cli_completion_valued(&valued);
  buf_addz(out, "#compdef pintle\n"
                "# zsh completion for pintle; made by `pintle completion zsh`\n"
                "_pintle_names() {\n"
                "  local -a names\n"
                "  names=(${${(f)\"$(${words[1]} \"$@\" 2>/dev/null)\"}[2,-1]%% *})\n"
                "  compadd -a names\n"
                "}\n"
                "_pintle() {\n"
                "  local cur=${words[CURRENT]} flag=${words[CURRENT-1]} word noun\n"
                "  local -i i\n"
                "  local -a plain all\n");
  buf_printf(out, "  local valued=' %s '\n", buf_z(&valued));
  buf_addz(out, "  if [[ $cur == --*=* ]]; then flag=${cur%%=*}; compset -P '*='; cur=${cur#*=}; fi\n"
                "  for ((i = 2; i < CURRENT; i++)); do\n"
                "    if [[ $valued == *\" ${words[i]} \"* ]]; then ((i++))\n"
                "    elif [[ ${words[i]} != -* ]]; then plain+=(${words[i]}); fi\n"
                "  done\n"
                "  if ((${#plain} == 0)); then\n    all=(");
  for (const cli_noun *n = cli_nouns; n->name; n++) described("", n->name, n->summary, out);
  for (const cli_command *k = cli_commands; k->noun; k++)
    if (!k->verb) described("", k->noun, k->summary, out);
  buf_addz(out,
           " 'get:Get backups, restores, locations, plugins' 'create:Create a backup or restore' 'describe:Describe backups or restores' "
           "'delete:Delete backups or restores')\n"
           "    _describe command all\n    return\n  fi\n  case ${plain[1]} in\n");
  for (const cli_noun *n = cli_nouns; n->name; n++) buf_printf(out, "  (%s|%s) word=\"%s ${plain[2]}\" ;;\n", n->name, n->others, n->name);
  for (const cli_command *k = cli_commands; k->noun; k++)
    if (!k->verb) buf_printf(out, "  (%s) word=%s ;;\n", k->noun, k->noun);
  buf_addz(out, "  (*) case ${plain[2]} in\n");
  for (const cli_noun *n = cli_nouns; n->name; n++)
    buf_printf(out, "    (%s|%s) word=\"%s ${plain[1]}\" ;;\n", n->name, n->others, n->name);
  buf_addz(out, "    esac ;;\n  esac\n"
                "  if [[ ${#plain} -eq 1 && $word == *' ' || -z $word ]]; then\n"
                "    case ${plain[1]} in\n");
  second_words(out);
  buf_addz(out, "    esac\n    _describe command all\n    return\n  fi\n  case $word in\n");
  for (const cli_command *k = cli_commands; k->noun; k++) command(k, out);
  buf_addz(out, "  esac\n}\nif [[ $funcstack[1] == _pintle ]]; then _pintle \"$@\"; else compdef _pintle pintle; fi\n");
}
