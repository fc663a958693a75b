/* file_store.c -- pintle.io/file: a directory as ObjectStore.  SPDX-License-Identifier: Apache-2.0
 *
 * An object is a file of the same name. It is written beside its place under a temporary name, synced, and renamed (or linked, where it must not
 * replace). Backups hold Secrets: files have mode 0600. */
#include "builtin/file_store.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/directory.h"
#include "base/file.h"
#include "base/path.h"
#include "host/call.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pintle/helpers.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

enum { PIECE = 256 << 10, CLEAN_EVERY = 16 };

typedef struct file_store {
  _Atomic int root;      /* -1: not there yet; made by the first put, so that looking leaves nothing behind */
  char *path;            /* absolute */
  _Atomic unsigned puts; /* calls overlap */
} file_store;

/* Where a key's file is: its directory is open. */
typedef struct place {
  buf path; /* bucket/key */
  const char *name;
  char *dir; /* of the path, "" = root */
  int fd;
} place;

static pintle_status say(pintle_call *call, const error *e) {
  pintle_error p = {.struct_size = sizeof p, .status = e->status, .message = e->message, .hint = e->hint};
  return call->host->fail(call, &p);
}

static void leave(place *p) {
  close_p(&p->fd);
  free(p->dir);
  buf_free(&p->path);
}

static const char *refused(const char *path) {
  const char *why = path_refused(str_of(path));
  if (why) return why;
  for (const char *part = path; part; part = strchr(part, '/'), part += part != NULL)
    if (strncmp(part, DIRECTORY_TEMPORARY, sizeof DIRECTORY_TEMPORARY - 1) == 0)
      return "names that begin with \"" DIRECTORY_TEMPORARY "\" are reserved";
    else if (strcspn(part, "/") > NAME_MAX) return "a part of it is longer than 255 bytes";
  return NULL;
}

/* The root's descriptor; NOT_FOUND while there is no root and none is to be made. */
static pintle_status root_of(file_store *f, bool make, int *root, error *e) {
  int fd = -1, none = -1;
  pintle_status st = PINTLE_OK;
  if ((*root = atomic_load(&f->root)) >= 0) return PINTLE_OK;
  if (make) st = file_mkdirs(AT_FDCWD, f->path, e);
  if (st == PINTLE_OK) st = file_open(AT_FDCWD, f->path, O_RDONLY | O_DIRECTORY, 0, &fd, e);
  if (st != PINTLE_OK) return st;
  if (!atomic_compare_exchange_strong(&f->root, &none, fd)) close(fd); /* another call was first */
  *root = atomic_load(&f->root);
  return PINTLE_OK;
}

static pintle_status enter(file_store *f, const char *bucket, const char *key, bool make, place *p, error *e) {
  *p = (place){.fd = -1};
  if (*bucket) buf_printf(&p->path, "%s/", bucket);
  buf_addz(&p->path, key);
  if (p->path.failed) return error_nomem(e);
  const char *why = *key ? refused(p->path.data) : "it is empty";
  if (why) return error_set(e, PINTLE_INVALID, "the key is refused: %s", why);
  const char *slash = strrchr(p->path.data, '/');
  p->dir = strndup(p->path.data, slash ? (size_t)(slash - p->path.data) : 0);
  if (!p->dir) return error_nomem(e);
  p->name = slash ? slash + 1 : p->path.data;
  int root;
  pintle_status st = root_of(f, make, &root, e);
  if (st == PINTLE_OK) st = directory_open(root, p->dir, make, &p->fd, e);
  if (st == PINTLE_NOT_FOUND) error_set(e, st, "no such object");
  return st;
}

/* ---- put */
static pintle_status interrupted(pintle_call *call, error *e) {
  int32_t what = call->host->cancelled(call);
  if (what == 0) return PINTLE_OK;
  return error_set(e, what == 1 ? PINTLE_CANCELLED : PINTLE_TIMED_OUT, what == 1 ? "cancelled" : "past the deadline");
}

