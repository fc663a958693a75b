/* velero_log.c -- lines of Velero's log (logrus, as text or JSON) become fields, and those of pintle's drop-in (docs/velero.md) a report.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"
#include <stdlib.h>

/* ---- a line's fields */
enum {
  F_LEVEL,
  F_MSG,
  F_EVENT,
  F_ACTION,
  F_PLUGIN,
  F_RESOURCE,
  F_NAMESPACE,
  F_NAME,
  F_OP,
  F_PATH,
  F_FROM,
  F_OLD,
  F_VALUE,
  F_WHY,
  F_SEVERITY,
  F_CODE,
  F_COUNTER,
  F_COUNT,
  F_ERROR,
  N_FIELDS
};
static const char *const names[N_FIELDS] = {"level", "msg",  "event", "action", "plugin", "resource", "namespace", "name",    "op",   "path",
                                            "from",  "old",  "value", "why",    "severity", "code",   "counter",   "count", "error"};
typedef struct fields {
  buf text[N_FIELDS];
} fields;

static buf *field_of(fields *f, str name) {
  for (int i = 0; i < N_FIELDS; i++)
    if (str_is(name, names[i])) return &f->text[i];
  return NULL;
}

static int hex(const char *p, const char *end, int n) {
  int v = 0;
  for (int i = 0; i < n; i++, p++) {
    if (p >= end) return -1;
    int d = *p >= '0' && *p <= '9' ? *p - '0' : *p >= 'a' && *p <= 'f' ? *p - 'a' + 10 : *p >= 'A' && *p <= 'F' ? *p - 'A' + 10 : -1;
    if (d < 0) return -1;
    v = v * 16 + d;
  }
  return v;
}

static void add_rune(buf *b, int c) {
  if (c < 0x80) buf_addc(b, (char)c);
  else if (c < 0x800) buf_addc(b, (char)(0xc0 | c >> 6)), buf_addc(b, (char)(0x80 | (c & 63)));
  else if (c < 0x10000)
    buf_addc(b, (char)(0xe0 | c >> 12)), buf_addc(b, (char)(0x80 | (c >> 6 & 63))), buf_addc(b, (char)(0x80 | (c & 63)));
  else {
    buf_addc(b, (char)(0xf0 | c >> 18)), buf_addc(b, (char)(0x80 | (c >> 12 & 63)));
    buf_addc(b, (char)(0x80 | (c >> 6 & 63))), buf_addc(b, (char)(0x80 | (c & 63)));
  }
}

/* One escape of Go's strconv.Quote; p is behind the backslash. */
static const char *escape(const char *p, const char *end, buf *to) {
  static const char from[] = "abfnrtv", is[] = "\a\b\f\n\r\t\v";
  const char *at = *p ? strchr(from, *p) : NULL;
  int digits = *p == 'x' ? 2 : *p == 'u' ? 4 : *p == 'U' ? 8 : 0, c = digits ? hex(p + 1, end, digits) : -1;
  if (at) buf_addc(to, is[at - from]);
  else if (digits && c >= 0 && c < 0x110000) add_rune(to, c);
  else buf_addc(to, *p), digits = 0;
  return p + 1 + (c >= 0 ? digits : 0);
}

/* key=bare or key="quoted". */
static void read_text(str line, fields *f) {
  const char *p = line.ptr, *end = p + line.len;
  while (p < end) {
    while (p < end && *p == ' ') p++;
    const char *key = p;
    while (p < end && *p != '=' && *p != ' ') p++;
    buf *to = field_of(f, (str){key, (size_t)(p - key)});
    buf unused = {0};
    if (!to) to = &unused;
    if (p < end && *p == '=' && ++p < end && *p == '"') {
      for (p++; p < end && *p != '"';)
        if (*p == '\\' && p + 1 < end) p = escape(p + 1, end, to);
        else buf_addc(to, *p++);
      if (p < end) p++;
    } else
      while (p < end && *p != ' ') buf_addc(to, *p++);
    buf_free(&unused);
  }
}

