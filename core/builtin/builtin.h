/* builtin.h -- pintle's own actions, behind the same tables as a plugin's.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BUILTIN_BUILTIN_H
#define PINTLE_BUILTIN_BUILTIN_H
#include <pintle/plugin.h>

/* One descriptor with all of them; names begin with "pintle.io/". Host steps of a restore, in this order around the plugins' actions:
 *   first  pintle.io/reset-metadata     Velero RS:2102-2134: of metadata generateName selfLink uid resourceVersion generation
 *                                       creationTimestamp deletionTimestamp deletionGracePeriodSeconds ownerReferences, and status,
 *                                       are removed; of a PersistentVolume's claimRef uid and resourceVersion too
 *   last   pintle.io/namespace-mapping  spec.namespaceMapping on metadata.namespace, a PersistentVolume's spec.claimRef.namespace,
 *                                       (Cluster)RoleBinding subjects, and the name of a Namespace (with its label of that name)
 *   last   pintle.io/restore-labels     velero.io/backup-name, velero.io/restore-name (kube_label_value's rule); not on Namespaces,
 *                                       which Velero does not label either
 * Priorities INT32_MIN.. and INT32_MAX.. keep them there; they cannot be listed in a chain file. */
extern const pintle_plugin builtin_plugin;
#define BUILTIN_FIRST (INT32_MIN + 1000)
#define BUILTIN_LAST (INT32_MAX - 1000)
#endif
