/* run_selects.c -- marks the items that its configuration selects: a selector that is computed.  SPDX-License-Identifier: Apache-2.0
 *
 * Options: resources, namespaces, not-resources, not-namespaces (lists of texts), labels. It marks with tests.pintle.io/selected. */
#include <pintle/plugin.h>
#include <string.h>

enum { MOST = 8 };

static void list_of(const pintle_doc *config, const char *path, const char *to[MOST + 1]) {
  size_t n = 0;
  const pintle_value *list = config->api->at(config, path);
  for (const pintle_value *v = config->api->first(config, list); v && n < MOST; v = config->api->next(config, v)) {
    pintle_str text;
    if (config->api->text(config, v, &text) == PINTLE_OK) to[n++] = text.ptr;
  }
  to[n] = NULL;
}

static pintle_status applies_to(void *self, pintle_call *call, pintle_result *r) {
  const pintle_doc *config = call->host->config(call);
  const char *lists[4][MOST + 1];
  (void)self;
  list_of(config, "/resources", lists[0]);
  list_of(config, "/not-resources", lists[1]);
  list_of(config, "/namespaces", lists[2]);
  list_of(config, "/not-namespaces", lists[3]);
  const pintle_selector s = {.struct_size = sizeof s,
                             .included_resources = lists[0],
                             .excluded_resources = lists[1],
                             .included_namespaces = lists[2],
                             .excluded_namespaces = lists[3],
                             .labels = pintle_str_or(config, "/labels", "")};
  return r->api->selector(r, &s);
}

static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)in, (void)r;
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1selected", "yes");
}

static const pintle_option resources = {
    .struct_size = sizeof resources, .type = PINTLE_OPT_JSON, .name = "resources", .help = "Included resources"};
static const pintle_option not_resources = {
    .struct_size = sizeof not_resources, .type = PINTLE_OPT_JSON, .name = "not-resources", .help = "Excluded resources"};
static const pintle_option namespaces = {
    .struct_size = sizeof namespaces, .type = PINTLE_OPT_JSON, .name = "namespaces", .help = "Included namespaces"};
static const pintle_option not_namespaces = {
    .struct_size = sizeof not_namespaces, .type = PINTLE_OPT_JSON, .name = "not-namespaces", .help = "Excluded namespaces"};
static const pintle_option labels = {
    .struct_size = sizeof labels, .type = PINTLE_OPT_STRING, .name = "labels", .fallback = "", .help = "Labels"};
static const pintle_option *const options[] = {&resources, &not_resources, &namespaces, &not_namespaces, &labels, NULL};

static const pintle_action action = {
    .struct_size = sizeof action, .name = "tests.pintle.io/selects", .summary = "A fixture: selects", .options = options};
static const pintle_backup_item_action backup = {
    .struct_size = sizeof backup, .action = &action, .applies_to = applies_to, .execute = execute};
static const pintle_backup_item_action *const backups[] = {&backup, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_selects", .version = "1.0", .backup_item_actions = backups};
