/* priority.h -- the order in which a restore takes resources.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_PRIORITY_H
#define PINTLE_ENGINE_PRIORITY_H
#include "kube/source.h"

/* Velero's default (pkg/cmd/server/config/config.go): high in this order, the middle by name, low last. */
extern const char *const engine_high_priorities[], *const engine_low_priorities[]; /* NULL-ended */
/* Indices of the selected items (bytes of select_restore.h: ENGINE_TAKEN), ordered by priority, resource, namespace, name. *order is malloc'ed. */
pintle_status engine_restore_order(const kube_source *source, const kube_types *types, const unsigned char *bytes, uint32_t **order,
                                   size_t *n, error *e);
#endif
