/* spawn.c -- starts a worker process: its own group, its own environment, nothing else of ours open.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/types.h"
#include "worker/pool.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_ENVIRONMENT = 512 };

static bool env_name_matches(const char *pattern, const char *variable) {
  const char *eq = strchr(variable, '=');
  return eq && kube_glob(str_of(pattern), (str){variable, (size_t)(eq - variable)});
}

/* Base, plus what the plugins of this segment declare or the chain file adds (both are in the plan). */
static bool env_wanted(const worker_pool *p, uint32_t segment, const char *variable) {
  static const char *const base[] = {"PATH", "HOME", "TZ", "LANG"};
  for (size_t i = 0; i < sizeof base / sizeof *base; i++)
    if (env_name_matches(base[i], variable)) return true;
  for (size_t i = 0; i < p->o.plan->n; i++) {
    const chain_entry *entry = &p->o.plan->entries[i];
    if (entry->segment != segment || entry->plugin < 0) continue;
    for (const char *const *name = p->o.plan->plugins[entry->plugin].env; name && *name; name++)
      if (env_name_matches(*name, variable)) return true;
  }
  return false;
}

typedef struct child_plan { /* all that the child needs, made before the fork */
  int sock, page_fd, cancel_fd, null, logs[2];
  const int *plugins;
  size_t n_plugins;
  char *argv[6], *env[MAX_ENVIRONMENT + 1];
  sigset_t none;
} child_plan;

/* Between fork and exec only async-signal-safe functions. */
static _Noreturn void child(const child_plan *c) {
  struct rlimit no_core = {0, 0};
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setrlimit(RLIMIT_CORE, &no_core);
  for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
  sigprocmask(SIG_SETMASK, &c->none, NULL);
  if (dup2(c->null, 0) < 0 || dup2(c->logs[0], 1) < 0 || dup2(c->logs[1], 2) < 0) _exit(126);
  const int keep[3] = {c->sock, c->page_fd, c->cancel_fd};
  for (int i = 0; i < 3; i++)
    if (fcntl(keep[i], F_SETFD, 0) != 0) _exit(126);
  for (size_t i = 0; i < c->n_plugins; i++)
    if (c->plugins[i] >= 0 && fcntl(c->plugins[i], F_SETFD, 0) != 0) _exit(126);
  execve(c->argv[0], c->argv, c->env);
  _exit(127);
}

static pintle_status make_page(page **out, int *fd, error *e) {
  int got = memfd_create("pintle-page", MFD_CLOEXEC);
  if (got < 0) return error_errno(e, errno, "cannot make the shared page of a worker");
  *fd = got;
  if (ftruncate(got, sizeof(page)) != 0) return error_errno(e, errno, "cannot size the shared page of a worker");
  void *p = mmap(NULL, sizeof(page), PROT_READ | PROT_WRITE, MAP_SHARED, got, 0);
  if (p == MAP_FAILED) return error_errno(e, errno, "cannot map the shared page of a worker");
  *out = p;
  return PINTLE_OK;
}

static void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

void pool_proc_free(pool_proc *w) {
  for (pool_item *i; (i = pool_pop(&w->with));) free(i);
  int *fds[] = {&w->pidfd, &w->sock, &w->cancel_fd, &w->logs[0], &w->logs[1]};
  for (size_t i = 0; i < 5; i++) close_p(fds[i]);
  if (w->page) munmap(w->page, sizeof(page));
  buf *bufs[] = {&w->out, &w->in, &w->joined, &w->lines[0], &w->lines[1]};
  for (size_t i = 0; i < 5; i++) buf_free(bufs[i]);
  free(w);
}

