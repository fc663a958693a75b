/* version.c -- Kubernetes' order of API versions.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/types.h"

enum { OTHER, ALPHA, BETA, STABLE };
typedef struct parsed {
  int stage;
  uint64_t major, minor;
} parsed;

/* Digits that fit an int64, as Go's Atoi wants them. */
static bool number(str *s, uint64_t *out) {
  size_t i = 0;
  *out = 0;
  for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++) {
    uint64_t d = (uint64_t)(s->ptr[i] - '0');
    if (*out > (INT64_MAX - d) / 10) return false;
    *out = *out * 10 + d;
  }
  *s = (str){s->ptr + i, s->len - i};
  return i > 0;
}

static parsed parse(str v) {
  parsed p = {OTHER, 0, 0};
  int stage = STABLE;
  if (v.len == 0 || v.ptr[0] != 'v') return p;
  v = (str){v.ptr + 1, v.len - 1};
  if (!number(&v, &p.major)) return p;
  if (v.len) {
    size_t n = str_starts(v, "alpha") ? 5 : str_starts(v, "beta") ? 4 : 0;
    stage = n == 5 ? ALPHA : BETA;
    v = (str){v.ptr + n, v.len - n};
    if (n == 0 || !number(&v, &p.minor) || v.len) return p;
  }
  p.stage = stage;
  return p;
}

static int order(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

int kube_version_compare(str a, str b) {
  parsed x = parse(a), y = parse(b);
  if (x.stage != y.stage) return x.stage > y.stage ? 1 : -1;
  if (x.stage == OTHER) { /* the lesser text is the greater version */
    int c = str_cmp(b, a);
    return (c > 0) - (c < 0);
  }
  return x.major != y.major ? order(x.major, y.major) : order(x.minor, y.minor);
}
