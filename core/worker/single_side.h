/* single_side.h -- the worker's side of single calls, inside.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_WORKER_SINGLE_SIDE_H
#define PINTLE_WORKER_SINGLE_SIDE_H
#include "host/module.h"
#include "worker/manners.h"
#include "worker/side.h"
#include "worker/single_wire.h"
#include <pthread.h>

typedef struct single {
  side *side;
  const host_opener *opener; /* NULL: host_module_open */
  arena memory, call_memory; /* of the set-up; of the call in flight */
  single_setup setup;
  const char *dir; /* run.dir, once it was asked for */
  host_module *module;
  host_instance instance;
  manners *manners;
  chain_entry entry; /* for it: a chain of this action alone */
  chain_plugin plugin;
  chain_plan plan;
  uint32_t has;                /* functions, as bits */
  const pintle_verify *verify; /* NULL: it offers none */
  stores_side *stores;
  host_services services, stray;
  host_call *call;
  host_result result;
  item_doc *doc, *run; /* of the call; the Backup or Restore */
  pthread_mutex_t sending; /* log and count come from any thread */
  _Atomic uint64_t number; /* of the call in flight; 0: none */
  single_args args;
  /* its bytes */
  bool open; /* the stream may be used */
  HOST_PADDED(pintle_reader) reader;
  HOST_PADDED(pintle_writer) writer;
  str chunk; /* read from the supervisor, not yet by the plugin; in side->in */
  bool over;
  int64_t end;           /* what read() gives when over and the chunk is empty */
  uint64_t owed, credit; /* credit that the supervisor should get; that we have */
  uint64_t moved;        /* bytes taken or given by the plugin */
  pintle_status refused; /* what write() and entry() give from now on */
  buf pending, told;     /* bytes or entries not yet sent; a line */
  int64_t sent_at, reported_at;
} single;

/* single_stream.c */
void single_stream_begin(single *s);
void single_stream_end(single *s); /* what is pending is sent */
pintle_status single_entry(void *ctx, const pintle_entry *e);
/* One frame of two parts. false: the supervisor is gone. [any thread] */
bool single_send(single *s, enum wire_type type, str a, str b);
/* The next frame about the call in flight: data, its end, credit. Late ones are dropped. */
bool single_take(single *s);
#endif
