/* run_left_thread.c -- a thread that nobody joins.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <pthread.h>
#include <unistd.h>

static void *sleeps(void *unused) {
  for (;;) pause();
  return unused;
}

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)item, (void)r;
  pthread_t thread;
  if (pthread_create(&thread, NULL, sleeps, NULL) != 0) return pintle_fail(call, PINTLE_FAILED, "no thread");
  pthread_detach(thread);
  return PINTLE_OK;
}

RUN_PLUGIN("left_thread", 0);
