/* ontap.c -- driver "ontap": snapshots of NetApp ONTAP's volumes.  SPDX-License-Identifier: Apache-2.0 */
#include "ontap.h"
#include "text.h"
#include <string.h>

enum { TRIES = 5, COMMENT_MAX = 255 };
#define TRIDENT "csi.trident.netapp.io"

/* ---- ids */
static bool is_uuid(const char *text, size_t n) { return n == 36 && strspn(text, "0123456789abcdefABCDEF-") >= n; }

static pintle_status id_make(pintle_call *call, const char *volume, const char *name, const char *job, const char **id) {
  nas_text t = {0};
  nas_addf(&t, "%s/%s%s%s", volume, name, *job ? "/" : "", job);
  *id = nas_take(call, &t);
  return *id ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

pintle_status nas_ontap_id_read(pintle_call *call, const char *text, nas_ontap_id *id) {
  size_t volume = strcspn(text, "/");
  const char *name = text[volume] ? text + volume + 1 : "";
  size_t n = strcspn(name, "/");
  const char *job = name[n] ? name + n + 1 : "";
  size_t allowed = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_-.");
  if (!is_uuid(text, volume) || !n || allowed < n || (name[n] && !is_uuid(job, strlen(job))))
    return pintle_fail(call, PINTLE_INVALID, "\"%.200s\" is no id of a snapshot in ONTAP", text);
  *id = (nas_ontap_id){nas_dup(call, text, volume), nas_dup(call, name, n), nas_dup(call, job, strlen(job))};
  return id->volume && id->name && id->job ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

/* ---- which volumes */
static pintle_status takes(void *self, pintle_call *call, nas_volume *v, bool *mine) {
  *mine = strcmp(v->kind, TRIDENT) == 0 && *v->name;
  if (strcmp(v->kind, "nfs") != 0 && strcmp(v->kind, "nfs.csi.k8s.io") != 0) return PINTLE_OK;
  return nas_ontap_serves(self, call, v->server, mine);
}

static pintle_status info(void *self, pintle_call *call, const nas_volume *v, const char **type) {
  nas_ontap_volume at;
  nas_text t = {0};
  pintle_status st = nas_ontap_volume_of(self, call, v, &at);
  if (st != PINTLE_OK) return st;
  nas_addf(&t, "%s%s%s", *at.style ? at.style : "volume", *at.aggregate ? "/" : "", at.aggregate);
  *type = nas_take(call, &t);
  return *type ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

/* ---- snapshots */
static pintle_status can_snapshot(pintle_call *call, const nas_ontap_volume *v) {
  if (*v->type && strcmp(v->type, "rw") != 0)
    return nas_ontap_fail(call, PINTLE_UNSUPPORTED, NULL, "back up the volume that is its source",
                          "volume %s is of type %s: only volumes that can be written are snapshotted", v->name, v->type);
  if (*v->state && strcmp(v->state, "online") != 0) return pintle_fail(call, PINTLE_CONFLICT, "volume %s is %s", v->name, v->state);
  return PINTLE_OK;
}

static pintle_status body_of(const nas_ontap *o, pintle_call *call, const char *name, const pintle_kv *tags, size_t n, const char **body) {
  nas_text t = {0}, comment = {0};
  for (size_t i = 0; i < n && comment.n + strlen(tags[i].key) + strlen(tags[i].value) + 2 <= COMMENT_MAX; i++)
    nas_addf(&comment, "%s%s=%s", i ? " " : "", tags[i].key, tags[i].value);
  nas_addz(&t, "{\"name\":");
  nas_add_json(&t, name);
  if (comment.n) nas_addz(&t, ",\"comment\":"), nas_add_json(&t, nas_z(&comment));
  if (*o->label) nas_addz(&t, ",\"snapmirror_label\":"), nas_add_json(&t, o->label);
  nas_addz(&t, "}");
  t.failed |= comment.failed;
  nas_text_free(&comment);
  *body = nas_take(call, &t);
  return *body ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

static pintle_status usable(pintle_call *call, const char *name, const nas_ontap_snapshot *s) {
  if (strcmp(s->state, "invalid") != 0 && strcmp(s->state, "partial") != 0) return PINTLE_OK;
  return pintle_fail(call, PINTLE_FAILED, "snapshot %s is %s", name, s->state);
}

static pintle_status drop(const nas_ontap *o, pintle_call *call, const nas_ontap_id *id);

/* Nobody will ask for it: a call that is ended takes back what it began, if ONTAP's job ends in time. The error that ended it stays the call's. */
static void take_back(const nas_ontap *o, pintle_call *call, const char *volume, const char *name, const char *job, pintle_status why) {
  const nas_ontap_id id = {volume, name, ""};
  nas_ontap cleaning = *o;
  cleaning.cleaning = true;
  cleaning.timeout = 5 * (int64_t)1000000000;
  bool over = *job && nas_ontap_wait(&cleaning, call, "waiting for the snapshot", job) != PINTLE_TIMED_OUT;
  if (drop(&cleaning, call, &id) != PINTLE_OK || !over)
    pintle_log(call, PINTLE_LOG_WARN, "snapshot %s of volume %s could not be taken back: remove it when ONTAP has made it", name, volume);
  pintle_fail(call, why, "making the snapshot: %s", why == PINTLE_CANCELLED ? "cancelled" : "the deadline has passed");
}

static pintle_status make(const nas_ontap *o, pintle_call *call, const char *volume, const char *body, bool wait, const char **job) {
  char path[160];
  nas_ontap_answer a = {.job = ""};
  snprintf(path, sizeof path, "/api/storage/volumes/%s/snapshots?return_timeout=%d", volume, wait ? 2 : 0);
  pintle_status st = nas_ontap_ask(o, call, "making the snapshot", "POST", path, body, &a);
  if (st == PINTLE_OK && wait) st = nas_ontap_wait(o, call, "making the snapshot", a.job);
  *job = a.job;
  return st;
}

static pintle_status snapshot(void *self, pintle_call *call, const nas_volume *v, const char *name, const pintle_kv *tags, size_t n_tags,
                              bool wait, const char **id) {
  nas_ontap *o = self;
  nas_ontap_volume at;
  nas_ontap_snapshot made;
  const char *body, *job = "";
  bool found = false;
  pintle_status st = nas_ontap_volume_of(o, call, v, &at), last = PINTLE_OK;
  if (st == PINTLE_OK) st = can_snapshot(call, &at);
  if (st == PINTLE_OK) st = body_of(o, call, name, tags, n_tags, &body);
  if (st == PINTLE_OK) st = nas_ontap_find(o, call, at.uuid, name, &made, &found);
  for (int n = 1; st == PINTLE_OK && !found; n++) {
    last = make(o, call, at.uuid, body, wait, &job);
    if (last == PINTLE_OK && *job && !wait) return id_make(call, at.uuid, name, job, id);
    if (last == PINTLE_CANCELLED || last == PINTLE_TIMED_OUT) return take_back(o, call, at.uuid, name, job, last), last;
    st = nas_ontap_find(o, call, at.uuid, name, &made, &found);
    if (st != PINTLE_OK || found) break;
    if (last != PINTLE_OK && last != PINTLE_TRANSIENT) return last;
    if (n == TRIES && last == PINTLE_OK) return pintle_fail(call, PINTLE_FAILED, "ONTAP made snapshot %s, and does not have it", name);
    if (n == TRIES) return last;
    st = nas_ontap_pause(call, "making the snapshot", n);
  }
  if (st == PINTLE_OK) st = usable(call, name, &made);
  return st == PINTLE_OK ? id_make(call, at.uuid, name, "", id) : st;
}

static pintle_status progress(void *self, pintle_call *call, const nas_snapshot *s, pintle_progress *p) {
  nas_ontap_id id;
  nas_ontap_snapshot made;
  nas_ontap_job job = {.over = true, .state = ""};
  bool found = false;
  pintle_status st = nas_ontap_id_read(call, s->id, &id);
  p->n_total = 1, p->units = "snapshots";
  if (st == PINTLE_OK && *id.job) st = nas_ontap_look_at_job(self, call, id.job, &job);
  p->description = job.state;
  if (st != PINTLE_OK || !job.over) return st;
  bool failed = job.st != PINTLE_OK && *job.message;
  st = nas_ontap_find(self, call, id.volume, id.name, &made, &found);
  if (st != PINTLE_OK && !failed) return st;
  if (!found && failed) { /* one that fails because the snapshot is there already has been asked for twice: an answer was lost */
    p->completed = 1, p->error = job.message;
    p->code = *job.code ? nas_dup(call, job.code, strlen(job.code)) : NULL;
    return PINTLE_OK;
  }
  if (!found) return pintle_fail(call, PINTLE_NOT_FOUND, "ONTAP has no snapshot %s", id.name);
  p->completed = p->n_completed = 1;
  if (usable(call, id.name, &made) != PINTLE_OK) p->error = made.state;
  return PINTLE_OK;
}

/* ---- removing */
static pintle_status drop(const nas_ontap *o, pintle_call *call, const nas_ontap_id *id) {
  char path[200];
  for (int n = 1;; n++) {
    nas_ontap_snapshot it;
    bool found = false;
    pintle_status last, st = nas_ontap_find(o, call, id->volume, id->name, &it, &found);
    if (st == PINTLE_NOT_FOUND || (st == PINTLE_OK && !found)) return PINTLE_OK; /* the volume is gone, or the snapshot */
    if (st != PINTLE_OK) return st;
    snprintf(path, sizeof path, "/api/storage/volumes/%s/snapshots/%.64s", id->volume, it.uuid);
    last = nas_ontap_do(o, call, "deleting the snapshot", "DELETE", path, NULL);
    if (last == PINTLE_CONFLICT) return pintle_wrap(call, last, "snapshot %s%s%s", id->name, *it.owners ? ", held by " : "", it.owners);
    if (last != PINTLE_OK && last != PINTLE_NOT_FOUND && last != PINTLE_TRANSIENT) return last;
    if (n == TRIES && last == PINTLE_OK) return pintle_fail(call, PINTLE_FAILED, "ONTAP deleted snapshot %s, and still has it", id->name);
    if (n == TRIES) return last;
    if (last != PINTLE_OK && (st = nas_ontap_pause(call, "deleting the snapshot", n)) != PINTLE_OK) return st;
  }
}

static pintle_status drop_id(void *self, pintle_call *call, const nas_snapshot *s) {
  nas_ontap_id id;
  pintle_status st = nas_ontap_id_read(call, s->id, &id);
  return st == PINTLE_OK ? drop(self, call, &id) : st;
}

/* ONTAP's job goes on to its end, well or badly; then there is something to remove. */
static pintle_status cancel(void *self, pintle_call *call, const nas_snapshot *s) {
  nas_ontap_id id;
  pintle_status st = nas_ontap_id_read(call, s->id, &id);
  if (st != PINTLE_OK) return st;
  st = nas_ontap_wait(self, call, "waiting for the snapshot that is cancelled", id.job);
  if (st == PINTLE_CANCELLED || st == PINTLE_TIMED_OUT || st == PINTLE_DENIED || st == PINTLE_TRANSIENT) return st;
  return drop(self, call, &id);
}

const nas_driver nas_driver_ontap = {.name = "ontap",
                                     .open = nas_ontap_open,
                                     .close = nas_ontap_close,
                                     .takes = takes,
                                     .info = info,
                                     .snapshot = snapshot,
                                     .progress = progress,
                                     .cancel = cancel,
                                     .remove = drop_id,
                                     .restore = nas_ontap_restore,
                                     .readable = nas_ontap_readable};
