/* fuzz_text.c -- the editors of values inside text: a format, a new value, a text.  SPDX-License-Identifier: Apache-2.0
 *
 * Whatever the text is, nothing crashes; a text that was edited reads as before but for the edited values (text_edit sees to that itself);
 * and a second edit changes nothing more. */
#include "text_edit.h"
#include <stdlib.h>
#include <string.h>

static bool change(void *self, const struct text_edit *e, pintle_str is, struct xform_text *to) {
  const char *value = self;
  (void)e;
  if (is.ptr) xform_text_add(to, value, strlen(value));
  return !is.len || is.ptr[0] != 'k'; /* some stay */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static const char *const values[] = {"new", "", "a b", "12", "x: y #", "\"'\\", "- \n", "\xc3\xa9"};
  if (n < 2) return 0;
  char *text = malloc(n - 1); /* of its exact size, so that nothing behind it is read */
  void *to = (void *)(uintptr_t)values[data[1] % 8];
  if (!text) abort();
  memcpy(text, data + 2, n - 2);
  struct text_edit once = {.text = {text, n - 2}, .change = change, .self = to};
  const enum text_format format = (enum text_format)(TEXT_PROPERTIES + data[0] % 5);
  if (text_edit(&once, format)) {
    struct text_edit twice = {.text = {once.out.data, once.out.len}, .change = change, .self = to};
    if (text_edit(&twice, format)) abort();
    text_edit_free(&twice);
  }
  text_edit_free(&once);
  free(text);
  return 0;
}
