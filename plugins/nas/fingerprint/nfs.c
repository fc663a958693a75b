/* nfs.c -- a share over libnfs.  SPDX-License-Identifier: Apache-2.0
 *
 * A context of libnfs is one thread's at a time: there are as many connections as threads that ask at once. One that idled may have lost its lease
 * (NFSv4), and libnfs's own reconnecting never ends: a connection that fails is made anew here. */
#include "nfs.h"
#include "nfs_many.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <nfsc/libnfs-raw-nfs.h>
#include <nfsc/libnfs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 24, TRIES = 3, IDLE = 20, PAUSE = 200, MANY = 4096, READ_MAX = 1 << 20 /* libnfs takes no larger answer */ };

typedef struct connection {
  struct nfs_context *nfs;
  struct nfsfh *file;
  char *path; /* of the file */
  uint64_t ino;
  fp_item opened; /* what it was when it was opened; type 0: told already */
  int64_t used;   /* seconds */
  bool busy;
} connection;

typedef struct share {
  fp_nfs_options o;
  char *server, *path;
  uint64_t salt;
  pthread_mutex_t lock;
  pthread_cond_t less;
  connection all[CONNECTIONS];
  unsigned made; /* connections so far: each has a name of its own */
  atomic_bool gone;
} share;

static int64_t milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* ---- connections */
static struct nfs_context *prepare(share *s) {
  char text[256], verifier[8];
  struct nfs_context *n = nfs_init_context();
  if (!n) return NULL;
  int k = snprintf(text, sizeof text, "nfs://s/p?version=%d&auto-traverse-mounts=0&dircache=0", s->o.version);
  if (s->o.port) k += snprintf(text + k, sizeof text - (size_t)k, "&nfsport=%d", (int)s->o.port);
  if (s->o.mount_port) k += snprintf(text + k, sizeof text - (size_t)k, "&mountport=%d", (int)s->o.mount_port);
  struct nfs_url *url = nfs_parse_url_dir(n, text); /* ports and the rest have no functions of their own */
  if (!url) return nfs_destroy_context(n), NULL;
  nfs_destroy_url(url);
  if (s->o.uid >= 0) nfs_set_uid(n, (int)s->o.uid);
  if (s->o.gid >= 0) nfs_set_gid(n, (int)s->o.gid);
  nfs_set_timeout(n, (int)(s->o.timeout / 4000 ? s->o.timeout / 4000 * 1000 : 1000)); /* a server that is starting forgets who asks */
  nfs_set_autoreconnect(n, 0);
  nfs_set_tcp_syncnt(n, 3);
  pthread_mutex_lock(&s->lock);
  unsigned number = s->made++;
  pthread_mutex_unlock(&s->lock);
  snprintf(text, sizeof text, "pintle %016llx %u", (unsigned long long)s->salt, number);
  nfs4_set_client_name(n, text);
  memcpy(verifier, &s->salt, sizeof verifier);
  nfs4_set_verifier(n, verifier);
  return n;
}

/* 0, or an errno; what libnfs says of it. */
static int dial(share *s, connection *c, char *why, size_t n) {
  c->nfs = prepare(s);
  if (!c->nfs) return ENOMEM;
  int error = -nfs_mount(c->nfs, s->server, s->path);
  if (error && why) snprintf(why, n, "%s", nfs_get_error(c->nfs));
  if (error) nfs_destroy_context(c->nfs), c->nfs = NULL;
  else nfs_set_timeout(c->nfs, (int)s->o.timeout);
  return error;
}

static void hang_up(connection *c) {
  if (c->nfs) nfs_destroy_context(c->nfs); /* and forgets its files */
  c->nfs = NULL, c->file = NULL;
}

/* Until there is one, or the server has not been there for as long as it may be. */
static bool connected(share *s, connection *c) {
  int64_t until = milliseconds() + s->o.timeout;
  while (!c->nfs && !s->gone) {
    if (dial(s, c, NULL, 0) == 0) break;
    if (milliseconds() > until) s->gone = true;
    else nanosleep(&(struct timespec){.tv_nsec = PAUSE * 1000000}, NULL);
  }
  return c->nfs;
}

static connection *acquire(share *s) {
  connection *c = NULL;
  pthread_mutex_lock(&s->lock);
  while (!c) {
    for (int i = 0; i < CONNECTIONS; i++)
      if (!s->all[i].busy && (!c || (!c->nfs && s->all[i].nfs))) c = &s->all[i];
    if (!c) pthread_cond_wait(&s->less, &s->lock);
  }
  c->busy = true;
  pthread_mutex_unlock(&s->lock);
  if (c->nfs && milliseconds() / 1000 - c->used > IDLE) hang_up(c);
  return c;
}

