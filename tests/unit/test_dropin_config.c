/* test_dropin_config.c -- the files beside the drop-in: joined, chosen, in error.  SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "dropin/config.h"
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static char directory[] = "/tmp/pintle-test-XXXXXX";
static buf told;
static dropin_log l;
static dropin_config c;
static error e;

static void tell(void *ctx, int32_t level, str message) {
  (void)ctx;
  buf_printf(&told, "%d %.*s\n", level, (int)message.len, message.ptr);
}

static void write_file(const char *name, const char *text) {
  char path[200];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  ck_assert_int_eq(file_replace(AT_FDCWD, path, str_of(text), 0644, false, &e), PINTLE_OK);
}

static void begin(void) {
  strcpy(directory, "/tmp/pintle-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(directory));
  char path[200];
  snprintf(path, sizeof path, "%s/pintle.d", directory);
  ck_assert_int_eq(file_mkdirs(AT_FDCWD, path, &e), PINTLE_OK);
}

static void load(void) {
  char at[200];
  static const char *const environment[] = {"A=b", NULL};
  snprintf(at, sizeof at, "%s/velero-plugin-pintle", directory);
  buf_clear(&told);
  buf_z(&told);
  dropin_log_init(&l, -1);
  l.tell = tell;
  ck_assert_int_eq(dropin_config_init(&c, "/proc/self/exe", at, environment, &e), PINTLE_OK);
  ck_assert_str_eq(c.directory, directory);
  ck_assert_int_eq(dropin_config_open(&c, &l, &e), PINTLE_OK);
}

static void end(void) {
  char command[300];
  dropin_config_close(&c);
  snprintf(command, sizeof command, "rm -r %s", directory);
  ck_assert_int_eq(system(command), 0);
}

#define CHAIN(name, spec) "apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: " name "}\nspec: " spec "\n"

START_TEST(without_any_file_there_is_the_empty_chain) {
  const conf_chain *chain;
  begin();
  load();
  ck_assert_int_eq(c.broken.status, PINTLE_OK);
  ck_assert_int_eq(dropin_config_chain(&c, STR(""), &chain, &e), PINTLE_OK);
  ck_assert_uint_eq(chain->n_actions, 0);
  ck_assert_int_eq(dropin_config_chain(&c, STR("nightly"), &chain, &e), PINTLE_NOT_FOUND);
  ck_assert(str_starts(str_of(e.message), "annotation pintle.io/chain: "));
  end();
}
END_TEST

START_TEST(parts_of_several_vendors_are_one_chain) {
  const conf_chain *chain;
  arena a = {0};
  size_t n;
  begin();
  write_file("pintle.yaml", CHAIN("default", "{actions: [{name: a.io/one}], dropIn: {fileSystemBackupTimeout: 2h}}"));
  write_file("pintle.d/20-b.yaml", CHAIN("default", "{actions: [{name: b.io/three, timeout: 5s}]}"));
  write_file("pintle.d/10-a.yaml", CHAIN("default", "{actions: [{name: a.io/two}], plugins: [{name: a.so, env: [HTTPS_PROXY]}]}"));
  write_file("pintle.d/30-c.yaml", CHAIN("nightly", "{actions: [{name: c.io/four}]}"));
  write_file("pintle.d/.hidden.yaml", "nonsense: [");
  write_file("pintle.d/readme.txt", "nonsense: [");
  load();
  ck_assert_str_eq(buf_z(&told), "");
  ck_assert_int_eq(dropin_config_chain(&c, STR(""), &chain, &e), PINTLE_OK);
  ck_assert_uint_eq(chain->n_actions, 3);
  ck_assert_str_eq(chain->actions[0].name, "a.io/one");
  ck_assert_str_eq(chain->actions[1].name, "a.io/two");
  ck_assert_str_eq(chain->actions[2].name, "b.io/three");
  ck_assert_int_eq(chain->actions[2].timeout, 5000000000);
  ck_assert_int_eq(chain->file_system_timeout, 7200000000000);
  ck_assert_str_eq(chain->plugins[0].env[0], "HTTPS_PROXY");
  ck_assert_ptr_nonnull(dropin_config_chains(&c, &l, &a, &n));
  ck_assert_uint_eq(n, 2);
  ck_assert_int_eq(dropin_config_chain(&c, STR("nightly"), &chain, &e), PINTLE_OK);
  ck_assert_str_eq(chain->actions[0].name, "c.io/four");
  arena_free(&a);
  end();
}
END_TEST

START_TEST(what_two_files_say_of_one_action_is_an_error_with_both_places) {
  const conf_chain *chain;
  begin();
  write_file("pintle.yaml", CHAIN("default", "{actions: [{name: a.io/one}]}"));
  write_file("pintle.d/a.yaml", CHAIN("default", "{actions: [{name: a.io/one}]}"));
  load();
  ck_assert_int_eq(dropin_config_chain(&c, STR(""), &chain, &e), PINTLE_INVALID);
  ck_assert_ptr_nonnull(strstr(e.message, "action a.io/one is there twice, first at "));
  ck_assert_ptr_nonnull(strstr(e.message, "/pintle.yaml:4:"));
  ck_assert_ptr_nonnull(strstr(e.place, "/pintle.d/a.yaml:4:"));
  end();
}
END_TEST

START_TEST(a_file_in_error_fails_every_call_and_says_so_once) {
  const conf_chain *chain;
  begin();
  write_file("pintle.yaml", CHAIN("default", "{actoins: []}"));
  write_file("pintle.d/a.yaml", CHAIN("default", "{actions: [{name: a.io/one}]}"));
  load();
  ck_assert_ptr_nonnull(strstr(buf_z(&told), "/pintle.yaml:4:8: PluginChain \"default\": unknown key \"actoins\" in spec\n"));
  ck_assert_int_eq(dropin_config_chain(&c, STR(""), &chain, &e), PINTLE_INVALID);
  ck_assert_ptr_nonnull(strstr(e.message, "/pintle.yaml:4:"));
  end();
}
END_TEST

int main(void) {
  Suite *s = suite_create("dropin/config");
  TCase *t = tcase_create("config");
  tcase_add_test(t, without_any_file_there_is_the_empty_chain);
  tcase_add_test(t, parts_of_several_vendors_are_one_chain);
  tcase_add_test(t, what_two_files_say_of_one_action_is_an_error_with_both_places);
  tcase_add_test(t, a_file_in_error_fails_every_call_and_says_so_once);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
