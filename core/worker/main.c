/* main.c -- what pintle-worker does: load the chain, put items through it, say what came of each.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/ask.h"
#include "worker/crash.h"
#include "worker/manners.h"
#include "worker/message.h"
#include "worker/side.h"
#include "worker/stores.h"
#include "worker/worker.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct worker {
  side side; /* the first: side_cancelled and its like get this struct as ctx */
  uint32_t stop_before;
  arena memory;       /* of one item */
  arena setup_memory; /* of the run */
  const char *properties[65]; /* the chain keeps them */
  chain_plan plan;
  kube_types *types;
  chain *chain;
  manners manners;
  chain_stores given;
  stores_side *stores;
  const host_opener *opener;
  bool drop_in;
};

/* ---- hooks of the chain */
static void enter(void *ctx, const chain_entry *entry, const char *what, int64_t deadline) {
  struct worker *w = ctx;
  manners_enter(&w->manners, entry->index);
  w->side.own = entry->plugin == CHAIN_BUILT_IN;
  stores_side_action(w->stores, entry->name);
  side_enter(&w->side, entry->index, what, deadline);
  if (w->stop_before == entry->index + 1 && (strcmp(what, "execute") == 0 || strcmp(what, "get_related_items") == 0)) {
    fprintf(stderr, "level=%d stopped before action %s: attach with `gdb -p %d`, then `handle SIGSTOP nostop noprint nopass` and `continue`\n",
            PINTLE_LOG_WARN, entry->name, (int)getpid());
    fflush(stderr);
    raise(SIGSTOP);
  }
}

static void leave(void *ctx) {
  struct worker *w = ctx;
  side_leave(&w->side);
  manners_leave(&w->manners);
}

static pintle_status ask(void *ctx, pintle_call *call, const chain_entry *entry, str question, buf *answer, error *e) {
  return side_ask(ctx, call, entry->index, question, answer, e);
}

/* As a drop-in there is nobody to ask. */
static const void *extension(void *ctx, const char *id) {
  const struct worker *w = ctx;
  const void *table = stores_extension(w->stores, id);
  return table || w->drop_in ? table : ask_extension(id);
}

static bool broken(struct worker *w, const chain_entry *entry, const error *e) {
  buf_clear(&w->side.body);
  wire_u32(&w->side.body, entry ? entry->index + 1 : 0);
  wire_error(&w->side.body, e);
  return side_send(&w->side, WIRE_BROKEN);
}

static void quarantine(struct worker *w, uint32_t entry) {
  if (chain_quarantine(w->chain, entry, "it is quarantined after three crashes or deadlines in this run") != PINTLE_OK) w->side.lost = true;
}

/* A store's plugin was loaded in the middle of a run: it may have put its own. */
static void own_handlers(void *ctx) {
  struct worker *w = ctx;
  crash_handlers(w->side.page);
  signal(SIGPIPE, SIG_IGN);
}

static bool set_up(struct worker *w, str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  size_t n = 0;
  error e = {0};
  const chain_entry *failed = NULL;
  str plan = wire_get_str(&r), run = wire_get_str(&r);
  chain_options o = {.plan = &w->plan,
                     .enter = enter,
                     .leave = leave,
                     .stray_log = side_stray_log,
                     .cancelled = side_cancelled,
                     .cancel_fd = side_cancel_fd,
                     .extension = extension,
                     .ask = ask,
                     .opener = w->opener,
                     .ctx = w};
  o.mode = wire_get_z(&r, &w->setup_memory);
  w->drop_in = o.mode && strcmp(o.mode, "velero") == 0;
  o.scratch = wire_get_z(&r, &w->setup_memory);
  for (uint32_t left = wire_get_u32(&r); left && n < 64; left--) w->properties[n++] = wire_get_z(&r, &w->setup_memory);
  w->properties[n] = NULL;
  o.properties = w->properties;
  o.segment = wire_get_u32(&r);
  w->stop_before = wire_get_u32(&r);
  bool readable = stores_get(&r, &w->setup_memory, &w->given, &e) == PINTLE_OK;
  uint32_t n_quarantined = wire_get_u32(&r);
  char *run_copy = arena_copy(&w->setup_memory, run);
  pintle_status st = !readable || r.overrun ? error_set(&e, PINTLE_FAILED, "the supervisor's set-up cannot be read") : PINTLE_OK;
  if (st == PINTLE_OK && !run_copy) st = error_nomem(&e);
  if (st == PINTLE_OK && (st = kube_types_new(&w->types)) != PINTLE_OK) error_nomem(&e);
  if (st == PINTLE_OK) st = chain_plan_parse(plan, &w->plan, w->types, &e);
  if (st == PINTLE_OK && manners_plan(&w->manners, &w->plan) != PINTLE_OK) st = error_nomem(&e);
  if (st == PINTLE_OK) st = stores_side_new(&w->given, w->plan.dry_run, own_handlers, w, &w->stores, &e);
  o.types = w->types;
  o.stores = w->stores;
  o.run = (str){run_copy, run.len};
  if (st == PINTLE_OK) st = chain_open(&o, &w->chain, &failed, &e);
  if (st != PINTLE_OK) return broken(w, failed, &e), false;
  for (; n_quarantined; n_quarantined--) quarantine(w, wire_get_u32(&r));
  crash_handlers(w->side.page); /* again: a constructor or load() may have put its own */
  signal(SIGPIPE, SIG_IGN);
  manners_ready(&w->manners);
  buf_clear(&w->side.body);
  buf selectors = {0};
  chain_selectors(w->chain, &selectors);
  wire_str(&w->side.body, buf_str(&selectors));
  bool ok = !selectors.failed && side_send(&w->side, WIRE_READY);
  buf_free(&selectors);
  return ok;
}

