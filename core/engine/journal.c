/* journal.c -- see journal.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/journal.h"
#include "archive/archive.h"
#include "base/clock.h"
#include "base/file.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEPT = 10000 }; /* messages of each severity that the results hold */

typedef struct kept {
  const char *ns;
  const char *message;
  bool again; /* of an earlier process, and said again */
} kept;       /* ns NULL: Velero's own; "": cluster-scoped */
struct engine_journal {
  engine_journal_options o;
  int fd;
  archive_gzip *gzip;
  uint64_t warnings, errors;
  kept *v[2];
  size_t n[2], cap[2]; /* warnings, errors */
  size_t before[2];    /* the first of them: of earlier processes */
  uint64_t extra[2];   /* kept before, not counted: of an attempt to finish that did not come to its end */
  uint64_t lost[2];    /* counted before, not kept */
  arena memory;
  item_doc *record;
  buf line;
  error failure;
};

pintle_status engine_journal_open(const engine_journal_options *options, engine_journal **out, error *e) {
  engine_journal *j = calloc(1, sizeof *j);
  if (!j) return error_nomem(e);
  j->o = *options;
  j->fd = -1;
  pintle_status st = item_new(&j->record) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
  if (st == PINTLE_OK && !options->no_file) {
    st = file_temporary(options->temp_dir, &j->fd, e);
    if (st == PINTLE_OK) st = archive_gzip_open(j->fd, 0, 0, &j->gzip, e);
  }
  if (st != PINTLE_OK) {
    engine_journal_free(j);
    return st;
  }
  *out = j;
  return PINTLE_OK;
}

void engine_journal_free(engine_journal *j) {
  if (!j) return;
  archive_gzip_abandon(j->gzip);
  close_p(&j->fd);
  free(j->v[0]);
  free(j->v[1]);
  item_free(j->record);
  buf_free(&j->line);
  arena_free(&j->memory);
  free(j);
}

uint64_t engine_warnings(const engine_journal *j) { return j->warnings; }
uint64_t engine_errors(const engine_journal *j) { return j->errors; }
void engine_tell(engine_journal *j, const engine_event *event) {
  if (j->o.listener.event) j->o.listener.event(j->o.listener.ctx, event);
}
bool engine_wants_before(const engine_journal *j) { return j->o.listener.before; }
void engine_phase(engine_journal *j, const char *phase) {
  engine_event event = {.kind = ENGINE_PHASE, .phase = phase};
  engine_tell(j, &event);
}

/* ---- lines, as logrus prints them */
static const char *level_name(int32_t level) {
  static const char *const names[] = {"trace", "debug", "info", "warning", "error"};
  return level >= PINTLE_LOG_TRACE && level <= PINTLE_LOG_ERROR ? names[level] : "info";
}

static void add_value(buf *b, str v, bool json) {
  bool plain = v.len > 0 && !json;
  for (size_t i = 0; i < v.len && plain; i++) {
    char c = v.ptr[i];
    plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._/@^+", c);
  }
  if (plain) buf_adds(b, v);
  else if (json) buf_json_go(b, v);
  else buf_json(b, v); /* logrus' text has Go's %q, which leaves <, > and & alone */
}

static void add_field(buf *b, const char *key, str v, bool json) {
  if (json) {
    buf_addz(b, b->len > 1 ? "," : "");
    buf_json(b, str_of(key));
    buf_addc(b, ':');
  } else buf_printf(b, "%s%s=", b->len ? " " : "", key);
  add_value(b, v, json);
}

