/* manners.h -- who changed the process, who made it grow: told by name, once.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_WORKER_MANNERS_H
#define PINTLE_WORKER_MANNERS_H
#include "chain/plan.h"
#include "worker/page.h"
#include "worker/tidy.h"

/* Of one worker, of items or of single calls. The entries of the plan that run code of plugins are watched. */
typedef struct manners {
  tidy tidy;
  page *page;
  const chain_plan *plan;                   /* NULL: not yet known */
  uint32_t entry;                           /* whose code runs */
  bool own_only;                            /* no plugin is in the plan: nobody else's code runs here */
  bool strict;                              /* somebody changes something: from now on all is looked at after each call */
  bool measuring;                           /* memory has grown: from now on it is measured around each call */
  unsigned at_start, most_at_start, before; /* MiB */
  struct manners_of {
    unsigned told;       /* TIDY_ bits */
    bool called;         /* since the last look at everything */
    unsigned calls, mib; /* by which the process grew in its calls */
  } * of;                /* by entry */
} manners;
void manners_begin(manners *m, page *p);
pintle_status manners_plan(manners *m, const chain_plan *plan); /* NOMEM */
void manners_ready(manners *m);                                 /* all plugins are loaded, our handlers are installed */
void manners_enter(manners *m, uint32_t entry);
void manners_leave(manners *m);
void manners_frame(manners *m);  /* the end of a frame: before its last outcome goes out */
void manners_finish(manners *m); /* all instances are destroyed: do threads still run? */
void manners_free(manners *m);
#endif