static pintle_status copy_in(pintle_call *call, const pintle_reader *body, int fd, error *e) {
  CLEANUP(free_p) char *piece = malloc(PIECE);
  int64_t total = 0, n;
  pintle_status st = piece ? PINTLE_OK : error_nomem(e);
  while (st == PINTLE_OK && (st = interrupted(call, e)) == PINTLE_OK) {
    if ((n = body->read(body, piece, PIECE)) == 0) break;
    if (n < 0 || n > PIECE) return error_set(e, n < 0 && n >= INT32_MIN ? (pintle_status)n : PINTLE_FAILED, "reading the body failed");
    st = file_write(fd, piece, (size_t)n, "the object", e);
    total += n;
  }
  if (st == PINTLE_OK && body->size >= 0 && total != body->size)
    st = error_set(e, PINTLE_FAILED, "the body has %lld bytes instead of %lld", (long long)total, (long long)body->size);
  return st;
}

static pintle_status settle(const place *p, const char *temp, bool only_new, error *e) {
  if (only_new) {
    if (linkat(p->fd, temp, p->fd, p->name, 0) != 0)
      return errno == EEXIST ? error_set(e, PINTLE_EXISTS, "the object is there already") : error_errno(e, errno, "cannot make the object");
    unlinkat(p->fd, temp, 0); /* if not now, then in a day */
  } else if (renameat(p->fd, temp, p->fd, p->name) != 0) {
    if (errno == EISDIR) return error_set(e, PINTLE_INVALID, "there are objects below this key: it cannot be one itself");
    return error_errno(e, errno, "cannot rename the object into place");
  }
  return fsync(p->fd) == 0 ? PINTLE_OK : error_errno(e, errno, "cannot sync the object's directory");
}

/* Enters and makes the temporary file; a deletion may remove the emptied directory before we are in. */
static pintle_status begin_put(file_store *f, const char *bucket, const char *key, place *p, char temp[64], int *fd, error *e) {
  pintle_status st = PINTLE_NOT_FOUND;
  for (int i = 0; i < 5 && st == PINTLE_NOT_FOUND; i++) {
    if (i) leave(p);
    st = enter(f, bucket, key, true, p, e);
    if (st == PINTLE_OK && atomic_fetch_add(&f->puts, 1) % CLEAN_EVERY == 0) directory_clean(p->fd);
    if (st == PINTLE_OK) st = file_unfinished(p->fd, DIRECTORY_TEMPORARY, 0600, temp, fd, e);
  }
  return st;
}

static pintle_status finish_put(pintle_call *call, const place *p, const char *temp, int *fd, const pintle_reader *body, bool only_new,
                                error *e) {
  struct stat there;
  if (only_new && fstatat(p->fd, p->name, &there, AT_SYMLINK_NOFOLLOW) == 0)
    return error_set(e, PINTLE_EXISTS, "the object is there already");
  pintle_status st = copy_in(call, body, *fd, e);
  if (st == PINTLE_OK && fsync(*fd) != 0) st = error_errno(e, errno, "cannot sync the object");
  if (st != PINTLE_OK) return st;
  CLEANUP(close_p) int lock = fcntl(*fd, F_DUPFD_CLOEXEC, 0); /* holds it until the object has its name */
  int failed = lock < 0 || close(*fd);
  if (lock >= 0) *fd = -1;
  return failed ? error_errno(e, errno, "cannot close the object") : settle(p, temp, only_new, e);
}

static pintle_status put(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body, bool only_new) {
  file_store *f = self;
  place p = {.fd = -1};
  error e = {0};
  char temp[64] = "";
  CLEANUP(close_p) int fd = -1;
  pintle_status st = begin_put(f, bucket, key, &p, temp, &fd, &e);
  if (st == PINTLE_OK && (st = finish_put(call, &p, temp, &fd, body, only_new, &e)) != PINTLE_OK) unlinkat(p.fd, temp, 0);
  if (st != PINTLE_OK && p.fd >= 0) directory_prune(f->root, p.dir, strlen(bucket));
  leave(&p);
  return st == PINTLE_OK ? st : say(call, &e);
}

static pintle_status put_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body) {
  return put(self, call, bucket, key, body, false);
}

static pintle_status put_if_absent(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body) {
  return put(self, call, bucket, key, body, true);
}

/* ---- get */
static pintle_status hand_out(const pintle_writer *to, const char *piece, size_t n, error *e) {
  while (n) {
    int64_t took = to->write(to, piece, n);
    if (took <= 0 || (uint64_t)took > n)
      return error_set(e, took < 0 && took >= INT32_MIN ? (pintle_status)took : PINTLE_FAILED, "handing out the object failed");
    piece += took, n -= (size_t)took;
  }
  return PINTLE_OK;
}

