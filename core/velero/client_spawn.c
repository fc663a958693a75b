/* client_spawn.c -- a Go plugin as a child process.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "velero/client_inside.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FD_FILE = 3, FD_FAULT = 4, ARGS_MAX = 64, ENVIRONMENT_MAX = 1024, PIPE_SIZE = 1 << 20 };

typedef struct child_plan { /* all that the child needs, made before the fork */
  char *argv[ARGS_MAX + 1], *env[ENVIRONMENT_MAX + 1], directory[120];
  int file, null, out, err, fault;
  pid_t parent;
  bool script;
  sigset_t none;
} child_plan;

/* Between fork and exec only async-signal-safe functions. */
static void become(const child_plan *c) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != c->parent) _exit(126);
  for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
  sigprocmask(SIG_SETMASK, &c->none, NULL);
  if (dup2(c->null, 0) < 0 || dup2(c->out, 1) < 0 || dup2(c->err, 2) < 0) return;
  /* all of ours are above FD_FAULT, see high() */
  if (dup2(c->file, FD_FILE) < 0 || dup3(c->fault, FD_FAULT, O_CLOEXEC) < 0) return;
  if (syscall(SYS_close_range, FD_FAULT + 1, ~0U, 0) != 0)
    for (int fd = FD_FAULT + 1; fd < 4096; fd++) close(fd);
  if (fcntl(FD_FILE, F_SETFD, c->script ? 0 : FD_CLOEXEC) != 0) return; /* the interpreter of a script opens it again */
  syscall(SYS_execveat, FD_FILE, "", c->argv, c->env, AT_EMPTY_PATH);
}

static _Noreturn void child(const child_plan *c) {
  become(c);
  int why = errno;
  if (write(FD_FAULT, &why, sizeof why) < 0) _exit(126);
  _exit(127);
}

/* ---- its environment: what we were given, without what go-plugin's handshake is made of, and that */
static bool ours(const char *variable) {
  static const char *const names[] = {
      "VELERO_PLUGIN=",      "PLUGIN_MIN_PORT=",       "PLUGIN_MAX_PORT=",        "PLUGIN_PROTOCOL_VERSIONS=",
      "PLUGIN_CLIENT_CERT=", "PLUGIN_MULTIPLEX_GRPC=", "PLUGIN_UNIX_SOCKET_DIR=", "PLUGIN_UNIX_SOCKET_GROUP="};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strncmp(variable, names[i], strlen(names[i])) == 0) return true;
  return false;
}

static void plan_environment(const velero_process *p, child_plan *c) {
  static const char *const added[] = {"VELERO_PLUGIN=hello", "PLUGIN_MIN_PORT=10000", "PLUGIN_MAX_PORT=25000",
                                      "PLUGIN_PROTOCOL_VERSIONS=2"};
  size_t n = 0;
  for (size_t i = 0; i < sizeof added / sizeof *added; i++) c->env[n++] = (char *)(uintptr_t)added[i];
  if (p->directory[0]) {
    snprintf(c->directory, sizeof c->directory, "PLUGIN_UNIX_SOCKET_DIR=%s", p->directory);
    c->env[n++] = c->directory;
  }
  for (const char *const *v = p->o.environment; v && *v && n < ENVIRONMENT_MAX; v++)
    if (!ours(*v)) c->env[n++] = (char *)(uintptr_t)*v;
}

static void plan_arguments(const velero_process *p, child_plan *c) {
  size_t n = 0;
  c->argv[n++] = p->path;
  for (const char *const *a = p->o.args; a && *a && n < ARGS_MAX; a++) c->argv[n++] = (char *)(uintptr_t)*a;
}

/* A directory of its own for the socket: it is gone as soon as we are connected, so nothing is left whoever is killed. */
static void make_directory(velero_process *p) {
  const char *parents[] = {NULL, "/tmp", "/var/tmp", "/dev/shm"};
  for (const char *const *v = p->o.environment; v && *v; v++)
    if (strncmp(*v, "TMPDIR=/", 8) == 0) parents[0] = *v + 7;
  for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
    if (!parents[i] || (size_t)snprintf(p->directory, sizeof p->directory, "%s/pintle-go-XXXXXX", parents[i]) >= sizeof p->directory)
      continue;
    if (mkdtemp(p->directory)) return;
  }
  p->directory[0] = 0; /* it chooses */
}

