/* finish_inside.h -- what the files of the last stages share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_FINISH_INSIDE_H
#define PINTLE_ENGINE_FINISH_INSIDE_H
#include "engine/finish.h"
#include "engine/seal.h"

typedef struct engine_finishing {
  const engine_finish_options *o;
  const engine_common *c; /* o->common */
  engine_seal seal;
  int64_t started; /* of the run */
  uint64_t total, done;
  bool troubled; /* the store did not take the operations' state: said once */
  int tar_fd;    /* the tarball as it is */
  int64_t tar_size;
  unsigned char tar_sha[32];
} engine_finishing;

/* finish_items.c: fetches the tarball; when items are to be taken again, makes the new one; all its entries are in the manifest, if there is one. *rewritten: it, or the
 * resource list, differ. */
pintle_status engine_finish_items(engine_finishing *f, bool *rewritten, error *e);
#endif
