/* kinds.c -- the kinds that fields.c knows, and where their pods are.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

/* Sorted by kind, then group. pod: the object with metadata and spec of its pods. */
const struct xform_kind xform_kinds[] = {
    {"APIService", "apiregistration.k8s.io", "apiservices", NULL},
    {"Alertmanager", "monitoring.coreos.com", "alertmanagers", NULL},
    {"BackendTLSPolicy", "gateway.networking.k8s.io", "backendtlspolicies", NULL},
    {"Certificate", "cert-manager.io", "certificates", NULL},
    {"CertificateRequest", "cert-manager.io", "certificaterequests", NULL},
    {"Cluster", "postgresql.cnpg.io", "clusters", NULL},
    {"ClusterIssuer", "cert-manager.io", "clusterissuers", NULL},
    {"ClusterRoleBinding", "rbac.authorization.k8s.io", "clusterrolebindings", NULL},
    {"ConfigMap", "", "configmaps", NULL},
    {"CronJob", "batch", "cronjobs", "spec/jobTemplate/spec/template"},
    {"CustomResourceDefinition", "apiextensions.k8s.io", "customresourcedefinitions", NULL},
    {"DaemonSet", "apps", "daemonsets", "spec/template"},
    {"DaemonSet", "extensions", "daemonsets", "spec/template"},
    {"Deployment", "apps", "deployments", "spec/template"},
    {"Deployment", "extensions", "deployments", "spec/template"},
    {"DestinationRule", "networking.istio.io", "destinationrules", NULL},
    {"Elasticsearch", "elasticsearch.k8s.elastic.co", "elasticsearches", NULL},
    {"EndpointSlice", "discovery.k8s.io", "endpointslices", NULL},
    {"Endpoints", "", "endpoints", NULL},
    {"GRPCRoute", "gateway.networking.k8s.io", "grpcroutes", NULL},
    {"Gateway", "gateway.networking.k8s.io", "gateways", NULL},
    {"Gateway", "networking.istio.io", "gateways", NULL},
    {"HTTPRoute", "gateway.networking.k8s.io", "httproutes", NULL},
    {"Ingress", "extensions", "ingresses", NULL},
    {"Ingress", "networking.k8s.io", "ingresses", NULL},
    {"IngressRoute", "traefik.containo.us", "ingressroutes", NULL},
    {"IngressRoute", "traefik.io", "ingressroutes", NULL},
    {"IngressRouteTCP", "traefik.containo.us", "ingressroutetcps", NULL},
    {"IngressRouteTCP", "traefik.io", "ingressroutetcps", NULL},
    {"Issuer", "cert-manager.io", "issuers", NULL},
    {"Job", "batch", "jobs", "spec/template"},
    {"Kafka", "kafka.strimzi.io", "kafkas", NULL},
    {"KafkaNodePool", "kafka.strimzi.io", "kafkanodepools", NULL},
    {"ListenerSet", "gateway.networking.k8s.io", "listenersets", NULL},
    {"MutatingWebhookConfiguration", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", NULL},
    {"NetworkPolicy", "extensions", "networkpolicies", NULL},
    {"NetworkPolicy", "networking.k8s.io", "networkpolicies", NULL},
    {"PersistentVolume", "", "persistentvolumes", NULL},
    {"PersistentVolumeClaim", "", "persistentvolumeclaims", NULL},
    {"Pod", "", "pods", ""},
    {"PodMonitor", "monitoring.coreos.com", "podmonitors", NULL},
    {"PodTemplate", "", "podtemplates", "template"},
    {"Probe", "monitoring.coreos.com", "probes", NULL},
    {"Prometheus", "monitoring.coreos.com", "prometheuses", NULL},
    {"ReferenceGrant", "gateway.networking.k8s.io", "referencegrants", NULL},
    {"ReplicaSet", "apps", "replicasets", "spec/template"},
    {"ReplicaSet", "extensions", "replicasets", "spec/template"},
    {"ReplicationController", "", "replicationcontrollers", "spec/template"},
    {"ResourceQuota", "", "resourcequotas", NULL},
    {"RoleBinding", "rbac.authorization.k8s.io", "rolebindings", NULL},
    {"Rollout", "argoproj.io", "rollouts", "spec/template"},
    {"Route", "route.openshift.io", "routes", NULL},
    {"Secret", "", "secrets", NULL},
    {"Service", "", "services", NULL},
    {"Service", "serving.knative.dev", "services", "spec/template"},
    {"ServiceAccount", "", "serviceaccounts", NULL},
    {"ServiceEntry", "networking.istio.io", "serviceentries", NULL},
    {"ServiceMonitor", "monitoring.coreos.com", "servicemonitors", NULL},
    {"StatefulSet", "apps", "statefulsets", "spec/template"},
    {"StorageClass", "storage.k8s.io", "storageclasses", NULL},
    {"TCPRoute", "gateway.networking.k8s.io", "tcproutes", NULL},
    {"TLSRoute", "gateway.networking.k8s.io", "tlsroutes", NULL},
    {"ThanosRuler", "monitoring.coreos.com", "thanosrulers", NULL},
    {"UDPRoute", "gateway.networking.k8s.io", "udproutes", NULL},
    {"ValidatingWebhookConfiguration", "admissionregistration.k8s.io", "validatingwebhookconfigurations", NULL},
    {"VirtualService", "networking.istio.io", "virtualservices", NULL},
    {"VolumeAttributesClass", "storage.k8s.io", "volumeattributesclasses", NULL},
    {"VolumeSnapshot", "snapshot.storage.k8s.io", "volumesnapshots", NULL},
    {"VolumeSnapshotClass", "snapshot.storage.k8s.io", "volumesnapshotclasses", NULL},
    {"VolumeSnapshotContent", "snapshot.storage.k8s.io", "volumesnapshotcontents", NULL},
    {"XListenerSet", "gateway.networking.x-k8s.io", "xlistenersets", NULL},
};
const size_t xform_n_kinds = sizeof xform_kinds / sizeof *xform_kinds;

const struct xform_kind *xform_kind_of(const char *kind, const char *group, size_t group_len) {
  size_t low = 0, high = xform_n_kinds;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    const struct xform_kind *k = &xform_kinds[mid];
    int c = strcmp(k->kind, kind);
    if (c == 0) c = strncmp(k->group, group, group_len);
    if (c == 0) c = (int)(strlen(k->group) > group_len);
    if (c == 0) return k;
    if (c < 0) low = mid + 1;
    else high = mid;
  }
  return NULL;
}