static void release(share *s, connection *c) {
  c->used = milliseconds() / 1000;
  pthread_mutex_lock(&s->lock);
  c->busy = false;
  pthread_cond_signal(&s->less);
  pthread_mutex_unlock(&s->lock);
}

/* What the server says of a name; anything else is a connection that does not work. */
static bool of_name(int error) {
  return error == ENOENT || error == EACCES || error == EPERM || error == ENOTDIR || error == EISDIR || error == ELOOP ||
         error == ENAMETOOLONG || error == ENXIO || error == ESTALE || error == EINVAL || error == ENOTSUP;
}

/* Asks until there is an answer: 0 or an errno. */
static int ask(share *s, connection *c, int (*what)(connection *c, void *ctx), void *ctx) {
  int error = EIO;
  for (int i = 0; i < TRIES; i++) {
    if (!connected(s, c)) return ECONNABORTED;
    error = what(c, ctx);
    if (!error || (of_name(error) && (error != ESTALE || i))) return error;
    hang_up(c);
  }
  return error;
}

static int ask_any(share *s, int (*what)(connection *c, void *ctx), void *ctx) {
  connection *c = acquire(s);
  int error = ask(s, c, what, ctx);
  release(s, c);
  return error ? (errno = error, -1) : 0;
}

/* ---- names */
typedef struct question {
  const char *path;
  fp_item *item;
  char *text;
  size_t n;
  uint64_t at;
  bool (*each)(void *ctx, const char *name, const fp_item *item);
  void *ctx;
  bool bare; /* a list tells names only */
} question;

static int64_t nanoseconds(uint64_t seconds, uint64_t ns) { return (int64_t)seconds * INT64_C(1000000000) + (int64_t)ns; }

static void take(const struct nfs_stat_64 *st, fp_item *to) {
  to->type = fp_type_of((uint32_t)st->nfs_mode);
  to->mode = st->nfs_mode & 07777;
  to->uid = (uint32_t)st->nfs_uid, to->gid = (uint32_t)st->nfs_gid, to->nlink = (uint32_t)st->nfs_nlink, to->marks = 0;
  to->size = to->type == FP_FILE ? st->nfs_size : 0;
  to->ino = st->nfs_ino, to->dev = st->nfs_dev;
  to->rdev = to->type == FP_CHAR || to->type == FP_BLOCKDEV ? st->nfs_rdev : 0;
  to->mtime = nanoseconds(st->nfs_mtime, st->nfs_mtime_nsec), to->ctime = nanoseconds(st->nfs_ctime, st->nfs_ctime_nsec);
}

static char *rooted(const char *path) {
  char *p = NULL;
  return asprintf(&p, "/%s", path) < 0 ? NULL : p;
}

static int do_stat(connection *c, void *ctx) {
  question *q = ctx;
  struct nfs_stat_64 st;
  int error = -nfs_lstat64(c->nfs, q->path, &st);
  if (!error) take(&st, q->item);
  return error;
}

static int on_path(void *self, const char *path, int (*what)(connection *c, void *ctx), question *q) {
  char *p = rooted(path);
  if (!p) return errno = ENOMEM, -1;
  q->path = p;
  int result = ask_any(self, what, q), error = errno;
  free(p);
  errno = error;
  return result;
}

static int stat_name(void *self, const char *path, fp_item *to) {
  question q = {.item = to};
  return on_path(self, path, do_stat, &q);
}

/* With NFSv4 libnfs 4.0 ends the text with NUL only where XDR pads it: the link's size says how long it is. */
static int do_readlink(connection *c, void *ctx) {
  question *q = ctx;
  struct nfs_stat_64 st;
  char *text = NULL;
  int error = -nfs_lstat64(c->nfs, q->path, &st);
  if (!error) error = -nfs_readlink2(c->nfs, q->path, &text);
  if (error) return error;
  size_t n = strnlen(text, st.nfs_size);
  if (!n) error = EIO;
  else if (n > q->n) error = ENAMETOOLONG;
  else memcpy(q->text, text, n), q->n = n;
  free(text);
  return error;
}

static ssize_t read_link(void *self, const char *path, char *to, size_t n) {
  question q = {.text = to, .n = n};
  return on_path(self, path, do_readlink, &q) < 0 ? -1 : (ssize_t)q.n;
}

static uint32_t type_bits(uint32_t type) {
  static const uint32_t bits[] = {[NF3REG] = S_IFREG, [NF3DIR] = S_IFDIR,   [NF3BLK] = S_IFBLK, [NF3CHR] = S_IFCHR,
                                  [NF3LNK] = S_IFLNK, [NF3SOCK] = S_IFSOCK, [NF3FIFO] = S_IFIFO};
  return type < sizeof bits / sizeof *bits ? bits[type] : 0;
}

