/* select.h -- which items an entry is for: selectors, and what is remembered of them.  SPDX-License-Identifier: Apache-2.0
 *
 * Private to core/chain. */
#ifndef PINTLE_CHAIN_SELECT_H
#define PINTLE_CHAIN_SELECT_H
#include "chain/plan.h"

/* selector.c: made from a plugin's table, printed for workers, read there. Lists are in *a, labels are freed by chain_selector_free. */
pintle_status chain_selector_make(arena *a, const pintle_selector *from, chain_selector *out, error *e);
void chain_selector_print(const chain_selector *s, buf *json);
pintle_status chain_selector_read(arena *a, const item_node *from, chain_selector *out, error *e);
void chain_selector_free(chain_selector *s);

/* select.c: the clauses one by one. */
bool chain_resource_matches(const chain_selector *s, const kube_types *types, const kube_type *type, buf *why);
bool chain_namespace_matches(const chain_selector *s, str ns, buf *why);
bool chain_labels_match(const chain_selector *s, kube_labels labels, buf *why);

/* The decision of the first clause, by type and entry. */
typedef struct chain_resources {
  arena memory;
  unsigned char **rows; /* by type id: a byte an entry, 0 not asked yet, 1 no, 2 yes */
  size_t n_rows, n_entries;
} chain_resources;
chain_resources *chain_resources_new(size_t n_entries);
void chain_resources_free(chain_resources *r);
bool chain_resources_match(chain_resources *r, size_t entry, const chain_selector *s, const kube_types *types, const kube_type *type);
#endif
