/* single_wire.h -- single calls in frames: what stands in WIRE_SINGLE to WIRE_ANSWER.  SPDX-License-Identifier: Apache-2.0
 *
 * One call at a time. Each frame about a call begins with its number, so that what is late for one that is over is known and dropped. Bytes go
 * one way: to the worker in calls that read a body, to the supervisor in those that write one or list. Who receives grants credit; a call begins
 * with SINGLE_WINDOW of it. docs/single-calls.md tells the whole story. */
#ifndef PINTLE_WORKER_SINGLE_WIRE_H
#define PINTLE_WORKER_SINGLE_WIRE_H
#include "host/call.h"
#include "worker/stores.h"
#include "worker/wire.h"

enum { SINGLE_WINDOW = 1 << 20, SINGLE_CHUNK = 256 << 10, SINGLE_BATCH = 32 << 10, SINGLE_TEXTS = 3 };
enum { SINGLE_MAX_TAGS = 10000, SINGLE_MAX_IDS = 10000, SINGLE_MAX_PROPERTIES = 64, SINGLE_MAX_FIELDS = 64 };

/* A row for each function that can be called; later kinds add theirs. */
enum { SINGLE_READS = 1, SINGLE_WRITES = 2, SINGLE_LISTS = 4, SINGLE_TEXT = 8, SINGLE_EDITS = 16, SINGLE_IDLE = 32, SINGLE_STATE = 64, SINGLE_LONG = 128 };
typedef enum single_id {
  SINGLE_PUT_OBJECT,
  SINGLE_OBJECT_EXISTS,
  SINGLE_GET_OBJECT,
  SINGLE_LIST_COMMON_PREFIXES,
  SINGLE_LIST_OBJECTS,
  SINGLE_DELETE_OBJECT,
  SINGLE_CREATE_SIGNED_URL,
  SINGLE_STAT_OBJECT,
  SINGLE_GET_OBJECT_RANGE,
  SINGLE_PUT_OBJECT_IF_ABSENT,
  SINGLE_GET_VOLUME_ID,
  SINGLE_SET_VOLUME_ID,
  SINGLE_GET_VOLUME_INFO,
  SINGLE_CREATE_SNAPSHOT,
  SINGLE_CREATE_VOLUME_FROM_SNAPSHOT,
  SINGLE_DELETE_SNAPSHOT,
  SINGLE_VERIFY_SNAPSHOT, /* of pintle.verify/1 */
  SINGLE_BACKUP_PROGRESS,
  SINGLE_BACKUP_CANCEL,
  SINGLE_BACKUP_RUN,
  SINGLE_RESTORE_PROGRESS,
  SINGLE_RESTORE_CANCEL,
  SINGLE_RESTORE_READY,
  SINGLE_RESTORE_RUN,
  SINGLE_FUNCTIONS
} single_id;
typedef struct single_function {
  const char *name;
  uint32_t kind;  /* CONF_OBJECT_STORE... */
  uint32_t flags; /* SINGLE_READS: takes a body; WRITES: gives one; LISTS: entries; TEXT: result->text; STATE: result->progress; EDITS: its
                     document; IDLE: the deadline is one of idleness; LONG: it is the caller's alone */
} single_function;
extern const single_function single_functions[SINGLE_FUNCTIONS];
/* Which functions of its kind a table has, as bits 1 << single_id. */
uint32_t single_has(uint32_t kind, const void *ops);
/* The table that an instance offers as pintle.verify/1, or NULL. */
const pintle_verify *single_verify_of(const pintle_action *action, void *self);

/* ---- WIRE_SINGLE */
typedef struct single_setup {
  uint32_t kind;
  int fd;
  const char *plugin, *file, *action, *scratch; /* scratch "" = none */
  str config, run;               /* run: the Backup or Restore that functions of item actions get; "" = none */
  const char *const *properties; /* name, value, ..., NULL */
  const chain_stores *put_stores; /* NULL: none */
  chain_stores stores;            /* as they came */
} single_setup;
void single_put_setup(buf *b, const single_setup *s);
pintle_status single_get_setup(wire_reader *r, arena *a, single_setup *out);

/* ---- WIRE_CALL */
typedef struct single_args {
  uint64_t number;
  single_id function;
  int64_t deadline;               /* clock_monotonic; 0 = none of its own */
  int64_t size;                   /* of the body that comes, or most that is wanted; PINTLE_NONE */
  int64_t n;                      /* offset, ttl, iops */
  const char *text[SINGLE_TEXTS]; /* in the order of the function's arguments; never NULL */
  str doc;                        /* JSON */
  const pintle_kv *tags;
  size_t n_tags;
  const pintle_id *ids;
  size_t n_ids;
  const char *const *properties; /* as the caller's host knows them; NULL-ended */
} single_args;
void single_put_args(buf *b, const single_args *a);
pintle_status single_get_args(wire_reader *r, arena *a, uint32_t kind, single_args *out);

/* ---- WIRE_ANSWER */
typedef struct single_answer {
  uint64_t number;
  pintle_status status;
  error error;
  host_origin origin;
  uint64_t moved; /* bytes that the plugin took or gave */
  int64_t n;      /* exists, iops, ready */
  bool has_text, has_state;
  pintle_progress state; /* strings in the arena */
  str text;
  str patch; /* JSON Patch of the document */
} single_answer;
void single_put_answer(buf *b, const single_answer *a);
pintle_status single_get_answer(wire_reader *r, arena *a, single_answer *out); /* text and patch point into the body */

/* ---- WIRE_ENTRIES: after the number, entries to the end of the body */
void single_put_entry(buf *b, const pintle_entry *e);
pintle_status single_get_entry(wire_reader *r, arena *a, pintle_entry *out);

/* ---- WIRE_TELL */
enum { SINGLE_LOG, SINGLE_FINDING, SINGLE_COUNT, SINGLE_REPORT };
void single_put_log(buf *b, uint64_t number, int32_t level, str message, const pintle_kv *fields, size_t n);
void single_put_finding(buf *b, uint64_t number, int32_t severity, const char *code, const char *pointer, const char *text);
void single_put_count(buf *b, uint64_t number, const char *counter, int64_t delta);
void single_put_report(buf *b, uint64_t number, const pintle_progress *p);
/* Hands it on to the host of the caller. INVALID: it is none. */
pintle_status single_tell(wire_reader *r, arena *a, pintle_call *caller);
#endif
