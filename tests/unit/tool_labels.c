/* tool_labels.c -- our side of tests/interop/labels: "selector<TAB>labels" in, what it means out.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/labels.h"
#include <stdio.h>
#include <stdlib.h>

static pintle_status parse(item_doc *d, str text, kube_selector **s) {
  if (!str_starts(text, "{")) return kube_selector_parse(text, s, NULL);
  pintle_status st = item_parse(d, text, 0, NULL, NULL);
  return st ? st : kube_selector_of(item_root(d), s, NULL);
}

/* {"metadata":{"labels":...}} gives the labels as an item's. */
static pintle_status read_labels(item_doc *d, str json, arena *a, kube_labels *out) {
  buf b = {0};
  buf_addz(&b, "{\"metadata\":{\"labels\":");
  buf_adds(&b, json);
  buf_addz(&b, "}}");
  pintle_status st = item_parse(d, buf_str(&b), 0, NULL, NULL);
  if (st == PINTLE_OK) st = kube_labels_of(d, a, out);
  buf_free(&b);
  return st;
}

static void answer(item_doc *selectors, item_doc *items, arena *a, str line) {
  const char *tab = memchr(line.ptr, '\t', line.len);
  size_t n = tab ? (size_t)(tab - line.ptr) : line.len;
  kube_labels labels;
  kube_selector *s = NULL;
  buf b = {0};
  if (!tab || read_labels(items, (str){tab + 1, line.len - n - 1}, a, &labels)) puts("bad line");
  else if (parse(selectors, (str){line.ptr, n}, &s)) puts("error");
  else {
    kube_selector_print(s, &b);
    printf("%s\t%s\n", kube_selector_matches(s, labels) ? "true" : "false", buf_z(&b));
  }
  buf_free(&b);
  kube_selector_free(s);
}

int main(void) {
  item_doc *selectors = NULL, *items = NULL;
  arena a = {0};
  char *line = NULL;
  size_t cap = 0;
  ssize_t n;
  if (item_new(&selectors) || item_new(&items)) return EXIT_FAILURE;
  while ((n = getline(&line, &cap, stdin)) > 0) {
    answer(selectors, items, &a, (str){line, (size_t)n - (line[n - 1] == '\n')});
    arena_reset(&a);
  }
  free(line);
  arena_free(&a);
  item_free(selectors);
  item_free(items);
  return EXIT_SUCCESS;
}
