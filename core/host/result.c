/* result.c -- where a call's results go: checked, copied, counted; see call.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/adopt.h"
#include "host/call_parts.h"
#include <stdarg.h>
#include <stdio.h>

enum { LIST_MAX = 10000, TEXT_MAX = 1 << 20 };

/* Remembers the first error: the call then fails whatever it returns. */
PINTLE_PRINTF(3, 4) static pintle_status refuse(host_result *r, pintle_status st, const char *format, ...) {
  char text[300];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  if (r->sticky == PINTLE_OK) r->sticky = st;
  host_call_sticky(r->call, st, text);
  return st;
}
static pintle_status nomem(host_result *r) { return refuse(r, PINTLE_NOMEM, "out of memory"); }

/* NULL: none of ours, or its call is over; *st says why not. */
static host_result *result_of(pintle_result *handle, uint32_t kind, const char *what, pintle_status *st) {
  host_result *r = (host_result *)(void *)handle;
  *st = PINTLE_INVALID;
  if (!r || r->magic != HOST_RESULT_MAGIC || !r->call || !host_call_of(host_call_handle(r->call))) return NULL;
  if (r->allowed & kind) return r;
  *st = refuse(r, PINTLE_INVALID, "%s is no result of this kind of call", what);
  return NULL;
}

/* Room for one more in list[n]; NULL: no memory. */
static void *grow(arena *a, void *list, size_t n, size_t *cap, size_t size) {
  if (n < *cap) return list;
  size_t more = *cap ? *cap * 2 : 8;
  void *to = arena_alloc(a, more * size);
  if (!to) return NULL;
  if (n) memcpy(to, list, n * size);
  *cap = more;
  return to;
}

static pintle_status copy_id(host_result *r, const char *what, const pintle_id *given, pintle_id *to) {
  if (!given) return refuse(r, PINTLE_INVALID, "%s: the id is NULL", what);
  const struct {
    const char *name, *z;
    const char **to;
    size_t max;
    uint32_t flags;
  } parts[] = {{"group", given->group, &to->group, 253, HOST_MAY_BE_EMPTY},
               {"version", given->version, &to->version, 63, HOST_MAY_BE_EMPTY},
               {"resource", given->resource, &to->resource, 253, 0},
               {"namespace", given->ns, &to->ns, 253, HOST_MAY_BE_EMPTY},
               {"name", given->name, &to->name, 1024, 0}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    const char *fault = host_fault(parts[i].z, parts[i].max, parts[i].flags | HOST_SEGMENT);
    if (fault) return refuse(r, PINTLE_INVALID, "%s: the %s %s", what, parts[i].name, fault);
    if (!(*parts[i].to = arena_dup(&r->memory, parts[i].z))) return nomem(r);
  }
  return PINTLE_OK;
}

static pintle_status add_id(host_result *r, const char *what, const pintle_id *given, uint32_t flags, host_result_id **list, size_t *n,
                            size_t *cap) {
  host_result_id id = {.flags = flags};
  if (*n == LIST_MAX) return refuse(r, PINTLE_INVALID, "%s: more than %d", what, LIST_MAX);
  pintle_status st = copy_id(r, what, given, &id.id);
  if (st != PINTLE_OK) return st;
  host_result_id *to = grow(&r->memory, *list, *n, cap, sizeof id);
  if (!to) return nomem(r);
  *list = to;
  to[(*n)++] = id;
  return PINTLE_OK;
}

static pintle_status additional_item(pintle_result *h, const pintle_id *id, uint32_t flags) {
  pintle_status st;
  host_result *r = result_of(h, HOST_RESULT_ITEMS, "additional_item", &st);
  if (!r) return st;
  if (flags & PINTLE_MUST_UNDERSTAND) return refuse(r, PINTLE_INVALID, "additional_item: unknown flags 0x%x", (unsigned)flags);
  return add_id(r, "additional_item", id, flags & PINTLE_MUST_INCLUDE, &r->items, &r->n_items, &r->cap_items);
}

static pintle_status post_operation_item(pintle_result *h, const pintle_id *id) {
  pintle_status st;
  host_result *r = result_of(h, HOST_RESULT_POST, "post_operation_item", &st);
  return r ? add_id(r, "post_operation_item", id, 0, &r->post, &r->n_post, &r->cap_post) : st;
}

static pintle_status operation(pintle_result *h, const char *id) {
  pintle_status st;
  host_result *r = result_of(h, HOST_RESULT_OPERATION, "operation", &st);
  if (!r) return st;
  if (r->no_operation) return refuse(r, PINTLE_CONFLICT, "operation: none may be started while finalizing or in a dry run");
  if (r->operation) return refuse(r, PINTLE_CONFLICT, "operation: one is started already");
  const char *fault = host_fault(id, 1024, 0); /* opaque: a '/' is the vendor's business */
  if (fault) return refuse(r, PINTLE_INVALID, "operation: the id %s", fault);
  return (r->operation = arena_dup(&r->memory, id)) ? PINTLE_OK : nomem(r);
}

static pintle_status wait_for_additional_items(pintle_result *h, int64_t timeout) {
  pintle_status st;
  host_result *r = result_of(h, HOST_RESULT_WAIT, "wait_for_additional_items", &st);
  if (!r) return st;
  if (timeout < 0) return refuse(r, PINTLE_INVALID, "wait_for_additional_items: negative timeout");
  r->wait = timeout;
  return PINTLE_OK;
}

static pintle_status skip(pintle_result *h, const char *why) {
  pintle_status st;
  host_result *r = result_of(h, HOST_RESULT_SKIP, "skip", &st);
  if (!r) return st;
  if (!why || !why[0]) return refuse(r, PINTLE_INVALID, "skip: no reason given");
  return (r->skip = host_clean_copy(&r->memory, why, 1024)) ? PINTLE_OK : nomem(r);
}