/* The attributes that came with a list. libnfs 4.0 has no inode there with NFSv4: then they are asked for. */
static void take_listed(const struct nfsdirent *d, fp_item *to) {
  struct nfs_stat_64 st = {.nfs_dev = d->dev,
                           .nfs_ino = d->inode,
                           .nfs_mode = type_bits(d->type) | (d->mode & 07777),
                           .nfs_nlink = d->nlink,
                           .nfs_uid = d->uid,
                           .nfs_gid = d->gid,
                           .nfs_rdev = d->rdev,
                           .nfs_size = d->size,
                           .nfs_mtime = (uint64_t)d->mtime.tv_sec,
                           .nfs_ctime = (uint64_t)d->ctime.tv_sec,
                           .nfs_mtime_nsec = d->mtime_nsec,
                           .nfs_ctime_nsec = d->ctime_nsec};
  take(&st, to);
  if (!d->nlink || !type_bits(d->type)) to->type = 0; /* the server did not say */
}

/* Names whose attributes are asked for, some at a time. 0, or an errno: the connection has to be closed, and the names are there still. */
static int ask_many(connection *c, const question *q, fp_nfs_name *names, size_t *n, bool *more) {
  int error = fp_nfs_stat_many(c->nfs, names, *n);
  if (error) return error;
  for (size_t i = 0; i < *n; i++) {
    fp_item item = {.nlink = 1}; /* type 0: its error is found again */
    if (!names[i].error) take(&names[i].stat, &item);
    if (names[i].error != ENOENT) *more = *more && q->each(q->ctx, strrchr(names[i].path, '/') + 1, &item);
    free(names[i].path);
  }
  *n = 0;
  return 0;
}

/* The whole directory is fetched, and only then told. */
static int do_list(connection *c, void *ctx) {
  question *q = ctx;
  struct nfsdir *dir = NULL;
  fp_nfs_name *names = q->bare ? malloc(MANY * sizeof *names) : NULL;
  if (q->bare && !names) return ENOMEM;
  size_t n = 0, bytes = strlen(q->path);
  int error = -nfs_opendir(c->nfs, q->path, &dir);
  bool more = !error;
  for (const struct nfsdirent *d; more && !error && (d = nfs_readdir(c->nfs, dir));) {
    fp_item item = {.nlink = 1};
    if (strcmp(d->name, ".") == 0 || strcmp(d->name, "..") == 0 || strchr(d->name, '/') || !*d->name) continue;
    if (!names) {
      take_listed(d, &item);
      more = q->each(q->ctx, d->name, &item);
    } else if (asprintf(&names[n].path, "%s%s%s", q->path, bytes > 1 ? "/" : "", d->name) < 0) error = ENOMEM;
    else if (++n == MANY) error = ask_many(c, q, names, &n, &more);
  }
  if (names && n && !error) error = ask_many(c, q, names, &n, &more);
  if (dir) nfs_closedir(c->nfs, dir);
  if (n) hang_up(c); /* what is on its way does not know names any more */
  while (n) free(names[--n].path);
  free(names);
  return error;
}

static int list(void *self, const char *path, bool (*each)(void *ctx, const char *name, const fp_item *item), void *ctx) {
  question q = {.each = each, .ctx = ctx, .bare = ((share *)self)->o.version == 4};
  return on_path(self, path, do_list, &q);
}

/* ---- files */
static int do_fstat(connection *c, void *ctx) {
  question *q = ctx;
  struct nfs_stat_64 st;
  int error = c->file ? 0 : -nfs_open(c->nfs, c->path, O_RDONLY | O_NOFOLLOW, &c->file);
  if (!error) error = -nfs_fstat64(c->nfs, c->file, &st);
  if (error) return error;
  take(&st, q->item);
  if (c->ino && c->ino != q->item->ino) return ESTALE; /* another one has this name by now */
  c->ino = q->item->ino;
  return 0;
}

static int do_read(connection *c, void *ctx) {
  question *q = ctx;
  fp_item item;
  int error = c->file ? 0 : do_fstat(c, &(question){.item = &item});
  if (error) return error;
  uint64_t most = nfs_get_readmax(c->nfs); /* 0 with NFSv4 */
  if (!most || most > READ_MAX) most = READ_MAX;
  int got = nfs_pread(c->nfs, c->file, q->at, q->n < most ? q->n : most, q->text);
  if (got >= 0) q->n = (size_t)got;
  return got < 0 ? -got : 0;
}

