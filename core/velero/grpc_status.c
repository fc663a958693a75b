/* grpc_status.c -- how a call ended: details, and what it means to us.  SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"
#include "velero/grpc_inside.h"
#include "velero/messages/shared.pb-c.h"
#include "velero/messages/status.pb-c.h"
#include <stdio.h>

static const char stack_type[] = "type.googleapis.com/generated.Stack";

static void pack(const ProtobufCMessage *m, buf *out) {
  size_t n = protobuf_c_message_get_packed_size(m);
  if (!buf_reserve(out, n)) return;
  protobuf_c_message_pack(m, (uint8_t *)out->data + out->len);
  out->len += n;
}

void grpc_details_encode(const velero_status *st, buf *base64) {
  if (!st->file) return;
  Generated__StackFrame frame = GENERATED__STACK_FRAME__INIT, *frames[] = {&frame};
  Generated__Stack stack = GENERATED__STACK__INIT;
  Google__Protobuf__Any any = GOOGLE__PROTOBUF__ANY__INIT, *details[] = {&any};
  Google__Rpc__Status whole = GOOGLE__RPC__STATUS__INIT;
  buf inner = {0}, outer = {0};
  char message[GRPC_MAX_STATUS_TEXT], file[512], function[256]; /* message: as long as grpc-message, both say the same */
  frame.file = grpc_clean(str_of(st->file), file, sizeof file);
  frame.function = grpc_clean(str_of(st->function), function, sizeof function);
  frame.line = (int32_t)st->line;
  stack.frames = frames, stack.n_frames = 1;
  pack(&stack.base, &inner);
  any.type_url = (char *)(uintptr_t)stack_type;
  any.value = (ProtobufCBinaryData){inner.len, (uint8_t *)inner.data};
  whole.code = (int32_t)st->code, whole.message = grpc_clean(str_of(st->message), message, sizeof message);
  whole.details = details, whole.n_details = 1;
  pack(&whole.base, &outer);
  if (!inner.failed && !outer.failed) {
    base64_encode(buf_str(&outer), base64);
    while (base64->len && base64->data[base64->len - 1] == '=') base64->data[--base64->len] = 0; /* as gRPC sends it */
  }
  buf_free(&inner);
  buf_free(&outer);
}

static void stack_place(const ProtobufCBinaryData *b, char *place, size_t size) {
  Generated__Stack *stack = generated__stack__unpack(NULL, b->len, b->data);
  if (!stack) return;
  for (size_t i = 0; i < stack->n_frames && !place[0]; i++) {
    const Generated__StackFrame *f = stack->frames[i];
    if (f->file[0]) snprintf(place, size, f->function[0] ? "%s:%d:%s" : "%s:%d", f->file, (int)f->line, f->function);
  }
  generated__stack__free_unpacked(stack, NULL);
}

void grpc_details_place(str base64, char *place, size_t size) {
  buf padded = {0}, bytes = {0};
  place[0] = 0;
  buf_adds(&padded, base64);
  while (padded.len % 4 && !padded.failed) buf_addc(&padded, '=');
  if (!padded.failed && base64_decode(buf_str(&padded), &bytes) == PINTLE_OK && bytes.len) {
    Google__Rpc__Status *st = google__rpc__status__unpack(NULL, bytes.len, (const uint8_t *)bytes.data);
    for (size_t i = 0; st && i < st->n_details && !place[0]; i++)
      if (strcmp(st->details[i]->type_url, stack_type) == 0) stack_place(&st->details[i]->value, place, size);
    if (st) google__rpc__status__free_unpacked(st, NULL);
  }
  buf_free(&padded);
  buf_free(&bytes);
}

/* ---- of a call that is over. Without a status of gRPC that of HTTP says it (grpc's http-grpc-status-mapping.md, PROTOCOL-HTTP2.md). */
static uint32_t by_http_status(uint32_t status) {
  switch (status) {
  case 400: return GRPC_INTERNAL;
  case 401: return GRPC_UNAUTHENTICATED;
  case 403: return GRPC_PERMISSION_DENIED;
  case 404: return GRPC_UNIMPLEMENTED;
  case 429:
  case 502:
  case 503:
  case 504: return GRPC_UNAVAILABLE;
  default: return GRPC_UNKNOWN;
  }
}

static uint32_t by_reset(uint32_t code) {
  switch (code) {
  case NGHTTP2_REFUSED_STREAM: return GRPC_UNAVAILABLE;
  case NGHTTP2_CANCEL: return GRPC_CANCELLED;
  case NGHTTP2_ENHANCE_YOUR_CALM: return GRPC_RESOURCE_EXHAUSTED;
  case NGHTTP2_INADEQUATE_SECURITY: return GRPC_PERMISSION_DENIED;
  default: return GRPC_INTERNAL;
  }
}

uint32_t grpc_stream_code(const grpc_stream *s) {
  if (s->refused || (s->has_code && s->whole)) return s->code;
  if (s->http_status && s->http_status != 200) return by_http_status(s->http_status);
  if (s->conn->over) return GRPC_UNAVAILABLE;
  return by_reset(s->http_error);
}

pintle_status grpc_stream_error(const grpc_stream *s, error *e) {
  uint32_t code = grpc_stream_code(s);
  pintle_status st = grpc_code_status(code);
  if (st == PINTLE_OK) return PINTLE_OK;
  str said = buf_str(&s->message);
  if (s->refused || (s->has_code && said.len)) error_set(e, st, "%.*s", (int)said.len, said.ptr);
  else if (s->http_status && s->http_status != 200) error_set(e, st, "HTTP status %u instead of an answer of gRPC", s->http_status);
  else if (s->has_code) error_set(e, st, "gRPC status %u without a message", code);
  else if (s->conn->over) error_set(e, st = PINTLE_FAILED, "the connection ended during the call");
  else error_set(e, st, "the call was reset (%s)", nghttp2_http2_strerror(s->http_error));
  if (e && s->details.len) grpc_details_place(buf_str(&s->details), e->place, sizeof e->place);
  return st;
}
