/* test_item_go.c -- a document after a Go program has printed it anew: what was changed is edited, all else stays to the letter.
 * SPDX-License-Identifier: Apache-2.0 */
#include "item/item.h"
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t seed;
static unsigned dice(unsigned n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (unsigned)(seed >> 33) % n;
}

static item_doc *parsed(str text) {
  item_doc *d = NULL;
  error e = {0};
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_msg(item_parse(d, text, 0, NULL, &e) == PINTLE_OK, "%s at %s: %.*s", e.message, e.place, (int)text.len, text.ptr);
  return d;
}

/* ---- what Go makes of a document */
static void go_number(str lexeme, buf *out) {
  char text[64];
  int64_t v;
  item_doc *d = parsed(lexeme);
  bool whole = item_int(item_root(d), &v) == PINTLE_OK;
  item_free(d);
  if (whole) {
    buf_printf(out, "%lld", (long long)v);
    return;
  }
  double x = strtod(lexeme.ptr, NULL);
  if (x == 0) {
    buf_addz(out, "0"); /* or -0, which is the same number */
    return;
  }
  int digits = 0;
  do snprintf(text, sizeof text, "%.*e", digits++, x);
  while (strtod(text, NULL) != x);
  char *e = strchr(text, 'e');
  int exponent = atoi(e + 1), n = 0;
  char plain[32];
  for (const char *p = text; p < e; p++)
    if (*p >= '0' && *p <= '9') plain[n++] = *p;
  if (x < 0) buf_addc(out, '-');
  if (fabs(x) < 1e-6 || fabs(x) >= 1e21) { /* strconv's 'e', its exponent without a leading zero when negative */
    buf_addc(out, plain[0]);
    if (n > 1) buf_printf(out, ".%.*s", n - 1, plain + 1);
    buf_printf(out, exponent < 0 ? "e-%d" : "e+%02d", abs(exponent));
  } else if (exponent < 0) {
    buf_addz(out, "0.");
    for (int i = exponent + 1; i < 0; i++) buf_addc(out, '0');
    buf_printf(out, "%.*s", n, plain);
  } else {
    for (int i = 0; i < n || i <= exponent; i++) {
      if (i == exponent + 1) buf_addc(out, '.');
      buf_addc(out, i < n ? plain[i] : '0');
    }
  }
}

static int by_key(const void *a, const void *b) {
  return str_cmp(item_key(*(const item_node *const *)a), item_key(*(const item_node *const *)b));
}

static void go_print(const item_node *n, buf *out) {
  switch (item_type(n)) {
  case PINTLE_T_NUMBER: go_number(item_number(n), out); break;
  case PINTLE_T_STRING: buf_json_go(out, item_string(n)); break;
  case PINTLE_T_BOOL: buf_addz(out, item_true(n) ? "true" : "false"); break;
  case PINTLE_T_ARRAY:
    buf_addc(out, '[');
    for (const item_node *m = item_first(n); m; m = item_next(m)) {
      if (m != item_first(n)) buf_addc(out, ',');
      go_print(m, out);
    }
    buf_addc(out, ']');
    break;
  case PINTLE_T_OBJECT: {
    const item_node *v[4096];
    size_t k = 0;
    for (const item_node *m = item_first(n); m; m = item_next(m))
      if (item_member(n, item_key(m)) == m) v[k++] = m;
    if (k) qsort(v, k, sizeof *v, by_key);
    buf_addc(out, '{');
    for (size_t i = 0; i < k; i++) {
      if (i) buf_addc(out, ',');
      buf_json_go(out, item_key(v[i]));
      buf_addc(out, ':');
      go_print(v[i], out);
    }
    buf_addc(out, '}');
    break;
  }
  default: buf_addz(out, "null");
  }
}

static void print(const item_doc *d, buf *out) {
  buf_clear(out);
  ck_assert_int_eq(item_print(d, NULL, 0, out), PINTLE_OK);
}

