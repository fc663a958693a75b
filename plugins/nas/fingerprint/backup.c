/* backup.c -- a tree into a repository: walk, compare with the manifest before, read what changed.  SPDX-License-Identifier: Apache-2.0 */
#include "backup.h"
#include "links.h"
#include "packs.h"
#include "repo_in.h"
#include "slot.h"
#include "walk.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <time.h>

enum { THREADS_MAX = 16 };
#define RACY INT64_C(2000000000)

typedef struct prior { /* a manifest that is compared with */
  fp_reader *reader;
  const fp_entry *e;
  bool met; /* e was a name of the walk */
  int64_t started;
} prior;

typedef struct backup {
  pintle_call *call;
  const fp_backup_options *o;
  int root;
  fp_repo *repo;
  fp_run *run;
  fp_blocks *blocks;
  fp_walk *walk;
  prior prior[2]; /* an interrupted run's, the parent's */
  prior *kept;    /* the one whose names stay where a directory cannot be listed */
  char *closed;   /* the last such directory; NULL: none */
  size_t closed_len;
  bool keeping;
  fp_ring ring;
  pthread_t threads[THREADS_MAX];
  unsigned n_threads;
  bool learned;
  fp_links *links; /* NULL: no file of several names yet */
  uint64_t seen, matched, bytes;
  fp_counts counts;
} backup;

static pintle_status no_memory(backup *b) { return pintle_fail(b->call, PINTLE_NOMEM, "out of memory"); }

static pintle_status scratch_failed(backup *b, int error) {
  char text[256];
  return pintle_fail(b->call, error == ENOMEM ? PINTLE_NOMEM : PINTLE_FAILED, "scratch files in %s: %s", fp_run_scratch(b->run),
                     strerror_r(error, text, sizeof text));
}

/* A sign of life, and progress: the backup before tells how much there is. */
static pintle_status beat(backup *b) {
  const fp_head *parent = fp_run_parent(b->run);
  uint64_t total = parent ? parent->counts.bytes : 0;
  char text[FP_PROGRESS];
  if (total && total < b->bytes) total = b->bytes;
  pintle_status st = fp_run_beat(b->call, b->run, b->seen, b->bytes, total);
  fp_progress_text(b->seen, b->bytes, total, fp_now() - fp_run_started(b->run), text);
  b->call->host->report(b->call, &(pintle_progress){.struct_size = sizeof(pintle_progress),
                                                    .n_completed = (int64_t)b->bytes,
                                                    .n_total = (int64_t)total,
                                                    .units = "bytes",
                                                    .description = text});
  return st == PINTLE_OK && b->call->host->cancelled(b->call) ? pintle_fail(b->call, PINTLE_CANCELLED, "cancelled") : st;
}

/* ---- the manifests before */
static void prior_next(backup *b, prior *p) {
  p->met = false;
  if (!p->reader) return;
  if (fp_reader_next(b->call, p->reader, &p->e) != PINTLE_OK) {
    pintle_log(b->call, PINTLE_LOG_WARN, "the backup before cannot be read any further: what follows is read from the share");
    p->e = NULL;
  }
  if (!p->e) fp_reader_close(p->reader), p->reader = NULL;
}

static const fp_entry *prior_at(backup *b, prior *p, const fp_item *i) {
  int order = -1;
  while (p->e && (order = fp_path_cmp(p->e->path, p->e->path_len, i->path, i->path_len)) < 0) prior_next(b, p);
  p->met = p->e && order == 0;
  return p->met ? p->e : NULL;
}

