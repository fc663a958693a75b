/* go_plugin.c -- an executable started, its plugins listed and put into tables; see go_plugin.h.  SPDX-License-Identifier: Apache-2.0 */
#include "backup_item_action.pb-c.h"
#include "backup_item_action_v2.pb-c.h"
#include "delete_item_action.pb-c.h"
#include "item_block_action.pb-c.h"
#include "lister.pb-c.h"
#include "restore_item_action.pb-c.h"
#include "restore_item_action_v2.pb-c.h"
#include "velero/go_inside.h"
#include <stdlib.h>

enum { MOST_ACTIONS = 1000 };

static const struct listed {
  const char *name;
  uint32_t kind;
  bool v1;
} kinds[] = {{"BackupItemActionV2", CONF_BACKUP_ITEM_ACTION, false},
             {"BackupItemAction", CONF_BACKUP_ITEM_ACTION, true}, /* behind the newer one: of two with one name that stays */
             {"RestoreItemActionV2", CONF_RESTORE_ITEM_ACTION, false},
             {"RestoreItemAction", CONF_RESTORE_ITEM_ACTION, true},
             {"DeleteItemAction", CONF_DELETE_ITEM_ACTION, false},
             {"ItemBlockAction", CONF_ITEM_BLOCK_ACTION, false},
             {"VolumeSnapshotter", CONF_VOLUME_SNAPSHOTTER, false},
             {"ObjectStore", CONF_OBJECT_STORE, false}};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

/* ---- tables */
static void destroy(void *self) { free(self); }

static const char *summary_of(const struct listed *k) {
  switch (k->kind) {
  case CONF_BACKUP_ITEM_ACTION:
  case CONF_RESTORE_ITEM_ACTION: return k->v1 ? "of a Go plugin of Velero, version 1" : "of a Go plugin of Velero, version 2";
  default: return "of a Go plugin of Velero";
  }
}

/* Velero's rule: a name without a domain is Velero's. */
static const char *full_name(arena *a, const char *name) {
  CLEANUP(buf_free) buf full = {0};
  if (strchr(name, '/')) return arena_dup(a, name);
  buf_printf(&full, "velero.io/%s", name);
  return full.failed ? NULL : arena_copy(a, buf_str(&full));
}

static bool add_action(go_plugin *p, const struct listed *k, const char *name) {
  go_action *x = &p->actions[p->n_actions];
  bool configured = k->kind == CONF_OBJECT_STORE || k->kind == CONF_VOLUME_SNAPSHOTTER;
  *x = (go_action){.kind = k->kind, .v1 = k->v1, .registered = arena_dup(&p->memory, name)};
  x->action = (pintle_action){.struct_size = sizeof x->action,
                              .flags = configured ? PINTLE_OPEN_CONFIG : 0,
                              .thread_model = PINTLE_SERIAL_PLUGIN,
                              .name = full_name(&p->memory, name),
                              .summary = summary_of(k),
                              .destroy = destroy};
  p->n_actions++;
  return x->registered && x->action.name;
}

/* A NULL-ended list of copies of `table`, one for each action of that kind and version. */
static bool fill_list(go_plugin *p, uint32_t kind, const void *table, const void *v1, size_t size, const void *list) {
  size_t n = 0;
  const void **to = arena_zalloc(&p->memory, (p->n_actions + 1) * sizeof *to);
  for (size_t i = 0; to && i < p->n_actions; i++) {
    const go_action *x = &p->actions[i];
    if (x->kind != kind) continue;
    char *copy = arena_alloc(&p->memory, size);
    if (!copy) return false;
    const pintle_action *action = &x->action;
    memcpy(copy, x->v1 ? v1 : table, size);
    memcpy(copy + offsetof(pintle_backup_item_action, action), &action, sizeof action); /* at one place in every kind */
    to[n++] = copy;
  }
  memcpy((void *)(uintptr_t)list, &to, sizeof to);
  return to != NULL;
}

#define FILL(p, kind, table, v1, member) fill_list(p, kind, &(table), &(v1), sizeof(table), &(p)->plugin.member)
static bool fill_lists(go_plugin *p) {
  return FILL(p, CONF_BACKUP_ITEM_ACTION, go_backup_item_action, go_backup_item_action_v1, backup_item_actions) &&
         FILL(p, CONF_RESTORE_ITEM_ACTION, go_restore_item_action, go_restore_item_action_v1, restore_item_actions) &&
         FILL(p, CONF_DELETE_ITEM_ACTION, go_delete_item_action, go_delete_item_action, delete_item_actions) &&
         FILL(p, CONF_ITEM_BLOCK_ACTION, go_item_block_action, go_item_block_action, item_block_actions) &&
         FILL(p, CONF_VOLUME_SNAPSHOTTER, go_volume_snapshotter, go_volume_snapshotter, volume_snapshotters) &&
         FILL(p, CONF_OBJECT_STORE, go_object_store, go_object_store, object_stores);
}

