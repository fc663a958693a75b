/* test_builtin_modifiers.c -- resource modifiers: values, patterns; rules and item in, exact item, counters and findings out.
 * SPDX-License-Identifier: Apache-2.0 */
#include "builtin/builtin.h"
#include "builtin/modifiers.h"
#include "host/module.h"
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>

/* ---- values */
static const char *const values[][2] = {
    {"x", "\"x\""},
    {"", "\"\""},
    {"\"", "\"\""},
    {"\"1\"", "\"1\""},
    {"\"true\"", "\"true\""},
    {"1", "1"},
    {"-1.50e3", "-1.50e3"},
    {"9007199254740993", "9007199254740993"},
    {"1e400", "\"1e400\""}, /* no double: text, as Go has it */
    {"1.2.3", "\"1.2.3\""},
    {"1_000", "\"1_000\""},
    {"10.0.0.1/8", "\"10.0.0.1/8\""},
    {"-", "\"-\""},
    {"1e", "\"1e\""},
    {"0xg", "\"0xg\""},
    {"null", "null"},
    {"Null", "\"Null\""},
    {"true", "true"},
    {"false", "false"},
    {"{\"a\": [1, 2]}", "{\"a\":[1,2]}"},
    {"[]", "[]"},
    {"a\\nb\\\"", "\"a\\nb\\\"\""}, /* escapes are JSON's */
    /* what Velero's patch would be no JSON with */
    {"True", NULL},
    {"FALSE", NULL},
    {"007", NULL},
    {"+5", NULL},
    {".5", NULL},
    {"5.", NULL},
    {"inf", NULL},
    {"-Infinity", NULL},
    {"NaN", NULL},
    {"0x1p-2", NULL},
    {"{a: b}", NULL},
    {"[1", NULL},
    {"a\"b", NULL},
    {"a\nb", NULL},
    {"a\\", NULL},
    {"x\", \"op\": \"remove", NULL},
};
START_TEST(value) {
  buf out = {0};
  error e = {0};
  pintle_status st = builtin_modifier_value(str_of(values[_i][0]), &out, &e);
  if (values[_i][1]) {
    ck_assert_msg(st == PINTLE_OK, "%s: %s", values[_i][0], e.message);
    ck_assert_str_eq(buf_z(&out), values[_i][1]);
  } else {
    ck_assert_msg(st == PINTLE_INVALID, "%s is %s", values[_i][0], buf_z(&out));
    ck_assert(e.message[0] && e.hint[0]);
  }
  buf_free(&out);
}
END_TEST

/* ---- patterns */
static const struct glob_row {
  const char *pattern, *text;
  int matches; /* -1: no pattern */
} globs[] = {
    {"pods", "pods", 1},
    {"pods", "pod", 0},
    {"*", "pods", 1},
    {"*", "deployments.apps", 0},
    {"**", "deployments.apps", 1},
    {"*.*", "deployments.apps", 1},
    {"*.*", "ingresses.networking.k8s.io", 0},
    {"*.**", "ingresses.networking.k8s.io", 1},
    {"deployments.*", "deployments.apps", 1},
    {"d?ployments.apps", "deployments.apps", 1},
    {"deployments?apps", "deployments.apps", 0},
    {"{pods,deployments.apps}", "deployments.apps", 1},
    {"{pods,{secrets,config*}}", "configmaps", 1},
    {"{pods,{secrets,config*}}", "config", 1},
    {"{pods,}s", "s", 1},
    {"{a,b}{c,d}", "bd", 1},
    {"{a,b}{c,d}", "ba", 0},
    {"a,b", "a,b", 1},
    {"[ps]*", "secrets", 1},
    {"[!ps]*", "secrets", 0},
    {"[a-c]d", "bd", 1},
    {"[!a-c]d", "bd", 0},
    {"[!a-c]d", "dd", 1},
    {"\\*", "*", 1},
    {"\\*", "x", 0},
    {"[\\]]", "]", 1},
    {"a}", "a}", 1},
    {"*s.*", "pods.s.x", 0},
    {"[a-z0-9]", "", -1},
    {"[", "", -1},
    {"[]", "", -1},
    {"[z-a]", "", -1},
    {"{a", "", -1},
    {"a\\", "", -1},
};
START_TEST(glob) {
  const struct glob_row *r = &globs[_i];
  error e;
  pintle_status st = builtin_glob_check(str_of(r->pattern), &e);
  ck_assert_msg(st == (r->matches < 0 ? PINTLE_INVALID : PINTLE_OK), "%s", r->pattern);
  if (r->matches >= 0)
    ck_assert_msg(builtin_glob(str_of(r->pattern), str_of(r->text), '.') == (r->matches == 1), "%s %s", r->pattern, r->text);
}
END_TEST

