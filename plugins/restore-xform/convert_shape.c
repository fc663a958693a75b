/* convert_shape.c -- the types of the fields that conversions read and write.  SPDX-License-Identifier: Apache-2.0
 *
 * An item with another type somewhere is refused by every API server, in its old version and in its new one. It is left as it is, and each such
 * place is told, so that a conversion finds what it expects. Null is as good as absent, but for an element of an array.
 *
 * A shape is one of
 *   s string   i number   b boolean   x number or string   m object of strings
 *   {name:shape name:shape ...} an object, of which these members are looked at        [shape] an array of such elements
 *   S a JSON schema (JSONSchemaProps of apiextensions)   M object of schemas   I schema or array of schemas   A schema or boolean */
#include "convert.h"
#include <string.h>

#define SELECTOR "{matchLabels:m matchExpressions:[{key:s operator:s values:[s]}]}"
#define TEMPLATE "{metadata:{labels:m annotations:m} spec:{containers:[{name:s image:s}]}}"
#define WORKLOAD "replicas:i minReadySeconds:i revisionHistoryLimit:i selector:" SELECTOR " template:" TEMPLATE
#define BACKEND "{serviceName:s servicePort:x service:{name:s port:{name:s number:i}} resource:{}}"
#define NAMED "{apiVersion:s kind:s name:s}"
#define METRIC "metric:{name:s selector:" SELECTOR "} metricName:s metricSelector:" SELECTOR " selector:" SELECTOR
#define RESOURCE "{name:s container:s target:{type:s} targetAverageUtilization:i targetAverageValue:x}"
#define METRICS                                                                                                                          \
  "[{type:s resource:" RESOURCE " containerResource:" RESOURCE " pods:{" METRIC " target:{type:s} targetAverageValue:x} object:{" METRIC \
  " target:{} describedObject:" NAMED " targetValue:x averageValue:x} external:{" METRIC                                                 \
  " target:{type:s} targetValue:x targetAverageValue:x}}]"
#define POLICIES "{stabilizationWindowSeconds:i selectPolicy:s policies:[{type:s value:i periodSeconds:i}]}"
#define BEHAVIOR "{scaleUp:" POLICIES " scaleDown:" POLICIES "}"
#define SCALED "minReplicas:i maxReplicas:i scaleTargetRef:" NAMED " metrics:" METRICS " behavior:" BEHAVIOR
#define COLUMNS "[{name:s type:s JSONPath:s jsonPath:s}]"
#define CLAIM "controller:s devices:{requests:[{exactly:{}}]}"

static const char metadata[] = "{metadata:{name:s namespace:s labels:m annotations:m ownerReferences:[" NAMED "]}}";
static const char schema[] =
    "{type:s format:s description:s nullable:b uniqueItems:b required:[s] properties:M items:I additionalProperties:A allOf:[S] "
    "anyOf:[S] oneOf:[S] not:S}";
