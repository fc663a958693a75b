/* test_conf_yaml.c -- YAML and JSON streams as JSON: values, places, errors, Lists in parts.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Every document of the text, one a line: "LINE JSON" or "! PLACE: MESSAGE". */
static void read_all(str text, const item_limits *limits, buf *out) {
  conf_yaml *y;
  error e;
  pintle_status st = PINTLE_OK;
  ck_assert_int_eq(conf_yaml_open(-1, text, "f", limits, &y, &e), PINTLE_OK);
  for (int n = 0; st != PINTLE_NOT_FOUND; n++) {
    uint32_t line = 0;
    buf json = {0};
    ck_assert_int_lt(n, 100);
    st = conf_yaml_next(y, &json, NULL, &line, &e);
    if (st == PINTLE_OK) buf_printf(out, "%u %s\n", line, buf_z(&json));
    else if (st != PINTLE_NOT_FOUND) {
      ck_assert_int_eq(st, PINTLE_INVALID);
      buf_printf(out, "! %s: %s\n", e.place, e.message);
      ck_assert_uint_eq(json.len, 0);
    }
    buf_free(&json);
  }
  conf_yaml_close(y);
}

static void check_text(const char *text, const char *expected) {
  buf got = {0};
  read_all(str_of(text), NULL, &got);
  ck_assert_str_eq(buf_z(&got), expected);
  buf_free(&got);
}

