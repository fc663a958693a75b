/* driver_restore.c -- a backup of driver fingerprint into a directory, and how far that is.  SPDX-License-Identifier: Apache-2.0
 *
 * "restore/NAME" of the repository says how a restore goes on, so that another process can tell. A store that cannot be written is no reason not to
 * restore. */
#include "driver.h"
#include "repo_in.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEAT (INT64_C(10) * 1000000000)

/* ---- where to */
static pintle_status nowhere(pintle_call *call, const nas_snapshot *s) {
  return pintle_fail_at(call, PINTLE_UNSUPPORTED, "/fingerprintRestoreTo",
                        "volume %s cannot be restored: fingerprintRestoreTo does not say where restored volumes are made", s->volume->pv);
}

pintle_status fp_driver_place(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out) {
  const fp_driver *d = self;
  const nas_volume *v = s->volume;
  nas_text path = {0}, local = {0};
  if (d->in_place) return *out = *v, PINTLE_OK;
  if (!*d->restore_directory) return nowhere(call, s);
  bool csi = strcmp(v->kind, "nfs.csi.k8s.io") == 0;
  nas_addf(&path, "%s%s%s", d->restore_path, csi || strcmp(d->restore_path, "/") == 0 ? "" : "/", csi ? "" : name);
  nas_addf(&local, "%s/%s", d->restore_directory, name);
  *out = (nas_volume){.kind = csi ? v->kind : "nfs",
                      .server = d->restore_server,
                      .path = nas_take(call, &path),
                      .subpath = csi ? nas_dup(call, name, strlen(name)) : "",
                      .fs_id = "",
                      .fs_type = "",
                      .region = "",
                      .zone = "",
                      .name = "",
                      .pv = v->pv,
                      .options = v->options,
                      .local = nas_take(call, &local),
                      .base = strlen(d->restore_directory)};
  if (!out->path || !out->subpath || !out->local) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (mkdir(out->local, 0700) == 0 || errno == EEXIST) return PINTLE_OK;
  return pintle_fail(call, PINTLE_FAILED, "%s: %s", out->local, strerror(errno));
}

/* ---- how far it is */
typedef struct state {
  const fp_head *head;
  fp_repo *repo;
  const char *name;
  int64_t started, written;
} state;

static void write_state(state *s, pintle_call *call, const fp_restored *r, bool over, const char *why) {
  fp_bytes b = {0};
  char key[FP_OBJECT];
  int64_t now = fp_now();
  fp_object(s->repo, key, "restore/%s", s->name);
  fp_bytes_addf(&b, "{\"version\":1,\"backup\":\"%s\",\"started\":%" PRId64 ",\"beat\":%" PRId64, s->head->id, s->started, now);
  fp_bytes_addf(&b, ",\"files\":%" PRIu64 ",\"done\":%" PRIu64 ",\"total\":%" PRIu64 ",\"over\":%d,\"error\":", r->files, r->bytes,
                s->head->counts.bytes, over);
  fp_json_text(&b, why);
  fp_bytes_addf(&b, "}\n");
  pintle_status st = b.failed ? PINTLE_NOMEM : s->repo->blobs.put(s->repo->blobs.self, call, key, b.p, b.n);
  if (st != PINTLE_OK) pintle_log(call, PINTLE_LOG_DEBUG, "%s could not be written", key);
  fp_bytes_free(&b);
  s->written = now;
}

static pintle_status beat(void *ctx, pintle_call *call, const fp_restored *r) {
  state *s = ctx;
  if (fp_now() - s->written >= BEAT) write_state(s, call, r, false, "");
  return PINTLE_OK;
}

