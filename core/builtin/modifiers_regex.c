/* modifiers_regex.c -- resource modifiers: Go's regular expressions as POSIX ones.  SPDX-License-Identifier: Apache-2.0
 *
 * Only whether a name matches is asked, so lazy and greedy are one. Sets are written out, byte by byte, so that no locale has a say. What POSIX
 * does not know, or knows otherwise, is refused. */
#include "builtin/modifiers.h"
#include <stdio.h>

enum { MOST_DEPTH = 50, MOST_REPEATS = 1000 };

typedef struct translation {
  const char *p, *end;
  buf out;
  error *e;
  unsigned depth;
  unsigned repeats[MOST_DEPTH + 1]; /* how often the largest part of each open group may stand */
  bool atom;                        /* what came last may be repeated */
  unsigned last;                    /* ... and holds so many repeats already */
} translation;

static pintle_status refuse(const translation *t, const char *what) {
  error_set(t->e, PINTLE_INVALID, "%s", what);
  error_hint(t->e, "Go's syntax without \\p, \\Q, \\x and flags other than (?i) in front is understood");
  return PINTLE_INVALID;
}

/* ---- sets of characters: of ASCII, and whether all others belong to them */
typedef struct set {
  bool has[128], others;
} set;

static void add_range(set *s, unsigned from, unsigned to) {
  for (unsigned c = from; c <= to; c++) s->has[c] = true;
}

static void invert(set *s) {
  for (unsigned c = 1; c < 128; c++) s->has[c] = !s->has[c];
  s->others = !s->others;
}

static void unite(set *to, const set *s) {
  for (unsigned c = 1; c < 128; c++) to->has[c] = to->has[c] || s->has[c];
  to->others = to->others || s->others;
}

/* \d \w \s and their opposites */
static bool add_class(set *to, char letter) {
  set s = {0};
  char small = (char)(letter | 0x20);
  if (small == 'd' || small == 'w') add_range(&s, '0', '9');
  if (small == 'w') add_range(&s, 'a', 'z'), add_range(&s, 'A', 'Z'), s.has['_'] = true;
  if (small == 's') s.has['\t'] = s.has['\n'] = s.has['\f'] = s.has['\r'] = s.has[' '] = true;
  if (!strchr("dws", small)) return false;
  if (letter != small) invert(&s);
  unite(to, &s);
  return true;
}

static const struct named {
  const char *name, *ranges; /* pairs */
} named[] = {{"alnum", "09azAZ"}, {"alpha", "azAZ"}, {"ascii", "\1\177"},  {"blank", "\t\t  "}, {"cntrl", "\1\37\177\177"},
             {"digit", "09"},     {"graph", "!~"},   {"lower", "az"},      {"print", " ~"},     {"punct", "!/:@[`{~"},
             {"space", "\t\r  "}, {"upper", "AZ"},   {"word", "09azAZ__"}, {"xdigit", "09afAF"}};

/* t->p is behind "[:". */
static bool add_named(translation *t, set *to) {
  set s = {0};
  bool negated = t->p < t->end && *t->p == '^';
  const char *name = t->p + negated;
  for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
    size_t n = strlen(named[i].name);
    if ((size_t)(t->end - name) < n + 2 || memcmp(name, named[i].name, n) != 0 || memcmp(name + n, ":]", 2) != 0) continue;
    for (const char *r = named[i].ranges; *r; r += 2) add_range(&s, (unsigned char)r[0], (unsigned char)r[1]);
    if (negated) invert(&s);
    unite(to, &s);
    t->p = name + n + 2;
    return true;
  }
  return false;
}

/* As a bracket expression: ']' first; '[', '^', '-' where they mean themselves. */
static void print_set(translation *t, set s) {
  size_t n = 0;
  bool negated = s.others;
  if (negated) invert(&s);
  for (unsigned c = 1; c < 128; c++) n += s.has[c];
  if (n == 0) { /* nothing is left out, or nothing is in */
    buf_addz(&t->out, negated ? "(.|\n)" : "([^\1-\377]a)");
    return;
  }
  if (n == 1 && s.has['^'] && !negated) {
    buf_addz(&t->out, "\\^");
    return;
  }
  buf_addz(&t->out, negated ? "[^" : "[");
  if (s.has[']']) buf_addc(&t->out, ']');
  for (unsigned c = 1; c < 128; c++)
    if (s.has[c] && !strchr("][^-", (int)c)) buf_addc(&t->out, (char)c);
  if (s.has['[']) buf_addc(&t->out, '[');
  if (s.has['^']) buf_addc(&t->out, '^');
  if (s.has['-']) buf_addc(&t->out, '-');
  buf_addc(&t->out, ']');
}

