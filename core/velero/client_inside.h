/* client_inside.h -- what the files of the client share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_VELERO_CLIENT_INSIDE_H
#define PINTLE_VELERO_CLIENT_INSIDE_H
#include "item/item.h"
#include "velero/client.h"

#define CLIENT_LINE ((size_t)64 << 10) /* a longer line is told in parts */

struct velero_process {
  velero_process_options o;
  char *path;
  pid_t pid;
  int pidfd, out, err; /* out, err: its standard output and error, non-blocking */
  grpc_conn *conn;
  bool pumping; /* who takes a message may wait, and listen meanwhile: the connection is not pumped from within itself */
  bool broken;  /* no more calls: it ended, or does not speak gRPC */
  bool reaped;
  int status;      /* of waitpid, once reaped */
  char words[300]; /* its panic, "" = none */
  buf line, text;  /* of standard error, unfinished; for a field */
  item_doc *json;
  char directory[80]; /* for its socket, until we are connected */
};

/* client_spawn.c */
pintle_status client_spawn(velero_process *p, error *e);
bool client_reap(velero_process *p, int64_t until); /* has it ended by then? */
void client_kill(velero_process *p);
void client_how(const velero_process *p, char *to, size_t size); /* "ended with exit status 1" */
/* client_output.c */
void client_drain(velero_process *p); /* reads what it printed, tells `log` */
/* client_connect.c: the handshake line */
pintle_status client_connect(velero_process *p, char *line, int64_t until, error *e);
/* client_call.c */
bool client_stopped(const velero_process *p);
/* Waits for its output, its end, `fd` (-1: none) and the cancel descriptor; false: cancelled, or past `until` (0: no limit). */
pintle_status client_wait(velero_process *p, int fd, short events, int64_t until, error *e);
extern const grpc_events client_events;
#endif
