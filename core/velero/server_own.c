/* server_own.c -- the services that every go-plugin server has.  SPDX-License-Identifier: Apache-2.0 */
#include "velero/messages/health.pb-c.h"
#include "velero/server_inside.h"
#include <stdlib.h>

static const char health[] = "/grpc.health.v1.Health/Check", broker[] = "/plugin.GRPCBroker/StartStream",
                  stdio[] = "/plugin.GRPCStdio/StreamStdio", shutdown_call[] = "/plugin.GRPCController/Shutdown";

bool server_own_is(const char *method) {
  const char *const all[] = {health, broker, stdio, shutdown_call};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(method, all[i]) == 0) return true;
  return false;
}

static void answer_health(grpc_stream *stream, str message) {
  static const velero_status bad = {.code = GRPC_INTERNAL, .message = "the request is no HealthCheckRequest"},
                             unknown = {.code = GRPC_NOT_FOUND, .message = "unknown service"};
  Grpc__Health__V1__HealthCheckRequest *r = grpc__health__v1__health_check_request__unpack(NULL, message.len, (const uint8_t *)message.ptr);
  if (!r) return grpc_stream_answer(stream, &bad);
  bool known = r->service[0] == 0 || strcmp(r->service, "plugin") == 0;
  grpc__health__v1__health_check_request__free_unpacked(r, NULL);
  if (!known) return grpc_stream_answer(stream, &unknown);
  grpc_stream_send(stream, STR("\x08\x01")); /* status: SERVING */
  grpc_stream_answer(stream, NULL);
}

/* What the host starts over the broker, and what it would read from our standard output, are streams that stay open: Velero uses neither. */
void server_own_message(velero_server *s, grpc_stream *stream, str message) {
  const char *method = grpc_stream_method(stream);
  if (strcmp(method, health) == 0) answer_health(stream, message);
  if (strcmp(method, shutdown_call) != 0) return;
  grpc_stream_answer(stream, NULL);
  velero_server_stop(s);
}

void server_own_ended(grpc_stream *stream) {
  static const velero_status none = {.code = GRPC_UNIMPLEMENTED, .message = "the call needs a request"};
  const char *method = grpc_stream_method(stream);
  if (strcmp(method, broker) == 0) grpc_stream_answer(stream, NULL);
  else if (strcmp(method, stdio) != 0) grpc_stream_answer(stream, &none); /* does nothing where a message was answered */
}
