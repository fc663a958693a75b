/* check_refs.c -- which fields of which kinds name other objects, and the walk that looks at them.  SPDX-License-Identifier: Apache-2.0 */
#include "checking.h"
#include <string.h>

/* ---- the table, as trees: a member, or "*" for each element, what is below it, and what the object here names by its member `name` ("": the
 * text here is the name itself). */
enum {
  ANYWHERE = 1, /* its member `namespace` says where, else it is the item's own */
  MADE = 2      /* a controller makes it when the item's annotations ask for that */
};
struct node {
  const char *key;
  const struct node *below;
  const char *name;
  enum check_what what; /* with KIND: what it is when `kind` is not said */
  unsigned flags;
};
enum { KIND = 4 }; /* flag: its members kind and group, apiGroup or apiVersion say what it is */
#define END \
  { .key = NULL }
#define IN(k, ...)                                                \
  {                                                               \
    .key = k, .below = (const struct node[]) { __VA_ARGS__, END } \
  }
#define EACH(k, ...) IN(k, IN("*", __VA_ARGS__))
#define NAMES(k, member, w) \
  { .key = k, .name = member, .what = w }
#define NAMES_AS(k, member, w, f) \
  { .key = k, .name = member, .what = w, .flags = f }
#define EACH_NAMES(k, member, w, f) IN(k, NAMES_AS("*", member, w, f))

static const struct node container[] = {
    IN("*", EACH("envFrom", NAMES("configMapRef", "name", CHECK_CONFIG_MAP), NAMES("secretRef", "name", CHECK_SECRET)),
       EACH("env", IN("valueFrom", NAMES("configMapKeyRef", "name", CHECK_CONFIG_MAP), NAMES("secretKeyRef", "name", CHECK_SECRET)))),
    END};
static const struct node claim_spec[] = {NAMES_AS("dataSource", "name", CHECK_NONE, KIND),
                                         NAMES_AS("dataSourceRef", "name", CHECK_NONE, KIND | ANYWHERE), END};
static const struct node volume[] = {
    NAMES("configMap", "name", CHECK_CONFIG_MAP),
    NAMES("secret", "secretName", CHECK_SECRET),
    NAMES("persistentVolumeClaim", "claimName", CHECK_CLAIM),
    IN("projected", EACH("sources", NAMES("configMap", "name", CHECK_CONFIG_MAP), NAMES("secret", "name", CHECK_SECRET))),
    IN("ephemeral", IN("volumeClaimTemplate", {.key = "spec", .below = claim_spec})),
    IN("csi", NAMES("nodePublishSecretRef", "name", CHECK_SECRET)),
    NAMES("azureFile", "secretName", CHECK_SECRET),
    IN("cephfs", NAMES("secretRef", "name", CHECK_SECRET)),
    IN("cinder", NAMES("secretRef", "name", CHECK_SECRET)),
    IN("flexVolume", NAMES("secretRef", "name", CHECK_SECRET)),
    IN("iscsi", NAMES("secretRef", "name", CHECK_SECRET)),
    IN("rbd", NAMES("secretRef", "name", CHECK_SECRET)),
    IN("scaleIO", NAMES("secretRef", "name", CHECK_SECRET)),
    IN("storageos", NAMES("secretRef", "name", CHECK_SECRET)),
    END};
static const struct node pod[] = {NAMES("serviceAccountName", "", CHECK_ACCOUNT),
                                  EACH_NAMES("imagePullSecrets", "name", CHECK_SECRET, 0),
                                  IN("volumes", {.key = "*", .below = volume}),
                                  {.key = "containers", .below = container},
                                  {.key = "initContainers", .below = container},
                                  {.key = "ephemeralContainers", .below = container},
                                  EACH("resourceClaims", NAMES("resourceClaimName", "", CHECK_RESOURCE_CLAIM),
                                       NAMES("resourceClaimTemplateName", "", CHECK_CLAIM_TEMPLATE)),
                                  END};
#define POD_SPEC \
  { .key = "spec", .below = pod }

