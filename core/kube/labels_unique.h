/* labels_unique.h -- labels as they are read: the last of a repeated key counts.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_LABELS_UNIQUE_H
#define PINTLE_KUBE_LABELS_UNIQUE_H
#include "kube/labels.h"

/* Keeps the last label of each key, in place and in order, and of those only what has a value (value.ptr not NULL). */
pintle_status kube_labels_unique(kube_label *v, size_t *n, arena *a);
#endif
