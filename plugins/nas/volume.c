/* volume.c -- a PersistentVolume is read: every shape of a NAS volume.  SPDX-License-Identifier: Apache-2.0 */
#include "volume.h"
#include "text.h"
#include <string.h>

typedef struct reading {
  pintle_call *call;
  const pintle_doc *pv;
  nas_volume *v;
  bool failed; /* no memory */
} reading;

static const char *at(const reading *r, const char *pointer) { return pintle_str_or(r->pv, pointer, ""); }

static const char *attribute(const reading *r, const char *name) {
  char pointer[300];
  return at(r, pintle_key(pointer, sizeof pointer, "/spec/csi/volumeAttributes", name));
}

static const char *either(const char *a, const char *b) { return *a ? a : b; }

static const char *copy(reading *r, const char *text, size_t n) {
  const char *p = n ? nas_dup(r->call, text, n) : "";
  if (!p) r->failed = true;
  return p ? p : "";
}

static const char *joined(reading *r, const char *a, const char *between, const char *b) {
  nas_text t = {0};
  nas_addf(&t, "%s%s%s", a, between, b);
  const char *p = nas_take(r->call, &t);
  if (!p) r->failed = true;
  return p ? p : "";
}

/* The ith field, from 0; "" when there are fewer. */
static const char *field(reading *r, const char *text, const char *separator, int i) {
  for (; i > 0; i--) {
    text += strcspn(text, separator);
    if (!*text++) return "";
  }
  return copy(r, text, strcspn(text, separator));
}

static int fields(const char *text, char separator) {
  int n = 1;
  for (; *text; text++) n += *text == separator;
  return n;
}

/* ---- plain NFS */
static bool read_nfs(reading *r) {
  r->v->server = at(r, "/spec/nfs/server"), r->v->path = at(r, "/spec/nfs/path");
  return *r->v->server != 0;
}

/* The attributes are right also where the handle is anything; of the handle's forms server#share#subdir#uuid#onDelete has trimmed slashes. */
static bool read_nfs_csi(reading *r) {
  const char *handle = at(r, "/spec/csi/volumeHandle");
  bool hashes = fields(handle, '#') >= 3;
  r->v->server = attribute(r, "server"), r->v->path = attribute(r, "share"), r->v->subpath = attribute(r, "subdir");
  if (!*r->v->server && hashes) {
    r->v->server = field(r, handle, "#", 0);
    r->v->path = joined(r, "/", "", field(r, handle, "#", 1));
    r->v->subpath = field(r, handle, "#", 2);
  } else if (!*r->v->server && fields(handle, '/') >= 3) {
    const char *base = handle + strcspn(handle, "/"), *last = strrchr(handle, '/');
    r->v->server = field(r, handle, "/", 0);
    r->v->path = copy(r, base, (size_t)(last - base));
    r->v->subpath = copy(r, last + 1, strlen(last + 1));
  }
  return *r->v->server != 0;
}

/* ---- Alibaba Cloud: server is <id>-<suffix>.<region>.nas.aliyuncs.com, with an id that itself has a "-" where it is extreme or cpfs */
static void read_alibaba_server(reading *r) {
  nas_volume *v = r->v;
  const char *server = v->server, *label = field(r, server, ".", 0), *service = field(r, server, ".", 2);
  if (!strstr(server, ".aliyuncs.com")) return;
  if (!*v->region) v->region = field(r, server, ".", 1);
  bool two = strncmp(label, "extreme-", 8) == 0 || strncmp(label, "cpfs-", 5) == 0;
  if (!*v->fs_type)
    v->fs_type = strcmp(service, "extreme") == 0 || strncmp(label, "extreme-", 8) == 0 ? "extreme" : two ? "cpfs" : "standard";
  if (*v->fs_id) return;
  const char *first = field(r, label, "-", 0);
  v->fs_id = two ? joined(r, first, "-", field(r, label, "-", 1)) : first;
}

/* An extreme file system's one export is /share. */
static void split_extreme(nas_volume *v) {
  if (strcmp(v->fs_type, "extreme") != 0 || strncmp(v->path, "/share/", 7) != 0) return;
  v->subpath = v->path + 7, v->path = "/share";
}

static bool read_alibaba(reading *r) {
  nas_volume *v = r->v;
  v->server = attribute(r, "server"), v->path = either(attribute(r, "path"), "/");
  v->fs_id = attribute(r, "fileSystemId"), v->fs_type = attribute(r, "fileSystemType");
  v->name = attribute(r, "containerNetworkFileSystem");
  read_alibaba_server(r);
  split_extreme(v);
  return *v->server || *v->fs_id || *v->name;
}

