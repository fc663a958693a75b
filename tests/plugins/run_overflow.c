/* run_overflow.c -- calls itself until the stack is full.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static int deeper(volatile char *before, int n);
static int (*volatile again)(volatile char *, int) = deeper;

static int deeper(volatile char *before, int n) {
  volatile char frame[1024];
  frame[0] = before[0];
  int below = again(frame, n + 1);
  return below + frame[0];
}

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  volatile char first[1] = {0};
  return again(first, 0);
}

RUN_PLUGIN("overflow", 0);
