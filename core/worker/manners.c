/* manners.c -- see manners.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/manners.h"
#include "worker/side.h"
#include <malloc.h>
#include <stdlib.h>

void manners_begin(manners *m, page *p) {
  *m = (manners){.page = p};
  tidy_begin(&m->tidy);
}

pintle_status manners_plan(manners *m, const chain_plan *plan) {
  m->of = calloc(plan->n + 1, sizeof *m->of);
  m->own_only = true;
  for (size_t i = 0; i < plan->n; i++) m->own_only &= plan->entries[i].plugin < 0;
  if (m->of) m->plan = plan;
  return m->of ? PINTLE_OK : PINTLE_NOMEM;
}

void manners_free(manners *m) {
  tidy_free(&m->tidy);
  free(m->of);
}

static bool watched(const manners *m, size_t entry) { return m->plan && entry < m->plan->n && m->plan->entries[entry].plugin >= 0; }

static void say(const buf *text) {
  if (!text->failed) side_stray_log(NULL, PINTLE_LOG_WARN, buf_str(text), NULL, 0);
}

/* One action, or one of those called since the last look. */
static void blame(manners *m, unsigned what, const size_t *who, size_t n) {
  CLEANUP(buf_free) buf words = {0};
  CLEANUP(buf_free) buf text = {0};
  unsigned news = 0;
  for (size_t i = 0; i < n; i++) news |= what & ~m->of[who[i]].told;
  if (!news) return;
  tidy_words(news, &words);
  buf_addz(&text, n == 1 ? "action " : "one of the actions ");
  for (size_t i = 0; i < n; i++) {
    if (n == 1) m->of[who[i]].told |= news;
    buf_printf(&text, "%s%s", i ? ", " : "", m->plan->entries[who[i]].name);
  }
  buf_printf(&text, " changed %s of its process: put back", buf_z(&words));
  say(&text);
}

static void look_at_all(manners *m) {
  unsigned what = tidy_all(&m->tidy);
  size_t n = 0;
  size_t *who = what && m->plan ? malloc((m->plan->n + 1) * sizeof *who) : NULL;
  for (size_t i = 0; who && i < m->plan->n; i++)
    if (m->of[i].called && watched(m, i)) who[n++] = i;
  if (n) blame(m, what, who, n);
  if (n > 1) m->strict = true; /* the next time we know whose it is */
  free(who);
  for (size_t i = 0; m->plan && i < m->plan->n; i++) m->of[i].called = false;
}

void manners_ready(manners *m) {
  look_at_all(m);
  tidy_signals(&m->tidy);
  m->at_start = tidy_memory();
  m->most_at_start = tidy_most_memory();
}

void manners_enter(manners *m, uint32_t entry) {
  m->entry = entry;
  if (!watched(m, entry)) return;
  m->of[entry].called = true;
  if (m->measuring) m->before = tidy_memory();
}

void manners_leave(manners *m) {
  size_t entry = m->entry;
  if (!watched(m, entry)) return;
  unsigned what = m->strict ? tidy_all(&m->tidy) : tidy_quick(&m->tidy);
  if (what) blame(m, what, &entry, 1);
  m->of[entry].calls++;
  unsigned now = m->measuring ? tidy_memory() : 0;
  if (now > m->before) m->of[entry].mib += now - m->before;
}

/* ---- memory */
static void measure(manners *m) {
  if (atomic_load(&m->page->grown)) return; /* it was told */
  if (!m->measuring && tidy_most_memory() < m->most_at_start + PAGE_GROWTH / 4) return;
  unsigned now = tidy_memory();
  if (now < m->at_start + PAGE_GROWTH / 4) return;
  m->measuring = true;
  if (now < m->at_start + PAGE_GROWTH) return;
  malloc_trim(0);
  now = tidy_memory();
  if (now < m->at_start + PAGE_GROWTH) return;
  uint32_t most = 0, n = 0, only = 0;
  for (uint32_t i = 0; i < m->plan->n; i++) {
    if (m->of[i].calls && watched(m, i)) n++, only = i + 1;
    if (m->of[i].mib && (!most || m->of[i].mib > m->of[most - 1].mib)) most = i + 1;
  }
  atomic_store(&m->page->grown_by, most ? most : n == 1 ? only : 0);
  atomic_store(&m->page->grown, now - m->at_start);
}

void manners_frame(manners *m) {
  if (!m->own_only) look_at_all(m);
  measure(m);
}

void manners_finish(manners *m) {
  CLEANUP(buf_free) buf text = {0};
  unsigned n = tidy_threads();
  if (n <= 1) return;
  buf_printf(&text, "%u thread%s of plugins still run%s after finish and destroy: ended with the worker; the plugins loaded are", n - 1,
             n == 2 ? "" : "s", n == 2 ? "s" : "");
  for (size_t i = 0; i < m->plan->n_plugins; i++) buf_printf(&text, "%s %s", i ? "," : "", m->plan->plugins[i].file);
  say(&text);
}
