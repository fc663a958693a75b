/* run_store.c -- an honest ObjectStore: a directory, by POSIX calls only.  SPDX-License-Identifier: Apache-2.0
 *
 * Option root: the directory; the bucket is a directory in it. Option tell: "properties" logs what the host says of the run at each object_exists. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pintle/plugin.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 200000, PATH = 4096 };
typedef struct run_store {
  char root[PATH];
} run_store;

static pintle_status sorry(pintle_call *call, const char *doing) {
  int number = errno;
  return pintle_fail(call, number == ENOENT ? PINTLE_NOT_FOUND : PINTLE_FAILED, "%s: %s", doing, strerror(number));
}

static void path_of(const run_store *s, const char *bucket, const char *key, char *to) {
  if (snprintf(to, PATH, "%s/%s/%s", s->root, bucket, key) >= PATH) to[0] = 0;
}

static void make_parents(char *path) {
  for (char *p = path + 1; (p = strchr(p, '/')); p++) {
    *p = 0;
    mkdir(path, 0700);
    *p = '/';
  }
}

/* ---- bytes */
static pintle_status write_all(pintle_call *call, int fd, const char *p, size_t n) {
  while (n) {
    ssize_t k = write(fd, p, n);
    if (k < 0 && errno == EINTR) continue;
    if (k < 0) return sorry(call, "write");
    p += k, n -= (size_t)k;
  }
  return PINTLE_OK;
}

static pintle_status take_body(pintle_call *call, int fd, const pintle_reader *body) {
  char *piece = malloc(PIECE);
  pintle_status st = piece ? PINTLE_OK : PINTLE_NOMEM;
  while (st == PINTLE_OK) {
    int64_t n = body->read(body, piece, PIECE);
    if (n == 0) break;
    st = n < 0 ? (pintle_status)n : write_all(call, fd, piece, (size_t)n);
  }
  free(piece);
  return st;
}

static pintle_status put(run_store *s, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body, int only_new) {
  char path[PATH], temp[PATH + 8];
  path_of(s, bucket, key, path);
  make_parents(path);
  if (only_new && access(path, F_OK) == 0) return pintle_fail(call, PINTLE_EXISTS, "it is there already");
  snprintf(temp, sizeof temp, "%s.part", path);
  int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return sorry(call, "open");
  pintle_status st = take_body(call, fd, body);
  if (close(fd) != 0 && st == PINTLE_OK) st = sorry(call, "close");
  if (st == PINTLE_OK && rename(temp, path) != 0) st = sorry(call, "rename");
  if (st != PINTLE_OK) unlink(temp);
  return st;
}

static pintle_status put_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body) {
  return put(self, call, bucket, key, body, 0);
}
static pintle_status put_if_absent(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body) {
  return put(self, call, bucket, key, body, 1);
}

static pintle_status give(pintle_call *call, int fd, int64_t at, const pintle_writer *to) {
  int64_t left = to->size;
  char *piece = malloc(PIECE);
  pintle_status st = piece ? PINTLE_OK : PINTLE_NOMEM;
  while (st == PINTLE_OK && left) {
    ssize_t n = pread(fd, piece, left > 0 && left < PIECE ? (size_t)left : PIECE, at);
    if (n < 0) st = sorry(call, "read");
    if (n <= 0) break;
    for (ssize_t given = 0; given < n && st == PINTLE_OK;) {
      int64_t k = to->write(to, piece + given, (size_t)(n - given));
      if (k < 0) st = (pintle_status)k;
      else given += k;
    }
    at += n;
    if (left > 0) left -= n;
  }
  free(piece);
  return st;
}

static pintle_status get_range(void *self, pintle_call *call, const char *bucket, const char *key, int64_t offset,
                               const pintle_writer *to) {
  char path[PATH];
  path_of(self, bucket, key, path);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return sorry(call, "open");
  pintle_status st = give(call, fd, offset, to);
  close(fd);
  return st;
}
static pintle_status get_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *to) {
  return get_range(self, call, bucket, key, 0, to);
}

/* ---- the rest */
static void tell(pintle_call *call) {
  static const char *const names[] = {"host.mode", "run.kind", "run.name", "run.dir", "no.such"};
  if (strcmp(pintle_str_or(call->host->config(call), "/tell", ""), "properties") != 0) return;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    pintle_str value;
    if (call->host->property(call, names[i], &value) != PINTLE_OK) value.ptr = "(unknown)";
    pintle_kv field = {names[i], value.ptr};
    call->host->log_line(call, PINTLE_LOG_DEBUG, "property", PINTLE_Z, &field, 1);
  }
  call->host->count(call, "asked", 2);
  call->host->finding(call, PINTLE_LOG_INFO, "told", "/a", "as asked");
}

static pintle_status object_exists(void *self, pintle_call *call, const char *bucket, const char *key, int32_t *exists) {
  char path[PATH];
  tell(call);
  path_of(self, bucket, key, path);
  *exists = access(path, F_OK) == 0;
  return PINTLE_OK;
}

static pintle_status stat_object(void *self, pintle_call *call, const char *bucket, const char *key, pintle_result *r) {
  char path[PATH];
  struct stat st;
  path_of(self, bucket, key, path);
  if (stat(path, &st) != 0) return sorry(call, "stat");
  pintle_entry e = {.struct_size = sizeof e, .key = key, .etag = "\"e\"", .size = st.st_size, .modified = 1000000000ll * st.st_mtime};
  return r->api->entry(r, &e);
}

static pintle_status delete_object(void *self, pintle_call *call, const char *bucket, const char *key) {
  char path[PATH];
  path_of(self, bucket, key, path);
  return unlink(path) == 0 || errno == ENOENT ? PINTLE_OK : sorry(call, "unlink");
}