static bool read_alibaba_flex(reading *r) {
  nas_volume *v = r->v;
  v->server = at(r, "/spec/flexVolume/options/server"), v->path = either(at(r, "/spec/flexVolume/options/path"), "/");
  read_alibaba_server(r);
  split_extreme(v);
  return *v->server != 0;
}

/* ---- fs-ID[:[path][:access point]], new ones with "efs:" or "s3files:" in front */
static bool read_efs(reading *r) {
  const char *handle = at(r, "/spec/csi/volumeHandle");
  nas_volume *v = r->v;
  bool s3 = strncmp(handle, "s3files:", 8) == 0;
  if (s3) handle += 8;
  else if (strncmp(handle, "efs:", 4) == 0) handle += 4;
  v->fs_id = field(r, handle, ":", 0), v->path = field(r, handle, ":", 1), v->name = field(r, handle, ":", 2);
  v->fs_type = s3 ? "s3files" : "efs";
  size_t n = strlen(v->fs_id);
  if (strncmp(v->fs_id, "fs-", 3) != 0 || n < 11 || n > 43 || strspn(v->fs_id + 3, "0123456789abcdef") != n - 3) return false;
  if (*v->region && !s3) v->server = joined(r, v->fs_id, ".efs.", joined(r, v->region, "", ".amazonaws.com"));
  return true;
}

/* modeInstance/<zone>/<instance>/<share>, modeMultishare/<prefix>/<project>/<zone>/<instance>/<share> */
static bool read_filestore(reading *r) {
  const char *handle = at(r, "/spec/csi/volumeHandle");
  nas_volume *v = r->v;
  int n = fields(handle, '/');
  v->fs_type = field(r, handle, "/", 0);
  if (n < 4) return false;
  v->zone = field(r, handle, "/", n - 3), v->fs_id = field(r, handle, "/", n - 2);
  v->server = attribute(r, "ip");
  v->path = joined(r, "/", "", either(attribute(r, "volume"), field(r, handle, "/", n - 1)));
  return *v->fs_id != 0;
}

/* rg#account#share#disk#uuid#secretNamespace; made by hand often only rg#account#share, or anything */
static bool read_azure(reading *r) {
  const char *handle = at(r, "/spec/csi/volumeHandle");
  nas_volume *v = r->v;
  bool parts = fields(handle, '#') >= 3;
  const char *account = either(attribute(r, "storageAccount"), parts ? field(r, handle, "#", 1) : "");
  const char *group = either(attribute(r, "resourceGroup"), parts ? field(r, handle, "#", 0) : "");
  v->name = either(attribute(r, "shareName"), parts ? field(r, handle, "#", 2) : "");
  if (!*account || !*v->name) return false;
  v->fs_type = either(attribute(r, "protocol"), "smb");
  v->fs_id = *group ? joined(r, group, "/", account) : account;
  v->server = either(attribute(r, "server"), joined(r, account, "", ".file.core.windows.net"));
  v->path = strcmp(v->fs_type, "nfs") == 0 ? joined(r, "/", account, joined(r, "/", "", v->name)) : joined(r, "/", "", v->name);
  v->subpath = attribute(r, "folderName");
  return true;
}

static bool read_cephfs(reading *r) {
  nas_volume *v = r->v;
  bool fixed = strcmp(attribute(r, "staticVolume"), "true") == 0;
  v->fs_id = attribute(r, "clusterID"), v->name = attribute(r, "fsName");
  v->path = attribute(r, fixed ? "rootPath" : "subvolumePath");
  v->fs_type = fixed ? "static" : "subvolume";
  if (!*v->fs_id) { /* 0001-<length, hex>-<clusterID>-... */
    const char *handle = at(r, "/spec/csi/volumeHandle");
    size_t n = 0;
    for (int i = 5; i < 9 && strlen(handle) > 10; i++)
      n = n * 16 + (size_t)(handle[i] <= '9' ? handle[i] - '0' : (handle[i] | 32) - 'a' + 10);
    if (n && n < 64 && strlen(handle) > 10 + n) v->fs_id = copy(r, handle + 10, n);
  }
  return *v->fs_id != 0;
}

static bool read_trident(reading *r) {
  nas_volume *v = r->v;
  if (strcmp(either(attribute(r, "protocol"), "file"), "file") != 0) return false; /* a LUN */
  v->fs_id = attribute(r, "backendUUID");
  v->name = either(attribute(r, "internalName"), attribute(r, "name"));
  return *v->name != 0;
}

