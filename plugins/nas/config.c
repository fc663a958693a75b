/* config.c -- the configuration, and what it knows of volumes.  SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "text.h"
#include <string.h>

#define OPTION(n, t, fall, allowed, text) \
  static const pintle_option opt_##n = {  \
      .struct_size = sizeof(pintle_option), .type = t, .name = #n, .fallback = fall, .choices = allowed, .help = text}
OPTION(driver, PINTLE_OPT_STRING, NULL, NULL,
       "what takes the snapshots: one of the drivers of this plugin's page; without it the item actions do nothing");
OPTION(mounts, PINTLE_OPT_STRING, NULL, NULL,
       "where exports are mounted here: server:/path=/directory,...; the longest path that fits counts");
OPTION(mountRoot, PINTLE_OPT_STRING, NULL, NULL, "directory below which every volume is mounted under its PersistentVolume's name");
OPTION(fileSystems, PINTLE_OPT_STRING, NULL, NULL, "ids of file systems that a volume does not tell: server:/path=id,...");
OPTION(selectDrivers, PINTLE_OPT_STRING, NULL, NULL,
       "item actions: CSI drivers (or nfs, alicloud/nas) whose volumes are taken, comma-separated");
OPTION(selectClasses, PINTLE_OPT_STRING, NULL, NULL, "item actions: storage classes whose volumes are taken, comma-separated");
OPTION(selectAnnotation, PINTLE_OPT_STRING, "pintle.io/nas-backup", NULL,
       "item actions: annotation of a PersistentVolume; \"true\" takes it, \"false\" leaves it");
OPTION(waitForSnapshot, PINTLE_OPT_BOOL, "true", NULL, "VolumeSnapshotter: a snapshot is complete before Velero is told that it is");

/* ---- driver fingerprint */
OPTION(fingerprintLocation, PINTLE_OPT_STRING, NULL, NULL, "BackupStorageLocation that backups of shares go to; without it the run's own");
OPTION(fingerprintThreads, PINTLE_OPT_INT, "2", NULL, "threads that read, hash and compress, 1 to 16");
OPTION(fingerprintLevel, PINTLE_OPT_INT, "0", NULL, "level of zstd, 1 to 19; 0: the default, 1");
OPTION(fingerprintKeyFile, PINTLE_OPT_STRING, NULL, NULL, "file with the key that encrypts: 32 bytes, as they are, in hex or in base64");
OPTION(fingerprintKeyCommand, PINTLE_OPT_STRING, NULL, NULL, "command of a shell that prints that key");
OPTION(fingerprintOlderKeyFiles, PINTLE_OPT_STRING, NULL, NULL,
       "files with former keys, comma-separated: what they open gets the present one");
OPTION(fingerprintDropOlderKeys, PINTLE_OPT_BOOL, "false", NULL, "former keys do not open the repository any more");
OPTION(fingerprintIgnoreInode, PINTLE_OPT_BOOL, "false", NULL, "a share whose inode numbers change: they do not tell a changed file");
OPTION(fingerprintIgnoreCtime, PINTLE_OPT_BOOL, "false", NULL, "a share whose ctimes change: they do not tell a changed file");
OPTION(fingerprintReadAll, PINTLE_OPT_BOOL, "false", NULL, "every file is read, whatever its times say");
OPTION(fingerprintCollect, PINTLE_OPT_BOOL, "true", NULL, "deleting a backup frees what it took in the store");
OPTION(fingerprintRestoreTo, PINTLE_OPT_STRING, NULL, NULL,
       "where restored volumes are made: server:/path=/directory, a directory velero-... each; or original: into the volume itself");
OPTION(mover, PINTLE_OPT_STRING, "auto", "auto|inline|operation",
       "item actions: a copy is made within execute, or as an operation; auto: an operation, as a drop-in within execute");

/* Each driver's own keys stand below its name. */
const pintle_option *const nas_options[] = {&opt_driver,
                                            &opt_mounts,
                                            &opt_mountRoot,
                                            &opt_fileSystems,
                                            &opt_selectDrivers,
                                            &opt_selectClasses,
                                            &opt_selectAnnotation,
                                            &opt_waitForSnapshot,
                                            &opt_mover,
                                            &opt_fingerprintLocation,
                                            &opt_fingerprintThreads,
                                            &opt_fingerprintLevel,
                                            &opt_fingerprintKeyFile,
                                            &opt_fingerprintKeyCommand,
                                            &opt_fingerprintOlderKeyFiles,
                                            &opt_fingerprintDropOlderKeys,
                                            &opt_fingerprintIgnoreInode,
                                            &opt_fingerprintIgnoreCtime,
                                            &opt_fingerprintReadAll,
                                            &opt_fingerprintCollect,
                                            &opt_fingerprintRestoreTo,
                                            NULL};

