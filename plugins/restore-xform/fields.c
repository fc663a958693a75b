/* fields.c -- which fields name something of a cluster.  SPDX-License-Identifier: Apache-2.0
 *
 * kinds: "Kind.group" (of kinds.c) divided by |; "POD": below the pod of each kind that has one; "*": any kind. Where several rows name a
 * field, the first whose family changes it has it. */
#include "xform.h"

/* clang-format off */
#define CLAIM(kinds, path) \
  {kinds, path "spec/storageClassName", XFORM_STORAGE_CLASSES, XFORM_WHOLE}, \
  {kinds, path "metadata/annotations/volume.beta.kubernetes.io~1storage-class", XFORM_STORAGE_CLASSES, XFORM_WHOLE}, \
  {kinds, path "spec/volumeAttributesClassName", XFORM_ATTRIBUTES_CLASSES, XFORM_WHOLE}, \
  {kinds, path "metadata/annotations/volume.beta.kubernetes.io~1storage-provisioner", XFORM_DRIVERS, XFORM_WHOLE}, \
  {kinds, path "metadata/annotations/volume.kubernetes.io~1storage-provisioner", XFORM_DRIVERS, XFORM_WHOLE}, \
  {kinds, path "metadata/annotations/volume.kubernetes.io~1selected-node", XFORM_NODES, XFORM_WHOLE}, \
  {kinds, path "spec/dataSourceRef/namespace", XFORM_NAMESPACES, XFORM_NS}
#define CONTAINERS(list) \
  {"POD", "spec/" list "/*/image", XFORM_IMAGES, XFORM_IMAGE}, \
  {"POD", "spec/" list "/*/env/*/value", XFORM_TEXT, XFORM_TEXTS}, \
  {"POD", "spec/" list "/*/env/*/value", XFORM_HOSTS, XFORM_HOST_TEXT}, \
  {"POD", "spec/" list "/*/args/*", XFORM_TEXT, XFORM_TEXTS}, \
  {"POD", "spec/" list "/*/args/*", XFORM_HOSTS, XFORM_HOST_TEXT}, \
  {"POD", "spec/" list "/*/command/*", XFORM_TEXT, XFORM_TEXTS}, \
  {"POD", "spec/" list "/*/command/*", XFORM_HOSTS, XFORM_HOST_TEXT}, \
  {"POD", "spec/" list "/*/livenessProbe/httpGet/host", XFORM_HOSTS, XFORM_HOST_TEXT}, \
  {"POD", "spec/" list "/*/readinessProbe/httpGet/host", XFORM_HOSTS, XFORM_HOST_TEXT}, \
  {"POD", "spec/" list "/*/startupProbe/httpGet/host", XFORM_HOSTS, XFORM_HOST_TEXT}
#define NODE_SELECTOR(kinds, path) /* of affinity: a NodeSelectorTerm */ \
  {kinds, path "/matchExpressions/*", XFORM_NODE_LABELS, XFORM_LABEL_EXPR}, \
  {kinds, path "/matchFields/*/values/*", XFORM_NODES, XFORM_WHOLE}
#define POD_AFFINITY(path) \
  {"POD", path "/topologyKey", XFORM_NODE_LABELS, XFORM_LABEL_KEY}, \
  {"POD", path "/namespaces/*", XFORM_NAMESPACES, XFORM_NS}, \
  {"POD", path "/namespaceSelector/matchLabels", XFORM_NAMESPACES, XFORM_NS_MAP}, \
  {"POD", path "/namespaceSelector/matchExpressions/*", XFORM_NAMESPACES, XFORM_NS_EXPR}
#define NS_SELECTOR(kinds, path) \
  {kinds, path "/matchLabels", XFORM_NAMESPACES, XFORM_NS_MAP}, \
  {kinds, path "/matchExpressions/*", XFORM_NAMESPACES, XFORM_NS_EXPR}
#define INGRESS "Ingress.networking.k8s.io|Ingress.extensions"
#define ROUTES "HTTPRoute.gateway.networking.k8s.io|GRPCRoute.gateway.networking.k8s.io|TLSRoute.gateway.networking.k8s.io|" \
  "TCPRoute.gateway.networking.k8s.io|UDPRoute.gateway.networking.k8s.io"
#define LISTENERS "Gateway.gateway.networking.k8s.io|ListenerSet.gateway.networking.k8s.io|XListenerSet.gateway.networking.x-k8s.io"
#define EXPOSED INGRESS "|Service.|Service.serving.knative.dev|Gateway.gateway.networking.k8s.io|" ROUTES "|Route.route.openshift.io|" \
  "Gateway.networking.istio.io|VirtualService.networking.istio.io|ServiceEntry.networking.istio.io|" TRAEFIK
