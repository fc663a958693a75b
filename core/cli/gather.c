/* gather.c -- see gather.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/gather.h"
#include "base/nearest.h"
#include "kube/labels.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct gathering {
  cli *c;
  cli_gathered *to;
  const kube_selector *selector;
  const cli_run_kind *kind;
  error e;
  size_t seen;
} gathering;

static void add(void *ctx, const item_doc *resource) {
  gathering *g = ctx;
  cli_gathered *to = g->to;
  kube_labels labels = {0};
  CLEANUP(arena_free) arena a = {0};
  CLEANUP(buf_free) buf json = {0};
  item_doc *copy = NULL;
  g->seen++;
  if (g->e.status != PINTLE_OK) return;
  if (kube_labels_of(resource, &a, &labels) != PINTLE_OK) goto nomem;
  if (!kube_selector_matches(g->selector, labels)) return;
  if (!GROW(to->v, to->n, to->cap)) goto nomem;
  if (item_print(resource, NULL, 0, &json) != PINTLE_OK || item_new(&copy) != PINTLE_OK) goto nomem;
  if (item_parse(copy, buf_str(&json), 0, NULL, &g->e) != PINTLE_OK) item_free(copy);
  else to->v[to->n++] = copy;
  return;
nomem:
  error_nomem(&g->e);
}

static void bad(void *ctx, const char *name, const error *e) {
  gathering *g = ctx;
  error told = *e;
  g->seen++;
  g->to->failed = true;
  error_wrap(&told, "%s \"%s\" is damaged", g->kind->word, name);
  cli_fail(g->c, &told);
}

static str name_of(const item_doc *d) { return item_str(d, "/metadata/name", ""); }

static bool stamped(str s) {
  if (s.len < 15 || s.ptr[s.len - 15] != '-') return false;
  for (size_t i = s.len - 14; i < s.len; i++)
    if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
  return true;
}

/* By name; of the runs of one schedule the newest first. */
static int in_order(const void *a, const void *b) {
  str x = name_of(*(item_doc *const *)a), y = name_of(*(item_doc *const *)b);
  int c = str_cmp(x, y);
  if (!stamped(x) || !stamped(y) || !str_eq((str){x.ptr, x.len - 14}, (str){y.ptr, y.len - 14})) return c;
  return -c;
}

static int missing(gathering *g, const char *name) {
  g->to->failed = true;
  cli_note(g->c, "pintle: %s \"%s\" not found", g->kind->word, name);
  cli_note(g->c, "  hint: `pintle %s get` lists them", g->kind->word);
  return CLI_FAILED;
}

int cli_gather(cli *c, cli_session *s, store *from, const cli_run_kind *kind, cli_gathered *out) {
  gathering g = {.c = c, .to = out, .kind = kind};
  kube_selector *selector = NULL;
  const char *text = cli_flag_named(&c->flags, STR("selector")) ? cli_text(&c->flags, "selector") : NULL;
  error e = {0};
  *out = (cli_gathered){0};
  if (text && kube_selector_parse(str_of(text), &selector, &e) != PINTLE_OK) {
    error_wrap(&e, "--selector");
    return cli_fail(c, &e);
  }
  g.selector = selector;
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; st == PINTLE_OK && i < (c->n_args ? c->n_args : 1); i++) {
    const char *name = c->n_args ? c->args[i] : NULL;
    g.seen = 0;
    st = run_list(s->run, from, kind->restore, name, add, bad, &g, &e);
    if (st == PINTLE_OK && name && g.seen == 0) missing(&g, name);
  }
  kube_selector_free(selector);
  if (st == PINTLE_OK && (st = g.e.status) != PINTLE_OK) e = g.e;
  if (st != PINTLE_OK) {
    cli_gathered_free(out);
    cli_fail(c, &e);
    return CLI_FAILED;
  }
  if (out->n > 1) qsort(out->v, out->n, sizeof *out->v, in_order);
  return CLI_COMPLETED;
}

int cli_gather_one(cli *c, cli_session *s, store *from, const cli_run_kind *kind, const char *name, cli_gathered *out) {
  gathering g = {.c = c, .to = out, .kind = kind};
  error e = {0};
  *out = (cli_gathered){0};
  pintle_status st = run_list(s->run, from, kind->restore, name, add, bad, &g, &e);
  if (st == PINTLE_OK && (st = g.e.status) != PINTLE_OK) e = g.e;
  if (st == PINTLE_OK && g.seen == 0) return missing(&g, name);
  if (st == PINTLE_OK) return CLI_COMPLETED;
  cli_gathered_free(out);
  return cli_fail(c, &e), CLI_FAILED;
}

void cli_gathered_free(cli_gathered *g) {
  for (size_t i = 0; i < g->n; i++) item_free(g->v[i]);
  free(g->v);
  *g = (cli_gathered){0};
}

int cli_print_items(cli *c, const char *api_version, const char *kind, str items, const char *format) {
  CLEANUP(item_freep) item_doc *list = NULL;
  CLEANUP(buf_free) buf json = {0};
  static const item_limits limits = {.max_bytes = (size_t)1 << 30};
  error e = {0};
  buf_printf(&json, "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{},\"items\":[", api_version, kind);
  buf_adds(&json, items);
  buf_addz(&json, "]}");
  if (json.failed || item_new(&list) != PINTLE_OK) error_nomem(&e);
  else if (item_parse(list, buf_str(&json), 0, &limits, &e) == PINTLE_OK) return cli_print_doc(c, list, format);
  return cli_fail(c, &e);
}

int cli_print_list(cli *c, const char *api_version, const char *kind, item_doc *const *v, size_t n, bool alone, const char *format) {
  CLEANUP(buf_free) buf items = {0};
  error e = {0};
  if (alone && n == 1) return cli_print_doc(c, v[0], format);
  for (size_t i = 0; i < n; i++) {
    if (i) buf_addc(&items, ',');
    item_print(v[i], NULL, 0, &items); /* its only error is in items too */
  }
  if (!items.failed) return cli_print_items(c, api_version, kind, buf_str(&items), format);
  error_nomem(&e);
  return cli_fail(c, &e);
}

int cli_with_store(cli *c, int (*call)(cli *c, cli_session *s, store *from)) {
  cli_session s;
  store *from = NULL;
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED) status = cli_session_store(c, &s, cli_text(&c->flags, "storage-location"), &from);
  if (status == CLI_COMPLETED) status = call(c, &s, from);
  cli_session_close(&s);
  return status;
}
