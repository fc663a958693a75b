/* diff.h -- what the chain did to an item, for people.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_DIFF_H
#define PINTLE_CLI_DIFF_H
#include "item/item.h"

typedef struct cli_diff_item {
  str title;            /* "persistentvolumeclaims shop/data" */
  const char *place;    /* where it came from; "" */
  str before;           /* JSON as it entered the chain; "": old values are not known */
  str record;           /* JSON array: what each action did (chain/record.c) */
  bool colours, secret; /* secret: values below data and stringData are not shown */
  const char *quiet;    /* of this action only the number of changes is told; NULL: of none */
} cli_diff_item;
/* A header, then for each action that changed something its name, and for each change path, old and new value, and the action's notes. */
pintle_status cli_diff_print(const cli_diff_item *item, buf *out, error *e);
typedef struct cli_diff_style {
  bool colours, secret;
  unsigned indent;
  const item_node *notes; /* array of {"at", "why"}: printed below the change at that pointer; NULL */
  uint64_t *told;         /* which of the first 64 notes were printed */
} cli_diff_style;
/* The differences of two items. */
void cli_diff_values(const cli_diff_style *style, const item_node *old, const item_node *new, buf *out);
/* The same for other printers: visit gets each value that came (old NULL), went (new NULL) or is another, with its JSON Pointer. */
void cli_diff_walk(const item_node *old, const item_node *new,
                   void (*visit)(void *ctx, const char *pointer, const item_node *old, const item_node *new), void *ctx);
#endif