bool nas_listed(const char *list, const char *word) {
  size_t n = strlen(word);
  while (*list) {
    list += strspn(list, ", ");
    size_t length = strcspn(list, ", ");
    if (n && length == n && memcmp(list, word, n) == 0) return true;
    list += length;
  }
  return false;
}

/* ---- server:/path=value,... */
static pintle_status check_map(pintle_call *call, const char *at, const char *map, bool directory) {
  for (const char *p = map; *p;) {
    size_t n = strcspn(p, ",");
    const char *equals = memchr(p, '=', n), *colon = equals ? memchr(p, ':', (size_t)(equals - p)) : NULL;
    if (!colon || colon == p || equals + 1 == p + n || !strstr(colon, ":/") || (directory && equals[1] != '/'))
      return pintle_fail_at(call, PINTLE_INVALID, at, "\"%.*s\" is not of the form server:/path=%s", (int)(n < 200 ? n : 200), p,
                            directory ? "/directory" : "id");
    p += n;
    if (*p) p++;
  }
  return PINTLE_OK;
}

/* The value of the longest path that is full or above it, *rest what is below it. NULL: none. */
static const char *look_up(const char *map, const char *server, const char *full, size_t *length, const char **rest) {
  size_t n_server = strlen(server), best = 0;
  const char *found = NULL;
  for (const char *p = map; *p && n_server;) {
    size_t n = strcspn(p, ",");
    const char *equals = memchr(p, '=', n), *end = p + n;
    if (equals && (size_t)(equals - p) > n_server && memcmp(p, server, n_server) == 0 && p[n_server] == ':') {
      const char *path = p + n_server + 1;
      size_t k = (size_t)(equals - path);
      while (k && path[k - 1] == '/') k--;
      if (strncmp(full, path, k) == 0 && (!full[k] || full[k] == '/') && (!found || k > best))
        best = k, found = equals + 1, *length = (size_t)(end - found), *rest = full + k;
    }
    p = *end ? end + 1 : end;
  }
  return found;
}

pintle_status nas_config_place(pintle_call *call, const nas_config *c, nas_volume *v) {
  nas_text full = {0}, local = {0};
  const char *rest = "";
  size_t n = 0;
  nas_addf(&full, "%s%s%s", v->path, *v->subpath && *v->subpath != '/' && (!*v->path || v->path[strlen(v->path) - 1] != '/') ? "/" : "",
           v->subpath);
  const char *found = look_up(c->mounts, v->server, nas_z(&full), &n, &rest);
  if (found) nas_add(&local, found, n), nas_addz(&local, strcmp(rest, "/") == 0 ? "" : rest);
  else if (*c->mount_root) nas_addf(&local, "%s/%s", c->mount_root, v->pv);
  if (!*v->local) v->local = nas_take(call, &local);
  nas_text_free(&local);
  found = *v->fs_id ? NULL : look_up(c->file_systems, v->server, nas_z(&full), &n, &rest);
  if (found) v->fs_id = nas_dup(call, found, n);
  bool failed = full.failed || !v->local || !v->fs_id;
  nas_text_free(&full);
  return failed ? pintle_fail(call, PINTLE_NOMEM, "out of memory") : PINTLE_OK;
}

pintle_status nas_config_read(pintle_call *call, nas_config *c) {
  const pintle_doc *d = call->host->config(call);
  int32_t on = 1;
  d->api->get_bool(d, "/waitForSnapshot", &on);
  *c = (nas_config){.driver = pintle_str_or(d, "/driver", ""),
                    .mounts = pintle_str_or(d, "/mounts", ""),
                    .mount_root = pintle_str_or(d, "/mountRoot", ""),
                    .file_systems = pintle_str_or(d, "/fileSystems", ""),
                    .select_drivers = pintle_str_or(d, "/selectDrivers", ""),
                    .select_classes = pintle_str_or(d, "/selectClasses", ""),
                    .select_annotation = pintle_str_or(d, "/selectAnnotation", "pintle.io/nas-backup"),
                    .wait = on};
  pintle_str mode = {"", 0};
  const char *mover = pintle_str_or(d, "/mover", "auto");
  call->host->property(call, "host.mode", &mode);
  c->inside = strcmp(mover, "inline") == 0 || (strcmp(mover, "auto") == 0 && strcmp(mode.ptr, "velero") == 0);
  if (*c->mount_root && *c->mount_root != '/') return pintle_fail_at(call, PINTLE_INVALID, "/mountRoot", "mountRoot is no absolute path");
  pintle_status st = check_map(call, "/mounts", c->mounts, true);
  return st == PINTLE_OK ? check_map(call, "/fileSystems", c->file_systems, false) : st;
}
