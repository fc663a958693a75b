/* builtin.h -- pintle's own actions, behind the same tables as a plugin's.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BUILTIN_BUILTIN_H
#define PINTLE_BUILTIN_BUILTIN_H
#include <pintle/plugin.h>
#include <stdbool.h>
#include <string.h>

/* One descriptor with all of them. Host steps ("pintle.io/...") see every item of a restore and are called without item_from_backup:
 *   first  pintle.io/reset-metadata     Velero RS:2102-2134: of metadata generateName selfLink uid resourceVersion generation
 *                                       creationTimestamp deletionTimestamp deletionGracePeriodSeconds ownerReferences, and status,
 *                                       are removed; of a PersistentVolume's claimRef uid and resourceVersion too
 *   last   pintle.io/resource-modifiers spec.resourceModifier; there only where the restore has one (builtin/modifiers.h)
 *   last   pintle.io/namespace-mapping  spec.namespaceMapping on metadata.namespace, a PersistentVolume's spec.claimRef.namespace,
 *                                       and the name of a Namespace (with its label of that name)
 *   last   pintle.io/restore-labels     velero.io/backup-name, velero.io/restore-name (kube_label_value's rule); not on Namespaces,
 *                                       which Velero does not label either
 * Velero's own actions ("velero.io/...") stand behind reset-metadata, by name, and before the plugins' actions; on backup and in item
 * blocks they are the first. docs/chain-reference.md lists them. Their rules are Velero's, their edits smaller: Velero reads an item into a
 * Go type and writes all of that type, which loses members that the type lacks; here only what a rule names changes.
 * Priorities INT32_MIN.. and INT32_MAX.. keep all of them there; they cannot be listed in a chain file. */
extern const pintle_plugin builtin_plugin;
#define BUILTIN_MODIFIERS "pintle.io/resource-modifiers"
/* What pintle.io/reset-metadata removes, as pointers, NULL-ended (pkg/restore/restore.go resetMetadataAndStatus). */
extern const char *const builtin_reset_fields[];
#define BUILTIN_FIRST (INT32_MIN + 1000)
#define BUILTIN_VELERO (BUILTIN_FIRST + 1)
#define BUILTIN_LAST (INT32_MAX - 1000)
static inline bool builtin_is_step(const char *action) { return strncmp(action, "pintle.io/", 10) == 0; }
#endif