/* Unchanged, and not so fresh that it could have changed in the same tick of the clock after it was read. */
static bool unchanged(const backup *b, const prior *p, const fp_entry *e, const fp_item *i) {
  if (e->type != i->type || e->marks & ~(uint32_t)(FP_NO_HOLES | (b->o->share ? FP_NO_XATTRS : 0)) || i->marks || b->o->read_all)
    return false;
  if (e->size != i->size || e->mtime != i->mtime || e->rdev != i->rdev || e->mode != i->mode || e->uid != i->uid || e->gid != i->gid)
    return false;
  if ((!b->o->no_ctime && e->ctime != i->ctime) || (!b->o->no_inode && e->ino != i->ino)) return false;
  return i->mtime < p->started - RACY && (b->o->no_ctime || i->ctime < p->started - RACY);
}

/* ---- into the manifest */
static void tell(backup *b, const fp_entry *e, const char *what, int error) {
  char text[512];
  pintle_log(b->call, PINTLE_LOG_WARN, "%.600s: %s%s%s", e->path_len ? e->path : ".", what, error ? ": " : "",
             error ? strerror_r(error, text, sizeof text) : "");
}

static pintle_status append(backup *b, const fp_entry *e) {
  if (!b->keeping && e->marks & (FP_UNREADABLE | FP_UNLISTED)) b->counts.errors++;
  if (!b->keeping && e->marks & FP_CHANGED) b->counts.warned++, tell(b, e, "changed while it was read, three times", 0);
  if (!b->keeping && e->marks & FP_UNLISTED) tell(b, e, "the directory cannot be listed", 0);
  if (e->type == FP_FILE) b->bytes += e->size;
  pintle_status st = fp_run_append(b->call, b->run, e);
  return (++b->seen & 1023) == 0 && st == PINTLE_OK ? beat(b) : st;
}

static pintle_status place(backup *b, fp_slot *s, fp_part *p) {
  if (p->again) return s->n_blocks = 0, PINTLE_OK;
  if (s->n_blocks == s->room_blocks) {
    size_t room = s->room_blocks ? 2 * s->room_blocks : 1;
    fp_block *more = room <= FP_BLOCKS_MAX ? realloc(s->blocks, room * sizeof *more) : NULL;
    if (!more) return no_memory(b);
    s->blocks = more, s->room_blocks = room;
  }
  return fp_blocks_place(b->call, b->blocks, &p->made, &s->blocks[s->n_blocks++]);
}

/* A file that nothing says of that it changed: is it what it was? */
static void sampled(backup *b, fp_slot *s) {
  const fp_entry *e = &s->e, *was = &s->before;
  bool same = !e->n_blocks || !was->n_blocks ? e->n_blocks == was->n_blocks : memcmp(e->sha, was->sha, FP_SHA) == 0;
  b->counts.sampled++;
  if (s->error || same) return;
  b->counts.changed++;
  if (e->marks & FP_CHANGED || e->size != was->size || e->mtime != was->mtime || (!b->o->no_ctime && e->ctime != was->ctime)) return;
  b->counts.silent++;
  tell(b, e, "its content is not what it was, though size, times and inode are: what is there now is backed up", 0);
}

static pintle_status finish(backup *b, fp_slot *s) {
  fp_entry *e = &s->e;
  if (s->why) return pintle_fail(b->call, PINTLE_FAILED, "%s: %s", e->path, s->why);
  if (s->gone) { /* its other names must not lead to it */
    bool several = e->type == FP_FILE && b->links;
    return several && fp_links_gone(b->links, s->dev, e->ino, e->path, e->path_len) < 0 ? scratch_failed(b, errno) : PINTLE_OK;
  }
  e->blocks = s->blocks, e->n_blocks = s->n_blocks;
  if (e->type == FP_FILE) b->counts.read += s->read;
  if (s->sampled) sampled(b, s);
  else b->counts.changed += e->type == FP_FILE;
  if (s->error) {
    tell(b, e, "cannot be read", s->error);
    e->marks |= FP_UNREADABLE;
    e->blocks = s->before.blocks, e->n_blocks = s->had ? s->before.n_blocks : 0;
    e->holes = s->before.holes, e->n_holes = s->had ? s->before.n_holes : 0;
    e->xattrs = s->before.xattrs, e->n_xattrs = s->had ? s->before.n_xattrs : 0;
    if (s->had) e->size = s->before.size, e->mtime = s->before.mtime, memcpy(e->sha, s->before.sha, FP_SHA);
  }
  return append(b, e);
}

