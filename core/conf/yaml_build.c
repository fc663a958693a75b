/* yaml_build.c -- see yaml_build.h.  SPDX-License-Identifier: Apache-2.0
 *
 * Frames are the open mappings and sequences. A value is written where the output ends; what a merge key brings is written there first
 * as well, then taken away again and spread over the mapping, as go-yaml 2 does it: of a key that occurs twice that way, the later one
 * counts. */
#include "conf/yaml_build.h"
#include "conf/yaml_scalar.h"
#include <stdlib.h>

#define PASS_MAX 4096u /* the parser's time grows with the square of the depth */

typedef struct build {
  yaml_reader *r;
  buf *out;
  size_t begin; /* of the node in out */
  conf_places *places;
  yaml_stream *stream;
  error *e;
  uint32_t base; /* frames below are not ours */
  size_t passed; /* after an error of value: open mappings and sequences that are passed over */
  pintle_status bad;
  uint32_t line, column; /* of the event */
} build;

static yaml_frame *top(const build *b) { return b->r->depth > b->base ? &b->r->frames[b->r->depth - 1] : NULL; }

/* An error of value: the node is lost, its events are passed over. */
PINTLE_PRINTF(2, 3) static void refuse(build *b, const char *format, ...) {
  char text[400];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  b->bad = error_set(b->e, PINTLE_INVALID, "%s", text);
  if (!b->bad) b->bad = PINTLE_INVALID;
  error_place(b->e, "%s:%u:%u", b->r->name, b->line, b->column);
}

static void no_memory(build *b) {
  b->bad = error_nomem(b->e);
  b->r->over = true;
}

static void mark(build *b) {
  if (b->places && !conf_places_add(b->places, b->out->len - b->begin, b->line, b->column)) no_memory(b);
}

static void check_size(build *b) {
  if (b->out->failed || b->r->scratch.failed) no_memory(b);
  else if (b->out->len - b->begin > b->r->max_bytes)
    refuse(b, "a document or item may have %zu bytes as JSON, and here it has more", b->r->max_bytes);
}

/* ---- keys */
/* Puts a comma where one is due. */
static void separate(build *b) {
  char last = b->out->len ? b->out->data[b->out->len - 1] : 0;
  if (last != '{' && last != '[') buf_addc(b->out, ',');
}

/* The key has just been written, from `at` on. */
static void enter_key(build *b, yaml_frame *f, size_t at, bool stated) {
  str text = {b->out->data + at, b->out->len - at};
  uint32_t hash = (uint32_t)yaml_hash(b->r->seed, text.ptr, text.len);
  yaml_key *old = yaml_keys_find(&f->keys, b->out->data, text, hash);
  yaml_key new = {.at = at, .len = (uint32_t)text.len, .hash = hash, .line = b->line, .stated = stated};
  if (old && stated && old->stated) {
    refuse(b, "key %.*s occurs twice, first in line %u", text.len > 200 ? 200 : (int)text.len, text.ptr, old->line);
    return;
  }
  if (old) {
    new.stated = stated || old->stated;
    old->dead = f->dead = true;
  }
  if (!yaml_keys_add(&f->keys, b->out->data, new)) no_memory(b);
  buf_addc(b->out, ':');
}

static bool at_root(const build *b) { return b->stream && b->r->depth == b->base + 1; }

static void write_key(build *b, yaml_frame *f, str key) {
  separate(b);
  mark(b);
  size_t at = b->out->len;
  buf_json(b->out, key);
  check_size(b);
  if (b->bad) return;
  if (at_root(b) && b->stream->streamed && str_is(key, "items")) {
    refuse(b, "key \"items\" occurs twice");
    return;
  }
  enter_key(b, f, at, true);
  f->value_next = true;
}

