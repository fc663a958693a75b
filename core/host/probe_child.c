/* probe_child.c -- one probe as a process; see probe.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/probe.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENV_MAX = 4 };

static void pick_environment(const char *const *from, char *to[ENV_MAX + 1]) {
  static const char *const names[ENV_MAX] = {"PATH=", "HOME=", "TZ=", "LANG="};
  static const char usual[] = "PATH=/usr/local/bin:/usr/bin:/bin";
  size_t n = 0;
  for (size_t k = 0; from && k < ENV_MAX; k++)
    for (size_t i = 0; from[i]; i++)
      if (strncmp(from[i], names[k], strlen(names[k])) == 0) {
        to[n++] = (char *)(uintptr_t)from[i];
        break;
      }
  if (!from) to[n++] = (char *)(uintptr_t)usual;
  to[n] = NULL;
}

/* A pipe whose writing end is out of the way of 0 to 3, which the child's ends become. */
static bool make_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) return ends[0] = ends[1] = -1, false;
  int high = fcntl(ends[1], F_DUPFD_CLOEXEC, 10);
  close_p(&ends[1]);
  ends[1] = high;
  return high >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static int prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes, int plugin, int pipes[3][2]) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int bad = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
  for (int i = 0; !bad && i < 3; i++) bad = posix_spawn_file_actions_adddup2(files, pipes[i][1], i == 0 ? HOST_PROBE_OUT : i);
  if (!bad) bad = posix_spawn_file_actions_adddup2(files, plugin, plugin); /* the same number: drops CLOEXEC only */
  if (!bad) bad = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (!bad) bad = posix_spawnattr_setpgroup(attributes, 0);
  if (!bad) bad = posix_spawnattr_setsigmask(attributes, &none);
  return bad ? bad : posix_spawnattr_setsigdefault(attributes, &all);
}

static int spawn(const host_scan_options *o, const host_plugin *p, int pipes[3][2], pid_t *pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  char number[16], *environment[ENV_MAX + 1];
  snprintf(number, sizeof number, "%d", p->fd);
  const char *worker = p->velero ? o->velero_worker : o->worker;
  char *const argv[] = {(char *)(uintptr_t)worker, (char[]){"--probe"}, number, (char *)(uintptr_t)p->file, NULL};
  pick_environment(o->environment, environment);
  int bad = posix_spawn_file_actions_init(&files);
  if (bad) return bad;
  if ((bad = posix_spawnattr_init(&attributes)) == 0) {
    bad = prepare(&files, &attributes, p->fd, pipes);
    if (!bad) bad = posix_spawn(pid, worker, &files, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&files);
  return bad;
}

pintle_status host_child_start(const host_scan_options *o, const host_plugin *p, host_child *c, error *e) {
  int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}, bad = 0;
  pid_t pid = -1;
  *c = (host_child){.pid = -1, .pidfd = -1, .answer = -1, .log = {-1, -1}};
  for (int i = 0; i < 3 && !bad; i++)
    if (!make_pipe(pipes[i])) bad = errno;
  if (!bad) bad = spawn(o, p, pipes, &pid);
  for (int i = 0; i < 3; i++) close_p(&pipes[i][1]);
  c->pid = pid;
  c->answer = pipes[0][0];
  c->log[0] = pipes[1][0];
  c->log[1] = pipes[2][0];
  if (!bad && (c->pidfd = (int)syscall(SYS_pidfd_open, pid, 0)) < 0) bad = errno;
  if (!bad) return PINTLE_OK;
  if (pid > 0) { /* without a pidfd its end cannot be waited for with a limit */
    kill(-pid, SIGKILL);
    waitpid(pid, NULL, 0);
  }
  c->pid = -1;
  host_child_end(c, true);
  return error_errno(e, bad, "cannot start %s to examine plugin %s", p->velero ? o->velero_worker : o->worker, p->file);
}

int host_child_end(host_child *c, bool ended) {
  int status = -1;
  if (c->pid > 0) {
    kill(-c->pid, SIGKILL); /* before it is reaped its number cannot be another's: its children go too */
    struct pollfd p = {.fd = c->pidfd, .events = POLLIN};
    while (!ended) { /* killed: ends at once, unless stuck in the kernel; then it is abandoned */
      int n = poll(&p, 1, 1000);
      if (n >= 0) break;
      if (errno != EINTR) break;
    }
    if (waitpid(c->pid, &status, WNOHANG) != c->pid) status = -1;
  }
  c->pid = -1;
  close_p(&c->pidfd);
  close_p(&c->answer);
  close_p(&c->log[0]);
  close_p(&c->log[1]);
  return status;
}
