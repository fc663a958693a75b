/* ontap_restore.c -- FlexClones of snapshots, and where a snapshot can be read.  SPDX-License-Identifier: Apache-2.0 */
#include "ontap.h"
#include "text.h"
#include <string.h>

enum { TRIES = 5 };
static const int64_t poll = 2000000000;

typedef struct restoring {
  nas_ontap *o;
  pintle_call *call;
  nas_ontap_id id;
  nas_ontap_volume parent, made;
  char name[130], mark[256]; /* mark: the comment of a volume that is split from its parent */
} restoring;

static pintle_status no_memory(pintle_call *call) { return pintle_fail(call, PINTLE_NOMEM, "out of memory"); }

/* Names of ONTAP's volumes are of letters, digits and _. */
static void volume_name(const char *from, char *to, size_t size) {
  size_t n = 0;
  for (; *from && n + 1 < size; from++, n++)
    to[n] = (char)((*from >= '0' && *from <= '9') || (*from >= 'a' && *from <= 'z') || (*from >= 'A' && *from <= 'Z') ? *from : '_');
  to[n] = 0;
}

static void add_place(const restoring *r, nas_text *t) {
  const char *policy = *r->o->policy ? r->o->policy : r->parent.policy;
  nas_addf(t, "\"nas\":{\"path\":\"/%s\"", r->name);
  if (*policy) nas_addz(t, ",\"export_policy\":{\"name\":"), nas_add_json(t, policy), nas_addz(t, "}");
  nas_addz(t, "}");
}

static pintle_status make(const restoring *r) {
  nas_text body = {0};
  nas_addf(&body, "{\"name\":\"%s\",\"svm\":{\"name\":", r->name);
  nas_add_json(&body, r->parent.svm);
  nas_addz(&body, "},\"clone\":{\"is_flexclone\":true,\"parent_volume\":{\"uuid\":");
  nas_add_json(&body, r->parent.uuid);
  nas_addz(&body, "},\"parent_snapshot\":{\"name\":");
  nas_add_json(&body, r->id.name);
  nas_addz(&body, "}},");
  add_place(r, &body);
  nas_addz(&body, "}");
  pintle_status st = body.failed
                         ? no_memory(r->call)
                         : nas_ontap_do(r->o, r->call, "making the volume", "POST", "/api/storage/volumes?return_timeout=5", body.p);
  nas_text_free(&body);
  return st;
}

static pintle_status change(const restoring *r, const char *doing, const char *body) {
  char path[100];
  snprintf(path, sizeof path, "/api/storage/volumes/%.40s?return_timeout=5", r->made.uuid);
  return nas_ontap_do(r->o, r->call, doing, "PATCH", path, body);
}

/* A volume of this name is ours when it is a clone of the snapshot, or says that it was one. */
static pintle_status is_ours(const restoring *r) {
  const nas_ontap_volume *v = &r->made;
  if (v->clone && strcmp(v->parent, r->parent.uuid) == 0 && strcmp(v->parent_snapshot, r->id.name) == 0) return PINTLE_OK;
  if (strcmp(v->comment, r->mark) == 0) return PINTLE_OK;
  return pintle_fail(r->call, PINTLE_EXISTS, "ONTAP has a volume %s in SVM %s that is no clone of snapshot %s", r->name, r->parent.svm,
                     r->id.name);
}

static pintle_status find_or_make(restoring *r) {
  bool found = false;
  pintle_status last = PINTLE_OK;
  for (int n = 1;; n++) {
    pintle_status st = nas_ontap_volume_by_name(r->o, r->call, r->parent.svm, r->name, &r->made, &found);
    if (st != PINTLE_OK || found) return st != PINTLE_OK ? st : is_ours(r);
    if (n > TRIES)
      return pintle_fail(r->call, last == PINTLE_OK ? PINTLE_FAILED : last, "ONTAP was asked for volume %s, and does not have it", r->name);
    last = make(r);
    if (last != PINTLE_OK && last != PINTLE_TRANSIENT && last != PINTLE_EXISTS) return last;
    if (last != PINTLE_OK && (st = nas_ontap_pause(r->call, "making the volume", n)) != PINTLE_OK) return st;
  }
}