const char convert_metrics_shape[] = METRICS;
const char convert_behavior_shape[] = BEHAVIOR;
static const struct {
  const char *how, *shape;
} shapes[] = {
    {"accessreview", "{spec:{group:[s] groups:[s]}}"},
    {"certmanager-certificate", "{spec:{organization:[s] subject:{organizations:[s]} keyAlgorithm:s keyEncoding:s keySize:i "
                                "privateKey:{algorithm:s encoding:s size:i} uriSANs:[s] uris:[s] emailSANs:[s] emailAddresses:[s]}}"},
    {"certmanager-request", "{spec:{csr:s request:s}}"},
    {"crd", "{spec:{group:s version:s scope:s names:{plural:s singular:s kind:s listKind:s shortNames:[s] categories:[s]} "
            "preserveUnknownFields:b validation:{openAPIV3Schema:S} subresources:{} additionalPrinterColumns:" COLUMNS
            " selectableFields:[{}] versions:[{name:s served:b storage:b schema:{openAPIV3Schema:S} subresources:{} "
            "additionalPrinterColumns:" COLUMNS "}] conversion:{strategy:s conversionReviewVersions:[s] webhookClientConfig:{} "
            "webhook:{clientConfig:{} conversionReviewVersions:[s]}}}}"},
    {"csidriver", "{spec:{fsGroupPolicy:s}}"},
    {"csr", "{spec:{signerName:s usages:[s] request:s}}"},
    {"daemonset", "{spec:{" WORKLOAD " updateStrategy:{type:s rollingUpdate:{maxUnavailable:x maxSurge:x}} templateGeneration:i}}"},
    {"deployment", "{spec:{" WORKLOAD " strategy:{type:s rollingUpdate:{maxUnavailable:x maxSurge:x}} paused:b "
                   "progressDeadlineSeconds:i rollbackTo:{revision:i}}}"},
    {"deviceclass", "{spec:{suitableNodes:{}}}"},
    {"endpointslice", "{addressType:s endpoints:[{addresses:[s] nodeName:s zone:s topology:m}] ports:[{name:s protocol:s port:i}]}"},
    {"hpa-extensions", "{spec:{minReplicas:i maxReplicas:i scaleRef:{apiVersion:s kind:s name:s subresource:s} scaleTargetRef:" NAMED
                       " cpuUtilization:{targetPercentage:i} targetCPUUtilizationPercentage:i}}"},
    {"hpa-v1", "{spec:{" SCALED " targetCPUUtilizationPercentage:i}}"},
    {"hpa-v2beta1", "{spec:{" SCALED "}}"},
    {"hpa-v2beta2", "{spec:{" SCALED "}}"},
    {"ingress", "{spec:{ingressClassName:s backend:" BACKEND " defaultBackend:" BACKEND
                " tls:[{hosts:[s] secretName:s}] rules:[{host:s http:{paths:[{path:s pathType:s backend:" BACKEND "}]}}]}}"},
    {"ipaddress", "{spec:{parentRef:{uid:s}}}"},
    {"job", "{spec:{" WORKLOAD " parallelism:i completions:i activeDeadlineSeconds:i autoSelector:b manualSelector:b}}"},
    {"leasecandidate", "{spec:{preferredStrategies:[s] strategy:s}}"},
    {"poddisruptionbudget", "{spec:{selector:" SELECTOR " minAvailable:x maxUnavailable:x}}"},
    {"policybinding", "{spec:{policyName:s paramRef:{name:s namespace:s parameterNotFoundAction:s}}}"},
    {"prioritylevel", "{spec:{type:s limited:{assuredConcurrencyShares:i nominalConcurrencyShares:i}}}"},
    {"rbac-v1alpha1", "{roleRef:{apiGroup:s kind:s name:s} subjects:[{apiVersion:s apiGroup:s kind:s name:s namespace:s}]}"},
    {"replicaset", "{spec:{" WORKLOAD "}}"},
    {"resourceclaim", "{spec:{" CLAIM " spec:{" CLAIM "}}}"},
    {"resourceslice", "{spec:{devices:[{name:s basic:{attributes:{} capacity:{}}}]}}"},
    {"runtimeclass", "{handler:s overhead:{} scheduling:{} spec:{runtimeHandler:s overhead:{} scheduling:{}}}"},
    {"statefulset", "{spec:{" WORKLOAD " serviceName:s podManagementPolicy:s updateStrategy:{type:s rollingUpdate:{partition:i}} "
                    "volumeClaimTemplates:[{}]}}"},
    {"storageversionmigration", "{spec:{resource:{version:s} continueToken:s}}"},
    {"taintrule", "{spec:{deviceSelector:{deviceClassName:s selectors:[{}]}}}"},
    {"webhook", "{webhooks:[{name:s failurePolicy:s matchPolicy:s timeoutSeconds:i sideEffects:s admissionReviewVersions:[s] "
                "clientConfig:{} rules:[{apiGroups:[s] apiVersions:[s] resources:[s] operations:[s]}]}]}"}};

struct check {
  struct conv *v;
  const pintle_doc *doc;
  bool tell, fits;
};

static const char *named(char shape) {
  switch (shape) {
  case 's': return "a string";
  case 'i': return "a number";
  case 'b': return "a boolean";
  case 'x': return "a number or a string";
  case '[': return "a list";
  case 'A': return "an object or a boolean";
  default: return "an object";
  }
}

static const char *type_name(int32_t type) {
  static const char *const names[] = {"null", "a boolean", "a number", "a string", "a list", "an object"};
  return type >= 0 && type < 6 ? names[type] : "strange";
}

/* A parameter of an OpenShift Template may stand for any scalar. */
static bool is_parameter(const struct check *c, const pintle_value *value) {
  pintle_str s;
  return c->doc->api->text(c->doc, value, &s) == PINTLE_OK && strncmp(s.ptr, "${", 2) == 0;
}

