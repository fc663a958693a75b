/* aliyun.c -- driver "aliyun": snapshots of Alibaba Cloud's advanced Extreme NAS.  SPDX-License-Identifier: Apache-2.0 */
#include "aliyun.h"
#include <string.h>

enum { TRIES = 6, MOST = 128, DESCRIPTION_MAX = 256 };

/* ---- which volumes */
static bool ends(const char *text, const char *with) {
  size_t n = strlen(text), k = strlen(with);
  return n > k && strcmp(text + n - k, with) == 0;
}

/* ID-x.REGION.nas.aliyuncs.com, extreme-ID-x.REGION.extreme.nas.aliyuncs.com: of plain NFS volumes, whose kind says nothing. */
static pintle_status read_server(pintle_call *call, nas_volume *v) {
  const char *dot = v->server + strcspn(v->server, ".");
  bool extreme = strncmp(v->server, "extreme-", 8) == 0, two = extreme || strncmp(v->server, "cpfs-", 5) == 0;
  size_t n = strcspn(v->server, "-.");
  if (two) n += 1 + strcspn(v->server + n + 1, "-.");
  if (strncmp(dot, ".dualstack.", 11) == 0) dot += 10;
  if (!*v->fs_id) v->fs_id = nas_dup(call, v->server, n);
  if (!*v->region && *dot) v->region = nas_dup(call, dot + 1, strcspn(dot + 1, "."));
  if (!*v->fs_type) v->fs_type = extreme ? "extreme" : two ? "cpfs" : "standard";
  return v->fs_id && v->region ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

static pintle_status takes(void *self, pintle_call *call, nas_volume *v, bool *mine) {
  const nas_aliyun *a = self;
  bool plain = strcmp(v->kind, "nfs") == 0 || strcmp(v->kind, "nfs.csi.k8s.io") == 0;
  bool server = ends(v->server, ".nas.aliyuncs.com");
  *mine = strcmp(v->kind, "nasplugin.csi.alibabacloud.com") == 0 || strcmp(v->kind, "alicloud/nas") == 0 || (plain && server);
  if (!*mine) return PINTLE_OK;
  pintle_status st = server ? read_server(call, v) : PINTLE_OK;
  if (st == PINTLE_OK && !*v->region) v->region = a->region;
  return st;
}

static pintle_status fs_of(nas_aliyun *a, pintle_call *call, const nas_volume *v, nas_aliyun_fs *fs) {
  if (!*v->fs_id)
    return nas_aliyun_fail(call, PINTLE_INVALID, "say it in fileSystems, or as attribute fileSystemId of the PersistentVolume",
                           "the file system of PersistentVolume %.200s is not known", v->pv);
  return nas_aliyun_fs_get(a, call, v->region, v->fs_id, v->server, fs);
}

static pintle_status info(void *self, pintle_call *call, const nas_volume *v, const char **type) {
  nas_aliyun_fs fs;
  nas_text t = {0};
  pintle_status st = fs_of(self, call, v, &fs);
  if (st != PINTLE_OK) return st;
  nas_addf(&t, "%s/%s", fs.type, fs.storage);
  *type = nas_take(call, &t);
  return *type ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

static pintle_status can_snapshot(pintle_call *call, const nas_aliyun_fs *fs) {
  if (strcmp(fs->type, "extreme") != 0 || strcmp(fs->storage, "advance") != 0)
    return nas_aliyun_fail(call, PINTLE_UNSUPPORTED, "use driver fingerprint for it",
                           "file system %s is of type %s/%s: Alibaba Cloud NAS has snapshots of extreme/advance only", fs->id, fs->type,
                           fs->storage);
  if (strcmp(fs->status, "Running") != 0)
    return pintle_fail(call, PINTLE_CONFLICT, "file system %s is %s, not Running", fs->id, fs->status);
  return PINTLE_OK;
}

/* ---- removing */
static pintle_status drop(nas_aliyun *a, pintle_call *call, const nas_snapshot *s) {
  const nas_aliyun_param params[] = {{"SnapshotId", s->id}};
  nas_aliyun_snapshot it;
  pintle_doc *d;
  pintle_status st = nas_aliyun_ask(a, call, s->volume->region, "deleting the snapshot", "DeleteSnapshot", params, 1, true, &d);
  if (st == PINTLE_OK || st == PINTLE_DENIED || st == PINTLE_CANCELLED || st == PINTLE_TIMED_OUT || st == PINTLE_NOMEM) return st;
  pintle_status there = nas_aliyun_get(a, call, s, &it); /* gone already, whatever the code for that is */
  if (there == PINTLE_NOT_FOUND) return PINTLE_OK;
  return there == PINTLE_OK ? pintle_fail(call, st == PINTLE_NOT_FOUND ? PINTLE_FAILED : st, "snapshot %s could not be deleted, it is %s",
                                          s->id, it.status)
                            : there;
}

static pintle_status drop_id(void *self, pintle_call *call, const nas_snapshot *s) {
  return *s->id ? drop(self, call, s) : pintle_fail(call, PINTLE_INVALID, "a snapshot has no id");
}

/* Nobody will ask for it: a call that is ended takes back what it began. The error that ended it is the call's again. */
static pintle_status take_back(nas_aliyun *a, pintle_call *call, const nas_volume *v, const char *name, pintle_status why) {
  nas_aliyun_list list;
  a->cleaning = true;
  bool gone = nas_aliyun_list_all(a, call, v, name, &list) == PINTLE_OK;
  const nas_snapshot s = {v, list.found.id};
  if (gone && *s.id) gone = drop(a, call, &s) == PINTLE_OK;
  a->cleaning = false;
  if (!gone) pintle_log(call, PINTLE_LOG_WARN, "snapshot %s of file system %s could not be taken back", name, v->fs_id);
  return pintle_fail(call, why, "making the snapshot: %s", why == PINTLE_CANCELLED ? "cancelled" : "the deadline has passed");
}

/* ---- making */
static pintle_status describe(pintle_call *call, const nas_volume *v, const pintle_kv *tags, size_t n, const char **text) {
  nas_text t = {0};
  nas_addz(&t, "Velero");
  if (*v->pv && strlen(v->pv) < DESCRIPTION_MAX / 2) nas_addf(&t, " pv=%s", v->pv);
  for (size_t i = 0; i < n; i++)
    if (t.n + strlen(tags[i].key) + strlen(tags[i].value) + 2 <= DESCRIPTION_MAX) nas_addf(&t, " %s=%s", tags[i].key, tags[i].value);
  *text = nas_take(call, &t);
  return *text ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

typedef struct making {
  nas_aliyun *a;
  pintle_call *call;
  const nas_volume *v;
  const char *name, *description;
  int64_t waited;
  bool begun; /* a try may have been obeyed */
} making;

static pintle_status create(making *m, const char **id) {
  char days[24];
  snprintf(days, sizeof days, "%lld", (long long)m->a->retention_days);
  const nas_aliyun_param params[] = {
      {"FileSystemId", m->v->fs_id}, {"SnapshotName", m->name}, {"Description", m->description}, {"RetentionDays", days}};
  pintle_doc *d;
  m->begun = true;
  pintle_status st = nas_aliyun_ask(m->a, m->call, m->v->region, "making the snapshot", "CreateSnapshot", params,
                                    sizeof params / sizeof *params, false, &d);
  if (st != PINTLE_OK) return st;
  *id = pintle_str_or(d, "/SnapshotId", "");
  return **id ? PINTLE_OK : pintle_fail(m->call, PINTLE_FAILED, "making the snapshot: the answer has no id");
}

/* Ours that failed is removed, and made anew. */
static pintle_status use_found(making *m, const nas_aliyun_snapshot *found, const char **id) {
  const nas_snapshot s = {m->v, found->id};
  if (!nas_aliyun_broken(found)) return *id = found->id, PINTLE_OK;
  return drop(m->a, m->call, &s);
}

/* One try: looks, then makes. OK and *id "": not yet. */
static pintle_status try_once(making *m, const char **id) {
  nas_aliyun_list list;
  *id = "";
  pintle_status st = nas_aliyun_list_all(m->a, m->call, m->v, m->name, &list), last;
  if (st == PINTLE_OK && *list.found.id) st = use_found(m, &list.found, id);
  if (st != PINTLE_OK || **id) return st;
  if (*list.busy) return nas_aliyun_wait(m->a, m->call, "waiting for another snapshot of the file system", 5, &m->waited);
  if (list.n >= MOST)
    return nas_aliyun_fail(m->call, PINTLE_FAILED, "delete some of them", "file system %s has %zu snapshots, and may not have more",
                           m->v->fs_id, list.n);
  last = create(m, id);
  if (last != PINTLE_CONFLICT && last != PINTLE_FAILED) return last;
  /* Was it refused because one is being made meanwhile? The error stays recorded if not. */
  st = nas_aliyun_list_all(m->a, m->call, m->v, m->name, &list);
  if (st != PINTLE_OK) return st;
  if (*list.found.id) return use_found(m, &list.found, id);
  return *list.busy ? nas_aliyun_wait(m->a, m->call, "waiting for another snapshot of the file system", 5, &m->waited) : last;
}

static pintle_status make(making *m, const char **id) {
  for (int n = 1;;) {
    pintle_status st = try_once(m, id);
    if (st == PINTLE_OK && **id) return st;
    if (st == PINTLE_TRANSIENT && n < TRIES) st = nas_aliyun_pause(m->call, "making the snapshot", n++);
    if (st == PINTLE_OK) continue;
    bool over = m->call->host->cancelled(m->call) != 0 || st == PINTLE_CANCELLED;
    return over && m->begun ? take_back(m->a, m->call, m->v, m->name, st) : st;
  }
}

static pintle_status until_done(making *m, const char *id) {
  const nas_snapshot s = {m->v, id};
  m->waited = 0;
  for (;;) {
    nas_aliyun_snapshot it;
    pintle_status st = nas_aliyun_get(m->a, m->call, &s, &it);
    if (st == PINTLE_OK && nas_aliyun_done(&it)) return st;
    if (st == PINTLE_OK && nas_aliyun_broken(&it)) {
      drop(m->a, m->call, &s); /* it is of no use; the next try finds none */
      return pintle_fail(m->call, PINTLE_FAILED, "snapshot %s of file system %s failed", id, m->v->fs_id);
    }
    if (st == PINTLE_OK) {
      const pintle_progress p = {
          .struct_size = sizeof p, .n_completed = it.percent, .n_total = 100, .units = "percent", .description = it.status};
      m->call->host->report(m->call, &p);
      st = nas_aliyun_wait(m->a, m->call, "waiting for the snapshot", it.remaining, &m->waited);
    }
    if (st == PINTLE_CANCELLED || (st == PINTLE_TIMED_OUT && m->waited < m->a->timeout)) return take_back(m->a, m->call, m->v, m->name, st);
    if (st != PINTLE_OK) return st;
  }
}

static pintle_status snapshot(void *self, pintle_call *call, const nas_volume *v, const char *name, const pintle_kv *tags, size_t n_tags,
                              bool wait, const char **id) {
  making m = {.a = self, .call = call, .v = v, .name = name};
  nas_aliyun_fs fs;
  pintle_status st = fs_of(self, call, v, &fs);
  if (st == PINTLE_OK) st = can_snapshot(call, &fs);
  if (st == PINTLE_OK) st = describe(call, v, tags, n_tags, &m.description);
  if (st == PINTLE_OK) st = make(&m, id);
  return st == PINTLE_OK && wait ? until_done(&m, *id) : st;
}

static pintle_status progress(void *self, pintle_call *call, const nas_snapshot *s, pintle_progress *p) {
  nas_aliyun_snapshot it;
  pintle_status st = nas_aliyun_get(self, call, s, &it);
  if (st != PINTLE_OK) return st;
  p->units = "percent", p->n_total = 100, p->n_completed = nas_aliyun_done(&it) ? 100 : it.percent;
  p->description = it.status;
  p->completed = nas_aliyun_done(&it) || nas_aliyun_broken(&it);
  if (nas_aliyun_broken(&it)) p->error = "Alibaba Cloud says that the snapshot failed";
  return PINTLE_OK;
}

const nas_driver nas_driver_aliyun = {.name = "aliyun",
                                      .open = nas_aliyun_open,
                                      .close = nas_aliyun_close,
                                      .takes = takes,
                                      .info = info,
                                      .snapshot = snapshot,
                                      .progress = progress,
                                      .cancel = drop_id, /* DeleteSnapshot also ends one that is being made */
                                      .remove = drop_id,
                                      .restore = nas_aliyun_restore};
