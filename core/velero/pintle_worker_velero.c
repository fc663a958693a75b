/* pintle_worker_velero.c -- a worker whose plugins are Go executables of Velero (docs/architecture.md).  SPDX-License-Identifier: Apache-2.0 */
#include "velero/go_plugin.h"
#include "worker/worker.h"
#include <unistd.h>

int main(int argc, char **argv) {
  velero_opening opening = {.environment = (const char *const *)environ};
  const host_opener opener = velero_opener(&opening);
  return worker_main_with(argc, argv, &opener);
}
