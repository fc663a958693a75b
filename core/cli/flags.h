/* flags.h -- flags by table: --name VALUE, --name=VALUE, -l VALUE, -lVALUE, --bool[=false], --.  SPDX-License-Identifier: Apache-2.0
 *
 * As cobra does it, but nothing may be abbreviated, and every mistake names the nearest right flag. */
#ifndef PINTLE_CLI_FLAGS_H
#define PINTLE_CLI_FLAGS_H
#include "base/arena.h"
#include "base/error.h"

enum {
  FLAG_BOOL,      /* --x, --x=true, --x=false: as Go's ParseBool */
  FLAG_TEXT,      /* the last one counts */
  FLAG_NUMBER,    /* 0 or more */
  FLAG_DURATION,  /* as Go's ParseDuration, not negative */
  FLAG_LIST,      /* repeated, and split at commas */
  FLAG_REPEAT,    /* repeated, not split */
  FLAG_LABELS,    /* a=b,c=d */
  FLAG_MAPPINGS,  /* a:b,c:d */
  FLAG_ORDERED,   /* pods=ns1/a,ns1/b;persistentvolumeclaims=ns1/c */
  FLAG_SELECTOR,  /* a label selector */
  FLAG_SELECTORS, /* label selectors, separated by " or " */
  FLAG_CONFIGMAP, /* the name of a ConfigMap */
};

typedef struct cli_flag {
  const char *name;
  char letter;
  uint8_t type;
  const char *alias;    /* a second long name; NULL */
  const char *value;    /* what help calls the value, "DIR"; a word of the completion too: FILE, DIR, BACKUP, RESTORE, PLUGIN, ACTION */
  const char *fallback; /* NULL: none */
  const char *choices;  /* "table|json|yaml"; NULL: anything */
  const char *field;    /* JSON Pointer in the resource that it becomes; NULL: none */
  const char *refused;  /* a flag of Velero's that pintle does not have: what to do instead */
  const char *help;
} cli_flag; /* a table ends with a name of NULL */

typedef struct cli_value {
  const cli_flag *flag;
  str text; /* checked */
  struct cli_value *next;
} cli_value;
typedef struct cli_flags {
  const cli_flag *const *groups; /* NULL-ended list of tables */
  cli_value *first, *last;
} cli_flags;

/* Takes the flag argv[*i] (it begins with '-' and is not "-" or "--") and its value; *i is left at the last word taken. INVALID with a hint. */
pintle_status cli_flags_take(cli_flags *f, arena *a, int argc, const char *const *argv, int *i, error *e);
const cli_flag *cli_flag_named(const cli_flags *f, str name);

/* By name; the flag must be in the tables. */
bool cli_given(const cli_flags *f, const char *name);
const char *cli_text(const cli_flags *f, const char *name); /* last value, else the fallback, else NULL */
bool cli_is(const cli_flags *f, const char *name);          /* FLAG_BOOL */
int64_t cli_number(const cli_flags *f, const char *name);   /* FLAG_NUMBER, FLAG_DURATION (nanoseconds); 0 without a fallback */
/* FLAG_LIST split, FLAG_REPEAT; NULL-ended; NULL when not given (or no memory, then *e is filled and the status is not OK). */
pintle_status cli_list(const cli_flags *f, const char *name, arena *a, const char *const **out, error *e);
/* Is word one of "a|b|c"? */
bool cli_choice(const char *choices, str word);
bool cli_parse_bool(str text, bool *out);
#endif
