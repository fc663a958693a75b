/* builtin.h -- pintle's own actions, behind the same tables as a plugin's.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BUILTIN_BUILTIN_H
#define PINTLE_BUILTIN_BUILTIN_H
#include <pintle/plugin.h>

/* One descriptor with all of them; names begin with "pintle.io/". Host steps of a restore, in this order around the plugins' actions:
 *   first  pintle.io/reset-metadata      Velero RS:2102-2134: metadata generateName selfLink uid resourceVersion generation creationTimestamp
 *                                        deletionTimestamp deletionGracePeriodSeconds ownerReferences, and status, are removed; PV claimRef uid and
 *                                        resourceVersion too
 *   last   pintle.io/namespace-mapping   spec.namespaceMapping on metadata.namespace, PV spec.claimRef.namespace, (Cluster)RoleBinding subjects,
 *                                        and the name of a Namespace object
 *   last   pintle.io/restore-labels      velero.io/backup-name, velero.io/restore-name (kube_label_value's rule)
 * Priorities INT32_MIN.. and INT32_MAX.. keep them there; they cannot be listed in a chain file. */
extern const pintle_plugin builtin_plugin;
#define BUILTIN_FIRST (INT32_MIN + 1000)
#define BUILTIN_LAST (INT32_MAX - 1000)
#endif