static void write_line(engine_journal *j, int32_t level, const engine_subject *about, const char *plugin, const char *where, str message) {
  char time[32];
  buf *b = &j->line;
  bool json = j->o.json;
  if (!j->gzip) return;
  buf_clear(b);
  if (json) buf_addc(b, '{');
  clock_rfc3339(clock_now(), time);
  if (!json) buf_printf(b, "time=\"%s\" level=%s msg=", time, level_name(level)), buf_json(b, message);
  const char *eq = strchr(j->o.run_field, '=');
  char run_key[16];
  snprintf(run_key, sizeof run_key, "%.*s", (int)(eq - j->o.run_field), j->o.run_field);
  add_field(b, run_key, str_of(eq + 1), json);
  if (json) add_field(b, "level", str_of(level_name(level)), json);
  add_field(b, "logSource", str_of(where), json);
  if (json) add_field(b, "msg", message, json);
  if (about && about->type) {
    buf gr = {0};
    kube_type_gr(about->type, &gr);
    add_field(b, "name", about->name, json);
    if (about->ns.len) add_field(b, "namespace", about->ns, json);
    if (*plugin) add_field(b, "pluginName", str_of(plugin), json);
    add_field(b, "resource", buf_str(&gr), json);
    buf_free(&gr);
  } else if (*plugin) add_field(b, "pluginName", str_of(plugin), json);
  if (json) add_field(b, "time", str_of(time), json);
  buf_addz(b, json ? "}\n" : "\n");
  if (b->failed) error_nomem(&j->failure);
  else if (j->failure.status == PINTLE_OK) archive_gzip_write(j->gzip, buf_str(b), &j->failure);
}

/* ---- results */
static pintle_status make_kept(engine_journal *j, const engine_subject *about, str message, kept *one) {
  buf b = {0};
  *one = (kept){0};
  if (about && about->type) {
    if (j->o.restore) buf_printf(&b, "%s %.*s: ", about->type->resource, (int)about->name.len, about->name.ptr);
    else buf_printf(&b, " resource: /%s name: /%.*s message: /", about->type->resource, (int)about->name.len, about->name.ptr);
    if (about->ns.len) one->ns = arena_copy(&j->memory, about->ns);
    else if (j->o.restore) one->ns = "";
  }
  buf_adds(&b, message);
  one->message = arena_copy(&j->memory, buf_str(&b));
  bool bad = b.failed || !one->message;
  buf_free(&b);
  return bad ? error_nomem(&j->failure) : PINTLE_OK;
}

static kept *find_before(engine_journal *j, int k, const kept *one) {
  for (size_t i = 0; i < j->before[k]; i++) {
    kept *b = &j->v[k][i];
    if (!b->again && strcmp(b->message, one->message) == 0 && (b->ns ? one->ns && strcmp(b->ns, one->ns) == 0 : !one->ns)) return b;
  }
  return NULL;
}

static void append(engine_journal *j, int k, const kept *one) {
  if (j->n[k] >= KEPT) return;
  if (GROW(j->v[k], j->n[k], j->cap[k])) j->v[k][j->n[k]++] = *one;
  else error_nomem(&j->failure);
}

static void keep(engine_journal *j, int32_t level, const engine_subject *about, str message) {
  int k = level == PINTLE_LOG_ERROR;
  uint64_t *count = k ? &j->errors : &j->warnings;
  kept one, *before = NULL;
  if ((j->n[k] < KEPT || j->extra[k]) && make_kept(j, about, message, &one) == PINTLE_OK) {
    if (j->extra[k]) before = find_before(j, k, &one);
    if (before) before->again = true, j->extra[k]--;
    else append(j, k, &one);
  }
  *count += !before;
}

static int by_namespace(const void *a, const void *b) {
  const kept *const *x = a, *const *y = b;
  int c = strcmp((*x)->ns ? (*x)->ns : "", (*y)->ns ? (*y)->ns : "");
  return c ? c : (*x > *y) - (*x < *y); /* messages of one namespace stay in order */
}

static void print_list(buf *out, const char *name, const kept *const *v, size_t n, bool *any, const char *extra) {
  if (n == 0 && !extra) return;
  buf_addz(out, *any ? "," : "");
  *any = true;
  buf_json(out, str_of(name));
  buf_addz(out, ":[");
  for (size_t i = 0; i < n; i++) buf_addz(out, i ? "," : ""), buf_json_go(out, str_of(v[i]->message));
  if (extra) buf_addz(out, n ? "," : ""), buf_json_go(out, str_of(extra));
  buf_addc(out, ']');
}