/* ours, read by Go, changed to theirs, becomes wanted. */
static void check(const char *ours, const char *theirs, const char *wanted) {
  CLEANUP(buf_free) buf now = {0}, before = {0};
  error e = {0};
  item_doc *d = parsed(str_of(ours));
  print(d, &before);
  item_begin(d);
  ck_assert_msg(item_from_go(d, str_of(theirs), &e) == PINTLE_OK, "%s: %s", theirs, e.message);
  print(d, &now);
  ck_assert_str_eq(buf_z(&now), wanted);
  item_rollback(d);
  print(d, &now);
  ck_assert_str_eq(buf_z(&now), buf_z(&before));
  item_free(d);
}

START_TEST(numbers) {
  check("{\"a\":1.0}", "{\"a\":1}", "{\"a\":1.0}");
  check("{\"a\":1e3}", "{\"a\":1000}", "{\"a\":1e3}");
  check("{\"a\":-0.0,\"b\":-0}", "{\"a\":-0,\"b\":0}", "{\"a\":-0.0,\"b\":-0}");
  check("{\"a\":18446744073709551615}", "{\"a\":18446744073709552000}", "{\"a\":18446744073709551615}");
  check("{\"a\":0.1000000000000000055511151231257827}", "{\"a\":0.1}", "{\"a\":0.1000000000000000055511151231257827}");
  check("{\"a\":1E-9}", "{\"a\":1e-9}", "{\"a\":1E-9}");
  check("{\"a\":12345678901234567890.5}", "{\"a\":12345678901234567000}", "{\"a\":12345678901234567890.5}");
  check("{\"a\":9007199254740993.0}", "{\"a\":9007199254740992}", "{\"a\":9007199254740993.0}");
  /* changed */
  check("{\"a\":9007199254740993}", "{\"a\":9007199254740992}", "{\"a\":9007199254740992}");
  check("{\"a\":9007199254740992.0}", "{\"a\":9007199254740993}", "{\"a\":9007199254740993}");
  check("{\"a\":1.0}", "{\"a\":1.5}", "{\"a\":1.5}");
  check("{\"a\":1.0}", "{\"a\":\"1\"}", "{\"a\":\"1\"}");
}
END_TEST

START_TEST(members) {
  check("{\"b\":1.0,\"a\":{\"z\":2.50,\"y\":[]}}", "{\"a\":{\"y\":[],\"z\":3},\"b\":1,\"c\":true}",
        "{\"b\":1.0,\"a\":{\"z\":3,\"y\":[]},\"c\":true}");
  check("{\"b\":1.0,\"a\":null}", "{\"b\":1}", "{\"b\":1.0}");
  check("{\"a\":1,\"a\":2.0}", "{\"a\":2}", "{\"a\":1,\"a\":2.0}");
  check("{\"a\":1,\"a\":2.0}", "{\"a\":3}", "{\"a\":3}");
  check("{\"a\":1,\"a\":2.0}", "{}", "{}");
  check("{\"t\":\"\\u0026\\u00e9\\ud800\"}", "{\"t\":\"&\xc3\xa9\xef\xbf\xbd\"}", "{\"t\":\"\\u0026\\u00e9\\ud800\"}");
}
END_TEST

START_TEST(lists) {
  check("[1.0,2.0,3.0]", "[2,3]", "[2.0,3.0]");
  check("[1.0,2.0,3.0]", "[0,1,2,3,4]", "[0,1.0,2.0,3.0,4]");
  check("[1.0,2.0,3.0,4.0,5.0]", "[1,9,3,5]", "[1.0,9,3.0,5.0]");
  check("[1.0,2.0,3.0]", "[3,1,2]", "[3.0,1.0,2.0]");
  /* one container taken out, another one changed, a third put between */
  check("{\"c\":[{\"name\":\"a\",\"cpu\":1.0},{\"name\":\"b\",\"cpu\":2.0,\"a\":0},{\"name\":\"c\",\"cpu\":3.0}]}",
        "{\"c\":[{\"a\":1,\"cpu\":2,\"name\":\"b\"},{\"cpu\":9,\"name\":\"new\"},{\"cpu\":3,\"name\":\"c\"}]}",
        "{\"c\":[{\"name\":\"b\",\"cpu\":2.0,\"a\":1},{\"cpu\":9,\"name\":\"new\"},{\"name\":\"c\",\"cpu\":3.0}]}");
  /* another name at the same place */
  check("[{\"name\":\"a\",\"cpu\":1.0}]", "[{\"cpu\":1,\"name\":\"b\"}]", "[{\"name\":\"b\",\"cpu\":1.0}]");
  check("[]", "[1]", "[1]");
  check("[[1.0]]", "[]", "[]");
  check("{\"a\":[1.0]}", "{\"a\":{}}", "{\"a\":{}}");
}
END_TEST

