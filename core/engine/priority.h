/* priority.h -- the order in which a restore takes resources.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_PRIORITY_H
#define PINTLE_ENGINE_PRIORITY_H
#include "kube/source.h"

/* Velero's default (pkg/cmd/server/config/config.go): high in this order, the middle by name, low last. */
extern const char *const engine_high_priorities[], *const engine_low_priorities[]; /* NULL-ended */

/* Annotation of a Restore: another order, as Velero's server flag --restore-resource-priorities. */
#define ENGINE_PRIORITIES_POINTER "/metadata/annotations/pintle.io~1restore-resource-priorities"
typedef struct engine_priorities {
  const char *const *high, *const *low; /* NULL-ended; in the arena, or the defaults */
} engine_priorities;
/* "a,b,-,y,z": first, and behind "-" last; each half that is not given stays as it is (pkg/types/priority.go). "": the defaults. INVALID: two "-". */
pintle_status engine_priorities_parse(str text, arena *a, engine_priorities *out, error *e);
/* Names that are no resource; those of the defaults are not looked at. */
void engine_priorities_check(const engine_priorities *p, const kube_types *types, void (*unknown)(void *ctx, const char *name), void *ctx);
/* Indices of the selected items (bytes of select_restore.h: ENGINE_TAKEN), ordered by priority, resource.group, namespace, name; CustomResourceDefinitions first. *order is
 * malloc'ed. */
pintle_status engine_restore_order(const kube_source *source, const kube_types *types, const engine_priorities *priorities,
                                   const unsigned char *bytes, uint32_t **order, size_t *n, error *e);
#endif
