/* run_state.c -- counts and remembers by pintle.state/1-draft.  SPDX-License-Identifier: Apache-2.0
 *
 * On backup: the first to put "first" says so in the annotation tests.pintle.io/first; each item's name goes into the state of the backup under its
 * uid. On restore: the annotation tests.pintle.io/was is what the backup's state has; and a put there must be DENIED. On
 * deletion it is read once more. */
#include "run.h"
#include <stdio.h>

static pintle_status backup(pintle_call *call, const pintle_state *state, pintle_doc *item) {
  const char *name = pintle_str_or(item, "/metadata/name", ""), *large = pintle_str_or(item, "/data/large", NULL);
  char value[300];
  static char much[64 << 10];
  int n = snprintf(value, sizeof value, "%s%cend", name, 0); /* values are bytes */
  pintle_status st = state->put_if_absent(call, PINTLE_STATE_RUN, "first", name, PINTLE_Z);
  if (st == PINTLE_OK) st = pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1first", name);
  else if (st == PINTLE_EXISTS) {
    pintle_str who;
    st = state->get(call, PINTLE_STATE_RUN, "first", &who);
    if (st == PINTLE_OK && (who.len == 0 || who.ptr[who.len])) st = PINTLE_FAILED;
  }
  if (st == PINTLE_OK) st = state->put(call, PINTLE_STATE_BACKUP, name, value, (size_t)n);
  for (int i = 0; st == PINTLE_OK && large && i < 1000; i++) {
    char key[32];
    snprintf(key, sizeof key, "large-%d", i);
    st = state->put(call, PINTLE_STATE_RUN, key, much, sizeof much);
  }
  return st;
}

static pintle_status restore(pintle_call *call, const pintle_state *state, pintle_doc *item) {
  const char *name = pintle_str_or(item, "/metadata/name", "");
  pintle_str value;
  pintle_status st = state->get(call, PINTLE_STATE_BACKUP, name, &value);
  if (st == PINTLE_NOT_FOUND) return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1was", "nothing");
  if (st != PINTLE_OK) return st;
  size_t len = strlen(value.ptr);
  if (value.len != len + 4 || strcmp(value.ptr + len + 1, "end") != 0)
    return pintle_fail(call, PINTLE_FAILED, "the value is not what it was");
  if (state->put(call, PINTLE_STATE_BACKUP, name, "x", 1) != PINTLE_DENIED) return PINTLE_FAILED;
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1was", value.ptr);
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  const pintle_state *state = call->host->extension(call->host, PINTLE_EXT_STATE);
  pintle_str kind;
  (void)self, (void)in, (void)r;
  if (!state) return pintle_fail(call, PINTLE_UNSUPPORTED, "no pintle.state/1-draft here");
  if (call->host->property(call, "run.kind", &kind) != PINTLE_OK) return PINTLE_FAILED;
  return strcmp(kind.ptr, "Backup") == 0 ? backup(call, state, item) : restore(call, state, item);
}

/* On deletion: what the backup's state has is still there. */
static pintle_status deletes(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in) {
  const pintle_state *state = call->host->extension(call->host, PINTLE_EXT_STATE);
  const char *name = pintle_str_or(item, "/metadata/name", "");
  pintle_str value;
  (void)self, (void)in;
  pintle_status st = state ? state->get(call, PINTLE_STATE_BACKUP, name, &value) : PINTLE_UNSUPPORTED;
  if (st != PINTLE_OK) return st;
  if (state->put(call, PINTLE_STATE_BACKUP, name, "x", 1) != PINTLE_DENIED) return PINTLE_FAILED;
  return strcmp(value.ptr, name) == 0 ? PINTLE_OK : PINTLE_FAILED;
}

static const pintle_action action = {
    .struct_size = sizeof(pintle_action), .flags = PINTLE_PURE, .name = "tests.pintle.io/state", .summary = "A fixture: state"};
static const pintle_backup_item_action backup_table = {.struct_size = sizeof backup_table, .action = &action, .execute = run_execute};
static const pintle_restore_item_action restore_table = {.struct_size = sizeof restore_table, .action = &action, .execute = run_execute};
static const pintle_delete_item_action delete_table = {.struct_size = sizeof delete_table, .action = &action, .execute = deletes};
static const pintle_backup_item_action *const backup_list[] = {&backup_table, NULL};
static const pintle_restore_item_action *const restore_list[] = {&restore_table, NULL};
static const pintle_delete_item_action *const delete_list[] = {&delete_table, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD,
                                    .name = "run_state",
                                    .version = "1.0",
                                    .backup_item_actions = backup_list,
                                    .restore_item_actions = restore_list,
                                    .delete_item_actions = delete_list};
