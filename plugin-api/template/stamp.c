/* stamp.c -- a plugin to copy: writes an annotation on what is restored.  SPDX-License-Identifier: Apache-2.0
 *
 * Rename: the file, "example.com/stamp", struct stamp. The action is a RestoreItemAction; its options are `key` and `value`. */
#include <pintle/plugin.h>
#include <stdlib.h>
#include <string.h>

struct stamp { /* one instance; nothing in it changes after create, so calls may overlap (PINTLE_PARALLEL) */
  char pointer[512];
  const char *value;
};

static pintle_status stamp_create(void *module, pintle_call *call, void **self) {
  const pintle_doc *config = call->host->config(call); /* checked and typed; it and its strings live until destroy */
  const char *key = pintle_str_or(config, "/key", "");
  struct stamp *s;
  (void)module;
  if (strlen(key) == 0 || strlen(key) > 253) return pintle_fail_at(call, PINTLE_INVALID, "/key", "an annotation's key has 1 to 253 bytes");
  if (!(s = calloc(1, sizeof *s))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pintle_key(s->pointer, sizeof s->pointer, "/metadata/annotations", key);
  s->value = pintle_str_or(config, "/value", "");
  call->host->count(call, "annotations written", 0); /* still 0 at the end of the run: a warning */
  *self = s;
  return PINTLE_OK;
}

static pintle_status stamp_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const struct stamp *s = self;
  const char *old = pintle_str_or(item, s->pointer, NULL);
  pintle_status st;
  if (old && strcmp(old, s->value) == 0) return PINTLE_OK; /* applying it again changes nothing */
  /* Edits are a draft: if this function fails, the item stays as it was. */
  if ((st = pintle_set_str(item, s->pointer, s->value)) != PINTLE_OK) return pintle_fail_at(call, st, s->pointer, "cannot be written");
  call->host->count(call, "annotations written", 1);
  out->api->note(out, s->pointer, old ? "replaced" : "added");
  /* Whatever a header later than the oldest host you support has brought is asked for first. Everything of 1.0 is always there. */
  if (old && PINTLE_HAS(call->host, finding)) call->host->finding(call, PINTLE_LOG_INFO, "replaced", s->pointer, "another stamp was there");
  pintle_log(call, PINTLE_LOG_DEBUG, "stamped %s/%s", in->id->ns, in->id->name);
  return PINTLE_OK;
}

static const pintle_option key = {
    .struct_size = sizeof key, .flags = PINTLE_REQUIRED, .type = PINTLE_OPT_STRING, .name = "key", .help = "the annotation's key"};
static const pintle_option value = {
    .struct_size = sizeof value, .type = PINTLE_OPT_STRING, .name = "value", .fallback = "pintle", .help = "the annotation's value"};
static const pintle_option *const options[] = {&key, &value, NULL};

static const char *const resources[] = {"deployments.apps", "statefulsets.apps", NULL};
static const pintle_selector selector = {.struct_size = sizeof selector, .included_resources = resources};

static const pintle_action stamp = {.struct_size = sizeof stamp,
                                    .flags = PINTLE_PURE, /* only reads and edits the item */
                                    .thread_model = PINTLE_PARALLEL,
                                    .name = "example.com/stamp",
                                    .summary = "writes an annotation on restored workloads",
                                    .options = options,
                                    .create = stamp_create,
                                    .destroy = free};
static const pintle_restore_item_action restore = {
    .struct_size = sizeof restore, .action = &stamp, .selector = &selector, .execute = stamp_execute};
static const pintle_restore_item_action *const restores[] = {&restore, NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "stamp", .version = "0.1.0", .vendor = "Example",
                                    .restore_item_actions = restores};