/* Another name of a file: of the first one, if that is still there. */
static pintle_status link_entry(backup *b, fp_slot *s) {
  const char *path = NULL;
  size_t n = 0;
  int found = fp_links_find(b->links, s->dev, s->e.ino, &path, &n);
  if (found < 0) return scratch_failed(b, errno);
  if (found) {
    s->e.target = path, s->e.target_len = n;
    return append(b, &s->e);
  }
  tell(b, &s->e, "another name of this file vanished while it was read; this name is in the next backup", 0);
  b->counts.warned++;
  return PINTLE_OK;
}

/* With the lock, and a head that is not known: the slot to wait for, which a worker will tell of. */
static uint64_t last_of(const fp_ring *r) {
  uint64_t at = r->tail - r->head > FP_TOGETHER ? r->head + FP_TOGETHER : r->tail - 1;
  while (at > r->head && (r->slots[at % FP_SLOTS].known || r->slots[at % FP_SLOTS].done)) at--;
  return at;
}

/* Writes what is at the head of the ring; all of it, or until `leave` slots are in use. */
static pintle_status drain(backup *b, uint64_t leave) {
  fp_ring *r = &b->ring;
  pintle_status st = PINTLE_OK;
  while (st == PINTLE_OK && r->tail - r->head > leave) {
    fp_slot *s = &r->slots[r->head % FP_SLOTS];
    if (s->known) {
      st = s->e.type == FP_HARD ? link_entry(b, s) : append(b, &s->e);
    } else {
      pthread_mutex_lock(&r->lock);
      for (r->awaited = last_of(r); !s->first && !s->done; r->awaited = r->head) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        r->asleep = true;
        int timed = pthread_cond_timedwait(&r->made, &r->lock, &until);
        r->asleep = false;
        if (timed == ETIMEDOUT) {
          pthread_mutex_unlock(&r->lock);
          if (st == PINTLE_OK) st = beat(b);
          if (st != PINTLE_OK) return st;
          pthread_mutex_lock(&r->lock);
        }
      }
      fp_part *p = s->first;
      if (p && !(s->first = p->next)) s->last = NULL;
      if (p) r->ahead -= p->made.data.n;
      bool over = !p;
      if (r->waiting) pthread_cond_broadcast(&r->turn);
      pthread_mutex_unlock(&r->lock);
      if (p) {
        st = place(b, s, p);
        pthread_mutex_lock(&r->lock);
        bool drop = fp_part_spare(r, p);
        pthread_mutex_unlock(&r->lock);
        if (drop) fp_part_free(p);
      }
      if (!over) continue;
      st = finish(b, s);
    }
    r->copied -= s->copied;
    fp_slot_clear(s);
    pthread_mutex_lock(&r->lock);
    if (r->next == r->head) r->next++;
    r->head++;
    if (r->waiting) pthread_cond_broadcast(&r->turn);
    pthread_mutex_unlock(&r->lock);
  }
  return st;
}

/* ---- what stays of the backup before below a directory that cannot be listed, wholly or in part */
static bool below_closed(const backup *b, const char *path, size_t n) {
  size_t k = b->closed_len;
  return n > k && (!k || (path[k] == '/' && memcmp(path, b->closed, k) == 0));
}

static pintle_status closed_at(backup *b, const fp_item *i) {
  if (!(i->marks & FP_UNLISTED) || (b->closed && below_closed(b, i->path, i->path_len))) return PINTLE_OK;
  char *path = malloc(i->path_len + 1);
  if (!path) return no_memory(b);
  memcpy(path, i->path, i->path_len);
  free(b->closed);
  b->closed = path, b->closed_len = i->path_len;
  return PINTLE_OK;
}