static const struct node pods[] = {POD_SPEC, END};
static const struct node pod_template[] = {IN("template", POD_SPEC), END};
static const struct node workload[] = {IN("spec", IN("template", POD_SPEC)), END};
static const struct node cron_job[] = {IN("spec", IN("jobTemplate", IN("spec", IN("template", POD_SPEC)))), END};
static const struct node stateful_set[] = {IN("spec", IN("template", POD_SPEC), NAMES("serviceName", "", CHECK_SERVICE),
                                              EACH("volumeClaimTemplates", {.key = "spec", .below = claim_spec})),
                                           END};
static const struct node rollout[] = {IN("spec", IN("template", POD_SPEC), NAMES_AS("workloadRef", "name", CHECK_NONE, KIND)), END};
static const struct node account[] = {EACH_NAMES("imagePullSecrets", "name", CHECK_SECRET, 0), END};
static const struct node claim[] = {{.key = "spec", .below = claim_spec}, END};
static const struct node persistent_volume[] = {IN("spec", IN("csi", NAMES_AS("controllerPublishSecretRef", "name", CHECK_SECRET, ANYWHERE),
                                                              NAMES_AS("controllerExpandSecretRef", "name", CHECK_SECRET, ANYWHERE),
                                                              NAMES_AS("nodeStageSecretRef", "name", CHECK_SECRET, ANYWHERE),
                                                              NAMES_AS("nodePublishSecretRef", "name", CHECK_SECRET, ANYWHERE),
                                                              NAMES_AS("nodeExpandSecretRef", "name", CHECK_SECRET, ANYWHERE))),
                                                END};
static const struct node ingress[] = {IN("spec", EACH_NAMES("tls", "secretName", CHECK_SECRET, MADE),
                                         IN("defaultBackend", NAMES("service", "name", CHECK_SERVICE)),
                                         EACH("rules", IN("http", EACH("paths", IN("backend", NAMES("service", "name", CHECK_SERVICE)))))),
                                      END};
static const struct node old_ingress[] = {IN("spec", EACH_NAMES("tls", "secretName", CHECK_SECRET, MADE),
                                             NAMES("backend", "serviceName", CHECK_SERVICE),
                                             EACH("rules", IN("http", EACH("paths", NAMES("backend", "serviceName", CHECK_SERVICE))))),
                                          END};
static const struct node role_binding[] = {NAMES_AS("roleRef", "name", CHECK_NONE, KIND),
                                           EACH_NAMES("subjects", "name", CHECK_NONE, KIND | ANYWHERE), END};
static const struct node cluster_role_binding[] = {EACH_NAMES("subjects", "name", CHECK_NONE, KIND | ANYWHERE), END};
static const struct node scaler[] = {IN("spec", NAMES_AS("scaleTargetRef", "name", CHECK_WORKLOAD, KIND)), END};
static const struct node vertical_scaler[] = {IN("spec", NAMES_AS("targetRef", "name", CHECK_NONE, KIND)), END};
#define CLIENT_CONFIG(k) IN(k, NAMES_AS("service", "name", CHECK_SERVICE, ANYWHERE))
static const struct node webhooks[] = {EACH("webhooks", CLIENT_CONFIG("clientConfig")), END};
static const struct node api_service[] = {IN("spec", NAMES_AS("service", "name", CHECK_SERVICE, ANYWHERE)), END};
static const struct node crd[] = {
    IN("spec", IN("conversion", IN("webhook", CLIENT_CONFIG("clientConfig")), CLIENT_CONFIG("webhookClientConfig"))), END};
static const struct node gateway[] = {
    IN("spec", EACH("listeners", IN("tls", EACH_NAMES("certificateRefs", "name", CHECK_SECRET, KIND | ANYWHERE | MADE),
                                    IN("frontendValidation", EACH_NAMES("caCertificateRefs", "name", CHECK_NONE, KIND | ANYWHERE))))),
    END};
#define TO_BACKENDS EACH_NAMES("backendRefs", "name", CHECK_SERVICE, KIND | ANYWHERE)
static const struct node route[] = {
    IN("spec", EACH_NAMES("parentRefs", "name", CHECK_GATEWAY, KIND | ANYWHERE),
       EACH("rules", TO_BACKENDS, EACH("filters", IN("requestMirror", NAMES_AS("backendRef", "name", CHECK_SERVICE, KIND | ANYWHERE))))),
    END};

