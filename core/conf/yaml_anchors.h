/* yaml_anchors.h -- the JSON text of a document's anchored nodes.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_YAML_ANCHORS_H
#define PINTLE_CONF_YAML_ANCHORS_H
#include "base/buf.h"

typedef struct yaml_anchor {
  char *name;
  char *text;
  size_t len;
  uint32_t hash;
} yaml_anchor;
typedef struct yaml_anchors {
  yaml_anchor *v;
  uint32_t *table; /* index + 1 */
  size_t n, cap, size, bytes;
} yaml_anchors;

uint64_t yaml_hash(uint64_t seed, const void *p, size_t n);
void yaml_anchors_clear(yaml_anchors *a);
void yaml_anchors_free(yaml_anchors *a);
/* A second anchor of that name replaces the first. false: no memory. */
bool yaml_anchors_set(yaml_anchors *a, uint64_t seed, const char *name, str text);
const yaml_anchor *yaml_anchors_get(const yaml_anchors *a, uint64_t seed, const char *name);
#endif
