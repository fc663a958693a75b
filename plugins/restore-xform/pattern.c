/* pattern.c -- reads a POSIX extended regular expression.  SPDX-License-Identifier: Apache-2.0 */
#include "pattern_inside.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP = 100 };
struct reader {
  const char *p;
  struct pattern *to;
  const char *why;
  int depth;
  bool failed; /* why NULL: no memory */
};

static void wrong(struct reader *r, const char *why) {
  if (!r->failed) r->failed = true, r->why = why;
}

/* Room for n more steps at `at`, before what stands there. */
static struct pattern_step *insert(struct reader *r, size_t at, size_t n) {
  struct pattern *to = r->to;
  if (r->failed) return NULL;
  if (to->n + n > PATTERN_STEPS) return wrong(r, "it is too large: with its repetitions written out it has thousands of parts"), NULL;
  memmove(to->steps + at + n, to->steps + at, (to->n - at) * sizeof *to->steps);
  to->n += n;
  return to->steps + at;
}

static void add(struct reader *r, enum pattern_op op, int32_t x, int32_t y) {
  struct pattern_step *s = insert(r, r->to->n, 1);
  if (s) *s = (struct pattern_step){op, x, y};
}

static void add_set(struct reader *r, struct pattern_set set) {
  struct pattern *to = r->to;
  size_t i = 0;
  while (i < to->n_sets && memcmp(&to->sets[i], &set, sizeof set) != 0) i++;
  if (i == PATTERN_STEPS) return wrong(r, "it is too large");
  if (i == to->n_sets) to->sets[to->n_sets++] = set;
  add(r, OP_BYTE, (int32_t)i, 0);
}

static void put(struct pattern_set *s, unsigned char c) { s->bits[c >> 6] |= (uint64_t)1 << (c & 63); }
static void negate(struct pattern_set *s) {
  for (size_t i = 0; i < 4; i++) s->bits[i] = ~s->bits[i];
}
static struct pattern_set of_class(int (*is)(int), const char *more) {
  struct pattern_set s = {{0}};
  for (int c = 0; c < 128; c++)
    if (is(c) || (c && strchr(more, c))) put(&s, (unsigned char)c);
  return s;
}

/* ---- [a-z[:digit:]] */
static const struct {
  const char *name;
  int (*is)(int);
} classes[] = {{"alpha", isalpha}, {"digit", isdigit}, {"alnum", isalnum}, {"upper", isupper}, {"lower", islower}, {"space", isspace},
               {"blank", isblank}, {"punct", ispunct}, {"print", isprint}, {"graph", isgraph}, {"cntrl", iscntrl}, {"xdigit", isxdigit}};

/* Behind [:alpha:], whose bytes are put. */
static void named(struct reader *r, struct pattern_set *s) {
  const char *end = strstr(r->p, ":]");
  for (size_t i = 0; end && i < sizeof classes / sizeof *classes; i++) {
    const size_t n = strlen(classes[i].name);
    if ((size_t)(end - r->p) != n || memcmp(r->p, classes[i].name, n) != 0) continue;
    const struct pattern_set more = of_class(classes[i].is, "");
    for (size_t k = 0; k < 4; k++) s->bits[k] |= more.bits[k];
    r->p = end + 2;
    return;
  }
  wrong(r, "a class that is none, such as [:alpha:]");
}

/* One end of a range, or a character alone. */
static unsigned char end_of_range(struct reader *r) {
  const char *p = r->p;
  if (*p == '[' && (p[1] == '.' || p[1] == '=')) {
    if (!p[2] || p[3] != p[1] || p[4] != ']') return wrong(r, "a collating symbol of more than one character"), 0;
    r->p += 5;
    return (unsigned char)p[2];
  }
  if (*p == '\\' && p[1] && strchr("dDwWsSbntr", p[1]))
    wrong(r, "within brackets a \\ is a backslash: write [0-9] for [\\d], [[:alnum:]_] for [\\w], [[:space:]] for [\\s]");
  r->p++;
  return (unsigned char)*p;
}

