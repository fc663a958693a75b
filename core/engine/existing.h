/* existing.h -- what a restore does with an object that is there already (velero-contract section 4.2).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_EXISTING_H
#define PINTLE_ENGINE_EXISTING_H
#include "item/item.h"
#include "kube/types.h"

enum { ENGINE_CREATED, ENGINE_UPDATED, ENGINE_UNCHANGED, ENGINE_EXISTS };
/* there is the object as found, restored the one to be written. *what: UNCHANGED or EXISTS: what is there stays; UPDATED: it is to be replaced. Changed
 * by this: `restored` becomes what is to be written, when *write is set (with UNCHANGED too: only the labels that name the restore are new).
 * Velero's rules: what the API server wrote, status and the labels of a restore are no difference; what is there of a Namespace stays; a
 * ServiceAccount gets what it lacks of labels, annotations, secrets and imagePullSecrets, whatever the policy; else `update` replaces all but
 * what the API server wrote and the status, and without it the object is left alone. NOMEM is the only error. */
pintle_status engine_existing(const kube_type *type, item_doc *there, item_doc *restored, bool update, int *what, bool *write);
#endif
