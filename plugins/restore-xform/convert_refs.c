/* convert_refs.c -- items that name other kinds: owners, targets, roles, quotas, webhooks.  SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"
#include <ctype.h>
#include <string.h>

/* p holds apiVersion and kind. */
static void reference(struct conv *v, const char *p) {
  const char *version = cv_key_at(v, p, "apiVersion"), *to;
  pintle_str is;
  if (v->st != PINTLE_OK || pintle_get_str(v->doc, version, &is) != PINTLE_OK) return;
  const struct convert_row *row = convert_find(v->c, is, cv_text(v, cv_key_at(v, p, "kind")));
  if (!row || convert_decide(v, row, &to) != CONVERT_TO) return;
  cv_set_text(v, version, to);
  if (!v->quiet && v->st == PINTLE_OK) v->out->api->note(v->out, version, "follows the version of what it names");
}

static void group_of(struct conv *v, const char *to, char *room, size_t size) {
  size_t n = strcspn(to, "/");
  (void)v;
  if (n >= size || !to[n]) n = 0;
  memcpy(room, to, n);
  room[n] = 0;
}

/* "Ingress" -> "ingresses" */
static bool is_plural(const char *resource, size_t len, const char *kind) {
  char name[100];
  size_t n = 0;
  for (; kind[n] && n < sizeof name - 4; n++) name[n] = (char)tolower((unsigned char)kind[n]);
  if (n && name[n - 1] == 'y') n--, memcpy(name + n, "ies", 4), n += 3;
  else if (n && name[n - 1] == 's') memcpy(name + n, "es", 3), n += 2;
  else memcpy(name + n, "s", 2), n++;
  return n == len && memcmp(name, resource, n) == 0;
}

/* The group that resource (its first `len` bytes) of `group` has moved to. */
static bool moved(struct conv *v, const char *group, const char *resource, size_t len, char *room, size_t size) {
  const char *to;
  for (size_t i = 0; i < v->c->n_all; i++) {
    const struct convert_row *row = v->c->all[i];
    if (strcmp(row->group, group) != 0 || !row->replacement || strncmp(row->replacement, group, strlen(group)) == 0) continue;
    if (!is_plural(resource, len, row->kind) || convert_decide(v, row, &to) != CONVERT_TO) continue;
    group_of(v, to, room, size);
    return *room != 0;
  }
  return false;
}

static bool lists(struct conv *v, const char *p, const char *what) {
  for (size_t i = 0, n = cv_count(v, p); i < n; i++) {
    char number[30];
    if (snprintf(number, sizeof number, "%zu", i) > 0 && cv_is_text(v, cv_key_at(v, p, number), what)) return true;
  }
  return false;
}

/* ---- roles */
static bool no_psp(struct conv *v) {
  const struct convert_row *row = convert_find(v->c, (pintle_str){"policy/v1beta1", 14}, "PodSecurityPolicy");
  const char *to;
  return row && convert_decide(v, row, &to) == CONVERT_NO_REPLACEMENT;
}

static void rule(struct conv *v, size_t i) {
  const char *groups = cv_at(v, "/rules/%zu/apiGroups", i), *resources = cv_at(v, "/rules/%zu/resources", i);
  for (size_t g = 0, n = cv_count(v, groups); g < n; g++) {
    const char *group = cv_text(v, cv_at(v, "/rules/%zu/apiGroups/%zu", i, g));
    for (size_t r = 0, m = cv_count(v, resources); r < m; r++) {
      const char *resource = cv_text(v, cv_at(v, "/rules/%zu/resources/%zu", i, r));
      char to[256];
      if (strcmp(resource, "*") == 0 && strcmp(group, "extensions") == 0)
        cv_say(v, PINTLE_LOG_WARN, "doubtful", resources,
               "\"*\" of the group extensions is not widened to \"*\" of apps and networking.k8s.io, which have other kinds, too: add a "
               "rule for those that are used (deployments, daemonsets, replicasets of apps; ingresses, networkpolicies of networking.k8s.io)");
      if (!moved(v, group, resource, strcspn(resource, "/"), to, sizeof to) || lists(v, groups, to) || lists(v, groups, "*")) continue;
      cv_set_text(v, cv_at(v, "/rules/%zu/apiGroups/-", i), to);
      if (!v->quiet && v->st == PINTLE_OK) v->out->api->note(v->out, groups, "follows resources that have moved to this group");
    }
  }
}

