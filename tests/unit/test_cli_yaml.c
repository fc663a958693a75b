/* test_cli_yaml.c -- documents printed as YAML read back as the same JSON.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/yaml_out.h"
#include "conf/yaml.h"
#include <check.h>
#include <stdlib.h>

static buf yaml, json, again;

static void print(const char *text) {
  item_doc *d = NULL;
  error e = {0};
  buf_clear(&yaml), buf_clear(&json);
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_msg(item_parse(d, str_of(text), 0, NULL, &e) == PINTLE_OK, "%s: %s", text, e.message);
  ck_assert_int_eq(item_print(d, NULL, 0, &json), PINTLE_OK);
  ck_assert_int_eq(cli_yaml_print(item_root(d), &yaml), PINTLE_OK);
  item_free(d);
}

static void read_back(const char *text) {
  conf_yaml *y = NULL;
  conf_places places = {0};
  uint32_t line;
  error e = {0};
  buf_clear(&again);
  ck_assert_int_eq(conf_yaml_open(-1, buf_str(&yaml), "test", NULL, &y, &e), PINTLE_OK);
  ck_assert_msg(conf_yaml_next(y, &again, &places, &line, &e) == PINTLE_OK, "%s gave\n%s\n%s %s", text, buf_z(&yaml), e.message, e.place);
  conf_places_free(&places);
  conf_yaml_close(y);
  item_doc *a = NULL, *b = NULL;
  ck_assert(item_new(&a) == PINTLE_OK && item_new(&b) == PINTLE_OK);
  ck_assert(item_parse(a, buf_str(&json), 0, NULL, NULL) == PINTLE_OK && item_parse(b, buf_str(&again), 0, NULL, NULL) == PINTLE_OK);
  ck_assert_msg(item_equal(item_root(a), item_root(b)), "%s\nbecame\n%s\nby\n%s", buf_z(&json), buf_z(&again), buf_z(&yaml));
  item_free(a);
  item_free(b);
}

START_TEST(as_kubernetes_writes_it) {
  print("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"labels\":{},\"finalizers\":[]},"
        "\"data\":{\"a\":\"720h0m0s\",\"t\":\"2026-05-20T08:00:00Z\",\"yes\":\"no\",\"conf\":\"x: 1\\ny: 2\\n\",\"n\":\"5\"},"
        "\"list\":[{\"a\":1,\"b\":[1.0,1e400,-0]},[\"x\",[]],null,true]}");
  ck_assert_str_eq(buf_z(&yaml), "apiVersion: v1\n"
                                 "kind: ConfigMap\n"
                                 "metadata:\n"
                                 "  name: a\n"
                                 "  labels: {}\n"
                                 "  finalizers: []\n"
                                 "data:\n"
                                 "  a: 720h0m0s\n"
                                 "  t: \"2026-05-20T08:00:00Z\"\n"
                                 "  \"yes\": \"no\"\n"
                                 "  conf: |\n"
                                 "    x: 1\n"
                                 "    y: 2\n"
                                 "  \"n\": \"5\"\n"
                                 "list:\n"
                                 "- a: 1\n"
                                 "  b:\n"
                                 "  - 1.0\n"
                                 "  - 1e400\n"
                                 "  - -0\n"
                                 "- - x\n"
                                 "  - []\n"
                                 "- null\n"
                                 "- true\n");
  read_back("the example");
}
END_TEST

/* Strings that a YAML reader would take for something else, or that end a scalar early. */
START_TEST(strings_that_lie) {
  static const char *const strings[] = {"",
                                        " ",
                                        "~",
                                        "null",
                                        "Null",
                                        "true",
                                        "TRUE",
                                        "yes",
                                        "No",
                                        "on",
                                        "OFF",
                                        "y",
                                        "n",
                                        "1",
                                        "-1",
                                        "+1",
                                        "1.5",
                                        ".5",
                                        "1e3",
                                        "0x1f",
                                        "0o7",
                                        "017",
                                        "1_000",
                                        "12:30:45",
                                        "2026-01-01",
                                        "2026-01-01T00:00:00Z",
                                        ".inf",
                                        "-.INF",
                                        ".nan",
                                        "<<",
                                        "=",
                                        "-",
                                        "- a",
                                        "--- ",
                                        "---",
                                        "...",
                                        "?",
                                        "? a",
                                        ": ",
                                        "a: b",
                                        "a:",
                                        "a :b",
                                        "#",
                                        "a #b",
                                        "a#b",
                                        "&a",
                                        "*a",
                                        "!a",
                                        "!!str a",
                                        "|",
                                        ">",
                                        "'",
                                        "\\\"",
                                        "%a",
                                        "@a",
                                        "`a",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        ",",
                                        "{}",
                                        "[]",
                                        " a",
                                        "a ",
                                        "\\t",
                                        "a\\tb",
                                        "\\n",
                                        "a\\n",
                                        "a\\n\\n",
                                        "\\na",
                                        "a\\nb",
                                        "a\\nb\\n",
                                        "a\\n\\nb\\n\\n",
                                        " a\\nb",
                                        "a\\n  b\\n",
                                        "a\\n \\nb",
                                        "a\\n\\tb",
                                        "a \\nb ",
                                        "a\\rb",
                                        "a\\r\\nb\\r\\n",
                                        "\\u0000",
                                        "a\\u0000b",
                                        "\\u001b[31m",
                                        "\\u007f",
                                        "\\u0085",
                                        "\\u00a0",
                                        "\\u2028",
                                        "\\u2029",
                                        "\\ufeff",
                                        "\\ufffe",
                                        "\\u200e",
                                        "\\u202e",
                                        "\\ud83d\\ude00",
                                        "\\u00e4\\u20ac",
                                        "\\u00e4\\n\\u20ac",
                                        "a\\nb\\u0007",
                                        "key: |",
                                        "100m",
                                        "3Gi",
                                        "10.0.0.1",
                                        "0",
                                        "00",
                                        "e5",
                                        "e",
                                        "x: [1, 2]",
                                        "1e",
                                        "1.",
                                        "0b11",
                                        "+.5",
                                        "-",
                                        "--",
                                        "a\\\\nb",
                                        "it's",
                                        "x'y\\n'z'\\n",
                                        "%YAML 1.1\\n",
                                        "--- a\\nb\\n",
                                        "# x\\ny\\n",
                                        "a\\n# b\\n"};
  for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
    buf text = {0};
    buf_printf(&text, "{\"v\":\"%s\",\"%s\":1,\"l\":[\"%s\",[\"%s\"],{\"k\":\"%s\"}]}", strings[i],
               strcmp(strings[i], "l") ? strings[i] : "m", strings[i], strings[i], strings[i]);
    print(buf_z(&text));
    read_back(buf_z(&text));
    for (size_t k = 0; k < yaml.len; k++) /* nothing that a terminal obeys */
      ck_assert_msg((unsigned char)yaml.data[k] >= 0x20 || yaml.data[k] == '\n' || yaml.data[k] == '\t', "%s", strings[i]);
    buf_clear(&text);
    buf_printf(&text, "\"%s\"", strings[i]); /* alone */
    print(buf_z(&text));
    if (!strchr("{[", strings[i][0]) || !strings[i][0]) read_back(buf_z(&text));
    buf_free(&text);
  }
}
END_TEST

