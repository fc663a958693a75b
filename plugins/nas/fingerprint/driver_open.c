/* driver_open.c -- what a volume's content lies in: its directory here, its repository.  SPDX-License-Identifier: Apache-2.0 */
#include "../volume.h"
#include "driver.h"
#include "tree.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <unistd.h>

static void add_path(nas_text *t, const nas_volume *v) {
  nas_volume_path(v, t);
  while (t->n > 1 && t->p[t->n - 1] == '/') t->p[--t->n] = 0;
}

const char *fp_driver_export(pintle_call *call, const nas_volume *v) {
  nas_text t = {0};
  nas_addf(&t, "%s:", *v->server ? v->server : *v->fs_id ? v->fs_id : v->name);
  add_path(&t, v);
  return nas_take(call, &t);
}

/* The share's, whatever the kind of the PersistentVolume: 32 hex digits. */
static pintle_status repo_name(pintle_call *call, const nas_volume *v, char to[2 * 16 + 1]) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  const char *share = fp_driver_export(call, v);
  if (!share) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (EVP_Digest(share, strlen(share), digest, &n, EVP_sha256(), NULL) != 1 || n < 16)
    return pintle_fail(call, PINTLE_FAILED, "OpenSSL computes no SHA-256");
  nas_hex(digest, 16, to);
  return PINTLE_OK;
}

pintle_status fp_driver_repo(pintle_call *call, fp_driver *d, const nas_volume *v, fp_repo **out) {
  uint8_t keys[(1 + FP_OLDER_KEYS) * FP_KEY];
  char name[2 * 16 + 1];
  fp_blobs blobs;
  size_t n = 0;
  pintle_str scratch = {"/tmp", 0};
  d->store.location = d->location;
  call->host->property(call, "run.dir", &scratch);
  d->scratch = scratch.ptr;
  pintle_status st = fp_blobs_store(call, &d->store, &blobs);
  if (st == PINTLE_OK) st = repo_name(call, v, name);
  if (st == PINTLE_OK) st = fp_driver_keys(call, d, keys, &n);
  const fp_keys user = {.key = n ? keys : NULL, .older = keys + FP_KEY, .n_older = n ? n - 1 : 0, .drop_older = d->drop_older};
  if (st == PINTLE_OK) st = fp_repo_open(call, &blobs, name, &user, out);
  OPENSSL_cleanse(keys, sizeof keys);
  /* no such location, no such key file: that is no backup that is not there */
  return st == PINTLE_NOT_FOUND ? pintle_wrap(call, PINTLE_INVALID, "backups of volume %s", v->pv) : st;
}

pintle_status fp_driver_share(pintle_call *call, const fp_driver *d, const nas_volume *v, fp_share *to) {
  nas_text path = {0};
  fp_nfs_options o = d->nfs;
  add_path(&path, v);
  o.server = v->server, o.path = path.n ? path.p : "/";
  pintle_status st = path.failed ? pintle_fail(call, PINTLE_NOMEM, "out of memory") : fp_nfs_open(call, &o, to);
  nas_text_free(&path);
  return st;
}

pintle_status fp_driver_tree(pintle_call *call, const nas_volume *v, int *fd) {
  if (!*v->local)
    return pintle_fail(call, PINTLE_UNSUPPORTED, "volume %s is not mounted here: name its directory with mounts or mountRoot", v->pv);
  size_t n = strlen(v->local), base = v->base && v->base < n ? v->base : n;
  const char *top = nas_dup(call, v->local, base);
  if (!top) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  int root = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (base < n && v->local[base] == '/') base++;
  *fd = root < 0 || base == n ? root : fp_tree_open(root, v->local + base, n - base, O_RDONLY | O_DIRECTORY);
  int error = errno;
  if (root >= 0 && *fd != root) close(root);
  if (*fd >= 0) return PINTLE_OK;
  char first;
  if (error == ELOOP || (error == ENOTDIR && readlink(v->local, &first, 1) > 0))
    return pintle_fail(call, PINTLE_DENIED,
                       "%s (volume %s): a part of it is a symbolic link, which could lead anywhere: give mounts where it leads", v->local,
                       v->pv);
  return pintle_fail(call,
                     error == ENOENT   ? PINTLE_NOT_FOUND
                     : error == EACCES ? PINTLE_DENIED
                                       : PINTLE_FAILED,
                     "%s (volume %s): %s", v->local, v->pv, strerror(error));
}