static bool apply_all(struct worker *w, str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  for (uint32_t n = wire_get_u32(&r); n; n--) {
    chain_input in;
    chain_outcome out;
    arena_reset(&w->memory);
    if (message_get_item(&r, &w->memory, w->types, &w->side.ticket, &in) != PINTLE_OK) return false;
    atomic_store(&w->side.page->n_done, 0);
    chain_apply(w->chain, &in, &out);
    if (n == 1) manners_frame(&w->manners);
    buf_clear(&w->side.body);
    message_put_outcome(&w->side.body, w->side.ticket, &out);
    w->side.ticket = UINT64_MAX;
    if (!side_send(&w->side, WIRE_OUTCOME)) return false;
  }
  return true;
}

static void finish(struct worker *w) {
  buf counters = {0};
  error e = {0};
  chain_close(w->chain, &counters, &e);
  w->chain = NULL;
  stores_side_free(w->stores);
  w->stores = NULL;
  manners_finish(&w->manners);
  buf_clear(&w->side.body);
  wire_str(&w->side.body, buf_str(&counters));
  wire_error(&w->side.body, &e);
  side_send(&w->side, WIRE_FINISHED);
  buf_free(&counters);
}

static int run(struct worker *w) {
  enum wire_type type;
  str body;
  if (!side_receive(&w->side, &type, &body)) return 1;
  if (type == WIRE_SINGLE) return single_serve(&w->side, &w->manners, body, w->opener);
  if (type != WIRE_SETUP) return 1;
  if (!set_up(w, body)) return 1;
  while (side_receive(&w->side, &type, &body)) {
    wire_reader r = {body.ptr, body.ptr + body.len, false};
    if (type == WIRE_ITEMS) {
      if (!apply_all(w, body)) return 1;
    } else if (type == WIRE_QUARANTINE) quarantine(w, wire_get_u32(&r));
    else if (type == WIRE_FINISH) return finish(w), w->side.lost;
    else return 1;
  }
  return 1; /* the supervisor is gone */
}

static bool number(const char *s, int *out) {
  char *end;
  errno = 0;
  long n = strtol(s, &end, 10);
  if (errno || *end || n < 0 || n > 1 << 20) return false;
  *out = (int)n;
  return true;
}

int worker_main(int argc, char **argv) { return worker_main_with(argc, argv, NULL); }

int worker_main_with(int argc, char **argv, const host_opener *opener) {
  int sock, page_fd, cancel;
  if (argc == 4 && strcmp(argv[1], "--probe") == 0 && number(argv[2], &sock)) return host_probe_main(sock, argv[3], HOST_PROBE_OUT, opener);
  if (argc != 5 || strcmp(argv[1], "--run") != 0 || !number(argv[2], &sock) || !number(argv[3], &page_fd) || !number(argv[4], &cancel)) {
    fprintf(stderr, "pintle-worker is started by pintle; it has no use of its own. See docs/architecture.md.\n");
    return 2;
  }
  struct worker w = {.opener = opener};
  if (!side_open(&w.side, sock, page_fd, cancel)) return 2;
  w.side.opener = opener;
  signal(SIGPIPE, SIG_IGN);
  manners_begin(&w.manners, w.side.page);
  crash_handlers(w.side.page);
  int status = run(&w);
  side_close(&w.side);
  manners_free(&w.manners);
  arena_free(&w.memory);
  chain_plan_free(&w.plan);
  kube_types_free(w.types);
  arena_free(&w.setup_memory);
  return status;
}
