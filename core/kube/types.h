/* types.h -- kinds, their resource names and scope, without a cluster.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_TYPES_H
#define PINTLE_KUBE_TYPES_H
#include "item/item.h"

enum { KUBE_BUILT_IN = 0, KUBE_CRD = 1, KUBE_GUESSED = 2 };
typedef struct kube_type {
  const char *group, *version, *kind, *resource, *singular; /* group "" = core */
  const char *short_names;                                  /* "po" or "cm,conf"; "" */
  uint8_t namespaced, origin;
  /* The group's preferred version of this resource in the newest Kubernetes that serves it (CRD: by Kubernetes' version order, served ones
   * first). */
  uint8_t preferred;
  /* Minors of Kubernetes 1.x that serve it, both included; since 15 = 1.15 or earlier; until 255 = the newest of the table still does; 0,0
   * when not in the table. */
  uint8_t since, until;
  uint16_t id; /* dense, from 0, within one kube_types */
} kube_type;

extern const kube_type kube_built_in[]; /* sorted by group, kind, version; made by tools/gen-kube-types; id is 0 there */
extern const size_t kube_built_in_count;

/* The kinds of one run: the built-in ones, the CustomResourceDefinitions of the input, guesses. Pointers to types live as long as it. */
typedef struct kube_types kube_types;
pintle_status kube_types_new(kube_types **out);
void kube_types_free(kube_types *t);
/* All versions of an apiextensions.k8s.io v1 or v1beta1 CRD, served or not. A CRD replaces an earlier one and earlier guesses of its group and
 * kind (their pointers stay readable); a kind of Kubernetes itself stays as it is. INVALID: not a CRD, the pointer of the culprit in e->place. */
pintle_status kube_types_add_crd(kube_types *t, const item_doc *crd, error *e);
/* One type as data (what the supervisor tells its workers). A CRD's type replaces guesses of its group and kind and an earlier, different CRD's
 * type, so that a registry told every type of another in order of ids gets the same ids. EXISTS when known already. */
pintle_status kube_types_add(kube_types *t, const kube_type *like);
/* The type of apiVersion ("v1", "apps/v1") and kind. Unknown: a guess is added (English plural in lower case, namespaced as given), origin
 * KUBE_GUESSED; the caller says so once. NULL: no memory, or no valid apiVersion or kind (DNS-1123 group, DNS-1035 version, kind an
 * identifier of at most 63 characters), or 65,536 types. A built-in group and kind (or a CRD's) in a version that is not known takes resource and
 * scope from its other versions (and is no guess). */
const kube_type *kube_types_of(kube_types *t, str api_version, str kind, bool namespaced_guess);
/* The type of apiVersion and kind, if it is known; NULL: it is not. */
const kube_type *kube_types_find(const kube_types *t, str api_version, str kind);
/* By what users write: "pods", "po", "pod", "deployments.apps", "deployment.apps", "ingresses.extensions", "deploy"; lower case is applied.
 * The preferred version. Core and older groups win over others for a bare name, as kubectl does. NULL: unknown. */
const kube_type *kube_types_named(const kube_types *t, str name);
/* The type whose kind is preferred for a group and resource; NULL: unknown. */
const kube_type *kube_types_resource(const kube_types *t, str group, str resource);
size_t kube_types_count(const kube_types *t);
const kube_type *kube_types_get(const kube_types *t, size_t id);
/* "pods", "deployments.apps" */
void kube_type_gr(const kube_type *type, buf *out);
/* "v1", "apps/v1" */
void kube_type_api_version(const kube_type *type, buf *out);
/* -1, 0, 1: v2 > v1 > v1beta2 > v1beta1 > v1alpha1 > anything else by text (k8s.io/apimachinery/pkg/version CompareKubeAwareVersionStrings). */
int kube_version_compare(str a, str b);

/* The nearest of n candidates to word (Damerau-Levenshtein, at most a third of its length), or NULL: for "did you mean". */
const char *kube_nearest(str word, const char *const *candidates, size_t n);
/* Shell pattern: * (crosses dots), ?, [abc], [!a-z]; the whole text must match. */
bool kube_glob(str pattern, str text);
bool kube_is_glob(str pattern);
#endif
