/* rules.c -- how often each rule of each action matched, where it stands, and what it missed by little.  SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"
#include <ctype.h>

/* "rules[1].hosts: a -> b" is at /rules/1/hosts/a, "configMaps[2]: ..." at /configMaps/2. */
static void pointer_of(str rule, buf *pointer) {
  const char *colon = memmem(rule.ptr, rule.len, ": ", 2);
  size_t end = colon ? (size_t)(colon - rule.ptr) : 0, i = 0;
  while (i < end) {
    size_t from = i;
    while (i < end && (isalnum((unsigned char)rule.ptr[i]) || rule.ptr[i] == '-')) i++;
    if (i == from) return;
    item_pointer_add(pointer, (str){rule.ptr + from, i - from});
    if (i < end && rule.ptr[i] == ']') i++;
    if (i < end && (rule.ptr[i] == '[' || rule.ptr[i] == '.')) i++;
  }
  const char *rest = colon ? colon + 2 : NULL, *last = NULL;
  for (const char *p = rest; p && (p = memmem(p, (size_t)(rule.ptr + rule.len - p), " -> ", 4)); p += 4) last = p;
  if (last && end && rule.ptr[end - 1] != ']') item_pointer_add(pointer, (str){rest, (size_t)(last - rest)});
}

static void rule(const report_rules_from *from, const item_node *action, const item_node *c, buf *b) {
  CLEANUP(buf_free) buf place = {0}, pointer = {0};
  bool first = true;
  pointer_of(item_key(c), &pointer);
  if (from->place && pointer.len) from->place(from->ctx, item_key(action), buf_z(&pointer), &place);
  buf_addz(b, "{\"action\":");
  buf_json(b, item_key(action));
  buf_addz(b, ",\"rule\":");
  buf_json(b, item_key(c));
  buf_addz(b, ",\"count\":");
  buf_adds(b, item_number(c));
  if (place.len) buf_addz(b, ",\"place\":"), buf_json(b, buf_str(&place));
  for (const item_node *m = item_first(action); m; m = item_next(m)) {
    str what = engine_missed_by(m, c);
    if (!what.ptr) continue;
    buf_addz(b, first ? ",\"misses\":[{\"what\":" : ",{\"what\":");
    buf_json(b, what);
    buf_addz(b, ",\"count\":");
    buf_adds(b, item_number(m));
    buf_addc(b, '}');
    first = false;
  }
  buf_addz(b, first ? "}" : "]}");
  if (place.failed || pointer.failed) b->failed = true;
}

pintle_status report_rules(const report_rules_from *from, buf *b, error *e) {
  CLEANUP(item_freep) item_doc *doc = NULL;
  bool first = true;
  pintle_status st = item_new(&doc);
  if (st != PINTLE_OK) return error_nomem(e);
  if (from->counters.len) st = item_parse(doc, from->counters, 0, NULL, e);
  buf_addc(b, '[');
  for (const item_node *a = st == PINTLE_OK ? item_first(item_root(doc)) : NULL; a; a = item_next(a))
    for (const item_node *c = item_first(a); c; c = item_next(c)) {
      if (!item_number(c).ptr || engine_is_near_miss(a, c)) continue;
      if (!first) buf_addz(b, ",\n");
      first = false;
      rule(from, a, c, b);
    }
  buf_addc(b, ']');
  return st == PINTLE_OK && b->failed ? error_nomem(e) : st;
}
