/* grpc.h -- one gRPC connection over HTTP/2, either side.  SPDX-License-Identifier: Apache-2.0
 *
 * A connection belongs to one thread at a time and never blocks: its owner polls grpc_conn_fd() for grpc_conn_wants() and then calls grpc_conn_pump(),
 * which reads, tells events and writes. Facts: grpc's PROTOCOL-HTTP2.md. Nothing is compressed; a message is at most GRPC_MAX_MESSAGE.
 * A receiver's window is GRPC_WINDOW a stream: what was not taken is not granted, so a slow reader costs that much and no more. */
#ifndef PINTLE_VELERO_GRPC_H
#define PINTLE_VELERO_GRPC_H
#include "base/buf.h"
#include "base/error.h"
#include <stdbool.h>
#include <sys/types.h>

enum grpc_code {
  GRPC_OK = 0,
  GRPC_CANCELLED,
  GRPC_UNKNOWN, /* what Velero's plugins answer with, whatever went wrong */
  GRPC_INVALID_ARGUMENT,
  GRPC_DEADLINE_EXCEEDED,
  GRPC_NOT_FOUND,
  GRPC_ALREADY_EXISTS,
  GRPC_PERMISSION_DENIED,
  GRPC_RESOURCE_EXHAUSTED,
  GRPC_FAILED_PRECONDITION,
  GRPC_ABORTED,
  GRPC_OUT_OF_RANGE,
  GRPC_UNIMPLEMENTED,
  GRPC_INTERNAL,
  GRPC_UNAVAILABLE,
  GRPC_DATA_LOSS,
  GRPC_UNAUTHENTICATED
};
#define GRPC_MAX_MESSAGE ((size_t)64 << 20) /* beyond it: RESOURCE_EXHAUSTED */
#define GRPC_MAX_HEADERS ((size_t)16 << 10) /* of one request or answer */
#define GRPC_MAX_STREAMS 100u
#define GRPC_WINDOW ((size_t)1 << 20)

/* How a call ended. file, function and line become Velero's generated.Stack in grpc-status-details-bin; NULL, 0: none. */
typedef struct velero_status {
  uint32_t code; /* enum grpc_code */
  const char *message;
  const char *file, *function;
  uint32_t line;
} velero_status;

/* ---- the bytes below: a socket, or TLS over it */
typedef struct grpc_io {
  int fd;                                         /* non-blocking */
  void *ctx;                                      /* of these four; all NULL: plain read and write */
  ssize_t (*read)(void *ctx, void *to, size_t n); /* as read(2): 0 at the end; -1 with errno, EAGAIN: nothing now */
  ssize_t (*write)(void *ctx, const void *p, size_t n);
  bool (*needs_input)(void *ctx); /* the last write failed with EAGAIN until something was read */
  void (*close)(void *ctx);       /* before fd is closed */
} grpc_io;

typedef struct grpc_conn grpc_conn;
typedef struct grpc_stream grpc_stream;

/* What happens on a connection, told from within grpc_conn_pump. Any may be NULL. A stream is valid until `closed` has returned. */
typedef struct grpc_events {
  void (*opened)(void *ctx, grpc_stream *);                /* server: a request whose headers are sound */
  void (*message)(void *ctx, grpc_stream *, buf *message); /* a whole one: the callee takes *message (leaves {0}) or it is freed */
  void (*ended)(void *ctx, grpc_stream *);                 /* the peer sends no more messages; a client has the status now */
  void (*writable)(void *ctx, grpc_stream *);              /* less than GRPC_WINDOW waits to be sent, after more did */
  void (*closed)(void *ctx, grpc_stream *);                /* over: ended both ways, reset, or the connection is gone */
} grpc_events;

/* Takes io over (also on failure). server: this side answers. */
pintle_status grpc_conn_new(bool server, grpc_io io, const grpc_events *events, void *ctx, grpc_conn **out, error *e);
void grpc_conn_free(grpc_conn *); /* `closed` for each stream, then the descriptor; NULL is fine */
int grpc_conn_fd(const grpc_conn *);
short grpc_conn_wants(const grpc_conn *); /* POLLIN, POLLOUT */
/* Not OK: the connection is over (FAILED: it ended or broke; INVALID: the peer did not keep to the protocol), free it. */
pintle_status grpc_conn_pump(grpc_conn *, error *e);
/* Only writes what is ready: after a send, when the owner does not poll at once. */
pintle_status grpc_conn_flush(grpc_conn *, error *e);
void grpc_conn_goodbye(grpc_conn *); /* GOAWAY: no new streams; those that exist go on */
size_t grpc_conn_streams(const grpc_conn *);

/* ---- a call */
/* Client: begins one; timeout in nanoseconds, 0 = none. NULL: no memory, or the connection takes no more. */
grpc_stream *grpc_stream_open(grpc_conn *, const char *method, int64_t timeout);
void grpc_stream_set(grpc_stream *, void *owner);
void *grpc_stream_owner(const grpc_stream *);
grpc_conn *grpc_stream_conn(const grpc_stream *);
const char *grpc_stream_method(const grpc_stream *); /* "/generated.ObjectStore/PutObject" */
int64_t grpc_stream_deadline(const grpc_stream *);   /* clock_monotonic; 0: none */
bool grpc_stream_ended(const grpc_stream *);         /* the peer sends no more */
bool grpc_stream_answered(const grpc_stream *);      /* server: the status was given */
/* Queues one message, copied. false: no memory, or it is over. */
bool grpc_stream_send(grpc_stream *, str message);
/* As grpc_stream_send, but takes the contents of *message, which must begin with grpc_prefix (room of 5 bytes) and is {0} then. */
bool grpc_stream_send_buf(grpc_stream *, buf *message);
size_t grpc_stream_waiting(const grpc_stream *);     /* bytes queued and not sent */
void grpc_stream_taken(grpc_stream *, size_t bytes); /* so much of what `message` gave was consumed: the peer may send as much again */
void grpc_stream_end(grpc_stream *);                 /* client: no more messages */
void grpc_stream_answer(grpc_stream *, const velero_status *);       /* server: status and end; NULL = OK */
void grpc_stream_reset(grpc_stream *, uint32_t code /* HTTP/2's */); /* CANCEL = 8 */
/* Client, in `ended` and `closed`: what the server said. */
uint32_t grpc_stream_code(const grpc_stream *);
/* grpc status -> e (status, message, place "file:line:function"); returns e->status. OK where the code is 0. */
pintle_status grpc_stream_error(const grpc_stream *, error *e);
#define GRPC_PREFIX 5u

/* ---- texts (grpc_text.c) */
/* As much of s as fits, in UTF-8: Go takes no other strings, in no message. What is none becomes U+FFFD. Returns to. */
char *grpc_clean(str s, char *to, size_t size);
void grpc_percent_encode(str s, buf *out);
void grpc_percent_decode(str s, buf *out); /* what is no escape stays */
/* "100m" and so on; INVALID: none. */
pintle_status grpc_timeout_parse(str text, int64_t *nanoseconds);
void grpc_timeout_text(int64_t nanoseconds, char to[24]);
void grpc_details_encode(const velero_status *, buf *base64);  /* nothing is added when there is no Stack */
void grpc_details_place(str base64, char *place, size_t size); /* "file:line:function" of its first Stack; "" */
pintle_status grpc_code_status(uint32_t code);                 /* UNIMPLEMENTED: PINTLE_UNSUPPORTED */
uint32_t grpc_status_code(pintle_status st);                   /* the reverse; what has none: UNKNOWN */
#endif
