/* skim.h -- what the supervisor needs of an item, read without building a tree.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_SKIM_H
#define PINTLE_KUBE_SKIM_H
#include "kube/labels.h"

typedef struct kube_skim {
  str api_version, kind, ns, name, uid; /* decoded, NUL-terminated, in the arena or ""; ns "" = none given */
  kube_labels labels;                   /* in the arena */
  bool deleting;                        /* metadata.deletionTimestamp is there and not null */
  bool excluded;                        /* label velero.io/exclude-from-backup is "true" */
  bool alone;                           /* a Pod or claim that names no claim, PriorityClass or volume: nothing comes along with it */
  bool copies;                          /* a Pod that may say which of its volumes are copied as files */
} kube_skim;
/* Under 3 us for 3 KB. Strings are stepped over, not checked: a syntax error behind what it reads may pass (item_parse or item_minify finds it
 * later), but it never reads outside the text and never calls another item's identity its own: a repeated apiVersion, kind, metadata, name
 * or namespace on the identity path is INVALID, as are an absent or empty apiVersion, kind or metadata.name (place "line L, column C"),
 * a name or namespace with '/' or NUL or that is "." or "..", or longer than 253 bytes of namespace or 1024 of name. */
pintle_status kube_skim_item(str text, arena *a, kube_skim *out, error *e);
#endif
