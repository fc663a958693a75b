/* client_connect.c -- go-plugin's handshake line, and the connection to what it names.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "velero/client_inside.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { PARTS = 7 };

static int dial_unix(const char *path) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof to.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(to.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) close_p(&fd);
  return fd;
}

static int dial_tcp(const char *address) {
  struct sockaddr_in to = {.sin_family = AF_INET};
  char host[64];
  const char *colon = strrchr(address, ':');
  long port = colon ? strtol(colon + 1, NULL, 10) : 0;
  if (port <= 0 || port > UINT16_MAX || (size_t)(colon - address) >= sizeof host) return errno = EINVAL, -1;
  snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
  if (inet_pton(AF_INET, host, &to.sin_addr) != 1 || (ntohl(to.sin_addr.s_addr) >> 24) != 127) return errno = EINVAL, -1;
  to.sin_port = htons((uint16_t)port);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) close_p(&fd);
  return fd;
}

/* One connection is all that is needed: its name goes, so that nothing is left behind. */
static void remove_name(velero_process *p, const char *path) {
  struct stat s;
  if (path && lstat(path, &s) == 0 && S_ISSOCK(s.st_mode)) unlink(path);
  if (p->directory[0]) rmdir(p->directory);
  p->directory[0] = 0;
}

static pintle_status refuse(const velero_process *p, const char *line, error *e) {
  error_set(e, PINTLE_INVALID, "%s is no plugin of Velero: its first line is no handshake of go-plugin: %.200s", p->path, line);
  return PINTLE_INVALID;
}

static pintle_status check(const velero_process *p, char *parts[PARTS], size_t n, const char *line, error *e) {
  if (n < 4 || strspn(parts[0], "0123456789") != strlen(parts[0])) return refuse(p, line, e);
  if (strcmp(parts[0], "1") != 0)
    return error_set(e, PINTLE_UNSUPPORTED, "%s speaks version %.20s of go-plugin's protocol, not 1", p->path, parts[0]);
  if (strcmp(parts[1], "2") != 0)
    return error_set(e, PINTLE_UNSUPPORTED, "%s speaks version %.20s of Velero's protocol, not 2", p->path, parts[1]);
  if (strcmp(parts[2], "unix") != 0 && strcmp(parts[2], "tcp") != 0) return refuse(p, line, e);
  if (n < 5 || strcmp(parts[4], "grpc") != 0)
    return error_set(e, PINTLE_UNSUPPORTED, "%s speaks %.20s, not gRPC", p->path, n < 5 ? "net/rpc" : parts[4]);
  return PINTLE_OK;
}

static pintle_status greet(velero_process *p, int64_t until, error *e) {
  buf answer = {0};
  const velero_request health = {.method = "/grpc.health.v1.Health/Check", .message = STR("\x0a\x06plugin"), .deadline = until};
  pintle_status st = velero_process_call(p, &health, &answer, e);
  if (st != PINTLE_OK) {
    error_wrap(e, "%s does not answer as a plugin of Velero does", p->path);
    if (st != PINTLE_TIMED_OUT && st != PINTLE_CANCELLED && st != PINTLE_NOMEM) st = PINTLE_INVALID;
    if (e) e->status = st;
  }
  if (st == PINTLE_OK && !str_is(buf_str(&answer), "\x08\x01"))
    st = error_set(e, PINTLE_INVALID, "%s says that it is not serving", p->path);
  buf_free(&answer);
  return st;
}

pintle_status client_connect(velero_process *p, char *line, int64_t until, error *e) {
  char *parts[PARTS], *rest = line, shown[201];
  size_t n = 0;
  snprintf(shown, sizeof shown, "%s", line);
  for (char *part; n < PARTS && (part = strsep(&rest, "|"));) parts[n++] = part;
  pintle_status st = check(p, parts, n, shown, e);
  if (st != PINTLE_OK) return st;
  bool is_unix = parts[2][0] == 'u';
  int fd = is_unix ? dial_unix(parts[3]) : dial_tcp(parts[3]);
  if (fd < 0) return error_set(e, PINTLE_INVALID, "cannot connect to %s at %.200s: %s", p->path, parts[3], strerror(errno));
  fcntl(fd, F_SETFL, O_NONBLOCK);
  remove_name(p, is_unix ? parts[3] : NULL);
  st = grpc_conn_new(false, (grpc_io){.fd = fd}, &client_events, p, &p->conn, e);
  return st == PINTLE_OK ? greet(p, until, e) : st;
}
