/* progress.c -- see progress.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"
#include "base/clock.h"
#include "cli/cli.h"
#include <stdio.h>

static bool waits(const cli_progress *p) { return strncmp(p->phase, "WaitingFor", 10) == 0; }

static void bar(const cli_progress *p, buf *out) {
  char tail[96];
  unsigned columns = p->columns ? p->columns : 80;
  int percent = p->total ? (int)(p->done * 100 / p->total) : 0;
  if (percent > 100) percent = 100;
  if (p->total && waits(p))
    snprintf(tail, sizeof tail, " %3d%% of %llu operation%s", percent, (unsigned long long)p->total / 100, p->total == 100 ? "" : "s");
  else if (p->total)
    snprintf(tail, sizeof tail, " %3d%% %llu/%llu %s", percent, (unsigned long long)p->done, (unsigned long long)p->total, p->phase);
  else if (p->done) snprintf(tail, sizeof tail, " %llu items %s", (unsigned long long)p->done, p->phase);
  else snprintf(tail, sizeof tail, " %s", p->phase);
  unsigned room = columns > strlen(tail) + 12 ? columns - (unsigned)strlen(tail) - 3 : 0;
  if (room > 40) room = 40;
  buf_addz(out, "\r\x1b[K");
  if (room && p->total) {
    buf_addc(out, '[');
    for (unsigned i = 0; i < room; i++) buf_addc(out, i < room * (unsigned)percent / 100 ? '#' : '-');
    buf_addc(out, ']');
  }
  buf_add(out, tail, strlen(tail) < columns ? strlen(tail) : columns - 1);
}

static void line(const cli_progress *p, buf *out) {
  if (waits(p) && p->total) {
    uint64_t n = p->total / 100;
    buf_printf(out, "Waiting for %llu operation%s: %d%%\n", (unsigned long long)n, n == 1 ? "" : "s", (int)(p->done * 100 / p->total));
    return;
  }
  buf_addz(out, p->phase[0] ? p->phase : "InProgress");
  if (p->total) buf_printf(out, ": %llu of %llu items", (unsigned long long)p->done, (unsigned long long)p->total);
  else if (p->done) buf_printf(out, ": %llu items", (unsigned long long)p->done);
  buf_addc(out, '\n');
}

static void show(cli_progress *p, int64_t now, int64_t pause, buf *out) {
  if (p->last && now - p->last < pause) return;
  p->last = now;
  if (p->terminal) bar(p, out), p->shown = true;
  else line(p, out);
}

void cli_progress_items(cli_progress *p, uint64_t done, uint64_t total, int64_t now, buf *out) {
  p->done = done, p->total = total;
  if (!p->terminal && p->last == 0) p->last = now; /* a run under a second says nothing */
  else show(p, now, p->terminal ? CLOCK_SECOND / 10 : CLOCK_SECOND, out);
}

void cli_progress_phase(cli_progress *p, const char *phase, int64_t now, buf *out) {
  CLEANUP(buf_free) buf clean = {0};
  cli_clean(&clean, str_of(phase));
  snprintf(p->phase, sizeof p->phase, "%s", buf_z(&clean));
  if (waits(p)) p->done = p->total = 0; /* operations are counted now */
  if (p->terminal) show(p, now, 0, out);
}

void cli_progress_clear(cli_progress *p, buf *out) {
  if (!p->shown) return;
  buf_addz(out, "\r\x1b[K");
  p->shown = false;
  p->last = 0;
}
