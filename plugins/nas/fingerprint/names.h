/* names.h -- the names of a directory, sorted bytewise, however many.  SPDX-License-Identifier: Apache-2.0
 *
 * A few MiB are sorted in memory; more goes into a scratch file in sorted runs, which are merged while they are read. */
#ifndef FP_NAMES_H
#define FP_NAMES_H
#include "bytes.h"

/* What the directories that are open at one time share. Zero it, and set dir (borrowed) and fd = -1; close fd at the end. */
typedef struct fp_spill {
  const char *dir;
  int fd;        /* made when it is needed */
  uint64_t end;  /* of what it holds: directories are opened and closed as a stack */
  size_t memory; /* that all names in memory take */
} fp_spill;

typedef struct fp_sorted_run fp_sorted_run;
typedef struct fp_names {
  fp_spill *spill;
  fp_bytes list; /* one type byte before each name, NUL behind it */
  uint32_t *order;
  size_t n, at, limit, counted;
  uint64_t base; /* where its part of the scratch file begins */
  fp_sorted_run *runs;
  size_t n_runs;
  fp_bytes last; /* the name that was told last, of those on disk */
  int error;     /* errno: the scratch file, or memory */
} fp_names;

void fp_names_begin(fp_names *, fp_spill *);
bool fp_names_add(fp_names *, uint8_t type, const char *name); /* false: error */
bool fp_names_sort(fp_names *);                                /* after the last; false: error */
/* The next name (name[-1] is its type), each once; until the next call. NULL: the end, or error. */
const char *fp_names_next(fp_names *);
void fp_names_free(fp_names *); /* the one that was begun last first */
#endif
