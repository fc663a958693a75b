/* convert_hpa.c -- HorizontalPodAutoscaler, to autoscaling/v2.  SPDX-License-Identifier: Apache-2.0
 *
 * v2beta1 and v1 wrote targets flat; v1 has all but the CPU in annotations, as Kubernetes writes them when it converts down. Source:
 * pkg/apis/autoscaling/{v1,v2beta1}/conversion.go of Kubernetes 1.23. */
#include "convert.h"
#include "xform.h"
#include <ctype.h>
#include <string.h>

static void target(struct conv *v, const char *source, const char *type, const char *from, const char *key) {
  const char *to = cv_key_at(v, source, "target");
  if (!cv_has(v, from)) {
    cv_erase(v, from);
    return;
  }
  if (!cv_has(v, cv_key_at(v, to, "type"))) cv_set_text(v, cv_key_at(v, to, "type"), type);
  cv_move(v, from, cv_key_at(v, to, key));
}

static void metric_name(struct conv *v, const char *source, const char *name, const char *selector) {
  cv_move(v, cv_key_at(v, source, name), cv_key_at(v, cv_key_at(v, source, "metric"), "name"));
  cv_move(v, cv_key_at(v, source, selector), cv_key_at(v, cv_key_at(v, source, "metric"), "selector"));
}

static void object(struct conv *v, const char *p) {
  bool average = cv_has(v, cv_key_at(v, p, "averageValue"));
  cv_move(v, cv_key_at(v, p, "target"), cv_key_at(v, p, "describedObject"));
  metric_name(v, p, "metricName", "selector");
  target(v, p, average ? "AverageValue" : "Value", cv_key_at(v, p, "targetValue"), "value");
  target(v, p, "AverageValue", cv_key_at(v, p, "averageValue"), "averageValue");
}

/* One of spec.metrics as v2beta1 and the annotation of v1 write it. */
static void metric(struct conv *v, const char *p) {
  static const char *const resources[] = {"resource", "containerResource", NULL};
  const char *pods = cv_key_at(v, p, "pods"), *external = cv_key_at(v, p, "external");
  for (const char *const *r = resources; *r; r++) {
    const char *source = cv_key_at(v, p, *r);
    if (!cv_is_object(v, source)) continue;
    target(v, source, "Utilization", cv_key_at(v, source, "targetAverageUtilization"), "averageUtilization");
    target(v, source, "AverageValue", cv_key_at(v, source, "targetAverageValue"), "averageValue");
  }
  if (cv_is_object(v, pods)) {
    metric_name(v, pods, "metricName", "selector");
    target(v, pods, "AverageValue", cv_key_at(v, pods, "targetAverageValue"), "averageValue");
  }
  if (cv_is_object(v, cv_key_at(v, p, "object"))) object(v, cv_key_at(v, p, "object"));
  if (cv_is_object(v, external)) {
    metric_name(v, external, "metricName", "metricSelector");
    target(v, external, "Value", cv_key_at(v, external, "targetValue"), "value");
    target(v, external, "AverageValue", cv_key_at(v, external, "targetAverageValue"), "averageValue");
  }
}

/* ---- annotations */
#define ALPHA "autoscaling.alpha.kubernetes.io/"
static const char *annotation(struct conv *v, const char *name) { return cv_key_at(v, cv_at(v, "/metadata/annotations"), name); }

/* The JSON value again, its keys as the API writes them: Go's marshaller wrote those of the internal type. */
static void lower_keys(const pintle_doc *d, const pintle_value *value, struct xform_text *out) {
  int32_t type = d->api->type(d, value);
  pintle_str s;
  if (type != PINTLE_T_OBJECT && type != PINTLE_T_ARRAY) {
    if (d->api->text(d, value, &s) != PINTLE_OK) return;
    if (type == PINTLE_T_STRING) xform_text_json(out, s);
    else xform_text_add(out, s.ptr, s.len);
    return;
  }
  xform_text_add(out, type == PINTLE_T_OBJECT ? "{" : "[", 1);
  size_t begin = out->len;
  for (const pintle_value *m = d->api->first(d, value); m; m = d->api->next(d, m)) {
    if (d->api->type(d, m) == PINTLE_T_NULL) continue;
    if (out->len > begin) xform_text_add(out, ",", 1);
    if (type == PINTLE_T_OBJECT && d->api->key(d, m, &s) == PINTLE_OK) {
      size_t at = out->len + 1;
      xform_text_json(out, s);
      xform_text_add(out, ":", 1);
      if (!out->failed) out->data[at] = (char)tolower((unsigned char)out->data[at]);
    }
    lower_keys(d, m, out);
  }
  xform_text_add(out, type == PINTLE_T_OBJECT ? "}" : "]", 1);
}

