/* yaml_scalar.h -- what a YAML scalar means.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_YAML_SCALAR_H
#define PINTLE_CONF_YAML_SCALAR_H
#include "base/buf.h"

enum { YAML_REFUSED = -1, YAML_NULL, YAML_BOOL, YAML_INT, YAML_FLOAT, YAML_STRING };
/* Type of a scalar with its long tag (NULL: none) and text; implicit as libyaml's plain_implicit. *out: "true" or "false", a JSON
 * number, or the string; it borrows from in or scratch. REFUSED: *why says it, without the text. */
int conf_scalar(const char *tag, bool implicit, str in, buf *scratch, str *out, const char **why);
/* The same as the key of a mapping: its text; REFUSED for null. */
int conf_scalar_key(int type, str value, buf *scratch, str *out, const char **why);
/* Is s one number of RFC 8259? */
bool conf_json_number(str s);
/* INT when a JSON number is one of 64 bits, with or without sign; else FLOAT. */
int conf_number_type(str json_number);
#endif
