/* adopt.c -- a plugin's top table and its six lists (R1, R3).  SPDX-License-Identifier: Apache-2.0 */
#include "host/adopt.h"
#include <stdint.h>

#define END(type, last) (offsetof(type, last) + sizeof(((type *)0)->last))
#define REQUIRED_MAX 8

/* What is the same and what differs in the six kinds of tables. Each begins {struct_size, flags, action}. */
static const struct kind {
  uint32_t kind;
  const char *name;
  size_t list;        /* offset in pintle_plugin */
  size_t first, ours; /* sizes: of 1.0, of this header */
  size_t selector;    /* offset; 0: has none */
  struct {
    const char *name;
    size_t at;
  } required[REQUIRED_MAX];
} kinds[] = {
#define F(type, f) \
  { #f, offsetof(type, f) }
    {CONF_BACKUP_ITEM_ACTION,
     "BackupItemAction",
     offsetof(pintle_plugin, backup_item_actions),
     END(pintle_backup_item_action, run_operation),
     sizeof(pintle_backup_item_action),
     offsetof(pintle_backup_item_action, selector),
     {F(pintle_backup_item_action, execute)}},
    {CONF_RESTORE_ITEM_ACTION,
     "RestoreItemAction",
     offsetof(pintle_plugin, restore_item_actions),
     END(pintle_restore_item_action, run_operation),
     sizeof(pintle_restore_item_action),
     offsetof(pintle_restore_item_action, selector),
     {F(pintle_restore_item_action, execute)}},
    {CONF_DELETE_ITEM_ACTION,
     "DeleteItemAction",
     offsetof(pintle_plugin, delete_item_actions),
     END(pintle_delete_item_action, execute),
     sizeof(pintle_delete_item_action),
     offsetof(pintle_delete_item_action, selector),
     {F(pintle_delete_item_action, execute)}},
    {CONF_ITEM_BLOCK_ACTION,
     "ItemBlockAction",
     offsetof(pintle_plugin, item_block_actions),
     END(pintle_item_block_action, get_related_items),
     sizeof(pintle_item_block_action),
     offsetof(pintle_item_block_action, selector),
     {F(pintle_item_block_action, get_related_items)}},
    {CONF_VOLUME_SNAPSHOTTER,
     "VolumeSnapshotter",
     offsetof(pintle_plugin, volume_snapshotters),
     END(pintle_volume_snapshotter, delete_snapshot),
     sizeof(pintle_volume_snapshotter),
     0,
     {F(pintle_volume_snapshotter, get_volume_id), F(pintle_volume_snapshotter, set_volume_id),
      F(pintle_volume_snapshotter, get_volume_info), F(pintle_volume_snapshotter, create_snapshot),
      F(pintle_volume_snapshotter, create_volume_from_snapshot), F(pintle_volume_snapshotter, delete_snapshot)}},
    {CONF_OBJECT_STORE,
     "ObjectStore",
     offsetof(pintle_plugin, object_stores),
     END(pintle_object_store, put_object_if_absent),
     sizeof(pintle_object_store),
     0,
     {F(pintle_object_store, put_object), F(pintle_object_store, object_exists), F(pintle_object_store, get_object),
      F(pintle_object_store, list_common_prefixes), F(pintle_object_store, list_objects), F(pintle_object_store, delete_object),
      F(pintle_object_store, create_signed_url)}},
#undef F
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static const void *pointer_at(const void *table, size_t offset) {
  const void *p;
  memcpy(&p, (const char *)table + offset, sizeof p);
  return p;
}
static void put_pointer(void *table, size_t offset, const void *p) { memcpy((char *)table + offset, &p, sizeof p); }

/* One table into one of ours; what is wrong with it, or NULL. */
static const char *adopt_table(arena *a, const struct kind *k, const void *from, void *to, pintle_action *action) {
  const char *fault = host_adopt(from, k->first, k->ours, to);
  if (fault) {
    memset(to, 0, k->ours);
    return host_text(a, "has a table that %s", fault);
  }
  const size_t at = offsetof(pintle_backup_item_action, action);
  fault = host_adopt_action(a, pointer_at(to, at), action);
  put_pointer(to, at, action);
  pintle_selector *selector = NULL;
  const pintle_selector *given = k->selector ? pointer_at(to, k->selector) : NULL;
  if (!fault && given) fault = host_adopt_selector(a, given, &selector);
  if (k->selector) put_pointer(to, k->selector, selector);
  if (fault) return fault;
  uint32_t flags = ((const pintle_backup_item_action *)to)->flags;
  if (flags & PINTLE_MUST_UNDERSTAND)
    return host_text(a, "has a table with flags 0x%x that this pintle does not know", (unsigned)(flags & PINTLE_MUST_UNDERSTAND));
  for (size_t i = 0; i < REQUIRED_MAX && k->required[i].name; i++)
    if (!pointer_at(to, k->required[i].at)) return host_text(a, "has no %s function", k->required[i].name);
  return NULL;
}

static const char *repeated(host_module *m, const host_table_set *s) {
  for (size_t i = 0; i < m->n; i++)
    if (!m->sets[i].refused && m->sets[i].kind == s->kind && strcmp(m->sets[i].action->name, s->action->name) == 0)
      return "repeats the name of an action of the same kind in this plugin";
  return NULL;
}

static pintle_status adopt_list(host_module *m, const struct kind *k, const void *const *list, size_t n, error *e) {
  for (size_t i = 0; i < n; i++) {
    pintle_action *action = arena_zalloc(&m->memory, sizeof *action + 512);
    void *table = arena_zalloc(&m->memory, k->ours + 512);
    if (!action || !table) return error_nomem(e);
    host_table_set *s = &m->sets[m->n];
    *s = (host_table_set){.kind = k->kind, .action = action, .ops.any = table};
    *action = (pintle_action){.struct_size = (uint32_t)sizeof *action, .name = "", .summary = "", .url = ""};
    if (host_adopt_options(&m->memory, NULL, &action->options)) return error_nomem(e);
    s->refused = adopt_table(&m->memory, k, list[i], table, action);
    if (s->refused == host_no_memory) return error_nomem(e);
    put_pointer(table, offsetof(pintle_backup_item_action, action), action);
    if (!s->refused) s->refused = repeated(m, s);
    m->n++;
  }
  return PINTLE_OK;
}

static pintle_status count_list(const struct kind *k, const void *const *list, size_t *n, error *e) {
  *n = 0;
  if ((uintptr_t)list % _Alignof(void *)) return error_set(e, PINTLE_INVALID, "its list of %ss is at an unaligned address", k->name);
  while (list && list[*n])
    if (++*n > HOST_LIST_MAX) return error_set(e, PINTLE_INVALID, "its list of %ss has more than %u entries", k->name, HOST_LIST_MAX);
  return PINTLE_OK;
}

static pintle_status adopt_lists(host_module *m, error *e) {
  size_t counts[N_KINDS], total = 0;
  for (size_t i = 0; i < N_KINDS; i++) {
    pintle_status st = count_list(&kinds[i], pointer_at(&m->plugin, kinds[i].list), &counts[i], e);
    if (st != PINTLE_OK) return st;
    total += counts[i];
  }
  m->sets = arena_zalloc(&m->memory, (total + 1) * sizeof *m->sets);
  if (!m->sets) return error_nomem(e);
  for (size_t i = 0; i < N_KINDS; i++) {
    pintle_status st = adopt_list(m, &kinds[i], pointer_at(&m->plugin, kinds[i].list), counts[i], e);
    if (st != PINTLE_OK) return st;
    put_pointer(&m->plugin, kinds[i].list, NULL); /* only the adopted ones may be used */
  }
  return PINTLE_OK;
}

static pintle_status adopt_top(host_module *m, const pintle_plugin *from, error *e) {
  pintle_plugin *p = &m->plugin;
  const char *fault = host_adopt(from, END(pintle_plugin, env), sizeof *p, p);
  if (fault) return error_set(e, PINTLE_INVALID, "its plugin table %s", fault);
  if (p->magic != PINTLE_MAGIC)
    return error_set(e, PINTLE_INVALID, "is no pintle plugin: its table has the magic number 0x%x", (unsigned)p->magic);
  if (p->abi_major != PINTLE_ABI_MAJOR || p->min_host_minor > PINTLE_ABI_MINOR) {
    if (p->abi_major != PINTLE_ABI_MAJOR)
      error_set(e, PINTLE_UNSUPPORTED, "is built for plugin interface %u, this pintle has %u.%u", (unsigned)p->abi_major, PINTLE_ABI_MAJOR,
                PINTLE_ABI_MINOR);
    else
      error_set(e, PINTLE_UNSUPPORTED, "needs plugin interface %u.%u, this pintle has %u.%u", PINTLE_ABI_MAJOR, (unsigned)p->min_host_minor,
                PINTLE_ABI_MAJOR, PINTLE_ABI_MINOR);
    error_hint(e, "install a pintle that has it, or a release of the plugin built for this one");
    return PINTLE_UNSUPPORTED;
  }
  if (p->flags & PINTLE_MUST_UNDERSTAND)
    return error_set(e, PINTLE_UNSUPPORTED, "has flags 0x%x that this pintle does not know", (unsigned)(p->flags & PINTLE_MUST_UNDERSTAND));
  if ((fault = host_fault(p->name, 253, 0))) return error_set(e, PINTLE_INVALID, "its name %s", fault);
  if ((fault = host_fault(p->version, 253, 0))) return error_set(e, PINTLE_INVALID, "its version %s", fault);
  if ((fault = host_adopt_env(&m->memory, p->env, &p->env))) return error_set(e, PINTLE_INVALID, "%s", fault);
  if ((fault = host_adopt_extensions(&m->memory, p->extensions, &p->extensions))) return error_set(e, PINTLE_INVALID, "%s", fault);
  p->name = arena_dup(&m->memory, p->name);
  p->version = arena_dup(&m->memory, p->version);
  p->vendor = host_clean_copy(&m->memory, p->vendor, 253);
  p->url = host_clean_copy(&m->memory, p->url, 1024);
  return p->name && p->version && p->vendor && p->url ? PINTLE_OK : error_nomem(e);
}

pintle_status host_adopt_plugin(host_module *m, const pintle_plugin *from, error *e) {
  pintle_status st = adopt_top(m, from, e);
  return st == PINTLE_OK ? adopt_lists(m, e) : st;
}
