/* proc.c -- see proc.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/proc.h"
#include "base/file.h"
#include "kube/types.h"
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
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ENVIRONMENT = 512 };

bool proc_variable_is(const char *pattern, const char *variable) {
  const char *eq = strchr(variable, '=');
  return eq && kube_glob(str_of(pattern), (str){variable, (size_t)(eq - variable)});
}

static bool wanted(const proc_options *o, const char *variable) {
  static const char *const base[] = {"PATH", "HOME", "TZ", "LANG"};
  for (size_t i = 0; i < sizeof base / sizeof *base; i++)
    if (proc_variable_is(base[i], variable)) return true;
  return o->wanted && o->wanted(o->ctx, variable);
}

/* ---- starting */
typedef struct child_plan { /* all that the child needs, made before the fork */
  int keep[3], null, logs[2];
  const int *fds;
  size_t n_fds;
  char *argv[6], *env[MAX_ENVIRONMENT + 1], numbers[3][16];
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
  for (int i = 0; i < 3; i++)
    if (fcntl(c->keep[i], F_SETFD, 0) != 0) _exit(126);
  for (size_t i = 0; i < c->n_fds; i++)
    if (c->fds[i] >= 0 && fcntl(c->fds[i], F_SETFD, 0) != 0) _exit(126);
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

static void plan_child(const proc_options *o, child_plan *c) {
  size_t n = 0;
  for (int i = 0; i < 3; i++) snprintf(c->numbers[i], sizeof c->numbers[i], "%d", c->keep[i]);
  char *argv[6] = {(char *)(uintptr_t)o->worker, (char *)(uintptr_t) "--run", c->numbers[0], c->numbers[1], c->numbers[2], NULL};
  memcpy(c->argv, argv, sizeof argv);
  for (const char *const *v = o->environment; v && *v && n < MAX_ENVIRONMENT; v++)
    if (wanted(o, *v)) c->env[n++] = (char *)(uintptr_t)*v;
  c->fds = o->fds, c->n_fds = o->n_fds;
  sigemptyset(&c->none);
}

pintle_status proc_start(const proc_options *o, proc *out, error *e) {
  int pair[2] = {-1, -1}, log[2][2] = {{-1, -1}, {-1, -1}};
  CLEANUP(close_p) int page_fd = -1;
  CLEANUP(close_p) int null = -1;
  CLEANUP(free_p) child_plan *c = calloc(1, sizeof *c);
  proc p = {.pid = -1, .pidfd = -1, .sock = -1, .cancel_fd = -1, .logs = {-1, -1}};
  if (!c) return error_nomem(e);
  pintle_status st = make_page(&p.page, &page_fd, e);
  if (st != PINTLE_OK) goto out;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 || pipe2(log[0], O_CLOEXEC) != 0 || pipe2(log[1], O_CLOEXEC) != 0 ||
      (p.cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0 || (null = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) {
    st = error_errno(e, errno, "cannot start a worker");
    goto out;
  }
  file_roomy(pair[0]);
  file_roomy(pair[1]);
  c->keep[0] = pair[1], c->keep[1] = page_fd, c->keep[2] = p.cancel_fd, c->null = null;
  c->logs[0] = log[0][1], c->logs[1] = log[1][1];
  plan_child(o, c);
  p.pid = fork();
  if (p.pid == 0) child(c);
  if (p.pid < 0) {
    st = error_errno(e, errno, "cannot fork a worker");
    goto out;
  }
  setpgid(p.pid, p.pid); /* both sides do it: whoever is first */
  p.pidfd = (int)syscall(SYS_pidfd_open, p.pid, 0);
  if (p.pidfd < 0) {
    st = error_errno(e, errno, "cannot watch a worker (pidfd_open needs Linux 5.3)");
    kill(p.pid, SIGKILL);
    goto out;
  }
  p.sock = pair[0], pair[0] = -1;
  p.logs[0] = log[0][0], log[0][0] = -1;
  p.logs[1] = log[1][0], log[1][0] = -1;
  set_nonblocking(p.sock);
  set_nonblocking(p.logs[0]);
  set_nonblocking(p.logs[1]);
out:
  for (int i = 0; i < 2; i++) close_p(&pair[i]), close_p(&log[0][i]), close_p(&log[1][i]);
  if (st == PINTLE_OK) *out = p;
  else proc_close(&p);
  return st;
}

void proc_close(proc *p) {
  int *fds[] = {&p->pidfd, &p->sock, &p->cancel_fd, &p->logs[0], &p->logs[1]};
  for (size_t i = 0; i < 5; i++) close_p(fds[i]);
  if (p->page) munmap(p->page, sizeof(page));
  p->page = NULL;
}

/* ---- its end */
void proc_kill(const proc *p) {
  if (kill(-p->pid, SIGKILL) != 0) kill(p->pid, SIGKILL);
}

bool proc_reap(const proc *p, int *status) {
  siginfo_t info = {0};
  bool known = waitid(P_PIDFD, (id_t)p->pidfd, &info, WEXITED | WNOHANG) == 0 && info.si_pid == p->pid;
  *status = !known ? 0 : info.si_code == CLD_EXITED ? (info.si_status & 0xff) << 8 : info.si_status & 0x7f;
  return known;
}

void proc_how(bool known, int status, char *to) {
  if (!known) snprintf(to, PROC_HOW, "ended in an unknown way");
  else if (WIFSIGNALED(status)) {
    const char *name = sigabbrev_np(WTERMSIG(status));
    snprintf(to, PROC_HOW, "crashed (SIG%s)", name ? name : "?");
  } else if (WEXITSTATUS(status) == PAGE_CLOSED) snprintf(to, PROC_HOW, "closed the socket of its worker");
  else snprintf(to, PROC_HOW, "ended its process (exit status %d)", WEXITSTATUS(status));
}

void proc_trace(const proc *p, char *to) {
  uint32_t n = atomic_load(&p->page->trace_len);
  if (n > PAGE_TRACE) n = 0;
  memcpy(to, p->page->trace, n);
  to[n] = 0;
}

/* ---- what it prints */
static void line_done(buf *line, void (*each)(void *ctx, str line), void *ctx) {
  str s = buf_str(line);
  if (s.len && s.ptr[s.len - 1] == '\r') s.len--;
  for (size_t i = 0; i < s.len; i++)
    if ((unsigned char)line->data[i] < 0x20 && line->data[i] != '\t') line->data[i] = ' ';
  if (s.len) each(ctx, s);
  buf_clear(line);
}

void proc_read_lines(int fd, buf *line, bool last, void (*each)(void *ctx, str line), void *ctx) {
  for (int round = 0; round < 64; round++) {
    char text[4096];
    ssize_t n = read(fd, text, sizeof text);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    for (ssize_t k = 0; k < n; k++) {
      if (text[k] != '\n') buf_addc(line, text[k]);
      if (text[k] == '\n' || line->len >= PROC_LINE) line_done(line, each, ctx);
    }
  }
  if (last) line_done(line, each, ctx);
}

int32_t proc_line_level(str *line) {
  if (line->len <= 8 || memcmp(line->ptr, "level=", 6) != 0 || line->ptr[6] < '0' || line->ptr[6] > '4' || line->ptr[7] != ' ')
    return PINTLE_LOG_INFO; /* text on standard error is no warning by itself */
  int32_t level = line->ptr[6] - '0';
  line->ptr += 8, line->len -= 8;
  return level;
}
