/* nearest.h -- "did you mean": the known word that is nearest to a mistyped one.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_NEAREST_H
#define PINTLE_BASE_NEAREST_H
#include "base/buf.h"

/* The nearest of n candidates to word (Damerau-Levenshtein, at most a third of its length), or NULL. Letters that differ in case only count
 * as equal. Of equally near ones the first; NULL candidates are passed over. Words over 128 bytes have no nearest one. */
const char *nearest(str word, const char *const *candidates, size_t n);
#endif