static void send_setup(worker_pool *p, pool_proc *w) {
  buf body = {0};
  uint32_t n = 0;
  buf_adds(&body, buf_str(&p->setup));
  wire_u32(&body, w->segment);
  wire_u32(&body, p->o.stop_before);
  for (size_t i = 0; i < p->o.plan->n; i++) n += p->stats[i].quarantined;
  wire_u32(&body, n);
  for (uint32_t i = 0; i < p->o.plan->n; i++)
    if (p->stats[i].quarantined) wire_u32(&body, i);
  if (body.failed) w->out.failed = true;
  else pool_send(p, w, WIRE_SETUP, buf_str(&body));
  buf_free(&body);
}

pintle_status pool_spawn(worker_pool *p, uint32_t segment, error *e) {
  int pair[2] = {-1, -1}, log[2][2] = {{-1, -1}, {-1, -1}};
  CLEANUP(close_p) int page_fd = -1;
  CLEANUP(close_p) int null = -1;
  char numbers[3][16];
  pintle_status st = PINTLE_OK;
  int fds[64];
  pool_proc *w = calloc(1, sizeof *w);
  child_plan *c = calloc(1, sizeof *c);
  if (!w || !c) {
    free(w);
    free(c);
    return error_nomem(e);
  }
  w->pidfd = w->sock = w->cancel_fd = w->logs[0] = w->logs[1] = -1;
  w->segment = segment;
  if ((st = make_page(&w->page, &page_fd, e)) != PINTLE_OK) goto out;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 || pipe2(log[0], O_CLOEXEC) != 0 || pipe2(log[1], O_CLOEXEC) != 0 ||
      (w->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0 || (null = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) {
    st = error_errno(e, errno, "cannot start a worker");
    goto out;
  }
  c->sock = pair[1], c->page_fd = page_fd, c->cancel_fd = w->cancel_fd, c->null = null;
  c->logs[0] = log[0][1], c->logs[1] = log[1][1];
  for (size_t i = 0; i < p->o.plan->n_plugins && c->n_plugins < 64; i++) fds[c->n_plugins++] = p->o.plan->plugins[i].fd;
  c->plugins = fds;
  if (p->o.plan->n_plugins > 64) {
    st = error_set(e, PINTLE_UNSUPPORTED, "a chain may load at most 64 plugins, this one has %zu", p->o.plan->n_plugins);
    goto out;
  }
  const int shown[3] = {pair[1], page_fd, w->cancel_fd};
  for (int i = 0; i < 3; i++) snprintf(numbers[i], sizeof numbers[i], "%d", shown[i]);
  char *argv[6] = {(char *)(uintptr_t)p->o.worker, (char[]){"--run"}, numbers[0], numbers[1], numbers[2], NULL};
  memcpy(c->argv, argv, sizeof argv);
  size_t n = 0;
  for (const char *const *v = p->o.environment; v && *v && n < MAX_ENVIRONMENT; v++)
    if (env_wanted(p, segment, *v)) c->env[n++] = (char *)(uintptr_t)*v;
  sigemptyset(&c->none);
  w->pid = fork();
  if (w->pid == 0) child(c);
  if (w->pid < 0) {
    st = error_errno(e, errno, "cannot fork a worker");
    goto out;
  }
  setpgid(w->pid, w->pid); /* both sides do it: whoever is first */
  w->pidfd = (int)syscall(SYS_pidfd_open, w->pid, 0);
  if (w->pidfd < 0) {
    st = error_errno(e, errno, "cannot watch a worker (pidfd_open needs Linux 5.3)");
    kill(w->pid, SIGKILL);
    goto out;
  }
  w->sock = pair[0], pair[0] = -1;
  w->logs[0] = log[0][0], log[0][0] = -1;
  w->logs[1] = log[1][0], log[1][0] = -1;
  set_nonblocking(w->sock);
  set_nonblocking(w->logs[0]);
  set_nonblocking(w->logs[1]);
  w->seen_at = clock_monotonic();
  send_setup(p, w);
  w->next = p->procs;
  p->procs = w;
  w = NULL;
out:
  for (int i = 0; i < 2; i++) close_p(&pair[i]), close_p(&log[0][i]), close_p(&log[1][i]);
  free(c);
  if (w) pool_proc_free(w);
  return st;
}
