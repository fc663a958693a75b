/* completion_bash.c -- the script for bash.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"

static void flag_words(const cli_command *k, buf *out) {
  for (size_t g = 0; k->groups[g]; g++)
    for (const cli_flag *f = k->groups[g]; f->name; f++)
      if (!f->refused) buf_printf(out, "%s--%s", out->len ? " " : "", f->name);
}

/* What completes a word of that sort: sets COMPREPLY. */
static void reply(const char *sort, buf *out) {
  if (strchr(sort, '|')) {
    buf_addz(out, "COMPREPLY=($(compgen -W '");
    for (const char *p = sort; *p; p++) buf_addc(out, *p == '|' ? ' ' : *p);
    buf_addz(out, "' -- \"$cur\"))");
  } else if (strcmp(sort, "FILE") == 0) buf_addz(out, "_pintle_files -f");
  else if (strcmp(sort, "DIR") == 0) buf_addz(out, "_pintle_files -d");
  else if (strcmp(sort, "BACKUP") == 0) buf_addz(out, "_pintle_names backup get");
  else if (strcmp(sort, "RESTORE") == 0) buf_addz(out, "_pintle_names restore get");
  else if (strcmp(sort, "PLUGIN") == 0) buf_addz(out, "_pintle_names plugin list; compopt -o default");
  else buf_addz(out, ":");
}

static void values(const cli_command *k, buf *out) {
  buf_addz(out, "      case $flag in\n");
  for (size_t g = 0; k->groups[g]; g++)
    for (const cli_flag *f = k->groups[g]; f->name; f++) {
      const char *sort = f->choices ? f->choices : f->value;
      if (f->refused || f->type == FLAG_BOOL) continue;
      buf_printf(out, "      --%s", f->name);
      if (f->alias) buf_printf(out, "|--%s", f->alias);
      if (f->letter) buf_printf(out, "|-%c", f->letter);
      buf_addz(out, ") ");
      if (f->choices) {
        buf_addz(out, "COMPREPLY=($(compgen -W '");
        for (const char *p = sort; *p; p++) buf_addc(out, *p == '|' ? ' ' : *p);
        buf_addz(out, "' -- \"$cur\"))");
      } else if (strchr(sort, '|')) buf_addz(out, ":");
      else reply(sort, out);
      buf_addz(out, "; return ;;\n");
    }
  buf_addz(out, "      esac\n");
}

static void command(const cli_command *k, buf *out) {
  CLEANUP(buf_free) buf flags = {0};
  flag_words(k, &flags);
  buf_addz(out, "    ");
  cli_completion_pattern(k, "|", out);
  buf_addz(out, ")\n");
  values(k, out);
  buf_printf(out, "      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n      else ", buf_z(&flags));
  reply(k->arg_words ? k->arg_words : "", out);
  buf_addz(out, "; fi ;;\n");
}

/* The second word: verbs behind a noun, nouns behind a verb. */
static void second_words(buf *out) {
  for (const cli_noun *n = cli_nouns; n->name; n++) {
    bool first = true;
    buf_printf(out, "    %s|%s) COMPREPLY=($(compgen -W '", n->name, n->others);
    for (const cli_command *k = cli_commands; k->noun; k++)
      if (k->verb && strcmp(k->noun, n->name) == 0) buf_printf(out, first ? "%s" : " %s", k->verb), first = false;
    buf_addz(out, "' -- \"$cur\")) ;;\n");
  }
  buf_addz(out, "    *) COMPREPLY=($(compgen -W '");
  for (const cli_noun *n = cli_nouns; n->name; n++) buf_printf(out, "%s%s", n == cli_nouns ? "" : " ", n->others);
  buf_addz(out, "' -- \"$cur\")) ;;\n");
}

void cli_completion_bash(buf *out) {
  CLEANUP(buf_free) buf first = {0};
  CLEANUP(buf_free) buf valued = {0};
  cli_completion_words(&first);
  cli_completion_valued(&valued);
  buf_addz(out, "# bash completion for pintle; made by `pintle completion bash`\n"
                "_pintle_files() {\n"
                "  compopt -o filenames 2>/dev/null\n"
                "  COMPREPLY=($(compgen \"$1\" -- \"$cur\"))\n"
                "}\n"
                "_pintle_names() {\n"
                "  local names name rest\n"
                "  names=$(\"${COMP_WORDS[0]}\" \"$@\" 2>/dev/null | { read -r rest; while read -r name rest; do [[ -z $name ]] && break; "
                "printf '%s\\n' \"$name\"; done; })\n"
                "  COMPREPLY=($(compgen -W \"$names\" -- \"$cur\"))\n"
                "}\n"
                "_pintle() {\n"
                "  local cur=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD-1]} i word\n");
  buf_printf(out, "  local valued=' %s ' plain=()\n", buf_z(&valued));
  buf_addz(out, "  COMPREPLY=()\n"
                "  if [[ $cur == = ]]; then cur=\n"
                "  elif [[ $flag == = ]]; then flag=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                "    word=${COMP_WORDS[i]}\n"
                "    if [[ ${COMP_WORDS[i+1]} == = ]]; then ((i += 2))\n"
                "    elif [[ $valued == *\" $word \"* ]]; then ((i++))\n"
                "    elif [[ $word != -* ]]; then plain+=(\"$word\"); fi\n"
                "  done\n"
                "  case ${#plain[@]} in\n");
  buf_printf(out, "  0) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n", buf_z(&first));
  buf_addz(out, "  esac\n  case ${plain[0]} in\n");
  for (const cli_noun *n = cli_nouns; n->name; n++) buf_printf(out, "  %s|%s) word=\"%s ${plain[1]}\" ;;\n", n->name, n->others, n->name);
  for (const cli_command *k = cli_commands; k->noun; k++)
    if (!k->verb) buf_printf(out, "  %s) word=%s ;;\n", k->noun, k->noun);
  buf_addz(out, "  *) case ${plain[1]} in\n");
  for (const cli_noun *n = cli_nouns; n->name; n++) buf_printf(out, "    %s|%s) word=\"%s ${plain[0]}\" ;;\n", n->name, n->others, n->name);
  buf_addz(out, "    *) word= ;;\n    esac ;;\n  esac\n"
                "  if [[ ${#plain[@]} -eq 1 && $word == *' ' || -z $word ]]; then\n"
                "    case ${plain[0]} in\n");
  second_words(out);
  buf_addz(out, "    esac\n    return\n  fi\n  case $word in\n");
  for (const cli_command *k = cli_commands; k->noun; k++) command(k, out);
  buf_addz(out, "  esac\n}\ncomplete -F _pintle pintle\n");
}
