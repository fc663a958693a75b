/* run_rubbish_ask.c -- writes a question of its own making into the worker's socket: the frame is right, the question is not.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  struct { /* as core/worker/wire.h: the first frame behind READY */
    uint32_t length;
    uint16_t type, flags;
    uint64_t sequence, number;
    uint32_t entry, what;
  } frame = {16, 18, 0, 1, 1, 0, 99};
  (void)call, (void)item, (void)r;
  if (run_is(call, "entry")) frame.entry = 4000, frame.what = 4;
  for (int fd = 3; fd < 100; fd++) {
    int type;
    socklen_t n = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && write(fd, &frame, sizeof frame) == (ssize_t)sizeof frame) pause();
  }
  return PINTLE_OK;
}

RUN_PLUGIN("rubbish_ask", 0);
