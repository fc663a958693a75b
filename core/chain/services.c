/* services.c -- where the side effects of calls go: lines, findings, counters, properties.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/file.h"
#include "chain/inside.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <time.h>

void chain_enter(chain *c, uint32_t entry, const char *what, int64_t deadline) {
  c->entry = entry;
  if (c->o.enter) c->o.enter(c->o.ctx, &c->plan->entries[entry], what, deadline);
}

void chain_leave(chain *c) {
  if (c->o.leave) c->o.leave(c->o.ctx);
}

bool chain_cancelled(const chain *c) { return c->o.cancelled && c->o.cancelled(c->o.ctx) != 0; }

/* Sleeps, but not through a cancellation. */
void chain_pause(const chain *c, int64_t duration) {
  int64_t until = clock_monotonic() + duration, left;
  while ((left = until - clock_monotonic()) > 0 && !chain_cancelled(c)) {
    if (left > CLOCK_SECOND / 20) left = CLOCK_SECOND / 20;
    struct timespec t = {.tv_nsec = (long)left};
    nanosleep(&t, NULL);
  }
}

/* ---- log and findings */
static void stray(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  const chain *c = ctx;
  if (c->o.stray_log) c->o.stray_log(c->o.ctx, level, message, fields, n);
}

static void take_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  chain *c = ctx;
  if (!chain_log(&c->lines, level, message, fields, n)) stray(c, level, message, fields, n);
}

static void take_finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  chain *c = ctx;
  if (chain_finding(&c->lines, severity, code, pointer, text)) return;
  pintle_kv fields[] = {{"code", code}, {"at", pointer}}; /* in create or finish: of no item */
  stray(c, severity, str_of(text), fields, pointer && pointer[0] ? 2 : 1);
}

/* ---- counters */
static void add_count(chain *c, chain_slot *s, const char *name, int64_t delta) {
  for (chain_counter *k = s->counters; k; k = k->next)
    if (strcmp(k->name, name) == 0) {
      if (__builtin_add_overflow(k->value, delta, &k->value)) k->value = delta < 0 ? INT64_MIN : INT64_MAX;
      return;
    }
  if (s->n_counters == CHAIN_MAX_COUNTERS) return;
  chain_counter *k = arena_zalloc(&c->counted, sizeof *k);
  if (!k || !(k->name = arena_dup(&c->counted, name))) return;
  k->value = delta;
  if (s->last_counter) s->last_counter->next = k;
  else s->counters = k;
  s->last_counter = k;
  s->n_counters++;
}

static void take_count(void *ctx, const char *name, int64_t delta) {
  chain *c = ctx;
  pthread_mutex_lock(&c->counting);
  add_count(c, &c->slots[c->entry], name, delta);
  pthread_mutex_unlock(&c->counting);
}

void chain_counters_print(const chain *c, buf *json) {
  bool more = false;
  buf_addc(json, '{');
  for (size_t i = 0; i < c->plan->n; i++) {
    if (!c->slots[i].counters) continue;
    if (more) buf_addc(json, ',');
    more = true;
    buf_json(json, str_of(c->plan->entries[i].name));
    buf_addz(json, ":{");
    for (const chain_counter *k = c->slots[i].counters; k; k = k->next) {
      if (k != c->slots[i].counters) buf_addc(json, ',');
      buf_json(json, str_of(k->name));
      buf_printf(json, ":%" PRId64, k->value);
    }
    buf_addc(json, '}');
  }
  buf_addc(json, '}');
}

void chain_counters_record(chain *c, uint32_t entry) {
  bool more = false;
  pthread_mutex_lock(&c->counting);
  for (chain_counter *k = c->slots[entry].counters; k; k = k->next) {
    if (k->value == k->told) continue;
    buf_addz(&c->record, more ? "," : ",\"counts\":{");
    buf_json(&c->record, str_of(k->name));
    buf_printf(&c->record, ":%" PRId64, k->value - k->told);
    k->told = k->value;
    more = true;
  }
  pthread_mutex_unlock(&c->counting);
  if (more) buf_addc(&c->record, '}');
}

