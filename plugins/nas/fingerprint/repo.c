/* repo.c -- a repository: opened, listed, its objects read and written.  SPDX-License-Identifier: Apache-2.0 */
#include "repo_in.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t fp_now(void) {
  struct timespec t;
  return clock_gettime(CLOCK_REALTIME, &t) == 0 ? t.tv_sec * FP_SECOND + t.tv_nsec : 0;
}

bool fp_new_id(int64_t now, char to[FP_ID]) {
  uint8_t random[8];
  if (now < 0 || RAND_bytes(random, sizeof random) != 1) return false;
  snprintf(to, FP_ID, "%015llx-", (unsigned long long)(now / 1000) & 0xfffffffffffffffull);
  fp_hex(random, sizeof random, to + 16);
  return true;
}

pintle_status fp_bad_thing(pintle_call *call, fp_repo *r, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(r->said, sizeof r->said, format, ap) < 0) r->said[0] = 0;
  va_end(ap);
  return pintle_fail(call, PINTLE_FAILED, "%s", r->said);
}

void fp_object(const fp_repo *r, char to[FP_OBJECT], const char *format, ...) {
  va_list ap;
  int n = snprintf(to, FP_OBJECT, "fp/%s/", r->volume);
  va_start(ap, format);
  if (n < 0 || vsnprintf(to + n, FP_OBJECT - (size_t)n, format, ap) < 0) to[0] = 0;
  va_end(ap);
}

const char *fp_repo_decode(fp_repo *r, const void *aad, size_t aad_n, const uint8_t *stored, size_t stored_n, void *to, size_t n) {
  const char *why = NULL;
  if (!r->encrypted) return fp_decode(&r->codec, NULL, aad, aad_n, stored, stored_n, to, n);
  for (size_t i = 0; i < r->n_keys; i++) {
    size_t k = (r->key_used + i) % r->n_keys;
    why = fp_decode(&r->codec, r->keys[k], aad, aad_n, stored, stored_n, to, n);
    if (!why) return r->key_used = k, NULL;
  }
  return why;
}

pintle_status fp_repo_read(pintle_call *call, fp_repo *r, const char *key, size_t max, fp_bytes *out) {
  size_t got = 1, step = 64 << 10;
  for (out->n = 0; got; step *= 2) {
    if (out->n > max) return fp_bad_thing(call, r, "%s: larger than the %zu bytes that it may have", key, max);
    if (step > max + 1 - out->n) step = max + 1 - out->n;
    if (!fp_bytes_room(out, step)) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
    pintle_status st = r->blobs.get(r->blobs.self, call, key, (int64_t)out->n, out->p + out->n, step, &got);
    if (st != PINTLE_OK) return st;
    out->n += got;
    if (got < step) return PINTLE_OK;
  }
  return PINTLE_OK;
}

pintle_status fp_repo_put_box(pintle_call *call, fp_repo *r, const char *key, char kind, const void *data, size_t n, uint8_t *sha,
                              uint64_t *size) {
  fp_bytes *o = &r->object;
  if (!fp_box(&r->codec, fp_seal_key(r), key, kind, data, n, o)) return pintle_fail(call, PINTLE_NOMEM, "%s: out of memory", key);
  if (sha && !fp_codec_sha(&r->codec, o->p, o->n, sha)) return pintle_fail(call, PINTLE_NOMEM, "%s: out of memory", key);
  if (size) *size = o->n;
  return r->blobs.put(r->blobs.self, call, key, o->p, o->n);
}

pintle_status fp_repo_get_box(pintle_call *call, fp_repo *r, const char *key, char kind, size_t stored_max, const uint8_t *sha, size_t max,
                              fp_bytes *out) {
  fp_bytes *o = &r->object;
  uint8_t sum[FP_SHA];
  const char *why = NULL;
  pintle_status st = fp_repo_read(call, r, key, stored_max, o);
  if (st != PINTLE_OK) return st;
  if (sha && (!fp_codec_sha(&r->codec, o->p, o->n, sum) || memcmp(sum, sha, FP_SHA) != 0))
    why = "not what was written: its hash is another";
  if (!why) why = fp_box_wrong(&r->codec, key, o->p, o->n);
  if (why) return fp_bad_thing(call, r, "%s: %s", key, why);
  int64_t n = fp_box_size(o->p, o->n, kind, max, &why);
  if (n < 0) return fp_bad_thing(call, r, "%s: %s", key, why);
  out->n = 0;
  if (!fp_bytes_room(out, (size_t)n + 1)) return pintle_fail(call, PINTLE_NOMEM, "%s: out of memory", key);
  why = fp_repo_decode(r, key, strlen(key) + 1, o->p + FP_BOX_HEAD, o->n - FP_BOX_HEAD - FP_SHA, out->p, (size_t)n);
  if (why) return fp_bad_thing(call, r, "%s: %s", key, why);
  out->n = (size_t)n;
  return PINTLE_OK;
}

