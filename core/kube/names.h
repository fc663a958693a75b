/* names.h -- the forms that names take in Kubernetes' API.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_NAMES_H
#define PINTLE_KUBE_NAMES_H
#include "base/buf.h"

#define KUBE_LABEL_MAX 63u
#define KUBE_SUBDOMAIN_MAX 253u
bool kube_is_subdomain(str s);   /* DNS-1123 subdomain: "networking.k8s.io" */
bool kube_is_dns_label(str s);   /* DNS-1035 label: "v1beta1" */
bool kube_is_kind(str s);        /* a letter, then letters, digits, '-' and '_'; at most 63 */
bool kube_is_label_key(str s);   /* a qualified name: "app", "velero.io/backup-name" */
bool kube_is_label_value(str s); /* "" or at most 63 of letters, digits, '-', '_', '.', a letter or digit at both ends */
/* "" and "v1", or "apps" and "v1". False: neither form. */
bool kube_split_api_version(str api_version, str *group, str *version);
/* What Kubernetes guesses as the plural of a kind (meta.UnsafeGuessKindToResource), but gateways where it has gatewaies: no real resource is called so.
 * to holds 2 bytes more than the kind and a NUL. */
void kube_guess_plural(str kind, char *to);
void kube_lower(str s, char *to); /* ASCII; to holds s.len + 1 */
/* What a Secret keeps from every reader, by the JSON Pointer of a value within it. */
bool kube_secret_hides(str pointer);
#endif
