/* text_yaml.c -- YAML as people write it, edited in place: block and flow mappings and sequences, scalars on one line.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A scanner of its own, since a plugin that links libyaml brings it into every worker. Block scalars, scalars over several lines, and what
 * carries an anchor, an alias or a tag are passed over and never edited; what is rarer (explicit keys, directives, tabs that indent) stops
 * the scanner, and the text stays as it is. */
#include "text_edit.h"
#include <string.h>

enum { DEEP = 100 };
struct yaml {
  struct text_edit *e;
  const char *p;
  size_t n, i;
  size_t line, known; /* the last line known of begins at line, and goes on to known at least */
  int depth, locked; /* locked: within what has an anchor or a tag */
};

static void stop(struct yaml *y, const char *why) { text_break(y->e, y->i, why); }
static bool ended(const struct yaml *y) { return y->e->broken || y->e->failed; }
static char at(const struct yaml *y, size_t i) { return (char)(i < y->n ? y->p[i] : '\n'); }
static bool space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
static long column(struct yaml *y, size_t i) {
  if (i < y->line) y->line = y->known = 0; /* a look back: seldom */
  const char *end = i > y->known ? memrchr(y->p + y->known, '\n', i - y->known) : NULL;
  if (end) y->line = (size_t)(end - y->p) + 1;
  if (i > y->known) y->known = i;
  return (long)(i - y->line);
}
static bool marker(struct yaml *y, size_t i) {
  return y->n - i >= 3 && (memcmp(y->p + i, "---", 3) == 0 || memcmp(y->p + i, "...", 3) == 0) && space(at(y, i + 3)) && column(y, i) == 0;
}

static void spaces(struct yaml *y) {
  while (y->i < y->n && (y->p[y->i] == ' ' || y->p[y->i] == '\t' || y->p[y->i] == '\r')) y->i++;
}

/* At the end of the line, or at a comment? */
static bool line_over(const struct yaml *y) {
  return y->i >= y->n || y->p[y->i] == '\n' || (y->p[y->i] == '#' && (y->i == 0 || space(y->p[y->i - 1])));
}

/* To the next thing that is neither blank nor comment. False: the document is over. */
static bool content(struct yaml *y) {
  for (;;) {
    size_t begin = y->i;
    size_t line = begin - (size_t)column(y, begin);
    spaces(y);
    if (line == begin && memchr(y->p + line, '\t', y->i - line)) stop(y, "a tab indents a line");
    if (ended(y)) return false;
    if (!line_over(y)) {
      return !marker(y, y->i);
    }
    y->i = text_next_line(y->e->text, y->i);
    if (y->i >= y->n) return false;
  }
}

static void pass(struct yaml *y, size_t begin, const char *why) { text_pass(y->e, begin, y->i, why); }
static void mark(struct yaml *y, const char *what) { xform_text_add(&y->e->log, what, strlen(what)); }

/* ---- scalars */
/* Behind the quoted scalar at i; *lines: it has more than one. 0: nothing closes it. */
static size_t quoted_end(const struct yaml *y, size_t i, bool *lines) {
  char quote = y->p[i++];
  for (; i < y->n; i++) {
    if (y->p[i] == '\n') *lines = true;
    if (quote == '"' && y->p[i] == '\\' && i + 1 < y->n) {
      if (y->p[++i] == '\n' || y->p[i] == '\r') *lines = true;
    } else if (y->p[i] == quote && quote == '\'' && at(y, i + 1) == '\'') i++;
    else if (y->p[i] == quote) return i + 1;
  }
  return 0;
}

static void edit(struct yaml *y, size_t begin, size_t end, char quote, bool flow) {
  struct xform_text is = {0}, to = {0}, raw = {0};
  char kind = quote ? 's' : text_yaml_kind(y->p + begin, end - begin);
  if (quote) begin++, end--;
  if (quote && !text_yaml_read(&is, quote, y->p + begin, end - begin)) stop(y, "an escape that is none");
  else if (!quote) xform_text_add(&is, y->p + begin, end - begin);
  if (is.failed) y->e->failed = true;
  else if (ended(y)) mark(y, "!");
  else if (y->locked) text_pass(y->e, begin, end, "it has an anchor or a tag, or is within what has one");
  else if (text_meet(y->e, kind, (pintle_str){is.data, is.len}, &to)) {
    if (text_yaml_write(&raw, quote, kind, flow, &to)) text_put(y->e, begin, end, &raw);
    else text_break(y->e, begin, "the new value does not fit: another type, or not to be written in its quotes");
  }
  xform_text_free(&is);
  xform_text_free(&to);
  xform_text_free(&raw);
}