static void read_json(report *r, str line, fields *f) {
  if (item_parse(r->record, line, 0, NULL, NULL) != PINTLE_OK) return;
  for (const item_node *m = item_first(item_root(r->record)); m; m = item_next(m)) {
    buf *to = field_of(f, item_key(m));
    if (!to) continue;
    if (item_string(m).ptr) buf_adds(to, item_string(m));
    else if (item_print(r->record, m, 0, to) != PINTLE_OK) to->failed = true;
  }
}

/* ---- items, until all lines are read: an item's lines need not stand together */
typedef struct log_item {
  char *key;                     /* resource NUL namespace NUL name NUL */
  buf head, actions;             /* members of the item; its actions that are over */
  buf action, changes, findings; /* the one that is open: its members, and elements */
  uint64_t n_changes;
  bool skipped;
} log_item;
typedef struct log_count {
  char *action, *counter;
  uint64_t n;
} log_count;
struct report_log {
  log_item *items;
  size_t n, cap, *slots, n_slots; /* slots: index + 1, by hash of the key */
  log_count *counts;
  size_t n_counts, cap_counts;
  report_log_totals totals;
};

void report_log_free(struct report_log *l) {
  if (!l) return;
  for (size_t i = 0; i < l->n; i++) {
    log_item *x = &l->items[i];
    buf *const all[] = {&x->head, &x->actions, &x->action, &x->changes, &x->findings};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) buf_free(all[k]);
    free(x->key);
  }
  for (size_t i = 0; i < l->n_counts; i++) free(l->counts[i].action), free(l->counts[i].counter);
  free(l->items), free(l->slots), free(l->counts), free(l);
}

static void add(buf *b, const char *key, buf *value) {
  if (!value->len) return;
  buf_printf(b, "%s\"%s\":", b->len && b->data[b->len - 1] != '{' ? "," : "", key);
  buf_json_go(b, buf_str(value));
}

static size_t hash(const char *key) {
  size_t h = 1469598103934665603u;
  for (; *key; key++) h = (h ^ (unsigned char)*key) * 1099511628211u;
  return h;
}

static bool rehash(struct report_log *l) {
  size_t n = l->n_slots ? 2 * l->n_slots : 1024, *slots = calloc(n, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < l->n; i++) {
    size_t at = hash(l->items[i].key) & (n - 1);
    while (slots[at]) at = (at + 1) & (n - 1);
    slots[at] = i + 1;
  }
  free(l->slots);
  l->slots = slots, l->n_slots = n;
  return true;
}

static log_item *item_of_line(struct report_log *l, fields *f) {
  CLEANUP(buf_free) buf key = {0};
  buf_printf(&key, "%s\n%s\n%s", buf_z(&f->text[F_RESOURCE]), buf_z(&f->text[F_NAMESPACE]), buf_z(&f->text[F_NAME]));
  if (key.failed || ((l->n + 1) * 2 > l->n_slots && !rehash(l))) return NULL;
  size_t at = hash(key.data) & (l->n_slots - 1);
  for (; l->slots[at]; at = (at + 1) & (l->n_slots - 1))
    if (strcmp(l->items[l->slots[at] - 1].key, key.data) == 0) return &l->items[l->slots[at] - 1];
  if (!GROW(l->items, l->n, l->cap)) return NULL;
  log_item *x = &l->items[l->n];
  *x = (log_item){.key = strdup(key.data)};
  if (!x->key) return NULL;
  l->slots[at] = ++l->n;
  add(&x->head, "resource", &f->text[F_RESOURCE]);
  add(&x->head, "namespace", &f->text[F_NAMESPACE]);
  add(&x->head, "name", &f->text[F_NAME]);
  return x;
}

