/* manifest.h -- manifests: written by a run, read entry by entry.  SPDX-License-Identifier: Apache-2.0
 *
 * On the thread of the call, all of it. Memory: one segment (4 MiB) each, plus 52 bytes for each block of the largest file. */
#ifndef FP_MANIFEST_H
#define FP_MANIFEST_H
#include "repo.h"

/* ---- writing: a run. */
typedef struct fp_run fp_run;
typedef struct fp_run_options {
  const char *name, *source; /* into the head */
  const char *scratch;       /* a directory for the table of blocks (blocks.h) */
  int level;                 /* of zstd; 0: the default */
  bool no_parent;            /* as if there were no backup */
  bool no_resume;            /* as if there were no interrupted run */
  int64_t now;               /* for tests: when it began; 0: now */
} fp_run_options;

/* Writes the marker and picks the parent (the newest backup) and what to resume (the newest interrupted run that began after it), so that gc
 * leaves both alone. */
pintle_status fp_run_begin(pintle_call *call, fp_repo *r, const fp_run_options *options, fp_run **out);
const char *fp_run_id(const fp_run *);
int64_t fp_run_started(const fp_run *);             /* ns */
const fp_head *fp_run_parent(const fp_run *);       /* NULL: none */
const fp_state *fp_run_interrupted(const fp_run *); /* NULL: none */

/* The next entry, in order (fp_path_cmp): INVALID else, or when fp_entry_wrong. Blocks come from fp_blocks_place or from a reader of this repo.
 * Puts a segment when one is full. */
pintle_status fp_run_append(pintle_call *call, fp_run *, const fp_entry *);

/* A sign of life with progress; cheap, call it in every loop: writes the marker every 10 s at most, and at least once a minute looks whether the
 * run was cancelled (CANCELLED). append and place do it, too, without new numbers. */
pintle_status fp_run_beat(pintle_call *call, fp_run *, uint64_t files, uint64_t done, uint64_t total);

/* The last pack and segment, the index, the head; the marker goes. counts: entries, files, dirs, bytes, added and stored are filled in by the run.
 * After an OK the run is over (still fp_run_free it); after an error there is no backup. *head may be NULL. */
pintle_status fp_run_commit(pintle_call *call, fp_run *, const fp_counts *counts, bool partial, fp_head *head);
/* Puts what is there (pack and segment) so that the next run resumes it, and why into the marker. Best effort; for a run that ends in an error. */
void fp_run_abandon(pintle_call *call, fp_run *, const char *why);
void fp_run_free(fp_run *); /* NULL is fine. Without commit: as if killed */

/* ---- reading. */
typedef struct fp_reader fp_reader;
/* The manifest of a backup. */
pintle_status fp_reader_open(pintle_call *call, fp_repo *r, const fp_head *head, fp_reader **out);
/* What there is of an interrupted run's: a prefix of the walk. Ends without error where a segment or a pack that it needs is missing or bad. */
pintle_status fp_reader_resume(pintle_call *call, fp_repo *r, const char *id, fp_reader **out);
/* *e lives until the next call; NULL: the end. Errors say which object, and where in it. */
pintle_status fp_reader_next(pintle_call *call, fp_reader *, const fp_entry **e);
void fp_reader_close(fp_reader *); /* NULL is fine */
#endif
