/* pax.h -- the records of a PAX header.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ARCHIVE_PAX_H
#define PINTLE_ARCHIVE_PAX_H
#include "base/buf.h"
#include "base/error.h"

typedef struct pax_records {
  str path;     /* into the text; {NULL, 0}: none */
  int64_t size; /* -1: none */
} pax_records;
/* INVALID: malformed, a repeated path or size, a NUL in a path, or a sparse file's record. */
pintle_status pax_parse(str text, pax_records *out, error *e);
#endif
