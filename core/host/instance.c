/* instance.c -- one instance of an action: load, create, finish, destroy.  SPDX-License-Identifier: Apache-2.0 */
#include "host/adopt.h"

static pintle_status load(host_module *m, host_call *call, int64_t deadline, error *e) {
  if (m->loaded || !m->plugin.load) return PINTLE_OK;
  if (m->load_failed) { /* once only: what it left half made is not ours to repeat */
    if (e) *e = m->load_error;
    return m->load_error.status;
  }
  host_call_begin(call, NULL, deadline);
  pintle_status st = m->plugin.load(host_call_handle(call), &m->module);
  st = host_call_end(call, st, &m->load_error);
  m->loaded = st == PINTLE_OK;
  m->load_failed = !m->loaded;
  if (st == PINTLE_OK) return st;
  m->module = NULL;
  error_wrap(&m->load_error, "its load function failed");
  if (e) *e = m->load_error;
  return st;
}

static pintle_status parse_config(str json, item_doc **out, error *e) {
  pintle_status st = item_new(out);
  if (st != PINTLE_OK) return error_nomem(e);
  if (json.len && (st = item_parse(*out, json, 0, NULL, e)) != PINTLE_OK) {
    error_wrap(e, "its configuration");
    item_freep(out);
    return st;
  }
  item_set_readonly(*out, true);
  return PINTLE_OK;
}

pintle_status host_instance_create(host_module *m, uint32_t kind, const char *name, str config_json, host_call *call, int64_t deadline,
                                   host_instance *out, error *e) {
  const host_table_set *s = host_module_find(m, kind, name);
  item_doc *config = NULL;
  void *self = NULL;
  *out = (host_instance){0};
  if (!s) return error_set(e, PINTLE_NOT_FOUND, "plugin %s has no action %s", m->name, name);
  if (s->refused) return error_set(e, PINTLE_UNSUPPORTED, "action %s of plugin %s %s", name, m->name, s->refused);
  pintle_status st = parse_config(config_json, &config, e);
  if (st == PINTLE_OK) st = load(m, call, deadline, e);
  if (st == PINTLE_OK && (s->action->create || m->outside.create)) {
    host_call_begin(call, config, deadline);
    st = m->outside.create ? m->outside.create(m->outside.ctx, s, host_call_handle(call), &self)
                           : s->action->create(m->module, host_call_handle(call), &self);
    st = host_call_end(call, st, e);
  }
  if (st != PINTLE_OK) {
    item_free(config);
    return st;
  }
  *out = (host_instance){.tables = s, .module = m, .self = self, .config = config, .created = true};
  return PINTLE_OK;
}

pintle_status host_instance_finish(host_instance *i, host_call *call, int64_t deadline, error *e) {
  if (!i->created || !i->tables->action->finish) return PINTLE_OK;
  host_call_begin(call, i->config, deadline);
  return host_call_end(call, i->tables->action->finish(i->self, host_call_handle(call)), e);
}

void host_instance_destroy(host_instance *i) {
  if (i->created && i->tables->action->destroy) i->tables->action->destroy(i->self);
  item_free(i->config);
  *i = (host_instance){0};
}
