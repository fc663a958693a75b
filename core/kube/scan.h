/* scan.h -- stepping over JSON text without reading it.  SPDX-License-Identifier: Apache-2.0
 *
 * Nothing is read at or behind `end`; the text needs no padding and no NUL. */
#ifndef PINTLE_KUBE_SCAN_H
#define PINTLE_KUBE_SCAN_H
#include "base/buf.h"

/* p is behind an opening quote. The closing quote; NULL: there is none. */
const char *kube_scan_string(const char *p, const char *end, bool *escaped);
/* p is at '{' or '['. Behind the bracket that closes it (brackets are counted, not paired); NULL: it is never closed. */
const char *kube_scan_container(const char *p, const char *end);
/* The content of a string, escapes resolved as Go's encoding/json does, into at most `room` bytes (the raw length always suffices). *n is its
 * length. NULL: done; else what is wrong: an escape, a control character, UTF-8, no room. */
const char *kube_unescape(str raw, char *to, size_t room, size_t *n);
/* May a string of the text hold that word (printable ASCII)? False: none does, whatever escapes it were written with. */
bool kube_scan_may_hold(str text, const char *word);
static inline const char *kube_scan_space(const char *p, const char *end) {
  while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
  return p;
}
#endif
