/* pintle/entry.h -- one line of a listing of objects.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENTRY_H
#define PINTLE_ENTRY_H
#include <pintle/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Since 1.0. */
typedef struct pintle_entry {
  uint32_t struct_size, flags;
  int64_t size;     /* PINTLE_NONE = unknown */
  int64_t modified; /* time; 0 = unknown */
  const char *key;  /* whole, from the bucket's root; a common prefix ends with the delimiter */
  const char *etag; /* the store's, "" = none */
} pintle_entry;

#ifdef __cplusplus
}
#endif
#endif
