/* slot.c -- what a worker does: reads, hashes, compresses.  SPDX-License-Identifier: Apache-2.0 */
#include "slot.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 3, TICK = 20000000 }; /* ns */

size_t fp_entry_copy(const fp_entry *e, fp_entry *to, void **memory) {
  static const char none[1];
  size_t blocks = e->n_blocks * sizeof *e->blocks, holes = e->n_holes * sizeof *e->holes, list = e->n_xattrs * sizeof *e->xattrs;
  size_t n = blocks + holes + list + e->path_len + e->target_len + 2 + 16;
  for (size_t i = 0; i < e->n_xattrs; i++) n += strlen(e->xattrs[i].name) + 1 + e->xattrs[i].size;
  char *p = malloc(n);
  if (!(*memory = p)) return 0;
  *to = *e;
  fp_hole *h = (void *)p;
  if (holes) memcpy(h, e->holes, holes);
  fp_xattr *x = (void *)(p += holes);
  fp_block *b = (void *)(p += list);
  if (blocks) memcpy(b, e->blocks, blocks);
  p += blocks;
  to->holes = h, to->xattrs = x, to->blocks = b;
  for (size_t i = 0; i < e->n_xattrs; i++) {
    size_t k = strlen(e->xattrs[i].name) + 1;
    x[i] = (fp_xattr){.name = memcpy(p, e->xattrs[i].name, k), .value = p + k, .size = e->xattrs[i].size};
    if (x[i].size) memcpy(p + k, e->xattrs[i].value, x[i].size);
    p += k + x[i].size;
  }
  to->path = memcpy(p, e->path_len ? e->path : none, e->path_len);
  p[e->path_len] = 0, p += e->path_len + 1;
  to->target = memcpy(p, e->target_len ? e->target : none, e->target_len);
  p[e->target_len] = 0;
  return n;
}

void fp_part_free(fp_part *p) {
  fp_made_free(&p->made);
  free(p);
}

bool fp_part_spare(fp_ring *r, fp_part *p) {
  if (r->spared + sizeof *p + p->made.data.cap > FP_SPARE) return true;
  p->next = r->spare, r->spare = p;
  r->spared += sizeof *p + p->made.data.cap;
  return false;
}

static fp_part *part_new(fp_ring *r) {
  pthread_mutex_lock(&r->lock);
  fp_part *p = r->spare;
  if (p) r->spare = p->next, r->spared -= sizeof *p + p->made.data.cap;
  pthread_mutex_unlock(&r->lock);
  if (!p) return calloc(1, sizeof *p);
  p->next = NULL, p->again = false;
  return p;
}

void fp_slot_clear(fp_slot *s) {
  for (fp_part *next; s->first; s->first = next) next = s->first->next, fp_part_free(s->first);
  free(s->copy);
  free(s->xattrs);
  free(s->target);
  free(s->holes);
  free(s->blocks);
  *s = (fp_slot){0};
}

/* With the lock: the call is told when what it waits for is done, or when much is ahead. */
static void wake(fp_ring *r, const fp_slot *s) {
  const fp_slot *head = &r->slots[r->head % FP_SLOTS];
  if (!r->asleep) return;
  if ((s->done && &r->slots[r->awaited % FP_SLOTS] == s) || (r->ahead > FP_AHEAD / 2 && (head->first || head->done)))
    pthread_cond_signal(&r->made);
}

/* Waits while too much is ahead, unless it is this slot's turn and the call has all of it: so whoever is first always goes on. */
static bool hand_over(fp_ring *r, fp_slot *s, fp_part *p) {
  pthread_mutex_lock(&r->lock);
  while (!r->stop && r->ahead > FP_AHEAD && (s->first || &r->slots[r->head % FP_SLOTS] != s)) {
    r->waiting++;
    pthread_cond_wait(&r->turn, &r->lock);
    r->waiting--;
  }
  if (s->last) s->last->next = p;
  else s->first = p;
  s->last = p;
  r->ahead += p->made.data.n;
  bool go_on = !r->stop;
  wake(r, s);
  pthread_mutex_unlock(&r->lock);
  return go_on;
}

static bool fatal(fp_slot *s, const char *why) { return s->why = why, false; }

