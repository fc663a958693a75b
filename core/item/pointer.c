/* pointer.c -- RFC 6901: the way to a node and back.  SPDX-License-Identifier: Apache-2.0 */
#include "item/lex.h"
#include "item/node.h"

bool item_pointer_ok(str p) {
  if (p.len && p.ptr[0] != '/') return false;
  for (size_t i = 0; i < p.len; i++)
    if (p.ptr[i] == '~' && (i + 1 >= p.len || (p.ptr[i + 1] != '0' && p.ptr[i + 1] != '1'))) return false;
  return item_utf8_all(p);
}

bool item_token_next(str *p, item_token *t) {
  if (p->len == 0) return false;
  const char *end = p->ptr + p->len, *slash;
  t->at = p->ptr + 1;
  slash = memchr(t->at, '/', (size_t)(end - t->at));
  t->end = slash ? slash : end;
  *p = (str){t->end, (size_t)(end - t->end)};
  return true;
}

/* ~0 and ~1, in both directions: what stands behind the ~ for c, 0: c stands for itself. */
static char escape_of(char c) { return (char)(c == '~' ? '0' : c == '/' ? '1' : 0); }
static char unescaped(const char **p, const char *end) {
  if (**p != '~' || *p + 1 >= end) return *(*p)++;
  *p += 2;
  return (char)((*p)[-1] == '0' ? '~' : '/');
}

static size_t unescape(char *to, item_token t) {
  size_t n = 0;
  for (const char *p = t.at; p < t.end;) to[n++] = unescaped(&p, t.end);
  return n;
}

void item_pointer_add(buf *out, str key) {
  buf_addc(out, '/');
  for (size_t i = 0; i < key.len; i++) {
    const char escape = escape_of(key.ptr[i]);
    buf_addc(out, escape ? '~' : key.ptr[i]);
    if (escape) buf_addc(out, escape);
  }
}

bool item_pointer_next(str *pointer, buf *key) {
  item_token t;
  if (!pointer->len || pointer->ptr[0] != '/' || !item_token_next(pointer, &t)) return false;
  buf_clear(key);
  for (const char *p = t.at; p < t.end;) buf_addc(key, unescaped(&p, t.end));
  return !key->failed;
}

bool item_token_is(item_token t, str key) {
  size_t len = (size_t)(t.end - t.at), i = 0;
  if (len == key.len) return len == 0 || (memcmp(t.at, key.ptr, len) == 0 && !memchr(t.at, '~', len));
  if (len < key.len) return false;
  for (const char *p = t.at; p < t.end; i++)
    if (i >= key.len || unescaped(&p, t.end) != key.ptr[i]) return false;
  return i == key.len;
}

int64_t item_token_index(item_token t) {
  int64_t index = 0;
  size_t len = (size_t)(t.end - t.at);
  if (len == 1 && *t.at == '-') return INDEX_END;
  if (len == 0 || len > 12 || (*t.at == '0' && len > 1)) return INDEX_BAD;
  for (const char *p = t.at; p < t.end; p++) {
    if (*p < '0' || *p > '9') return INDEX_BAD;
    index = index * 10 + (*p - '0');
  }
  return index;
}

static item_node *element(const item_node *array, int64_t index) {
  item_node *n;
  if (index < 0 || index >= array->len) return NULL;
  if (index <= array->len / 2) {
    for (n = array->first; n && index > 0; index--) n = n->next;
    return n;
  }
  index = array->len - 1 - index;
  for (n = array->last; n && index > 0; index--) n = n->prev;
  return n;
}

item_node *item_child(const item_node *parent, item_token t) {
  if (parent->type == PINTLE_T_ARRAY) return element(parent, item_token_index(t));
  if (parent->type != PINTLE_T_OBJECT) return NULL;
  item_node *n = parent->last; /* of duplicates the last counts */
  while (n && !item_token_is(t, item_key_of(n))) n = n->prev;
  return n;
}

/* Only the escapes of a pointer have to be checked for reading: what is no UTF-8 is no key. */
static bool escapes_ok(str p) {
  const char *tilde = p.len ? memchr(p.ptr, '~', p.len) : NULL;
  return (p.len == 0 || p.ptr[0] == '/') && (!tilde || item_pointer_ok(p));
}

item_node *item_find(const item_doc *d, str pointer) {
  item_node *n = d->root;
  item_token t;
  if (!escapes_ok(pointer)) return NULL;
  while (n && item_token_next(&pointer, &t)) n = item_child(n, t);
  return n;
}

pintle_status item_token_key(item_doc *d, item_token t, item_node *member) {
  size_t len = (size_t)(t.end - t.at);
  char few[256], *many = len > sizeof few ? arena_alloc(&d->mem, len) : NULL, *to = len > sizeof few ? many : few;
  bool spelled;
  if (!to) return PINTLE_NOMEM;
  len = unescape(to, t);
  if (!item_texted(d, (str){to, len}, &member->key, &spelled)) return PINTLE_NOMEM;
  member->key_len = (uint32_t)len;
  member->flags = (uint8_t)((member->flags & ~KEY_SPELLED) | (spelled ? KEY_SPELLED : 0));
  return PINTLE_OK;
}

/* ---- the way back: measured first, then written from its end */

static size_t index_of(const item_node *n) {
  size_t index = 0;
  if (!n->next && n->parent->last == n) return n->parent->len - 1; /* so that many appended elements stay cheap */
  for (const item_node *p = n->prev; p; p = p->prev) index++;
  return index;
}

static size_t decimals(size_t v) {
  size_t n = 1;
  while (v >= 10) v /= 10, n++;
  return n;
}

static size_t token_length(const item_node *n) {
  if (!n->key) return 1 + decimals(index_of(n));
  size_t len = 1 + n->key_len;
  for (uint32_t i = 0; i < n->key_len; i++) len += escape_of(n->key[i]) != 0;
  return len;
}

static char *token_before(char *to, const item_node *n) {
  if (n->key)
    for (uint32_t i = n->key_len; i-- > 0;) {
      const char escape = escape_of(n->key[i]);
      *--to = escape ? escape : n->key[i];
      if (escape) *--to = '~';
    }
  else {
    size_t index = index_of(n);
    do *--to = (char)('0' + index % 10);
    while (index /= 10);
  }
  *--to = '/';
  return to;
}

void item_pointer(const item_node *node, buf *out) {
  size_t len = 0;
  if (!node) return;
  for (const item_node *n = node; n->parent; n = n->parent) len += token_length(n);
  if (!buf_reserve(out, len)) return;
  out->len += len;
  out->data[out->len] = 0;
  char *to = out->data + out->len;
  for (const item_node *n = node; n->parent; n = n->parent) to = token_before(to, n);
}
