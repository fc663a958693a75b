/* driver_keys.c -- the keys of a user: from files, or of a program's output.  SPDX-License-Identifier: Apache-2.0 */
#include "driver.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
enum { PATIENCE = 60, LARGEST = 256 }; /* PATIENCE: seconds */

static int64_t seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec;
}

static bool from_hex(const char *text, uint8_t key[FP_KEY]) {
  for (int i = 0; i < 2 * FP_KEY; i++) {
    const char *digits = "0123456789abcdef", *at = memchr(digits, text[i] >= 'A' && text[i] <= 'F' ? text[i] + 32 : text[i], 16);
    if (!at) return false;
    key[i / 2] = (uint8_t)(key[i / 2] << 4 | (at - digits));
  }
  return true;
}

/* 32 bytes, 64 hex digits or 44 of base64. */
static pintle_status parse(pintle_call *call, const char *from, char *text, size_t n, uint8_t key[FP_KEY]) {
  uint8_t wide[LARGEST];
  if (n == FP_KEY) return memcpy(key, text, FP_KEY), PINTLE_OK;
  while (n && (text[n - 1] == '\n' || text[n - 1] == '\r' || text[n - 1] == ' ')) n--;
  bool right = n == FP_KEY || (n == 2 * FP_KEY && from_hex(text, key)) || (n == 44 && text[43] == '=' && text[42] != '=');
  if (right && n == FP_KEY) memcpy(key, text, FP_KEY);
  if (right && n == 44) {
    right = EVP_DecodeBlock(wide, (const unsigned char *)text, 44) == 33;
    if (right) memcpy(key, wide, FP_KEY);
    OPENSSL_cleanse(wide, sizeof wide);
  }
  return right ? PINTLE_OK : pintle_fail(call, PINTLE_INVALID, "%s: no key: 32 bytes are wanted, as they are, in hex or in base64", from);
}

static pintle_status read_file(pintle_call *call, const char *path, uint8_t key[FP_KEY]) {
  char text[LARGEST];
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
  int error = errno;
  if (fd >= 0) close(fd);
  if (n < 0) return pintle_fail(call, error == ENOENT ? PINTLE_NOT_FOUND : PINTLE_DENIED, "key file %s: %s", path, strerror(error));
  pintle_status st = parse(call, path, text, (size_t)n, key);
  OPENSSL_cleanse(text, sizeof text);
  return st;
}

/* A shell of its own group, with the signals of a fresh program. errno or 0. */
static int start(const char *command, pid_t *pid, int *out) {
  int ends[2] = {-1, -1}, failed = ENOMEM;
  char *words[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
  if (posix_spawnattr_init(&attributes) != 0) return posix_spawn_file_actions_destroy(&files), ENOMEM;
  sigemptyset(&none), sigfillset(&all);
  if (pipe2(ends, O_CLOEXEC) == 0 && posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) == 0 &&
      posix_spawn_file_actions_adddup2(&files, ends[1], 1) == 0 &&
      posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0 &&
      posix_spawnattr_setsigmask(&attributes, &none) == 0 && posix_spawnattr_setsigdefault(&attributes, &all) == 0)
    failed = posix_spawn(pid, "/bin/sh", &files, &attributes, words, environ);
  if (ends[1] >= 0) close(ends[1]);
  if (failed && ends[0] >= 0) close(ends[0]);
  *out = ends[0];
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

/* Until its output ends. NULL, or what is wrong. */
static const char *listen_to(pintle_call *call, int fd, char text[LARGEST], size_t *n) {
  int64_t until = seconds() + PATIENCE;
  for (*n = 0;;) {
    struct pollfd f = {.fd = fd, .events = POLLIN};
    if (call->host->cancelled(call)) return "cancelled";
    if (seconds() >= until) return "no answer in 60 s";
    if (poll(&f, 1, 100) <= 0) continue;
    ssize_t got = read(fd, text + *n, LARGEST - *n);
    if (got < 0 && errno != EINTR) return "its output cannot be read";
    if (got == 0) return *n == LARGEST ? "it says more than a key" : NULL;
    if (got > 0) *n += (size_t)got;
    if (*n == LARGEST) return "it says more than a key";
  }
}

static pintle_status read_command(pintle_call *call, const char *command, uint8_t key[FP_KEY]) {
  char text[LARGEST];
  size_t n = 0;
  pid_t pid = 0;
  int out = -1, how = 0, failed = start(command, &pid, &out);
  if (failed) return pintle_fail(call, PINTLE_FAILED, "fingerprintKeyCommand: %s", strerror(failed));
  const char *wrong = listen_to(call, out, text, &n);
  close(out);
  if (wrong) kill(-pid, SIGKILL);
  while (waitpid(pid, &how, 0) < 0 && errno == EINTR) continue;
  pintle_status st = PINTLE_OK;
  if (wrong) st = pintle_fail(call, PINTLE_TRANSIENT, "fingerprintKeyCommand: %s", wrong);
  else if (!WIFEXITED(how) || WEXITSTATUS(how) != 0)
    st = pintle_fail(call, PINTLE_DENIED, "fingerprintKeyCommand ends with %s %d", WIFEXITED(how) ? "status" : "signal",
                     WIFEXITED(how) ? WEXITSTATUS(how) : WTERMSIG(how));
  else st = parse(call, "fingerprintKeyCommand", text, n, key);
  OPENSSL_cleanse(text, sizeof text);
  return st;
}

pintle_status fp_driver_keys(pintle_call *call, const fp_driver *d, uint8_t keys[(1 + FP_OLDER_KEYS) * FP_KEY], size_t *n) {
  char path[4096];
  pintle_status st = PINTLE_OK;
  *n = 0;
  if (*d->key_file) st = read_file(call, d->key_file, keys), *n = 1;
  else if (*d->key_command) st = read_command(call, d->key_command, keys), *n = 1;
  for (const char *p = d->older_files; st == PINTLE_OK && *p;) {
    size_t length = strcspn(p, ",");
    if (*n > FP_OLDER_KEYS || length >= sizeof path)
      return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintOlderKeyFiles", "more than %d files", FP_OLDER_KEYS);
    memcpy(path, p, length), path[length] = 0;
    if (length) st = read_file(call, path, keys + (*n)++ * FP_KEY);
    p += length + (p[length] == ',');
  }
  return st;
}
