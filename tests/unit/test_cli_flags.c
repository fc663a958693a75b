/* test_cli_flags.c -- flags: what is taken, what is refused, and what they make of a resource.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/selector.h"
#include "cli/spec.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define LEN(a) (sizeof(a) / sizeof *(a))

static const cli_flag table[] = {
    {"output", 'o', .type = FLAG_TEXT, .value = "FORMAT", .fallback = "table", .choices = "table|json|yaml", .help = ""},
    {"wait", 'w', .type = FLAG_BOOL, .help = ""},
    {"concurrency", .type = FLAG_NUMBER, .alias = "backup-concurrency", .value = "N", .fallback = "5", .help = ""},
    {"ttl", .type = FLAG_DURATION, .value = "DURATION", .help = ""},
    {"include-namespaces", .type = FLAG_LIST, .value = "NAMESPACES", .help = ""},
    {"plugin-dir", .type = FLAG_REPEAT, .value = "DIR", .help = ""},
    {"labels", .type = FLAG_LABELS, .value = "KEY=VALUE,...", .help = ""},
    {"old", .type = FLAG_TEXT, .value = "X", .refused = "use --new", .help = ""},
    {.name = NULL}};
static const cli_flag *const groups[] = {table, NULL};
static arena memory;
static cli_flags flags;
static error err;

/* Takes the words (NULL-ended); the status of the first that fails. */
static pintle_status take(const char *const *words) {
  int n = 0;
  pintle_status st = PINTLE_OK;
  while (words[n]) n++;
  arena_free(&memory);
  flags = (cli_flags){.groups = groups};
  error_clear(&err);
  for (int i = 0; i < n && st == PINTLE_OK; i++) st = cli_flags_take(&flags, &memory, n, words, &i, &err);
  return st;
}
#define TAKE(...) take((const char *const[]){__VA_ARGS__, NULL})

START_TEST(forms_of_a_value) {
  static const char *const forms[][3] = {{"--output", "json"}, {"--output=json"}, {"-o", "json"}, {"-ojson"},
                                         {"-o=json"},          {"-wo", "json"},   {"-wojson"}};
  for (size_t i = 0; i < LEN(forms); i++) {
    ck_assert_msg(take(forms[i]) == PINTLE_OK, "%s: %s", forms[i][0], err.message);
    ck_assert_str_eq(cli_text(&flags, "output"), "json");
  }
  ck_assert_int_eq(TAKE("-w"), PINTLE_OK);
  ck_assert_str_eq(cli_text(&flags, "output"), "table");
  ck_assert(!cli_given(&flags, "output") && cli_is(&flags, "wait"));
  ck_assert_int_eq(TAKE("--output=yaml", "--output=json"), PINTLE_OK);
  ck_assert_str_eq(cli_text(&flags, "output"), "json");
}
END_TEST

START_TEST(booleans_as_go_reads_them) {
  static const struct {
    const char *word;
    bool is;
  } good[] = {{"--wait", true}, {"--wait=true", true}, {"--wait=1", true}, {"--wait=T", true}, {"--wait=false", false}, {"-w=0", false}};
  for (size_t i = 0; i < LEN(good); i++) {
    ck_assert_msg(TAKE(good[i].word) == PINTLE_OK, "%s: %s", good[i].word, err.message);
    ck_assert_msg(cli_is(&flags, "wait") == good[i].is && cli_given(&flags, "wait"), "%s", good[i].word);
  }
  ck_assert_int_eq(TAKE("--wait=yes"), PINTLE_INVALID);
  ck_assert_str_eq(err.message, "--wait: \"yes\" is neither true nor false");
}
END_TEST

