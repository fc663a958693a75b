/* test_conf_options.c -- an action's options: layers, types, references, places.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/options.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OPTION(n, t, ...) \
  { .struct_size = sizeof(pintle_option), .type = (t), .name = (n), __VA_ARGS__ }
static const pintle_option table[] = {
    OPTION("endpoint", PINTLE_OPT_STRING, .help = "address of the server"),
    OPTION("force", PINTLE_OPT_BOOL, .fallback = "false"),
    OPTION("retries", PINTLE_OPT_INT, .fallback = "3"),
    OPTION("interval", PINTLE_OPT_DURATION, .fallback = "30s"),
    OPTION("partSize", PINTLE_OPT_SIZE, .fallback = "4Mi"),
    OPTION("mapping", PINTLE_OPT_JSON, .fallback = NULL),
    OPTION("mode", PINTLE_OPT_STRING, .choices = "fast|safe|off"),
    OPTION("token", PINTLE_OPT_STRING, .flags = PINTLE_SECRET),
    OPTION("pin", PINTLE_OPT_INT, .flags = PINTLE_SECRET),
};
enum { N_TABLE = sizeof table / sizeof *table };

static void list_table(const pintle_option *list[N_TABLE + 1]) {
  for (int i = 0; i < N_TABLE; i++) list[i] = &table[i];
  list[N_TABLE] = NULL;
}

static const char *get_variable(void *ctx, const char *name) {
  (void)ctx;
  if (strcmp(name, "TOKEN") == 0) return "s3cret\n";
  if (strcmp(name, "RETRIES") == 0) return "7";
  if (strcmp(name, "BROKEN") == 0) return "\xff\xfe";
  return strcmp(name, "EMPTY") == 0 ? "" : NULL;
}
static const conf_environment environment = {get_variable, NULL};

/* A chain file whose only action has this configuration; its config begins in line 7. */
static conf_set chain_of(const char *config) {
  conf_set s = {0};
  error e;
  CLEANUP(buf_free) buf yaml = {0};
  buf_printf(&yaml, "apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec:\n  actions:\n  - name: a.b/c\n%s",
             config);
  error_clear(&e);
  ck_assert_msg(conf_set_add(&s, "chain.yaml", buf_str(&yaml), &e) == PINTLE_OK, "%s at %s", e.message, e.place);
  return s;
}
static conf_layer chain_layer(const conf_set *s) {
  return (conf_layer){.source = "chain file", .document = s->v[0], .object = item_at(s->v[0]->doc, "/spec/actions/0/config")};
}
static conf_set map_of(const char *data) {
  conf_set s = {0};
  error e;
  CLEANUP(buf_free) buf yaml = {0};
  buf_printf(&yaml, "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data:\n%s}\n", data);
  error_clear(&e);
  ck_assert_msg(conf_set_add(&s, "map.yaml", buf_str(&yaml), &e) == PINTLE_OK, "%s at %s", e.message, e.place);
  return s;
}

static void expect(const conf_layer *layers, size_t n, uint32_t flags, const char *json) {
  const pintle_option *list[N_TABLE + 1];
  CLEANUP(buf_free) buf out = {0};
  error e;
  error_clear(&e);
  list_table(list);
  ck_assert_msg(conf_options(list, flags, layers, n, &environment, &out, &e) == PINTLE_OK, "%s at %s", e.message, e.place);
  ck_assert_str_eq(buf_z(&out), json);
}

START_TEST(defaults) { expect(NULL, 0, 0, "{\"force\":false,\"retries\":3,\"interval\":30000000000,\"partSize\":4194304}"); }
END_TEST

START_TEST(types_from_yaml) {
  conf_set s =
      chain_of("    config:\n      endpoint: 8080\n      force: 'T'\n      retries: '-5'\n      interval: 1m30s\n      partSize: 10M\n"
               "      mapping: {a: [1.0, null], b: 12345678901234567890}\n      mode: safe\n      token: true\n      bucket: 1\n");
  conf_layer l = chain_layer(&s);
  expect(&l, 1, 0,
         "{\"endpoint\":\"8080\",\"force\":true,\"retries\":-5,\"interval\":90000000000,\"partSize\":10000000,"
         "\"mapping\":{\"a\":[1.0,null],\"b\":12345678901234567890},\"mode\":\"safe\",\"token\":\"true\",\"bucket\":\"1\"}");
  conf_set_free(&s);
  s = chain_of("    config: {mapping: 'a: b', force: 1, interval: 0, partSize: 1e3, retries: ~}\n");
  l = chain_layer(&s);
  expect(&l, 1, 0, "{\"force\":true,\"retries\":3,\"interval\":0,\"partSize\":1000,\"mapping\":\"a: b\"}");
  conf_set_free(&s);
}
END_TEST

