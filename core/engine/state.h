/* state.h -- the values of pintle.state/1-draft: one table a run, by action, scope and key.  SPDX-License-Identifier: Apache-2.0
 *
 * Scope 0 lives as long as the run. Scope 1 belongs to the backup: written while it is made, an object of it (STORE_STATE), read when it is restored
 * or deleted. Values are the plugins': they are never logged. */
#ifndef PINTLE_ENGINE_STATE_H
#define PINTLE_ENGINE_STATE_H
#include "base/arena.h"
#include "base/error.h"

#define ENGINE_STATE_MAX ((size_t)32 << 20) /* bytes of all keys and values, and 64 for each */
typedef struct engine_state engine_state;
typedef struct engine_state_options {
  bool backup; /* scope 1 may be written */
  /* Scope 1 of the backup that is restored or deleted, as engine_state_print made it; called at the first question. NOT_FOUND: it has none. NULL: none. */
  pintle_status (*load)(void *ctx, buf *json, error *e);
  void *ctx;
} engine_state_options;
pintle_status engine_state_new(const engine_state_options *options, engine_state **out, error *e);
void engine_state_free(engine_state *s); /* NULL is fine */

/* The value lives until the next put. NOT_FOUND. */
pintle_status engine_state_get(engine_state *s, const char *action, uint32_t scope, const char *key, str *value, error *e);
/* absent: EXISTS when there is one. DENIED: scope 1 outside a backup. NOMEM: the table is full. */
pintle_status engine_state_put(engine_state *s, const char *action, uint32_t scope, const char *key, str value, bool absent, error *e);

/* Scope 1 as JSON {"apiVersion","kind":"BackupState","actions":{"action":{"key":"base64"}}}, sorted; nothing when there is none. */
pintle_status engine_state_print(const engine_state *s, buf *json, error *e);
#endif
