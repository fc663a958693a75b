/* call_time.c -- deadline and cancellation of a call, and the 10 s after being told.  SPDX-License-Identifier: Apache-2.0 */
#include "host/call_parts.h"
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

/* 0 go on, 1 cancelled, 2 past the deadline; says nothing of whether the plugin knows. */
static int32_t now_what(const host_call *c, int64_t now) {
  int32_t what = c->services->cancelled ? c->services->cancelled(c->services->ctx) : 0;
  if (what == 1 || what == 2) return what;
  return c->deadline && now >= c->deadline ? 2 : 0;
}

static void tell(host_call *c, int32_t what, int64_t now) {
  int64_t never = 0;
  if (atomic_compare_exchange_strong(&c->told, &never, now)) atomic_store(&c->told_what, what);
}

static pintle_status status_of(int32_t what) { return what == 0 ? PINTLE_OK : what == 1 ? PINTLE_CANCELLED : PINTLE_TIMED_OUT; }

int32_t host_cancelled(pintle_call *h) {
  host_call *c = host_call_of(h);
  if (!c) return 0;
  if (atomic_load(&c->told)) { /* once true, true to the end */
    int32_t what = atomic_load(&c->told_what);
    return what ? what : 1;
  }
  int64_t now = clock_monotonic();
  int32_t what = now_what(c, now);
  if (what) tell(c, what, now);
  return what;
}

/* End of the 10 s, or 0: not told yet. */
static int64_t grace_end(const host_call *c) {
  int64_t told = atomic_load(&c->told);
  return told ? told + HOST_GRACE : 0;
}

pintle_status host_call_interrupted(pintle_call *h) {
  host_call *c = host_call_of(h);
  if (!c) return PINTLE_INVALID;
  int64_t end = grace_end(c);
  if (end && clock_monotonic() < end) return PINTLE_OK;
  return status_of(host_cancelled(h));
}

int32_t host_cancel_fd(pintle_call *h) {
  const host_call *c = host_call_of(h);
  return c && c->services->cancel_fd ? c->services->cancel_fd(c->services->ctx) : -1;
}

int64_t host_remaining(pintle_call *h) {
  const host_call *c = host_call_of(h);
  if (!c) return 0;
  int64_t end = grace_end(c);
  if (!end) end = c->deadline;
  if (!end) return PINTLE_NONE;
  int64_t left = end - clock_monotonic();
  return left > 0 ? left : 0;
}

/* Sleeps until `until`, or until fd is readable; without an fd in slices, since nothing else would wake it. */
static bool sleep_until(int fd, int64_t until, bool watch) {
  int64_t left = until - clock_monotonic();
  if (left <= 0) return false;
  if (watch && fd < 0 && left > CLOCK_SECOND / 20) left = CLOCK_SECOND / 20;
  struct timespec t = {.tv_sec = (time_t)(left / CLOCK_SECOND), .tv_nsec = (long)(left % CLOCK_SECOND)};
  struct pollfd p = {.fd = watch ? fd : -1, .events = POLLIN};
  int n = ppoll(&p, 1, &t, NULL);
  return n > 0 || (n < 0 && errno != EINTR);
}

pintle_status host_pause(pintle_call *h, int64_t duration) {
  host_call *c = host_call_of(h);
  if (!c || duration < 0) return PINTLE_INVALID;
  int64_t now = clock_monotonic(), until, grace = grace_end(c);
  if (__builtin_add_overflow(now, duration, &until)) until = INT64_MAX;
  if (grace) { /* cleaning up: only the end of the 10 s ends it */
    for (int64_t end = until < grace ? until : grace; clock_monotonic() < end;) sleep_until(-1, end, false);
    return until <= grace ? PINTLE_OK : status_of(host_cancelled(h));
  }
  if (c->deadline && until > c->deadline) until = c->deadline;
  int fd = host_cancel_fd(h);
  for (;;) {
    int32_t what = host_cancelled(h);
    if (what) return status_of(what);
    if (clock_monotonic() >= until) return PINTLE_OK;
    if (sleep_until(fd, until, true) && host_cancelled(h) == 0) fd = -1; /* readable, yet nobody cancelled: watch by asking */
  }
}