static uint32_t seed = 1;
static uint32_t random_to(uint32_t n) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % n;
}

static void random_string(buf *b) {
  static const char *const parts[] = {"a", "bc", " ", "  ", "\\n", "\\n",     "\\t",     ":",       "- ", "#", "\\\"", "'", "\\\\",
                                      "1", "0",  ".", "e",  "é",   "\\u0000", "\\u001b", "\\u2028", "%",  "|", ">",    "{", "]",
                                      ",", "?",  "&", "*",  "!",   "@",       "`",       "~",       "-",  "_", "\\r",  "😀"};
  buf_addc(b, '"');
  for (uint32_t n = random_to(9); n; n--) buf_addz(b, parts[random_to(sizeof parts / sizeof *parts)]);
  buf_addc(b, '"');
}

static void random_value(buf *b, unsigned depth) {
  static const char *const scalars[] = {"null", "true", "false", "0", "-1", "1.50", "12345678901234567890", "1E-5", "{}", "[]"};
  uint32_t kind = random_to(depth > 4 ? 6 : 10), n = random_to(4) + 1;
  if (kind < 2) buf_addz(b, scalars[random_to(sizeof scalars / sizeof *scalars)]);
  else if (kind < 6) random_string(b);
  else if (kind < 8) {
    buf_addc(b, '[');
    for (uint32_t i = 0; i < n; i++) buf_addz(b, i ? "," : ""), random_value(b, depth + 1);
    buf_addc(b, ']');
  } else {
    buf_addc(b, '{');
    for (uint32_t i = 0; i < n; i++) {
      buf_printf(b, "%s\"k%u", i ? "," : "", (unsigned)i); /* no key twice */
      b->data[b->len] = 0;
      buf key = {0};
      random_string(&key);
      buf_add(b, key.data + 1, key.len - 1);
      buf_free(&key);
      buf_addc(b, ':');
      random_value(b, depth + 1);
    }
    buf_addc(b, '}');
  }
}

START_TEST(generated_documents) {
  for (int i = 0; i < 3000; i++) {
    buf text = {0};
    buf_addz(&text, "{\"r\":");
    random_value(&text, 0);
    buf_addc(&text, '}');
    print(buf_z(&text));
    read_back(buf_z(&text));
    buf_free(&text);
  }
}
END_TEST

START_TEST(long_keys) {
  buf text = {0};
  buf_addz(&text, "{\"a\":{\"");
  for (int i = 0; i < 1500; i++) buf_addc(&text, 'k');
  buf_addz(&text, "\":{\"x\":[1],\"y\":\"z\"},\"b\":[{\"");
  for (int i = 0; i < 200; i++) buf_addz(&text, "k ");
  buf_addz(&text, "\":[1,2]}]}}");
  print(buf_z(&text));
  read_back("long keys");
  buf_free(&text);
}
END_TEST

int main(void) {
  Suite *s = suite_create("cli_yaml");
  TCase *t = tcase_create("all");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, as_kubernetes_writes_it);
  tcase_add_test(t, strings_that_lie);
  tcase_add_test(t, generated_documents);
  tcase_add_test(t, long_keys);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  buf_free(&yaml);
  buf_free(&json);
  buf_free(&again);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
