/* source_list.c -- the documents of a stream, Lists taken apart, join the index.  SPDX-License-Identifier: Apache-2.0
 *
 * A List's kind may come after its items, so elements are indexed as they come and forgotten again when the mapping turns out to be
 * something else. What is to be said about an element is kept back until then, too. */
#include "kube/source_impl.h"
#include <fcntl.h>
#include <stdio.h>

#define HELD_MAX 1000u /* reports kept back */
#define NESTED_MAX 8u  /* Lists in Lists */

typedef struct reader {
  kube_source *s;
  const char *path;
  source_where at; /* file; with in_place, offset is what the stream's offsets count from */
  bool in_place;
  bool verbatim; /* what is in place is canonical */
  uint32_t nested;
  error *e;
  /* the elements handed out so far */
  bool pending, damaged;
  uint32_t first;       /* entry */
  uint64_t bytes;       /* of their texts */
  int64_t spooled_from; /* where the first was spooled; each is followed by a comma */
  buf held;             /* reports: severity, place and message, each with a NUL */
  uint32_t n_held, n_more;
  uint64_t elements;
  uint32_t lost; /* items of a List that has no end, to be reported */
} reader;

static pintle_status documents(reader *r, conf_yaml *y, error *e);

/* ---- reports */
static void say(reader *r, int32_t severity, const char *place, const char *message) {
  if (!r->pending) source_report(r->s, severity, place, "%s", message);
  else if (r->n_held == HELD_MAX) r->n_more++;
  else {
    buf_addc(&r->held, (char)severity);
    buf_add(&r->held, place, strlen(place) + 1);
    buf_add(&r->held, message, strlen(message) + 1);
    r->n_held++;
  }
}

static void say_held(reader *r) {
  r->pending = false;
  for (size_t at = 0; at < r->held.len && !r->held.failed;) {
    int32_t severity = r->held.data[at++];
    const char *place = r->held.data + at, *message = place + strlen(place) + 1;
    at += strlen(place) + strlen(message) + 2;
    source_report(r->s, severity, place, "%s", message);
  }
  if (r->n_more) source_report(r->s, PINTLE_LOG_ERROR, r->path, "%u more items of a List cannot be read", r->n_more);
}

static void unhold(reader *r) {
  buf_clear(&r->held);
  r->n_held = r->n_more = 0;
  r->pending = r->damaged = false;
  r->bytes = r->elements = 0;
}

/* An error in an item at `at`, whose place (if any) counts in its text. Canonical text has no lines of its own. */
static void say_item(reader *r, const source_where *at, bool raw, const error *e) {
  char place[700];
  unsigned line = 1, column = 1;
  bool known = raw && sscanf(e->place, "line %u, column %u", &line, &column) == 2;
  if (!known) line = column = 1;
  if (line == 1) column += at->column - 1;
  snprintf(place, sizeof place, "%s:%u:%u", r->path, at->line + line - 1, column);
  say(r, PINTLE_LOG_ERROR, place, e->message);
}

/* ---- one text */
/* It is no item by itself: perhaps a List within a List. *done: its items are in the index. */
static pintle_status try_list(reader *r, str text, const source_where *at, bool raw, bool *done, error *e) {
  kube_source *s = r->s;
  conf_yaml *y = NULL;
  *done = false;
  if (r->nested == NESTED_MAX || !memmem(text.ptr, text.len, "\"items\"", 7)) return PINTLE_OK;
  reader inner = {.s = s, .path = r->path, .at = *at, .in_place = true, .verbatim = !raw, .nested = r->nested + 1, .e = e};
  uint32_t before = s->n;
  pintle_status st = conf_yaml_open(-1, text, r->path, &s->options.limits, &y, e);
  if (st != PINTLE_OK) return st;
  conf_yaml_json_only(y);
  st = documents(&inner, y, e);
  conf_yaml_close(y);
  *done = st == PINTLE_OK && (s->n > before || inner.elements > 0);
  return st;
}

/* The error's column counts in a first line with n bytes put in front. */
static void shift_back(error *e, size_t n) {
  unsigned line, column;
  if (sscanf(e->place, "line %u, column %u", &line, &column) != 2 || line != 1) return;
  error_place(e, "line 1, column %u", column > n + 1 ? column - (unsigned)n : 1);
}

