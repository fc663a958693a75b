/* sort.h -- sorting without a copy.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_SORT_H
#define PINTLE_BASE_SORT_H
#include <stddef.h>

/* As qsort_r, which copies what it sorts: this takes no memory, O(n log n) at worst. What compares equal comes in any order. */
void sort_in_place(void *v, size_t n, size_t size, int (*compare)(const void *a, const void *b, void *ctx), void *ctx);
#endif
