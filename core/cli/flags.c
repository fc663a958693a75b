/* flags.c -- see flags.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/flags.h"
#include "base/clock.h"
#include "base/nearest.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_FLAGS = 128 };

bool cli_parse_bool(str text, bool *out) {
  static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"}, *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
  for (size_t i = 0; i < 6; i++) {
    if (str_is(text, yes[i])) return *out = true, true;
    if (str_is(text, no[i])) return *out = false, true;
  }
  return false;
}

bool cli_choice(const char *choices, str word) {
  for (const char *p = choices; p && *p;) {
    size_t n = strcspn(p, "|");
    if (str_eq(word, (str){p, n})) return true;
    p += n + (p[n] == '|');
  }
  return false;
}

const cli_flag *cli_flag_named(const cli_flags *f, str name) {
  for (size_t g = 0; f->groups[g]; g++)
    for (const cli_flag *flag = f->groups[g]; flag->name; flag++)
      if (str_is(name, flag->name) || (flag->alias && str_is(name, flag->alias))) return flag;
  return NULL;
}

static const cli_flag *lettered(const cli_flags *f, char letter) {
  for (size_t g = 0; f->groups[g]; g++)
    for (const cli_flag *flag = f->groups[g]; flag->name; flag++)
      if (flag->letter == letter) return flag;
  return NULL;
}

/* ---- mistakes */

/* The only flag that begins so, else the nearest one. */
static const char *likely(const cli_flags *f, str name) {
  const char *names[MOST_FLAGS], *begins = NULL;
  size_t n = 0, beginning = 0;
  for (size_t g = 0; f->groups[g]; g++)
    for (const cli_flag *flag = f->groups[g]; flag->name && n + 2 <= MOST_FLAGS; flag++) {
      if (flag->refused) continue;
      names[n++] = flag->name;
      if (flag->alias) names[n++] = flag->alias;
      if (name.len && strncmp(flag->name, name.ptr, name.len) == 0) begins = flag->name, beginning++;
    }
  const char *near = nearest(name, names, n);
  return near ? near : beginning == 1 ? begins : NULL;
}

static pintle_status unknown(const cli_flags *f, const char *word, str name, error *e) {
  const char *near = likely(f, name);
  error_set(e, PINTLE_INVALID, "unknown flag %.*s", (int)(name.len + (size_t)(name.ptr - word)), word);
  if (near) error_hint(e, "did you mean --%s?", near);
  return e ? e->status : PINTLE_INVALID;
}

static pintle_status wrong(const cli_flag *flag, str text, error *e, const char *what) {
  return error_set(e, PINTLE_INVALID, "--%s: \"%.*s\" is %s", flag->name, (int)(text.len < 200 ? text.len : 200), text.ptr, what);
}

static pintle_status wrong_choice(const cli_flag *flag, str text, error *e) {
  const char *words[16];
  char copy[200];
  size_t n = 0;
  wrong(flag, text, e, "not a valid value");
  snprintf(copy, sizeof copy, "%s", flag->choices);
  for (char *save = NULL, *w = strtok_r(copy, "|", &save); w && n < 16; w = strtok_r(NULL, "|", &save)) words[n++] = w;
  const char *near = nearest(text, words, n);
  if (near) error_hint(e, "did you mean %s? There are %s", near, flag->choices);
  else error_hint(e, "there are %s", flag->choices);
  return e ? e->status : PINTLE_INVALID;
}

/* ---- values */

static pintle_status check_number(const cli_flag *flag, str text, error *e) {
  bool digits = text.len > 0 && text.len <= 9;
  for (size_t i = 0; i < text.len; i++) digits = digits && text.ptr[i] >= '0' && text.ptr[i] <= '9';
  return digits ? PINTLE_OK : wrong(flag, text, e, "no whole number from 0 to 999999999");
}

static pintle_status check_duration(const cli_flag *flag, str text, error *e) {
  int64_t d;
  if (clock_duration(text, &d) == PINTLE_OK && d >= 0) return PINTLE_OK;
  wrong(flag, text, e, "no duration");
  error_hint(e, "write it as 90s, 10m, 1h30m or 720h");
  return e ? e->status : PINTLE_INVALID;
}