static bool is_list_kind(str kind) { return str_ends(kind, "List"); }

/* An item at `at`, or a List. lists: it may be one. */
static pintle_status add_text(reader *r, str text, const source_where *at, bool raw, bool lists, error *e) {
  kube_source *s = r->s;
  kube_skim skim;
  error wrong;
  bool done = false;
  uint8_t lacking = 0;
  arena_reset(&s->arena);
  pintle_status st = kube_skim_item(text, &s->arena, &skim, &wrong);
  if (st == PINTLE_NOMEM) return error_nomem(e);
  if (st == PINTLE_INVALID && r->pending && (lacking = source_lacking(text))) {
    buf_clear(&s->other);
    source_fill(text, lacking, STR("v1"), STR("Unknown"), &s->other);
    if (s->other.failed) return error_nomem(e);
    st = kube_skim_item(buf_str(&s->other), &s->arena, &skim, &wrong);
    if (st == PINTLE_NOMEM) return error_nomem(e);
    if (st != PINTLE_OK) shift_back(&wrong, s->other.len - text.len);
    if (lacking & SOURCE_ADD_API) skim.api_version = STR("");
    if (lacking & SOURCE_ADD_KIND) skim.kind = STR(""), skim.copies = true; /* it may be a Pod */
  }
  if (lists && (st != PINTLE_OK || is_list_kind(skim.kind))) {
    pintle_status listed = try_list(r, text, at, raw, &done, e);
    if (listed != PINTLE_OK || done) return listed;
    if (st == PINTLE_OK) return add_text(r, text, at, raw, false, e); /* once more: the arena was used meanwhile */
  }
  if (st != PINTLE_OK) {
    if (text.len == 0 || text.ptr[0] != '{') error_set(&wrong, PINTLE_INVALID, "this is no Kubernetes object: it is no mapping");
    return say_item(r, at, raw, &wrong), PINTLE_OK;
  }
  if (memchr(skim.api_version.ptr, 0, skim.api_version.len) || memchr(skim.kind.ptr, 0, skim.kind.len)) {
    error_set(&wrong, PINTLE_INVALID, "apiVersion or kind holds U+0000");
    return say_item(r, at, false, &wrong), PINTLE_OK;
  }
  str key = source_kind_key(s, skim.api_version, skim.kind, STR(""));
  return s->patched.failed ? error_nomem(e) : source_add(s, &skim, key, lacking, at, text.len, e);
}

/* Where a part is, after it was spooled if it has to be. *text is as it is kept. */
static pintle_status settle(reader *r, const conf_part *part, source_where *at, str *text, error *e) {
  kube_source *s = r->s;
  error wrong;
  *at = (source_where){.file = r->at.file, .line = part->line, .column = part->column};
  *text = part->text;
  if (r->nested) { /* its lines count in the text of the outer element; if that is canonical, they say nothing */
    bool same_line = r->verbatim || part->line == 1;
    at->line = r->verbatim ? r->at.line : r->at.line + part->line - 1;
    at->column = r->verbatim ? r->at.column : same_line ? r->at.column + part->column - 1 : part->column;
  }
  if (part->raw && r->in_place) {
    at->offset = r->at.offset + part->offset;
    at->verbatim = r->verbatim, at->spooled = r->at.spooled;
    return PINTLE_OK;
  }
  if (part->raw) {
    buf_clear(&s->text);
    pintle_status st = item_minify(part->text, 0, &s->options.limits, &s->text, &wrong);
    if (st == PINTLE_NOMEM) return error_nomem(e);
    if (st != PINTLE_OK) return say_item(r, at, true, &wrong), PINTLE_INVALID;
    *text = buf_str(&s->text);
  }
  at->spooled = at->verbatim = true;
  at->offset = kube_spool_end(&s->spool);
  return kube_spool_add(&s->spool, *text, e);
}

static pintle_status whole(reader *r, const conf_part *part) {
  source_where at;
  str text;
  bool raw = part->raw && r->in_place && !r->verbatim;
  unhold(r);
  if (r->nested || str_is(part->text, "null")) return PINTLE_OK; /* nested: no List, so the outer reader's business */
  pintle_status st = settle(r, part, &at, &text, r->e);
  if (st == PINTLE_INVALID) return PINTLE_OK;
  return st != PINTLE_OK ? st : add_text(r, text, &at, raw, !part->raw, r->e);
}

