/* delete.h -- the items of a backup that is deleted, put to DeleteItemActions.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_DELETE_H
#define PINTLE_ENGINE_DELETE_H
#include "engine/stage.h"

/* Every item of the source, read-only, to every action of common.pool.plan that selects it (Velero internal/delete). What fails is an error of the
 * journal and counted; the others go on. An error is returned for what ends the whole. seen, if not NULL, gets the record of each. */
pintle_status engine_delete_items(const engine_common *common, void (*seen)(void *ctx, str record), void *ctx, uint64_t *failed, error *e);
#endif