/* whole: the file has no other block; its hash is the block's. */
static bool make(fp_ring *r, fp_maker *m, fp_slot *s, const uint8_t *data, size_t n, bool whole) {
  fp_part *p = part_new(r);
  if (!p) return fatal(s, "out of memory");
  if (!whole) fp_maker_sha_add(m, data, n);
  if (fp_maker_make(m, data, n, &p->made) != PINTLE_OK) {
    fatal(s, p->made.why ? p->made.why : "out of memory");
    return fp_part_free(p), false;
  }
  s->whole = whole;
  if (whole) memcpy(s->e.sha, p->made.block.sha, FP_SHA);
  return hand_over(r, s, p);
}

static bool add_hole(fp_slot *s, uint64_t at, uint64_t size) {
  if (s->e.n_holes == s->room_holes) {
    size_t room = 2 * s->room_holes + 16;
    fp_hole *more = realloc(s->holes, room * sizeof *more);
    if (!more) return fatal(s, "out of memory");
    s->holes = more, s->room_holes = room;
  }
  s->holes[s->e.n_holes++] = (fp_hole){at, size};
  s->e.holes = s->holes;
  return true;
}

/* ---- a file, here or of a share */
static int open_at(fp_ring *r, const fp_entry *e) {
  if (r->share) return r->share->open(r->share->self, e->path);
  int fd = fp_tree_open(r->root, e->path, e->path_len, O_RDONLY | O_NONBLOCK | O_NOATIME);
  return fd < 0 && errno == EPERM ? fp_tree_open(r->root, e->path, e->path_len, O_RDONLY | O_NONBLOCK) : fd;
}

static int stat_at(fp_ring *r, int fd, fp_item *to) {
  return r->share ? r->share->fstat(r->share->self, fd, to) : fp_tree_stat(fd, "", to);
}

static ssize_t read_at(fp_ring *r, int fd, void *to, size_t n, uint64_t at) {
  return r->share ? r->share->pread(r->share->self, fd, to, n, at) : pread(fd, to, n, (off_t)at);
}

static void close_at(fp_ring *r, int fd) {
  if (r->share) r->share->close(r->share->self, fd);
  else close(fd);
}

/* As far as it goes: what is behind the end that was found is not there. false: s->error or s->why. */
static bool read_once(fp_ring *r, fp_maker *m, fp_slot *s, int fd, uint8_t *room) {
  uint64_t at = 0, from, to;
  s->e.n_holes = 0, s->read = 0, s->whole = false;
  fp_maker_sha_begin(m);
  while (at < s->e.size) {
    if (!r->share && s->e.n_holes < FP_HOLES_MAX) fp_tree_data(fd, at, s->e.size, &from, &to);
    else from = at, to = s->e.size;
    if (from > at && !add_hole(s, at, from - at)) return false;
    for (at = from; at < to;) {
      size_t n = FP_BLOCK_MAX - at % FP_BLOCK_MAX, have = 0;
      if (n > to - at) n = (size_t)(to - at);
      while (have < n) {
        ssize_t got = read_at(r, fd, room + have, n - have, at + have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return s->error = errno, false;
        if (got == 0) break;
        have += (size_t)got;
      }
      bool all = s->read == 0 && (at + have == s->e.size || have < n);
      if (have && !make(r, m, s, room, have, all)) return false;
      at += have, s->read += have;
      if (have < n) return s->e.size = at, true;
    }
  }
  return true;
}

static bool same(const fp_item *a, const fp_item *b) {
  return a->size == b->size && a->mtime == b->mtime && a->ctime == b->ctime && a->ino == b->ino;
}

static void take(fp_slot *s, const fp_item *i) {
  fp_entry *e = &s->e;
  e->mode = i->mode, e->uid = i->uid, e->gid = i->gid, e->nlink = i->nlink, e->size = i->size, e->ino = i->ino, e->mtime = i->mtime,
  e->ctime = i->ctime;
}

/* What was written within the last tick of the clock may be written again without another time. */
static bool fresh(const fp_item *i) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return false;
  int64_t age = now.tv_sec * INT64_C(1000000000) + now.tv_nsec - i->ctime;
  return age < TICK && age > -TICK;
}

/* false: it never stood still. */
static bool stat_quiet(fp_ring *r, int fd, fp_item *to, int *error) {
  for (int i = 0; i < TRIES; i++) {
    if (stat_at(r, fd, to) < 0) return *error = errno, false;
    if (!fresh(to)) return true;
    nanosleep(&(struct timespec){.tv_nsec = TICK}, NULL);
  }
  return false;
}

