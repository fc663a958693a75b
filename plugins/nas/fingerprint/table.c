/* table.c -- which blocks are stored, and where: a hash table in a file.  SPDX-License-Identifier: Apache-2.0
 *
 * Open addressing, linear probing; a block's first slot are the top bits of its hash, so that a table twice as large has the same order and growing
 * goes through both files from front to back. An empty slot is all zero: the file is sparse. */
#include "table.h"
#include "scratch.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_BITS = 14, MAX_BITS = 40, AT_ONCE = 8, CHUNK = 1024 };

typedef struct slot {
  fp_block b;
  uint8_t pad[64 - sizeof(fp_block)];
} slot;
_Static_assert(sizeof(slot) == 64, "slots do not straddle pages");

struct fp_table {
  pthread_rwlock_t lock;
  int fd;
  unsigned bits;
  uint64_t n;
  char *dir;
};

static int sized_file(const char *dir, unsigned bits) {
  int fd = bits <= MAX_BITS ? fp_scratch_file(dir) : (errno = EFBIG, -1);
  if (fd >= 0) posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM); /* nothing ahead is wanted; large folios would make small writes slow */
  if (fd < 0 || ftruncate(fd, (off_t)sizeof(slot) << bits) == 0) return fd;
  int why = errno;
  close(fd);
  return errno = why, -1;
}

fp_table *fp_table_new(const char *dir) {
  fp_table *t = calloc(1, sizeof *t);
  if (!t) return NULL;
  t->bits = FIRST_BITS, t->dir = strdup(dir), t->fd = t->dir ? sized_file(dir, t->bits) : -1;
  if (t->fd >= 0 && pthread_rwlock_init(&t->lock, NULL) == 0) return t;
  int why = errno;
  if (t->fd >= 0) close(t->fd);
  free(t->dir);
  free(t);
  return errno = why, NULL;
}

void fp_table_free(fp_table *t) {
  if (!t) return;
  close(t->fd);
  pthread_rwlock_destroy(&t->lock);
  free(t->dir);
  free(t);
}

static bool read_at(int fd, slot *to, size_t n, uint64_t at) {
  ssize_t got = pread(fd, to, n * sizeof *to, (off_t)(at * sizeof *to));
  if (got == (ssize_t)(n * sizeof *to)) return true;
  if (got >= 0) errno = EIO; /* somebody cut it */
  return false;
}

static bool write_at(int fd, const slot *s, uint64_t at) {
  ssize_t put = pwrite(fd, s, sizeof *s, (off_t)(at * sizeof *s));
  if (put == (ssize_t)sizeof *s) return true;
  if (put >= 0) errno = ENOSPC;
  return false;
}

static uint64_t home(const uint8_t *sha, unsigned bits) {
  uint64_t v = 0;
  for (int i = 0; i < 8; i++) v = v << 8 | sha[i];
  return v >> (64 - bits);
}

/* Where the block is (1: *found), or the slot where it would be (0). */
static int seek(int fd, unsigned bits, const uint8_t *sha, uint32_t size, uint64_t *where, fp_block *found) {
  uint64_t slots = UINT64_C(1) << bits, at = home(sha, bits);
  slot some[AT_ONCE];
  for (uint64_t passed = 0; passed < slots;) {
    size_t n = slots - at < AT_ONCE ? (size_t)(slots - at) : AT_ONCE;
    if (!read_at(fd, some, n, at)) return -1;
    for (size_t i = 0; i < n; i++) {
      *where = at + i;
      if (!some[i].b.size) return 0;
      if (some[i].b.size == size && memcmp(some[i].b.sha, sha, FP_SHA) == 0) return *found = some[i].b, 1;
    }
    passed += n, at = (at + n) & (slots - 1);
  }
  errno = EIO; /* never full */
  return -1;
}

static bool move_all(int from, unsigned bits, int to, unsigned to_bits) {
  slot *some = malloc(CHUNK * sizeof *some), s = {0};
  uint64_t where;
  fp_block found;
  bool right = some != NULL;
  for (uint64_t at = 0; right && at < UINT64_C(1) << bits; at += CHUNK) {
    right = read_at(from, some, CHUNK, at);
    for (size_t i = 0; right && i < CHUNK; i++) {
      if (!some[i].b.size) continue;
      s.b = some[i].b;
      right = seek(to, to_bits, s.b.sha, s.b.size, &where, &found) == 0 && write_at(to, &s, where);
    }
  }
  free(some);
  return right;
}

static bool resize(fp_table *t, unsigned bits) {
  int fd = sized_file(t->dir, bits);
  if (fd < 0) return false;
  if (t->n && !move_all(t->fd, t->bits, fd, bits)) {
    int why = errno;
    close(fd);
    return errno = why, false;
  }
  close(t->fd);
  t->fd = fd, t->bits = bits;
  return true;
}

bool fp_table_expect(fp_table *t, uint64_t blocks) {
  unsigned bits = FIRST_BITS;
  while (bits < MAX_BITS && blocks > (UINT64_C(1) << bits) / 2) bits++;
  pthread_rwlock_wrlock(&t->lock);
  bool right = bits <= t->bits || resize(t, bits);
  pthread_rwlock_unlock(&t->lock);
  return right;
}

int fp_table_find(fp_table *t, const uint8_t sha[FP_SHA], uint32_t size, fp_block *out) {
  uint64_t where;
  pthread_rwlock_rdlock(&t->lock);
  int found = t->n ? seek(t->fd, t->bits, sha, size, &where, out) : 0;
  pthread_rwlock_unlock(&t->lock);
  return found;
}

int fp_table_add(fp_table *t, const fp_block *b, fp_block *out) {
  uint64_t where;
  slot s = {.b = *b};
  fp_block there;
  pthread_rwlock_wrlock(&t->lock);
  int found = seek(t->fd, t->bits, b->sha, b->size, &where, &there);
  if (found == 0 && !write_at(t->fd, &s, where)) found = -1;
  else if (found == 0 && ++t->n > (UINT64_C(1) << t->bits) / 8 * 5 && !resize(t, t->bits + 1)) found = -1;
  pthread_rwlock_unlock(&t->lock);
  if (found == 1 && out) *out = there;
  return found < 0 ? -1 : !found;
}

uint64_t fp_table_count(fp_table *t) {
  pthread_rwlock_rdlock(&t->lock);
  uint64_t n = t->n;
  pthread_rwlock_unlock(&t->lock);
  return n;
}
