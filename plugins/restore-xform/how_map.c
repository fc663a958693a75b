/* how_map.c -- members of one object get new keys, all of them at once.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <stdlib.h>
#include <string.h>

static bool equal(pintle_str a, pintle_str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }
static bool maps(const struct xform_member *m) { return (m->of_key || m->of_value) && !m->stays; }
static pintle_str key_of(const struct xform_member *m) { return maps(m) ? m->to_key : m->key; }
static pintle_str value_of(const struct xform_member *m) { return maps(m) ? m->to_value : m->value; }
static bool moves(const struct xform_member *m) { return maps(m) && !equal(m->key, m->to_key); }

/* By what the keys become; who keeps its key comes first, then by place. */
static int by_key(const void *a, const void *b) {
  const struct xform_member *x = *(const struct xform_member *const *)a, *y = *(const struct xform_member *const *)b;
  const pintle_str k = key_of(x), l = key_of(y);
  int c = memcmp(k.ptr, l.ptr, k.len < l.len ? k.len : l.len);
  if (c || k.len != l.len) return c ? c : k.len < l.len ? -1 : 1;
  if (moves(x) != moves(y)) return moves(x) ? 1 : -1;
  return x < y ? -1 : 1;
}

/* Of several that would have one key the first has it. Another with its value is not needed; one with another value stays where it was,
 * which may take that key from a third: then all is looked at again. */
static void settle(struct xform_member **sorted, size_t n, bool merge) {
  for (bool again = true; again;) {
    again = false;
    qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 0; i < n; i++) sorted[i]->gone = false;
    for (size_t i = 1, first = 0; i < n; i++) {
      struct xform_member *m = sorted[i], *has = sorted[first];
      if (!equal(key_of(m), key_of(has))) first = i;
      else if (!moves(m)) continue; /* a key that is there twice */
      else if (merge && m->text && has->text && equal(value_of(m), value_of(has))) m->gone = true;
      else m->stays = again = true;
    }
  }
}

static void print(const struct xform_member *m, struct xform_text *made) {
  const pintle_str value = value_of(m);
  xform_text_add(made, made->len ? "," : "{", 1);
  xform_text_json(made, key_of(m));
  xform_text_add(made, ":", 1);
  if (m->text) xform_text_json(made, value);
  else xform_text_add(made, value.ptr, value.len);
}

void xform_member_tell(struct xform_job *j, const char *pointer, const struct xform_member *m) {
  char was[XFORM_ROOM], now[XFORM_ROOM];
  if (m->of_key) xform_tell(j, pointer, m->of_key, m->key, m->to_key);
  if (!m->of_value) return;
  if (equal(m->key, m->to_key) || m->of_key) {
    xform_tell(j, pointer, m->of_value, m->value, m->to_value);
    return;
  }
  int n = snprintf(was, sizeof was, "%.400s=%.400s", m->key.ptr, m->value.ptr),
      k = snprintf(now, sizeof now, "%.400s=%.400s", m->to_key.ptr, m->to_value.ptr);
  if (n > 0 && k > 0) xform_tell(j, pointer, m->of_value, (pintle_str){was, (size_t)n}, (pintle_str){now, (size_t)k});
}

pintle_status xform_members_read(struct xform_job *j, const struct xform_place *p, struct xform_member **all, size_t *n) {
  const pintle_doc *d = j->doc;
  size_t room = 0;
  *n = 0;
  if (d->api->type(d, p->value) != PINTLE_T_OBJECT) return PINTLE_OK;
  for (const pintle_value *v = d->api->first(d, p->value); v; v = d->api->next(d, v)) room++;
  if (!(*all = j->call->host->alloc(j->call, (room + 1) * sizeof **all))) return pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  for (const pintle_value *v = d->api->first(d, p->value); v && *n < room; v = d->api->next(d, v)) {
    struct xform_member m = {.text = d->api->type(d, v) == PINTLE_T_STRING};
    pintle_status st = d->api->key(d, v, &m.key);
    if (st == PINTLE_OK) st = d->api->text(d, v, &m.value);
    if (st != PINTLE_OK) return pintle_fail_at(j->call, st, p->pointer, "cannot be read");
    m.to_key = m.key, m.to_value = m.value;
    (*all)[(*n)++] = m;
  }
  return PINTLE_OK;
}

pintle_status xform_members_put(struct xform_job *j, const struct xform_place *p, struct xform_member *all, size_t n, const char *why) {
  struct xform_text made = {0};
  struct xform_member **sorted = j->call->host->alloc(j->call, (n + 1) * sizeof *sorted);
  bool differs = false;
  pintle_status st = PINTLE_OK;
  if (!sorted) return pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; i < n; i++) sorted[i] = &all[i];
  settle(sorted, n, p->field->how == XFORM_LABEL_MAP);
  for (size_t i = 0; i < n; i++) {
    if (all[i].stays && !j->within && !j->left) j->call->host->finding(j->call, PINTLE_LOG_WARN, "unresolved", p->pointer, why);
    if (!maps(&all[i])) continue;
    xform_member_tell(j, p->pointer, &all[i]);
    differs = differs || !equal(all[i].key, all[i].to_key) || !equal(all[i].value, all[i].to_value);
  }
  for (size_t i = 0; i < n && differs; i++)
    if (!all[i].gone) print(&all[i], &made);
  if (differs) {
    xform_text_add(&made, "}", 1);
    st = xform_put_json(j, p->pointer, &made);
  }
  xform_text_free(&made);
  return st;
}
