/* json_split.c -- see json_split.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/json_split.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK ((size_t)128 << 10)
enum { BETWEEN = 0, MEMBERS, ELEMENTS };

void json_split_open(json_split *s, int fd, str text, const char *name, const item_limits *limits) {
  *s = (json_split){.fd = fd, .name = name, .line = 1};
  s->max_bytes = limits && limits->max_bytes ? limits->max_bytes : ITEM_MAX_BYTES;
  s->max_depth = limits && limits->max_depth ? limits->max_depth : ITEM_MAX_DEPTH;
  if (fd < 0) s->data = text.ptr, s->len = text.len, s->eof = true;
}

void json_split_close(json_split *s) {
  free(s->own);
  buf_free(&s->rest);
  s->own = NULL;
}

/* ---- memory and places */
static void count_to(const json_split *s, int64_t at, uint32_t *line, int64_t *start) {
  const char *p = s->data + (s->counted - s->base), *end = s->data + (at - s->base);
  *line = s->line, *start = s->line_start;
  while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
    p++;
    ++*line;
    *start = s->base + (p - s->data);
  }
}

void json_split_place(json_split *s, int64_t at, uint32_t *line, uint32_t *column) {
  int64_t start;
  if (at < s->counted) at = s->counted;
  count_to(s, at, line, &start);
  *column = (uint32_t)(at - start + 1);
}

/* As above, and counting starts there next time. */
static void place_on(json_split *s, int64_t at, uint32_t *line, uint32_t *column) {
  count_to(s, at, &s->line, &s->line_start);
  s->counted = at;
  *line = s->line;
  *column = (uint32_t)(at - s->line_start + 1);
}

/* Reads on, behind what is in memory. false: the end, or s->failed. What begins before keep is forgotten. */
static bool more(json_split *s) {
  uint32_t line, column;
  if (s->eof || s->failed) return false;
  if (s->keep > s->base && s->cap - s->len < CHUNK) {
    if (s->counted < s->keep) place_on(s, s->keep, &line, &column);
    size_t gone = (size_t)(s->keep - s->base);
    memmove(s->own, s->own + gone, s->len - gone);
    s->base += (int64_t)gone, s->len -= gone;
  }
  if (s->cap - s->len < CHUNK) {
    size_t cap = s->cap ? s->cap * 2 : 2 * CHUNK;
    char *own = realloc(s->own, cap);
    if (!own) return s->failed = ENOMEM, false;
    s->data = s->own = own, s->cap = cap;
  }
  ssize_t n;
  do n = read(s->fd, s->own + s->len, s->cap - s->len);
  while (n < 0 && errno == EINTR);
  if (n < 0) s->failed = errno;
  if (n == 0) s->eof = true;
  if (n > 0) s->len += (size_t)n;
  return n > 0;
}

static inline const char *here(const json_split *s) { return s->data + (s->at - s->base); }
static inline const char *end_of(const json_split *s) { return s->data + s->len; }

/* More is in memory than an item may have, with room for what stands in front of it. Exact sizes are checked at the end. */
static bool too_far(const json_split *s) { return s->at - s->keep > (int64_t)(s->max_bytes + CHUNK); }

/* Between documents the line must stay: should YAML follow, its indentation counts. */
static void keep_line(json_split *s) {
  const char *from = s->data + (s->keep - s->base), *p = here(s);
  while (p > from && p[-1] != '\n') p--;
  s->keep = s->base + (p - s->data);
}

void json_split_line_start(json_split *s) {
  keep_line(s);
  s->at = s->keep;
}

/* Passes over white space; the byte there or -1. */
static int space(json_split *s) {
  for (;;) {
    const char *p = here(s), *end = end_of(s);
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')) p++;
    s->at = s->base + (p - s->data);
    if (p < end) return (unsigned char)*p;
    if (s->state != BETWEEN && too_far(s)) s->oversize = true;
    if (s->state == BETWEEN && too_far(s)) s->keep = s->at;
    if (s->state == BETWEEN) keep_line(s);
    else if (s->oversize) s->keep = s->at;
    if (!more(s)) return -1;
  }
}

