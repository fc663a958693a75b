/* load.c -- a descriptor is checked and adopted; instances are made and freed.  SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include <stdlib.h>

static const char *text(const char *z) { return z ? z : ""; }

void fake_copy(void *to, size_t ours, const void *from) {
  uint32_t size = 0, mine = (uint32_t)ours;
  if (from) memcpy(&size, from, sizeof size);
  memset(to, 0, ours);
  if (from) memcpy(to, from, size < ours ? size : ours);
  memcpy(to, &mine, sizeof mine);
}

/* As fake_copy, and refuses what cannot be a table: whole fields only. need: the end of the last required field. */
static bool adopt(void *to, size_t ours, const void *from, size_t need, const char *what, error *e) {
  uint32_t size;
  if (!from || (uintptr_t)from % sizeof(void *)) return error_set(e, PINTLE_INVALID, "%s: no table", what), false;
  memcpy(&size, from, sizeof size);
  if (size < need || size > 65536 || size % sizeof(void *)) {
    error_set(e, PINTLE_INVALID, "%s: struct_size is %u; sizeof the table is wanted, at least %zu", what, size, need);
    return false;
  }
  fake_copy(to, ours, from);
  return true;
}
#define END(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))

static bool name_ok(const char *name) { /* dns.subdomain/name */
  const char *slash = strchr(name, '/');
  if (!slash || slash == name || !slash[1] || strchr(slash + 1, '/') || strlen(name) > 253) return false;
  for (const char *p = name; *p; p++)
    if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '-' && *p != '.' && p != slash && (p < slash || *p != '_'))
      return false;
  return name[0] != '.' && name[0] != '-' && slash[-1] != '.' && slash[-1] != '-';
}

static bool choice_ok(const char *choices, const char *value) { /* "a|b|c" */
  size_t n = strlen(value);
  for (const char *p = choices; *p; p = strchr(p, '|') ? strchr(p, '|') + 1 : p + strlen(p))
    if (strncmp(p, value, n) == 0 && (p[n] == '|' || p[n] == 0)) return true;
  return false;
}

static bool options_ok(const pintle_action *a, error *e) {
  const pintle_option *const *list = a->options;
  for (size_t i = 0; list && list[i]; i++) {
    pintle_option o;
    if (!adopt(&o, sizeof o, list[i], END(pintle_option, name), "an option", e)) return error_wrap(e, "%s", a->name), false;
    const char *wrong = !*text(o.name)                                                 ? "has no name"
                        : o.type < PINTLE_OPT_STRING || o.type > PINTLE_OPT_JSON       ? "has an unknown type"
                        : o.flags & PINTLE_MUST_UNDERSTAND                             ? "has unknown flags"
                        : o.fallback && (o.flags & PINTLE_REQUIRED)                    ? "is required and has a fallback"
                        : o.choices && o.fallback && !choice_ok(o.choices, o.fallback) ? "has a fallback that is no choice"
                        : !*text(o.help)                                               ? "has no help"
                                                                                       : NULL;
    for (size_t j = 0; j < i && !wrong; j++)
      if (strcmp(list[j]->name, o.name) == 0) wrong = "is declared twice";
    if (wrong) return error_set(e, PINTLE_INVALID, "%s: option %zu %s %s", a->name, i, text(o.name), wrong), false;
  }
  return true;
}

static bool action_ok(fake_tables *t, const pintle_action *from, error *e) {
  pintle_action *a = &t->action;
  if (!adopt(a, sizeof *a, from, END(pintle_action, summary), "pintle_action", e)) return false;
  const char *wrong = !name_ok(text(a->name))                                                       ? "name is not dns.subdomain/name"
                      : !*text(a->summary)                                                          ? "no summary"
                      : a->flags & PINTLE_MUST_UNDERSTAND                                           ? "unknown flags"
                      : a->thread_model < PINTLE_SERIAL_PLUGIN || a->thread_model > PINTLE_PARALLEL ? "unknown thread_model"
                      : a->min_host_minor > PINTLE_ABI_MINOR                                        ? "needs a newer host"
                      : a->timeout < 0                                                              ? "negative timeout"
                                                                                                    : NULL;
  if (wrong) return error_set(e, PINTLE_INVALID, "action \"%s\": %s", text(a->name), wrong), false;
  return options_ok(a, e);
}