START_TEST(types_from_text) {
  conf_set s = map_of(
      "{force: '0', retries: '9223372036854775807', interval: '0', partSize: 1.5Gi, mapping: 'a: {b: yes}', mode: 'off', endpoint: ''}");
  conf_layer l = {.source = "ConfigMap velero/x", .document = s.v[0], .object = item_at(s.v[0]->doc, "/data")};
  expect(&l, 1, 0,
         "{\"endpoint\":\"\",\"force\":false,\"retries\":9223372036854775807,\"interval\":0,\"partSize\":1610612736,"
         "\"mapping\":{\"a\":{\"b\":true}},\"mode\":\"off\"}");
  conf_set_free(&s);
}
END_TEST

START_TEST(sizes) {
  static const struct {
    const char *text, *bytes;
  } good[] = {{"0", "0"},
              {"512", "512"},
              {"1k", "1000"},
              {"1Ki", "1024"},
              {"0.5Ki", "512"},
              {"2.50M", "2500000"},
              {"1E", "1000000000000000000"},
              {"7Ei", "8070450532247928832"},
              {"1.5Ei", "1729382256910270464"},
              {"12e2", "1200"},
              {"1200E-2", "12"},
              {"3000m", "3"},
              {"+1Ti", "1099511627776"}};
  static const struct {
    const char *text, *message, *hint;
  } bad[] = {
      {"4MB", "option \"partSize\": \"4MB\" has an unknown unit", "did you mean \"4M\"?"},
      {"4mib", "option \"partSize\": \"4mib\" has an unknown unit", "did you mean \"4Mi\"?"},
      {"4K", "option \"partSize\": \"4K\" has an unknown unit", "did you mean \"4k\"?"},
      {"4 M", "option \"partSize\": \"4 M\" has an unknown unit",
       "write bytes, or a number with k, M, G, T or Ki, Mi, Gi, Ti, such as 64Mi"},
      {"100m", "option \"partSize\": \"100m\" is not a whole number of bytes", "m is a thousandth; did you mean M or Mi?"},
      {"1.5", "option \"partSize\": \"1.5\" is not a whole number of bytes",
       "write bytes, or a number with k, M, G, T or Ki, Mi, Gi, Ti, such as 64Mi"},
      {"-1", "option \"partSize\": \"-1\" is negative", "write bytes, or a number with k, M, G, T or Ki, Mi, Gi, Ti, such as 64Mi"},
      {"8Ei", "option \"partSize\": \"8Ei\" is too large", "write bytes, or a number with k, M, G, T or Ki, Mi, Gi, Ti, such as 64Mi"},
      {"1e99", "option \"partSize\": \"1e99\" is too large", "write bytes, or a number with k, M, G, T or Ki, Mi, Gi, Ti, such as 64Mi"},
      {"big", "option \"partSize\": \"big\" is not a size", "write bytes, or a number with k, M, G, T or Ki, Mi, Gi, Ti, such as 64Mi"}};
  const pintle_option *list[] = {&table[4], NULL};
  char config[128], json[128];
  for (size_t i = 0; i < sizeof good / sizeof *good + sizeof bad / sizeof *bad; i++) {
    size_t k = i - sizeof good / sizeof *good;
    bool fine = i < sizeof good / sizeof *good;
    snprintf(config, sizeof config, "    config: {partSize: '%s'}\n", fine ? good[i].text : bad[k].text);
    conf_set s = chain_of(config);
    conf_layer l = chain_layer(&s);
    CLEANUP(buf_free) buf out = {0};
    error e;
    error_clear(&e);
    pintle_status st = conf_options(list, 0, &l, 1, NULL, &out, &e);
    if (fine) {
      snprintf(json, sizeof json, "{\"partSize\":%s}", good[i].bytes);
      ck_assert_msg(st == PINTLE_OK, "%s", e.message);
      ck_assert_str_eq(buf_z(&out), json);
    } else {
      ck_assert_int_eq(st, PINTLE_INVALID);
      ck_assert_str_eq(e.message, bad[k].message);
      ck_assert_str_eq(e.hint, bad[k].hint);
    }
    conf_set_free(&s);
  }
}
END_TEST