static pintle_status copy_out(pintle_call *call, int fd, int64_t at, int64_t left, const pintle_writer *to, error *e) {
  CLEANUP(free_p) char *piece = malloc(PIECE);
  pintle_status st = piece ? PINTLE_OK : error_nomem(e);
  while (st == PINTLE_OK && left && (st = interrupted(call, e)) == PINTLE_OK) {
    ssize_t n = pread(fd, piece, left < PIECE && left >= 0 ? (size_t)left : PIECE, at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_errno(e, errno, "cannot read the object");
    if (n == 0) break;
    st = hand_out(to, piece, (size_t)n, e);
    at += n;
    if (left > 0) left -= n;
  }
  return st;
}

static pintle_status get_range(void *self, pintle_call *call, const char *bucket, const char *key, int64_t offset,
                               const pintle_writer *to) {
  place p;
  error e = {0};
  struct stat there;
  CLEANUP(close_p) int fd = -1;
  if (offset < 0) return pintle_fail(call, PINTLE_INVALID, "a negative offset");
  pintle_status st = enter(self, bucket, key, false, &p, &e);
  if (st == PINTLE_OK && (st = directory_stat(p.fd, p.name, &there, &e)) == PINTLE_NOT_FOUND) error_set(&e, st, "no such object");
  if (st == PINTLE_OK) st = file_open(p.fd, p.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, &fd, &e);
  if (st == PINTLE_OK) st = copy_out(call, fd, offset, to->size >= 0 ? to->size : -1, to, &e);
  leave(&p);
  return st == PINTLE_OK ? st : say(call, &e);
}

static pintle_status get_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *to) {
  return get_range(self, call, bucket, key, 0, to);
}

static pintle_status stat_key(void *self, const char *bucket, const char *key, struct stat *there, error *e) {
  place p;
  pintle_status st = enter(self, bucket, key, false, &p, e);
  if (st == PINTLE_OK && (st = directory_stat(p.fd, p.name, there, e)) == PINTLE_NOT_FOUND) error_set(e, st, "no such object");
  leave(&p);
  return st;
}

static pintle_status object_exists(void *self, pintle_call *call, const char *bucket, const char *key, int32_t *exists) {
  struct stat there;
  error e = {0};
  pintle_status st = stat_key(self, bucket, key, &there, &e);
  if (st != PINTLE_OK && st != PINTLE_NOT_FOUND) return say(call, &e);
  *exists = st == PINTLE_OK;
  return PINTLE_OK;
}

static pintle_status stat_object(void *self, pintle_call *call, const char *bucket, const char *key, pintle_result *result) {
  struct stat there;
  error e = {0};
  pintle_status st = stat_key(self, bucket, key, &there, &e);
  if (st != PINTLE_OK) return say(call, &e);
  pintle_entry entry = {.struct_size = sizeof entry, .key = key, .etag = "", .size = there.st_size};
  entry.modified = (int64_t)there.st_mtim.tv_sec * CLOCK_SECOND + there.st_mtim.tv_nsec;
  return result->api->entry(result, &entry);
}

/* ---- delete */
static pintle_status delete_object(void *self, pintle_call *call, const char *bucket, const char *key) {
  file_store *f = self;
  place p;
  error e = {0};
  struct stat there;
  pintle_status st = enter(f, bucket, key, false, &p, &e);
  if (st == PINTLE_OK) st = directory_stat(p.fd, p.name, &there, &e);
  if (st == PINTLE_OK && unlinkat(p.fd, p.name, 0) != 0) st = error_errno(&e, errno, "cannot delete the object");
  if (st == PINTLE_OK && fsync(p.fd) != 0) st = error_errno(&e, errno, "cannot sync the object's directory");
  if (p.fd >= 0) directory_prune(f->root, p.dir, strlen(bucket)); /* also when only a dead writer's file is there */
  leave(&p);
  return st == PINTLE_OK || st == PINTLE_NOT_FOUND ? PINTLE_OK : say(call, &e);
}

/* ---- listing */
enum { ENOUGH = 1 }; /* of this directory of the first level */
typedef struct listing {
  pintle_call *call;
  pintle_result *result;
  const char *delimiter; /* NULL: keys, else common prefixes */
  const char *prefix;
  buf key, last; /* key: the path of the directory at hand, in the bucket */
  size_t strange;
  error e;
} listing;

