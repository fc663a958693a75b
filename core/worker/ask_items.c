/* ask_items.c -- pintle.items/1: the run's input, as a plugin sees it.  SPDX-License-Identifier: Apache-2.0 */
#include "host/call.h"
#include "host/text.h"
#include "kube/skim.h"
#include "worker/ask.h"

/* ---- what plugins hand over */
static pintle_status check(const char *z, const char *what, size_t max, uint32_t flags, error *e) {
  const char *fault = host_fault(z, max, flags);
  return fault ? error_set(e, PINTLE_INVALID, "the %s %s", what, fault) : PINTLE_OK;
}

static const char *text_of(const char *z) { return z ? z : ""; }

static pintle_status take_id(const pintle_id *id, bool all, ask_question *q, error *e) {
  if (!id) return error_set(e, PINTLE_INVALID, "no id was given");
  pintle_status st = check(id->group, "group", 253, HOST_MAY_BE_EMPTY, e);
  if (st == PINTLE_OK) st = check(id->version, "version", 63, HOST_MAY_BE_EMPTY, e);
  if (st == PINTLE_OK) st = check(id->resource, "resource", 253, 0, e);
  if (st == PINTLE_OK) st = check(id->ns, "namespace", 253, HOST_MAY_BE_EMPTY, e);
  if (st == PINTLE_OK) st = check(id->name, "name", 1024, all ? HOST_MAY_BE_EMPTY : 0, e);
  q->id = (pintle_id){text_of(id->group), text_of(id->version), text_of(id->resource), text_of(id->ns), text_of(id->name)};
  return st;
}

static pintle_status ended(pintle_call *call, pintle_status st, const error *e) { return st == PINTLE_OK ? st : host_call_fail(call, e); }

/* ---- get */
static pintle_status lend(pintle_call *call, str text, const pintle_doc **out, error *e) {
  pintle_doc *d = NULL;
  pintle_status st = call->host->new_doc(call, text.ptr, text.len, &d);
  if (st != PINTLE_OK)
    return error_set(e, st, st == PINTLE_NOMEM ? "no memory, or over 4096 documents in one call" : "the item is no valid JSON");
  item_set_readonly(item_of(d), true);
  *out = d;
  return PINTLE_OK;
}

static pintle_status get(pintle_call *call, const pintle_id *id, const pintle_doc **out) {
  CLEANUP(buf_free) buf answer = {0};
  ask_question q = {.what = ASK_GET};
  error e = {0};
  pintle_status st = out ? take_id(id, false, &q, &e) : error_set(&e, PINTLE_INVALID, "nowhere to put the item");
  if (st == PINTLE_OK) st = ask_host(call, &q, &answer, &e);
  if (st == PINTLE_OK) {
    wire_reader r = {answer.data, answer.data + answer.len, false};
    st = lend(call, wire_get_str(&r), out, &e);
  }
  return ended(call, st, &e);
}

/* ---- list */
typedef struct listing {
  pintle_status (*each)(void *ctx, const pintle_doc *);
  void *ctx;
  kube_selector *labels;
  ask_fields fields;
  item_doc *doc;
  arena scratch;
  bool theirs; /* the status is each()'s own */
} listing;

static bool labels_match(listing *l, str text) {
  kube_skim skim;
  if (kube_selector_empty(l->labels)) return true;
  arena_reset(&l->scratch);
  return kube_skim_item(text, &l->scratch, &skim, NULL) == PINTLE_OK && kube_selector_matches(l->labels, skim.labels);
}

/* An item that cannot be read is passed over: the run says so when its turn comes. */
static pintle_status one(listing *l, str ns, str name, str text, error *e) {
  if (!labels_match(l, text)) return PINTLE_OK;
  item_set_readonly(l->doc, false);
  pintle_status st = item_parse(l->doc, text, 0, NULL, e);
  if (st != PINTLE_OK) return st == PINTLE_NOMEM ? st : PINTLE_OK;
  item_set_readonly(l->doc, true);
  if (!ask_fields_match(&l->fields, l->doc, ns, name)) return PINTLE_OK;
  st = l->each(l->ctx, item_handle(l->doc));
  l->theirs = st != PINTLE_OK;
  return st;
}