START_TEST(later_layers_win_key_by_key) {
  conf_set chain = chain_of("    config:\n      endpoint: one\n      retries: 1\n      mapping:\n        a:\n        - b\n        - c\n");
  conf_set map = map_of("{endpoint: two,\n mapping: 'z: 1'}");
  item_doc *init = NULL;
  error e;
  char to[64];
  const pintle_option *list[N_TABLE + 1];
  list_table(list);
  ck_assert_int_eq(item_new(&init), PINTLE_OK);
  ck_assert_int_eq(item_parse(init, STR("{\"endpoint\":\"three\",\"bucket\":\"b\"}"), 0, NULL, &e), PINTLE_OK);
  conf_layer l[] = {chain_layer(&chain),
                    {.source = "ConfigMap velero/x", .document = map.v[0], .object = item_at(map.v[0]->doc, "/data")},
                    {.source = "BackupStorageLocation default", .object = item_root(init), .text = true}};
  expect(l, 1, 0,
         "{\"endpoint\":\"one\",\"force\":false,\"retries\":1,\"interval\":30000000000,\"partSize\":4194304,\"mapping\":{\"a\":[\"b\","
         "\"c\"]}}");
  ck_assert_str_eq(conf_options_place(l, 1, "/mapping/a/1", to, sizeof to), "chain.yaml:13:11");
  ck_assert_str_eq(conf_options_place(l, 1, "/mapping/a/9/x", to, sizeof to), "chain.yaml:12:9");
  ck_assert_str_eq(conf_options_place(l, 1, "", to, sizeof to), "chain.yaml:8:7");
  expect(l, 3, 0,
         "{\"endpoint\":\"three\",\"force\":false,\"retries\":1,\"interval\":30000000000,\"partSize\":4194304,\"mapping\":{\"z\":1},"
         "\"bucket\":\"b\"}");
  ck_assert_str_eq(conf_options_place(l, 3, "/mapping/z", to, sizeof to), "map.yaml:3:11");
  ck_assert_str_eq(conf_options_place(l, 3, "/retries", to, sizeof to), "chain.yaml:9:16");
  ck_assert_str_eq(conf_options_place(l, 3, "/endpoint", to, sizeof to), "BackupStorageLocation default: endpoint");
  ck_assert_str_eq(conf_options_place(l, 3, "/force", to, sizeof to), "default of \"force\"");
  ck_assert_str_eq(conf_options_source(list, l, 3, "endpoint"), "BackupStorageLocation default");
  ck_assert_str_eq(conf_options_source(list, l, 3, "mapping"), "ConfigMap velero/x");
  ck_assert_str_eq(conf_options_source(list, l, 3, "retries"), "chain file");
  ck_assert_str_eq(conf_options_source(list, l, 3, "force"), "default");
  ck_assert_ptr_null(conf_options_source(list, l, 3, "mode"));
  item_free(init);
  conf_set_free(&chain);
  conf_set_free(&map);
}
END_TEST

START_TEST(references) {
  char dir[] = "/tmp/pintle-conf-XXXXXX", path[128], yaml[512];
  ck_assert_ptr_nonnull(mkdtemp(dir));
  snprintf(path, sizeof path, "%s/token", dir);
  FILE *f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  fputs("line one\nline two\n\n", f);
  fclose(f);
  snprintf(yaml, sizeof yaml,
           "    config: {token: {fromFile: %s}, retries: {fromEnv: RETRIES}, endpoint: {fromEnv: EMPTY}, mapping: {fromFile: %s}}\n", path,
           path);
  conf_set s = chain_of(yaml);
  conf_layer l = chain_layer(&s);
  expect(&l, 1, 0,
         "{\"endpoint\":\"\",\"force\":false,\"retries\":7,\"interval\":30000000000,\"partSize\":4194304,"
         "\"mapping\":\"line one line two\",\"token\":\"line one\\nline two\\n\"}");
  conf_set_free(&s);
  /* a relative path begins beside the configuration file */
  snprintf(path, sizeof path, "%s/chain.yaml", dir);
  error e;
  ck_assert_int_eq(
      conf_set_add(&s, path, STR("{kind: PluginChain, config: {token: {fromFile: token}, mapping: {fromFile: x, other: 1}}}"), &e),
      PINTLE_OK);
  l = (conf_layer){.source = "chain file", .document = s.v[0], .object = item_at(s.v[0]->doc, "/config")};
  expect(&l, 1, 0,
         "{\"force\":false,\"retries\":3,\"interval\":30000000000,\"partSize\":4194304,"
         "\"mapping\":{\"fromFile\":\"x\",\"other\":1},\"token\":\"line one\\nline two\\n\"}");
  conf_set_free(&s);
  snprintf(path, sizeof path, "%s/token", dir);
  unlink(path);
  rmdir(dir);
}
END_TEST

