/* call.c -- one call in flight, and most of what a plugin may ask of it; see call.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/call_parts.h"
#include <stdio.h>
#include <stdlib.h>

enum { DOCS_KEPT = 8, DOCS_MAX = 4096 };
#define ALLOC_MAX ((size_t)256 << 20)

#if defined(__SANITIZE_ADDRESS__)
#define POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISON 1
#endif
#endif
#ifndef POISON
#define POISON 0
#endif

host_call *host_call_of(const pintle_call *handle) {
  host_call *c = (host_call *)(uintptr_t)handle;
  return c && c->magic == HOST_CALL_MAGIC && atomic_load_explicit(&c->active, memory_order_acquire) ? c : NULL;
}

/* ---- errors */

static void record(host_call *c, pintle_status st, const char *text, bool wrap) {
  if (wrap && c->failed && text[0]) {
    c->error.status = st;
    error_wrap(&c->error, "%s", text);
  } else if (!wrap || !c->failed) error_set(&c->error, st, "%s", text[0] ? text : "failed without saying why");
  c->error.status = st;
  c->failed = true;
}

/* Keeps what was there when z is empty: an error that is put in front seldom knows better. */
static void replace(char *to, size_t size, const char *z) {
  if (z && z[0]) host_clean(to, size, z);
}

static pintle_status fail(pintle_call *h, const pintle_error *given) {
  host_call *c = host_call_of(h);
  pintle_error e;
  char text[sizeof c->error.message];
  if (!c) return PINTLE_INVALID;
  const char *fault = host_adopt(given, offsetof(pintle_error, function) + sizeof(char *), sizeof e, &e);
  if (fault) {
    snprintf(text, sizeof text, "fail() was given an error that %s", fault);
    record(c, PINTLE_INVALID, text, false);
    return PINTLE_INVALID;
  }
  pintle_status st = host_status_known(e.status) && e.status != PINTLE_OK ? e.status : PINTLE_FAILED;
  bool wrap = e.flags & PINTLE_WRAP && c->failed;
  if (!wrap) c->origin = (host_origin){0};
  record(c, st, host_clean(text, sizeof text, e.message), wrap);
  replace(c->error.hint, sizeof c->error.hint, e.hint);
  replace(c->error.code, sizeof c->error.code, e.code);
  replace(c->error.place, sizeof c->error.place, e.at);
  if (e.retry_after > 0) c->origin.retry_after = e.retry_after;
  if (!wrap) {
    c->origin.line = e.line;
    replace(c->origin.file, sizeof c->origin.file, e.file);
    replace(c->origin.function, sizeof c->origin.function, e.function);
  }
  return st;
}

pintle_status host_call_fail(pintle_call *handle, const error *e) {
  host_call *c = host_call_of(handle);
  if (!c) return PINTLE_INVALID;
  c->error = *e;
  c->origin = (host_origin){0};
  c->failed = true;
  return e->status;
}

void host_call_sticky(host_call *c, pintle_status st, const char *text) {
  if (c->sticky != PINTLE_OK) return;
  c->sticky = st;
  snprintf(c->sticky_text, sizeof c->sticky_text, "%s", text);
}

const host_origin *host_call_origin(const host_call *c) { return &c->origin; }

/* ---- memory, documents, properties */

static void *alloc(pintle_call *h, size_t n) {
  host_call *c = host_call_of(h);
  if (!c || n > ALLOC_MAX - c->allocated) return NULL;
  c->allocated += n;
  return arena_zalloc(&c->memory, n ? n : 1);
}

static const pintle_doc *config(pintle_call *h) {
  host_call *c = host_call_of(h);
  const item_doc *d = c ? c->config ? c->config : c->empty : NULL;
  return d ? (const pintle_doc *)(const void *)d : NULL;
}

