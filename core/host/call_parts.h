/* call_parts.h -- inside of a host_call: for call*.c and result.c only.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_HOST_CALL_PARTS_H
#define PINTLE_HOST_CALL_PARTS_H
#include "base/clock.h"
#include "host/call.h"
#include "host/text.h"
#include <stdatomic.h>

#define HOST_CALL_MAGIC 0x43544e50u   /* "PNTC" */
#define HOST_TABLE_MAGIC 0x54544e50u  /* "PNTT" */
#define HOST_RESULT_MAGIC 0x52544e50u /* "PNTR" */
#define HOST_GRACE (10 * CLOCK_SECOND)

typedef struct host_own_table {
  pintle_host v;
  char zero[512];
  uint32_t magic;
  host_call *call; /* NULL in the static one */
} host_own_table;

struct host_call {
  pintle_call base;
  uint32_t magic;
  atomic_bool active;
  const host_services *services;
  int64_t deadline;
  _Atomic int64_t told;      /* when the plugin first heard of it; 0: not yet */
  _Atomic int32_t told_what; /* 1 or 2, as host->cancelled */
  const item_doc *config;
  item_doc *empty; /* stands for a config that is NULL */
  arena memory;
  size_t allocated;
  item_doc **docs; /* scratch documents: [0, used) of this call, the rest waits for the next */
  size_t n_docs, cap_docs, used;
  bool failed;
  error error;
  host_origin origin;
  pintle_status sticky; /* the first error of a result */
  char sticky_text[400];
  host_own_table table;
};

static inline bool host_status_known(pintle_status st) { return st <= PINTLE_OK && st >= PINTLE_EXISTS; }
/* NULL: none of ours, or over. */
host_call *host_call_of(const pintle_call *handle);
void host_call_sticky(host_call *c, pintle_status st, const char *text);
/* A plugin's progress, checked and cleaned; strings in a. INVALID: unreadable. */
pintle_status host_progress_copy(const pintle_progress *p, arena *a, pintle_progress *out);

/* call_log.c, call_time.c: functions of the table */
void host_log_line(pintle_call *h, int32_t level, const char *msg, size_t len, const pintle_kv *fields, size_t n_fields);
int32_t host_cancelled(pintle_call *h);
int32_t host_cancel_fd(pintle_call *h);
int64_t host_remaining(pintle_call *h);
pintle_status host_pause(pintle_call *h, int64_t duration);
#endif
