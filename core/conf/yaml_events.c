/* yaml_events.c -- see yaml_events.h; here: bytes in, events out, errors of syntax.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml_build.h"
#include <stdlib.h>
#include <sys/random.h>

static int feed(void *data, unsigned char *to, size_t size, size_t *got) {
  yaml_reader *r = data;
  *got = 0;
  if (r->fed > 2 * (uint64_t)r->max_bytes + (1u << 20)) return r->too_long = true, 0;
  int64_t n = json_split_read(r->in, to, size);
  if (n < 0) return r->failed = (int)-n, 0;
  r->fed += (uint64_t)n;
  *got = (size_t)n;
  return 1;
}

pintle_status yaml_reader_open(yaml_reader *r, json_split *in, uint32_t line, uint32_t column, error *e) {
  *r = (yaml_reader){.in = in, .name = in->name, .max_bytes = in->max_bytes, .max_depth = in->max_depth, .line = line, .column = column};
  if (getrandom(&r->seed, sizeof r->seed, GRND_NONBLOCK) != (ssize_t)sizeof r->seed) r->seed = (uint64_t)(uintptr_t)r * 0x9e3779b97f4a7c15u;
  if (!yaml_parser_initialize(&r->parser)) return error_nomem(e);
  r->open = true;
  yaml_parser_set_input(&r->parser, feed, r);
  return PINTLE_OK;
}

void yaml_reader_close(yaml_reader *r) {
  if (r->open) yaml_parser_delete(&r->parser);
  for (uint32_t i = 0; i < r->room; i++) {
    yaml_keys_free(&r->frames[i].keys);
    free(r->frames[i].anchor);
  }
  free(r->frames);
  yaml_anchors_free(&r->anchors);
  buf_free(&r->scratch);
  buf_free(&r->merged);
  buf_free(&r->element);
  *r = (yaml_reader){0};
}

void yaml_place(const yaml_reader *r, yaml_mark_t mark, uint32_t *line, uint32_t *column) {
  *line = r->line + (uint32_t)mark.line;
  *column = (uint32_t)mark.column + (mark.line == 0 ? r->column : 1);
}

/* Bytes that are no text: the reader is ahead of the scanner by what is in its buffer. */
static pintle_status reader_error(yaml_reader *r, error *e) {
  yaml_mark_t mark = r->parser.mark;
  uint32_t line, column;
  for (const unsigned char *p = r->parser.buffer.pointer; p < r->parser.buffer.last; p++) {
    if (*p == '\n') mark.line++, mark.column = 0;
    else if ((*p & 0xc0) != 0x80) mark.column++;
  }
  yaml_place(r, mark, &line, &column);
  if (r->too_long) {
    yaml_place(r, r->parser.mark, &line, &column);
    error_set(e, PINTLE_INVALID, "a value is larger than %zu bytes", r->max_bytes);
  } else if (r->failed) return error_errno(e, r->failed, "cannot read %s", r->name);
  else if (r->parser.problem_value >= 0)
    error_set(e, PINTLE_INVALID, "malformed YAML: %s (0x%02x)", r->parser.problem, (unsigned)r->parser.problem_value);
  else error_set(e, PINTLE_INVALID, "malformed YAML: %s", r->parser.problem);
  error_place(e, "%s:%u:%u", r->name, line, column);
  return PINTLE_INVALID;
}

pintle_status yaml_syntax_error(yaml_reader *r, error *e) {
  const yaml_parser_t *p = &r->parser;
  uint32_t line, column, from_line, from_column;
  r->over = true;
  if (p->error == YAML_MEMORY_ERROR) return error_nomem(e);
  if (p->error == YAML_READER_ERROR) return reader_error(r, e);
  yaml_place(r, p->problem_mark, &line, &column);
  yaml_place(r, p->context_mark, &from_line, &from_column);
  const char *problem = p->problem ? p->problem : "syntax error";
  if (p->context && from_line != line)
    error_set(e, PINTLE_INVALID, "malformed YAML: %s, %s from line %u on", problem, p->context, from_line);
  else if (p->context) error_set(e, PINTLE_INVALID, "malformed YAML: %s, %s", problem, p->context);
  else error_set(e, PINTLE_INVALID, "malformed YAML: %s", problem);
  error_place(e, "%s:%u:%u", r->name, line, column);
  if (p->error == YAML_SCANNER_ERROR && p->buffer.pointer < p->buffer.last && *p->buffer.pointer == '\t')
    error_hint(e, "YAML is indented with spaces; there is a tab here");
  return PINTLE_INVALID;
}

bool yaml_event(yaml_reader *r, yaml_event_t *event) {
  r->fed = 0;
  return yaml_parser_parse(&r->parser, event);
}

/* A document without content: `---` alone, or comments. */
static bool empty(const yaml_event_t *event) {
  return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
         !event->data.scalar.tag && !event->data.scalar.anchor;
}

pintle_status yaml_reader_next(yaml_reader *r, buf *out, conf_places *places, yaml_stream *stream, uint32_t *line, uint32_t *column,
                               error *e) {
  yaml_event_t event;
  while (!r->over) {
    if (!yaml_event(r, &event)) return yaml_syntax_error(r, e);
    int type = event.type;
    if (type == YAML_STREAM_END_EVENT) r->over = true;
    bool content = type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT && type != YAML_DOCUMENT_START_EVENT &&
                   type != YAML_DOCUMENT_END_EVENT && !empty(&event);
    if (!content) {
      yaml_event_delete(&event);
      continue;
    }
    yaml_place(r, event.start_mark, line, column);
    yaml_anchors_clear(&r->anchors);
    r->expanded = 0;
    return yaml_build(r, &event, out, places, stream, e);
  }
  return PINTLE_NOT_FOUND;
}