static pintle_status print_result(const engine_journal *j, int k, buf *out, error *e) {
  const kept **v = malloc((j->n[k] + 1) * sizeof *v), **own = malloc((j->n[k] + 1) * sizeof *own),
             **cluster = malloc((j->n[k] + 1) * sizeof *cluster);
  size_t n = 0, n_own = 0, n_cluster = 0;
  bool any = false, in = false;
  uint64_t all = k ? j->errors : j->warnings;
  char more[80];
  if (v && own && cluster) {
    for (size_t i = 0; i < j->n[k]; i++) {
      const kept *m = &j->v[k][i];
      if (!m->ns) own[n_own++] = m;
      else if (!*m->ns) cluster[n_cluster++] = m;
      else v[n++] = m;
    }
    snprintf(more, sizeof more, "%llu more are in the log", (unsigned long long)(all - j->n[k]));
    buf_addc(out, '{');
    print_list(out, "velero", own, n_own, &any, all > j->n[k] ? more : NULL);
    print_list(out, "cluster", cluster, n_cluster, &any, NULL);
    qsort(v, n, sizeof *v, by_namespace);
    if (n) buf_addz(out, any ? ",\"namespaces\":{" : "\"namespaces\":{");
    for (size_t i = 0, from; i < n; i = from) {
      for (from = i; from < n && strcmp(v[from]->ns, v[i]->ns) == 0;) from++;
      print_list(out, v[i]->ns, v + i, from - i, &in, NULL);
    }
    buf_addz(out, n ? "}}" : "}");
  } else error_nomem(e);
  bool bad = !v || !own || !cluster;
  free(v);
  free(own);
  free(cluster);
  return bad || out->failed ? error_nomem(e) : PINTLE_OK;
}

pintle_status engine_results(const engine_journal *j, buf *json, error *e) {
  buf_addz(json, "{\"errors\":");
  pintle_status st = print_result(j, 1, json, e);
  buf_addz(json, ",\"warnings\":");
  if (st == PINTLE_OK) st = print_result(j, 0, json, e);
  buf_addz(json, "}\n");
  return st == PINTLE_OK && json->failed ? error_nomem(e) : st;
}

/* ---- what was said before */
static void keep_list(engine_journal *j, int k, const item_node *list, const char *ns) {
  for (const item_node *m = item_first(list); m; m = item_next(m)) {
    if (!item_string(m).ptr || j->n[k] >= KEPT) continue;
    const char *text = arena_copy(&j->memory, item_string(m));
    if (text) append(j, k, &(kept){.ns = ns, .message = text});
    else error_nomem(&j->failure);
  }
}

static void keep_result(engine_journal *j, int k, const item_node *of) {
  keep_list(j, k, item_member(of, STR("velero")), NULL);
  keep_list(j, k, item_member(of, STR("cluster")), "");
  for (const item_node *ns = item_first(item_member(of, STR("namespaces"))); ns; ns = item_next(ns)) {
    const char *name = arena_copy(&j->memory, item_key(ns));
    if (!name) error_nomem(&j->failure);
    else keep_list(j, k, ns, name);
  }
}

pintle_status engine_journal_before(engine_journal *j, str results, uint64_t warnings, uint64_t errors, error *e) {
  static const item_limits limits = {.max_bytes = (size_t)256 << 20};
  pintle_status st = item_parse(j->record, results, 0, &limits, e);
  if (st != PINTLE_OK) return st;
  keep_result(j, 0, item_at(j->record, "/warnings"));
  keep_result(j, 1, item_at(j->record, "/errors"));
  const uint64_t counted[] = {warnings, errors};
  for (int k = 0; k < 2; k++) {
    j->before[k] = j->n[k];
    if (counted[k] < j->n[k]) j->extra[k] = j->n[k] - counted[k];
    else j->lost[k] = counted[k] - j->n[k];
  }
  j->warnings += warnings + j->extra[0], j->errors += errors + j->extra[1];
  return PINTLE_OK;
}

