/* side.h -- the worker's side, inside: the socket to the supervisor, the shared page, the clock of the call in flight.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_WORKER_SIDE_H
#define PINTLE_WORKER_SIDE_H
#include "host/module.h"
#include "worker/page.h"
#include "worker/wire.h"
#include <sys/types.h>

typedef struct side_message { /* that came while an answer was waited for */
  struct side_message *next;
  enum wire_type type;
  size_t len;
  char data[];
} side_message;
typedef struct side {
  int sock, cancel_fd, epoll, timer;
  bool timer_armed;
  bool own;  /* the call in flight is of an action of our own: it closes nothing */
  const host_opener *opener; /* may be NULL */
  pid_t pid; /* a forked child that returns from plugin code must not speak for us */
  page *page;
  uint64_t ticket, in_seq, out_seq;
  buf in, joined, body, frame;
  size_t in_used;
  bool delivered; /* joined holds the message at hand */
  /* side_ask.c */
  atomic_bool asking;
  uint64_t asked; /* number of the last question */
  bool held;      /* the message at hand lies in these */
  buf held_in, held_joined;
  side_message *kept, *last_kept, *current;
  _Atomic bool lost; /* the supervisor cannot be written to, or is gone */
} side;
bool side_open(side *s, int sock, int page_fd, int cancel_fd); /* {0} before */
void side_close(side *s);

/* Before and after each call of plugin code. deadline on clock_monotonic, 0 = none. */
void side_enter(side *s, uint32_t entry, const char *what, int64_t deadline);
void side_leave(side *s);
/* For host_services and chain_options; ctx is a side. */
int32_t side_cancelled(void *ctx);
int side_cancel_fd(void *ctx); /* readable on cancellation and at the deadline */
/* A line that belongs to no call, by standard error: another thread may be in the middle of a frame. */
void side_stray_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n);

bool side_send(side *s, enum wire_type type); /* s->body; false: lost */
/* The next message, or false when the supervisor is gone. The body lives until the next call. */
bool side_receive(side *s, enum wire_type *type, str *body);
bool side_read(side *s); /* more bytes into s->in; false: the supervisor is gone */
/* Asks the supervisor in the middle of a call and waits, as long as the call may go on: CANCELLED, TIMED_OUT. What else comes meanwhile is kept for
 * side_receive; the message at hand stays where it is. The answer's bytes are appended. One question at a time. */
pintle_status side_ask(side *s, pintle_call *call, uint32_t entry, str question, buf *answer, error *e);

/* single_side.c: serves single calls after a WIRE_SINGLE with that body, until WIRE_FINISH. Returns main's status. */
struct manners;
int single_serve(side *s, struct manners *watched, str setup, const host_opener *opener);
#endif
