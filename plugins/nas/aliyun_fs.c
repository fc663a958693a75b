/* aliyun_fs.c -- file systems of Alibaba Cloud NAS: looked at, and made of a snapshot.  SPDX-License-Identifier: Apache-2.0 */
#include "aliyun.h"
#include <openssl/evp.h>
#include <string.h>

enum { TRIES = 6, PAGE = 100, PAGES = 100, TOKEN_MAX = 64 };

/* ---- reading */
/* "host", or "host:/share" of an extreme file system */
static bool is_of(const char *domain, const char *server) {
  size_t n = strcspn(domain, ":");
  return n && strlen(server) == n && memcmp(domain, server, n) == 0;
}

/* The mount target that is the server's, else the first. */
static void read_target(const pintle_doc *d, const char *base, const char *server, nas_aliyun_fs *fs) {
  char target[120];
  for (int i = 0;; i++) {
    snprintf(target, sizeof target, "%s/MountTargets/MountTarget/%d", base, i);
    if (!d->api->at(d, target)) return;
    const char *domain = nas_text_at(d, target, "MountTargetDomain");
    if (fs->n_targets++ && !is_of(domain, server)) continue;
    fs->domain = domain;
    fs->vpc = nas_text_at(d, target, "VpcId"), fs->vswitch = nas_text_at(d, target, "VswId");
    fs->access_group = nas_text_at(d, target, "AccessGroupName"), fs->target_status = nas_text_at(d, target, "Status");
  }
}

static void read_fs(const pintle_doc *d, const char *base, const char *server, nas_aliyun_fs *fs) {
  *fs = (nas_aliyun_fs){.id = nas_text_at(d, base, "FileSystemId"),
                        .status = nas_text_at(d, base, "Status"),
                        .type = nas_text_at(d, base, "FileSystemType"),
                        .storage = nas_text_at(d, base, "StorageType"),
                        .zone = nas_text_at(d, base, "ZoneId"),
                        .protocol = nas_text_at(d, base, "ProtocolType"),
                        .description = nas_text_at(d, base, "Description"),
                        .kms_key = nas_text_at(d, base, "KMSKeyId"),
                        .capacity = nas_number_at(d, base, "Capacity"),
                        .encrypt_type = nas_number_at(d, base, "EncryptType"),
                        .domain = "",
                        .vpc = "",
                        .vswitch = "",
                        .access_group = "",
                        .target_status = ""};
  read_target(d, base, server, fs);
}

pintle_status nas_aliyun_fs_get(nas_aliyun *a, pintle_call *call, const char *region, const char *id, const char *server,
                                nas_aliyun_fs *fs) {
  const nas_aliyun_param params[] = {{"FileSystemId", id}};
  pintle_doc *d;
  pintle_status st = nas_aliyun_ask(a, call, region, "looking at the file system", "DescribeFileSystems", params, 1, true, &d);
  if (st != PINTLE_OK) return st;
  for (int i = 0;; i++) {
    char base[64];
    snprintf(base, sizeof base, "/FileSystems/FileSystem/%d", i);
    if (!d->api->at(d, base)) return pintle_fail(call, PINTLE_NOT_FOUND, "Alibaba Cloud NAS has no file system %.100s", id);
    read_fs(d, base, server, fs);
    if (strcmp(fs->id, id) == 0) return PINTLE_OK;
  }
}

/* By our name. OK and fs->id "": there is none. */
static pintle_status find(nas_aliyun *a, pintle_call *call, const char *region, const char *name, nas_aliyun_fs *fs) {
  char base[64], number[16];
  int64_t seen = 0;
  for (int page = 1; page <= PAGES; page++) {
    snprintf(number, sizeof number, "%d", page);
    const nas_aliyun_param params[] = {{"FileSystemType", "extreme"}, {"PageNumber", number}, {"PageSize", "100"}};
    pintle_doc *d;
    pintle_status st = nas_aliyun_ask(a, call, region, "listing file systems", "DescribeFileSystems", params, 3, true, &d);
    if (st != PINTLE_OK) return st;
    int n = 0;
    for (;; n++) {
      snprintf(base, sizeof base, "/FileSystems/FileSystem/%d", n);
      if (!d->api->at(d, base)) break;
      read_fs(d, base, "", fs);
      if (strcmp(fs->description, name) == 0 && strcmp(fs->status, "Deleting") != 0) return PINTLE_OK;
    }
    fs->id = "", seen += n;
    if (n < PAGE || seen >= nas_number_at(d, "", "TotalCount")) return PINTLE_OK;
  }
  return pintle_fail(call, PINTLE_FAILED, "listing file systems: there is no end of them");
}

