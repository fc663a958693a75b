/* nas_call.h -- a call of the fake host, to test plugins/nas from inside of it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef NAS_CALL_H
#define NAS_CALL_H
#include <pintle/testing.h>
#include <stdlib.h>

typedef pintle_status (*nas_body)(pintle_call *call, void *ctx);
static _Thread_local nas_body nas_now;
static _Thread_local void *nas_now_ctx;

static pintle_status nas_create(void *module, pintle_call *call, void **self) {
  (void)module, (void)call;
  *self = malloc(1);
  return *self ? PINTLE_OK : PINTLE_NOMEM;
}
static pintle_status nas_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  (void)self, (void)item, (void)in, (void)out;
  return nas_now(call, nas_now_ctx);
}
static const pintle_action nas_action = {
    .struct_size = sizeof nas_action, .name = "pintle.io/test", .summary = "a call to test in", .create = nas_create, .destroy = free};
static const pintle_backup_item_action nas_backup = {.struct_size = sizeof nas_backup, .action = &nas_action, .execute = nas_execute};
static const pintle_backup_item_action *const nas_backups[] = {&nas_backup, NULL};
static const pintle_plugin nas_call_plugin = {PINTLE_PLUGIN_HEAD, .name = "test", .version = "1.0.0", .vendor = "test",
                                              .backup_item_actions = nas_backups};

/* Runs body in a call. message (512 bytes, may be NULL): of the error. */
static inline pintle_status nas_in_call(nas_body body, void *ctx, char *message) {
  pintle_test_host *host = pintle_test_new(NULL);
  pintle_status st = PINTLE_FAILED;
  if (host && pintle_test_load(host, &nas_call_plugin)->status == PINTLE_OK) {
    pintle_test_instance *a = pintle_test_create(host, PINTLE_TEST_BACKUP, "pintle.io/test", NULL);
    nas_now = body, nas_now_ctx = ctx;
    const pintle_test_outcome *o =
        pintle_test_backup(a, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"}}", 0);
    st = o->status;
    if (message) snprintf(message, 512, "%s", o->message);
  }
  pintle_test_free(host);
  return st;
}
#endif