static void close_file(void *self, int handle) {
  share *s = self;
  connection *c = &s->all[handle];
  if (c->file && nfs_close(c->nfs, c->file) != 0) hang_up(c);
  c->file = NULL;
  free(c->path);
  c->path = NULL, c->opened.type = 0;
  release(s, c);
}

static int open_file(void *self, const char *path) {
  share *s = self;
  connection *c = acquire(s);
  int handle = (int)(c - s->all);
  c->ino = 0, c->path = rooted(path);
  int error = c->path ? ask(s, c, do_fstat, &(question){.item = &c->opened}) : ENOMEM;
  if (!error) return handle;
  close_file(s, handle);
  return errno = error, -1;
}

static int stat_file(void *self, int handle, fp_item *to) {
  share *s = self;
  connection *c = &s->all[handle];
  if (c->opened.type) return *to = c->opened, c->opened.type = 0, 0; /* asked a moment ago */
  int error = ask(s, c, do_fstat, &(question){.item = to});
  return error ? (errno = error, -1) : 0;
}

static ssize_t read_file(void *self, int handle, void *to, size_t n, uint64_t at) {
  share *s = self;
  question q = {.text = to, .n = n, .at = at};
  s->all[handle].opened.type = 0;
  int error = ask(s, &s->all[handle], do_read, &q);
  return error ? (errno = error, -1) : (ssize_t)q.n;
}

/* ---- the share */
static pintle_status refused(pintle_call *call, const share *s, int error, const char *why) {
  struct addrinfo *found = NULL, hints = {.ai_socktype = SOCK_STREAM};
  int unknown = getaddrinfo(s->server, NULL, &hints, &found); /* libnfs has one error for all of them */
  if (unknown) return pintle_fail(call, PINTLE_FAILED, "server %s of %s: %s", s->server, s->path, gai_strerror(unknown));
  freeaddrinfo(found);
  if (strcmp(why, "nfs_service failed") == 0)
    return pintle_fail(call, PINTLE_FAILED, "%s:%s (NFSv%d): nothing answers on %s", s->server, s->path, s->o.version,
                       s->o.port ? "the server's port: is fingerprintNfsPort right?" : "the ports that its rpcbind names");
  if (error == EACCES || error == EPERM)
    return pintle_fail(
        call, PINTLE_DENIED,
        "%s:%s refuses us (%s): the export has to allow this client's address (rw or ro, access type), clients that use ports above "
        "1024 (insecure), since this process is %s, and AUTH_SYS (sec=sys); no_root_squash, or fingerprintNfsUid and fingerprintNfsGid "
        "of a user who may read",
        s->server, s->path, why, geteuid() == 0 ? "root, but may lack CAP_NET_BIND_SERVICE" : "not root");
  return pintle_fail(call,
                     error == ENOENT   ? PINTLE_NOT_FOUND
                     : error == ENOMEM ? PINTLE_NOMEM
                                       : PINTLE_FAILED,
                     "%s:%s (NFSv%d): %s", s->server, s->path, s->o.version, *why ? why : strerror(error));
}

static void share_free(share *s) {
  for (int i = 0; i < CONNECTIONS; i++)
    if (s->all[i].nfs) {
      nfs_umount(s->all[i].nfs);
      hang_up(&s->all[i]);
    }
  pthread_cond_destroy(&s->less);
  pthread_mutex_destroy(&s->lock);
  free(s->server);
  free(s->path);
  free(s);
}

pintle_status fp_nfs_open(pintle_call *call, const fp_nfs_options *o, fp_share *to) {
  char why[256] = "";
  share *s = calloc(1, sizeof *s);
  if (!s) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  s->o = *o;
  if (s->o.version == 4 && !s->o.port) s->o.port = 2049;
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->less, NULL);
  s->server = strdup(o->server), s->path = strdup(o->path);
  bool ready = s->server && s->path && getrandom(&s->salt, sizeof s->salt, 0) == sizeof s->salt;
  int error = ready ? dial(s, &s->all[0], why, sizeof why) : ENOMEM;
  if (error) {
    pintle_status st = s->server && s->path ? refused(call, s, error, why) : pintle_fail(call, PINTLE_NOMEM, "out of memory");
    return share_free(s), st;
  }
  s->all[0].used = milliseconds() / 1000;
  *to = (fp_share){.self = s,
                   .list = list,
                   .stat = stat_name,
                   .readlink = read_link,
                   .open = open_file,
                   .fstat = stat_file,
                   .pread = read_file,
                   .close = close_file};
  return PINTLE_OK;
}

void fp_nfs_close(fp_share *share_) {
  if (share_->self) share_free(share_->self);
  *share_ = (fp_share){0};
}