/* The end of a plain scalar that begins at i, on its line. */
static size_t plain_end(const struct yaml *y, size_t i, bool flow) {
  size_t end = i;
  for (; i < y->n && y->p[i] != '\n'; i++) {
    char c = y->p[i];
    if (c == '#' && space(y->p[i - 1])) break;
    if (c == ':' && (space(at(y, i + 1)) || (flow && strchr(",[]{}", at(y, i + 1))))) break;
    if (flow && c && strchr(",[]{}", c)) break;
    if (!space(c)) end = i + 1;
  }
  return end;
}

/* Of lines that stand deeper than `parent`, with a scalar that began before: behind them. */
static void deeper_lines(struct yaml *y, long parent, bool block) {
  while (y->i < y->n) {
    size_t line = y->i = text_next_line(y->e->text, y->i), i = line;
    while (i < y->n && y->p[i] == ' ') i++;
    if (i < y->n && (y->p[i] == '\n' || y->p[i] == '\r')) continue; /* blank */
    if (i >= y->n || (long)(i - line) <= parent || marker(y, line) || (!block && y->p[i] == '#')) return;
  }
}

/* The value at i, of a node whose parent stands in column `parent`; it ends with its line. */
static void scalar(struct yaml *y, long parent) {
  size_t begin = y->i, end;
  char c = y->p[begin];
  bool lines = false;
  if (c == '|' || c == '>') {
    deeper_lines(y, parent, true);
    return pass(y, begin, "it is a text of several lines (| or >)");
  }
  if (c == '*') {
    while (!space(at(y, y->i))) y->i++;
    pass(y, begin, "it is an alias");
    spaces(y);
    if (!line_over(y)) stop(y, "something stands behind an alias");
    return;
  }
  if (strchr("%@`&!", c)) return stop(y, "a value begins with a character that none begins with");
  if (c == '"' || c == '\'') {
    if (!(end = quoted_end(y, begin, &lines))) return stop(y, "a quote that nothing closes");
    y->i = end;
    spaces(y);
    if (!line_over(y)) return stop(y, "something stands behind a quoted value");
    y->i = end;
    if (lines) pass(y, begin, "it goes over several lines");
    else edit(y, begin, end, c, false);
    return;
  }
  y->i = end = plain_end(y, begin, false);
  spaces(y);
  if (!line_over(y) || end == begin) return stop(y, "a value that holds \": \"");
  bool comment = y->i < y->n && y->p[y->i] == '#';
  size_t here = y->i = end;
  if (content(y) && column(y, y->i) > parent) {
    if (comment) return stop(y, "lines behind a value stand deeper than it");
    y->i = here;
    deeper_lines(y, parent, false);
    return pass(y, begin, "it goes over several lines");
  }
  y->i = here;
  edit(y, begin, end, 0, false);
}

/* ---- flow collections */
static void flow(struct yaml *y);

static void flow_content(struct yaml *y) {
  if (!content(y) && !ended(y)) stop(y, "a bracket that nothing closes");
}

/* A scalar within brackets, as a value or (key not NULL) as a key. */
static void flow_scalar(struct yaml *y, struct xform_text *key) {
  size_t begin = y->i, end;
  char quote = y->p[begin] == '"' || y->p[begin] == '\'' ? y->p[begin] : 0;
  bool lines = false;
  if (!quote && (strchr(",]}&!|>%@`#", y->p[begin]) ||
                 (strchr("?-:", y->p[begin]) && (space(at(y, begin + 1)) || strchr(",[]{}", at(y, begin + 1))))))
    return stop(y, "not understood within brackets");
  end = quote ? quoted_end(y, begin, &lines) : plain_end(y, begin, true);
  if (!end || lines || end == begin) return stop(y, "a value within brackets that ends not on its line");
  y->i = end;
  if (key && quote && !text_yaml_read(key, quote, y->p + begin + 1, end - begin - 2)) stop(y, "an escape that is none");
  if (key && !quote) xform_text_add(key, y->p + begin, end - begin);
  if (key && !quote && y->p[begin] == '*') stop(y, "an alias as a key");
  if (key) return;
  if (!quote && y->p[begin] == '*') pass(y, begin, "it is an alias");
  else edit(y, begin, end, quote, true);
}

