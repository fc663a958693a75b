/* server.h -- a go-plugin server: the process that Velero has started.  SPDX-License-Identifier: Apache-2.0
 *
 * One I/O thread runs velero_server_run. It answers health, GRPCBroker, GRPCStdio and GRPCController itself and hands every other call to `call`, on the
 * I/O thread, which must not block: it gives the velero_call to another thread, or ends it at once. Facts: go-plugin's server.go, grpc_server.go. */
#ifndef PINTLE_VELERO_SERVER_H
#define PINTLE_VELERO_SERVER_H
#include "velero/grpc.h"

typedef struct velero_server velero_server;
typedef struct velero_call velero_call;

typedef struct velero_server_options {
  const char *const *environment; /* "NAME=value"; PLUGIN_* are read from it, TMPDIR too */
  int handshake;                  /* the descriptor that gets the handshake line: 1 */
  void (*call)(void *ctx, velero_call *);
  void (*log)(void *ctx, int32_t level, str message); /* may be NULL; what is wrong with a peer */
  void *ctx;
} velero_server_options;

/* Was this process started by Velero (VELERO_PLUGIN=hello)? */
bool velero_server_wanted(const char *const *environment);
/* Listens: a socket in PLUGIN_UNIX_SOCKET_DIR, or in a directory of our own in TMPDIR, /tmp, /var/tmp, /dev/shm or /run; where none can be made, TCP on
 * 127.0.0.1 from PLUGIN_MIN_PORT to PLUGIN_MAX_PORT. With PLUGIN_CLIENT_CERT connections are TLS and only that client's. */
pintle_status velero_server_new(const velero_server_options *, velero_server **out, error *e);
/* Writes the handshake line and serves until Shutdown, velero_server_stop, or the client's end (no connection for 60 s and another parent). Calls that are
 * open then are cancelled. It handles no signals: SIGTERM's handler calls velero_server_stop; SIGPIPE must be ignored. */
pintle_status velero_server_run(velero_server *, error *e);
void velero_server_stop(velero_server *);                 /* any thread, async-signal-safe */
const char *velero_server_address(const velero_server *); /* "unix|/path" or "tcp|127.0.0.1:10000" */
/* After run, and after velero_call_end of every call. Removes socket and directory. NULL is fine. */
void velero_server_free(velero_server *);

/* ---- a call: from the callback until velero_call_end, by one thread */
const char *velero_call_method(const velero_call *); /* "/generated.ObjectStore/PutObject" */
/* The first message; the callback comes once it is there (and, where the client sends but one, nothing follows). Lives until velero_call_end. */
str velero_call_first(const velero_call *);
/* The next message after the first, in order; blocks. NOT_FOUND: no more; CANCELLED: reset, past its deadline, or the connection is gone. Lives until the next receive. */
pintle_status velero_call_receive(velero_call *, str *message);
bool velero_call_has_more(const velero_call *); /* velero_call_receive will not wait */
/* Copies; blocks while more than 1 MiB waits; CANCELLED; NOMEM. */
pintle_status velero_call_send(velero_call *, str message);
/* As velero_call_send, without a copy: *message holds GRPC_PREFIX bytes of any content, then the message; it is {0} then. */
pintle_status velero_call_send_buf(velero_call *, buf *message);
bool velero_call_cancelled(velero_call *);
int velero_call_cancel_fd(velero_call *);          /* readable once cancelled; made at the first call; -1: no descriptor to be had */
int64_t velero_call_deadline(const velero_call *); /* clock_monotonic, from grpc-timeout; 0: none */
/* Trailers; frees the handle. Exactly once, also for a cancelled call. NULL: OK. */
void velero_call_end(velero_call *, const velero_status *);
/* velero_call_send_buf and velero_call_end in one, of calls with one answer: both leave by one write. */
void velero_call_answer(velero_call *, buf *message);
#endif
