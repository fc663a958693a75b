/* diff.c -- see diff.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/diff.h"
#include "cli/cli.h"
#include "cli/line_diff.h"
#include "cli/yaml_out.h"
#include "kube/names.h"
#include <stdio.h>

enum { SHORT = 60 };

/* ---- values */

static cli_ink ink_of(const cli_diff_style *s, unsigned more) { return (cli_ink){s->colours, s->indent + more}; }

static bool is_secret(const cli_diff_style *s, const char *pointer) { return s->secret && kube_secret_hides(str_of(pointer)); }

static bool is_container(const item_node *n) { return item_type(n) == PINTLE_T_OBJECT || item_type(n) == PINTLE_T_ARRAY; }

static void path_line(const cli_diff_style *s, const char *pointer, const char *tail, buf *out) {
  CLEANUP(buf_free) buf clean = {0};
  cli_clean(&clean, str_of(*pointer ? pointer : "(all of it)"));
  for (unsigned i = 0; i < s->indent; i++) buf_addc(out, ' ');
  cli_colour(out, s->colours, CLI_BOLD, buf_str(&clean));
  buf_addz(out, tail);
}

/* A scalar as YAML on one line, clean; strings in quotes so that blanks are seen. */
static void scalar(const item_node *n, buf *out) {
  if (item_type(n) == PINTLE_T_STRING) {
    CLEANUP(buf_free) buf json = {0};
    buf_json(&json, item_string(n));
    cli_clean_json(out, buf_str(&json));
  } else cli_yaml_value(n, 0, out);
}

static void redacted(const item_node *n, buf *out) {
  buf_printf(out, item_type(n) == PINTLE_T_STRING ? "(secret, %zu bytes)" : "(secret)", item_string(n).len);
}

/* A value that came or went: scalars behind the path, others as YAML below it. */
static void whole(const cli_diff_style *s, const char *pointer, char mark, const item_node *n, buf *out) {
  CLEANUP(buf_free) buf text = {0};
  bool hidden = is_secret(s, pointer);
  if (hidden) redacted(n, &text);
  else cli_yaml_value(n, 0, &text);
  path_line(s, pointer, mark == '+' ? "  (added)\n" : "  (removed)\n", out);
  for (const char *p = buf_z(&text), *end = p + text.len; p < end;) {
    CLEANUP(buf_free) buf clean = {0};
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    if (!stop) stop = end;
    cli_clean_lines(&clean, (str){p, (size_t)(stop - p)});
    cli_marked(ink_of(s, 2), mark, buf_str(&clean), out);
    p = stop + 1;
  }
  if (text.failed) out->failed = true;
}

static void changed_scalar(const cli_diff_style *s, const char *pointer, const item_node *old, const item_node *new, buf *out) {
  CLEANUP(buf_free) buf a = {0};
  CLEANUP(buf_free) buf b = {0};
  str x = item_string(old), y = item_string(new);
  bool hidden = is_secret(s, pointer);
  if (!hidden && x.ptr && y.ptr && (memchr(x.ptr, '\n', x.len) || memchr(y.ptr, '\n', y.len))) {
    path_line(s, pointer, "\n", out);
    cli_line_diff(ink_of(s, 2), x, y, out);
    return;
  }
  if (hidden) redacted(old, &a), redacted(new, &b);
  else scalar(old, &a), scalar(new, &b);
  if (a.failed || b.failed) out->failed = true;
  else if (a.len + b.len <= SHORT) {
    path_line(s, pointer, ": ", out);
    cli_colour(out, s->colours, CLI_RED, buf_str(&a));
    buf_addz(out, " -> ");
    cli_colour(out, s->colours, CLI_GREEN, buf_str(&b));
    buf_addc(out, '\n');
  } else {
    path_line(s, pointer, "\n", out);
    cli_pair(ink_of(s, 2), buf_str(&a), buf_str(&b), out);
  }
}

static str text_of(const item_node *object, const char *key) {
  str s = item_string(item_member(object, str_of(key)));
  return s.ptr ? s : STR("");
}

/* Notes about this pointer; rest: those that no change was printed for, with their pointer. */
static void notes(const cli_diff_style *s, const char *pointer, bool rest, buf *out) {
  size_t i = 0;
  for (const item_node *n = item_first(s->notes); n; n = item_next(n), i++) {
    CLEANUP(buf_free) buf line = {0};
    bool told = i < 64 && (*s->told >> i & 1);
    if (told || (!rest && (i >= 64 || !str_is(text_of(n, "at"), pointer)))) continue;
    if (i < 64) *s->told |= (uint64_t)1 << i;
    if (rest && text_of(n, "at").len) cli_clean(&line, text_of(n, "at")), buf_addz(&line, ": ");
    cli_clean(&line, text_of(n, "why"));
    cli_marked(ink_of(s, rest ? 0 : 2), '#', buf_str(&line), out);
  }
}