static void close_action(log_item *x) {
  if (!x->action.len) return;
  buf_printf(&x->actions, "%s{%s", x->actions.len ? "," : "", x->action.data);
  if (x->n_changes) buf_printf(&x->actions, ",\"changed\":%llu,\"changes\":[%s]", (unsigned long long)x->n_changes, buf_z(&x->changes));
  if (x->findings.len) buf_printf(&x->actions, ",\"findings\":[%s]", buf_z(&x->findings));
  buf_addc(&x->actions, '}');
  buf_clear(&x->action), buf_clear(&x->changes), buf_clear(&x->findings);
  x->n_changes = 0;
}

static void open_action(log_item *x, fields *f) {
  CLEANUP(buf_free) buf head = {0};
  add(&head, "action", &f->text[F_ACTION]);
  add(&head, "plugin", &f->text[F_PLUGIN]);
  size_t n = head.len;
  if (x->action.len >= n && memcmp(x->action.data ? x->action.data : "", head.data ? head.data : "", n) == 0 && n) return;
  close_action(x);
  buf_adds(&x->action, buf_str(&head));
}

/* The value is JSON, unless the line was cut. */
static void add_value(report *r, buf *b, const char *key, buf *value) {
  if (!value->len) return;
  if (item_parse(r->before, buf_str(value), 0, NULL, NULL) != PINTLE_OK) add(b, key, value);
  else {
    buf_printf(b, ",\"%s\":", key);
    buf_adds(b, buf_str(value));
  }
}

static void change(report *r, log_item *x, fields *f) {
  buf *b = &x->changes;
  r->velero->totals.changes++;
  buf_addz(b, x->n_changes++ ? ",{" : "{");
  add(b, "op", &f->text[F_OP]);
  buf_addz(b, ",\"path\":");
  buf_json_go(b, buf_str(&f->text[F_PATH]));
  add(b, "from", &f->text[F_FROM]);
  add_value(r, b, "old", &f->text[F_OLD]);
  add_value(r, b, "new", &f->text[F_VALUE]);
  add(b, "why", &f->text[F_WHY]);
  buf_addc(b, '}');
}

static void found(struct report_log *l, log_item *x, fields *f) {
  buf *b = &x->findings;
  l->totals.findings++;
  l->totals.unresolved += str_is(buf_str(&f->text[F_CODE]), "unresolved");
  buf_addz(b, b->len ? ",{" : "{");
  add(b, "severity", &f->text[F_SEVERITY]);
  add(b, "code", &f->text[F_CODE]);
  add(b, "at", &f->text[F_PATH]);
  add(b, "text", &f->text[F_MSG]);
  buf_addc(b, '}');
}

static pintle_status count(struct report_log *l, fields *f, error *e) {
  const char *action = buf_z(&f->text[F_ACTION]), *counter = buf_z(&f->text[F_COUNTER]);
  uint64_t n = strtoull(buf_z(&f->text[F_COUNT]), NULL, 10);
  for (size_t i = 0; i < l->n_counts; i++)
    if (strcmp(l->counts[i].counter, counter) == 0 && strcmp(l->counts[i].action, action) == 0) return l->counts[i].n += n, PINTLE_OK;
  if (!GROW(l->counts, l->n_counts, l->cap_counts)) return error_nomem(e);
  log_count *c = &l->counts[l->n_counts];
  *c = (log_count){strdup(action), strdup(counter), n};
  l->n_counts++;
  return c->action && c->counter ? PINTLE_OK : error_nomem(e);
}

static pintle_status event(report *r, fields *f, error *e) {
  str what = buf_str(&f->text[F_EVENT]);
  if (str_is(what, "count")) return count(r->velero, f, e);
  log_item *x = item_of_line(r->velero, f);
  if (!x) return error_nomem(e);
  open_action(x, f);
  if (str_is(what, "change")) change(r, x, f);
  else if (str_is(what, "finding")) found(r->velero, x, f);
  else if (str_is(what, "skip")) {
    r->velero->totals.skipped += !x->skipped;
    x->skipped = true;
    add(&x->action, "skip", &f->text[F_WHY]);
    if (!f->text[F_WHY].len) buf_addz(&x->action, ",\"skip\":\"no reason given\"");
  }
  return PINTLE_OK;
}

