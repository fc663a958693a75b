/* probe.c -- runs probes beside each other and judges their ends; see probe.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/probe.h"
#include "base/clock.h"
#include "host/text.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_ONCE_MAX = 16, LOG_MAX = 4 << 10 };
#define ANSWER_MAX ((size_t)16 << 20)

typedef struct probe {
  host_child child;
  size_t plugin;
  int64_t deadline;
  buf answer, log[2];
  bool flooded;
} probe;

typedef struct probes {
  const host_scan_options *options;
  arena *a;
  host_plugin *plugins;
  host_words *warnings;
  probe running[AT_ONCE_MAX];
  size_t slots;
} probes;

/* Reads what is there; at most max bytes are kept. False: more came. */
static bool drain(int *fd, buf *to, size_t max) {
  char block[16 << 10];
  bool fits = true;
  while (*fd >= 0) {
    ssize_t n = read(*fd, block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) {
      close_p(fd);
      break;
    }
    size_t room = max - to->len;
    fits = fits && (size_t)n <= room;
    buf_add(to, block, (size_t)n <= room ? (size_t)n : room);
  }
  return fits;
}

static void drain_all(probe *r) {
  if (!drain(&r->child.answer, &r->answer, ANSWER_MAX)) r->flooded = true;
  for (int i = 0; i < 2; i++) drain(&r->child.log[i], &r->log[i], LOG_MAX);
}

/* The last line of what it wrote, cleaned; "" = nothing. */
static const char *last_line(buf *b, arena *a) {
  while (b->len && (b->data[b->len - 1] == '\n' || b->data[b->len - 1] == ' ')) b->len--;
  const char *z = buf_z(b), *nl = strrchr(z, '\n');
  const char *line = host_clean_copy(a, nl ? nl + 1 : z, 300);
  return line ? line : "";
}

static const char *signal_name(int number, arena *a) {
  const char *name = sigabbrev_np(number);
  return name ? host_text(a, "SIG%s", name) : host_text(a, "signal %d", number);
}

static int64_t limit_of(const probes *ps, const host_plugin *p) {
  if (ps->options->probe_timeout) return ps->options->probe_timeout;
  return p->velero ? HOST_START_TIMEOUT + 2 * CLOCK_SECOND : 5 * CLOCK_SECOND; /* first the probe itself gives up, and says more */
}

/* Why it gave no answer. */
static const char *explain_end(const probes *ps, const host_plugin *p, int status, bool late) {
  int64_t limit = limit_of(ps, p);
  char text[32];
  if (late && p->velero) return host_text(ps->a, "does not answer as a plugin of Velero within %s", clock_duration_text(limit, text));
  if (late) return host_text(ps->a, "is not loaded after %s: a constructor hangs", clock_duration_text(limit, text));
  if (status == -1) return "was lost while being loaded";
  if (WIFSIGNALED(status)) return host_text(ps->a, "crashes while being loaded (%s)", signal_name(WTERMSIG(status), ps->a));
  return host_text(ps->a, "ends its process while being loaded (exit status %d)", WEXITSTATUS(status));
}

/* {"reason":"...","hint":"..."}: the probe itself says why not. */
static bool take_refusal(const probes *ps, str answer, host_plugin *p) {
  CLEANUP(item_freep) item_doc *doc = NULL;
  if (item_new(&doc) != PINTLE_OK || item_parse(doc, answer, 0, NULL, NULL) != PINTLE_OK) return false;
  str reason = item_string(item_member(item_root(doc), STR("reason"))), hint = item_string(item_member(item_root(doc), STR("hint")));
  if (!reason.ptr || !reason.len) return false;
  p->reason = host_clean_copy(ps->a, reason.ptr, 1024);
  p->hint = hint.len ? host_clean_copy(ps->a, hint.ptr, 400) : NULL;
  if (!p->reason) p->reason = "cannot be loaded: out of memory";
  return true;
}

static void judge(probes *ps, probe *r, int status, bool late) {
  host_plugin *p = &ps->plugins[r->plugin];
  host_words *w = &ps->warnings[r->plugin];
  error e;
  bool clean = !late && status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  const char *said = last_line(&r->log[0], ps->a), *complained = last_line(&r->log[1], ps->a);
  str answer = buf_str(&r->answer);
  if (said[0]) host_words_add(w, "writes to standard output while being loaded: %s", said);
  if (r->flooded) p->reason = "answered its probe with more than 16 MiB";
  else if (answer.len == 0 && !r->answer.failed) p->reason = explain_end(ps, p, status, late);
  else if (take_refusal(ps, answer, p)) return;
  else if (host_descriptor_parse(answer, ps->a, p, &e) == PINTLE_OK) {
    if (late) host_words_add(w, "keeps its process from ending");
    else if (!clean) host_words_add(w, "%s, after it was read", explain_end(ps, p, status, late));
  } else p->reason = host_text(ps->a, "answered its probe with rubbish: %s%s%s", e.message, e.place[0] ? ", " : "", e.place);
  if (p->reason && !clean && !r->flooded && answer.len)
    p->reason = explain_end(ps, p, status, late); /* half an answer: the end is the better reason */
  if (p->reason && complained[0]) p->hint = host_text(ps->a, "it wrote: %s", complained);
}

