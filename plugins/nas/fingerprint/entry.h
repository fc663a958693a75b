/* entry.h -- what a manifest says of one file, directory or whatever else has a name.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_ENTRY_H
#define FP_ENTRY_H
#include "bytes.h"

enum { FP_BLOCK_MAX = 4 << 20, FP_PATH_MAX = 65535, FP_XATTR_MAX = 65536, FP_XATTRS_MAX = 4096 };
#define FP_BLOCKS_MAX ((size_t)1 << 24) /* of one file: 64 TiB */
#define FP_HOLES_MAX ((size_t)1 << 20)

typedef enum fp_type {
  FP_FILE = 'f',
  FP_DIR = 'd',
  FP_LINK = 'l',
  FP_FIFO = 'p',
  FP_CHAR = 'c',
  FP_BLOCKDEV = 'b',
  FP_SOCKET = 's',
  FP_HARD =
      'h' /* another name of the file `target`, which stands earlier in the manifest and has the content; mode..ctime are given, too */
} fp_type;

/* A block of content: what it is, and where it lies. `run` is meaningful within one open fp_repo only (an index into its table of runs), there it
 * is stable: a block read from one manifest may be written to another one as it is. */
typedef struct fp_block {
  uint8_t sha[FP_SHA];
  uint32_t size;           /* of the content, 1..FP_BLOCK_MAX */
  uint32_t run, pack;      /* object pack/<run>/<pack> */
  uint32_t offset, stored; /* bytes there */
} fp_block;

typedef struct fp_xattr {
  const char *name; /* ends with NUL */
  const void *value;
  size_t size;
} fp_xattr;

typedef struct fp_hole {
  uint64_t at, size;
} fp_hole;

enum {                    /* fp_entry.marks */
       FP_CHANGED = 1,    /* changed while it was read, each time: content may be a mixture */
       FP_UNREADABLE = 2, /* could not be read: what stands here is the previous version, or nothing (no blocks) */
       FP_NO_XATTRS = 4,  /* xattrs could not be read (libnfs) */
       FP_NO_HOLES = 8,   /* holes could not be seen */
       FP_UNLISTED = 16,  /* a directory whose names could not be listed, wholly or in part */
       FP_MARKS = 31
};

/* All memory is the giver's. Texts may hold any byte but NUL and end with NUL, lengths do not count it.
 *
 * Content: the bytes of a file that lie in no hole, in order, cut into blocks; no block spans a hole, and blocks end where the offset in the file
 * is a multiple of FP_BLOCK_MAX. So the sizes of blocks and holes add up to `size` (unless FP_UNREADABLE). sha is the SHA-256 of these bytes, holes
 * left out: of a file of one block it is the block's, of a file without holes it is what sha256sum prints. Do not make holes of less than 64 KiB. */
typedef struct fp_entry {
  const char *path; /* from the root, "" the root itself; no empty, "." or ".." parts */
  size_t path_len;
  fp_type type;
  uint32_t mode; /* 07777 */
  uint32_t uid, gid, nlink, marks;
  uint64_t size, ino, rdev; /* size: of files; rdev: of FP_CHAR and FP_BLOCKDEV as stat(2) has it */
  int64_t mtime, ctime;     /* ns since 1970 */
  const char *target;       /* of FP_LINK the text, of FP_HARD a path; else "" */
  size_t target_len;
  const fp_xattr *xattrs;
  size_t n_xattrs;
  const fp_hole *holes; /* in order, neither empty nor adjoining */
  size_t n_holes;
  const fp_block *blocks;
  size_t n_blocks;
  uint8_t sha[FP_SHA]; /* of files */
} fp_entry;

/* The order of a manifest: depth first, names of a directory bytewise, a directory before what is in it ("/" sorts before every other byte).
 * < 0, 0, > 0. */
int fp_path_cmp(const char *a, size_t a_len, const char *b, size_t b_len);
/* NULL, or what is wrong with it. */
const char *fp_path_wrong(const char *path, size_t n);
const char *fp_entry_wrong(const fp_entry *e);
/* Is `path` `dir` itself or below it? */
bool fp_path_below(const char *path, size_t n, const char *dir, size_t dir_n);
#endif
