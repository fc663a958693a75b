/* module.c -- opening a plugin inside a worker; see module.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/adopt.h"
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>

/* NULL: no memory. */
static host_module *new_module(const char *name, error *e) {
  host_module *m = calloc(1, sizeof *m);
  if (m && (m->name = arena_dup(&m->memory, name))) return m;
  free(m);
  error_nomem(e);
  return NULL;
}

static void free_module(host_module *m) {
  arena_free(&m->memory);
  free(m);
}

pintle_status host_module_adopt(const pintle_plugin *plugin, const char *name, host_module **out, error *e) {
  host_module *m = new_module(name, e);
  if (!m) return PINTLE_NOMEM;
  pintle_status st = host_adopt_plugin(m, plugin, e);
  if (st == PINTLE_OK) *out = m;
  else free_module(m);
  return st;
}

pintle_status host_module_adopt_outside(const pintle_plugin *plugin, const char *name, const host_outside *o, host_module **out, error *e) {
  host_module *m = NULL;
  pintle_status st = host_module_adopt(plugin, name, &m, e);
  if (m) m->outside = *o, *out = m;
  else o->close(o->ctx);
  return st;
}

/* dlerror's text without the path of the private copy. */
static pintle_status loader_error(const char *path, error *e) {
  const char *text = dlerror();
  size_t n = strlen(path);
  if (!text) text = "unknown error of the dynamic linker";
  if (strncmp(text, path, n) == 0 && strncmp(text + n, ": ", 2) == 0) text += n + 2;
  error_set(e, PINTLE_FAILED, "cannot be loaded: %s", text);
  if (strstr(text, "undefined symbol")) error_hint(e, "the plugin was linked without a library that it uses; link it with -Wl,-z,defs");
  else if (strstr(text, "cannot open shared object file"))
    error_hint(e, "install the package that has this library, or link it into the plugin");
  else if (strstr(text, "GLIBC_")) error_hint(e, "the plugin was built on a newer system; build it on the oldest one that must run it");
  return PINTLE_FAILED;
}

static pintle_status no_entry(void *library, error *e) {
  static const char *const others[] = {"pintle_plugin_v0", "pintle_plugin_v2", "pintle_plugin_v3", "pintle_plugin_v4"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (dlsym(library, others[i])) {
      error_set(e, PINTLE_UNSUPPORTED, "exports %s, this pintle needs pintle_plugin_v%u", others[i], PINTLE_ABI_MAJOR);
      error_hint(e, "install a release of the plugin built for plugin interface %u", PINTLE_ABI_MAJOR);
      return PINTLE_UNSUPPORTED;
    }
  return error_set(e, PINTLE_NOT_FOUND, "is no pintle plugin: it exports no pintle_plugin_v%u", PINTLE_ABI_MAJOR);
}

/* The entry must be data, and as large as the smallest table. */
static pintle_status check_entry(const void *entry, error *e) {
  Dl_info info;
  const ElfW(Sym) *symbol = NULL;
  if (!dladdr1(entry, &info, (void **)(uintptr_t)&symbol, RTLD_DL_SYMENT) || !symbol) return PINTLE_OK;
  if (ELF64_ST_TYPE(symbol->st_info) == STT_FUNC)
    return error_set(e, PINTLE_INVALID, "its pintle_plugin_v%u is a function", PINTLE_ABI_MAJOR);
  if (symbol->st_size && symbol->st_size < sizeof(uint32_t) * 6)
    return error_set(e, PINTLE_INVALID, "its pintle_plugin_v%u has %zu bytes only", PINTLE_ABI_MAJOR, (size_t)symbol->st_size);
  return PINTLE_OK;
}

pintle_status host_module_open(int fd, const char *name, host_module **out, error *e) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  dlerror();
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) return loader_error(path, e);
  const void *entry = dlsym(library, "pintle_plugin_v1");
  if (!entry) return no_entry(library, e);
  pintle_status st = check_entry(entry, e);
  return st == PINTLE_OK ? host_module_adopt(entry, name, out, e) : st;
}

void host_module_close(host_module *m) {
  if (!m) return;
  if (m->loaded && m->plugin.unload) m->plugin.unload(m->module);
  if (m->outside.close) m->outside.close(m->outside.ctx);
  free_module(m);
}

const pintle_plugin *host_module_plugin(const host_module *m) { return &m->plugin; }
size_t host_module_count(const host_module *m) { return m->n; }
const host_table_set *host_module_get(const host_module *m, size_t i) { return i < m->n ? &m->sets[i] : NULL; }

const host_table_set *host_module_find(const host_module *m, uint32_t kind, const char *name) {
  const host_table_set *refused = NULL;
  for (size_t i = 0; i < m->n; i++) {
    const host_table_set *s = &m->sets[i];
    if ((kind != CONF_ANY_KIND && s->kind != kind) || strcmp(s->action->name, name) != 0) continue;
    if (!s->refused) return s;
    if (!refused) refused = s;
  }
  return refused;
}
