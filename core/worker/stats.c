/* stats.c -- how often each action was called, how long it took and what came of it.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/builtin.h"
#include "worker/pool.h"

static const struct {
  int64_t limit;
  const char *text;
} limits[WORKER_LIMITS] = {{CLOCK_SECOND / 100000, "1e-05"}, {CLOCK_SECOND / 10000, "0.0001"}, {CLOCK_SECOND / 1000, "0.001"},
                           {CLOCK_SECOND / 100, "0.01"},     {CLOCK_SECOND / 10, "0.1"},       {CLOCK_SECOND, "1"},
                           {10 * CLOCK_SECOND, "10"},        {60 * CLOCK_SECOND, "60"}};

void pool_stats_add(worker_action_stats *s, int64_t elapsed) {
  size_t i = 0;
  while (i < WORKER_LIMITS && elapsed > limits[i].limit) i++;
  s->calls++;
  s->buckets[i]++;
  if (__builtin_add_overflow(s->elapsed, elapsed, &s->elapsed)) s->elapsed = INT64_MAX; /* a worker may say anything */
}

void pool_time(worker_pool *p, const chain_time *t) {
  worker_action_stats *s = &p->stats[t->entry];
  pool_stats_add(s, t->elapsed);
  if (t->status == PINTLE_TIMED_OUT || t->elapsed > p->o.plan->entries[t->entry].timeout) s->timeouts++;
  else if (t->status != PINTLE_OK) s->errors++;
}

void pool_time_lost(worker_pool *p, uint32_t entry, int64_t elapsed) { pool_stats_add(&p->stats[entry], elapsed > 0 ? elapsed : 0); }

void pool_plugin_label(const worker_pool *p, const chain_entry *entry, buf *out) {
  bool own = entry->plugin < 0;
  buf_printf(out, "%s@%s", own ? builtin_plugin.name : p->o.plan->plugins[entry->plugin].name,
             own ? builtin_plugin.version : p->o.plan->plugins[entry->plugin].version);
}

void pool_stats_print(const worker_action_stats *s, const char *action, str plugin, const char *operation, buf *b) {
  uint64_t sum = 0;
  buf_addz(b, "{\"action\":");
  buf_json(b, str_of(action));
  buf_addz(b, ",\"plugin\":");
  buf_json(b, plugin);
  buf_printf(b, ",\"operation\":\"%s\",\"calls\":%llu,\"errors\":%llu,\"timeouts\":%llu,\"deaths\":%llu,\"seconds\":%lld.%09lld", operation,
             (unsigned long long)s->calls, (unsigned long long)s->errors, (unsigned long long)s->timeouts, (unsigned long long)s->deaths,
             (long long)(s->elapsed / CLOCK_SECOND), (long long)(s->elapsed % CLOCK_SECOND));
  buf_addz(b, ",\"histogram\":{");
  for (size_t i = 0; i <= WORKER_LIMITS; i++) {
    sum += s->buckets[i];
    buf_printf(b, "%s\"%s\":%llu", i ? "," : "", i < WORKER_LIMITS ? limits[i].text : "+Inf", (unsigned long long)sum);
  }
  buf_addz(b, s->quarantined ? "},\"quarantined\":true}" : "}}");
}

int64_t worker_seconds(str text) {
  int64_t ns = 0, unit = CLOCK_SECOND;
  size_t i = 0;
  for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && ns < INT64_MAX / 20; i++) ns = ns * 10 + (text.ptr[i] - '0');
  if (ns > INT64_MAX / CLOCK_SECOND - 1) return INT64_MAX;
  ns *= CLOCK_SECOND;
  if (i < text.len && text.ptr[i] == '.')
    for (i++; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && unit >= 10; i++) ns += (text.ptr[i] - '0') * (unit /= 10);
  return ns;
}

void worker_pool_actions(const worker_pool *p, buf *json) {
  buf_addc(json, '[');
  for (size_t i = 0; i < p->o.plan->n; i++) {
    CLEANUP(buf_free) buf plugin = {0};
    const chain_entry *entry = &p->o.plan->entries[i];
    if (i) buf_addc(json, ',');
    pool_plugin_label(p, entry, &plugin);
    pool_stats_print(&p->stats[entry->index], entry->name, buf_str(&plugin), "execute", json);
    if (plugin.failed) json->failed = true;
  }
  buf_addc(json, ']');
}
