/* journal.h -- what a run says: log lines, warnings, errors, items; one place from which log file, results and events are made.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_JOURNAL_H
#define PINTLE_ENGINE_JOURNAL_H
#include "base/error.h"
#include "kube/types.h"

/* An event of a run: what progress bar, describe, status, metrics and reports are made of. Valid during the callback. */
enum { ENGINE_PHASE, ENGINE_PROGRESS, ENGINE_LOG, ENGINE_ITEM, ENGINE_COUNTERS, ENGINE_ACTIONS, ENGINE_OPERATION };
typedef struct engine_event {
  int kind;
  const char *phase;     /* PHASE: "InProgress", "Uploading", "Verifying", "Completed"... */
  uint64_t done, total;  /* PROGRESS: items; in phase WaitingForPluginOperations hundredths of operations */
  int32_t level;         /* LOG */
  const char *plugin;    /* LOG: "" = pintle's own; OPERATION: its action */
  str message;           /* LOG; ITEM: skip reason or error */
  const kube_type *type; /* LOG (may be NULL), ITEM: as the item is now */
  str ns, name;          /* likewise */
  const char *outcome;   /* ITEM: "stored", "created", "updated", "unchanged", "skipped", "failed" */
  bool changed;          /* ITEM: by the chain */
  str record;            /* ITEM: JSON array, what each action did; "" = nothing. OPERATION: its element of itemoperations.json */
  str text;              /* ITEM: JSON now; "" when not kept */
  str before;            /* ITEM: as it entered the chain, when the listener asked for it and the chain changed it; else "" */
  const char *place;     /* ITEM: where it came from */
  size_t item;           /* ITEM: its number in the source */
  str counters;          /* COUNTERS: JSON; ACTIONS: as worker_pool_actions prints them */
} engine_event;
typedef struct engine_listener {
  void (*event)(void *ctx, const engine_event *event);
  void *ctx;
  bool before; /* changed items come with their text as it was: for diffs */
} engine_listener;

typedef struct engine_subject {
  const kube_type *type;
  str ns, name;
} engine_subject; /* what a line is about */

typedef struct engine_journal engine_journal;
typedef struct engine_journal_options {
  const char *temp_dir;
  const char *run_field; /* "backup=velero/b1" */
  bool json;             /* log lines as JSON, as Velero's --log-format json */
  bool restore;          /* results of a restore are worded as Velero's restore does */
  bool no_file;          /* dry run: no log is kept */
  engine_listener listener;
} engine_journal_options;
pintle_status engine_journal_open(const engine_journal_options *options, engine_journal **out, error *e);
void engine_journal_free(engine_journal *j);

/* A line of the log; WARN and ERROR are counted and kept for the results (10,000 of each at most, then one line says how many more). about may be NULL;
 * where is "core/engine/backup.c:12". A failure of the log itself is remembered and comes back from engine_journal_finish. */
PINTLE_PRINTF(6, 7)
void engine_log(engine_journal *j, int32_t level, const engine_subject *about, const char *plugin, const char *where, const char *format,
                ...);
#define ENGINE_WHERE_(l) #l
#define ENGINE_WHERE(l) ENGINE_WHERE_(l)
#define LOG(j, level, about, ...) engine_log(j, level, about, "", __FILE__ ":" ENGINE_WHERE(__LINE__), __VA_ARGS__)
/* The lines and findings inside an item's record, and as warnings the errors that the chain let pass (onError: Warn). failed: the action whose error
 * the item failed by, which the caller says itself; NULL: none. */
void engine_log_record(engine_journal *j, const engine_subject *about, str record, const char *failed);
void engine_tell(engine_journal *j, const engine_event *event);
bool engine_wants_before(const engine_journal *j);
void engine_phase(engine_journal *j, const char *phase);
/* Counters of the actions, JSON {"action":{"counter":n}}: told as an event; one that is 0 at the end is a warning ("this rule never matched"), with
 * the counters beside it that are called "COUNTER, but for WHAT" as near misses; those are not told by themselves. */
void engine_report_counters(engine_journal *j, str counters);
/* A listener's ENGINE_ACTIONS as one array: those of the items come first, those of stores, snapshots and operations at the end. */
void engine_actions_add(buf *all, str more);
/* "COUNTER, but for WHAT" among the members of an action's counters: WHAT, by which c nearly counted for `of`; {NULL, 0}: it is none of these. */
str engine_missed_by(const struct pintle_value *c, const struct pintle_value *of);
bool engine_is_near_miss(const struct pintle_value *action, const struct pintle_value *c); /* of any counter of the action */
uint64_t engine_warnings(const engine_journal *j);
uint64_t engine_errors(const engine_journal *j);

/* What earlier processes of the same run said: the messages of a results.json, which stand first in engine_results, and how many its status counts.
 * Messages beyond those are of an attempt to finish the run that did not come to its end: said again, they are neither kept nor counted twice. */
pintle_status engine_journal_before(engine_journal *j, str results, uint64_t warnings, uint64_t errors, error *e);
/* Is this warning or error among them? */
bool engine_said_before(engine_journal *j, int32_t level, const engine_subject *about, str message);
/* true: errors were counted that are not among them, and this one stands there now for one of those. */
bool engine_counted_before(engine_journal *j, const engine_subject *about, str error_message);
/* The log as one gzip stream in *fd (position undefined, owned by the journal) of *size bytes. No line may follow. */
pintle_status engine_journal_finish(engine_journal *j, int *fd, int64_t *size, error *e);
/* {"errors":R,"warnings":R}, R = {"velero":[],"cluster":[],"namespaces":{}}, empty members left out (velero-contract section 1). */
pintle_status engine_results(const engine_journal *j, buf *json, error *e);
#endif
