/* convert_net.c -- Ingress, EndpointSlice, PodDisruptionBudget, PodSecurityPolicy.  SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"
#include <string.h>

/* ---- Ingress */
static bool all_digits(const char *s) { return *s && strspn(s, "0123456789") == strlen(s); }

/* As k8s.io/apimachinery's IsValidPortName. */
static bool is_port_name(const char *s) {
  size_t n = strlen(s);
  return n && n <= 15 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && strpbrk(s, "abcdefghijklmnopqrstuvwxyz") &&
         !strstr(s, "--") && s[0] != '-' && s[n - 1] != '-';
}

static void check_port(struct conv *v, const char *port) {
  const char *number = cv_key_at(v, port, "number"), *name = cv_key_at(v, port, "name");
  int64_t n = 0;
  if (strstr(cv_text(v, name), "${"))
    cv_say(v, PINTLE_LOG_WARN, "doubtful", name, "%.100s is the Template's parameter: if it is a number, it has to stand in port.number",
           cv_text(v, name));
  else if (cv_is_empty(v, name) && !cv_has(v, number))
    cv_say(v, PINTLE_LOG_WARN, "invalid", port, "%s needs a port, a number or a name, and there is none (servicePort)", v->to);
  else if (cv_has(v, number) && (v->doc->api->get_i64(v->doc, number, &n) != PINTLE_OK || n < 1 || n > 65535))
    cv_say(v, PINTLE_LOG_WARN, "invalid", number, "%.60s is no port: 1 to 65535", cv_json(v, number));
  else if (!cv_is_empty(v, name) && !is_port_name(cv_text(v, name)))
    cv_say(v, PINTLE_LOG_WARN, "invalid", name, "\"%.60s\" is no name of a port: at most 15 of a-z, 0-9 and single -, with a letter",
           cv_text(v, name));
}

/* What v1 refuses in the backend that was made. */
static void check_backend(struct conv *v, const char *p) {
  const char *service = cv_key_at(v, p, "service"), *resource = cv_key_at(v, p, "resource");
  if (!cv_has(v, service)) {
    if (!cv_has(v, resource))
      cv_say(v, PINTLE_LOG_WARN, "invalid", p, "%s needs a Service or a resource as backend, and there is none", v->to);
    return;
  }
  if (cv_has(v, resource))
    cv_say(v, PINTLE_LOG_WARN, "invalid", p, "%s takes a Service or a resource as backend, and both are there", v->to);
  if (cv_is_empty(v, cv_key_at(v, service, "name")))
    cv_say(v, PINTLE_LOG_WARN, "invalid", service, "%s needs the Service's name, and there is none (serviceName)", v->to);
  check_port(v, cv_key_at(v, service, "port"));
}

static void backend(struct conv *v, const char *p) {
  const char *name = cv_key_at(v, p, "serviceName"), *port = cv_key_at(v, p, "servicePort"), *to = cv_key_at(v, p, "service");
  cv_move(v, name, cv_key_at(v, to, "name"));
  if (v->doc->api->type(v->doc, cv_value(v, port)) != PINTLE_T_STRING) cv_move(v, port, cv_key_at(v, cv_key_at(v, to, "port"), "number"));
  else if (all_digits(cv_text(v, port))) { /* v1 takes a name only with a letter in it */ const char *digits = cv_text(v, port);
    while (digits[0] == '0' && digits[1]) digits++;
    cv_changed(v, cv_key_at(v, cv_key_at(v, to, "port"), "number"), digits, "the port was text and is a number");
    cv_erase(v, port);
  } else if (cv_is_empty(v, port)) cv_erase(v, port);
  else cv_move(v, port, cv_key_at(v, cv_key_at(v, to, "port"), "name"));
  check_backend(v, p);
}

void convert_ingress(struct conv *v) {
  cv_move(v, cv_at(v, "/spec/backend"), cv_at(v, "/spec/defaultBackend"));
  if (cv_has(v, cv_at(v, "/spec/defaultBackend"))) backend(v, cv_at(v, "/spec/defaultBackend"));
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/spec/rules")); i < n; i++) {
    for (size_t k = 0, m = cv_count(v, cv_at(v, "/spec/rules/%zu/http/paths", i)); k < m; k++) {
      cv_fallback(v, cv_at(v, "/spec/rules/%zu/http/paths/%zu/pathType", i, k), "\"ImplementationSpecific\"");
      backend(v, cv_at(v, "/spec/rules/%zu/http/paths/%zu/backend", i, k));
    }
  }
}

/* ---- EndpointSlice */
static void topology(struct conv *v, size_t i) {
  const char *from = cv_at(v, "/endpoints/%zu/topology", i), *node = cv_at(v, "/endpoints/%zu/nodeName", i);
  const char *host = cv_key_at(v, from, "kubernetes.io/hostname");
  cv_move(v, cv_key_at(v, from, "topology.kubernetes.io/zone"), cv_at(v, "/endpoints/%zu/zone", i));
  if (cv_has(v, node) && cv_is_text(v, node, cv_text(v, host))) cv_erase(v, host);
  else cv_move(v, host, node);
  if (cv_is_empty(v, from)) cv_erase(v, from);
  else cv_lost(v, from, "v1 knows the zone and the node only");
}

