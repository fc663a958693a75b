/* delete_action.c -- when a backup is deleted, the snapshots that its PersistentVolumes name go, too.  SPDX-License-Identifier: Apache-2.0 */
#include "nas.h"
#include <string.h>

static pintle_status execute(void *self, pintle_call *call, const pintle_doc *pv, const pintle_input *in) {
  nas *n = self;
  nas_volume v;
  nas_snapshot s;
  const char *id = pintle_str_or(pv, NAS_AT_SNAPSHOT, "");
  if (!*id || (in->flags & PINTLE_DRY_RUN) || strcmp(pintle_str_or(pv, "/kind", ""), "PersistentVolume") != 0) return PINTLE_OK;
  pintle_status st = nas_find(&n, call, id, &v, &s);
  return st == PINTLE_OK ? n->driver->remove(n->self, call, &s) : st;
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .flags = PINTLE_OBEYS_DRY_RUN,
                                     .thread_model = PINTLE_SERIAL_INSTANCE,
                                     .name = NAS_ACTION_NAME,
                                     .summary = "deletes the snapshots that PersistentVolumes of a backup name",
                                     .options = nas_options,
                                     .create = nas_create_action,
                                     .destroy = nas_destroy};
static const char *const resources[] = {"persistentvolumes", NULL};
static const pintle_selector selector = {.struct_size = sizeof(pintle_selector), .included_resources = resources};

const pintle_delete_item_action nas_delete_action = {
    .struct_size = sizeof(pintle_delete_item_action), .action = &action, .selector = &selector, .execute = execute};
