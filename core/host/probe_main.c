/* probe_main.c -- inside the probe: the plugin is opened here, and what it says of itself written down.  SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "host/adopt.h"
#include "host/registry.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static void print_refusal(const error *e, buf *json) {
  buf_addz(json, "{\"reason\":");
  buf_json_go(json, str_of(e->message)); /* the dynamic linker's text may hold anything */
  if (e->hint[0]) {
    buf_addz(json, ",\"hint\":");
    buf_json_go(json, str_of(e->hint));
  }
  buf_addc(json, '}');
}

int host_probe_main(int fd, const char *name, int out_fd, const host_opener *opener) {
  CLEANUP(buf_free) buf json = {0};
  const struct rlimit no_core = {0, 0};
  host_module *m = NULL;
  host_plugin p = {0};
  arena a = {0};
  error e;
  if (setrlimit(RLIMIT_CORE, &no_core) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || fcntl(out_fd, F_SETFD, FD_CLOEXEC) != 0) return 1;
  pintle_status st = opener ? opener->open(opener->ctx, fd, name, &m, &e) : host_module_open(fd, name, &m, &e);
  if (st == PINTLE_OK) st = host_module_describe(m, &a, &p, &e);
  if (st == PINTLE_OK) host_descriptor_print(&p, &json);
  else print_refusal(&e, &json);
  st = json.failed ? PINTLE_NOMEM : file_write(out_fd, json.data, json.len, "the probe's answer", &e);
  host_module_close(m);
  arena_free(&a);
  return st == PINTLE_OK ? 0 : 1;
}