static void bracket(struct reader *r) {
  struct pattern_set s = {{0}};
  bool not = *++r->p == '^';
  r->p += not ;
  for (bool first = true; !r->failed && (first || *r->p != ']'); first = false) {
    if (!*r->p) return wrong(r, "a [ that nothing closes");
    if (*r->p == '[' && r->p[1] == ':') {
      r->p += 2, named(r, &s);
      continue;
    }
    unsigned char from = end_of_range(r), to = from;
    if (*r->p == '-' && r->p[1] && r->p[1] != ']') r->p++, to = end_of_range(r);
    if (from > to) wrong(r, "a range that ends before it begins");
    for (unsigned c = from; c <= to; c++) put(&s, (unsigned char)c);
  }
  r->p++;
  if (not ) negate(&s);
  add_set(r, s);
}

/* ---- \b, \. */
static void escape(struct reader *r) {
  const char c = *++r->p;
  struct pattern_set s = {{0}};
  if (c) r->p++;
  switch (c) {
  case 'b': return add(r, OP_WORD_EDGE, 0, 0);
  case 'B': return add(r, OP_NO_WORD_EDGE, 0, 0);
  case '<': return add(r, OP_WORD_BEGIN, 0, 0);
  case '>': return add(r, OP_WORD_END, 0, 0);
  case '`': return add(r, OP_BEGIN, 0, 0);
  case '\'': return add(r, OP_END, 0, 0);
  case 'w':
  case 'W': s = of_class(isalnum, "_"); break;
  case 's':
  case 'S': s = of_class(isspace, ""); break;
  case 'd': return wrong(r, "\\d is the letter d in POSIX expressions: write [0-9]");
  case 'D': return wrong(r, "\\D is the letter D in POSIX expressions: write [^0-9]");
  case 'n':
  case 't':
  case 'r':
    return wrong(r, "\\n, \\r and \\t are letters in POSIX expressions: write [[:space:]], or the character itself (\"\\n\" in YAML)");
  case 0: return wrong(r, "a \\ at the end");
  default:
    if (c >= '1' && c <= '9')
      return wrong(r, "a group is named again within the pattern: no text can be searched for that in bounded time");
    if (isalnum((unsigned char)c)) return wrong(r, "a \\ before a letter that has no meaning there in POSIX expressions");
    put(&s, (unsigned char)c);
  }
  if (c == 'W' || c == 'S') negate(&s);
  add_set(r, s);
}

/* ---- a*, a{2,3} */
/* Copies the n steps at `from` to the end. */
static void copy(struct reader *r, size_t from, size_t n) {
  struct pattern_step *to = insert(r, r->to->n, n);
  if (to) memcpy(to, r->to->steps + from, n * sizeof *to);
}

static void star(struct reader *r, size_t at) {
  const int32_t n = (int32_t)(r->to->n - at);
  struct pattern_step *s = insert(r, at, 1);
  if (s) *s = (struct pattern_step){OP_SPLIT, 1, n + 2};
  add(r, OP_JUMP, -n - 1, 0);
}

static void optional(struct reader *r, size_t at) {
  const int32_t n = (int32_t)(r->to->n - at);
  struct pattern_step *s = insert(r, at, 1);
  if (s) *s = (struct pattern_step){OP_SPLIT, 1, n + 1};
}

/* What stands from `at` on, `least` to `most` times (most < 0: without end). */
static void repeat(struct reader *r, size_t at, long least, long most) {
  const size_t n = r->to->n - at;
  for (long i = 0; i < least && !r->failed; i++) copy(r, at, n);
  if (most < 0) {
    const size_t last = r->to->n;
    copy(r, at, n);
    star(r, last);
  }
  for (long i = least; i < most && !r->failed; i++) {
    const size_t last = r->to->n;
    copy(r, at, n);
    optional(r, last);
  }
  if (r->failed) return;
  r->to->n -= n; /* the first was the model */
  memmove(r->to->steps + at, r->to->steps + at + n, (r->to->n - at) * sizeof *r->to->steps);
}

static void interval(struct reader *r, size_t at) {
  char *end;
  long least = strtol(r->p + 1, &end, 10), most = least;
  if (*end == ',') most = end[1] == '}' ? -1 : strtol(end + 1, &end, 10);
  if (most < 0 && *end == ',') end++;
  if (*end != '}' || least < 0 || (most >= 0 && most < least)) return wrong(r, "what stands in braces is no number of times");
  r->p = end + 1;
  repeat(r, at, least, most);
}

static void alternatives(struct reader *r);

