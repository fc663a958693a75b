/* fault.h -- errors that point into a configuration (inside conf only).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_FAULT_H
#define PINTLE_CONF_FAULT_H
#include "conf/document.h"

#define CONF_PLACE_SIZE 600
/* INVALID with the place of node's value, or of its key. A hint may follow by error_hint. */
PINTLE_PRINTF(4, 5)
pintle_status conf_fault(const conf_document *d, const item_node *node, error *e, const char *format, ...);
PINTLE_PRINTF(4, 5)
pintle_status conf_fault_key(const conf_document *d, const item_node *node, error *e, const char *format, ...);
/* hint: did you mean "x"?, else all known words when they are few. known is NULL-ended. */
void conf_hint_known(error *e, str word, const char *const *known, size_t n, const char *what);
/* "spec.actions[2].timeout", as users read it; "the document" for the root. to holds 256 bytes; a longer path loses its beginning. */
#define CONF_PATH_SIZE 256
char *conf_path(const item_node *node, char *to);
/* The text with quotes and escapes as in JSON, for messages; a long one is cut. to holds 128 bytes. */
#define CONF_QUOTE_SIZE 128
char *conf_quote(str s, char *to);
/* "text", "a list", "a mapping", "a number", "true or false", "nothing" */
const char *conf_type_name(int32_t item_type);
#endif
