/* gzip.c -- gzip members made by threads, written in order.  SPDX-License-Identifier: Apache-2.0
 *
 * A ring of slots. The caller fills slot `head`, hands it over and goes on to the next; threads take filled slots in order; the caller
 * writes finished ones from `tail` on, whenever it comes by. When the ring is full it waits: that is the back pressure. All writing is done
 * by the caller, so errors need no crossing of threads. */
#include "archive/archive.h"
#include "archive/digest.h"
#include "base/file.h"
#include <libdeflate.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { MEMBER = 512 << 10, MAX_THREADS = 64 };
typedef enum { EMPTY, FILLED, DONE } slot_state;
typedef struct slot {
  slot_state state;
  char *in, *out;
  size_t n_in, n_out; /* n_out 0 when DONE: it did not fit, which is a defect */
} slot;

typedef struct crew { /* what the threads share */
  pthread_mutex_t lock;
  pthread_cond_t filled, done;
  bool quit;
  uint64_t taken; /* next slot a thread takes */
  uint64_t head;  /* slots handed over */
} crew;

struct archive_gzip {
  int fd, level;
  unsigned n_threads, n_slots;
  size_t bound;
  uint64_t tail; /* slots written */
  slot *slots;
  char *memory; /* of all slots; only touched pages count */
  pthread_t *threads;
  crew crew;
  struct libdeflate_compressor *own; /* without threads */
  archive_digest digest;
  int64_t size;
  error failed; /* sticky */
};

static void compress_slot(struct libdeflate_compressor *c, slot *s, size_t bound) {
  s->n_out = libdeflate_gzip_compress(c, s->in, s->n_in, s->out, bound);
}

static void *work(void *arg) {
  archive_gzip *g = arg;
  crew *w = &g->crew;
  struct libdeflate_compressor *c = libdeflate_alloc_compressor(g->level);
  pthread_mutex_lock(&w->lock);
  for (;;) {
    while (!w->quit && w->taken == w->head) pthread_cond_wait(&w->filled, &w->lock);
    if (w->quit) break;
    slot *s = &g->slots[w->taken++ % g->n_slots];
    pthread_mutex_unlock(&w->lock);
    s->n_out = 0;
    if (c) compress_slot(c, s, g->bound);
    pthread_mutex_lock(&w->lock);
    s->state = DONE;
    pthread_cond_signal(&w->done);
  }
  pthread_mutex_unlock(&w->lock);
  if (c) libdeflate_free_compressor(c);
  return NULL;
}

