/* claim.h -- a short exclusion between runs, on any store that lists what was written.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_STORE_CLAIM_H
#define PINTLE_STORE_CLAIM_H
#include "store/store.h"

/* Calls decide while no other store_claim of the same kind and name does, anywhere. decide must not write after `until` (clock_monotonic): by then
 * others may think that this process died. CONFLICT: somebody else keeps claiming. */
pintle_status store_claim(store *s, const char *kind, const char *name, const char *uid,
                          pintle_status (*decide)(void *ctx, int64_t until, error *e), void *ctx, error *e);
#endif
