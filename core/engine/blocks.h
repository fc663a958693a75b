/* blocks.h -- in which order a backup takes its items, and which of them are one block.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero's item blocks (pkg/backup/backup.go BackupWithResolvers): for each item that is in no block yet a block is begun; what is related to it goes in
 * behind it, depth first, and what is related to that. Begun in Velero's order: spec.orderedResources, pods, persistentvolumeclaims,
 * persistentvolumes, the others as they stand in the source. A block stands where its earliest item stands in the source, so that the order of the
 * source is kept but for what belongs together; ordered resources stand first of all. */
#ifndef PINTLE_ENGINE_BLOCKS_H
#define PINTLE_ENGINE_BLOCKS_H
#include "engine/relations.h"

enum { ENGINE_BLOCK_MAX = 10000 }; /* items of one block; a larger one is split */

/* spec.orderedResources of a Backup, {"pods":"ns/a,ns/b"}: the selected items that it names, in order. */
typedef struct engine_ordered {
  uint32_t *v;
  size_t n;
} engine_ordered;
/* What it names and is not there is a warning. */
pintle_status engine_ordered_read(const item_doc *backup, const kube_source *source, const kube_types *types, const unsigned char *selected,
                                  engine_journal *j, engine_ordered *out, error *e);

/* Zeroed: source order, each item for itself. */
typedef struct engine_blocks {
  uint32_t *order; /* the selected items; NULL: in source order */
  size_t n;
  uint32_t *number; /* by item of the source: its block, from 1 in order; 0: it is for itself. NULL: all are */
} engine_blocks;
/* selected: by item, as engine_relations_ask left it. Blocks that are split are warnings. */
pintle_status engine_blocks_make(const kube_source *source, const unsigned char *selected, const engine_relations *relations,
                                 const engine_ordered *ordered, engine_journal *j, engine_blocks *out, error *e);
void engine_blocks_free(engine_blocks *b);
#endif
