/* tidy.h -- what a plugin has changed of its process is put back, and said (R8.4).  SPDX-License-Identifier: Apache-2.0
 *
 * Cheap things are looked at after each call, those that need system calls at the end of a frame; docs/abi-rules.md says what is what. */
#ifndef PINTLE_WORKER_TIDY_H
#define PINTLE_WORKER_TIDY_H
#include "base/buf.h"
#include <signal.h>
#include <sys/types.h>

enum {
  TIDY_FLOAT = 1,
  TIDY_LOCALE = 2,
  TIDY_SIGNALS = 4,
  TIDY_MASK = 8,
  TIDY_DIRECTORY = 16,
  TIDY_UMASK = 32,
  TIDY_KINDS = 6,
  TIDY_HANDLERS = 14
};

typedef struct tidy {
  struct sigaction actions[TIDY_HANDLERS];
  bool have_signals;
  sigset_t blocked;
  mode_t umask;
  dev_t dev;
  ino_t ino;
  char *directory;
  unsigned control; /* of floating point */
} tidy;
/* As the process is before any code of plugins. */
void tidy_begin(tidy *t);
/* Signal handlers as they are now are right: a library's own, made by load() or create(), stay. */
void tidy_signals(tidy *t);
/* Under 100 ns: floating point and locale. Both put back what is not as it was and return it as TIDY_ bits. */
unsigned tidy_quick(const tidy *t);
unsigned tidy_all(const tidy *t);
/* "the locale and the umask" */
void tidy_words(unsigned what, buf *out);
void tidy_free(tidy *t);

unsigned tidy_most_memory(void); /* MiB that the process ever had, files included: cheap */
/* MiB of memory that belong to this process alone; 0: unknown. */
unsigned tidy_memory(void);
unsigned tidy_threads(void); /* of this process; 0: unknown */
#endif
