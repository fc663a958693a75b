/* json.c -- see json.h.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/json.h"
#include <inttypes.h>

chain_json chain_json_begin(buf *out) {
  buf_addc(out, '{');
  return (chain_json){out, false};
}
void chain_json_end(chain_json *j) { buf_addc(j->out, '}'); }

void chain_json_key(chain_json *j, const char *key) {
  if (j->more) buf_addc(j->out, ',');
  j->more = true;
  buf_json(j->out, str_of(key));
  buf_addc(j->out, ':');
}

void chain_json_text(chain_json *j, const char *key, const char *value) {
  if (!value || !value[0]) return;
  chain_json_key(j, key);
  buf_json(j->out, str_of(value));
}

void chain_json_int(chain_json *j, const char *key, int64_t value) {
  if (value == 0) return;
  chain_json_key(j, key);
  buf_printf(j->out, "%" PRId64, value);
}

void chain_json_bool(chain_json *j, const char *key, bool value) {
  if (!value) return;
  chain_json_key(j, key);
  buf_addz(j->out, "true");
}

void chain_json_list(chain_json *j, const char *key, const char *const *values) {
  if (!values || !values[0]) return;
  chain_json_key(j, key);
  for (size_t i = 0; values[i]; i++) {
    buf_addc(j->out, i ? ',' : '[');
    buf_json(j->out, str_of(values[i]));
  }
  buf_addc(j->out, ']');
}

/* ------------------------------------------------------------------------------------------------------------ reading */
static const item_node *member(chain_reader *r, const char *key, int32_t type, const char *what) {
  const item_node *v = r->status == PINTLE_OK ? item_member(r->object, str_of(key)) : NULL;
  if (v && item_type(v) != type) {
    r->status = error_set(r->e, PINTLE_INVALID, "%s is no %s", key, what);
    return NULL;
  }
  return v;
}

static const char *copy(chain_reader *r, const item_node *v, const char *key) {
  str s = item_string(v);
  if (!s.ptr || memchr(s.ptr, 0, s.len)) {
    r->status = error_set(r->e, PINTLE_INVALID, "%s is no text", key);
    return "";
  }
  const char *z = arena_copy(r->memory, s);
  if (!z) r->status = error_nomem(r->e);
  return z ? z : "";
}

const char *chain_read_text(chain_reader *r, const char *key) {
  const item_node *v = member(r, key, PINTLE_T_STRING, "string");
  return v ? copy(r, v, key) : "";
}

int64_t chain_read_int(chain_reader *r, const char *key, int64_t least, int64_t most) {
  const item_node *v = member(r, key, PINTLE_T_NUMBER, "number");
  int64_t n = 0;
  if (v && (item_int(v, &n) != PINTLE_OK || n < least || n > most)) {
    r->status = error_set(r->e, PINTLE_INVALID, "%s is out of range", key);
    return 0;
  }
  return n;
}

bool chain_read_bool(chain_reader *r, const char *key) { return item_true(member(r, key, PINTLE_T_BOOL, "boolean")); }

const item_node *chain_read_array(chain_reader *r, const char *key, size_t *n) {
  const item_node *v = member(r, key, PINTLE_T_ARRAY, "array");
  *n = v ? item_count(v) : 0;
  return v;
}

const char *const *chain_read_list(chain_reader *r, const char *key) {
  size_t n, i = 0;
  const item_node *v = chain_read_array(r, key, &n);
  if (n == 0) return NULL;
  const char **to = arena_alloc(r->memory, (n + 1) * sizeof *to);
  if (!to) {
    r->status = error_nomem(r->e);
    return NULL;
  }
  for (const item_node *m = item_first(v); m && i < n; m = item_next(m)) to[i++] = copy(r, m, key);
  to[i] = NULL;
  return to;
}