static const struct kind {
  const char *group, *kind;
  const struct node *tree;
} kinds[] = {
    {"", "Pod", pods},
    {"", "PodTemplate", pod_template},
    {"", "ReplicationController", workload},
    {"", "ServiceAccount", account},
    {"", "PersistentVolumeClaim", claim},
    {"", "PersistentVolume", persistent_volume},
    {"apps", "Deployment", workload},
    {"apps", "StatefulSet", stateful_set},
    {"apps", "DaemonSet", workload},
    {"apps", "ReplicaSet", workload},
    {"extensions", "Deployment", workload},
    {"extensions", "DaemonSet", workload},
    {"extensions", "ReplicaSet", workload},
    {"extensions", "Ingress", old_ingress},
    {"batch", "Job", workload},
    {"batch", "CronJob", cron_job},
    {"networking.k8s.io", "Ingress", ingress},
    {"networking.k8s.io", "Ingress", old_ingress},
    {"rbac.authorization.k8s.io", "RoleBinding", role_binding},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", cluster_role_binding},
    {"autoscaling", "HorizontalPodAutoscaler", scaler},
    {"autoscaling.k8s.io", "VerticalPodAutoscaler", vertical_scaler},
    {"keda.sh", "ScaledObject", scaler},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration", webhooks},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", webhooks},
    {"apiregistration.k8s.io", "APIService", api_service},
    {"apiextensions.k8s.io", "CustomResourceDefinition", crd},
    {"gateway.networking.k8s.io", "Gateway", gateway},
    {"gateway.networking.k8s.io", "ListenerSet", gateway},
    {"gateway.networking.k8s.io", "HTTPRoute", route},
    {"gateway.networking.k8s.io", "GRPCRoute", route},
    {"gateway.networking.k8s.io", "TLSRoute", route},
    {"gateway.networking.k8s.io", "TCPRoute", route},
    {"gateway.networking.k8s.io", "UDPRoute", route},
    {"argoproj.io", "Rollout", rollout},
    {"serving.knative.dev", "Service", workload},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

/* ---- one reference */
struct reference {
  const char *name, *kind, *group, *ns;
  bool optional;
};

static void read_member(const pintle_doc *d, const pintle_value *v, const char *key, const char *name, struct reference *r) {
  pintle_str s;
  int32_t type = d->api->type(d, v);
  if (type == PINTLE_T_BOOL && strcmp(key, "optional") == 0 && d->api->text(d, v, &s) == PINTLE_OK)
    r->optional = strcmp(s.ptr, "true") == 0;
  if (type != PINTLE_T_STRING || d->api->text(d, v, &s) != PINTLE_OK) return;
  if (strcmp(key, name) == 0) r->name = s.ptr;
  else if (strcmp(key, "kind") == 0) r->kind = s.ptr;
  else if (strcmp(key, "namespace") == 0) r->ns = s.ptr;
  else if (strcmp(key, "group") == 0 || strcmp(key, "apiGroup") == 0) r->group = s.ptr;
}

static struct reference read_reference(struct check_item *k, const pintle_value *v, const struct node *n) {
  struct reference r = {0};
  const pintle_doc *d = k->doc;
  pintle_str s;
  if (!*n->name) {
    if (d->api->type(d, v) == PINTLE_T_STRING && d->api->text(d, v, &s) == PINTLE_OK) r.name = s.ptr;
    return r;
  }
  if (d->api->type(d, v) != PINTLE_T_OBJECT) return r;
  for (v = d->api->first(d, v); v; v = d->api->next(d, v)) {
    if (d->api->key(d, v, &s) != PINTLE_OK) continue;
    read_member(d, v, s.ptr, n->name, &r);
    if (strcmp(s.ptr, "apiVersion") == 0 && d->api->text(d, v, &s) == PINTLE_OK) { /* "apps/v1" */
      char *group = k->call->host->alloc(k->call, s.len + 1);
      const char *slash = memchr(s.ptr, '/', s.len);
      if (group && slash) memcpy(group, s.ptr, (size_t)(slash - s.ptr));
      r.group = group;
    }
  }
  return r;
}

static bool ends_as_generated(const char *name, const char *infix) {
  const char *p = strstr(name, infix);
  return p && p > name && strlen(p + strlen(infix)) == 5;
}

