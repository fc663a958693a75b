/* api.c -- item_doc_api: what plugins call. Nothing they pass is trusted.  SPDX-License-Identifier: Apache-2.0 */
#include "item/lex.h"
#include "item/node.h"
#include <inttypes.h>
#include <stdio.h>

/* For reading a NULL pointer is "" (R5); edits refuse it, since it would name the whole document. */
static pintle_status find(const pintle_doc *handle, const char *pointer, const void *out, item_doc **d, const item_node **n) {
  *d = item_of(handle);
  if (!*d || !out) return PINTLE_INVALID;
  *n = item_find(*d, str_of(pointer));
  return *n && (*n)->type != PINTLE_T_NULL ? PINTLE_OK : PINTLE_NOT_FOUND;
}

static pintle_status get_str(const pintle_doc *handle, const char *pointer, pintle_str *out) {
  item_doc *d;
  const item_node *n;
  pintle_status st = find(handle, pointer, out, &d, &n);
  if (st != PINTLE_OK) return st;
  if (n->type != PINTLE_T_STRING) return PINTLE_INVALID;
  *out = item_string(n);
  return PINTLE_OK;
}

static pintle_status get_i64(const pintle_doc *handle, const char *pointer, int64_t *out) {
  item_doc *d;
  const item_node *n;
  pintle_status st = find(handle, pointer, out, &d, &n);
  return st == PINTLE_OK ? item_int(n, out) : st;
}

static pintle_status get_bool(const pintle_doc *handle, const char *pointer, int32_t *out) {
  item_doc *d;
  const item_node *n;
  pintle_status st = find(handle, pointer, out, &d, &n);
  if (st != PINTLE_OK) return st;
  if (n->type != PINTLE_T_BOOL) return PINTLE_INVALID;
  *out = item_true(n);
  return PINTLE_OK;
}

/* The JSON text of a node. Printed text goes to the document's memory; asking again for the same costs nothing. Readers may be several. */
static pintle_status json_of(item_doc *d, const item_node *n, pintle_str *out) {
  buf CLEANUP(buf_free) text = {0};
  if (!item_is_container(n) && n->type != PINTLE_T_STRING) {
    *out = (str){n->text, n->len};
    return PINTLE_OK;
  }
  pthread_mutex_lock(&d->lock);
  pintle_status st = PINTLE_OK;
  if (d->raw_of != n) {
    st = item_print(d, n, 0, &text);
    char *copy = st == PINTLE_OK && d->mem.total <= d->max_memory ? arena_copy(&d->mem, buf_str(&text)) : NULL;
    if (copy) {
      d->raw_of = n;
      d->raw_text = (str){copy, text.len};
    } else st = PINTLE_NOMEM;
  }
  if (st == PINTLE_OK) *out = d->raw_text;
  pthread_mutex_unlock(&d->lock);
  return st;
}

static pintle_status raw(const pintle_doc *handle, const char *pointer, pintle_str *out) {
  item_doc *d;
  const item_node *n;
  pintle_status st = find(handle, pointer, out, &d, &n);
  return st == PINTLE_OK ? json_of(d, n, out) : st;
}

static const pintle_value *at(const pintle_doc *handle, const char *pointer) {
  item_doc *d;
  const item_node *n;
  return find(handle, pointer, "", &d, &n) == PINTLE_OK ? n : NULL;
}

static const pintle_value *first(const pintle_doc *handle, const pintle_value *n) { return item_of(handle) ? item_first(n) : NULL; }
static const pintle_value *next(const pintle_doc *handle, const pintle_value *n) { return item_of(handle) ? item_next(n) : NULL; }
static int32_t type(const pintle_doc *handle, const pintle_value *n) { return item_of(handle) ? item_type(n) : PINTLE_T_NULL; }

static pintle_status key(const pintle_doc *handle, const pintle_value *n, pintle_str *out) {
  if (!item_of(handle) || !out || !n || !n->key) return PINTLE_INVALID;
  *out = item_key_of(n);
  return PINTLE_OK;
}

static pintle_status text(const pintle_doc *handle, const pintle_value *n, pintle_str *out) {
  item_doc *d = item_of(handle);
  if (!d || !out) return PINTLE_INVALID;
  if (!n) return PINTLE_NOT_FOUND;
  if (n->type != PINTLE_T_STRING) return json_of(d, n, out);
  *out = item_string(n);
  return PINTLE_OK;
}

/* ---- edits */

