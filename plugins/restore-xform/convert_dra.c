/* convert_dra.c -- resource.k8s.io: claims, device classes, slices.  SPDX-License-Identifier: Apache-2.0
 *
 * Since v1beta2 a request of a device stands under `exactly`, and a device's properties are not under `basic` any more. */
#include "convert.h"
#include <string.h>

static bool is_nested(const char *version) { return strcmp(version, "v1") == 0 || strcmp(version, "v1beta2") == 0; }

static void claim(struct conv *v, const char *spec) {
  static const char *const keys[] = {"deviceClassName", "selectors",   "allocationMode", "count",
                                     "adminAccess",     "tolerations", "capacity",       NULL};
  const char *requests = cv_key_at(v, cv_key_at(v, spec, "devices"), "requests");
  char index[30];
  cv_lost(v, cv_key_at(v, spec, "controller"), "classic dynamic resource allocation is gone");
  for (size_t i = 0, n = is_nested(v->to_version) ? cv_count(v, requests) : 0; i < n; i++) {
    if (snprintf(index, sizeof index, "%zu", i) < 0) return;
    const char *request = cv_key_at(v, requests, index);
    cv_move_all(v, request, cv_key_at(v, request, "exactly"), keys);
  }
}

void convert_resourceclaim(struct conv *v) {
  claim(v, cv_at(v, strcmp(v->row->kind, "ResourceClaimTemplate") == 0 ? "/spec/spec" : "/spec"));
}

void convert_deviceclass(struct conv *v) { cv_lost(v, cv_at(v, "/spec/suitableNodes"), "classic dynamic resource allocation is gone"); }

/* v1alpha3 wrote a capacity as a quantity. */
static void capacities(struct conv *v, const char *all) {
  for (const pintle_value *c = v->doc->api->first(v->doc, cv_value(v, all)); c; c = v->doc->api->next(v->doc, c)) {
    pintle_str key;
    if (v->doc->api->type(v->doc, c) == PINTLE_T_OBJECT || v->doc->api->key(v->doc, c, &key) != PINTLE_OK) continue;
    const char *p = cv_key_at(v, all, key.ptr);
    cv_set(v, p, cv_print(v, "{\"value\":%s}", cv_json(v, p)));
    c = cv_value(v, p); /* it is another now */
  }
}

void convert_resourceslice(struct conv *v) {
  static const char *const keys[] = {"attributes",
                                     "capacity",
                                     "consumesCounters",
                                     "nodeName",
                                     "nodeSelector",
                                     "allNodes",
                                     "taints",
                                     "bindsToNode",
                                     "bindingConditions",
                                     "bindingFailureConditions",
                                     "allowMultipleAllocations",
                                     "nodeAllocatableResourceMappings",
                                     NULL};
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/spec/devices")); i < n; i++) {
    const char *device = cv_at(v, "/spec/devices/%zu", i), *basic = cv_key_at(v, device, "basic");
    if (strcmp(v->row->version, "v1alpha3") == 0) capacities(v, cv_key_at(v, basic, "capacity"));
    if (!is_nested(v->to_version)) continue;
    cv_move_all(v, basic, device, keys);
    if (cv_is_empty(v, basic)) cv_erase(v, basic);
    else cv_lost(v, basic, "not known here");
  }
}

/* Without them the rule would taint devices that it never meant. */
void convert_taintrule(struct conv *v) {
  const char *class = cv_at(v, "/spec/deviceSelector/deviceClassName"), *selectors = cv_at(v, "/spec/deviceSelector/selectors");
  if (cv_is_empty(v, class) && cv_is_empty(v, selectors)) {
    cv_erase(v, class);
    cv_erase(v, selectors);
    return;
  }
  cv_say(v, PINTLE_LOG_WARN, "no-replacement", cv_at(v, "/spec/deviceSelector"),
         "%s does not select by deviceClassName and selectors, and without them the rule would taint other devices; write it anew", v->to);
  cv_skip(v, "it selects devices in a way that is gone");
}
