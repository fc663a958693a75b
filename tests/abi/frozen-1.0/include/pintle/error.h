/* pintle/error.h -- what a plugin says when it fails.  SPDX-License-Identifier: Apache-2.0
 *
 * A plugin fills one in on its stack and gives it to host->fail, which copies it and returns its status. pintle_fail and its sisters in
 * helpers.h do that in one line. Since 1.0. */
#ifndef PINTLE_ERROR_H
#define PINTLE_ERROR_H
#include <pintle/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* A bit of pintle_error.flags: put message in front of this call's earlier error ("message: earlier") instead of replacing it. What of
 * hint, code and at is not given stays as the earlier error had it. */
#define PINTLE_WRAP 1u

typedef struct pintle_error {
  uint32_t struct_size;
  pintle_status status;        /* not PINTLE_OK */
  uint32_t flags;              /* PINTLE_WRAP */
  uint32_t line;               /* of the plugin's source; 0 = not told */
  int64_t retry_after;         /* duration; with PINTLE_TRANSIENT: wait at least this long; 0 = the host's choice */
  const char *message;         /* what went wrong, for a human; no secret, no newline; the host adds run, item, plugin, action */
  const char *hint;            /* what to do about it */
  const char *code;            /* the vendor's code, e.g. "InvalidSnapshot.NotFound" */
  const char *at;              /* JSON Pointer into the configuration (in create) or the item: becomes file, line and column */
  const char *file, *function; /* with line: the place in the plugin's source, Velero's Stack */
} pintle_error;

#ifdef __cplusplus
}
#endif
#endif
