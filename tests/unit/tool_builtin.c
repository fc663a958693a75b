/* tool_builtin.c -- our side of tests/interop/actions: a case a line in, what pintle's own action makes of it out.  SPDX-License-Identifier: Apache-2.0
 *
 * {"kind":"backup"|"restore"|"block","action":"velero.io/pod","run":{...},"item":{...},"stored":{...},"objects":[...]}; stored and objects may
 * be absent. */
#include "builtin_run.h"
#include <stdio.h>

static str member(item_doc *d, const char *pointer) {
  pintle_str s = {NULL, 0};
  pintle_doc *h = item_handle(d);
  return h->api->raw(h, pointer, &s) == PINTLE_OK ? s : (str){NULL, 0};
}

static void answer(str line) {
  item_doc *d = builtin_document(line);
  buf out = {0};
  str kind = item_str(d, "/kind", ""), action = item_str(d, "/action", "");
  const builtin_case k = {.kind = str_is(kind, "backup")    ? CONF_BACKUP_ITEM_ACTION
                                  : str_is(kind, "restore") ? CONF_RESTORE_ITEM_ACTION
                                                            : CONF_ITEM_BLOCK_ACTION,
                          .action = action.ptr,
                          .run = member(d, "/run"),
                          .item = member(d, "/item"),
                          .stored = member(d, "/stored"),
                          .objects = member(d, "/objects")};
  builtin_run(&k, &out);
  puts(buf_z(&out));
  buf_free(&out);
  item_free(d);
}

int main(void) {
  char *line = NULL;
  size_t cap = 0;
  ssize_t n;
  while ((n = getline(&line, &cap, stdin)) > 0) {
    answer((str){line, (size_t)n});
    fflush(stdout);
  }
  free(line);
  return 0;
}
