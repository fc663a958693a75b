/* death.c -- deadlines enforced, deaths explained, what was not begun handed on.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/pool.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define START_LIMIT (30 * CLOCK_SECOND)  /* exec, set-up and all creates have deadlines of their own; this is for what has none */
#define IDLE_LIMIT (120 * CLOCK_SECOND)  /* items but no call: our own code, or a library's lock */
#define ABANDON_AFTER (5 * CLOCK_SECOND) /* stuck in the kernel after SIGKILL */

const char *pool_plugin_of(const worker_pool *p, uint32_t entry) {
  int32_t plugin = p->o.plan->entries[entry].plugin;
  return plugin >= 0 && (size_t)plugin < p->o.plan->n_plugins ? p->o.plan->plugins[plugin].file : "pintle";
}

void pool_kill(pool_proc *w, const char *why) {
  if (w->killed_at) return;
  snprintf(w->why_killed, sizeof w->why_killed, "%s", why);
  w->killed_at = clock_monotonic();
  w->killed_in = w->state;
  proc_kill(&w->proc);
}

/* The call in flight, or NULL; what the page says is the worker's claim and is checked. */
static const page_call *call_of(const worker_pool *p, const pool_proc *w) {
  uint32_t depth = atomic_load(&w->page->depth);
  if (depth == 0) return NULL;
  const page_call *c = &w->page->stack[(depth <= PAGE_DEPTH ? depth : PAGE_DEPTH) - 1];
  return atomic_load(&c->entry) < p->o.plan->n ? c : NULL;
}

void pool_watch(worker_pool *p, pool_proc *w, int64_t now) {
  const page_call *c = call_of(p, w);
  int64_t deadline = c ? atomic_load(&c->deadline) : 0, told = atomic_load(&w->page->told), grace = p->o.grace;
  uint64_t calls = atomic_load(&w->page->calls);
  char why[120];
  if (w->killed_at) {
    if (now > w->killed_at + ABANDON_AFTER) {
      pool_log(p, PINTLE_LOG_ERROR, "", "worker %d does not die: it is stuck in the kernel and is left behind", (int)w->pid);
      pool_buried(p, w);
    }
    return;
  }
  if (calls != w->seen_calls) w->seen_calls = calls, w->seen_at = now;
  if (p->cancelled_at && now > p->cancelled_at + grace) {
    pool_kill(w, "the run was cancelled and the time for cleaning up is over");
  } else if (p->o.stop_before) {
    return; /* somebody looks at it with a debugger */
  } else if (c && deadline && (told ? now > told + grace && now > deadline : now > deadline + CLOCK_SECOND)) {
    int64_t limit = deadline - atomic_load(&c->started) + CLOCK_SECOND / 20; /* rounded: it begins a little after the deadline was set */
    snprintf(why, sizeof why, "the deadline of %lld.%01lld s", (long long)(limit / CLOCK_SECOND),
             (long long)(limit / (CLOCK_SECOND / 10) % 10));
    w->timed_out = true;
    pool_kill(w, why);
  } else if (!c && now > w->seen_at + (w->state == POOL_STARTING ? START_LIMIT : IDLE_LIMIT) && (w->with.first || w->state != POOL_READY)) {
    pool_kill(w, "no sign of life");
  }
}

static void describe_death(const pool_proc *w, int status, bool known, char to[PROC_HOW]) {
  if (w->killed_at && w->timed_out) snprintf(to, PROC_HOW, "exceeded %s", w->why_killed);
  else if (w->killed_at) snprintf(to, PROC_HOW, "was stopped: %s", w->why_killed);
  else proc_how(known, status, to);
}

static void quarantine(worker_pool *p, uint32_t entry) {
  buf body = {0};
  p->stats[entry].quarantined = true;
  wire_u32(&body, entry);
  for (pool_proc *w = p->procs; w && !body.failed; w = w->next)
    if ((w->state == POOL_STARTING || w->state == POOL_READY) && !w->gone && !w->killed_at) pool_send(p, w, WIRE_QUARANTINE, buf_str(&body));
  buf_free(&body);
}

