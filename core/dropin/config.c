/* config.c -- see config.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/config.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_FILES = 1000 };

struct dropin_chain {
  struct dropin_chain *next;
  const char *name; /* as it was asked for */
  conf_chain chain;
};

static const char *get_environment(void *ctx, const char *name) {
  const dropin_config *c = ctx;
  size_t n = strlen(name);
  for (const char *const *v = c->environment; v && *v; v++)
    if (strncmp(*v, name, n) == 0 && (*v)[n] == '=') return *v + n + 1;
  return NULL;
}

static void tell(dropin_log *log, const error *e) {
  const pintle_kv hint = {"hint", e->hint};
  dropin_sayf(log, PINTLE_LOG_ERROR, NULL, "%s%s%s", e->place, e->place[0] ? ": " : "", e->message);
  if (e->hint[0]) dropin_say(log, PINTLE_LOG_INFO, NULL, str_of(e->hint), &hint, 0);
}

static void complain(dropin_config *c, dropin_log *log, const error *e) {
  tell(log, e);
  if (c->broken.status != PINTLE_OK) return;
  c->broken = *e;
  error_wrap(&c->broken, "%s", e->place[0] ? e->place : "the configuration");
  c->broken.place[0] = 0; /* it stands in front now */
}

/* Its documents are checked one by one: several files may hold parts of one chain. */
static void load(dropin_config *c, dropin_log *log, const char *path) {
  error e = {0};
  size_t from = c->set.n;
  pintle_status st = conf_set_load(&c->set, path, &e);
  for (size_t i = from; st == PINTLE_OK && i < c->set.n; i++) st = conf_check(c->set.v[i], &e);
  if (st != PINTLE_OK) complain(c, log, &e);
}

static int wanted(const struct dirent *x) {
  str name = str_of(x->d_name);
  return name.ptr[0] != '.' && (str_ends(name, ".yaml") || str_ends(name, ".yml") || str_ends(name, ".json"));
}

static int by_bytes(const struct dirent **x, const struct dirent **y) { return strcmp((*x)->d_name, (*y)->d_name); }

static void load_parts(dropin_config *c, dropin_log *log, const char *directory) {
  struct dirent **v = NULL;
  error e;
  int n = scandir(directory, &v, wanted, by_bytes);
  if (n < 0 && errno != ENOENT) {
    error_errno(&e, errno, "cannot read %s", directory);
    complain(c, log, &e);
  }
  for (int i = 0; i < n; i++) {
    CLEANUP(buf_free) buf path = {0};
    buf_printf(&path, "%s/%s", directory, v[i]->d_name);
    if (i < MOST_FILES && !path.failed) load(c, log, path.data);
    free(v[i]);
  }
  free(v);
}

pintle_status dropin_config_init(dropin_config *c, const char *self, const char *at, const char *const *environment, error *e) {
  *c = (dropin_config){.environment = environment};
  pthread_mutex_init(&c->lock, NULL);
  c->lookup = (conf_environment){get_environment, c};
  const char *slash = strrchr(at, '/');
  c->self = arena_dup(&c->memory, self);
  c->directory = slash == at ? "/" : slash ? arena_copy(&c->memory, (str){at, (size_t)(slash - at)}) : ".";
  return c->self && c->directory ? PINTLE_OK : error_nomem(e);
}

pintle_status dropin_config_open(dropin_config *c, dropin_log *log, error *e) {
  struct stat st;
  CLEANUP(buf_free) buf path = {0};
  buf_printf(&path, "%s/pintle.yaml", c->directory);
  if (path.failed) return error_nomem(e);
  if (stat(path.data, &st) == 0 || errno != ENOENT) load(c, log, path.data);
  buf_clear(&path);
  buf_printf(&path, "%s/pintle.d", c->directory);
  if (path.failed) return error_nomem(e);
  load_parts(c, log, path.data);
  return PINTLE_OK;
}

void dropin_config_close(dropin_config *c) {
  conf_set_free(&c->set);
  arena_free(&c->memory);
  pthread_mutex_destroy(&c->lock);
}

static pintle_status read_chain(dropin_config *c, str name, const conf_chain **out, error *e) {
  struct dropin_chain *x = c->chains;
  while (x && !str_is(name, x->name)) x = x->next;
  if (!x) {
    if (!(x = arena_zalloc(&c->memory, sizeof *x)) || !(x->name = arena_copy(&c->memory, name))) return error_nomem(e);
    pintle_status st = conf_chain_join(&c->set, name.len ? x->name : NULL, &c->memory, &x->chain, e);
    if (st != PINTLE_OK) return st;
    x->next = c->chains;
    c->chains = x;
  }
  *out = &x->chain;
  return PINTLE_OK;
}

pintle_status dropin_config_chain(dropin_config *c, str name, const conf_chain **out, error *e) {
  if (c->broken.status != PINTLE_OK) {
    if (e) *e = c->broken;
    return c->broken.status;
  }
  pthread_mutex_lock(&c->lock);
  pintle_status st = read_chain(c, name, out, e);
  pthread_mutex_unlock(&c->lock);
  if (st != PINTLE_OK && name.len) error_wrap(e, "annotation pintle.io/chain");
  return st;
}

static bool has_name(const conf_chain *const *v, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(v[i]->name, name) == 0) return true;
  return false;
}

const conf_chain **dropin_config_chains(dropin_config *c, dropin_log *log, arena *a, size_t *n) {
  const conf_chain **v = arena_zalloc(a, (c->set.n + 1) * sizeof *v), *chain;
  error e = {0};
  *n = 0;
  if (!v) return NULL;
  if (c->broken.status != PINTLE_OK) return v;
  pintle_status st = dropin_config_chain(c, STR(""), &chain, &e);
  if (st == PINTLE_OK) v[(*n)++] = chain;
  else if (st != PINTLE_CONFLICT) return complain(c, log, &e), v; /* several and none is "default": annotations may choose */
  for (size_t i = 0; i < c->set.n; i++) {
    const item_doc *d = c->set.v[i]->doc;
    str name = item_str(d, "/metadata/name", "");
    if (!str_is(item_str(d, "/kind", ""), "PluginChain") || has_name(v, *n, name.ptr)) continue;
    if (dropin_config_chain(c, name, &chain, &e) == PINTLE_OK) v[(*n)++] = chain;
    else tell(log, &e);
  }
  return v;
}
