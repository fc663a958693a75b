/* names.c -- the names of a directory, sorted outside memory where they are many.  SPDX-License-Identifier: Apache-2.0 */
#include "names.h"
#include "scratch.h"
#include <errno.h>
#include <stdlib.h>

enum { BUDGET = 8 << 20, LEAST = 64 << 10, RUNS = 64, WINDOW = 8 << 10 };

struct fp_sorted_run {
  uint64_t at, end; /* in the file: what was not read yet */
  char *window;
  size_t from, n; /* in the window: the next record, and what is there */
};

void fp_names_begin(fp_names *l, fp_spill *spill) {
  *l = (fp_names){.spill = spill, .base = spill->end};
  l->limit = spill->memory < BUDGET ? (BUDGET - spill->memory) / 2 : 0;
  if (l->limit < LEAST) l->limit = LEAST;
}

static bool failed(fp_names *l, int error) { return l->error = error, false; }

static int by_name(const void *a, const void *b, void *names) {
  return strcmp((const char *)names + *(const uint32_t *)a, (const char *)names + *(const uint32_t *)b);
}

static bool sort_memory(fp_names *l) {
  free(l->order);
  l->at = 0;
  if (!(l->order = malloc((l->n + 1) * sizeof *l->order))) return failed(l, ENOMEM);
  size_t at = 1;
  for (size_t i = 0; i < l->n; i++) l->order[i] = (uint32_t)at, at += strlen((char *)l->list.p + at) + 2;
  qsort_r(l->order, l->n, sizeof *l->order, by_name, l->list.p);
  return true;
}

/* ---- runs in the file */
static void runs_free(fp_names *l) {
  for (size_t i = 0; i < l->n_runs; i++) free(l->runs[i].window);
  l->n_runs = 0;
}

/* Its next record, with the type in front; NULL: the end, or error. */
static const char *run_peek(fp_names *l, fp_sorted_run *r) {
  if (!r->window && !(r->window = malloc(WINDOW))) return failed(l, ENOMEM), NULL;
  if (r->from < r->n && memchr(r->window + r->from + 1, 0, r->n - r->from - 1)) return r->window + r->from;
  if (r->from) memmove(r->window, r->window + r->from, r->n - r->from);
  r->n -= r->from, r->from = 0;
  size_t want = WINDOW - r->n;
  if (want > r->end - r->at) want = (size_t)(r->end - r->at);
  if (!want && !r->n) return NULL;
  ssize_t got = fp_scratch_read(l->spill->fd, r->window + r->n, want, r->at);
  if (got < 0) return failed(l, errno), NULL;
  r->n += (size_t)got, r->at += (size_t)got;
  if (r->n < 2 || !memchr(r->window + 1, 0, r->n - 1)) return failed(l, EIO), NULL; /* somebody cut the file */
  return r->window;
}

/* The smallest of all runs, into l->last; false: the end, or error. */
static bool merge_next(fp_names *l) {
  for (;;) {
    const char *least = NULL;
    fp_sorted_run *of = NULL;
    for (size_t i = 0; i < l->n_runs; i++) {
      const char *p = run_peek(l, &l->runs[i]);
      if (l->error) return false;
      if (p && (!least || strcmp(p + 1, least + 1) < 0)) least = p, of = &l->runs[i];
    }
    if (!of) return false;
    size_t n = strlen(least + 1) + 2;
    of->from += n;
    if (l->last.n && strcmp(least + 1, (char *)l->last.p + 1) == 0) continue; /* told twice by the server */
    l->last.n = 0;
    fp_bytes_add(&l->last, least, n);
    return l->last.failed ? failed(l, ENOMEM) : true;
  }
}

static bool append(fp_names *l, fp_bytes *b) {
  fp_spill *s = l->spill;
  if (s->fd < 0 && (s->fd = fp_scratch_file(s->dir)) < 0) return failed(l, errno);
  if (b->failed) return failed(l, ENOMEM);
  if (!fp_scratch_write(s->fd, b->p, b->n, s->end)) return failed(l, errno);
  s->end += b->n;
  b->n = 0;
  return true;
}

/* All runs become one, behind them. */
static bool merge_all(fp_names *l) {
  fp_bytes out = {0};
  uint64_t from = l->spill->end;
  bool right = true;
  l->last.n = 0;
  while (right && merge_next(l)) {
    fp_bytes_add(&out, l->last.p, l->last.n);
    if (out.n >= LEAST) right = append(l, &out);
  }
  right = right && !l->error && append(l, &out);
  fp_bytes_free(&out);
  runs_free(l);
  l->last.n = 0;
  l->runs[l->n_runs++] = (fp_sorted_run){.at = from, .end = l->spill->end};
  return right;
}

static bool spill(fp_names *l) {
  fp_bytes out = {0};
  bool right = sort_memory(l);
  if (right && !l->runs && !(l->runs = calloc(RUNS, sizeof *l->runs))) right = failed(l, ENOMEM);
  if (right && l->n_runs == RUNS) right = merge_all(l);
  uint64_t from = l->spill->end;
  for (size_t i = 0; right && i < l->n; i++) {
    const char *name = (char *)l->list.p + l->order[i];
    fp_bytes_add(&out, name - 1, strlen(name) + 2);
    if (out.n >= LEAST || i + 1 == l->n) right = append(l, &out);
  }
  fp_bytes_free(&out);
  if (right) l->runs[l->n_runs++] = (fp_sorted_run){.at = from, .end = l->spill->end};
  l->list.n = 0, l->n = 0;
  return right;
}

/* ---- */
bool fp_names_add(fp_names *l, uint8_t type, const char *name) {
  size_t n = strlen(name) + 1;
  if (l->error) return false;
  if (n > WINDOW - 2) return failed(l, ENAMETOOLONG);
  fp_bytes_add(&l->list, &type, 1);
  fp_bytes_add(&l->list, name, n);
  l->n++;
  if (l->list.failed) return failed(l, ENOMEM);
  return l->list.n + l->n * sizeof *l->order < l->limit || spill(l);
}

bool fp_names_sort(fp_names *l) {
  if (l->error) return false;
  if (l->n_runs && (!l->n || spill(l))) fp_bytes_free(&l->list), free(l->order), l->order = NULL;
  else if (!l->n_runs && !sort_memory(l)) return false;
  l->counted = l->list.cap + l->n * sizeof *l->order;
  l->spill->memory += l->counted;
  return !l->error;
}

const char *fp_names_next(fp_names *l) {
  if (l->error) return NULL;
  if (l->n_runs) return merge_next(l) ? (char *)l->last.p + 1 : NULL;
  while (l->at < l->n) {
    const char *name = (char *)l->list.p + l->order[l->at++];
    if (l->at < 2 || strcmp(name, (char *)l->list.p + l->order[l->at - 2]) != 0) return name;
  }
  return NULL;
}

void fp_names_free(fp_names *l) {
  runs_free(l);
  free(l->runs);
  free(l->order);
  fp_bytes_free(&l->list);
  fp_bytes_free(&l->last);
  if (l->spill) l->spill->memory -= l->counted, l->spill->end = l->base;
  *l = (fp_names){0};
}
