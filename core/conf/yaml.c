/* yaml.c -- see yaml.h: JSON is cut by json_split, YAML read by yaml_events; one follows the other.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml_events.h"
#include <stdlib.h>

struct conf_yaml {
  json_split json; /* owns the input */
  yaml_reader yaml;
  bool json_only, yaml_mode, over;
  bool doubt; /* the document read now as YAML was tried as JSON: */
  error json_error;
  bool looks_json; /* ... and its error is the better one */
  char *name;
  item_limits limits;
  buf text;
};

/* ---- places */
void conf_places_free(conf_places *p) {
  free(p->v);
  *p = (conf_places){0};
}

bool conf_places_add(conf_places *p, size_t offset, uint32_t line, uint32_t column) {
  if (p->n == p->cap) {
    size_t cap = p->cap ? p->cap * 2 : 64;
    struct conf_mark *v = realloc(p->v, cap * sizeof *v);
    if (!v) return false;
    p->v = v, p->cap = cap;
  }
  p->v[p->n++] = (struct conf_mark){(uint32_t)offset, line, column};
  return true;
}

const struct conf_mark *conf_places_find(const conf_places *p, uint32_t offset) {
  size_t low = 0, high = p->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (p->v[middle].offset <= offset) low = middle + 1;
    else high = middle;
  }
  return low ? &p->v[low - 1] : NULL;
}

/* Marks of JSON: the source and its minified text differ by white space outside strings only. */
static bool json_places(str from, str to, uint32_t line, uint32_t column, conf_places *places) {
  const char *p = from.ptr, *end = p + from.len, *start = p;
  size_t at = 0;
  bool token = false;
  places->n = 0;
  while (p < end && at < to.len) {
    char c = *p;
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      if (c == '\n') line++, start = p + 1, column = 1;
      p++;
      continue;
    }
    bool begins = c == '"' || c == '{' || c == '[' || (!token && !strchr("}],:", c));
    if (begins && !conf_places_add(places, at, line, (uint32_t)(p - start) + column)) return false;
    token = !strchr("{}[],:\"", c);
    p++, at++;
    if (c != '"') continue;
    for (; p < end && *p != '"'; p++, at++)
      if (*p == '\\') p++, at++;
    p++, at++;
  }
  return true;
}

/* ---- life */
pintle_status conf_yaml_open(int fd, str text, const char *name, const item_limits *limits, conf_yaml **out, error *e) {
  conf_yaml *y = calloc(1, sizeof *y);
  if (!y) return error_nomem(e);
  y->name = strdup(name ? name : "");
  if (!y->name) return free(y), error_nomem(e);
  if (limits) y->limits = *limits;
  json_split_open(&y->json, fd, text, y->name, &y->limits);
  *out = y;
  return PINTLE_OK;
}

void conf_yaml_close(conf_yaml *y) {
  if (!y) return;
  yaml_reader_close(&y->yaml);
  json_split_close(&y->json);
  buf_free(&y->text);
  free(y->name);
  free(y);
}

void conf_yaml_json_only(conf_yaml *y) { y->json_only = true; }

static pintle_status start_yaml(conf_yaml *y, error *e) {
  uint32_t line, column;
  json_split_line_start(&y->json); /* its white space counts in YAML */
  json_split_place(&y->json, y->json.at, &line, &column);
  pintle_status st = yaml_reader_open(&y->yaml, &y->json, line, column, e);
  y->yaml_mode = st == PINTLE_OK, y->over = st != PINTLE_OK;
  return st;
}

/* The JSON reader has given up on a document (or a part of it). May YAML try? Then *e is kept for the case that it cannot either. */
static bool try_yaml(conf_yaml *y, error *e) {
  if (y->json_only || y->json.too_deep || !json_split_whole(&y->json) || (e && e->status != PINTLE_INVALID)) return false;
  json_split_rewind(&y->json);
  const char *p = y->json.data + (y->json.at - y->json.base), *end = y->json.data + y->json.len;
  for (p++; p < end && strchr(" \t\r\n", *p);) p++;
  y->looks_json = p < end && strchr("\"{}[]0123456789-", *p);
  y->doubt = true;
  if (e) y->json_error = *e;
  uint32_t line = y->json.begin_line, column = y->json.begin_column;
  if (yaml_reader_open(&y->yaml, &y->json, line, column, NULL) != PINTLE_OK) return false;
  return y->yaml_mode = true;
}

