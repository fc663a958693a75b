/* words.h -- a growing list of texts that ends with NULL.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_HOST_WORDS_H
#define PINTLE_HOST_WORDS_H
#include "base/arena.h"

/* {.a = arena} is an empty list. What does not fit into memory is dropped: these are warnings. */
typedef struct host_words {
  arena *a;
  const char **list; /* NULL-ended; NULL while empty */
  size_t n, cap;
} host_words;
PINTLE_PRINTF(2, 3) void host_words_add(host_words *w, const char *format, ...);
const char *const *host_words_list(const host_words *w); /* never NULL */
#endif
