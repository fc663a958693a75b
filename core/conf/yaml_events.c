/* yaml_events.c -- see yaml_events.h; here: bytes in, events out, errors of syntax.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml_build.h"
#include "conf/yaml_utf8.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

static void lines_in(const unsigned char *p, const unsigned char *end, uint32_t *line, uint32_t *column) {
  for (; p < end; p++)
    if (*p == '\n') ++*line, *column = 1;
    else if ((*p & 0xc0) != 0x80) ++*column;
}

/* Where the bytes are that are no text: behind all that the parser has not scanned yet, and the good ones of this round. */
static void bad_place(yaml_reader *r, const unsigned char *good, size_t n) {
  const yaml_parser_t *p = &r->parser;
  yaml_place(r, p->mark, &r->bad_line, &r->bad_column);
  lines_in(p->buffer.pointer, p->buffer.last, &r->bad_line, &r->bad_column);
  lines_in(p->raw_buffer.pointer, p->raw_buffer.last, &r->bad_line, &r->bad_column);
  lines_in(good, good + n, &r->bad_line, &r->bad_column);
}

/* How many of the n bytes at `to` the parser may have; the others are held back. fresh: of them, those not seen before. */
static size_t good_bytes(yaml_reader *r, const unsigned char *to, size_t n, size_t fresh) {
  size_t skip = !r->checked && n >= 3 && memcmp(to, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, good = n;
  if (!r->checked && n > 0) r->checked = true, r->utf8 = n < 2 || (to[0] != 0xff && to[0] != 0xfe);
  if (r->utf8) good = skip + yaml_utf8(to + skip, n - skip, &r->bad, &r->bad_what);
  if (good < n && fresh == 0 && !r->bad) r->bad = YAML_BAD_UTF8, r->bad_what = to[good]; /* the end cuts a character off */
  if (r->bad) bad_place(r, to, good);
  buf_clear(&r->held);
  buf_add(&r->held, to + good, n - good);
  return good;
}

static int feed(void *data, unsigned char *to, size_t size, size_t *got) {
  yaml_reader *r = data;
  *got = 0;
  if (r->fed > 2 * (uint64_t)r->max_bytes + (1u << 20)) return r->too_long = true, 0;
  while (!r->bad && *got == 0) {
    size_t held = r->held.len; /* at most 3 */
    if (held) memcpy(to, r->held.data, held);
    int64_t n = json_split_read(r->in, to + held, size - held);
    if (n < 0) return r->failed = (int)-n, 0;
    *got = good_bytes(r, to, held + (size_t)n, (size_t)n);
    if (r->held.failed) return r->failed = ENOMEM, 0;
    if (n == 0) break;
  }
  r->fed += *got;
  return 1;
}

pintle_status yaml_reader_open(yaml_reader *r, json_split *in, uint32_t line, uint32_t column, error *e) {
  *r = (yaml_reader){
      .in = in, .name = in->name, .max_bytes = in->max_bytes, .max_depth = in->max_depth, .line = line, .column = column, .from = in->at};
  if (getrandom(&r->seed, sizeof r->seed, GRND_NONBLOCK) != (ssize_t)sizeof r->seed) r->seed = (uint64_t)(uintptr_t)r * 0x9e3779b97f4a7c15u;
  if (!yaml_parser_initialize(&r->parser)) return error_nomem(e);
  r->open = true;
  yaml_parser_set_input(&r->parser, feed, r);
  return PINTLE_OK;
}

void yaml_reader_close(yaml_reader *r) {
  if (r->has_next) yaml_event_delete(&r->next);
  if (r->open) yaml_parser_delete(&r->parser);
  buf_free(&r->held);
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

static pintle_status bad_bytes(yaml_reader *r, error *e) {
  r->over = true;
  if (r->bad == YAML_BAD_UTF8) error_set(e, PINTLE_INVALID, "malformed YAML: the byte 0x%02x is no UTF-8 here", (unsigned)r->bad_what);
  else error_set(e, PINTLE_INVALID, "malformed YAML: the character U+%04X is not allowed", (unsigned)r->bad_what);
  error_place(e, "%s:%u:%u", r->name, r->bad_line, r->bad_column);
  return PINTLE_INVALID;
}

bool yaml_reader_cut(const yaml_reader *r) { return r->bad && r->parser.eof && r->parser.buffer.last - r->parser.buffer.pointer <= 1; }

static pintle_status reader_error(yaml_reader *r, error *e) {
  uint32_t line, column;
  yaml_place(r, r->parser.mark, &line, &column);
  if (r->failed == ENOMEM) return error_nomem(e);
  if (r->failed) return error_errno(e, r->failed, "cannot read %s", r->name);
  if (r->too_long) error_set(e, PINTLE_INVALID, "a value is larger than %zu bytes", r->max_bytes);
  else error_set(e, PINTLE_INVALID, "malformed YAML: %s", r->parser.problem ? r->parser.problem : "bytes that are no text");
  error_place(e, "%s:%u:%u", r->name, line, column);
  return PINTLE_INVALID;
}

pintle_status yaml_syntax_error(yaml_reader *r, error *e) {
  const yaml_parser_t *p = &r->parser;
  uint32_t line, column, from_line, from_column;
  r->over = true;
  if (p->error == YAML_MEMORY_ERROR) return error_nomem(e);
  if (p->error == YAML_READER_ERROR) return reader_error(r, e);
  if (yaml_reader_cut(r)) return bad_bytes(r, e);
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
  if (r->has_next) {
    r->has_next = false;
    *event = r->next;
    return true;
  }
  return yaml_parser_parse(&r->parser, event);
}

/* A document without content: `---` alone, or comments. */
static bool empty(const yaml_event_t *event) {
  return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
         !event->data.scalar.tag && !event->data.scalar.anchor;
}

/* Is the document that has just been read cut off by bytes that are no text? */
static bool cut_off(yaml_reader *r) {
  if (!r->bad || r->over) return false;
  if (!yaml_event(r, &r->next)) return true;
  if (r->next.type == YAML_DOCUMENT_END_EVENT) {
    yaml_event_delete(&r->next);
    if (!yaml_event(r, &r->next)) return true;
  }
  r->has_next = true;
  return r->next.type == YAML_STREAM_END_EVENT;
}

pintle_status yaml_reader_next(yaml_reader *r, buf *out, conf_places *places, yaml_stream *stream, uint32_t *line, uint32_t *column,
                               error *e) {
  yaml_event_t event;
  while (!r->over) {
    if (!yaml_event(r, &event)) return yaml_syntax_error(r, e);
    int type = event.type;
    if (type == YAML_STREAM_END_EVENT && r->bad) return yaml_event_delete(&event), bad_bytes(r, e);
    if (type == YAML_STREAM_END_EVENT) r->over = true;
    if (type == YAML_DOCUMENT_START_EVENT) r->document = r->line + (uint32_t)event.start_mark.line;
    bool content = type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT && type != YAML_DOCUMENT_START_EVENT &&
                   type != YAML_DOCUMENT_END_EVENT && !empty(&event);
    if (!content) {
      yaml_event_delete(&event);
      continue;
    }
    yaml_place(r, event.start_mark, line, column);
    yaml_anchors_clear(&r->anchors);
    r->expanded = 0;
    size_t before = out->len;
    pintle_status st = yaml_build(r, &event, out, places, stream, e);
    if (st != PINTLE_OK || !cut_off(r)) return st;
    out->len = before;
    return r->has_next ? bad_bytes(r, e) : yaml_syntax_error(r, e);
  }
  return PINTLE_NOT_FOUND;
}
