/* tidy.c -- see tidy.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/tidy.h"
#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- floating point: rounding, traps, and whether tiny numbers become 0. Without libm, which plugins would meet. */
#if defined(__x86_64__)
#define CONTROL 0xffc0u /* of MXCSR: all but the flags of what has happened */
static unsigned control(void) {
  unsigned short x87;
  __asm__ volatile("fnstcw %0" : "=m"(x87));
  return (__builtin_ia32_stmxcsr() & CONTROL) | (unsigned)x87 << 16;
}
static void set_control(unsigned is) {
  unsigned short x87 = (unsigned short)(is >> 16);
  __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(x87));
  __builtin_ia32_ldmxcsr(is & CONTROL);
}
#elif defined(__aarch64__)
static unsigned control(void) { return __builtin_aarch64_get_fpcr(); }
static void set_control(unsigned is) { __builtin_aarch64_set_fpcr(is); }
#else /* not looked at */
static unsigned control(void) { return 0; }
static void set_control(unsigned is) { (void)is; }
#endif

static bool tidy_locale(void) {
  const char *all = setlocale(LC_ALL, NULL);
  bool changed = false;
  if (uselocale((locale_t)0) != LC_GLOBAL_LOCALE) changed = true, uselocale(LC_GLOBAL_LOCALE);
  if (all && strcmp(all, "C") != 0) changed = true, setlocale(LC_ALL, "C");
  return changed;
}

unsigned tidy_quick(const tidy *t) {
  unsigned what = tidy_locale() ? TIDY_LOCALE : 0;
  if (control() == t->control) return what;
  set_control(t->control);
  return what | TIDY_FLOAT;
}

/* ---- what costs system calls */
static const int watched[TIDY_HANDLERS] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL,  SIGABRT, SIGSYS,  SIGPIPE,
                                           SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGALRM, SIGUSR1, SIGUSR2};

void tidy_signals(tidy *t) {
  for (int i = 0; i < TIDY_HANDLERS; i++) sigaction(watched[i], NULL, &t->actions[i]);
  t->have_signals = true;
}

static bool same(const struct sigaction *a, const struct sigaction *b) {
  bool info = a->sa_flags & SA_SIGINFO;
  if (a->sa_flags != b->sa_flags) return false;
  return info ? a->sa_sigaction == b->sa_sigaction : a->sa_handler == b->sa_handler;
}

static bool put_back_signals(const tidy *t) {
  bool changed = false;
  for (int i = 0; t->have_signals && i < TIDY_HANDLERS; i++) {
    struct sigaction is;
    if (sigaction(watched[i], NULL, &is) != 0 || same(&is, &t->actions[i])) continue;
    sigaction(watched[i], &t->actions[i], NULL);
    changed = true;
  }
  return changed;
}

static bool same_signals(const sigset_t *a, const sigset_t *b) {
  for (int i = 1; i < 32; i++)
    if (sigismember(a, i) != sigismember(b, i)) return false;
  return true;
}

static bool put_back_directory(const tidy *t) {
  struct stat s;
  if (!t->directory || (stat(".", &s) == 0 && s.st_dev == t->dev && s.st_ino == t->ino)) return false;
  return chdir(t->directory) == 0;
}

unsigned tidy_all(const tidy *t) {
  unsigned what = tidy_quick(t);
  sigset_t blocked;
  if (put_back_signals(t)) what |= TIDY_SIGNALS;
  if (pthread_sigmask(SIG_SETMASK, NULL, &blocked) == 0 && !same_signals(&blocked, &t->blocked)) {
    pthread_sigmask(SIG_SETMASK, &t->blocked, NULL);
    what |= TIDY_MASK;
  }
  if (umask(t->umask) != t->umask) what |= TIDY_UMASK;
  return put_back_directory(t) ? what | TIDY_DIRECTORY : what;
}

void tidy_begin(tidy *t) {
  struct stat s;
  *t = (tidy){.umask = umask(077), .control = control()};
  umask(t->umask);
  pthread_sigmask(SIG_SETMASK, NULL, &t->blocked);
  if (stat(".", &s) != 0) return;
  t->dev = s.st_dev, t->ino = s.st_ino;
  t->directory = getcwd(NULL, 0);
}

void tidy_free(tidy *t) {
  free(t->directory);
  t->directory = NULL;
}

void tidy_words(unsigned what, buf *out) {
  static const char *const words[TIDY_KINDS] = {"the floating-point mode", "the locale", "signal handlers", "the signal mask",
                                                "the current directory",   "the umask"};
  unsigned left = what;
  for (int i = 0; i < TIDY_KINDS; i++) {
    if (!(what & 1u << i)) continue;
    left &= ~(1u << i);
    if (out->len) buf_addz(out, left ? ", " : " and ");
    buf_addz(out, words[i]);
  }
}

/* ---- size */
unsigned tidy_most_memory(void) {
  struct rusage u;
  return getrusage(RUSAGE_SELF, &u) == 0 ? (unsigned)(u.ru_maxrss >> 10) : 0;
}

unsigned tidy_memory(void) {
  char text[128];
  unsigned long long resident, shared;
  int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  if (n <= 0) return 0;
  text[n] = 0;
  if (sscanf(text, "%*u %llu %llu", &resident, &shared) != 2 || shared > resident) return 0;
  return (unsigned)((resident - shared) * (unsigned long long)sysconf(_SC_PAGESIZE) >> 20);
}

unsigned tidy_threads(void) {
  unsigned n = 0;
  DIR *d = opendir("/proc/self/task");
  for (const struct dirent *e; d && (e = readdir(d));) n += e->d_name[0] != '.';
  if (d) closedir(d);
  return n;
}
