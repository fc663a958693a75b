/* walk.c -- every name of a tree, in order.  SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"
#include "names.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { KNOWN_MAX = 65536, BATCH = 256, BATCHES = 16, OPEN_MAX_DIRS = 128 };

typedef struct batch {
  struct batch *next;
  fp_item items[BATCH];
  size_t n;
  fp_bytes paths; /* items[].path are offsets while it is filled */
} batch;

typedef struct known { /* what a share told of a name with the list */
  char *name;
  fp_item item;
} known;

typedef struct level { /* a directory that is being walked */
  fp_names names;
  known *known; /* sorted as the names are; as many as there was room for */
  size_t n_known, room_known, at_known;
  size_t path_len;
  int fd;
} level;

struct fp_walk {
  int root, error;
  bool scratch_failed;
  const fp_excludes *exclude;
  const fp_share *share;
  size_t n_known; /* of all levels */
  fp_spill spill;
  uint64_t dev;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t more, less;
  batch *first, *last, *filling, *reading;
  size_t queued, at;
  bool end, stop;
  level *levels;
  size_t n_levels, room_levels;
  fp_bytes path;
};

/* ---- the thread's */
static bool put_batch(fp_walk *w) {
  batch *b = w->filling;
  w->filling = NULL;
  if (!b) return true;
  for (size_t i = 0; i < b->n; i++) b->items[i].path = (const char *)b->paths.p + (uintptr_t)b->items[i].path;
  pthread_mutex_lock(&w->lock);
  while (w->queued >= BATCHES && !w->stop) pthread_cond_wait(&w->less, &w->lock);
  if (w->last) w->last->next = b;
  else w->first = b;
  w->last = b;
  w->queued++;
  bool go_on = !w->stop;
  pthread_cond_signal(&w->more);
  pthread_mutex_unlock(&w->lock);
  return go_on;
}

static bool emit(fp_walk *w, fp_item *item) {
  if (!w->filling && !(w->filling = calloc(1, sizeof *w->filling))) return w->error = ENOMEM, false;
  batch *b = w->filling;
  item->path = (const char *)(uintptr_t)b->paths.n;
  item->path_len = w->path.n;
  fp_bytes_add(&b->paths, w->path.p, w->path.n);
  fp_bytes_add(&b->paths, "", 1);
  if (b->paths.failed) return w->error = ENOMEM, false;
  b->items[b->n++] = *item;
  return b->n < BATCH || put_batch(w);
}

static void level_free(fp_walk *w, level *l) {
  for (size_t i = 0; i < l->n_known; i++) free(l->known[i].name);
  w->n_known -= l->n_known;
  free(l->known);
  fp_names_free(&l->names);
  if (l->fd >= 0) close(l->fd);
}

/* The scratch file, or memory. */
static bool names_failed(fp_walk *w, const level *l) {
  if (!l->names.error) return false;
  w->error = l->names.error, w->scratch_failed = w->error != ENOMEM;
  return true;
}

