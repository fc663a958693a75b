/* yaml_resync.c -- after a syntax error in YAML: on to the next document.  SPDX-License-Identifier: Apache-2.0
 *
 * A line that begins with "---" begins a document whatever stands above it, so what follows is not hurt by the error. The scanner may have
 * read a little further than the error; what it has passed is mostly still in its buffer. */
#include "conf/yaml_events.h"

/* The beginning of the line where the error is, or of what is still there of it; *line becomes its number (from 0). */
static const unsigned char *error_line(const yaml_parser_t *p, size_t *line) {
  const unsigned char *at = p->buffer.pointer, *start = p->buffer.start;
  size_t want = p->problem_mark.line < p->mark.line ? p->problem_mark.line : p->mark.line;
  *line = p->mark.line;
  for (;;) {
    while (at > start && at[-1] != '\n') at--;
    if (*line <= want || at == start) return at;
    at--, --*line;
  }
}

bool yaml_reader_resync(yaml_reader *r, error *e) {
  const yaml_parser_t *p = &r->parser;
  json_split *in = r->in;
  size_t line;
  if (!r->open || r->failed || p->error == YAML_MEMORY_ERROR || p->encoding != YAML_UTF8_ENCODING) return false;
  if (p->error == YAML_NO_ERROR && !r->bad && !r->abandoned) return false;
  CLEANUP(buf_free) buf back = {0}; /* what was handed to the parser and is to be read again */
  bool cut;                         /* it may not begin a line */
  uint32_t number;
  if (yaml_reader_cut(r)) number = r->bad_line, cut = r->bad_column > 1;
  else {
    const unsigned char *from = error_line(p, &line);
    cut = from == p->buffer.start && p->mark.index > (size_t)(p->buffer.pointer - from);
    number = r->line + (uint32_t)line;
    const unsigned char *last = p->buffer.last;
    while (p->eof && last > from && last[-1] == 0) last--; /* the parser puts these there itself */
    buf_add(&back, from, (size_t)(last - from));
    buf_add(&back, p->raw_buffer.pointer, (size_t)(p->raw_buffer.last - p->raw_buffer.pointer));
  }
  buf_adds(&back, buf_str(&r->held));
  if (back.failed || !json_split_unread(in, buf_str(&back))) return error_nomem(e), false;
  if (!json_split_find_document(in, cut, r->from, r->document, &number)) return false;
  yaml_reader_close(r);
  if (yaml_reader_open(r, in, number, 1, e) != PINTLE_OK) return false;
  r->document = number;
  return true;
}
