/* driver.c -- driver fingerprint: incremental backups of a share that can be read, in an object store.  SPDX-License-Identifier: Apache-2.0
 *
 * A snapshot's id is its name, and so is a backup's in the repository: it can be given before there is a backup, and a repeated call finds what
 * another one has begun. */
#include "driver.h"
#include "repo_in.h"
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define SILENT (INT64_C(900) * 1000000000) /* a run that shows no sign of life for so long is dead */

static void close_driver(void *self) {
  fp_driver *d = self;
  if (d->restore_server && *d->restore_server) free((void *)(uintptr_t)d->restore_server), free((void *)(uintptr_t)d->restore_path);
  free(d->patterns);
  free(d);
}

static pintle_status open_driver(pintle_call *call, void **self) {
  fp_driver *d = calloc(1, sizeof *d);
  if (!d) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pintle_status st = fp_driver_read(call, d);
  if (st != PINTLE_OK) return close_driver(d), st;
  *self = d;
  return PINTLE_OK;
}

static pintle_status takes(void *self, pintle_call *call, nas_volume *v, bool *mine) {
  const fp_driver *d = self;
  (void)call;
  *mine = *v->local || (d->nfs.version && *v->server && *v->path);
  return PINTLE_OK;
}

static pintle_status info(void *self, pintle_call *call, const nas_volume *v, const char **type) {
  (void)self, (void)call, (void)v;
  *type = "fingerprint";
  return PINTLE_OK;
}

/* What was stored is told; what could not be read makes the run partially failed. */
static void tell(pintle_call *call, const nas_volume *v, const fp_head *h, int nfs) {
  const fp_counts *c = &h->counts;
  pintle_log(call, PINTLE_LOG_INFO,
             "volume %s: %" PRIu64 " files, %" PRIu64 " bytes; read %" PRIu64 " files, %" PRIu64 " bytes; new %" PRIu64
             " bytes, stored as %" PRIu64 "; %" PRIu64 " names are gone",
             v->pv, c->files, c->bytes, c->changed, c->read, c->added, c->stored, c->removed);
  if (nfs)
    pintle_log(call, PINTLE_LOG_INFO,
               "volume %s: was read over NFSv%d, which shows neither extended attributes, ACLs, holes nor numbers of devices", v->pv, nfs);
  if (c->errors)
    pintle_log(call, PINTLE_LOG_ERROR, "volume %s: %" PRIu64 " names could not be read; they are listed before", v->pv, c->errors);
  /* a counter that stays 0 is a rule that never matched */
  if (c->read) call->host->count(call, "bytes read from shares", (int64_t)c->read);
  if (c->stored) call->host->count(call, "bytes stored of shares", (int64_t)c->stored);
}

/* A backup of v; from: what is read for it. */
static pintle_status back_up(fp_driver *d, pintle_call *call, const nas_volume *v, const nas_volume *from, const char *name, bool now) {
  fp_repo *repo = NULL;
  fp_head head;
  fp_share share = {0};
  int root = -1;
  pintle_status st = fp_driver_repo(call, d, v, &repo);
  if (st == PINTLE_OK) st = fp_repo_find(call, repo, name, &head);
  if (st == PINTLE_NOT_FOUND) {
    const char *source = fp_driver_export(call, v);
    bool remote = !*from->local && d->nfs.version;
    st = remote ? fp_driver_share(call, d, from, &share) : fp_driver_tree(call, from, &root);
    fp_backup_options o = {.run = {.name = name, .source = source ? source : "", .scratch = d->scratch, .level = (int)d->level},
                           .threads = (unsigned)d->threads,
                           .no_inode = d->no_inode,
                           .no_ctime = d->no_ctime,
                           .read_all = d->read_all,
                           .sample = d->sample,
                           .share = remote ? &share : NULL,
                           .exclude = d->exclude};
    if (st == PINTLE_OK && now) {
      st = fp_backup(call, repo, root, &o, &head);
      if (st == PINTLE_OK) tell(call, v, &head, remote ? d->nfs.version : 0);
    }
  }
  if (root >= 0) close(root);
  fp_nfs_close(&share);
  fp_repo_close(repo);
  return st;
}