/* Decides who reads the next document. */
static pintle_status begin(conf_yaml *y, error *e) {
  if (y->yaml_mode || y->json.state != 0) return PINTLE_OK;
  int64_t from = y->json.keep = y->json.at;
  int c = json_split_peek(&y->json);
  if (c < 0 || c == '{' || c == '[') return PINTLE_OK;
  bool yaml = from == 0 || strchr("-#%.", c);
  if (y->json_only || !yaml) {
    uint32_t line, column;
    y->over = true;
    json_split_place(&y->json, y->json.at, &line, &column);
    error_set(e, PINTLE_INVALID,
              from == 0 ? "malformed JSON: { or [ is expected here" : "malformed JSON: something stands behind the end of the document");
    error_place(e, "%s:%u:%u", y->name, line, column);
    return PINTLE_INVALID;
  }
  return start_yaml(y, e);
}

static pintle_status yaml_next(conf_yaml *y, buf *out, conf_places *places, yaml_stream *stream, conf_part *part, error *e) {
  pintle_status st = yaml_reader_next(&y->yaml, out, places, stream, &part->line, &part->column, e);
  if (y->yaml.over && st != PINTLE_OK) y->over = true;
  if (st == PINTLE_INVALID && y->over && y->doubt && y->looks_json && !(stream && stream->streamed) && e) *e = y->json_error;
  if (st == PINTLE_OK) y->doubt = false;
  return st;
}

/* Minifies a raw part to *out, with places that count in the source. */
static pintle_status minify(conf_yaml *y, const conf_part *part, uint32_t flags, buf *out, error *e) {
  size_t before = out->len;
  pintle_status st = item_minify(part->text, flags, &y->limits, out, e);
  if (st != PINTLE_OK) out->len = before;
  if (st == PINTLE_INVALID) conf_place_shift(e, y->name, part->line, part->column);
  return st;
}

/* ---- one document */
pintle_status conf_yaml_next(conf_yaml *y, buf *json, conf_places *places, uint32_t *line, error *e) {
  conf_part part = {0};
  error own;
  if (!e) e = &own;
  if (y->over) return PINTLE_NOT_FOUND;
  pintle_status st = begin(y, e);
  if (st != PINTLE_OK) return st;
  if (!y->yaml_mode) {
    size_t before = json->len;
    st = json_split_next(&y->json, false, &part, e);
    if (st == PINTLE_OK) {
      st = minify(y, &part, ITEM_UNIQUE_KEYS, json, e);
      if (st == PINTLE_INVALID && item_minify(part.text, 0, &y->limits, &y->text, NULL) == PINTLE_OK) {
        buf_clear(&y->text); /* only a repeated key: YAML would not take it either */
        return st;
      }
      buf_clear(&y->text);
    } else if (st == PINTLE_INVALID && !y->json.over) return st;
    if (st == PINTLE_INVALID && try_yaml(y, e)) return conf_yaml_next(y, json, places, line, e);
    if (st != PINTLE_OK) return y->over = true, st;
    if (places && !json_places(part.text, (str){json->data + before, json->len - before}, part.line, part.column, places))
      return error_nomem(e);
  } else {
    st = yaml_next(y, json, places, NULL, &part, e);
    if (st == PINTLE_INVALID && y->yaml.abandoned && yaml_reader_resync(&y->yaml, e)) y->over = y->doubt = false;
  }
  if (st == PINTLE_OK && line) *line = part.line;
  return st;
}

/* ---- parts */
typedef struct parts {
  conf_yaml *y;
  conf_take take;
  void (*bad)(void *ctx, const error *e);
  void *ctx;
  bool pending; /* elements were handed out, and their CONF_LIST or CONF_VOID has not come */
  pintle_status stopped;
} parts;

static pintle_status hand(parts *p, const conf_part *part) {
  p->pending = part->part == CONF_ITEM;
  return p->stopped = p->take(p->ctx, part);
}

static pintle_status hand_on(void *ctx, const conf_part *part) { return hand(ctx, part); }

static void report(void *ctx, const error *e) {
  parts *p = ctx;
  if (p->bad) p->bad(p->ctx, e);
}

