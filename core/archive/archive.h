/* archive.h -- Velero's tarball: written in parallel, read with suspicion.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ARCHIVE_ARCHIVE_H
#define PINTLE_ARCHIVE_ARCHIVE_H
#include "base/buf.h"
#include "base/error.h"

/* ---- gzip. Members of 512 KiB of input, made by threads, written in order: one valid stream, the same bytes for any number of threads. */
typedef struct archive_gzip archive_gzip;
/* Writes to fd (not closed). threads 0 = compress on the calling thread; level 1..12 (libdeflate's), 0 = 6. At most 2 * threads + 2 members are in
 * memory. */
pintle_status archive_gzip_open(int fd, unsigned threads, int level, archive_gzip **out, error *e);
pintle_status archive_gzip_write(archive_gzip *g, str data, error *e);
/* Flushes, ends the threads, frees g whatever happens. size and sha256 (32 bytes; NULL = not wanted) of what was written. An empty stream is one
 * empty member. */
pintle_status archive_gzip_close(archive_gzip *g, int64_t *size, unsigned char *sha256, error *e);
void archive_gzip_abandon(archive_gzip *g); /* after an error elsewhere; NULL is fine */
/* One text as one stream, appended to *out; mtime 0, no name, as Go's compress/gzip writes. */
pintle_status archive_gzip_text(str data, buf *out, error *e);
/* The content of one or several members, appended to *out. More than max bytes, trailing garbage, wrong CRC: INVALID. */
pintle_status archive_gunzip_text(str data, size_t max, buf *out, error *e);

/* ---- tar, as Go's archive/tar writes it (velero-contract section 2): regular files only, mode 0755, uid and gid 0, no names of them; USTAR, PAX where
 * a name or size needs it. */
typedef struct archive_writer archive_writer;
pintle_status archive_writer_open(archive_gzip *to, int64_t mtime, archive_writer **out,
                                  error *e); /* mtime in nanoseconds, rounded to seconds */
pintle_status archive_writer_add(archive_writer *w, const char *path, str content, error *e);
/* Two zero blocks; frees w. The gzip stream stays open. entries may be NULL. */
pintle_status archive_writer_close(archive_writer *w, uint64_t *entries, error *e);

typedef struct archive_limits {
  int64_t max_entry;   /* bytes; 0 = 16 MiB */
  int64_t max_total;   /* bytes of all content; 0 = none */
  int64_t max_ratio;   /* content to compressed bytes; 0 = 200 once 64 MiB have come out */
  int64_t max_entries; /* 0 = 10 million */
} archive_limits;
typedef struct archive_entry {
  const char *
      path; /* as it stands, without a leading "./"; checked: relative, no "..", no empty or "." parts, no NUL, no backslash, UTF-8, <= 4096 */
  str content;
} archive_entry;
/* Reads gzip or plain tar (USTAR, PAX, GNU long names) from fd. each is called for every regular file; links, devices, FIFOs, sockets, sparse
 * files, an absolute name or one with ".." are INVALID naming the entry (the whole archive is refused: nothing of it may be trusted); directories
 * are passed over. NULL limits: the defaults. Two meanings (PAX and ustar sizes that differ, a repeated PAX path, a name behind the end) are
 * INVALID too. What each returns, if not OK, ends the reading and is returned. Truncated, damaged, trailing garbage after the gzip stream: INVALID. */
pintle_status archive_read(int fd, const char *name, const archive_limits *limits,
                           pintle_status (*each)(void *ctx, const archive_entry *entry, error *e), void *ctx, error *e);

/* The same for bytes that arrive in pieces of any size. After an error only free may follow. name is borrowed. */
typedef struct archive_reader archive_reader;
pintle_status archive_reader_open(const char *name, const archive_limits *limits,
                                  pintle_status (*each)(void *ctx, const archive_entry *entry, error *e), void *ctx, archive_reader **out,
                                  error *e);
pintle_status archive_reader_feed(archive_reader *r, str piece, error *e);
pintle_status archive_reader_end(archive_reader *r, error *e); /* no more will come: was it whole? */
void archive_reader_free(archive_reader *r);                   /* NULL is fine */

/* ---- paths inside */
typedef struct archive_path {
  str group_resource; /* "deployments.apps" */
  str version;        /* "" or "v1" */
  bool preferred;     /* version had "-preferredversion" */
  str ns, name;       /* ns "" = cluster-scoped; name with .json taken off */
} archive_path;
/* Is it an item's path ("resources/GR[/VERSION[-preferredversion]]/(cluster|namespaces/NS)/NAME.json")? The parts point into path. */
bool archive_path_parse(const char *path, archive_path *out);
/* version "" = the unversioned one. A file name over 255 bytes becomes its first 200 bytes (cut at a character), '~', 12 hex digits of the SHA-256 of the
 * whole name (without ".json"), ".json". */
void archive_path_make(str group_resource, str version, bool preferred, str ns, str name, buf *out);
#endif