static pintle_status until_online(restoring *r) {
  bool found = true;
  for (int64_t waited = 0; strcmp(r->made.state, "online") != 0; waited += poll) {
    if (waited >= r->o->timeout) return pintle_fail(r->call, PINTLE_TIMED_OUT, "volume %s is still %s", r->name, r->made.state);
    pintle_status st = r->call->host->pause(r->call, poll);
    if (st != PINTLE_OK) return pintle_fail(r->call, st, "waiting for volume %s", r->name);
    st = nas_ontap_volume_by_name(r->o, r->call, r->parent.svm, r->name, &r->made, &found);
    if (st != PINTLE_OK) return st;
    if (!found) return pintle_fail(r->call, PINTLE_FAILED, "volume %s is gone before it was online", r->name);
  }
  return PINTLE_OK;
}

/* It was made, but not mounted: an earlier try ended between the two. */
static pintle_status mount(restoring *r) {
  bool found = false;
  nas_text body = {0};
  if (*r->made.junction) return PINTLE_OK;
  nas_addz(&body, "{");
  add_place(r, &body);
  nas_addz(&body, "}");
  pintle_status st = body.failed ? no_memory(r->call) : change(r, "mounting the volume", body.p);
  nas_text_free(&body);
  if (st == PINTLE_OK) st = nas_ontap_volume_by_name(r->o, r->call, r->parent.svm, r->name, &r->made, &found);
  if (st != PINTLE_OK) return st;
  return found && *r->made.junction ? PINTLE_OK : pintle_fail(r->call, PINTLE_FAILED, "ONTAP has not mounted volume %s", r->name);
}

/* The volume is good without it. */
static void split(const restoring *r) {
  nas_text body = {0};
  if (!r->o->split || !r->made.clone || r->made.splitting) return;
  nas_addz(&body, "{\"comment\":");
  nas_add_json(&body, r->mark);
  nas_addz(&body, "}");
  pintle_status st = body.failed ? PINTLE_NOMEM : change(r, "marking the volume", body.p);
  nas_text_free(&body);
  char path[100];
  nas_ontap_answer a;
  snprintf(path, sizeof path, "/api/storage/volumes/%.40s", r->made.uuid);
  if (st == PINTLE_OK)
    st = nas_ontap_ask(r->o, r->call, "splitting the volume", "PATCH", path, "{\"clone\":{\"split_initiated\":true}}", &a);
  if (st != PINTLE_OK)
    pintle_log(r->call, PINTLE_LOG_WARN, "volume %s is not split from snapshot %s, which cannot be deleted as long", r->name, r->id.name);
}

static bool trident(const nas_volume *v) { return strcmp(v->kind, "csi.trident.netapp.io") == 0; }

/* "/junction" and what of the volume's path was below the old one. */
static const char *place(pintle_call *call, const char *junction, const char *between, const char *below) {
  nas_text t = {0};
  size_t n = strlen(junction);
  nas_add(&t, junction, n > 1 && junction[n - 1] == '/' ? n - 1 : n == 1 ? 0 : n);
  nas_addf(&t, "%s%s", between, below);
  if (!t.n) nas_addz(&t, "/");
  return nas_take(call, &t);
}

static pintle_status as_nfs(nas_ontap *o, pintle_call *call, nas_volume *out) {
  out->kind = "nfs", out->subpath = "", out->name = "", out->fs_id = "";
  return nas_ontap_server(o, call, &out->server);
}

