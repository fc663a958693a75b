/* untar.c -- see untar.h.  SPDX-License-Identifier: Apache-2.0
 *
 * Our own reader, since what must be refused here a lenient library passes over (measured with libarchive 3.6.2: entries cut off at a block's
 * edge, a NUL in a PAX name). Where two readings of a header are possible, it is refused: one archive, one meaning for everybody. */
#include "archive/untar.h"
#include "archive/header.h"
#include "archive/pax.h"
#include "base/path.h"
#include <stdlib.h>

enum { MAX_EXTRA = 1 << 20 }; /* of a PAX header or long name */
typedef enum { HEADER, EXTRA, CONTENT, PADDING, FIRST_ZERO, OVER } untar_state;

struct archive_untar {
  untar_state state;
  archive_limits limits;
  archive_each *each;
  void *ctx;
  union {
    tar_header header;
    char block[TAR_BLOCK];
  };
  size_t n_block; /* bytes of the header so far */
  int64_t left;   /* of the content or padding */
  int64_t size;   /* of the content */
  int64_t entries, total;
  char type;       /* of what is being read */
  char extra_type; /* 'x', 'g' or 'L'; 0: none waits */
  bool skip;       /* a directory */
  buf extra, path, content;
};

static const archive_limits defaults = {.max_entry = 16 << 20, .max_total = INT64_MAX, .max_ratio = 200, .max_entries = 10000000};

pintle_status archive_untar_open(const archive_limits *limits, archive_each *each, void *ctx, archive_untar **out, error *e) {
  archive_untar *u = calloc(1, sizeof *u);
  if (!u) return error_nomem(e);
  u->limits = defaults;
  if (limits && limits->max_entry > 0) u->limits.max_entry = limits->max_entry;
  if (limits && limits->max_total > 0) u->limits.max_total = limits->max_total;
  if (limits && limits->max_entries > 0) u->limits.max_entries = limits->max_entries;
  u->each = each, u->ctx = ctx;
  *out = u;
  return PINTLE_OK;
}

void archive_untar_free(archive_untar *u) {
  if (!u) return;
  buf_free(&u->extra);
  buf_free(&u->path);
  buf_free(&u->content);
  free(u);
}

static str field(const char *p, size_t n) { return (str){p, strnlen(p, n)}; }

/* Octal with leading spaces, or base-256; -1: neither. */
static int64_t number(const char *p, size_t n) {
  const unsigned char *b = (const unsigned char *)p;
  uint64_t v = 0;
  size_t i = 0;
  if (b[0] & 0x80) {
    if (b[0] != 0x80) return -1; /* negative or beyond 2^88 */
    for (i = 1; i < n; i++) {
      if (v >> 54) return -1;
      v = v << 8 | b[i];
    }
    return (int64_t)v;
  }
  while (i < n && b[i] == ' ') i++;
  for (; i < n && b[i] >= '0' && b[i] <= '7'; i++) v = v << 3 | (b[i] - '0'); /* 12 digits at most */
  for (; i < n; i++)
    if (b[i] != ' ' && b[i] != 0) return -1;
  return (int64_t)v;
}

static pintle_status at_entry(const archive_untar *u, error *e) {
  if (u->path.len > 300) return error_wrap(e, "entry %.300s...", u->path.data);
  if (u->path.len) return error_wrap(e, "entry %s", u->path.data);
  return error_wrap(e, "entry %lld", (long long)u->entries);
}

static pintle_status refuse(const archive_untar *u, error *e, const char *why) {
  error_set(e, PINTLE_INVALID, "%s", why);
  return at_entry(u, e);
}

static const char *refused_type(char type) {
  switch (type) {
  case '1':
  case 'K': return "it is a hard link";
  case '2': return "it is a symbolic link";
  case '3': return "it is a character device";
  case '4': return "it is a block device";
  case '6': return "it is a FIFO";
  case 'S': return "it is a sparse file";
  default: return "it is of a type that has no place here";
  }
}

static bool is_ustar(const tar_header *h) { return memcmp(h->magic, "ustar\0", 6) == 0 && memcmp(h->version, "00", 2) == 0; }

