/* convert_apps.c -- workloads of extensions and apps, to apps/v1.  SPDX-License-Identifier: Apache-2.0
 *
 * Their defaults differ from those of apps/v1; what the old API would have filled in is written down, so that the server does not fill in
 * something else. Source: pkg/apis/{extensions,apps}/v1beta*\/defaults.go of Kubernetes, and
 * pkg/apis/extensions/v1beta1/conversion.go of 1.5 for the Job. */
#include "convert.h"
#include <string.h>

static bool of(struct conv *v, const char *group, const char *version) {
  return strcmp(v->row->group, group) == 0 && strcmp(v->row->version, version) == 0;
}

/* extensions and apps/v1beta1: what is not said about labels is what the template says. */
static void labels(struct conv *v) {
  const char *template = cv_at(v, "/spec/template/metadata/labels");
  if (cv_has(v, template) && !v->quiet) {
    cv_fallback(v, cv_at(v, "/spec/selector"), cv_print(v, "{\"matchLabels\":%s}", cv_json(v, template)));
    if (cv_is_empty(v, cv_at(v, "/metadata/labels"))) {
      cv_erase(v, cv_at(v, "/metadata/labels"));
      cv_fallback(v, cv_at(v, "/metadata/labels"), cv_json(v, template));
    }
  }
}

static void needs_selector(struct conv *v) {
  if (!cv_has(v, cv_at(v, "/spec/selector")))
    cv_say(v, PINTLE_LOG_WARN, "invalid", cv_at(v, "/spec/selector"), "%s needs a selector, and %s/%s has no default for one", v->to,
           v->row->group, v->row->version);
}

void convert_deployment(struct conv *v) {
  bool extensions = of(v, "extensions", "v1beta1"), beta1 = of(v, "apps", "v1beta1");
  if (extensions || beta1) labels(v);
  if (extensions && (cv_is_empty(v, cv_at(v, "/spec/strategy/type")) || cv_is_text(v, cv_at(v, "/spec/strategy/type"), "RollingUpdate") ||
                     cv_has(v, cv_at(v, "/spec/strategy/rollingUpdate")))) {
    cv_fallback(v, cv_at(v, "/spec/strategy/rollingUpdate/maxUnavailable"), "1");
    cv_fallback(v, cv_at(v, "/spec/strategy/rollingUpdate/maxSurge"), "1");
  }
  if (extensions) cv_fallback(v, cv_at(v, "/spec/progressDeadlineSeconds"), "2147483647");
  if (extensions) cv_fallback(v, cv_at(v, "/spec/revisionHistoryLimit"), "2147483647");
  if (beta1) cv_fallback(v, cv_at(v, "/spec/revisionHistoryLimit"), "2");
  cv_lost(v, cv_at(v, "/spec/rollbackTo"), "it asks for a rollback; `kubectl rollout undo` does that now");
  needs_selector(v);
}

void convert_daemonset(struct conv *v) {
  const char *generation = cv_at(v, "/spec/templateGeneration");
  bool extensions = of(v, "extensions", "v1beta1");
  if (extensions) labels(v);
  if (extensions && cv_is_empty(v, cv_at(v, "/spec/updateStrategy/type"))) {
    cv_erase(v, cv_at(v, "/spec/updateStrategy/type"));
    cv_fallback(v, cv_at(v, "/spec/updateStrategy/type"), "\"OnDelete\"");
  }
  if (cv_has(v, generation)) { /* as Kubernetes keeps it */
    const char *to = cv_key_at(v, cv_at(v, "/metadata/annotations"), "deprecated.daemonset.template.generation");
    if (!cv_has(v, to)) cv_set_text(v, to, cv_json(v, generation));
  }
  cv_erase(v, generation);
  needs_selector(v);
}

void convert_statefulset(struct conv *v) {
  bool beta1 = of(v, "apps", "v1beta1");
  if (beta1) labels(v);
  if (beta1 && cv_is_empty(v, cv_at(v, "/spec/updateStrategy/type"))) {
    cv_erase(v, cv_at(v, "/spec/updateStrategy/type"));
    cv_fallback(v, cv_at(v, "/spec/updateStrategy/type"), "\"OnDelete\"");
  }
  needs_selector(v);
}

/* autoSelector of extensions says the opposite of manualSelector; neither said, the labels selected. */
void convert_job(struct conv *v) {
  const char *automatic = cv_at(v, "/spec/autoSelector"), *manual = cv_at(v, "/spec/manualSelector");
  int32_t is_automatic = 0;
  if (v->doc->api->get_bool(v->doc, automatic, &is_automatic) != PINTLE_OK) is_automatic = 0;
  if (!is_automatic) labels(v);
  if (!is_automatic && cv_has(v, cv_at(v, "/spec/selector")) && !cv_has(v, manual)) cv_set(v, manual, "true");
  cv_erase(v, automatic);
}

void convert_replicaset(struct conv *v) {
  if (of(v, "extensions", "v1beta1")) labels(v);
  needs_selector(v);
}
