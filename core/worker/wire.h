/* wire.h -- frames between supervisor and worker, and how values stand in them.  SPDX-License-Identifier: Apache-2.0
 *
 * A frame is a header of 16 bytes and a body of at most 16 MiB; a longer body goes in several frames, all but the last with WIRE_MORE. Numbers are
 * in the machine's order: both ends are the same build on the same machine. A string is its length (u32) and its bytes. */
#ifndef PINTLE_WORKER_WIRE_H
#define PINTLE_WORKER_WIRE_H
#include "base/arena.h"
#include "base/error.h"

enum wire_type {
  WIRE_SETUP = 1,  /* supervisor: plan, run, options */
  WIRE_READY,      /* worker: the chain is loaded; computed selectors */
  WIRE_BROKEN,     /* worker: it could not be; entry + 1, error */
  WIRE_ITEMS,      /* supervisor: items, each with ticket and first entry */
  WIRE_OUTCOME,    /* worker: one item's */
  WIRE_QUARANTINE, /* supervisor: entry */
  WIRE_LOG,        /* worker: a line that belongs to no item */
  WIRE_FINISH,     /* supervisor: finish and destroy */
  WIRE_FINISHED,   /* worker: counters, error */
  /* single calls (single_wire.h) */
  WIRE_SINGLE,  /* supervisor, instead of WIRE_SETUP: one action */
  WIRE_CALL,    /* supervisor: function, arguments */
  WIRE_DATA,    /* either: bytes of a stream */
  WIRE_CREDIT,  /* either: so many bytes more may come */
  WIRE_END,     /* supervisor: no more bytes come, or are taken, and why */
  WIRE_ENTRIES, /* worker: entries of a listing */
  WIRE_TELL,    /* worker: a line, a finding, a count, a sign of life */
  WIRE_ANSWER,  /* worker: what the call came to */
  /* a call for an item asks the run (ask.h) */
  WIRE_ASK,   /* worker: number, entry, question */
  WIRE_REPLY, /* supervisor: number, error, answer */
  WIRE_TYPES
};
#define WIRE_MORE 1u
#define WIRE_MAX_FRAME ((uint32_t)16 << 20)
#define WIRE_MAX_BODY ((size_t)256 << 20) /* of all frames of one message */
typedef struct wire_header {
  uint32_t length;
  uint16_t type, flags;
  uint64_t sequence; /* counts the frames of one direction, from 0 */
} wire_header;

/* ---- writing into a buf (its failed flag is the only error) */
void wire_u32(buf *b, uint32_t v);
void wire_u64(buf *b, uint64_t v);
void wire_str(buf *b, str s);
static inline void wire_z(buf *b, const char *z) { wire_str(b, str_of(z)); }
void wire_error(buf *b, const error *e);

/* ---- reading: a reader that was overrun once gives zeros and "" from then on, and says so */
typedef struct wire_reader {
  const char *at, *end;
  bool overrun;
} wire_reader;
uint32_t wire_get_u32(wire_reader *r);
uint64_t wire_get_u64(wire_reader *r);
str wire_get_str(wire_reader *r);                 /* points into the body; not NUL-terminated */
const char *wire_get_z(wire_reader *r, arena *a); /* copied and NUL-terminated; a NUL inside is an overrun; never NULL */
void wire_get_error(wire_reader *r, error *e);

/* ---- messages */
/* Appends header(s) and body; *sequence counts on. */
void wire_frame(buf *out, enum wire_type type, str body, uint64_t *sequence);
/* The next whole message in in[*used..]: type and body (joined in *joined when it came in several frames). NOT_FOUND: more bytes are needed. INVALID: what
 * is there is no frame of ours (length, type, flags or sequence). *used moves behind what was taken. */
pintle_status wire_next(str in, size_t *used, uint64_t *sequence, buf *joined, enum wire_type *type, str *body);
#endif