/* ---- listing */
static pintle_status take_list(go_plugin *p, const Generated__ListPluginsResponse *m, error *e) {
  size_t n = m->n_plugins;
  if (n > MOST_ACTIONS) return error_set(e, PINTLE_INVALID, "lists %zu plugins; %d are the most", n, MOST_ACTIONS);
  p->actions = arena_zalloc(&p->memory, (n + 1) * sizeof *p->actions);
  if (!p->actions) return error_nomem(e);
  for (size_t k = 0; k < N_KINDS; k++)
    for (size_t i = 0; i < n; i++)
      if (strcmp(m->plugins[i]->kind, kinds[k].name) == 0 && !add_action(p, &kinds[k], m->plugins[i]->name)) return error_nomem(e);
  if (p->n_actions == 0) return error_set(e, PINTLE_INVALID, "lists no plugin of a kind that is known here");
  return fill_lists(p) ? PINTLE_OK : error_nomem(e);
}

static pintle_status list(go_plugin *p, error *e) {
  const Generated__Empty request = GENERATED__EMPTY__INIT;
  const velero_request r = {.method = "/generated.PluginLister/ListPlugins", .deadline = clock_monotonic() + HOST_START_TIMEOUT};
  CLEANUP(buf_free) buf response = {0};
  (void)request; /* packed it is empty */
  pintle_status st = velero_process_call(p->process, &r, &response, e);
  if (st != PINTLE_OK) return error_wrap(e, "cannot list its plugins");
  const Generated__ListPluginsResponse *m = go_unpack(p, &generated__list_plugins_response__descriptor, buf_str(&response));
  return m ? take_list(p, m, e) : error_set(e, PINTLE_INVALID, "answers ListPlugins with what is no list of plugins");
}

/* ---- instances */
static pintle_status create(void *ctx, const host_table_set *s, pintle_call *call, void **self) {
  go_plugin *p = ctx;
  go_instance *i = calloc(1, sizeof *i);
  if (!i) return PINTLE_NOMEM;
  i->plugin = p;
  for (size_t k = 0; k < p->n_actions && !i->of; k++)
    if (p->actions[k].kind == s->kind && strcmp(p->actions[k].action.name, s->action->name) == 0) i->of = &p->actions[k];
  i->name = i->of ? go_text(i->of->registered) : NULL;
  pintle_status st = i->of ? PINTLE_OK : PINTLE_NOT_FOUND;
  if (st == PINTLE_OK && s->kind == CONF_OBJECT_STORE) st = go_store_init(i, call);
  if (st == PINTLE_OK && s->kind == CONF_VOLUME_SNAPSHOTTER) st = go_snapshotter_init(i, call);
  if (st != PINTLE_OK) return free(i), st;
  *self = i;
  return PINTLE_OK;
}

static void close_plugin(void *ctx) {
  go_plugin *p = ctx;
  if (p->opening->plugin == p) p->opening->plugin = NULL;
  velero_process_stop(p->process);
  buf_free(&p->request);
  buf_free(&p->response);
  buf_free(&p->said);
  arena_free(&p->answer);
  arena_free(&p->memory);
  free(p);
}

/* Who reads it knows the plugin's name already; and what it wrote last may say more. */
static pintle_status explain(go_plugin *p, error *e) {
  size_t n = p->name ? strlen(p->name) : 0;
  if (n && strncmp(e->message, p->name, n) == 0 && e->message[n] == ' ')
    memmove(e->message, e->message + n + 1, strlen(e->message + n + 1) + 1);
  while (p->said.len && p->said.data[p->said.len - 1] == '\n') p->said.data[--p->said.len] = 0;
  const char *line = p->said.len ? strrchr(p->said.data, '\n') : NULL;
  if (p->said.len && !e->hint[0]) error_hint(e, "it wrote: %s", line ? line + 1 : p->said.data);
  return e->status;
}

static pintle_status open_plugin(void *ctx, int fd, const char *name, host_module **out, error *e) {
  velero_opening *opening = ctx;
  go_plugin *p = calloc(1, sizeof *p);
  if (!p) return error_nomem(e);
  p->opening = opening;
  p->name = arena_dup(&p->memory, name);
  p->plugin = (pintle_plugin){PINTLE_PLUGIN_HEAD, .name = p->name, .version = "unknown"}; /* the protocol does not tell */
  const velero_process_options o = {
      .fd = fd, .path = name, .environment = opening->environment, .log = go_log, .cancelled = go_cancelled, .cancel_fd = go_cancel_fd, .ctx = p};
  pintle_status st = p->name ? velero_process_start(&o, &p->process, e) : error_nomem(e);
  if (st == PINTLE_OK) st = list(p, e);
  if (st != PINTLE_OK) {
    st = explain(p, e);
    return close_plugin(p), st;
  }
  opening->plugin = p;
  const host_outside outside = {p, create, close_plugin};
  return host_module_adopt_outside(&p->plugin, name, &outside, out, e);
}

host_opener velero_opener(velero_opening *o) {
  return (host_opener){open_plugin, o, HOST_START_TIMEOUT, go_watch, go_heard};
}
