/* gunzip.h -- gzip read with suspicion, in pieces.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ARCHIVE_GUNZIP_H
#define PINTLE_ARCHIVE_GUNZIP_H
#include "archive/archive.h"

/* What comes out goes here in pieces; not OK ends the reading and is returned. */
typedef pintle_status archive_sink(void *ctx, str piece, error *e);

typedef struct archive_gunzip archive_gunzip;
/* INVALID, of feed and end: no gzip, wrong CRC or length, anything behind a member that is no further member, the end inside of one, and more
 * than ratio times as many bytes out as in once 64 MiB have come out (0 = no such limit). */
pintle_status archive_gunzip_open(int64_t ratio, archive_sink *sink, void *ctx, archive_gunzip **out, error *e);
pintle_status archive_gunzip_feed(archive_gunzip *g, str compressed, error *e);
pintle_status archive_gunzip_end(archive_gunzip *g, error *e); /* no more will come; g is not freed */
void archive_gunzip_free(archive_gunzip *g);                   /* NULL is fine */
#endif