START_TEST(refused) {
  CLEANUP(buf_free) buf now = {0};
  static const char *const bad[] = {"", "{", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}", "nonsense", "{} {}"};
  item_doc *d = parsed(STR("{\"a\":1.0}"));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    error e = {0};
    ck_assert_int_eq(item_from_go(d, str_of(bad[i]), &e), PINTLE_INVALID);
    ck_assert(e.message[0]);
    print(d, &now);
    ck_assert_str_eq(buf_z(&now), "{\"a\":1.0}");
  }
  item_set_readonly(d, true);
  ck_assert_int_eq(item_from_go(d, STR("{}"), NULL), PINTLE_DENIED);
  item_free(d);
}
END_TEST

/* ---- generated documents */
static void gen_value(buf *b, unsigned depth) {
  static const char *const numbers[] = {"0",
                                        "-0",
                                        "-0.0",
                                        "1",
                                        "1.0",
                                        "100e-2",
                                        "1e21",
                                        "1.5e300",
                                        "9007199254740993",
                                        "9007199254740993.0",
                                        "3.14",
                                        "2.50",
                                        "1E5",
                                        "1e-7",
                                        "0.00001",
                                        "-7",
                                        "18446744073709551615",
                                        "9223372036854775807",
                                        "12345678901234567890.5",
                                        "5e-324"};
  static const char *const strings[] = {"a", "<&>", "\\u2028", "\xc3\xa9", "\\ud800", "\\u0000", "name", "x/y", "~"};
  unsigned what = dice(depth > 4 ? 5 : 9), n = dice(6);
  if (what < 2) buf_addz(b, numbers[dice(20)]);
  else if (what < 3) buf_printf(b, "%u.%u0", dice(1000), dice(100));
  else if (what < 4) buf_printf(b, "\"%s\"", strings[dice(9)]);
  else if (what < 5) buf_addz(b, dice(3) == 0 ? "null" : dice(2) ? "true" : "false");
  else {
    buf_addc(b, what < 7 ? '{' : '[');
    for (unsigned i = 0; i < n; i++) {
      if (i) buf_addc(b, ',');
      if (what < 7) buf_printf(b, "\"%s\":", dice(3) ? strings[dice(9)] : "k");
      gen_value(b, depth + 1);
    }
    buf_addc(b, what < 7 ? '}' : ']');
  }
}

static void somewhere(const item_doc *d, buf *at) {
  const item_node *n = item_root(d);
  while (item_first(n) && dice(4)) {
    unsigned i = dice((unsigned)item_count(n));
    for (n = item_first(n); i; i--) n = item_next(n);
  }
  buf_clear(at);
  item_pointer(n, at);
}

/* Whatever was changed, Go reads the same out of what we keep; and where nothing was, not a byte differs. */
START_TEST(any) {
  CLEANUP(buf_free)
  buf text = {0},
      before = {0}, go = {0}, edited = {0}, at = {0}, value = {0}, now = {0}, after = {0}, patch = {0}, again = {0};
  seed = 0x9e3779b97f4a7c15u + (uint64_t)_i;
  for (int round = 0; round < 400; round++) {
    buf_clear(&text), buf_clear(&go), buf_clear(&edited), buf_clear(&after), buf_clear(&patch);
    gen_value(&text, 0);
    item_doc *d = parsed(buf_str(&text));
    print(d, &before);
    go_print(item_root(d), &go);
    ck_assert_int_eq(item_from_go(d, buf_str(&go), NULL), PINTLE_OK);
    print(d, &now);
    ck_assert_str_eq(buf_z(&now), buf_z(&before));
    ck_assert(!item_changed(d));
    item_doc *plugin = parsed(buf_str(&go));
    for (unsigned n = dice(4); n; n--) {
      somewhere(plugin, &at);
      buf_clear(&value);
      gen_value(&value, 3);
      if (dice(3)) item_set_json(plugin, buf_z(&at), buf_str(&value));
      else item_remove(plugin, buf_z(&at));
    }
    go_print(item_root(plugin), &edited);
    item_begin(d);
    ck_assert_int_eq(item_from_go(d, buf_str(&edited), NULL), PINTLE_OK);
    ck_assert_int_eq(item_commit(d, &patch), PINTLE_OK);
    go_print(item_root(d), &after);
    ck_assert_str_eq(buf_z(&after), buf_z(&edited));
    /* and its record says the same */
    print(d, &now);
    item_doc *redone = parsed(buf_str(&text));
    ck_assert_int_eq(item_doc_api.patch(item_handle(redone), patch.data, patch.len), PINTLE_OK);
    print(redone, &again);
    ck_assert_str_eq(buf_z(&again), buf_z(&now));
    item_free(redone);
    item_free(plugin);
    item_free(d);
  }
}
END_TEST

