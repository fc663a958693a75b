/* pintle/selector.h -- which items an action is called for.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero's ResourceSelector as data, with Velero's rules, so that the host decides without calling the plugin: no call at all for items
 * that do not match. Every clause must hold. On backup it is asked of the item as it was read; on restore of its current labels and the
 * namespace it goes to. Since 1.0. */
#ifndef PINTLE_SELECTOR_H
#define PINTLE_SELECTOR_H
#include <pintle/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Lists end with NULL; a NULL or empty list sets no limit. */
typedef struct pintle_selector {
  uint32_t struct_size, flags;
  /* Plural, short name or plural.group: "pods", "po", "ingresses.networking.k8s.io". Without a group it means that resource in every
   * group. "*" is all. */
  const char *const *included_resources, *const *excluded_resources;
  /* Naming any namespace, included or excluded, leaves cluster-scoped items out (only an included "*" does not). Restore: the namespace
   * that the item goes to. */
  const char *const *included_namespaces, *const *excluded_namespaces;
  /* As k8s.io/apimachinery's labels.Parse reads it: "app=web,tier in (a, b),!legacy". NULL or "": all. */
  const char *labels;
} pintle_selector;

#ifdef __cplusplus
}
#endif
#endif
