/* crash.h -- a dying worker leaves its backtrace in the shared page.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_WORKER_CRASH_H
#define PINTLE_WORKER_CRASH_H
#include "worker/page.h"

/* Installs handlers for SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and SIGSYS on a stack of their own (a stack overflow is caught as well), and turns core
 * dumps off. After writing the trace the signal takes its default course. May be called again. */
void crash_handlers(page *p);
#endif
