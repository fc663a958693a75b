/* repo_in.h -- what the files of a repository share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_REPO_IN_H
#define FP_REPO_IN_H
#include "codec.h"
#include "manifest.h"
#include "segment.h"

enum { FP_OBJECT = 192, FP_DATA_KEYS = 16, FP_TEXT_MAX = 64 << 10, FP_INDEX_MAX = 256 << 20, FP_PACK_RAW = 16 << 20 };
#define FP_SECOND INT64_C(1000000000)
#define FP_STALE (3600 * FP_SECOND)       /* a marker whose heartbeat is older is a dead run's */
#define FP_FORGET (24 * 3600 * FP_SECOND) /* a tombstone stays so long at least */

struct fp_repo {
  fp_blobs blobs;
  char volume[64];
  fp_codec codec;
  fp_runs runs;
  fp_bytes object; /* one object as stored, for a moment */
  /* Data keys, the newest last: the one for new data. */
  uint8_t keys[FP_DATA_KEYS][FP_KEY_LEN];
  size_t n_keys, key_used; /* key_used: the one that opened something last */
  bool encrypted, no_keys_yet;
  uint8_t *user; /* the user's key, then older ones */
  size_t n_user; /* 0: none */
  bool drop_older;
  char said[1200]; /* by fp_bad, last */
};

int64_t fp_now(void);
/* Something stored is not right: FAILED, the text recorded and kept in r->said. */
PINTLE_PRINTF(3, 4) pintle_status fp_bad_thing(pintle_call *call, fp_repo *r, const char *format, ...);
bool fp_new_id(int64_t now, char to[FP_ID]);
/* An object's key: the repository's prefix and what format makes. */
PINTLE_PRINTF(3, 4) void fp_object(const fp_repo *r, char to[FP_OBJECT], const char *format, ...);
static inline const uint8_t *fp_seal_key(const fp_repo *r) { return r->encrypted ? r->keys[r->n_keys - 1] : NULL; }
/* What the repository can open, tried from the one that opened last. Returns as fp_decode. */
const char *fp_repo_decode(fp_repo *r, const void *aad, size_t aad_n, const uint8_t *stored, size_t stored_n, void *to, size_t n);

/* The whole object, max bytes at most; out is emptied first. */
pintle_status fp_repo_read(pintle_call *call, fp_repo *r, const char *key, size_t max, fp_bytes *out);
/* sha and size may be NULL: of the object as stored. */
pintle_status fp_repo_put_box(pintle_call *call, fp_repo *r, const char *key, char kind, const void *data, size_t n, uint8_t *sha,
                              uint64_t *size);
/* stored_max: of the object; sha (may be NULL): what it must have. */
pintle_status fp_repo_get_box(pintle_call *call, fp_repo *r, const char *key, char kind, size_t stored_max, const uint8_t *sha, size_t max,
                              fp_bytes *out);

/* head.c: "backups/ID". */
pintle_status fp_head_put(pintle_call *call, fp_repo *r, const fp_head *h);
pintle_status fp_head_get(pintle_call *call, fp_repo *r, const char *id, fp_head *h);
/* JSON: a string with its quotes. What is not UTF-8 becomes "?". */
void fp_json_text(fp_bytes *b, const char *text);
/* Numbers and texts of a document; absent: 0 and "". false: another type, or too long. */
bool fp_json_u64(const pintle_doc *d, const char *pointer, uint64_t *to);
bool fp_json_str(const pintle_doc *d, const char *pointer, char *to, size_t room);

/* keys.c: "keys/ID". open: fills r->keys. make: the first data key, and wraps for a new key of the user; before the first run writes. */
pintle_status fp_keys_open(pintle_call *call, fp_repo *r);
pintle_status fp_keys_make(pintle_call *call, fp_repo *r);

/* state.c: "run/ID", "deleted/ID", and lists of ids. */
typedef struct fp_ids { /* sorted, once listed */
  struct fp_listed {
    char id[FP_ID];
    int64_t modified;
  } * list;
  size_t n, room;
} fp_ids;
pintle_status fp_ids_list(pintle_call *call, fp_repo *r, const char *kind,
                          fp_ids *out); /* kind: "backups", "run", "deleted"; emptied first */
bool fp_ids_has(const fp_ids *ids, const char *id);
bool fp_ids_add(fp_ids *ids, const char *id, int64_t modified); /* keeps it sorted; false: no memory */
void fp_ids_free(fp_ids *ids);
pintle_status fp_state_put(pintle_call *call, fp_repo *r, const fp_state *s);
/* modified: as listed, 0 unknown; now: the store's. */
pintle_status fp_state_get(pintle_call *call, fp_repo *r, const char *id, int64_t modified, int64_t now, fp_state *s);
pintle_status fp_tombstone_put(pintle_call *call, fp_repo *r, const char *id, const char *why);
/* Is there one? */
pintle_status fp_tombstone_has(pintle_call *call, fp_repo *r, const char *id, bool *has);

/* index.c: "seg/ID/index". */
typedef struct fp_segment_ref {
  uint8_t sha[FP_SHA];
  uint64_t size, entries;
} fp_segment_ref;
typedef struct fp_used { /* the packs of one run that are needed: a bit each */
  uint8_t *bits;
  uint32_t n; /* bytes */
} fp_used;
typedef struct fp_index {
  fp_segment_ref *segments;
  size_t n, room;
  fp_used *used; /* by the run's number in the repository */
  uint32_t n_used;
} fp_index;
bool fp_index_add(fp_index *x, const fp_segment_ref *s);
bool fp_index_use(fp_index *x, uint32_t run, uint32_t pack);
bool fp_index_uses(const fp_index *x, uint32_t run, uint32_t pack);
bool fp_index_write(const fp_index *x, const fp_runs *runs, fp_bytes *out);
/* Adds to x->used; segments are replaced. NULL, or what is wrong, at *at. */
const char *fp_index_read(fp_index *x, fp_runs *runs, const void *data, size_t n, size_t *at);
pintle_status fp_index_get(pintle_call *call, fp_repo *r, const fp_head *h, fp_index *x);
void fp_index_free(fp_index *x);

/* manifest_read.c: for verify. After an error: go on behind the segment that is bad. false: there is none. */
bool fp_reader_skip(fp_reader *d);
/* Key of the segment that is being read. */
void fp_reader_at(const fp_reader *d, char key[FP_OBJECT]);

/* run.c: for blocks.c */
struct fp_blocks;
fp_repo *fp_run_repo(fp_run *);
const char *fp_run_scratch(const fp_run *);
int fp_run_level(const fp_run *);
uint32_t fp_run_number(const fp_run *);
struct fp_blocks **fp_run_blocks(fp_run *);
struct fp_packs *fp_run_packs(fp_run *);
void fp_run_sleep(fp_run *, int64_t seconds);            /* for tests: as if it had not run for so long */
pintle_status fp_run_alive(pintle_call *call, fp_run *); /* the heartbeat, if it is time */
/* Puts the segment that is open, so that a run that is killed is resumed from here. Not between the parts of an entry. */
pintle_status fp_run_checkpoint(pintle_call *call, fp_run *);
/* blocks.c: for run.c */
void fp_blocks_free(struct fp_blocks *);
pintle_status fp_blocks_flush(pintle_call *call, struct fp_blocks *);
void fp_blocks_counts(const struct fp_blocks *, uint64_t *added, uint64_t *stored);
#endif
