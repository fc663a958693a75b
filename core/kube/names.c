/* names.c -- see names.h.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/names.h"

static bool lower(char c) { return c >= 'a' && c <= 'z'; }
static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool alnum(char c) { return lower(c) || (c >= 'A' && c <= 'Z') || digit(c); }

/* [a-z0-9]([-a-z0-9]*[a-z0-9])? */
static bool is_1123(str s) {
  if (s.len == 0 || s.ptr[0] == '-' || s.ptr[s.len - 1] == '-') return false;
  for (size_t i = 0; i < s.len; i++)
    if (!lower(s.ptr[i]) && !digit(s.ptr[i]) && s.ptr[i] != '-') return false;
  return true;
}

bool kube_is_subdomain(str s) {
  if (s.len > KUBE_SUBDOMAIN_MAX) return false;
  for (size_t from = 0, i = 0; i <= s.len; i++) {
    if (i < s.len && s.ptr[i] != '.') continue;
    if (!is_1123((str){s.ptr + from, i - from})) return false;
    from = i + 1;
  }
  return true;
}

bool kube_is_dns_label(str s) { return s.len <= KUBE_LABEL_MAX && is_1123(s) && lower(s.ptr[0]); }

bool kube_is_kind(str s) {
  if (s.len == 0 || s.len > KUBE_LABEL_MAX || !alnum(s.ptr[0]) || digit(s.ptr[0])) return false;
  for (size_t i = 1; i < s.len; i++)
    if (!alnum(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '_') return false;
  return true;
}

bool kube_is_label_value(str s) {
  if (s.len == 0) return true;
  if (s.len > KUBE_LABEL_MAX || !alnum(s.ptr[0]) || !alnum(s.ptr[s.len - 1])) return false;
  for (size_t i = 0; i < s.len; i++)
    if (!alnum(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '_' && s.ptr[i] != '.') return false;
  return true;
}

bool kube_is_label_key(str s) {
  const char *slash = s.len ? memchr(s.ptr, '/', s.len) : NULL;
  if (slash) {
    size_t n = (size_t)(slash - s.ptr);
    if (!kube_is_subdomain((str){s.ptr, n})) return false;
    s = (str){slash + 1, s.len - n - 1};
  }
  return s.len > 0 && kube_is_label_value(s);
}

bool kube_split_api_version(str v, str *group, str *version) {
  const char *slash = v.len ? memchr(v.ptr, '/', v.len) : NULL;
  *group = slash ? (str){v.ptr, (size_t)(slash - v.ptr)} : STR("");
  *version = slash ? (str){slash + 1, v.len - group->len - 1} : v;
  return kube_is_dns_label(*version) && (!slash || kube_is_subdomain(*group));
}

void kube_lower(str s, char *to) {
  for (size_t i = 0; i < s.len; i++) to[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 'a' - 'A') : s.ptr[i];
  to[s.len] = 0;
}

void kube_guess_plural(str kind, char *to) {
  kube_lower(kind, to);
  str s = {to, kind.len};
  if (s.len == 0 || str_ends(s, "endpoints")) return;
  char last = to[s.len - 1], before = s.len > 1 ? to[s.len - 2] : 0;
  if (last == 's') memcpy(to + s.len, "es", 3);
  else if (last == 'y' && !(before && strchr("aeiou", before))) memcpy(to + s.len - 1, "ies", 4);
  else memcpy(to + s.len, "s", 2);
}

static bool under(str pointer, const char *top) {
  size_t n = strlen(top);
  return str_starts(pointer, top) && (pointer.len == n || pointer.ptr[n] == '/');
}

bool kube_secret_hides(str p) { /* an annotation may hold the Secret as it was applied */
  return p.len == 0 || str_is(p, "/metadata") || str_is(p, "/metadata/annotations") || under(p, "/data") || under(p, "/stringData") ||
         (under(p, "/metadata/annotations") && memmem(p.ptr, p.len, "last-applied", 12));
}
