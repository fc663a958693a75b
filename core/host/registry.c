/* registry.c -- the plugins of some directories, sealed, judged and listed; see registry.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/probe.h"
#include "host/seal.h"
#include "host/text.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 1000 };

typedef struct scan {
  const host_scan_options *options;
  host_registry *to;
  arena *a;
  size_t cap;
} scan;

/* ---- which files */

static pintle_status add_file(scan *s, const char *directory, const char *name, error *e) {
  host_registry *r = s->to;
  size_t n = strlen(directory);
  if (r->n_plugins == FILES_MAX) return error_set(e, PINTLE_INVALID, "more than %d plugins in %s", FILES_MAX, directory);
  if (r->n_plugins == s->cap) {
    size_t cap = s->cap ? s->cap * 2 : 16;
    host_plugin *to = arena_zalloc(s->a, cap * sizeof *to);
    if (!to) return error_nomem(e);
    if (s->cap) memcpy(to, r->plugins, s->cap * sizeof *to);
    r->plugins = to;
    s->cap = cap;
  }
  while (n > 1 && directory[n - 1] == '/') n--;
  char *path = name ? arena_alloc(s->a, n + strlen(name) + 2) : arena_dup(s->a, directory);
  if (!path) return error_nomem(e);
  if (name) {
    memcpy(path, directory, n);
    path[n] = '/';
    memcpy(path + n + 1, name, strlen(name) + 1);
  }
  const char *slash = strrchr(path, '/');
  host_plugin *p = &r->plugins[r->n_plugins++];
  static const char *const none[1];
  *p = (host_plugin){
      .path = path, .file = slash ? slash + 1 : path, .fd = -1, .glibc = "", .name = "", .version = "", .vendor = "", .url = ""};
  p->warnings = p->needed = p->env = p->extensions = none;
  return PINTLE_OK;
}