static bool merge_key(const yaml_event_t *event) {
  const char *tag = (const char *)event->data.scalar.tag;
  return event->data.scalar.length == 2 && memcmp(event->data.scalar.value, "<<", 2) == 0 &&
         (event->data.scalar.plain_implicit || (tag && strcmp(tag, "tag:yaml.org,2002:merge") == 0));
}

static str scalar_text(const yaml_event_t *event) { return (str){(const char *)event->data.scalar.value, event->data.scalar.length}; }

static void keep_anchor(build *b, const char *name, str text) {
  yaml_reader *r = b->r;
  if (!name || b->bad) return;
  if (b->out->failed || !yaml_anchors_set(&r->anchors, r->seed, name, text)) no_memory(b);
  else if (r->anchors.bytes > 4 * r->max_bytes)
    refuse(b, "anchored values may have %zu bytes together, and here they have more", 4 * r->max_bytes);
}

static void anchored_key(build *b, const char *anchor, str key) {
  CLEANUP(buf_free) buf text = {0};
  if (!anchor) return;
  buf_json(&text, key);
  if (text.failed) no_memory(b);
  else keep_anchor(b, anchor, buf_str(&text));
}

static void scalar_key(build *b, yaml_frame *f, const yaml_event_t *event) {
  const char *why = NULL;
  str value, key;
  if (merge_key(event)) {
    f->value_next = f->merging = true;
    anchored_key(b, (const char *)event->data.scalar.anchor, STR("<<"));
    return;
  }
  buf_clear(&b->r->scratch);
  int type = conf_scalar((const char *)event->data.scalar.tag, event->data.scalar.plain_implicit, scalar_text(event), &b->r->scratch,
                         &value, &why);
  if (type != YAML_REFUSED) type = conf_scalar_key(type, value, &b->r->scratch, &key, &why);
  if (type == YAML_REFUSED) {
    refuse(b, "%s", why ? why : "this cannot be a key");
    return;
  }
  anchored_key(b, (const char *)event->data.scalar.anchor, key);
  if (!b->bad) write_key(b, f, key);
}

/* ---- merging */
/* Over the canonical JSON value at p. */
static const char *over_value(const char *p) {
  size_t depth = 0;
  do {
    if (*p == '"') {
      for (p++; *p != '"'; p++)
        if (*p == '\\') p++;
      p++;
    } else if (*p == '{' || *p == '[') depth++, p++;
    else if (*p == '}' || *p == ']') depth--, p++;
    else if (*p == ',' || *p == ':') p++;
    else
      while (*p && !strchr(",]}", *p)) p++;
  } while (depth && *p);
  return p;
}

/* The members of a canonical JSON object join the mapping on top. */
static void merge_object(build *b, yaml_frame *f, const char *p) {
  for (p++; *p != '}' && !b->bad;) {
    const char *key = p, *colon = over_value(p), *end = over_value(colon + 1);
    separate(b);
    mark(b);
    size_t at = b->out->len;
    buf_add(b->out, key, (size_t)(colon - key));
    check_size(b);
    if (b->bad) return;
    enter_key(b, f, at, false);
    buf_add(b->out, colon + 1, (size_t)(end - colon - 1));
    check_size(b);
    p = *end == ',' ? end + 1 : end;
  }
}

/* Elements of a list of mappings are merged from the last on, so that the first one counts. */
static void merge_list(build *b, yaml_frame *f, const char *p) {
  size_t n = 0, room = 0;
  const char **v = NULL;
  for (p++; *p != ']' && !b->bad;) {
    if (n == room) {
      const char **more = realloc(v, (room = room ? room * 2 : 16) * sizeof *v);
      if (!more) {
        no_memory(b);
        break;
      }
      v = more;
    }
    v[n++] = p;
    if (*p != '{') refuse(b, "<< takes a mapping or a list of mappings");
    p = over_value(p);
    if (*p == ',') p++;
  }
  while (n && !b->bad) merge_object(b, f, v[--n]);
  free(v);
}

