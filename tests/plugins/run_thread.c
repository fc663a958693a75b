/* run_thread.c -- a thread of its own crashes while other calls run.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *crash(void *unused) {
  (void)unused;
  usleep(200);
  abort();
}

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)item, (void)r;
  pthread_t thread;
  if (pthread_create(&thread, NULL, crash, NULL) != 0) return pintle_fail(call, PINTLE_FAILED, "no thread");
  pthread_detach(thread);
  return PINTLE_OK;
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)in;
  return strcmp(pintle_str_or(item, "/metadata/name", ""), "item-30") == 0 ? fault(call, item, r) : PINTLE_OK;
}

RUN_TABLES("thread", 0, NULL, NULL);