static bool is_of(const struct check *c, const pintle_value *value, char shape) {
  int32_t type = c->doc->api->type(c->doc, value);
  if (type == PINTLE_T_STRING && strchr("sibx", shape) && is_parameter(c, value)) return true;
  switch (shape) {
  case 's': return type == PINTLE_T_STRING;
  case 'i': return type == PINTLE_T_NUMBER;
  case 'b': return type == PINTLE_T_BOOL;
  case 'x': return type == PINTLE_T_STRING || type == PINTLE_T_NUMBER;
  case '[': return type == PINTLE_T_ARRAY;
  case 'I': return type == PINTLE_T_ARRAY || type == PINTLE_T_OBJECT;
  case 'A': return type == PINTLE_T_BOOL || type == PINTLE_T_OBJECT;
  default: return type == PINTLE_T_OBJECT;
  }
}

static void wrong(struct check *c, const pintle_value *value, const char *p, char shape) {
  pintle_str s = {"", 0};
  int32_t type = c->doc->api->type(c->doc, value);
  bool scalar = type == PINTLE_T_NUMBER || type == PINTLE_T_BOOL || type == PINTLE_T_STRING;
  if (scalar) c->doc->api->text(c->doc, value, &s);
  const char *quote = type == PINTLE_T_STRING ? "\"" : "";
  c->fits = false;
  if (!c->tell) return;
  cv_say(c->v, PINTLE_LOG_WARN, "invalid", p, "%s%s%s%.60s%s, and %s of %s/%s has %s there: it stays as it is", type_name(type),
         scalar ? ", " : "", quote, s.ptr, quote, c->v->row->kind, c->v->row->group, c->v->row->version, named(shape));
}

static const char *look(struct check *c, const pintle_value *value, const char *p, const char *shape);

static void look_at_elements(struct check *c, const pintle_value *list, const char *p, const char *shape) {
  size_t i = 0;
  for (const pintle_value *e = c->doc->api->first(c->doc, list); e; e = c->doc->api->next(c->doc, e), i++)
    look(c, e, cv_print(c->v, "%s/%zu", p, i), shape);
}

static void look_at_members(struct check *c, const pintle_value *object, const char *p, const char *shape) {
  for (const pintle_value *e = c->doc->api->first(c->doc, object); e; e = c->doc->api->next(c->doc, e)) {
    pintle_str key;
    if (c->doc->api->type(c->doc, e) != PINTLE_T_NULL && c->doc->api->key(c->doc, e, &key) == PINTLE_OK)
      look(c, e, cv_key_at(c->v, p, key.ptr), shape);
  }
}

/* Looks at value, NULL: absent, and gives what follows the shape. */
static const char *look(struct check *c, const pintle_value *value, const char *p, const char *shape) {
  if (value && !is_of(c, value, *shape)) wrong(c, value, p, *shape), value = NULL;
  int32_t type = c->doc->api->type(c->doc, value);
  switch (*shape) {
  case '[':
    if (value) look_at_elements(c, value, p, shape + 1);
    return look(c, NULL, p, shape + 1) + 1;
  case '{':
    for (shape++; *shape != '}'; shape += *shape == ' ') {
      size_t n = strcspn(shape, ":");
      const char *at = value ? cv_key_at(c->v, p, cv_print(c->v, "%.*s", (int)n, shape)) : p;
      shape = look(c, value ? c->doc->api->at(c->doc, at) : NULL, at, shape + n + 1);
    }
    break;
  case 'm': look_at_members(c, value, p, "s"); break;
  case 'M': look_at_members(c, value, p, "S"); break;
  case 'I':
  case 'A':
  case 'S':
    if (type == PINTLE_T_ARRAY) look_at_elements(c, value, p, "S");
    else if (type == PINTLE_T_OBJECT) look(c, value, p, schema);
    break;
  default: break;
  }
  return shape + 1;
}

bool convert_fits(struct conv *v, const pintle_doc *doc, const char *shape) {
  struct check c = {.v = v, .doc = doc, .fits = true};
  look(&c, doc->api->at(doc, ""), "", shape);
  return c.fits && v->st == PINTLE_OK;
}

bool convert_is_whole(struct conv *v) {
  struct check c = {.v = v, .doc = v->doc, .tell = true, .fits = true};
  const pintle_value *object = cv_value(v, v->base);
  look(&c, object, v->base, metadata);
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    if (strcmp(shapes[i].how, v->row->convert) == 0) look(&c, object, v->base, shapes[i].shape);
  return c.fits && v->st == PINTLE_OK;
}
