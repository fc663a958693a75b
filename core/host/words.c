/* words.c -- see words.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/words.h"
#include <stdarg.h>
#include <stdio.h>

void host_words_add(host_words *w, const char *format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (n < 0) return;
  if (w->n + 1 >= w->cap) {
    size_t cap = w->cap ? w->cap * 2 : 8;
    const char **list = arena_zalloc(w->a, cap * sizeof *list);
    if (!list) return;
    if (w->n) memcpy(list, w->list, w->n * sizeof *list);
    w->list = list;
    w->cap = cap;
  }
  const char *copy = arena_dup(w->a, text);
  if (copy) w->list[w->n++] = copy;
}

const char *const *host_words_list(const host_words *w) {
  static const char *const none[1];
  return w->list ? w->list : none;
}
