/* volume_write.c -- a restored volume is put into its PersistentVolume.  SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include "volume.h"
#include <string.h>

typedef struct writing {
  pintle_doc *pv;
  pintle_status st;
  nas_text handle;
} writing;

static void set(writing *w, const char *pointer, const char *text) {
  if (*text && w->st == PINTLE_OK) w->st = pintle_set_str(w->pv, pointer, text);
}

static void handle(writing *w) {
  if (w->handle.failed) w->st = PINTLE_NOMEM;
  set(w, "/spec/csi/volumeHandle", nas_z(&w->handle));
}

/* Only what was there is replaced: a PersistentVolume made by hand may do without. */
static void replace(writing *w, const char *pointer, const char *text) {
  if (*pintle_str_or(w->pv, pointer, "")) set(w, pointer, text);
}

static void add_trimmed(nas_text *t, const char *path) {
  size_t n = strlen(path);
  while (n && path[n - 1] == '/') n--;
  while (n && *path == '/') path++, n--;
  nas_add(t, path, n);
}

static void write_nfs(writing *w, const nas_volume *v) {
  nas_text path = {0};
  nas_addz(&path, *v->path ? v->path : "/");
  if (*v->subpath) {
    if (path.n && path.p[path.n - 1] != '/') nas_addz(&path, "/");
    add_trimmed(&path, v->subpath);
  }
  if (path.failed) w->st = PINTLE_NOMEM;
  set(w, "/spec/nfs/server", v->server);
  set(w, "/spec/nfs/path", nas_z(&path));
  nas_text_free(&path);
}

/* The handle is made anew when the place is another one: its fields behind the third stay. */
static void write_nfs_csi(writing *w, const nas_volume *v) {
  static const char server[] = "/spec/csi/volumeAttributes/server", share[] = "/spec/csi/volumeAttributes/share",
                    subdir[] = "/spec/csi/volumeAttributes/subdir";
  const char *old = pintle_str_or(w->pv, "/spec/csi/volumeHandle", ""), *rest = old;
  bool same = strcmp(pintle_str_or(w->pv, server, ""), v->server) == 0 && strcmp(pintle_str_or(w->pv, share, ""), v->path) == 0 &&
              strcmp(pintle_str_or(w->pv, subdir, ""), v->subpath) == 0;
  if (same) return;
  for (int i = 0; i < 3 && rest; i++) rest = (rest = strchr(rest, '#')) ? rest + 1 : NULL;
  nas_addf(&w->handle, "%s#", v->server);
  add_trimmed(&w->handle, v->path);
  nas_addz(&w->handle, "#");
  add_trimmed(&w->handle, v->subpath);
  nas_addf(&w->handle, "#%s", rest ? rest : "#");
  set(w, server, v->server), set(w, share, v->path), set(w, subdir, v->subpath);
  handle(w);
}

static void write_alibaba(writing *w, const nas_volume *v) {
  bool flex = strcmp(v->kind, "alicloud/nas") == 0;
  nas_text path = {0};
  nas_addz(&path, v->path);
  if (*v->subpath) {
    if (path.n && path.p[path.n - 1] != '/') nas_addz(&path, "/");
    add_trimmed(&path, v->subpath);
  }
  if (path.failed) w->st = PINTLE_NOMEM;
  set(w, flex ? "/spec/flexVolume/options/server" : "/spec/csi/volumeAttributes/server", v->server);
  set(w, flex ? "/spec/flexVolume/options/path" : "/spec/csi/volumeAttributes/path", nas_z(&path));
  if (!flex) replace(w, "/spec/csi/volumeAttributes/fileSystemId", v->fs_id);
  if (!flex) replace(w, "/spec/csi/volumeAttributes/fileSystemType", v->fs_type);
  nas_text_free(&path);
}

static void write_efs(writing *w, const nas_volume *v) {
  const char *old = pintle_str_or(w->pv, "/spec/csi/volumeHandle", "");
  nas_addf(&w->handle, "%s%s", strncmp(old, "efs:", 4) == 0 ? "efs:" : strncmp(old, "s3files:", 8) == 0 ? "s3files:" : "", v->fs_id);
  if (*v->path || *v->name) nas_addf(&w->handle, ":%s", v->path);
  if (*v->name) nas_addf(&w->handle, ":%s", v->name);
  handle(w);
}