int json_split_peek(json_split *s) {
  if (s->at == 0) {
    while (s->len < 3 && more(s)) {}
    if (s->len >= 3 && memcmp(s->data, "\xef\xbb\xbf", 3) == 0) s->at = s->keep = s->counted = s->line_start = 3;
  }
  return space(s);
}

void json_split_rewind(json_split *s) { s->at = s->keep = s->begin, s->state = BETWEEN, s->over = false; }

int64_t json_split_read(json_split *s, void *to, size_t n) {
  size_t have = s->len - (size_t)(s->at - s->base);
  if (have) {
    if (n > have) n = have;
    memcpy(to, here(s), n);
    s->at += (int64_t)n;
    return (int64_t)n;
  }
  if (s->own) { /* all of it has been taken */
    free(s->own);
    s->own = NULL, s->cap = 0;
  }
  if (s->eof) return 0;
  ssize_t got;
  do got = read(s->fd, to, n);
  while (got < 0 && errno == EINTR);
  if (got == 0) s->eof = true;
  return got < 0 ? -errno : got;
}

bool json_split_unread(json_split *s, str bytes) {
  int64_t from = s->at - (int64_t)bytes.len;
  if (s->fd < 0 || (s->own && from >= s->base)) {
    s->at = from;
  } else {
    size_t rest = s->len - (size_t)(s->at - s->base), cap = bytes.len + rest + 2 * CHUNK;
    char *own = malloc(cap);
    if (!own) return false;
    memcpy(own, bytes.ptr, bytes.len);
    if (rest) memcpy(own + bytes.len, here(s), rest);
    free(s->own);
    s->data = s->own = own;
    s->base = s->at = from, s->len = bytes.len + rest, s->cap = cap;
  }
  s->keep = s->counted = s->at;
  return true;
}

/* Reads on until n bytes are there, or the end is. What is before s->at goes. */
static bool ahead(json_split *s, size_t n) {
  do {
    s->keep = s->counted = s->at;
    if (s->len - (size_t)(s->at - s->base) >= n) return true;
  } while (more(s));
  return false;
}

bool json_split_find_document(json_split *s, bool cut, int64_t from, uint32_t after, uint32_t *line) {
  for (;; cut = false) {
    ahead(s, 4);
    const char *p = here(s);
    size_t n = s->len - (size_t)(s->at - s->base);
    if (!cut && s->at > from && *line > after && n >= 3 && memcmp(p, "---", 3) == 0 && (n == 3 || strchr(" \t\r\n", p[3]))) return true;
    const char *end;
    while (!(end = memchr(here(s), '\n', s->len - (size_t)(s->at - s->base)))) { /* over the line */
      s->at = s->base + (int64_t)s->len;
      if (!ahead(s, 1)) return false;
    }
    s->at = s->base + (end - s->data) + 1;
    ++*line;
  }
}

/* ---- errors */
void conf_place_shift(error *e, const char *name, uint32_t line, uint32_t column) {
  unsigned l = 1, c = 1;
  if (!e) return;
  if (sscanf(e->place, "line %u, column %u", &l, &c) != 2) l = c = 1;
  error_place(e, "%s:%u:%u", name, line + l - 1, l == 1 ? column + c - 1 : c);
}

static pintle_status place_error(json_split *s, int64_t at, error *e) {
  uint32_t line, column;
  json_split_place(s, at, &line, &column);
  error_place(e, "%s:%u:%u", s->name, line, column);
  return PINTLE_INVALID;
}

static pintle_status read_error(json_split *s, error *e) {
  s->over = true;
  if (s->failed == ENOMEM) return error_nomem(e);
  pintle_status st = error_errno(e, s->failed, "cannot read %s", s->name);
  error_place(e, "%s", s->name);
  return st;
}

