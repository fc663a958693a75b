/* json_split.h -- a stream of JSON cut into documents and elements of Lists, one at a time.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_JSON_SPLIT_H
#define PINTLE_CONF_JSON_SPLIT_H
#include "conf/yaml.h"

#define JSON_SPLIT_BITS 1024u /* brackets deeper than this are counted, not matched */

/* All positions are offsets in the stream. What is in memory begins at base; [keep, base + len) must stay. */
typedef struct json_split {
  int fd; /* -1: all is in memory, borrowed */
  const char *name;
  size_t max_bytes;
  uint32_t max_depth;
  const char *data;
  char *own;
  size_t len, cap;
  int64_t base, at, keep;
  bool eof, over;
  int failed; /* errno of a failed read */
  /* place of `counted`, the last position whose line is known */
  int64_t counted, line_start;
  uint32_t line;
  /* the document */
  int state;
  int64_t begin; /* of the document */
  uint32_t begin_line, begin_column;
  bool first, trailing, oversize, too_deep, items_seen, no_list, whole;
  buf rest; /* the mapping without its items, while those are streamed */
  uint64_t brackets[JSON_SPLIT_BITS / 64];
} json_split;

void json_split_open(json_split *s, int fd, str text, const char *name, const item_limits *limits);
void json_split_close(json_split *s);
/* The first byte of the next document that is no white space (a byte order mark at the start of the stream is passed over); -1 at the
 * end or on a read error (see failed). s->at is there. */
int json_split_peek(json_split *s);
/* The next part, all raw; its text stays until the next call. lists: take Lists apart. NOT_FOUND: the end. INVALID: when s->over, a syntax
 * error, else an element or document that is too large or too deep and has been passed over. */
pintle_status json_split_next(json_split *s, bool lists, conf_part *out, error *e);
/* Nothing of the document at s->begin was handed out before the part just returned (or the error), and all of it that was read is still in
 * memory: it may be read again another way. */
static inline bool json_split_whole(const json_split *s) { return s->whole && s->keep <= s->begin && s->base <= s->begin && !s->failed; }
/* Goes back to the begin of the document, to let another reader take over; then bytes come from json_split_read. */
void json_split_rewind(json_split *s);
/* Between documents: s->at goes back to the beginning of its line (or the end of the document before). */
void json_split_line_start(json_split *s);
/* Up to n bytes from s->at on. 0: the end; negative: errno. */
int64_t json_split_read(json_split *s, void *to, size_t n);
/* Bytes that json_split_read gave last are to come again. false: no memory. */
bool json_split_unread(json_split *s, str bytes);
/* Goes to the next line, behind offset `from` and after line `after`, that begins with "---" as a word. *line: where s->at is, then
 * where that is. cut: s->at may be inside a line. false: there is none. */
bool json_split_find_document(json_split *s, bool cut, int64_t from, uint32_t after, uint32_t *line);
/* Line and column (1-based) of a position not before s->keep. */
void json_split_place(json_split *s, int64_t at, uint32_t *line, uint32_t *column);
/* error_place "name:line:column" for an error in a text that begins at (line, column) and has "line L, column C" in e->place. */
void conf_place_shift(error *e, const char *name, uint32_t line, uint32_t column);
#endif