START_TEST(mistakes_name_the_right_flag) {
  static const struct {
    const char *words[3], *message, *hint;
  } bad[] = {
      {{"--include-namespace=a"}, "unknown flag --include-namespace", "did you mean --include-namespaces?"},
      {{"--inc", "a"}, "unknown flag --inc", "did you mean --include-namespaces?"}, /* no abbreviation, but the only one that begins so */
      {{"--concurency", "3"}, "unknown flag --concurency", "did you mean --concurrency?"},
      {{"-output", "json"}, "unknown flag -output", "did you mean --output?"},
      {{"--zzz"}, "unknown flag --zzz", ""},
      {{"-x"}, "unknown flag -x", ""},
      {{"--labels"}, "--labels needs a value", "--labels KEY=VALUE,..."},
      {{"-o", "jsn"}, "--output: \"jsn\" is not a valid value", "did you mean json? There are table|json|yaml"},
      {{"--ttl", "3 days"}, "--ttl: \"3 days\" is no duration", "write it as 90s, 10m, 1h30m or 720h"},
      {{"--ttl=-1h"}, "--ttl: \"-1h\" is no duration", "write it as 90s, 10m, 1h30m or 720h"},
      {{"--concurrency", "-1"}, "--concurrency: \"-1\" is no whole number from 0 to 999999999", ""},
      {{"--labels", "a=b,c"}, "--labels: \"c\" is no pair", "write it as KEY=VALUE,..."},
      {{"--old", "x"}, "--old is not available", "use --new"},
  };
  for (size_t i = 0; i < LEN(bad); i++) {
    ck_assert_msg(take(bad[i].words) == PINTLE_INVALID, "%s was taken", bad[i].words[0]);
    ck_assert_str_eq(err.message, bad[i].message);
    ck_assert_str_eq(err.hint, bad[i].hint);
  }
}
END_TEST

START_TEST(lists_repeat_and_split) {
  const char *const *list;
  ck_assert_int_eq(TAKE("--include-namespaces", "a,b", "-w", "--include-namespaces=c", "--plugin-dir", "x,y", "--plugin-dir=z"), PINTLE_OK);
  ck_assert_int_eq(cli_list(&flags, "include-namespaces", &memory, &list, &err), PINTLE_OK);
  ck_assert_str_eq(list[0], "a");
  ck_assert_str_eq(list[1], "b");
  ck_assert_str_eq(list[2], "c");
  ck_assert_ptr_null(list[3]);
  ck_assert_int_eq(cli_list(&flags, "plugin-dir", &memory, &list, &err), PINTLE_OK);
  ck_assert_str_eq(list[0], "x,y");
  ck_assert_str_eq(list[1], "z");
  ck_assert_ptr_null(list[2]);
}
END_TEST

START_TEST(numbers_and_aliases) {
  ck_assert_int_eq(TAKE("--backup-concurrency", "8", "--ttl", "1h30m"), PINTLE_OK);
  ck_assert_int_eq(cli_number(&flags, "concurrency"), 8);
  ck_assert_int_eq(cli_number(&flags, "ttl"), 5400LL * 1000000000);
  ck_assert_int_eq(TAKE("-w"), PINTLE_OK);
  ck_assert_int_eq(cli_number(&flags, "concurrency"), 5);
}
END_TEST

/* ---- a resource. The flags of `backup create` and `restore create` that have a field must give what Velero's command line gives. */
static void expect_spec(const cli_flag *one, const char *const *words, const char *begin, const char *expected) {
  const cli_flag *const tables[] = {one, cli_global_flags, NULL};
  item_doc *d = NULL;
  buf out = {0};
  int n = 0;
  while (words[n]) n++;
  cli_flags f = {.groups = tables};
  for (int i = 0; i < n; i++) ck_assert_msg(cli_flags_take(&f, &memory, n, words, &i, &err) == PINTLE_OK, "%s", err.message);
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_int_eq(item_parse(d, str_of(begin), 0, NULL, &err), PINTLE_OK);
  ck_assert_msg(cli_spec_fill(&f, &memory, d, &err) == PINTLE_OK, "%s", err.message);
  ck_assert_int_eq(item_print(d, NULL, ITEM_PRINT_SORTED, &out), PINTLE_OK);
  ck_assert_str_eq(buf_z(&out), expected);
  buf_free(&out);
  item_free(d);
}
#define EXPECT(table, expected, ...) expect_spec(table, (const char *const[]){__VA_ARGS__, NULL}, "{}", expected)

