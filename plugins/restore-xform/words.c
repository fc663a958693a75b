/* words.c -- the words of a text that a host may be.  SPDX-License-Identifier: Apache-2.0
 *
 * One reader for what is changed and what is reported as left. From a dot a word reaches to both sides; what it stands behind says whether it
 * is a host there. That is found in one walk over the text, however many words it has. */
#include "xform.h"
#include <ctype.h>
#include <string.h>

static bool inside(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || (c >= 'A' && c <= 'Z') || c == '_';
}
static bool hex(char c) { return isxdigit((unsigned char)c); }
static bool in_token(char c) { return inside(c) || (c && strchr("/\\:%[]~@*", c)) || (unsigned char)c >= 0x80; }

/* Signs and blanks outside of ASCII (U+0080 to U+00BF, U+2000 to U+2BFF, U+3000 to U+303F, wide punctuation, pictures): no letters. */
static bool sign(const unsigned char *p, size_t n) {
  if (n < 2) return false;
  if (p[0] == 0xc2) return p[1] != 0xaa && p[1] != 0xb5 && p[1] != 0xba;
  if (p[0] == 0xe2) return p[1] < 0xb0;
  if (p[0] == 0xe3) return p[1] == 0x80;
  if (p[0] == 0xef && n > 2) return (p[1] == 0xbb && p[2] == 0xbf) || (p[1] == 0xbc && (p[2] < 0x90 || (p[2] > 0x99 && p[2] < 0xa1)));
  return p[0] == 0xf0 && p[1] == 0x9f;
}

/* Bytes of the character of a label that ends before p, that begins at p; 0: there is none. */
static size_t before(const char *begin, const char *p) {
  size_t n = 1;
  if (p == begin) return 0;
  if ((unsigned char)p[-1] < 0x80) return inside(p[-1]);
  while (n < 4 && (size_t)(p - begin) > n && ((unsigned char)p[-(long)n] & 0xc0) == 0x80) n++;
  return sign((const unsigned char *)p - n, n) ? 0 : n;
}
static size_t after(const char *p, const char *end) {
  if (p == end || (unsigned char)*p < 0x80) return p < end && inside(*p);
  return sign((const unsigned char *)p, (size_t)(end - p)) ? 0 : 1;
}

/* Behind "%2F" and "%252F", of a URL in a URL. */
static const char *unescaped(const char *begin, const char *p, const char *end) {
  if (p == begin || p[-1] != '%' || end - p < 2 || !hex(p[0]) || !hex(p[1])) return p;
  while (end - p >= 4 && p[0] == '2' && p[1] == '5' && hex(p[2]) && hex(p[3])) p += 2;
  return p + 2;
}

/* What stands between two blanks, up to p. */
static void look_back(struct xform_words *w, size_t p) {
  for (; w->seen < p; w->seen++) {
    const char c = w->text.ptr[w->seen];
    if (!in_token(c)) w->token = w->seen + 1, w->slash = SIZE_MAX;
    else if (c == '/' && w->slash == SIZE_MAX) w->slash = w->seen;
    if (c && strchr(" \t\n\"',;", c)) w->scheme = false;
    else if (c == '/' && w->seen > 0 && w->text.ptr[w->seen - 1] == '/') w->scheme = true;
  }
}

static bool ends(const char *begin, const char *p, const char *word) {
  size_t n = strlen(word);
  return (size_t)(p - begin) >= n && memcmp(p - n, word, n) == 0 && ((size_t)(p - begin) == n || !isalnum((unsigned char)p[-(long)n - 1]));
}

/* "scheme:///p": no host is said, but for the schemes of gRPC and where a port stands behind. */
static bool without_host(const char *begin, const char *p) {
  static const char *const schemes[] = {"dns:", "grpc:", "grpcs:", "xds:", "passthrough:"};
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
    if (ends(begin, p, schemes[i])) return false;
  return true;
}

/* Is what p follows a path: "C:\p", "dir\p"? Not in "\\p", as shares are named. */
static bool behind_backslash(const char *begin, const char *p) {
  const char *from = p;
  while (from > begin && from[-1] == '\\') from--;
  return p - from < 2 || (from > begin && (in_token(from[-1]) || from[-1] == '.'));
}

/* Does p follow a slash of a path: "/etc/p", "http://host/p", "a.b/p", "file:///p"? Not in "//p", nor in Istio's "namespace/p", "./p". */
static bool in_path(struct xform_words *w, const char *p, const char *behind) {
  const char *begin = w->text.ptr, *end = begin + w->text.len;
  if (p - begin >= 3 && p[-1] != '/' && p[-1] != '\\') {
    size_t n = 0; /* of "%2F" before p, or "%252F" */
    const char *q = p;
    while (q - begin >= 3 && (q[-1] == 'F' || q[-1] == 'f') && q[-2] == '2') {
      const char *r = q - 2;
      while (r - begin >= 2 && r[-1] == '5' && r[-2] == '2') r -= 2;
      if (r == begin || r[-1] != '%') break;
      q = r - 1, n++;
    }
    return n == 1 || n > 2;
  }
  if (p == begin) return false;
  if (p[-1] == '\\') return *p != '.' && behind_backslash(begin, p);
  if (p[-1] != '/') return false;
  const char *from = p - 1;
  if (from > begin && from[-1] == '\\') from--; /* as some write JSON */
  if (from > begin && from[-1] == '/') {
    const char *slash = from - 1;
    if (slash > begin && slash[-1] == '\\') slash--;
    if (slash == begin || slash[-1] != '/') return false;
    if (slash - begin > 1 && slash[-2] == '/') return true;
    const bool port = behind < end && *behind == ':' && behind + 1 < end && isdigit((unsigned char)behind[1]);
    return !port && without_host(begin, slash - 1 > begin && slash[-2] == '\\' ? slash - 2 : slash - 1);
  }
  look_back(w, (size_t)(p - begin));
  const char *token = begin + w->token, *first = begin + w->slash;
  size_t n = (size_t)(first - token);
  if (n == 0 || first + 1 < p || memchr(token, ':', n) || memchr(token, '\\', n)) return true;
  if (n == 1 && *token == '.') return behind < end && *behind == '/'; /* "./p/x" */
  return memchr(token, '.', n) != NULL;
}

/* user@host is a host behind a scheme only: else it is somebody's address. */
static bool is_address(struct xform_words *w, const char *p) {
  if (p == w->text.ptr || p[-1] != '@') return false;
  look_back(w, (size_t)(p - w->text.ptr));
  return !w->scheme;
}

bool xform_words_next(struct xform_words *w) {
  const char *begin = w->text.ptr, *end = begin + w->text.len, *dot;
  while ((dot = begin ? memchr(begin + w->at, '.', w->text.len - w->at) : NULL)) {
    const char *from = dot, *to = dot;
    size_t n;
    while (from > begin + w->at && (n = before(begin + w->at, from))) from -= n;
    while ((n = after(to, end))) to += n;
    w->at = (size_t)(to - begin); /* nothing of this word is looked at again */
    from = unescaped(begin, from, to);
    if (from > begin && *from == '.' && from[-1] == '*') from--;
    while (to > from && (to[-1] == '.' || to[-1] == '-')) to--; /* the dot that ends a sentence, or the root */
    if (from >= to || !memchr(from, '.', (size_t)(to - from))) continue;
    w->word = (pintle_str){from, (size_t)(to - from)};
    w->host = !is_address(w, from) && !in_path(w, from, to);
    return true;
  }
  return false;
}