static pintle_status keep_one(backup *b, const fp_entry *was) {
  fp_entry e = *was;
  if (e.type == FP_HARD && !below_closed(b, e.target, e.target_len)) return PINTLE_OK; /* of a file that may be another one by now */
  if (e.type == FP_FILE) e.marks |= FP_UNREADABLE;
  pintle_status st = drain(b, 0);
  b->keeping = true;
  if (st == PINTLE_OK) st = append(b, &e);
  b->keeping = false;
  b->matched += b->kept == &b->prior[1];
  return st;
}

/* Up to the next name of the walk; NULL: to the end. */
static pintle_status keep(backup *b, const fp_item *until) {
  prior *p = b->kept;
  pintle_status st = PINTLE_OK;
  while (b->closed && st == PINTLE_OK && p->e && (!until || fp_path_cmp(p->e->path, p->e->path_len, until->path, until->path_len) < 0)) {
    if (!p->met && below_closed(b, p->e->path, p->e->path_len)) st = keep_one(b, p->e);
    prior_next(b, p);
  }
  return st;
}

/* ---- from the walk */
static void *work(void *ctx) {
  backup *b = ctx;
  fp_maker *m = fp_maker_new(b->blocks);
  uint8_t *room = malloc(FP_BLOCK_MAX);
  if (m && room) fp_slot_work(&b->ring, m, room);
  else fp_slot_work(&b->ring, NULL, NULL);
  free(room);
  fp_maker_free(m);
  return NULL;
}

static pintle_status start(backup *b) {
  unsigned n = b->o->threads ? b->o->threads : 2;
  if (b->learned) return PINTLE_OK;
  b->learned = true;
  pintle_status st = fp_blocks_of(b->call, b->run, &b->blocks);
  if (st == PINTLE_OK) st = fp_blocks_learn_parents(b->call, b->blocks);
  for (; st == PINTLE_OK && b->n_threads < n && b->n_threads < THREADS_MAX; b->n_threads++)
    if (pthread_create(&b->threads[b->n_threads], NULL, work, b) != 0) return b->n_threads ? PINTLE_OK : no_memory(b);
  return st;
}

static pintle_status enqueue(backup *b, const fp_entry *e, const fp_item *i, const fp_entry *before, bool known, bool sampled) {
  fp_ring *r = &b->ring;
  pintle_status st = r->tail - r->head == FP_SLOTS ? drain(b, FP_SLOTS / 2) : PINTLE_OK;
  while (st == PINTLE_OK && r->copied > FP_COPIES && r->tail > r->head) st = drain(b, r->tail - r->head - 1);
  if (st == PINTLE_OK && !known) st = start(b);
  if (st != PINTLE_OK) return st;
  fp_slot *s = &r->slots[r->tail % FP_SLOTS];
  fp_entry full = *e;
  if (before) {
    full.blocks = before->blocks, full.n_blocks = before->n_blocks, full.holes = before->holes, full.n_holes = before->n_holes;
    full.xattrs = before->xattrs, full.n_xattrs = before->n_xattrs;
  }
  if (!(s->copied = fp_entry_copy(&full, &s->e, &s->copy))) return no_memory(b);
  r->copied += s->copied;
  s->known = known, s->sampled = sampled, s->had = before && !known, s->dev = i->dev;
  if (s->had) {
    s->before = *before;
    s->before.blocks = s->e.blocks, s->before.holes = s->e.holes, s->before.xattrs = s->e.xattrs;
  }
  if (!known) s->e.n_blocks = s->e.n_holes = s->e.n_xattrs = 0;
  pthread_mutex_lock(&r->lock);
  r->tail++;
  if (!known && r->idle) pthread_cond_signal(&r->work);
  pthread_mutex_unlock(&r->lock);
  return PINTLE_OK;
}

