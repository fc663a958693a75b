/* print.c -- a tree as JSON text. Strings and keys keep the spelling of their source.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"
#include <stdlib.h>

/* ITEM_PRINT_SORTED: the members of the open objects, sorted, one object behind the other. */
typedef struct frame {
  size_t begin, at, end;
} frame;

typedef struct printer {
  buf *out;
  uint32_t flags, depth;
  const item_node **members;
  frame *frames;
  size_t cap_members, n_frames, cap_frames;
} printer;

static const unsigned char go_hard[256] = {
    [0] = 1,  [1] = 1,  [2] = 1,  [3] = 1,  [4] = 1,  [5] = 1,  [6] = 1,   [7] = 1,   [8] = 1,   [9] = 1,   [10] = 1,   [11] = 1,  [12] = 1,
    [13] = 1, [14] = 1, [15] = 1, [16] = 1, [17] = 1, [18] = 1, [19] = 1,  [20] = 1,  [21] = 1,  [22] = 1,  [23] = 1,   [24] = 1,  [25] = 1,
    [26] = 1, [27] = 1, [28] = 1, [29] = 1, [30] = 1, [31] = 1, ['"'] = 1, ['<'] = 1, ['>'] = 1, ['&'] = 1, ['\\'] = 1, [0xe2] = 1};

static void go_string(buf *out, str s) {
  size_t i = 0;
  while (i < s.len && !go_hard[(unsigned char)s.ptr[i]]) i++;
  if (i < s.len) {
    buf_json_go(out, s);
    return;
  }
  if (!buf_reserve(out, s.len + 2)) return;
  buf_addc(out, '"');
  buf_adds(out, s);
  buf_addc(out, '"');
}

/* The room was reserved. */
static inline char *quoted(char *to, str raw) {
  *to++ = '"';
  memcpy(to, raw.ptr, raw.len);
  to += raw.len;
  *to++ = '"';
  return to;
}

static void key(printer *p, const item_node *n) {
  if (p->flags & ITEM_PRINT_GO) go_string(p->out, item_key_of(n));
  else {
    str raw = item_key_spelling(n);
    if (!buf_reserve(p->out, raw.len + 4)) return;
    p->out->len = (size_t)(quoted(p->out->data + p->out->len, raw) - p->out->data);
  }
  buf_addc(p->out, ':');
  if (p->flags & ITEM_PRINT_PRETTY) buf_addc(p->out, ' ');
}

static void scalar(printer *p, const item_node *n) {
  buf *out = p->out;
  if (n->type == PINTLE_T_STRING && p->flags & ITEM_PRINT_GO) {
    go_string(out, (str){n->text, n->len});
    return;
  }
  str raw = item_text_spelling(n);
  if (!buf_reserve(out, raw.len + 3)) return;
  char *to = out->data + out->len;
  if (n->type == PINTLE_T_STRING) out->len = (size_t)(quoted(to, raw) - out->data);
  else {
    memcpy(to, raw.ptr, raw.len);
    out->len += raw.len;
  }
}

static void new_line(printer *p) {
  static const char blanks[] = "                                ";
  if (!(p->flags & ITEM_PRINT_PRETTY)) return;
  buf_addc(p->out, '\n');
  for (size_t n = (size_t)p->depth * 2, part; n > 0; n -= part) {
    part = n < sizeof blanks - 1 ? n : sizeof blanks - 1;
    buf_add(p->out, blanks, part);
  }
}

/* Room for one more frame and n more members. */
static bool room(printer *p, size_t n) {
  size_t used = p->n_frames ? p->frames[p->n_frames - 1].end : 0;
  if (p->n_frames == p->cap_frames) {
    size_t cap = p->cap_frames * 2 + 16;
    frame *frames = realloc(p->frames, cap * sizeof *frames);
    if (!frames) return false;
    p->frames = frames;
    p->cap_frames = cap;
  }
  if (p->cap_members - used < n) {
    size_t cap = p->cap_members * 2 + n + 64;
    const item_node **members = realloc(p->members, cap * sizeof *members);
    if (!members) return false;
    p->members = members;
    p->cap_members = cap;
  }
  p->frames[p->n_frames++] = (frame){used, used + 1, used + n};
  return true;
}

static const item_node *first(printer *p, const item_node *n) {
  if (!(p->flags & ITEM_PRINT_SORTED) || n->type != PINTLE_T_OBJECT || !n->first) return n->first;
  if (!room(p, n->len)) return p->out->failed = true, NULL;
  const item_node **v = p->members + p->frames[p->n_frames - 1].begin;
  item_sort(n, v);
  return v[0];
}

static const item_node *next(printer *p, const item_node *n) {
  if (!(p->flags & ITEM_PRINT_SORTED) || n->parent->type != PINTLE_T_OBJECT) return n->next;
  frame *f = &p->frames[p->n_frames - 1];
  if (f->at < f->end) return p->members[f->at++];
  p->n_frames--;
  return NULL;
}

/* Everything from `from` down, a step for each node, no recursion. */
static void walk(printer *p, const item_node *from) {
  const item_node *n = from;
  for (;;) {
    if (n->key && n != from) key(p, n);
    if (!item_is_container(n)) scalar(p, n);
    else {
      const item_node *child;
      buf_addc(p->out, n->type == PINTLE_T_OBJECT ? '{' : '[');
      child = first(p, n);
      if (p->out->failed) return;
      if (child) {
        p->depth++;
        new_line(p);
        n = child;
        continue;
      }
      buf_addc(p->out, n->type == PINTLE_T_OBJECT ? '}' : ']');
    }
    for (;; n = n->parent) { /* n is done */
      if (n == from || p->out->failed) return;
      const item_node *behind = next(p, n);
      if (behind) {
        buf_addc(p->out, ',');
        new_line(p);
        n = behind;
        break;
      }
      p->depth--;
      new_line(p);
      buf_addc(p->out, n->parent->type == PINTLE_T_OBJECT ? '}' : ']');
    }
  }
}

/* Would its lines be indented by more than that? A few megabytes of deep nesting are gigabytes of blanks. */
static bool too_deep_to_indent(const item_node *from) {
  size_t blanks = 0, depth = 0;
  for (const item_node *n = from;;) {
    if (item_is_container(n) && n->first) n = n->first, depth++;
    else {
      while (n != from && !n->next) n = n->parent, depth--;
      if (n == from) return false;
      n = n->next;
    }
    if ((blanks += 2 * depth + 1) > ITEM_PRINT_BLANKS) return true;
  }
}

pintle_status item_print(const item_doc *d, const item_node *from, uint32_t flags, buf *out) {
  printer p = {.out = out, .flags = flags};
  size_t start = out->len;
  if (!from) from = d->root;
  if (flags & ITEM_PRINT_PRETTY && too_deep_to_indent(from)) p.flags = flags & ~ITEM_PRINT_PRETTY;
  if (from == d->root) buf_reserve(out, d->bytes + 64);
  if (!out->failed) walk(&p, from);
  free(p.frames);
  free(p.members);
  if (!out->failed) {
    buf_reserve(out, 0);
    out->data[out->len] = 0;
    return PINTLE_OK;
  }
  out->len = start;
  return PINTLE_NOMEM;
}
