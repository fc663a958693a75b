/* legal.c -- what names of Kubernetes may be, and patterns that may match one.  SPDX-License-Identifier: Apache-2.0
 *
 * Kubernetes: k8s.io/apimachinery/pkg/util/validation (IsDNS1123Subdomain, IsDNS1123Label, IsQualifiedName, IsValidLabelValue). */
#include "xform.h"
#include <string.h>

static bool alnum(char c, bool upper) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upper && c >= 'A' && c <= 'Z'); }

/* Letters, digits and, between them, what `also` has; * and ? of a pattern anywhere. */
static bool word(const char *s, size_t n, const char *also, bool upper, size_t most, bool globs) {
  size_t least = 0;
  for (size_t i = 0; i < n; i++) {
    const bool star = globs && s[i] == '*';
    least += !star;
    if (star || (globs && s[i] == '?') || alnum(s[i], upper)) continue;
    if (i == 0 || i + 1 == n || !s[i] || !strchr(also, s[i])) return false;
  }
  return n > 0 && least <= most;
}

/* Words divided by dots. */
static bool domain(const char *s, size_t n, size_t label, bool upper, bool globs) {
  size_t least = 0;
  for (size_t i = 0; i < n; i++) least += !globs || s[i] != '*';
  for (size_t from = 0, to; from <= n; from = to + 1) {
    const char *dot = memchr(s + from, '.', n - from);
    to = dot ? (size_t)(dot - s) : n;
    if (!word(s + from, to - from, "-", upper, label, globs)) return false;
  }
  return least <= 253;
}

static bool key(const char *s, size_t n, bool upper_prefix, bool globs) {
  const char *slash = memchr(s, '/', n);
  const size_t prefix = slash ? (size_t)(slash - s) : 0, at = slash ? prefix + 1 : 0;
  if (slash && !domain(s, prefix, 253, upper_prefix, globs)) return false;
  return word(s + at, n - at, "-_.", true, 63, globs);
}

bool xform_legal(enum xform_name what, const char *s, size_t n, bool globs) {
  switch (what) {
  case XFORM_NAME_OBJECT: return domain(s, n, 253, false, globs);
  case XFORM_NAME_HOST: return domain(s, n, 63, false, globs);
  case XFORM_NAME_NAMESPACE: return word(s, n, "-", false, 63, globs);
  case XFORM_NAME_LABEL: return key(s, n, false, globs);
  case XFORM_NAME_ANNOTATION: return key(s, n, true, globs);
  case XFORM_NAME_LABEL_VALUE: return n == 0 || word(s, n, "-_.", true, 63, globs);
  }
  return false;
}

/* Of two patterns only what stands before the first sign, and behind the last one, is compared. */
bool xform_globs_meet(const char *a, const char *b) {
  const size_t n = strlen(a), m = strlen(b), head_a = strcspn(a, "*?["), head_b = strcspn(b, "*?[");
  if (head_a == n && !strchr(b, '[')) return xform_glob(b, (pintle_str){a, n});
  if (head_b == m && !strchr(a, '[')) return xform_glob(a, (pintle_str){b, m});
  if (strncmp(a, b, head_a < head_b ? head_a : head_b) != 0) return false;
  for (size_t i = 0; i < n && i < m && !strchr("*?]", a[n - 1 - i]) && !strchr("*?]", b[m - 1 - i]); i++)
    if (a[n - 1 - i] != b[m - 1 - i]) return false;
  return true;
}
