/* inside.h -- what a chain is made of.  SPDX-License-Identifier: Apache-2.0
 *
 * Private to core/chain. Memory of one item (arena item, the bufs, the documents) is reused for the next: no allocation a call. */
#ifndef PINTLE_CHAIN_INSIDE_H
#define PINTLE_CHAIN_INSIDE_H
#include "chain/chain.h"
#include "chain/select.h"
#include "kube/skim.h"
#include <pthread.h>

#define CHAIN_MAX_LINES 1000u
#define CHAIN_MAX_LOG ((size_t)256 << 10)
#define CHAIN_MAX_COUNTERS 1000u
#define CHAIN_MAX_RELATED 10000u /* of one item's block; as in frames */

typedef struct chain_counter {
  struct chain_counter *next;
  int64_t value, told; /* told: what records have said of it */
  const char *name;
} chain_counter;

/* What the chain holds for an entry of the plan. */
typedef struct chain_slot {
  host_instance instance; /* created: of this segment */
  const chain_selector *selector;
  chain_selector computed; /* by applies_to; selector points here then */
  bool has_computed;
  str head;               /* {"action":"a","plugin":"p@1" */
  const char *quarantine; /* why; NULL: none */
  const char *dir;        /* run.dir; NULL: not made yet */
  chain_counter *counters, *last_counter;
  size_t n_counters;
} chain_slot;

/* The item as it is now. */
typedef struct chain_current {
  const chain_input *in;
  bool parsed, with_stored; /* doc, stored hold it */
  bool skimmed, had_ns, edited, have_labels;
  uint32_t edited_by;
  kube_skim skim; /* of in->text */
  str api_version, kind;
  const kube_type *type; /* NULL: no kind can be told */
  str ns, name;
  kube_labels labels;
} chain_current;

/* Lines and findings of the call in flight, and what the item may still have. */
typedef struct chain_lines {
  pthread_mutex_t lock; /* log_line may come from any thread */
  bool in_call;
  buf log, findings;                                  /* members of arrays, with commas between */
  size_t n_log, n_findings, log_bytes, finding_bytes; /* of the item */
  size_t log_dropped, findings_dropped;               /* of the call */
  size_t n_kept, bytes_kept;                          /* findings kept before the call */
  uint32_t warnings, errors, all_findings;            /* counted for the item */
  uint32_t found_warnings, found_errors, found;       /* of them findings of the call */
} chain_lines;

struct chain {
  chain_options o;
  pthread_mutex_t counting; /* count may come from any thread; guards the counters of all slots and their arena */
  arena counted;
  const chain_plan *plan;
  arena memory;
  chain_slot *slots;
  host_module **modules, *built_in; /* modules by plugin of the plan */
  host_services services, stray;
  host_call *call;
  host_result result;
  item_doc *run, *doc, *stored, *scratch;
  chain_resources *resources;
  uint32_t mapping, entry;     /* pintle.io/namespace-mapping (n: none); the entry whose code runs */
  const item_node *namespaces; /* spec.namespaceMapping; NULL: none */
  bool original;               /* items are selected as they were (backup, delete), not as they are */
  bool blocks;                 /* ItemBlockActions */
  bool finalizing;             /* of the run at hand */
  buf run_text;                /* of the last chain_input.run; empty: run is that of the options */
  uint32_t allowed;            /* HOST_RESULT_* */
  /* one item */
  chain_current now;
  chain_lines lines;
  arena item;
  buf record, text, labels;
  pintle_id id;
  HOST_PADDED(pintle_input) input;
  error error;
  chain_operation *operations;
  size_t cap_operations;
  chain_time *times; /* room for one an entry */
  size_t n_times;
};

/* services.c */
void chain_services_init(chain *c);
void chain_enter(chain *c, uint32_t entry, const char *what, int64_t deadline);
void chain_leave(chain *c);
bool chain_cancelled(const chain *c);
void chain_pause(const chain *c, int64_t duration);
void chain_counters_print(const chain *c, buf *json);
void chain_counters_record(chain *c, uint32_t entry); /* what was counted since the last time, as a member of the record */

/* lines.c */
void chain_lines_item(chain_lines *l);  /* a new item */
void chain_lines_call(chain_lines *l);  /* a new call */
void chain_lines_again(chain_lines *l); /* the call is repeated: what it found does not count */
void chain_lines_end(chain_lines *l);
bool chain_log(chain_lines *l, int32_t level, str message, const pintle_kv *fields, size_t n); /* false: no call is in flight */
bool chain_finding(chain_lines *l, int32_t severity, const char *code, const char *pointer, const char *text);

/* run.c: the run that the item belongs to */
pintle_status chain_run_read(chain *c, str text, error *e);
pintle_status chain_run_take(chain *c, const chain_input *in, error *e);

/* current.c */
pintle_status chain_current_begin(chain *c, const chain_input *in, error *e);
pintle_status chain_current_parse(chain *c, error *e);
void chain_current_edited(chain *c, uint32_t entry);
pintle_status chain_current_check(chain *c, error *e);
/* 1 yes, 0 no, -1: the item cannot be read (*e). */
int chain_current_selected(chain *c, uint32_t entry, error *e);
pintle_status chain_current_original_labels(chain *c, str *json, error *e);

/* record.c */
str chain_record_head(arena *a, const chain_plan *p, const chain_entry *entry);
void chain_record_open(chain *c, uint32_t entry);
void chain_record_call(chain *c, int64_t elapsed, unsigned tries);
pintle_status chain_record_commit(chain *c); /* commits the document's transaction; its patch goes into the record */
void chain_record_result(chain *c);
void chain_record_error(chain *c, uint32_t entry);
void chain_record_text(chain *c, const char *key, str text);
void chain_record_close(chain *c);
str chain_record_end(chain *c);

/* related.c */
pintle_status chain_related_take(chain *c, uint32_t entry, chain_outcome *out);   /* additional items of the result */
pintle_status chain_operation_take(chain *c, uint32_t entry, chain_outcome *out); /* operation and post-operation items */
void chain_related_print(buf *b, const char *key, const host_result_id *v, size_t n);

/* call.c: one entry called for the item, tries included; c->error when it is not OK */
pintle_status chain_call_entry(chain *c, uint32_t entry);
void chain_call_name(const chain *c, uint32_t entry, error *e); /* "action A of plugin P: " in front */
#endif
