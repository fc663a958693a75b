/* convert_api.c -- webhooks, RBAC, and kinds with a field or two that changed.  SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"
#include <string.h>

/* ---- webhooks */
static void unique_name(struct conv *v, size_t i) {
  for (size_t k = 0; k < i; k++)
    if (cv_is_text(v, cv_at(v, "/webhooks/%zu/name", k), cv_text(v, cv_at(v, "/webhooks/%zu/name", i))))
      cv_say(v, PINTLE_LOG_WARN, "invalid", cv_at(v, "/webhooks/%zu/name", i), "%s refuses two webhooks of one name", v->to);
}

void convert_webhook(struct conv *v) {
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/webhooks")); i < n; i++) {
    const char *effects = cv_at(v, "/webhooks/%zu/sideEffects", i);
    cv_fallback(v, cv_at(v, "/webhooks/%zu/failurePolicy", i), "\"Ignore\"");
    cv_fallback(v, cv_at(v, "/webhooks/%zu/matchPolicy", i), "\"Exact\"");
    cv_fallback(v, cv_at(v, "/webhooks/%zu/timeoutSeconds", i), "30");
    if (cv_is_empty(v, cv_at(v, "/webhooks/%zu/admissionReviewVersions", i))) {
      cv_erase(v, cv_at(v, "/webhooks/%zu/admissionReviewVersions", i));
      cv_fallback(v, cv_at(v, "/webhooks/%zu/admissionReviewVersions", i), "[\"v1beta1\"]");
    }
    if (!cv_is_text(v, effects, "None") && !cv_is_text(v, effects, "NoneOnDryRun") && !v->quiet)
      cv_changed(v, effects, "\"None\"",
                 "v1 allows None and NoneOnDryRun only: make sure that the webhook changes nothing outside when a request is a dry run");
    unique_name(v, i);
  }
}

/* v1alpha1 denied what it had no parameters for, if nothing was said. */
void convert_policybinding(struct conv *v) {
  if (cv_is_object(v, cv_at(v, "/spec/paramRef"))) cv_fallback(v, cv_at(v, "/spec/paramRef/parameterNotFoundAction"), "\"Deny\"");
}

/* ---- RBAC: subjects had an apiVersion, and user "*" was everybody with a login */
static void subject(struct conv *v, size_t i) {
  const char *kind = cv_at(v, "/subjects/%zu/kind", i), *version = cv_at(v, "/subjects/%zu/apiVersion", i),
             *group = cv_at(v, "/subjects/%zu/apiGroup", i);
  bool account = cv_is_text(v, kind, "ServiceAccount"), person = cv_is_text(v, kind, "User") || cv_is_text(v, kind, "Group");
  if (person) cv_set_text(v, group, "rbac.authorization.k8s.io");
  else if (!account && !cv_has(v, group)) {
    const char *is = cv_text(v, version), *slash = strchr(is, '/');
    if (slash) cv_set_text(v, group, cv_print(v, "%.*s", (int)(slash - is), is));
  }
  cv_erase(v, version);
  if (cv_is_text(v, kind, "User") && cv_is_text(v, cv_at(v, "/subjects/%zu/name", i), "*")) {
    cv_changed(v, kind, "\"Group\"", "user \"*\" of v1alpha1 is everybody who is authenticated");
    cv_set_text(v, cv_at(v, "/subjects/%zu/name", i), "system:authenticated");
  }
}

void convert_rbac_v1alpha1(struct conv *v) {
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/subjects")); i < n; i++) subject(v, i);
  if (cv_is_empty(v, cv_at(v, "/roleRef/apiGroup"))) cv_set_text(v, cv_at(v, "/roleRef/apiGroup"), "rbac.authorization.k8s.io");
}

/* ---- one by one */
void convert_runtimeclass(struct conv *v) {
  static const char *const keys[] = {"overhead", "scheduling", NULL};
  cv_move(v, cv_at(v, "/spec/runtimeHandler"), cv_at(v, "/handler"));
  cv_move_all(v, cv_at(v, "/spec"), v->base, keys);
  if (cv_is_empty(v, cv_at(v, "/spec"))) cv_erase(v, cv_at(v, "/spec"));
  else cv_lost(v, cv_at(v, "/spec"), "v1 does not know it");
}

void convert_csidriver(struct conv *v) { cv_fallback(v, cv_at(v, "/spec/fsGroupPolicy"), "\"ReadWriteOnceWithFSType\""); }

