/* action.c -- an instance's life, and what its actions share.  SPDX-License-Identifier: Apache-2.0 */
#include "nas.h"
#include <stdlib.h>
#include <string.h>

void nas_destroy(void *self) {
  nas *n = self;
  if (n->mover) nas_destroy(n->mover);
  if (n->driver && n->driver->close) n->driver->close(n->self);
  free(n);
}

static pintle_status pick(pintle_call *call, const char *name, const nas_driver **to) {
  char known[200] = "";
  for (const nas_driver *const *d = nas_drivers; *d; d++) {
    size_t used = strlen(known);
    if (strcmp((*d)->name, name) == 0) return *to = *d, PINTLE_OK;
    if (snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", (*d)->name) < 0) known[used] = 0;
  }
  return pintle_fail_at(call, PINTLE_INVALID, "/driver", "there is no driver \"%s\"; there are: %s", name, *known ? known : "none");
}

/* Beside a driver that does not copy, the one that does. */
static pintle_status add_mover(pintle_call *call, nas *n) {
  const nas_driver *const *d = nas_drivers;
  while (*d && !(*d)->copy) d++;
  if (!*d || !n->driver || n->driver->copy) return PINTLE_OK;
  nas *mover = calloc(1, sizeof *mover);
  if (!mover) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  mover->config = n->config;
  pintle_status st = (*d)->open(call, &mover->self);
  if (st != PINTLE_OK) return free(mover), st;
  mover->driver = *d, n->mover = mover;
  return PINTLE_OK;
}

static pintle_status create(pintle_call *call, void **self, bool needed) {
  nas *n = calloc(1, sizeof *n);
  if (!n) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  const nas_driver *driver = NULL;
  pintle_status st = nas_config_read(call, &n->config);
  if (st == PINTLE_OK && !*n->config.driver && needed) st = pintle_fail_at(call, PINTLE_INVALID, "/driver", "driver is not given");
  if (st == PINTLE_OK && *n->config.driver) st = pick(call, n->config.driver, &driver);
  if (st == PINTLE_OK && driver) st = driver->open(call, &n->self);
  if (st != PINTLE_OK) return free(n), st;
  n->driver = driver;
  st = add_mover(call, n);
  if (st == PINTLE_OK) *self = n;
  else nas_destroy(n);
  return st;
}

pintle_status nas_create_snapshotter(void *module, pintle_call *call, void **self) {
  (void)module;
  return create(call, self, true);
}

pintle_status nas_create_action(void *module, pintle_call *call, void **self) {
  (void)module;
  return create(call, self, false);
}

pintle_status nas_look(nas *n, pintle_call *call, const pintle_doc *pv, nas_volume *v, bool *mine) {
  *mine = false;
  if (!n->driver) return PINTLE_OK;
  bool is = false;
  pintle_status st = nas_volume_read(call, pv, v, &is);
  if (st == PINTLE_OK && is) st = nas_config_place(call, &n->config, v);
  return st == PINTLE_OK && is ? n->driver->takes(n->self, call, v, mine) : st;
}

static pintle_status same_driver(const nas *n, pintle_call *call, const char *driver, const char *pv) {
  if (!n->driver) return pintle_fail(call, PINTLE_UNSUPPORTED, "volume %s is of driver %s, and no driver is configured here", pv, driver);
  if (strcmp(driver, n->driver->name) == 0) return PINTLE_OK;
  return pintle_fail(call, PINTLE_UNSUPPORTED, "volume %s is of driver %s, and driver %s is configured here", pv, driver, n->driver->name);
}

pintle_status nas_find(nas **n, pintle_call *call, const char *id, nas_volume *v, nas_snapshot *s) {
  const char *driver = "";
  s->volume = v;
  pintle_status st = nas_id_read(call, id, &driver, v, &s->id);
  if (st == PINTLE_OK && (*n)->mover && strcmp(driver, (*n)->mover->driver->name) == 0) *n = (*n)->mover;
  if (st == PINTLE_OK) st = same_driver(*n, call, driver, v->pv);
  return st == PINTLE_OK ? nas_config_place(call, &(*n)->config, v) : st;
}

pintle_status nas_find_volume(nas *n, pintle_call *call, const char *id, nas_volume *v) {
  const char *driver = "";
  pintle_status st = nas_id_read(call, id, &driver, v, NULL);
  if (st == PINTLE_OK) st = same_driver(n, call, driver, v->pv);
  return st == PINTLE_OK ? nas_config_place(call, &n->config, v) : st;
}

pintle_status nas_snapshot_name(nas *n, pintle_call *call, const nas_volume *v, const char *backup, char name[48]) {
  const char *volume = "";
  pintle_status st = nas_id_write(call, n->driver->name, v, NULL, &volume);
  const char *const texts[] = {backup, volume};
  return st == PINTLE_OK ? nas_name(call, texts, 2, name) : st;
}

pintle_status nas_take_snapshot(nas *n, pintle_call *call, const nas_volume *v, const char *backup, const pintle_kv *tags, size_t n_tags,
                                bool wait, const char **id) {
  const char *snapshot = "";
  char name[48];
  pintle_status st = nas_snapshot_name(n, call, v, backup, name);
  if (st == PINTLE_OK) st = n->driver->snapshot(n->self, call, v, name, tags, n_tags, wait, &snapshot);
  if (st != PINTLE_OK) return st;
  st = nas_id_write(call, n->driver->name, v, snapshot, id);
  const nas_snapshot made = {v, snapshot};
  if (st != PINTLE_OK) n->driver->remove(n->self, call, &made); /* nobody would ever name it; the first error stands */
  return st;
}

pintle_status nas_restore_snapshot(nas *n, pintle_call *call, const char *snapshot_id, const char *uid, bool *later, nas_volume *out) {
  nas_volume v;
  nas_snapshot s;
  char name[48];
  const char *const texts[] = {uid, snapshot_id};
  pintle_status st = nas_find(&n, call, snapshot_id, &v, &s);
  if (st == PINTLE_OK) st = nas_name(call, texts, 2, name);
  if (st != PINTLE_OK) return st;
  *out = v; /* what the driver does not fill in is as it was */
  *later = *later && n->driver->fill;
  return (*later ? n->driver->place : n->driver->restore)(n->self, call, &s, name, out);
}