/* The value of << stands at the end of out, from `at` on. */
static void merge(build *b, yaml_frame *f, size_t at, bool alias) {
  yaml_reader *r = b->r;
  buf text = r->merged; /* taken out of r: merges nest */
  r->merged = (buf){0};
  buf_clear(&text);
  buf_add(&text, b->out->data + at, b->out->len - at);
  b->out->len = at;
  if (b->places)
    while (b->places->n && b->places->v[b->places->n - 1].offset >= at - b->begin) b->places->n--;
  f->merging = false;
  if (text.failed) no_memory(b);
  else if ((r->expanded += text.len) > r->max_bytes)
    refuse(b, "aliases and merge keys may add %zu bytes, and here they add more", r->max_bytes);
  else if (text.data[0] == '{') merge_object(b, f, text.data);
  else if (text.data[0] == '[' && !alias) merge_list(b, f, text.data);
  else refuse(b, "<< takes a mapping or a list of mappings");
  buf_free(&r->merged);
  r->merged = text;
}

/* Takes the members that a merge replaced out of the text of the mapping on top (its brace not yet written). */
static void gather(build *b, yaml_frame *f) {
  const yaml_keys *k = &f->keys;
  size_t to = f->start + 1, m = 0;
  conf_places *p = b->places;
  if (p)
    while (m < p->n && p->v[m].offset < to - b->begin) m++;
  size_t kept = m;
  for (uint32_t i = 0; i < k->n; i++) {
    size_t from = k->v[i].at, end = i + 1 < k->n ? k->v[i + 1].at - 1 : b->out->len;
    if (!k->v[i].dead && to > f->start + 1) b->out->data[to++] = ',';
    for (; p && m < p->n && p->v[m].offset < end - b->begin; m++)
      if (!k->v[i].dead) {
        p->v[kept] = p->v[m];
        p->v[kept++].offset -= (uint32_t)(from - to);
      }
    if (k->v[i].dead) continue;
    memmove(b->out->data + to, b->out->data + from, end - from);
    to += end - from;
  }
  b->out->len = to;
  if (p) p->n = kept;
}

/* ---- values */
static void value_begins(build *b) {
  yaml_frame *f = top(b);
  if (f && !f->map) separate(b);
  if (!f || !f->merging) mark(b);
}

static void value_ends(build *b, size_t at, bool alias) {
  yaml_frame *f = top(b);
  check_size(b);
  if (!f || b->bad) return;
  if (f->merging) merge(b, f, at, alias);
  f->value_next = false;
}

static void scalar(build *b, const yaml_event_t *event) {
  const char *why = NULL;
  str text;
  yaml_frame *f = top(b);
  if (f && f->map && !f->value_next) {
    scalar_key(b, f, event);
    return;
  }
  buf_clear(&b->r->scratch);
  int type =
      conf_scalar((const char *)event->data.scalar.tag, event->data.scalar.plain_implicit, scalar_text(event), &b->r->scratch, &text, &why);
  if (type == YAML_REFUSED) {
    refuse(b, "%s", why ? why : "this value cannot be JSON");
    return;
  }
  if (at_root(b) && f && f->keys.n && type == YAML_STRING) {
    const yaml_key *key = &f->keys.v[f->keys.n - 1];
    if (str_is((str){b->out->data + key->at, key->len}, "\"kind\"")) b->stream->no_list = !str_ends(text, "List");
  }
  value_begins(b);
  size_t at = b->out->len;
  if (type == YAML_NULL) buf_addz(b->out, "null");
  else if (type != YAML_STRING) buf_adds(b->out, text);
  else buf_json(b->out, text);
  if (b->out->failed) no_memory(b);
  else keep_anchor(b, (const char *)event->data.scalar.anchor, (str){b->out->data + at, b->out->len - at});
  value_ends(b, at, false);
}

