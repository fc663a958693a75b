/* grpc_inside.h -- what the files of a gRPC connection share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_VELERO_GRPC_INSIDE_H
#define PINTLE_VELERO_GRPC_INSIDE_H
#include "velero/grpc.h"
#include <nghttp2/nghttp2.h>

#define GRPC_READ ((size_t)64 << 10)      /* bytes of one read */
#define GRPC_READ_MAX ((size_t)1 << 20)   /* of one pump, so that connections take turns */
#define GRPC_OUT_MAX ((size_t)256 << 10)  /* collected for one write */
#define GRPC_AHEAD ((size_t)256 << 10)    /* of whole messages that were not taken, beyond which nothing is granted */
#define GRPC_MAX_HELD ((size_t)256 << 20) /* of unfinished messages on one connection */
#define GRPC_MAX_STATUS_TEXT 4096u        /* room of grpc-message, before it is encoded */

typedef struct grpc_outgoing {
  struct grpc_outgoing *next;
  buf bytes; /* prefix and message */
  size_t at;
} grpc_outgoing;

struct grpc_stream {
  grpc_conn *conn;
  grpc_stream *next, **link;
  void *owner;
  int32_t id;
  /* headers */
  char *method;
  int64_t deadline;
  size_t header_bytes;
  bool is_post, is_head, is_grpc, bad_timeout;
  /* incoming */
  unsigned char prefix[GRPC_PREFIX];
  size_t have, want; /* of prefix; of message */
  buf in;
  size_t owed;        /* received, not granted again */
  size_t outstanding; /* of whole messages handed out and not taken */
  bool told;          /* the owner knows it: `opened`, or opened by him */
  bool deaf;          /* what still comes is of no interest */
  bool ended;
  /* outgoing */
  grpc_outgoing *out, **out_last;
  size_t waiting;
  bool started, deferred, done, crowded;
  bool plain; /* an answer of HTTP, not of gRPC: no prefix, no trailers */
  buf trailer[3];
  /* client: how it ended */
  uint32_t http_status, http_error, code;
  bool has_code, whole, refused; /* refused: by us, code and message are ours */
  buf message, details;
};

struct grpc_conn {
  nghttp2_session *session;
  grpc_io io;
  grpc_events events;
  void *ctx;
  bool server, over;
  grpc_stream *streams;
  size_t n_streams, held;
  buf out;
  size_t out_at;
  int64_t calm_at; /* the bucket for what costs a peer nothing: resets, pings, settings, empty frames */
  double calm;
  const char *fault; /* why it is over */
  char in[GRPC_READ];
};

/* grpc_conn.c */
grpc_stream *grpc_stream_make(grpc_conn *c);
void grpc_stream_drop(grpc_stream *s); /* tells `closed`, unlinks, frees */
bool grpc_conn_calm(grpc_conn *c);     /* takes one from the bucket; false: it was empty, the connection is being closed */
/* grpc_receive.c */
void grpc_receive_callbacks(nghttp2_session_callbacks *cb);
/* grpc_send.c */
void grpc_send_callbacks(nghttp2_session_callbacks *cb);
void grpc_outgoing_free(grpc_stream *s);
void grpc_stream_refuse(grpc_stream *s, uint32_t code, const char *message); /* server: answer; client: reset and remember */
void grpc_stream_answer_plain(grpc_stream *s, const char *status, str text); /* an answer of plain HTTP */
#endif
