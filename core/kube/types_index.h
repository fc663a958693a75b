/* types_index.h -- inside of kube_types: the known types and their indexes.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_TYPES_INDEX_H
#define PINTLE_KUBE_TYPES_INDEX_H
#include "kube/names.h"
#include "kube/types.h"

enum { KUBE_BY_VERSION, KUBE_BY_KIND, KUBE_BY_RESOURCE, KUBE_INDEXES };
typedef struct kube_known {
  kube_type type; /* first */
  uint32_t hash[KUBE_INDEXES];
  bool live;   /* not replaced */
  bool served; /* of a CRD's version */
} kube_known;
struct kube_types {
  arena a;
  kube_known **all; /* by id; replaced ones stay */
  size_t n, cap;
  uint32_t *slot[KUBE_INDEXES]; /* open addressing, id + 1, 0 = free; three tables of one size, at most half full */
  size_t mask;
};

/* The live types of a group and kind (or of a group and resource), one after the other; *at begins as 0. NULL: no more. */
kube_known *kube_known_next(const kube_types *t, int index, str group, str name, size_t *at);
kube_known *kube_known_find(const kube_types *t, str group, str version, str kind);
/* Adds a copy, texts included unless they are static. NOMEM also when ids are used up. */
pintle_status kube_known_add(kube_types *t, const kube_type *like, bool served, bool is_static, kube_known **out);
/* Marks the best version of a resource, unless a built-in one is marked. */
void kube_known_prefer(kube_types *t, str group, str resource);
#endif
