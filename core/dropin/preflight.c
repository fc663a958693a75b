/* preflight.c -- see preflight.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/preflight.h"
#include "base/clock.h"
#include "dropin/inside.h"
#include "dropin/tree.h"
#include "lister.pb-c.h"
#include "velero/client.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define START_LIMIT (60 * CLOCK_SECOND) /* Velero's own */

typedef struct listed {
  const char *kind, *name, *by;
} listed;
typedef struct preflight {
  const char *directory, *self;
  const char *const *environment;
  FILE *out;
  arena memory;
  listed *v; /* what the executables list */
  size_t n, cap;
  unsigned faults, warnings;
  const char *at; /* the executable at hand */
  const char *pintle[64];
  size_t n_pintle;
} preflight;

PINTLE_PRINTF(4, 5) static void tell(preflight *p, bool fault, const char *path, const char *format, ...) {
  va_list ap;
  fprintf(p->out, "%s: %s%s", fault ? "fault" : "warning", path, path[0] ? ": " : "");
  va_start(ap, format);
  vfprintf(p->out, format, ap);
  va_end(ap);
  fputc('\n', p->out);
  if (fault) p->faults++;
  else p->warnings++;
}

/* ---- what an executable lists */
static const char *const kinds[] = {"BackupItemAction",    "BackupItemActionV2", "RestoreItemAction",
                                    "RestoreItemActionV2", "DeleteItemAction",   "ItemBlockAction",
                                    "VolumeSnapshotter",   "ObjectStore",        "PluginLister"};

/* CONF_* of a kind as Velero lists it; CONF_ANY_KIND: none of ours. */
static uint32_t kind_of(const char *name) {
  for (uint32_t k = 1; k < CONF_KINDS; k++) {
    size_t n = strlen(conf_kind_names[k]);
    if (strncmp(name, conf_kind_names[k], n) == 0 && (name[n] == 0 || strcmp(name + n, "V2") == 0)) return k;
  }
  return CONF_ANY_KIND;
}

static void take_name(preflight *p, const char *kind, const char *name) {
  uint32_t k = kind_of(kind);
  bool known = false;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) known |= strcmp(kind, kinds[i]) == 0;
  const char *fault = known ? dropin_name_fault(k, name) : NULL;
  if (!known) tell(p, false, p->at, "lists %s of a kind that is not known: %s", name, kind);
  if (fault) tell(p, true, p->at, "%s %s: %s", kind, name, fault);
  for (size_t i = 0; i < p->n; i++)
    if (strcmp(p->v[i].kind, kind) == 0 && strcmp(p->v[i].name, name) == 0)
      tell(p, true, p->at, "repeats %s %s of %s, which stops Velero", kind, name, p->v[i].by);
  if (!GROW(p->v, p->n, p->cap)) return;
  p->v[p->n++] = (listed){arena_dup(&p->memory, kind), arena_dup(&p->memory, name), arena_dup(&p->memory, p->at)};
  if (!p->v[p->n - 1].kind || !p->v[p->n - 1].name || !p->v[p->n - 1].by) p->n--;
}

static bool take_list(preflight *p, str answer) {
  Generated__ListPluginsResponse *r = generated__list_plugins_response__unpack(NULL, answer.len, (const uint8_t *)answer.ptr);
  for (size_t i = 0; r && i < r->n_plugins; i++) take_name(p, r->plugins[i]->kind, r->plugins[i]->name);
  if (!r) return false;
  generated__list_plugins_response__free_unpacked(r, NULL);
  return true;
}

static void heard(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  (void)ctx, (void)level, (void)message, (void)fields, (void)n;
}

static void execute(preflight *p, const char *path) {
  static const char *const args[] = {"--log-level=info", NULL}; /* Velero hands its own flags on */
  CLEANUP(close_p) int fd = open(path, O_RDONLY | O_CLOEXEC);
  CLEANUP(buf_free) buf answer = {0};
  velero_process *process = NULL;
  error e = {0};
  if (fd < 0) {
    tell(p, true, path, "cannot be opened: %s", strerror(errno));
    return;
  }
  const velero_process_options o = {
      .fd = fd, .path = path, .args = args, .environment = p->environment, .start_timeout = START_LIMIT, .log = heard};
  const velero_request r = {.method = "/generated.PluginLister/ListPlugins", .deadline = clock_monotonic() + START_LIMIT};
  pintle_status st = velero_process_start(&o, &process, &e);
  if (st == PINTLE_OK) st = velero_process_call(process, &r, &answer, &e);
  if (st != PINTLE_OK) tell(p, true, path, "is no plugin that Velero can start: %s", e.message);
  else if (!take_list(p, buf_str(&answer))) tell(p, true, path, "lists its plugins in no message");
  velero_process_stop(process);
}