static pintle_status tell(listing *l, const directory_entry *entry) {
  pintle_entry told = {.struct_size = sizeof told, .key = buf_z(&l->key), .etag = "", .size = entry->size, .modified = entry->modified};
  if (!l->delimiter) return l->result->api->entry(l->result, &told);
  const char *behind = told.key + strlen(l->prefix), *end = strstr(behind, l->delimiter);
  if (!end) return PINTLE_OK;
  size_t n = (size_t)(end - told.key) + strlen(l->delimiter);
  int32_t enough = strcmp(l->delimiter, "/") == 0 ? ENOUGH : PINTLE_OK;
  if (str_eq(buf_str(&l->last), (str){told.key, n})) return enough;
  buf_clear(&l->last);
  buf_add(&l->last, told.key, n);
  told.key = buf_z(&l->last), told.size = PINTLE_NONE, told.modified = 0;
  pintle_status st = l->last.failed ? error_nomem(&l->e) : l->result->api->entry(l->result, &told);
  return st == PINTLE_OK ? enough : st;
}

static pintle_status visit(listing *l, int fd, const char *rest);

static pintle_status visit_entry(listing *l, int fd, const directory_entry *entry) {
  if (!entry->directory) return tell(l, entry);
  CLEANUP(close_p) int below = -1;
  pintle_status st = directory_open(fd, entry->name, false, &below, &l->e);
  if (st == PINTLE_NOT_FOUND) return PINTLE_OK; /* just removed */
  buf_addc(&l->key, '/');
  return st == PINTLE_OK ? visit(l, below, "") : st;
}

/* rest: what names in this directory begin with. */
static pintle_status visit(listing *l, int fd, const char *rest) {
  arena memory = {0};
  directory_entry *all = NULL;
  size_t n = 0, base = l->key.len;
  bool first = base == (size_t)(strrchr(l->prefix, '/') ? strrchr(l->prefix, '/') - l->prefix + 1 : 0);
  pintle_status st = interrupted(l->call, &l->e);
  if (st == PINTLE_OK) st = directory_read(fd, &memory, &all, &n, &l->strange, &l->e);
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    if (!str_starts(str_of(all[i].name), rest)) continue;
    buf_addz(&l->key, all[i].name);
    st = l->key.failed ? error_nomem(&l->e) : l->key.len > 4096 ? PINTLE_OK : visit_entry(l, fd, &all[i]);
    if (first && st == ENOUGH) st = PINTLE_OK;
    l->key.len = base;
    if (l->key.data) l->key.data[base] = 0;
  }
  arena_free(&memory);
  return st;
}

static pintle_status list(file_store *f, const char *bucket, listing *l) {
  CLEANUP(buf_free) buf dir = {0};
  CLEANUP(close_p) int fd = -1;
  int root;
  const char *slash = strrchr(l->prefix, '/'), *rest = slash ? slash + 1 : l->prefix;
  buf_add(&l->key, l->prefix, (size_t)(rest - l->prefix));
  buf_addz(&dir, bucket);
  if (*bucket && slash) buf_addc(&dir, '/');
  if (slash) buf_add(&dir, l->prefix, (size_t)(slash - l->prefix));
  if (dir.failed || l->key.failed) return error_nomem(&l->e);
  const char *why = dir.len || slash ? refused(buf_z(&dir)) : NULL;
  if (why) return error_set(&l->e, PINTLE_INVALID, "the prefix is refused: %s", why);
  pintle_status st = root_of(f, false, &root, &l->e);
  if (st == PINTLE_OK) st = directory_open(root, buf_z(&dir), false, &fd, &l->e);
  if (st == PINTLE_NOT_FOUND) return PINTLE_OK; /* nothing there */
  return st == PINTLE_OK ? visit(l, fd, rest) : st;
}

static pintle_status finish_list(file_store *f, const char *bucket, listing *l) {
  pintle_status st = list(f, bucket, l);
  if (l->strange) pintle_log(l->call, PINTLE_LOG_INFO, "%s: %zu names that cannot be objects were passed over", f->path, l->strange);
  buf_free(&l->key);
  buf_free(&l->last);
  if (st == PINTLE_OK || st == ENOUGH) return PINTLE_OK;
  return l->e.status != PINTLE_OK ? say(l->call, &l->e) : st;
}

static pintle_status list_objects(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *keys) {
  listing l = {.call = call, .result = keys, .prefix = prefix};
  return finish_list(self, bucket, &l);
}

