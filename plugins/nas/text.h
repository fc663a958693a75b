/* text.h -- bytes that grow; hex; texts of a call.  SPDX-License-Identifier: Apache-2.0 */
#ifndef NAS_TEXT_H
#define NAS_TEXT_H
#include <pintle/plugin.h>
#include <stdbool.h>

/* Zeroed is empty. After a lack of memory `failed` is set and stays: check once, at the end. p ends with NUL and is NULL when empty. */
typedef struct nas_text {
  char *p;
  size_t n, cap;
  bool failed;
} nas_text;
void nas_add(nas_text *t, const void *data, size_t n);
void nas_addz(nas_text *t, const char *text);
PINTLE_PRINTF(2, 3) void nas_addf(nas_text *t, const char *format, ...);
void nas_text_free(nas_text *t); /* wiped: it may have held a secret */
static inline const char *nas_z(const nas_text *t) { return t->p ? t->p : ""; }

void nas_hex(const unsigned char *data, size_t n, char *to);    /* 2n + 1 bytes, lower case */
void nas_base64(const unsigned char *data, size_t n, char *to); /* 4 * ((n + 2) / 3) + 1 bytes */

/* Memory of the call; NULL: there is none. */
char *nas_dup(pintle_call *call, const char *data, size_t n);
/* The same of what was built, which is freed. NULL also: it failed before. */
char *nas_take(pintle_call *call, nas_text *t);
void nas_add_json(nas_text *t, const char *text); /* a JSON string with its quotes */

/* What stands in d at base/name: a text, else ""; a number above zero, else 0. */
const char *nas_text_at(const pintle_doc *d, const char *base, const char *name);
int64_t nas_number_at(const pintle_doc *d, const char *base, const char *name);
#endif