/* ---- making */
typedef struct restoring {
  nas_aliyun *a;
  pintle_call *call;
  const nas_volume *v;
  const char *snapshot, *name, *zone, *vpc, *vswitch, *access_group;
  int64_t capacity;
  nas_aliyun_fs source, made;
  char token[65];
} restoring;

static bool make_token(restoring *r) {
  unsigned char sum[32];
  if (strlen(r->name) <= TOKEN_MAX) return snprintf(r->token, sizeof r->token, "%s", r->name) > 0;
  if (EVP_Digest(r->name, strlen(r->name), sum, NULL, EVP_sha256(), NULL) != 1) return false;
  return nas_hex(sum, sizeof sum, r->token), true;
}

static pintle_status make(restoring *r, const char **id) {
  char capacity[24], encrypt[24] = "";
  const nas_aliyun_fs *s = &r->source;
  snprintf(capacity, sizeof capacity, "%lld", (long long)r->capacity);
  if (s->encrypt_type) snprintf(encrypt, sizeof encrypt, "%lld", (long long)s->encrypt_type);
  const nas_aliyun_param params[] = {
      {"FileSystemType", "extreme"}, {"StorageType", "advance"},  {"ProtocolType", "NFS"},
      {"ChargeType", "PayAsYouGo"},  {"SnapshotId", r->snapshot}, {"Capacity", capacity},
      {"ZoneId", r->zone},           {"EncryptType", encrypt},    {"KmsKeyId", s->encrypt_type == 2 ? s->kms_key : ""},
      {"Description", r->name},      {"ClientToken", r->token}};
  pintle_doc *d;
  pintle_status st = nas_aliyun_ask(r->a, r->call, r->v->region, "making the file system", "CreateFileSystem", params,
                                    sizeof params / sizeof *params, true, &d);
  if (st != PINTLE_OK) return st;
  *id = pintle_str_or(d, "/FileSystemId", "");
  return **id ? PINTLE_OK : pintle_fail(r->call, PINTLE_FAILED, "making the file system: the answer has no id");
}

static pintle_status look(restoring *r) { return nas_aliyun_fs_get(r->a, r->call, r->v->region, r->made.id, "", &r->made); }

/* A new one may not be listed at once. */
static pintle_status until_running(restoring *r) {
  const char *id = r->made.id;
  int64_t waited = 0;
  for (;;) {
    pintle_status st = look(r);
    if (st == PINTLE_OK && strcmp(r->made.status, "Running") == 0) return st;
    if (st == PINTLE_OK && (strcmp(r->made.status, "Stopped") == 0 || strcmp(r->made.status, "Deleting") == 0))
      return pintle_fail(r->call, PINTLE_FAILED, "file system %s is %s", id, r->made.status);
    if (st != PINTLE_OK && st != PINTLE_NOT_FOUND) return st;
    r->made.id = id;
    st = nas_aliyun_wait(r->a, r->call, "waiting for the file system", 2, &waited);
    if (st != PINTLE_OK) return st;
  }
}

static pintle_status make_target(restoring *r) {
  const nas_aliyun_param params[] = {{"FileSystemId", r->made.id},
                                     {"NetworkType", "Vpc"},
                                     {"VpcId", r->vpc},
                                     {"VSwitchId", r->vswitch},
                                     {"AccessGroupName", r->access_group}};
  pintle_doc *d;
  if (!*r->vpc || !*r->vswitch)
    return nas_aliyun_fail(r->call, PINTLE_INVALID, "set aliyunVpcId and aliyunVSwitchId",
                           "file system %s has no mount target that tells the new one's network", r->v->fs_id);
  return nas_aliyun_ask(r->a, r->call, r->v->region, "making the mount target", "CreateMountTarget", params, sizeof params / sizeof *params,
                        false, &d);
}

