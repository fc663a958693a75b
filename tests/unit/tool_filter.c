/* tool_filter.c -- our side of tests/interop/filters: "spec<TAB>resource.group<TAB>namespace" in, is it taken out.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/filter.h"
#include <stdio.h>
#include <stdlib.h>

static void answer(const kube_types *types, item_doc *d, char *line) {
  char *tabs[2], *at = line;
  CLEANUP(buf_free) buf text = {0};
  engine_filter *f = NULL;
  error e;
  for (int i = 0; i < 2; i++, at++) {
    if (!(tabs[i] = at = strchr(at, '\t'))) return (void)puts("bad line");
    *at = 0;
  }
  buf_printf(&text, "{\"spec\":%s}", line);
  const kube_type *t = kube_types_named(types, str_of(tabs[0] + 1));
  str ns = str_of(tabs[1] + 1);
  if (!t || item_parse(d, buf_str(&text), 0, NULL, &e) != PINTLE_OK) return (void)puts("bad line");
  if (engine_filter_backup(d, types, &f, &e) != PINTLE_OK) return (void)puts("refused");
  bool is_namespace = strcmp(t->resource, "namespaces") == 0;
  bool taken = engine_filter_takes(f, t, is_namespace ? STR("") : ns, NULL) && (!is_namespace || engine_filter_tracks(f, ns, true));
  printf("%s\t%s\n", taken ? "true" : "false", engine_filter_asked(f, t, is_namespace ? STR("") : ns) ? "true" : "false");
  engine_filter_free(f);
}

int main(void) {
  kube_types *types = NULL;
  item_doc *d = NULL;
  char *line = NULL;
  size_t cap = 0;
  ssize_t n;
  if (kube_types_new(&types) != PINTLE_OK || item_new(&d) != PINTLE_OK) return EXIT_FAILURE;
  while ((n = getline(&line, &cap, stdin)) > 0) {
    if (line[n - 1] == '\n') line[n - 1] = 0;
    answer(types, d, line);
  }
  free(line);
  item_free(d);
  kube_types_free(types);
  return EXIT_SUCCESS;
}