static pintle_status writable(pintle_doc *handle, item_doc **d) {
  *d = item_of(handle);
  if (!*d) return PINTLE_INVALID;
  if ((*d)->readonly) return PINTLE_DENIED;
  return (*d)->mem.total > (*d)->max_memory ? PINTLE_NOMEM : PINTLE_OK;
}

/* Text of a plugin: NULL is "", as everywhere. */
static bool text_of(const item_doc *d, const char *p, size_t len, str *out) {
  if (len == PINTLE_Z) len = p ? strlen(p) : 0;
  if ((!p && len) || len > d->max_bytes) return false;
  *out = (str){p ? p : "", len};
  return true;
}

static pintle_status put(item_doc *d, const char *pointer, item_node *n) {
  item_mark m = item_mark_of(d);
  if (!n) return PINTLE_NOMEM;
  return item_edit_end(d, m, item_put(d, str_of(pointer), n));
}

static pintle_status set_lexeme(pintle_doc *handle, const char *pointer, int32_t value_type, str lexeme, uint8_t flags) {
  item_doc *d;
  pintle_status st = writable(handle, &d);
  if (st != PINTLE_OK) return st;
  if (!pointer) return PINTLE_INVALID;
  const item_node *old = item_find(d, str_of(pointer));
  if (old && old->type == value_type && str_eq((str){old->text, old->len}, lexeme)) return PINTLE_OK;
  item_node *n = item_node_new(d, value_type);
  bool spelled = false;
  if (!n || !item_texted(d, lexeme, &n->text, &spelled)) return PINTLE_NOMEM;
  n->len = (uint32_t)lexeme.len;
  n->flags = (uint8_t)(flags | (spelled ? TEXT_SPELLED : 0));
  return put(d, pointer, n);
}

static pintle_status set_str(pintle_doc *handle, const char *pointer, const char *s, size_t len) {
  item_doc *d;
  str value;
  pintle_status st = writable(handle, &d);
  if (st != PINTLE_OK) return st;
  if (!text_of(d, s, len, &value) || !item_utf8_all(value)) return PINTLE_INVALID;
  return set_lexeme(handle, pointer, PINTLE_T_STRING, value, 0);
}

static pintle_status set_i64(pintle_doc *handle, const char *pointer, int64_t value) {
  char digits[24];
  int n = snprintf(digits, sizeof digits, "%" PRId64, value);
  return n > 0 ? set_lexeme(handle, pointer, PINTLE_T_NUMBER, (str){digits, (size_t)n}, 0) : PINTLE_FAILED;
}

static pintle_status set_bool(pintle_doc *handle, const char *pointer, int32_t value) {
  return set_lexeme(handle, pointer, PINTLE_T_BOOL, value ? STR("true") : STR("false"), value ? IS_TRUE : 0);
}

static pintle_status set_json(pintle_doc *handle, const char *pointer, const char *json, size_t len) {
  item_doc *d;
  str value;
  item_node *n = NULL;
  pintle_status st = writable(handle, &d);
  if (st != PINTLE_OK) return st;
  if (!pointer || !text_of(d, json, len, &value)) return PINTLE_INVALID;
  st = item_edit_text(d, value, 0, &n);
  return st == PINTLE_OK ? put(d, pointer, n) : st;
}

static pintle_status drop(pintle_doc *handle, const char *pointer) {
  item_doc *d;
  pintle_status st = writable(handle, &d);
  if (st != PINTLE_OK) return st;
  if (!pointer) return PINTLE_INVALID;
  item_mark m = item_mark_of(d);
  return item_edit_end(d, m, item_take(d, str_of(pointer)));
}

static pintle_status many(pintle_doc *handle, const char *json, size_t len, pintle_status (*apply)(item_doc *, str)) {
  item_doc *d;
  str value;
  pintle_status st = writable(handle, &d);
  if (st != PINTLE_OK) return st;
  if (!text_of(d, json, len, &value)) return PINTLE_INVALID;
  item_mark m = item_mark_of(d);
  return item_edit_end(d, m, apply(d, value));
}

static pintle_status merge(pintle_doc *handle, const char *json, size_t len) { return many(handle, json, len, item_merge); }
static pintle_status patch(pintle_doc *handle, const char *json, size_t len) { return many(handle, json, len, item_patch); }

/* The 512 zero bytes of R2: a plugin built against a newer header finds NULL where this host has no function yet. */
const struct item_doc_table item_doc_table = {{sizeof(pintle_doc_api), 0, get_str, get_i64, get_bool, raw, at, first, next, type, key, text, set_str, set_i64, set_bool,
           set_json, drop, merge, patch},
          {0}};
