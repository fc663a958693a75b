/* convert.c -- the C side of the comparison with sigs.k8s.io/yaml.  SPDX-License-Identifier: Apache-2.0
 *
 * Reads "LENGTH\n" and that many bytes, answers "ok LENGTH\n" or "error LENGTH\n" with the JSON or the message, until its input ends. */
#include "conf/yaml.h"
#include <stdio.h>
#include <stdlib.h>

static void answer(const char *how, str text) {
  printf("%s %zu\n", how, text.len);
  fwrite(text.ptr, 1, text.len, stdout);
  fflush(stdout);
}

static void convert(str text) {
  error e = {0};
  conf_yaml *y = NULL;
  CLEANUP(buf_free) buf json = {0};
  if (conf_yaml_open(-1, text, "document", NULL, &y, &e) != PINTLE_OK) exit(1);
  pintle_status st = conf_yaml_next(y, &json, NULL, NULL, &e);
  if (st == PINTLE_OK) answer("ok", buf_str(&json));
  else answer("error", str_of(st == PINTLE_NOT_FOUND ? "empty" : e.message));
  conf_yaml_close(y);
}

int main(void) {
  size_t n;
  while (scanf("%zu", &n) == 1 && getchar() == '\n') {
    char *text = malloc(n + 1);
    if (!text || fread(text, 1, n, stdin) != n) return 1;
    convert((str){text, n});
    free(text);
  }
  return 0;
}
