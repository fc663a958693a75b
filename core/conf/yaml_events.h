/* yaml_events.h -- libyaml's events turned into JSON text.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_YAML_EVENTS_H
#define PINTLE_CONF_YAML_EVENTS_H
#include "conf/json_split.h"
#include "conf/yaml_anchors.h"
#include "conf/yaml_keys.h"
#include <yaml.h>

/* One open mapping or sequence. */
typedef struct yaml_frame {
  bool map, value_next, merging;
  bool dead; /* a key was replaced by a merge: the text must be gathered anew */
  uint32_t line, column;
  size_t start; /* in out */
  yaml_keys keys;
  char *anchor;
} yaml_frame;

typedef struct yaml_reader {
  yaml_parser_t parser;
  bool open, over;
  json_split *in; /* where bytes come from */
  const char *name;
  size_t max_bytes;
  uint32_t max_depth;
  uint32_t line, column; /* of the first byte */
  uint64_t fed;          /* bytes since the last event */
  int failed;            /* errno of a read */
  bool too_long;
  bool abandoned;    /* the document is nested so deep that it is not read to its end */
  int64_t from;      /* offset of the first byte */
  uint32_t document; /* line where the document begins */
  /* Bytes that are no text end what the parser sees, so that documents before them are read: */
  buf held; /* what was read and not given to it: a character that is cut off, or what is bad and what follows */
  int bad;  /* YAML_BAD_... */
  uint32_t bad_what, bad_line, bad_column;
  bool checked, utf8; /* the encoding is known, and it is this one */
  yaml_event_t next;  /* looked at already, when has_next */
  bool has_next;
  yaml_frame *frames;
  uint32_t depth, room;
  yaml_anchors anchors;
  size_t expanded; /* bytes that aliases and merges have added to this document or element */
  uint64_t seed;
  buf scratch, merged, element;
} yaml_reader;

/* Where the elements of a top-level `items` go, if they may. */
typedef struct yaml_stream {
  conf_take take;
  void (*bad)(void *ctx, const error *e);
  void *ctx;
  bool streamed, no_list; /* out: elements were handed out; the kind is known and no List */
  pintle_status stopped;  /* what take returned */
} yaml_stream;

pintle_status yaml_reader_open(yaml_reader *r, json_split *in, uint32_t line, uint32_t column, error *e);
void yaml_reader_close(yaml_reader *r);
/* The next document that is not empty, appended to *out. INVALID: r->over tells a syntax error. */
pintle_status yaml_reader_next(yaml_reader *r, buf *out, conf_places *places, yaml_stream *stream, uint32_t *line, uint32_t *column,
                               error *e);
/* Has the parser come to bytes that are no text? */
bool yaml_reader_cut(const yaml_reader *r);
/* After a syntax error: goes on at the next line that begins a document. false: there is none, or *e is an error of memory. */
bool yaml_reader_resync(yaml_reader *r, error *e);
bool conf_places_add(conf_places *p, size_t offset, uint32_t line, uint32_t column);
#endif