/* Others each time: by path and run. */
static bool in_sample(const backup *b, const fp_item *i) {
  uint64_t h = UINT64_C(14695981039346656037);
  if (!b->o->sample || i->type != FP_FILE) return false;
  for (const char *p = fp_run_id(b->run); *p; p++) h = (h ^ (uint8_t)*p) * UINT64_C(1099511628211);
  for (size_t k = 0; k < i->path_len; k++) h = (h ^ (uint8_t)i->path[k]) * UINT64_C(1099511628211);
  return (h ^ h >> 32) % 10000 < b->o->sample;
}

static pintle_status first_name(backup *b, const fp_item *i, fp_entry *e) {
  const char *path = NULL;
  size_t n = 0;
  if (!b->links && !(b->links = fp_links_new(fp_run_scratch(b->run)))) return scratch_failed(b, errno);
  int found = fp_links_first(b->links, i, b->o->no_inode, &path, &n);
  if (found < 0) return scratch_failed(b, errno);
  if (found) e->type = FP_HARD, e->target = path, e->target_len = n;
  return PINTLE_OK;
}

static pintle_status one(backup *b, const fp_item *i) {
  fp_entry e = {.path = i->path,
                .path_len = i->path_len,
                .type = i->type,
                .mode = i->mode,
                .uid = i->uid,
                .gid = i->gid,
                .nlink = i->nlink,
                .marks = i->marks,
                .size = i->size,
                .ino = i->ino,
                .rdev = i->rdev,
                .mtime = i->mtime,
                .ctime = i->ctime,
                .target = ""};
  pintle_status kept = keep(b, i);
  if (kept == PINTLE_OK) kept = closed_at(b, i);
  if (kept != PINTLE_OK) return kept;
  const fp_entry *before[2] = {prior_at(b, &b->prior[0], i), prior_at(b, &b->prior[1], i)}, *content = NULL;
  bool known = i->marks & (FP_UNREADABLE | FP_UNLISTED);
  b->matched += before[1] != NULL;
  if (i->type == FP_FILE && i->nlink > 1) {
    pintle_status st = first_name(b, i, &e);
    if (st != PINTLE_OK) return st;
    if (e.type == FP_HARD) return b->ring.tail == b->ring.head ? append(b, &e) : enqueue(b, &e, i, NULL, true, false);
  }
  for (int k = 0; k < 2 && !known; k++)
    if (before[k] && unchanged(b, &b->prior[k], before[k], i) &&
        fp_packs_have(b->call, b->repo, fp_run_packs(b->run), before[k]->blocks, before[k]->n_blocks)) {
      if (in_sample(b, i)) return enqueue(b, &e, i, before[k], false, true);
      e.xattrs = before[k]->xattrs, e.n_xattrs = before[k]->n_xattrs, e.marks = before[k]->marks;
      e.target = before[k]->target, e.target_len = before[k]->target_len;
      e.blocks = before[k]->blocks, e.n_blocks = before[k]->n_blocks, e.holes = before[k]->holes, e.n_holes = before[k]->n_holes;
      memcpy(e.sha, before[k]->sha, FP_SHA);
      return b->ring.tail == b->ring.head ? append(b, &e) : enqueue(b, &e, i, NULL, true, false);
    }
  for (int k = 1; k >= 0; k--)
    if (before[k] && before[k]->type == FP_FILE && i->type == FP_FILE) content = before[k];
  if (known && content) { /* what cannot be seen keeps what is known of it */
    e = *content;
    e.marks |= i->marks;
  }
  return enqueue(b, &e, i, known ? NULL : content, known, false);
}