static void other(report *r, fields *f) {
  str level = buf_str(&f->text[F_LEVEL]);
  bool bad = str_is(level, "error") || str_is(level, "fatal") || str_is(level, "panic");
  if (!bad && !str_is(level, "warning") && !str_is(level, "warn")) return;
  *(bad ? &r->velero->totals.errors : &r->velero->totals.warnings) += 1;
  if (r->n_lines >= REPORT_LINES) {
    r->lines_dropped++;
    return;
  }
  buf *b = &r->log;
  buf_printf(b, "%s{\"level\":\"%s\"", r->n_lines++ ? ",\n" : "", bad ? "error" : "warning");
  add(b, "plugin", &f->text[F_ACTION]);
  add(b, "resource", &f->text[F_RESOURCE]);
  add(b, "namespace", &f->text[F_NAMESPACE]);
  add(b, "name", &f->text[F_NAME]);
  if (f->text[F_ERROR].len) buf_addz(&f->text[F_MSG], ": "), buf_adds(&f->text[F_MSG], buf_str(&f->text[F_ERROR]));
  add(b, "message", &f->text[F_MSG]);
  buf_addc(b, '}');
}

pintle_status report_read_log(report *r, str line, error *e) {
  fields f = {0};
  pintle_status st = PINTLE_OK;
  if (!r->velero && !(r->velero = calloc(1, sizeof *r->velero))) return error_nomem(e);
  if (line.len && line.ptr[0] == '{') read_json(r, line, &f);
  else read_text(line, &f);
  for (int i = 0; i < N_FIELDS; i++)
    if (f.text[i].failed) st = error_nomem(e);
  r->velero->totals.lines += f.text[F_LEVEL].len > 0;
  if (st == PINTLE_OK && f.text[F_EVENT].len && f.text[F_ACTION].len) st = event(r, &f, e);
  else if (st == PINTLE_OK) other(r, &f);
  for (int i = 0; i < N_FIELDS; i++) buf_free(&f.text[i]);
  return st;
}

pintle_status report_log_end(report *r, buf *counters, report_log_totals *totals, error *e) {
  struct report_log *l = r->velero;
  bool first = true;
  *totals = l ? l->totals : (report_log_totals){0};
  totals->items = l ? l->n : 0;
  buf_addc(counters, '{');
  for (size_t i = 0; l && i < l->n; i++) {
    log_item *x = &l->items[i];
    close_action(x);
    report_put_item(r, buf_str(&x->head), x->skipped ? "skipped" : x->actions.len ? "changed" : "seen", buf_str(&x->actions));
    if (x->head.failed || x->actions.failed) return error_nomem(e);
  }
  for (size_t i = 0; l && i < l->n_counts; i++) { /* one action after the other */
    const char *action = l->counts[i].action;
    bool again = false;
    for (size_t k = 0; k < i; k++) again |= strcmp(l->counts[k].action, action) == 0;
    if (again) continue;
    buf_addz(counters, first ? "" : ",");
    buf_json_go(counters, str_of(action));
    buf_addz(counters, ":{");
    first = false;
    for (size_t k = i, n = 0; k < l->n_counts; k++) {
      if (strcmp(l->counts[k].action, action) != 0) continue;
      buf_addz(counters, n++ ? "," : "");
      buf_json_go(counters, str_of(l->counts[k].counter));
      buf_printf(counters, ":%llu", (unsigned long long)l->counts[k].n);
    }
    buf_addc(counters, '}');
  }
  buf_addc(counters, '}');
  return counters->failed ? error_nomem(e) : PINTLE_OK;
}
