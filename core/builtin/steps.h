/* steps.h -- the host steps, one file each.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BUILTIN_STEPS_H
#define PINTLE_BUILTIN_STEPS_H
#include <pintle/plugin.h>
#include <stdbool.h>
#include <string.h>

pintle_status builtin_reset_metadata(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out);
pintle_status builtin_map_namespaces(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out);
pintle_status builtin_restore_labels(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out);

/* Is the item of that kind, in any version of group ("" = core)? */
static inline bool builtin_is(const pintle_doc *item, const char *group, const char *kind) {
  pintle_str s;
  size_t n = strlen(group);
  if (item->api->get_str(item, "/kind", &s) != PINTLE_OK || strcmp(s.ptr, kind) != 0) return false;
  if (item->api->get_str(item, "/apiVersion", &s) != PINTLE_OK) return false;
  return n ? strncmp(s.ptr, group, n) == 0 && s.ptr[n] == '/' : !strchr(s.ptr, '/');
}
#endif
