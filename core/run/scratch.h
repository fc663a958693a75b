/* scratch.h -- directories that a run makes and removes.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_RUN_SCRATCH_H
#define PINTLE_RUN_SCRATCH_H
#include "base/buf.h"
#include "base/error.h"

pintle_status run_scratch_make(const char *temp_dir, char **out, error *e);
void run_scratch_remove(char *path); /* with all that is in it; frees; NULL is fine */
pintle_status run_scratch_file(const char *dir, const char *name, str content, buf *path, error *e); /* mode 0600 */
#endif