typedef struct walk {
  void (*visit)(void *ctx, const char *pointer, const item_node *old, const item_node *new);
  void *ctx;
} walk;
static void values(const walk *w, const char *pointer, const item_node *old, const item_node *new);

static void objects(const walk *w, const char *pointer, const item_node *old, const item_node *new) {
  for (const item_node *m = item_first(old); m; m = item_next(m)) {
    CLEANUP(buf_free) buf at = {0};
    if (item_member(old, item_key(m)) != m) continue;
    buf_addz(&at, pointer);
    item_pointer_add(&at, item_key(m));
    values(w, buf_z(&at), m, item_member(new, item_key(m)));
  }
  for (const item_node *m = item_first(new); m; m = item_next(m)) {
    CLEANUP(buf_free) buf at = {0};
    if (item_member(new, item_key(m)) != m || item_member(old, item_key(m))) continue;
    buf_addz(&at, pointer);
    item_pointer_add(&at, item_key(m));
    values(w, buf_z(&at), NULL, m);
  }
}

/* Equal elements at both ends stay out of it; those between are compared one by one. */
static void arrays(const walk *w, const char *pointer, const item_node *old, const item_node *new) {
  size_t n = item_count(old), m = item_count(new), tail = 0, least = n < m ? n : m, i = 0;
  const item_node *x = item_first(old), *y = item_first(new);
  if (n != m) { /* how much of the end is equal: walk both from where the ends would meet */
    const item_node *from_x = x, *from_y = y;
    for (size_t k = 0; k < n - least; k++) from_x = item_next(from_x);
    for (size_t k = 0; k < m - least; k++) from_y = item_next(from_y);
    for (; from_x && from_y; from_x = item_next(from_x), from_y = item_next(from_y)) tail = item_equal(from_x, from_y) ? tail + 1 : 0;
  }
  size_t head = 0;
  for (const item_node *a = x, *b = y; a && b && item_equal(a, b); a = item_next(a), b = item_next(b)) head++;
  if (tail > least - head) tail = least - head;
  for (; i < n - tail || i < m - tail; i++) {
    CLEANUP(buf_free) buf at = {0};
    buf_printf(&at, "%s/%zu", pointer, i);
    if (i >= head) values(w, buf_z(&at), i < n - tail ? x : NULL, i < m - tail ? y : NULL);
    if (x) x = item_next(x);
    if (y) y = item_next(y);
  }
}

static bool both_are(const item_node *old, const item_node *new, int type) {
  return old && new && item_type(old) == type && item_type(new) == type;
}

static void values(const walk *w, const char *pointer, const item_node *old, const item_node *new) {
  if ((!old && !new) || (old && new && item_equal(old, new))) return;
  if (both_are(old, new, PINTLE_T_OBJECT)) objects(w, pointer, old, new);
  else if (both_are(old, new, PINTLE_T_ARRAY)) arrays(w, pointer, old, new);
  else w->visit(w->ctx, pointer, old, new);
}

void cli_diff_walk(const item_node *old, const item_node *new,
                   void (*visit)(void *ctx, const char *pointer, const item_node *old, const item_node *new), void *ctx) {
  const walk w = {visit, ctx};
  values(&w, "", old, new);
}

typedef struct printing {
  const cli_diff_style *style;
  buf *out;
} printing;

static void print_value(void *ctx, const char *pointer, const item_node *old, const item_node *new) {
  const printing *p = ctx;
  const cli_diff_style *s = p->style;
  if (!old || !new || is_container(old) || is_container(new)) {
    if (old) whole(s, pointer, '-', old, p->out);
    if (new) whole(s, pointer, '+', new, p->out);
  } else changed_scalar(s, pointer, old, new, p->out);
  if (s->notes) notes(s, pointer, false, p->out);
}

void cli_diff_values(const cli_diff_style *s, const item_node *old, const item_node *new, buf *out) {
  printing p = {s, out};
  cli_diff_walk(old, new, print_value, &p);
}

/* ---- an item: its actions' patches, played again on the item as it was */

typedef struct play {
  const cli_diff_item *in;
  item_doc *doc, *copy; /* doc: as it is before the action; NULL: not known */
  cli_diff_style style;
  buf *out;
} play;

