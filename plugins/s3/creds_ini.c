/* creds_ini.c -- AWS' configuration files: sections, keys, comments, nested values.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include <ctype.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LARGEST = 1 << 20 };

static char *trim(char *text) {
  while (isspace((unsigned char)*text)) text++;
  char *end = text + strlen(text);
  while (end > text && isspace((unsigned char)end[-1])) end--;
  *end = 0;
  return text;
}

/* " #" and " ;" begin a comment, also behind a value (the SDK for Go: internal/ini). */
static void cut_comment(char *value) {
  for (char *p = value; *p; p++)
    if ((*p == '#' || *p == ';') && (p == value || isspace((unsigned char)p[-1]))) {
      *p = 0;
      return;
    }
}

/* "[profile  "a b" ]" is "profile a b"; in place. NULL: no section. */
static char *section_name(char *line) {
  char *end = strchr(line, ']');
  if (!end) return NULL;
  *end = 0;
  char *name = trim(line + 1), *to = name;
  bool space = false;
  for (char *p = name; *p; p++) {
    if (*p == '"' || *p == '\'') continue;
    if (isspace((unsigned char)*p)) {
      space = true;
      continue;
    }
    if (space && to > name) *to++ = ' ';
    *to++ = *p, space = false;
  }
  *to = 0;
  return name;
}

static bool add(creds_ini *ini, const char *section, const char *key, const char *value) {
  if (ini->n == ini->cap) {
    size_t cap = ini->cap ? 2 * ini->cap : 32;
    creds_entry *more = realloc(ini->entries, cap * sizeof *more);
    if (!more) return false;
    ini->entries = more, ini->cap = cap;
  }
  ini->entries[ini->n++] = (creds_entry){section, key, value};
  return true;
}

/* A line further in than its key goes on with that key's value (nested "s3 =" blocks): none of those is ours. */
static bool parse(creds_ini *ini) {
  const char *section = NULL;
  size_t indent = 0;
  bool in_key = false;
  char *line = ini->text, *next;
  if (strncmp(line, "\xef\xbb\xbf", 3) == 0) line += 3;
  for (; line; line = next) {
    if ((next = strchr(line, '\n'))) *next++ = 0;
    size_t n = strspn(line, " \t");
    char *text = trim(line);
    if (!*text || *text == '#' || *text == ';') continue;
    if (in_key && n > indent) continue;
    if (*text == '[') {
      section = section_name(text), in_key = false;
      if (section && !add(ini, section, NULL, NULL)) return false;
      continue;
    }
    char *equal = strchr(text, '=');
    if (!equal || !section) continue;
    *equal = 0;
    char *key = trim(text);
    for (char *p = key; *p; p++) *p = (char)tolower((unsigned char)*p);
    cut_comment(equal + 1);
    in_key = true, indent = n;
    if (!add(ini, section, key, trim(equal + 1))) return false;
  }
  return true;
}

pintle_status creds_ini_read(creds_ini *ini, const char *path) {
  struct stat st;
  *ini = (creds_ini){.path = path};
  FILE *f = fopen(path, "re");
  if (!f) return errno == ENOENT || errno == ENOTDIR ? PINTLE_NOT_FOUND : PINTLE_INVALID;
  pintle_status result = PINTLE_INVALID;
  if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > LARGEST) goto out;
  ini->text_n = (size_t)st.st_size;
  result = PINTLE_NOMEM;
  if (!(ini->text = calloc(1, ini->text_n + 1))) goto out;
  setvbuf(f, NULL, _IONBF, 0); /* no copy stays in a buffer of stdio */
  size_t n = fread(ini->text, 1, ini->text_n, f);
  result = ferror(f) || memchr(ini->text, 0, n) ? PINTLE_INVALID : parse(ini) ? PINTLE_OK : PINTLE_NOMEM;
out:
  fclose(f);
  if (result != PINTLE_OK) creds_ini_free(ini);
  return result;
}

void creds_ini_free(creds_ini *ini) {
  if (ini->text) OPENSSL_cleanse(ini->text, ini->text_n);
  free(ini->text);
  free(ini->entries);
  *ini = (creds_ini){0};
}

const char *creds_ini_get(const creds_ini *ini, const char *section, const char *key) {
  const char *value = NULL;
  for (size_t i = 0; i < ini->n; i++)
    if (ini->entries[i].key && strcmp(ini->entries[i].section, section) == 0 && strcmp(ini->entries[i].key, key) == 0)
      value = ini->entries[i].value;
  return value;
}

bool creds_ini_has(const creds_ini *ini, const char *section) {
  for (size_t i = 0; i < ini->n; i++)
    if (strcmp(ini->entries[i].section, section) == 0) return true;
  return false;
}