static pintle_status check_volume(pintle_call *call, const char *volume) {
  size_t n = strlen(volume);
  bool right = n > 0 && n < 64 && strspn(volume, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
  return right ? PINTLE_OK : pintle_fail(call, PINTLE_INVALID, "\"%s\" is no name of a repository: 1 to 63 of a-z, 0-9 and -", volume);
}

static bool copy_keys(fp_repo *r, const fp_keys *keys) {
  size_t n = keys && keys->key ? 1 + keys->n_older : 0;
  if (!n) return true;
  r->user = malloc(n * FP_KEY_LEN);
  if (!r->user) return false;
  memcpy(r->user, keys->key, FP_KEY_LEN);
  if (n > 1) memcpy(r->user + FP_KEY_LEN, keys->older, (n - 1) * FP_KEY_LEN);
  r->n_user = n, r->drop_older = keys->drop_older;
  return true;
}

pintle_status fp_repo_open(pintle_call *call, const fp_blobs *blobs, const char *volume, const fp_keys *keys, fp_repo **out) {
  pintle_status st = check_volume(call, volume);
  if (st != PINTLE_OK) return st;
  fp_repo *r = calloc(1, sizeof *r);
  if (!r) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  r->blobs = *blobs;
  memcpy(r->volume, volume, strlen(volume));
  if (!fp_codec_init(&r->codec, 0) || !copy_keys(r, keys)) st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (st == PINTLE_OK) st = fp_keys_open(call, r);
  if (st != PINTLE_OK) return fp_repo_close(r), st;
  *out = r;
  return PINTLE_OK;
}

void fp_repo_close(fp_repo *r) {
  if (!r) return;
  fp_codec_free(&r->codec);
  fp_bytes_free(&r->object);
  if (r->user) OPENSSL_cleanse(r->user, r->n_user * FP_KEY_LEN);
  free(r->user);
  free(r->runs.ids);
  OPENSSL_cleanse(r, sizeof *r);
  free(r);
}

pintle_status fp_repo_list(pintle_call *call, fp_repo *r, pintle_status (*each)(void *ctx, const fp_head *), void *ctx) {
  fp_ids heads = {0}, gone = {0};
  pintle_status st = fp_ids_list(call, r, "backups", &heads);
  if (st == PINTLE_OK) st = fp_ids_list(call, r, "deleted", &gone);
  for (size_t i = 0; st == PINTLE_OK && i < heads.n; i++) {
    fp_head h;
    if (fp_ids_has(&gone, heads.list[i].id)) continue;
    pintle_status got = fp_head_get(call, r, heads.list[i].id, &h);
    if (got == PINTLE_OK) st = each(ctx, &h);
    else if (got == PINTLE_FAILED || got == PINTLE_INVALID)
      pintle_log(call, PINTLE_LOG_WARN, "fp/%s/backups/%s: is damaged", r->volume, heads.list[i].id);
    else if (got != PINTLE_NOT_FOUND) st = got;
  }
  fp_ids_free(&heads);
  fp_ids_free(&gone);
  return st;
}

pintle_status fp_repo_head(pintle_call *call, fp_repo *r, const char *id, fp_head *out) {
  bool gone = false;
  if (!fp_id_right(id, strlen(id))) return pintle_fail(call, PINTLE_NOT_FOUND, "\"%s\" is no id of a backup", id);
  pintle_status st = fp_tombstone_has(call, r, id, &gone);
  if (st != PINTLE_OK) return st;
  if (gone) return pintle_fail(call, PINTLE_NOT_FOUND, "backup %s was deleted", id);
  return fp_head_get(call, r, id, out);
}

typedef struct find {
  const char *name;
  fp_head *out;
  bool found;
} find;

static pintle_status find_each(void *ctx, const fp_head *h) {
  find *f = ctx;
  if (strcmp(h->name, f->name) == 0) *f->out = *h, f->found = true;
  return PINTLE_OK;
}

pintle_status fp_repo_find(pintle_call *call, fp_repo *r, const char *name, fp_head *out) {
  find f = {name, out, false};
  pintle_status st = fp_repo_list(call, r, find_each, &f);
  return st != PINTLE_OK || f.found ? st : pintle_fail(call, PINTLE_NOT_FOUND, "no backup is called %s", name);
}

pintle_status fp_repo_remove(pintle_call *call, fp_repo *r, const char *id) {
  if (!fp_id_right(id, strlen(id))) return pintle_fail(call, PINTLE_INVALID, "\"%s\" is no id of a backup", id);
  return fp_tombstone_put(call, r, id, "deleted");
}