/* An anchored value, as JSON, becomes a key. */
static void alias_key(build *b, yaml_frame *f, const yaml_anchor *a) {
  const char *why = NULL;
  str key = {a->text, a->len};
  buf_clear(&b->r->scratch);
  if (a->text[0] == '"') {
    separate(b);
    mark(b);
    size_t at = b->out->len;
    buf_adds(b->out, key);
    check_size(b);
    if (b->bad) return;
    enter_key(b, f, at, true);
    f->value_next = true;
    return;
  }
  int type = a->text[0] == 'n' ? YAML_NULL : a->text[0] == 't' || a->text[0] == 'f' ? YAML_BOOL : conf_number_type(key);
  if (strchr("{[", a->text[0])) refuse(b, "a mapping or list cannot be a key");
  else if (conf_scalar_key(type, key, &b->r->scratch, &key, &why) == YAML_REFUSED) refuse(b, "%s", why);
  else write_key(b, f, key);
}

static void alias(build *b, const yaml_event_t *event) {
  const char *name = (const char *)event->data.alias.anchor;
  const yaml_anchor *a = yaml_anchors_get(&b->r->anchors, b->r->seed, name);
  yaml_frame *f = top(b);
  if (!a) {
    bool inside = false;
    for (uint32_t i = 0; i < b->r->depth; i++) inside |= b->r->frames[i].anchor && strcmp(b->r->frames[i].anchor, name) == 0;
    refuse(b, inside ? "anchor %.60s would contain itself" : "anchor %.60s is not defined above", name);
    return;
  }
  if (f && f->map && !f->value_next) {
    alias_key(b, f, a);
    return;
  }
  if ((b->r->expanded += a->len) > b->r->max_bytes) {
    refuse(b, "aliases and merge keys may add %zu bytes, and here they add more", b->r->max_bytes);
    return;
  }
  value_begins(b);
  size_t at = b->out->len;
  buf_add(b->out, a->text, a->len);
  value_ends(b, at, true);
}

/* ---- mappings and sequences */
static bool items_begin(const build *b, const yaml_frame *f, const yaml_event_t *event) {
  if (!at_root(b) || !f || !f->map || f->merging || b->stream->no_list || event->type != YAML_SEQUENCE_START_EVENT || f->keys.n == 0)
    return false;
  if (event->data.sequence_start.anchor) return false; /* it may be wanted again */
  const yaml_key *key = &f->keys.v[f->keys.n - 1];
  return str_is((str){b->out->data + key->at, key->len}, "\"items\"");
}

static pintle_status hand_out(build *b, yaml_event_t *event) {
  yaml_reader *r = b->r;
  conf_part part = {.part = CONF_ITEM};
  buf_clear(&r->element);
  r->expanded = 0;
  yaml_place(r, event->start_mark, &part.line, &part.column);
  pintle_status st = yaml_build(r, event, &r->element, NULL, NULL, b->e);
  if (st == PINTLE_INVALID && !r->over) {
    if (b->stream->bad) b->stream->bad(b->stream->ctx, b->e);
    return PINTLE_OK;
  }
  if (st != PINTLE_OK) return st;
  part.text = buf_str(&r->element);
  return b->stream->stopped = b->stream->take(b->stream->ctx, &part);
}

/* The elements of the top-level `items`, one at a time; the key is taken back. */
static void stream_items(build *b, yaml_frame *f) {
  yaml_event_t event;
  pintle_status st = PINTLE_OK;
  b->out->len = f->keys.v[--f->keys.n].at;
  if (b->out->data[b->out->len - 1] == ',') b->out->len--;
  f->value_next = false;
  b->stream->streamed = true;
  while (st == PINTLE_OK) {
    if (!yaml_event(b->r, &event)) {
      b->bad = yaml_syntax_error(b->r, b->e);
      return;
    }
    if (event.type == YAML_SEQUENCE_END_EVENT) {
      yaml_event_delete(&event);
      return;
    }
    st = hand_out(b, &event);
  }
  b->bad = st;
  b->r->over = true;
}