#define TRAEFIK "IngressRoute.traefik.io|IngressRoute.traefik.containo.us|IngressRouteTCP.traefik.io|IngressRouteTCP.traefik.containo.us"
#define NGINX(name) {INGRESS, "metadata/annotations/nginx.ingress.kubernetes.io~1" name, XFORM_HOSTS, XFORM_HOST_TEXT}
#define WEBHOOKS "MutatingWebhookConfiguration.admissionregistration.k8s.io|ValidatingWebhookConfiguration.admissionregistration.k8s.io"
#define POLICY "NetworkPolicy.networking.k8s.io|NetworkPolicy.extensions"
#define MONITORS "ServiceMonitor.monitoring.coreos.com|PodMonitor.monitoring.coreos.com"
#define MONITORING "Prometheus.monitoring.coreos.com|Alertmanager.monitoring.coreos.com|ThanosRuler.monitoring.coreos.com"
#define CERTIFICATES "Certificate.cert-manager.io|CertificateRequest.cert-manager.io"
#define PREVIOUS(path) "spec/affinity/" path

const struct xform_field xform_fields[] = {
  /* ---- any kind */
  {"*", "metadata/annotations/*", XFORM_ANNOTATIONS, XFORM_ANNOTATION},
  {"POD", "metadata/annotations/*", XFORM_ANNOTATIONS, XFORM_ANNOTATION},

  /* ---- storage */
  CLAIM("PersistentVolume.|PersistentVolumeClaim.", ""),
  CLAIM("StatefulSet.apps", "spec/volumeClaimTemplates/*/"),
  CLAIM("POD", "spec/volumes/*/ephemeral/volumeClaimTemplate/"),
  {"PersistentVolume.", "metadata/annotations/pv.kubernetes.io~1provisioned-by", XFORM_DRIVERS, XFORM_WHOLE},
  {"PersistentVolume.", "metadata/annotations/pv.kubernetes.io~1migrated-to", XFORM_DRIVERS, XFORM_WHOLE},
  {"PersistentVolume.", "metadata/labels", XFORM_NODE_LABELS, XFORM_LABEL_MAP},
  {"PersistentVolume.", "spec/csi/driver", XFORM_DRIVERS, XFORM_WHOLE},
  {"PersistentVolume.", "spec/csi/volumeHandle", XFORM_HANDLES, XFORM_WHOLE},
  {"PersistentVolume.", "spec/csi/volumeAttributes", XFORM_NFS, XFORM_NFS_VOLUME},
  {"PersistentVolume.", "spec/csi/volumeAttributes/storage.kubernetes.io~1csiProvisionerIdentity", XFORM_DRIVERS, XFORM_WHOLE},
  {"PersistentVolume.", "spec/nfs", XFORM_NFS, XFORM_NFS_VOLUME},
  {"PersistentVolume.", "spec/csi/controllerPublishSecretRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/csi/controllerExpandSecretRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/csi/nodeStageSecretRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/csi/nodePublishSecretRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/csi/nodeExpandSecretRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/azureFile/secretNamespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/cephfs/secretRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/rbd/secretRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/iscsi/secretRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/flexVolume/secretRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"PersistentVolume.", "spec/cephfs/monitors/*", XFORM_ADDRESSES, XFORM_WHOLE},
  {"PersistentVolume.", "spec/flexVolume/driver", XFORM_DRIVERS, XFORM_WHOLE},
  {"PersistentVolume.", "spec/glusterfs/endpointsNamespace", XFORM_NAMESPACES, XFORM_NS},
  NODE_SELECTOR("PersistentVolume.", "spec/nodeAffinity/required/nodeSelectorTerms/*"),
  {"POD", "spec/volumes/*/csi/driver", XFORM_DRIVERS, XFORM_WHOLE},
  {"POD", "spec/volumes/*/csi/volumeAttributes", XFORM_NFS, XFORM_NFS_VOLUME},
  {"POD", "spec/volumes/*/flexVolume/driver", XFORM_DRIVERS, XFORM_WHOLE},
  {"POD", "spec/volumes/*/nfs", XFORM_NFS, XFORM_NFS_VOLUME},
  {"POD", "spec/volumes/*/cephfs/monitors/*", XFORM_ADDRESSES, XFORM_WHOLE},
  {"POD", "spec/volumes/*/image/reference", XFORM_IMAGES, XFORM_IMAGE},
  {"StorageClass.storage.k8s.io", "provisioner", XFORM_DRIVERS, XFORM_WHOLE},
  {"StorageClass.storage.k8s.io", "parameters", XFORM_NFS, XFORM_NFS_VOLUME},
  {"StorageClass.storage.k8s.io", "allowedTopologies/*/matchLabelExpressions/*", XFORM_NODE_LABELS, XFORM_LABEL_EXPR},
  {"StorageClass.storage.k8s.io", "parameters/csi.storage.k8s.io~1provisioner-secret-namespace", XFORM_NAMESPACES, XFORM_NS},
  {"StorageClass.storage.k8s.io", "parameters/csi.storage.k8s.io~1controller-publish-secret-namespace", XFORM_NAMESPACES, XFORM_NS},
  {"StorageClass.storage.k8s.io", "parameters/csi.storage.k8s.io~1controller-expand-secret-namespace", XFORM_NAMESPACES, XFORM_NS},
  {"StorageClass.storage.k8s.io", "parameters/csi.storage.k8s.io~1node-stage-secret-namespace", XFORM_NAMESPACES, XFORM_NS},
  {"StorageClass.storage.k8s.io", "parameters/csi.storage.k8s.io~1node-publish-secret-namespace", XFORM_NAMESPACES, XFORM_NS},
  {"StorageClass.storage.k8s.io", "parameters/csi.storage.k8s.io~1node-expand-secret-namespace", XFORM_NAMESPACES, XFORM_NS},
  {"StorageClass.storage.k8s.io", "parameters/zone", XFORM_ZONES, XFORM_WHOLE},
  {"StorageClass.storage.k8s.io", "parameters/zones", XFORM_ZONES, XFORM_ITEMS},
  {"VolumeAttributesClass.storage.k8s.io", "driverName", XFORM_DRIVERS, XFORM_WHOLE},
  {"VolumeSnapshot.snapshot.storage.k8s.io", "spec/volumeSnapshotClassName", XFORM_SNAPSHOT_CLASSES, XFORM_WHOLE},
  {"VolumeSnapshotContent.snapshot.storage.k8s.io", "spec/volumeSnapshotClassName", XFORM_SNAPSHOT_CLASSES, XFORM_WHOLE},
  {"VolumeSnapshotContent.snapshot.storage.k8s.io", "spec/driver", XFORM_DRIVERS, XFORM_WHOLE},
  {"VolumeSnapshotContent.snapshot.storage.k8s.io", "spec/source/volumeHandle", XFORM_HANDLES, XFORM_WHOLE},
  {"VolumeSnapshotContent.snapshot.storage.k8s.io", "spec/source/snapshotHandle", XFORM_HANDLES, XFORM_WHOLE},
  {"VolumeSnapshotContent.snapshot.storage.k8s.io", "spec/volumeSnapshotRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"VolumeSnapshotClass.snapshot.storage.k8s.io", "driver", XFORM_DRIVERS, XFORM_WHOLE},
  {"VolumeSnapshotClass.snapshot.storage.k8s.io", "parameters/csi.storage.k8s.io~1snapshotter-secret-namespace", XFORM_NAMESPACES, XFORM_NS},
  {"VolumeSnapshotClass.snapshot.storage.k8s.io", "parameters/csi.storage.k8s.io~1snapshotter-list-secret-namespace", XFORM_NAMESPACES, XFORM_NS},
  {"ResourceQuota.", "spec/hard", XFORM_STORAGE_CLASSES, XFORM_QUOTA},
  {"ResourceQuota.", "spec/scopeSelector/matchExpressions/*/values/*", XFORM_PRIORITY_CLASSES, XFORM_WHOLE},

  /* ---- claims inside other projects' kinds */
  CLAIM(MONITORING, "spec/storage/volumeClaimTemplate/"),
  CLAIM(MONITORING, "spec/storage/ephemeral/volumeClaimTemplate/"),
  CLAIM("Elasticsearch.elasticsearch.k8s.elastic.co", "spec/nodeSets/*/volumeClaimTemplates/*/"),
  {"Kafka.kafka.strimzi.io", "spec/kafka/storage/class", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Kafka.kafka.strimzi.io", "spec/kafka/storage/volumes/*/class", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Kafka.kafka.strimzi.io", "spec/kafka/storage/overrides/*/class", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Kafka.kafka.strimzi.io", "spec/zookeeper/storage/class", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Kafka.kafka.strimzi.io", "spec/kafka/image", XFORM_IMAGES, XFORM_IMAGE},
  {"Kafka.kafka.strimzi.io", "spec/zookeeper/image", XFORM_IMAGES, XFORM_IMAGE},
  {"Kafka.kafka.strimzi.io", "spec/kafka/listeners/*/configuration/bootstrap/host", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Kafka.kafka.strimzi.io", "spec/kafka/listeners/*/configuration/brokers/*/host", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Kafka.kafka.strimzi.io", "spec/kafka/listeners/*/configuration/brokers/*/advertisedHost", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Kafka.kafka.strimzi.io", "spec/kafka/rack/topologyKey", XFORM_NODE_LABELS, XFORM_LABEL_KEY},
  {"KafkaNodePool.kafka.strimzi.io", "spec/storage/class", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"KafkaNodePool.kafka.strimzi.io", "spec/storage/volumes/*/class", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Cluster.postgresql.cnpg.io", "spec/storage/storageClass", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Cluster.postgresql.cnpg.io", "spec/storage/pvcTemplate/storageClassName", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Cluster.postgresql.cnpg.io", "spec/walStorage/storageClass", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Cluster.postgresql.cnpg.io", "spec/walStorage/pvcTemplate/storageClassName", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Cluster.postgresql.cnpg.io", "spec/tablespaces/*/storage/storageClass", XFORM_STORAGE_CLASSES, XFORM_WHOLE},
  {"Cluster.postgresql.cnpg.io", "spec/imageName", XFORM_IMAGES, XFORM_IMAGE},
  {"Cluster.postgresql.cnpg.io", "spec/imagePullSecrets/*/name", XFORM_PULL_SECRETS, XFORM_WHOLE},
  {"Cluster.postgresql.cnpg.io", "spec/affinity/nodeSelector", XFORM_NODE_LABELS, XFORM_LABEL_MAP},
  {"Cluster.postgresql.cnpg.io", "spec/affinity/topologyKey", XFORM_NODE_LABELS, XFORM_LABEL_KEY},
  {"Cluster.postgresql.cnpg.io", "spec/affinity/tolerations/*", XFORM_TAINTS, XFORM_TOLERATION},
  {"Elasticsearch.elasticsearch.k8s.elastic.co", "spec/image", XFORM_IMAGES, XFORM_IMAGE},
  {MONITORING, "spec/image", XFORM_IMAGES, XFORM_IMAGE},
  {MONITORING, "spec/baseImage", XFORM_IMAGES, XFORM_IMAGE},
  {MONITORING, "spec/imagePullSecrets/*/name", XFORM_PULL_SECRETS, XFORM_WHOLE},
  {MONITORING, "spec/nodeSelector", XFORM_NODE_LABELS, XFORM_LABEL_MAP},
  {MONITORING, "spec/tolerations/*", XFORM_TAINTS, XFORM_TOLERATION},
  {MONITORING, "spec/serviceAccountName", XFORM_ACCOUNTS, XFORM_WHOLE},
  {MONITORING, "spec/priorityClassName", XFORM_PRIORITY_CLASSES, XFORM_WHOLE},
  {MONITORING, "spec/externalUrl", XFORM_HOSTS, XFORM_HOST_TEXT},
  {MONITORING, "spec/alerting/alertmanagers/*/namespace", XFORM_NAMESPACES, XFORM_NS},
  {MONITORING, "spec/remoteWrite/*/url", XFORM_HOSTS, XFORM_HOST_TEXT},
  {MONITORING, "spec/remoteRead/*/url", XFORM_HOSTS, XFORM_HOST_TEXT},

  /* ---- network */
  {INGRESS, "spec/rules/*/host", XFORM_HOSTS, XFORM_HOST_TEXT},
  {INGRESS, "spec/tls/*/hosts/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {INGRESS, "spec/tls/*/secretName", XFORM_TLS_SECRETS, XFORM_WHOLE},
  {INGRESS, "spec/ingressClassName", XFORM_INGRESS_CLASSES, XFORM_WHOLE},
  {INGRESS "|" CERTIFICATES, "metadata/annotations/kubernetes.io~1ingress.class", XFORM_INGRESS_CLASSES, XFORM_WHOLE},
  NGINX("auth-url"), NGINX("auth-signin"), NGINX("cors-allow-origin"), NGINX("server-alias"), NGINX("permanent-redirect"),
  NGINX("temporal-redirect"), NGINX("upstream-vhost"), NGINX("configuration-snippet"), NGINX("server-snippet"), NGINX("auth-snippet"),
  NGINX("app-root"), NGINX("proxy-redirect-from"), NGINX("proxy-redirect-to"), NGINX("session-cookie-domain"), NGINX("mirror-target"),
  NGINX("mirror-host"), NGINX("proxy-ssl-name"), NGINX("x-forwarded-prefix"), NGINX("auth-cache-key"), NGINX("auth-proxy-set-headers"),
  {INGRESS, "metadata/annotations/nginx.ingress.kubernetes.io~1whitelist-source-range", XFORM_ADDRESSES, XFORM_ITEMS},
  {INGRESS, "metadata/annotations/nginx.ingress.kubernetes.io~1denylist-source-range", XFORM_ADDRESSES, XFORM_ITEMS},
  {INGRESS, "metadata/annotations/nginx.ingress.kubernetes.io~1auth-secret", XFORM_NAMESPACES, XFORM_NS_PATH},
  {INGRESS, "metadata/annotations/nginx.ingress.kubernetes.io~1auth-tls-secret", XFORM_NAMESPACES, XFORM_NS_PATH},
  {INGRESS, "metadata/annotations/nginx.ingress.kubernetes.io~1proxy-ssl-secret", XFORM_NAMESPACES, XFORM_NS_PATH},
  {"IngressClass.networking.k8s.io", "spec/parameters/namespace", XFORM_NAMESPACES, XFORM_NS},
  {EXPOSED, "metadata/annotations/external-dns.alpha.kubernetes.io~1hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {EXPOSED, "metadata/annotations/external-dns.alpha.kubernetes.io~1internal-hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {EXPOSED, "metadata/annotations/external-dns.alpha.kubernetes.io~1target", XFORM_HOSTS, XFORM_HOST_TEXT},
  {EXPOSED, "metadata/annotations/external-dns.alpha.kubernetes.io~1target", XFORM_ADDRESSES, XFORM_ITEMS},
  {EXPOSED, "metadata/annotations/cert-manager.io~1common-name", XFORM_HOSTS, XFORM_HOST_TEXT},
  {EXPOSED, "metadata/annotations/cert-manager.io~1cluster-issuer", XFORM_ISSUERS, XFORM_WHOLE},
  {EXPOSED, "metadata/annotations/cert-manager.io~1issuer", XFORM_ISSUERS, XFORM_WHOLE},
  {EXPOSED, "metadata/annotations/certmanager.k8s.io~1cluster-issuer", XFORM_ISSUERS, XFORM_WHOLE},
  {EXPOSED, "metadata/annotations/certmanager.k8s.io~1issuer", XFORM_ISSUERS, XFORM_WHOLE},
  {EXPOSED, "metadata/annotations/acme.cert-manager.io~1http01-ingress-class", XFORM_INGRESS_CLASSES, XFORM_WHOLE},
  {LISTENERS, "spec/gatewayClassName", XFORM_GATEWAY_CLASSES, XFORM_WHOLE},
  {LISTENERS, "spec/listeners/*/hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {LISTENERS, "spec/listeners/*/tls/certificateRefs/*", XFORM_TLS_SECRETS, XFORM_SECRET_REF},
  {LISTENERS, "spec/listeners/*/tls/certificateRefs/*/namespace", XFORM_NAMESPACES, XFORM_NS},
  {LISTENERS, "spec/listeners/*/tls/frontendValidation/caCertificateRefs/*/namespace", XFORM_NAMESPACES, XFORM_NS},
  NS_SELECTOR(LISTENERS, "spec/listeners/*/allowedRoutes/namespaces/selector"),
  NS_SELECTOR(LISTENERS, "spec/allowedListeners/namespaces/selector"),
  {LISTENERS, "spec/parentRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {LISTENERS, "spec/addresses/*/value", XFORM_ADDRESSES, XFORM_WHOLE},
  {LISTENERS, "spec/addresses/*/value", XFORM_HOSTS, XFORM_HOST_TEXT},
  {ROUTES, "spec/hostnames/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {ROUTES, "spec/parentRefs/*/namespace", XFORM_NAMESPACES, XFORM_NS},
  {ROUTES, "spec/rules/*/backendRefs/*/namespace", XFORM_NAMESPACES, XFORM_NS},
  {ROUTES, "spec/rules/*/filters/*/requestMirror/backendRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {ROUTES, "spec/rules/*/filters/*/requestRedirect/hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {ROUTES, "spec/rules/*/filters/*/urlRewrite/hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {ROUTES, "spec/rules/*/backendRefs/*/filters/*/requestRedirect/hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {ROUTES, "spec/rules/*/backendRefs/*/filters/*/urlRewrite/hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {ROUTES, "spec/rules/*/backendRefs/*/filters/*/requestMirror/backendRef/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"ReferenceGrant.gateway.networking.k8s.io", "spec/from/*/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"BackendTLSPolicy.gateway.networking.k8s.io", "spec/validation/hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"BackendTLSPolicy.gateway.networking.k8s.io", "spec/tls/hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"BackendTLSPolicy.gateway.networking.k8s.io", "spec/validation/subjectAltNames/*/hostname", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Route.route.openshift.io", "spec/host", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Route.route.openshift.io", "spec/tls/externalCertificate/name", XFORM_TLS_SECRETS, XFORM_WHOLE},
  {"Gateway.networking.istio.io", "spec/servers/*/hosts/*", XFORM_NAMESPACES, XFORM_NS_PATH},
  {"Gateway.networking.istio.io", "spec/servers/*/hosts/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Gateway.networking.istio.io", "spec/servers/*/tls/credentialName", XFORM_TLS_SECRETS, XFORM_WHOLE},
  {"VirtualService.networking.istio.io", "spec/hosts/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"VirtualService.networking.istio.io", "spec/gateways/*", XFORM_NAMESPACES, XFORM_NS_PATH},
  {"VirtualService.networking.istio.io", "spec/exportTo/*", XFORM_NAMESPACES, XFORM_NS},
  {"VirtualService.networking.istio.io", "spec/http/*/route/*/destination/host", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"VirtualService.networking.istio.io", "spec/http/*/mirror/host", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"VirtualService.networking.istio.io", "spec/http/*/rewrite/authority", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"VirtualService.networking.istio.io", "spec/http/*/redirect/authority", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"VirtualService.networking.istio.io", "spec/http/*/match/*/authority/exact", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"VirtualService.networking.istio.io", "spec/http/*/corsPolicy/allowOrigins/*/exact", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"VirtualService.networking.istio.io", "spec/http/*/delegate/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"VirtualService.networking.istio.io", "spec/http/*/match/*/sourceNamespace", XFORM_NAMESPACES, XFORM_NS},
  {"VirtualService.networking.istio.io", "spec/tls/*/match/*/sourceNamespace", XFORM_NAMESPACES, XFORM_NS},
  {"VirtualService.networking.istio.io", "spec/tcp/*/match/*/sourceNamespace", XFORM_NAMESPACES, XFORM_NS},
  {"VirtualService.networking.istio.io", "spec/tls/*/match/*/sniHosts/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"VirtualService.networking.istio.io", "spec/tls/*/route/*/destination/host", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"VirtualService.networking.istio.io", "spec/tcp/*/route/*/destination/host", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"ServiceEntry.networking.istio.io", "spec/hosts/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"ServiceEntry.networking.istio.io", "spec/addresses/*", XFORM_ADDRESSES, XFORM_WHOLE},
  {"ServiceEntry.networking.istio.io", "spec/endpoints/*/address", XFORM_ADDRESSES, XFORM_WHOLE},
  {"ServiceEntry.networking.istio.io", "spec/endpoints/*/address", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"ServiceEntry.networking.istio.io", "spec/exportTo/*", XFORM_NAMESPACES, XFORM_NS},
  {"DestinationRule.networking.istio.io", "spec/host", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"DestinationRule.networking.istio.io", "spec/exportTo/*", XFORM_NAMESPACES, XFORM_NS},
  {TRAEFIK, "spec/routes/*/match", XFORM_HOSTS, XFORM_HOST_TEXT},
  {TRAEFIK, "spec/routes/*/services/*/namespace", XFORM_NAMESPACES, XFORM_NS},
  {TRAEFIK, "spec/routes/*/middlewares/*/namespace", XFORM_NAMESPACES, XFORM_NS},
  {TRAEFIK, "spec/tls/secretName", XFORM_TLS_SECRETS, XFORM_WHOLE},
  {TRAEFIK, "spec/tls/domains/*/main", XFORM_HOSTS, XFORM_HOST_TEXT},
  {TRAEFIK, "spec/tls/domains/*/sans/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {CERTIFICATES, "spec/dnsNames/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {CERTIFICATES, "spec/commonName", XFORM_HOSTS, XFORM_HOST_TEXT},
  {CERTIFICATES, "spec/uris/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {CERTIFICATES, "spec/ipAddresses/*", XFORM_ADDRESSES, XFORM_WHOLE},
  {CERTIFICATES, "spec/issuerRef/name", XFORM_ISSUERS, XFORM_WHOLE},
  {CERTIFICATES, "spec/secretName", XFORM_TLS_SECRETS, XFORM_WHOLE},
  {"Issuer.cert-manager.io|ClusterIssuer.cert-manager.io", "spec/acme/solvers/*/http01/ingress/class", XFORM_INGRESS_CLASSES, XFORM_WHOLE},
  {"Issuer.cert-manager.io|ClusterIssuer.cert-manager.io", "spec/acme/solvers/*/http01/ingress/ingressClassName", XFORM_INGRESS_CLASSES, XFORM_WHOLE},
  {"Issuer.cert-manager.io|ClusterIssuer.cert-manager.io", "spec/acme/solvers/*/http01/gatewayHTTPRoute/parentRefs/*/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"Issuer.cert-manager.io|ClusterIssuer.cert-manager.io", "spec/acme/solvers/*/selector/dnsNames/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Issuer.cert-manager.io|ClusterIssuer.cert-manager.io", "spec/acme/solvers/*/selector/dnsZones/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Issuer.cert-manager.io|ClusterIssuer.cert-manager.io", "spec/vault/server", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Service.", "spec/externalName", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Service.", "spec/loadBalancerIP", XFORM_ADDRESSES, XFORM_WHOLE},
  {"Service.", "spec/loadBalancerSourceRanges/*", XFORM_ADDRESSES, XFORM_WHOLE},
  {"Service.", "spec/externalIPs/*", XFORM_ADDRESSES, XFORM_WHOLE},
  {"Service.", "spec/loadBalancerClass", XFORM_LB_CLASSES, XFORM_WHOLE},
  {"Service.", "metadata/annotations/service.beta.kubernetes.io~1load-balancer-source-ranges", XFORM_ADDRESSES, XFORM_ITEMS},
  {"Service.", "metadata/annotations/metallb.universe.tf~1loadBalancerIPs", XFORM_ADDRESSES, XFORM_ITEMS},
  {"Service.", "metadata/annotations/metallb.io~1loadBalancerIPs", XFORM_ADDRESSES, XFORM_ITEMS},
  {"Service.", "metadata/annotations/kube-vip.io~1loadbalancerIPs", XFORM_ADDRESSES, XFORM_ITEMS},
  {"Service.", "metadata/annotations/lbipam.cilium.io~1ips", XFORM_ADDRESSES, XFORM_ITEMS},
  {"Service.", "metadata/annotations/io.cilium~1lb-ipam-ips", XFORM_ADDRESSES, XFORM_ITEMS},
  {"Service.", "metadata/annotations/service.beta.kubernetes.io~1azure-load-balancer-ipv4", XFORM_ADDRESSES, XFORM_WHOLE},
  {"Endpoints.", "subsets/*/addresses/*/ip", XFORM_ADDRESSES, XFORM_WHOLE},
  {"Endpoints.", "subsets/*/notReadyAddresses/*/ip", XFORM_ADDRESSES, XFORM_WHOLE},
  {"EndpointSlice.discovery.k8s.io", "endpoints/*/addresses/*", XFORM_ADDRESSES, XFORM_WHOLE},
  {"EndpointSlice.discovery.k8s.io", "endpoints/*/addresses/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"EndpointSlice.discovery.k8s.io", "endpoints/*/zone", XFORM_ZONES, XFORM_WHOLE},
  {"EndpointSlice.discovery.k8s.io", "endpoints/*/nodeName", XFORM_NODES, XFORM_WHOLE},
  {POLICY, "spec/ingress/*/from/*/ipBlock/cidr", XFORM_ADDRESSES, XFORM_WHOLE},
  {POLICY, "spec/ingress/*/from/*/ipBlock/except/*", XFORM_ADDRESSES, XFORM_WHOLE},
  {POLICY, "spec/egress/*/to/*/ipBlock/cidr", XFORM_ADDRESSES, XFORM_WHOLE},
  {POLICY, "spec/egress/*/to/*/ipBlock/except/*", XFORM_ADDRESSES, XFORM_WHOLE},
  NS_SELECTOR(POLICY, "spec/ingress/*/from/*/namespaceSelector"),
  NS_SELECTOR(POLICY, "spec/egress/*/to/*/namespaceSelector"),

  /* ---- workloads */
  CONTAINERS("containers"),
  CONTAINERS("initContainers"),
  CONTAINERS("ephemeralContainers"),
  {"POD", "spec/imagePullSecrets/*/name", XFORM_PULL_SECRETS, XFORM_WHOLE},
  {"POD", "spec/nodeSelector", XFORM_NODE_LABELS, XFORM_LABEL_MAP},
  {"POD", "spec/nodeName", XFORM_NODES, XFORM_WHOLE},
  NODE_SELECTOR("POD", "spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/*"),
  NODE_SELECTOR("POD", "spec/affinity/nodeAffinity/preferredDuringSchedulingIgnoredDuringExecution/*/preference"),
  POD_AFFINITY("spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/*"),
  POD_AFFINITY("spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/*/podAffinityTerm"),
  POD_AFFINITY("spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/*"),
  POD_AFFINITY("spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/*/podAffinityTerm"),
  {"POD", "spec/topologySpreadConstraints/*/topologyKey", XFORM_NODE_LABELS, XFORM_LABEL_KEY},
  {"POD", "spec/tolerations/*", XFORM_TAINTS, XFORM_TOLERATION},
  {"POD", "spec/serviceAccountName", XFORM_ACCOUNTS, XFORM_WHOLE},
  {"POD", "spec/serviceAccount", XFORM_ACCOUNTS, XFORM_WHOLE},
  {"POD", "spec", XFORM_PRIORITY_CLASSES, XFORM_PRIORITY},
  {"POD", "spec/runtimeClassName", XFORM_RUNTIME_CLASSES, XFORM_WHOLE},
  {"POD", "spec/schedulerName", XFORM_SCHEDULERS, XFORM_WHOLE},
  {"POD", "spec/hostAliases/*/ip", XFORM_ADDRESSES, XFORM_WHOLE},
  {"POD", "spec/hostAliases/*/hostnames/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"POD", "spec/dnsConfig/nameservers/*", XFORM_ADDRESSES, XFORM_WHOLE},
  {"POD", "spec/dnsConfig/searches/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"ConfigMap.", "data/*", XFORM_TEXT, XFORM_TEXTS},
  {"Secret.", "data/*", XFORM_TEXT, XFORM_TEXTS},
  {"Secret.", "stringData/*", XFORM_TEXT, XFORM_TEXTS},

  /* ---- identity */
  {"ServiceAccount.", "imagePullSecrets/*/name", XFORM_PULL_SECRETS, XFORM_WHOLE},
  {"ServiceAccount.", "metadata/annotations/eks.amazonaws.com~1role-arn", XFORM_CLOUD, XFORM_WHOLE},
  {"ServiceAccount.", "metadata/annotations/iam.gke.io~1gcp-service-account", XFORM_CLOUD, XFORM_WHOLE},
  {"ServiceAccount.", "metadata/annotations/azure.workload.identity~1client-id", XFORM_CLOUD, XFORM_WHOLE},
  {"ServiceAccount.", "metadata/annotations/azure.workload.identity~1tenant-id", XFORM_CLOUD, XFORM_WHOLE},
  {"POD", "metadata/annotations/iam.amazonaws.com~1role", XFORM_CLOUD, XFORM_WHOLE},
  {"POD", "metadata/labels/aadpodidbinding", XFORM_CLOUD, XFORM_WHOLE},
  {"RoleBinding.rbac.authorization.k8s.io|ClusterRoleBinding.rbac.authorization.k8s.io", "subjects/*", XFORM_ACCOUNTS, XFORM_SUBJECT},
  {WEBHOOKS, "webhooks/*/clientConfig/service/namespace", XFORM_NAMESPACES, XFORM_NS},
  {WEBHOOKS, "webhooks/*/clientConfig/url", XFORM_HOSTS, XFORM_HOST_TEXT},
  {WEBHOOKS "|CustomResourceDefinition.apiextensions.k8s.io|APIService.apiregistration.k8s.io",
   "metadata/annotations/cert-manager.io~1inject-ca-from", XFORM_NAMESPACES, XFORM_NS_PATH},
  {WEBHOOKS "|CustomResourceDefinition.apiextensions.k8s.io|APIService.apiregistration.k8s.io",
   "metadata/annotations/cert-manager.io~1inject-ca-from-secret", XFORM_NAMESPACES, XFORM_NS_PATH},
  NS_SELECTOR(WEBHOOKS, "webhooks/*/namespaceSelector"),
  {"APIService.apiregistration.k8s.io", "spec/service/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"CustomResourceDefinition.apiextensions.k8s.io", "spec/conversion/webhook/clientConfig/service/namespace", XFORM_NAMESPACES, XFORM_NS},
  {"CustomResourceDefinition.apiextensions.k8s.io", "spec/conversion/webhook/clientConfig/url", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"CustomResourceDefinition.apiextensions.k8s.io", "spec/conversion/webhookClientConfig/service/namespace", XFORM_NAMESPACES, XFORM_NS},
  {MONITORS, "spec/namespaceSelector/matchNames/*", XFORM_NAMESPACES, XFORM_NS},
  {"Probe.monitoring.coreos.com", "spec/targets/ingress/namespaceSelector/matchNames/*", XFORM_NAMESPACES, XFORM_NS},
  {"Probe.monitoring.coreos.com", "spec/targets/staticConfig/static/*", XFORM_HOSTS, XFORM_HOST_TEXT},
  {"Probe.monitoring.coreos.com", "spec/prober/url", XFORM_HOSTS, XFORM_HOST_TEXT},
};
/* clang-format on */
const size_t xform_n_fields = sizeof xform_fields / sizeof *xform_fields;

uint64_t xform_field_families(const struct xform_field *f) {
  uint64_t own = XFORM_BIT(f->family);
  switch (f->how) {
  case XFORM_HOST_TEXT: return own | XFORM_BIT(XFORM_CLUSTER_DOMAIN) | XFORM_BIT(XFORM_NAMESPACES);
  case XFORM_LABEL_MAP:
  case XFORM_LABEL_EXPR: return own | XFORM_BIT(XFORM_ZONES) | XFORM_BIT(XFORM_NODES);
  case XFORM_SUBJECT:
  case XFORM_USER: return own | XFORM_BIT(XFORM_NAMESPACES);
  default: return own;
  }
}
