/* selector_impl.h -- inside of a selector: its requirements.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_SELECTOR_IMPL_H
#define PINTLE_KUBE_SELECTOR_IMPL_H
#include "kube/labels.h"

typedef enum kube_operator {
  KUBE_IN,
  KUBE_NOT_IN,
  KUBE_EQ,
  KUBE_EQ_EQ,
  KUBE_NOT_EQ,
  KUBE_EXISTS,
  KUBE_ABSENT,
  KUBE_GT,
  KUBE_LT
} kube_operator;
typedef struct kube_requirement {
  str key;
  kube_operator op;
  uint32_t order; /* as written */
  str *values;    /* sorted */
  size_t n, cap;
  int64_t number; /* of > and < */
} kube_requirement;
struct kube_selector {
  arena a;
  kube_requirement *r; /* sorted by key when the selector is done */
  size_t n, cap;
};

kube_requirement *kube_selector_add(kube_selector *s, str key, kube_operator op); /* NULL: no memory */
bool kube_requirement_value(kube_selector *s, kube_requirement *r, str value);    /* false: no memory */
/* Checks number and form of key and values, sorts the values; unique: each once. */
pintle_status kube_requirement_check(kube_requirement *r, bool unique, error *e);
void kube_selector_sort(kube_selector *s);
#endif