/* ---- starting */
static int high(int fd) { /* out of the way of what the child's descriptors become */
  if (fd < 0 || fd > FD_FAULT) return fd;
  int up = fcntl(fd, F_DUPFD_CLOEXEC, FD_FAULT + 1);
  close(fd);
  return up;
}

static bool make_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) return ends[0] = ends[1] = -1, false;
  ends[1] = high(ends[1]);
  (void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE); /* between calls nobody reads: it should not wait for us */
  return ends[1] >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static pintle_status fork_it(velero_process *p, child_plan *c, int fault[2], error *e) {
  char head[2] = {0};
  int why = 0;
  c->script = pread(p->o.fd, head, 2, 0) == 2 && head[0] == '#' && head[1] == '!';
  c->parent = getpid();
  sigemptyset(&c->none);
  plan_arguments(p, c);
  plan_environment(p, c);
  p->pid = fork();
  if (p->pid == 0) child(c);
  if (p->pid < 0) return error_errno(e, errno, "cannot start %s", p->path);
  p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
  if (p->pidfd < 0) return error_errno(e, errno, "cannot watch %s", p->path);
  close_p(&fault[1]);
  struct pollfd wait = {.fd = fault[0], .events = POLLIN};
  while (poll(&wait, 1, -1) < 0 && errno == EINTR) {}
  if (read(fault[0], &why, sizeof why) != sizeof why) return PINTLE_OK; /* closed by exec */
  return error_set(e, PINTLE_INVALID, "cannot execute %s: %s", p->path, strerror(why));
}

pintle_status client_spawn(velero_process *p, error *e) {
  int out[2] = {-1, -1}, err[2] = {-1, -1}, fault[2] = {-1, -1};
  CLEANUP(close_p) int null = high(open("/dev/null", O_RDONLY | O_CLOEXEC));
  CLEANUP(close_p) int file = fcntl(p->o.fd, F_DUPFD_CLOEXEC, FD_FAULT + 1);
  CLEANUP(free_p) child_plan *c = calloc(1, sizeof *c);
  pintle_status st = PINTLE_OK;
  if (!c) return error_nomem(e);
  make_directory(p);
  if (!make_pipe(out) || !make_pipe(err) || !make_pipe(fault) || null < 0 || file < 0)
    st = error_errno(e, errno, "cannot start %s", p->path);
  c->null = null, c->file = file, c->out = out[1], c->err = err[1], c->fault = fault[1];
  if (st == PINTLE_OK) st = fork_it(p, c, fault, e);
  p->out = out[0], p->err = err[0];
  int *ends[] = {&out[1], &err[1], &fault[0], &fault[1]};
  for (size_t i = 0; i < 4; i++) close_p(ends[i]);
  return st;
}

/* ---- its end */
bool client_reap(velero_process *p, int64_t until) {
  if (p->pid <= 0) return true;
  while (!p->reaped) {
    if (waitpid(p->pid, &p->status, WNOHANG) == p->pid) return p->reaped = true;
    int64_t left = until - clock_monotonic();
    struct pollfd wait = {.fd = p->pidfd, .events = POLLIN};
    if (left <= 0) return false;
    if (poll(&wait, 1, (int)(left / 1000000) + 1) < 0 && errno != EINTR) return false;
  }
  return true;
}

void client_kill(velero_process *p) {
  if (p->pid <= 0 || p->reaped) return;
  kill(p->pid, SIGKILL);
  client_reap(p, clock_monotonic() + 5 * CLOCK_SECOND); /* one that is stuck in the kernel is left */
}

void client_how(const velero_process *p, char *to, size_t size) {
  const char *name = p->reaped && WIFSIGNALED(p->status) ? sigabbrev_np(WTERMSIG(p->status)) : NULL;
  if (name) snprintf(to, size, "was ended by SIG%s", name);
  else if (p->reaped) snprintf(to, size, "ended with exit status %d", WEXITSTATUS(p->status));
  else snprintf(to, size, "closed its connection");
}