/* The stream ends here. The parser of items knows best what is wrong with the text from `from` on, so it is asked first. */
static pintle_status syntax(json_split *s, int64_t from, const char *what, error *e) {
  if (s->failed) return read_error(s, e);
  s->over = true;
  CLEANUP(buf_free) buf b = {0};
  item_limits limits = {.max_bytes = SIZE_MAX / 4, .max_depth = s->max_depth};
  uint32_t line, column;
  if (from >= s->keep && from >= s->counted && from >= s->base && !s->oversize) {
    str text = {s->data + (from - s->base), s->len - (size_t)(from - s->base)};
    json_split_place(s, from, &line, &column);
    if (item_minify(text, 0, &limits, &b, e) == PINTLE_INVALID) {
      conf_place_shift(e, s->name, line, column);
      return PINTLE_INVALID;
    }
  }
  error_set(e, PINTLE_INVALID, "malformed JSON: %s", what);
  return place_error(s, s->at, e);
}

/* ---- stepping over values */
/* s->at is at a quote; over the string. slide: what is larger than an item may be forgotten meanwhile. false: no end, or too long. */
static bool string(json_split *s, bool slide) {
  s->at++;
  for (;;) {
    const char *p = here(s), *end = end_of(s);
    while (p < end && *p != '"') p += *p == '\\' ? 2 : 1;
    s->at = s->base + ((p < end ? p : end) - s->data);
    if (p < end) return s->at++, true;
    size_t skip = (size_t)(p - end); /* 1: the escaped byte is not there yet */
    if (too_far(s)) {
      if (!slide) return false;
      s->oversize = true;
    }
    if (s->oversize && slide) s->keep = s->at;
    if (!more(s)) return false;
    s->at += (int64_t)skip;
  }
}

static void push(json_split *s, uint32_t depth, bool object) {
  if (depth >= JSON_SPLIT_BITS) return;
  uint64_t bit = 1ull << (depth % 64);
  if (object) s->brackets[depth / 64] |= bit;
  else s->brackets[depth / 64] &= ~bit;
}

static bool matches(const json_split *s, uint32_t depth, bool object) {
  return depth >= JSON_SPLIT_BITS || ((s->brackets[depth / 64] >> (depth % 64)) & 1) == object;
}

/* Strings are the most of it: over one that lies wholly in memory, without leaving the loop below. NULL: it does not. */
static inline const char *short_string(const char *p, const char *end) {
  for (p++; p < end && *p != '"'; p++)
    if (*p == '\\') p++;
  return p < end ? p + 1 : NULL;
}

/* s->at is at a bracket; over what it opens. NULL or what is wrong. */
static const char *nested(json_split *s) {
  uint32_t depth = 0;
  for (;;) {
    const char *p = here(s), *end = end_of(s), *next;
    for (; p < end; p++) {
      char c = *p;
      if (c == '"') {
        if (!(next = short_string(p, end))) break;
        p = next - 1;
      } else if ((c | 0x20) == '{') { /* also [ */
        push(s, depth++, c == '{');
        if (depth > s->max_depth) s->too_deep = true;
      } else if ((c | 0x20) == '}') { /* also ] */
        s->at = s->base + (p - s->data);
        if (!matches(s, depth - 1, c == '}')) return c == '}' ? "] is expected here" : "} is expected here";
        if (--depth == 0) return s->at++, NULL;
      }
    }
    s->at = s->base + (p - s->data);
    if (too_far(s)) s->oversize = true;
    if (s->oversize) s->keep = s->at;
    bool quoted = p < end;
    if (quoted ? !string(s, true) : !more(s)) return quoted ? "a string has no end" : "the text ends too early";
  }
}

/* s->at is at the first byte of a value; over it. */
static const char *value(json_split *s) {
  int c = space(s);
  if (c == '{' || c == '[') return nested(s);
  if (c == '"') return string(s, true) ? NULL : "a string has no end";
  for (int64_t start = s->at;;) {
    const char *p = here(s), *end = end_of(s);
    while (p < end && !strchr(",:]}[{\" \n\t\r", *p)) p++;
    s->at = s->base + (p - s->data);
    if (s->at - start > 65536) return "a value is too long";
    if (p < end || !more(s)) return s->at > start ? NULL : "a value is expected here";
  }
}

