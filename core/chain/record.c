/* record.c -- what each action did to an item, as JSON; docs/architecture.md.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/builtin.h"
#include "chain/inside.h"

static void add_number(buf *b, int64_t v) {
  char digits[24], *p = digits + sizeof digits;
  uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
  do *--p = (char)('0' + u % 10);
  while ((u /= 10));
  if (v < 0) *--p = '-';
  buf_add(b, p, (size_t)(digits + sizeof digits - p));
}

/* The constant beginning of an entry's object. */
str chain_record_head(arena *a, const chain_plan *p, const chain_entry *entry) {
  CLEANUP(buf_free) buf b = {0}, plugin = {0};
  const char *name = entry->plugin < 0 ? builtin_plugin.name : p->plugins[entry->plugin].name,
             *version = entry->plugin < 0 ? builtin_plugin.version : p->plugins[entry->plugin].version;
  buf_addz(&b, "{\"action\":");
  buf_json(&b, str_of(entry->name));
  buf_addz(&b, ",\"plugin\":");
  buf_printf(&plugin, "%s@%s", name, version);
  buf_json(&b, buf_str(&plugin));
  const char *text = b.failed || plugin.failed ? NULL : arena_copy(a, buf_str(&b));
  return (str){text, b.len};
}

void chain_record_open(chain *c, uint32_t entry) {
  buf_addc(&c->record, c->record.len ? ',' : '[');
  buf_adds(&c->record, c->slots[entry].head);
}

void chain_record_call(chain *c, int64_t elapsed, unsigned tries) {
  buf_add(&c->record, ",\"ns\":", 6);
  add_number(&c->record, elapsed);
  if (tries > 1) buf_addz(&c->record, ",\"tries\":"), add_number(&c->record, tries);
}

pintle_status chain_record_commit(chain *c) {
  if (!item_edited(c->doc)) return item_commit(c->doc, NULL);
  size_t from = c->record.len;
  buf_addz(&c->record, ",\"patch\":");
  pintle_status st = item_commit(c->doc, &c->record);
  if (st != PINTLE_OK || str_ends(buf_str(&c->record), ":[]")) c->record.len = from;
  return st;
}

void chain_record_text(chain *c, const char *key, str text) {
  buf *b = &c->record;
  if (text.len == 0) return;
  buf_addz(b, ",\"");
  buf_addz(b, key);
  buf_addz(b, "\":");
  buf_json(b, text);
}

static void add_notes(chain *c) {
  buf *b = &c->record;
  for (size_t i = 0; i < c->result.n_notes; i++) {
    buf_addz(b, i ? "," : ",\"notes\":[");
    buf_addz(b, "{\"at\":");
    buf_json(b, str_of(c->result.notes[i].pointer));
    buf_addz(b, ",\"why\":");
    buf_json(b, str_of(c->result.notes[i].why));
    buf_addc(b, '}');
  }
  if (c->result.n_notes) buf_addc(b, ']');
}

void chain_record_result(chain *c) {
  const host_result *r = &c->result;
  if (r->n_notes) add_notes(c);
  if (r->skip) chain_record_text(c, "skip", r->skip[0] ? str_of(r->skip) : STR("no reason given"));
  if (r->n_items) chain_related_print(&c->record, "additional", r->items, r->n_items);
  if (r->operation) chain_record_text(c, "operation", str_of(r->operation));
}

/* An error's texts may be cut inside a character, which buf_json_go mends. */
static void add_part(buf *b, const char *key, const char *text) {
  if (!text[0]) return;
  buf_addz(b, ",\"");
  buf_addz(b, key);
  buf_addz(b, "\":");
  buf_json_go(b, str_of(text));
}

void chain_record_error(chain *c, uint32_t entry) {
  buf *b = &c->record;
  buf_addz(b, ",\"error\":{\"status\":\"");
  buf_addz(b, error_status_name(c->error.status));
  buf_addc(b, '"');
  add_part(b, "message", c->error.message);
  add_part(b, "hint", c->error.hint);
  add_part(b, "at", c->error.place);
  add_part(b, "code", c->error.code);
  if (c->blocks && c->plan->entries[entry].on_error != CONF_WARN) add_part(b, "severity", "error");
  buf_addc(b, '}');
}

static void add_lines(buf *b, const char *key, const buf *lines, size_t dropped, const char *head, const char *what) {
  if (lines->failed || (lines->len == 0 && dropped == 0)) return;
  buf_addz(b, key);
  buf_adds(b, buf_str(lines));
  if (dropped) {
    if (lines->len) buf_addc(b, ',');
    buf_addz(b, head);
    add_number(b, (int64_t)dropped);
    buf_addz(b, what);
  }
  buf_addc(b, ']');
}

void chain_record_close(chain *c) {
  const chain_lines *l = &c->lines;
  if (l->log.len || l->log_dropped)
    add_lines(&c->record, ",\"log\":[", &l->log, l->log_dropped, "{\"level\":\"warn\",\"msg\":\"", " more lines dropped\"}");
  if (l->findings.len || l->findings_dropped)
    add_lines(&c->record, ",\"findings\":[", &l->findings, l->findings_dropped, "{\"severity\":\"warn\",\"code\":\"dropped\",\"text\":\"",
              " more findings dropped\"}");
  buf_addc(&c->record, '}');
}

str chain_record_end(chain *c) {
  if (c->record.len == 0) return STR("");
  buf_addc(&c->record, ']');
  return buf_str(&c->record);
}
