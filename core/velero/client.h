/* client.h -- a Go plugin that we have started: handshake, calls, end.  SPDX-License-Identifier: Apache-2.0
 *
 * One thread at a time, blocking. Facts: go-plugin's client.go, grpc_client.go. */
#ifndef PINTLE_VELERO_CLIENT_H
#define PINTLE_VELERO_CLIENT_H
#include "velero/grpc.h"
#include <poll.h>

typedef struct velero_process velero_process; /* one executable: started, handshaken, connected */
typedef struct velero_process_options {
  int fd;                                       /* of the executable; borrowed */
  const char *path;                             /* its argv[0], and its name in messages */
  const char *const *args, *const *environment; /* NULL-terminated, NULL = none; go-plugin's variables are added */
  int64_t start_timeout;                        /* 0 = 60 s */
  /* A line of its standard error: hclog's JSON with level and fields, other text as debug. During velero_process_* only, on their thread. */
  void (*log)(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n);
  int (*cancelled)(void *ctx); /* may be NULL */
  int (*cancel_fd)(void *ctx); /* may be NULL; readable once cancelled; -1 = none */
  void *ctx;
} velero_process_options;
/* Started by fd, in our process group; killed when the thread that started it ends. INVALID: it is no plugin, TIMED_OUT, CANCELLED;
 * *e says what it did instead. */
pintle_status velero_process_start(const velero_process_options *, velero_process **out, error *e);

/* One call. Requests and answers are packed messages. */
typedef struct velero_request {
  const char *method; /* "/generated.ObjectStore/PutObject" */
  str message;        /* the first */
  int64_t deadline;   /* clock_monotonic; 0 = none */
  /* Where the client streams: the next message, which stays valid until the next call; NOT_FOUND: no more; another status ends the call with it. */
  pintle_status (*next)(void *ctx, str *message);
  /* Where the server streams: each message, in order; not OK ends the call with that status. */
  pintle_status (*each)(void *ctx, str message);
  void *ctx;
} velero_request;
/* *response gets the (one) answer, cleared before; NULL where `each` takes them. The server's status becomes a pintle_status and e (message; place = the
 * Stack's file:line:function); UNIMPLEMENTED is PINTLE_UNSUPPORTED. TIMED_OUT: past the deadline. CANCELLED: options.cancelled said so. A process that has
 * ended or broken the protocol: FAILED, and velero_process_alive is false from then on; stop it. */
pintle_status velero_process_call(velero_process *, const velero_request *, buf *response, error *e);
/* Between two calls: what to wait for (at most VELERO_WATCHED; how many), and what to do then: its lines are told, its end is seen. */
enum { VELERO_WATCHED = 4 };
size_t velero_process_watch(const velero_process *, struct pollfd *f);
void velero_process_listen(velero_process *);
bool velero_process_alive(const velero_process *);
pid_t velero_process_pid(const velero_process *);
/* Once it is not alive: how it ended, as waitpid tells (reaped; waits for an end that is under way); -1: it runs still, or nobody knows. */
int velero_process_ended(velero_process *);
/* Shutdown, 2 s, kill; frees. NULL is fine. */
void velero_process_stop(velero_process *);
#endif
