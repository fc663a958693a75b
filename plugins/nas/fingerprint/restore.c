/* restore.c -- a backup into a directory.  SPDX-License-Identifier: Apache-2.0 */
#include "restore.h"
#include "repo_in.h"
#include "slot.h"
#include "target.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct opened { /* a directory whose content is being written: its metadata comes last */
  fp_entry e;
  void *memory;
} opened;

typedef struct restore {
  pintle_call *call;
  int root, dir; /* dir: the directory of the last name */
  fp_bytes at;   /* its path */
  opened *open;
  size_t n, room;
  fp_source *source;
  EVP_MD_CTX *sha;
  fp_restored *out;
  fp_restore_beat beat; /* NULL: none */
  void *ctx;
} restore;

static void failed(restore *r, const fp_entry *e, const char *what, int error) {
  char text[256];
  r->out->errors++;
  pintle_log(r->call, PINTLE_LOG_WARN, "%.600s: %s%s%s", e->path_len ? e->path : ".", what, error ? ": " : "",
             error ? strerror_r(error, text, sizeof text) : "");
}

static int open_dir(restore *r, const fp_entry *e) { return fp_tree_open(r->root, e->path, e->path_len, O_RDONLY | O_DIRECTORY); }

/* Directories that e is not in are complete: deepest first. e NULL: all. */
static void close_dirs(restore *r, const fp_entry *e) {
  while (r->n && !(e && fp_path_below(e->path, e->path_len, r->open[r->n - 1].e.path, r->open[r->n - 1].e.path_len))) {
    opened *o = &r->open[--r->n];
    int fd = open_dir(r, &o->e), error = fd < 0 ? errno : fp_target_meta(-1, NULL, fd, &o->e);
    if (error) failed(r, &o->e, "its metadata cannot be set", error);
    if (fd >= 0) close(fd);
    free(o->memory);
  }
}

static bool push_dir(restore *r, const fp_entry *e) {
  if (r->n == r->room) {
    size_t room = 2 * r->room + 16;
    opened *more = realloc(r->open, room * sizeof *more);
    if (!more) return false;
    r->open = more, r->room = room;
  }
  if (!fp_entry_copy(e, &r->open[r->n].e, &r->open[r->n].memory)) return false;
  r->n++;
  return true;
}

/* The directory of e, which stays open while names in it follow. */
static int enter(restore *r, const fp_entry *e, const char **name) {
  const char *slash = memrchr(e->path, '/', e->path_len);
  size_t n = slash ? (size_t)(slash - e->path) : 0;
  *name = slash ? slash + 1 : e->path;
  if (r->dir >= 0 && r->at.n == n && (!n || memcmp(r->at.p, e->path, n) == 0)) return 0;
  if (r->dir >= 0) close(r->dir);
  r->at.n = 0;
  fp_bytes_add(&r->at, e->path, n);
  r->dir = r->at.failed ? (errno = ENOMEM, -1) : fp_tree_open(r->root, e->path, n, O_PATH | O_DIRECTORY);
  return r->dir < 0 ? errno : 0;
}

static int put(int fd, const uint8_t *data, size_t n, uint64_t at) {
  while (n) {
    ssize_t k = pwrite(fd, data, n, (off_t)at);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return k < 0 ? errno : EIO;
    data += k, n -= (size_t)k, at += (uint64_t)k;
  }
  return 0;
}

/* *error: of the target. A status: of the backup. */
static pintle_status content(restore *r, const fp_entry *e, int fd, int *error) {
  uint64_t at = 0;
  size_t hole = 0;
  uint8_t sha[FP_SHA];
  bool hashed = e->n_blocks > 1 && EVP_DigestInit_ex(r->sha, EVP_sha256(), NULL) == 1;
  for (size_t i = 0; i < e->n_blocks; i++) {
    const void *data = NULL;
    pintle_status st = fp_source_get(r->call, r->source, &e->blocks[i], &data);
    if (st != PINTLE_OK) return st;
    while (hole < e->n_holes && e->holes[hole].at == at) at += e->holes[hole++].size;
    if ((*error = put(fd, data, e->blocks[i].size, at)) != 0) return PINTLE_OK;
    if (hashed && EVP_DigestUpdate(r->sha, data, e->blocks[i].size) != 1) hashed = false;
    at += e->blocks[i].size;
    r->out->bytes += e->blocks[i].size;
    if (r->call->host->cancelled(r->call)) return pintle_fail(r->call, PINTLE_CANCELLED, "cancelled");
    if (i % 64 == 63 && r->beat && (st = r->beat(r->ctx, r->call, r->out)) != PINTLE_OK) return st;
  }
  if (ftruncate(fd, (off_t)(e->marks & FP_UNREADABLE && !e->n_blocks && !e->n_holes ? 0 : e->size)) < 0) return *error = errno, PINTLE_OK;
  if (e->n_blocks == 1) memcpy(sha, e->blocks[0].sha, FP_SHA);
  else if (e->n_blocks && (!hashed || EVP_DigestFinal_ex(r->sha, sha, NULL) != 1))
    return pintle_fail(r->call, PINTLE_NOMEM, "out of memory");
  if (e->n_blocks && memcmp(sha, e->sha, FP_SHA) != 0)
    return pintle_fail(r->call, PINTLE_FAILED, "%s: its content is not what was stored", e->path);
  return PINTLE_OK;
}

