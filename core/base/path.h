/* path.h -- which relative paths are refused: names of files in a tarball, keys of objects.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_PATH_H
#define PINTLE_BASE_PATH_H
#include "base/buf.h"

/* Why no file below a root may have this path (what archive_entry.path promises); NULL: it may. */
const char *path_refused(str path);
#endif
