/* format.c -- see format.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/format.h"
#include "base/clock.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

static bool is_duration(str s) {
  int64_t d;
  return clock_duration(s, &d) == PINTLE_OK;
}
static bool is_deadline(str s) {
  int64_t d;
  return clock_duration(s, &d) == PINTLE_OK && d > 0;
}
static bool is_time(str s) {
  int64_t t;
  return clock_parse(s, &t) == PINTLE_OK;
}

bool conf_is_subdomain(str s) {
  if (s.len == 0 || s.len > 253) return false;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.ptr[i];
    bool inner = i > 0 && i + 1 < s.len && s.ptr[i - 1] != '.' && s.ptr[i + 1] != '.';
    if (is_lower(c) || is_digit(c) || (c == '-' && inner)) continue;
    if (c != '.' || !inner || s.ptr[i - 1] == '-') return false;
  }
  return true;
}

/* Letters, digits, '-', '_', '.'; letter or digit at both ends. */
static bool is_name_part(str s) {
  if (s.len == 0 || s.len > 63) return false;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.ptr[i];
    bool edge = i == 0 || i + 1 == s.len;
    if (!is_letter(c) && !is_digit(c) && (edge || (c != '-' && c != '_' && c != '.'))) return false;
  }
  return true;
}

static bool is_action_name(str s) {
  const char *slash = s.len ? memchr(s.ptr, '/', s.len) : NULL;
  if (!slash) return false;
  size_t n = (size_t)(slash - s.ptr);
  return conf_is_subdomain((str){s.ptr, n}) && is_name_part((str){slash + 1, s.len - n - 1});
}

static bool is_file_name(str s) {
  if (s.len == 0 || s.len > 255 || s.ptr[0] == '.') return false;
  return !memchr(s.ptr, '/', s.len) && !memchr(s.ptr, 0, s.len);
}

static bool is_environment(str s) {
  bool named = false;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.ptr[i];
    if (is_letter(c) || (is_digit(c) && i > 0)) named = true;
    else if (c != '_' && (c != '*' || (i > 0 && i + 1 < s.len))) return false;
  }
  return named && s.len < 256;
}

static bool is_sha256(str s) {
  for (size_t i = 0; i < s.len; i++)
    if (!is_digit(s.ptr[i]) && !(s.ptr[i] >= 'a' && s.ptr[i] <= 'f') && !(s.ptr[i] >= 'A' && s.ptr[i] <= 'F')) return false;
  return s.len == 64;
}

/* Line breaks are allowed, as Go's decoder allows them. */
static bool is_base64(str s) {
  size_t n = 0, pad = 0;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.ptr[i];
    if (c == '\n' || c == '\r') continue;
    if (c == '=') pad++;
    else if (pad || !(is_letter(c) || is_digit(c) || c == '+' || c == '/')) return false;
    n++;
  }
  return n % 4 == 0 && pad <= 2;
}

static bool is_data_key(str s) {
  if (s.len == 0 || s.len > 253 || str_is(s, ".") || str_starts(s, "..")) return false;
  for (size_t i = 0; i < s.len; i++)
    if (!is_letter(s.ptr[i]) && !is_digit(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '_' && s.ptr[i] != '.') return false;
  return true;
}

/* ---- cron: minute hour day month weekday */

typedef struct cron_field {
  int low, high;
  const char *names; /* three letters each, from low on */
} cron_field;
static const cron_field cron_fields[5] = {
    {0, 59, NULL}, {0, 23, NULL}, {1, 31, NULL}, {1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"}, {0, 6, "sunmontuewedthufrisat"}};

static bool cron_number(const cron_field *f, const char **p, const char *end, int *out) {
  const char *from = *p;
  int v = 0;
  while (*p < end && is_digit(**p) && *p - from < 4) v = v * 10 + (*(*p)++ - '0');
  if (*p > from) return *out = v, v >= f->low && v <= f->high;
  if (!f->names || end - *p < 3) return false;
  for (int i = 0; i <= f->high - f->low; i++) {
    int k = 0;
    while (k < 3 && ((*p)[k] | 0x20) == f->names[i * 3 + k]) k++;
    if (k == 3) return *p += 3, *out = f->low + i, true;
  }
  return false;
}

/* "*", "3", "1-5", "* /15" without the blank, and lists of these */
static bool cron_part(const cron_field *f, str s) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  for (;;) {
    int low, high, step = 0;
    if (p < end && (*p == '*' || *p == '?')) p++;
    else {
      if (!cron_number(f, &p, end, &low)) return false;
      if (p < end && *p == '-') {
        p++;
        if (!cron_number(f, &p, end, &high) || high < low) return false;
      }
    }
    if (p < end && *p == '/') {
      const char *from = ++p;
      while (p < end && is_digit(*p) && p - from < 4) step = step * 10 + (*p++ - '0');
      if (step == 0) return false;
    }
    if (p == end) return true;
    if (*p++ != ',') return false;
  }
}

static str next_word(str *s) {
  while (s->len && *s->ptr == ' ') s->ptr++, s->len--;
  str word = {s->ptr, 0};
  while (s->len && *s->ptr != ' ') s->ptr++, s->len--, word.len++;
  return word;
}

static bool is_cron(str s) {
  static const char *const macros[] = {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"};
  str rest = s, word = next_word(&rest);
  if (str_starts(word, "TZ=") || str_starts(word, "CRON_TZ=")) word = next_word(&rest);
  if (str_is(word, "@every")) {
    word = next_word(&rest);
    return is_deadline(word) && next_word(&rest).len == 0;
  }
  for (size_t i = 0; i < sizeof macros / sizeof *macros; i++)
    if (str_is(word, macros[i])) return next_word(&rest).len == 0;
  for (int i = 0; i < 5; i++, word = next_word(&rest))
    if (word.len == 0 || !cron_part(&cron_fields[i], word)) return false;
  return word.len == 0;
}

const schema_format format_duration = {is_duration, "a duration", "write a number with its unit, such as 90s, 30m or 720h"};
const schema_format format_deadline = {is_deadline, "a duration over 0",
                                       "every call has a deadline: write 90s, 10m or 4h, or leave it out"};
const schema_format format_time = {is_time, "a time", "write it as 2026-05-20T08:00:00Z"};
const schema_format format_subdomain = {conf_is_subdomain, "a name",
                                        "lower case letters, digits, '-' and '.', at most 253 of them; a letter or digit at both ends"};
const schema_format format_action_name = {is_action_name, "an action's name",
                                          "write it with its domain, as `pintle plugin list` shows it: velero.io/aws"};
const schema_format format_file_name = {is_file_name, "a file name",
                                        "write the name without its directory; plugins are found in the plugin directory"};
const schema_format format_environment = {
    is_environment, "a variable's name", "write the name only, such as HTTPS_PROXY or AWS_*; the value is taken from pintle's environment"};
const schema_format format_sha256 = {is_sha256, "a SHA-256", "write the 64 hexadecimal digits that sha256sum prints"};
const schema_format format_base64 = {is_base64, "base64", "encode it with `base64 -w0`"};
const schema_format format_secret_data = {is_base64, "base64", "put plain text under stringData"};
const schema_format format_data_key = {is_data_key, "a key", "letters, digits, '-', '_' and '.'"};
const schema_format format_cron = {is_cron, "a cron expression",
                                   "write minute hour day month weekday, such as \"0 3 * * *\", or @daily, or @every 6h"};
