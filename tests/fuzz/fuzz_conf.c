/* fuzz_conf.c -- a configuration's text: read, checked, its chain and its options taken.  SPDX-License-Identifier: Apache-2.0
 *
 * Whatever the text, nothing crashes, an error has a message, and what the check accepts the chain accepts too. */
#include "conf/chain.h"
#include "conf/options.h"
#include <stdlib.h>

static const pintle_option text = {.struct_size = sizeof text, .type = PINTLE_OPT_STRING, .name = "s", .choices = "a|b"};
static const pintle_option flag = {.struct_size = sizeof text, .type = PINTLE_OPT_BOOL, .name = "b", .fallback = "0"};
static const pintle_option number = {.struct_size = sizeof text, .type = PINTLE_OPT_INT, .name = "i"};
static const pintle_option wait = {.struct_size = sizeof text, .type = PINTLE_OPT_DURATION, .name = "d"};
static const pintle_option size = {.struct_size = sizeof text, .type = PINTLE_OPT_SIZE, .name = "z"};
static const pintle_option nested = {.struct_size = sizeof text, .type = PINTLE_OPT_JSON, .name = "j"};
static const pintle_option *const options[] = {&text, &flag, &number, &wait, &size, &nested, NULL};

static void require(bool right) {
  if (!right) abort();
}

static void take_options(const conf_chain *c, const conf_chain_action *x, bool as_text) {
  conf_layer l = {.source = "chain file", .document = c->document, .object = x->config, .text = as_text};
  char place[64];
  buf json = {0};
  error e;
  error_clear(&e);
  if (conf_options(options, 0, &l, 1, NULL, &json, &e) == PINTLE_OK) {
    item_doc *d = NULL;
    require(item_new(&d) == PINTLE_OK);
    require(item_parse(d, buf_str(&json), ITEM_UNIQUE_KEYS, NULL, &e) == PINTLE_OK);
    item_free(d);
  } else require(e.message[0] && json.len == 0);
  conf_options_place(&l, 1, "/j/0/a", place, sizeof place);
  buf_free(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  conf_set s = {0};
  arena a = {0};
  conf_chain c;
  error e;
  error_clear(&e);
  bool checked = false;
  if (conf_set_add(&s, "f", (str){(const char *)data, n}, &e) != PINTLE_OK) require(e.message[0] != 0);
  else if (conf_set_check(&s, &e) == PINTLE_OK) checked = true;
  else require(e.message[0] && e.place[0]);
  pintle_status st = conf_chain_read(&s, NULL, &a, &c, &e);
  require(!checked || st == PINTLE_OK || st == PINTLE_CONFLICT);
  for (size_t i = 0; st == PINTLE_OK && i < c.n_actions; i++) take_options(&c, &c.actions[i], n & 1);
  arena_free(&a);
  conf_set_free(&s);
  return 0;
}