static pintle_status page(listing *l, str answer, uint64_t *from, error *e) {
  wire_reader r = {answer.ptr, answer.ptr + answer.len, false};
  pintle_status st = PINTLE_OK;
  uint64_t next = wire_get_u64(&r);
  for (uint32_t n = wire_get_u32(&r); n && st == PINTLE_OK && !r.overrun; n--) {
    str ns = wire_get_str(&r), name = wire_get_str(&r), text = wire_get_str(&r);
    if (!r.overrun) st = one(l, ns, name, text, e);
  }
  if (r.overrun || (next != ASK_END && next <= *from)) return error_set(e, PINTLE_FAILED, "the host's answer cannot be read");
  *from = next;
  return st;
}

static pintle_status list(pintle_call *call, const pintle_id *what, const char *labels, const char *fields,
                          pintle_status (*each)(void *ctx, const pintle_doc *), void *ctx) {
  listing l = {.each = each, .ctx = ctx};
  ask_question q = {.what = ASK_LIST};
  CLEANUP(buf_free) buf answer = {0};
  error e = {0};
  pintle_status st = each ? take_id(what, true, &q, &e) : error_set(&e, PINTLE_INVALID, "nobody to give the items to");
  if (st == PINTLE_OK && (st = kube_selector_parse(str_of(labels), &l.labels, &e)) != PINTLE_OK) error_wrap(&e, "label selector");
  if (st == PINTLE_OK) st = ask_fields_parse(fields, &l.fields, &e);
  if (st == PINTLE_OK && item_new(&l.doc) != PINTLE_OK) st = error_nomem(&e);
  while (st == PINTLE_OK && q.from != ASK_END) {
    buf_clear(&answer);
    st = ask_host(call, &q, &answer, &e);
    if (st == PINTLE_OK) st = page(&l, buf_str(&answer), &q.from, &e);
  }
  item_free(l.doc);
  ask_fields_free(&l.fields);
  kube_selector_free(l.labels);
  arena_free(&l.scratch);
  return l.theirs ? st : ended(call, st, &e);
}

/* ---- kinds */
static pintle_status find_kind(pintle_call *call, const char *api_version, const char *kind, pintle_str *resource, int32_t *namespaced) {
  CLEANUP(buf_free) buf answer = {0};
  ask_question q = {.what = ASK_KIND, .api_version = text_of(api_version), .kind = text_of(kind)};
  error e = {0};
  pintle_status st = check(api_version, "apiVersion", 317, 0, &e);
  if (st == PINTLE_OK) st = check(kind, "kind", 63, 0, &e);
  if (st == PINTLE_OK) st = ask_host(call, &q, &answer, &e);
  if (st != PINTLE_OK) return host_call_fail(call, &e);
  wire_reader r = {answer.data, answer.data + answer.len, false};
  str text = wire_get_str(&r);
  char *copy = call->host->alloc(call, text.len + 1);
  if (!copy) return error_nomem(&e), host_call_fail(call, &e);
  if (text.len) memcpy(copy, text.ptr, text.len);
  if (resource) *resource = (str){copy, text.len};
  if (namespaced) *namespaced = wire_get_u32(&r) != 0;
  return PINTLE_OK;
}

/* ---- writing: DENIED in a dry run, UNSUPPORTED else */
static pintle_status write_nothing(pintle_call *call) {
  CLEANUP(buf_free) buf answer = {0};
  const ask_question q = {.what = ASK_WRITE};
  error e = {0};
  pintle_status st = ask_host(call, &q, &answer, &e);
  if (st == PINTLE_OK) st = error_set(&e, PINTLE_UNSUPPORTED, "the items of a run's input stay as they are");
  return host_call_fail(call, &e);
}
static pintle_status create(pintle_call *call, const pintle_id *what, const pintle_doc *d, const pintle_doc **out) {
  (void)what, (void)d, (void)out;
  return write_nothing(call);
}
static pintle_status update(pintle_call *call, const pintle_id *id, const pintle_doc *d, const pintle_doc **out) {
  (void)id, (void)d, (void)out;
  return write_nothing(call);
}
static pintle_status patch(pintle_call *call, const pintle_id *id, const char *type, const char *p, size_t n, const pintle_doc **out) {
  (void)id, (void)type, (void)p, (void)n, (void)out;
  return write_nothing(call);
}
static pintle_status drop(pintle_call *call, const pintle_id *id) {
  (void)id;
  return write_nothing(call);
}

static const HOST_PADDED(pintle_objects) table = {.v = {.struct_size = sizeof(pintle_objects),
                                                        .get = get,
                                                        .list = list,
                                                        .create = create,
                                                        .update = update,
                                                        .patch = patch,
                                                        .remove = drop,
                                                        .find_kind = find_kind}};
const pintle_objects *const ask_items = &table.v;