static bool read_file(fp_ring *r, fp_maker *m, fp_slot *s, int fd, uint8_t *room) {
  fp_item before, after;
  for (int i = 0; i < TRIES; i++) {
    bool quiet = stat_quiet(r, fd, &before, &s->error);
    if (s->error) return false;
    if (before.type != FP_FILE) return s->gone = true, false;
    take(s, &before);
    if (!read_once(r, m, s, fd, room)) return false;
    if (stat_at(r, fd, &after) < 0) return s->error = errno, false;
    if (quiet && same(&before, &after) && s->e.size == before.size) break;
    if (i + 1 == TRIES) {
      s->e.marks |= FP_CHANGED;
      break;
    }
    fp_part *p = part_new(r);
    if (!p) return fatal(s, "out of memory");
    p->again = true, p->made.data.n = 0;
    if (!hand_over(r, s, p)) return false;
  }
  return s->whole || fp_maker_sha_end(m, s->e.sha) == PINTLE_OK || fatal(s, "out of memory");
}

static bool read_xattrs(fp_ring *r, fp_slot *s, int fd) {
  size_t n = 0;
  if (r->share) return s->e.marks |= FP_NO_XATTRS, true;
  if (fp_tree_xattrs(r->root, s->e.path, s->e.path_len, fd, &s->xattrs, &n) < 0) {
    if (errno == ENOENT) return s->gone = true, false;
    if (errno == ENOMEM) return fatal(s, "out of memory");
    s->e.marks |= FP_NO_XATTRS;
  }
  s->e.xattrs = s->xattrs, s->e.n_xattrs = n;
  return true;
}

static void do_file(fp_ring *r, fp_maker *m, fp_slot *s, uint8_t *room) {
  int fd = open_at(r, &s->e);
  if (fd < 0) {
    s->gone = errno == ENOENT || errno == ELOOP || errno == ENOTDIR;
    s->error = errno;
    return;
  }
  if (r->share) s->e.marks |= FP_NO_HOLES;
  if (read_file(r, m, s, fd, room)) read_xattrs(r, s, fd);
  close_at(r, fd);
}

static ssize_t read_link(fp_ring *r, const fp_entry *e, char *to) {
  const char *name;
  if (r->share) return r->share->readlink(r->share->self, e->path, to, FP_PATH_MAX);
  int dir = fp_tree_parent(r->root, e->path, e->path_len, &name);
  ssize_t n = dir >= 0 ? readlinkat(dir, name, to, FP_PATH_MAX) : -1;
  if (dir >= 0) close(dir);
  return n;
}

static void do_other(fp_ring *r, fp_slot *s) {
  if (s->e.type == FP_LINK) {
    ssize_t n = -1;
    if (!(s->target = malloc(FP_PATH_MAX + 1))) fatal(s, "out of memory");
    else n = read_link(r, &s->e, s->target);
    if (n <= 0) {
      if (n < 0 && errno == ECONNABORTED) s->error = errno;
      else s->gone = true;
      return;
    }
    s->target[n] = 0;
    s->e.target = s->target, s->e.target_len = (size_t)n;
  }
  read_xattrs(r, s, -1);
}

void fp_slot_work(fp_ring *r, fp_maker *m, uint8_t *room) {
  pthread_mutex_lock(&r->lock);
  for (;;) {
    while (!r->stop && r->next < r->tail && r->slots[r->next % FP_SLOTS].known) r->next++;
    if (r->stop) break;
    if (r->next == r->tail) {
      r->idle++;
      pthread_cond_wait(&r->work, &r->lock);
      r->idle--;
      continue;
    }
    fp_slot *s = &r->slots[r->next++ % FP_SLOTS];
    pthread_mutex_unlock(&r->lock);
    if (!m || !room) s->why = "out of memory";
    else if (s->e.type == FP_FILE) do_file(r, m, s, room);
    else do_other(r, s);
    if (s->error == ECONNABORTED) s->why = "the server does not answer any more";
    pthread_mutex_lock(&r->lock);
    s->done = true;
    wake(r, s);
  }
  pthread_mutex_unlock(&r->lock);
}
