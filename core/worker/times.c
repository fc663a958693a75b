/* times.c -- see times.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/times.h"
#include "worker/pool.h"
#include <pthread.h>
#include <stdlib.h>

typedef struct timed {
  const char *action, *plugin, *operation; /* plugin: "name@version" */
  worker_action_stats stats;
} timed;
struct worker_times {
  pthread_mutex_t lock;
  arena memory;
  timed *v;
  size_t n, cap;
};

worker_times *worker_times_new(void) {
  worker_times *t = calloc(1, sizeof *t);
  if (t) pthread_mutex_init(&t->lock, NULL);
  return t;
}

void worker_times_free(worker_times *t) {
  if (!t) return;
  pthread_mutex_destroy(&t->lock);
  arena_free(&t->memory);
  free(t->v);
  free(t);
}

/* NULL: no memory. */
static worker_action_stats *of(worker_times *t, str action, str plugin, str operation) {
  for (size_t i = 0; i < t->n; i++) {
    const timed *v = &t->v[i];
    if (str_is(action, v->action) && str_is(plugin, v->plugin) && str_is(operation, v->operation)) return &t->v[i].stats;
  }
  timed one = {arena_copy(&t->memory, action), arena_copy(&t->memory, plugin), arena_copy(&t->memory, operation), {0}};
  if (!one.action || !one.plugin || !one.operation || !GROW(t->v, t->n, t->cap)) return NULL;
  t->v[t->n] = one;
  return &t->v[t->n++].stats;
}

void worker_times_add(worker_times *t, const worker_time *call) {
  CLEANUP(buf_free) buf plugin = {0};
  if (!t) return;
  buf_printf(&plugin, "%s@%s", call->plugin, call->version);
  pthread_mutex_lock(&t->lock);
  worker_action_stats *s = plugin.failed ? NULL : of(t, str_of(call->action), buf_str(&plugin), str_of(call->operation));
  if (s) {
    pool_stats_add(s, call->elapsed);
    s->errors += call->error, s->timeouts += call->timeout, s->deaths += call->death;
  }
  pthread_mutex_unlock(&t->lock);
}

static void merge(worker_action_stats *to, const worker_action_stats *s) {
  to->calls += s->calls, to->errors += s->errors, to->timeouts += s->timeouts, to->deaths += s->deaths;
  for (size_t i = 0; i <= WORKER_LIMITS; i++) to->buckets[i] += s->buckets[i];
  if (__builtin_add_overflow(to->elapsed, s->elapsed, &to->elapsed)) to->elapsed = INT64_MAX;
  to->quarantined |= s->quarantined;
}

void worker_times_pool(worker_times *t, const worker_pool *p, const char *operation) {
  if (!t) return;
  pthread_mutex_lock(&t->lock);
  for (size_t i = 0; i < p->o.plan->n; i++) {
    CLEANUP(buf_free) buf plugin = {0};
    const chain_entry *entry = &p->o.plan->entries[i];
    pool_plugin_label(p, entry, &plugin);
    worker_action_stats *s = plugin.failed ? NULL : of(t, str_of(entry->name), buf_str(&plugin), str_of(operation));
    if (s) merge(s, &p->stats[entry->index]);
  }
  pthread_mutex_unlock(&t->lock);
}

void worker_times_print(worker_times *t, buf *json) {
  if (!t) return;
  pthread_mutex_lock(&t->lock);
  for (size_t i = 0; i < t->n; i++) {
    if (json->len && json->data[json->len - 1] != '[') buf_addc(json, ',');
    pool_stats_print(&t->v[i].stats, t->v[i].action, str_of(t->v[i].plugin), t->v[i].operation, json);
  }
  pthread_mutex_unlock(&t->lock);
}

/* ---- as an earlier process printed them */
static uint64_t count(const item_node *n, const char *key) {
  int64_t i = 0;
  return item_int(item_member(n, str_of(key)), &i) == PINTLE_OK && i > 0 ? (uint64_t)i : 0;
}

static void read_one(const item_node *a, worker_action_stats *s) {
  const item_node *h = item_first(item_member(a, STR("histogram")));
  uint64_t before = 0, sum;
  s->calls = count(a, "calls"), s->errors = count(a, "errors"), s->timeouts = count(a, "timeouts"), s->deaths = count(a, "deaths");
  s->elapsed = worker_seconds(item_number(item_member(a, STR("seconds"))));
  for (size_t i = 0; i <= WORKER_LIMITS && h; i++, h = item_next(h)) { /* cumulative */
    int64_t n = 0;
    sum = item_int(h, &n) == PINTLE_OK && (uint64_t)n >= before ? (uint64_t)n : before;
    s->buckets[i] = sum - before;
    before = sum;
  }
}

void worker_times_read(worker_times *t, const item_node *actions) {
  if (!t) return;
  pthread_mutex_lock(&t->lock);
  for (const item_node *a = item_first(actions); a; a = item_next(a)) {
    worker_action_stats read = {0}, *s = NULL;
    str action = item_string(item_member(a, STR("action"))), plugin = item_string(item_member(a, STR("plugin"))),
        operation = item_string(item_member(a, STR("operation")));
    if (!action.ptr || !plugin.ptr || !operation.ptr || str_is(operation, "execute")) continue;
    read_one(a, &read);
    if ((s = of(t, action, plugin, operation))) merge(s, &read);
  }
  pthread_mutex_unlock(&t->lock);
}