static pintle_status check_pairs(const cli_flag *flag, str text, char between, char within, error *e) {
  for (const char *p = text.ptr, *end = p + text.len; p <= end;) {
    const char *stop = memchr(p, between, (size_t)(end - p));
    if (!stop) stop = end;
    const char *sign = memchr(p, within, (size_t)(stop - p));
    if (!sign || sign == p) {
      wrong(flag, (str){p, (size_t)(stop - p)}, e, "no pair");
      error_hint(e, "write it as %s", flag->value);
      return e ? e->status : PINTLE_INVALID;
    }
    p = stop + 1;
  }
  return PINTLE_OK;
}

static pintle_status check(const cli_flag *flag, str text, error *e) {
  bool b;
  if (flag->choices && flag->type != FLAG_LIST && !cli_choice(flag->choices, text)) return wrong_choice(flag, text, e);
  switch (flag->type) {
  case FLAG_BOOL: return cli_parse_bool(text, &b) ? PINTLE_OK : wrong(flag, text, e, "neither true nor false");
  case FLAG_NUMBER: return check_number(flag, text, e);
  case FLAG_DURATION: return check_duration(flag, text, e);
  case FLAG_LABELS: return check_pairs(flag, text, ',', '=', e);
  case FLAG_MAPPINGS: return check_pairs(flag, text, ',', ':', e);
  case FLAG_ORDERED: return check_pairs(flag, text, ';', '=', e);
  default: return PINTLE_OK;
  }
}

static pintle_status check_list(const cli_flag *flag, str text, error *e) {
  for (const char *p = text.ptr, *end = p + text.len; p <= end;) {
    const char *stop = memchr(p, ',', (size_t)(end - p));
    if (!stop) stop = end;
    if (flag->choices && !cli_choice(flag->choices, (str){p, (size_t)(stop - p)}))
      return wrong_choice(flag, (str){p, (size_t)(stop - p)}, e);
    p = stop + 1;
  }
  return PINTLE_OK;
}

static pintle_status add(cli_flags *f, arena *a, const cli_flag *flag, str text, error *e) {
  if (flag->refused) {
    error_set(e, PINTLE_INVALID, "--%s is not available", flag->name);
    error_hint(e, "%s", flag->refused);
    return e ? e->status : PINTLE_INVALID;
  }
  pintle_status st = check(flag, text, e);
  if (st == PINTLE_OK && flag->type == FLAG_LIST) st = check_list(flag, text, e);
  if (st != PINTLE_OK) return st;
  cli_value *v = arena_zalloc(a, sizeof *v);
  if (!v) return error_nomem(e);
  v->flag = flag, v->text = text;
  if (f->last) f->last->next = v;
  else f->first = v;
  f->last = v;
  return PINTLE_OK;
}

static pintle_status next_word(const cli_flag *flag, int argc, const char *const *argv, int *i, str *out, error *e) {
  if (*i + 1 >= argc) {
    error_set(e, PINTLE_INVALID, "--%s needs a value", flag->name);
    error_hint(e, "--%s %s", flag->name, flag->value ? flag->value : "VALUE");
    return e ? e->status : PINTLE_INVALID;
  }
  *out = str_of(argv[++*i]);
  return PINTLE_OK;
}

static pintle_status take_long(cli_flags *f, arena *a, int argc, const char *const *argv, int *i, error *e) {
  const char *word = argv[*i], *name = word + 2, *eq = strchr(name, '=');
  str key = {name, eq ? (size_t)(eq - name) : strlen(name)}, text = eq ? str_of(eq + 1) : STR("true");
  const cli_flag *flag = cli_flag_named(f, key);
  if (!flag) return unknown(f, word, key, e);
  if (flag->refused) return add(f, a, flag, text, e);
  if (!eq && flag->type != FLAG_BOOL) {
    pintle_status st = next_word(flag, argc, argv, i, &text, e);
    if (st != PINTLE_OK) return st;
  }
  return add(f, a, flag, text, e);
}

