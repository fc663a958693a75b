/* policy.h -- which volume policy speaks of a volume (Velero internal/resourcepolicies).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_POLICY_H
#define PINTLE_ENGINE_POLICY_H
#include "base/quantity.h"
#include "conf/rules.h"
#include "kube/source.h"

/* What the conditions are put to. Texts and nodes are borrowed from the documents; {0} is a volume of which nothing is known. */
typedef struct engine_volume {
  quantity capacity;
  str storage_class;
  const item_node *nfs, *csi;
  const char *type; /* "csi", "hostPath"...; "" unknown, a claim's too */
  const item_node *claim_labels;
  str claim_phase;
} engine_volume;
/* Of a PersistentVolume with its claim, a pod's volume (one of spec.volumes) with its claim, or a claim alone. Any may be NULL. */
void engine_volume_of(const item_doc *pv, const item_node *pod_volume, const item_doc *pvc, engine_volume *out);

/* One volume policy. */
typedef struct engine_policy {
  str action;                  /* "skip", "snapshot", "fs-backup", "custom" */
  const item_node *parameters; /* NULL: none */
  size_t number;               /* in the list, from 0 */
} engine_policy;
/* The first policy whose conditions all match. false: none speaks. policies: a document that conf_check_policies found right; NULL: none. */
bool engine_policy_match(const item_doc *policies, const engine_volume *v, engine_policy *out);

/* ---- items of a source. Claims and volumes are looked up there. One thread. */
typedef struct engine_policies engine_policies;
pintle_status engine_policies_new(const item_doc *policies, const kube_source *source, engine_policies **out, error *e);
void engine_policies_free(engine_policies *p);       /* NULL is fine */
bool engine_policies_concern(const kube_type *type); /* PersistentVolumes, PersistentVolumeClaims, Pods */
/* What the policies say of an item, as plugins get it: for a volume or claim *action is an action's name and *parameters its parameters as JSON; for
 * a Pod *action is "volume=action,volume=action". Both are emptied first, and stay empty where no policy speaks. INVALID: the item cannot be read. */
pintle_status engine_policies_item(engine_policies *p, const kube_type *type, str ns, str text, buf *action, buf *parameters, error *e);
/* The policy for a PersistentVolume, with its claim looked up. */
pintle_status engine_policies_volume(engine_policies *p, const item_doc *pv, bool *speaks, engine_policy *out, error *e);
/* The policy for a claim, with its volume looked up, and for one of a Pod's spec.volumes, with claim and volume. */
pintle_status engine_policies_claim(engine_policies *p, const item_doc *pvc, bool *speaks, engine_policy *out, error *e);
pintle_status engine_policies_pod_volume(engine_policies *p, str ns, const item_node *volume, bool *speaks, engine_policy *out, error *e);
/* The document of an item of the source, parsed into *d (made when NULL); *found false: it is not there. */
pintle_status engine_related_document(const kube_source *source, const char *resource, str ns, str name, item_doc **d, bool *found,
                                      error *e);
#endif