/* A character behind a '\', or 0: it means something else. */
static char escaped(char c) {
  static const char letters[] = "tnrfva", meant[] = "\t\n\r\f\v\a";
  const char *l = strchr(letters, c);
  if (l && c) return meant[l - letters];
  bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c < ' ';
  return word ? 0 : c;
}

/* One character of a set, or one end of a range. */
static pintle_status set_character(translation *t, char *c) {
  if (t->p == t->end) return refuse(t, "a [ without its ]");
  *c = *t->p++;
  if (*c != '\\') return PINTLE_OK;
  if (t->p == t->end) return refuse(t, "nothing follows the \\");
  return (*c = escaped(*t->p++)) ? PINTLE_OK : refuse(t, "an escape in a [set] that is not understood");
}

static pintle_status bracket(translation *t) {
  set s = {0};
  bool negated = t->p < t->end && *t->p == '^', first = true;
  t->p += negated;
  for (; t->p < t->end && (*t->p != ']' || first); first = false) {
    char from, to;
    bool pair = t->end - t->p > 1;
    if (pair && t->p[0] == '[' && t->p[1] == ':') {
      t->p += 2;
      if (!add_named(t, &s)) return refuse(t, "a [:class:] that is not known");
      continue;
    }
    if (pair && t->p[0] == '\\' && add_class(&s, t->p[1])) {
      t->p += 2;
      continue;
    }
    pintle_status st = set_character(t, &from);
    to = from;
    if (st == PINTLE_OK && t->end - t->p > 1 && t->p[0] == '-' && t->p[1] != ']') {
      t->p++;
      st = set_character(t, &to);
    }
    if (st != PINTLE_OK) return st;
    if (to < from) return refuse(t, "a range that ends before it begins");
    add_range(&s, (unsigned char)from, (unsigned char)to);
  }
  if (t->p == t->end) return refuse(t, "a [ without its ]");
  t->p++;
  if (negated) invert(&s);
  print_set(t, s);
  return PINTLE_OK;
}

/* ---- the rest */
static void literal(translation *t, char c) {
  if (strchr("\\^$.[]|()*+?{}", c)) buf_addc(&t->out, '\\');
  buf_addc(&t->out, c);
}

static pintle_status escape(translation *t) {
  set s = {0};
  if (t->p == t->end) return refuse(t, "nothing follows the \\");
  char c = *t->p++;
  t->atom = true;
  t->last = 1;
  if (add_class(&s, c)) return print_set(t, s), PINTLE_OK;
  if (c == 'A' || c == 'z' || c == 'b' || c == 'B') {
    t->atom = false;
    buf_addz(&t->out, c == 'A' ? "^" : c == 'z' ? "$" : c == 'b' ? "\\b" : "\\B");
    return PINTLE_OK;
  }
  char plain = escaped(c);
  if (!plain) return refuse(t, c >= '0' && c <= '9' ? "a back reference, which Go does not know" : "an escape that is not understood");
  literal(t, plain);
  return PINTLE_OK;
}

/* "{3}", "{3,}", "{3,5}"; else the { is itself. */
static bool count(const translation *t, unsigned *least, unsigned *most, const char **after) {
  char tail[2];
  int n = 0;
  char text[16];
  snprintf(text, sizeof text, "%.*s", (int)(t->end - t->p < 15 ? t->end - t->p : 15), t->p);
  size_t plain = strspn(text, "0123456789,");
  if (plain == 0 || text[0] == ',' || text[plain] != '}') return false;
  if (sscanf(text, "%5u%1[}]%n", least, tail, &n) == 2) *most = *least;
  else if (sscanf(text, "%5u,%1[}]%n", least, tail, &n) == 2) *most = 0;
  else if (sscanf(text, "%5u,%5u%1[}]%n", least, most, tail, &n) != 3) return false;
  *after = t->p + n;
  return true;
}

