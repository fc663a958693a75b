/* edit3.c -- a plugin of three actions, each of which changes every item: what `make bench` puts through the chain.
 * SPDX-License-Identifier: Apache-2.0
 *
 * label sets a label, note an annotation, target a value deep inside: images of Pods, a ConfigMap's url, a claim's class. */
#include <pintle/plugin.h>
#include <stdio.h>
#include <string.h>

static pintle_status label(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)in, (void)r;
  return pintle_set_str(item, "/metadata/labels/bench.example.com~1moved", "yes");
}

static pintle_status note(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)in, (void)r;
  return pintle_set_str(item, "/metadata/annotations/bench.example.com~1note", "seen by the second action");
}

static pintle_status images(pintle_doc *item) {
  char at[64];
  pintle_str image;
  for (int i = 0; i < 100; i++) {
    snprintf(at, sizeof at, "/spec/containers/%d/image", i);
    if (item->api->get_str(item, at, &image) != PINTLE_OK) return PINTLE_OK;
    pintle_status st = pintle_set_str(item, at, "mirror.example.com/team/app:1");
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

static pintle_status target(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)r;
  if (strcmp(in->id->resource, "pods") == 0) return images(item);
  if (strcmp(in->id->resource, "configmaps") == 0) return pintle_set_str(item, "/data/url", "https://shop.new.example.com/api");
  return pintle_set_str(item, "/spec/storageClassName", "fast");
}

#define ACTION(fn)                                                                              \
  static const pintle_action fn##_action = {.struct_size = sizeof(pintle_action),               \
                                            .flags = PINTLE_PURE,                               \
                                            .thread_model = PINTLE_PARALLEL,                    \
                                            .name = "bench.example.com/" #fn,                   \
                                            .summary = "Changes every item"};                   \
  static const pintle_backup_item_action fn##_backup = {                                        \
      .struct_size = sizeof(pintle_backup_item_action), .action = &fn##_action, .execute = fn}; \
  static const pintle_restore_item_action fn##_restore = {                                      \
      .struct_size = sizeof(pintle_restore_item_action), .action = &fn##_action, .execute = fn};
ACTION(label)
ACTION(note)
ACTION(target)

static const pintle_backup_item_action *const backup_list[] = {&label_backup, &note_backup, &target_backup, NULL};
static const pintle_restore_item_action *const restore_list[] = {&label_restore, &note_restore, &target_restore, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD,
                                    .name = "edit3",
                                    .version = "1.0",
                                    .vendor = "pintle's benchmarks",
                                    .backup_item_actions = backup_list,
                                    .restore_item_actions = restore_list};
