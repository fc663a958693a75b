/* fuzz_descriptor.c -- any text as a probe's answer: refused, or a description that is printed and read back the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include "host/descriptor.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  arena a = {0};
  host_plugin p = {0}, again = {0};
  buf first = {0}, second = {0};
  error e;
  if (host_descriptor_parse((str){(const char *)data, size}, &a, &p, &e) == PINTLE_OK) {
    for (size_t i = 0; i < p.n_actions; i++)
      if (!p.actions[i].name || !p.actions[i].options || (!p.actions[i].name[0] && !p.actions[i].refused)) abort();
    host_descriptor_print(&p, &first);
    if (host_descriptor_parse(buf_str(&first), &a, &again, &e) != PINTLE_OK) abort();
    host_descriptor_print(&again, &second);
    if (!str_eq(buf_str(&first), buf_str(&second))) abort();
  } else if (e.status == PINTLE_OK || !e.message[0]) abort();
  buf_free(&first);
  buf_free(&second);
  arena_free(&a);
  return 0;
}