/* What is wrong in a file that an option names stands there. */
START_TEST(place_in_a_file) {
  char dir[] = "/tmp/pintle-conf-XXXXXX", map[128], chain[128], place[200], right[200];
  ck_assert_ptr_nonnull(mkdtemp(dir));
  snprintf(map, sizeof map, "%s/map.yaml", dir);
  snprintf(chain, sizeof chain, "%s/chain.yaml", dir);
  FILE *f = fopen(map, "w");
  ck_assert_ptr_nonnull(f);
  fputs("a:\n- x\n- {b/c: 1}\n", f);
  fclose(f);
  conf_set s = {0};
  error e;
  ck_assert_int_eq(conf_set_add(&s, chain, STR("{kind: PluginChain, config: {mapping: {fromFile: map.yaml}}}"), &e), PINTLE_OK);
  const conf_layer l = {.source = "chain file", .document = s.v[0], .object = item_at(s.v[0]->doc, "/config")};
  snprintf(right, sizeof right, "%s:3:9", map);
  ck_assert_str_eq(conf_options_fault(&l, 1, "/mapping/a/1/b~1c", place, sizeof place), right);
  snprintf(right, sizeof right, "%s:1:39", chain);
  ck_assert_str_eq(conf_options_fault(&l, 1, "/mapping", place, sizeof place), right);
  ck_assert_str_eq(conf_options_fault(&l, 1, "/mapping/none", place, sizeof place), right);
  ck_assert_str_eq(conf_options_place(&l, 1, "/mapping/a/1/b~1c", place, sizeof place), right);
  unlink(map);
  ck_assert_str_eq(conf_options_fault(&l, 1, "/mapping/a/1/b~1c", place, sizeof place), right);
  rmdir(dir);
  conf_set_free(&s);
}
END_TEST

/* Text layers name no files: who may edit a ConfigMap may not read the host. */
START_TEST(text_refers_to_nothing) {
  item_doc *init = NULL;
  error e;
  ck_assert_int_eq(item_new(&init), PINTLE_OK);
  ck_assert_int_eq(item_parse(init, STR("{\"mapping\":\"{fromFile: /etc/passwd}\"}"), 0, NULL, &e), PINTLE_OK);
  conf_layer l = {.source = "ConfigMap velero/x", .object = item_root(init), .text = true};
  expect(&l, 1, 0,
         "{\"force\":false,\"retries\":3,\"interval\":30000000000,\"partSize\":4194304,\"mapping\":{\"fromFile\":\"/etc/passwd\"}}");
  item_free(init);
}
END_TEST

/* A document as a whole, over the chain file's value; its members are no options. */
START_TEST(one_option_is_the_whole) {
  conf_set chain = chain_of("    config: {mapping: {a: b}, force: true}\n"), map = map_of("{strange: 'x'}");
  conf_layer layers[] = {chain_layer(&chain), {"ConfigMap x", map.v[0], item_root(map.v[0]->doc), true, "mapping"}};
  char place[300];
  expect(layers, 2, 0,
         "{\"force\":true,\"retries\":3,\"interval\":30000000000,\"partSize\":4194304,\"mapping\":{\"apiVersion\":\"v1\",\"kind\":"
         "\"ConfigMap\",\"metadata\":{\"name\":\"x\"},\"data\":{\"strange\":\"x\"}}}");
  ck_assert_str_eq(conf_options_place(layers, 2, "/mapping/data/strange", place, sizeof place), "map.yaml:2:11");
  ck_assert_str_eq(conf_options_source(NULL, layers, 2, "mapping"), "ConfigMap x");
  ck_assert_ptr_null(conf_options_source(NULL, layers, 2, "data"));
  conf_set_free(&chain);
  conf_set_free(&map);
}
END_TEST

