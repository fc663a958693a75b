/* convert.h -- an option's text as the value that config() shows (inside conf only).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_CONVERT_H
#define PINTLE_CONF_CONVERT_H
#include "base/buf.h"
#include "base/error.h"

/* What is wrong with a text: completes `option "x": "12" ...`, and what to do. Never holds the text itself when secret. */
typedef struct convert_fault {
  char what[200], hint[200];
} convert_fault;

/* Appends the JSON value of text for a type of PINTLE_OPT_*. INVALID fills *f; NOMEM. */
pintle_status conf_convert(int32_t type, const char *choices, bool secret, str text, buf *json, convert_fault *f);
/* "4Mi", "1.5G", "1e3", "100": bytes. NULL, or what is wrong; hint (200 bytes) may be filled. */
const char *conf_size(str text, int64_t *bytes, char *hint);
/* One YAML document (none: null) as JSON; its places are lines of the text. */
pintle_status conf_text_json(str text, buf *json, convert_fault *f, bool secret);
bool conf_is_utf8(str s);
#endif
