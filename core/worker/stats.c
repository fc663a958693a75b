/* stats.c -- how often each action was called, how long it took and what came of it.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/builtin.h"
#include "worker/pool.h"

static const struct {
  int64_t limit;
  const char *text;
} limits[WORKER_LIMITS] = {{CLOCK_SECOND / 100000, "1e-05"}, {CLOCK_SECOND / 10000, "0.0001"}, {CLOCK_SECOND / 1000, "0.001"},
                           {CLOCK_SECOND / 100, "0.01"},     {CLOCK_SECOND / 10, "0.1"},       {CLOCK_SECOND, "1"},
                           {10 * CLOCK_SECOND, "10"},        {60 * CLOCK_SECOND, "60"}};

static void add(worker_action_stats *s, int64_t elapsed) {
  size_t i = 0;
  while (i < WORKER_LIMITS && elapsed > limits[i].limit) i++;
  s->calls++;
  s->buckets[i]++;
  if (__builtin_add_overflow(s->elapsed, elapsed, &s->elapsed)) s->elapsed = INT64_MAX; /* a worker may say anything */
}

void pool_time(worker_pool *p, const chain_time *t) {
  worker_action_stats *s = &p->stats[t->entry];
  add(s, t->elapsed);
  if (t->status == PINTLE_TIMED_OUT || t->elapsed > p->o.plan->entries[t->entry].timeout) s->timeouts++;
  else if (t->status != PINTLE_OK) s->errors++;
}

void pool_time_lost(worker_pool *p, uint32_t entry, int64_t elapsed) { add(&p->stats[entry], elapsed > 0 ? elapsed : 0); }

static void print(const worker_pool *p, const chain_entry *entry, buf *b) {
  CLEANUP(buf_free) buf plugin = {0};
  const worker_action_stats *s = &p->stats[entry->index];
  uint64_t sum = 0;
  bool own = entry->plugin < 0;
  buf_printf(&plugin, "%s@%s", own ? builtin_plugin.name : p->o.plan->plugins[entry->plugin].name,
             own ? builtin_plugin.version : p->o.plan->plugins[entry->plugin].version);
  buf_addz(b, "{\"action\":");
  buf_json(b, str_of(entry->name));
  buf_addz(b, ",\"plugin\":");
  buf_json(b, buf_str(&plugin));
  buf_printf(b, ",\"operation\":\"execute\",\"calls\":%llu,\"errors\":%llu,\"timeouts\":%llu,\"deaths\":%llu,\"seconds\":%lld.%09lld",
             (unsigned long long)s->calls, (unsigned long long)s->errors, (unsigned long long)s->timeouts, (unsigned long long)s->deaths,
             (long long)(s->elapsed / CLOCK_SECOND), (long long)(s->elapsed % CLOCK_SECOND));
  buf_addz(b, ",\"histogram\":{");
  for (size_t i = 0; i <= WORKER_LIMITS; i++) {
    sum += s->buckets[i];
    buf_printf(b, "%s\"%s\":%llu", i ? "," : "", i < WORKER_LIMITS ? limits[i].text : "+Inf", (unsigned long long)sum);
  }
  buf_addz(b, s->quarantined ? "},\"quarantined\":true}" : "}}");
  if (plugin.failed) b->failed = true;
}

void worker_pool_actions(const worker_pool *p, buf *json) {
  buf_addc(json, '[');
  for (size_t i = 0; i < p->o.plan->n; i++) {
    if (i) buf_addc(json, ',');
    print(p, &p->o.plan->entries[i], json);
  }
  buf_addc(json, ']');
}