START_TEST(backup_flags_become_fields) {
  EXPECT(cli_backup_flags, "{\"spec\":{\"excludedNamespaces\":[\"x\"],\"includedNamespaces\":[\"a\",\"b-*\",\"c\"]}}",
         "--include-namespaces", "a,b-*", "--exclude-namespaces=x", "--include-namespaces", "c");
  EXPECT(cli_backup_flags, "{\"spec\":{\"includeClusterResources\":false,\"snapshotVolumes\":true,\"ttl\":\"240h0m0s\"}}", "--ttl", "240h",
         "--snapshot-volumes", "--include-cluster-resources=false");
  EXPECT(cli_backup_flags, "{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"x=y\"},\"namespace\":\"other\"}}", "--labels", "a=1,b=x=y", "-n",
         "other");
  EXPECT(cli_backup_flags,
         "{\"spec\":{\"orderedResources\":{\"persistentvolumeclaims\":\"n/c\",\"pods\":\"n1/a,n1/b\"},"
         "\"resourcePolicy\":{\"apiGroup\":\"\",\"kind\":\"configmap\",\"name\":\"p\"},\"uploaderConfig\":{\"parallelFilesUpload\":4}}}",
         "--ordered-resources", "pods=n1/a,n1/b; persistentvolumeclaims=n/c", "--resource-policies-configmap", "p",
         "--parallel-files-upload=4");
  EXPECT(cli_backup_own_flags, "{\"metadata\":{\"annotations\":{\"velero.io/pod-volume-timeout\":\"1h30m0s\"}}}", "--fs-backup-timeout",
         "90m");
  EXPECT(cli_restore_flags,
         "{\"spec\":{\"backupName\":\"b\",\"existingResourcePolicy\":\"update\",\"namespaceMapping\":{\"a\":\"b\",\"c\":\"d\"},"
         "\"restorePVs\":false,\"restoreStatus\":{\"includedResources\":[\"pods\"]}}}",
         "--from-backup", "b", "--namespace-mappings", "a:b,c:d", "--existing-resource-policy", "update", "--status-include-resources",
         "pods", "--restore-volumes=false");
  expect_spec(cli_backup_flags, (const char *const[]){"--labels", "b=2", NULL}, "{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"1\"}}}",
              "{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"2\"}}}");
}
END_TEST

START_TEST(selectors_become_label_selectors) {
  static const struct {
    const char *text, *json;
  } good[] = {
      {"a=b", "{\"matchLabels\":{\"a\":\"b\"}}"},
      {"a==b, c=d", "{\"matchLabels\":{\"a\":\"b\",\"c\":\"d\"}}"},
      {"", "{}"},
      {"a=", "{\"matchLabels\":{\"a\":\"\"}}"},
      {"!x", "{\"matchExpressions\":[{\"key\":\"x\",\"operator\":\"DoesNotExist\"}]}"},
      {"x", "{\"matchExpressions\":[{\"key\":\"x\",\"operator\":\"Exists\"}]}"},
      {"e in (g,f),h notin (i)", "{\"matchExpressions\":[{\"key\":\"e\",\"operator\":\"In\",\"values\":[\"f\",\"g\"]},"
                                 "{\"key\":\"h\",\"operator\":\"NotIn\",\"values\":[\"i\"]}]}"},
      {"a!=b", "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"NotIn\",\"values\":[\"b\"]}]}"},
      {"app.kubernetes.io/name=x,y in (z)", "{\"matchLabels\":{\"app.kubernetes.io/"
                                            "name\":\"x\"},\"matchExpressions\":[{\"key\":\"y\",\"operator\":\"In\",\"values\":[\"z\"]}]}"},
      {"a=1,a=2", "{\"matchLabels\":{\"a\":\"1\"},\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\",\"values\":[\"2\"]}]}"},
  };
  buf b = {0};
  for (size_t i = 0; i < LEN(good); i++) {
    buf_clear(&b);
    ck_assert_msg(cli_selector_json(str_of(good[i].text), &b, &err) == PINTLE_OK, "%s: %s", good[i].text, err.message);
    ck_assert_str_eq(buf_z(&b), good[i].json);
  }
  buf_clear(&b);
  ck_assert_int_eq(cli_selectors_json(STR("a=b or c in (d)"), &b, &err), PINTLE_OK);
  ck_assert_str_eq(buf_z(&b),
                   "[{\"matchLabels\":{\"a\":\"b\"}},{\"matchExpressions\":[{\"key\":\"c\",\"operator\":\"In\",\"values\":[\"d\"]}]}]");
  ck_assert_int_eq(cli_selector_json(STR("a>1"), &b, &err), PINTLE_INVALID);
  ck_assert_int_eq(cli_selector_json(STR("a=b=c"), &b, &err), PINTLE_INVALID);
  buf_free(&b);
}
END_TEST