static pintle_status list_common(void *self, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter,
                                 pintle_result *prefixes) {
  listing l = {.call = call, .result = prefixes, .prefix = prefix, .delimiter = delimiter};
  if (!*delimiter) return pintle_fail(call, PINTLE_INVALID, "an empty delimiter");
  return finish_list(self, bucket, &l);
}

/* ---- URL: no signature; whoever may read the file may read it */
static void add_escaped(buf *to, const char *path) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  for (; *path; path++)
    if (strchr(plain, *path)) buf_addc(to, *path);
    else buf_printf(to, "%%%02X", (unsigned char)*path);
}

static pintle_status signed_url(void *self, pintle_call *call, const char *bucket, const char *key, int64_t ttl, pintle_result *url) {
  file_store *f = self;
  CLEANUP(buf_free) buf text = {0}, path = {0};
  (void)ttl;
  if (*bucket) buf_printf(&path, "%s/", bucket);
  buf_addz(&path, key);
  const char *why = refused(buf_z(&path));
  if (why) return pintle_fail(call, PINTLE_INVALID, "the key is refused: %s", why);
  buf_addz(&text, "file://");
  add_escaped(&text, strcmp(f->path, "/") == 0 ? "" : f->path);
  buf_addc(&text, '/');
  add_escaped(&text, path.data);
  if (text.failed || path.failed) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  return url->api->text(url, text.data, text.len);
}

/* ---- life */
static void destroy(void *self) {
  file_store *f = self;
  if (atomic_load(&f->root) >= 0) close(atomic_load(&f->root));
  free(f->path);
  free(f);
}

static char *absolute(const char *path) {
  char *cwd = *path == '/' ? NULL : getcwd(NULL, 0), *to = NULL;
  if (*path == '/') return strdup(path);
  if (cwd && asprintf(&to, "%s/%s", cwd, path) < 0) to = NULL;
  free(cwd);
  return to;
}

pintle_status builtin_file_open(const char *root, void **self, error *e) {
  int fd;
  if (!*root) return error_set(e, PINTLE_INVALID, "the store's root directory has no name");
  file_store *f = calloc(1, sizeof *f);
  if (!f) return error_nomem(e);
  atomic_init(&f->root, -1);
  pintle_status st = (f->path = absolute(root)) ? root_of(f, false, &fd, e) : error_errno(e, errno, "cannot tell where %s is", root);
  if (st == PINTLE_NOT_FOUND && access(f->path, F_OK) != 0) st = PINTLE_OK;
  if (st != PINTLE_OK) return destroy(f), st;
  *self = f;
  return PINTLE_OK;
}

static pintle_status create(void *module, pintle_call *call, void **self) {
  error e = {0};
  pintle_str root = {"", 0};
  (void)module;
  const pintle_doc *config = call->host->config(call);
  pintle_status st = pintle_get_str(config, "/root", &root);
  if (st != PINTLE_OK) return pintle_fail_at(call, PINTLE_INVALID, "/root", "the directory of the store is missing");
  return builtin_file_open(root.ptr, self, &e) == PINTLE_OK ? PINTLE_OK : pintle_fail_at(call, e.status, "/root", "%s", e.message);
}

static const pintle_option root_option = {.struct_size = sizeof(pintle_option),
                                          .flags = PINTLE_REQUIRED,
                                          .type = PINTLE_OPT_STRING,
                                          .name = "root",
                                          .help = "directory that holds the buckets; made by the first object that is put"};
static const pintle_option *const options[] = {&root_option, NULL};
static const HOST_PADDED(pintle_action) action = {.v = {.struct_size = sizeof(pintle_action),
                                                        .thread_model = PINTLE_PARALLEL,
                                                        .name = "pintle.io/file",
                                                        .summary = "keeps backups in a directory",
                                                        .options = options,
                                                        .create = create,
                                                        .destroy = destroy}};

const pintle_object_store builtin_file_store = {.struct_size = sizeof(pintle_object_store),
                                        .action = &action.v,
                                        .put_object = put_object,
                                        .object_exists = object_exists,
                                        .get_object = get_object,
                                        .list_common_prefixes = list_common,
                                        .list_objects = list_objects,
                                        .delete_object = delete_object,
                                        .create_signed_url = signed_url,
                                        .stat_object = stat_object,
                                        .get_object_range = get_range,
                                        .put_object_if_absent = put_if_absent};
