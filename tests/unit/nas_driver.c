/* nas_driver.c -- see nas_driver.h.  SPDX-License-Identifier: Apache-2.0 */
#include "nas_driver.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const nas_driver *const nas_drivers[] = {&nas_driver_test, NULL};

typedef struct test_driver {
  char directory[256];
  int64_t questions;
  bool broken;
} test_driver;

static pintle_status takes(void *self, pintle_call *call, nas_volume *v, bool *mine) {
  (void)self, (void)call;
  *mine = strcmp(v->server, "nobody") != 0;
  return PINTLE_OK;
}

static pintle_status info(void *self, pintle_call *call, const nas_volume *v, const char **type) {
  (void)self;
  if (strcmp(v->path, "/gone") == 0) return pintle_fail(call, PINTLE_NOT_FOUND, "there is no volume %s", v->pv);
  *type = "test";
  return PINTLE_OK;
}

static const char *file(const test_driver *t, const char *id, char to[400]) {
  snprintf(to, 400, "%s/%s", t->directory, id);
  return to;
}

static bool put(const test_driver *t, const char *id, int64_t asked) {
  char path[400];
  FILE *f = fopen(file(t, id, path), "w");
  return f && fprintf(f, "%lld", (long long)asked) > 0 && fclose(f) == 0;
}

static bool get(const test_driver *t, const char *id, int64_t *asked) {
  char path[400];
  long long n = 0;
  FILE *f = fopen(file(t, id, path), "r");
  bool good = f && fscanf(f, "%lld", &n) == 1;
  if (f) fclose(f);
  *asked = n;
  return good;
}

static pintle_status open_driver(pintle_call *call, void **self) {
  const pintle_doc *d = call->host->config(call);
  test_driver *t = calloc(1, sizeof *t);
  int32_t broken = 0;
  if (!t) return PINTLE_NOMEM;
  snprintf(t->directory, sizeof t->directory, "%s", pintle_str_or(d, "/directory", pintle_str_or(d, "/mountRoot", ".")));
  if (d->api->get_i64(d, "/questions", &t->questions) != PINTLE_OK) get(t, ".questions", &t->questions);
  if (d->api->get_bool(d, "/broken", &broken) == PINTLE_OK) t->broken = broken;
  *self = t;
  return PINTLE_OK;
}

static pintle_status snapshot(void *self, pintle_call *call, const nas_volume *v, const char *name, const pintle_kv *tags, size_t n,
                              bool wait, const char **id) {
  test_driver *t = self;
  int64_t asked = 0;
  (void)v, (void)tags, (void)n;
  if (!get(t, name, &asked) && !put(t, name, wait ? t->questions : 0))
    return pintle_fail(call, PINTLE_FAILED, "no directory %s", t->directory);
  *id = nas_dup(call, name, strlen(name));
  return *id ? PINTLE_OK : PINTLE_NOMEM;
}

static pintle_status progress(void *self, pintle_call *call, const nas_snapshot *s, pintle_progress *p) {
  test_driver *t = self;
  int64_t asked = 0;
  if (!get(t, s->id, &asked)) return pintle_fail(call, PINTLE_NOT_FOUND, "there is no snapshot %s", s->id);
  p->completed = asked >= t->questions, p->n_completed = asked, p->n_total = t->questions, p->units = "questions";
  if (p->completed && t->broken) p->error = "the disk is full";
  if (!p->completed) put(t, s->id, asked + 1);
  return PINTLE_OK;
}

static pintle_status drop(void *self, pintle_call *call, const nas_snapshot *s) {
  char path[400];
  (void)call;
  unlink(file(self, s->id, path));
  return PINTLE_OK;
}

static pintle_status restore(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out) {
  int64_t asked = 0;
  if (!get(self, s->id, &asked)) return pintle_fail(call, PINTLE_NOT_FOUND, "there is no snapshot %s", s->id);
  nas_text path = {0};
  nas_addf(&path, "/%s", name);
  out->path = nas_take(call, &path), out->subpath = "";
  return out->path ? PINTLE_OK : PINTLE_NOMEM;
}

static pintle_status verify(void *self, pintle_call *call, const nas_snapshot *s) {
  int64_t asked = 0;
  return get(self, s->id, &asked) ? PINTLE_OK : pintle_fail(call, PINTLE_NOT_FOUND, "there is no snapshot %s", s->id);
}

const nas_driver nas_driver_test = {.name = "test",
                                    .open = open_driver,
                                    .close = free,
                                    .takes = takes,
                                    .info = info,
                                    .snapshot = snapshot,
                                    .progress = progress,
                                    .cancel = drop,
                                    .remove = drop,
                                    .restore = restore,
                                    .verify = verify};
