/* crash.c -- see crash.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/crash.h"
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* A signal handler has no other way to its data: the page of this process, and the stack that it runs on. */
static page *the_page;
static _Alignas(16) char the_stack[64 << 10];

static void add(const char *s, size_t n) {
  uint32_t len = atomic_load(&the_page->trace_len);
  if (n > PAGE_TRACE - len) n = PAGE_TRACE - len;
  memcpy(the_page->trace + len, s, n);
  atomic_store(&the_page->trace_len, len + (uint32_t)n);
}

static void add_hex(uintptr_t v) {
  char text[2 + 2 * sizeof v];
  size_t n = sizeof text;
  do text[--n] = "0123456789abcdef"[v & 15];
  while (v >>= 4);
  text[--n] = 'x', text[--n] = '0';
  add(text + n, sizeof text - n);
}

static void frame(void *address) {
  Dl_info i;
  if (!dladdr(address, &i) || !i.dli_fname) {
    add_hex((uintptr_t)address);
  } else {
    const char *slash = strrchr(i.dli_fname, '/'), *name = slash ? slash + 1 : i.dli_fname;
    add(name, strlen(name));
    add("(", 1);
    if (i.dli_sname) add(i.dli_sname, strlen(i.dli_sname));
    add("+", 1);
    add_hex((uintptr_t)address - (uintptr_t)(i.dli_sname ? i.dli_saddr : i.dli_fbase));
    add(")", 1);
  }
  add("\n", 1);
}

static void on_crash(int sig) {
  void *frames[32];
  signal(sig, SIG_DFL);
  alarm(2); /* should the walk hang on a lock that the crash left behind */
  int n = backtrace(frames, 32);
  for (int i = 2; i < n; i++) frame(frames[i]); /* 0 and 1: this handler and the kernel's trampoline */
  raise(sig);
}

void crash_handlers(page *p) {
  static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
  void *warm[1];
  the_page = p;
  backtrace(warm, 1); /* loads what it needs now, not inside a handler */
  stack_t stack = {.ss_sp = the_stack, .ss_size = sizeof the_stack};
  sigaltstack(&stack, NULL);
  struct sigaction a = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &a, NULL);
}
