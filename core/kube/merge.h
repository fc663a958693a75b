/* merge.h -- how a strategic merge patch merges the fields of Kubernetes' kinds.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_MERGE_H
#define PINTLE_KUBE_MERGE_H
#include "item/item.h"
#include <stdint.h>

/* What item_strategic needs to know of a built-in kind (apiVersion as in the item); NULL: the kind is none of Kubernetes itself. */
const void *kube_merge_of(str api_version, str kind);
/* For item_strategic. A field that the table does not have: objects merge, lists are replaced. */
item_strategy kube_merge_strategy(const void *type, str field);

/* ---- merge_table.c, made by tools/gen-merge-keys from Kubernetes' OpenAPI */
enum { KUBE_MERGE = 1, KUBE_REPLACE = 2 };
typedef struct kube_merge_field {
  const char *name, *merge_key;
  uint8_t strategy;
  uint16_t type; /* 1 is the first; 0: nothing is known */
} kube_merge_field;
typedef struct kube_merge_kind {
  const char *group, *kind, *version;
  uint16_t type;
} kube_merge_kind;
extern const kube_merge_field kube_merge_fields[];
extern const uint16_t kube_merge_types[];
extern const kube_merge_kind kube_merge_kinds[];
extern const size_t kube_merge_types_count, kube_merge_kinds_count;
#endif