static const struct glob_row patterns[] = {
    {"web", "my-web-1", 1},
    {"^web$", "web1", 0},
    {"^web-\\d+$", "web-12", 1},
    {"^web-\\D+$", "web-12", 0},
    {"^\\w+$", "a_1", 1},
    {"^\\w+$", "a-1", 0},
    {"^[\\w-]+$", "a-1", 1},
    {"^[^\\d]+$", "a1", 0},
    {"^[\\D]+$", "ab", 1},
    {"\\s", "a b", 1},
    {"^(?:a|b)+$", "abba", 1},
    {"^(?P<x>a){2}$", "aa", 1},
    {"^(?<x>a){2}$", "aaa", 0},
    {"^a{2,}$", "aaaa", 1},
    {"^a{2,3}$", "aaaa", 0},
    {"^a{,3}$", "a{,3}", 1},
    {"a{x", "a{x", 1},
    {"^a*?$", "aaa", 1},
    {"^a{2}?$", "aa", 1},
    {"(?i)^WEB$", "web", 1},
    {"^.+\\.io$", "x.io", 1},
    {"^.+\\.io$", "xzio", 0},
    {"\\Aa\\z", "a", 1},
    {"\\bweb\\b", "my-web-1", 1},
    {"\\bweb\\b", "myweb-1", 0},
    {"^[]a]+$", "]a", 1},
    {"^[^]a]+$", "]a", 0},
    {"^[a\\]^-]+$", "a]^-", 1},
    {"^[[:alpha:]]+$", "ab", 1},
    {"^[[:^alpha:]]+$", "ab", 0},
    {"^[+--]$", ",", 1},
    {"^[\\^]$", "^", 1},
    {"a||b", "", 1},
    {"()", "x", 1},
    {"x|^$", "", 1},
    {"^\\-\\_\\/$", "", -1}, /* \_ is no escape in Go either */
    {"^\\-\\/\\.$", "-/.", 1},
    {"\\1", "", -1},
    {"(?s)a", "", -1},
    {"(?i:a)", "", -1},
    {"(?=a)", "", -1},
    {"(?<=a)", "", -1},
    {"\\pL", "", -1},
    {"\\x41", "", -1},
    {"\\Qa\\E", "", -1},
    {"a**", "", -1},
    {"*a", "", -1},
    {"^*", "", -1},
    {"a{1001}", "", -1},
    {"(a{100}){100}", "", -1},
    {"(a", "", -1},
    {"a)", "", -1},
    {"[a", "", -1},
    {"[b-a]", "", -1},
    {"[[:x:]]", "", -1},
    {"a\\", "", -1},
    {"\303\244", "", -1},
};
START_TEST(regex) {
  const struct glob_row *r = &patterns[_i];
  regex_t compiled;
  error e;
  pintle_status st = builtin_regex(str_of(r->pattern), &compiled, &e);
  ck_assert_msg(st == (r->matches < 0 ? PINTLE_INVALID : PINTLE_OK), "%s: %s", r->pattern, st == PINTLE_OK ? "taken" : e.message);
  if (st != PINTLE_OK) return;
  ck_assert_msg((regexec(&compiled, r->text, 0, NULL, 0) == 0) == (r->matches == 1), "%s %s", r->pattern, r->text);
  regfree(&compiled);
}
END_TEST

/* ---- rules */
static buf told; /* counters and findings, in order */
static void count(void *ctx, const char *counter, int64_t n) {
  (void)ctx;
  if (n) buf_printf(&told, "%s %" PRId64 "\n", counter, n);
}
static void finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  (void)ctx, (void)code;
  buf_printf(&told, "%s %s%s\n", severity == PINTLE_LOG_ERROR ? "error" : "warning", pointer, text);
}

