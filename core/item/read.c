/* read.c -- reading nodes.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"

const item_node *item_at(const item_doc *d, const char *pointer) { return pointer ? item_find(d, str_of(pointer)) : NULL; }

const item_node *item_member(const item_node *object, str key) {
  if (!object || object->type != PINTLE_T_OBJECT) return NULL;
  const item_node *n = object->last; /* of duplicates the last counts */
  while (n && !str_eq(item_key_of(n), key)) n = n->prev;
  return n;
}

const item_node *item_first(const item_node *n) { return n && item_is_container(n) ? n->first : NULL; }
const item_node *item_next(const item_node *n) { return n ? n->next : NULL; }
size_t item_count(const item_node *n) { return n && item_is_container(n) ? n->len : 0; }
int32_t item_type(const item_node *n) { return n ? n->type : PINTLE_T_NULL; }
str item_key(const item_node *n) { return n && n->key ? item_key_of(n) : STR(""); }
bool item_true(const item_node *n) { return n && n->flags & IS_TRUE; }
uint32_t item_offset(const item_node *n) { return n ? n->offset : UINT32_MAX; }

static str text_of(const item_node *n, int32_t type) { return n && n->type == type ? (str){n->text, n->len} : (str){NULL, 0}; }
str item_string(const item_node *n) { return text_of(n, PINTLE_T_STRING); }
str item_number(const item_node *n) { return text_of(n, PINTLE_T_NUMBER); }

str item_str(const item_doc *d, const char *pointer, const char *fallback) {
  str s = item_string(item_at(d, pointer));
  return s.ptr ? s : str_of(fallback);
}