static pintle_status element(reader *r, const conf_part *part) {
  kube_source *s = r->s;
  source_where at;
  str text;
  bool raw = part->raw && r->in_place && !r->verbatim;
  if (!r->pending && !r->elements) {
    r->first = s->n;
    r->spooled_from = kube_spool_end(&s->spool);
    r->pending = true;
  }
  r->elements++;
  pintle_status st = settle(r, part, &at, &text, r->e);
  if (st == PINTLE_INVALID) return r->damaged = true, PINTLE_OK;
  if (st != PINTLE_OK) return st;
  r->bytes += text.len + 1;
  if (at.spooled && !r->nested) st = kube_spool_add(&s->spool, STR(","), r->e);
  if (st == PINTLE_OK) st = add_text(r, text, &at, raw, true, r->e);
  if (r->pending && r->bytes > s->max_bytes) say_held(r), buf_clear(&r->held), r->n_held = r->n_more = 0, r->pending = true;
  return st;
}

/* ---- the end of a mapping whose items were handed out */
/* An entry without apiVersion or kind gets the List's. */
static pintle_status complete(reader *r, str api_version, str kind) {
  kube_source *s = r->s;
  kind.len -= 4; /* "List" */
  for (uint32_t i = r->first; i < s->n; i++) {
    source_entry *x = source_at(s, i);
    if (!(x->flags & (SOURCE_ADD_API | SOURCE_ADD_KIND)) || (x->flags & SOURCE_DEAD)) continue;
    source_kind own = source_kind_of(s, x->type);
    if (own.api_version.len && own.kind.len) continue; /* of a List within this one */
    if (own.api_version.len == 0) own.api_version = api_version;
    if (own.kind.len == 0) own.kind = kind;
    if (own.api_version.len && own.kind.len) {
      str key = source_kind_key(s, own.api_version, own.kind, STR(""));
      uint32_t type = s->patched.failed ? KUBE_POOL_NONE : kube_intern_add(&s->kinds, &s->pool, key);
      if (type == KUBE_POOL_NONE) return error_nomem(r->e);
      if (type >= SOURCE_MAX_KINDS) return error_set(r->e, PINTLE_UNSUPPORTED, "the input has too many kinds");
      x->type = (uint16_t)type;
      continue;
    }
    char place[700];
    snprintf(place, sizeof place, "%s:%u", r->path, x->line);
    source_report(s, PINTLE_LOG_ERROR, place, "%s is missing, and the List does not say it", own.kind.len ? "apiVersion" : "kind");
    x->flags |= SOURCE_DEAD;
  }
  return PINTLE_OK;
}

static pintle_status read_in_place(reader *r, const conf_part *part, buf *out) {
  CLEANUP(close_p) int fd = -1;
  pintle_status st = file_open(AT_FDCWD, r->path, O_RDONLY | O_NONBLOCK, 0, &fd, r->e);
  if (st != PINTLE_OK) return st;
  if (!buf_reserve(out, (size_t)part->length)) return error_nomem(r->e);
  st = file_pread(fd, out->data, (size_t)part->length, r->at.offset + part->offset, r->e);
  out->len = st == PINTLE_OK ? (size_t)part->length : 0;
  return st;
}

/* The mapping is no List: its elements are no items, it is one itself. */
static pintle_status join(reader *r, const conf_part *part) {
  kube_source *s = r->s;
  CLEANUP(buf_free) buf text = {0};
  source_where at = {.file = r->at.file, .line = part->line, .column = part->column};
  bool damaged = r->damaged, in_place = part->raw && r->in_place, empty = r->elements == 0;
  uint64_t n = in_place ? part->length : part->text.len + r->bytes + 10;
  int64_t from = r->spooled_from;
  source_forget(s, r->pending || r->elements ? r->first : s->n);
  unhold(r);
  if (damaged || r->nested) return PINTLE_OK; /* what is wrong has been said; the outer reader goes on */
  if (n > s->max_bytes) {
    error wrong;
    error_set(&wrong, PINTLE_INVALID, "the document is larger than %zu bytes, and it is no List", s->max_bytes);
    return say_item(r, &at, false, &wrong), PINTLE_OK;
  }
  if (in_place) {
    at.offset = r->at.offset + part->offset;
    pintle_status st = read_in_place(r, part, &text);
    return st != PINTLE_OK ? st : add_text(r, buf_str(&text), &at, true, false, r->e);
  }
  pintle_status st = item_minify(part->text, 0, &s->options.limits, &text, NULL);
  if (st != PINTLE_OK) return st == PINTLE_NOMEM ? error_nomem(r->e) : PINTLE_OK; /* it was parsed before */
  text.len--;                                                                     /* its brace */
  if (text.len > 1) buf_addc(&text, ',');
  buf_addz(&text, "\"items\":[");
  if (!empty) st = kube_spool_read(&s->spool, from, (size_t)(kube_spool_end(&s->spool) - from - 1), &text, r->e);
  buf_addz(&text, "]}");
  if (text.failed) return error_nomem(r->e);
  at.spooled = at.verbatim = true, at.offset = kube_spool_end(&s->spool);
  if (st == PINTLE_OK) st = kube_spool_add(&s->spool, buf_str(&text), r->e);
  return st != PINTLE_OK ? st : add_text(r, buf_str(&text), &at, false, false, r->e);
}