static pintle_status repeat(translation *t, char c) {
  unsigned least = 0, most = 0;
  const char *after = t->p;
  if (c == '{' && !count(t, &least, &most, &after)) {
    literal(t, c);
    t->atom = true;
    t->last = 1;
    return PINTLE_OK;
  }
  if (!t->atom) return refuse(t, "there is nothing here that could be repeated");
  unsigned times = most > least ? most : least;
  if (c == '{' && most && most < least) return refuse(t, "a repetition that ends before it begins");
  if (times > MOST_REPEATS || (times ? times : 1) * t->last > MOST_REPEATS) return refuse(t, "more than 1000 repetitions");
  if (c != '{') buf_addc(&t->out, c);
  else if (most == least && after[-2] != ',') buf_printf(&t->out, "{%u}", least);
  else if (after[-2] == ',') buf_printf(&t->out, "{%u,}", least);
  else buf_printf(&t->out, "{%u,%u}", least, most);
  t->last *= times ? times : 1;
  if (t->last > t->repeats[t->depth]) t->repeats[t->depth] = t->last;
  t->p = after;
  if (t->p < t->end && *t->p == '?') t->p++; /* lazy */
  t->atom = false;
  return PINTLE_OK;
}

static pintle_status open_group(translation *t) {
  if (t->depth == MOST_DEPTH) return refuse(t, "groups deeper than 50");
  size_t left = (size_t)(t->end - t->p);
  if (left && *t->p == '?') {
    const char *close = memchr(t->p, '>', left);
    if (left > 1 && t->p[1] == ':') t->p += 2;
    else if (close && left > 2 && ((t->p[1] == 'P' && t->p[2] == '<') || (t->p[1] == '<' && !strchr("=!", t->p[2])))) t->p = close + 1;
    else return refuse(t, "a (?...) that is not understood");
  }
  buf_addc(&t->out, '(');
  t->repeats[++t->depth] = 1;
  t->atom = false;
  return PINTLE_OK;
}

static pintle_status close_group(translation *t) {
  if (!t->depth) return refuse(t, "a ) without its (");
  t->last = t->repeats[t->depth--];
  if (t->last > t->repeats[t->depth]) t->repeats[t->depth] = t->last;
  buf_addc(&t->out, ')');
  t->atom = true;
  return PINTLE_OK;
}

static pintle_status one(translation *t) {
  char c = *t->p++;
  if ((unsigned char)c >= 0x80) return refuse(t, "a character that is not ASCII");
  if (c == '*' || c == '+' || c == '?' || c == '{') return repeat(t, c);
  if (c == '(') return open_group(t);
  if (c == ')') return close_group(t);
  if (c == '\\') return escape(t);
  t->atom = c != '|' && c != '^' && c != '$';
  t->last = 1;
  if (c == '[') return bracket(t);
  if (c == '.' || !t->atom) buf_addc(&t->out, c);
  else literal(t, c);
  return PINTLE_OK;
}

pintle_status builtin_regex(str pattern, regex_t *out, error *e) {
  translation t = {.p = pattern.ptr, .end = pattern.ptr + pattern.len, .e = e, .repeats = {1}};
  bool fold = str_starts(pattern, "(?i)");
  char why[200];
  pintle_status st = PINTLE_OK;
  t.p += fold ? 4 : 0;
  while (st == PINTLE_OK && t.p < t.end) st = one(&t);
  if (st == PINTLE_OK && t.depth) st = refuse(&t, "a ( without its )");
  if (st == PINTLE_OK && memchr(pattern.ptr, 0, pattern.len)) st = refuse(&t, "a NUL");
  if (st == PINTLE_OK && t.out.failed) st = error_nomem(e);
  int bad = st == PINTLE_OK ? regcomp(out, buf_z(&t.out), REG_EXTENDED | REG_NOSUB | (fold ? REG_ICASE : 0)) : 0;
  if (bad) {
    regerror(bad, out, why, sizeof why);
    st = bad == REG_ESPACE ? error_nomem(e) : refuse(&t, why);
  }
  buf_free(&t.out);
  return st;
}