static pintle_status void_pending(parts *p, uint32_t line) {
  conf_part none = {.part = CONF_VOID, .line = line, .column = 1, .text = STR("")};
  return p->pending ? hand(p, &none) : PINTLE_OK;
}

/* One part of JSON. NOT_FOUND at the end; an error that is not p->stopped is a syntax error. */
static pintle_status json_part(parts *p, error *e) {
  conf_yaml *y = p->y;
  conf_part part;
  pintle_status st = json_split_next(&y->json, true, &part, e);
  if (st == PINTLE_INVALID && !y->json.over) return report(p, e), PINTLE_OK;
  if (st == PINTLE_INVALID && !p->pending && try_yaml(y, e)) return PINTLE_OK;
  if (st == PINTLE_OK && !y->json_only) {
    buf_clear(&y->text);
    st = minify(y, &part, 0, &y->text, e);
    if (st == PINTLE_INVALID && !p->pending && try_yaml(y, e)) return PINTLE_OK;
    if (st == PINTLE_INVALID && part.part != CONF_LIST) return report(p, e), PINTLE_OK;
  }
  return st == PINTLE_OK ? hand(p, &part) : st;
}

static pintle_status yaml_part(parts *p, error *e) {
  conf_yaml *y = p->y;
  conf_part part = {0};
  yaml_stream stream = {.take = hand_on, .bad = report, .ctx = p};
  buf_clear(&y->text);
  pintle_status st = yaml_next(y, &y->text, NULL, &stream, &part, e);
  if (stream.stopped != PINTLE_OK) return stream.stopped;
  if (st == PINTLE_INVALID && !y->over) {
    report(p, e);
    return void_pending(p, part.line);
  }
  if (st == PINTLE_INVALID && yaml_reader_resync(&y->yaml, e)) {
    y->over = y->doubt = false;
    report(p, e);
    return void_pending(p, part.line);
  }
  if (st != PINTLE_OK) return st;
  part.part = stream.streamed ? CONF_LIST : CONF_WHOLE;
  part.text = buf_str(&y->text);
  return hand(p, &part);
}

pintle_status conf_yaml_parts(conf_yaml *y, conf_take take, void (*bad)(void *ctx, const error *e), void *ctx, error *e) {
  parts p = {.y = y, .take = take, .bad = bad, .ctx = ctx};
  error own;
  if (!e) e = &own;
  pintle_status st = y->over ? PINTLE_NOT_FOUND : PINTLE_OK;
  while (st == PINTLE_OK) {
    st = begin(y, e);
    if (st == PINTLE_OK) st = y->yaml_mode ? yaml_part(&p, e) : json_part(&p, e);
  }
  y->over = true;
  if (p.stopped != PINTLE_OK) return p.stopped;
  if (p.pending && void_pending(&p, 1) != PINTLE_OK) return p.stopped;
  return st == PINTLE_NOT_FOUND ? PINTLE_OK : st;
}

/* ---- each */
typedef struct each {
  conf_yaml *y;
  conf_emit emit;
  void (*bad)(void *ctx, const error *e);
  void *ctx;
  buf text;
} each;

static pintle_status emit_part(void *ctx, const conf_part *part) {
  each *a = ctx;
  error e;
  if (!part->raw) return a->emit(a->ctx, part->part, part->text, part->line);
  buf_clear(&a->text);
  pintle_status st = minify(a->y, part, ITEM_UNIQUE_KEYS, &a->text, &e);
  if (st == PINTLE_OK) return a->emit(a->ctx, part->part, buf_str(&a->text), part->line);
  if (st != PINTLE_INVALID) return st;
  if (a->bad) a->bad(a->ctx, &e);
  return part->part == CONF_LIST ? a->emit(a->ctx, CONF_VOID, STR(""), part->line) : PINTLE_OK;
}

static void bad_part(void *ctx, const error *e) {
  each *a = ctx;
  if (a->bad) a->bad(a->ctx, e);
}

pintle_status conf_yaml_each(conf_yaml *y, conf_emit emit, void (*bad)(void *ctx, const error *e), void *ctx, error *e) {
  each a = {.y = y, .emit = emit, .bad = bad, .ctx = ctx};
  pintle_status st = conf_yaml_parts(y, emit_part, bad_part, &a, e);
  buf_free(&a.text);
  return st;
}
