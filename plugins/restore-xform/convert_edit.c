/* convert_edit.c -- the steps that conversions are made of.  SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"
#include <stdarg.h>
#include <string.h>

static void failed(struct conv *v, pintle_status st, const char *p, const char *what) {
  if (v->st == PINTLE_OK) v->st = pintle_fail_at(v->call, st, p, "%s", what);
}

const char *cv_at(struct conv *v, const char *format, ...) {
  size_t base = strlen(v->base);
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(NULL, 0, format, ap);
  va_end(ap);
  char *p = n < 0 ? NULL : v->call->host->alloc(v->call, base + (size_t)n + 1);
  if (!p) {
    failed(v, PINTLE_NOMEM, "", "out of memory");
    return "!";
  }
  memcpy(p, v->base, base);
  va_start(ap, format);
  n = vsnprintf(p + base, (size_t)n + 1, format, ap);
  va_end(ap);
  return n < 0 ? "!" : p;
}

const char *cv_print(struct conv *v, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(NULL, 0, format, ap);
  va_end(ap);
  char *p = n < 0 ? NULL : v->call->host->alloc(v->call, (size_t)n + 1);
  if (!p) {
    failed(v, PINTLE_NOMEM, "", "out of memory");
    return "!";
  }
  va_start(ap, format);
  n = vsnprintf(p, (size_t)n + 1, format, ap);
  va_end(ap);
  return n < 0 ? "!" : p;
}

const char *cv_key_at(struct conv *v, const char *base, const char *key) {
  size_t size = strlen(base) + 2 * strlen(key) + 16;
  char *p = v->call->host->alloc(v->call, size);
  if (p) return pintle_key(p, size, base, key);
  failed(v, PINTLE_NOMEM, "", "out of memory");
  return "!";
}

const pintle_value *cv_value(struct conv *v, const char *p) { return v->st == PINTLE_OK ? v->doc->api->at(v->doc, p) : NULL; }
bool cv_has(struct conv *v, const char *p) { return cv_value(v, p) != NULL; }
const char *cv_text(struct conv *v, const char *p) { return pintle_str_or(v->doc, p, ""); }
bool cv_is_text(struct conv *v, const char *p, const char *s) { return strcmp(pintle_str_or(v->doc, p, "\x01"), s) == 0; }
bool cv_is_object(struct conv *v, const char *p) { return v->doc->api->type(v->doc, cv_value(v, p)) == PINTLE_T_OBJECT; }

size_t cv_count(struct conv *v, const char *p) {
  const pintle_value *a = cv_value(v, p);
  size_t n = 0;
  if (v->doc->api->type(v->doc, a) != PINTLE_T_ARRAY) return 0;
  for (a = v->doc->api->first(v->doc, a); a; a = v->doc->api->next(v->doc, a)) n++;
  return n;
}

bool cv_is_empty(struct conv *v, const char *p) {
  const pintle_value *a = cv_value(v, p);
  switch (v->doc->api->type(v->doc, a)) {
  case PINTLE_T_NULL: return true;
  case PINTLE_T_STRING: return cv_is_text(v, p, "");
  case PINTLE_T_ARRAY:
  case PINTLE_T_OBJECT: return !v->doc->api->first(v->doc, a);
  default: return false;
  }
}

/* It is copied, since it is given back to set, which may move what it points to. */
const char *cv_json(struct conv *v, const char *p) {
  pintle_str s;
  if (!cv_value(v, p) || v->doc->api->raw(v->doc, p, &s) != PINTLE_OK) return "null";
  char *copy = v->call->host->alloc(v->call, s.len + 1);
  if (!copy) {
    failed(v, PINTLE_NOMEM, p, "out of memory");
    return "null";
  }
  memcpy(copy, s.ptr, s.len);
  return copy;
}

void cv_set(struct conv *v, const char *p, const char *json) {
  if (v->st != PINTLE_OK) return;
  pintle_status st = v->doc->api->set_json(v->doc, p, json, strlen(json));
  if (st != PINTLE_OK) failed(v, st, p, "cannot be written: something on the way is no object");
  v->changed = true;
}

void cv_set_text(struct conv *v, const char *p, const char *s) {
  if (v->st != PINTLE_OK) return;
  pintle_status st = pintle_set_str(v->doc, p, s);
  if (st != PINTLE_OK) failed(v, st, p, "cannot be written: something on the way is no object");
  v->changed = true;
}

void cv_erase(struct conv *v, const char *p) {
  if (v->st != PINTLE_OK) return;
  pintle_status st = v->doc->api->remove(v->doc, p);
  if (st == PINTLE_OK) v->changed = true;
  else if (st != PINTLE_NOT_FOUND && st != PINTLE_INVALID) failed(v, st, p, "cannot be removed");
}

void cv_move(struct conv *v, const char *from, const char *to) {
  if (!cv_has(v, from)) cv_erase(v, from); /* a null */
  else if (cv_has(v, to)) cv_lost(v, from, "its new place is taken already");
  else {
    cv_set(v, to, cv_json(v, from));
    cv_erase(v, from);
  }
}

void cv_move_all(struct conv *v, const char *from, const char *to, const char *const *keys) {
  for (; *keys; keys++) cv_move(v, cv_key_at(v, from, *keys), cv_key_at(v, to, *keys));
}

void cv_fallback(struct conv *v, const char *p, const char *json) {
  if (v->quiet || v->st != PINTLE_OK || cv_has(v, p)) return;
  cv_set(v, p, json);
  if (v->st == PINTLE_OK) v->out->api->note(v->out, p, "the old version's default, made explicit");
}

void cv_changed(struct conv *v, const char *p, const char *json, const char *why) {
  cv_set(v, p, json);
  cv_say(v, PINTLE_LOG_INFO, "changed", p, "%s", why);
}

void cv_lost(struct conv *v, const char *p, const char *why) {
  if (!cv_has(v, p)) {
    cv_erase(v, p);
    return;
  }
  const char *was = cv_json(v, p);
  cv_say(v, PINTLE_LOG_WARN, "lost", p, "%.200s%s is not kept: %s", was, strlen(was) > 200 ? "..." : "", why);
  cv_erase(v, p);
}

void cv_say(struct conv *v, int32_t severity, const char *code, const char *p, const char *format, ...) {
  char line[1024];
  va_list ap;
  if (v->quiet || v->st != PINTLE_OK) return;
  va_start(ap, format);
  if (vsnprintf(line, sizeof line, format, ap) < 0) line[0] = 0;
  va_end(ap);
  v->call->host->finding(v->call, severity, code, p, line);
}

void cv_skip(struct conv *v, const char *why) {
  if (v->st != PINTLE_OK) return;
  v->skipped = true;
  if (!v->quiet && !*v->base) v->out->api->skip(v->out, why); /* within an item it stays, and is reported */
}