START_TEST(open_configuration) {
  conf_set s = chain_of("    config: {gp2: gp3, num: 1.50, nested: {a: [b]}, ref: {fromEnv: TOKEN}}\n");
  conf_layer l = chain_layer(&s);
  expect(&l, 1, PINTLE_OPEN_CONFIG,
         "{\"force\":false,\"retries\":3,\"interval\":30000000000,\"partSize\":4194304,"
         "\"gp2\":\"gp3\",\"num\":1.50,\"nested\":{\"a\":[\"b\"]},\"ref\":\"s3cret\"}");
  conf_set_free(&s);
}
END_TEST

static const struct fault_case {
  const char *config, *place, *message, *hint;
} faults[] = {
    {"    config:\n      endpont: x\n", "chain.yaml:8:7", "unknown option \"endpont\"", "did you mean \"endpoint\"?"},
    {"    config: {zzzzzzzz: x}\n", "chain.yaml:7:14", "unknown option \"zzzzzzzz\"",
     "options: endpoint, force, retries, interval, partSize, mapping, mode, token, pin"},
    {"    config: {buckt: x}\n", "chain.yaml:7:14", "unknown option \"buckt\"", "did you mean \"bucket\"?"},
    {"    config: {force: maybe}\n", "chain.yaml:7:21", "option \"force\": \"maybe\" is neither true nor false", "write true or false"},
    {"    config: {force: [true]}\n", "chain.yaml:7:21", "option \"force\" must be true or false, not a list", ""},
    {"    config: {retries: 1.5}\n", "chain.yaml:7:23", "option \"retries\": \"1.5\" is not a whole number of 64 bits",
     "write digits only"},
    {"    config: {retries: '9223372036854775808'}\n", "chain.yaml:7:23",
     "option \"retries\": \"9223372036854775808\" is not a whole number of 64 bits", "write digits only"},
    {"    config: {retries: ''}\n", "chain.yaml:7:23", "option \"retries\": \"\" is not a whole number of 64 bits", "write digits only"},
    {"    config: {interval: 30}\n", "chain.yaml:7:24", "option \"interval\": \"30\" is a duration without a unit",
     "did you mean \"30s\"?"},
    {"    config: {interval: soon}\n", "chain.yaml:7:24", "option \"interval\": \"soon\" is not a duration",
     "write a number with its unit, such as 500ms, 30s, 10m or 4h"},
    {"    config: {mode: fst}\n", "chain.yaml:7:20", "option \"mode\": \"fst\" is not one of its choices", "did you mean \"fast\"?"},
    {"    config: {mode: ludicrous}\n", "chain.yaml:7:20", "option \"mode\": \"ludicrous\" is not one of its choices",
     "possible: fast, safe, off"},
    {"    config: {endpoint: {fromfile: x}}\n", "chain.yaml:7:24", "option \"endpoint\" must be text, not a mapping",
     "a value from elsewhere is written {fromFile: \"...\"} and has no other key"},
    {"    config: {endpoint: {fromEnv: NOT_SET}}\n", "chain.yaml:7:34", "environment variable \"NOT_SET\" is not set",
     "set it where pintle is started, or write the value into a file and use fromFile"},
    {"    config: {endpoint: {fromEnv: BROKEN}}\n", "chain.yaml:7:24", "option \"endpoint\": the value is not UTF-8 text", ""},
    {"    config: {endpoint: {fromFile: /nonexistent/x}}\n", "chain.yaml:7:35", "cannot open /nonexistent/x: No such file or directory",
     ""},
    {"    config: {endpoint: {fromFile: ''}}\n", "chain.yaml:7:35", "fromFile must name a file", ""},
    /* secrets, and what came from elsewhere, are not shown */
    {"    config: {pin: hunter2}\n", "chain.yaml:7:19", "option \"pin\": the value is not a whole number of 64 bits", "write digits only"},
    {"    config: {retries: {fromEnv: TOKEN}}\n", "chain.yaml:7:23", "option \"retries\": the value is not a whole number of 64 bits",
     "write digits only"},
};