/* Shares: assured until v1beta2, nominal since v1beta3. 0 meant 30, but for an annotation of v1beta3, and means 0 in v1. */
static bool says_assured(const char *version) { return strcmp(version, "v1beta3") != 0 && strcmp(version, "v1") != 0; }
void convert_prioritylevel(struct conv *v) {
  const char *limited = cv_at(v, "/spec/limited"),
             *shares = cv_key_at(v, limited, says_assured(v->to_version) ? "assuredConcurrencyShares" : "nominalConcurrencyShares");
  const char *zero = cv_key_at(v, cv_at(v, "/metadata/annotations"), "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares");
  int64_t n = 0;
  if (!cv_is_object(v, limited)) return;
  if (says_assured(v->row->version) && !says_assured(v->to_version)) cv_move(v, cv_key_at(v, limited, "assuredConcurrencyShares"), shares);
  bool none = v->doc->api->get_i64(v->doc, shares, &n) != PINTLE_OK || n == 0, is_v1 = strcmp(v->to_version, "v1") == 0;
  bool kept = strcmp(v->row->version, "v1beta3") == 0 && v->doc->api->at(v->doc, zero);
  if (none && kept && is_v1) cv_set(v, shares, "0");
  else if (none && !v->quiet) {
    if (cv_has(v, shares)) cv_erase(v, shares);
    cv_fallback(v, shares, "30");
  }
  if (is_v1) cv_erase(v, zero);
  if (is_v1 && cv_is_object(v, cv_at(v, "/metadata/annotations")) && cv_is_empty(v, cv_at(v, "/metadata/annotations")))
    cv_erase(v, cv_at(v, "/metadata/annotations"));
}

void convert_csr(struct conv *v) {
  const char *signer = cv_at(v, "/spec/signerName");
  cv_fallback(v, cv_at(v, "/spec/usages"), "[\"digital signature\",\"key encipherment\"]");
  if (!cv_is_empty(v, signer) && !cv_is_text(v, signer, "kubernetes.io/legacy-unknown")) return;
  cv_say(v, PINTLE_LOG_WARN, "no-replacement", signer,
         "%s needs a signer that is not kubernetes.io/legacy-unknown; request the certificate again, with spec.signerName", v->to);
  cv_skip(v, "a request without a signer cannot be made any more");
}

void convert_accessreview(struct conv *v) { cv_move(v, cv_at(v, "/spec/group"), cv_at(v, "/spec/groups")); }

void convert_ipaddress(struct conv *v) { cv_lost(v, cv_at(v, "/spec/parentRef/uid"), "v1 does not know it"); }

void convert_migration(struct conv *v) {
  cv_lost(v, cv_at(v, "/spec/resource/version"), "the storage version is migrated to, whatever it is");
  cv_lost(v, cv_at(v, "/spec/continueToken"), "the migration begins anew");
}

void convert_leasecandidate(struct conv *v) {
  const char *from = cv_at(v, "/spec/preferredStrategies");
  cv_move(v, cv_at(v, "/spec/preferredStrategies/0"), cv_at(v, "/spec/strategy"));
  if (cv_is_empty(v, from)) cv_erase(v, from);
  else cv_lost(v, from, "there is one strategy only");
}

void convert_referencepolicy(struct conv *v) { cv_set_text(v, cv_at(v, "/kind"), "ReferenceGrant"); }

/* ---- cert-manager */
static void upper(struct conv *v, const char *p, const char *from, const char *to) {
  if (cv_is_text(v, p, from)) cv_set_text(v, p, to);
}

void convert_certificate(struct conv *v) {
  const char *algorithm = cv_at(v, "/spec/privateKey/algorithm"), *encoding = cv_at(v, "/spec/privateKey/encoding");
  cv_move(v, cv_at(v, "/spec/organization"), cv_at(v, "/spec/subject/organizations"));
  cv_move(v, cv_at(v, "/spec/keyAlgorithm"), algorithm);
  cv_move(v, cv_at(v, "/spec/keyEncoding"), encoding);
  cv_move(v, cv_at(v, "/spec/keySize"), cv_at(v, "/spec/privateKey/size"));
  upper(v, algorithm, "rsa", "RSA");
  upper(v, algorithm, "ecdsa", "ECDSA");
  upper(v, encoding, "pkcs1", "PKCS1");
  upper(v, encoding, "pkcs8", "PKCS8");
  cv_move(v, cv_at(v, "/spec/uriSANs"), cv_at(v, "/spec/uris"));
  cv_move(v, cv_at(v, "/spec/emailSANs"), cv_at(v, "/spec/emailAddresses"));
}

void convert_certificaterequest(struct conv *v) { cv_move(v, cv_at(v, "/spec/csr"), cv_at(v, "/spec/request")); }
