/* finish_items.c -- items taken again after their operations, and the tarball with them.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero's finalizer (pkg/backup/backup.go, FinalizeBackup): the items go through the chain with FINALIZING set; the old tarball is streamed into the
 * new one, entries replaced by path, new ones appended. Texts stand in an unlinked file meanwhile. */
#include "archive/archive.h"
#include "archive/digest.h"
#include "base/file.h"
#include "engine/again.h"
#include "engine/finish_inside.h"
#include <stdlib.h>
#include <unistd.h>

enum { GZIP_LEVEL = 5 };

typedef struct rewriting {
  engine_finishing *f;
  engine_again *again; /* NULL: nothing is replaced, the tarball is only read */
  archive_gzip *gzip;
  archive_writer *tar;
  uint64_t items;
  buf text;
} rewriting;

static pintle_status add(rewriting *w, const char *path, str text, error *e) {
  unsigned char sha[32];
  archive_path parsed;
  pintle_status st = w->tar ? archive_writer_add(w->tar, path, text, e) : PINTLE_OK;
  if (st != PINTLE_OK || !archive_path_parse(path, &parsed)) return st;
  w->items += parsed.version.len == 0; /* without the copies by version */
  if (!archive_sha256(text, sha)) return error_set(e, PINTLE_FAILED, "SHA-256 is not available");
  return !w->f->seal.manifest ? PINTLE_OK : store_manifest_item(w->f->seal.manifest, path, (int64_t)text.len, sha, e);
}

static pintle_status copy_entry(void *ctx, const archive_entry *entry, error *e) {
  rewriting *w = ctx;
  const engine_made *made = w->again ? engine_again_find(w->again, entry->path) : NULL;
  if (!made) return add(w, entry->path, entry->content, e);
  pintle_status st = engine_again_text(w->again, made, &w->text, e);
  return st == PINTLE_OK ? add(w, entry->path, buf_str(&w->text), e) : st;
}

static pintle_status append(void *ctx, const engine_made *made, error *e) {
  rewriting *w = ctx;
  pintle_status st = engine_again_text(w->again, made, &w->text, e);
  return st == PINTLE_OK ? add(w, made->path, buf_str(&w->text), e) : st;
}

static pintle_status fetch(engine_finishing *f, error *e) {
  const engine_common *c = f->c;
  pintle_status st = engine_seal_expect(&f->seal, 0, e);
  if (st == PINTLE_OK) st = file_temporary(c->temp_dir, &f->tar_fd, e);
  if (st == PINTLE_OK) st = store_get_fd(c->store, engine_seal_key(&f->seal, STORE_CONTENTS), f->tar_fd, &f->tar_size, f->tar_sha, e);
  return st == PINTLE_OK ? engine_seal_expect(&f->seal, f->tar_size, e) : st;
}

static pintle_status copy_all(rewriting *w, error *e) {
  engine_finishing *f = w->f;
  static const archive_limits ours = {.max_ratio = 2000};
  if (lseek(f->tar_fd, 0, SEEK_SET) != 0) return error_set(e, PINTLE_FAILED, "cannot rewind the fetched tarball");
  pintle_status st = archive_read(f->tar_fd, engine_seal_key(&f->seal, STORE_CONTENTS), &ours, copy_entry, w, e);
  return st == PINTLE_OK && w->again ? engine_again_rest(w->again, append, w, e) : st;
}

static pintle_status rewrite(rewriting *w, error *e) {
  engine_finishing *f = w->f;
  CLEANUP(close_p) int fd = -1;
  pintle_status st = file_temporary(f->c->temp_dir, &fd, e);
  if (st == PINTLE_OK) st = archive_gzip_open(fd, f->o->gzip_threads, GZIP_LEVEL, &w->gzip, e);
  if (st == PINTLE_OK) st = archive_writer_open(w->gzip, f->started, &w->tar, e);
  if (st == PINTLE_OK) st = copy_all(w, e);
  if (w->tar) {
    pintle_status closed = archive_writer_close(w->tar, NULL, st == PINTLE_OK ? e : NULL);
    if (st == PINTLE_OK) st = closed;
  }
  if (st != PINTLE_OK) return archive_gzip_abandon(w->gzip), st;
  st = archive_gzip_close(w->gzip, &f->tar_size, f->tar_sha, e);
  if (st != PINTLE_OK) return st;
  close_p(&f->tar_fd);
  f->tar_fd = fd, fd = -1;
  return PINTLE_OK;
}

pintle_status engine_finish_items(engine_finishing *f, bool *rewritten, error *e) {
  rewriting w = {.f = f};
  arena memory = {0};
  engine_post *post;
  size_t n = 0;
  pintle_status st = fetch(f, e);
  if (st == PINTLE_OK && !f->o->foreign) st = store_manifest_new(f->c->temp_dir, &f->seal.manifest, e);
  if (st == PINTLE_OK) st = engine_operations_post(f->c->operations, &memory, &post, &n, e);
  if (st == PINTLE_OK && n) st = engine_again_run(f->o, post, n, &w.again, e);
  *rewritten = w.again != NULL;
  if (st == PINTLE_OK) st = w.again ? rewrite(&w, e) : copy_all(&w, e);
  if (st == PINTLE_OK && w.again) st = engine_again_list(w.again, &f->seal, e);
  if (w.again) f->done = w.items; /* an attempt that was killed may have added some */
  if (f->total < f->done) f->total = f->done;
  engine_again_free(w.again);
  buf_free(&w.text);
  arena_free(&memory);
  return st;
}
