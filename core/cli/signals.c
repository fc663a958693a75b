/* signals.c -- see signals.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/signals.h"
#include <signal.h>
#include <stddef.h>

/* The one thing in pintle that has to be global: a handler gets no context. */
static volatile sig_atomic_t came;

static void remember(int number) {
  if (came == 0) came = number;
}

void cli_signals_watch(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = remember, .sa_flags = SA_RESTART}, old;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL); /* nohup stays nohup */
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
}

bool cli_signals_cancelled(void *unused) {
  (void)unused;
  return came != 0;
}

int cli_signals_number(void) { return came; }
