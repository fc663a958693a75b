/* tool_velero.c -- a plugin for the tests of core/velero: serves velero_calls.h, or misbehaves as its argument says.
 * SPDX-License-Identifier: Apache-2.0 */
#include "velero_calls.h"
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

static velero_server *server;

static void *call_thread(void *arg) {
  serve_call(arg);
  return NULL;
}
static void serve_later(void *ctx, velero_call *c) {
  pthread_t t;
  (void)ctx;
  if (pthread_create(&t, NULL, call_thread, c) == 0) pthread_detach(t);
  else abort();
}
static void on_term(int s) {
  (void)s;
  velero_server_stop(server);
}

/* A socket that takes one connection and says what it likes. */
static int rude(const char *what) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  const char *dir = getenv("PLUGIN_UNIX_SOCKET_DIR");
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  snprintf(to.sun_path, sizeof to.sun_path, "%s/rude-%d", dir ? dir : "/tmp", (int)getpid());
  if (bind(fd, (struct sockaddr *)&to, sizeof to) != 0 || listen(fd, 1) != 0) return 1;
  printf("1|2|unix|%s|grpc|\n", to.sun_path);
  fflush(stdout);
  fd = accept(fd, NULL, NULL);
  if (strcmp(what, "close") == 0) return 0;
  if (strcmp(what, "mute") == 0) return pause();
  static const char half[] = "\0\0\x12\4\0\0"; /* of a frame */
  if (strcmp(what, "half") == 0) return write(fd, half, sizeof half - 1) < 0;
  for (;;) /* endless */
    if (write(fd, "HTTP/1.1 200 OK\r\n", 17) < 0) return 0;
}

int main(int argc, char **argv, char **environ_now) {
  const char *mode = argc > 1 ? argv[1] : "";
  signal(SIGPIPE, SIG_IGN);
  if (strcmp(mode, "garbage") == 0) return puts("Usage: tool [-v]\nmore"), fflush(stdout), pause();
  if (strcmp(mode, "exit") == 0) return 3;
  if (strcmp(mode, "panic") == 0) return fputs("panic: no configuration\n\ngoroutine 1 [running]:\n", stderr), 2;
  if (strcmp(mode, "silent") == 0) return pause();
  if (strcmp(mode, "endless") == 0)
    for (;;) putchar('x');
  if (strcmp(mode, "netrpc") == 0) return puts("1|2|unix|/tmp/x"), fflush(stdout), pause();
  if (strcmp(mode, "version") == 0) return puts("1|1|unix|/tmp/x|grpc|"), fflush(stdout), pause();
  if (strcmp(mode, "nowhere") == 0) return puts("1|2|unix|/nonexistent/x|grpc|"), fflush(stdout), pause();
  if (strncmp(mode, "rude-", 5) == 0) return rude(mode + 5);
  error e;
  const velero_server_options o = {.environment = (const char *const *)environ_now, .handshake = 1, .call = serve_later};
  if (velero_server_new(&o, &server, &e) != PINTLE_OK) return fprintf(stderr, "%s\n", e.message), 1;
  signal(SIGTERM, on_term);
  pintle_status st = velero_server_run(server, &e);
  velero_server_free(server);
  return st == PINTLE_OK ? 0 : 1;
}