bool engine_said_before(engine_journal *j, int32_t level, const engine_subject *about, str message) {
  kept one;
  return level >= PINTLE_LOG_WARN && make_kept(j, about, message, &one) == PINTLE_OK && find_before(j, level == PINTLE_LOG_ERROR, &one);
}

bool engine_counted_before(engine_journal *j, const engine_subject *about, str error_message) {
  kept one;
  if (!j->lost[1] || make_kept(j, about, error_message, &one) != PINTLE_OK) return false;
  j->lost[1]--;
  append(j, 1, &one);
  return true;
}

/* ---- the door */
static void say(engine_journal *j, int32_t level, const engine_subject *about, const char *plugin, const char *where, str message) {
  if (level >= PINTLE_LOG_WARN) keep(j, level, about, message);
  write_line(j, level, about, plugin, where, message);
  engine_event event = {.kind = ENGINE_LOG, .level = level, .plugin = plugin, .message = message};
  if (about) event.type = about->type, event.ns = about->ns, event.name = about->name;
  engine_tell(j, &event);
}

void engine_log(engine_journal *j, int32_t level, const engine_subject *about, const char *plugin, const char *where, const char *format,
                ...) {
  char text[2400];
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (n < 0) return;
  say(j, level, about, plugin, where, (str){text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1});
}

static int32_t level_of(str name) {
  for (int32_t l = PINTLE_LOG_TRACE; l <= PINTLE_LOG_ERROR; l++)
    if (str_is(name, level_name(l)) || (l == PINTLE_LOG_WARN && str_is(name, "warn"))) return l;
  return PINTLE_LOG_INFO;
}

static str member(const item_node *o, const char *key) {
  str s = item_string(item_member(o, str_of(key)));
  return s.ptr ? s : STR("");
}

