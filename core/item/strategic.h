/* strategic.h -- what strategic.c and strategic_list.c share.  SPDX-License-Identifier: Apache-2.0
 *
 * Everything works on private trees: a copy of the document, and the patch, whose nodes move into it. */
#ifndef PINTLE_ITEM_STRATEGIC_H
#define PINTLE_ITEM_STRATEGIC_H
#include "item/node.h"
#include <stdarg.h>
#include <stdio.h>

typedef struct item_merging {
  item_doc *d;
  item_schema schema;
  error *e;
} item_merging;

PINTLE_PRINTF(2, 3) pintle_status item_strategic_wrong(const item_merging *m, const char *format, ...); /* INVALID */
item_node *item_strategic_member(const item_node *object, str key);
item_node *item_strategic_take(item_node *n);
/* Takes directives, objects with $patch and, if asked, null members out of what the patch brings in. false: n itself is such an object. */
bool item_strategic_strip(item_node *n, bool nulls);
/* Takes directives only, where the patch's own is taken as it is. */
void item_strategic_plain(item_node *n);
/* *out: original, patch or a new object. */
pintle_status item_strategic_object(item_merging *m, item_node *original, item_node *patch, const void *type, item_node **out);

/* strategic_list.c: old, a list of the document, becomes what the patch says. */
pintle_status item_strategic_list(item_merging *m, item_node *old, item_node *patch, item_strategy s);
pintle_status item_strategic_delete(const item_merging *m, item_node *old, const item_node *gone);
/* patch may be NULL; with !s.merge it replaces old. Then the elements that order names stand as it says. */
pintle_status item_strategic_order(item_merging *m, item_node *old, item_node *patch, const item_node *order, item_strategy s);
#endif
