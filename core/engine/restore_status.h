/* restore_status.h -- the stored status of an item, put back where the Restore or the item asks for it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_RESTORE_STATUS_H
#define PINTLE_ENGINE_RESTORE_STATUS_H
#include "engine/filter.h"
#include "item/item.h"

typedef struct engine_status {
  item_doc *doc, *stored;
  buf text, from; /* text: the result */
} engine_status;
/* Velero RS determineRestoreStatus: spec.restoreStatus by the type that was stored; the annotation velero.io/restore-status of the item as the actions
 * left it counts more. wanted: by the spec. *out is `text`, or what is in s->text until the next call. An action that set a status has its way.
 * *odd: an annotation that is neither true nor false, valid as long as *out; else "". */
pintle_status engine_status_put_back(engine_status *s, const kube_source *source, size_t item, bool wanted, str text, str *out, str *odd,
                                     error *e);
void engine_status_free(engine_status *s);
#endif