/* ---- properties */
static bool of_run(const chain *c, const char *pointer, str *value) {
  *value = item_str(c->run, pointer, "");
  return value->len > 0;
}

/* The scratch directory of the action that asks; made at the first question. */
static bool directory(chain *c, str *value) {
  chain_slot *s = &c->slots[c->entry];
  if (!c->o.scratch) return false;
  if (!s->dir) {
    CLEANUP(buf_free) buf path = {0};
    buf_printf(&path, "%s/%s", c->o.scratch, c->plan->entries[c->entry].name);
    for (size_t i = strlen(c->o.scratch) + 1; i < path.len; i++)
      if (path.data[i] == '/') path.data[i] = '_';
    if (path.failed || file_mkdirs(AT_FDCWD, path.data, NULL) != PINTLE_OK) return false;
    s->dir = arena_copy(&c->memory, buf_str(&path));
  }
  *value = str_of(s->dir);
  return s->dir != NULL;
}

/* What the volume policies say of the item. */
static bool of_volume(const chain *c, const char *name, str *value) {
  bool action = strcmp(name, "item.volume-action") == 0;
  if ((!action && strcmp(name, "item.volume-parameters") != 0) || !c->now.in || c->plan->kind != CONF_BACKUP_ITEM_ACTION) return false;
  *value = action ? c->now.in->volume_action : c->now.in->volume_parameters;
  return true;
}

static pintle_status take_property(void *ctx, const char *name, str *value) {
  chain *c = ctx;
  const char *const *p = c->o.properties;
  for (; p && p[0] && p[1]; p += 2)
    if (strcmp(p[0], name) == 0) return *value = str_of(p[1]), PINTLE_OK;
  bool known = false;
  if (strcmp(name, "host.mode") == 0 && c->o.mode) *value = str_of(c->o.mode), known = true;
  else if (strcmp(name, "run.kind") == 0) {
    *value = c->plan->kind == CONF_RESTORE_ITEM_ACTION ? STR("Restore") : STR("Backup");
    known = true;
  } else if (strcmp(name, "run.name") == 0) known = of_run(c, "/metadata/name", value);
  else if (strcmp(name, "run.uid") == 0) known = of_run(c, "/metadata/uid", value);
  else if (strcmp(name, "velero.namespace") == 0) known = of_run(c, "/metadata/namespace", value);
  else if (strcmp(name, "run.dir") == 0) known = directory(c, value);
  else known = of_volume(c, name, value);
  return known ? PINTLE_OK : PINTLE_NOT_FOUND;
}

/* ---- the rest is handed on */
static const void *take_extension(void *ctx, const char *id) {
  const chain *c = ctx;
  return c->o.extension ? c->o.extension(c->o.ctx, id) : NULL;
}
static pintle_status take_ask(void *ctx, pintle_call *call, str question, buf *answer, error *e) {
  const chain *c = ctx;
  if (!c->o.ask) return error_set(e, PINTLE_UNSUPPORTED, "nobody answers here");
  return c->o.ask(c->o.ctx, call, &c->plan->entries[c->entry], question, answer, e);
}
static int32_t take_cancelled(void *ctx) {
  const chain *c = ctx;
  return c->o.cancelled ? c->o.cancelled(c->o.ctx) : 0;
}
static int take_cancel_fd(void *ctx) {
  const chain *c = ctx;
  return c->o.cancel_fd ? c->o.cancel_fd(c->o.ctx) : -1;
}

void chain_services_init(chain *c) {
  c->services = (host_services){.ctx = c,
                                .log = take_log,
                                .finding = take_finding,
                                .count = take_count,
                                .property = take_property,
                                .extension = take_extension,
                                .ask = take_ask,
                                .stores = c->o.stores,
                                .cancelled = take_cancelled,
                                .cancel_fd = take_cancel_fd};
  c->stray = (host_services){.ctx = c, .log = stray};
}
