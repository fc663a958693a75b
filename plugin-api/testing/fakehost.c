/* fakehost.c -- the fake host and the life of one call.  SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static fake_call *call_of(pintle_call *c) { return (fake_call *)(void *)c; }

/* ---- memory of a call */
static fake_block *block_new(fake_call *c) {
  fake_block *b = calloc(1, sizeof *b);
  if (!b) return NULL;
  pthread_mutex_lock(&c->host->lock);
  b->next = c->blocks, c->blocks = b;
  pthread_mutex_unlock(&c->host->lock);
  return b;
}

void *fake_zalloc(fake_call *c, size_t n) {
  fake_block *b = block_new(c);
  return b ? b->memory = calloc(1, n ? n : 1) : NULL;
}

static pintle_status doc_new(fake_call *c, const char *json, size_t n, uint32_t flags, item_doc **out, error *e) {
  fake_block *b = block_new(c);
  if (!b || item_new(&b->doc) != PINTLE_OK) return error_nomem(e);
  *out = b->doc;
  return json ? item_parse(b->doc, (str){json, n == PINTLE_Z ? strlen(json) : n}, flags, NULL, e) : PINTLE_OK;
}

item_doc *fake_doc(fake_call *c, const char *what, const char *json, uint32_t flags, bool readonly) {
  item_doc *d = NULL;
  error e;
  error_clear(&e);
  pintle_status st = doc_new(c, json, PINTLE_Z, flags, &d, &e);
  if (st != PINTLE_OK) {
    fake_error(c, st, "the test's %s: %s (%s)", what, e.message, e.place);
    return NULL;
  }
  item_set_readonly(d, readonly);
  return d;
}

/* ---- errors */
pintle_status fake_error(fake_call *c, pintle_status st, const char *format, ...) {
  char text[1000];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  return error_set(&c->failure, st, "%s", text);
}

static void keep(char *to, size_t size, const char *text, bool wrap) {
  if (wrap && (!text || !*text)) return;
  if (snprintf(to, size, "%s", text ? text : "") < 0) to[0] = 0;
}

static pintle_status host_fail(pintle_call *call, const pintle_error *given) {
  fake_call *c = call_of(call);
  FAKE_COPY(pintle_error, e, given);
  error *f = &c->failure;
  bool wrap = (e.flags & PINTLE_WRAP) && f->status != PINTLE_OK;
  if (wrap) error_wrap(f, "%s", e.message ? e.message : "");
  else error_set(f, e.status, "%s", e.message ? e.message : "");
  f->status = e.status;
  keep(f->hint, sizeof f->hint, e.hint, wrap);
  keep(f->place, sizeof f->place, e.at, wrap);
  keep(f->code, sizeof f->code, e.code, wrap);
  if (!wrap || e.retry_after > 0) c->retry_after = e.retry_after;
  if (!wrap || c->line == 0) c->line = e.line;
  return e.status;
}