static pintle_doc *document(struct conv *v, const char *json, size_t len) {
  pintle_doc *d = NULL;
  if (v->st != PINTLE_OK) return NULL;
  pintle_status st = v->call->host->new_doc(v->call, json, len, &d);
  if (st == PINTLE_NOMEM) v->st = pintle_fail(v->call, st, "out of memory");
  return st == PINTLE_OK ? d : NULL;
}

/* What the annotation holds, if it is JSON of that shape. */
static pintle_doc *annotated(struct conv *v, const char *p, const char *shape) {
  pintle_str s;
  if (v->st != PINTLE_OK || pintle_get_str(v->doc, p, &s) != PINTLE_OK) return NULL;
  pintle_doc *d = document(v, s.ptr, s.len);
  return d && convert_fits(v, d, shape) ? d : NULL;
}

static void behavior(struct conv *v) {
  const char *from = annotation(v, ALPHA "behavior"), *to = cv_at(v, "/spec/behavior");
  struct xform_text t = {0};
  pintle_doc *d;
  if (!cv_has(v, from)) return;
  if ((d = annotated(v, from, "{}"))) lower_keys(d, d->api->at(d, ""), &t);
  xform_text_add(&t, "", 1);
  if (t.failed) v->st = pintle_fail(v->call, PINTLE_NOMEM, "out of memory");
  else if (!(d = document(v, t.data, t.len - 1)) || !convert_fits(v, d, convert_behavior_shape))
    cv_lost(v, from, "it is no behavior of a HorizontalPodAutoscaler");
  else if (strcmp(t.data, "{}") != 0) {
    cv_lost(v, to, "the old version does not know it, and the annotation does");
    cv_set(v, to, t.data);
  }
  xform_text_free(&t);
}

static void drop_round_trip(struct conv *v) {
  static const char *const names[] = {ALPHA "behavior", ALPHA "conditions", ALPHA "current-metrics", NULL};
  cv_lost(v, annotation(v, ALPHA "metrics"), "spec.metrics counts");
  for (const char *const *n = names; *n; n++) cv_erase(v, annotation(v, *n));
  if (cv_is_object(v, cv_at(v, "/metadata/annotations")) && cv_is_empty(v, cv_at(v, "/metadata/annotations")))
    cv_erase(v, cv_at(v, "/metadata/annotations"));
  if (cv_has(v, cv_at(v, "/status"))) cv_say(v, PINTLE_LOG_INFO, "lost", cv_at(v, "/status"), "the autoscaler writes its status anew");
  cv_erase(v, cv_at(v, "/status"));
}

void convert_hpa_v2beta1(struct conv *v) {
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/spec/metrics")); i < n; i++) metric(v, cv_at(v, "/spec/metrics/%zu", i));
  behavior(v);
  drop_round_trip(v);
}

void convert_hpa_v2beta2(struct conv *v) { (void)v; } /* the same shape */

void convert_hpa_v1(struct conv *v) {
  const char *cpu = cv_at(v, "/spec/targetCPUUtilizationPercentage"), *metrics = cv_at(v, "/spec/metrics");
  if (cv_has(v, annotation(v, ALPHA "metrics")) && !cv_has(v, metrics)) {
    if (!annotated(v, annotation(v, ALPHA "metrics"), convert_metrics_shape))
      cv_lost(v, annotation(v, ALPHA "metrics"), "it is no list of metrics");
    else {
      cv_set(v, metrics, cv_text(v, annotation(v, ALPHA "metrics")));
      cv_erase(v, annotation(v, ALPHA "metrics"));
    }
  }
  for (size_t i = 0, n = cv_count(v, metrics); i < n; i++) metric(v, cv_at(v, "/spec/metrics/%zu", i));
  if (cv_has(v, cpu)) {
    if (!cv_has(v, metrics)) cv_set(v, metrics, "[]");
    size_t n = cv_count(v, metrics);
    cv_set(v, cv_at(v, "/spec/metrics/-"), "{\"type\":\"Resource\",\"resource\":{\"name\":\"cpu\",\"target\":{\"type\":\"Utilization\"}}}");
    cv_move(v, cpu, cv_at(v, "/spec/metrics/%zu/resource/target/averageUtilization", n));
  }
  cv_erase(v, cpu);
  behavior(v);
  drop_round_trip(v);
}

/* To autoscaling/v1, which had the same under other names. Source: pkg/apis/extensions/v1beta1/conversion.go of Kubernetes 1.5. */
void convert_hpa_extensions(struct conv *v) {
  const char *ref = cv_at(v, "/spec/scaleRef"), *cpu = cv_at(v, "/spec/cpuUtilization");
  cv_erase(v, cv_key_at(v, ref, "subresource")); /* "scale"; there is no other */
  cv_move(v, ref, cv_at(v, "/spec/scaleTargetRef"));
  cv_move(v, cv_key_at(v, cpu, "targetPercentage"), cv_at(v, "/spec/targetCPUUtilizationPercentage"));
  if (cv_is_empty(v, cpu)) cv_erase(v, cpu);
  else cv_lost(v, cpu, "autoscaling/v1 knows the percentage only");
}