/* An extreme file system has one; its domain comes later. */
static pintle_status with_target(restoring *r) {
  pintle_status st = PINTLE_OK, last = PINTLE_OK;
  for (int n = 1; st == PINTLE_OK && !r->made.n_targets; n++) {
    last = make_target(r);
    if (last == PINTLE_OK) break;
    if (last == PINTLE_INVALID || last == PINTLE_DENIED || last == PINTLE_CANCELLED || last == PINTLE_TIMED_OUT || last == PINTLE_NOMEM)
      return last;
    if ((st = look(r)) != PINTLE_OK || r->made.n_targets) break;
    if (n == TRIES || (last != PINTLE_TRANSIENT && last != PINTLE_CONFLICT)) return last;
    st = nas_aliyun_pause(r->call, "making the mount target", n);
    if (st == PINTLE_OK) st = look(r);
  }
  for (int64_t waited = 0; st == PINTLE_OK;) {
    st = look(r);
    if (st == PINTLE_OK && strcmp(r->made.target_status, "Active") == 0 && *r->made.domain) return st;
    if (st == PINTLE_OK) st = nas_aliyun_wait(r->a, r->call, "waiting for the mount target", 2, &waited);
  }
  return st;
}

static pintle_status place(restoring *r, int64_t size) {
  const nas_aliyun_fs *s = &r->source;
  r->zone = *r->a->zone ? r->a->zone : s->zone;
  r->vpc = *r->a->vpc ? r->a->vpc : s->vpc;
  r->vswitch = *r->a->vswitch ? r->a->vswitch : s->vswitch;
  r->access_group = *r->a->access_group ? r->a->access_group : *s->access_group ? s->access_group : "DEFAULT_VPC_GROUP_NAME";
  r->capacity = s->capacity > size ? s->capacity : size;
  if (!*r->zone || !r->capacity)
    return nas_aliyun_fail(r->call, PINTLE_INVALID, "set aliyunZoneId",
                           "neither the file system nor the configuration tells zone and size");
  return make_token(r) ? PINTLE_OK : pintle_fail(r->call, PINTLE_FAILED, "SHA-256 is not to be had");
}

static pintle_status result(const restoring *r, nas_volume *out) {
  const char *domain = r->made.domain;
  size_t n = strcspn(domain, ":");
  *out = *r->v;
  out->server = nas_dup(r->call, domain, n);
  if (domain[n] && domain[n + 1] == '/') out->path = domain + n + 1;
  out->fs_id = r->made.id, out->fs_type = "extreme", out->zone = *r->made.zone ? r->made.zone : r->zone, out->local = "";
  return out->server ? PINTLE_OK : pintle_fail(r->call, PINTLE_NOMEM, "out of memory");
}

static pintle_status make_all(restoring *r, nas_volume *out) {
  pintle_status st = find(r->a, r->call, r->v->region, r->name, &r->made);
  if (st == PINTLE_OK && !*r->made.id) st = make(r, &r->made.id);
  if (st != PINTLE_OK) return st;
  const char *id = r->made.id;
  st = until_running(r);
  if (st == PINTLE_OK) st = with_target(r);
  if (st != PINTLE_OK) return pintle_wrap(r->call, st, "file system %s, which was made of snapshot %.100s and stays", id, r->snapshot);
  return result(r, out);
}

pintle_status nas_aliyun_restore(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out) {
  restoring r = {.a = self, .call = call, .v = s->volume, .snapshot = s->id, .name = name};
  nas_aliyun_snapshot it;
  pintle_status st = nas_aliyun_get(self, call, s, &it);
  if (st == PINTLE_OK && !nas_aliyun_done(&it))
    st = pintle_fail(call, PINTLE_CONFLICT, "snapshot %.100s is %s: only an accomplished one can be restored", s->id, it.status);
  if (st == PINTLE_OK) st = nas_aliyun_fs_get(self, call, s->volume->region, s->volume->fs_id, s->volume->server, &r.source);
  if (st == PINTLE_OK) st = place(&r, it.size);
  return st == PINTLE_OK ? make_all(&r, out) : st;
}
