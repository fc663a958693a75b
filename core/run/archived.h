/* archived.h -- what an archive holds beside its items, so that nothing is passed over in silence.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_RUN_ARCHIVED_H
#define PINTLE_RUN_ARCHIVED_H
#include "archive/archive.h"
#include "engine/journal.h"
#include "kube/source.h"

typedef struct run_archived {
  bool resources, early; /* a member under resources/; the layout of Heptio Ark's first versions */
  uint64_t strays;       /* members under resources/ that stand where no item can */
  char stray[200];       /* the first of them */
  buf last;              /* the last unversioned item */
  buf versioned;         /* "gr\0ns\0name\0" of those whose unversioned item did not stand in front of them */
} run_archived;
/* Is it an item that this run takes? Copies by version are for other readers, but what stands under a version only is remembered. */
bool run_archived_takes(run_archived *a, const char *path, archive_path *p);
/* After one archive: warnings about its layout. */
void run_archived_end(run_archived *a, engine_journal *j, const char *name);
/* After kube_source_finish: a warning about items that stand under a version only. Velero's restore does not see them either. */
void run_archived_finish(run_archived *a, engine_journal *j, const kube_source *source);
void run_archived_free(run_archived *a);
#endif