/* Without the item: what each operation put there. */
static void operations(const play *p, const item_node *patch) {
  for (const item_node *op = item_first(patch); op; op = item_next(op)) {
    str name = text_of(op, "op"), path = text_of(op, "path");
    const item_node *value = item_member(op, STR("value"));
    if (str_is(name, "remove")) path_line(&p->style, path.ptr, "  (removed)\n", p->out);
    else if (value && !is_container(value) && item_string(value).len <= SHORT && !is_secret(&p->style, path.ptr)) {
      path_line(&p->style, path.ptr, ": ", p->out);
      CLEANUP(buf_free) buf b = {0};
      scalar(value, &b);
      cli_colour(p->out, p->style.colours, CLI_GREEN, buf_str(&b));
      buf_addc(p->out, '\n');
    } else if (value) whole(&p->style, path.ptr, '+', value, p->out);
  }
}

static pintle_status apply(play *p, const item_node *patch, const item_doc *record, bool show, error *e) {
  CLEANUP(buf_free) buf now = {0};
  pintle_status st = show ? item_print(p->doc, NULL, 0, &now) : PINTLE_OK;
  if (st == PINTLE_OK && show) st = item_parse(p->copy, buf_str(&now), 0, NULL, e);
  if (st != PINTLE_OK) return error_nomem(e);
  st = item_replay(p->doc, record, patch, e);
  if (st == PINTLE_OK && show) cli_diff_values(&p->style, item_root(p->copy), item_root(p->doc), p->out);
  return st;
}

static pintle_status one_action(play *p, const item_node *action, const item_doc *record, error *e) {
  CLEANUP(buf_free) buf name = {0};
  const item_node *patch = item_member(action, STR("patch"));
  const item_node *remarks = item_member(action, STR("notes"));
  uint64_t told = 0;
  bool quiet = p->in->quiet && str_is(text_of(action, "action"), p->in->quiet);
  str left = text_of(action, "left");
  if (item_count(patch) == 0 && left.len == 0 && (quiet || item_count(remarks) == 0)) return PINTLE_OK;
  cli_clean(&name, text_of(action, "action"));
  buf_addz(p->out, "  ");
  cli_colour(p->out, p->style.colours, CLI_CYAN, buf_str(&name));
  if (left.len) {
    buf_addz(p->out, ": ");
    cli_clean(p->out, left);
    buf_addc(p->out, '\n');
  } else if (quiet) buf_printf(p->out, ": %zu change%s\n", item_count(patch), item_count(patch) == 1 ? "" : "s");
  else buf_addc(p->out, '\n');
  pintle_status st = PINTLE_OK;
  p->style.notes = remarks, p->style.told = &told;
  if (item_count(patch) && p->doc) st = apply(p, patch, record, !quiet, e);
  else if (item_count(patch) && !quiet) operations(p, patch);
  if (!quiet) notes(&p->style, "", true, p->out);
  p->style.told = NULL, p->style.notes = NULL;
  return st;
}

static void header(const cli_diff_item *in, buf *out) {
  CLEANUP(buf_free) buf b = {0};
  buf_addz(&b, "~ ");
  cli_clean(&b, in->title);
  cli_colour(out, in->colours, CLI_BOLD, buf_str(&b));
  if (in->place && *in->place) {
    buf_clear(&b);
    buf_addz(&b, "   ");
    cli_clean(&b, str_of(in->place));
    cli_colour(out, in->colours, CLI_DIM, buf_str(&b));
  }
  buf_addc(out, '\n');
}

pintle_status cli_diff_print(const cli_diff_item *in, buf *out, error *e) {
  CLEANUP(item_freep) item_doc *record = NULL;
  CLEANUP(item_freep) item_doc *doc = NULL;
  CLEANUP(item_freep) item_doc *copy = NULL;
  static const item_limits limits = {.max_bytes = (size_t)256 << 20};
  play p = {.in = in, .style = {.colours = in->colours, .secret = in->secret, .indent = 4}, .out = out};
  header(in, out);
  if (in->record.len == 0) return PINTLE_OK;
  if (item_new(&record) != PINTLE_OK || item_new(&doc) != PINTLE_OK || item_new(&copy) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(record, in->record, 0, &limits, e);
  if (st == PINTLE_OK && in->before.len) {
    st = item_parse(doc, in->before, 0, NULL, e);
    p.doc = doc, p.copy = copy;
  }
  for (const item_node *a = st == PINTLE_OK ? item_first(item_root(record)) : NULL; a && st == PINTLE_OK; a = item_next(a))
    st = one_action(&p, a, record, e);
  return st == PINTLE_OK && out->failed ? error_nomem(e) : st;
}