static pintle_status open_priors(backup *b) {
  const fp_state *s = fp_run_interrupted(b->run);
  const fp_head *h = fp_run_parent(b->run);
  if (s && fp_reader_resume(b->call, b->repo, s->id, &b->prior[0].reader) == PINTLE_OK) b->prior[0].started = s->started;
  if (h && fp_reader_open(b->call, b->repo, h, &b->prior[1].reader) == PINTLE_OK) b->prior[1].started = h->started;
  else if (h) pintle_log(b->call, PINTLE_LOG_WARN, "the backup before, %s, cannot be read: all of the share is", h->id);
  pintle_status st = b->prior[0].reader || b->prior[1].reader ? fp_packs_list(b->call, b->repo, fp_run_packs(b->run)) : PINTLE_OK;
  b->kept = &b->prior[b->prior[1].reader != NULL];
  for (int k = 0; k < 2; k++) prior_next(b, &b->prior[k]);
  return st;
}

static pintle_status all(backup *b) {
  const fp_item *i = NULL;
  int error = 0, got;
  char text[256];
  pintle_status st = open_priors(b);
  const fp_walk_options o = {fp_run_scratch(b->run), &b->o->exclude, b->o->share};
  if (st == PINTLE_OK && !(b->walk = fp_walk_new(b->root, &o))) return no_memory(b);
  while (st == PINTLE_OK && (got = fp_walk_next(b->walk, &i, &error)) >= 0) {
    if (got) st = one(b, i);
    else st = drain(b, 0);
    if (st == PINTLE_OK && !got) st = beat(b);
  }
  if (st == PINTLE_OK && error && fp_walk_scratch_failed(b->walk)) st = scratch_failed(b, error);
  if (st == PINTLE_OK && error == ECONNABORTED)
    st = pintle_fail(b->call, PINTLE_FAILED, "walking the share: the server does not answer any more");
  if (st == PINTLE_OK && error) st = pintle_fail(b->call, PINTLE_FAILED, "walking the share: %s", strerror_r(error, text, sizeof text));
  if (st == PINTLE_OK) st = keep(b, NULL);
  return st == PINTLE_OK ? drain(b, 0) : st;
}

static void stop(backup *b) {
  fp_ring *r = &b->ring;
  pthread_mutex_lock(&r->lock);
  r->stop = true;
  pthread_cond_broadcast(&r->work);
  pthread_cond_broadcast(&r->turn);
  pthread_mutex_unlock(&r->lock);
  while (b->n_threads) pthread_join(b->threads[--b->n_threads], NULL);
  for (; r->head < r->tail; r->head++) fp_slot_clear(&r->slots[r->head % FP_SLOTS]);
  for (fp_part *next; r->spare; r->spare = next) next = r->spare->next, fp_part_free(r->spare);
  fp_walk_free(b->walk);
  for (int k = 0; k < 2; k++) fp_reader_close(b->prior[k].reader);
  fp_links_free(b->links);
  free(b->closed);
  pthread_cond_destroy(&r->work);
  pthread_cond_destroy(&r->turn);
  pthread_cond_destroy(&r->made);
  pthread_mutex_destroy(&r->lock);
}

pintle_status fp_backup(pintle_call *call, fp_repo *repo, int root, const fp_backup_options *o, fp_head *head) {
  backup *b = calloc(1, sizeof *b);
  if (!b) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  b->call = call, b->o = o, b->root = root, b->repo = repo, b->ring.root = root, b->ring.share = o->share;
  pthread_mutex_init(&b->ring.lock, NULL);
  pthread_cond_init(&b->ring.work, NULL);
  pthread_cond_init(&b->ring.turn, NULL);
  pthread_cond_init(&b->ring.made, NULL);
  pintle_status st = fp_run_begin(call, repo, &o->run, &b->run);
  if (st == PINTLE_OK) {
    st = all(b);
    const fp_head *parent = fp_run_parent(b->run);
    if (parent && parent->counts.entries > b->matched) b->counts.removed = parent->counts.entries - b->matched;
  }
  stop(b);
  if (st == PINTLE_OK) st = fp_run_commit(call, b->run, &b->counts, b->counts.errors > 0, head);
  else if (b->run) fp_run_abandon(call, b->run, "it ended with an error");
  fp_run_free(b->run);
  free(b);
  return st;
}
