/* path.h -- which names inside a tarball are refused.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ARCHIVE_PATH_H
#define PINTLE_ARCHIVE_PATH_H
#include "base/buf.h"

/* Why this name of a file may not stand in an archive (what archive_entry.path promises); NULL: it may. */
const char *archive_path_refused(str path);
#endif