/* As Velero looks for plugins: a regular file that somebody may execute. Of *.so the execute bit says nothing. */
static bool is_executable(const char *directory, const char *name) {
  char path[PATH_MAX];
  struct stat st;
  if (str_ends(str_of(name), ".so")) return false;
  if (snprintf(path, sizeof path, "%s%s%s", directory, *directory ? "/" : "", name) >= (int)sizeof path) return false;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

static pintle_status add_directory(scan *s, const char *path, error *e) {
  struct stat st;
  if (stat(path, &st) != 0) {
    pintle_status code = error_errno(e, errno, "plugin directory %s", path);
    error_hint(e, "make it, or name another with --plugin-dir");
    return code;
  }
  if (!S_ISDIR(st.st_mode)) {
    pintle_status code = add_file(s, path, NULL, e);
    if (code == PINTLE_OK) s->to->plugins[s->to->n_plugins - 1].velero = s->options->velero_worker && is_executable("", path);
    return code;
  }
  DIR *d = opendir(path);
  if (!d) return error_errno(e, errno, "cannot read plugin directory %s", path);
  pintle_status code = PINTLE_OK;
  const struct dirent *x;
  while (code == PINTLE_OK && (errno = 0, x = readdir(d))) {
    if (x->d_name[0] == '.') continue; /* hidden: being copied there */
    bool velero = s->options->velero_worker && is_executable(path, x->d_name);
    if (velero || str_ends(str_of(x->d_name), ".so")) code = add_file(s, path, x->d_name, e);
    if (velero && code == PINTLE_OK) s->to->plugins[s->to->n_plugins - 1].velero = true;
    errno = 0;
  }
  if (code == PINTLE_OK && errno) code = error_errno(e, errno, "cannot read plugin directory %s", path);
  closedir(d);
  return code;
}

static int by_name(const void *a, const void *b) {
  const host_plugin *x = a, *y = b;
  int c = strcmp(x->file, y->file);
  return c ? c : strcmp(x->path, y->path);
}

/* ---- pins */

static const conf_chain_plugin *pin_of(const conf_chain *chain, const char *file) {
  for (size_t i = 0; chain && i < chain->n_plugins; i++)
    if (strcmp(chain->plugins[i].name, file) == 0) return &chain->plugins[i];
  return NULL;
}

static void check_pin(const scan *s, host_plugin *p) {
  const conf_chain *chain = s->options->chain;
  const conf_chain_plugin *pin = pin_of(chain, p->file);
  char place[512] = "";
  if (p->reason || !chain) return;
  if (!pin || !pin->sha256) {
    if (!chain->strict) return;
    p->reason = "is not pinned, and trust is strict";
    p->hint = host_text(s->a, "list it in the chain file: plugins: [{name: %.200s, sha256: [\"%s\"]}]", p->file, p->sha256);
  } else {
    for (size_t i = 0; pin->sha256[i]; i++)
      if (strcmp(pin->sha256[i], p->sha256) == 0) return;
    if (pin->document) conf_place(pin->document, pin->at, place, sizeof place);
    p->reason = host_text(s->a, "has SHA-256 %s, which is not pinned", p->sha256);
    p->hint = host_text(s->a, "if the file was replaced on purpose, pin this hash%s%s", place[0] ? " at " : "", place);
  }
  close_p(&p->fd);
}

static pintle_status missing_pins(const scan *s, error *e) {
  const conf_chain *chain = s->options->chain;
  for (size_t i = 0; chain && i < chain->n_plugins; i++) {
    const conf_chain_plugin *pin = &chain->plugins[i];
    bool found = !pin->sha256;
    for (size_t k = 0; k < s->to->n_plugins && !found; k++) found = strcmp(s->to->plugins[k].file, pin->name) == 0;
    if (found) continue;
    error_set(e, PINTLE_NOT_FOUND, "plugin %s is pinned, but in no plugin directory", pin->name);
    if (pin->document) {
      char place[sizeof e->place];
      error_place(e, "%s", conf_place(pin->document, pin->at, place, sizeof place));
    }
    return PINTLE_NOT_FOUND;
  }
  return PINTLE_OK;
}

/* ---- names */

static const char *repeats(const scan *s, const host_plugin *p, const host_plugin *earlier) {
  if (strcmp(p->name, earlier->name) == 0) return host_text(s->a, "has the name %.200s, as %.300s has", p->name, earlier->path);
  for (size_t i = 0; i < p->n_actions; i++)
    for (size_t k = 0; k < earlier->n_actions; k++) {
      const host_action *x = &p->actions[i], *y = &earlier->actions[k];
      if (!x->refused && !y->refused && x->kind == y->kind && strcmp(x->name, y->name) == 0)
        return host_text(s->a, "repeats %s %.300s of %.300s", conf_kind_names[x->kind], x->name, earlier->path);
    }
  return NULL;
}

/* Those of a .so go before those of an executable. */
static void check_names(const scan *s) {
  for (int velero = 0; velero < 2; velero++)
    for (size_t i = 0; i < s->to->n_plugins; i++) {
      host_plugin *p = &s->to->plugins[i];
      for (size_t k = 0; p->velero == (velero == 1) && k < s->to->n_plugins && !p->reason; k++) {
        const host_plugin *other = &s->to->plugins[k];
        if (other->reason || other->velero > p->velero || (other->velero == p->velero && k >= i)) continue;
        if (!(p->reason = repeats(s, p, other))) continue;
        p->hint = "remove one of the two files";
        close_p(&p->fd);
      }
    }
}

/* ---- Go plugins of Velero */

static pintle_status join_names(arena *a, const char *const *x, const char *const *y, const char *const **out, error *e) {
  size_t n = 0, n_x = 0, n_y = 0;
  while (x[n_x]) n_x++;
  while (y[n_y]) n_y++;
  const char **list = arena_zalloc(a, (n_x + n_y + 1) * sizeof *list);
  if (!list) return error_nomem(e);
  for (size_t i = 0; i < n_x; i++) list[n++] = x[i];
  for (size_t i = 0; i < n_y; i++) list[n++] = y[i];
  *out = list;
  return PINTLE_OK;
}

/* They cannot declare which variables they read. What go-plugin reads comes in any case. */
static pintle_status set_environment(const scan *s, host_plugin *p, error *e) {
  static const char *const needed[] = {"PLUGIN_*", "VELERO_*", NULL};
  static const char *const usual[] = {"AWS_*", "AZURE_*", "GOOGLE_*", "ALIBABA_CLOUD_*", "KUBERNETES_*", "*_PROXY", "SSL_CERT_*", NULL};
  const conf_chain_plugin *pin = pin_of(s->options->chain, p->file);
  return join_names(s->a, pin && pin->env ? pin->env : usual, needed, &p->env, e);
}

static void check_worker(const scan *s, host_plugin *p) {
  if (p->reason || !p->velero) return;
  if (strcmp(p->file, "velero-plugin-pintle") == 0) {
    p->reason = "is pintle itself as Velero executes it: what it would list are the .so files beside it";
  } else if (access(s->options->velero_worker, X_OK) != 0) {
    p->reason = host_text(s->a, "is no .so, and for a Go plugin of Velero %s is missing", s->options->velero_worker);
  } else return;
  close_p(&p->fd);
}

/* ---- all of it */

static pintle_status fill(scan *s, error *e) {
  host_registry *r = s->to;
  const conf_chain *chain = s->options->chain;
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; st == PINTLE_OK && s->options->directories[i]; i++) st = add_directory(s, s->options->directories[i], e);
  if (st != PINTLE_OK || (st = missing_pins(s, e)) != PINTLE_OK || r->n_plugins == 0) return st;
  qsort(r->plugins, r->n_plugins, sizeof *r->plugins, by_name);
  host_words *warnings = arena_zalloc(s->a, r->n_plugins * sizeof *warnings);
  if (!warnings) return error_nomem(e);
  for (size_t i = 0; i < r->n_plugins; i++) {
    warnings[i].a = s->a;
    host_seal(&r->plugins[i], s->a, chain && chain->strict, false, s->options->digest, &warnings[i]);
    check_worker(s, &r->plugins[i]);
    check_pin(s, &r->plugins[i]);
  }
  st = host_probe_all(s->options, s->a, r->plugins, warnings, r->n_plugins, e);
  for (size_t i = 0; i < r->n_plugins && st == PINTLE_OK; i++)
    if (r->plugins[i].velero) st = set_environment(s, &r->plugins[i], e);
  if (st == PINTLE_OK) check_names(s);
  return st;
}

pintle_status host_scan(const host_scan_options *options, host_registry *out, error *e) {
  *out = (host_registry){0};
  scan s = {.options = options, .to = out, .a = &out->memory};
  pintle_status st = fill(&s, e);
  if (st != PINTLE_OK) host_registry_free(out);
  return st;
}

void host_registry_free(host_registry *r) {
  for (size_t i = 0; i < r->n_plugins; i++) close_p(&r->plugins[i].fd);
  arena_free(&r->memory);
  *r = (host_registry){0};
}

const host_action *host_find(const host_registry *r, uint32_t kind, const char *name, const host_plugin **plugin) {
  const host_action *best = NULL;
  const host_plugin *owner = NULL;
  for (size_t i = 0; i < r->n_plugins; i++) {
    const host_plugin *p = &r->plugins[i];
    for (size_t k = 0; !p->reason && k < p->n_actions; k++) {
      const host_action *x = &p->actions[k];
      if ((kind != CONF_ANY_KIND && x->kind != kind) || strcmp(x->name, name) != 0) continue;
      bool better = !best || (best->refused && !x->refused) || (!best->refused == !x->refused && x->kind < best->kind);
      if (better) best = x, owner = p;
    }
  }
  if (best && plugin) *plugin = owner;
  return best;
}