/* The name as the header itself has it; star ends the prefix earlier. */
static void header_name(const tar_header *h, buf *out) {
  bool star = memcmp(h->rest + 8, "tar", 4) == 0;
  str prefix = is_ustar(h) ? field(h->prefix, star ? 131 : sizeof h->prefix) : STR("");
  buf_clear(out);
  buf_adds(out, prefix);
  if (prefix.len) buf_addc(out, '/');
  buf_adds(out, field(h->name, sizeof h->name));
}

/* Whose name counts, and is it one? A directory's slash and a leading "./" go. */
static pintle_status settle_path(archive_untar *u, const pax_records *pax, error *e) {
  bool directory = u->type == '5';
  header_name(&u->header, &u->path);
  if (pax->path.ptr || u->extra_type == 'L') {
    buf_clear(&u->path);
    buf_adds(&u->path, pax->path.ptr ? pax->path : field(u->extra.data, u->extra.len));
  }
  str p = buf_str(&u->path);
  if (u->path.failed) return error_nomem(e);
  if (p.len && p.ptr[p.len - 1] == '/' && u->type == 0) directory = true; /* as before POSIX */
  if (directory && p.len > 1 && p.ptr[p.len - 1] == '/') p.len--;
  if (p.len >= 2 && p.ptr[0] == '.' && p.ptr[1] == '/') p.ptr += 2, p.len -= 2;
  u->skip = directory;
  if (directory && (p.len == 0 || str_is(p, "."))) return PINTLE_OK; /* the root itself */
  const char *why = path_refused(p);
  if (why) {
    error_set(e, PINTLE_INVALID, "its name is refused: %s", why);
    return at_entry(u, e);
  }
  memmove(u->path.data, p.ptr, p.len);
  u->path.len = p.len, u->path.data[p.len] = 0;
  return PINTLE_OK;
}

static pintle_status check_size(archive_untar *u, error *e) {
  if (u->skip && u->size) return refuse(u, e, "it is a directory with a content");
  if (u->size > u->limits.max_entry) {
    error_set(e, PINTLE_INVALID, "it has %lld bytes, more than %lld", (long long)u->size, (long long)u->limits.max_entry);
    return at_entry(u, e);
  }
  if (u->size > u->limits.max_total - u->total) {
    error_set(e, PINTLE_INVALID, "the contents so far are larger than %lld bytes", (long long)u->limits.max_total);
    return at_entry(u, e);
  }
  u->total += u->size;
  return PINTLE_OK;
}

static pintle_status begin_file(archive_untar *u, error *e) {
  pax_records pax = {{NULL, 0}, -1};
  pintle_status st = u->extra_type == 'x' ? pax_parse(buf_str(&u->extra), &pax, e) : PINTLE_OK;
  header_name(&u->header, &u->path); /* for the message, if it comes to that */
  if (st != PINTLE_OK) return at_entry(u, e);
  if (pax.size >= 0 && pax.size != u->size) return refuse(u, e, "its header and its PAX header disagree about its size");
  if ((st = settle_path(u, &pax, e)) == PINTLE_OK) st = check_size(u, e);
  u->extra_type = 0;
  u->state = CONTENT;
  return st;
}

/* A global header may say what it likes, but not name or size files. */
static pintle_status end_extra(archive_untar *u, error *e) {
  pax_records pax;
  if (u->type == 'L') {
    str name = field(u->extra.data, u->extra.len);
    if (u->extra.len - name.len > 1) return refuse(u, e, "its long name holds a NUL");
  }
  if (u->type != 'g') return PINTLE_OK;
  u->extra_type = 0;
  if (pax_parse(buf_str(&u->extra), &pax, e) != PINTLE_OK) return at_entry(u, e);
  return pax.path.ptr || pax.size >= 0 ? refuse(u, e, "a global PAX header names or sizes files") : PINTLE_OK;
}

static pintle_status begin_extra(archive_untar *u, error *e) {
  if (u->extra_type) return refuse(u, e, "it has two headers in front");
  if (u->size > MAX_EXTRA) return refuse(u, e, "its PAX header or long name is larger than 1 MiB");
  if (u->size == 0) return refuse(u, e, "its PAX header or long name is empty");
  u->extra_type = u->type;
  u->state = EXTRA;
  buf_clear(&u->extra);
  return PINTLE_OK;
}

static bool all_zero(const char *p, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (p[i]) return false;
  return true;
}

