/* path.c -- which relative paths are refused.  SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"

enum { MAX_PATH = 4096 };

static bool utf8(str s) {
  const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len;
  while (p < end) {
    unsigned c = *p++;
    unsigned more = c < 0x80 ? 0 : c >= 0xc2 && c <= 0xdf ? 1 : (c & 0xf0) == 0xe0 ? 2 : c >= 0xf0 && c <= 0xf4 ? 3 : 4;
    if (more == 4 || (size_t)(end - p) < more) return false;
    if ((c == 0xe0 && *p < 0xa0) || (c == 0xed && *p > 0x9f) || (c == 0xf0 && *p < 0x90) || (c == 0xf4 && *p > 0x8f)) return false;
    for (; more; more--)
      if ((*p++ & 0xc0) != 0x80) return false;
  }
  return true;
}

const char *path_refused(str path) {
  if (path.len == 0) return "it is empty";
  if (path.len > MAX_PATH) return "it is longer than 4096 bytes";
  if (path.ptr[0] == '/') return "it is absolute";
  if (memchr(path.ptr, 0, path.len)) return "it holds a NUL";
  if (memchr(path.ptr, '\\', path.len)) return "it holds a backslash";
  if (!utf8(path)) return "it is not UTF-8";
  for (size_t from = 0; from <= path.len;) {
    const char *part = path.ptr + from, *slash = from < path.len ? memchr(part, '/', path.len - from) : NULL;
    size_t n = slash ? (size_t)(slash - part) : path.len - from;
    if (n == 0) return "a part of it is empty";
    if (n == 1 && part[0] == '.') return "a part of it is \".\"";
    if (n == 2 && part[0] == '.' && part[1] == '.') return "a part of it is \"..\"";
    from += n + 1;
  }
  return NULL;
}