/* -w, -wo json, -ojson, -o=json */
static pintle_status take_short(cli_flags *f, arena *a, int argc, const char *const *argv, int *i, error *e) {
  const char *word = argv[*i];
  str name = {word + 1, strcspn(word + 1, "=")};
  if (name.len > 1 && cli_flag_named(f, name)) return unknown(f, word, name, e); /* -from: not -f rom */
  for (const char *p = word + 1; *p; p++) {
    const cli_flag *flag = lettered(f, *p);
    if (!flag) {
      if (name.len > 1) return unknown(f, word, name, e);
      return error_set(e, PINTLE_INVALID, "unknown flag -%c", *p);
    }
    if (flag->type == FLAG_BOOL && p[1] != '=') {
      pintle_status st = add(f, a, flag, STR("true"), e);
      if (st != PINTLE_OK) return st;
      continue;
    }
    str text = str_of(p[1] == '=' ? p + 2 : p + 1);
    pintle_status st = p[1] ? PINTLE_OK : next_word(flag, argc, argv, i, &text, e);
    return st == PINTLE_OK ? add(f, a, flag, text, e) : st;
  }
  return PINTLE_OK;
}

pintle_status cli_flags_take(cli_flags *f, arena *a, int argc, const char *const *argv, int *i, error *e) {
  return argv[*i][1] == '-' ? take_long(f, a, argc, argv, i, e) : take_short(f, a, argc, argv, i, e);
}

/* ---- what was given */

static const cli_flag *known(const cli_flags *f, const char *name) {
  const cli_flag *flag = cli_flag_named(f, str_of(name));
  assert(flag);
  return flag;
}

static const cli_value *last_of(const cli_flags *f, const cli_flag *flag) {
  const cli_value *found = NULL;
  for (const cli_value *v = f->first; v; v = v->next)
    if (v->flag == flag) found = v;
  return found;
}

bool cli_given(const cli_flags *f, const char *name) { return last_of(f, known(f, name)) != NULL; }

const char *cli_text(const cli_flags *f, const char *name) {
  const cli_flag *flag = known(f, name);
  const cli_value *v = last_of(f, flag);
  return v ? v->text.ptr : flag->fallback;
}

bool cli_is(const cli_flags *f, const char *name) {
  const char *text = cli_text(f, name);
  bool b = false;
  return text && cli_parse_bool(str_of(text), &b) && b;
}

int64_t cli_number(const cli_flags *f, const char *name) {
  const char *text = cli_text(f, name);
  int64_t n = 0;
  if (!text) return 0;
  if (known(f, name)->type == FLAG_DURATION) return clock_duration(str_of(text), &n) == PINTLE_OK ? n : 0;
  return strtoll(text, NULL, 10);
}

static size_t parts(const cli_value *v) {
  size_t n = 1;
  if (v->flag->type == FLAG_LIST)
    for (size_t i = 0; i < v->text.len; i++) n += v->text.ptr[i] == ',';
  return n;
}

pintle_status cli_list(const cli_flags *f, const char *name, arena *a, const char *const **out, error *e) {
  const cli_flag *flag = known(f, name);
  size_t n = 0;
  *out = NULL;
  for (const cli_value *v = f->first; v; v = v->next) n += v->flag == flag ? parts(v) : 0;
  if (n == 0) return PINTLE_OK;
  const char **list = arena_zalloc(a, (n + 1) * sizeof *list);
  if (!list) return error_nomem(e);
  n = 0;
  for (const cli_value *v = f->first; v; v = v->next) {
    if (v->flag != flag) continue;
    const char *p = v->text.ptr;
    for (size_t left = parts(v); left; left--) {
      size_t len = flag->type == FLAG_LIST ? strcspn(p, ",") : strlen(p);
      if (!(list[n++] = arena_copy(a, (str){p, len}))) return error_nomem(e);
      p += len + (left > 1);
    }
  }
  *out = list;
  return PINTLE_OK;
}