static void finish(probes *ps, probe *r, bool late) {
  drain_all(r);
  int status = host_child_end(&r->child, !late);
  judge(ps, r, status, late);
  buf_free(&r->answer);
  buf_free(&r->log[0]);
  buf_free(&r->log[1]);
}

static pintle_status start(probes *ps, size_t plugin, error *e) {
  int64_t limit = limit_of(ps, &ps->plugins[plugin]);
  for (size_t i = 0; i < ps->slots; i++) {
    probe *r = &ps->running[i];
    if (r->child.pidfd >= 0) continue;
    *r = (probe){.plugin = plugin, .deadline = clock_monotonic() + limit};
    return host_child_start(ps->options, &ps->plugins[plugin], &r->child, e);
  }
  return error_set(e, PINTLE_FAILED, "no room for another probe");
}

/* Waits for any of them to say or end something, or for the first deadline; ends what has ended. Returns how many did. */
static size_t step(probes *ps) {
  struct pollfd fds[AT_ONCE_MAX * 4];
  int64_t first = INT64_MAX;
  size_t ended = 0;
  for (size_t i = 0; i < ps->slots; i++) {
    const probe *r = &ps->running[i];
    bool on = r->child.pidfd >= 0;
    const int watched[4] = {r->child.pidfd, r->child.answer, r->child.log[0], r->child.log[1]};
    for (int k = 0; k < 4; k++) fds[i * 4 + (size_t)k] = (struct pollfd){.fd = on ? watched[k] : -1, .events = POLLIN};
    if (on && r->deadline < first) first = r->deadline;
  }
  int64_t wait = first - clock_monotonic();
  if (ps->options->cancelled && wait > CLOCK_SECOND / 5) wait = CLOCK_SECOND / 5;
  struct timespec t = {.tv_sec = wait > 0 ? (time_t)(wait / CLOCK_SECOND) : 0, .tv_nsec = wait > 0 ? (long)(wait % CLOCK_SECOND) : 0};
  if (ppoll(fds, (nfds_t)(ps->slots * 4), &t, NULL) < 0)
    for (size_t i = 0; i < ps->slots * 4; i++) fds[i].revents = 0;
  int64_t now = clock_monotonic();
  for (size_t i = 0; i < ps->slots; i++) {
    probe *r = &ps->running[i];
    if (r->child.pidfd < 0) continue;
    bool over = fds[i * 4].revents != 0;
    drain_all(r);
    if (over || r->flooded || now >= r->deadline) finish(ps, r, !over), ended++;
  }
  return ended;
}

/* Loading a .so is work; of a Go plugin's process the answer is waited for, a minute perhaps. */
static size_t slots(const host_plugin *plugins, size_t n_plugins) {
  for (size_t i = 0; i < n_plugins; i++)
    if (plugins[i].velero && !plugins[i].reason) return AT_ONCE_MAX;
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > AT_ONCE_MAX ? AT_ONCE_MAX : (size_t)n;
}

pintle_status host_probe_all(const host_scan_options *options, arena *a, host_plugin *plugins, host_words *warnings, size_t n, error *e) {
  probes *ps = calloc(1, sizeof *ps);
  pintle_status st = PINTLE_OK;
  size_t next = 0, busy = 0;
  if (!ps) return error_nomem(e);
  *ps = (probes){.options = options, .a = a, .plugins = plugins, .warnings = warnings, .slots = slots(plugins, n)};
  for (size_t i = 0; i < AT_ONCE_MAX; i++) ps->running[i].child = (host_child){.pid = -1, .pidfd = -1, .answer = -1, .log = {-1, -1}};
  while (next < n || busy) {
    while (st == PINTLE_OK && next < n && busy < ps->slots) {
      if (!plugins[next].reason && (st = start(ps, next, e)) == PINTLE_OK) busy++;
      next++;
    }
    if (st == PINTLE_OK && ps->options->cancelled && ps->options->cancelled(ps->options->ctx)) {
      st = error_set(e, PINTLE_CANCELLED, "the run was cancelled");
      for (size_t i = 0; i < ps->slots; i++) ps->running[i].deadline = 0;
    }
    if (st != PINTLE_OK) next = n; /* those that run are waited for, no more begin */
    if (busy) busy -= step(ps);
  }
  for (size_t i = 0; i < n; i++) {
    plugins[i].warnings = host_words_list(&warnings[i]);
    if (plugins[i].reason) close_p(&plugins[i].fd);
  }
  free(ps);
  return st;
}