/* One more strike for an action; at the third it is quarantined: its items fail by its name, unless onError is Warn. */
static void strike(worker_pool *p, uint32_t entry, bool timed_out) {
  worker_action_stats *s = &p->stats[entry];
  if (timed_out) s->timeouts++;
  else s->deaths++;
  s->strikes++;
  if (entry < p->o.n_strikes) s->strikes = atomic_fetch_add(&p->o.strikes[entry], 1) + 1;
  if (s->quarantined || s->strikes < POOL_STRIKES) return;
  pool_log(p, PINTLE_LOG_ERROR, pool_plugin_of(p, entry),
           "action %s is quarantined after %d crashes or deadlines: it is not called any more in this run", p->o.plan->entries[entry].name,
           POOL_STRIKES);
  quarantine(p, entry);
}

void pool_hear_strikes(worker_pool *p) {
  for (uint32_t i = 0; i < p->o.n_strikes && i < p->o.plan->n; i++)
    if (!p->stats[i].quarantined && atomic_load(&p->o.strikes[i]) >= POOL_STRIKES) quarantine(p, i);
}

/* A plugin is mapped from /proc/self/fd/N, so its frames read "N(+0x1271)": say which file that is. */
static void name_frames(const worker_pool *p, const pool_proc *w, buf *out) {
  char trace[PAGE_TRACE + 1];
  proc_trace(&w->proc, trace);
  for (char *line = trace, *next; *line; line = next) {
    next = strchrnul(line, '\n');
    if (*next) *next++ = 0;
    char *rest;
    long fd = strtol(line, &rest, 10);
    const char *file = NULL;
    for (size_t i = 0; rest > line && *rest == '(' && i < p->o.plan->n_plugins; i++)
      if (p->o.plan->plugins[i].fd == fd) file = p->o.plan->plugins[i].file;
    buf_printf(out, "%s%s%s", out->len ? " < " : "", file ? file : "", file ? rest : line);
  }
}

/* Calls of the struck item that had returned; their outcome never came. Of a call that was repeated the tries count as one. until: when the fatal
 * call began. */
static void count_done(worker_pool *p, const pool_proc *w, uint32_t fatal, int64_t until) {
  uint32_t n = atomic_load(&w->page->n_done);
  for (uint32_t i = n < PAGE_DONE ? n : PAGE_DONE; i-- > 0;) {
    uint32_t entry = atomic_load(&w->page->done[i].entry);
    int64_t started = atomic_load(&w->page->done[i].started);
    if (i && atomic_load(&w->page->done[i - 1].entry) == entry) continue; /* tried again: counted at its first try */
    const chain_time t = {.entry = entry, .elapsed = until > started ? until - started : 0};
    if (entry < p->o.plan->n && entry != fatal) pool_time(p, &t);
    until = started;
  }
}

/* The item that the dead worker was busy with gets its error; those behind it go back to the front of the queue. */
static void settle(worker_pool *p, pool_proc *w, uint32_t entry, uint64_t ticket, int64_t started, const char *what, const char *how) {
  pool_queue back = {0};
  for (pool_item *i; (i = pool_pop(&w->with));) {
    bool culprit = entry < p->o.plan->n && i->ticket == ticket;
    if (!culprit && !p->cancelled_at) {
      p->backlog += i->len;
      pool_push(&back, i);
      continue;
    }
    chain_outcome o = {.what = CHAIN_FAILED, .entry = culprit ? entry : UINT32_MAX, .wait = -1};
    if (culprit) {
      const chain_entry *a = &p->o.plan->entries[entry];
      bool timed_out = w->killed_at && w->timed_out;
      if (a->on_error == CONF_FAIL_RUN) o.what = CHAIN_FAIL_RUN;
      error_set(&o.error, timed_out ? PINTLE_TIMED_OUT : PINTLE_FAILED, "action %s of plugin %s %s in %s", a->name,
                pool_plugin_of(p, entry), how, what);
      o.calls = 1;
      count_done(p, w, entry, started ? started : clock_monotonic());
      pool_time_lost(p, entry, started ? clock_monotonic() - started : 0);
    } else error_set(&o.error, PINTLE_CANCELLED, "the run was cancelled");
    buf trace = {0};
    if (culprit) name_frames(p, w, &trace);
    pool_outcome(p, i, &o, culprit, trace.len && !trace.failed ? trace.data : "");
    buf_free(&trace);
  }
  pool_release(p, w, &back);
}

