/* family.c -- the families: their keys, and what their mappings may hold.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static const char *const host_wrong = "lower case, labels of letters, digits and -, \"*.\" in front";

static bool only(const char *s, const char *extra) {
  for (; *s; s++)
    if (!(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9') && !strchr(extra, *s)) return false;
  return true;
}

/* A DNS subdomain, or a glob that may match one. */
static bool name_or_glob(const char *s) { return strpbrk(s, "*?") ? strlen(s) <= 253 && only(s, "-.*?") : xform_dns_name(s); }

static const char *wrong_name(const char *from, const char *to) {
  if (!name_or_glob(from)) return "the first is no name that an object may have (nor a pattern with * and ?)";
  return xform_dns_name(to) || (strchr(from, '*') && strchr(to, '*') && name_or_glob(to)) ? NULL
                                                                                          : "the second is no name that an object may have";
}

static const char *wrong_text(const char *from, const char *to) {
  if (!*from) return "the first is empty";
  return *to ? NULL : "the second is empty";
}

static const char *wrong_annotation(const char *from, const char *to) {
  (void)to;
  return strchr(from, '=') == from ? "the name of the annotation is empty" : NULL;
}

static bool wild(const char *host) { return host[0] == '*' && host[1] == '.'; }
static const char *wrong_host(const char *from, const char *to) {
  if (!xform_dns_name(wild(from) ? from + 2 : from))
    return "the first is no host: lower case, labels of letters, digits and -, \"*.\" in front";
  if (!xform_dns_name(wild(to) ? to + 2 : to)) return "the second is no host: lower case, labels of letters, digits and -, \"*.\" in front";
  if (wild(from) != wild(to)) return "either both begin with \"*.\", or none";
  return NULL;
}

static const char *wrong_domain(const char *from, const char *to) { return xform_dns_name(from) && xform_dns_name(to) ? NULL : host_wrong; }

/* A registry, a path or both; with a tag or a digest it is one image. */
static bool image(const char *s) {
  static const char *const inside = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/@[]";
  return *s && *s != '/' && s[strspn(s, inside)] == 0 && !strstr(s, "//");
}
static const char *wrong_image(const char *from, const char *to) {
  if (!image(from)) return "the first is no image, registry or path of one (\"registry.example.com/team\")";
  return image(to) ? NULL : "the second is no image, registry or path of one";
}

static bool label(const char *s, const char *also) {
  static const char *const inside = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/=";
  for (; *s; s++)
    if (!strchr(inside, *s) && !strchr(also, *s)) return false;
  return true;
}
static const char *wrong_label(const char *from, const char *to) {
  const char *f = strchr(from, '='), *t = strchr(to, '=');
  if (!*from || f == from || !label(from, "*?")) return "the first is neither \"key\" nor \"key=value\"";
  if (!*to || t == to || !label(to, "*")) return "the second is neither \"key\" nor \"key=value\"";
  if (strcspn(from, "*?") < strcspn(from, "=")) return "a pattern stands in the value only";
  return !f == !t ? NULL : "either both say \"key=value\", or both a key";
}

static const char *wrong_address(const char *from, const char *to) {
  static const char *const inside = "0123456789abcdefABCDEF.:/";
  if (!*from || from[strspn(from, inside)]) return "the first is no IP address or block of them (\"10.0.0.0/8\")";
  return *to && !to[strspn(to, inside)] ? NULL : "the second is no IP address or block of them (\"10.0.0.0/8\")";
}

static const char *wrong_namespace(const char *from, const char *to) {
  if (strlen(from) > 63 || !only(from, "-*?") || !*from) return "the first is no namespace";
  return strlen(to) <= 63 && *to && only(to, "-") ? NULL : "the second is no namespace";
}

static const char *wrong_nfs(const char *from, const char *to) {
  const char *f = strchr(from, '/'), *t = strchr(to, '/');
  if (!*from || f == from || !*to || t == to || strpbrk(from, " \t") || strpbrk(to, " \t")) return "a server, or server:/path";
  if ((f && f[-1] != ':') || (t && t[-1] != ':')) return "a server, or server:/path";
  return !f == !t ? NULL : "either both are servers, or both server:/path";
}

static const char *wrong_class(const char *from, const char *to) {
  if (!name_or_glob(from)) return "the first is no name of a StorageClass (nor a pattern, nor none)";
  return xform_dns_name(to) || (strchr(from, '*') && strchr(to, '*') && name_or_glob(to))
             ? NULL
             : "the second is no name of a StorageClass (nor default, nor none)";
}

const struct xform_family_info xform_family_infos[XFORM_FAMILIES] = {
    [XFORM_STORAGE_CLASSES] = {"storageClasses", wrong_class, true},
    [XFORM_SNAPSHOT_CLASSES] = {"volumeSnapshotClasses", wrong_name, true},
    [XFORM_ATTRIBUTES_CLASSES] = {"volumeAttributesClasses", wrong_name, true},
    [XFORM_DRIVERS] = {"volumeDrivers", wrong_text, true},
    [XFORM_HANDLES] = {"volumeHandles", wrong_text, true},
    [XFORM_NFS] = {"nfs", wrong_nfs, false},
    [XFORM_HOSTS] = {"hosts", wrong_host, false},
    [XFORM_CLUSTER_DOMAIN] = {"clusterDomain", wrong_domain, false},
    [XFORM_INGRESS_CLASSES] = {"ingressClasses", wrong_name, true},
    [XFORM_GATEWAY_CLASSES] = {"gatewayClasses", wrong_name, true},
    [XFORM_TLS_SECRETS] = {"tlsSecrets", wrong_name, true},
    [XFORM_ISSUERS] = {"issuers", wrong_name, true},
    [XFORM_ADDRESSES] = {"addresses", wrong_address, false},
    [XFORM_LB_CLASSES] = {"loadBalancerClasses", wrong_text, true},
    [XFORM_IMAGES] = {"images", wrong_image, false},
    [XFORM_PULL_SECRETS] = {"imagePullSecrets", wrong_name, true},
    [XFORM_NODE_LABELS] = {"nodeLabels", wrong_label, true},
    [XFORM_ZONES] = {"zones", wrong_text, true},
    [XFORM_NODES] = {"nodes", wrong_name, true},
    [XFORM_TAINTS] = {"taints", wrong_label, true},
    [XFORM_ACCOUNTS] = {"serviceAccounts", wrong_name, true},
    [XFORM_CLOUD] = {"cloudIdentities", wrong_text, true},
    [XFORM_PRIORITY_CLASSES] = {"priorityClasses", wrong_name, true},
    [XFORM_RUNTIME_CLASSES] = {"runtimeClasses", wrong_name, true},
    [XFORM_SCHEDULERS] = {"schedulers", wrong_name, true},
    [XFORM_NAMESPACES] = {"namespaces", wrong_namespace, true},
    [XFORM_ANNOTATIONS] = {"annotations", wrong_annotation, true},
    [XFORM_TEXT] = {"text", NULL, false},
};
