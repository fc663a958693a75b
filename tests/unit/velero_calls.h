/* velero_calls.h -- the methods that the tests of core/velero call.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_VELERO_CALLS_H
#define TEST_VELERO_CALLS_H
#include "velero/server.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the tests' methods do. */
static inline void serve_call(velero_call *c) {
  const char *method = velero_call_method(c);
  str first = velero_call_first(c), m;
  if (strcmp(method, "/test/Echo") == 0) {
    velero_call_send(c, first);
    return velero_call_end(c, NULL);
  }
  if (strcmp(method, "/test/Fail") == 0) {
    const velero_status st = {
        .code = GRPC_UNKNOWN, .message = "50% of \xc3\xa4ll\nfail", .file = "plugin.c", .function = "execute", .line = 42};
    return velero_call_end(c, &st);
  }
  if (strcmp(method, "/generated.ObjectStore/PutObject") == 0) { /* counts bytes; "slow" waits before each */
    size_t n = first.len;
    pintle_status st;
    while ((st = velero_call_receive(c, &m)) == PINTLE_OK) n += m.len;
    char text[32];
    snprintf(text, sizeof text, "%zu", n);
    if (st == PINTLE_NOT_FOUND) velero_call_send(c, str_of(text));
    return velero_call_end(c, NULL);
  }
  if (strcmp(method, "/test/Many") == 0) { /* as many messages of 16 KiB as the request says */
    static const char block[16384] = "block";
    int n = first.len ? atoi(first.ptr) : 0;
    while (n-- > 0 && velero_call_send(c, (str){block, sizeof block}) == PINTLE_OK) {}
    return velero_call_end(c, NULL);
  }
  if (strcmp(method, "/test/Hang") == 0) { /* until it is cancelled */
    struct pollfd p = {.fd = velero_call_cancel_fd(c), .events = POLLIN};
    while (poll(&p, 1, -1) < 0 && errno == EINTR) {}
    return velero_call_end(c, NULL);
  }
  if (strcmp(method, "/test/Log") == 0) { /* the request is a line of standard error */
    fprintf(stderr, "%.*s\n", (int)first.len, first.ptr);
    return velero_call_end(c, NULL);
  }
  if (strcmp(method, "/test/Die") == 0) {
    fprintf(stderr, "panic: %.*s\n", (int)first.len, first.ptr);
    _exit(2);
  }
  const velero_status none = {.code = GRPC_UNIMPLEMENTED, .message = "unknown method"};
  velero_call_end(c, &none);
}
#endif