static pintle_status too_much(json_split *s, uint32_t line, uint32_t column, const char *what, error *e) {
  if (s->oversize) error_set(e, PINTLE_INVALID, "%s is larger than %zu bytes", what, s->max_bytes);
  else error_set(e, PINTLE_INVALID, "%s is nested deeper than %u levels", what, s->max_depth);
  error_place(e, "%s:%u:%u", s->name, line, column);
  return PINTLE_INVALID;
}

/* ---- documents */
static str text_between(const json_split *s, int64_t from, int64_t to) { return (str){s->data + (from - s->base), (size_t)(to - from)}; }

static pintle_status end_of_document(json_split *s, bool streamed, conf_part *out, error *e) {
  s->state = BETWEEN;
  *out = (conf_part){.part = streamed ? CONF_LIST : CONF_WHOLE, .raw = true, .line = s->begin_line, .column = s->begin_column};
  out->offset = s->begin, out->length = (uint64_t)(s->at - s->begin);
  if (streamed) {
    buf_addc(&s->rest, '}');
    if (s->rest.failed) return s->over = true, error_nomem(e);
    out->text = buf_str(&s->rest);
    s->over = s->oversize = s->rest.len > s->max_bytes; /* then no CONF_LIST comes, so nothing else may */
  } else if (out->length > s->max_bytes) s->oversize = true;
  if (s->oversize || s->too_deep) return too_much(s, out->line, out->column, "the document", e);
  if (!streamed) out->text = text_between(s, s->begin, s->at);
  return PINTLE_OK;
}

/* A member that is not items: `kind` decides whether items may be taken apart; the rest is gathered while they are. */
static void saw_member(json_split *s, str key, str v) {
  if (str_is(key, "\"kind\"")) s->no_list = v.len > 1 && v.ptr[0] == '"' && !memchr(v.ptr, '\\', v.len) && !str_ends(v, "List\"");
  if (!s->items_seen) return;
  if (s->rest.len > 1) buf_addc(&s->rest, ',');
  buf_adds(&s->rest, key);
  buf_addc(&s->rest, ':');
  buf_adds(&s->rest, v);
}

/* The items begin: what came before them is the beginning of the rest. */
static void start_streaming(json_split *s, int64_t key) {
  str head = text_between(s, s->begin, key);
  while (head.len > 1 && strchr(" \n\t\r,", head.ptr[head.len - 1])) head.len--;
  buf_clear(&s->rest);
  buf_adds(&s->rest, head);
}

/* Over one member, its key first. PINTLE_OK with *streams: its value is the array of items, not yet stepped over. */
static pintle_status member(json_split *s, bool lists, bool *streams, error *e) {
  CLEANUP(buf_free) buf key = {0};
  if (s->oversize) s->keep = s->at;
  int64_t from = s->at, doc = s->items_seen ? -1 : s->begin;
  *streams = false;
  if (space(s) != '"') return syntax(s, doc, "a key in quotes is expected here", e);
  if (!string(s, false)) return syntax(s, doc, "a string has no end", e);
  str text = text_between(s, from, s->at);
  bool items = lists && str_is(text, "\"items\"");
  if (s->items_seen) { /* the key may be forgotten before its value ends */
    buf_adds(&key, text);
    if (key.failed) return s->over = true, error_nomem(e);
    text = buf_str(&key);
  }
  if (space(s) != ':') return syntax(s, doc, "a colon is expected here", e);
  s->at++;
  int c = space(s);
  if (items && c == '[' && !s->no_list && !s->items_seen && !s->oversize) {
    *streams = s->items_seen = s->first = true;
    start_streaming(s, from);
    s->at++;
    return s->rest.failed ? (s->over = true, error_nomem(e)) : PINTLE_OK;
  }
  int64_t at = s->at;
  uint32_t line = 0, column = 0;
  if (s->items_seen) place_on(s, at, &line, &column);
  const char *wrong = value(s);
  if (wrong) return syntax(s, doc, wrong, e);
  if (s->at - at > (int64_t)s->max_bytes) s->oversize = true;
  if (s->items_seen && (s->oversize || s->too_deep)) {
    too_much(s, line, column, "a value", e);
    s->oversize = s->too_deep = false;
    return PINTLE_INVALID;
  }
  if (items && s->items_seen) {
    error_set(e, PINTLE_INVALID, "key \"items\" occurs twice");
    error_place(e, "%s:%u:%u", s->name, line, column);
    return PINTLE_INVALID;
  }
  if (s->oversize) return PINTLE_OK;
  if (!s->items_seen) text = text_between(s, from, from + (int64_t)text.len); /* memory may have moved */
  saw_member(s, text, text_between(s, at, s->at));
  return s->rest.failed ? (s->over = true, error_nomem(e)) : PINTLE_OK;
}

