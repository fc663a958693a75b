/* restore_status.c -- see restore_status.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/restore_status.h"
#include <string.h>
#include <strings.h>

static const char annotation[] = "velero.io/restore-status";

static bool is_word(str s, const char *word) {
  while (s.len && strchr(" \t\r\n", s.ptr[0])) s.ptr++, s.len--;
  while (s.len && strchr(" \t\r\n", s.ptr[s.len - 1])) s.len--;
  return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static pintle_status ready(engine_status *s) {
  pintle_status st = s->doc ? PINTLE_OK : item_new(&s->doc);
  return st == PINTLE_OK && !s->stored ? item_new(&s->stored) : st;
}

static pintle_status put(engine_status *s, const kube_source *source, size_t item, error *e) {
  buf_clear(&s->from);
  pintle_status st = kube_source_read(source, item, &s->from, e);
  if (st == PINTLE_OK) st = item_parse(s->stored, buf_str(&s->from), 0, NULL, e);
  const item_node *status = st == PINTLE_OK ? item_at(s->stored, "/status") : NULL;
  if (!status) return st;
  buf_clear(&s->from);
  st = item_print(s->stored, status, 0, &s->from);
  if (st == PINTLE_OK && s->from.failed) st = PINTLE_NOMEM;
  if (st == PINTLE_OK) st = item_set_json(s->doc, "/status", buf_str(&s->from));
  if (st == PINTLE_OK) st = item_print(s->doc, NULL, 0, &s->text);
  return st == PINTLE_OK && !s->text.failed ? PINTLE_OK : error_nomem(e);
}

pintle_status engine_status_put_back(engine_status *s, const kube_source *source, size_t item, bool wanted, str text, str *out, str *odd,
                                     error *e) {
  *out = text, *odd = STR("");
  if (!wanted && !memmem(text.ptr, text.len, annotation, sizeof annotation - 1)) return PINTLE_OK;
  if (ready(s) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(s->doc, text, 0, NULL, e);
  if (st != PINTLE_OK) return st;
  str own = item_str(s->doc, "/metadata/annotations/velero.io~1restore-status", "");
  if (is_word(own, "true")) wanted = true;
  else if (is_word(own, "false")) wanted = false;
  else *odd = own;
  if (!wanted || item_at(s->doc, "/status")) return PINTLE_OK;
  buf_clear(&s->text);
  st = put(s, source, item, e);
  if (st == PINTLE_OK && s->text.len) *out = buf_str(&s->text);
  return st;
}

void engine_status_free(engine_status *s) {
  item_free(s->doc);
  item_free(s->stored);
  buf_free(&s->text);
  buf_free(&s->from);
}
