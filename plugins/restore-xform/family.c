/* family.c -- the families: their keys, and what their mappings may hold.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* May it be such a name; from: also a pattern; to: with a * in from, one with a *. */
static bool is_name(enum xform_name what, const char *s) { return *s && xform_legal(what, s, strlen(s), false); }
static bool is_from(enum xform_name what, const char *s) { return *s && xform_legal(what, s, strlen(s), true); }
static bool is_to(enum xform_name what, const char *from, const char *s) {
  return *s && xform_legal(what, s, strlen(s), strchr(from, '*') && strchr(s, '*'));
}

#define OBJECT_FORM " (lower case letters and digits, between them - and ., 253 at most)"
static const char *wrong_name(const char *from, const char *to) {
  if (!is_from(XFORM_NAME_OBJECT, from)) return "the first is no name that an object may have" OBJECT_FORM ", nor a pattern with * and ? for some";
  return is_to(XFORM_NAME_OBJECT, from, to) ? NULL : "the second is no name that an object may have" OBJECT_FORM;
}

/* "shop/Web_App": the name alone, as it may be. */
static const char *meant_name(const char *s, char *room) {
  const char *slash = strrchr(s, '/');
  size_t n = 0;
  for (const char *p = slash ? slash + 1 : s; *p && n < 253; p++) room[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p == '_' || *p == ' ' ? '-' : *p);
  room[n] = 0;
  return room;
}

static const char *wrong_class(const char *from, const char *to) {
  if (!is_from(XFORM_NAME_OBJECT, from)) return "the first is no name of a StorageClass" OBJECT_FORM ", nor a pattern, nor none";
  return is_to(XFORM_NAME_OBJECT, from, to) ? NULL : "the second is no name of a StorageClass" OBJECT_FORM ", nor default, nor none";
}

static const char *wrong_text(const char *from, const char *to) {
  if (!*from) return "the first is empty";
  return *to ? NULL : "the second is empty";
}

static bool blank(const char *s) {
  for (; *s; s++)
    if ((unsigned char)*s <= ' ' || *s == 0x7f) return true;
  return false;
}
static const char *wrong_identity(const char *from, const char *to) {
  if (!*from || blank(from)) return "the first is no identity: it is empty, or holds a blank";
  return *to && !blank(to) ? NULL : "the second is no identity: it is empty, or holds a blank";
}

