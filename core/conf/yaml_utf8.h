/* yaml_utf8.h -- which bytes may stand in YAML.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_YAML_UTF8_H
#define PINTLE_CONF_YAML_UTF8_H
#include <stddef.h>
#include <stdint.h>

/* How many of the n bytes at p are whole characters that YAML allows. *bad: what follows is none (YAML_BAD_...); 0: the end, or a
 * character that is cut off there. *what: the byte or character that is bad. */
enum { YAML_BAD_NONE = 0, YAML_BAD_UTF8, YAML_BAD_CHARACTER };
size_t yaml_utf8(const unsigned char *p, size_t n, int *bad, uint32_t *what);
#endif
