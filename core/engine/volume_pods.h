/* volume_pods.h -- volumes that Pods ask to be copied file by file (Velero pkg/util/podvolume).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_VOLUME_PODS_H
#define PINTLE_ENGINE_VOLUME_PODS_H
#include "kube/source.h"

/* Does this Pod ask for it: opted in by backup.velero.io/backup-volumes, or, where that is the default, not opted out by
 * backup.velero.io/backup-volumes-excludes? */
bool volume_pod_asks(const item_doc *pod, str volume, bool by_default);
/* Can it be copied at all? Not hostPath, not what Kubernetes' own objects fill. */
bool volume_pod_can(const item_node *volume);

typedef struct volume_pods volume_pods;
pintle_status volume_pods_new(const kube_source *source, bool by_default, volume_pods **out, error *e);
void volume_pods_free(volume_pods *p); /* NULL is fine */
/* The Pod ("ns/name") of the source that asks for the copy of this claim; NULL: none. Reads all Pods at the first call. */
pintle_status volume_pods_claim(volume_pods *p, str ns, str claim, const char **pod, error *e);
#endif
