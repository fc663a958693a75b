/* links.c -- files of several names: a table on disk from inode to the first name.  SPDX-License-Identifier: Apache-2.0 */
#include "links.h"
#include "scratch.h"
#include "table.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct record {        /* in the file of names, the path behind it or further on */
  uint64_t path, length, size; /* length 0: the name is gone */
  int64_t mtime;
} record;

struct fp_links {
  fp_table *table; /* its "run" and "pack": where the record is */
  int fd;
  uint64_t end;
  fp_bytes path;
};

fp_links *fp_links_new(const char *dir) {
  fp_links *l = calloc(1, sizeof *l);
  if (!l) return NULL;
  l->fd = fp_scratch_file(dir);
  l->table = l->fd >= 0 ? fp_table_new(dir ? dir : "/tmp") : NULL;
  if (l->table) return l;
  int why = errno;
  fp_links_free(l);
  return errno = why, NULL;
}

void fp_links_free(fp_links *l) {
  if (!l) return;
  fp_table_free(l->table);
  if (l->fd >= 0) close(l->fd);
  fp_bytes_free(&l->path);
  free(l);
}

/* The table's order is that of the first bytes: they must look like chance. */
static fp_block key_of(uint64_t dev, uint64_t ino) {
  fp_block b = {.size = 1};
  uint64_t mixed = ino ^ dev * UINT64_C(0x9e3779b97f4a7c15);
  mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
  mixed ^= mixed >> 31;
  for (int i = 0; i < 8; i++) b.sha[i] = (uint8_t)(mixed >> (56 - 8 * i));
  memcpy(b.sha + 8, &ino, 8);
  memcpy(b.sha + 16, &dev, 8);
  return b;
}

static uint64_t place(const fp_block *b) { return (uint64_t)b->run << 32 | b->pack; }

static int look(fp_links *l, uint64_t dev, uint64_t ino, uint64_t *at, record *r) {
  fp_block key = key_of(dev, ino), there;
  int found = fp_table_find(l->table, key.sha, key.size, &there);
  if (found <= 0) return found;
  *at = place(&there);
  ssize_t got = fp_scratch_read(l->fd, r, sizeof *r, *at);
  if (got >= 0 && got < (ssize_t)sizeof *r) errno = EIO;
  return got == (ssize_t)sizeof *r ? 1 : -1;
}

static int read_path(fp_links *l, const record *r, const char **path, size_t *n) {
  l->path.n = 0;
  if (!fp_bytes_room(&l->path, r->length + 1)) return errno = ENOMEM, -1;
  ssize_t got = fp_scratch_read(l->fd, l->path.p, r->length, r->path);
  if (got < 0 || (uint64_t)got < r->length) return errno = got < 0 ? errno : EIO, -1;
  l->path.p[r->length] = 0;
  *path = (char *)l->path.p, *n = r->length;
  return 1;
}

int fp_links_find(fp_links *l, uint64_t dev, uint64_t ino, const char **path, size_t *n) {
  uint64_t at;
  record r;
  int found = look(l, dev, ino, &at, &r);
  return found <= 0 ? found : r.length ? read_path(l, &r, path, n) : 0;
}

int fp_links_first(fp_links *l, const fp_item *i, bool alike, const char **path, size_t *n) {
  uint64_t at = l->end;
  record r;
  int found = look(l, i->dev, i->ino, &at, &r);
  if (found < 0) return -1;
  if (found && r.length && !(alike && (r.size != i->size || r.mtime != i->mtime))) return read_path(l, &r, path, n);
  if (!found) {
    fp_block b = key_of(i->dev, i->ino);
    b.run = (uint32_t)(at >> 32), b.pack = (uint32_t)at;
    if (fp_table_add(l->table, &b, NULL) < 0) return -1;
    l->end += sizeof r;
  }
  r = (record){l->end, i->path_len, i->size, i->mtime};
  if (!fp_scratch_write(l->fd, i->path, i->path_len, l->end) || !fp_scratch_write(l->fd, &r, sizeof r, at)) return -1;
  l->end += i->path_len;
  return 0;
}

int fp_links_gone(fp_links *l, uint64_t dev, uint64_t ino, const char *path, size_t n) {
  uint64_t at;
  record r;
  const char *first;
  size_t length;
  int found = look(l, dev, ino, &at, &r);
  if (found <= 0 || r.length != n) return found < 0 ? -1 : 0;
  if (read_path(l, &r, &first, &length) < 0) return -1;
  if (memcmp(first, path, n) != 0) return 0;
  r.length = 0;
  return fp_scratch_write(l->fd, &r, sizeof r, at) ? 1 : -1;
}
