/* select_restore.h -- the items of a restore: filters, and what actions may ask for.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_SELECT_RESTORE_H
#define PINTLE_ENGINE_SELECT_RESTORE_H
#include "engine/filter.h"

/* By item, a byte. IF_ASKED: restored only when an action names it as an additional item, since label selectors do not hold for those, nor does the
 * rule that a filter on namespaces leaves out what is cluster-scoped. */
enum { ENGINE_LEFT_OUT, ENGINE_TAKEN, ENGINE_IF_ASKED };
/* Namespaces are cluster-scoped items as any (Velero RS getOrderedResourceCollection), and come with what lives in them. bytes is malloc'ed. */
pintle_status engine_select_restore(const engine_filter *f, const kube_source *source, unsigned char **bytes, error *e);
size_t engine_namespace_of(const kube_source *source, str ns); /* SIZE_MAX: not in the input */
#endif
