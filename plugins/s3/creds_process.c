/* creds_process.c -- credentials that a program prints.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
enum { PATIENCE = 60, LARGEST = 65536, SAID = 4096 }; /* PATIENCE: seconds, as the SDK for Go's */

char **creds_words(const char *command) {
  size_t n = strlen(command), most = n / 2 + 2, count = 0;
  char **words = calloc(1, most * sizeof *words + n + 1);
  if (!words) return NULL;
  char *to = (char *)(words + most), quote = 0;
  bool in_word = false;
  for (const char *p = command; *p; p++) {
    bool space = *p == ' ' || *p == '\t' || *p == '\n';
    if (!quote && space) {
      if (in_word) *to++ = 0, in_word = false;
      continue;
    }
    if (!in_word) words[count++] = to, in_word = true;
    if (quote && *p == quote) quote = 0;
    else if (!quote && (*p == '"' || *p == '\'')) quote = *p;
    else if (*p == '\\' && p[1] && (!quote || (quote == '"' && strchr("\"\\$`", p[1])))) *to++ = *++p;
    else *to++ = *p;
  }
  if (quote) return free(words), NULL;
  return words;
}

typedef struct child {
  pid_t pid;
  int out, err; /* our ends; -1: closed */
  s3_text said, complaints;
} child;

static void shut(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

/* In a group of its own, with the signals of a fresh program. */
static int start(char **words, child *c) {
  int out[2] = {-1, -1}, err[2] = {-1, -1}, failed = ENOMEM;
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
  if (posix_spawnattr_init(&attributes) != 0) return posix_spawn_file_actions_destroy(&files), ENOMEM;
  sigemptyset(&none), sigfillset(&all);
  if (pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0 &&
      posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) == 0 &&
      posix_spawn_file_actions_adddup2(&files, out[1], 1) == 0 && posix_spawn_file_actions_adddup2(&files, err[1], 2) == 0 &&
      posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0 &&
      posix_spawnattr_setsigmask(&attributes, &none) == 0 && posix_spawnattr_setsigdefault(&attributes, &all) == 0)
    failed = posix_spawnp(&c->pid, words[0], &files, &attributes, words, environ);
  shut(&out[1]), shut(&err[1]);
  if (failed) shut(&out[0]), shut(&err[0]);
  c->out = out[0], c->err = err[0];
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

static bool take(int *fd, s3_text *to, size_t most) {
  char buffer[4096];
  ssize_t n = read(*fd, buffer, sizeof buffer);
  if (n > 0 && to->n < most) s3_add(to, buffer, (size_t)n);
  OPENSSL_cleanse(buffer, sizeof buffer);
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) shut(fd);
  return !to->failed;
}

static int64_t seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec;
}

/* Until it has closed stdout and ended. stderr may stay open in something it left behind. */
static const char *watch(creds_ask *a, child *c, int *how) {
  int64_t until = seconds() + PATIENCE;
  bool ended = false;
  while (!ended || c->out >= 0) {
    if (a->call->host->cancelled(a->call)) return "cancelled";
    if (seconds() >= until) return "no answer in 60 s";
    struct pollfd fds[2] = {{.fd = c->out, .events = POLLIN}, {.fd = c->err, .events = POLLIN}};
    if (poll(fds, 2, c->out < 0 && c->err < 0 ? 10 : 100) < 0 && errno != EINTR) return "poll fails";
    if ((fds[0].revents && !take(&c->out, &c->said, LARGEST)) || (fds[1].revents && !take(&c->err, &c->complaints, SAID)))
      return "out of memory";
    if (!ended && waitpid(c->pid, how, WNOHANG) == c->pid) ended = true, c->pid = 0;
  }
  while (c->err >= 0) { /* what is there already */
    struct pollfd fd = {.fd = c->err, .events = POLLIN};
    if (poll(&fd, 1, 0) <= 0 || !take(&c->err, &c->complaints, SAID)) break;
  }
  return NULL;
}

static void log_complaints(creds_ask *a, const s3_text *said) {
  for (const char *line = s3_z(said); *line;) {
    size_t n = strcspn(line, "\n");
    s3_text one = {0};
    s3_addf(&one, "credential_process says: %.*s", (int)n, line);
    if (n) pintle_log(a->call, PINTLE_LOG_INFO, "%s", s3_z(&one));
    s3_text_free(&one);
    line += n + (line[n] != 0);
  }
}

pintle_status creds_from_process(creds_ask *a, const char *command, s3_creds *out) {
  child c = {.out = -1, .err = -1};
  int how = 0;
  char **words = creds_words(command);
  if (!words || !words[0]) return free(words), creds_none(a, PINTLE_INVALID, "credential_process: empty, or a quote is left open");
  pintle_status st = PINTLE_OK;
  int failed = start(words, &c);
  const char *wrong = NULL;
  if (failed) {
    st = creds_none(a, PINTLE_INVALID, "credential_process: %s: %s", words[0], strerror(failed));
  } else {
    wrong = watch(a, &c, &how);
    if (c.pid > 0) kill(-c.pid, SIGKILL);
    while (c.pid > 0 && waitpid(c.pid, &how, 0) < 0 && errno == EINTR) continue;
    log_complaints(a, &c.complaints);
  }
  if (wrong) st = creds_none(a, PINTLE_TRANSIENT, "credential_process: %s: %s", words[0], wrong);
  else if (st == PINTLE_OK && (!WIFEXITED(how) || WEXITSTATUS(how) != 0))
    st = creds_none(a, PINTLE_DENIED, "credential_process: %s ends with %s %d", words[0], WIFEXITED(how) ? "status" : "signal",
                    WIFEXITED(how) ? WEXITSTATUS(how) : WTERMSIG(how));
  if (st == PINTLE_OK) st = creds_from_json(a, "credential_process", "credential_process", s3_z(&c.said), out);
  shut(&c.out), shut(&c.err);
  s3_text_free(&c.said);
  s3_text_free(&c.complaints);
  free(words);
  return st;
}
