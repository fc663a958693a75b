/* text.h -- what plugins hand over, before anything of pintle looks at it.  SPDX-License-Identifier: Apache-2.0
 *
 * Data (ids, keys, names) is refused when it is not clean; text for people is cleaned. For core/host, and for extensions. */
#ifndef PINTLE_HOST_TEXT_H
#define PINTLE_HOST_TEXT_H
#include "base/arena.h"

/* Bytes of the valid UTF-8 character at p, n > 0 bytes there; 0: none. */
size_t host_utf8(const char *p, size_t n);
/* Valid UTF-8 without control characters (C0, DEL, C1). */
bool host_printable(str s);

#define HOST_MAY_BE_EMPTY 1u
#define HOST_SEGMENT 2u /* becomes a part of a path: no '/', neither "." nor ".." */
/* Checks z (NULL reads as "") as one value of at most max bytes. NULL: fine; else what is wrong, to be put behind a name: "is empty". */
const char *host_fault(const char *z, size_t max, uint32_t flags);

/* (ptr, len) with PINTLE_Z, as plugins give it. False: NULL with a length, or more than max bytes. */
bool host_given(const char *p, size_t len, size_t max, str *out);

/* One line in at most size - 1 bytes: control characters become a space, invalid UTF-8 '?'; cut between characters. Returns to. */
char *host_clean(char *to, size_t size, const char *z);
/* As host_clean with max bytes, into the arena; NULL: no memory. */
char *host_clean_copy(arena *a, const char *z, size_t max);
/* Appends with control characters as \n, \t, \x1b and invalid bytes as \xff. */
void host_escape(buf *b, str s);

/* Copies a growing struct of a plugin into one of ours (R1): whole fields only, the rest 0. first is its size in 1.0. NULL: done; else what
 * is wrong with it: "has a struct_size of 3". */
const char *host_adopt(const void *from, size_t first, size_t ours, void *to);
/* printf into the arena; a constant text when memory is gone. */
PINTLE_PRINTF(2, 3) const char *host_text(arena *a, const char *format, ...);
#endif