/* value may be NULL: to ask whether it is known. */
static pintle_status property(pintle_call *h, const char *name, pintle_str *value) {
  host_call *c = host_call_of(h);
  str got = {"", 0};
  if (!c || host_fault(name, 256, 0)) return PINTLE_INVALID;
  if (!c->services->property) return PINTLE_NOT_FOUND;
  pintle_status st = c->services->property(c->services->ctx, name, &got);
  if (st == PINTLE_OK && value) *value = got.ptr ? got : STR(""); /* R5 */
  return st;
}

static item_doc *next_doc(host_call *c) {
  if (c->used < c->n_docs) return c->docs[c->used++];
  if (c->n_docs == DOCS_MAX) return NULL;
  if (c->n_docs == c->cap_docs) {
    size_t cap = c->cap_docs ? c->cap_docs * 2 : DOCS_KEPT;
    item_doc **docs = realloc(c->docs, cap * sizeof *docs);
    if (!docs) return NULL;
    c->docs = docs;
    c->cap_docs = cap;
  }
  if (item_new(&c->docs[c->n_docs]) != PINTLE_OK) return NULL;
  c->n_docs++;
  return c->docs[c->used++];
}

static pintle_status new_doc(pintle_call *h, const char *json, size_t len, pintle_doc **out) {
  host_call *c = host_call_of(h);
  str text;
  if (!c || !out || !host_given(json, json ? len : 0, ITEM_MAX_BYTES, &text)) return PINTLE_INVALID;
  item_doc *d = next_doc(c);
  if (!d) return PINTLE_NOMEM;
  pintle_status st = json ? item_parse(d, text, 0, NULL, NULL) : PINTLE_OK;
  if (st == PINTLE_OK) *out = item_handle(d);
  else item_reset(d), c->used--;
  return st;
}

/* ---- what is told to the run */

pintle_status host_progress_copy(const pintle_progress *given, arena *a, pintle_progress *p) {
  if (host_adopt(given, offsetof(pintle_progress, code) + sizeof(char *), sizeof *p, p)) return PINTLE_INVALID;
  p->completed = p->completed != 0;
  if (p->n_completed < 0) p->n_completed = 0;
  if (p->n_total < 0) p->n_total = 0;
  if (p->started < 0) p->started = 0;
  if (p->updated < 0) p->updated = 0;
  p->units = host_clean_copy(a, p->units, 64);
  p->description = host_clean_copy(a, p->description, 1024);
  p->error = host_clean_copy(a, p->error, 1024);
  p->code = host_clean_copy(a, p->code, 100);
  return p->units && p->description && p->error && p->code ? PINTLE_OK : PINTLE_NOMEM;
}

static void report(pintle_call *h, const pintle_progress *given) {
  host_call *c = host_call_of(h);
  HOST_PADDED(pintle_progress) p = {0};
  if (!c || !c->services->report || host_progress_copy(given, &c->memory, &p.v) != PINTLE_OK) return;
  c->services->report(c->services->ctx, &p.v);
}

static void count(pintle_call *h, const char *counter, int64_t delta) {
  host_call *c = host_call_of(h);
  if (c && c->services->count && !host_fault(counter, 128, 0)) c->services->count(c->services->ctx, counter, delta);
}

static void finding(pintle_call *h, int32_t severity, const char *code, const char *pointer, const char *text) {
  host_call *c = host_call_of(h);
  char short_code[64], at[1024], line[2048];
  if (!c || !c->services->finding) return;
  if (severity != PINTLE_LOG_WARN && severity != PINTLE_LOG_ERROR) severity = PINTLE_LOG_INFO;
  host_clean(short_code, sizeof short_code, code);
  c->services->finding(c->services->ctx, severity, short_code[0] ? short_code : "finding", host_clean(at, sizeof at, pointer),
                       host_clean(line, sizeof line, text));
}

static const void *extension(const pintle_host *host, const char *id) {
  const host_own_table *t = (const host_own_table *)(const void *)host;
  if (!t || t->magic != HOST_TABLE_MAGIC || !t->call || host_fault(id, 128, 0)) return NULL;
  const host_services *s = t->call->services;
  return s->extension ? s->extension(s->ctx, id) : NULL;
}

