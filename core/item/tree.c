/* tree.c -- nodes: making, linking, copying, measuring.  SPDX-License-Identifier: Apache-2.0 */
#include "item/lex.h"
#include "item/node.h"

item_node *item_node_new(item_doc *d, int32_t type) {
  item_node *n = arena_alloc(&d->mem, sizeof *n);
  if (!n) return NULL;
  *n = (item_node){.type = (uint8_t)type, .offset = UINT32_MAX};
  return n;
}

void item_append(item_node *parent, item_node *n) {
  n->parent = parent;
  n->next = NULL;
  n->prev = parent->last;
  if (parent->last) parent->last->next = n;
  else parent->first = n;
  parent->last = n;
  parent->len++;
}

void item_unlink(item_node *n) {
  item_node *parent = n->parent;
  if (n->prev) n->prev->next = n->next;
  else parent->first = n->next;
  if (n->next) n->next->prev = n->prev;
  else parent->last = n->prev;
  parent->len--;
}

void item_relink(item_node *n) {
  item_node *parent = n->parent;
  if (n->prev) n->prev->next = n;
  else parent->first = n;
  if (n->next) n->next->prev = n;
  else parent->last = n;
  parent->len++;
}

void item_swap(item_doc *d, item_node *old, item_node *n) {
  item_node *parent = old->parent;
  n->parent = parent;
  n->prev = old->prev;
  n->next = old->next;
  if (!parent) {
    d->root = n;
    return;
  }
  if (n->prev) n->prev->next = n;
  else parent->first = n;
  if (n->next) n->next->prev = n;
  else parent->last = n;
}

void item_move_key(item_node *to, const item_node *from) {
  to->key = from->key;
  to->key_len = from->key_len;
  to->flags = (uint8_t)((to->flags & ~KEY_SPELLED) | (from->flags & KEY_SPELLED));
}

static item_node *copy_one(item_doc *d, const item_node *from) {
  item_node *n = arena_alloc(&d->mem, sizeof *n);
  if (!n) return NULL;
  *n = *from;
  n->next = n->prev = n->parent = NULL;
  n->offset = UINT32_MAX;
  if (item_is_container(n)) {
    n->first = n->last = NULL;
    n->len = 0;
  }
  return n;
}

item_node *item_copy(item_doc *d, const item_node *from) {
  item_node *top = copy_one(d, from), *at = top;
  const item_node *n = from;
  if (!top) return NULL;
  item_move_key(top, &(item_node){0});
  for (;;) { /* `at` is the copy of the container whose children are being copied */
    if (item_is_container(n) && n->first) n = n->first;
    else {
      while (n != from && !n->next) {
        n = n->parent;
        if (n != from) at = at->parent;
      }
      if (n == from) return top;
      n = n->next;
    }
    item_node *copy = copy_one(d, n);
    if (!copy) return NULL;
    item_append(at, copy);
    if (item_is_container(n) && n->first) at = copy;
  }
}

static const char hex[] = "0123456789abcdef";

static size_t spell(char *to, str s) {
  static const char names[] = "btn\0fr"; /* of 8 to 13 */
  size_t n = 0;
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c >= 0x20 && c != '"' && c != '\\') {
      to[n++] = (char)c;
      continue;
    }
    to[n++] = '\\';
    if (c >= 0x20) to[n++] = (char)c;
    else if (c >= 8 && c <= 13 && names[c - 8]) to[n++] = names[c - 8];
    else {
      memcpy(to + n, "u00", 3);
      to[n + 3] = hex[c >> 4];
      to[n + 4] = hex[c & 15];
      n += 5;
    }
  }
  to[n] = 0;
  return n;
}

bool item_texted(item_doc *d, str s, const char **text, bool *spelled) {
  size_t hard = 0;
  for (size_t i = 0; i < s.len; i++) hard += (unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == '"' || s.ptr[i] == '\\';
  *spelled = hard > 0;
  if (!hard) {
    *text = arena_copy(&d->mem, s);
    return *text != NULL;
  }
  char *raw = arena_alloc(&d->mem, s.len + hard * 5 + 1), *room = arena_alloc(&d->mem, sizeof(item_spelling) + s.len + 1);
  if (!raw || !room) return false;
  item_spelling made = {raw, spell(raw, s)};
  memcpy(room, &made, sizeof made);
  memcpy(room + sizeof made, s.ptr, s.len);
  room[sizeof made + s.len] = 0;
  *text = room + sizeof made;
  return true;
}

item_size item_measure(const item_node *top) {
  item_size size = {0, 0};
  uint32_t height = 0;
  const item_node *n = top;
  for (;;) {
    size.bytes += n->key ? item_key_spelling(n).len + 3 : 0;
    size.bytes += n->type == PINTLE_T_STRING ? item_text_spelling(n).len + 2 : item_is_container(n) ? 2 + (size_t)n->len : n->len;
    if (item_is_container(n) && height + 1 > size.height) size.height = height + 1;
    if (item_is_container(n) && n->first) {
      n = n->first;
      height++;
      continue;
    }
    while (n != top && !n->next) {
      n = n->parent;
      height--;
    }
    if (n == top) return size;
    n = n->next;
  }
}
