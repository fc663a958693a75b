/* bench_item.c -- parsing, printing and minifying an item, beside cJSON.  SPDX-License-Identifier: Apache-2.0
 *
 * One line for each measure: name, MB/s of the text. Each is the best of several rounds of a fixed time. */
#include "base/clock.h"
#include "item/item.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 7, ROUND_MS = 120 };

/* A Pod as an API server returns it, about 2.8 KB. */
static void pod(buf *b) {
  buf_addz(b,
           "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web-7d4b9c6f5d-x2k8p\",\"generateName\":\"web-7d4b9c6f5d-\","
           "\"namespace\":\"shop\",\"uid\":\"0b6f3c1e-6a77-4a0e-9c5e-1f2d3c4b5a69\",\"resourceVersion\":\"184467\","
           "\"creationTimestamp\":\"2026-10-02T08:15:30Z\",\"labels\":{\"app\":\"web\",\"pod-template-hash\":\"7d4b9c6f5d\"},"
           "\"annotations\":{\"example.com/config\":\"{\\\"replicas\\\":3,\\\"mode\\\":\\\"fast\\\"}\"},"
           "\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"name\":\"web-7d4b9c6f5d\","
           "\"uid\":\"5a1e\",\"controller\":true,\"blockOwnerDeletion\":true}],\"managedFields\":[");
  for (int i = 0; i < 3; i++)
    buf_printf(
        b,
        "%s{\"manager\":\"kube-controller-manager\",\"operation\":\"Update\",\"apiVersion\":\"v1\",\"time\":\"2026-10-02T08:15:3%dZ\","
        "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:metadata\":{\"f:generateName\":{},\"f:labels\":{\".\":{},\"f:app\":{}},"
        "\"f:ownerReferences\":{\".\":{},\"k:{\\\"uid\\\":\\\"5a1e\\\"}\":{}}},\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":"
        "\\\"web\\\"}\":{\".\":{},\"f:image\":{},\"f:imagePullPolicy\":{},\"f:resources\":{}}},\"f:dnsPolicy\":{}}}}",
        i ? "," : "", i);
  buf_addz(b, "]},\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"registry.example.com/shop/web:1.27.4\",\"ports\":[{\"name\":"
              "\"http\",\"containerPort\":8080,\"protocol\":\"TCP\"}],\"env\":[{\"name\":\"MODE\",\"value\":\"production\"},{\"name\":"
              "\"CACHE_SIZE\",\"value\":\"268435456\"}],\"resources\":{\"limits\":{\"cpu\":\"500m\",\"memory\":\"512Mi\"},\"requests\":"
              "{\"cpu\":\"100m\",\"memory\":\"128Mi\"}},\"volumeMounts\":[{\"name\":\"data\",\"mountPath\":\"/var/lib/web\"}],"
              "\"terminationMessagePath\":\"/dev/termination-log\",\"imagePullPolicy\":\"IfNotPresent\"}],\"volumes\":[{\"name\":\"data\","
              "\"persistentVolumeClaim\":{\"claimName\":\"web-data\"}}],\"restartPolicy\":\"Always\",\"terminationGracePeriodSeconds\":30,"
              "\"dnsPolicy\":\"ClusterFirst\",\"serviceAccountName\":\"default\",\"nodeName\":\"node-3\",\"priority\":0},\"status\":"
              "{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"lastProbeTime\":null},{\"type\":"
              "\"PodScheduled\",\"status\":\"True\",\"lastProbeTime\":null}],\"hostIP\":\"192.0.2.17\",\"podIP\":\"198.51.100.4\","
              "\"startTime\":\"2026-10-02T08:15:30Z\",\"qosClass\":\"Burstable\"}}");
}

typedef struct state {
  str text, pretty;
  item_doc *doc;
  buf out;
  cJSON *tree;
  char printed[16384];
} state;