/* ---- the files */
static bool runnable(preflight *p, const char *path, const struct stat *st) {
  struct stat to;
  if (S_ISLNK(st->st_mode)) {
    if (stat(path, &to) != 0) tell(p, true, path, "is a broken symbolic link, and Velero executes every link");
    else if (S_ISDIR(to.st_mode)) tell(p, true, path, "is a symbolic link to a directory, and Velero executes every link");
    else if (!(to.st_mode & 0111))
      tell(p, true, path, "is a symbolic link to a file that cannot be executed, and Velero executes every link");
    else return true;
    return false;
  }
  if (S_ISREG(st->st_mode)) return true;
  tell(p, true, path, "is no file, and Velero executes it");
  return false;
}

static void each(void *ctx, const char *path, const struct stat *st) {
  preflight *p = ctx;
  bool plugin = str_ends(str_of(path), ".so");
  if (S_ISDIR(st->st_mode)) tell(p, true, path, "cannot be read, and Velero reads every directory");
  if (!dropin_tree_executed(path, st)) return;
  if (plugin && S_ISREG(st->st_mode))
    tell(p, true, path, "has an execute bit (mode %04o), so Velero executes it; chmod a-x", (unsigned)(st->st_mode & 07777));
  else if (runnable(p, path, st)) {
    p->at = path;
    if (dropin_tree_is_pintle(path, st) && p->n_pintle < 64) p->pintle[p->n_pintle++] = arena_dup(&p->memory, path);
    execute(p, path);
  }
}

/* ---- what a velero-plugin-pintle there would say */
static void take_line(void *ctx, int32_t level, str message) {
  preflight *p = ctx;
  if (level >= PINTLE_LOG_WARN) tell(p, level >= PINTLE_LOG_ERROR, "", "%.*s", (int)message.len, message.ptr);
}

/* Are options of that plugin's actions of this kind looked at already? */
static bool looked_at(const dropin_catalog *c, size_t i) {
  for (size_t k = 0; k < i; k++)
    if (c->v[k].plugin == c->v[i].plugin && c->v[k].kind == c->v[i].kind) return true;
  return false;
}

static void check_chains(preflight *p, dropin *d) {
  const conf_chain *chain;
  error e = {0};
  if (d->config.broken.status != PINTLE_OK || dropin_config_chain(&d->config, STR(""), &chain, &e) != PINTLE_CONFLICT) return;
  tell(p, false, "", "none of the chains is named default, so every Backup and Restore needs the annotation " DROPIN_CHAIN);
}

static void check_options(preflight *p, dropin *d) {
  for (size_t i = 0; i < d->catalog.n; i++)
    for (size_t k = 0; k < d->n_chains; k++) {
      const dropin_offer *x = &d->catalog.v[i];
      dropin_items_options o;
      chain_plan plan;
      error e = {0};
      if (x->kind == CONF_OBJECT_STORE || x->kind == CONF_VOLUME_SNAPSHOTTER || looked_at(&d->catalog, i))
        continue; /* Velero's location has the rest */
      dropin_options(d, x, d->chains[k], &o);
      if (dropin_items_plan(&o, &plan, &e) == PINTLE_OK) chain_plan_free(&plan);
      else tell(p, true, e.place, "%s", e.message);
    }
}

static void ask_pintle(preflight *p, const char *path) {
  dropin d = {.command = path, .features = "", .plugin_dir = p->directory};
  error e = {0};
  dropin_log_init(&d.log, -1);
  d.log.tell = take_line, d.log.ctx = p;
  if (dropin_config_init(&d.config, p->self, path, p->environment, &e) == PINTLE_OK) {
    dropin_discover(&d);
    check_chains(p, &d);
    check_options(p, &d);
  }
  host_registry_free(&d.registry);
  dropin_config_close(&d.config);
  arena_free(&d.memory);
}

int dropin_preflight(const char *self, const char *directory, const char *const *environment, FILE *out, FILE *err) {
  const char *me = access("/proc/self/exe", X_OK) == 0 ? "/proc/self/exe" : self;
  preflight p = {.directory = directory, .self = me, .environment = environment, .out = out};
  error e = {0};
  pintle_status st = dropin_tree_walk(directory, each, &p, &e);
  for (size_t i = 0; i < p.n_pintle; i++)
    if (p.pintle[i]) ask_pintle(&p, p.pintle[i]);
  if (st == PINTLE_OK && p.n_pintle == 0)
    tell(&p, false, directory, "there is no %s, so no .so here is a plugin of Velero", DROPIN_EXECUTABLE);
  if (st != PINTLE_OK) fprintf(err, "velero-plugin-pintle: %s\n", e.message);
  else if (p.faults) fprintf(out, "%u fault%s, %u warning%s\n", p.faults, p.faults == 1 ? "" : "s", p.warnings, p.warnings == 1 ? "" : "s");
  else
    fprintf(out, "nothing here stops Velero: %zu plugin%s, %u warning%s\n", p.n, p.n == 1 ? "" : "s", p.warnings,
            p.warnings == 1 ? "" : "s");
  free(p.v);
  arena_free(&p.memory);
  return st != PINTLE_OK ? 1 : p.faults ? 2 : 0;
}
