/* ontap_volume.c -- ONTAP's volumes, their snapshots, its addresses.  SPDX-License-Identifier: Apache-2.0 */
#include "ontap.h"
#include "text.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS                                                                                                                          \
  "uuid,name,svm.name,nas.path,nas.export_policy.name,style,state,type,comment,aggregates.name,clone.is_flexclone,clone.parent_volume." \
  "uuid,"                                                                                                                               \
  "clone.parent_snapshot.name,clone.split_initiated"

/* ---- paths of requests */
static void add_escaped(nas_text *t, const char *text) {
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-_.~", c)) nas_add(t, text, 1);
    else nas_addf(t, "%%%02X", c);
  }
}

static void add_query(nas_text *t, const char *name, const char *value) {
  nas_addf(t, "&%s=", name);
  add_escaped(t, value);
}

/* Characters with which ONTAP's queries say more than a name. */
static bool plain(const char *text) { return !strpbrk(text, "*|!<>\"{}") && !strstr(text, ".."); }

static pintle_status taken(pintle_call *call, nas_text *t, const char **to) {
  *to = nas_take(call, t);
  return *to ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

/* ---- lists: each record of all pages */
typedef pintle_status each(void *ctx, pintle_call *call, const pintle_doc *d, const char *at);

static pintle_status for_each(const nas_ontap *o, pintle_call *call, const char *doing, const char *path, each *f, void *ctx) {
  enum { PAGES = 10000 };
  for (int page = 0; page < PAGES; page++) {
    nas_ontap_answer a;
    char at[32];
    size_t i = 0;
    pintle_status st = nas_ontap_ask(o, call, doing, "GET", path, NULL, &a);
    const pintle_doc *d = a.doc;
    if (st != PINTLE_OK) return st;
    for (const pintle_value *r = d->api->first(d, d->api->at(d, "/records")); r && st == PINTLE_OK; r = d->api->next(d, r)) {
      snprintf(at, sizeof at, "/records/%zu", i++);
      st = f(ctx, call, d, at);
    }
    if (st != PINTLE_OK || !*a.next) return st;
    path = a.next;
  }
  return pintle_fail(call, PINTLE_FAILED, "%s: ONTAP's list has no end", doing);
}

static bool flag_at(const pintle_doc *d, const char *base, const char *name) {
  char pointer[120];
  int32_t on = 0;
  snprintf(pointer, sizeof pointer, "%s/%s", base, name);
  return d->api->get_bool(d, pointer, &on) == PINTLE_OK && on;
}

/* ---- volumes */
static void read_volume(const pintle_doc *d, const char *at, nas_ontap_volume *v) {
  *v = (nas_ontap_volume){.uuid = nas_text_at(d, at, "uuid"),
                          .name = nas_text_at(d, at, "name"),
                          .svm = nas_text_at(d, at, "svm/name"),
                          .junction = nas_text_at(d, at, "nas/path"),
                          .policy = nas_text_at(d, at, "nas/export_policy/name"),
                          .style = nas_text_at(d, at, "style"),
                          .state = nas_text_at(d, at, "state"),
                          .type = nas_text_at(d, at, "type"),
                          .aggregate = nas_text_at(d, at, "aggregates/0/name"),
                          .comment = nas_text_at(d, at, "comment"),
                          .parent = nas_text_at(d, at, "clone/parent_volume/uuid"),
                          .parent_snapshot = nas_text_at(d, at, "clone/parent_snapshot/name"),
                          .clone = flag_at(d, at, "clone/is_flexclone"),
                          .splitting = flag_at(d, at, "clone/split_initiated"),
                          .below = ""};
}

pintle_status nas_ontap_volume_by_uuid(const nas_ontap *o, pintle_call *call, const char *uuid, nas_ontap_volume *to) {
  nas_text path = {0};
  const char *url;
  nas_ontap_answer a;
  nas_addf(&path, "/api/storage/volumes/%s?fields=" FIELDS, uuid);
  pintle_status st = taken(call, &path, &url);
  if (st == PINTLE_OK) st = nas_ontap_ask(o, call, "looking for the volume", "GET", url, NULL, &a);
  if (st == PINTLE_OK) read_volume(a.doc, "", to);
  return st;
}

typedef struct search {
  const char *name, *path; /* one of them, the other "" */
  nas_ontap_volume best;
  size_t n, length; /* length: of the junction path */
  bool root;        /* "/" fits everything; only asked when nothing else does */
} search;

/* Is the path at or below the junction? */
static bool below(const char *junction, const char *path, const char **rest) {
  size_t n = strlen(junction);
  while (n && junction[n - 1] == '/') n--;
  if (!*junction || strncmp(path, junction, n) != 0 || (path[n] && path[n] != '/')) return false;
  *rest = strcmp(path + n, "/") == 0 ? "" : path + n;
  return true;
}

static pintle_status consider(void *ctx, pintle_call *call, const pintle_doc *d, const char *at) {
  search *s = ctx;
  nas_ontap_volume v;
  (void)call;
  read_volume(d, at, &v);
  if (!*v.uuid) return PINTLE_OK;
  if (*s->name ? strcmp(v.name, s->name) != 0 : !below(v.junction, s->path, &v.below)) return PINTLE_OK;
  size_t length = *s->name ? 0 : strlen(v.junction);
  if (s->n && length < s->length) return PINTLE_OK;
  s->n = s->n && length == s->length ? s->n + 1 : 1;
  s->best = v, s->length = length;
  return PINTLE_OK;
}

static pintle_status look(const nas_ontap *o, pintle_call *call, const char *svm, search *s) {
  nas_text path = {0};
  const char *url;
  nas_addz(&path, "/api/storage/volumes?fields=" FIELDS);
  if (*svm) add_query(&path, "svm.name", svm);
  if (*s->name) add_query(&path, "name", s->name);
  else { /* "/a/b", "/a", "/" */ nas_addz(&path, "&nas.path=");
    for (size_t n = strlen(s->path); n; n--)
      if (s->path[n] == '/' || (!s->path[n] && s->path[n - 1] != '/')) {
        nas_text one = {0};
        nas_add(&one, s->path, n);
        add_escaped(&path, nas_z(&one));
        path.failed |= one.failed;
        nas_text_free(&one);
        nas_addz(&path, "%7C");
      }
    nas_addz(&path, "%2F");
  }
  pintle_status st = taken(call, &path, &url);
  return st == PINTLE_OK ? for_each(o, call, "looking for the volume", url, consider, s) : st;
}

pintle_status nas_ontap_volume_of(const nas_ontap *o, pintle_call *call, const nas_volume *v, nas_ontap_volume *to) {
  search s = {.name = v->name, .path = v->path};
  const char *what = *s.name ? s.name : s.path;
  if (!*what || !plain(what) || (!*s.name && *what != '/'))
    return pintle_fail(call, PINTLE_UNSUPPORTED, "volume %s: \"%s\" cannot be looked for in ONTAP", v->pv, what);
  pintle_status st = look(o, call, o->svm, &s);
  if (st != PINTLE_OK) return st;
  if (!s.n)
    return pintle_fail(call, PINTLE_NOT_FOUND, "ONTAP has no volume %s %s%s%s", *s.name ? "named" : "whose junction path leads to", what,
                       *o->svm ? " in SVM " : "", o->svm);
  if (s.n > 1)
    return nas_ontap_fail(call, PINTLE_CONFLICT, NULL, "name it with ontapSvm", "ONTAP has a volume for %s in more than one SVM", what);
  *to = s.best;
  return PINTLE_OK;
}

pintle_status nas_ontap_volume_by_name(const nas_ontap *o, pintle_call *call, const char *svm, const char *name, nas_ontap_volume *to,
                                       bool *found) {
  search s = {.name = name, .path = ""};
  pintle_status st = look(o, call, svm, &s);
  *found = st == PINTLE_OK && s.n;
  if (*found) *to = s.best;
  return st;
}

/* ---- snapshots */
typedef struct snapshots {
  const char *name;
  nas_ontap_snapshot *to;
  bool found;
} snapshots;

static pintle_status is_it(void *ctx, pintle_call *call, const pintle_doc *d, const char *at) {
  snapshots *s = ctx;
  pintle_str owner;
  nas_text owners = {0};
  char pointer[64];
  if (strcmp(nas_text_at(d, at, "name"), s->name) != 0) return PINTLE_OK;
  snprintf(pointer, sizeof pointer, "%s/owners", at);
  for (const pintle_value *w = d->api->first(d, d->api->at(d, pointer)); w; w = d->api->next(d, w))
    if (d->api->text(d, w, &owner) == PINTLE_OK) nas_addf(&owners, "%s%s", owners.n ? ", " : "", owner.ptr);
  s->found = true;
  *s->to = (nas_ontap_snapshot){
      .uuid = nas_text_at(d, at, "uuid"), .state = nas_text_at(d, at, "state"), .created = nas_text_at(d, at, "create_time")};
  return taken(call, &owners, &s->to->owners);
}

pintle_status nas_ontap_find(const nas_ontap *o, pintle_call *call, const char *volume, const char *name, nas_ontap_snapshot *to,
                             bool *found) {
  snapshots s = {.name = name, .to = to};
  nas_text path = {0};
  const char *url;
  nas_addf(&path, "/api/storage/volumes/%s/snapshots?fields=name,uuid,create_time,state,owners", volume);
  add_query(&path, "name", name);
  pintle_status st = taken(call, &path, &url);
  if (st == PINTLE_OK) st = for_each(o, call, "looking for the snapshot", url, is_it, &s);
  *found = s.found;
  return st;
}

/* ---- addresses */
static pintle_status add_interface(void *ctx, pintle_call *call, const pintle_doc *d, const char *at) {
  const char *address = nas_text_at(d, at, "ip/address"), *state = nas_text_at(d, at, "state");
  (void)call;
  nas_text *to = ctx;
  if (*address && strcmp(state, "down") != 0) nas_addf(to, "%s%s", to->n ? "," : "", address);
  return PINTLE_OK;
}

static pintle_status ask_interfaces(nas_ontap *o, pintle_call *call) {
  nas_text path = {0}, all = {0};
  const char *url;
  if (o->interfaces) return PINTLE_OK;
  nas_addz(&path, "/api/network/ip/interfaces?fields=ip.address,state&services=data_nfs");
  if (*o->svm) add_query(&path, "svm.name", o->svm);
  pintle_status st = taken(call, &path, &url);
  if (st == PINTLE_OK) st = for_each(o, call, "asking for ONTAP's addresses", url, add_interface, &all);
  if (st == PINTLE_OK && (all.failed || !(o->interfaces = strdup(nas_z(&all))))) st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  nas_text_free(&all);
  return st;
}

static bool same_server(const char *one, size_t n, const char *other) {
  unsigned char a[16], b[16];
  char text[64];
  if (strlen(other) == n && memcmp(one, other, n) == 0) return true;
  if (n >= sizeof text) return false;
  memcpy(text, one, n);
  text[n] = 0;
  return inet_pton(AF_INET6, text, a) == 1 && inet_pton(AF_INET6, other, b) == 1 && memcmp(a, b, 16) == 0;
}

pintle_status nas_ontap_serves(nas_ontap *o, pintle_call *call, const char *server, bool *yes) {
  const char *all = o->servers;
  *yes = false;
  if (!*server) return PINTLE_OK;
  if (!*all) {
    pintle_status st = ask_interfaces(o, call);
    if (st != PINTLE_OK) return st;
    all = o->interfaces;
  }
  for (size_t n; *(all += strspn(all, ", ")) && !*yes; all += n) *yes = same_server(all, n = strcspn(all, ", "), server);
  return PINTLE_OK;
}

pintle_status nas_ontap_server(nas_ontap *o, pintle_call *call, const char **server) {
  const char *all = o->servers;
  if (!*all) {
    pintle_status st = ask_interfaces(o, call);
    if (st != PINTLE_OK) return st;
    all = o->interfaces;
  }
  for (const char *p = all; !*o->servers && *p; p += strcspn(p, ","), p += *p == ',') /* an IPv4 address, if there is one */
    if (memchr(p, ':', strcspn(p, ",")) == NULL) {
      all = p;
      break;
    }
  all += strspn(all, ", ");
  if (!*all) return nas_ontap_fail(call, PINTLE_UNSUPPORTED, NULL, "name one with ontapServers", "ONTAP names no address that serves NFS");
  *server = nas_dup(call, all, strcspn(all, ", "));
  return *server ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}