/* One table of one kind: adopt, required functions, action, selector, name. */
static bool table_ok(pintle_test_host *h, fake_tables *t, const void *from, error *e) {
  const pintle_action *action = NULL;
  bool whole = false, ok = false;
#define ADOPT(member, type, last) adopt(&t->t.member, sizeof t->t.member, from, END(type, last), #type, e)
  switch (t->kind) {
  case PINTLE_TEST_BACKUP:
    if ((ok = ADOPT(backup, pintle_backup_item_action, execute))) whole = t->t.backup.execute != NULL;
    action = t->t.backup.action, t->selector = t->t.backup.selector, t->applies_to = t->t.backup.applies_to;
    break;
  case PINTLE_TEST_RESTORE:
    if ((ok = ADOPT(restore, pintle_restore_item_action, execute))) whole = t->t.restore.execute != NULL;
    action = t->t.restore.action, t->selector = t->t.restore.selector, t->applies_to = t->t.restore.applies_to;
    break;
  case PINTLE_TEST_DELETE:
    if ((ok = ADOPT(del, pintle_delete_item_action, execute))) whole = t->t.del.execute != NULL;
    action = t->t.del.action, t->selector = t->t.del.selector, t->applies_to = t->t.del.applies_to;
    break;
  case PINTLE_TEST_BLOCK:
    if ((ok = ADOPT(block, pintle_item_block_action, get_related_items))) whole = t->t.block.get_related_items != NULL;
    action = t->t.block.action, t->selector = t->t.block.selector, t->applies_to = t->t.block.applies_to;
    break;
  case PINTLE_TEST_SNAPSHOTTER: {
    const pintle_volume_snapshotter *v = &t->t.snapshotter;
    if ((ok = ADOPT(snapshotter, pintle_volume_snapshotter, delete_snapshot)))
      whole = v->get_volume_id && v->set_volume_id && v->get_volume_info && v->create_snapshot && v->create_volume_from_snapshot &&
              v->delete_snapshot;
    action = v->action;
    break;
  }
  default: {
    const pintle_object_store *s = &t->t.store;
    if ((ok = ADOPT(store, pintle_object_store, create_signed_url)))
      whole = s->put_object && s->object_exists && s->get_object && s->list_common_prefixes && s->list_objects && s->delete_object &&
              s->create_signed_url;
    action = s->action;
  }
  }
#undef ADOPT
  if (!ok || !action_ok(t, action, e)) return false;
  if (!whole) return error_set(e, PINTLE_INVALID, "%s: a required function is NULL", t->action.name), false;
  for (const fake_tables *o = h->tables; o; o = o->next)
    if (o->kind == t->kind && strcmp(o->action.name, t->action.name) == 0)
      return error_set(e, PINTLE_INVALID, "%s: two actions of this kind and name", t->action.name), false;
  return true;
}

static bool tables_ok(pintle_test_host *h, int kind, const void *list, error *e) {
  const void *const *all = list;
  for (size_t i = 0; all && all[i]; i++) {
    fake_tables *t = arena_zalloc(&h->memory, sizeof *t);
    if (!t) return error_nomem(e), false;
    t->kind = kind;
    if (!table_ok(h, t, all[i], e)) return false;
    t->next = h->tables, h->tables = t;
  }
  return true;
}

static bool plugin_ok(pintle_test_host *h, const pintle_plugin *from, error *e) {
  pintle_plugin *p = &h->plugin;
  if (!adopt(p, sizeof *p, from, END(pintle_plugin, version), "pintle_plugin", e)) return false;
  const char *wrong = p->magic != PINTLE_MAGIC               ? "wrong magic (PINTLE_PLUGIN_HEAD sets it)"
                      : p->abi_major != PINTLE_ABI_MAJOR     ? "another major version of the ABI"
                      : p->min_host_minor > PINTLE_ABI_MINOR ? "needs a newer host"
                      : p->flags & PINTLE_MUST_UNDERSTAND    ? "unknown flags"
                      : !*text(p->name)                      ? "no name"
                      : !*text(p->version)                   ? "no version"
                                                             : NULL;
  if (wrong) return error_set(e, PINTLE_INVALID, "the descriptor: %s", wrong), false;
  for (size_t i = 0; p->env && p->env[i]; i++)
    if (!*p->env[i] || strchr(p->env[i], '=')) return error_set(e, PINTLE_INVALID, "env: \"%s\" is no name", p->env[i]), false;
  return tables_ok(h, PINTLE_TEST_BACKUP, p->backup_item_actions, e) && tables_ok(h, PINTLE_TEST_RESTORE, p->restore_item_actions, e) &&
         tables_ok(h, PINTLE_TEST_DELETE, p->delete_item_actions, e) && tables_ok(h, PINTLE_TEST_BLOCK, p->item_block_actions, e) &&
         tables_ok(h, PINTLE_TEST_SNAPSHOTTER, p->volume_snapshotters, e) && tables_ok(h, PINTLE_TEST_STORE, p->object_stores, e);
}