static void flow_value(struct yaml *y) {
  if (ended(y)) return;
  if (y->p[y->i] == '{' || y->p[y->i] == '[') flow(y);
  else flow_scalar(y, NULL);
}

static void flow_member(struct yaml *y, bool map, size_t index) {
  struct xform_text key = {0};
  char number[24];
  size_t was;
  if (!map) {
    was = text_push(y->e, number, (size_t)snprintf(number, sizeof number, "%zu", index));
    flow_value(y);
    text_pop(y->e, was);
    return;
  }
  if (y->p[y->i] == '{' || y->p[y->i] == '[') return stop(y, "a key that is no scalar");
  flow_scalar(y, &key);
  was = text_push(y->e, key.data ? key.data : "", key.len);
  xform_text_free(&key);
  if (!ended(y)) flow_content(y);
  if (!ended(y) && y->p[y->i] == ':') {
    y->i++;
    flow_content(y);
    if (!ended(y) && (y->p[y->i] == ',' || y->p[y->i] == '}')) mark(y, "~");
    else flow_value(y);
  } else mark(y, "~");
  text_pop(y->e, was);
}

static void flow(struct yaml *y) {
  bool map = y->p[y->i] == '{';
  char close = map ? '}' : ']';
  text_inner(y->e);
  mark(y, map ? "{" : "[");
  y->i++;
  if (++y->depth > DEEP) stop(y, "it is nested too deep");
  for (size_t index = 0; !ended(y); index++) {
    flow_content(y);
    if (ended(y) || y->p[y->i] == close) break;
    flow_member(y, map, index);
    if (!ended(y)) flow_content(y);
    if (ended(y) || y->p[y->i] == close) break;
    if (y->p[y->i] != ',') stop(y, "a comma is missing, or a pair stands in a list");
    else y->i++;
  }
  y->i++;
  y->depth--;
  mark(y, map ? "}" : "]");
}

/* ---- block collections */
static void block(struct yaml *y, long parent);

static bool dash(const struct yaml *y) { return at(y, y->i) == '-' && space(at(y, y->i + 1)); }

/* Is there a key at i? Its end, and in *colon where its value's colon is. */
static size_t key_end(const struct yaml *y, size_t i, size_t *colon) {
  bool lines = false, quoted = y->p[i] == '"' || y->p[i] == '\'';
  size_t end = quoted ? quoted_end(y, i, &lines) : plain_end(y, i, false), c = end;
  if (!end || lines) return 0;
  while (at(y, c) == ' ' || at(y, c) == '\t') c++;
  *colon = c;
  return c < y->n && y->p[c] == ':' && space(at(y, c + 1)) && end > i ? end : 0;
}

/* Anchors and tags before a value: how many. */
static int properties(struct yaml *y) {
  int n = 0;
  size_t begin = y->i;
  while (y->i < y->n && (y->p[y->i] == '&' || y->p[y->i] == '!')) {
    while (!space(at(y, y->i))) y->i++;
    spaces(y);
    n++;
  }
  if (n) xform_text_add(&y->e->log, y->p + begin, y->i - begin);
  return n;
}

/* What stands behind "- " or "key:". A sequence may stand in the column of its key. */
static void value(struct yaml *y, long parent, bool of_key) {
  size_t colon;
  spaces(y);
  int locks = properties(y);
  y->locked += locks;
  bool inline_ = !line_over(y);
  if (!inline_ && (!content(y) || column(y, y->i) < parent || (column(y, y->i) == parent && !(of_key && dash(y))))) mark(y, "~");
  else if (ended(y)) mark(y, "!");
  else if (y->p[y->i] == '{' || y->p[y->i] == '[') {
    flow(y);
    spaces(y);
    if (!ended(y) && !line_over(y)) stop(y, "something stands behind a bracket");
  } else if (inline_ && (of_key || locks) && !strchr("|>*", y->p[y->i]) && (dash(y) || key_end(y, y->i, &colon)))
    stop(y, "a mapping or a list begins on the line of its key, anchor or tag");
  else block(y, inline_ || column(y, y->i) > parent ? parent : parent - 1);
  y->locked -= locks;
}