/* 0, or an errno of the directory. */
static int list(level *l) {
  char buffer[64 << 10];
  long n;
  while ((n = syscall(SYS_getdents64, l->fd, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < n;) {
      const struct dirent64 *d = (const void *)(buffer + at);
      at += d->d_reclen;
      if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0) continue;
      if (!fp_names_add(&l->names, d->d_type, d->d_name)) return 0;
    }
  int error = n < 0 ? errno : 0;
  fp_names_sort(&l->names);
  return error;
}

/* ---- of a share */
typedef struct listing {
  fp_walk *w;
  level *l;
} listing;

static bool keep(void *ctx, const char *name, const fp_item *item) {
  fp_walk *w = ((listing *)ctx)->w;
  level *l = ((listing *)ctx)->l;
  if (item->type && w->n_known < KNOWN_MAX) {
    if (l->n_known == l->room_known) {
      size_t room = 2 * l->room_known + 64;
      known *more = realloc(l->known, room * sizeof *more);
      if (!more) return l->names.error = ENOMEM, false;
      l->known = more, l->room_known = room;
    }
    char *copy = strdup(name);
    if (!copy) return l->names.error = ENOMEM, false;
    l->known[l->n_known++] = (known){copy, *item};
    w->n_known++;
  }
  return fp_names_add(&l->names, item->type == FP_DIR ? DT_DIR : DT_UNKNOWN, name);
}

static int by_name(const void *a, const void *b) { return strcmp(((const known *)a)->name, ((const known *)b)->name); }

static const char *path_z(fp_walk *w) {
  if (!fp_bytes_room(&w->path, 1)) return NULL;
  w->path.p[w->path.n] = 0;
  return (const char *)w->path.p;
}

static int list_share(fp_walk *w, level *l) {
  const char *path = path_z(w);
  int error = !path ? ENOMEM : w->share->list(w->share->self, path, keep, &(listing){w, l}) < 0 ? errno : 0;
  if (l->n_known) qsort(l->known, l->n_known, sizeof *l->known, by_name);
  if (!l->names.error) fp_names_sort(&l->names);
  return error;
}

/* Of a name of l, which w->path ends with. */
static int stat_share(fp_walk *w, level *l, const char *name, fp_item *to) {
  int order = 1;
  while (l->at_known < l->n_known && (order = strcmp(l->known[l->at_known].name, name)) < 0) l->at_known++;
  if (l->at_known < l->n_known && order == 0) return *to = l->known[l->at_known].item, 0;
  const char *path = path_z(w);
  return path ? w->share->stat(w->share->self, path, to) : (errno = ENOMEM, -1);
}

/* Enters the directory that w->path names; its item is told, too. */
static bool enter(fp_walk *w, fp_item *item) {
  level l = {.fd = -1, .path_len = w->path.n};
  if (w->n_levels == w->room_levels) {
    size_t room = 2 * w->room_levels + 16;
    level *more = realloc(w->levels, room * sizeof *more);
    if (!more) return w->error = ENOMEM, false;
    w->levels = more, w->room_levels = room;
  }
  fp_names_begin(&l.names, &w->spill);
  if (!w->share) l.fd = fp_tree_open(w->root, (const char *)w->path.p, w->path.n, O_RDONLY | O_DIRECTORY);
  int error = w->share ? list_share(w, &l) : l.fd < 0 ? errno : list(&l);
  if (error == ECONNABORTED) w->error = error;
  if (w->error || (error == ENOENT && l.fd < 0)) return level_free(w, &l), !w->error;
  if (error) item->marks |= FP_UNLISTED;
  if (names_failed(w, &l) || !emit(w, item)) return level_free(w, &l), false;
  if (w->n_levels >= OPEN_MAX_DIRS && l.fd >= 0) { /* the ones above are opened again when it is their turn */
    level *up = &w->levels[w->n_levels - OPEN_MAX_DIRS];
    if (up->fd >= 0) close(up->fd);
    up->fd = -1;
  }
  w->levels[w->n_levels++] = l;
  return true;
}

static bool excluded(fp_walk *w, bool directory) {
  if (!w->exclude || !w->exclude->n || !fp_bytes_room(&w->path, 1)) return false;
  w->path.p[w->path.n] = 0;
  return fp_excluded(w->exclude, (const char *)w->path.p, directory);
}

static bool step(fp_walk *w) {
  level *l = &w->levels[w->n_levels - 1];
  w->path.n = l->path_len;
  const char *name = fp_names_next(&l->names);
  if (names_failed(w, l)) return false;
  if (!name) return level_free(w, l), w->n_levels--, true;
  if (l->path_len) fp_bytes_add(&w->path, "/", 1);
  fp_bytes_add(&w->path, name, strlen(name));
  if (w->path.failed) return w->error = ENOMEM, false;
  if (w->path.n > FP_PATH_MAX) return w->error = ENAMETOOLONG, false;
  if (l->fd < 0 && !w->share) l->fd = fp_tree_open(w->root, (const char *)w->path.p, l->path_len, O_RDONLY | O_DIRECTORY);
  fp_item item = {.nlink = 1};
  if (w->share ? stat_share(w, l, name, &item) < 0 : l->fd < 0 || fp_tree_stat(l->fd, name, &item) < 0) {
    if (errno == ECONNABORTED) return w->error = errno, false;
    if (errno == ENOENT || errno == ENOTDIR || excluded(w, name[-1] == DT_DIR)) return true;
    item = (fp_item){.nlink = 1, .type = name[-1] == DT_DIR ? FP_DIR : FP_FILE, .marks = name[-1] == DT_DIR ? FP_UNLISTED : FP_UNREADABLE};
    return emit(w, &item);
  }
  if (excluded(w, item.type == FP_DIR)) return true;
  return item.type == FP_DIR && item.dev == w->dev ? enter(w, &item) : emit(w, &item);
}

static void *walk(void *ctx) {
  fp_walk *w = ctx;
  fp_item root = {0};
  bool ok = fp_bytes_room(&w->path, 1) && (w->share ? w->share->stat(w->share->self, "", &root) : fp_tree_stat(w->root, "", &root)) == 0;
  if (!ok) w->error = errno ? errno : EIO;
  w->dev = root.dev;
  ok = ok && enter(w, &root);
  while (ok && w->n_levels) ok = step(w);
  if (ok) put_batch(w);
  pthread_mutex_lock(&w->lock);
  w->end = true;
  pthread_cond_signal(&w->more);
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

/* ---- the caller's */
fp_walk *fp_walk_new(int root, const fp_walk_options *o) {
  fp_walk *w = calloc(1, sizeof *w);
  if (!w) return NULL;
  w->root = root, w->spill.fd = -1;
  if (o) w->exclude = o->exclude, w->share = o->share, w->spill.dir = o->scratch;
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->more, NULL);
  pthread_cond_init(&w->less, NULL);
  int error = pthread_create(&w->thread, NULL, walk, w);
  if (!error) return w;
  free(w);
  errno = error;
  return NULL;
}

static void batch_free(batch *b) {
  if (b) fp_bytes_free(&b->paths);
  free(b);
}

int fp_walk_next(fp_walk *w, const fp_item **item, int *error) {
  if (w->reading && w->at == w->reading->n) batch_free(w->reading), w->reading = NULL;
  if (!w->reading) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&w->lock);
    int timed = 0;
    while (!w->first && !w->end && !timed) timed = pthread_cond_timedwait(&w->more, &w->lock, &until);
    batch *b = w->first;
    if (b && !(w->first = b->next)) w->last = NULL;
    if (b) w->queued--;
    bool end = !b && w->end;
    pthread_cond_signal(&w->less);
    pthread_mutex_unlock(&w->lock);
    if (!b) {
      *error = end ? w->error : 0;
      return end ? -1 : 0;
    }
    w->reading = b, w->at = 0;
  }
  *item = &w->reading->items[w->at++];
  return 1;
}

bool fp_walk_scratch_failed(const fp_walk *w) { return w->scratch_failed; }

void fp_walk_free(fp_walk *w) {
  if (!w) return;
  pthread_mutex_lock(&w->lock);
  w->stop = true;
  pthread_cond_signal(&w->less);
  pthread_mutex_unlock(&w->lock);
  pthread_join(w->thread, NULL);
  for (batch *next; w->first; w->first = next) next = w->first->next, batch_free(w->first);
  batch_free(w->reading);
  batch_free(w->filling);
  while (w->n_levels) level_free(w, &w->levels[--w->n_levels]);
  free(w->levels);
  if (w->spill.fd >= 0) close(w->spill.fd);
  fp_bytes_free(&w->path);
  pthread_cond_destroy(&w->more);
  pthread_cond_destroy(&w->less);
  pthread_mutex_destroy(&w->lock);
  free(w);
}