/* One member set or removed by Go is what the same edit of ours would be: nothing beside it moves. */
START_TEST(alone) {
  CLEANUP(buf_free) buf text = {0}, go = {0}, edited = {0}, at = {0}, ours = {0}, theirs = {0};
  seed = 0xda942042e4dd58b5u + (uint64_t)_i;
  for (int round = 0; round < 400; round++) {
    buf_clear(&text), buf_clear(&go), buf_clear(&edited);
    gen_value(&text, 0);
    item_doc *d = parsed(buf_str(&text)), *same = parsed(buf_str(&text));
    go_print(item_root(d), &go);
    item_doc *plugin = parsed(buf_str(&go));
    somewhere(plugin, &at);
    bool element = false;
    const item_node *n = item_at(plugin, buf_z(&at));
    if (at.len && n && !item_key(n).len && !str_ends(buf_str(&at), "/")) element = true;
    if (!element && at.len && dice(2)) {
      item_remove(plugin, buf_z(&at));
      item_remove(same, buf_z(&at));
    } else { /* of its own kind nowhere else in the document */
      item_set(plugin, buf_z(&at), STR("set by Go"));
      item_set(same, buf_z(&at), STR("set by Go"));
    }
    go_print(item_root(plugin), &edited);
    ck_assert_int_eq(item_from_go(d, buf_str(&edited), NULL), PINTLE_OK);
    print(d, &theirs), print(same, &ours);
    ck_assert_msg(str_eq(buf_str(&theirs), buf_str(&ours)), "%s\nat %s\nis    %s\nwants %s", buf_z(&text), buf_z(&at), buf_z(&theirs),
                  buf_z(&ours));
    item_free(plugin);
    item_free(same);
    item_free(d);
  }
}
END_TEST

/* A list too long for comparing all with all. */
START_TEST(many) {
  CLEANUP(buf_free) buf text = {0}, go = {0}, now = {0}, after = {0};
  buf_addz(&text, "[");
  for (int i = 0; i < 5000; i++) buf_printf(&text, "%s%d.0", i ? "," : "", i);
  buf_addz(&text, "]");
  item_doc *d = parsed(buf_str(&text)), *plugin = parsed(buf_str(&text));
  item_remove(plugin, "/4990"), item_set(plugin, "/2500", STR("x")), item_remove(plugin, "/10");
  go_print(item_root(plugin), &go);
  ck_assert_int_eq(item_from_go(d, buf_str(&go), NULL), PINTLE_OK);
  go_print(item_root(d), &after);
  ck_assert_str_eq(buf_z(&after), buf_z(&go));
  print(d, &now);
  ck_assert(str_starts(buf_str(&now), "[0.0,1.0,"));
  ck_assert(str_ends(buf_str(&now), ",4998.0,4999.0]"));
  item_free(plugin);
  item_free(d);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("item_go");
  tcase_add_test(t, numbers);
  tcase_add_test(t, members);
  tcase_add_test(t, lists);
  tcase_add_test(t, refused);
  tcase_add_loop_test(t, any, 0, 8);
  tcase_add_loop_test(t, alone, 0, 8);
  tcase_add_test(t, many);
  tcase_set_timeout(t, 60);
  Suite *s = suite_create("item_go");
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? 1 : 0;
}