/* What the rules (JSON of the step's configuration) make of the item; wanted NULL: it stays. said NULL: nobody asks. */
static void expect(const char *rules, const char *item, const char *wanted, const char *said) {
  host_services services = {.count = count, .finding = finding};
  host_module *m;
  host_call *call;
  host_instance instance;
  host_result result = {0};
  item_doc *run, *doc;
  buf config = {0}, out = {0};
  error e = {0};
  buf_clear(&told);
  buf_printf(&config, "{\"rules\":[%s]}", rules);
  ck_assert_int_eq(item_new(&run), PINTLE_OK);
  ck_assert_int_eq(item_new(&doc), PINTLE_OK);
  ck_assert_msg(item_parse(doc, str_of(item), ITEM_KUBERNETES, NULL, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_int_eq(host_call_new(&services, &call), PINTLE_OK);
  ck_assert_int_eq(host_module_adopt(&builtin_plugin, "pintle", &m, &e), PINTLE_OK);
  ck_assert_msg(host_instance_create(m, CONF_RESTORE_ITEM_ACTION, BUILTIN_MODIFIERS, buf_str(&config), call, INT64_MAX, &instance, &e) ==
                    PINTLE_OK,
                "%s", e.message);
  bool pod = strcmp(item_str(doc, "/kind", "").ptr, "Pod") == 0;
  pintle_id id = {pod ? "" : "apps", "v1", pod ? "pods" : "deployments", "ns", "x"};
  HOST_PADDED(pintle_input) in = {.v = {.struct_size = sizeof(pintle_input), .id = &id, .run = item_handle(run)}};
  host_call_begin(call, instance.config, INT64_MAX);
  host_result_begin(&result, call, HOST_RESULT_NOTE, false);
  item_begin(doc);
  pintle_status st = instance.tables->ops.restore->execute(instance.self, host_call_handle(call), item_handle(doc), &in.v, &result.base);
  st = host_call_end(call, st, &e);
  ck_assert_msg(st == PINTLE_OK, "%s", e.message);
  ck_assert_int_eq(item_commit(doc, NULL), PINTLE_OK);
  ck_assert_int_eq(item_print(doc, NULL, 0, &out), PINTLE_OK);
  ck_assert_str_eq(out.data, wanted ? wanted : item);
  if (said) ck_assert_str_eq(buf_z(&told), said);
  host_instance_destroy(&instance);
  host_module_close(m);
  host_result_free(&result);
  host_call_free(call);
  item_free(doc);
  item_free(run);
  buf_free(&config);
  buf_free(&out);
}

#define POD(rest) \
  "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web-1\",\"namespace\":\"ns\",\"labels\":{\"a\":\"b\"}}" rest "}"
#define RULE(conditions, patch) "{\"at\":\"m:1:1\",\"groupResource\":\"pods\"" conditions "," patch "}"
#define PATCHES(ops) RULE("", "\"patches\":[" ops "]")
#define TO_X "\"mergePatches\":[{\"x\":1}]"
#define APPLIED "rule 1 at m:1:1 1\n"

START_TEST(json_patches) {
  static const char *const rows[][4] = {
      /* operations, the Pod's rest, what that becomes (NULL: itself), what is said */
      {"{\"op\":\"replace\",\"path\":\"/s\",\"from\":\"\",\"value\":2}", ",\"s\":1", ",\"s\":2", APPLIED},
      {"{\"op\":\"add\",\"path\":\"/l/-\",\"from\":\"\",\"value\":2}", ",\"l\":[1]", ",\"l\":[1,2]", APPLIED},
      {"{\"op\":\"add\",\"path\":\"/l/-1\",\"from\":\"\",\"value\":2}", ",\"l\":[1]", ",\"l\":[1,2]", APPLIED},
      {"{\"op\":\"add\",\"path\":\"/l/-2\",\"from\":\"\",\"value\":2}", ",\"l\":[1]", ",\"l\":[2,1]", APPLIED},
      {"{\"op\":\"remove\",\"path\":\"/l/-1\",\"from\":\"\"}", ",\"l\":[1,2]", ",\"l\":[1]", APPLIED},
      {"{\"op\":\"replace\",\"path\":\"/l/-1/n\",\"from\":\"\",\"value\":3}", ",\"l\":[{\"n\":1},{\"n\":2}]",
       ",\"l\":[{\"n\":1},{\"n\":3}]", APPLIED},
      {"{\"op\":\"move\",\"path\":\"/l/-1\",\"from\":\"/l/0\"}", ",\"l\":[1,2,3]", ",\"l\":[2,3,1]", APPLIED},
      {"{\"op\":\"copy\",\"path\":\"/t\",\"from\":\"/s\"}", ",\"s\":1.0", ",\"s\":1.0,\"t\":1.0", APPLIED},
      /* a test that fails: nothing, and no word */
      {"{\"op\":\"replace\",\"path\":\"/s\",\"from\":\"\",\"value\":2},{\"op\":\"test\",\"path\":\"/s\",\"from\":\"\",\"value\":3}",
       ",\"s\":1", NULL, APPLIED},
      {"{\"op\":\"test\",\"path\":\"/t\",\"from\":\"\",\"value\":3},{\"op\":\"remove\",\"path\":\"/s\",\"from\":\"\"}", ",\"s\":1", NULL,
       APPLIED},
      {"{\"op\":\"test\",\"path\":\"/t\",\"from\":\"\",\"value\":null},{\"op\":\"remove\",\"path\":\"/s\",\"from\":\"\"}", ",\"s\":1", "",
       APPLIED},
      /* a test of what nothing could hold is an error */
      {"{\"op\":\"test\",\"path\":\"/t/u\",\"from\":\"\",\"value\":3}", ",\"s\":1", NULL,
       APPLIED "error rule 1 at m:1:1 was not applied: patches[0], test /t/u: there is no such place\n"},
      /* all or nothing */
      {"{\"op\":\"remove\",\"path\":\"/s\",\"from\":\"\"},{\"op\":\"replace\",\"path\":\"/t\",\"from\":\"\",\"value\":1}", ",\"s\":1", NULL,
       APPLIED "error rule 1 at m:1:1 was not applied: patches[1], replace /t: there is no such place\n"},
      {"{\"op\":\"move\",\"path\":\"/t\",\"from\":\"/u\"}", ",\"s\":1", NULL,
       APPLIED "error rule 1 at m:1:1 was not applied: patches[0], move /u to /t: there is no such place\n"},
      {"{\"op\":\"remove\",\"path\":\"/kind\",\"from\":\"\"}", "", NULL,
       APPLIED "error rule 1 at m:1:1 was not applied: the item would be left without a kind\n"},
      {"{\"op\":\"add\",\"path\":\"/l/5\",\"from\":\"\",\"value\":2}", ",\"l\":[1]", NULL,
       APPLIED "error rule 1 at m:1:1 was not applied: patches[0], add /l/5: there is no such place\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    buf rule = {0}, item = {0}, wanted = {0};
    buf_printf(&rule, PATCHES("%s"), rows[i][0]);
    buf_printf(&item, POD("%s"), rows[i][1]);
    buf_printf(&wanted, POD("%s"), rows[i][2] ? rows[i][2] : rows[i][1]);
    expect(rule.data, item.data, wanted.data, rows[i][3]);
    buf_free(&rule);
    buf_free(&item);
    buf_free(&wanted);
  }
}
END_TEST

#define NEAR(what) "rule 1 at m:1:1, but for " what " 1\n"
START_TEST(conditions) {
  static const char *const rows[][2] = {
      {"", APPLIED},
      {",\"namespaces\":[\"other\",\"n*\"]", APPLIED},
      {",\"namespaces\":[\"*\"]", APPLIED},
      {",\"namespaces\":[\"other\"]", NEAR("its namespaces")},
      {",\"name\":\"^web-[0-9]$\"", APPLIED},
      {",\"name\":\"^web$\"", NEAR("its resourceNameRegex")},
      {",\"labels\":{\"matchLabels\":{\"a\":\"b\"}}", APPLIED},
      {",\"labels\":{}", APPLIED},
      {",\"labels\":{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"DoesNotExist\"}]}", NEAR("its labelSelector")},
      {",\"matches\":[{\"path\":\"/metadata/labels/a\",\"value\":\"b\"},{\"path\":\"/spec\",\"value\":null}]", APPLIED},
      {",\"matches\":[{\"path\":\"/metadata/labels/a\",\"value\":\"c\"}]", NEAR("its matches")},
      {",\"matches\":[{\"path\":\"/a/b/c\",\"value\":\"c\"}]", NEAR("its matches")},
      {",\"namespaces\":[\"other\"],\"name\":\"^x$\"", ""}, /* two: not near */
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    buf rule = {0};
    buf_printf(&rule, RULE("%s", TO_X), rows[i][0]);
    expect(rule.data, POD(""), strcmp(rows[i][1], APPLIED) == 0 ? POD(",\"x\":1") : NULL, rows[i][1]);
    buf_free(&rule);
  }
  /* an element that is not there cannot be judged: an error, as in Velero */
  expect(RULE(",\"matches\":[{\"path\":\"/l/1\",\"value\":1}]", TO_X), POD(",\"l\":[1]"), NULL,
         "error rule 1 at m:1:1 was not applied: matches[0]: there is no element /l/1\n");
  expect(RULE("", TO_X), "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"}}", NULL, "");
  expect("{\"at\":\"m:1:1\",\"groupResource\":\"deployments\"," TO_X "}",
         "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"}}", NULL,
         NEAR("its groupResource: they are deployments.apps"));
  expect("{\"at\":\"m:1:1\",\"groupResource\":\"namespaces\"," TO_X "}",
         "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"x\"}}", NULL,
         NEAR("being Namespaces: as in Velero, modifiers do not see them"));
}
END_TEST

