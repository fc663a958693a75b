/* run_untidy.c -- changes its process and leaves it so; variant: what.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <fenv.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static void ignore(int unused) { (void)unused; }

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  sigset_t all;
  (void)item, (void)r;
  if (run_is(call, "rounding")) fesetround(FE_UPWARD);
  else if (run_is(call, "traps")) feenableexcept(FE_DIVBYZERO);
  else if (run_is(call, "locale")) setlocale(LC_ALL, "C.UTF-8");
  else if (run_is(call, "thread-locale")) uselocale(newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0));
  else if (run_is(call, "handler")) signal(SIGSEGV, SIG_IGN);
  else if (run_is(call, "child")) signal(SIGCHLD, ignore);
  else if (run_is(call, "pipe")) signal(SIGPIPE, SIG_DFL);
  else if (run_is(call, "mask")) sigfillset(&all), sigprocmask(SIG_SETMASK, &all, NULL);
  else if (run_is(call, "cwd") && chdir("/") != 0) return PINTLE_FAILED;
  else if (run_is(call, "umask")) umask(0777);
  return PINTLE_OK;
}

/* Another item's call sees the process as it was, once a frame is over. */
static bool tidy(void) {
  struct sigaction segv, pipe, child;
  mode_t mask = umask(022);
  sigset_t blocked;
  char cwd[4096];
  umask(mask);
  sigaction(SIGSEGV, NULL, &segv), sigaction(SIGPIPE, NULL, &pipe), sigaction(SIGCHLD, NULL, &child);
  sigprocmask(SIG_SETMASK, NULL, &blocked);
  return fegetround() == FE_TONEAREST && fegetexcept() == 0 && strcmp(setlocale(LC_ALL, NULL), "C") == 0 &&
         uselocale((locale_t)0) == LC_GLOBAL_LOCALE && segv.sa_handler != SIG_IGN && pipe.sa_handler == SIG_IGN &&
         child.sa_handler == SIG_DFL && !sigismember(&blocked, SIGTERM) && getcwd(cwd, sizeof cwd) && strcmp(cwd, "/") != 0 && mask != 0777;
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)in;
  const char *name = pintle_str_or(item, "/metadata/name", "");
  if (run_strikes(call, item)) return fault(call, item, r);
  return strcmp(name, "item-59") != 0 || tidy() ? PINTLE_OK : pintle_fail(call, PINTLE_FAILED, "the process is not as it was");
}

RUN_TABLES("untidy", 0, NULL, run_options);
