/* keys.c -- data keys, wrapped by the keys of a user.  SPDX-License-Identifier: Apache-2.0 */
#include "repo_in.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>

enum { WRAPPED = FP_NONCE + FP_KEY_LEN + FP_TAG };

typedef struct wrap { /* one "keys/ID" */
  bool opened;
  size_t by; /* which key of the user */
  uint8_t key[FP_KEY_LEN];
} wrap;

static pintle_status wrap_read(pintle_call *call, fp_repo *r, const char *id, wrap *w) {
  char key[FP_OBJECT], hex[2 * WRAPPED + 1];
  uint8_t wrapped[WRAPPED];
  uint64_t version = 0;
  pintle_doc *d = NULL;
  fp_object(r, key, "keys/%s", id);
  *w = (wrap){0};
  pintle_status st = fp_repo_read(call, r, key, FP_TEXT_MAX, &r->object);
  if (st != PINTLE_OK) return st;
  if (call->host->new_doc(call, (const char *)r->object.p, r->object.n, &d) != PINTLE_OK || !fp_json_u64(d, "/version", &version) ||
      version != 1 || !fp_json_str(d, "/wrapped", hex, sizeof hex) || strlen(hex) != 2 * WRAPPED || !fp_unhex(hex, WRAPPED, wrapped))
    return fp_bad_thing(call, r, "%s: is no wrapped key", key);
  for (size_t i = 0; i < r->n_user && !w->opened; i++) {
    w->opened = fp_unwrap(&r->codec, r->user + i * FP_KEY_LEN, wrapped, WRAPPED, w->key);
    w->by = i;
  }
  return PINTLE_OK;
}

static pintle_status wrap_write(pintle_call *call, fp_repo *r, const uint8_t *data_key) {
  uint8_t wrapped[WRAPPED];
  char id[FP_ID], key[FP_OBJECT], hex[2 * WRAPPED + 1], text[2 * WRAPPED + 128];
  if (!fp_new_id(fp_now(), id) || !fp_wrap(&r->codec, r->user, data_key, FP_KEY_LEN, wrapped))
    return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  fp_hex(wrapped, WRAPPED, hex);
  fp_object(r, key, "keys/%s", id);
  int n = snprintf(text, sizeof text, "{\"version\":1,\"cipher\":\"AES-256-GCM\",\"wrapped\":\"%s\"}\n", hex);
  return r->blobs.put(r->blobs.self, call, key, text, (size_t)n);
}

static bool known(const fp_repo *r, const uint8_t *key) {
  for (size_t i = 0; i < r->n_keys; i++)
    if (CRYPTO_memcmp(r->keys[i], key, FP_KEY_LEN) == 0) return true;
  return false;
}

static pintle_status open_all(pintle_call *call, fp_repo *r, const fp_ids *ids) {
  pintle_status st = PINTLE_OK;
  wrap w;
  for (size_t i = 0; st == PINTLE_OK && i < ids->n; i++) {
    st = wrap_read(call, r, ids->list[i].id, &w);
    if (st != PINTLE_OK || !w.opened || known(r, w.key)) continue;
    if (r->n_keys == FP_DATA_KEYS) st = fp_bad_thing(call, r, "fp/%s/keys: more than %d keys", r->volume, FP_DATA_KEYS);
    else memcpy(r->keys[r->n_keys++], w.key, FP_KEY_LEN);
  }
  OPENSSL_cleanse(&w, sizeof w);
  return st;
}

pintle_status fp_keys_open(pintle_call *call, fp_repo *r) {
  fp_ids ids = {0}, heads = {0};
  pintle_status st = fp_ids_list(call, r, "keys", &ids);
  r->encrypted = ids.n > 0, r->no_keys_yet = !ids.n;
  if (st == PINTLE_OK && ids.n && !r->n_user)
    st = pintle_fail(call, PINTLE_DENIED, "repository %s is encrypted, and no key is configured", r->volume);
  if (st == PINTLE_OK && ids.n) st = open_all(call, r, &ids);
  if (st == PINTLE_OK && ids.n && !r->n_keys)
    st = pintle_fail(call, PINTLE_DENIED, "repository %s is encrypted with another key", r->volume);
  if (st == PINTLE_OK && !ids.n && r->n_user) {
    st = fp_ids_list(call, r, "backups", &heads);
    if (st == PINTLE_OK && heads.n)
      st = pintle_fail(call, PINTLE_INVALID,
                       "repository %s has backups that are not encrypted: give encrypted ones a repository of their own", r->volume);
  }
  fp_ids_free(&ids);
  fp_ids_free(&heads);
  return st;
}

/* Which wraps are the user's present key's, and which data keys lack one? */
static pintle_status rotate(pintle_call *call, fp_repo *r, const fp_ids *ids) {
  bool has[FP_DATA_KEYS] = {false};
  pintle_status st = PINTLE_OK;
  wrap w;
  for (size_t i = 0; st == PINTLE_OK && i < ids->n; i++) {
    st = wrap_read(call, r, ids->list[i].id, &w);
    for (size_t k = 0; st == PINTLE_OK && w.opened && w.by == 0 && k < r->n_keys; k++)
      if (CRYPTO_memcmp(r->keys[k], w.key, FP_KEY_LEN) == 0) has[k] = true;
  }
  for (size_t k = 0; st == PINTLE_OK && k < r->n_keys; k++)
    if (!has[k]) st = wrap_write(call, r, r->keys[k]);
  for (size_t i = 0; st == PINTLE_OK && r->drop_older && i < ids->n; i++) {
    char key[FP_OBJECT];
    st = wrap_read(call, r, ids->list[i].id, &w);
    fp_object(r, key, "keys/%s", ids->list[i].id);
    if (st == PINTLE_OK && w.opened && w.by > 0) st = r->blobs.remove(r->blobs.self, call, key);
  }
  OPENSSL_cleanse(&w, sizeof w);
  return st;
}

pintle_status fp_keys_make(pintle_call *call, fp_repo *r) {
  fp_ids ids = {0};
  pintle_status st = PINTLE_OK;
  if (!r->n_user) return PINTLE_OK;
  if (r->no_keys_yet) {
    uint8_t *key = r->keys[0];
    if (RAND_bytes(key, FP_KEY_LEN) != 1) return fp_bad_thing(call, r, "no random bytes");
    st = wrap_write(call, r, key);
    if (st == PINTLE_OK) r->n_keys = 1, r->encrypted = true, r->no_keys_yet = false;
    return st;
  }
  st = fp_ids_list(call, r, "keys", &ids);
  if (st == PINTLE_OK) st = rotate(call, r, &ids);
  fp_ids_free(&ids);
  return st;
}