static void sequence(struct yaml *y, long col) {
  text_inner(y->e);
  mark(y, "-(");
  for (size_t index = 0; !ended(y) && dash(y); index++) {
    char number[24];
    size_t was = text_push(y->e, number, (size_t)snprintf(number, sizeof number, "%zu", index));
    y->i++;
    value(y, col, false);
    text_pop(y->e, was);
    if (ended(y) || !content(y) || column(y, y->i) < col) break;
    if (column(y, y->i) > col) stop(y, "a line stands deeper than the list it is in");
    else if (!dash(y)) break;
  }
  mark(y, ")");
}

static void mapping(struct yaml *y, long col) {
  text_inner(y->e);
  mark(y, ":(");
  while (!ended(y)) {
    struct xform_text key = {0};
    size_t colon = 0, begin = y->i, end = key_end(y, begin, &colon);
    char quote = y->p[begin] == '"' || y->p[begin] == '\'' ? y->p[begin] : 0;
    if (!end || (!quote && strchr("?&*!%@`{[|>-,", y->p[begin]) && !(strchr("?-", y->p[begin]) && !space(at(y, begin + 1))))) {
      stop(y, "a line that is no \"key: value\"");
      break;
    }
    if (quote && !text_yaml_read(&key, quote, y->p + begin + 1, end - begin - 2)) stop(y, "an escape that is none");
    if (!quote) xform_text_add(&key, y->p + begin, end - begin);
    size_t was = text_push(y->e, key.data ? key.data : "", key.len);
    y->i = colon + 1;
    if (!ended(y)) value(y, col, true);
    text_pop(y->e, was);
    xform_text_free(&key);
    if (ended(y) || !content(y) || column(y, y->i) < col) break;
    if (column(y, y->i) > col) stop(y, "a line stands deeper than the mapping it is in");
  }
  mark(y, ")");
}

/* A node whose first thing stands at i. */
static void block(struct yaml *y, long parent) {
  size_t colon;
  long col = column(y, y->i);
  if (++y->depth > DEEP) stop(y, "it is nested too deep");
  else if (dash(y)) sequence(y, col);
  else if (y->p[y->i] == '?' && space(at(y, y->i + 1))) stop(y, "a key that is written with ?");
  else if (!strchr("|>{[&!", y->p[y->i]) && key_end(y, y->i, &colon)) mapping(y, col);
  else if (strchr("&!{[", y->p[y->i])) value(y, parent, false);
  else scalar(y, parent);
  y->depth--;
}

/* U+0085, U+2028, U+2029 and a lone \r divide lines for some readers; a byte order mark and U+0000 are nobody's. */
static bool odd(const char *p, size_t n) {
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)p[i];
    if (!c || (c == '\r' && (i + 1 == n || p[i + 1] != '\n'))) return true;
    if (i + 1 < n && c == 0xc2 && (unsigned char)p[i + 1] == 0x85) return true;
    if (i + 2 < n && c == 0xe2 && (unsigned char)p[i + 1] == 0x80 && ((unsigned char)p[i + 2] | 1) == 0xa9) return true;
    if (i + 2 < n && c == 0xef && (unsigned char)p[i + 1] == 0xbb && (unsigned char)p[i + 2] == 0xbf) return true;
  }
  return false;
}

void text_scan_yaml(struct text_edit *e) {
  struct yaml y = {.e = e, .p = e->text.ptr, .n = e->text.len};
  if (odd(y.p, y.n)) return stop(&y, "a line end or a character that YAML readers disagree on");
  while (y.i < y.n && !ended(&y)) {
    if (content(&y)) {
      if (y.p[y.i] == '%' && column(&y, y.i) == 0) return stop(&y, "a directive");
      block(&y, -1);
      if (!ended(&y) && content(&y)) stop(&y, "something stands behind the end of the document");
    } else if (!ended(&y) && y.i < y.n) { /* at a marker */
      mark(&y, y.p[y.i] == '-' ? "---" : "...");
      y.i += 3;
      spaces(&y);
      if (!line_over(&y)) return stop(&y, "a document begins on the line of its ---");
    }
  }
}