#ifndef PINTLE_VERSION
#define PINTLE_VERSION "0.0.0"
#endif
static const host_own_table own_table = {
    .v = {.struct_size = sizeof(pintle_host),
          .abi_minor = PINTLE_ABI_MINOR,
          .name = "pintle",
          .version = PINTLE_VERSION,
          .fail = fail,
          .log_line = host_log_line,
          .cancelled = host_cancelled,
          .cancel_fd = host_cancel_fd,
          .remaining = host_remaining,
          .pause = host_pause,
          .report = report,
          .alloc = alloc,
          .config = config,
          .property = property,
          .new_doc = new_doc,
          .count = count,
          .finding = finding,
          .extension = extension},
    .magic = HOST_TABLE_MAGIC,
};
const pintle_host *const host_table = &own_table.v;

/* ---- life */

pintle_status host_call_new(const host_services *services, host_call **out) {
  static const host_services none = {0};
  host_call *c = calloc(1, sizeof *c);
  if (!c) return PINTLE_NOMEM;
  pintle_status st = item_new(&c->empty);
  if (st != PINTLE_OK) {
    free(c);
    return st;
  }
  item_set_readonly(c->empty, true);
  c->magic = HOST_CALL_MAGIC;
  c->services = services ? services : &none;
  c->table = own_table;
  c->table.call = c;
  c->base.host = &c->table.v;
  *out = c;
  return PINTLE_OK;
}

void host_call_free(host_call *c) {
  if (!c) return;
  for (size_t i = 0; i < c->n_docs; i++) item_free(c->docs[i]);
  free(c->docs);
  item_free(c->empty);
  arena_free(&c->memory);
  c->magic = 0;
  free(c);
}

pintle_call *host_call_handle(host_call *c) { return &c->base; }

const host_services *host_call_services(const pintle_call *handle) {
  const host_call *c = host_call_of(handle);
  return c ? c->services : NULL;
}

void host_call_begin(host_call *c, const item_doc *config_doc, int64_t deadline) {
  c->config = config_doc;
  c->deadline = deadline;
  atomic_store(&c->told, 0);
  atomic_store(&c->told_what, 0);
  c->failed = false;
  c->sticky = PINTLE_OK;
  c->origin.retry_after = 0;
  c->origin.line = 0;
  c->origin.file[0] = c->origin.function[0] = 0;
  atomic_store_explicit(&c->active, true, memory_order_release);
}

static void release(host_call *c) {
  size_t keep = POISON ? 0 : DOCS_KEPT;
  while (c->n_docs > keep) item_free(c->docs[--c->n_docs]);
  for (size_t i = 0; i < c->used && i < c->n_docs; i++) item_reset(c->docs[i]);
  c->used = 0;
  if (POISON) arena_free(&c->memory);
  else if (c->allocated || c->memory.chunks) arena_reset(&c->memory);
  c->allocated = 0;
}

static void explain(const host_call *c, pintle_status returned, pintle_status st, error *e) {
  if (c->failed) *e = c->error;
  if (c->sticky != PINTLE_OK) {
    if (c->failed && returned != PINTLE_OK) {
      char text[sizeof e->message];
      memcpy(text, e->message, sizeof text);
      snprintf(e->message, sizeof e->message, "%.700s: %s", text, c->sticky_text);
    } else error_set(e, st, "%s", c->sticky_text);
  } else if (!c->failed) {
    if (host_status_known(returned)) error_set(e, st, "failed without saying why (%s)", error_status_name(returned));
    else error_set(e, st, "returned %d, which is no status", (int)returned);
  }
  e->status = st;
}

pintle_status host_call_end(host_call *c, pintle_status returned, error *e) {
  pintle_status st = host_status_known(returned) ? returned : PINTLE_FAILED;
  if (c->sticky != PINTLE_OK) st = c->sticky;
  atomic_store_explicit(&c->active, false, memory_order_release);
  if (st == PINTLE_OK) error_clear(e);
  else if (e) explain(c, returned, st, e);
  release(c);
  return st;
}
