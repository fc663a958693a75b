/* family.c -- the families: their keys, and what their mappings may hold.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <arpa/inet.h>
#include <stdlib.h>
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

/* ---- images, as the distribution project's reference grammar has them */
static bool alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
static bool upper(char c) { return c >= 'A' && c <= 'Z'; }

static bool port(const char *s, size_t n) {
  unsigned value = 0;
  if (n == 0 || n > 5) return false;
  for (size_t i = 0; i < n; i++) {
    if (s[i] < '0' || s[i] > '9') return false;
    value = value * 10 + (unsigned)(s[i] - '0');
  }
  return value > 0 && value <= 65535;
}

/* A host, also in capital letters or an IPv6 address in brackets, with or without a port. */
static bool registry(const char *s, size_t n) {
  size_t i = 0;
  if (*s == '[') {
    i = 1 + strspn(s + 1, "0123456789abcdefABCDEF:.");
    if (i >= n || s[i++] != ']') return false;
  } else
    for (size_t label = 0; i < n && s[i] != ':'; i++) {
      bool dot = s[i] == '.', last = i + 1 == n || s[i + 1] == '.' || s[i + 1] == ':';
      if (dot ? label == 0 : !alnum(s[i]) && !upper(s[i]) && (s[i] != '-' || label == 0 || last)) return false;
      label = dot ? 0 : label + 1;
    }
  return i > 0 && (i == n || (s[i] == ':' && port(s + i + 1, n - i - 1)));
}

/* Lower case, words divided by one of . _ __ or hyphens. */
static bool component(const char *s, size_t n) {
  for (size_t i = 0; i < n; i++) {
    size_t hyphens = strspn(s + i, "-"), signs = hyphens ? hyphens : s[i] == '_' && s[i + 1] == '_' ? 2 : s[i] == '_' || s[i] == '.';
    if (!signs && !alnum(s[i])) return false;
    if (signs && (i == 0 || i + signs >= n || !alnum(s[i + signs]))) return false;
    if (signs) i += signs;
  }
  return n > 0;
}

static bool digest(const char *s) {
  static const struct {
    const char *name;
    size_t digits;
  } known[] = {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    size_t n = strlen(known[i].name);
    if (strncmp(s, known[i].name, n) == 0) return strlen(s + n) == known[i].digits && strspn(s + n, "0123456789abcdef") == known[i].digits;
  }
  size_t n = strcspn(s, ":");
  return n > 0 && s[n] && strlen(s + n + 1) >= 32 && s[n + 1 + strspn(s + n + 1, "0123456789abcdefABCDEF")] == 0;
}

static bool tag(const char *s, size_t n) {
  static const char *const inside = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  return n > 0 && n <= 128 && *s != '.' && *s != '-' && strspn(s, inside) >= n;
}

/* Divided by /, the first may be a registry. */
static bool components(const char *s, size_t n) {
  for (size_t i = 0; i <= n;) {
    const char *slash = memchr(s + i, '/', n - i);
    size_t len = slash ? (size_t)(slash - s) - i : n - i;
    bool first = i == 0 && slash, named = memchr(s, '.', len) || memchr(s, ':', len) || (len == 9 && strncmp(s, "localhost", 9) == 0);
    if (first && named ? !registry(s, len) : !component(s + i, len)) return false;
    i += len + 1;
  }
  return true;
}

/* A registry, a path or both; with a tag or a digest it is one image. */
static bool image(const char *s) {
  const char *at = strchr(s, '@'), *end = at ? at : s + strlen(s), *last = end;
  if (at && !digest(at + 1)) return false;
  if (!at && end > s && end[-1] == '/') last = --end;
  while (last > s && last[-1] != '/') last--;
  size_t n = (size_t)(end - last);
  if (last == s && !at && (strpbrk(s, ".:[") || strcmp(s, "localhost") == 0) && registry(s, n))
    return true; /* "host:5000", or "app:5000" */
  const char *colon = memchr(last, ':', n);
  if (colon && !tag(colon + 1, (size_t)(end - colon - 1))) return false;
  return components(s, (size_t)((colon ? colon : end) - s));
}

