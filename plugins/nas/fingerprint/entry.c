/* entry.c -- paths and entries: their order, and whether they can be.  SPDX-License-Identifier: Apache-2.0 */
#include "entry.h"

int fp_path_cmp(const char *a, size_t a_len, const char *b, size_t b_len) {
  size_t n = a_len < b_len ? a_len : b_len, i = 0;
  while (i < n && a[i] == b[i]) i++;
  if (i == n) return (a_len > b_len) - (a_len < b_len);
  int x = a[i] == '/' ? -1 : (unsigned char)a[i], y = b[i] == '/' ? -1 : (unsigned char)b[i];
  return x - y;
}

const char *fp_path_wrong(const char *path, size_t n) {
  if (n > FP_PATH_MAX) return "path is too long";
  if (memchr(path, 0, n)) return "path with a NUL";
  for (size_t at = 0; n && at <= n;) {
    const char *slash = memchr(path + at, '/', n - at);
    size_t end = slash ? (size_t)(slash - path) : n, part = end - at;
    if (part == 0) return "path with an empty part";
    if (path[at] == '.' && (part == 1 || (part == 2 && path[at + 1] == '.'))) return "path with . or .. in it";
    at = end + 1;
  }
  return NULL;
}

bool fp_path_below(const char *path, size_t n, const char *dir, size_t dir_n) {
  return dir_n == 0 || (n >= dir_n && memcmp(path, dir, dir_n) == 0 && (n == dir_n || path[dir_n] == '/'));
}

static const char *content_wrong(const fp_entry *e) {
  uint64_t sum = 0, end = 0;
  if (e->n_blocks > FP_BLOCKS_MAX || e->n_holes > FP_HOLES_MAX) return "too many blocks or holes";
  if (e->size > INT64_MAX) return "size is too large";
  for (size_t i = 0; i < e->n_holes; i++) {
    const fp_hole *h = &e->holes[i];
    if (!h->size || h->size > e->size || h->at > e->size - h->size || (i && h->at <= end)) return "hole out of place";
    sum += h->size, end = h->at + h->size;
  }
  for (size_t i = 0; i < e->n_blocks; i++) {
    const fp_block *b = &e->blocks[i];
    if (!b->size || b->size > FP_BLOCK_MAX) return "size of a block";
    if (!b->stored || b->stored > UINT32_MAX - b->offset) return "place of a block";
    sum += b->size;
  }
  if (e->marks & FP_UNREADABLE && !e->n_blocks && !e->n_holes) return NULL;
  return sum == e->size ? NULL : "blocks do not add up to the size";
}

const char *fp_entry_wrong(const fp_entry *e) {
  const char *why = fp_path_wrong(e->path, e->path_len);
  if (why) return why;
  bool named = e->type == FP_LINK || e->type == FP_HARD;
  if (!e->type || !strchr("fdlpcbsh", e->type)) return "unknown type";
  if (!e->path_len && e->type != FP_DIR && e->type != FP_FILE) return "root is neither directory nor file";
  if (e->mode > 07777) return "mode";
  if (e->marks & ~(uint32_t)FP_MARKS) return "unknown mark";
  if (!named != !e->target_len || e->target_len > FP_PATH_MAX || memchr(e->target, 0, e->target_len)) return "target";
  if (e->type == FP_HARD && (fp_path_wrong(e->target, e->target_len) || fp_path_cmp(e->target, e->target_len, e->path, e->path_len) >= 0))
    return "hard link to what does not stand before it";
  if (e->n_xattrs > FP_XATTRS_MAX) return "too many xattrs";
  for (size_t i = 0; i < e->n_xattrs; i++) {
    if (!e->xattrs[i].name[0] || strlen(e->xattrs[i].name) > 255 || e->xattrs[i].size > FP_XATTR_MAX) return "xattr";
  }
  if (e->type == FP_FILE) return content_wrong(e);
  return e->n_blocks || e->n_holes ? "content of what is no file" : NULL;
}