static pintle_status note(pintle_result *h, const char *pointer, const char *why) {
  pintle_status st;
  host_result *r = result_of(h, HOST_RESULT_NOTE, "note", &st);
  if (!r) return st;
  const char *fault = host_fault(pointer, 4096, HOST_MAY_BE_EMPTY);
  if (!fault && pointer && pointer[0] && pointer[0] != '/') fault = "does not begin with '/'";
  if (fault) return refuse(r, PINTLE_INVALID, "note: the pointer %s", fault);
  if (r->n_notes == LIST_MAX) return refuse(r, PINTLE_INVALID, "note: more than %d", LIST_MAX);
  host_result_note n = {arena_dup(&r->memory, pointer), host_clean_copy(&r->memory, why, 1024)};
  host_result_note *to = grow(&r->memory, r->notes, r->n_notes, &r->cap_notes, sizeof n);
  if (!n.pointer || !n.why || !to) return nomem(r);
  r->notes = to;
  to[r->n_notes++] = n;
  return PINTLE_OK;
}

static pintle_status text(pintle_result *h, const char *p, size_t len) {
  pintle_status st;
  str s;
  host_result *r = result_of(h, HOST_RESULT_TEXT, "text", &st);
  if (!r) return st;
  if (!host_given(p, len, TEXT_MAX, &s)) return refuse(r, PINTLE_INVALID, "text: NULL, or more than %d bytes", TEXT_MAX);
  if (!host_printable(s)) return refuse(r, PINTLE_INVALID, "text: holds control characters or invalid UTF-8");
  char *copy = arena_copy(&r->memory, s);
  if (!copy) return nomem(r);
  r->text = (str){copy, s.len};
  return PINTLE_OK;
}

static pintle_status progress(pintle_result *h, const pintle_progress *p) {
  pintle_status st;
  host_result *r = result_of(h, HOST_RESULT_PROGRESS, "progress", &st);
  if (!r) return st;
  st = host_progress_copy(p, &r->memory, &r->progress);
  r->has_progress = st == PINTLE_OK;
  return st == PINTLE_OK ? st : refuse(r, st, "progress: %s", st == PINTLE_NOMEM ? "out of memory" : "NULL, or a wrong struct_size");
}

static pintle_status entry(pintle_result *h, const pintle_entry *given) {
  pintle_status st;
  host_result *r = result_of(h, HOST_RESULT_ENTRY, "entry", &st);
  HOST_PADDED(pintle_entry) e = {0};
  if (!r) return st;
  if (r->sticky != PINTLE_OK) return r->sticky;
  const char *fault = host_adopt(given, offsetof(pintle_entry, etag) + sizeof(char *), sizeof e.v, &e.v);
  if (fault) return refuse(r, PINTLE_INVALID, "entry: it %s", fault);
  const char *key = e.v.key ? e.v.key : "";
  size_t n = strnlen(key, 4097);
  if (n == 0 || n > 4096) return refuse(r, PINTLE_INVALID, "entry: the key is %s", n ? "longer than 4096 bytes" : "empty");
  for (size_t i = 0, k; i < n; i += k) /* stores hold keys of others, so control characters may be in them */
    if ((k = host_utf8(key + i, n - i)) == 0) return refuse(r, PINTLE_INVALID, "entry: a key is no UTF-8");
  if ((fault = host_fault(e.v.etag, 1024, HOST_MAY_BE_EMPTY))) return refuse(r, PINTLE_INVALID, "entry: the etag %s", fault);
  e.v.key = key;
  if (!e.v.etag) e.v.etag = "";
  if (e.v.size < 0) e.v.size = PINTLE_NONE;
  if (e.v.modified < 0) e.v.modified = 0;
  st = r->entry ? r->entry(r->entry_ctx, &e.v) : PINTLE_OK;
  if (!host_status_known(st)) st = PINTLE_FAILED;
  return st == PINTLE_OK ? st : refuse(r, st, "the listing was stopped (%s)", error_status_name(st));
}

static pintle_status selector(pintle_result *h, const pintle_selector *given) {
  pintle_status st;
  pintle_selector *to = NULL;
  host_result *r = result_of(h, HOST_RESULT_SELECTOR, "selector", &st);
  if (!r) return st;
  if (r->selector) return refuse(r, PINTLE_INVALID, "selector: given twice");
  const char *fault = host_adopt_selector(&r->memory, given, &to);
  if (fault == host_no_memory) return nomem(r);
  if (fault) return refuse(r, PINTLE_INVALID, "selector: %s", fault);
  r->selector = to;
  return PINTLE_OK;
}

static const HOST_PADDED(pintle_result_api) api = {.v = {.struct_size = sizeof(pintle_result_api),
                                                         .additional_item = additional_item,
                                                         .post_operation_item = post_operation_item,
                                                         .operation = operation,
                                                         .wait_for_additional_items = wait_for_additional_items,
                                                         .skip = skip,
                                                         .note = note,
                                                         .text = text,
                                                         .progress = progress,
                                                         .entry = entry,
                                                         .selector = selector}};

void host_result_begin(host_result *r, host_call *call, uint32_t allowed, bool no_operation) {
  arena memory = r->memory;
  arena_reset(&memory);
  *r = (host_result){.base = {&api.v},
                     .magic = HOST_RESULT_MAGIC,
                     .allowed = allowed,
                     .call = call,
                     .memory = memory,
                     .wait = -1,
                     .no_operation = no_operation};
}

void host_result_free(host_result *r) {
  arena_free(&r->memory);
  *r = (host_result){0};
}
