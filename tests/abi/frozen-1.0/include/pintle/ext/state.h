/* pintle/ext/state.h -- pintle.state/1: small values that every instance of an action shares.  SPDX-License-Identifier: Apache-2.0
 *
 *   const pintle_state *state = (const pintle_state *)host->extension(host, PINTLE_EXT_STATE);
 *
 * Keys are 1 to 253 bytes, values at most 64 KiB; each action sees its own. All functions are [call] and record their error. A draft: its
 * id loses "-draft", or changes, when a shipped plugin has used it. */
#ifndef PINTLE_EXT_STATE_H
#define PINTLE_EXT_STATE_H
#include <pintle/types.h>
#ifdef __cplusplus
extern "C" {
#endif
#define PINTLE_EXT_STATE "pintle.state/1-draft"

/* scope */
enum {
  PINTLE_STATE_RUN = 0,   /* this run, all workers */
  PINTLE_STATE_BACKUP = 1 /* the backup: written while backing up, read when it is restored or deleted */
};

typedef struct pintle_state {
  uint32_t struct_size, flags;

  /* The value lives until the call returns. NOT_FOUND. */
  pintle_status (*get)(pintle_call *, int32_t scope, const char *key, pintle_str *);

  /* Sets or replaces. DENIED: PINTLE_STATE_BACKUP outside a backup. */
  pintle_status (*put)(pintle_call *, int32_t scope, const char *key, const char *, size_t len);

  /* EXISTS: somebody was first. */
  pintle_status (*put_if_absent)(pintle_call *, int32_t scope, const char *key, const char *, size_t len);
} pintle_state;

#ifdef __cplusplus
}
#endif
#endif
