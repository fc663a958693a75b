/* selector_parse.c -- selectors as text, with the grammar of apimachinery's labels.Parse.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/names.h"
#include "kube/selector_impl.h"
#include <stdlib.h>

typedef enum token { END, WORD, COMMA, OPEN, CLOSE, NOT, EQ, EQ_EQ, NOT_EQ, GT, LT } token;
typedef struct parser {
  str text;
  size_t next; /* behind the token */
  token tok;   /* the one to be looked at */
  str word;    /* its text */
  kube_selector *s;
  error *e;
} parser;

static bool space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static token special(char c) {
  switch (c) {
  case ',': return COMMA;
  case '(': return OPEN;
  case ')': return CLOSE;
  case '!': return NOT;
  case '=': return EQ;
  case '>': return GT;
  case '<': return LT;
  default: return WORD;
  }
}

static void advance(parser *p) {
  const char *t = p->text.ptr;
  size_t i = p->next, n = p->text.len;
  while (i < n && space(t[i])) i++;
  size_t from = i;
  p->tok = i == n ? END : special(t[i]);
  if (p->tok == WORD) {
    while (i < n && !space(t[i]) && special(t[i]) == WORD) i++;
  } else if (i < n) {
    i++;
    bool twice = i < n && t[i] == '=' && (p->tok == EQ || p->tok == NOT);
    if (twice) p->tok = p->tok == EQ ? EQ_EQ : NOT_EQ, i++;
  }
  p->word = (str){t + from, i - from};
  p->next = i;
}

static pintle_status expected(parser *p, const char *what) {
  size_t n = p->word.len < 100 ? p->word.len : 100;
  size_t column = p->next - p->word.len + 1;
  if (p->tok == END) return error_set(p->e, PINTLE_INVALID, "label selector: it ends where %s should be", what);
  return error_set(p->e, PINTLE_INVALID, "label selector: \"%.*s\" at character %zu, where %s should be", (int)n, p->word.ptr, column,
                   what);
}

static pintle_status value(parser *p, kube_requirement *r, str v) {
  return kube_requirement_value(p->s, r, v) ? PINTLE_OK : error_nomem(p->e);
}

/* What stands between the parentheses. A comma with nothing before or behind it stands for an empty value too. (Versions of apimachinery before
 * 0.34 or so refuse "(,,)" by mistake; later ones do not.) */
static pintle_status list(parser *p, kube_requirement *r) {
  pintle_status st = PINTLE_OK;
  for (;;) {
    if (p->tok == WORD) {
      st = value(p, r, p->word);
      advance(p);
      if (st || p->tok == CLOSE) return st;
      if (p->tok != COMMA) return expected(p, "',' or ')'");
    } else if (p->tok == COMMA) {
      if (r->n == 0) st = value(p, r, STR(""));
      advance(p);
      if (st == PINTLE_OK && (p->tok == CLOSE || p->tok == COMMA)) st = value(p, r, STR(""));
      if (st || p->tok == CLOSE) return st;
    } else return expected(p, "',' or a value");
  }
}

static pintle_status set_of_values(parser *p, kube_requirement *r) {
  if (p->tok != OPEN) return expected(p, "'('");
  advance(p);
  if (p->tok != WORD && p->tok != COMMA && p->tok != CLOSE) return expected(p, "',', ')' or a value");
  pintle_status st = p->tok == CLOSE ? value(p, r, STR("")) : list(p, r);
  if (st == PINTLE_OK) advance(p); /* ')' */
  return st;
}

static pintle_status one_value(parser *p, kube_requirement *r) {
  if (p->tok == END || p->tok == COMMA) return value(p, r, STR(""));
  if (p->tok != WORD) return expected(p, "a value");
  pintle_status st = value(p, r, p->word);
  advance(p);
  return st;
}

static bool binary(const parser *p, kube_operator *op) {
  switch (p->tok) {
  case EQ: *op = KUBE_EQ; return true;
  case EQ_EQ: *op = KUBE_EQ_EQ; return true;
  case NOT_EQ: *op = KUBE_NOT_EQ; return true;
  case GT: *op = KUBE_GT; return true;
  case LT: *op = KUBE_LT; return true;
  default: break;
  }
  *op = str_is(p->word, "in") ? KUBE_IN : KUBE_NOT_IN;
  return p->tok == WORD && (*op == KUBE_IN || str_is(p->word, "notin"));
}

static pintle_status requirement(parser *p) {
  kube_operator op = KUBE_EXISTS;
  pintle_status st = PINTLE_OK;
  if (p->tok == NOT) {
    op = KUBE_ABSENT;
    advance(p);
  }
  if (p->tok != WORD) return expected(p, "a label key");
  str key = p->word;
  advance(p);
  bool alone = op == KUBE_ABSENT || p->tok == END || p->tok == COMMA;
  if (!alone && !binary(p, &op)) return expected(p, "'in', 'notin', '=', '==', '!=', '<', '>' or ','");
  kube_requirement *r = kube_selector_add(p->s, key, op);
  if (!r) return error_nomem(p->e);
  if (!alone) {
    advance(p);
    st = op == KUBE_IN || op == KUBE_NOT_IN ? set_of_values(p, r) : one_value(p, r);
  }
  return st ? st : kube_requirement_check(r, true, p->e);
}

static pintle_status all(parser *p) {
  advance(p);
  if (p->tok == END) return PINTLE_OK;
  for (;;) {
    pintle_status st = requirement(p);
    if (st || p->tok == END) return st;
    if (p->tok != COMMA) return expected(p, "','");
    advance(p);
    if (p->tok == END) return expected(p, "a label key");
  }
}

pintle_status kube_selector_parse(str text, kube_selector **out, error *e) {
  if (text.len && memchr(text.ptr, 0, text.len)) return error_set(e, PINTLE_INVALID, "label selector: it holds U+0000");
  kube_selector *s = calloc(1, sizeof *s);
  if (!s) return error_nomem(e);
  parser p = {.text = text, .s = s, .e = e};
  pintle_status st = all(&p);
  if (st) {
    kube_selector_free(s);
    return st;
  }
  kube_selector_sort(s);
  *out = s;
  return PINTLE_OK;
}
