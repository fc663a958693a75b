/* test_item_random.c -- generated documents and edits: what must always hold.  SPDX-License-Identifier: Apache-2.0 */
#include "item/item.h"
#include <check.h>
#include <stdlib.h>

enum { DOCUMENTS = 3000, EDITS = 12 };

static uint64_t seed;
static unsigned dice(unsigned n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (unsigned)(seed >> 33) % n;
}

static void blank(buf *b) {
  static const char *const blanks[] = {"", "", "", " ", "\n", "\t \r\n"};
  buf_addz(b, blanks[dice(6)]);
}

static void gen_string(buf *b) { /* few, so that keys repeat */
  static const char *const strings[] = {
      "a",        "b",    "c",        "\\u0061",        "a/b",  "~",        "",     "\\ud800",
      "\\u0000x", "\\\"", "\xc3\xa9", "\\ud83d\\ude00", "name", "metadata", "kind", "long text without an escape in it"};
  buf_printf(b, "\"%s\"", strings[dice(16)]);
}

static void gen_value(buf *b, unsigned depth);
static void gen_container(buf *b, unsigned depth, bool object) {
  unsigned n = dice(5);
  buf_addc(b, object ? '{' : '[');
  blank(b);
  for (unsigned i = 0; i < n; i++) {
    if (i) buf_addc(b, ',');
    blank(b);
    if (object) {
      gen_string(b);
      blank(b);
      buf_addc(b, ':');
    }
    gen_value(b, depth + 1);
  }
  buf_addc(b, object ? '}' : ']');
}

static void gen_value(buf *b, unsigned depth) {
  static const char *const scalars[] = {"null", "true", "false", "0", "-0", "1.0", "1e400", "9007199254740993", "12345678901234567890.5"};
  blank(b);
  unsigned what = dice(depth > 5 ? 4 : 9);
  if (what < 2) gen_string(b);
  else if (what < 4) buf_addz(b, scalars[dice(9)]);
  else gen_container(b, depth, what < 7);
  blank(b);
}

static item_doc *parsed(str text) {
  item_doc *d = NULL;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_int_eq(item_parse(d, text, 0, NULL, NULL), PINTLE_OK);
  return d;
}

static void print(const item_doc *d, uint32_t flags, buf *out) {
  buf_clear(out);
  ck_assert_int_eq(item_print(d, NULL, flags, out), PINTLE_OK);
}

/* The pointer of some node, sometimes of one that is not there. */
static void somewhere(const item_doc *d, buf *at) {
  static const char *const more[] = {"/-", "/0", "/x/y", "/a~1b", "/~", "x"};
  const item_node *n = item_root(d);
  while (item_first(n) && dice(4)) {
    unsigned i = dice((unsigned)item_count(n));
    for (n = item_first(n); i; i--) n = item_next(n);
  }
  buf_clear(at);
  item_pointer(n, at);
  if (dice(2)) buf_addz(at, more[dice(6)]);
}

static void edit(item_doc *d) {
  buf CLEANUP(buf_free) at = {0}, from = {0}, value = {0}, before = {0}, after = {0}, text = {0};
  pintle_doc *h = item_handle(d);
  pintle_status st;
  somewhere(d, &at);
  somewhere(d, &from);
  gen_value(&value, 3);
  print(d, 0, &before);
  switch (dice(7)) {
  case 0: st = item_remove(d, buf_z(&at)); break;
  case 1: st = item_set_json(d, buf_z(&at), buf_str(&value)); break;
  case 2: st = item_set(d, buf_z(&at), STR("q\"\n")); break;
  case 3: st = h->api->set_i64(h, buf_z(&at), (int64_t)dice(3)); break;
  case 4: st = h->api->merge(h, value.data, value.len); break;
  default:
    buf_printf(&text, "[{\"op\":\"%s\",\"from\":", dice(2) ? "move" : "copy");
    buf_json(&text, buf_str(&from));
    buf_addz(&text, ",\"path\":");
    buf_json(&text, buf_str(&at));
    buf_addz(&text, "},{\"op\":\"add\",\"path\":");
    buf_json(&text, buf_str(&from));
    buf_printf(&text, ",\"value\":%s}]", buf_z(&value));
    st = h->api->patch(h, text.data, text.len);
  }
  print(d, 0, &after);
  if (st != PINTLE_OK) ck_assert_str_eq(buf_z(&before), buf_z(&after)); /* a failed edit changes nothing */
}

static void one_document(void) {
  buf CLEANUP(buf_free) text = {0}, origin = {0}, now = {0}, again = {0}, patch = {0};
  gen_value(&text, 0);
  item_doc CLEANUP(item_freep) *d = parsed(buf_str(&text));
  print(d, 0, &origin);
  ck_assert_int_eq(item_minify(buf_str(&text), 0, NULL, &now, NULL), PINTLE_OK);
  ck_assert_str_eq(buf_z(&origin), buf_z(&now));
  item_begin(d);
  for (int i = 0; i < EDITS; i++) edit(d);
  item_rollback(d);
  print(d, 0, &now);
  ck_assert_str_eq(buf_z(&origin), buf_z(&now));
  item_begin(d);
  for (int i = 0; i < EDITS; i++) edit(d);
  bool edited = item_edited(d);
  ck_assert_int_eq(item_commit(d, &patch), PINTLE_OK);
  ck_assert_int_eq(edited, strcmp(buf_z(&patch), "[]") != 0);
  item_doc CLEANUP(item_freep) *fresh = parsed(buf_str(&text));
  ck_assert_int_eq(item_handle(fresh)->api->patch(item_handle(fresh), patch.data, patch.len), PINTLE_OK);
  print(d, 0, &now);
  print(fresh, 0, &again);
  ck_assert_str_eq(buf_z(&now), buf_z(&again));
  ck_assert(item_equal(item_root(d), item_root(fresh)));
  print(d, ITEM_PRINT_SORTED | ITEM_PRINT_PRETTY | ITEM_PRINT_GO, &now);
  item_doc CLEANUP(item_freep) *sorted = parsed(buf_str(&now));
  ck_assert(item_equal(item_root(d), item_root(sorted)));
}

START_TEST(always) {
  for (unsigned i = 1; i <= DOCUMENTS; i++) {
    seed = i * 0x9e3779b97f4a7c15u;
    one_document();
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("item random");
  TCase *t = tcase_create("all");
  tcase_add_test(t, always);
  tcase_set_timeout(t, 120);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