/* Of CSI, of a provisioner ("kubernetes.io/aws-ebs"), or of a FlexVolume ("vendor/driver"). */
static bool driver(const char *s, const char *also) {
  for (const char *p = s; *p; p++)
    if (!(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z') && !(*p >= '0' && *p <= '9') && !strchr("-_./~", *p) && !strchr(also, *p)) return false;
  return *s != 0;
}
#define DRIVER_FORM " is no name of a driver: letters, digits, - _ . /"
static const char *wrong_driver(const char *from, const char *to) {
  if (!driver(from, "*?")) return "the first" DRIVER_FORM;
  return driver(to, "*") ? NULL : "the second" DRIVER_FORM;
}

#define ZONE_FORM " is no zone or region: letters and digits, between them - _ and ., 63 at most"
static const char *wrong_zone(const char *from, const char *to) {
  if (!is_from(XFORM_NAME_LABEL_VALUE, from)) return "the first" ZONE_FORM;
  return is_to(XFORM_NAME_LABEL_VALUE, from, to) ? NULL : "the second" ZONE_FORM;
}

#define LB_FORM " is no load balancer class: a name like that of a label, \"service.k8s.aws/nlb\""
static const char *wrong_lb_class(const char *from, const char *to) {
  if (!is_from(XFORM_NAME_LABEL, from)) return "the first" LB_FORM;
  return is_to(XFORM_NAME_LABEL, from, to) ? NULL : "the second" LB_FORM;
}

static const char *wrong_annotation(const char *from, const char *to) { /* any text; map.c looks at the annotation's name */
  return (void)from, (void)to, NULL;
}

static bool wild(const char *host) { return host[0] == '*' && host[1] == '.'; }
#define HOST_FORM " is no host: lower case, labels of letters, digits and -, 63 at most each, \"*.\" in front"
static const char *wrong_host(const char *from, const char *to) {
  if (!is_name(XFORM_NAME_HOST, wild(from) ? from + 2 : from)) return "the first" HOST_FORM;
  if (!is_name(XFORM_NAME_HOST, wild(to) ? to + 2 : to)) return "the second" HOST_FORM;
  if (!strchr(from, '.')) return "the first has no dot: in a text it may be any word, and is not looked for; `text` rules can say where it stands";
  return wild(from) == wild(to) ? NULL : "either both begin with \"*.\", or none";
}

/* A URL, a host with a port or a dot at the end, ".example.com", capital letters: the host that is meant. */
static const char *meant_host(const char *s, char *room) {
  const char *scheme = strstr(s, "://"), *at = strchr(s, '@'), *p = at ? at + 1 : scheme ? scheme + 3 : s;
  size_t n = 0;
  if (*p == '.' || (*p == '*' && p[1] != '.' && p[1])) n = (size_t)snprintf(room, 3, *p == '.' ? "*" : "*."), p += *p == '*';
  for (; *p && !strchr("/:?# ", *p) && n < 253; p++) room[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
  while (n && room[n - 1] == '.') n--;
  room[n] = 0;
  return is_name(XFORM_NAME_HOST, wild(room) ? room + 2 : room) ? room : NULL;
}

static const char *meant_domain(const char *s, char *room) {
  const char *host = meant_host(strncmp(s, "svc.", 4) == 0 ? s + 4 : s, room);
  return host && !wild(host) ? host : NULL;
}

static const char *meant_class(const char *s, char *room) { return *s ? meant_name(s, room) : "none"; }

static const char *wrong_domain(const char *from, const char *to) {
  if (!is_name(XFORM_NAME_HOST, from) || !is_name(XFORM_NAME_HOST, to)) return "lower case, labels of letters, digits and -, 63 at most each";
  return strncmp(from, "svc.", 4) == 0 || strncmp(to, "svc.", 4) == 0 ? "the domain is what stands behind \"svc.\"" : NULL;
}

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

/* A URL, "r.io/" with a *; no registry is docker.io. */
static const char *meant_image(const char *s, char *room) {
  const char *scheme = strstr(s, "://");
  if (snprintf(room, 254, "%s", scheme ? scheme + 3 : *s ? s : "docker.io") < 0) return NULL;
  size_t n = strlen(room);
  while (n && room[n - 1] == '*') n--;
  if (n && room[n - 1] == ':') n--;
  room[n] = 0;
  return n ? room : NULL;
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
enum { IS_BLOCK = 1, HAS_PORT = 2, IS_V6 = 4, IS_NONE = 8 };
static unsigned address(const char *s) {
  const char *slash = strchr(s, '/'), *colon = strchr(s, ':'), *bracket = *s == '[' ? strchr(s, ']') : NULL;
  size_t n = slash ? (size_t)(slash - s) : strlen(s), digits = slash ? strlen(slash + 1) : 0;
  const unsigned block = slash ? IS_BLOCK : 0;
  if (bracket)
    return v6(s + 1, (size_t)(bracket - s) - 1) && bracket[1] == ':' && port(bracket + 2, strlen(bracket + 2)) ? IS_V6 | HAS_PORT : IS_NONE;
  if (slash && (digits == 0 || digits > 3 || strspn(slash + 1, "0123456789") != digits || (digits > 1 && slash[1] == '0'))) return IS_NONE;
  if (slash && atoi(slash + 1) > (colon ? 128 : 32)) return IS_NONE;
  if (colon && !slash && v4(s, (size_t)(colon - s))) return port(colon + 1, strlen(colon + 1)) ? HAS_PORT : IS_NONE;
  if (colon) return v6(s, n) ? block | IS_V6 : IS_NONE;
  return v4(s, n) ? block : IS_NONE;
}

#define ADDRESS_FORM " is no IP address (\"10.0.0.1\", \"10.0.0.1:6789\") or block of them (\"10.0.0.0/8\")"
static const char *wrong_address(const char *from, const char *to) {
  const unsigned f = address(from), t = address(to);
  if (f == IS_NONE) return "the first" ADDRESS_FORM;
  if (t == IS_NONE) return "the second" ADDRESS_FORM;
  if ((f ^ t) & IS_V6) return "one is of IPv4, the other of IPv6: a field that takes the first may refuse the second";
  if (f & ~t & IS_BLOCK) return "the first is a block, the second is none (10.0.0.1/32 is the block of one address)";
  if (t & ~f & IS_BLOCK) return "the second is a block, the first is none (10.0.0.1/32 is the block of one address)";
  return t & ~f & HAS_PORT ? "the second has a port, the first has none: few fields take one" : NULL;
}

/* "key" or "key=value"; the value may be a pattern. */
static const char *label(const char *s, bool globs, const char *key_wrong, const char *value_wrong) {
  const size_t n = strcspn(s, "=");
  if (!xform_legal(XFORM_NAME_LABEL, s, n, false)) return key_wrong;
  return !s[n] || xform_legal(XFORM_NAME_LABEL_VALUE, s + n + 1, strlen(s + n + 1), globs) ? NULL : value_wrong;
}
#define KEY_FORM " can be no key of a label: \"pool\" or \"example.com/pool\", letters and digits, between them - _ and ., 63 at most"
#define VALUE_FORM " can be no value of a label: letters and digits, between them - _ and ., 63 at most"
static const char *wrong_label(const char *from, const char *to) {
  const char *f = strchr(from, '='), *t = strchr(to, '='), *why;
  if (!*from || f == from) return "the first is neither \"key\" nor \"key=value\"";
  if (!*to || t == to) return "the second is neither \"key\" nor \"key=value\"";
  if (strcspn(from, "*?") < strcspn(from, "=")) return "a pattern stands in the value only";
  if ((why = label(from, true, "the first" KEY_FORM, "the first" VALUE_FORM))) return why;
  if ((why = label(to, strchr(from, '*') != NULL, "the second" KEY_FORM, "the second" VALUE_FORM))) return why;
  return !f == !t ? NULL : "either both say \"key=value\", or both a key";
}

/* "key: value", and a taint with its effect: "key=value:NoSchedule". */
static const char *meant_label(const char *s, char *room) {
  static const char *const effects[] = {":NoSchedule", ":PreferNoSchedule", ":NoExecute"};
  if (snprintf(room, 254, "%s", s) < 0) return NULL;
  for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
    const size_t n = strlen(room), k = strlen(effects[i]);
    if (n > k && strcmp(room + n - k, effects[i]) == 0) room[n - k] = 0;
  }
  char *colon = strchr(room, ':');
  if (!colon) return room;
  *colon = '=';
  const size_t blanks = strspn(colon + 1, " ");
  memmove(colon + 1, colon + 1 + blanks, strlen(colon + 1 + blanks) + 1);
  return room;
}

#define NAMESPACE_FORM " is no namespace: lower case letters and digits, between them -, 63 at most"
static const char *wrong_namespace(const char *from, const char *to) {
  if (!is_from(XFORM_NAME_NAMESPACE, from)) return "the first" NAMESPACE_FORM;
  if (strchr(to, '*')) return "the second is no namespace: here a * carries nothing over";
  return is_name(XFORM_NAME_NAMESPACE, to) ? NULL : "the second" NAMESPACE_FORM;
}

/* "server" or "server:/path" without blanks and patterns in the server. */
static const char *nfs(const char *s) {
  const char *slash = strchr(s, '/');
  const size_t server = slash ? (size_t)(slash - s) : strlen(s);
  const char *colon = strchr(s, ':');
  if (!server || strcspn(s, " \t") < server || (slash && (slash[-1] != ':' || slash == s + 1 || slash[1] == '/'))) return "a server, or server:/path";
  if (!slash && colon && !strchr(colon + 1, ':')) return "a server, or server:/path";
  return strpbrk(s, "*?") ? "a server, or server:/path, and no patterns: what is below a path is meant anyway" : NULL;
}
/* "nfs://server/path", "server/path", "server:path" */
static const char *meant_nfs(const char *s, char *room) {
  const char *scheme = strstr(s, "://"), *p = scheme ? scheme + 3 : s;
  const size_t server = strcspn(p, ":/");
  const char *path = p + server + (p[server] == ':');
  if (snprintf(room, 254, "%.*s%s%s%s", (int)server, p, *path ? ":" : "", *path && *path != '/' ? "/" : "", path) < 0) return NULL;
  return server ? room : NULL;
}

static const char *wrong_nfs(const char *from, const char *to) {
  const char *why = nfs(from) ? nfs(from) : nfs(to);
  if (why) return why;
  return !strchr(from, '/') == !strchr(to, '/') ? NULL : "either both are servers, or both server:/path";
}

const struct xform_family_info xform_family_infos[XFORM_FAMILIES] = {
    [XFORM_STORAGE_CLASSES] = {"storageClasses", wrong_class, true, meant_class},
    [XFORM_SNAPSHOT_CLASSES] = {"volumeSnapshotClasses", wrong_name, true, meant_name},
    [XFORM_ATTRIBUTES_CLASSES] = {"volumeAttributesClasses", wrong_name, true, meant_name},
    [XFORM_DRIVERS] = {"volumeDrivers", wrong_driver, true, NULL},
    [XFORM_HANDLES] = {"volumeHandles", wrong_text, true, NULL},
    [XFORM_NFS] = {"nfs", wrong_nfs, false, meant_nfs},
    [XFORM_HOSTS] = {"hosts", wrong_host, false, meant_host},
    [XFORM_CLUSTER_DOMAIN] = {"clusterDomain", wrong_domain, false, meant_domain},
    [XFORM_INGRESS_CLASSES] = {"ingressClasses", wrong_name, true, meant_name},
    [XFORM_GATEWAY_CLASSES] = {"gatewayClasses", wrong_name, true, meant_name},
    [XFORM_TLS_SECRETS] = {"tlsSecrets", wrong_name, true, meant_name},
    [XFORM_ISSUERS] = {"issuers", wrong_name, true, meant_name},
    [XFORM_ADDRESSES] = {"addresses", wrong_address, false, NULL},
    [XFORM_LB_CLASSES] = {"loadBalancerClasses", wrong_lb_class, true, NULL},
    [XFORM_IMAGES] = {"images", wrong_image, false, meant_image},
    [XFORM_PULL_SECRETS] = {"imagePullSecrets", wrong_name, true, meant_name},
    [XFORM_NODE_LABELS] = {"nodeLabels", wrong_label, true, meant_label},
    [XFORM_ZONES] = {"zones", wrong_zone, true, NULL},
    [XFORM_NODES] = {"nodes", wrong_name, true, meant_name},
    [XFORM_TAINTS] = {"taints", wrong_label, true, meant_label},
    [XFORM_ACCOUNTS] = {"serviceAccounts", wrong_name, true, meant_name},
    [XFORM_CLOUD] = {"cloudIdentities", wrong_identity, true, NULL},
    [XFORM_PRIORITY_CLASSES] = {"priorityClasses", wrong_name, true, meant_name},
    [XFORM_RUNTIME_CLASSES] = {"runtimeClasses", wrong_name, true, meant_name},
    [XFORM_SCHEDULERS] = {"schedulers", wrong_name, true, meant_name},
    [XFORM_NAMESPACES] = {"namespaces", wrong_namespace, true, NULL},
    [XFORM_ANNOTATIONS] = {"annotations", wrong_annotation, true, NULL},
    [XFORM_TEXT] = {"text", NULL, false, NULL},
};