const pintle_test_outcome *pintle_test_load(pintle_test_host *h, const pintle_plugin *plugin) {
  error e;
  error_clear(&e);
  if (h->loaded) return fake_refuse(h, PINTLE_EXISTS, "a host takes one plugin");
  if (!plugin_ok(h, plugin, &e)) {
    h->tables = NULL;
    return fake_refuse(h, e.status, "%s", e.message);
  }
  fake_call *c = fake_begin(h, NULL);
  if (!c) return fake_refuse(h, PINTLE_NOMEM, "out of memory");
  pintle_status st = h->plugin.load ? h->plugin.load(&c->base, &h->module) : PINTLE_OK;
  h->loaded = st == PINTLE_OK;
  return fake_end(c, NULL, st);
}

/* ---- instances */
static void instance_free(pintle_test_instance *a) {
  if (a) item_free(a->config);
  free(a);
}

static pintle_status call_create(pintle_test_instance *a) {
  fake_call *c = fake_begin(a->host, a);
  if (!c) return fake_refuse(a->host, PINTLE_NOMEM, "out of memory")->status;
  c->creating = true;
  pintle_status st = a->tables->action.create ? a->tables->action.create(a->host->module, &c->base, &a->self) : PINTLE_OK;
  return fake_end(c, NULL, st)->status;
}

static pintle_status call_applies_to(pintle_test_instance *a) { /* the log of create is kept: the two are one to the test */
  buf log = a->host->log, findings = a->host->findings;
  a->host->log = a->host->findings = (buf){0};
  fake_call *c = fake_begin(a->host, a);
  fake_result *r = c ? fake_result_new(c, FAKE_SELECTOR, false) : NULL;
  buf_free(&a->host->log), buf_free(&a->host->findings);
  a->host->log = log, a->host->findings = findings;
  if (!r) return c ? fake_end(c, NULL, PINTLE_NOMEM)->status : fake_refuse(a->host, PINTLE_NOMEM, "out of memory")->status;
  buf_clear(&a->host->selector);
  return fake_end(c, r, a->tables->applies_to(a->self, &c->base, &r->base))->status;
}

pintle_test_instance *pintle_test_create(pintle_test_host *h, int kind, const char *name, const char *config) {
  const fake_tables *t = h->tables;
  error e;
  error_clear(&e);
  while (t && !(t->kind == kind && strcmp(t->action.name, name) == 0)) t = t->next;
  if (!h->loaded || !t) return fake_refuse(h, PINTLE_NOT_FOUND, "no action of that kind is named %s", name), NULL;
  pintle_test_instance *a = calloc(1, sizeof *a);
  if (!a || item_new(&a->config) != PINTLE_OK) return instance_free(a), fake_refuse(h, PINTLE_NOMEM, "out of memory"), NULL;
  a->host = h, a->tables = t;
  if (item_parse(a->config, str_of(config ? config : "{}"), ITEM_UNIQUE_KEYS, NULL, &e) != PINTLE_OK) {
    fake_refuse(h, e.status, "the test's configuration: %s (%s)", e.message, e.place);
    return instance_free(a), NULL;
  }
  item_set_readonly(a->config, true);
  fake_selector_print(t->selector, &h->selector);
  if (call_create(a) != PINTLE_OK) return instance_free(a), NULL;
  a->next = h->instances, h->instances = a;
  if (t->applies_to && call_applies_to(a) != PINTLE_OK) return pintle_test_destroy(a), NULL;
  return a;
}

const pintle_test_outcome *pintle_test_finish(pintle_test_instance *a) {
  fake_call *c = fake_begin(a->host, a);
  if (!c) return fake_refuse(a->host, PINTLE_NOMEM, "out of memory");
  return fake_end(c, NULL, a->tables->action.finish ? a->tables->action.finish(a->self, &c->base) : PINTLE_OK);
}

void pintle_test_destroy(pintle_test_instance *a) {
  if (!a) return;
  pintle_test_instance **at = &a->host->instances;
  while (*at != a) at = &(*at)->next;
  *at = a->next;
  if (a->tables->action.destroy) a->tables->action.destroy(a->self);
  instance_free(a);
}
