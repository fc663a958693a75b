/* find.c -- see find.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/find.h"
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *join(arena *a, const char *directory, const char *name) {
  CLEANUP(buf_free) buf b = {0};
  buf_printf(&b, "%s/%s", directory, name);
  return b.failed ? NULL : arena_copy(a, buf_str(&b));
}

static bool is_directory(const char *path) {
  struct stat st;
  return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static const char *directory_of_program(arena *a, const char *executable) {
  char path[4096];
  if (!executable) {
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return ".";
    path[n] = 0;
    executable = path;
  }
  const char *slash = strrchr(executable, '/');
  if (!slash) return ".";
  return arena_copy(a, (str){executable, slash == executable ? 1 : (size_t)(slash - executable)});
}

/* The first that is there. What was named must be there: run_open says so if it is not. */
static pintle_status find_config(cli *c, cli_found *out, error *e) {
  const char *xdg = cli_getenv(c, "XDG_CONFIG_HOME"), *home = cli_getenv(c, "HOME");
  if ((out->config = cli_text(&c->flags, "config"))) out->config_why = "--config";
  else if ((out->config = cli_getenv(c, "PINTLE_CONFIG"))) out->config_why = "$PINTLE_CONFIG";
  if (out->config) return PINTLE_OK;
  const char *places[3] = {"pintle.yaml", NULL, "/etc/pintle"};
  static const char *const why[3] = {"./pintle.yaml", "$XDG_CONFIG_HOME/pintle", "/etc/pintle"};
  if (xdg && *xdg == '/') places[1] = join(&c->memory, xdg, "pintle");
  else if (home) places[1] = join(&c->memory, home, ".config/pintle");
  if ((xdg || home) && !places[1] && xdg && *xdg == '/') return error_nomem(e);
  for (size_t i = 0; i < 3; i++)
    if (places[i] && access(places[i], F_OK) == 0) {
      out->config = places[i], out->config_why = why[i];
      break;
    }
  return PINTLE_OK;
}

static pintle_status split_path(arena *a, const char *text, const char *const **out, error *e) {
  size_t n = 1;
  for (const char *p = text; *p; p++) n += *p == ':';
  const char **list = arena_zalloc(a, (n + 1) * sizeof *list);
  if (!list) return error_nomem(e);
  n = 0;
  for (const char *p = text; *p;) {
    size_t len = strcspn(p, ":");
    if (len && !(list[n++] = arena_copy(a, (str){p, len}))) return error_nomem(e);
    p += len + (p[len] == ':');
  }
  *out = list;
  return PINTLE_OK;
}

static pintle_status find_plugins(cli *c, const char *here, cli_found *out, error *e) {
  const char *named = cli_getenv(c, "PINTLE_PLUGIN_DIR");
  pintle_status st = cli_list(&c->flags, "plugin-dir", &c->memory, &out->plugin_dirs, e);
  if (st != PINTLE_OK) return st;
  out->plugins_why = out->plugin_dirs ? "--plugin-dir" : "$PINTLE_PLUGIN_DIR";
  if (out->plugin_dirs) return PINTLE_OK;
  if (named) return split_path(&c->memory, named, &out->plugin_dirs, e);
  const char *installed = join(&c->memory, here, "../lib/pintle/plugins"), *built = join(&c->memory, here, "plugins");
  const char **list = arena_zalloc(&c->memory, 2 * sizeof *list);
  if (!installed || !built || !list) return error_nomem(e);
  list[0] = is_directory(installed) ? installed : is_directory(built) ? built : NULL;
  out->plugins_why = list[0] ? "beside the program" : "there is no directory of plugins";
  out->plugin_dirs = list;
  return PINTLE_OK;
}

static pintle_status find_worker(cli *c, const char *here, cli_found *out, error *e) {
  const char *installed = join(&c->memory, here, "../libexec/pintle/pintle-worker"), *built = join(&c->memory, here, "pintle-worker");
  if (!installed || !built) return error_nomem(e);
  out->worker = cli_getenv(c, "PINTLE_WORKER");
  if (!out->worker) out->worker = access(installed, X_OK) != 0 && access(built, X_OK) == 0 ? built : installed;
  const char *slash = strrchr(out->worker, '/');
  const char *beside = slash ? arena_copy(&c->memory, (str){out->worker, (size_t)(slash - out->worker)}) : ".";
  out->velero_worker = beside ? join(&c->memory, beside, "pintle-worker-velero") : NULL;
  return out->velero_worker ? PINTLE_OK : error_nomem(e);
}

pintle_status cli_find(cli *c, const char *executable, cli_found *out, error *e) {
  const char *here = directory_of_program(&c->memory, executable), *temp = cli_getenv(c, "TMPDIR");
  *out = (cli_found){.temp_dir = temp ? temp : "/tmp"};
  if (!here) return error_nomem(e);
  pintle_status st = find_config(c, out, e);
  if (st == PINTLE_OK) st = find_plugins(c, here, out, e);
  if (st == PINTLE_OK) st = find_worker(c, here, out, e);
  return st;
}