static pintle_status members(json_split *s, bool lists, conf_part *out, error *e) {
  for (;;) {
    int64_t doc = s->items_seen ? -1 : s->begin;
    if (s->items_seen) s->keep = s->at;
    int c = space(s);
    if (c == '}' && (s->first || s->trailing)) return s->at++, end_of_document(s, s->items_seen, out, e);
    if (s->trailing) { /* a member has ended here */
      if (c != ',') return syntax(s, doc, c < 0 ? "the text ends too early" : "a comma or } is expected here", e);
      s->at++;
      space(s);
    }
    bool streams;
    s->first = false;
    pintle_status st = member(s, lists, &streams, e);
    s->trailing = true;
    if (streams && st == PINTLE_OK) s->state = ELEMENTS, s->trailing = false;
    if (st != PINTLE_OK || streams) return st;
  }
}

/* Elements of items; NOT_FOUND: there are no more. */
static pintle_status element(json_split *s, conf_part *out, error *e) {
  if (!s->whole) s->keep = s->at;
  int64_t doc = s->whole && s->counted <= s->begin ? s->begin : -1;
  int c = space(s);
  if (c == ']' && (s->first || s->trailing)) {
    s->at++, s->state = MEMBERS, s->trailing = true, s->first = false;
    return PINTLE_NOT_FOUND;
  }
  if (s->trailing) {
    if (c != ',') return syntax(s, doc, c < 0 ? "the text ends too early" : "a comma or ] is expected here", e);
    s->at++;
    space(s);
  }
  int64_t from = s->at;
  if (from - s->begin > 4096) s->whole = false;
  if (!s->whole) s->keep = from;
  s->trailing = true, s->first = false, s->oversize = s->too_deep = false;
  *out = (conf_part){.part = CONF_ITEM, .raw = true, .offset = from};
  place_on(s, from, &out->line, &out->column);
  const char *wrong = value(s);
  if (wrong) return syntax(s, from, wrong, e);
  out->length = (uint64_t)(s->at - from);
  if (out->length > s->max_bytes) s->oversize = true;
  bool large = s->oversize, deep = s->too_deep;
  if (large || deep) {
    too_much(s, out->line, out->column, "an item", e);
    s->oversize = s->too_deep = false;
    return PINTLE_INVALID;
  }
  out->text = text_between(s, from, s->at);
  return PINTLE_OK;
}

pintle_status json_split_next(json_split *s, bool lists, conf_part *out, error *e) {
  pintle_status st;
  if (s->over) return PINTLE_NOT_FOUND;
  if (s->state == BETWEEN) {
    s->keep = s->at;
    s->whole = true;
    int c = json_split_peek(s);
    s->keep = s->begin = s->at;
    if (c < 0) return s->failed ? read_error(s, e) : PINTLE_NOT_FOUND;
    place_on(s, s->begin, &s->begin_line, &s->begin_column);
    s->oversize = s->too_deep = s->items_seen = s->no_list = s->trailing = false;
    s->first = true;
    if (c != '{' || !lists) {
      const char *wrong = value(s);
      if (wrong) return syntax(s, s->begin, wrong, e);
      return end_of_document(s, false, out, e);
    }
    s->at++, s->state = MEMBERS;
  } else if (s->state == ELEMENTS) s->whole = false; /* a part has been handed out */
  for (;;) {
    if (s->state == MEMBERS) {
      st = members(s, lists, out, e);
      if (st != PINTLE_OK || s->state != ELEMENTS) return st;
    }
    st = element(s, out, e);
    if (st != PINTLE_NOT_FOUND) return st;
    s->whole = false;
  }
}