static pintle_status take_header(archive_untar *u, error *e) {
  int other;
  int64_t sum = number(u->header.checksum, sizeof u->header.checksum);
  buf_clear(&u->path);
  if (all_zero(u->block, TAR_BLOCK)) {
    if (u->extra_type) return refuse(u, e, "a PAX header or long name without an entry");
    u->state = u->state == FIRST_ZERO ? OVER : FIRST_ZERO;
    return PINTLE_OK;
  }
  if (u->state == FIRST_ZERO) return refuse(u, e, "the archive goes on behind its end");
  u->entries++;
  unsigned right = tar_checksum(&u->header, &other);
  if (sum != (int64_t)right && sum != (int64_t)other)
    return refuse(u, e, u->entries == 1 ? "this is no tar archive" : "its header is damaged");
  if (u->entries > u->limits.max_entries) return refuse(u, e, "the archive has too many entries");
  u->type = u->header.typeflag;
  u->size = u->left = number(u->header.size, sizeof u->header.size);
  if (u->size < 0) return header_name(&u->header, &u->path), refuse(u, e, "its size is no number");
  buf_clear(&u->content);
  if (u->type == 'x' || u->type == 'g' || u->type == 'L') return begin_extra(u, e);
  if (u->type == 0 || u->type == '0' || u->type == '5') return begin_file(u, e);
  header_name(&u->header, &u->path);
  return refuse(u, e, refused_type(u->type));
}

static pintle_status end_content(archive_untar *u, error *e) {
  bool extra = u->state == EXTRA;
  u->left = (TAR_BLOCK - u->size % TAR_BLOCK) % TAR_BLOCK;
  u->state = u->left ? PADDING : HEADER;
  if (extra) return end_extra(u, e);
  if (u->skip) return PINTLE_OK;
  archive_entry entry = {buf_z(&u->path), buf_str(&u->content)};
  return u->each(u->ctx, &entry, e);
}

static size_t part(const archive_untar *u, size_t n) { return (uint64_t)u->left < n ? (size_t)u->left : n; }

/* Uses up some of the piece, perhaps none when only the state changes. */
static pintle_status step(archive_untar *u, str *piece, error *e) {
  size_t n = 0;
  pintle_status st = PINTLE_OK;
  switch (u->state) {
  case HEADER:
  case FIRST_ZERO:
    n = TAR_BLOCK - u->n_block < piece->len ? TAR_BLOCK - u->n_block : piece->len;
    memcpy(u->block + u->n_block, piece->ptr, n);
    u->n_block += n;
    if (u->n_block == TAR_BLOCK) u->n_block = 0, st = take_header(u, e);
    break;
  case EXTRA:
  case CONTENT: {
    buf *to = u->state == EXTRA ? &u->extra : &u->content;
    n = part(u, piece->len);
    if (n) buf_add(to, piece->ptr, n);
    if (to->failed) return error_nomem(e);
    u->left -= (int64_t)n;
    break;
  }
  case PADDING:
    n = part(u, piece->len);
    u->left -= (int64_t)n;
    if (u->left == 0) u->state = HEADER;
    break;
  case OVER: /* writers fill up to a record of theirs */
    n = piece->len;
    if (!all_zero(piece->ptr, n)) st = error_set(e, PINTLE_INVALID, "there is something behind the end of the tar archive");
    break;
  }
  piece->ptr += n, piece->len -= n;
  if (st == PINTLE_OK && (u->state == EXTRA || u->state == CONTENT) && u->left == 0) st = end_content(u, e);
  return st;
}

pintle_status archive_untar_feed(archive_untar *u, str piece, error *e) {
  pintle_status st = PINTLE_OK;
  while (st == PINTLE_OK && piece.len) st = step(u, &piece, e);
  return st;
}

pintle_status archive_untar_end(archive_untar *u, error *e) {
  if (u->state == OVER) return PINTLE_OK;
  if (u->entries == 0) return error_set(e, PINTLE_INVALID, "this is no tar archive: it ends too early");
  if (u->state == CONTENT) return refuse(u, e, "it is truncated: the archive ends inside it");
  return error_set(e, PINTLE_INVALID, "tar: truncated after %lld entries", (long long)u->entries);
}