/* ---- log, findings, counters: [any] */
static const char *level_name(int32_t level) {
  static const char *const names[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR"};
  return level >= 0 && level <= PINTLE_LOG_ERROR ? names[level] : "INFO"; /* R3 */
}

static void host_log_line(pintle_call *call, int32_t level, const char *msg, size_t n, const pintle_kv *fields, size_t n_fields) {
  buf line = {0};
  buf_printf(&line, "%s ", level_name(level));
  buf_add(&line, msg ? msg : "", !msg ? 0 : n == PINTLE_Z ? strlen(msg) : n);
  for (size_t i = 0; i < n_fields; i++)
    buf_printf(&line, " %s=%s", fields[i].key ? fields[i].key : "", fields[i].value ? fields[i].value : "");
  buf_addc(&line, '\n');
  if (call) {
    pintle_test_host *h = call_of(call)->host;
    pthread_mutex_lock(&h->lock);
    buf_adds(&h->log, buf_str(&line));
    pthread_mutex_unlock(&h->lock);
  }
  if (!call || call_of(call)->host->world.verbose) fputs(buf_z(&line), stderr); /* a background thread's line belongs to no host */
  buf_free(&line);
}

static void host_finding(pintle_call *call, int32_t severity, const char *code, const char *pointer, const char *text) {
  pintle_test_host *h = call_of(call)->host;
  buf_printf(&h->findings, "%s %s %s: %s\n", level_name(severity), code ? code : "", pointer ? pointer : "", text ? text : "");
}

static void host_count(pintle_call *call, const char *name, int64_t delta) {
  fake_call *c = call_of(call);
  pintle_test_host *h = c->host;
  fake_counter **at = &h->counters;
  if (!name) name = "";
  pthread_mutex_lock(&h->lock);
  while (*at && strcmp((*at)->name, name) < 0) at = &(*at)->next;
  if (!*at || strcmp((*at)->name, name) != 0) {
    size_t n = strlen(name) + 1;
    fake_counter *new = calloc(1, sizeof *new + n);
    if (new) memcpy(new->name, name, n), new->next = *at, *at = new;
  }
  if (*at && strcmp((*at)->name, name) == 0) {
    (*at)->value += delta;
    if (c->creating && delta == 0) (*at)->declared = true;
  }
  pthread_mutex_unlock(&h->lock);
}

/* ---- time and cancelling */
static int32_t stopped(fake_call *c) {
  pintle_test_host *h = c->host;
  int32_t why = 0;
  pthread_mutex_lock(&h->lock);
  c->checks++;
  if (h->world.cancel_at && c->checks >= h->world.cancel_at) why = 1;
  else if (c->deadline && h->now >= c->deadline) why = 2;
  if (why && c->fd >= 0) {
    uint64_t one = 1;
    ssize_t n = write(c->fd, &one, sizeof one);
    (void)n; /* the counter of an eventfd cannot be full here */
  }
  pthread_mutex_unlock(&h->lock);
  return why;
}

pintle_status fake_interrupted(fake_call *c) {
  int32_t why = stopped(c);
  if (!why || c->told) return PINTLE_OK; /* it is cleaning up: everything works again */
  c->told = true;
  return why == 1 ? fake_error(c, PINTLE_CANCELLED, "cancelled") : fake_error(c, PINTLE_TIMED_OUT, "past the deadline");
}

static int32_t host_cancelled(pintle_call *call) {
  int32_t why = stopped(call_of(call));
  if (why) call_of(call)->told = true;
  return why;
}

static int32_t host_cancel_fd(pintle_call *call) {
  fake_call *c = call_of(call);
  pthread_mutex_lock(&c->host->lock);
  if (c->fd < 0) c->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  pthread_mutex_unlock(&c->host->lock);
  stopped(c);
  return c->fd;
}

static int64_t host_remaining(pintle_call *call) {
  fake_call *c = call_of(call);
  if (!c->deadline) return PINTLE_NONE;
  return c->deadline > c->host->now ? c->deadline - c->host->now : 0;
}

static pintle_status host_pause(pintle_call *call, int64_t duration) {
  fake_call *c = call_of(call);
  pintle_status st = fake_interrupted(c);
  if (st != PINTLE_OK) return st;
  if (duration < 0) return fake_error(c, PINTLE_INVALID, "pause of a negative duration");
  int64_t left = c->deadline ? c->deadline - c->host->now : INT64_MAX;
  pintle_test_advance(c->host, duration < left || c->told ? duration : left);
  if (c->told || duration < left) return PINTLE_OK;
  return fake_interrupted(c);
}

/* ---- the rest */
static const char *said(pintle_test_host *h, const char *text) {
  const char *copy = arena_dup(&h->said, text);
  return copy ? copy : "";
}

static void host_report(pintle_call *call, const pintle_progress *given) {
  pintle_test_host *h = call_of(call)->host;
  FAKE_COPY(pintle_progress, p, given);
  p.units = said(h, p.units), p.description = said(h, p.description), p.error = said(h, p.error), p.code = said(h, p.code);
  h->outcome.progress = p;
  h->outcome.reports++;
}

static void *host_alloc(pintle_call *call, size_t n) {
  fake_call *c = call_of(call);
  return ++c->allocations == c->host->world.fail_alloc_at ? NULL : fake_zalloc(c, n);
}

static const pintle_doc *host_config(pintle_call *call) {
  fake_call *c = call_of(call);
  if (c->instance) return item_handle(c->instance->config);
  item_doc *d = fake_doc(c, "configuration", "{}", 0, true); /* load */
  return d ? item_handle(d) : NULL;
}

static pintle_status host_property(pintle_call *call, const char *name, pintle_str *out) {
  pintle_test_host *h = call_of(call)->host;
  const pintle_kv *p = h->world.properties;
  while (p && p->key && strcmp(p->key, name) != 0) p++;
  if (p && p->key) return *out = str_of(p->value), PINTLE_OK;
  if (strcmp(name, "host.mode") != 0) return PINTLE_NOT_FOUND;
  *out = STR("test");
  return PINTLE_OK;
}

static pintle_status host_new_doc(pintle_call *call, const char *json, size_t n, pintle_doc **out) {
  fake_call *c = call_of(call);
  item_doc *d = NULL;
  if (++c->allocations == c->host->world.fail_alloc_at) return PINTLE_NOMEM;
  pintle_status st = doc_new(c, json, n, 0, &d, NULL);
  if (st == PINTLE_OK) *out = item_handle(d);
  return st;
}

static const void *host_extension(const pintle_host *table, const char *id) {
  const pintle_test_host *h = (const pintle_test_host *)(const void *)table;
  if (strcmp(id, PINTLE_EXT_ITEMS) == 0 && h->items.there) return fake_objects_table(false);
  if (strcmp(id, PINTLE_EXT_STATE) == 0) return fake_state_table();
  if (strcmp(id, PINTLE_EXT_STORE) == 0) return fake_stores_table();
  if (strcmp(id, PINTLE_EXT_CLUSTER) == 0 && h->cluster.there) return fake_objects_table(true);
  return NULL;
}

/* ---- a call's life */
static void outcome_clear(pintle_test_host *h) {
  buf *const all[] = {&h->additional, &h->post, &h->notes, &h->findings, &h->log, &h->entries, &h->text, &h->item, &h->patch, &h->data};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_clear(all[i]);
  arena_reset(&h->said);
  h->outcome = (pintle_test_outcome){.message = "", .hint = "", .at = "", .code = "", .wait = -1, .iops = PINTLE_NONE};
  h->outcome.progress = (pintle_progress){.struct_size = sizeof(pintle_progress), .units = "", .description = "", .error = "", .code = ""};
}

static const pintle_test_outcome *outcome_fill(pintle_test_host *h, pintle_status st, const error *e) {
  pintle_test_outcome *o = &h->outcome;
  o->status = st;
  if (st != PINTLE_OK) {
    o->message = said(h, e->message), o->hint = said(h, e->hint);
    o->at = said(h, e->place), o->code = said(h, e->code);
  }
  o->additional = buf_z(&h->additional), o->post_operation = buf_z(&h->post), o->notes = buf_z(&h->notes);
  o->findings = buf_z(&h->findings), o->log = buf_z(&h->log), o->entries = buf_z(&h->entries), o->text = buf_z(&h->text);
  o->item = buf_z(&h->item), o->patch = h->patch.len ? buf_z(&h->patch) : "[]", o->selector = buf_z(&h->selector);
  o->data = buf_z(&h->data), o->data_len = h->data.len;
  return o;
}

const pintle_test_outcome *fake_refuse(pintle_test_host *h, pintle_status st, const char *format, ...) {
  error e;
  va_list ap;
  error_clear(&e);
  outcome_clear(h);
  va_start(ap, format);
  if (vsnprintf(e.message, sizeof e.message, format, ap) < 0) e.message[0] = 0;
  va_end(ap);
  return outcome_fill(h, st, &e);
}

fake_call *fake_begin(pintle_test_host *h, pintle_test_instance *a) {
  fake_call *c = calloc(1, sizeof *c);
  outcome_clear(h);
  if (!c) return NULL;
  error_clear(&c->failure);
  c->base.host = &h->table.v, c->host = h, c->instance = a, c->fd = -1;
  if (h->world.deadline > 0) c->deadline = h->now + h->world.deadline;
  return c;
}

const pintle_test_outcome *fake_end(fake_call *c, fake_result *r, pintle_status st) {
  pintle_test_host *h = c->host;
  if (st > PINTLE_OK || st < PINTLE_EXISTS) st = PINTLE_FAILED; /* R3 */
  if (r && r->sticky != PINTLE_OK) st = r->sticky;
  if (st != PINTLE_OK) { /* results count only when the call succeeds */
    buf_clear(&h->additional), buf_clear(&h->post), buf_clear(&h->notes), buf_clear(&h->text);
    h->outcome.operation = h->outcome.skip = NULL;
    h->outcome.wait = -1;
    h->outcome.retry_after = c->retry_after, h->outcome.line = c->line;
    if (c->failure.status == PINTLE_OK) error_set(&c->failure, st, "%s, without a message", error_status_name(st));
  }
  outcome_fill(h, st, &c->failure);
  for (fake_block *b = c->blocks, *next; b; b = next) {
    next = b->next;
    item_free(b->doc);
    free(b->memory);
    free(b);
  }
  if (c->fd >= 0) close(c->fd);
  free(c);
  return &h->outcome;
}

/* ---- the host's life */
static const pintle_host functions = {.struct_size = sizeof(pintle_host),
                                      .abi_minor = PINTLE_ABI_MINOR,
                                      .name = "pintle-testing",
                                      .version = "1.0.0",
                                      .fail = host_fail,
                                      .log_line = host_log_line,
                                      .cancelled = host_cancelled,
                                      .cancel_fd = host_cancel_fd,
                                      .remaining = host_remaining,
                                      .pause = host_pause,
                                      .report = host_report,
                                      .alloc = host_alloc,
                                      .config = host_config,
                                      .property = host_property,
                                      .new_doc = host_new_doc,
                                      .count = host_count,
                                      .finding = host_finding,
                                      .extension = host_extension};

pintle_test_host *pintle_test_new(const pintle_test_options *options) {
  pintle_test_host *h = calloc(1, sizeof *h);
  if (!h) return NULL;
  if (pthread_mutex_init(&h->lock, NULL) != 0) return free(h), NULL;
  h->table.v = functions;
  if (options) h->world = *options;
  h->now = (int64_t)1767225600 * CLOCK_SECOND; /* 2026-01-01 */
  if (!fake_objects_read(&h->items, h->world.items) || !fake_objects_read(&h->cluster, h->world.cluster)) {
    pintle_test_free(h);
    return NULL;
  }
  outcome_clear(h);
  error none;
  error_clear(&none);
  outcome_fill(h, PINTLE_OK, &none);
  return h;
}

void pintle_test_free(pintle_test_host *h) {
  if (!h) return;
  while (h->instances) pintle_test_destroy(h->instances);
  if (h->loaded && h->plugin.unload) h->plugin.unload(h->module);
  for (fake_counter *c = h->counters, *next; c; c = next) next = c->next, free(c);
  fake_objects_free(&h->items);
  fake_state_free(h);
  fake_stores_free(h);
  fake_objects_free(&h->cluster);
  arena_free(&h->memory);
  arena_free(&h->said);
  buf *const all[] = {&h->additional, &h->post, &h->notes, &h->findings, &h->log,  &h->entries,
                      &h->text,       &h->item, &h->patch, &h->selector, &h->data, &h->counted};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_free(all[i]);
  pthread_mutex_destroy(&h->lock);
  free(h);
}

pintle_test_options *pintle_test_set(pintle_test_host *h) { return &h->world; }
const pintle_test_outcome *pintle_test_last(const pintle_test_host *h) { return &h->outcome; }
int64_t pintle_test_now(const pintle_test_host *h) { return h->now; }
const pintle_host *pintle_test_table(const pintle_test_host *h) { return &h->table.v; }

void pintle_test_advance(pintle_test_host *h, int64_t duration) {
  pthread_mutex_lock(&h->lock);
  h->now += duration;
  pthread_mutex_unlock(&h->lock);
}

int64_t pintle_test_counter(const pintle_test_host *h, const char *name) {
  for (const fake_counter *c = h->counters; c; c = c->next)
    if (strcmp(c->name, name) == 0) return c->value;
  return -1;
}

const char *pintle_test_counters(pintle_test_host *h) {
  buf_clear(&h->counted);
  for (const fake_counter *c = h->counters; c; c = c->next) buf_printf(&h->counted, "%s = %lld\n", c->name, (long long)c->value);
  return buf_z(&h->counted);
}

const char *pintle_test_unmatched(pintle_test_host *h) {
  buf_clear(&h->counted);
  for (const fake_counter *c = h->counters; c; c = c->next)
    if (c->declared && c->value == 0) buf_printf(&h->counted, "%s\n", c->name);
  return buf_z(&h->counted);
}