static pintle_status list(reader *r, const conf_part *part) {
  kube_source *s = r->s;
  error wrong;
  pintle_status st = item_parse(s->doc, part->text, ITEM_UNIQUE_KEYS, NULL, &wrong);
  if (st == PINTLE_NOMEM) return error_nomem(r->e);
  if (st != PINTLE_OK) { /* the place counts in a text that was put together, so it is of no use */
    source_where at = {.line = part->line, .column = part->column};
    if (r->elements) source_forget(s, r->first);
    unhold(r);
    return say_item(r, &at, false, &wrong), PINTLE_OK;
  }
  str kind = item_str(s->doc, "/kind", ""), api_version = item_str(s->doc, "/apiVersion", "");
  if (memchr(kind.ptr, 0, kind.len) || memchr(api_version.ptr, 0, api_version.len)) kind = STR("");
  if (!is_list_kind(kind)) return join(r, part);
  say_held(r);
  if (r->elements) st = complete(r, api_version, kind);
  uint64_t elements = r->elements;
  unhold(r);
  r->elements = r->nested ? elements + 1 : 0; /* an empty List within a List was one, too */
  return st;
}

static void say_lost(reader *r) {
  if (r->lost)
    source_report(r->s, PINTLE_LOG_ERROR, r->path, "%u items are left out: the List they are in cannot be read to its end", r->lost);
  r->lost = 0;
}

static pintle_status take(void *ctx, const conf_part *part) {
  reader *r = ctx;
  if (source_cancelled(r->s)) return error_set(r->e, PINTLE_CANCELLED, "cancelled");
  if (part->part == CONF_WHOLE) return whole(r, part);
  if (part->part == CONF_ITEM) return element(r, part);
  if (part->part == CONF_LIST) return list(r, part);
  bool said = r->damaged; /* else the error comes after this */
  r->lost = r->elements ? r->s->n - r->first : 0;
  if (r->elements) source_forget(r->s, r->first);
  unhold(r);
  if (said) say_lost(r);
  return PINTLE_OK;
}

static void bad(void *ctx, const error *e) {
  reader *r = ctx;
  r->damaged = true;
  source_report(r->s, PINTLE_LOG_ERROR, e->place, "%s", e->message);
}

/* Errors of syntax are reported here; what is returned ends the reading. */
static pintle_status documents(reader *r, conf_yaml *y, error *e) {
  error own, stop = {0};
  r->e = &stop;
  pintle_status st = conf_yaml_parts(y, take, bad, r, &own);
  buf_free(&r->held);
  if (st == PINTLE_OK) return PINTLE_OK;
  if (stop.status != PINTLE_OK) {
    if (e) *e = stop;
    return st;
  }
  if (st == PINTLE_NOMEM) return error_nomem(e);
  if (!r->nested)
    source_report(r->s, PINTLE_LOG_ERROR, own.place[0] ? own.place : r->path, "%s%s%s", own.message, own.hint[0] ? ". " : "", own.hint);
  say_lost(r);
  return PINTLE_OK;
}

pintle_status source_documents(kube_source *s, conf_yaml *y, const source_where *at, const char *path, bool in_place, error *e) {
  reader r = {.s = s, .path = path, .at = *at, .in_place = in_place};
  return documents(&r, y, e);
}