/* Something, and how often. */
static void piece(struct reader *r) {
  const size_t at = r->to->n;
  struct pattern_set s = {{0}};
  switch (*r->p) {
  case '(':
    if (r->p[1] == '?') return wrong(r, "(?: and the like are not known in POSIX expressions: every group is written ( )");
    r->p++;
    if (++r->depth > DEEP) return wrong(r, "its groups are nested too deep");
    alternatives(r);
    r->depth--;
    if (*r->p != ')') return wrong(r, "a ( that nothing closes");
    r->p++;
    break;
  case '[': bracket(r); break;
  case '\\': escape(r); break;
  case '^': r->p++, add(r, OP_BEGIN, 0, 0); break;
  case '$': r->p++, add(r, OP_END, 0, 0); break;
  case '*':
  case '+':
  case '?':
  case '{': return wrong(r, "there is nothing before a *, +, ? or { that it could repeat");
  case '.': r->p++, negate(&s), s.bits[0] &= ~(uint64_t)1, add_set(r, s); break;
  default: put(&s, (unsigned char)*r->p++), add_set(r, s);
  }
  while (!r->failed && *r->p && strchr("*+?{", *r->p)) {
    const char c = *r->p;
    if (c == '{') interval(r, at);
    else r->p++;
    if (c == '*') star(r, at);
    else if (c == '?') optional(r, at);
    else if (c == '+') repeat(r, at, 1, -1);
    if (*r->p == '?')
      wrong(r, "*?, +? and ?? are not known in POSIX expressions, whose matches are the longest: write [^x]* for what ends before an x");
  }
}

static void alternatives(struct reader *r) {
  size_t at = r->to->n;
  for (;;) {
    while (!r->failed && *r->p && *r->p != '|' && *r->p != ')') piece(r);
    if (r->failed || *r->p != '|') break;
    r->p++;
    optional(r, at);
    const size_t jump = r->to->n;
    add(r, OP_JUMP, 0, 0);
    if (r->failed) return;
    r->to->steps[at].y++; /* behind the jump */
    alternatives(r);      /* the rest */
    if (!r->failed) r->to->steps[jump].x = (int32_t)(r->to->n - jump);
    return;
  }
}

/* The bytes that a match may begin with: of all that is reached without reading any. */
static void first_bytes(struct pattern *p) {
  bool seen[PATTERN_STEPS] = {false};
  uint16_t stack[PATTERN_STEPS + 1];
  size_t n = 0;
  seen[0] = true, stack[n++] = 0;
  while (n) {
    const size_t i = stack[--n];
    const struct pattern_step *s = &p->steps[i];
    if (s->op == OP_MATCH) continue;
    if (s->op == OP_BYTE) {
      for (size_t k = 0; k < 4; k++) p->first.bits[k] |= p->sets[s->x].bits[k];
      continue;
    }
    const size_t to[2] = {(size_t)((long)i + (s->op == OP_SPLIT || s->op == OP_JUMP ? s->x : 1)), (size_t)((long)i + s->y)};
    for (size_t k = 0; k < (s->op == OP_SPLIT ? 2u : 1u); k++)
      if (!seen[to[k]]) seen[to[k]] = true, stack[n++] = (uint16_t)to[k];
  }
}

struct pattern *pattern_new(const char *source, const char **why) {
  struct reader r = {.p = source, .to = calloc(1, sizeof *r.to)};
  *why = NULL;
  if (!r.to) return NULL;
  r.to->steps = calloc(PATTERN_STEPS, sizeof *r.to->steps), r.to->sets = calloc(PATTERN_STEPS, sizeof *r.to->sets);
  if (!r.to->steps || !r.to->sets) return pattern_free(r.to), NULL;
  alternatives(&r);
  if (*r.p == ')') wrong(&r, "a ) that closes nothing");
  add(&r, OP_MATCH, 0, 0);
  *why = r.why;
  if (r.failed) return pattern_free(r.to), NULL;
  first_bytes(r.to);
  struct pattern_step *steps = realloc(r.to->steps, r.to->n * sizeof *steps); /* hundreds of rules are usual */
  struct pattern_set *sets = realloc(r.to->sets, (r.to->n_sets + 1) * sizeof *sets);
  if (steps) r.to->steps = steps;
  if (sets) r.to->sets = sets;
  return r.to;
}

void pattern_free(struct pattern *p) {
  if (!p) return;
  free(p->steps);
  free(p->sets);
  free(p);
}