/* Not waited for: what would be in the way is found out, and work() does the rest. */
static pintle_status snapshot(void *self, pintle_call *call, const nas_volume *v, const char *name, const pintle_kv *tags, size_t n,
                              bool wait, const char **id) {
  (void)tags, (void)n;
  pintle_status st = back_up(self, call, v, v, name, wait);
  if (st != PINTLE_OK) return st;
  *id = nas_dup(call, name, strlen(name));
  return *id ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

static pintle_status work(void *self, pintle_call *call, const nas_snapshot *s) {
  return back_up(self, call, s->volume, s->volume, s->id, true);
}

static pintle_status copy(void *self, pintle_call *call, const nas_snapshot *s, const nas_volume *from, bool now) {
  return back_up(self, call, s->volume, from, s->id, now);
}

/* ---- runs of a name */
typedef struct find {
  const char *name;
  fp_state newest;
  pintle_call *call;
  fp_repo *repo;
} find;

static pintle_status keep_newest(void *ctx, const fp_state *s) {
  find *f = ctx;
  if (strcmp(s->name, f->name) == 0) f->newest = *s;
  return PINTLE_OK;
}

static const char *text_of(pintle_call *call, nas_text *t) {
  const char *text = nas_take(call, t);
  return text ? text : "";
}

static void of_backup(pintle_call *call, const fp_head *h, pintle_progress *p) {
  p->completed = 1, p->units = "bytes", p->started = h->started, p->updated = h->finished;
  p->n_completed = p->n_total = (int64_t)h->counts.bytes;
  nas_text t = {0};
  nas_addf(&t, "%" PRIu64 " files, %" PRIu64 " new bytes", h->counts.files, h->counts.added);
  if (h->partial) nas_addf(&t, "; %" PRIu64 " names could not be read", h->counts.errors);
  p->description = text_of(call, &t);
}

bool fp_driver_ended(pintle_call *call, bool over, int64_t last, const char *error, pintle_progress *p) {
  bool dead = !over && last < fp_now() - SILENT;
  p->completed = over || *error || dead;
  if (*error) p->error = nas_dup(call, error, strlen(error));
  else if (dead) p->error = "its process is gone: there was no sign of life for 15 minutes", p->code = "stale";
  return p->error != NULL;
}

static void of_run(pintle_call *call, const fp_state *s, pintle_progress *p) {
  p->units = "bytes", p->started = s->started, p->updated = s->beat;
  p->n_completed = (int64_t)s->done, p->n_total = (int64_t)s->total;
  char text[FP_PROGRESS];
  fp_driver_ended(call, false, s->live ? s->beat : INT64_MIN, s->error, p);
  fp_progress_text(s->files, s->done, p->completed ? 0 : s->total, s->beat - s->started, text);
  p->description = nas_dup(call, text, strlen(text));
}

static pintle_status progress(void *self, pintle_call *call, const nas_snapshot *s, pintle_progress *p) {
  fp_repo *repo = NULL;
  fp_head h;
  find f = {.name = s->id};
  pintle_status st = fp_driver_repo(call, self, s->volume, &repo);
  if (st == PINTLE_OK) st = fp_repo_find(call, repo, s->id, &h);
  if (st == PINTLE_OK) of_backup(call, &h, p);
  else if (st == PINTLE_NOT_FOUND) {
    st = fp_repo_runs(call, repo, keep_newest, &f);
    if (st == PINTLE_OK && f.newest.id[0]) of_run(call, &f.newest, p);
    else if (st == PINTLE_OK) st = pintle_fail(call, PINTLE_NOT_FOUND, "there is no backup %s of volume %s", s->id, s->volume->pv);
  }
  fp_repo_close(repo);
  return st;
}

static pintle_status remove_run(void *ctx, const fp_state *s) {
  find *f = ctx;
  return strcmp(s->name, f->name) == 0 ? fp_repo_remove(f->call, f->repo, s->id) : PINTLE_OK;
}

static pintle_status cancel(void *self, pintle_call *call, const nas_snapshot *s) {
  find f = {.name = s->id, .call = call};
  pintle_status st = fp_driver_repo(call, self, s->volume, &f.repo);
  if (st == PINTLE_OK) st = fp_repo_runs(call, f.repo, remove_run, &f);
  fp_repo_close(f.repo);
  return st;
}

static pintle_status remove_backup(void *self, pintle_call *call, const nas_snapshot *s) {
  fp_driver *d = self;
  find f = {.name = s->id, .call = call};
  fp_head h;
  fp_gc done;
  pintle_status st = fp_driver_repo(call, d, s->volume, &f.repo);
  if (st != PINTLE_OK) return st;
  st = fp_repo_runs(call, f.repo, remove_run, &f);
  while (st == PINTLE_OK && (st = fp_repo_find(call, f.repo, s->id, &h)) == PINTLE_OK) st = fp_repo_remove(call, f.repo, h.id);
  if (st == PINTLE_NOT_FOUND) st = PINTLE_OK;
  if (st == PINTLE_OK && d->gc) {
    fp_driver_forget(call, f.repo);
    if (fp_repo_gc(call, f.repo, &done) == PINTLE_OK)
      pintle_log(call, PINTLE_LOG_INFO, "volume %s: %" PRIu64 " objects removed, %" PRIu64 " bytes; %" PRIu64 " kept", s->volume->pv,
                 done.objects, done.bytes, done.kept);
    else
      pintle_log(call, PINTLE_LOG_WARN, "volume %s: what the deleted backup took could not be freed; the next deletion tries again",
                 s->volume->pv);
  }
  fp_repo_close(f.repo);
  return st;
}

static pintle_status say_bad(void *ctx, const fp_bad *b) {
  pintle_log(ctx, PINTLE_LOG_ERROR, "%s%s%s: %s", b->path, *b->path ? ": " : "", b->key, b->why);
  return PINTLE_OK;
}

static pintle_status verify(void *self, pintle_call *call, const nas_snapshot *s) {
  fp_repo *repo = NULL;
  fp_head h;
  fp_verified v;
  pintle_status st = fp_driver_repo(call, self, s->volume, &repo);
  if (st == PINTLE_OK) st = fp_repo_find(call, repo, s->id, &h);
  if (st == PINTLE_OK) st = fp_repo_verify(call, repo, h.id, say_bad, call, &v);
  if (st == PINTLE_OK && v.bad)
    st = pintle_fail(call, PINTLE_FAILED, "%" PRIu64 " of what was read back is damaged: %" PRIu64 " names, %" PRIu64 " blocks", v.bad,
                     v.entries, v.blocks);
  else if (st == PINTLE_OK)
    pintle_log(call, PINTLE_LOG_INFO, "volume %s: %" PRIu64 " names, %" PRIu64 " bytes were read back", s->volume->pv, v.entries, v.bytes);
  fp_repo_close(repo);
  return st;
}

const nas_driver nas_driver_fingerprint = {.name = "fingerprint",
                                           .open = open_driver,
                                           .close = close_driver,
                                           .takes = takes,
                                           .info = info,
                                           .snapshot = snapshot,
                                           .progress = progress,
                                           .cancel = cancel,
                                           .remove = remove_backup,
                                           .restore = fp_driver_restore,
                                           .verify = verify,
                                           .work = work,
                                           .copy = copy,
                                           .place = fp_driver_place,
                                           .fill = fp_driver_fill,
                                           .filled = fp_driver_filled};