static pintle_status file(restore *r, const fp_entry *e, const char *name) {
  int error = 0, fd = openat(r->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return failed(r, e, "cannot be created", errno), PINTLE_OK;
  pintle_status st = content(r, e, fd, &error);
  if (st == PINTLE_OK && !error) {
    r->out->files++;
    if (e->marks & FP_UNREADABLE)
      failed(r, e,
             e->n_blocks ? "could not be read at the backup; this is an older version" : "could not be read at the backup; it is empty", 0);
    if ((error = fp_target_meta(r->dir, name, fd, e)) != 0) failed(r, e, "its metadata cannot be set", error);
    error = 0;
  }
  if (close(fd) < 0 && !error) error = errno;
  if (error) failed(r, e, "cannot be written", error);
  if (error || st != PINTLE_OK) unlinkat(r->dir, name, 0); /* nothing rather than half */
  if (st == PINTLE_OK || st == PINTLE_CANCELLED || st == PINTLE_TIMED_OUT || st == PINTLE_NOMEM) return st;
  failed(r, e, "its content cannot be read back", 0);
  return st == PINTLE_FAILED || st == PINTLE_NOT_FOUND ? PINTLE_OK : st;
}

static pintle_status one(restore *r, const fp_entry *e) {
  const char *name = "";
  close_dirs(r, e);
  r->out->entries++;
  if (e->marks & FP_UNLISTED) failed(r, e, "could not be listed at the backup; what is in it is of an older one, if there was one", 0);
  if (!e->path_len)
    return e->type == FP_DIR && push_dir(r, e) ? PINTLE_OK : pintle_fail(r->call, PINTLE_FAILED, "the backup's root is no directory");
  int error = enter(r, e, &name);
  if (!error) error = fp_target_clear(r->dir, name, e->type == FP_DIR);
  if (error) return failed(r, e, "cannot be made", error), PINTLE_OK;
  if (e->type == FP_FILE) return file(r, e, name);
  error = e->type == FP_HARD ? fp_target_link(r->root, r->dir, name, e) : fp_target_make(r->dir, name, e);
  if (error) return failed(r, e, "cannot be made", error), PINTLE_OK;
  if (e->type == FP_HARD) return PINTLE_OK;
  if (e->type == FP_DIR) return push_dir(r, e) ? PINTLE_OK : pintle_fail(r->call, PINTLE_NOMEM, "out of memory");
  error = fp_target_meta(r->dir, name, -1, e);
  if (error) failed(r, e, "its metadata cannot be set", error);
  return PINTLE_OK;
}

pintle_status fp_restore(pintle_call *call, fp_repo *repo, const fp_head *head, int root, fp_restored *out) {
  return fp_restore_told(call, repo, head, root, out, NULL, NULL);
}

pintle_status fp_restore_told(pintle_call *call, fp_repo *repo, const fp_head *head, int root, fp_restored *out, fp_restore_beat beat,
                              void *ctx) {
  restore r = {
      .call = call, .root = root, .dir = -1, .out = out, .source = fp_source_new(repo), .sha = EVP_MD_CTX_new(), .beat = beat, .ctx = ctx};
  fp_reader *reader = NULL;
  const fp_entry *e = NULL;
  int64_t started = fp_now();
  char text[FP_PROGRESS];
  *out = (fp_restored){0};
  pintle_status st = r.source && r.sha ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (st == PINTLE_OK) st = fp_reader_open(call, repo, head, &reader);
  while (st == PINTLE_OK && (st = fp_reader_next(call, reader, &e)) == PINTLE_OK && e) {
    st = one(&r, e);
    if ((out->entries & 255) == 0 && call->host->cancelled(call)) st = pintle_fail(call, PINTLE_CANCELLED, "cancelled");
    if ((out->entries & 255) == 0 && st == PINTLE_OK && beat) st = beat(ctx, call, out);
    if ((out->entries & 255) != 0) continue;
    fp_progress_text(out->entries, out->bytes, head->counts.bytes, fp_now() - started, text);
    call->host->report(call, &(pintle_progress){.struct_size = sizeof(pintle_progress),
                                                .n_completed = (int64_t)out->bytes,
                                                .n_total = (int64_t)head->counts.bytes,
                                                .units = "bytes",
                                                .description = text});
  }
  close_dirs(&r, NULL);
  fp_reader_close(reader);
  if (r.dir >= 0) close(r.dir);
  fp_bytes_free(&r.at);
  free(r.open);
  fp_source_free(r.source);
  EVP_MD_CTX_free(r.sha);
  return st;
}
