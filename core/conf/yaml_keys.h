/* yaml_keys.h -- the keys of one mapping as it is written, to find repeated ones.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_YAML_KEYS_H
#define PINTLE_CONF_YAML_KEYS_H
#include "base/buf.h"

typedef struct yaml_key {
  size_t at; /* of its JSON text, quotes included, in the output */
  uint32_t len, hash, line;
  bool stated; /* by the mapping itself, not (only) by a merge */
  bool dead;
} yaml_key;
typedef struct yaml_keys {
  yaml_key *v;
  uint32_t n, cap;
  uint32_t *table; /* once there are many: index + 1; of a key that occurs again, its last */
  uint32_t size;
} yaml_keys;

void yaml_keys_free(yaml_keys *k);
/* The living key with this text, or NULL. out is what `at` counts in. */
yaml_key *yaml_keys_find(const yaml_keys *k, const char *out, str text, uint32_t hash);
/* false: no memory. */
bool yaml_keys_add(yaml_keys *k, const char *out, yaml_key key);
#endif