bool xform_image_registry(const char *s, bool *maybe) {
  size_t n = strcspn(s, "/");
  *maybe = n == strlen(s) && !strpbrk(s, ".[@") && strncmp(s, "localhost", 9) != 0 && strchr(s, ':');
  return (!s[n] || !s[n + 1]) && ((n == 9 && strncmp(s, "localhost", 9) == 0) || strcspn(s, ".:[") < n) && registry(s, n);
}

bool xform_image_tagged(const char *s) {
  const char *last = strrchr(s, '/');
  return strchr(s, '@') || strchr(last ? last : s, ':');
}

#define IMAGE_FORM \
  " is no image, registry or path of one (\"registry.example.com:5000/team\"): a path is in lower case, a port a number, a digest whole"
static const char *wrong_image(const char *from, const char *to) {
  bool f_maybe, t_maybe, f_registry = xform_image_registry(from, &f_maybe), t_registry = xform_image_registry(to, &t_maybe);
  if (!image(from)) return "the first" IMAGE_FORM;
  if (!image(to)) return "the second" IMAGE_FORM;
  if (!f_registry && xform_image_tagged(from))
    return t_registry && !t_maybe ? "the second is a registry, and the first is one image" : NULL;
  return t_registry                           ? f_registry || !t_maybe
                                                    ? NULL
                                                    : "the second has a tag (or is it a registry's port?), and the first has none: an image keeps its own"
         : xform_image_tagged(to) && !f_maybe ? "the second has a tag or a digest, and the first has none: an image keeps its own"
                                              : NULL;
}

/* ---- addresses */
static bool v4(const char *s, size_t n) {
  size_t parts = 0, i = 0;
  for (; i < n; parts++) {
    unsigned value = 0;
    size_t from = i;
    for (; i < n && s[i] >= '0' && s[i] <= '9'; i++) value = i - from < 3 ? value * 10 + (unsigned)(s[i] - '0') : 256;
    if (i == from || value > 255 || parts == 4 || (i < n && s[i++] != '.')) return false;
  }
  return parts == 4 && s[n - 1] != '.';
}

static bool v6(const char *s, size_t n) {
  char text[INET6_ADDRSTRLEN];
  struct in6_addr a;
  if (n >= sizeof text) return false;
  memcpy(text, s, n);
  text[n] = 0;
  return inet_pton(AF_INET6, text, &a) == 1;
}

/* An address, a block of them, or one with a port. */
static bool address(const char *s) {
  const char *slash = strchr(s, '/'), *colon = strchr(s, ':'), *bracket = *s == '[' ? strchr(s, ']') : NULL;
  size_t n = slash ? (size_t)(slash - s) : strlen(s), digits = slash ? strlen(slash + 1) : 0;
  if (bracket) return v6(s + 1, (size_t)(bracket - s) - 1) && bracket[1] == ':' && port(bracket + 2, strlen(bracket + 2));
  if (slash && (digits == 0 || digits > 3 || strspn(slash + 1, "0123456789") != digits || (digits > 1 && slash[1] == '0'))) return false;
  if (slash && atoi(slash + 1) > (colon ? 128 : 32)) return false;
  if (colon && !slash && v4(s, (size_t)(colon - s))) return port(colon + 1, strlen(colon + 1));
  return colon ? v6(s, n) : v4(s, n);
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

#define ADDRESS_FORM " is no IP address (\"10.0.0.1\", \"10.0.0.1:6789\") or block of them (\"10.0.0.0/8\")"
static const char *wrong_address(const char *from, const char *to) {
  if (!address(from)) return "the first" ADDRESS_FORM;
  return address(to) ? NULL : "the second" ADDRESS_FORM;
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
