/* single_death.c -- a worker for single calls told to stop, killed, explained, replaced; and what it printed.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/single_inside.h"
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_LIMIT (30 * CLOCK_SECOND)  /* load and create have deadlines of their own; this is for what has none */
#define EXIT_LIMIT (5 * CLOCK_SECOND)    /* it said goodbye */
#define CLOSED_LIMIT CLOCK_SECOND        /* its socket is at its end, so its death should be seen */
#define ABANDON_AFTER (5 * CLOCK_SECOND) /* stuck in the kernel after SIGKILL */
enum { SHOWN_FRAMES = 6 };

/* ---- lines */
PINTLE_PRINTF(3, 4) static void say(const worker_single *s, pintle_call *caller, const char *format, ...) {
  char text[1024];
  const pintle_kv fields[] = {{"action", s->o.action->name}, {"plugin", s->o.plugin->file}};
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  caller->host->log_line(caller, PINTLE_LOG_WARN, text, PINTLE_Z, fields, 2);
}

typedef struct log_pipe {
  const worker_single *single;
  pintle_call *caller;
  const char *source;
} log_pipe;

static void log_line(void *ctx, str line) {
  const log_pipe *l = ctx;
  int32_t level = proc_line_level(&line);
  const pintle_kv fields[] = {{"source", l->source}, {"plugin", l->single->o.plugin->file}};
  l->caller->host->log_line(l->caller, level, line.ptr, line.len, fields, 2);
}

void single_read_logs(worker_single *s, const single_call *c, bool last) {
  static const char *const sources[] = {"stdout", "stderr"};
  for (int i = 0; i < 2; i++) {
    log_pipe l = {s, c->caller, sources[i]};
    proc_read_lines(s->proc.logs[i], &s->lines[i], last, log_line, &l);
  }
}

/* ---- time */
void single_kill(worker_single *s, const char *why) {
  if (s->killed_at) return;
  snprintf(s->why_killed, sizeof s->why_killed, "%s", why);
  s->killed_at = clock_monotonic();
  proc_kill(&s->proc);
}

static void kill_late(worker_single *s, int64_t limit, bool idle) {
  char why[120];
  snprintf(why, sizeof why, "the deadline of %lld.%01lld s%s", (long long)(limit / CLOCK_SECOND),
           (long long)(limit / (CLOCK_SECOND / 10) % 10), idle ? " without a sign of life" : "");
  s->timed_out = true;
  single_kill(s, why);
}

/* On to the worker: what its plugin's cancelled() and cancel_fd() tell. */
static void pass_on(worker_single *s, single_call *c, int32_t what, int64_t now) {
  const uint64_t one = 1;
  c->told = what;
  c->told_at = now;
  atomic_store(&s->proc.page->cancel, (uint32_t)what);
  if (write(s->proc.cancel_fd, &one, sizeof one) < 0) single_kill(s, "it cannot be told to stop");
}

static void watch_call(worker_single *s, single_call *c, int64_t now) {
  bool idle = c->flags & SINGLE_IDLE;
  if (!c->told && idle && now > c->seen_at + c->limit) pass_on(s, c, 2, now);
  if (!c->told && c->args.deadline && now > c->args.deadline) pass_on(s, c, 2, now);
  if (c->told != 2) return;
  bool knows = atomic_load(&s->proc.page->told) != 0; /* it asked, so it has the time for cleaning up */
  if (now > c->told_at + (knows ? s->grace : CLOCK_SECOND)) kill_late(s, c->limit, idle && !c->args.deadline);
}

/* Load, create, finish: the page tells which, and until when. */
static void watch_life(worker_single *s, const single_call *c, int64_t now) {
  const page *p = s->proc.page;
  int64_t deadline = atomic_load(&p->depth) ? atomic_load(&p->stack[0].deadline) : 0;
  bool knows = atomic_load(&p->told) != 0;
  if (s->state == SINGLE_FINISHED && now > c->seen_at + EXIT_LIMIT) single_kill(s, "it does not end");
  else if (deadline && now > deadline + (knows ? s->grace : CLOCK_SECOND))
    kill_late(s, deadline - atomic_load(&p->stack[0].started), false);
  else if (!deadline && now > c->started + START_LIMIT && s->state != SINGLE_FINISHED) single_kill(s, "no sign of life");
}

void single_watch(worker_single *s, single_call *c) {
  int64_t now = clock_monotonic();
  if (s->killed_at) {
    if (now <= s->killed_at + ABANDON_AFTER) return;
    say(s, c->caller, "worker %d does not die: it is stuck in the kernel and is left behind", (int)s->proc.pid);
    single_buried(s, c);
    return;
  }
  if (s->closed_at && now > s->closed_at + CLOSED_LIMIT) single_kill(s, "it closed its socket");
  int32_t what = c->told ? 0 : c->caller->host->cancelled(c->caller);
  if (what) pass_on(s, c, what == 2 ? 2 : 1, now);
  if (s->state == SINGLE_READY) watch_call(s, c, now);
  else watch_life(s, c, now);
  if (c->told == 1 && now > c->told_at + s->grace) single_kill(s, "the run was cancelled and the time for cleaning up is over");
}