static void write_filestore(writing *w, const nas_volume *v) {
  nas_addf(&w->handle, "%s/%s/%s/", v->fs_type, v->zone, v->fs_id);
  add_trimmed(&w->handle, v->path);
  set(w, "/spec/csi/volumeAttributes/ip", v->server);
  set(w, "/spec/csi/volumeAttributes/volume", v->path + (*v->path == '/'));
  if (strcmp(v->fs_type, "modeInstance") == 0) handle(w);
}

static void write_azure(writing *w, const nas_volume *v) {
  const char *slash = strrchr(v->fs_id, '/'), *rest = pintle_str_or(w->pv, "/spec/csi/volumeHandle", "");
  for (int i = 0; i < 3 && rest; i++) rest = (rest = strchr(rest, '#')) ? rest + 1 : NULL;
  replace(w, "/spec/csi/volumeAttributes/storageAccount", slash ? slash + 1 : v->fs_id);
  replace(w, "/spec/csi/volumeAttributes/shareName", v->name);
  nas_add(&w->handle, v->fs_id, slash ? (size_t)(slash - v->fs_id) : 0);
  nas_addf(&w->handle, "#%s#%s%s%s", slash ? slash + 1 : v->fs_id, v->name, rest ? "#" : "", rest ? rest : "");
  handle(w);
}

static void write_cephfs(writing *w, const nas_volume *v) {
  bool fixed = strcmp(pintle_str_or(w->pv, "/spec/csi/volumeAttributes/staticVolume", ""), "true") == 0;
  set(w, fixed ? "/spec/csi/volumeAttributes/rootPath" : "/spec/csi/volumeAttributes/subvolumePath", v->path);
}

static void write_trident(writing *w, const nas_volume *v) { set(w, "/spec/csi/volumeAttributes/internalName", v->name); }

static void write_handle(writing *w, const nas_volume *v) {
  nas_addz(&w->handle, v->fs_id);
  handle(w);
  replace(w, "/spec/csi/volumeAttributes/shareID", v->fs_id);
  replace(w, "/spec/csi/volumeAttributes/DNSName", v->server);
  replace(w, "/spec/csi/volumeAttributes/VolumePath", v->path);
}

static const struct {
  const char *kind;
  void (*write)(writing *, const nas_volume *);
} shapes[] = {{"nfs", write_nfs},
              {"nfs.csi.k8s.io", write_nfs_csi},
              {"nasplugin.csi.alibabacloud.com", write_alibaba},
              {"alicloud/nas", write_alibaba},
              {"efs.csi.aws.com", write_efs},
              {"filestore.csi.storage.gke.io", write_filestore},
              {"file.csi.azure.com", write_azure},
              {"cephfs.csi.ceph.com", write_cephfs},
              {"csi.trident.netapp.io", write_trident},
              {"nfs.manila.csi.openstack.org", write_handle},
              {"fsx.openzfs.csi.aws.com", write_handle}};

static bool has(const pintle_doc *pv, const char *pointer) { return pv->api->at(pv, pointer) != NULL; }

pintle_status nas_volume_write(pintle_call *call, pintle_doc *pv, const nas_volume *v) {
  writing w = {.pv = pv};
  const char *old = has(pv, "/spec/csi")          ? pintle_str_or(pv, "/spec/csi/driver", "")
                    : has(pv, "/spec/flexVolume") ? pintle_str_or(pv, "/spec/flexVolume/driver", "")
                    : has(pv, "/spec/nfs")        ? "nfs"
                                                  : "";
  if (strcmp(old, v->kind) != 0 && strcmp(v->kind, "nfs") != 0)
    return pintle_fail(call, PINTLE_UNSUPPORTED, "a PersistentVolume of %s cannot become one of %s", *old ? old : "no NAS", v->kind);
  if (strcmp(old, v->kind) != 0) {
    pv->api->remove(pv, "/spec/csi"), pv->api->remove(pv, "/spec/flexVolume");
    pv->api->remove(pv, "/spec/nodeAffinity");
  }
  size_t i = 0, n = sizeof shapes / sizeof *shapes;
  while (i < n && strcmp(v->kind, shapes[i].kind) != 0) i++;
  if (i == n) return pintle_fail(call, PINTLE_INVALID, "\"%s\" is no kind of volume", v->kind);
  shapes[i].write(&w, v);
  nas_text_free(&w.handle);
  return w.st == PINTLE_OK ? PINTLE_OK : pintle_fail(call, w.st, "the restored volume cannot be written into PersistentVolume %s", v->pv);
}