/* What every cluster, or a controller of it, makes by itself. */
static bool made_anew(const struct check_object *o, const char *ns, const char *name) {
  static const char *const maps[] = {"kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert"};
  for (size_t i = 0; i < sizeof maps / sizeof *maps && strcmp(o->kind, "ConfigMap") == 0; i++)
    if (strcmp(name, maps[i]) == 0) return true;
  if (strcmp(o->kind, "ServiceAccount") == 0) return strcmp(name, "default") == 0;
  if (strcmp(o->kind, "Service") == 0) return strcmp(ns, "default") == 0 && strcmp(name, "kubernetes") == 0;
  return strcmp(o->kind, "Secret") == 0 && (ends_as_generated(name, "-token-") || ends_as_generated(name, "-dockercfg-"));
}

/* cert-manager and its like write the Secret that tls names. */
static bool certificate_comes(const pintle_doc *d) {
  static const char *const by[] = {"cert-manager.io~1issuer", "cert-manager.io~1cluster-issuer", "certmanager.k8s.io~1issuer",
                                   "certmanager.k8s.io~1cluster-issuer", "kubernetes.io~1tls-acme"};
  for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
    char pointer[100];
    if (snprintf(pointer, sizeof pointer, "/metadata/annotations/%s", by[i]) > 0 && d->api->at(d, pointer)) return true;
  }
  return false;
}

/* Was it written by a rule, an earlier action or a modifier? Then it names what is at the destination. */
static bool was_changed(const struct check_item *k, const char *pointer, const char *name) {
  const pintle_doc *stored = k->in->item_from_backup;
  const char *was = stored ? pintle_str_or(stored, pointer, name) : name;
  return strcmp(was, name) != 0;
}

static void look(struct check_item *k, const struct check_place *p, const pintle_value *v, const struct node *n) {
  const struct reference r = read_reference(k, v, n);
  char pointer[600], at[600], subject[600];
  const struct check_object *o = n->what ? &check_objects[n->what] : NULL;
  if (!r.name || !*r.name || r.optional) return;
  if (n->flags & KIND && (r.kind || r.group)) o = check_object_of(r.kind ? r.kind : o ? o->kind : "", r.group);
  if (!o) return;
  const char *ns = n->flags & ANYWHERE && r.ns && *r.ns ? r.ns : k->ns;
  if (!*ns || made_anew(o, ns, r.name) || (n->flags & MADE && certificate_comes(k->doc)) || check_exists(k, o, ns, r.name)) return;
  check_pointer(p, at, sizeof at);
  const char *whole = *n->name ? pintle_key(pointer, sizeof pointer, at, n->name) : at;
  if (was_changed(k, whole, r.name) || snprintf(subject, sizeof subject, "%s/%s/%s", o->kind, ns, r.name) < 0) return;
  check_say(k, whole, subject, "%s %s of namespace %s is not in the backup", o->kind, r.name, ns);
}

static void walk(struct check_item *k, const struct check_place *p, const pintle_value *v, const struct node *n);

static void below(struct check_item *k, const struct check_place *p, const pintle_value *v, const struct node *nodes) {
  const pintle_doc *d = k->doc;
  const bool array = nodes->key && strcmp(nodes->key, "*") == 0;
  struct check_place at = {.up = p};
  if (d->api->type(d, v) != (array ? PINTLE_T_ARRAY : PINTLE_T_OBJECT)) return;
  for (v = d->api->first(d, v); v && k->st == PINTLE_OK; v = d->api->next(d, v), at.index++) {
    pintle_str key;
    const struct node *n = nodes;
    if (!array) {
      if (d->api->key(d, v, &key) != PINTLE_OK) continue;
      while (n->key && strcmp(n->key, key.ptr) != 0) n++;
      if (!n->key) continue;
      at.key = n->key;
    }
    walk(k, &at, v, n);
  }
}

static void walk(struct check_item *k, const struct check_place *p, const pintle_value *v, const struct node *n) {
  if (n->name) look(k, p, v, n);
  if (n->below) below(k, p, v, n->below);
}

void check_references(struct check_item *k) {
  const struct check_place top = {0};
  const pintle_value *root = k->doc->api->at(k->doc, "");
  for (size_t i = 0; i < N_KINDS && k->st == PINTLE_OK; i++)
    if (strcmp(kinds[i].kind, k->kind) == 0 && strcmp(kinds[i].group, k->group) == 0) below(k, &top, root, kinds[i].tree);
}