START_TEST(each_fault_has_its_place) {
  conf_set s = chain_of(faults[_i].config);
  conf_layer l = chain_layer(&s);
  const pintle_option *list[N_TABLE + 1];
  CLEANUP(buf_free) buf out = {0};
  error e;
  error_clear(&e);
  list_table(list);
  ck_assert_msg(conf_options(list, 0, &l, 1, &environment, &out, &e) == PINTLE_INVALID, "accepted: %s", faults[_i].config);
  ck_assert_str_eq(e.message, faults[_i].message);
  ck_assert_str_eq(e.place, faults[_i].place);
  ck_assert_str_eq(e.hint, faults[_i].hint);
  ck_assert_uint_eq(out.len, 0);
  conf_set_free(&s);
}
END_TEST

START_TEST(required_and_broken_defaults) {
  static const pintle_option key = OPTION("accessKey", PINTLE_OPT_STRING, .flags = PINTLE_REQUIRED, .help = "who signs");
  static const pintle_option broken = OPTION("wait", PINTLE_OPT_DURATION, .fallback = "soon");
  const pintle_option *list[] = {&key, NULL}, *list2[] = {&broken, NULL};
  conf_set s = chain_of("    config: {prefix: p}\n");
  conf_layer l = chain_layer(&s);
  buf out = {0};
  error e;
  error_clear(&e);
  ck_assert_int_eq(conf_options(list, 0, &l, 1, NULL, &out, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "option \"accessKey\" is required and not given");
  ck_assert_str_eq(e.hint, "accessKey: who signs");
  ck_assert_str_eq(e.place, "chain.yaml:7:13");
  ck_assert_int_eq(conf_options(list, 0, NULL, 0, NULL, &out, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.place, "");
  ck_assert_int_eq(conf_options(list2, 0, &l, 1, NULL, &out, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "option \"wait\": its default is not a duration");
  ck_assert_str_eq(e.place, "default of \"wait\"");
  ck_assert_int_eq(conf_options(NULL, 0, &l, 1, NULL, &out, &e), PINTLE_OK);
  ck_assert_str_eq(buf_z(&out), "{\"prefix\":\"p\"}");
  buf_free(&out);
  conf_set_free(&s);
}
END_TEST

/* Errors of a layer without a document name the layer and the key; YAML inside a text names its line. */
START_TEST(faults_in_text) {
  item_doc *init = NULL;
  error e;
  buf out = {0};
  const pintle_option *list[N_TABLE + 1];
  list_table(list);
  ck_assert_int_eq(item_new(&init), PINTLE_OK);
  ck_assert_int_eq(item_parse(init, STR("{\"mode\":\"quick\"}"), 0, NULL, &e), PINTLE_OK);
  conf_layer l = {.source = "ConfigMap velero/x", .object = item_root(init), .text = true};
  ck_assert_int_eq(conf_options(list, 0, &l, 1, NULL, &out, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.place, "ConfigMap velero/x: mode");
  ck_assert_int_eq(item_parse(init, STR("{\"mapping\":\"a: 1\\na: 2\\n\"}"), 0, NULL, &e), PINTLE_OK);
  l.object = item_root(init);
  ck_assert_int_eq(conf_options(list, 0, &l, 1, NULL, &out, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message,
                   "option \"mapping\": the value is not valid YAML in line 2, column 1 of it: key \"a\" occurs twice, first in line 1");
  ck_assert_int_eq(item_parse(init, STR("{\"mapping\":\"a: 1\\n---\\nb: 2\\n\"}"), 0, NULL, &e), PINTLE_OK);
  l.object = item_root(init);
  ck_assert_int_eq(conf_options(list, 0, &l, 1, NULL, &out, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "option \"mapping\": the value holds more than one YAML document");
  buf_free(&out);
  item_free(init);
}
END_TEST

int main(void) {
  Suite *s = suite_create("conf_options");
  TCase *t = tcase_create("all");
  tcase_add_test(t, defaults);
  tcase_add_test(t, types_from_yaml);
  tcase_add_test(t, types_from_text);
  tcase_add_test(t, sizes);
  tcase_add_test(t, later_layers_win_key_by_key);
  tcase_add_test(t, references);
  tcase_add_test(t, place_in_a_file);
  tcase_add_test(t, text_refers_to_nothing);
  tcase_add_test(t, one_option_is_the_whole);
  tcase_add_test(t, open_configuration);
  tcase_add_loop_test(t, each_fault_has_its_place, 0, (int)(sizeof faults / sizeof *faults));
  tcase_add_test(t, required_and_broken_defaults);
  tcase_add_test(t, faults_in_text);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
