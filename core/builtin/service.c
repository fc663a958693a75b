/* service.c -- velero.io/service: drops addresses and ports that the old cluster chose.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: pkg/restore/actions/service_action.go. A node port that a person chose stays: kubectl's last-applied annotation names it, or,
 * where there is none, an entry of managedFields. */
#include "builtin/steps.h"
#include <stdlib.h>

#define APPLIED "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"

/* The Service as kubectl applied it; *applied NULL: it was not. */
static pintle_status read_applied(pintle_call *call, const pintle_doc *item, pintle_doc **applied) {
  pintle_str text;
  *applied = NULL;
  if (item->api->get_str(item, APPLIED, &text) != PINTLE_OK) return PINTLE_OK;
  pintle_status st = call->host->new_doc(call, text.ptr, text.len, applied);
  if (st == PINTLE_NOMEM) return st;
  return st == PINTLE_OK ? st : pintle_fail_at(call, PINTLE_INVALID, APPLIED, "the annotation is no JSON");
}

/* A port as JSON may hold it: 80, 8e1 or "80"; 0 when it is none. False: a text that is no number. */
static bool read_port(const item_node *v, long *port) {
  str number = item_number(v), text = item_string(v);
  *port = 0;
  if (number.ptr) {
    double d = strtod(number.ptr, NULL);
    if (d >= 1 && d <= INT32_MAX) *port = (long)d;
  } else if (text.ptr) { /* as Go's strconv.Atoi */
    size_t sign = text.ptr[0] == '+' || text.ptr[0] == '-', digits = strspn(text.ptr + sign, "0123456789");
    if (digits == 0 || digits > 18 || sign + digits != text.len) return false;
    *port = strtol(text.ptr, NULL, 10);
  }
  return true;
}

static pintle_status check_applied(pintle_call *call, const pintle_doc *applied) {
  long port;
  for (const item_node *p = builtin_elements(builtin_node(applied, "/spec/ports")); p; p = item_next(p))
    if (!read_port(item_member(p, STR("nodePort")), &port)) return pintle_fail_at(call, PINTLE_INVALID, APPLIED, "a nodePort is no number");
  return PINTLE_OK;
}

/* Was this node port, of the item's port, applied? By name; ports without one by number. */
static bool applied_port(const pintle_doc *applied, const item_node *port) {
  const char *name = builtin_text(port, "name");
  int64_t number = 0;
  if (item_int(item_member(port, STR("nodePort")), &number) != PINTLE_OK) return false;
  for (const item_node *p = builtin_elements(builtin_node(applied, "/spec/ports")); p; p = item_next(p)) {
    const item_node *its = item_member(p, STR("name"));
    long chosen;
    if (!read_port(item_member(p, STR("nodePort")), &chosen) || chosen <= 0) continue;
    if (its ? name[0] && str_is(item_string(its), name) : !name[0] && chosen == number) return true;
  }
  return false;
}

/* The member of an object f:SPEC of an entry of managedFields. */
static const item_node *managed(const item_node *entry, const char *field) {
  return item_member(item_member(item_member(entry, STR("fieldsV1")), STR("f:spec")), str_of(field));
}

static bool managed_port(const pintle_doc *item, const item_node *port) {
  char key[128];
  str number = item_number(item_member(port, STR("port")));
  int n =
      snprintf(key, sizeof key, "k:{\"port\":%.20s,\"protocol\":\"%s\"}", number.ptr ? number.ptr : "0", builtin_text(port, "protocol"));
  if (n < 0 || (size_t)n >= sizeof key) return false;
  for (const item_node *e = builtin_elements(builtin_node(item, "/metadata/managedFields")); e; e = item_next(e))
    if (item_member(item_member(managed(e, "f:ports"), str_of(key)), STR("f:nodePort"))) return true;
  return false;
}

static pintle_status drop_node_ports(pintle_call *call, pintle_doc *item, const pintle_doc *applied) {
  const item_node *ports = builtin_node(item, "/spec/ports");
  size_t n = item_type(ports) == PINTLE_T_ARRAY ? item_count(ports) : 0;
  pintle_status st = applied ? check_applied(call, applied) : PINTLE_OK;
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    char at[64];
    int len = snprintf(at, sizeof at, "/spec/ports/%zu", i);
    const item_node *port = builtin_node(item, at);
    bool chosen = applied ? applied_port(applied, port) : managed_port(item, port);
    if (len < 0 || chosen || item_type(port) != PINTLE_T_OBJECT) continue;
    snprintf(at + len, sizeof at - (size_t)len, "/nodePort");
    st = builtin_remove(call, item, at);
  }
  return st;
}

static pintle_status drop_health_port(pintle_call *call, pintle_doc *item, const pintle_doc *applied) {
  int64_t port;
  long chosen = 0;
  if (strcmp(pintle_str_or(item, "/spec/externalTrafficPolicy", ""), "Local") != 0 ||
      strcmp(pintle_str_or(item, "/spec/type", ""), "LoadBalancer") != 0)
    return PINTLE_OK;
  if (item->api->get_i64(item, "/spec/healthCheckNodePort", &port) != PINTLE_OK || port == 0) return PINTLE_OK;
  if (!read_port(applied ? builtin_node(applied, "/spec/healthCheckNodePort") : NULL, &chosen))
    return pintle_fail_at(call, PINTLE_INVALID, APPLIED, "healthCheckNodePort is no number");
  if (chosen) return PINTLE_OK;
  for (const item_node *e = builtin_elements(builtin_node(item, "/metadata/managedFields")); e; e = item_next(e))
    if (item_type(managed(e, "f:healthCheckNodePort")) == PINTLE_T_OBJECT) return PINTLE_OK;
  return builtin_remove(call, item, "/spec/healthCheckNodePort");
}

BUILTIN_EDIT(builtin_restore_service) {
  (void)self, (void)out;
  int32_t preserve = 0;
  pintle_doc *applied = NULL;
  pintle_status st = PINTLE_OK;
  if (strcmp(pintle_str_or(item, "/spec/clusterIP", ""), "None") != 0) { /* "None" is a choice: a headless Service */
    st = builtin_remove(call, item, "/spec/clusterIP");
    if (st == PINTLE_OK) st = builtin_remove(call, item, "/spec/clusterIPs");
  }
  if (st != PINTLE_OK) return st;
  if (in->run->api->get_bool(in->run, "/spec/preserveNodePorts", &preserve) == PINTLE_OK && preserve) return PINTLE_OK;
  if (strcmp(pintle_str_or(item, "/spec/type", ""), "ExternalName") == 0) return PINTLE_OK;
  if ((st = read_applied(call, item, &applied)) == PINTLE_OK) st = drop_node_ports(call, item, applied);
  return st == PINTLE_OK ? drop_health_port(call, item, applied) : st;
}
