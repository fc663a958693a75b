/* registry_fixture.h -- a plugin directory for tests of host_scan.  SPDX-License-Identifier: Apache-2.0
 *
 * PLUGIN_DIR: the built fixtures of tests/plugins; PROBE: the built tool_probe (or pintle-worker). */
#ifndef TESTS_UNIT_REGISTRY_FIXTURE_H
#define TESTS_UNIT_REGISTRY_FIXTURE_H
#include "base/clock.h"
#include "base/file.h"
#include "host/elf.h"
#include "host/registry.h"
#include "host/seal.h"
#include <check.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__
#if defined _FORTIFY_SOURCE && _FORTIFY_SOURCE > 0
#define OLDEST_GLIBC "2.3.4" /* what fortified headers make of printf; the fixtures have this program's flags */
#else
#define OLDEST_GLIBC "2.2.5" /* of printf: the first version for this machine */
#endif
#else
#define OLDEST_GLIBC "2.17"
#endif

static char dir[64]; /* of the test, emptied after it */
static const char *plugin_dir, *probe;

static inline void setup(void) {
  strcpy(dir, "/tmp/pintle-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(dir));
}
static inline void teardown(void) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", dir);
  ck_assert_int_eq(system(command), 0);
}

static inline const char *in_dir(const char *name) {
  static char path[8][256];
  static unsigned next;
  char *p = path[next++ % 8];
  snprintf(p, sizeof path[0], "%s/%s", dir, name);
  return p;
}

static inline void put(const char *name, str data) {
  CLEANUP(close_p) int fd = open(in_dir(name), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, data.ptr, data.len), (ssize_t)data.len);
}

/* A fixture's bytes; the caller frees. */
static inline buf fixture(const char *name) {
  char path[512];
  buf b = {0};
  error e;
  snprintf(path, sizeof path, "%s/%s.so", plugin_dir, name);
  ck_assert_msg(file_read(AT_FDCWD, path, (size_t)1 << 30, &b, &e) == PINTLE_OK, "%s", e.message);
  return b;
}
static inline void copy_as(const char *name, const char *to) {
  buf b = fixture(name);
  put(to, buf_str(&b));
  buf_free(&b);
}
static inline void copy(const char *name) {
  char to[128];
  snprintf(to, sizeof to, "%s.so", name);
  copy_as(name, to);
}

static inline host_registry scan_with(const conf_chain *chain) {
  const char *directories[] = {dir, NULL};
  const host_scan_options o = {.directories = directories, .worker = probe, .probe_timeout = 2 * CLOCK_SECOND, .chain = chain};
  host_registry r;
  error e;
  ck_assert_msg(host_scan(&o, &r, &e) == PINTLE_OK, "%s", e.message);
  return r;
}
static inline host_registry scan(void) { return scan_with(NULL); }
static inline const host_plugin *plugin(const host_registry *r, const char *file) {
  for (size_t i = 0; i < r->n_plugins; i++)
    if (strcmp(r->plugins[i].file, file) == 0) return &r->plugins[i];
  ck_abort_msg("%s is not listed", file);
  return NULL;
}

static inline bool warned(const host_plugin *p, const char *part) {
  for (size_t i = 0; p->warnings[i]; i++)
    if (strstr(p->warnings[i], part)) return true;
  return false;
}

static inline void loaded(const host_registry *r, const char *file) {
  const host_plugin *p = plugin(r, file);
  ck_assert_msg(!p->reason, "%s: %s (%s)", file, p->reason, p->hint ? p->hint : "");
  ck_assert_int_ge(p->fd, 1000);
  ck_assert_int_eq(fcntl(p->fd, F_GETFD), FD_CLOEXEC);
}
/* The reason holds the part; nothing of it stays open. */
static inline void aside(const host_registry *r, const char *file, const char *part) {
  const host_plugin *p = plugin(r, file);
  ck_assert_msg(p->reason && strstr(p->reason, part), "%s: reason is \"%s\", wanted \"%s\"", file, p->reason ? p->reason : "(loaded)",
                part);
  ck_assert_int_eq(p->fd, -1);
}
/* The plugin is loaded, but the one action is not. */
static inline void refused(const host_registry *r, const char *file, size_t action, const char *part) {
  const host_plugin *p = plugin(r, file);
  ck_assert_msg(!p->reason, "%s: %s", file, p->reason);
  ck_assert_uint_lt(action, p->n_actions);
  const char *why = p->actions[action].refused;
  ck_assert_msg(why && strstr(why, part), "%s: refused is \"%s\", wanted \"%s\"", file, why ? why : "(usable)", part);
}

#endif
