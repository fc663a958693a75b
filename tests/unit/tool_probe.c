/* tool_probe.c -- the least program that can be a probe: tool_probe --probe FD NAME.  SPDX-License-Identifier: Apache-2.0 */
#include "host/registry.h"
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 4 || strcmp(argv[1], "--probe") != 0) return 2;
  _exit(host_probe_main(atoi(argv[2]), argv[3], HOST_PROBE_OUT, NULL));
}
