/* kinds.c -- the kinds that fields.c knows, and where their pods are.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

/* Sorted by kind, then group. pod: the object with metadata and spec of its pods; then kubectl's short names, and whether it is in no namespace. */
const struct xform_kind xform_kinds[] = {
    {"APIService", "apiregistration.k8s.io", "apiservices", NULL, "", true},
    {"Alertmanager", "monitoring.coreos.com", "alertmanagers", NULL, "am", false},
    {"BackendTLSPolicy", "gateway.networking.k8s.io", "backendtlspolicies", NULL, "btlspolicy", false},
    {"Certificate", "cert-manager.io", "certificates", NULL, "cert,certs", false},
    {"CertificateRequest", "cert-manager.io", "certificaterequests", NULL, "cr,crs", false},
    {"Cluster", "postgresql.cnpg.io", "clusters", NULL, "", false},
    {"ClusterIssuer", "cert-manager.io", "clusterissuers", NULL, "", true},
    {"ClusterRoleBinding", "rbac.authorization.k8s.io", "clusterrolebindings", NULL, "", true},
    {"ConfigMap", "", "configmaps", NULL, "cm", false},
    {"CronJob", "batch", "cronjobs", "spec/jobTemplate/spec/template", "cj", false},
    {"CustomResourceDefinition", "apiextensions.k8s.io", "customresourcedefinitions", NULL, "crd,crds", true},
    {"DaemonSet", "apps", "daemonsets", "spec/template", "ds", false},
    {"DaemonSet", "extensions", "daemonsets", "spec/template", "ds", false},
    {"Deployment", "apps", "deployments", "spec/template", "deploy", false},
    {"Deployment", "extensions", "deployments", "spec/template", "deploy", false},
    {"DestinationRule", "networking.istio.io", "destinationrules", NULL, "dr", false},
    {"Elasticsearch", "elasticsearch.k8s.elastic.co", "elasticsearches", NULL, "es", false},
    {"EndpointSlice", "discovery.k8s.io", "endpointslices", NULL, "", false},
    {"Endpoints", "", "endpoints", NULL, "ep", false},
    {"GRPCRoute", "gateway.networking.k8s.io", "grpcroutes", NULL, "", false},
    {"Gateway", "gateway.networking.k8s.io", "gateways", NULL, "gtw", false},
    {"Gateway", "networking.istio.io", "gateways", NULL, "gw", false},
    {"HTTPRoute", "gateway.networking.k8s.io", "httproutes", NULL, "", false},
    {"Ingress", "extensions", "ingresses", NULL, "ing", false},
    {"Ingress", "networking.k8s.io", "ingresses", NULL, "ing", false},
    {"IngressClass", "networking.k8s.io", "ingressclasses", NULL, "", true},
    {"IngressRoute", "traefik.containo.us", "ingressroutes", NULL, "", false},
    {"IngressRoute", "traefik.io", "ingressroutes", NULL, "", false},
    {"IngressRouteTCP", "traefik.containo.us", "ingressroutetcps", NULL, "", false},
    {"IngressRouteTCP", "traefik.io", "ingressroutetcps", NULL, "", false},
    {"Issuer", "cert-manager.io", "issuers", NULL, "", false},
    {"Job", "batch", "jobs", "spec/template", "", false},
    {"Kafka", "kafka.strimzi.io", "kafkas", NULL, "k", false},
    {"KafkaNodePool", "kafka.strimzi.io", "kafkanodepools", NULL, "knp", false},
    {"ListenerSet", "gateway.networking.k8s.io", "listenersets", NULL, "lset", false},
    {"MutatingWebhookConfiguration", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", NULL, "", true},
    {"NetworkPolicy", "extensions", "networkpolicies", NULL, "netpol", false},
    {"NetworkPolicy", "networking.k8s.io", "networkpolicies", NULL, "netpol", false},
    {"PersistentVolume", "", "persistentvolumes", NULL, "pv", true},
    {"PersistentVolumeClaim", "", "persistentvolumeclaims", NULL, "pvc", false},
    {"Pod", "", "pods", "", "po", false},
    {"PodMonitor", "monitoring.coreos.com", "podmonitors", NULL, "pmon", false},
    {"PodTemplate", "", "podtemplates", "template", "", false},
    {"Probe", "monitoring.coreos.com", "probes", NULL, "prb", false},
    {"Prometheus", "monitoring.coreos.com", "prometheuses", NULL, "prom", false},
    {"ReferenceGrant", "gateway.networking.k8s.io", "referencegrants", NULL, "refgrant", false},
    {"ReplicaSet", "apps", "replicasets", "spec/template", "rs", false},
    {"ReplicaSet", "extensions", "replicasets", "spec/template", "rs", false},
    {"ReplicationController", "", "replicationcontrollers", "spec/template", "rc", false},
    {"ResourceQuota", "", "resourcequotas", NULL, "quota", false},
    {"RoleBinding", "rbac.authorization.k8s.io", "rolebindings", NULL, "", false},
    {"Rollout", "argoproj.io", "rollouts", "spec/template", "ro", false},
    {"Route", "route.openshift.io", "routes", NULL, "", false},
    {"Secret", "", "secrets", NULL, "", false},
    {"Service", "", "services", NULL, "svc", false},
    {"Service", "serving.knative.dev", "services", "spec/template", "kservice,ksvc", false},
    {"ServiceAccount", "", "serviceaccounts", NULL, "sa", false},
    {"ServiceEntry", "networking.istio.io", "serviceentries", NULL, "se", false},
    {"ServiceMonitor", "monitoring.coreos.com", "servicemonitors", NULL, "smon", false},
    {"StatefulSet", "apps", "statefulsets", "spec/template", "sts", false},
    {"StorageClass", "storage.k8s.io", "storageclasses", NULL, "sc", true},
    {"TCPRoute", "gateway.networking.k8s.io", "tcproutes", NULL, "", false},
    {"TLSRoute", "gateway.networking.k8s.io", "tlsroutes", NULL, "", false},
    {"ThanosRuler", "monitoring.coreos.com", "thanosrulers", NULL, "ruler", false},
    {"UDPRoute", "gateway.networking.k8s.io", "udproutes", NULL, "", false},
    {"ValidatingWebhookConfiguration", "admissionregistration.k8s.io", "validatingwebhookconfigurations", NULL, "", true},
    {"VirtualService", "networking.istio.io", "virtualservices", NULL, "vs", false},
    {"VolumeAttributesClass", "storage.k8s.io", "volumeattributesclasses", NULL, "vac", true},
    {"VolumeSnapshot", "snapshot.storage.k8s.io", "volumesnapshots", NULL, "vs", false},
    {"VolumeSnapshotClass", "snapshot.storage.k8s.io", "volumesnapshotclasses", NULL, "vsclass,vsclasses", true},
    {"VolumeSnapshotContent", "snapshot.storage.k8s.io", "volumesnapshotcontents", NULL, "vsc,vscs", true},
    {"XListenerSet", "gateway.networking.x-k8s.io", "xlistenersets", NULL, "lset", false},
};
const size_t xform_n_kinds = sizeof xform_kinds / sizeof *xform_kinds;

/* What rules may be limited to besides: kinds of which no row of fields.c names a field of its own. Sorted as above. */
const struct xform_kind xform_more_kinds[] = {
    {"CSIDriver", "storage.k8s.io", "csidrivers", NULL, "", true},
    {"CSINode", "storage.k8s.io", "csinodes", NULL, "", true},
    {"CertificateSigningRequest", "certificates.k8s.io", "certificatesigningrequests", NULL, "csr", true},
    {"ClusterRole", "rbac.authorization.k8s.io", "clusterroles", NULL, "", true},
    {"ControllerRevision", "apps", "controllerrevisions", NULL, "", false},
    {"Event", "", "events", NULL, "ev", false},
    {"Event", "events.k8s.io", "events", NULL, "ev", false},
    {"FlowSchema", "flowcontrol.apiserver.k8s.io", "flowschemas", NULL, "", true},
    {"GatewayClass", "gateway.networking.k8s.io", "gatewayclasses", NULL, "gc", true},
    {"HorizontalPodAutoscaler", "autoscaling", "horizontalpodautoscalers", NULL, "hpa", false},
    {"IPAddress", "networking.k8s.io", "ipaddresses", NULL, "ip", true},
    {"Lease", "coordination.k8s.io", "leases", NULL, "", false},
    {"LimitRange", "", "limitranges", NULL, "limits", false},
    {"Namespace", "", "namespaces", NULL, "ns", true},
    {"Node", "", "nodes", NULL, "no", true},
    {"PodDisruptionBudget", "policy", "poddisruptionbudgets", NULL, "pdb", false},
    {"PodSecurityPolicy", "policy", "podsecuritypolicies", NULL, "psp", true},
    {"PriorityClass", "scheduling.k8s.io", "priorityclasses", NULL, "pc", true},
    {"PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations", NULL, "", true},
    {"Role", "rbac.authorization.k8s.io", "roles", NULL, "", false},
    {"RuntimeClass", "node.k8s.io", "runtimeclasses", NULL, "", true},
    {"ScaledObject", "keda.sh", "scaledobjects", NULL, "so", false},
    {"ServiceCIDR", "networking.k8s.io", "servicecidrs", NULL, "", true},
    {"ValidatingAdmissionPolicy", "admissionregistration.k8s.io", "validatingadmissionpolicies", NULL, "", true},
    {"ValidatingAdmissionPolicyBinding", "admissionregistration.k8s.io", "validatingadmissionpolicybindings", NULL, "", true},
    {"VerticalPodAutoscaler", "autoscaling.k8s.io", "verticalpodautoscalers", NULL, "vpa", false},
    {"VolumeAttachment", "storage.k8s.io", "volumeattachments", NULL, "", true},
};
const size_t xform_n_more_kinds = sizeof xform_more_kinds / sizeof *xform_more_kinds;

static const struct xform_kind *find(const struct xform_kind *all, size_t n, const char *kind, const char *group, size_t group_len) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    const struct xform_kind *k = &all[mid];
    int c = strcmp(k->kind, kind);
    if (c == 0) c = strncmp(k->group, group, group_len);
    if (c == 0) c = (int)(strlen(k->group) > group_len);
    if (c == 0) return k;
    if (c < 0) low = mid + 1;
    else high = mid;
  }
  return NULL;
}

const struct xform_kind *xform_kind_of(const char *kind, const char *group, size_t group_len) {
  return find(xform_kinds, xform_n_kinds, kind, group, group_len);
}

const struct xform_kind *xform_kind_known(const char *kind, const char *group, size_t group_len) {
  const struct xform_kind *k = xform_kind_of(kind, group, group_len);
  return k ? k : find(xform_more_kinds, xform_n_more_kinds, kind, group, group_len);
}
