/* minify.c -- JSON text checked and without its white space, no tree.  SPDX-License-Identifier: Apache-2.0
 *
 * The grammar is that of parse.c, with the same messages and places; the fuzz target compares the two. */
#include "item/lex.h"
#include "item/node.h"

typedef struct squeeze {
  const char *text, *end; /* a copy at the tail of the output, squeezed in place */
  char *to;
  const char *run; /* from here on nothing has been moved yet */
  uint32_t depth, max_depth, flags;
  unsigned seen; /* of ID_* */
  bool in_metadata;
  const char *bad, *why, *twin;
  uint64_t objects[2 * ITEM_MAX_DEPTH / 64 + 1]; /* which levels are objects */
} squeeze;

static void flush(squeeze *s, const char *upto) {
  size_t n = (size_t)(upto - s->run);
  if (s->to != s->run) memmove(s->to, s->run, n);
  s->to += n;
}

static const char *space(squeeze *s, const char *p) {
  const char *q = item_skip_space(p);
  if (q == p) return p;
  flush(s, p);
  s->run = q;
  return q;
}
static inline const char *skip(squeeze *s, const char *p) { return (unsigned char)*p > ' ' ? p : space(s, p); }

static const char *fail(squeeze *s, const char *at, const char *why) {
  s->bad = at;
  s->why = at >= s->end ? "the text ends too early" : why;
  return NULL;
}

static inline bool in_object(const squeeze *s) { return s->objects[s->depth / 64] >> (s->depth % 64) & 1; }

static const char *open(squeeze *s, const char *p) {
  if (s->depth >= s->max_depth) return fail(s, p, "nested too deeply");
  uint64_t bit = (uint64_t)1 << (++s->depth % 64), *word = &s->objects[s->depth / 64];
  *word = *p == '{' ? *word | bit : *word & ~bit;
  return p + 1;
}

static inline const char *string(squeeze *s, const char *p, bool *escaped) {
  const char *q = item_lex_string(p + 1, s->end, escaped, &s->bad, &s->why);
  return q ? q + 1 : NULL;
}

static const char *literal(squeeze *s, const char *p) {
  const char *word = *p == 't' ? "true" : *p == 'f' ? "false" : "null";
  size_t i = 1;
  for (; word[i]; i++)
    if (p[i] != word[i]) return fail(s, p + i, "expected a value (true, false, null, a number, a string, [ or {)");
  return p + i;
}

static inline const char *value(squeeze *s, const char *p) {
  bool escaped;
  switch (*p) {
  case '"': return string(s, p, &escaped);
  case '{':
  case '[': return open(s, p);
  case 't':
  case 'f':
  case 'n': return literal(s, p);
  default:
    if (*p == '-' || (*p >= '0' && *p <= '9')) {
      const char *bad = p, *q = item_lex_number(p, &bad);
      return q ? q : fail(s, bad, "invalid number");
    }
    return fail(s, p, "expected a value (true, false, null, a number, a string, [ or {)");
  }
}

/* The key between quote and end, in the root or in its metadata. */
static void identity(squeeze *s, const char *quote, const char *end, bool escaped) {
  char plain[64 + ITEM_PAD]; /* "apiVersion" has at most 60 bytes when every letter is escaped */
  str key = {quote + 1, (size_t)(end - quote) - 2};
  if (key.len > 64) key.len = 0;
  if (escaped && key.len) key = (str){plain, item_unescape(plain, key.ptr, key.len)};
  unsigned id = item_id_key(key, s->depth);
  if (s->seen & id && !s->twin) s->twin = quote;
  s->seen |= id;
  if (s->depth == 1) s->in_metadata = id == ID_METADATA;
}

static inline const char *key(squeeze *s, const char *p) {
  bool escaped;
  const char *quote = p;
  if (*p != '"') return fail(s, p, "expected a key in double quotes");
  p = string(s, p, &escaped);
  if (!p) return NULL;
  if (s->flags & ITEM_KUBERNETES && (s->depth == 1 || (s->depth == 2 && s->in_metadata))) identity(s, quote, p, escaped);
  p = skip(s, p);
  return *p == ':' ? skip(s, p + 1) : fail(s, p, "expected ':' behind a key");
}

/* Behind a value: closes what ends here. Returns where the next element begins, or the end of the root. */
static inline const char *after(squeeze *s, const char *p) {
  while (s->depth) {
    bool object = in_object(s);
    p = skip(s, p);
    if (*p == ',') return skip(s, p + 1);
    if (*p != (object ? '}' : ']')) return fail(s, p, object ? "expected ',' or '}' in an object" : "expected ',' or ']' in an array");
    s->depth--;
    p++;
  }
  return p;
}

static const char *root(squeeze *s, const char *p) {
  p = value(s, p);
  bool opened = s->depth > 0;
  while (p && s->depth) {
    if (opened) {
      p = skip(s, p);
      if (*p == (in_object(s) ? '}' : ']')) {
        opened = false;
        p = after(s, p);
        continue;
      }
    }
    uint32_t depth = s->depth;
    if (in_object(s)) p = key(s, p);
    if (p) p = value(s, p);
    opened = s->depth > depth;
    if (p && !opened) p = after(s, p);
  }
  return p ? skip(s, p) : NULL;
}

static bool run(squeeze *s) {
  const char *begin = skip(s, s->text), *p;
  bool object = *begin == '{'; /* asked now: what was read may be overwritten */
  p = root(s, begin);
  if (p && p != s->end) p = fail(s, p, "something stands behind the JSON value");
  if (p && s->flags & ITEM_KUBERNETES) {
    if (!object) p = fail(s, begin, "expected an object");
    else if (s->twin) p = fail(s, s->twin, "the key occurs twice, and it says which object this is");
  }
  if (p) flush(s, s->end);
  return p != NULL;
}

/* Where keys have to be compared a tree is built after all. */
static pintle_status by_tree(str text, uint32_t flags, const item_limits *limits, buf *out, error *e) {
  item_doc CLEANUP(item_freep) *d = NULL;
  if (item_new(&d) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(d, text, flags, limits, e);
  if (st != PINTLE_OK) return st;
  return item_print(d, NULL, 0, out) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
}

pintle_status item_minify(str text, uint32_t flags, const item_limits *limits, buf *out, error *e) {
  if (flags & ITEM_UNIQUE_KEYS) return by_tree(text, flags, limits, out, e);
  item_limits l = item_limits_of(limits);
  pintle_status st = item_text_ok(text, &l, e);
  if (st != PINTLE_OK) return st;
  if (!buf_reserve(out, text.len + ITEM_PAD)) return error_nomem(e);
  char *copy = out->data + out->len;
  if (text.len) memcpy(copy, text.ptr, text.len);
  memset(copy + text.len, 0, ITEM_PAD);
  squeeze s = {.text = copy, .end = copy + text.len, .to = copy, .run = copy, .max_depth = l.max_depth, .flags = flags};
  if (run(&s)) {
    out->len = (size_t)(s.to - out->data);
    out->data[out->len] = 0;
    return PINTLE_OK;
  }
  if (out->data) out->data[out->len] = 0;
  return item_bad_text(e, text, (size_t)(s.bad - s.text), s.why);
}
