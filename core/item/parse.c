/* parse.c -- JSON text to nodes, in place in one copy of the text.  SPDX-License-Identifier: Apache-2.0 */
#include "item/lex.h"
#include "item/node.h"

typedef struct parser {
  item_doc *d;
  const char *text; /* the copy */
  char *end;
  char *number_end;  /* gets its NUL once the byte there has been read */
  item_node *parent; /* the open container */
  uint32_t depth, max_depth, flags;
  bool edit;
  pintle_status st;
  const char *bad, *why; /* where and what, when st is not OK */
} parser;

item_limits item_limits_of(const item_limits *given) {
  item_limits l = given ? *given : (item_limits){0};
  if (l.max_bytes == 0) l.max_bytes = ITEM_MAX_BYTES;
  if (l.max_bytes > INT32_MAX) l.max_bytes = INT32_MAX; /* offsets are 32 bits wide */
  if (l.max_depth == 0) l.max_depth = ITEM_MAX_DEPTH;
  if (l.max_depth > 2 * ITEM_MAX_DEPTH) l.max_depth = 2 * ITEM_MAX_DEPTH; /* comparing is recursive */
  return l;
}

void item_place(str text, size_t offset, uint32_t *line, uint32_t *column) {
  uint32_t l = 1;
  const char *start = text.ptr, *at = text.ptr + (offset < text.len ? offset : text.len);
  for (const char *p = start; p < at; p++)
    if (*p == '\n') l++, start = p + 1;
  *line = l;
  *column = (uint32_t)(at - start) + 1;
}

pintle_status item_bad_text(error *e, str text, size_t offset, const char *what) {
  uint32_t line = 0, column = 0;
  if (!e) return PINTLE_INVALID;
  item_place(text, offset, &line, &column);
  error_set(e, PINTLE_INVALID, "%s", what);
  error_place(e, "line %u, column %u", line, column);
  return PINTLE_INVALID;
}

static const char *fail(parser *s, const char *at, const char *why) {
  if (s->st != PINTLE_OK) return NULL;
  s->st = PINTLE_INVALID;
  s->bad = at;
  s->why = at >= s->end ? "the text ends too early" : why;
  return NULL;
}

static const char *no_memory(parser *s) {
  s->st = PINTLE_NOMEM;
  return NULL;
}

static inline item_node *add(parser *s, item_node *n, const char *at, uint8_t type) {
  n->next = NULL;
  n->parent = s->parent;
  n->type = type;
  n->offset = s->edit ? UINT32_MAX : (uint32_t)(at - s->text);
  item_node *parent = s->parent;
  if (parent) {
    n->prev = parent->last;
    if (parent->last) parent->last->next = n;
    else parent->first = n;
    parent->last = n;
    parent->len++;
  } else n->prev = NULL;
  return n;
}

/* The content of the string between p and q, which gets a NUL. */
static const char *content(parser *s, const char *p, const char *q, bool escaped, uint32_t *len) {
  size_t n = (size_t)(q - p);
  ((char *)(uintptr_t)q)[0] = 0;
  *len = (uint32_t)n;
  if (!escaped) return p;
  char *room = arena_alloc(&s->d->mem, sizeof(item_spelling) + n + ITEM_PAD);
  if (!room) return no_memory(s);
  memcpy(room, &(item_spelling){p, n}, sizeof(item_spelling));
  *len = (uint32_t)item_unescape(room + sizeof(item_spelling), p, n);
  return room + sizeof(item_spelling);
}

/* p is the quote. Returns what is behind the closing one. */
static inline const char *string(parser *s, const char *p, const char **text, uint32_t *len, bool *escaped) {
  const char *bad = p, *why = NULL, *q = item_lex_string(p + 1, s->end, escaped, &bad, &why);
  if (!q) {
    s->st = PINTLE_INVALID;
    s->bad = bad;
    s->why = why;
    return NULL;
  }
  *text = content(s, p + 1, q, *escaped, len);
  return *text ? q + 1 : NULL;
}

/* A literal, whose first byte is known. */
static const char *literal(parser *s, item_node *n, const char *p) {
  const char *word = *p == 't' ? "true" : *p == 'f' ? "false" : "null";
  size_t len = strlen(word);
  for (size_t i = 1; i < len; i++)
    if (p[i] != word[i]) return fail(s, p + i, "expected a value (true, false, null, a number, a string, [ or {)");
  add(s, n, p, *p == 'n' ? PINTLE_T_NULL : PINTLE_T_BOOL);
  n->flags |= *p == 't' ? IS_TRUE : 0;
  n->text = word;
  n->len = (uint32_t)len;
  return p + len;
}

static const char *number(parser *s, item_node *n, const char *p) {
  const char *bad = p, *end = item_lex_number(p, &bad);
  if (!end) return fail(s, bad, "invalid number");
  add(s, n, p, PINTLE_T_NUMBER);
  n->text = p;
  n->len = (uint32_t)(end - p);
  s->number_end = (char *)(uintptr_t)end;
  return end;
}

/* A member's key and its colon: returns where the value begins. n is the node of the value. */
static inline const char *key(parser *s, item_node *n, const char *p) {
  bool escaped;
  if (*p != '"') return fail(s, p, "expected a key in double quotes");
  p = string(s, p, &n->key, &n->key_len, &escaped);
  if (!p) return NULL;
  n->flags = escaped ? KEY_SPELLED : 0;
  p = item_skip_space(p);
  return *p == ':' ? item_skip_space(p + 1) : fail(s, p, "expected ':' behind a key");
}

static const char *key_quote(const item_node *n) { return item_key_spelling(n).ptr - 1; }

