/* client.c -- the life of a Go plugin's process.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "velero/client_inside.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const int64_t usual_start = 60 * CLOCK_SECOND, shutdown_limit = 2 * CLOCK_SECOND;

/* ---- start */
static pintle_status ended_early(velero_process *p, error *e) {
  char how[100];
  client_reap(p, clock_monotonic() + CLOCK_SECOND);
  client_drain(p);
  client_how(p, how, sizeof how);
  error_set(e, PINTLE_INVALID, "%s is no plugin of Velero: it %s before go-plugin's handshake%s%s", p->path,
            p->reaped ? how : "closed its standard output", p->words[0] ? ": " : "", p->words);
  return PINTLE_INVALID;
}

/* NOT_FOUND: not whole yet. */
static pintle_status more_of_line(velero_process *p, buf *line, error *e) {
  for (;;) {
    char c;
    ssize_t n = read(p->out, &c, 1); /* what follows the line is not ours to take */
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return PINTLE_NOT_FOUND;
    if (n <= 0) return ended_early(p, e);
    if (c == '\n') return PINTLE_OK;
    if (line->len >= CLIENT_LINE)
      return error_set(e, PINTLE_INVALID, "%s is no plugin of Velero: its first line is longer than a handshake of go-plugin", p->path);
    if (c != '\r') buf_addc(line, (unsigned char)c < 0x20 ? ' ' : c);
  }
}

static pintle_status handshake(velero_process *p, error *e) {
  int64_t until = clock_monotonic() + (p->o.start_timeout ? p->o.start_timeout : usual_start);
  buf line = {0};
  pintle_status st;
  while ((st = more_of_line(p, &line, e)) == PINTLE_NOT_FOUND) {
    struct pollfd ended = {.fd = p->pidfd, .events = POLLIN};
    if (poll(&ended, 1, 0) > 0 && (st = more_of_line(p, &line, e)) != PINTLE_NOT_FOUND) break;
    if (ended.revents) st = ended_early(p, e); /* a child of its may hold the pipe open */
    else st = client_wait(p, -1, 0, until, e);
    if (st == PINTLE_TIMED_OUT) error_set(e, st, "%s did not say go-plugin's handshake in time", p->path);
    if (st != PINTLE_OK) break;
  }
  if (st == PINTLE_OK && line.failed) st = error_nomem(e);
  if (st == PINTLE_OK) st = client_connect(p, line.data ? line.data : (char[]){""}, until, e);
  buf_free(&line);
  return st;
}

static void no_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  (void)ctx, (void)level, (void)message, (void)fields, (void)n;
}

pintle_status velero_process_start(const velero_process_options *o, velero_process **out, error *e) {
  velero_process *p = calloc(1, sizeof *p);
  if (!p) return error_nomem(e);
  p->o = *o;
  if (!o->log) p->o.log = no_log;
  p->pid = p->pidfd = p->out = p->err = -1;
  p->path = strdup(o->path);
  pintle_status st = p->path && item_new(&p->json) == PINTLE_OK ? client_spawn(p, e) : error_nomem(e);
  if (st == PINTLE_OK) st = handshake(p, e);
  if (st == PINTLE_OK) return *out = p, PINTLE_OK;
  p->broken = true;
  velero_process_stop(p);
  return st;
}

size_t velero_process_watch(const velero_process *p, struct pollfd *f) {
  const int fds[VELERO_WATCHED] = {p->err, p->out, p->reaped ? -1 : p->pidfd, p->broken || p->pumping ? -1 : grpc_conn_fd(p->conn)};
  for (size_t i = 0; i < VELERO_WATCHED; i++) f[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
  return VELERO_WATCHED;
}

void velero_process_listen(velero_process *p) {
  client_reap(p, 0);
  client_drain(p);
  if (p->reaped || (!p->broken && !p->pumping && grpc_conn_pump(p->conn, NULL) != PINTLE_OK)) p->broken = true;
}

bool velero_process_alive(const velero_process *p) { return !p->broken; }
pid_t velero_process_pid(const velero_process *p) { return p->pid; }

int velero_process_ended(velero_process *p) {
  if (!p->broken) return -1;
  client_reap(p, clock_monotonic() + CLOCK_SECOND / 2);
  return p->reaped ? p->status : -1;
}

/* ---- end */
void velero_process_stop(velero_process *p) {
  if (!p) return;
  int64_t until = clock_monotonic() + shutdown_limit;
  if (!p->broken) {
    const velero_request bye = {.method = "/plugin.GRPCController/Shutdown", .deadline = until};
    p->o.cancelled = NULL; /* also while the run is being stopped it may say goodbye */
    p->o.cancel_fd = NULL;
    (void)velero_process_call(p, &bye, NULL, NULL);
    client_reap(p, until);
  }
  client_kill(p);
  client_drain(p);
  grpc_conn_free(p->conn);
  if (p->directory[0]) rmdir(p->directory);
  int *fds[] = {&p->pidfd, &p->out, &p->err};
  for (size_t i = 0; i < 3; i++) close_p(fds[i]);
  buf_free(&p->line);
  buf_free(&p->text);
  item_free(p->json);
  free(p->path);
  free(p);
}
