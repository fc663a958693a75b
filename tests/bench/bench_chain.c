/* bench_chain.c -- what the chain costs: a call, an item through three actions, an item that nobody wants.  SPDX-License-Identifier:
 * Apache-2.0
 *
 * One line for each measure: name, nanoseconds. Each is the best of several rounds of a fixed time. */
#include "base/clock.h"
#include "chain/chain.h"
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 7, ROUND_MS = 100, MANY = 17 };

/* A Pod as an API server returns it, about 2.8 KB. */
static void pod(buf *b) {
  buf_addz(b,
           "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web-7d4b9c6f5d-x2k8p\",\"generateName\":\"web-7d4b9c6f5d-\","
           "\"namespace\":\"shop\",\"uid\":\"0b6f3c1e-6a77-4a0e-9c5e-1f2d3c4b5a69\",\"resourceVersion\":\"184467\",\"labels\":{\"app\":"
           "\"web\",\"tier\":\"front\"},\"annotations\":{\"example.com/note\":\"a \\\"quoted\\\" note\"},\"managedFields\":[");
  for (int i = 0; i < 5; i++)
    buf_printf(
        b,
        "%s{\"manager\":\"kubelet\",\"operation\":\"Update\",\"apiVersion\":\"v1\",\"time\":\"2026-10-02T08:15:3%dZ\",\"fieldsType\":"
        "\"FieldsV1\",\"fieldsV1\":{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:app\":{}}},\"f:spec\":{\"f:containers\":{\"k:{\\\"name"
        "\\\":\\\"web\\\"}\":{\".\":{},\"f:image\":{},\"f:name\":{},\"f:resources\":{}}},\"f:dnsPolicy\":{}}}}",
        i ? "," : "", i);
  buf_addz(b, "]},\"spec\":{\"containers\":[");
  for (int i = 0; i < 3; i++)
    buf_printf(
        b,
        "%s{\"name\":\"web%d\",\"image\":\"registry.example.com/shop/web:1.27.4\",\"ports\":[{\"name\":\"http\",\"containerPort\":8080,"
        "\"protocol\":\"TCP\"}],\"env\":[{\"name\":\"MODE\",\"value\":\"production\"}],\"resources\":{\"limits\":{\"cpu\":\"500m\","
        "\"memory\":\"512Mi\"}},\"terminationMessagePath\":\"/dev/termination-log\",\"imagePullPolicy\":\"IfNotPresent\"}",
        i ? "," : "", i);
  buf_addz(b, "],\"restartPolicy\":\"Always\",\"terminationGracePeriodSeconds\":30,\"dnsPolicy\":\"ClusterFirst\",\"nodeName\":\"node-3\"},"
              "\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],\"hostIP\":\"192.0.2.17\","
              "\"podIP\":\"198.51.100.4\",\"startTime\":\"2026-10-02T08:15:30Z\",\"qosClass\":\"Burstable\"}}");
}

/* ------------------------------------------------------------------------------------------------------------ actions */
#define EXECUTE(name) static pintle_status name(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out)
#define UNUSED (void)self, (void)call, (void)item, (void)in, (void)out

