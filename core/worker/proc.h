/* proc.h -- one worker process, seen from the supervisor: started, listened to, explained when it has ended.  SPDX-License-Identifier: Apache-2.0
 *
 * Used by the pool (pool.h) and for single calls (single.h). */
#ifndef PINTLE_WORKER_PROC_H
#define PINTLE_WORKER_PROC_H
#include "base/buf.h"
#include "base/error.h"
#include "worker/page.h"
#include <sys/types.h>

enum { PROC_LINE = 8 << 10, PROC_HOW = 240 };

typedef struct proc {
  pid_t pid;
  int pidfd, sock, cancel_fd, logs[2]; /* logs: its stdout, its stderr; all but pidfd and cancel_fd are non-blocking */
  page *page;
} proc;

typedef struct proc_options {
  const char *worker;                                    /* path of pintle-worker */
  const char *const *environment;                        /* NAME=VALUE, NULL-ended: the worker gets a part of it */
  bool (*wanted)(const void *ctx, const char *variable); /* beside PATH, HOME, TZ and LANG */
  const void *ctx;
  const int *fds; /* sealed plugins, which keep their numbers; < 0 are passed over */
  size_t n_fds;
} proc_options;
/* Executes worker --run SOCKET PAGE CANCEL in a process group of its own; it dies with the thread that started it. */
pintle_status proc_start(const proc_options *o, proc *out, error *e);
void proc_close(proc *p); /* descriptors and page; the process is not touched */
/* Does "NAME=VALUE" have a name like the pattern ("AWS_*")? */
bool proc_variable_is(const char *pattern, const char *variable);

void proc_kill(const proc *p); /* the group */
/* Takes the zombie. false: it lives, or ended in an unknown way. */
bool proc_reap(const proc *p, int *status);
/* "crashed (SIGSEGV)", "ended its process (exit status 7)". to holds PROC_HOW bytes. */
void proc_how(bool known, int status, char *to);
/* The lines of the backtrace that a crash left; to holds PAGE_TRACE + 1 bytes. */
void proc_trace(const proc *p, char *to);

/* Reads one of the two log pipes and hands each line on, without its end. Bounded: a plugin that never stops printing must not stop us. line
 * holds the beginning of one that is not complete; last: it is handed on as well. */
void proc_read_lines(int fd, buf *line, bool last, void (*each)(void *ctx, str line), void *ctx);
/* A plugin's own threads log by standard error as "level=N text": takes that off. Text without it is INFO. */
int32_t proc_line_level(str *line);
#endif
