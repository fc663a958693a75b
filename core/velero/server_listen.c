/* server_listen.c -- where the server is reached: a socket in a directory, else a port.  SPDX-License-Identifier: Apache-2.0 */
#include "velero/server_inside.h"
#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *variable(const char *const *environment, const char *name) {
  size_t n = strlen(name);
  for (const char *const *v = environment; v && *v; v++)
    if (strncmp(*v, name, n) == 0 && (*v)[n] == '=') return (*v)[n + 1] ? *v + n + 1 : NULL;
  return NULL;
}

const char *server_variable(const velero_server *s, const char *name) { return variable(s->o.environment, name); }

bool velero_server_wanted(const char *const *environment) {
  const char *cookie = variable(environment, "VELERO_PLUGIN");
  return cookie && strcmp(cookie, "hello") == 0;
}

/* ---- a socket */
static bool give_group(const velero_server *s, const char *path, mode_t mode) {
  const char *name = server_variable(s, "PLUGIN_UNIX_SOCKET_GROUP");
  if (!name) return true;
  char *end;
  errno = 0;
  unsigned long id = strtoul(name, &end, 10);
  if (*end || errno || id > UINT32_MAX) {
    const struct group *g = getgrnam(name);
    if (!g) return errno = ENOENT, false;
    id = g->gr_gid;
  }
  return chown(path, (uid_t)-1, (gid_t)id) == 0 && chmod(path, mode) == 0;
}

static bool bind_at(velero_server *s, const char *path) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof to.sun_path) return errno = ENAMETOOLONG, false;
  strcpy(to.sun_path, path);
  CLEANUP(close_p) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || bind(fd, (const struct sockaddr *)&to, sizeof to) != 0) return false;
  snprintf(s->path, sizeof s->path, "%s", path);
  if (chmod(path, 0600) != 0 || !give_group(s, path, 0660) || listen(fd, 16) != 0) return false;
  s->listener = fd;
  fd = -1;
  snprintf(s->address, sizeof s->address, "unix|%s", path);
  return true;
}

/* A directory of its own keeps the name out of others' reach. */
static bool socket_in(velero_server *s, const char *parent) {
  char path[108];
  if ((size_t)snprintf(s->directory, sizeof s->directory, "%s/pintle-plugin-XXXXXX", parent) >= sizeof s->directory) s->directory[0] = 0;
  if (!s->directory[0] || !mkdtemp(s->directory)) return s->directory[0] = 0, false;
  if ((size_t)snprintf(path, sizeof path, "%s/plugin", s->directory) < sizeof path && give_group(s, s->directory, 0770) && bind_at(s, path))
    return true;
  int why = errno;
  server_unlisten(s);
  return errno = why, false;
}

/* The host's directory is private, and it may want nothing else in it. */
static bool socket_directly_in(velero_server *s, const char *directory) {
  char path[108];
  uint64_t random;
  if (getrandom(&random, sizeof random, 0) != sizeof random) return false;
  if ((size_t)snprintf(path, sizeof path, "%s/pintle-%016" PRIx64, directory, random) >= sizeof path) return errno = ENAMETOOLONG, false;
  if (bind_at(s, path)) return true;
  int why = errno;
  server_unlisten(s);
  return errno = why, false;
}

static bool socket_anywhere(velero_server *s) {
  const char *wanted = server_variable(s, "PLUGIN_UNIX_SOCKET_DIR"), *temporary = server_variable(s, "TMPDIR");
  if (wanted) return socket_directly_in(s, wanted); /* the host looks nowhere else */
  static const char *const usual[] = {"/tmp", "/var/tmp", "/dev/shm", "/run"};
  if (temporary && temporary[0] == '/' && socket_in(s, temporary)) return true;
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
    if (socket_in(s, usual[i])) return true;
  return false;
}

/* ---- a port */
static uint16_t port_of(const velero_server *s, const char *name) {
  const char *text = server_variable(s, name);
  long n = text ? strtol(text, NULL, 10) : 0;
  return n > 0 && n <= UINT16_MAX ? (uint16_t)n : 0;
}

static bool port_bound(velero_server *s, uint16_t port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  CLEANUP(close_p) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 16) != 0 ||
      getsockname(fd, (struct sockaddr *)&at, &size) != 0)
    return false;
  s->listener = fd;
  fd = -1;
  snprintf(s->address, sizeof s->address, "tcp|127.0.0.1:%u", ntohs(at.sin_port));
  return true;
}

pintle_status server_listen(velero_server *s, error *e) {
  if (socket_anywhere(s)) return PINTLE_OK;
  int why = errno;
  uint16_t first = port_of(s, "PLUGIN_MIN_PORT"), last = port_of(s, "PLUGIN_MAX_PORT");
  if (last < first) last = first;
  for (uint32_t port = first; port <= last; port++)
    if (port_bound(s, (uint16_t)port)) return PINTLE_OK;
  error_errno(e, why, "cannot make a socket for Velero, neither in a temporary directory nor on 127.0.0.1");
  error_hint(e, "mount an emptyDir at /tmp, or set TMPDIR to a directory that can be written");
  return e ? e->status : PINTLE_FAILED;
}

void server_unlisten(velero_server *s) {
  close_p(&s->listener);
  if (s->path[0]) unlink(s->path);
  if (s->directory[0]) rmdir(s->directory);
  s->path[0] = s->directory[0] = 0;
}
