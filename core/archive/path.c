/* path.c -- paths inside Velero's tarball.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/archive.h"
#include "archive/digest.h"

enum { MAX_FILE_NAME = 255, KEPT = 200, DIGITS = 12 };

static bool next_part(str *rest, str *part) {
  const char *slash = rest->len ? memchr(rest->ptr, '/', rest->len) : NULL;
  *part = (str){rest->ptr, slash ? (size_t)(slash - rest->ptr) : rest->len};
  if (part->len == 0) return false;
  *rest = slash ? (str){slash + 1, rest->len - part->len - 1} : (str){rest->ptr + rest->len, 0};
  return true;
}

static bool parse_version(archive_path *p, str version) {
  static const char mark[] = "-preferredversion";
  p->preferred = str_ends(version, mark);
  if (p->preferred) version.len -= sizeof mark - 1;
  p->version = version;
  return version.len > 0;
}

bool archive_path_parse(const char *path, archive_path *out) {
  str part[7] = {{0}}, rest = str_of(path);
  size_t n = 0;
  while (n < 7 && rest.len)
    if (!next_part(&rest, &part[n++])) return false;
  if (n < 4 || n > 6 || rest.len || path[strlen(path) - 1] == '/' || !str_is(part[0], "resources")) return false;
  archive_path p = {.group_resource = part[1], .version = STR(""), .ns = STR(""), .name = part[n - 1]};
  bool cluster = str_is(part[n - 2], "cluster"), spaced = n > 4 && str_is(part[n - 3], "namespaces");
  if (spaced) p.ns = part[n - 2];
  else if (!cluster) return false;
  size_t plain = spaced ? 5 : 4;
  if (n > plain + 1 || (n == plain + 1 && !parse_version(&p, part[2]))) return false;
  if (!str_ends(p.name, ".json") || p.name.len == 5) return false;
  p.name.len -= 5;
  *out = p;
  return true;
}

static void add_file_name(str name, buf *out) {
  unsigned char sum[ARCHIVE_SHA256];
  char hex[2 * ARCHIVE_SHA256 + 1];
  if (name.len + 5 <= MAX_FILE_NAME) {
    buf_adds(out, name);
    buf_addz(out, ".json");
    return;
  }
  size_t n = KEPT;
  while (n > KEPT - 4 && ((unsigned char)name.ptr[n] & 0xc0) == 0x80) n--; /* not in the middle of a character */
  if (!archive_sha256(name, sum)) {
    out->failed = true;
    return;
  }
  archive_hex(sum, sizeof sum, hex);
  buf_add(out, name.ptr, n);
  buf_printf(out, "~%.*s.json", DIGITS, hex);
}

void archive_path_make(str group_resource, str version, bool preferred, str ns, str name, buf *out) {
  buf_addz(out, "resources/");
  buf_adds(out, group_resource);
  if (version.len) {
    buf_addc(out, '/');
    buf_adds(out, version);
    if (preferred) buf_addz(out, "-preferredversion");
  }
  buf_addz(out, ns.len ? "/namespaces/" : "/cluster");
  buf_adds(out, ns);
  buf_addc(out, '/');
  add_file_name(name, out);
}
