/* header.h -- a tar header's fields (POSIX.1-1988 ustar).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ARCHIVE_HEADER_H
#define PINTLE_ARCHIVE_HEADER_H
#include <stddef.h>

enum { TAR_BLOCK = 512 };
typedef struct tar_header {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], typeflag, linkname[100];
  char magic[6], version[2], uname[32], gname[32], devmajor[8], devminor[8], prefix[155], rest[12];
} tar_header;
_Static_assert(sizeof(tar_header) == TAR_BLOCK && offsetof(tar_header, prefix) == 345, "as in POSIX");

/* The sum with the checksum field as spaces; old writers took the bytes as signed ones: that sum goes to *as_signed if not NULL. */
static inline unsigned tar_checksum(const tar_header *h, int *as_signed) {
  const unsigned char *p = (const unsigned char *)h, *field = (const unsigned char *)h->checksum;
  unsigned sum = ' ' * sizeof h->checksum, high = 0;
  for (size_t i = 0; i < TAR_BLOCK; i++) sum += p[i], high += p[i] >> 7;
  for (size_t i = 0; i < sizeof h->checksum; i++) sum -= field[i], high -= field[i] >> 7;
  if (as_signed) *as_signed = (int)sum - (int)(high * 256);
  return sum;
}
#endif