/* Types: tests/interop/yaml compares thousands with sigs.k8s.io/yaml; these are the ones that bite. */
START_TEST(scalars) {
  static const struct {
    const char *yaml, *json;
  } rows[] = {
      {"no", "false"},
      {"NO", "false"},
      {"y", "true"},
      {"on", "true"},
      {"Off", "false"},
      {"nO", "\"nO\""},
      {"\"no\"", "\"no\""},
      {"~", "null"},
      {"", "null"},
      {"Null", "null"},
      {"0644", "420"},
      {"0o17", "15"},
      {"0x1F", "31"},
      {"-0b101", "-5"},
      {"1_000", "1000"},
      {"+1", "1"},
      {"08", "8"},
      {".5", "0.5"},
      {"1.", "1"},
      {"1.e3", "1e3"},
      {"1e3", "1e3"},
      {"12e03", "12e03"},
      {"1.0", "1.0"},
      {"1.10", "1.10"},
      {"9007199254740993", "9007199254740993"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"1e400", "1e400"},
      {"-0", "-0"},
      {"190:20:30", "\"190:20:30\""},
      {"2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\""},
      {"2001-01-01", "\"2001-01-01\""},
      {"1.2.3", "\"1.2.3\""},
      {"0x", "\"0x\""},
      {"!!str 12", "\"12\""},
      {"!!int \"12\"", "12"},
      {"!!binary aGk=", "\"hi\""},
      {"!own 12", "\"12\""},
      {"\"\\u00e9\\n\\0\"", "\"\xc3\xa9\\n\\u0000\""},
      {"<<", "\"<<\""},
      {"|\n  a\n  b\n", "\"a\\nb\\n\""},
      {">-\n  a\n  b\n", "\"a b\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[200], expected[200];
    snprintf(text, sizeof text, "k: %s\n", rows[i].yaml);
    snprintf(expected, sizeof expected, "1 {\"k\":%s}\n", rows[i].json);
    check_text(text, expected);
  }
}
END_TEST

START_TEST(keys) {
  check_text("on: 1\n017: 2\n1.50: 3\n1e6: 4\n\"on\": 5\n", "1 {\"true\":1,\"15\":2,\"1.5\":3,\"1e+06\":4,\"on\":5}\n");
  check_text("a: &k x\n*k : z\n", "1 {\"a\":\"x\",\"x\":\"z\"}\n");
  check_text("~: 1\n", "! f:1:1: null cannot be a key; quote it\n");
  check_text("[a]: 1\n", "! f:1:1: a mapping or list cannot be a key\n");
}
END_TEST

START_TEST(merges) {
  check_text("d: &d {p: 1, q: 2}\nm:\n  <<: *d\n  p: 5\n  r: 6\n", "1 {\"d\":{\"p\":1,\"q\":2},\"m\":{\"q\":2,\"p\":5,\"r\":6}}\n");
  /* As go-yaml 2 has it, a merge behind a key replaces it; in a list, the first counts. */
  check_text("d: &d {p: 1}\nm:\n  p: 5\n  <<: [*d, {p: 3, q: 4}]\n", "1 {\"d\":{\"p\":1},\"m\":{\"q\":4,\"p\":1}}\n");
  check_text("m: {<<: {<<: {p: 1, q: 2}, q: 3}, r: 4}\n", "1 {\"m\":{\"p\":1,\"q\":3,\"r\":4}}\n");
  check_text("m: {<<: 5}\n", "! f:1:9: << takes a mapping or a list of mappings\n");
  check_text("m: {<<: {p: 1}, p: 2, p: 3}\n", "! f:1:23: key \"p\" occurs twice, first in line 1\n");
  check_text("m: {\"<<\": 1}\n", "1 {\"m\":{\"<<\":1}}\n");
}
END_TEST

START_TEST(repeated_keys) {
  check_text("a: 1\nb: 2\na: 3\n---\nok: 1\n", "! f:3:1: key \"a\" occurs twice, first in line 1\n5 {\"ok\":1}\n");
  check_text("1: x\n\"1\": z\n", "! f:2:1: key \"1\" occurs twice, first in line 1\n");
  check_text("{\"a\":{\"b\":1,\n\"b\":2}}\n{\"c\":3}", "! f:2:1: the key occurs twice in its object\n3 {\"c\":3}\n");
  buf text = {0}; /* many keys are found otherwise than few */
  for (int i = 0; i < 1000; i++) buf_printf(&text, "k%d: %d\n", i, i);
  buf_addz(&text, "k17: again\n");
  check_text(buf_z(&text), "! f:1001:1: key \"k17\" occurs twice, first in line 18\n");
  buf_free(&text);
}
END_TEST

START_TEST(refused_values) {
  check_text("a: .inf\n---\nb: 1\n", "! f:1:4: infinity and NaN have no JSON value; quote it if it is text\n3 {\"b\":1}\n");
  check_text("a: -.Inf\n", "! f:1:4: infinity and NaN have no JSON value; quote it if it is text\n");
  check_text("a: [1, .nan]\n", "! f:1:8: infinity and NaN have no JSON value; quote it if it is text\n");
  check_text("a: !!int x1\n", "! f:1:4: the value is not what its tag says\n");
}
END_TEST

START_TEST(documents) {
  check_text("", "");
  check_text(" \n\t \n", "");
  check_text("# nothing\n", "");
  check_text("---\n---\n# x\n---\na: 1\n...\n---\n- b\n", "5 {\"a\":1}\n8 [\"b\"]\n");
  check_text("null\n---\nx\n", "1 null\n3 \"x\"\n");
  check_text("\xef\xbb\xbf"
             "a: 1\r\nb:\r\n  - c\r\n",
             "1 {\"a\":1,\"b\":[\"c\"]}\n");
  check_text("\xef\xbb\xbf {\"a\":1}", "1 {\"a\":1}\n");
  check_text("  a: 1\n  b: 2\n", "1 {\"a\":1,\"b\":2}\n");
}
END_TEST

START_TEST(syntax_errors) {
  check_text("a: [1\nb: 2\n", "! f:2:2: malformed YAML: did not find expected ',' or ']', while parsing a flow sequence from line 1 on\n");
  check_text("a:\n\t- b\n", "! f:2:1: malformed YAML: found character that cannot start any token, while scanning for the next token\n");
  check_text("a: x\n b: z\n", "! f:2:3: malformed YAML: mapping values are not allowed in this context\n");
  check_text("a: 1\nb: \xff\n", "! f:2:4: malformed YAML: the byte 0xff is no UTF-8 here\n");
  check_text("a: 1\nb: \"\x07\"\n", "! f:2:5: malformed YAML: the character U+0007 is not allowed\n");
  check_text("a: *x\n", "! f:1:4: anchor x is not defined above\n");
  check_text("a: &x [*x]\n", "! f:1:8: anchor x would contain itself\n");
}
END_TEST

START_TEST(json) {
  check_text("{\"a\": 1.0, \"b\": [true,\n null]}\n{\"c\":\"\\ud83d\\ude00\"}\n[1e400]\n",
             "1 {\"a\":1.0,\"b\":[true,null]}\n3 {\"c\":\"\\ud83d\\ude00\"}\n4 [1e400]\n");
  check_text("{\"a\":1}\n---\nb: 2\n", "1 {\"a\":1}\n3 {\"b\":2}\n"); /* YAML may follow */
  check_text("{a: 1, \"b\": it}\n", "1 {\"a\":1,\"b\":\"it\"}\n");    /* YAML in JSON's dress */
  check_text("{\"a\": 1, # why\n 'b': 2,}\n", "1 {\"a\":1,\"b\":2}\n");
  check_text("{\"a\": 1,\n \"b\" 2}\n", "! f:2:6: expected ':' behind a key\n"); /* JSON's message, for what is neither */
  check_text("{\"a\": [1, 2}\n", "! f:1:12: expected ',' or ']' in an array\n");
  check_text("{\"a\":1} x\n", "1 {\"a\":1}\n! f:1:9: malformed JSON: something stands behind the end of the document\n");
}
END_TEST

START_TEST(limits) {
  buf text = {0}, got = {0};
  buf_addz(&text, "a: &a [x,x,x,x,x,x,x,x,x,x]\n"); /* each line ten times the one above: ten thousand millions at the end */
  for (int i = 0; i < 9; i++) {
    buf_printf(&text, "%c: &%c [", 'b' + i, 'b' + i);
    for (int k = 0; k < 10; k++) buf_printf(&text, "%s*%c", k ? "," : "", 'a' + i);
    buf_addz(&text, "]\n");
  }
  buf_addz(&text, "---\nok: 1\n");
  check_text(buf_z(&text), "! f:7:14: aliases and merge keys may add 16777216 bytes, and here they add more\n12 {\"ok\":1}\n");
  const item_limits small = {.max_bytes = 20, .max_depth = 3};
  read_all(STR("a: x123456789012345\n---\nb: [[[1]]]\n---\nc: [[1]]\n---\n{\"d\":\"0123456789012345\"}\n---\n{e: 1}\n"), &small, &got);
  ck_assert_str_eq(buf_z(&got), "! f:1:4: a document or item may have 20 bytes as JSON, and here it has more\n"
                                "! f:3:6: nested deeper than 3 levels\n"
                                "5 {\"c\":[[1]]}\n"
                                "! f:7:6: a document or item may have 20 bytes as JSON, and here it has more\n"
                                "9 {\"e\":1}\n");
  buf_clear(&got);
  read_all(STR("{\"d\":\"0123456789012345\"}\n{\"d\":[[[1]]]} {\"f\":1}\n"), &small, &got);
  ck_assert_str_eq(buf_z(&got),
                   "! f:1:1: the document is larger than 20 bytes\n! f:2:1: the document is nested deeper than 3 levels\n2 {\"f\":1}\n");
  buf_clear(&text);
  for (int i = 0; i < 200000; i++) buf_addc(&text, '[');
  buf_clear(&got);
  read_all(buf_str(&text), NULL, &got);
  ck_assert_str_eq(buf_z(&got), "! f:1:513: nested too deeply\n");
  buf_clear(&got);
  memcpy(text.data, "a: ", 3); /* libyaml's time grows with the square of the depth */
  buf_addz(&text, "\n---\nok: 1\n");
  read_all(buf_str(&text), NULL, &got);
  ck_assert_str_eq(buf_z(&got), "! f:1:515: nested deeper than 512 levels\n3 {\"ok\":1}\n");
  buf_free(&text);
  buf_free(&got);
}
END_TEST

static void check_places(const char *text, const char *expected) {
  conf_yaml *y;
  conf_places places = {0};
  buf json = {0}, got = {0};
  ck_assert_int_eq(conf_yaml_open(-1, str_of(text), "f", NULL, &y, NULL), PINTLE_OK);
  ck_assert_int_eq(conf_yaml_next(y, &json, &places, NULL, NULL), PINTLE_OK);
  buf_printf(&got, "%s", buf_z(&json));
  for (size_t i = 0; i < places.n; i++) buf_printf(&got, " %u=%u:%u", places.v[i].offset, places.v[i].line, places.v[i].column);
  ck_assert_str_eq(buf_z(&got), expected);
  const struct conf_mark *m = conf_places_find(&places, UINT32_MAX);
  ck_assert_ptr_eq(m, &places.v[places.n - 1]);
  ck_assert_ptr_eq(conf_places_find(&places, 0), &places.v[0]);
  buf_free(&json);
  buf_free(&got);
  conf_places_free(&places);
  conf_yaml_close(y);
}

START_TEST(places) {
  check_places("# c\na: 1\nb:\n  - x\n  - {c: z}\n",
               "{\"a\":1,\"b\":[\"x\",{\"c\":\"z\"}]} 0=2:1 1=2:1 5=2:4 7=3:1 11=4:3 12=4:5 16=5:5 17=5:6 21=5:9");
  check_places("{\"a\": 1,\n  \"b\": [true, {\"c\" : \"z\"}]}",
               "{\"a\":1,\"b\":[true,{\"c\":\"z\"}]} 0=1:1 1=1:2 5=1:7 7=2:3 11=2:8 12=2:9 17=2:15 18=2:16 22=2:22");
  check_places("m:\n  p: 1\n  <<: {p: 2, q: 3}\n  r: 4\n",
               "{\"m\":{\"p\":2,\"q\":3,\"r\":4}} 0=1:1 1=1:1 5=2:3 6=3:18 12=3:18 18=4:3 22=4:6");
}
END_TEST

/* ---- Lists in parts */
static pintle_status emit(void *ctx, int part, str text, uint32_t line) {
  static const char *const names[] = {"whole", "item", "list", "void"};
  buf_printf(ctx, "%s %u %.*s\n", names[part], line, (int)text.len, text.ptr);
  return str_is(text, "\"stop\"") ? PINTLE_CANCELLED : PINTLE_OK;
}
static void bad(void *ctx, const error *e) { buf_printf(ctx, "! %s: %s\n", e->place, e->message); }

/* From memory, from a file and byte by byte from a pipe: always the same. */
static void check_each(const char *text, const char *expected) {
  for (int how = 0; how < 3; how++) {
    conf_yaml *y;
    error e;
    buf got = {0};
    int fd = -1, pipes[2] = {-1, -1};
    size_t n = strlen(text);
    if (how == 1) {
      fd = memfd_create("test", 0);
      ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
      lseek(fd, 0, SEEK_SET);
    } else if (how == 2) {
      ck_assert_int_eq(pipe(pipes), 0);
      ck_assert_int_eq(write(pipes[1], text, n), (ssize_t)n);
      close(pipes[1]);
      fd = pipes[0];
    }
    ck_assert_int_eq(conf_yaml_open(fd, how ? STR("") : str_of(text), "f", NULL, &y, &e), PINTLE_OK);
    pintle_status st = conf_yaml_each(y, emit, bad, &got, &e);
    if (st == PINTLE_INVALID) bad(&got, &e);
    else if (st != PINTLE_OK) buf_printf(&got, "%s\n", error_status_name(st));
    ck_assert_str_eq(buf_z(&got), expected);
    conf_yaml_close(y);
    buf_free(&got);
    if (fd >= 0) close(fd);
  }
}

START_TEST(each_yaml) {
  check_each(
      "apiVersion: v1\nitems:\n- a: 1\n- [b]\n- c\nkind: PodList\nx: 1\n---\nd: 2\n",
      "item 3 {\"a\":1}\nitem 4 [\"b\"]\nitem 5 \"c\"\nlist 1 {\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"x\":1}\nwhole 9 {\"d\":2}\n");
  check_each("kind: Foo\nitems: [1, 2]\n", "whole 1 {\"kind\":\"Foo\",\"items\":[1,2]}\n"); /* the kind is known, and no List */
  check_each("kind: FooList\nitems: []\n", "list 1 {\"kind\":\"FooList\"}\n");
  check_each("kind: FooList\nitems: {a: 1}\n", "whole 1 {\"kind\":\"FooList\",\"items\":{\"a\":1}}\n");
  check_each("items: [1]\n", "item 1 1\nlist 1 {}\n");
  check_each("items:\n- a: 1\n  a: 2\n- b: &x 3\n- c: *x\nkind: List\n",
             "! f:3:3: key \"a\" occurs twice, first in line 2\nitem 4 {\"b\":3}\nitem 5 {\"c\":3}\nlist 1 {\"kind\":\"List\"}\n");
  check_each("items: [1]\nitems: [2]\n---\na: 1\n", "item 1 1\n! f:2:1: key \"items\" occurs twice\nvoid 1 \nwhole 4 {\"a\":1}\n");
  check_each("items:\n- a\n- stop\n- b\n", "item 2 \"a\"\nitem 3 \"stop\"\nCANCELLED\n");
}
END_TEST

START_TEST(each_json) {
  check_each("{\"items\":[{\"a\" :1}, [2],\n\"c\"],\"kind\":\"PodList\" , \"x\":{}} {\"d\": 1}",
             "item 1 {\"a\":1}\nitem 1 [2]\nitem 2 \"c\"\nlist 1 {\"kind\":\"PodList\",\"x\":{}}\nwhole 2 {\"d\":1}\n");
  check_each("{\"kind\":\"Foo\",\"items\": [1]}", "whole 1 {\"kind\":\"Foo\",\"items\":[1]}\n");
  check_each("{\"kind\":\"List\",\"items\": []}", "list 1 {\"kind\":\"List\"}\n");
  check_each("{\"items\":[{\"a\":tru},{\"b\":1}],\"kind\":\"List\"}", /* valid YAML */
             "item 1 {\"a\":\"tru\"}\nitem 1 {\"b\":1}\nlist 1 {\"kind\":\"List\"}\n");
  check_each("{\"items\":[{\"b\":1},\n{\"a\":tru}, {\"c\":1}],\"kind\":\"List\"}",
             "item 1 {\"b\":1}\n! f:2:9: expected a value (true, false, null, a number, a string, [ or {)\nitem 2 {\"c\":1}\nlist 1 "
             "{\"kind\":\"List\"}\n");
  check_each("{\"items\":[{\"b\":1},\n{\"a\":1]}]}", "item 1 {\"b\":1}\nvoid 1 \n! f:2:7: expected ',' or '}' in an object\n");
  check_each("{\"items\":[{\"b\":1},{\"c\"", "item 1 {\"b\":1}\nvoid 1 \n! f:1:23: the text ends too early\n");
  check_each("{\"items\":[1,],\"kind\":\"List\"}",
             "item 1 1\nvoid 1 \n! f:1:13: expected a value (true, false, null, a number, a string, [ or {)\n");
  check_each("{\"items\":[1],\"items\":[2]}", "item 1 1\n! f:1:22: key \"items\" occurs twice\nlist 1 {}\n");
}
END_TEST

/* Bad documents do not take their neighbours along. */
START_TEST(each_goes_on) {
  check_each("a: 1\n---\nb: [1\n---\nc: 2\n---\nd: @\n---\ne: \xff\n--- f\n",
             "whole 1 {\"a\":1}\n"
             "! f:4:1: malformed YAML: did not find expected ',' or ']', while parsing a flow sequence from line 3 on\n"
             "whole 5 {\"c\":2}\n"
             "! f:7:4: malformed YAML: found character that cannot start any token, while scanning for the next token\n"
             "! f:9:4: malformed YAML: the byte 0xff is no UTF-8 here\n"
             "whole 10 \"f\"\n");
  check_each("items:\n- a: 1\n- {b\n---\nc: 2\n",
             "item 2 {\"a\":1}\n! f:4:1: malformed YAML: did not find expected ',' or '}', while parsing a flow "
             "mapping from line 3 on\nvoid 1 \nwhole 5 {\"c\":2}\n");
}
END_TEST

/* ---- what a receiver that keeps JSON in place sees */
static pintle_status part_of(void *ctx, const conf_part *part) {
  buf_printf(ctx, "%d %d %u:%u %d+%d %.*s\n", part->part, part->raw, part->line, part->column, (int)part->offset, (int)part->length,
             (int)part->text.len, part->text.ptr);
  return PINTLE_OK;
}

START_TEST(raw_parts) {
  conf_yaml *y;
  buf got = {0};
  ck_assert_int_eq(
      conf_yaml_open(-1, STR(" {\"items\": [ {\"a\": 1},\n2 ], \"kind\":\"List\"}\n{\"b\": 1}\n---\nc: 1\n"), "f", NULL, &y, NULL),
      PINTLE_OK);
  ck_assert_int_eq(conf_yaml_parts(y, part_of, bad, &got, NULL), PINTLE_OK);
  ck_assert_str_eq(
      buf_z(&got),
      "1 1 1:14 13+8 {\"a\": 1}\n1 1 2:1 23+1 2\n2 1 1:2 1+41 {\"kind\":\"List\"}\n0 1 3:1 43+8 {\"b\": 1}\n0 0 5:1 0+0 {\"c\":1}\n");
  conf_yaml_close(y);
  buf_clear(&got);
  error e;
  ck_assert_int_eq(conf_yaml_open(-1, STR("{\"a\": tru}\n# no\n"), "f", NULL, &y, NULL), PINTLE_OK);
  conf_yaml_json_only(y);
  ck_assert_int_eq(conf_yaml_parts(y, part_of, bad, &got, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.place, "f:2:1");
  ck_assert_str_eq(buf_z(&got), "0 1 1:1 0+10 {\"a\": tru}\n");
  conf_yaml_close(y);
  buf_free(&got);
}
END_TEST

/* A List far larger than what may be held, one element too large, and one with a string that never ends. */
START_TEST(large) {
  const item_limits small = {.max_bytes = 1000};
  buf text = {0}, got = {0};
  error e;
  conf_yaml *y;
  for (int json = 0; json < 2; json++) {
    buf_clear(&text);
    buf_clear(&got);
    buf_addz(&text, json ? "{\"items\":[" : "items:\n");
    for (int i = 0; i < 3000; i++) {
      if (json) buf_printf(&text, "%s{\"n\":%d,\"s\":\"", i ? "," : "", i);
      else buf_printf(&text, "- n: %d\n  s: \"", i);
      for (int k = 0; k < (i == 7 ? 300000 : 100); k++) buf_addc(&text, k % 7 ? 'x' : ' ');
      buf_addz(&text, json ? "\"}" : "\"\n");
    }
    buf_addz(&text, json ? "],\"kind\":\"List\"}" : "kind: List\n");
    int fd = memfd_create("test", 0);
    ck_assert_int_eq(write(fd, text.data, text.len), (ssize_t)text.len);
    lseek(fd, 0, SEEK_SET);
    ck_assert_int_eq(conf_yaml_open(fd, STR(""), "f", &small, &y, &e), PINTLE_OK);
    ck_assert_int_eq(conf_yaml_each(y, emit, bad, &got, &e), PINTLE_OK);
    conf_yaml_close(y);
    close(fd);
    int items = 0, errors = 0, lists = 0;
    for (char *line = strtok(buf_z(&got) ? got.data : NULL, "\n"); line; line = strtok(NULL, "\n"))
      items += strncmp(line, "item ", 5) == 0, errors += *line == '!', lists += strncmp(line, "list ", 5) == 0;
    ck_assert_int_eq(items, 2999);
    ck_assert_int_eq(errors, 1);
    ck_assert_int_eq(lists, 1);
  }
  buf_free(&text);
  buf_free(&got);
}
END_TEST

int main(void) {
  Suite *s = suite_create("conf_yaml");
  TCase *c = tcase_create("conf_yaml");
  tcase_add_test(c, scalars);
  tcase_add_test(c, keys);
  tcase_add_test(c, merges);
  tcase_add_test(c, repeated_keys);
  tcase_add_test(c, refused_values);
  tcase_add_test(c, documents);
  tcase_add_test(c, syntax_errors);
  tcase_add_test(c, json);
  tcase_add_test(c, limits);
  tcase_add_test(c, places);
  tcase_add_test(c, each_yaml);
  tcase_add_test(c, each_json);
  tcase_add_test(c, each_goes_on);
  tcase_add_test(c, raw_parts);
  tcase_add_test(c, large);
  tcase_set_timeout(c, 60);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