pintle_status fp_driver_filled(void *self, pintle_call *call, const nas_snapshot *s, const char *name, pintle_progress *p) {
  fp_repo *repo = NULL;
  char key[FP_OBJECT], error[256];
  uint64_t started = 0, last = 0, done = 0, total = 0, over = 0;
  pintle_doc *d = NULL;
  pintle_status st = fp_driver_repo(call, self, s->volume, &repo);
  if (st != PINTLE_OK) return st;
  fp_object(repo, key, "restore/%s", name);
  st = fp_repo_read(call, repo, key, FP_TEXT_MAX, &repo->object);
  if (st == PINTLE_OK &&
      (call->host->new_doc(call, (const char *)repo->object.p, repo->object.n, &d) != PINTLE_OK || !fp_json_u64(d, "/started", &started) ||
       !fp_json_u64(d, "/beat", &last) || !fp_json_u64(d, "/done", &done) || !fp_json_u64(d, "/total", &total) ||
       !fp_json_u64(d, "/over", &over) || !fp_json_str(d, "/error", error, sizeof error)))
    st = fp_bad_thing(call, repo, "%s: does not say how a restore goes on", key);
  fp_repo_close(repo);
  if (st != PINTLE_OK) return st;
  p->units = "bytes", p->started = (int64_t)started, p->updated = (int64_t)last;
  p->n_completed = (int64_t)(over && !error[0] ? total : done), p->n_total = (int64_t)total;
  return fp_driver_ended(call, over, (int64_t)last, error, p) ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

typedef struct old_states {
  char names[32][64]; /* more: the next time */
  size_t n;
} old_states;

static pintle_status keep_old(void *ctx, const pintle_entry *e) {
  old_states *o = ctx;
  const char *slash = strrchr(e->key, '/'), *name = slash ? slash + 1 : e->key;
  bool old = e->modified && e->modified < fp_now() - 7 * 24 * 3600 * FP_SECOND;
  if (old && o->n < 32 && strlen(name) < sizeof o->names[0]) strcpy(o->names[o->n++], name);
  return PINTLE_OK;
}

void fp_driver_forget(pintle_call *call, fp_repo *repo) {
  old_states o = {.n = 0};
  char key[FP_OBJECT];
  fp_object(repo, key, "restore/");
  if (repo->blobs.list(repo->blobs.self, call, key, keep_old, &o) != PINTLE_OK) return;
  for (size_t i = 0; i < o.n; i++) {
    fp_object(repo, key, "restore/%s", o.names[i]);
    if (repo->blobs.remove(repo->blobs.self, call, key) != PINTLE_OK) return;
  }
}

/* ---- the copy */
static pintle_status copy(pintle_call *call, state *s, const nas_volume *v) {
  fp_restored r = {0};
  int root = -1;
  pintle_status st = fp_driver_tree(call, v, &root);
  if (st != PINTLE_OK) return st;
  s->started = fp_now();
  write_state(s, call, &r, false, "");
  st = fp_restore_told(call, s->repo, s->head, root, &r, beat, s);
  close(root);
  write_state(s, call, &r, true, st == PINTLE_OK ? "" : "it ended with an error; the log of its run says which");
  if (st != PINTLE_OK) return st;
  pintle_log(call, PINTLE_LOG_INFO, "volume %s: %" PRIu64 " names, %" PRIu64 " files and %" PRIu64 " bytes are in %s", v->pv, r.entries,
             r.files, r.bytes, v->local);
  if (r.errors)
    pintle_log(call, PINTLE_LOG_ERROR, "volume %s: %" PRIu64 " names are not as they were; they are listed before", v->pv, r.errors);
  if (r.bytes) call->host->count(call, "bytes restored to shares", (int64_t)r.bytes);
  return PINTLE_OK;
}

pintle_status fp_driver_fill(void *self, pintle_call *call, const nas_snapshot *s, const char *name) {
  nas_volume to = {0};
  fp_repo *repo = NULL;
  fp_head head;
  pintle_status st = fp_driver_place(self, call, s, name, &to);
  if (st == PINTLE_OK) st = fp_driver_repo(call, self, s->volume, &repo);
  if (st == PINTLE_OK) st = fp_repo_find(call, repo, s->id, &head);
  state at = {.head = &head, .repo = repo, .name = name};
  if (st == PINTLE_OK) st = copy(call, &at, &to);
  fp_repo_close(repo);
  return st;
}

pintle_status fp_driver_restore(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out) {
  pintle_status st = fp_driver_place(self, call, s, name, out);
  return st == PINTLE_OK ? fp_driver_fill(self, call, s, name) : st;
}