/* At the end of each container. */
static bool closed(parser *s, const item_node *n) {
  const item_node *twin = NULL;
  if (!(s->flags & ITEM_UNIQUE_KEYS) || n->type != PINTLE_T_OBJECT) return true;
  s->st = item_find_twin(n, &twin);
  if (s->st == PINTLE_OK && twin) fail(s, key_quote(twin), "the key occurs twice in its object");
  return s->st == PINTLE_OK;
}

/* A value at p, the whole of it or only a container's opening, which becomes the parent. */
static inline const char *value(parser *s, item_node *n, const char *p) {
  bool escaped;
  const char *at = p;
  switch (*p) {
  case '"':
    p = string(s, p, &n->text, &n->len, &escaped);
    if (!p) return NULL;
    add(s, n, at, PINTLE_T_STRING);
    n->flags |= escaped ? TEXT_SPELLED : 0;
    return p;
  case '{':
  case '[':
    if (s->depth >= s->max_depth) return fail(s, p, "nested too deeply");
    s->depth++;
    add(s, n, p, *p == '{' ? PINTLE_T_OBJECT : PINTLE_T_ARRAY);
    n->first = n->last = NULL;
    n->len = 0;
    s->parent = n;
    return p + 1;
  case 't':
  case 'f':
  case 'n': return literal(s, n, p);
  default:
    if (*p == '-' || (*p >= '0' && *p <= '9')) return number(s, n, p);
    return fail(s, p, "expected a value (true, false, null, a number, a string, [ or {)");
  }
}

static inline item_node *fresh(parser *s) {
  item_node *n = arena_alloc(&s->d->mem, sizeof *n);
  if (!n) {
    no_memory(s);
    return NULL;
  }
  n->key = NULL;
  n->key_len = 0;
  n->flags = 0;
  return n;
}

/* One element or member at p; containers are only opened. */
static inline const char *element(parser *s, const char *p) {
  item_node *n = fresh(s);
  if (!n) return NULL;
  if (s->parent && s->parent->type == PINTLE_T_OBJECT) p = key(s, n, p);
  return p ? value(s, n, p) : NULL;
}

/* Behind a value: closes what ends here. Returns where the next element begins, or the end of the root. */
static inline const char *after(parser *s, const char *p) {
  while (s->parent) {
    p = item_skip_space(p);
    char c = *p;
    *s->number_end = 0;
    bool object = s->parent->type == PINTLE_T_OBJECT;
    if (c == ',') return item_skip_space(p + 1);
    if (c != (object ? '}' : ']')) return fail(s, p, object ? "expected ',' or '}' in an object" : "expected ',' or ']' in an array");
    if (!closed(s, s->parent)) return NULL;
    s->parent = s->parent->parent;
    s->depth--;
    p++;
  }
  return p;
}

/* p: behind the text's leading white space. Returns the end of the root value. */
static const char *tree(parser *s, const char *p, item_node **root) {
  item_node *n = fresh(s);
  if (!n) return NULL;
  *root = n;
  p = value(s, n, p);
  bool opened = s->parent != NULL;
  while (p && s->parent) {
    if (opened) {
      p = item_skip_space(p);
      if (*p == (s->parent->type == PINTLE_T_OBJECT ? '}' : ']')) {
        opened = false;
        p = after(s, p);
        continue;
      }
    }
    uint32_t depth = s->depth;
    p = element(s, p);
    opened = s->depth > depth;
    if (p && !opened) p = after(s, p);
  }
  if (p) {
    p = item_skip_space(p);
    *s->number_end = 0;
  }
  return p;
}

static void check_identity(parser *s, const item_node *root) {
  const item_node *twin = item_id_twin(root);
  if (root->type != PINTLE_T_OBJECT) fail(s, s->text + root->offset, "expected an object");
  else if (twin) fail(s, key_quote(twin), "the key occurs twice, and it says which object this is");
}

pintle_status item_text_ok(str text, const item_limits *l, error *e) {
  if (text.len > l->max_bytes) {
    item_bad_text(e, text, l->max_bytes, "the text is too long");
    return error_hint(e, "at most %zu bytes are read", l->max_bytes), PINTLE_INVALID;
  }
  if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0) return item_bad_text(e, text, 0, "byte order mark before the JSON text");
  return PINTLE_OK;
}

pintle_status item_build(item_doc *d, str text, uint32_t flags, const item_limits *limits, bool edit, item_node **out, error *e) {
  item_limits l = item_limits_of(limits);
  pintle_status st = item_text_ok(text, &l, e);
  if (st != PINTLE_OK) return st;
  struct arena_chunk *chunk = d->mem.chunks;
  char *at = d->mem.at, *copy = arena_alloc(&d->mem, text.len + ITEM_PAD);
  if (!copy) return error_nomem(e);
  if (text.len) memcpy(copy, text.ptr, text.len);
  memset(copy + text.len, 0, ITEM_PAD);
  parser s = {.d = d,
              .text = copy,
              .end = copy + text.len,
              .number_end = copy + text.len,
              .max_depth = l.max_depth,
              .flags = flags,
              .edit = edit,
              .st = PINTLE_OK};
  item_node *root = NULL;
  const char *p = tree(&s, item_skip_space(copy), &root);
  if (p && p != s.end) fail(&s, p, "something stands behind the JSON value");
  if (s.st == PINTLE_OK && (flags & ITEM_KUBERNETES)) check_identity(&s, root);
  if (s.st == PINTLE_OK) {
    *out = root;
    return PINTLE_OK;
  }
  if (d->mem.chunks == chunk && chunk) d->mem.at = at; /* a plugin that keeps trying does not fill memory */
  return s.st == PINTLE_NOMEM ? error_nomem(e) : item_bad_text(e, text, (size_t)(s.bad - s.text), s.why);
}
