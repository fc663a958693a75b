/* filter.h -- which items a Backup or Restore takes (velero-contract sections 3.2 and 4.1).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_FILTER_H
#define PINTLE_ENGINE_FILTER_H
#include "kube/source.h"

typedef struct engine_filter engine_filter;
/* From spec of a Backup: namespaces with globs; the new generation (included/excluded ClusterScoped/NamespaceScoped Resources) or the old one
 * (includedResources, excludedResources, includeClusterResources), never both; labelSelector or orLabelSelectors. A backup without filters takes
 * everything, cluster-scoped types too. INVALID: contradictions, with the pointer in e->place. */
pintle_status engine_filter_backup(const item_doc *backup, const kube_types *types, engine_filter **out, error *e);
/* From spec of a Restore; what Velero never restores is excluded (RC:67), and naming such a type is INVALID. */
pintle_status engine_filter_restore(const item_doc *restore, const kube_types *types, engine_filter **out, error *e);
/* includeExcludePolicy of the volume policies (Velero pkg/util/collections CombineWithPolicy): adds what the spec does not speak of already. NULL is
 * fine. INVALID together with the old filters. */
pintle_status engine_filter_policy(engine_filter *f, const item_node *policy, error *e);
void engine_filter_free(engine_filter *f);
/* Everything but labels. why, if not NULL, gets the clause that failed as a sentence. */
bool engine_filter_takes(const engine_filter *f, const kube_type *type, str ns, buf *why);
/* May an action have it as an additional or related item (Velero IB itemInclusionChecks; RS restoreItem)? */
bool engine_filter_asked(const engine_filter *f, const kube_type *type, str ns);
/* A Restore only: does spec.restoreStatus name the type? Without restoreStatus none. */
bool engine_filter_status(const engine_filter *f, const kube_type *type);
bool engine_filter_namespace(const engine_filter *f, str ns);
bool engine_filter_has_labels(const engine_filter *f);
bool engine_filter_labels(const engine_filter *f, kube_labels labels);
/* A Backup only: is that Namespace taken for itself, not for what lives in it (Velero IC nsTracker.init)? */
bool engine_filter_tracks(const engine_filter *f, str ns, bool labels_match);
/* Is a cluster-scoped type excluded (Velero's ShouldExclude, which plugin-returned items must pass)? */
bool engine_filter_excludes(const engine_filter *f, const kube_type *type);
/* A Backup only: is that cluster-scoped type taken merely because nothing is filtered? */
bool engine_filter_by_default(const engine_filter *f, const kube_type *type);
/* Included namespaces that are no pattern: the i-th, ptr NULL behind the last. */
str engine_filter_included_namespace(const engine_filter *f, size_t i);
/* More excluded namespaces (those labelled velero.io/exclude-from-backup). Borrowed. */
pintle_status engine_filter_exclude_namespace(engine_filter *f, str ns, error *e);

/* filter_check.c: INVALID, with the pointer, for lists that Velero refuses (pkg/util/collections Validate...): "*" beside others or in an exclude list,
 * a name in both. scoped: the new generation's, whose exclude list may be "*" alone. */
pintle_status engine_filter_check(const item_doc *d, const char *included, const char *excluded, bool scoped, error *e);
/* Names of namespaces and patterns for them: * ? [abc], no "**", none of |()!{}, (pkg/util/wildcard). */
pintle_status engine_filter_check_patterns(const item_doc *d, error *e);
/* Of a Restore: namespaces become what the API server would take for one. */
pintle_status engine_filter_check_mapping(const item_doc *restore, error *e);

/* The selection: one byte an item of the source, 1 = taken. Namespaces come with what lives in them, CustomResourceDefinitions with their
 * resources. says gets a sentence for each item that is left out although its type and namespace are in (deleting, exclude label); may be NULL.
 * bytes is malloc'ed. */
pintle_status engine_select_backup(engine_filter *f, const kube_source *source, unsigned char **bytes, error *e);
#endif
