/* quantity.h -- amounts as Kubernetes writes them: "10Gi", "1.5", "500m", "1e3".  SPDX-License-Identifier: Apache-2.0
 *
 * The rules are those of k8s.io/apimachinery/pkg/api/resource ParseQuantity: exact, rounded away from zero below a billionth, at most 2^63-1. */
#ifndef PINTLE_BASE_QUANTITY_H
#define PINTLE_BASE_QUANTITY_H
#include "base/buf.h"

__extension__ typedef __int128 quantity; /* in billionths */
bool quantity_parse(str text, quantity *out);
#endif
