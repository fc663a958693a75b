/* s3_call.h -- a call without a host: errors and log lines are kept as text.  SPDX-License-Identifier: Apache-2.0 */
#ifndef S3_CALL_H
#define S3_CALL_H
#include <pintle/plugin.h>
#include <pthread.h>
#include <string.h>

typedef struct s3_test_call {
  pintle_call base;
  char error[1200], log[4096];
  int32_t cancelled;
} s3_test_call;

static pthread_mutex_t s3_log_lock = PTHREAD_MUTEX_INITIALIZER;

static pintle_status s3_test_fail(pintle_call *c, const pintle_error *e) {
  snprintf(((s3_test_call *)c)->error, sizeof((s3_test_call *)c)->error, "%s", e->message);
  return e->status;
}
static void s3_test_log(pintle_call *c, int32_t level, const char *msg, size_t len, const pintle_kv *fields, size_t n_fields) {
  s3_test_call *t = (s3_test_call *)c;
  (void)len, (void)fields, (void)n_fields;
  pthread_mutex_lock(&s3_log_lock);
  size_t n = strlen(t->log);
  snprintf(t->log + n, sizeof t->log - n, "%d %s\n", level, msg);
  pthread_mutex_unlock(&s3_log_lock);
}
static int32_t s3_test_cancelled(pintle_call *c) { return ((s3_test_call *)c)->cancelled; }
static pintle_status s3_test_pause(pintle_call *c, int64_t duration) {
  (void)c, (void)duration;
  return PINTLE_OK;
}
static const pintle_host s3_test_host = {.struct_size = sizeof(pintle_host),
                                         .fail = s3_test_fail,
                                         .log_line = s3_test_log,
                                         .cancelled = s3_test_cancelled,
                                         .pause = s3_test_pause};
#define S3_TEST_CALL          \
  {                           \
    .base = { &s3_test_host } \
  }
#endif