void convert_endpointslice(struct conv *v) {
  const char *type = cv_at(v, "/addressType");
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/endpoints")); i < n; i++) topology(v, i);
  if (cv_is_text(v, type, "IP") || (strcmp(v->row->version, "v1alpha1") == 0 && cv_is_empty(v, type)))
    cv_changed(v, type, strchr(cv_text(v, cv_at(v, "/endpoints/0/addresses/0")), ':') ? "\"IPv6\"" : "\"IPv4\"",
               "the family is that of the first address");
}

/* ---- PodDisruptionBudget: an empty selector was none, and is all */
#define MARK "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match"
void convert_pdb(struct conv *v) {
  const char *selector = cv_at(v, "/spec/selector"), *expressions = cv_at(v, "/spec/selector/matchExpressions");
  bool no_labels = cv_is_empty(v, cv_at(v, "/spec/selector/matchLabels"));
  if (!cv_is_object(v, selector)) return;
  if (no_labels && cv_is_empty(v, expressions)) {
    cv_changed(v, selector, "{\"matchExpressions\":[{\"key\":\"" MARK "\",\"operator\":\"Exists\"}]}",
               cv_print(v, "an empty selector selects no Pod in policy/%s, and would select every Pod in policy/v1", v->row->version));
    return;
  }
  if (no_labels && cv_count(v, expressions) == 1 && cv_is_text(v, cv_at(v, "/spec/selector/matchExpressions/0/key"), MARK) &&
      cv_is_text(v, cv_at(v, "/spec/selector/matchExpressions/0/operator"), "DoesNotExist") &&
      cv_is_empty(v, cv_at(v, "/spec/selector/matchExpressions/0/values"))) {
    cv_changed(v, selector, "{}", "all Pods, as policy/v1 says it");
    return;
  }
  for (size_t i = cv_count(v, expressions); i-- > 0;)
    if (cv_is_text(v, cv_at(v, "/spec/selector/matchExpressions/%zu/key", i), MARK))
      cv_lost(v, cv_at(v, "/spec/selector/matchExpressions/%zu", i), "the key is Kubernetes' own");
}

/* ---- PodSecurityPolicy: the level of Pod Security Admission that allows what the policy allowed */
static bool lists(struct conv *v, const char *p, const char *what) {
  for (size_t i = 0, n = cv_count(v, p); i < n; i++) {
    pintle_str s;
    char element[200];
    if (snprintf(element, sizeof element, "%s/%zu", p, i) > 0 && pintle_get_str(v->doc, element, &s) == PINTLE_OK &&
        strcmp(s.ptr, what) == 0)
      return true;
  }
  return false;
}

static bool is_true(struct conv *v, const char *p) {
  int32_t on = 0;
  return v->doc->api->get_bool(v->doc, p, &on) == PINTLE_OK && on;
}

/* Every element of the list at p is in `known`. */
static bool within(struct conv *v, const char *p, const char *const *known) {
  for (size_t i = 0, n = cv_count(v, p); i < n; i++) {
    char element[200];
    const char *const *k = known;
    if (snprintf(element, sizeof element, "%s/%zu", p, i) < 0) return false;
    while (*k && !cv_is_text(v, element, *k)) k++;
    if (!*k) return false;
  }
  return true;
}

static const char *level(struct conv *v) {
  static const char *const baseline[] = {"AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",       "MKNOD",
                                         "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT", NULL};
  static const char *const bind[] = {"NET_BIND_SERVICE", NULL};
  static const char *const volumes[] = {"configMap", "csi",    "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
                                        "projected", "secret", NULL};
  static const char *const flags[] = {"privileged", "hostNetwork", "hostPID", "hostIPC", NULL};
  int32_t escalation = 1;
  for (const char *const *f = flags; *f; f++)
    if (is_true(v, cv_at(v, "/spec/%s", *f))) return "privileged";
  if (cv_count(v, cv_at(v, "/spec/hostPorts")) || cv_count(v, cv_at(v, "/spec/allowedUnsafeSysctls")) ||
      lists(v, cv_at(v, "/spec/volumes"), "*") || lists(v, cv_at(v, "/spec/volumes"), "hostPath") ||
      lists(v, cv_at(v, "/spec/allowedProcMountTypes"), "Unmasked") || !within(v, cv_at(v, "/spec/allowedCapabilities"), baseline) ||
      !within(v, cv_at(v, "/spec/defaultAddCapabilities"), baseline))
    return "privileged";
  v->doc->api->get_bool(v->doc, cv_at(v, "/spec/allowPrivilegeEscalation"), &escalation);
  if (!escalation && cv_is_text(v, cv_at(v, "/spec/runAsUser/rule"), "MustRunAsNonRoot") &&
      lists(v, cv_at(v, "/spec/requiredDropCapabilities"), "ALL") && within(v, cv_at(v, "/spec/volumes"), volumes) &&
      within(v, cv_at(v, "/spec/allowedCapabilities"), bind))
    return "restricted";
  return "baseline";
}

void convert_psp(struct conv *v) {
  if (v->to) return; /* to policy/v1beta1: the same shape */
  cv_say(v, PINTLE_LOG_WARN, "no-replacement", v->base,
         "PodSecurityPolicy is gone since Kubernetes 1.25. Instead, label the namespaces whose Pods used %s with "
         "pod-security.kubernetes.io/enforce=%s, or use a policy engine; what it changed in Pods has to stand in their templates",
         cv_text(v, cv_at(v, "/metadata/name")), level(v));
  cv_skip(v, "PodSecurityPolicy has no replacement: use the labels of Pod Security Admission");
}
