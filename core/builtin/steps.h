/* steps.h -- what pintle's own actions share, and the functions behind their tables.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BUILTIN_STEPS_H
#define PINTLE_BUILTIN_STEPS_H
#include "item/item.h"

/* What core/builtin puts into a table: an edit of an item (backup or restore), or a question about one (item block). */
#define BUILTIN_EDIT(name) pintle_status name(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out)
#define BUILTIN_ASK(name) \
  pintle_status name(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out)

/* host steps */
BUILTIN_EDIT(builtin_reset_metadata);
BUILTIN_EDIT(builtin_map_namespaces);
BUILTIN_EDIT(builtin_restore_labels);
/* backup: the item and what belongs to it */
BUILTIN_EDIT(builtin_backup_claim);
BUILTIN_EDIT(builtin_backup_pod);
BUILTIN_EDIT(builtin_backup_account);
/* restore */
BUILTIN_EDIT(builtin_restore_account);
BUILTIN_EDIT(builtin_restore_apiservice);
BUILTIN_EDIT(builtin_restore_claim);
BUILTIN_EDIT(builtin_restore_claims_of_pod);
BUILTIN_EDIT(builtin_restore_crd);
BUILTIN_EDIT(builtin_restore_init_hooks);
BUILTIN_EDIT(builtin_restore_job);
BUILTIN_EDIT(builtin_restore_pod);
BUILTIN_EDIT(builtin_restore_secret);
BUILTIN_EDIT(builtin_restore_service);
BUILTIN_EDIT(builtin_restore_subjects);
BUILTIN_EDIT(builtin_restore_webhooks);
/* item blocks */
BUILTIN_ASK(builtin_block_account);
BUILTIN_ASK(builtin_block_claim);
BUILTIN_ASK(builtin_block_pod);
/* lists.c: instances that remember what they listed */
pintle_status builtin_lists_new(void *module, pintle_call *call, void **self);
void builtin_lists_free(void *self);
/* related.c: additional items that the item itself names */
pintle_status builtin_relate(pintle_result *out, const char *group, const char *resource, const char *ns, const char *name);
pintle_status builtin_relate_claims(const pintle_doc *pod, const pintle_input *in, pintle_result *out);
pintle_status builtin_relate_priority(const pintle_doc *pod, pintle_result *out);
/* Is the claim bound to a volume that it names? *volume is its name then. */
bool builtin_bound(const pintle_doc *claim, const char **volume);

/* modifiers.c */
pintle_status builtin_modifiers_create(void *module, pintle_call *call, void **self);
void builtin_modifiers_destroy(void *self);
pintle_status builtin_modify(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out);

/* Is the item of that kind, in any version of group ("" = core)? */
static inline bool builtin_is(const pintle_doc *item, const char *group, const char *kind) {
  pintle_str s;
  size_t n = strlen(group);
  if (item->api->get_str(item, "/kind", &s) != PINTLE_OK || strcmp(s.ptr, kind) != 0) return false;
  if (item->api->get_str(item, "/apiVersion", &s) != PINTLE_OK) return false;
  return n ? strncmp(s.ptr, group, n) == 0 && s.ptr[n] == '/' : !strchr(s.ptr, '/');
}

/* The namespace that the item lives in, as the backup has it: before it is mapped. */
static inline const char *builtin_ns(const pintle_doc *item, const pintle_input *in) {
  return pintle_str_or(item, "/metadata/namespace", in->id->ns);
}

/* Removes what may be absent. */
static inline pintle_status builtin_remove(pintle_call *call, pintle_doc *item, const char *pointer) {
  pintle_status st = item->api->remove(item, pointer);
  if (st == PINTLE_OK || st == PINTLE_NOT_FOUND) return PINTLE_OK;
  return pintle_fail_at(call, st, pointer, "cannot be removed: a value on the way has the wrong type");
}

/* Walking by nodes: documents of the host are core/item's, whoever hands them out. NULL where there is nothing. */
static inline const item_node *builtin_node(const pintle_doc *doc, const char *pointer) {
  const item_doc *d = item_of(doc);
  return d ? item_at(d, pointer) : NULL;
}
/* The elements of an array, and of nothing else. */
static inline const item_node *builtin_elements(const item_node *v) { return item_type(v) == PINTLE_T_ARRAY ? item_first(v) : NULL; }
static inline const char *builtin_text(const item_node *object, const char *key) { /* "" when it is no text */
  str s = item_string(item_member(object, str_of(key)));
  return s.ptr ? s.ptr : "";
}
static inline bool builtin_starts(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }
#endif
