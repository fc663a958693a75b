/* input.c -- the items of a run: manifests, tarballs, backups in a store.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/archive.h"
#include "base/file.h"
#include "run/inside.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MAX_STATE ((size_t)128 << 20)
#define MAX_BACKUP ((size_t)16 << 20)

static void report(void *ctx, int32_t severity, const char *place, const char *message) {
  run_input *in = ctx;
  CLEANUP(buf_free) buf text = {0};
  if (in->quiet) buf_printf(&text, "%s: %s", place, message);
  if (!in->quiet || (severity >= PINTLE_LOG_WARN && !engine_said_before(in->journal, severity, NULL, buf_str(&text))))
    LOG(in->journal, severity, NULL, "%s: %s", place, message);
}

static bool cancelled(void *ctx) {
  run_input *in = ctx;
  return in->control && in->control->cancelled && in->control->cancelled(in->control->ctx);
}

pintle_status run_input_open(run_context *c, engine_journal *j, const engine_control *control, run_input *out, error *e) {
  *out = (run_input){.journal = j, .control = control};
  pintle_status st = kube_types_new(&out->types);
  const kube_source_options o = {.types = out->types, .temp_dir = c->o.temp_dir, .report = report, .cancelled = cancelled, .ctx = out};
  if (st != PINTLE_OK) return error_nomem(e);
  return kube_source_new(&o, &out->source, e);
}

void run_input_close(run_input *in) {
  free(in->directory);
  free(in->in_directory);
  run_archived_free(&in->archived);
  kube_source_free(in->source);
  kube_types_free(in->types);
  *in = (run_input){0};
}

pintle_status run_input_finish(run_input *in, error *e) {
  pintle_status st = kube_source_finish(in->source, e);
  if (st == PINTLE_OK) run_archived_finish(&in->archived, in->journal, in->source);
  return st;
}

static pintle_status add_entry(void *ctx, const archive_entry *entry, error *e) {
  run_input *in = ctx;
  archive_path p;
  char place[4600];
  if (cancelled(in)) return error_set(e, PINTLE_CANCELLED, "the run was cancelled");
  if (!run_archived_takes(&in->archived, entry->path, &p)) return PINTLE_OK;
  snprintf(place, sizeof place, "%s:%s", in->name, entry->path);
  return kube_source_add_archived(in->source, p.group_resource, p.version, p.ns, p.name, entry->content, place, e);
}

static pintle_status add_archive(run_context *c, run_input *in, int fd, const char *name, error *e) {
  struct statvfs v;
  archive_limits limits = {0};
  if (statvfs(c->o.temp_dir, &v) == 0) limits.max_total = (int64_t)v.f_bavail * (int64_t)v.f_frsize / 10 * 9; /* it is spooled there */
  in->name = name;
  pintle_status st = archive_read(fd, name, &limits, add_entry, in, e);
  if (st == PINTLE_OK) run_archived_end(&in->archived, in->journal, name);
  return st;
}

static bool is_archive(const char *path) {
  str s = str_of(path);
  return str_ends(s, ".tar.gz") || str_ends(s, ".tgz") || str_ends(s, ".tar");
}

/* What a Backup in a file is called; NULL: nothing that could name a tarball beside it. */
static const char *name_in(const char *meta, item_doc **d) {
  CLEANUP(buf_free) buf text = {0};
  if (file_read(AT_FDCWD, meta, MAX_BACKUP, &text, NULL) != PINTLE_OK || item_new(d) != PINTLE_OK) return NULL;
  if (item_parse(*d, buf_str(&text), 0, NULL, NULL) != PINTLE_OK) return NULL;
  str name = item_str(*d, "/metadata/name", "");
  return store_valid_name(name) ? name.ptr : NULL;
}

/* A backup in Velero's layout on disk: DIR/velero-backup.json and DIR/NAME.tar.gz, whatever DIR is called. */
static bool is_backup_directory(const char *path, char *tarball, size_t size) {
  CLEANUP(item_freep) item_doc *d = NULL;
  char meta[4200];
  struct stat s;
  size_t n = strlen(path);
  while (n > 1 && path[n - 1] == '/') n--;
  snprintf(meta, sizeof meta, "%.*s/velero-backup.json", (int)n, path);
  const char *name = name_in(meta, &d);
  if (!name) return false;
  snprintf(tarball, size, "%.*s/%s.tar.gz", (int)n, path, name);
  return stat(tarball, &s) == 0;
}

/* DIR/NAME.tar.gz */
static bool remember_directory(run_input *in, const char *tarball) {
  const char *slash = strrchr(tarball, '/');
  if (!slash || in->directory) return true;
  in->directory = strndup(tarball, (size_t)(slash - tarball));
  in->in_directory = strndup(slash + 1, strlen(slash + 1) - strlen(".tar.gz"));
  return in->directory && in->in_directory;
}

pintle_status run_input_path(run_context *c, run_input *in, const char *path, error *e) {
  char tarball[8500];
  struct stat is;
  CLEANUP(close_p) int fd = -1;
  const char *archive = is_archive(path) ? path : is_backup_directory(path, tarball, sizeof tarball) ? tarball : NULL;
  in->form = archive ? "backup" : stat(path, &is) == 0 && S_ISDIR(is.st_mode) ? "directory" : "file";
  if (!archive) return kube_source_add_path(in->source, path, e);
  if (archive == tarball && !remember_directory(in, tarball)) return error_nomem(e);
  pintle_status st = file_open(AT_FDCWD, archive, O_RDONLY, 0, &fd, e);
  return st == PINTLE_OK ? add_archive(c, in, fd, archive, e) : st;
}

pintle_status run_input_backup(run_context *c, run_input *in, store *s, const char *backup, error *e) {
  CLEANUP(close_p) int fd = -1;
  buf key = {0};
  bool exists = false;
  int64_t size;
  in->store = s, in->backup = backup, in->form = "backup";
  store_key_backup(backup, STORE_METADATA, &key);
  pintle_status st = key.failed ? error_nomem(e) : store_exists(s, key.data, &exists, e);
  if (st == PINTLE_OK && !exists) {
    st = error_set(e, PINTLE_NOT_FOUND, "there is no backup \"%s\" in location %s", backup, store_name(s));
    error_hint(e, "`pintle backup get` lists them");
  }
  buf_clear(&key);
  store_key_backup(backup, STORE_CONTENTS, &key);
  if (st == PINTLE_OK) st = file_temporary(c->o.temp_dir, &fd, e);
  if (st == PINTLE_OK) st = store_get_fd(s, buf_z(&key), fd, &size, NULL, e);
  if (st == PINTLE_OK && lseek(fd, 0, SEEK_SET) != 0) st = error_set(e, PINTLE_FAILED, "cannot rewind the fetched tarball");
  const char *slash = key.len ? strrchr(key.data, '/') : NULL;
  if (st == PINTLE_OK) st = add_archive(c, in, fd, slash ? slash + 1 : backup, e);
  buf_free(&key);
  return st;
}

pintle_status run_input_state(void *ctx, buf *json, error *e) {
  const run_input *in = ctx;
  CLEANUP(buf_free) buf key = {0};
  if (!in->store) return PINTLE_NOT_FOUND;
  run_key(false, in->backup, STORE_STATE, &key);
  return key.failed ? error_nomem(e) : store_get_gzip(in->store, key.data, MAX_STATE, json, e);
}
