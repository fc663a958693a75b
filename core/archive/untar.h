/* untar.h -- tar read with suspicion, in pieces.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ARCHIVE_UNTAR_H
#define PINTLE_ARCHIVE_UNTAR_H
#include "archive/archive.h"

typedef struct archive_untar archive_untar;
typedef pintle_status archive_each(void *ctx, const archive_entry *entry, error *e);
pintle_status archive_untar_open(const archive_limits *limits, archive_each *each, void *ctx, archive_untar **out, error *e);
pintle_status archive_untar_feed(archive_untar *u, str piece, error *e);
pintle_status archive_untar_end(archive_untar *u, error *e); /* no more will come; u is not freed */
void archive_untar_free(archive_untar *u);                   /* NULL is fine */
#endif