static bool push(build *b, const yaml_event_t *event) {
  yaml_reader *r = b->r;
  if (r->depth - b->base == r->max_depth) return refuse(b, "nested deeper than %u levels", r->max_depth), false;
  if (r->depth == r->room) {
    uint32_t room = r->room ? r->room * 2 : 32;
    yaml_frame *frames = realloc(r->frames, room * sizeof *frames);
    if (!frames) return no_memory(b), false;
    memset(frames + r->room, 0, (room - r->room) * sizeof *frames);
    r->frames = frames, r->room = room;
  }
  yaml_frame *f = &r->frames[r->depth];
  bool map = event->type == YAML_MAPPING_START_EVENT;
  const yaml_char_t *anchor = map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
  f->map = map, f->value_next = f->merging = f->dead = false;
  f->start = b->out->len;
  f->anchor = anchor ? strdup((const char *)anchor) : NULL;
  if (anchor && !f->anchor) return no_memory(b), false;
  r->depth++;
  return true;
}

static void pop(yaml_reader *r) {
  yaml_frame *f = &r->frames[--r->depth];
  f->keys.n = f->keys.size = 0;
  free(f->keys.table);
  free(f->anchor);
  f->keys.table = NULL, f->anchor = NULL;
  if (f->keys.cap > 24) yaml_keys_free(&f->keys); /* the table is made when the array grows */
}

static void opening(build *b, const yaml_event_t *event) {
  yaml_frame *f = top(b);
  if (f && f->map && !f->value_next) {
    refuse(b, "a mapping or list cannot be a key");
    return;
  }
  if (items_begin(b, f, event)) {
    stream_items(b, f);
    return;
  }
  value_begins(b);
  if (!b->bad && push(b, event)) buf_addc(b->out, event->type == YAML_MAPPING_START_EVENT ? '{' : '[');
}

static void closing(build *b) {
  yaml_frame *f = top(b);
  if (f->dead) gather(b, f);
  buf_addc(b->out, f->map ? '}' : ']');
  size_t at = f->start;
  if (b->out->failed) no_memory(b);
  else if (f->anchor) keep_anchor(b, f->anchor, (str){b->out->data + at, b->out->len - at});
  if (b->bad) return;
  pop(b->r);
  value_ends(b, at, false);
}

static void take_event(build *b, const yaml_event_t *event) {
  int type = event->type, open = type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT ? 1 : 0;
  int close = type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT ? 1 : 0;
  if (b->bad) {
    b->passed = b->passed + (size_t)open - (size_t)close;
    if (b->passed > PASS_MAX) b->r->over = b->r->abandoned = true;
    return;
  }
  yaml_place(b->r, event->start_mark, &b->line, &b->column);
  uint32_t before = b->r->depth;
  if (type == YAML_SCALAR_EVENT) scalar(b, event);
  else if (type == YAML_ALIAS_EVENT) alias(b, event);
  else if (open) opening(b, event);
  else if (close) closing(b);
  if (!b->bad) return;
  b->passed = before - b->base + (size_t)open - (size_t)close;
  while (b->r->depth > b->base) pop(b->r);
}

pintle_status yaml_build(yaml_reader *r, yaml_event_t *event, buf *out, conf_places *places, yaml_stream *stream, error *e) {
  build b = {.r = r, .out = out, .begin = out->len, .places = places, .stream = stream, .e = e, .base = r->depth};
  yaml_event_t own = *event;
  if (places) places->n = 0;
  for (;;) {
    take_event(&b, &own);
    yaml_event_delete(&own);
    if (b.bad && r->over) break;
    if (b.bad ? b.passed == 0 : r->depth == b.base) break;
    if (!yaml_event(r, &own)) {
      b.bad = yaml_syntax_error(r, e);
      break;
    }
  }
  while (r->depth > b.base) pop(r);
  if (b.bad) out->len = b.begin;
  return b.bad;
}
