/* changes.c -- a record's patches, played again: old and new value of each change.  SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"
#include "kube/names.h"

static str text_of(const item_node *object, const char *key) {
  str s = item_string(item_member(object, str_of(key)));
  return s.ptr ? s : STR("");
}

static void value(const item_doc *d, const char *key, const item_node *n, bool hidden, buf *out) {
  if (!n) return;
  buf_printf(out, ",\"%s\":", key);
  if (hidden) buf_addz(out, "\"(redacted)\"");
  else if (item_print(d, n, 0, out) != PINTLE_OK) out->failed = true;
}

static str why_of(const item_node *notes, str path) {
  for (const item_node *n = item_first(notes); n; n = item_next(n))
    if (str_eq(text_of(n, "at"), path)) return text_of(n, "why");
  return STR("");
}

static void member(buf *out, const char *key, str s) {
  if (!s.len) return;
  buf_printf(out, ",\"%s\":", key);
  buf_json(out, s);
}

typedef struct play {
  report *r;
  bool known, secret; /* known: r->before is the item as it is before the operation */
  bool moved;         /* a hidden value stands somewhere else by now */
} play;

static pintle_status apply(play *p, const item_node *op, error *e) { return item_replay(p->r->before, p->r->record, op, e); }

static pintle_status change(play *p, const item_node *op, const item_node *notes, buf *out, error *e) {
  str path = text_of(op, "path"), from = text_of(op, "from");
  p->moved |= p->secret && from.len && kube_secret_hides(from);
  bool hidden = p->moved || (p->secret && kube_secret_hides(path));
  const item_node *old = p->known && !str_is(text_of(op, "op"), "add") ? item_at(p->r->before, path.ptr) : NULL;
  buf_addz(out, "{\"op\":");
  buf_json(out, text_of(op, "op"));
  buf_addz(out, ",\"path\":");
  buf_json(out, path);
  member(out, "from", from);
  value(p->r->before, "old", old, hidden, out);
  value(p->r->record, "new", item_member(op, STR("value")), hidden, out);
  member(out, "why", why_of(notes, path));
  buf_addc(out, '}');
  return p->known ? apply(p, op, e) : PINTLE_OK;
}

/* pintle's own step that every item goes through: how often is enough. */
static bool quiet(str action) { return str_is(action, "pintle.io/reset-metadata"); }

static pintle_status changes(play *p, const item_node *action, buf *out, error *e) {
  const item_node *patch = item_member(action, STR("patch")), *notes = item_member(action, STR("notes"));
  pintle_status st = PINTLE_OK;
  buf_printf(out, ",\"changed\":%zu", item_count(patch));
  if (quiet(text_of(action, "action"))) {
    for (const item_node *op = item_first(patch); op && st == PINTLE_OK && p->known; op = item_next(op)) st = apply(p, op, e);
    return st;
  }
  buf_addz(out, ",\"changes\":[");
  for (const item_node *op = item_first(patch); op && st == PINTLE_OK; op = item_next(op)) {
    if (op != item_first(patch)) buf_addc(out, ',');
    st = change(p, op, notes, out, e);
  }
  buf_addc(out, ']');
  return st;
}

pintle_status report_changes(report *r, str record, str before, bool secret, buf *out, error *e) {
  static const item_limits limits = {.max_bytes = (size_t)256 << 20};
  play p = {.r = r, .known = before.len > 0, .secret = secret};
  pintle_status st = item_parse(r->record, record, 0, &limits, e);
  if (st == PINTLE_OK && p.known) st = item_parse(r->before, before, 0, NULL, e);
  buf_addc(out, '[');
  for (const item_node *a = st == PINTLE_OK ? item_first(item_root(r->record)) : NULL; a && st == PINTLE_OK; a = item_next(a)) {
    bool first = true;
    buf_addz(out, a == item_first(item_root(r->record)) ? "{" : ",{");
    for (const item_node *m = item_first(a); m && st == PINTLE_OK; m = item_next(m)) {
      if (str_is(item_key(m), "patch")) continue;
      if (!first) buf_addc(out, ',');
      first = false;
      buf_json(out, item_key(m));
      buf_addc(out, ':');
      if (item_print(r->record, m, 0, out) != PINTLE_OK) st = error_nomem(e);
    }
    if (st == PINTLE_OK && item_member(a, STR("patch"))) st = changes(&p, a, out, e);
    buf_addc(out, '}');
  }
  buf_addc(out, ']');
  return st == PINTLE_OK && out->failed ? error_nomem(e) : st;
}
