/* call.h -- one call in flight: what a plugin sees as pintle_call and pintle_result.  SPDX-License-Identifier: Apache-2.0
 *
 * The only implementation of pintle_host and pintle_result_api in pintle: for plugins in workers and for built-ins anywhere. */
#ifndef PINTLE_HOST_CALL_H
#define PINTLE_HOST_CALL_H
#include "item/item.h"

/* Where a call's side effects go; NULL members: dropped (property, extension: unknown). Called on the calling thread; log
 * and count also from any other, at the same time (host.h tags them [any]). */
typedef struct host_services {
  void *ctx;
  void (*log)(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n); /* copied; control characters already escaped */
  void (*finding)(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text);
  void (*count)(void *ctx, const char *counter, int64_t delta);
  void (*report)(void *ctx, const pintle_progress *p);
  pintle_status (*property)(void *ctx, const char *name, str *value); /* value lives as long as the call */
  const void *(*extension)(void *ctx, const char *id);
  /* For extensions that something outside of this process answers (worker/ask.h); waits. */
  pintle_status (*ask)(void *ctx, pintle_call *call, str question, buf *answer, error *e);
  struct stores_side *stores; /* what pintle.store/1 opens (worker/stores.h); NULL: nothing */
  int32_t (*cancelled)(void *ctx); /* 0, 1 cancelled, 2 past the deadline (asked beside the call's own deadline); async-signal free */
  int (*cancel_fd)(void *ctx);     /* -1: none */
} host_services;

/* A line as one text: " key=value" behind the message, but for "source". Returns the field "plugin", "" when there is none; it lives as the fields do. */
const char *host_line_text(str message, const pintle_kv *fields, size_t n, buf *text);

typedef struct host_call host_call; /* starts with a pintle_call, a magic number behind it */
/* One host_call is reused for call after call. It holds the pintle_host that its calls see (extension() has no other way to know whose call
 * it is), so free it after the modules it was used with are closed. */
pintle_status host_call_new(const host_services *services, host_call **out);
void host_call_free(host_call *c);
/* deadline on clock_monotonic, 0 = none; config: read-only, may be NULL ({}), outlives the instance. */
void host_call_begin(host_call *c, const item_doc *config, int64_t deadline);
/* Ends the call: memory and scratch documents are gone (poisoned under ASan). st is what the plugin returned; the result is the status that
 * counts: unknown ones become FAILED, a remembered error of a result wins. *e gets the recorded error (or a text made from the status). */
pintle_status host_call_end(host_call *c, pintle_status st, error *e);
pintle_call *host_call_handle(host_call *c);

/* ---- for extensions, and for who reports a failure */
/* As host->cancelled, as a status: OK, CANCELLED or TIMED_OUT. Telling it starts the 10 s in which it is OK again (call from extensions
 * before they wait, hand the status on). INVALID: no call of ours, or one that is over. [any] */
pintle_status host_call_interrupted(pintle_call *call);
/* The services it was made with; NULL: none of ours. [any] */
const host_services *host_call_services(const pintle_call *call);
/* Records an error of an extension as the error of this call, and returns its status. */
pintle_status host_call_fail(pintle_call *call, const error *e);
typedef struct host_origin { /* what a pintle_error says beyond struct error */
  int64_t retry_after;       /* 0: the host's choice */
  uint32_t line;             /* with file and function: Velero's Stack; "" and 0: unknown */
  char file[200], function[100];
} host_origin;
/* Of the error that host_call_end gave, until the next begin. */
const host_origin *host_call_origin(const host_call *c);
/* Where log lines go that plugins write with call NULL, or with a call that is over (background threads): the log member of these services.
 * The one global of this room, since such a line brings no handle along. NULL: dropped. *s stays valid until it is replaced. */
void host_stray_log(const host_services *s);

/* What a kind of call may answer with; anything else is INVALID there. */
enum {
  HOST_RESULT_ITEMS = 1,
  HOST_RESULT_POST = 2,
  HOST_RESULT_OPERATION = 4,
  HOST_RESULT_WAIT = 8,
  HOST_RESULT_SKIP = 16,
  HOST_RESULT_NOTE = 32,
  HOST_RESULT_TEXT = 64,
  HOST_RESULT_PROGRESS = 128,
  HOST_RESULT_ENTRY = 256,
  HOST_RESULT_SELECTOR = 512
};
typedef struct host_result_id {
  pintle_id id;
  uint32_t flags;
} host_result_id; /* strings in the result's arena */
typedef struct host_result_note {
  const char *pointer, *why;
} host_result_note;
typedef struct host_result {
  pintle_result base;
  uint32_t magic, allowed;
  host_call *call;
  arena memory; /* holds all below; reset by host_result_begin */
  host_result_id *items;
  size_t n_items, cap_items; /* at most 10,000 */
  host_result_id *post;
  size_t n_post, cap_post;
  host_result_note *notes;
  size_t n_notes, cap_notes;
  const char *operation; /* NULL: none */
  const char *skip;      /* NULL: no skip */
  str text;              /* {NULL,0}: never called */
  int64_t wait;          /* -1: not asked; 0: the run's default */
  bool has_progress;
  pintle_progress progress;
  const pintle_selector *selector;
  pintle_status (*entry)(void *ctx, const pintle_entry *e); /* set after host_result_begin; NULL: dropped */
  void *entry_ctx;                                          /* entries are handed on as they come */
  pintle_status sticky;
  bool no_operation;
} host_result;
void host_result_begin(host_result *r, host_call *call, uint32_t allowed, bool no_operation); /* {0} the first time */
void host_result_free(host_result *r);
/* A pintle_input etc. with 512 zero bytes behind (R2): wrap in this. */
#define HOST_PADDED(type) \
  struct {                \
    type v;               \
    char zero[512];       \
  }
extern const struct pintle_host *const host_table; /* static, 512 zero bytes behind; what every call's own copy is made from */
#endif
