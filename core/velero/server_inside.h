/* server_inside.h -- what the files of the server share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_VELERO_SERVER_INSIDE_H
#define PINTLE_VELERO_SERVER_INSIDE_H
#include "velero/server.h"
#include "velero/tls.h"
#include <pthread.h>
#include <stdatomic.h>

enum { SERVER_CONNECTIONS = 32 };

typedef struct server_conn {
  grpc_conn *grpc;
  short polled; /* what the I/O thread waits for; 0: it does not wait */
} server_conn;

/* One lock for everything: the I/O thread lets go of it only to wait, and the others' calls are short. So whoever answers writes to the connection
 * himself, without waking a second thread. */
struct velero_server {
  velero_server_options o;
  pthread_mutex_t lock;
  int listener, wake;
  char path[108], directory[108], address[140];
  velero_tls *tls;
  buf certificate;
  server_conn conns[SERVER_CONNECTIONS];
  size_t n_conns;
  int64_t alone_since, deaf_until;
  int parent;
  velero_call *ready, **ready_last; /* to be handed over once the lock is let go */
  velero_call *timed;               /* those with a deadline that has not passed */
  velero_call *heard;               /* something came for these, whose threads wait: they are woken then, too, and not once for each message */
  atomic_bool stop;
};

typedef struct server_message {
  struct server_message *next;
  buf bytes;
} server_message;

struct velero_call {
  velero_call *next, *next_timed, *next_heard;
  velero_server *server;
  grpc_stream *stream; /* NULL: closed */
  char *method;
  int64_t deadline;
  buf first, current;
  server_message *in, **in_last;
  server_message *mine; /* those that its thread took last, without the lock */
  size_t used;          /* bytes of them */
  pthread_cond_t moved;
  int cancel_fd;
  bool streams, has_first, handed, ended, cancelled, is_heard;
};

/* server_listen.c */
pintle_status server_listen(velero_server *s, error *e);
void server_unlisten(velero_server *s);
const char *server_variable(const velero_server *s, const char *name); /* NULL: not set, or empty */
/* server_call.c: the events of a stream; and handing over what is ready, without the lock */
void server_hand_over(velero_server *s);
/* [I/O thread] Cancels and answers what is past its deadline; when the next one is, 0: none is waited for. */
int64_t server_overdue(velero_server *s, int64_t now);
extern const grpc_events server_events;
/* server_own.c: the services that every go-plugin server has */
bool server_own_is(const char *method);
void server_own_message(velero_server *s, grpc_stream *stream, str message);
void server_own_ended(grpc_stream *stream);
/* server.c */
void server_flush(velero_server *s, grpc_conn *c); /* any thread that holds the lock */
#endif