static bool has(const pool_proc *w, uint64_t ticket) {
  for (const pool_item *i = w->with.first; i; i = i->next)
    if (i->ticket == ticket) return true;
  return false;
}

void pool_buried(worker_pool *p, pool_proc *w) {
  int status;
  bool known = proc_reap(&w->proc, &status);
  char how[PROC_HOW], what[48];
  kill(-w->pid, SIGKILL); /* children that it left behind */
  w->gone = true;
  if (!pool_read(p, w) && !w->killed_at) pool_log(p, PINTLE_LOG_ERROR, "", "worker %d sent what is no frame of ours", (int)w->pid);
  pool_read_logs(p, w, true);
  describe_death(w, status, known, how);
  if (w->state == POOL_FINISHED) return pool_release(p, w, &(pool_queue){0}); /* it said goodbye, or why it cannot start */
  const page_call *c = call_of(p, w), *before = &w->page->last;
  uint32_t entry = c ? atomic_load(&c->entry) : UINT32_MAX, last = atomic_load(&before->entry);
  uint64_t ticket = c ? atomic_load(&c->ticket) : UINT64_MAX;
  int64_t started = c ? atomic_load(&c->started) : 0;
  snprintf(what, sizeof what, "%.27s", c ? c->what : "");
  /* A worker that was ready is killed by us only when the run is cancelled, or for what it did. */
  bool ours = p->cancelled_at != 0 || (w->killed_at && !w->timed_out && w->killed_in != POOL_READY);
  if (entry < p->o.plan->n && !ours) strike(p, entry, w->timed_out);
  else if (!ours && atomic_load(&w->page->calls) && last < p->o.plan->n) { /* a thread of its, perhaps: after the call that ended last */
    pool_log(p, PINTLE_LOG_WARN, pool_plugin_of(p, last), "worker %d %s between two calls; the last one was %.27s of action %s",
             (int)w->pid, how, before->what, p->o.plan->entries[last].name);
    strike(p, last, false);
    if (has(w, atomic_load(&before->ticket))) { /* its outcome never came: the item is not run again */
      entry = last, ticket = atomic_load(&before->ticket);
      snprintf(what, sizeof what, "%.27s, or soon after it", before->what);
    }
  }
  p->fruitless++;
  if (w->state == POOL_STARTING && p->failure.status == PINTLE_OK && (!p->opened || p->fruitless >= POOL_STRIKES)) {
    if (entry < p->o.plan->n)
      error_set(&p->failure, PINTLE_FAILED, "action %s of plugin %s %s in %s", p->o.plan->entries[entry].name, pool_plugin_of(p, entry),
                how, what);
    else if (known && WIFEXITED(status) && WEXITSTATUS(status) == 127)
      error_set(&p->failure, PINTLE_NOT_FOUND, "cannot execute %s", pool_worker_of(p, w->segment));
    else error_set(&p->failure, PINTLE_FAILED, "a worker %s before it had loaded the chain", how);
  } else if (w->state == POOL_FINISHING && !p->cancelled_at) {
    error e;
    if (entry < p->o.plan->n)
      error_set(&e, PINTLE_FAILED, "action %s of plugin %s %s in %s", p->o.plan->entries[entry].name, pool_plugin_of(p, entry), how, what);
    else error_set(&e, PINTLE_FAILED, "a worker %s while it finished", how);
    if (w->outgrown) pool_log(p, PINTLE_LOG_ERROR, "", "%s", e.message);
    else if (p->failure.status == PINTLE_OK) p->failure = e;
  }
  settle(p, w, entry, ticket, started, what, how);
}
