/* go_inside.h -- what a hosted Go plugin is made of; for go_*.c only.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_VELERO_GO_INSIDE_H
#define PINTLE_VELERO_GO_INSIDE_H
#include "shared.pb-c.h"
#include "velero/client.h"
#include "velero/go_plugin.h"

/* One process. Calls come one at a time, on the worker's thread. */
typedef struct go_plugin {
  velero_opening *opening;
  arena memory, answer; /* of the tables; of the last answer */
  const char *name;
  velero_process *process;
  pintle_call *call; /* in flight; NULL: none */
  buf request, response;
  buf said; /* plain lines of the call in flight: why it died, perhaps */
  struct go_action *actions;
  size_t n_actions;
  pintle_plugin plugin;
} go_plugin;

/* What ListPlugins named. */
typedef struct go_action {
  uint32_t kind;
  bool v1;                /* of an action whose kind has a version 2 */
  const char *registered; /* its name as each request must have it */
  pintle_action action;
} go_action;

/* self of every table. */
typedef struct go_instance {
  go_plugin *plugin;
  const go_action *of;
  char *name; /* of->registered, for messages, whose strings are not const */
} go_instance;

/* go_call.c. method "/v2.BackupItemAction/Execute"; *out is an unpacked `answer`, which lives until the next call; NULL where it is not wanted. An error is
 * recorded in the call. */
pintle_status go_call(const go_instance *i, pintle_call *call, const char *method, const ProtobufCMessage *request,
                      const ProtobufCMessageDescriptor *answer, void *out);
/* As go_call for streams: r has method, next, each, ctx; r->message is packed already. */
pintle_status go_stream(const go_instance *i, pintle_call *call, const velero_request *r);
bool go_pack(buf *to, const ProtobufCMessage *m);                               /* replaces *to; false: no memory */
void *go_unpack(go_plugin *p, const ProtobufCMessageDescriptor *d, str packed); /* NULL: is none; lives as answers do */
pintle_status go_fail(pintle_call *call, const error *e);
/* For host_opener; ctx is a velero_opening. */
size_t go_watch(void *ctx, struct pollfd *f);
void go_heard(void *ctx);
/* For velero_process_options; ctx is a go_plugin. */
void go_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n);
int go_cancelled(void *ctx);
int go_cancel_fd(void *ctx);

/* The tables, but for `action`. */
extern const pintle_backup_item_action go_backup_item_action, go_backup_item_action_v1;
extern const pintle_restore_item_action go_restore_item_action, go_restore_item_action_v1;
extern const pintle_delete_item_action go_delete_item_action;
extern const pintle_item_block_action go_item_block_action;
extern const pintle_object_store go_object_store;
extern const pintle_volume_snapshotter go_volume_snapshotter;
/* Init of the last two. */
pintle_status go_store_init(const go_instance *i, pintle_call *call);
pintle_status go_snapshotter_init(const go_instance *i, pintle_call *call);
/* The configuration as Init has it: keys and texts, alternating; NULL: no memory. In the answer's arena. */
char **go_config(const go_instance *i, pintle_call *call, size_t *n);

/* go_operations.c */
pintle_status go_backup_progress(void *self, pintle_call *call, const char *id, const pintle_doc *backup, pintle_result *result);
pintle_status go_backup_cancel(void *self, pintle_call *call, const char *id, const pintle_doc *backup);
pintle_status go_restore_progress(void *self, pintle_call *call, const char *id, const pintle_doc *restore, pintle_result *result);
pintle_status go_restore_cancel(void *self, pintle_call *call, const char *id, const pintle_doc *restore);
pintle_status go_items_ready(void *self, pintle_call *call, const pintle_id *ids, size_t n, const pintle_doc *restore, int32_t *ready);

/* A document as a request has it. */
static inline ProtobufCBinaryData go_bytes(const pintle_doc *d) {
  str json = {"", 0};
  if (d && d->api->raw(d, "", &json) != PINTLE_OK) json = STR("null");
  return (ProtobufCBinaryData){json.len, (uint8_t *)(uintptr_t)json.ptr};
}
static inline char *go_text(const char *z) { return (char *)(uintptr_t)z; }
#endif