/* Most records hold patches and times only: nothing for the log. */
static bool says_something(str record) {
  static const char *const keys[] = {"\"log\":[", "\"findings\":[", "\"error\":{"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (memmem(record.ptr, record.len, keys[i], strlen(keys[i]))) return true;
  return false;
}

static void tell_error(engine_journal *j, const engine_subject *about, const char *action, const item_node *error) {
  str at = member(error, "at"), hint = member(error, "hint");
  buf text = {0};
  buf_printf(&text, "action %s: %s%s%s%s%s%s", action, member(error, "message").ptr, at.len ? " at " : "", at.ptr, hint.len ? " (" : "",
             hint.ptr, hint.len ? ")" : "");
  int32_t level = str_is(member(error, "severity"), "error") ? PINTLE_LOG_ERROR : PINTLE_LOG_WARN;
  if (!text.failed) say(j, level, about, action, "plugin", buf_str(&text));
  buf_free(&text);
}

void engine_log_record(engine_journal *j, const engine_subject *about, str record, const char *failed) {
  error own; /* a worker whose memory was scribbled over may send anything: that is no failure of the log */
  if (record.len < 3 || !says_something(record)) return;
  pintle_status st = item_parse(j->record, record, 0, NULL, &own);
  if (st == PINTLE_NOMEM) error_nomem(&j->failure);
  if (st != PINTLE_OK) return;
  for (const item_node *a = item_first(item_root(j->record)); a; a = item_next(a)) {
    str action = member(a, "action");
    const char *name = action.len ? action.ptr : "";
    for (const item_node *l = item_first(item_member(a, STR("log"))); l; l = item_next(l)) {
      buf text = {0};
      buf_adds(&text, member(l, "msg"));
      for (const item_node *f = item_first(item_member(l, STR("fields"))); f; f = item_next(f))
        buf_printf(&text, " %s=%s", item_key(f).ptr, item_string(f).ptr ? item_string(f).ptr : "");
      say(j, level_of(member(l, "level")), about, name, "plugin", buf_str(&text));
      buf_free(&text);
    }
    for (const item_node *f = item_first(item_member(a, STR("findings"))); f; f = item_next(f)) {
      buf text = {0};
      buf_printf(&text, "%s: %s%s%s", member(f, "code").ptr, member(f, "text").ptr, member(f, "at").len ? " at " : "", member(f, "at").ptr);
      say(j, level_of(member(f, "severity")), about, name, "plugin", buf_str(&text));
      buf_free(&text);
    }
    const item_node *error = item_member(a, STR("error"));
    if (error && !(failed && strcmp(failed, name) == 0)) tell_error(j, about, name, error);
  }
}

void engine_actions_add(buf *all, str more) {
  if (all->len > 2 && more.len > 2) all->data[all->len - 1] = ',', more.ptr++, more.len--;
  else if (all->len > 2) return;
  else buf_clear(all);
  buf_adds(all, more);
}

#define BUT_FOR ", but for "
str engine_missed_by(const item_node *c, const item_node *of) {
  str key = item_key(c), name = item_key(of);
  size_t n = name.len + strlen(BUT_FOR);
  bool is = key.len > n && memcmp(key.ptr, name.ptr, name.len) == 0 && memcmp(key.ptr + name.len, BUT_FOR, strlen(BUT_FOR)) == 0;
  return is ? (str){key.ptr + n, key.len - n} : (str){NULL, 0};
}

bool engine_is_near_miss(const item_node *action, const item_node *c) {
  for (const item_node *of = item_first(action); of; of = item_next(of))
    if (engine_missed_by(c, of).ptr) return true;
  return false;
}

static void warn_unmatched(engine_journal *j, const item_node *action, const item_node *c) {
  CLEANUP(buf_free) buf near = {0};
  for (const item_node *m = item_first(action); m; m = item_next(m)) {
    str what = engine_missed_by(m, c);
    int64_t n;
    if (!what.ptr || item_int(m, &n) != PINTLE_OK || n == 0) continue;
    buf_printf(&near, "%s %lld item%s but for %.*s", near.len ? ";" : "; it would have matched", (long long)n, n == 1 ? "" : "s",
               (int)what.len, what.ptr);
  }
  engine_log(j, PINTLE_LOG_WARN, NULL, item_key(action).ptr, "plugin", "%s: never matched%s", item_key(c).ptr, buf_z(&near));
}

void engine_report_counters(engine_journal *j, str counters) {
  engine_event event = {.kind = ENGINE_COUNTERS, .counters = counters};
  if (counters.len < 3 || item_parse(j->record, counters, 0, NULL, &j->failure) != PINTLE_OK) return;
  for (const item_node *a = item_first(item_root(j->record)); a; a = item_next(a))
    for (const item_node *c = item_first(a); c; c = item_next(c)) {
      int64_t n;
      if (item_int(c, &n) != PINTLE_OK || engine_is_near_miss(a, c)) continue;
      if (n == 0) warn_unmatched(j, a, c);
      else engine_log(j, PINTLE_LOG_INFO, NULL, item_key(a).ptr, "plugin", "%s: %lld", item_key(c).ptr, (long long)n);
    }
  engine_tell(j, &event);
}

pintle_status engine_journal_finish(engine_journal *j, int *fd, int64_t *size, error *e) {
  pintle_status st = PINTLE_OK;
  *fd = j->fd;
  *size = 0;
  if (j->gzip) st = archive_gzip_close(j->gzip, size, NULL, e);
  j->gzip = NULL;
  if (st == PINTLE_OK && j->failure.status != PINTLE_OK) {
    if (e) *e = j->failure;
    return j->failure.status;
  }
  return st;
}
