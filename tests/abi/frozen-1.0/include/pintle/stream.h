/* pintle/stream.h -- bytes that do not fit into memory: a body to read, a place to write.  SPDX-License-Identifier: Apache-2.0
 *
 * Made by the host and lent to a call. Used by one thread at a time, any thread, until that call returns. Short counts are normal: loop.
 * Calling read or write restarts the idle deadline of the call. Since 1.0. */
#ifndef PINTLE_STREAM_H
#define PINTLE_STREAM_H
#include <pintle/types.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_reader {
  uint32_t struct_size, flags;
  int64_t size; /* exact, or PINTLE_NONE */
  void *ctx;    /* the host's */
  /* [call] Puts 1 to n bytes into buf and returns how many; 0: the end, and again 0 when asked again; < 0: a pintle_status: give up and
   * return it. n is at least 1. */
  int64_t (*read)(const struct pintle_reader *, void *buf, size_t n);
} pintle_reader;

typedef struct pintle_writer {
  uint32_t struct_size, flags;
  int64_t size; /* most that is wanted, or PINTLE_NONE */
  void *ctx;    /* the host's */
  /* [call] Takes 1 to n bytes and returns how many; < 0: a pintle_status: stop at once and return it. n is at least 1. Writing more than
   * size in all is PINTLE_INVALID. */
  int64_t (*write)(const struct pintle_writer *, const void *buf, size_t n);
} pintle_writer;

#ifdef __cplusplus
}
#endif
#endif