START_TEST(filters_that_exclude_each_other) {
  static const char *const words[] = {"--include-resources=pods", "--exclude-cluster-scoped-resources=nodes"}, *const both[] = {
                                                                                                                   "-l", "a=b",
                                                                                                                   "--or-selector",
                                                                                                                   "a=b or c=d"};
  const cli_flag *const tables[] = {cli_backup_flags, NULL};
  item_doc *d = NULL;
  cli_flags f = {.groups = tables};
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  for (int i = 0; i < 2; i++) ck_assert_int_eq(cli_flags_take(&f, &memory, 2, words, &i, &err), PINTLE_OK);
  ck_assert_int_eq(cli_spec_fill(&f, &memory, d, &err), PINTLE_INVALID);
  f = (cli_flags){.groups = tables};
  for (int i = 0; i < 4; i++) ck_assert_int_eq(cli_flags_take(&f, &memory, 4, both, &i, &err), PINTLE_OK);
  ck_assert_int_eq(cli_spec_fill(&f, &memory, d, &err), PINTLE_INVALID);
  item_free(d);
}
END_TEST

/* ---- the table of commands */
START_TEST(verbs_both_ways) {
  static const struct {
    const char *first, *second, *noun, *verb;
  } words[] = {{"backup", "get", "backup", "get"},
               {"get", "backups", "backup", "get"},
               {"backups", "list", "backup", "get"},
               {"get", "backup", "backup", "get"},
               {"plugin", "get", "plugin", "list"},
               {"get", "plugins", "plugin", "list"},
               {"create", "restore", "restore", "create"},
               {"version", NULL, "version", NULL},
               {"get", "snapshot-locations", "snapshot-location", "get"},
               {"backup", "verify", "backup", "verify"}};
  for (size_t i = 0; i < LEN(words); i++) {
    const cli_command *k = cli_command_of(words[i].first, words[i].second);
    ck_assert_msg(k != NULL, "%s %s", words[i].first, words[i].second);
    ck_assert_str_eq(k->noun, words[i].noun);
    if (words[i].verb) ck_assert_str_eq(k->verb, words[i].verb);
  }
  ck_assert_ptr_null(cli_command_of("backup", NULL));
  ck_assert_ptr_null(cli_command_of("backup", "inspect"));
  ck_assert_str_eq(cli_nearest_word("creat", "backup"), "create");
  ck_assert_str_eq(cli_nearest_word("bakcup", NULL), "backup");
}
END_TEST

/* No flag twice in a command (by name, alias or letter), and every one with help, value and an example of its command. */
START_TEST(every_command_is_complete) {
  for (const cli_command *k = cli_commands; k->noun; k++) {
    ck_assert_msg(k->summary && k->examples && k->run, "%s", k->noun);
    for (size_t g = 0; k->groups[g]; g++)
      for (const cli_flag *f = k->groups[g]; f->name; f++) {
        cli_flags all = {.groups = k->groups};
        ck_assert_msg(cli_flag_named(&all, str_of(f->name)) == f, "%s %s: --%s twice", k->noun, k->verb ? k->verb : "", f->name);
        if (f->alias) ck_assert_msg(cli_flag_named(&all, str_of(f->alias)) == f, "--%s twice", f->alias);
        ck_assert_msg(f->refused || f->help, "--%s has no help", f->name);
        ck_assert_msg(f->type == FLAG_BOOL || f->value, "--%s has no value", f->name);
        for (size_t h = 0; f->letter && k->groups[h]; h++)
          for (const cli_flag *o = k->groups[h]; o->name; o++)
            ck_assert_msg(o == f || o->letter != f->letter, "%s %s: -%c twice", k->noun, k->verb ? k->verb : "", f->letter);
      }
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("cli_flags");
  TCase *t = tcase_create("all");
  tcase_add_test(t, forms_of_a_value);
  tcase_add_test(t, booleans_as_go_reads_them);
  tcase_add_test(t, mistakes_name_the_right_flag);
  tcase_add_test(t, lists_repeat_and_split);
  tcase_add_test(t, numbers_and_aliases);
  tcase_add_test(t, backup_flags_become_fields);
  tcase_add_test(t, selectors_become_label_selectors);
  tcase_add_test(t, filters_that_exclude_each_other);
  tcase_add_test(t, verbs_both_ways);
  tcase_add_test(t, every_command_is_complete);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  arena_free(&memory);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
