/* counters.c -- what actions counted, summed over workers.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/pool.h"
#include <stdlib.h>

typedef struct pool_counter {
  const char *action, *name;
  int64_t value;
} pool_counter;

static pintle_status add(worker_pool *p, str action, str name, int64_t value, error *e) {
  for (size_t i = 0; i < p->n_sums; i++) {
    pool_counter *c = &p->sums[i];
    if (!str_is(action, c->action) || !str_is(name, c->name)) continue;
    if (__builtin_add_overflow(c->value, value, &c->value)) c->value = value < 0 ? INT64_MIN : INT64_MAX;
    return PINTLE_OK;
  }
  if (p->n_sums >= 100000) return error_set(e, PINTLE_INVALID, "more than 100000 counters");
  if ((p->n_sums & (p->n_sums - 1)) == 0) { /* grow at powers of two */
    pool_counter *v = realloc(p->sums, (p->n_sums ? p->n_sums * 2 : 1) * sizeof *v);
    if (!v) return error_nomem(e);
    p->sums = v;
  }
  pool_counter c = {arena_copy(&p->memory, action), arena_copy(&p->memory, name), value};
  if (!c.action || !c.name) return error_nomem(e);
  p->sums[p->n_sums++] = c;
  return PINTLE_OK;
}

pintle_status pool_count(worker_pool *p, str counters, error *e) {
  item_doc *d = NULL;
  pintle_status st = item_new(&d);
  if (st != PINTLE_OK) return error_nomem(e);
  if (counters.len) st = item_parse(d, counters, ITEM_UNIQUE_KEYS, NULL, e);
  for (const item_node *a = st == PINTLE_OK ? item_first(item_root(d)) : NULL; a && st == PINTLE_OK; a = item_next(a))
    for (const item_node *c = item_first(a); c && st == PINTLE_OK; c = item_next(c)) {
      int64_t value;
      st = item_int(c, &value);
      st = st == PINTLE_OK ? add(p, item_key(a), item_key(c), value, e) : error_set(e, st, "a counter is no integer");
    }
  item_free(d);
  return st;
}

static int by_action(const void *a, const void *b) {
  const pool_counter *x = a, *y = b;
  int c = strcmp(x->action, y->action);
  return c ? c : strcmp(x->name, y->name);
}

void pool_print_counters(const worker_pool *p, buf *out) {
  if (p->n_sums) qsort(p->sums, p->n_sums, sizeof *p->sums, by_action);
  buf_addc(out, '{');
  for (size_t i = 0; i < p->n_sums; i++) {
    const pool_counter *c = &p->sums[i];
    bool first = i == 0 || strcmp(c->action, p->sums[i - 1].action) != 0;
    if (first && i) buf_addz(out, "},");
    else if (!first) buf_addc(out, ',');
    if (first) buf_json(out, str_of(c->action)), buf_addz(out, ":{");
    buf_json(out, str_of(c->name));
    buf_printf(out, ":%lld", (long long)c->value);
  }
  buf_addz(out, p->n_sums ? "}}" : "}");
}
