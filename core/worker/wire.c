/* wire.c -- see wire.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/wire.h"

void wire_u32(buf *b, uint32_t v) { buf_add(b, &v, sizeof v); }
void wire_u64(buf *b, uint64_t v) { buf_add(b, &v, sizeof v); }

void wire_str(buf *b, str s) {
  if (s.len > UINT32_MAX) {
    b->failed = true;
    return;
  }
  wire_u32(b, (uint32_t)s.len);
  buf_adds(b, s);
}

void wire_error(buf *b, const error *e) {
  wire_u32(b, (uint32_t)e->status);
  wire_z(b, e->message);
  wire_z(b, e->hint);
  wire_z(b, e->place);
  wire_z(b, e->code);
}

static const void *take(wire_reader *r, size_t n) {
  if (r->overrun || (size_t)(r->end - r->at) < n) {
    r->overrun = true;
    return NULL;
  }
  r->at += n;
  return r->at - n;
}

uint32_t wire_get_u32(wire_reader *r) {
  uint32_t v = 0;
  const void *p = take(r, sizeof v);
  if (p) memcpy(&v, p, sizeof v);
  return v;
}

uint64_t wire_get_u64(wire_reader *r) {
  uint64_t v = 0;
  const void *p = take(r, sizeof v);
  if (p) memcpy(&v, p, sizeof v);
  return v;
}

str wire_get_str(wire_reader *r) {
  size_t n = wire_get_u32(r);
  const char *p = take(r, n);
  return p ? (str){p, n} : STR("");
}

const char *wire_get_z(wire_reader *r, arena *a) {
  str s = wire_get_str(r);
  if (s.len && memchr(s.ptr, 0, s.len)) {
    r->overrun = true;
    return "";
  }
  const char *z = arena_copy(a, s);
  if (!z) r->overrun = true;
  return z ? z : "";
}

static void get_text(wire_reader *r, char *to, size_t size) {
  str s = wire_get_str(r);
  size_t n = s.len < size - 1 ? s.len : size - 1;
  if (n) memcpy(to, s.ptr, n);
  to[n] = 0;
}

void wire_get_error(wire_reader *r, error *e) {
  int32_t st = (int32_t)wire_get_u32(r);
  e->status = st > 0 || st < PINTLE_EXISTS ? PINTLE_FAILED : st;
  get_text(r, e->message, sizeof e->message);
  get_text(r, e->hint, sizeof e->hint);
  get_text(r, e->place, sizeof e->place);
  get_text(r, e->code, sizeof e->code);
}

void wire_frame(buf *out, enum wire_type type, str body, uint64_t *sequence) {
  do {
    uint32_t n = body.len > WIRE_MAX_FRAME ? WIRE_MAX_FRAME : (uint32_t)body.len;
    wire_header h = {n, (uint16_t)type, body.len > n ? WIRE_MORE : 0, (*sequence)++};
    buf_add(out, &h, sizeof h);
    buf_add(out, body.ptr, n);
    body.ptr += n;
    body.len -= n;
  } while (body.len);
}

pintle_status wire_next(str in, size_t *used, uint64_t *sequence, buf *joined, enum wire_type *type, str *body) {
  for (;;) {
    wire_header h;
    size_t left = in.len - *used;
    if (left < sizeof h) return PINTLE_NOT_FOUND;
    memcpy(&h, in.ptr + *used, sizeof h);
    if (h.length > WIRE_MAX_FRAME || h.type == 0 || h.type >= WIRE_TYPES || (h.flags & ~WIRE_MORE) || h.sequence != *sequence)
      return PINTLE_INVALID;
    if (left - sizeof h < h.length) return PINTLE_NOT_FOUND;
    str part = {in.ptr + *used + sizeof h, h.length};
    bool more = h.flags & WIRE_MORE;
    *used += sizeof h + h.length;
    ++*sequence;
    *type = (enum wire_type)h.type;
    if (!more && joined->len == 0) return *body = part, PINTLE_OK;
    if (joined->len + part.len > WIRE_MAX_BODY) return PINTLE_INVALID;
    buf_adds(joined, part);
    if (joined->failed) return PINTLE_NOMEM;
    if (!more) return *body = buf_str(joined), PINTLE_OK; /* the caller clears joined when it is done with the body */
  }
}
