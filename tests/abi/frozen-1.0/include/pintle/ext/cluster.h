/* pintle/ext/cluster.h -- pintle.cluster/1: the Kubernetes API server of the run.  SPDX-License-Identifier: Apache-2.0
 *
 *   const pintle_objects *cluster = (const pintle_objects *)host->extension(host, PINTLE_EXT_CLUSTER);
 *
 * The source of a backup, the destination of a restore, with the run's own client, credentials and cache. NULL in a run without one:
 * an action that cannot do without says so in create (UNSUPPORTED). */
#ifndef PINTLE_EXT_CLUSTER_H
#define PINTLE_EXT_CLUSTER_H
#include <pintle/ext/objects.h>
#define PINTLE_EXT_CLUSTER "pintle.cluster/1"
#endif