typedef struct listing {
  const char *prefix, *delimiter;
  char last[PATH];
  pintle_result *r;
} listing;

static pintle_status tell_key(listing *l, const char *key, int64_t size) {
  pintle_entry e = {.struct_size = sizeof e, .key = key, .size = size};
  if (strncmp(key, l->prefix, strlen(l->prefix)) != 0) return PINTLE_OK;
  if (l->delimiter) {
    const char *end = strstr(key + strlen(l->prefix), l->delimiter);
    size_t n = end ? (size_t)(end - key) + strlen(l->delimiter) : 0;
    if (!end || (strncmp(l->last, key, n) == 0 && !l->last[n])) return PINTLE_OK;
    memcpy(l->last, key, n);
    l->last[n] = 0;
    e.key = l->last;
    e.size = PINTLE_NONE;
  }
  return l->r->api->entry(l->r, &e);
}

static pintle_status walk(listing *l, const char *dir, const char *below) {
  DIR *d = opendir(dir);
  pintle_status st = PINTLE_OK;
  for (struct dirent *x; d && st == PINTLE_OK && (x = readdir(d));) {
    char path[PATH], key[PATH];
    struct stat s;
    if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0) continue;
    if (snprintf(path, sizeof path, "%s/%s", dir, x->d_name) >= PATH || lstat(path, &s) != 0) continue;
    if (snprintf(key, sizeof key, "%s%s%s", below, x->d_name, S_ISDIR(s.st_mode) ? "/" : "") >= PATH) continue;
    st = S_ISDIR(s.st_mode) ? walk(l, path, key) : tell_key(l, key, s.st_size);
  }
  if (d) closedir(d);
  return st;
}

static pintle_status list(const run_store *s, const char *bucket, const char *prefix, const char *delimiter, pintle_result *r) {
  char dir[PATH];
  listing l = {.prefix = prefix, .delimiter = delimiter, .r = r};
  path_of(s, bucket, "", dir);
  return walk(&l, dir, "");
}
static pintle_status list_objects(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *keys) {
  (void)call;
  return list(self, bucket, prefix, NULL, keys);
}
static pintle_status list_prefixes(void *self, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter,
                                   pintle_result *prefixes) {
  (void)call;
  return list(self, bucket, prefix, delimiter, prefixes);
}

static pintle_status signed_url(void *self, pintle_call *call, const char *bucket, const char *key, int64_t ttl, pintle_result *url) {
  char path[PATH], text[PATH + 64];
  (void)call;
  path_of(self, bucket, key, path);
  snprintf(text, sizeof text, "file://%s?ttl=%lld", path, (long long)(ttl / 1000000000));
  return url->api->text(url, text, PINTLE_Z);
}

/* ---- life */
/* What Velero adds to the configuration. */
static void tell_injected(pintle_call *call) {
  const pintle_doc *config = call->host->config(call);
  const char *path = pintle_str_or(config, "/credentialsFile", NULL), *bucket = pintle_str_or(config, "/bucket", NULL);
  char text[256] = "";
  struct stat st = {0};
  int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd >= 0 && (fstat(fd, &st) != 0 || read(fd, text, sizeof text - 1) < 0)) text[0] = 0;
  if (fd >= 0) close(fd);
  if (bucket)
    pintle_log(call, PINTLE_LOG_INFO, "bucket %s, prefix %s, certificate %s, credentials of %zu bytes with mode %o", bucket,
               pintle_str_or(config, "/prefix", "-"), pintle_str_or(config, "/caCert", "-"), strlen(text), (unsigned)st.st_mode & 0777);
}

static pintle_status create(void *module, pintle_call *call, void **self) {
  run_store *s = calloc(1, sizeof *s);
  (void)module;
  if (!s) return PINTLE_NOMEM;
  const char *root = pintle_str_or(call->host->config(call), "/root", "");
  if (root[0] != '/' || strlen(root) >= sizeof s->root) {
    free(s);
    return pintle_fail_at(call, PINTLE_INVALID, "/root", "the directory must be absolute");
  }
  strcpy(s->root, root);
  mkdir(s->root, 0700);
  pintle_log(call, PINTLE_LOG_INFO, "a store in %s", root);
  tell_injected(call);
  *self = s;
  return PINTLE_OK;
}

static pintle_status finish(void *self, pintle_call *call) {
  (void)self;
  pintle_log(call, PINTLE_LOG_INFO, "the store is finished");
  return PINTLE_OK;
}

static const pintle_option root = {
    .struct_size = sizeof root, .flags = PINTLE_REQUIRED, .type = PINTLE_OPT_STRING, .name = "root", .help = "Directory of the buckets"};
static const pintle_option told = {
    .struct_size = sizeof told, .type = PINTLE_OPT_STRING, .name = "tell", .fallback = "", .help = "What to log at each object_exists"};
static const pintle_option *const options[] = {&root, &told, NULL};
static const pintle_action action = {.struct_size = sizeof action,
                                     .thread_model = PINTLE_PARALLEL,
                                     .name = "tests.pintle.io/store",
                                     .summary = "A fixture: a directory",
                                     .options = options,
                                     .create = create,
                                     .finish = finish,
                                     .destroy = free};
static const pintle_object_store table = {.struct_size = sizeof table,
                                          .action = &action,
                                          .put_object = put_object,
                                          .object_exists = object_exists,
                                          .get_object = get_object,
                                          .list_common_prefixes = list_prefixes,
                                          .list_objects = list_objects,
                                          .delete_object = delete_object,
                                          .create_signed_url = signed_url,
                                          .stat_object = stat_object,
                                          .get_object_range = get_range,
                                          .put_object_if_absent = put_if_absent};
static const pintle_object_store *const stores[] = {&table, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_store", .version = "1.0", .object_stores = stores};
