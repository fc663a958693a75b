/* repo.h -- a repository: the backups of one share.  SPDX-License-Identifier: Apache-2.0
 *
 * format.md says what lies where. All functions run on the thread of the call and record their error, with the object's key as the place.
 *
 * A backup is made by a run and has the run's id: 15 digits of microseconds in hex, "-", 16 random hex digits; ids sort as their runs began. A run
 * writes its marker, packs and segments, and at last its head: from then on there is a backup. A tombstone says of an id that it is to go, and is
 * always right: a backup with one is listed no more, a run that finds its own ends CANCELLED. */
#ifndef FP_REPO_H
#define FP_REPO_H
#include "blobs.h"
#include "entry.h"

enum { FP_ID = 33, FP_KEY = 32, FP_NAME = 129 };
typedef struct fp_repo fp_repo;

/* The keys of a user. Copied, and wiped by fp_repo_close. */
typedef struct fp_keys {
  const uint8_t *key;   /* FP_KEY bytes that new data is protected with; NULL: no encryption */
  const uint8_t *older; /* n_older times FP_KEY bytes: former ones. If only one of these opens the repository, `key` is added to it */
  size_t n_older;
  bool drop_older; /* and what `key` did not wrap is removed */
} fp_keys;

/* volume: 1-63 of [a-z0-9-]. Whether a repository is encrypted is decided by its first run: INVALID a key for one that is not; DENIED no key, or a
 * wrong one, for one that is. The blobs' struct is copied. */
pintle_status fp_repo_open(pintle_call *call, const fp_blobs *blobs, const char *volume, const fp_keys *keys, fp_repo **out);
void fp_repo_close(fp_repo *r); /* NULL is fine; readers and runs first */

/* What is counted of a backup. */
typedef struct fp_counts {
  uint64_t entries, files, dirs;
  uint64_t bytes;          /* sizes of all files */
  uint64_t changed, read;  /* files whose content was read, and their bytes */
  uint64_t added, stored;  /* bytes of content new to the repository, and what they take there, packs only */
  uint64_t sampled;        /* files that look unchanged and were read all the same (fp_backup_options.sample) */
  uint64_t silent;         /* of these: content was another, though size, times and inode were not */
  uint64_t removed;        /* entries of the parent that are there no more */
  uint64_t errors, warned; /* unreadable; changed while read */
} fp_counts;

/* A backup's head. */
typedef struct fp_head {
  char id[FP_ID], parent[FP_ID]; /* parent "": none */
  char name[FP_NAME];            /* the caller's (a snapshot's name), "" none */
  int64_t started, finished;     /* ns */
  fp_counts counts;
  char source[1024]; /* what was read, for people */
  bool partial;      /* something could not be read */
  /* The index of its manifest: */
  uint64_t index_size;
  uint8_t index_sha[FP_SHA];
} fp_head;

/* A run's marker. */
typedef struct fp_state {
  char id[FP_ID], parent[FP_ID], resumed[FP_ID];
  char name[FP_NAME];
  int64_t started, beat;
  bool live;            /* its heartbeat is younger than an hour */
  uint64_t done, total; /* as the run said; total 0: not known */
  uint64_t files;
  char error[256]; /* it ended badly, and why; "" it goes on, or was killed */
} fp_state;

/* "1234 names, about 5 min left", for people; without a total and at the beginning only the names. */
enum { FP_PROGRESS = 80 };
void fp_progress_text(uint64_t names, uint64_t done, uint64_t total, int64_t elapsed, char to[FP_PROGRESS]);

/* Every backup that is not deleted, oldest first. Not OK from each ends it. Heads that cannot be read are told by a WARN and left out. */
pintle_status fp_repo_list(pintle_call *call, fp_repo *r, pintle_status (*each)(void *ctx, const fp_head *), void *ctx);
/* NOT_FOUND: no such backup, or deleted. */
pintle_status fp_repo_head(pintle_call *call, fp_repo *r, const char *id, fp_head *out);
/* The newest backup called name; NOT_FOUND. */
pintle_status fp_repo_find(pintle_call *call, fp_repo *r, const char *name, fp_head *out);
/* Runs that have not ended in a backup, oldest first. */
pintle_status fp_repo_runs(pintle_call *call, fp_repo *r, pintle_status (*each)(void *ctx, const fp_state *), void *ctx);
pintle_status fp_repo_state(pintle_call *call, fp_repo *r, const char *id, fp_state *out);

/* Writes the tombstone: a backup is gone for everybody, a run under way ends CANCELLED. Space comes back with gc. OK when it is gone already. */
pintle_status fp_repo_remove(pintle_call *call, fp_repo *r, const char *id);

/* Removes what no backup and no live run needs. Safe beside everything else, itself included, and when it is killed anywhere. */
typedef struct fp_gc {
  uint64_t backups, runs, objects, bytes; /* removed; bytes as the store listed them */
  uint64_t kept;                          /* objects left */
} fp_gc;
pintle_status fp_repo_gc(pintle_call *call, fp_repo *r, fp_gc *out);

/* Reads a backup back: head, index, segments, every block against its hash, every file's content against its. bad is called for each thing that is
 * wrong: path "" when it is no file's; not OK from it ends the reading. OK with report->bad > 0: all was read and some of it is bad. */
typedef struct fp_verified {
  uint64_t entries, files, blocks, bytes, bad;
} fp_verified;
typedef struct fp_bad {
  const char *path, *key, *why;
} fp_bad;
pintle_status fp_repo_verify(pintle_call *call, fp_repo *r, const char *id, pintle_status (*bad)(void *ctx, const fp_bad *), void *ctx,
                             fp_verified *report);
#endif