/* ---- death */
/* "frame < frame < frame" of the backtrace, and all of it as lines of the log. */
static void tell_trace(const worker_single *s, pintle_call *caller, char *to, size_t size) {
  const pintle_kv fields[] = {{"action", s->o.action->name}, {"plugin", s->o.plugin->file}};
  char trace[PAGE_TRACE + 1], line[PAGE_TRACE + 12], *next;
  size_t n = 0, len = 0;
  proc_trace(&s->proc, trace);
  to[0] = 0;
  for (char *frame = trace; *frame; frame = next) {
    char *end = strchr(frame, '\n');
    next = end ? end + 1 : frame + strlen(frame);
    if (end) *end = 0;
    snprintf(line, sizeof line, "backtrace: %s", frame);
    caller->host->log_line(caller, PINTLE_LOG_INFO, line, PINTLE_Z, fields, 2); /* the warning or error is the death */
    if (n++ >= SHOWN_FRAMES || len + strlen(frame) + 20 > size) continue;
    len += (size_t)snprintf(to + len, size - len, "%s%s", len ? " < " : "; backtrace: ", frame);
  }
}

static void explain(worker_single *s, single_call *c, bool known, int status, const char *what) {
  char how[PROC_HOW], trace[500];
  pintle_status st = s->timed_out ? PINTLE_TIMED_OUT : s->killed_at && c->told == 1 ? PINTLE_CANCELLED : PINTLE_FAILED;
  if (s->timed_out) snprintf(how, sizeof how, "exceeded %s", s->why_killed);
  else if (s->killed_at) snprintf(how, sizeof how, "was stopped: %s,", s->why_killed);
  else proc_how(known, status, how);
  tell_trace(s, c->caller, trace, sizeof trace);
  snprintf(s->last_end, sizeof s->last_end, "%s%s%s", how, *what ? " in " : " between two calls", what);
  c->answer = (single_answer){.status = st};
  if (known && s->state == SINGLE_STARTING && WIFEXITED(status) && WEXITSTATUS(status) == 127)
    c->answer.status = error_set(&c->answer.error, PINTLE_NOT_FOUND, "cannot execute %s", s->o.worker);
  else error_set(&c->answer.error, st, "action %s of plugin %s %s%s", s->o.action->name, s->o.plugin->file, s->last_end, trace);
}

static void strike(worker_single *s, pintle_call *caller) {
  if (++s->strikes == SINGLE_STRIKES)
    say(s, caller, "action %s is quarantined after %d crashes or deadlines: it is not called any more in this run", s->o.action->name,
        SINGLE_STRIKES);
}

static void forget(worker_single *s) {
  buf *const bufs[] = {&s->out, &s->in, &s->joined, &s->lines[0], &s->lines[1]};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
  proc_close(&s->proc);
  s->out_at = s->in_used = 0;
  s->out_seq = s->in_seq = 0;
  s->killed_at = s->closed_at = 0;
  s->timed_out = false;
  s->state = SINGLE_NONE;
}

void single_buried(worker_single *s, single_call *c) {
  int status;
  char what[sizeof s->proc.page->stack[0].what + 1];
  bool known = proc_reap(&s->proc, &status), answered = c->done && s->state == SINGLE_READY;
  kill(-s->proc.pid, SIGKILL); /* children that it left behind */
  if (!answered) {
    single_read(s, c); /* its last words */
    answered = c->done && s->state == SINGLE_READY;
  }
  single_read_logs(s, c, true);
  if (s->state != SINGLE_FINISHED) {
    bool in_call = atomic_load(&s->proc.page->depth) != 0;
    snprintf(what, sizeof what, "%.27s", in_call ? s->proc.page->stack[0].what : c->what);
    single_answer kept = c->answer;
    explain(s, c, known, status, what);
    if (answered || !c->args.number) say(s, c->caller, "worker %d of action %s %s", (int)s->proc.pid, s->o.action->name, s->last_end);
    if (answered) c->answer = kept;
    if (c->told != 1 || !s->killed_at) strike(s, c->caller);
    c->died = !answered;
  }
  forget(s);
  c->done = true;
}

void single_recycle(worker_single *s, pintle_call *caller) {
  unsigned grown = atomic_load(&s->proc.page->grown);
  bool only = s->o.action->flags & PINTLE_ONE_INSTANCE; /* what it knows would be lost */
  if (grown < PAGE_GROWTH || s->told_grown) return;
  say(s, caller, "worker %d of action %s has grown by %u MiB%s", (int)s->proc.pid, s->o.action->name, grown,
      only ? "; it is the only instance and goes on" : "; a new one takes its place");
  if ((s->told_grown = only)) return;
  single_call c = {.caller = caller};
  single_finish(s, &c);
  single_wait(s, &c);
  if (!c.died && s->failure.status != PINTLE_OK) say(s, caller, "it did not finish well: %s", s->failure.message);
  single_call_free(&c);
}
