/* result.c -- where a call's results go, as lines of text.  SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"

static fake_result *of(pintle_result *r) { return (fake_result *)(void *)r; }

/* Remembers the first error: the call fails with it. */
static pintle_status bad(fake_result *r, pintle_status st, const char *what) {
  if (r->sticky == PINTLE_OK) {
    r->sticky = st;
    fake_error(r->call, st, "%s", what);
  }
  return st;
}
#define ALLOW(r, what, name) \
  if (!((r)->allowed & (what))) return bad(r, PINTLE_INVALID, name ": not a result of this kind of call")

static const char *text(const char *z) { return z ? z : ""; }

static pintle_status id_line(fake_result *r, buf *out, const pintle_id *id, uint32_t flags) {
  if (!id || !*text(id->resource) || !*text(id->name)) return bad(r, PINTLE_INVALID, "an id needs resource and name");
  if (flags & PINTLE_MUST_UNDERSTAND) return bad(r, PINTLE_INVALID, "additional_item: unknown flags");
  buf_printf(out, "%s%s%s %s%s%s%s\n", id->resource, *text(id->group) ? "." : "", text(id->group), text(id->ns), *text(id->ns) ? "/" : "",
             id->name, flags & PINTLE_MUST_INCLUDE ? " must-include" : "");
  return PINTLE_OK;
}

static pintle_status additional_item(pintle_result *o, const pintle_id *id, uint32_t flags) {
  fake_result *r = of(o);
  ALLOW(r, FAKE_ITEMS, "additional_item");
  return id_line(r, &r->call->host->additional, id, flags);
}

static pintle_status post_operation_item(pintle_result *o, const pintle_id *id) {
  fake_result *r = of(o);
  ALLOW(r, FAKE_POST, "post_operation_item");
  return id_line(r, &r->call->host->post, id, 0);
}

static pintle_status operation(pintle_result *o, const char *id) {
  fake_result *r = of(o);
  pintle_test_outcome *out = &r->call->host->outcome;
  size_t n = strlen(text(id));
  ALLOW(r, FAKE_OPERATION, "operation");
  if (r->no_operation) return bad(r, PINTLE_CONFLICT, "operation: none may start while finalizing or in a dry run");
  if (out->operation) return bad(r, PINTLE_CONFLICT, "operation: a second one in this call");
  if (n < 1 || n > 1024) return bad(r, PINTLE_INVALID, "operation: an id has 1 to 1024 bytes");
  out->operation = arena_dup(&r->call->host->said, id);
  return out->operation ? PINTLE_OK : bad(r, PINTLE_NOMEM, "out of memory");
}

static pintle_status wait_for_additional_items(pintle_result *o, int64_t timeout) {
  fake_result *r = of(o);
  ALLOW(r, FAKE_WAIT, "wait_for_additional_items");
  if (timeout < 0) return bad(r, PINTLE_INVALID, "wait_for_additional_items: negative timeout");
  r->call->host->outcome.wait = timeout;
  return PINTLE_OK;
}

static pintle_status skip(pintle_result *o, const char *why) {
  fake_result *r = of(o);
  ALLOW(r, FAKE_SKIP, "skip");
  if (!*text(why)) return bad(r, PINTLE_INVALID, "skip: say why");
  r->call->host->outcome.skip = arena_dup(&r->call->host->said, why);
  return r->call->host->outcome.skip ? PINTLE_OK : bad(r, PINTLE_NOMEM, "out of memory");
}

static pintle_status note(pintle_result *o, const char *pointer, const char *why) {
  fake_result *r = of(o);
  ALLOW(r, FAKE_NOTE, "note");
  if (*text(pointer) && *pointer != '/') return bad(r, PINTLE_INVALID, "note: not a JSON Pointer");
  buf_printf(&r->call->host->notes, "%s: %s\n", text(pointer), text(why));
  return PINTLE_OK;
}

static pintle_status result_text(pintle_result *o, const char *s, size_t n) {
  fake_result *r = of(o);
  ALLOW(r, FAKE_TEXT, "text");
  buf_clear(&r->call->host->text);
  buf_add(&r->call->host->text, text(s), n == PINTLE_Z ? strlen(text(s)) : n);
  return PINTLE_OK;
}

static pintle_status progress(pintle_result *o, const pintle_progress *given) {
  fake_result *r = of(o);
  FAKE_COPY(pintle_progress, p, given);
  pintle_test_host *h = r->call->host;
  ALLOW(r, FAKE_PROGRESS, "progress");
  pintle_progress c = p;
  c.units = arena_dup(&h->said, p.units), c.description = arena_dup(&h->said, p.description);
  c.error = arena_dup(&h->said, p.error), c.code = arena_dup(&h->said, p.code);
  if (!c.units || !c.description || !c.error || !c.code) return bad(r, PINTLE_NOMEM, "out of memory");
  if (*c.error && !c.completed) return bad(r, PINTLE_INVALID, "progress: an error without completed");
  h->outcome.progress = c, h->outcome.has_progress = 1;
  return PINTLE_OK;
}

static pintle_status entry(pintle_result *o, const pintle_entry *given) {
  fake_result *r = of(o);
  FAKE_COPY(pintle_entry, e, given);
  ALLOW(r, FAKE_ENTRY, "entry");
  if (!*text(e.key)) return bad(r, PINTLE_INVALID, "entry: no key");
  if (e.size < 0) buf_printf(&r->call->host->entries, "%s ?\n", e.key);
  else buf_printf(&r->call->host->entries, "%s %lld\n", e.key, (long long)e.size);
  return PINTLE_OK;
}

static void print_list(buf *out, const char *name, const char *const *list) {
  if (!list || !*list) return;
  buf_printf(out, "%s\"%s\":[", out->len > 1 ? "," : "", name);
  for (size_t i = 0; list[i]; i++) {
    if (i) buf_addc(out, ',');
    buf_json(out, str_of(list[i]));
  }
  buf_addc(out, ']');
}

void fake_selector_print(const pintle_selector *given, buf *out) {
  FAKE_COPY(pintle_selector, s, given);
  buf_clear(out);
  if (!given) return;
  buf_addc(out, '{');
  print_list(out, "includedResources", s.included_resources);
  print_list(out, "excludedResources", s.excluded_resources);
  print_list(out, "includedNamespaces", s.included_namespaces);
  print_list(out, "excludedNamespaces", s.excluded_namespaces);
  if (*text(s.labels)) {
    buf_addz(out, out->len > 1 ? ",\"labels\":" : "\"labels\":");
    buf_json(out, str_of(s.labels));
  }
  buf_addc(out, '}');
}

static pintle_status selector(pintle_result *o, const pintle_selector *s) {
  fake_result *r = of(o);
  ALLOW(r, FAKE_SELECTOR, "selector");
  if (r->selected) return bad(r, PINTLE_CONFLICT, "selector: a second one in this call");
  r->selected = true;
  fake_selector_print(s, &r->call->host->selector);
  return PINTLE_OK;
}

fake_result *fake_result_new(fake_call *c, uint32_t allowed, bool no_operation) {
  static const FAKE_PADDED(pintle_result_api) api = {{sizeof(pintle_result_api), 0, additional_item, post_operation_item, operation,
                                                      wait_for_additional_items, skip, note, result_text, progress, entry, selector},
                                                     {0}};
  fake_result *r = fake_zalloc(c, sizeof *r);
  if (!r) return NULL;
  r->base.api = &api.v, r->call = c, r->allowed = allowed, r->no_operation = no_operation;
  return r;
}
