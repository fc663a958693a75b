/* rubbish_answer.c -- writes into every descriptor it finds, then ends the process.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
#include <stdlib.h>
#include <unistd.h>
__attribute__((constructor)) static void scribble(void) {
  for (int fd = 3; fd < 10; fd++)
    if (write(fd, "{\"actions\":[{\"kind\":99", 22) < 0) continue;
  _exit(0);
}
MINIMAL_ACTION("tests.pintle.io/rubbish-answer");
MINIMAL_PLUGIN("rubbish-answer");
