/* volume_id.c -- ids of volumes and snapshots, as they travel through Velero; deterministic names.  SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include "volume.h"
#include <openssl/evp.h>
#include <string.h>

enum { TEXTS = 10 };

static void members(const nas_volume *v, const char *to[TEXTS]) {
  const char *const all[TEXTS] = {v->kind, v->server, v->path, v->subpath, v->fs_id, v->fs_type, v->region, v->zone, v->name, v->pv};
  memcpy(to, all, sizeof all);
}
static const char keys[TEXTS][2] = {"k", "s", "p", "u", "f", "t", "r", "z", "n", "v"};

static void add(nas_text *t, const char *key, const char *value) {
  if (!*value) return;
  nas_addf(t, "%s\"%s\":", t->p[t->n - 1] == '{' ? "" : ",", key);
  nas_add_json(t, value);
}

pintle_status nas_id_write(pintle_call *call, const char *driver, const nas_volume *v, const char *snapshot, const char **id) {
  const char *texts[TEXTS];
  nas_text t = {0};
  members(v, texts);
  nas_addf(&t, "%s{\"d\":", snapshot ? NAS_SNAPSHOT_PREFIX : NAS_VOLUME_PREFIX);
  nas_add_json(&t, driver);
  for (int i = 0; i < TEXTS && !t.failed; i++) add(&t, keys[i], texts[i]);
  if (snapshot && !t.failed) add(&t, "i", snapshot);
  nas_addz(&t, "}");
  if (!t.failed && t.n > NAS_ID_MAX) {
    nas_text_free(&t);
    return pintle_fail(call, PINTLE_INVALID, "the id of volume %s would be longer than %d bytes", v->pv, NAS_ID_MAX);
  }
  const char *text = nas_take(call, &t);
  if (!text) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  *id = text;
  return PINTLE_OK;
}

pintle_status nas_id_read(pintle_call *call, const char *id, const char **driver, nas_volume *v, const char **snapshot) {
  const char *prefix = snapshot ? NAS_SNAPSHOT_PREFIX : NAS_VOLUME_PREFIX, *what = snapshot ? "snapshot" : "volume";
  pintle_doc *d = NULL;
  char pointer[4] = "/";
  if (strncmp(id, prefix, strlen(prefix)) != 0) return pintle_fail(call, PINTLE_INVALID, "\"%.100s\" is no %s of pintle.io/nas", id, what);
  pintle_status st = call->host->new_doc(call, id + strlen(prefix), PINTLE_Z, &d);
  if (st == PINTLE_INVALID) return pintle_fail(call, st, "\"%.100s\" is no %s of pintle.io/nas: it is cut off or damaged", id, what);
  if (st != PINTLE_OK) return pintle_fail(call, st, "out of memory");
  const char *texts[TEXTS];
  for (int i = 0; i < TEXTS; i++) pointer[1] = keys[i][0], texts[i] = pintle_str_or(d, pointer, "");
  *v = (nas_volume){.kind = texts[0],
                    .server = texts[1],
                    .path = texts[2],
                    .subpath = texts[3],
                    .fs_id = texts[4],
                    .fs_type = texts[5],
                    .region = texts[6],
                    .zone = texts[7],
                    .name = texts[8],
                    .pv = texts[9],
                    .options = "",
                    .local = ""};
  *driver = pintle_str_or(d, "/d", "");
  if (snapshot) *snapshot = pintle_str_or(d, "/i", "");
  if (!**driver || !*v->kind || (snapshot && !**snapshot))
    return pintle_fail(call, PINTLE_INVALID, "\"%.100s\" is no %s of pintle.io/nas: a part is missing", id, what);
  return PINTLE_OK;
}

pintle_status nas_name(pintle_call *call, const char *const *texts, size_t n, char *to) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned got = 0;
  EVP_MD_CTX *c = EVP_MD_CTX_new();
  bool good = c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1;
  for (size_t i = 0; i < n && good; i++) good = EVP_DigestUpdate(c, texts[i], strlen(texts[i]) + 1) == 1;
  good = good && EVP_DigestFinal_ex(c, digest, &got) == 1;
  EVP_MD_CTX_free(c);
  if (!good) return pintle_fail(call, PINTLE_FAILED, "OpenSSL computes no SHA-256");
  memcpy(to, "velero-", 7);
  nas_hex(digest, 20, to + 7);
  return PINTLE_OK;
}