START_TEST(several) {
  /* conditions see the item as it came, patches what the rule before made */
  expect(PATCHES("{\"op\":\"add\",\"path\":\"/s\",\"from\":\"\",\"value\":2}") "," RULE(
             ",\"matches\":[{\"path\":\"/s\",\"value\":1}]", "\"patches\":[{\"op\":\"copy\",\"path\":\"/t\",\"from\":\"/s\"}]"),
         POD(",\"s\":1"), POD(",\"s\":2,\"t\":2"), "rule 1 at m:1:1 1\nrule 2 at m:1:1 1\n");
  /* one that fails does not hold up the next */
  expect(PATCHES("{\"op\":\"remove\",\"path\":\"/s\",\"from\":\"\"}") "," RULE("", TO_X), POD(""), POD(",\"x\":1"),
         "rule 1 at m:1:1 1\nerror rule 1 at m:1:1 was not applied: patches[0], remove /s: there is no such place\nrule 2 at m:1:1 1\n");
  /* several patches of one rule, in order; arrays and nulls as RFC 7396 has them */
  expect(RULE("", "\"mergePatches\":[{\"x\":[1],\"metadata\":{\"labels\":null}},{\"x\":[2]}]"), POD(""),
         "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web-1\",\"namespace\":\"ns\"},\"x\":[2]}", APPLIED);
  expect(RULE("", "\"strategicPatches\":[{\"spec\":{\"containers\":[{\"name\":\"b\",\"i\":2}]}},{\"spec\":{\"containers\":[{\"name\":\"a\","
                  "\"i\":3}]}}]"),
         POD(",\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}"),
         POD(",\"spec\":{\"containers\":[{\"name\":\"a\",\"i\":3},{\"name\":\"b\",\"i\":2}]}"), APPLIED);
  /* the second fails: neither counts */
  expect(RULE("", "\"strategicPatches\":[{\"x\":1},{\"spec\":{\"containers\":[{\"i\":3}]}}]"),
         POD(",\"spec\":{\"containers\":[{\"name\":\"a\"}]}"), NULL,
         APPLIED "error rule 1 at m:1:1 was not applied: strategicPatches[1]: an element of the patch lacks its merge key, \"name\"\n");
  expect("{\"at\":\"m:1:1\",\"groupResource\":\"**\",\"strategicPatches\":[{\"x\":1}]}",
         "{\"apiVersion\":\"example.com/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"}}", NULL,
         APPLIED
         "error rule 1 at m:1:1 was not applied: strategicPatches: example.com/v1 Deployment is no kind of Kubernetes itself; mergePatches "
         "work on every kind\n");
  /* Velero puts the item where its mapping says */
  expect(PATCHES("{\"op\":\"replace\",\"path\":\"/metadata/namespace\",\"from\":\"\",\"value\":\"y\"}"), POD(""), NULL,
         APPLIED "warning /metadata/namespaceresource modifiers cannot move an item to another namespace; --namespace-mappings can\n");
}
END_TEST

int main(void) {
  Suite *s = suite_create("builtin_modifiers");
  TCase *t = tcase_create("modifiers");
  tcase_add_loop_test(t, value, 0, sizeof values / sizeof *values);
  tcase_add_loop_test(t, glob, 0, sizeof globs / sizeof *globs);
  tcase_add_loop_test(t, regex, 0, sizeof patterns / sizeof *patterns);
  tcase_add_test(t, json_patches);
  tcase_add_test(t, conditions);
  tcase_add_test(t, several);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