static void start_threads(archive_gzip *g, unsigned wanted) {
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  for (; g->n_threads < wanted; g->n_threads++)
    if (pthread_create(&g->threads[g->n_threads], NULL, work, g) != 0) break; /* fewer will do */
  pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void stop_threads(archive_gzip *g) {
  pthread_mutex_lock(&g->crew.lock);
  g->crew.quit = true;
  pthread_cond_broadcast(&g->crew.filled);
  pthread_mutex_unlock(&g->crew.lock);
  for (unsigned i = 0; i < g->n_threads; i++) pthread_join(g->threads[i], NULL);
  g->n_threads = 0;
}

void archive_gzip_abandon(archive_gzip *g) {
  if (!g) return;
  stop_threads(g);
  free(g->memory);
  if (g->own) libdeflate_free_compressor(g->own);
  archive_digest_free(&g->digest);
  pthread_mutex_destroy(&g->crew.lock);
  pthread_cond_destroy(&g->crew.filled);
  pthread_cond_destroy(&g->crew.done);
  free(g->slots);
  free(g->threads);
  free(g);
}

pintle_status archive_gzip_open(int fd, unsigned threads, int level, archive_gzip **out, error *e) {
  if (level == 0) level = 6;
  if (level < 1 || level > 12) return error_set(e, PINTLE_INVALID, "gzip level %d is not in 1..12", level);
  if (threads > MAX_THREADS) threads = MAX_THREADS;
  archive_gzip *g = calloc(1, sizeof *g);
  if (!g) return error_nomem(e);
  g->fd = fd, g->level = level, g->n_slots = threads ? 2 * threads + 2 : 1;
  pthread_mutex_init(&g->crew.lock, NULL);
  pthread_cond_init(&g->crew.filled, NULL);
  pthread_cond_init(&g->crew.done, NULL);
  g->slots = calloc(g->n_slots, sizeof *g->slots);
  g->threads = calloc(threads ? threads : 1, sizeof *g->threads);
  g->own = libdeflate_alloc_compressor(level);
  if (g->own) g->bound = libdeflate_gzip_compress_bound(g->own, MEMBER);
  g->memory = malloc(g->n_slots * (MEMBER + g->bound));
  pintle_status st = g->slots && g->threads && g->own && g->memory ? archive_digest_begin(&g->digest, e) : error_nomem(e);
  if (st != PINTLE_OK) return archive_gzip_abandon(g), st;
  for (unsigned i = 0; i < g->n_slots; i++) g->slots[i].in = g->memory + i * (MEMBER + g->bound), g->slots[i].out = g->slots[i].in + MEMBER;
  start_threads(g, threads);
  if (g->n_threads) libdeflate_free_compressor(g->own), g->own = NULL;
  *out = g;
  return PINTLE_OK;
}

static pintle_status write_slot(archive_gzip *g, slot *s) {
  pintle_status st = PINTLE_OK;
  if (s->n_out == 0) st = error_set(&g->failed, PINTLE_FAILED, "cannot compress: libdeflate failed");
  else if ((st = file_write(g->fd, s->out, s->n_out, "the archive", &g->failed)) == PINTLE_OK &&
           !archive_digest_add(&g->digest, s->out, s->n_out))
    st = error_set(&g->failed, PINTLE_FAILED, "OpenSSL cannot make a SHA-256");
  if (st == PINTLE_OK) g->size += (int64_t)s->n_out;
  s->state = EMPTY;
  s->n_in = 0;
  g->tail++;
  return st;
}

/* Writes what is finished; waits until at most `left` slots are handed over and not written. */
static pintle_status drain(archive_gzip *g, uint64_t left) {
  for (;;) {
    pthread_mutex_lock(&g->crew.lock);
    slot *s = &g->slots[g->tail % g->n_slots];
    while (g->crew.head - g->tail > left && s->state != DONE) pthread_cond_wait(&g->crew.done, &g->crew.lock);
    bool ready = g->tail < g->crew.head && s->state == DONE;
    pthread_mutex_unlock(&g->crew.lock);
    if (!ready) return PINTLE_OK;
    pintle_status st = write_slot(g, s);
    if (st != PINTLE_OK) return st;
  }
}

static pintle_status hand_over(archive_gzip *g) {
  slot *s = &g->slots[g->crew.head % g->n_slots];
  if (!g->n_threads) {
    compress_slot(g->own, s, g->bound);
    g->crew.head++;
    return write_slot(g, s);
  }
  pthread_mutex_lock(&g->crew.lock);
  s->state = FILLED;
  g->crew.head++;
  pthread_cond_signal(&g->crew.filled);
  pthread_mutex_unlock(&g->crew.lock);
  return drain(g, g->n_slots - 1);
}

static pintle_status report(const archive_gzip *g, error *e) {
  if (e) *e = g->failed;
  return g->failed.status;
}

pintle_status archive_gzip_write(archive_gzip *g, str data, error *e) {
  while (data.len && g->failed.status == PINTLE_OK) {
    slot *s = &g->slots[g->crew.head % g->n_slots];
    size_t n = MEMBER - s->n_in < data.len ? MEMBER - s->n_in : data.len;
    memcpy(s->in + s->n_in, data.ptr, n);
    s->n_in += n;
    data.ptr += n, data.len -= n;
    if (s->n_in == MEMBER) hand_over(g);
  }
  return report(g, e);
}

pintle_status archive_gzip_close(archive_gzip *g, int64_t *size, unsigned char *sha256, error *e) {
  bool some = g->slots[g->crew.head % g->n_slots].n_in || g->crew.head == 0; /* nothing at all: one empty member */
  if (some && g->failed.status == PINTLE_OK) hand_over(g);
  if (g->failed.status == PINTLE_OK && g->n_threads) drain(g, 0);
  if (g->failed.status == PINTLE_OK && sha256 && !archive_digest_end(&g->digest, sha256))
    error_set(&g->failed, PINTLE_FAILED, "OpenSSL cannot make a SHA-256");
  pintle_status st = report(g, e);
  if (st == PINTLE_OK && size) *size = g->size;
  archive_gzip_abandon(g);
  return st;
}

pintle_status archive_gzip_text(str data, buf *out, error *e) {
  struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
  pintle_status st = PINTLE_OK;
  size_t bound = c ? libdeflate_gzip_compress_bound(c, data.len) : 0, n = 0;
  if (!c || !buf_reserve(out, bound)) st = error_nomem(e);
  else if (!(n = libdeflate_gzip_compress(c, data.len ? data.ptr : "", data.len, out->data + out->len, bound)))
    st = error_set(e, PINTLE_FAILED, "cannot compress: libdeflate failed");
  if (st == PINTLE_OK) out->len += n, out->data[out->len] = 0;
  if (c) libdeflate_free_compressor(c);
  return st;
}