static bool item_parses(state *s) { return item_parse(s->doc, s->text, ITEM_KUBERNETES, NULL, NULL) == PINTLE_OK; }
static bool item_parses_pretty(state *s) { return item_parse(s->doc, s->pretty, ITEM_KUBERNETES, NULL, NULL) == PINTLE_OK; }
static bool item_prints(state *s) { return buf_clear(&s->out), item_print(s->doc, NULL, 0, &s->out) == PINTLE_OK; }
static bool item_prints_go(state *s) {
  return buf_clear(&s->out), item_print(s->doc, NULL, ITEM_PRINT_GO | ITEM_PRINT_SORTED, &s->out) == PINTLE_OK;
}
static bool item_minifies(state *s) { return buf_clear(&s->out), item_minify(s->text, ITEM_KUBERNETES, NULL, &s->out, NULL) == PINTLE_OK; }
static bool item_minifies_pretty(state *s) {
  return buf_clear(&s->out), item_minify(s->pretty, ITEM_KUBERNETES, NULL, &s->out, NULL) == PINTLE_OK;
}
static bool item_edits(state *s) {
  if (!item_parses(s)) return false;
  item_begin(s->doc);
  if (item_set(s->doc, "/metadata/labels/a", STR("b")) != PINTLE_OK || item_remove(s->doc, "/status") != PINTLE_OK) return false;
  buf_clear(&s->out);
  return item_commit(s->doc, &s->out) == PINTLE_OK && item_prints(s);
}
static bool cjson_parses(state *s) {
  cJSON *t = cJSON_ParseWithLength(s->text.ptr, s->text.len);
  cJSON_Delete(t);
  return t != NULL;
}
static bool cjson_prints(state *s) { return cJSON_PrintPreallocated(s->tree, s->printed, sizeof s->printed, 0); }

static double mb_per_s(state *s, bool (*f)(state *), size_t bytes) {
  double best = 0;
  for (int round = 0; round < ROUNDS; round++) {
    int64_t begin = clock_monotonic(), now = begin, n = 0;
    for (; now - begin < ROUND_MS * 1000000LL; n += 64, now = clock_monotonic())
      for (int i = 0; i < 64; i++)
        if (!f(s)) return -1;
    double rate = (double)n * (double)bytes * 1000 / (double)(now - begin);
    if (rate > best) best = rate;
  }
  return best;
}

int main(void) {
  buf text = {0}, pretty = {0};
  static state s;
  pod(&text);
  if (item_new(&s.doc) != PINTLE_OK || item_parse(s.doc, buf_str(&text), 0, NULL, NULL) != PINTLE_OK) return 1;
  item_print(s.doc, NULL, ITEM_PRINT_PRETTY, &pretty);
  s.text = buf_str(&text);
  s.pretty = buf_str(&pretty);
  s.tree = cJSON_ParseWithLength(s.text.ptr, s.text.len);
  const struct {
    const char *name;
    bool (*f)(state *);
    size_t bytes;
  } rows[] = {{"item parse", item_parses, s.text.len},
              {"cJSON parse", cjson_parses, s.text.len},
              {"item print", item_prints, s.text.len},
              {"item print Go sorted", item_prints_go, s.text.len},
              {"cJSON print", cjson_prints, s.text.len},
              {"item minify", item_minifies, s.text.len},
              {"item parse, pretty text", item_parses_pretty, s.pretty.len},
              {"item minify, pretty text", item_minifies_pretty, s.pretty.len},
              {"item parse, 2 edits, commit with patch, print", item_edits, s.text.len}};
  printf("%zu bytes of text, %zu pretty\n", s.text.len, s.pretty.len);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    printf("%-46s %8.0f MB/s\n", rows[i].name, mb_per_s(&s, rows[i].f, rows[i].bytes));
  cJSON_Delete(s.tree);
  item_free(s.doc);
  buf_free(&text);
  buf_free(&pretty);
  buf_free(&s.out);
  return 0;
}
