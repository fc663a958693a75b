/* report.c -- the record of a call becomes lines of Velero's log.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/log.h"
#include "item/item.h"
#include "kube/names.h"
#include <stdio.h>

enum { MOST_FIELDS = 32 };

typedef struct report {
  dropin_log *l;
  dropin_subject subject;
  item_doc *doc, *item; /* item: as it is before the operation; NULL: not known */
  bool failed, secret, moved; /* moved: a hidden value stands somewhere else by now */
} report;

static str member(const item_node *object, const char *key) {
  str s = item_string(item_member(object, str_of(key)));
  return s.ptr ? s : STR("");
}

static int32_t level_of(str name) {
  static const char *const levels[] = {"trace", "debug", "info", "warn", "error"};
  for (int32_t i = 0; i < 5; i++)
    if (str_is(name, levels[i])) return i;
  return PINTLE_LOG_INFO;
}

/* Values of a Secret are nobody's business, wherever they stand; nor is a whole item. */
static bool hidden(const report *r, str path) {
  return r->secret && (r->moved || kube_secret_hides(path));
}

static str why_of(const item_node *notes, str path) {
  for (const item_node *n = item_first(notes); n; n = item_next(n))
    if (str_eq(member(n, "at"), path)) return member(n, "why");
  return STR("");
}

/* The operation is done to the item too; one that does not fit it ends what is known. */
static void follow(report *r, const item_node *op) {
  CLEANUP(buf_free) buf patch = {0};
  buf_addc(&patch, '[');
  bool printed = r->item && item_print(r->doc, op, 0, &patch) == PINTLE_OK;
  buf_addc(&patch, ']');
  if (!r->item || (printed && !patch.failed && item_doc_api.patch(item_handle(r->item), patch.data, patch.len) == PINTLE_OK)) return;
  item_free(r->item);
  r->item = NULL;
}

static void print_value(const report *r, const item_doc *d, const item_node *v, str path, buf *to) {
  if (v && hidden(r, path)) buf_addz(to, "(hidden)");
  else if (v && item_print(d, v, 0, to) != PINTLE_OK) buf_clear(to);
}

static void changes(report *r, const item_node *patch, const item_node *notes) {
  for (const item_node *op = item_first(patch); op; op = item_next(op)) {
    CLEANUP(buf_free) buf value = {0}, old = {0}, text = {0};
    str path = member(op, "path"), what = member(op, "op");
    r->moved |= member(op, "from").len && hidden(r, member(op, "from"));
    print_value(r, r->doc, item_member(op, STR("value")), path, &value);
    if (r->item && !str_is(what, "add")) print_value(r, r->item, item_at(r->item, path.ptr), path, &old);
    buf_printf(&text, "%.*s %.*s", (int)what.len, what.ptr, path.len < 2000 ? (int)path.len : 2000, path.ptr);
    const dropin_field fields[] = {{"op", what},
                                   {"path", path},
                                   {"from", member(op, "from")},
                                   {"old", buf_str(&old)},
                                   {"value", buf_str(&value)},
                                   {"why", why_of(notes, path)}};
    dropin_event(r->l, &r->subject, "change", buf_str(&text), fields, sizeof fields / sizeof *fields);
    follow(r, op);
  }
}

static void findings(const report *r, const item_node *list) {
  for (const item_node *f = item_first(list); f; f = item_next(f)) {
    str severity = member(f, "severity"), text = member(f, "text");
    const dropin_field fields[] = {{"severity", severity}, {"code", member(f, "code")}, {"path", member(f, "at")}};
    dropin_event(r->l, &r->subject, "finding", text, fields, sizeof fields / sizeof *fields);
    int32_t level = level_of(severity);
    if (level >= PINTLE_LOG_WARN) dropin_say(r->l, level, &r->subject, text, NULL, 0);
  }
}

static void counts(const report *r, const item_node *object) {
  for (const item_node *n = item_first(object); n; n = item_next(n)) {
    const dropin_field fields[] = {{"counter", item_key(n)}, {"count", item_number(n)}};
    dropin_event(r->l, &r->subject, "count", item_key(n), fields, sizeof fields / sizeof *fields);
  }
}

static void lines(const report *r, const item_node *list) {
  for (const item_node *line = item_first(list); line; line = item_next(line)) {
    pintle_kv fields[MOST_FIELDS];
    size_t n = 0;
    for (const item_node *f = item_first(item_member(line, STR("fields"))); f && n < MOST_FIELDS; f = item_next(f))
      fields[n++] = (pintle_kv){item_key(f).ptr, item_string(f).ptr};
    dropin_say(r->l, level_of(member(line, "level")), &r->subject, member(line, "msg"), fields, n);
  }
}

/* An error that the call does not return. */
static void pardoned(const report *r, const item_node *error) {
  int32_t level = str_is(member(error, "severity"), "error") ? PINTLE_LOG_ERROR : PINTLE_LOG_WARN;
  pintle_kv fields[3];
  size_t n = 0;
  static const char *const keys[] = {"hint", "at", "code"};
  for (size_t i = 0; i < 3; i++)
    if (member(error, keys[i]).len) fields[n++] = (pintle_kv){keys[i], member(error, keys[i]).ptr};
  dropin_say(r->l, level, &r->subject, member(error, "message"), fields, n);
}

static void skipped(const report *r, str why) {
  const dropin_field fields[] = {{"why", why}};
  dropin_event(r->l, &r->subject, "skip", STR("the item is left out"), fields, 1);
}

static void open_item(report *r, str record, str item) {
  if (!item.len || !memmem(record.ptr, record.len, "\"patch\":", 8) || item_new(&r->item) != PINTLE_OK) return;
  if (item_parse(r->item, item, 0, NULL, NULL) == PINTLE_OK) return;
  item_free(r->item);
  r->item = NULL;
}

void dropin_report(dropin_log *l, const dropin_subject *subject, str record, str item, bool failed, bool secret) {
  report r = {.l = l, .subject = *subject, .failed = failed, .secret = secret};
  if (record.len == 0 || item_new(&r.doc) != PINTLE_OK) return;
  open_item(&r, record, item);
  const item_limits limits = {.max_bytes = (size_t)256 << 20};
  if (item_parse(r.doc, record, 0, &limits, NULL) == PINTLE_OK)
    for (const item_node *call = item_first(item_root(r.doc)); call; call = item_next(call)) {
      const item_node *error = item_member(call, STR("error"));
      r.subject.action = member(call, "action"), r.subject.plugin = member(call, "plugin");
      lines(&r, item_member(call, STR("log")));
      changes(&r, item_member(call, STR("patch")), item_member(call, STR("notes")));
      findings(&r, item_member(call, STR("findings")));
      counts(&r, item_member(call, STR("counts")));
      if (member(call, "skip").len) skipped(&r, member(call, "skip"));
      if (error && !(failed && !item_next(call))) pardoned(&r, error); /* the last one's is what the call returns */
    }
  item_free(r.item);
  item_free(r.doc);
}