static pintle_status below_junction(const restoring *r, const nas_volume *v, const char **below) {
  nas_ontap_volume now = r->parent;
  size_t n = strlen(now.junction);
  *below = "";
  if (!*v->path) return PINTLE_OK;
  while (n && now.junction[n - 1] == '/') n--;
  if (*now.junction && strncmp(v->path, now.junction, n) == 0 && (!v->path[n] || v->path[n] == '/')) return *below = v->path + n, PINTLE_OK;
  return pintle_fail(r->call, PINTLE_CONFLICT, "volume %s is mounted at %s now, and %s is not below it", now.name, now.junction, v->path);
}

static pintle_status begin(restoring *r, void *self, pintle_call *call, const nas_snapshot *s) {
  nas_ontap_snapshot it;
  bool found = false;
  *r = (restoring){.o = self, .call = call};
  pintle_status st = nas_ontap_id_read(call, s->id, &r->id);
  if (st == PINTLE_OK) st = nas_ontap_volume_by_uuid(self, call, r->id.volume, &r->parent);
  if (st == PINTLE_OK) st = nas_ontap_find(self, call, r->id.volume, r->id.name, &it, &found);
  if (st != PINTLE_OK) return st;
  snprintf(r->mark, sizeof r->mark, "pintle: clone of %.40s/%.130s", r->id.volume, r->id.name);
  if (!found) return pintle_fail(call, PINTLE_NOT_FOUND, "volume %s has no snapshot %s", r->parent.name, r->id.name);
  return PINTLE_OK;
}

pintle_status nas_ontap_restore(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out) {
  restoring r;
  const char *below = "";
  pintle_status st = begin(&r, self, call, s);
  if (st == PINTLE_OK && strcmp(r.parent.style, "flexgroup_constituent") == 0)
    st = pintle_fail(call, PINTLE_UNSUPPORTED, "volume %s is a part of a FlexGroup", r.parent.name);
  if (st == PINTLE_OK) volume_name(name, r.name, sizeof r.name), st = below_junction(&r, s->volume, &below);
  if (st == PINTLE_OK) st = find_or_make(&r);
  if (st == PINTLE_OK) st = until_online(&r);
  if (st == PINTLE_OK) st = mount(&r);
  if (st != PINTLE_OK) return st;
  split(&r);
  *out = *s->volume;
  out->local = "";
  if (trident(s->volume) && !r.o->as_nfs) {
    out->name = r.made.name;
    pintle_log(call, PINTLE_LOG_WARN, "volume %s has to be imported: tridentctl import volume BACKEND %s -f PVC", r.made.name, r.made.name);
    return PINTLE_OK;
  }
  if (trident(s->volume) && (st = as_nfs(self, call, out)) != PINTLE_OK) return st;
  out->path = place(call, r.made.junction, "", below);
  return out->path ? PINTLE_OK : no_memory(call);
}

/* ONTAP shows every directory as it was in .snapshot/NAME within it. */
pintle_status nas_ontap_readable(void *self, pintle_call *call, const nas_snapshot *s, nas_volume *out) {
  restoring r;
  nas_text between = {0}, local = {0};
  pintle_status st = begin(&r, self, call, s);
  if (st != PINTLE_OK) return st;
  *out = *s->volume;
  if (trident(s->volume) && (st = as_nfs(self, call, out)) != PINTLE_OK) return st;
  if (!*s->volume->path && !*r.parent.junction)
    return pintle_fail(call, PINTLE_UNSUPPORTED, "volume %s has no junction path: its snapshots cannot be read", r.parent.name);
  nas_addf(&between, "/.snapshot/%s", r.id.name);
  out->path = place(call, *s->volume->path ? s->volume->path : r.parent.junction, nas_z(&between), "");
  if (*s->volume->local) nas_addf(&local, "%s%s", s->volume->local, nas_z(&between));
  between.failed |= local.failed;
  out->local = nas_take(call, &local);
  bool failed = between.failed || !out->path || !out->local;
  nas_text_free(&between);
  return failed ? no_memory(call) : PINTLE_OK;
}
