/* labels.h -- labels and the selectors over them, as k8s.io/apimachinery has them.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_LABELS_H
#define PINTLE_KUBE_LABELS_H
#include "item/item.h"

typedef struct kube_label {
  str key, value;
} kube_label;
typedef struct kube_labels {
  const kube_label *v;
  size_t n;
} kube_labels;                                      /* borrowed */
const str *kube_labels_get(kube_labels l, str key); /* NULL: absent */
/* metadata.labels of an item (values that are no strings are left out); the array is in *a, the texts in the document. */
pintle_status kube_labels_of(const item_doc *item, arena *a, kube_labels *out);

typedef struct kube_selector kube_selector; /* immutable; any thread */
/* labels.Parse: "a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2"; "" selects everything. */
pintle_status kube_selector_parse(str text, kube_selector **out, error *e);
/* metav1.LabelSelector {matchLabels, matchExpressions}; NULL or null selects everything; unknown keys and operators are INVALID with the
 * pointer of the culprit in e->place. */
pintle_status kube_selector_of(const item_node *label_selector, kube_selector **out, error *e);
void kube_selector_free(kube_selector *s);
bool kube_selector_empty(const kube_selector *s); /* selects everything; NULL does */
bool kube_selector_matches(const kube_selector *s, kube_labels labels);
/* In labels.Parse's syntax, requirements sorted by key as apimachinery prints them. */
void kube_selector_print(const kube_selector *s, buf *out);
/* label.GetValidName of Velero (pkg/label/label.go): at most 63 bytes; longer: the first 57 and 6 hex digits of its SHA-256. to holds 64. */
void kube_label_value(str name, char *to);
#endif