static void rules(struct conv *v) {
  bool gone = no_psp(v);
  for (size_t i = cv_count(v, cv_at(v, "/rules")); i-- > 0;) {
    const char *resources = cv_at(v, "/rules/%zu/resources", i), *groups = cv_at(v, "/rules/%zu/apiGroups", i);
    bool names = gone && lists(v, resources, "podsecuritypolicies") && (lists(v, groups, "policy") || lists(v, groups, "extensions"));
    if (names && cv_count(v, resources) == 1) {
      cv_lost(v, cv_at(v, "/rules/%zu", i), "there are no PodSecurityPolicies to use");
      continue;
    }
    for (size_t r = names ? cv_count(v, resources) : 0; r-- > 0;)
      if (cv_is_text(v, cv_at(v, "/rules/%zu/resources/%zu", i, r), "podsecuritypolicies"))
        cv_lost(v, cv_at(v, "/rules/%zu/resources/%zu", i, r), "there are no PodSecurityPolicies to use");
    rule(v, i);
  }
}

/* ---- quotas: count/deployments.extensions */
static void quota(struct conv *v) {
  const char *hard = cv_at(v, "/spec/hard");
  for (const pintle_value *m = v->doc->api->first(v->doc, cv_value(v, hard)), *next; m && v->st == PINTLE_OK; m = next) {
    pintle_str key;
    char to[256], name[600];
    next = v->doc->api->next(v->doc, m);
    if (v->doc->api->key(v->doc, m, &key) != PINTLE_OK || strncmp(key.ptr, "count/", 6) != 0) continue;
    const char *resource = key.ptr + 6, *dot = strchr(resource, '.');
    if (!dot || !moved(v, dot + 1, resource, (size_t)(dot - resource), to, sizeof to)) continue;
    if (snprintf(name, sizeof name, "count/%.*s.%s", (int)(dot - resource), resource, to) >= (int)sizeof name) continue;
    cv_move(v, cv_key_at(v, hard, key.ptr), cv_key_at(v, hard, name));
    if (!v->quiet && v->st == PINTLE_OK) v->out->api->note(v->out, cv_key_at(v, hard, name), "follows the resource to its new group");
  }
}

/* ---- admission: with matchPolicy Exact, rules for groups that are gone meet nothing. at: the array of rules. */
static void admission(struct conv *v, const char *at, const char *policy) {
  if (!cv_is_text(v, policy, "Exact")) return;
  for (size_t i = 0, n = cv_count(v, at); i < n; i++) {
    const char *groups = cv_at(v, "%s/%zu/apiGroups", at, i), *resource = cv_text(v, cv_at(v, "%s/%zu/resources/0", at, i));
    char to[256];
    if (lists(v, groups, "extensions") && moved(v, "extensions", resource, strcspn(resource, "/"), to, sizeof to) && !lists(v, groups, to))
      cv_say(v, PINTLE_LOG_WARN, "doubtful", groups, "%s moved to %s, and matchPolicy is Exact: add the group, or nothing is matched", resource, to);
  }
}

static void webhooks(struct conv *v) {
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/webhooks")); i < n; i++)
    admission(v, cv_at(v, "/webhooks/%zu/rules", i), cv_at(v, "/webhooks/%zu/matchPolicy", i));
}

static void policy(struct conv *v, const char *match) {
  admission(v, cv_at(v, "%s/resourceRules", match), cv_at(v, "%s/matchPolicy", match));
}

/* Text ends with this, as kinds of admission do. */
static bool ends(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && strcmp(text + n - m, end) == 0;
}

void convert_references(struct conv *v) {
  const char *kind = cv_text(v, cv_at(v, "/kind")), *group = cv_text(v, cv_at(v, "/apiVersion"));
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/metadata/ownerReferences")); i < n; i++)
    reference(v, cv_at(v, "/metadata/ownerReferences/%zu", i));
  if (strcmp(kind, "HorizontalPodAutoscaler") == 0 || strcmp(kind, "ScaledObject") == 0) {
    reference(v, cv_at(v, "/spec/scaleTargetRef"));
    for (size_t i = 0, n = cv_count(v, cv_at(v, "/spec/metrics")); i < n; i++)
      reference(v, cv_at(v, "/spec/metrics/%zu/object/describedObject", i));
  } else if (strcmp(kind, "VerticalPodAutoscaler") == 0) reference(v, cv_at(v, "/spec/targetRef"));
  else if ((strcmp(kind, "Role") == 0 || strcmp(kind, "ClusterRole") == 0) && strncmp(group, "rbac.", 5) == 0) rules(v);
  else if (strcmp(kind, "ResourceQuota") == 0) quota(v);
  else if (strncmp(group, "admissionregistration.", 22) == 0) {
    if (ends(kind, "WebhookConfiguration")) webhooks(v);
    else if (ends(kind, "AdmissionPolicy")) policy(v, cv_at(v, "/spec/matchConstraints"));
    else if (ends(kind, "AdmissionPolicyBinding")) policy(v, cv_at(v, "/spec/matchResources"));
  }
}
