/* buf.h -- counted strings and a growing buffer.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_BUF_H
#define PINTLE_BASE_BUF_H
#include <pintle/plugin.h>
#include <stdbool.h>
#include <string.h>

typedef pintle_str str; /* borrowed text; may hold U+0000; not necessarily NUL-terminated inside core */
#define STR(literal) ((str){(literal), sizeof(literal) - 1})

static inline str str_of(const char *z) { return (str){z ? z : "", z ? strlen(z) : 0}; }
static inline bool str_eq(str a, str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }
static inline bool str_is(str a, const char *z) { return str_eq(a, str_of(z)); }
int str_cmp(str a, str b); /* as memcmp, the shorter first */
bool str_starts(str s, const char *prefix);
bool str_ends(str s, const char *suffix);

/* A growing buffer. {0} is an empty one. The first failed allocation sets `failed` and later additions do nothing, so a long row of
 * additions is checked once, at its end. data is NUL-terminated whenever len > 0 or buf_z was called. */
typedef struct buf {
  char *data;
  size_t len, cap;
  bool failed;
} buf;
void buf_free(buf *b); /* {0} again */
static inline void buf_clear(buf *b) { b->len = 0, b->failed = false; }
bool buf_reserve(buf *b, size_t more); /* room for `more` bytes and a NUL behind len */
void buf_add(buf *b, const void *p, size_t n);
static inline void buf_adds(buf *b, str s) { buf_add(b, s.ptr, s.len); }
static inline void buf_addz(buf *b, const char *z) { buf_add(b, z, strlen(z)); }
static inline void buf_addc(buf *b, char c) {
  if (b->len + 1 < b->cap && !b->failed) b->data[b->len++] = c, b->data[b->len] = 0;
  else buf_add(b, &c, 1);
}
PINTLE_PRINTF(2, 3) void buf_printf(buf *b, const char *format, ...);
/* A JSON string with its quotes: only what RFC 8259 section 7 requires is escaped. s must be UTF-8 (item's strings are). */
void buf_json(buf *b, str s);
/* As buf_json, and <, >, &, U+2028, U+2029 as \u00xx, as Go's encoding/json does. Invalid UTF-8 becomes U+FFFD. */
void buf_json_go(buf *b, str s);
static inline str buf_str(const buf *b) { return (str){b->data ? b->data : "", b->len}; }
const char *buf_z(buf *b); /* NUL-terminated text; "" when memory is gone */

/* Room for one more element of a malloc'ed array v that holds n of cap: false when memory is gone, v is as it was then. */
#define GROW(v, n, cap)                                                                                                                  \
  ((n) < (cap) || __extension__({                                                                                                        \
     void *grown_ = grown((v), &(cap), sizeof *(v));                                                                                     \
     if (grown_) (v) = grown_;                                                                                                           \
     grown_ != NULL;                                                                                                                     \
   }))
void *grown(void *v, size_t *cap, size_t size); /* NULL: no memory, nothing changed */

/* For cleanup attributes. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))
void free_p(void *pp);      /* free(*(void **)pp) */
void close_p(int *fd);      /* close when >= 0, then -1; errno is kept */
#endif