EXECUTE(nothing) {
  UNUSED;
  return PINTLE_OK;
}
EXECUTE(add_label) {
  UNUSED;
  return item->api->set_str(item, "/metadata/labels/example.com~1moved", "yes", 3);
}
EXECUTE(change_images) {
  UNUSED;
  char at[64];
  pintle_str image;
  for (int i = 0; snprintf(at, sizeof at, "/spec/containers/%d/image", i) > 0 && item->api->get_str(item, at, &image) == PINTLE_OK; i++) {
    pintle_status st = item->api->set_str(item, at, "mirror.example.com/shop/web:1.27.4", PINTLE_Z);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}
EXECUTE(clear_node) {
  UNUSED;
  return item->api->remove(item, "/spec/nodeName");
}

static pintle_action actions[MANY];
static pintle_restore_item_action tables[MANY];
static const pintle_restore_item_action *list[MANY + 1];
static char names[MANY][20];
static pintle_plugin plugin = {PINTLE_PLUGIN_HEAD, .name = "bench", .version = "1", .restore_item_actions = list};
static const pintle_plugin *const linked[] = {&plugin, NULL};

typedef pintle_status (*execute_fn)(void *, pintle_call *, pintle_doc *, const pintle_input *, pintle_result *);
typedef struct bench {
  kube_types *types;
  chain_plan plan;
  chain *c;
  chain_input in;
} bench;

static void die(const char *what, const error *e) {
  fprintf(stderr, "%s: %s\n", what, e->message);
  exit(1);
}

static void prepare(bench *b, const execute_fn *fns, size_t n, bool host_steps, const pintle_selector *selector, str text) {
  error e;
  memset(list, 0, sizeof list);
  for (size_t i = 0; i < n; i++) {
    snprintf(names[i], sizeof names[i], "bench.io/a%zu", i);
    actions[i] = (pintle_action){.struct_size = sizeof actions[i], .flags = PINTLE_PURE, .name = names[i], .summary = "bench"};
    tables[i] =
        (pintle_restore_item_action){.struct_size = sizeof tables[i], .action = &actions[i], .execute = fns[i], .selector = selector};
    list[i] = &tables[i];
  }
  chain_plan_options o = {.kind = CONF_RESTORE_ITEM_ACTION, .linked = linked, .without_host_steps = !host_steps};
  if (kube_types_new(&b->types) != PINTLE_OK) exit(1);
  if (chain_plan_make(&o, &b->plan, &e) != PINTLE_OK) die("plan", &e);
  chain_options c = {.plan = &b->plan,
                     .types = b->types,
                     .linked = linked,
                     .run =
                         STR("{\"metadata\":{\"name\":\"r\"},\"spec\":{\"backupName\":\"b\",\"namespaceMapping\":{\"shop\":\"shop2\"}}}")};
  if (chain_open(&c, &b->c, NULL, &e) != PINTLE_OK) die("chain", &e);
  b->in = (chain_input){
      .id = {"", "v1", "pods", "shop", "web-7d4b9c6f5d-x2k8p"}, .type = kube_types_named(b->types, STR("pods")), .text = text};
}

static void finish(bench *b) {
  chain_close(b->c, NULL, NULL);
  chain_plan_free(&b->plan);
  kube_types_free(b->types);
}

static void apply(void *ctx) {
  bench *b = ctx;
  chain_outcome out;
  chain_apply(b->c, &b->in, &out);
  if (out.what != CHAIN_DONE) die("apply", &out.error);
}

static void wants(void *ctx) {
  bench *b = ctx;
  if (chain_plan_wants(&b->plan, b->types, b->in.type, STR("shop"), (kube_labels){NULL, 0}, false)) exit(1);
}

static double measure(void (*run)(void *), void *ctx) {
  double best = 1e18;
  for (int r = 0; r < ROUNDS; r++) {
    int64_t start = clock_monotonic(), now;
    size_t n = 0;
    do {
      for (int i = 0; i < 32; i++) run(ctx);
      n += 32;
    } while ((now = clock_monotonic()) - start < ROUND_MS * (CLOCK_SECOND / 1000));
    double ns = (double)(now - start) / (double)n;
    if (ns < best) best = ns;
  }
  return best;
}

static double timed(const execute_fn *fns, size_t n, bool host_steps, str text, bool stored) {
  bench b;
  prepare(&b, fns, n, host_steps, NULL, text);
  if (stored) b.in.stored = text;
  double ns = measure(apply, &b);
  finish(&b);
  return ns;
}

typedef struct plain {
  item_doc *doc;
  str text;
  buf out;
} plain;
static void parse_and_print(void *ctx) {
  plain *p = ctx;
  buf_clear(&p->out);
  if (item_parse(p->doc, p->text, ITEM_KUBERNETES, NULL, NULL) != PINTLE_OK || item_print(p->doc, NULL, 0, &p->out) != PINTLE_OK) exit(1);
}

int main(void) {
  static const execute_fn edits[] = {add_label, change_images, clear_node};
  execute_fn idle[MANY];
  static const char *const only_secrets[] = {"secrets", NULL};
  static const pintle_selector secrets = {.struct_size = sizeof secrets, .included_resources = only_secrets};
  buf text = {0};
  plain p = {0};
  bench b;
  pod(&text);
  for (size_t i = 0; i < MANY; i++) idle[i] = nothing;
  p.text = buf_str(&text);
  if (text.failed || item_new(&p.doc) != PINTLE_OK) return 1;
  printf("item                               %8zu bytes\n", text.len);
  double limit = measure(parse_and_print, &p);
  printf("parse and print alone              %8.0f ns\n", limit);
  double one = timed(idle, 1, false, p.text, false), many = timed(idle, MANY, false, p.text, false);
  printf("one call that does nothing         %8.0f ns\n", (many - one) / (MANY - 1));
  printf("item, three actions that edit      %8.0f ns\n", timed(edits, 3, false, p.text, false));
  printf("same, with the item as stored      %8.0f ns\n", timed(edits, 3, false, p.text, true));
  printf("same, and with the host steps      %8.0f ns\n", timed(edits, 3, true, p.text, true));
  prepare(&b, idle, 3, false, &secrets, p.text);
  printf("item that no action wants          %8.0f ns\n", measure(apply, &b));
  printf("the supervisor's question for it   %8.0f ns\n", measure(wants, &b));
  finish(&b);
  item_free(p.doc);
  buf_free(&p.out);
  buf_free(&text);
  return 0;
}
