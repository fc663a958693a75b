/* run_longjmp.c -- jumps out of its calls. Variant "listing": over the host's frames to its own, which still stands; "create": to a frame that is
 * gone.  SPDX-License-Identifier: Apache-2.0 */
#undef _FORTIFY_SOURCE
#include "run.h"
#include <setjmp.h>

static jmp_buf in_create, in_execute;

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module, (void)call;
  *self = NULL;
  return setjmp(in_create) == 0 ? PINTLE_OK : PINTLE_FAILED;
}

static pintle_status each(void *ctx, const pintle_doc *d) {
  (void)ctx, (void)d;
  longjmp(in_execute, 1);
}

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  const pintle_objects *items = call->host->extension(call->host, PINTLE_EXT_ITEMS);
  const pintle_id all = {"", "", "configmaps", "", ""};
  (void)item, (void)r;
  if (!run_is(call, "listing")) longjmp(in_create, 1);
  if (setjmp(in_execute) == 0) return items->list(call, &all, NULL, NULL, each, NULL);
  return pintle_fail(call, PINTLE_FAILED, "jumped out of a listing");
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)in;
  return run_strikes(call, item) ? fault(call, item, r) : PINTLE_OK;
}

RUN_TABLES("longjmp", 0, create, run_options);
