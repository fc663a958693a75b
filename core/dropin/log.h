/* log.h -- lines for Velero's log: hclog JSON on standard error.  SPDX-License-Identifier: Apache-2.0
 *
 * go-plugin (client.go logStderr) takes a line of at most 64 KiB that is a JSON object with @level, @message and @timestamp as an entry; anything
 * else becomes a debug line. Velero's hook (pkg/util/logging/log_counter_hook.go) asserts that `name`, `namespace` and `resource` are strings,
 * and counts each line of level error: one is enough for PartiallyFailed. */
#ifndef PINTLE_DROPIN_LOG_H
#define PINTLE_DROPIN_LOG_H
#include "base/buf.h"
#include <pthread.h>

enum { DROPIN_LINE = 32 << 10, DROPIN_VALUE = 8 << 10 }; /* the longest line, and the longest value in one; what is longer is cut */
typedef struct dropin_log {
  int fd; /* written to by one write(2) a line */
  pthread_mutex_t lock;
  void (*tell)(void *ctx, int32_t level, str message); /* gets the messages instead; NULL: nobody does */
  void *ctx;
} dropin_log;
/* What a line is about; empty members are left out. */
typedef struct dropin_subject {
  str action, plugin; /* "nas.example.com/attach", "nas@2.1" */
  str resource, ns, name;
} dropin_subject;

void dropin_log_init(dropin_log *l, int fd);
/* level: PINTLE_LOG_*. subject may be NULL. Fields of names that the line has already, and "time", "timestamp", "level" and "error" (Velero's own),
 * get "plugin." in front. Any thread. */
void dropin_say(dropin_log *l, int32_t level, const dropin_subject *subject, str message, const pintle_kv *fields, size_t n);
PINTLE_PRINTF(4, 5) void dropin_sayf(dropin_log *l, int32_t level, const dropin_subject *subject, const char *format, ...);
/* One line of level info that reports are made from: event is its fixed name; fields that are empty are left out. */
typedef struct dropin_field {
  const char *key;
  str value;
} dropin_field;
void dropin_event(dropin_log *l, const dropin_subject *subject, const char *event, str message, const dropin_field *fields, size_t n);
/* report.c: what an action did to one item, as its record tells (docs/architecture.md): its log lines as they are; each change, finding and count as one
 * line of level info with fixed fields (docs/velero.md). A finding of severity warn or error, and an error that does not fail the call
 * (failed false: onError Warn, item blocks), are a line of that level besides. item: as the first action got it, for the old values; "": they are not
 * said. secret: values are hidden. */
void dropin_report(dropin_log *l, const dropin_subject *subject, str record, str item, bool failed, bool secret);
#endif