static bool read_manila(reading *r) {
  r->v->fs_id = either(attribute(r, "shareID"), at(r, "/spec/csi/volumeHandle"));
  return *r->v->fs_id != 0;
}

static bool read_openzfs(reading *r) {
  nas_volume *v = r->v;
  v->fs_id = at(r, "/spec/csi/volumeHandle");
  v->server = attribute(r, "DNSName"), v->path = attribute(r, "VolumePath");
  return strncmp(v->fs_id, "fsvol-", 6) == 0 || strncmp(v->fs_id, "fs-", 3) == 0;
}

static const struct {
  const char *kind;
  bool (*read)(reading *);
} shapes[] = {{"nfs.csi.k8s.io", read_nfs_csi},
              {"nasplugin.csi.alibabacloud.com", read_alibaba},
              {"efs.csi.aws.com", read_efs},
              {"filestore.csi.storage.gke.io", read_filestore},
              {"file.csi.azure.com", read_azure},
              {"cephfs.csi.ceph.com", read_cephfs},
              {"csi.trident.netapp.io", read_trident},
              {"nfs.manila.csi.openstack.org", read_manila},
              {"fsx.openzfs.csi.aws.com", read_openzfs}};

static const char *options(reading *r) {
  const pintle_doc *d = r->pv;
  nas_text t = {0};
  pintle_str s;
  for (const pintle_value *o = d->api->first(d, d->api->at(d, "/spec/mountOptions")); o; o = d->api->next(d, o))
    if (d->api->type(d, o) == PINTLE_T_STRING && d->api->text(d, o, &s) == PINTLE_OK) nas_addf(&t, "%s%s", t.n ? "," : "", s.ptr);
  const char *text = nas_take(r->call, &t);
  if (!text) r->failed = true;
  return text ? text : "";
}

static bool read_source(reading *r) {
  const char *driver = at(r, "/spec/csi/driver");
  r->v->kind = driver;
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes && *driver; i++)
    if (strcmp(driver, shapes[i].kind) == 0) return shapes[i].read(r);
  if (*driver) return false;
  r->v->kind = "nfs";
  if (r->pv->api->at(r->pv, "/spec/nfs")) return read_nfs(r);
  r->v->kind = at(r, "/spec/flexVolume/driver");
  return strcmp(r->v->kind, "alicloud/nas") == 0 && read_alibaba_flex(r);
}

static bool climbs(const char *path) {
  for (const char *p = strstr(path, ".."); p; p = strstr(p + 1, ".."))
    if ((p == path || p[-1] == '/') && (!p[2] || p[2] == '/')) return true;
  return false;
}

pintle_status nas_volume_read(pintle_call *call, const pintle_doc *pv, nas_volume *v, bool *is) {
  reading r = {call, pv, v, false};
  *v = (nas_volume){"", "", "", "", "", "", "", "", "", "", "", "", 0};
  v->pv = at(&r, "/metadata/name");
  v->region = either(at(&r, "/metadata/labels/topology.kubernetes.io~1region"),
                     at(&r, "/metadata/labels/failure-domain.beta.kubernetes.io~1region"));
  v->zone =
      either(at(&r, "/metadata/labels/topology.kubernetes.io~1zone"), at(&r, "/metadata/labels/failure-domain.beta.kubernetes.io~1zone"));
  *is = read_source(&r);
  if (*is) v->options = options(&r);
  if (*is && !r.failed && (climbs(v->path) || climbs(v->subpath)))
    return pintle_fail(call, PINTLE_INVALID, "volume %s: path \"%.300s%s%.300s\" has a part \"..\", and could lead out of its export",
                       v->pv, v->path, *v->subpath ? "/" : "", v->subpath);
  return r.failed ? pintle_fail(call, PINTLE_NOMEM, "out of memory") : PINTLE_OK;
}

void nas_volume_path(const nas_volume *v, nas_text *to) {
  bool slash = *v->subpath && *v->subpath != '/' && (!*v->path || v->path[strlen(v->path) - 1] != '/');
  size_t from = to->n, end = from;
  nas_addf(to, "%s%s%s", v->path, slash ? "/" : "", v->subpath);
  for (size_t i = from; i < to->n; i++) { /* "//" and "/./" are "/" */
    bool after = end > from && to->p[end - 1] == '/';
    if (after && to->p[i] == '/') continue;
    if (after && to->p[i] == '.' && (i + 1 == to->n || to->p[i + 1] == '/')) continue;
    to->p[end++] = to->p[i];
  }
  if (end < to->n) to->p[to->n = end] = 0;
}
