/* test_host_registry.c -- plugins that load and such that do not, side by side; pins and trust; descriptors.  SPDX-License-Identifier: Apache-2.0 */
#include "registry_fixture.h"

START_TEST(a_good_plugin_is_described) {
  copy("good");
  host_registry r = scan();
  ck_assert_uint_eq(r.n_plugins, 1);
  loaded(&r, "good.so");
  const host_plugin *p = &r.plugins[0], *owner = NULL;
  ck_assert_str_eq(p->name, "good");
  ck_assert_str_eq(p->version, "1.0");
  ck_assert_str_eq(p->vendor, "pintle's tests");
  ck_assert_uint_eq(strlen(p->sha256), 64);
  ck_assert_uint_eq(p->n_actions, 2);
  ck_assert(!warned(p, "execute bit"));
  const host_action *x = host_find(&r, CONF_RESTORE_ITEM_ACTION, "tests.pintle.io/good", &owner);
  ck_assert_ptr_nonnull(x);
  ck_assert_ptr_eq(owner, p);
  ck_assert_int_eq(x->thread_model, PINTLE_PARALLEL);
  ck_assert_uint_eq(x->flags, PINTLE_PURE);
  ck_assert_uint_eq(host_find(&r, CONF_ANY_KIND, "tests.pintle.io/good", NULL)->kind, CONF_BACKUP_ITEM_ACTION);
  ck_assert_ptr_null(host_find(&r, CONF_OBJECT_STORE, "tests.pintle.io/good", NULL));
  host_registry_free(&r);
}
END_TEST

START_TEST(the_copy_is_what_was_read_and_cannot_change) {
  copy("good");
  buf before = fixture("good");
  host_registry r = scan();
  int fd = r.plugins[0].fd;
  put("good.so", STR("overwritten"));
  char *now = malloc(before.len);
  ck_assert_ptr_nonnull(now);
  ck_assert_int_eq(pread(fd, now, before.len, 0), (ssize_t)before.len);
  ck_assert_int_eq(memcmp(now, before.data, before.len), 0);
  ck_assert_int_eq(pwrite(fd, "x", 1, 0), -1);
  ck_assert_int_eq(errno, EPERM);
  ck_assert_int_eq(ftruncate(fd, 10), -1);
  free(now);
  buf_free(&before);
  host_registry_free(&r);
}
END_TEST

START_TEST(without_memfd_the_copy_is_a_file) {
  copy("good");
  arena a = {0};
  host_words w = {.a = &a};
  host_plugin p = {.path = in_dir("good.so"), .file = "good.so"};
  host_seal(&p, &a, false, true, NULL, &w);
  ck_assert_msg(!p.reason, "%s", p.reason);
  ck_assert_int_ge(p.fd, 1000);
  ck_assert_int_eq(pwrite(p.fd, "x", 1, 0), -1);
  close(p.fd);
  arena_free(&a);
}
END_TEST

START_TEST(one_bad_one_among_the_good_changes_nothing_for_them) {
  static const char *const all[] = {"good",
                                    "no_symbol",
                                    "old_major",
                                    "new_major",
                                    "wrong_magic",
                                    "missing_symbol",
                                    "needs_missing_library",
                                    "exits_in_constructor",
                                    "crashes_in_constructor",
                                    "prints_in_constructor",
                                    "forks_in_constructor",
                                    "rubbish_descriptor",
                                    "rubbish_answer",
                                    "rubbish_size",
                                    "huge_name",
                                    "empty_name",
                                    "repeats_name",
                                    "newer_host_needed",
                                    "unknown_flag",
                                    "same_name_other_kind"};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) copy(all[i]);
  host_registry r = scan();
  ck_assert_uint_eq(r.n_plugins, sizeof all / sizeof *all);
  loaded(&r, "good.so");
  aside(&r, "no_symbol.so", "is no pintle plugin: it exports no pintle_plugin_v1");
  aside(&r, "old_major.so", "exports pintle_plugin_v0, this pintle needs pintle_plugin_v1");
  aside(&r, "new_major.so", "is built for plugin interface 2, this pintle has 1.0");
  aside(&r, "wrong_magic.so", "magic number 0x12345678");
  aside(&r, "missing_symbol.so", "cannot be loaded: undefined symbol: tests_pintle_no_such_function");
  aside(&r, "needs_missing_library.so", "libtests-pintle-absent.so");
  ck_assert_ptr_nonnull(strstr(plugin(&r, "needs_missing_library.so")->hint, "install the package"));
  aside(&r, "exits_in_constructor.so", "ends its process while being loaded (exit status 7)");
  ck_assert_str_eq(plugin(&r, "exits_in_constructor.so")->hint, "it wrote: no licence found");
  aside(&r, "crashes_in_constructor.so", "crashes while being loaded (SIGSEGV)");
  aside(&r, "rubbish_answer.so", "answered its probe with rubbish");
  aside(&r, "newer_host_needed.so", "needs plugin interface 1.99, this pintle has 1.0");
  aside(&r, "repeats_name.so", "repeats BackupItemAction tests.pintle.io/good of ");
  ck_assert_ptr_nonnull(strstr(plugin(&r, "repeats_name.so")->reason, "/good.so"));
  ck_assert_ptr_nonnull(plugin(&r, "rubbish_descriptor.so")->reason); /* a crash, however it is reported */
  loaded(&r, "forks_in_constructor.so");
  loaded(&r, "same_name_other_kind.so");
  loaded(&r, "prints_in_constructor.so");
  const char *const *needed = plugin(&r, "prints_in_constructor.so")->needed; /* a sanitizer's library may stand beside it */
  while (*needed && strcmp(*needed, "libc.so.6") != 0) needed++;
  ck_assert_msg(*needed != NULL, "libc.so.6 is not among the needed libraries");
  ck_assert_str_eq(plugin(&r, "prints_in_constructor.so")->glibc, OLDEST_GLIBC);
  ck_assert(warned(plugin(&r, "prints_in_constructor.so"), "writes to standard output while being loaded"));
  refused(&r, "huge_name.so", 0, "has a name that is too long");
  refused(&r, "empty_name.so", 0, "has a name that is empty");
  refused(&r, "rubbish_size.so", 0, "struct_size that is smaller");
  ck_assert_ptr_null(plugin(&r, "rubbish_size.so")->actions[1].refused);
  refused(&r, "unknown_flag.so", 0, "flags 0x40000000 that this pintle does not know");
  ck_assert_ptr_null(plugin(&r, "unknown_flag.so")->actions[1].refused);
  host_registry_free(&r);
}
END_TEST

START_TEST(a_constructor_that_hangs_costs_the_time_limit_and_no_more) {
  copy("sleeps_in_constructor");
  copy("good");
  int64_t begin = clock_monotonic();
  host_registry r = scan();
  double seconds = (double)(clock_monotonic() - begin) / 1e9;
  aside(&r, "sleeps_in_constructor.so", "is not loaded after 2s: a constructor hangs");
  loaded(&r, "good.so");
  ck_assert_double_ge(seconds, 2.0);
  ck_assert_double_le(seconds, 3.5);
  host_registry_free(&r);
}
END_TEST

/* Children of probes become ours to wait for: does one still live after a second? */
static bool left_behind(void) {
  for (int tries = 0; tries < 100;) {
    pid_t pid = waitpid(-1, NULL, WNOHANG);
    if (pid < 0) return false;
    if (pid == 0) usleep(10000), tries++;
  }
  return true;
}
START_TEST(no_child_of_a_probe_stays_behind) {
  ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  copy("forks_in_constructor");
  copy("sleeps_in_constructor"); /* forks, too */
  host_registry r = scan();
  host_registry_free(&r);
  ck_assert(!left_behind());
  ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}
END_TEST

/* A chain with one plugin entry. */
static conf_chain chain_of(conf_chain_plugin *entry, bool strict) {
  return (conf_chain){.name = "default", .strict = strict, .plugins = entry, .n_plugins = entry ? 1 : 0};
}

START_TEST(pins_and_trust_decide) {
  copy("good");
  host_registry r = scan();
  char hash[65];
  strcpy(hash, r.plugins[0].sha256);
  host_registry_free(&r);
  static const char other[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const char *right[] = {other, hash, NULL}, *wrong[] = {other, NULL};
  conf_chain_plugin pin = {.name = "good.so", .sha256 = right};
  conf_chain chain = chain_of(&pin, false);
  r = scan_with(&chain);
  loaded(&r, "good.so");
  host_registry_free(&r);
  pin.sha256 = wrong;
  r = scan_with(&chain);
  aside(&r, "good.so", "which is not pinned");
  ck_assert_ptr_nonnull(strstr(r.plugins[0].reason, hash));
  host_registry_free(&r);
  ck_assert_int_eq(chmod(dir, 0777), 0); /* not strict: said, but loaded */
  r = scan();
  loaded(&r, "good.so");
  ck_assert(warned(&r.plugins[0], "is writable by everybody (mode 0777)"));
  host_registry_free(&r);
  ck_assert_int_eq(chmod(dir, 01777), 0); /* sticky: nobody replaces it, but anybody adds one */
  chain = chain_of(NULL, false);
  r = scan_with(&chain);
  loaded(&r, "good.so");
  ck_assert(warned(&r.plugins[0], "is writable by everybody (mode 1777)"));
  host_registry_free(&r);
  ck_assert_int_eq(chmod(dir, 0777), 0);
  chain = chain_of(NULL, true);
  r = scan_with(&chain);
  aside(&r, "good.so", "is writable by everybody (mode 0777)");
  host_registry_free(&r);
  ck_assert_int_eq(chmod(dir, 0755), 0);
  r = scan_with(&chain);
  aside(&r, "good.so", "is not pinned, and trust is strict");
  host_registry_free(&r);
  ck_assert_int_eq(chmod(in_dir("good.so"), 0775), 0);
  r = scan();
  ck_assert(warned(&r.plugins[0], "has an execute bit (mode 0775): Velero would execute it"));
  ck_assert(warned(&r.plugins[0], "the file is writable by its group (mode 0775)"));
  host_registry_free(&r);
  if (geteuid() != 0) return;
  ck_assert_int_eq(chown(in_dir("good.so"), 12345, 0), 0);
  r = scan();
  ck_assert(warned(&r.plugins[0], "the file belongs to user 12345"));
  host_registry_free(&r);
}
END_TEST

START_TEST(a_missing_directory_and_a_missing_pin_are_errors) {
  const char *none[] = {"/nonexistent/plugins", NULL}, *here[] = {dir, NULL}, *hashes[] = {"00", NULL};
  host_scan_options o = {.directories = none, .worker = probe};
  host_registry r;
  error e;
  ck_assert_int_eq(host_scan(&o, &r, &e), PINTLE_NOT_FOUND);
  ck_assert_ptr_nonnull(strstr(e.message, "/nonexistent/plugins"));
  conf_chain_plugin pin = {.name = "absent.so", .sha256 = hashes};
  conf_chain chain = chain_of(&pin, false);
  o.directories = here;
  o.chain = &chain;
  ck_assert_int_eq(host_scan(&o, &r, &e), PINTLE_NOT_FOUND);
  ck_assert_str_eq(e.message, "plugin absent.so is pinned, but in no plugin directory");
  copy("good");
  o.chain = NULL;
  o.worker = "/nonexistent/worker";
  ck_assert_int_eq(host_scan(&o, &r, &e), PINTLE_NOT_FOUND);
  ck_assert_ptr_nonnull(strstr(e.message, "cannot start /nonexistent/worker"));
}
END_TEST

START_TEST(a_descriptor_is_read_as_it_was_written) {
  copy("good");
  host_registry r = scan();
  buf first = {0}, second = {0};
  arena a = {0};
  error e;
  host_plugin p = {0};
  host_descriptor_print(&r.plugins[0], &first);
  ck_assert_msg(host_descriptor_parse(buf_str(&first), &a, &p, &e) == PINTLE_OK, "%s", e.message);
  host_descriptor_print(&p, &second);
  ck_assert_str_eq(buf_z(&first), buf_z(&second));
  for (size_t n = 0; n < first.len; n++) /* no prefix is taken for the whole */
    ck_assert_int_ne(host_descriptor_parse((str){first.data, n}, &a, &p, &e), PINTLE_OK);
  static const char *const bad[] = {
      "{}",
      "{\"abiMajor\":2,\"abiMinor\":0,\"minHostMinor\":0,\"name\":\"x\",\"version\":\"1\",\"vendor\":\"\",\"url\":\"\",\"actions\":[]}",
      "{\"abiMajor\":1,\"abiMinor\":0,\"minHostMinor\":0,\"name\":\"\",\"version\":\"1\",\"vendor\":\"\",\"url\":\"\",\"actions\":[]}",
      "{\"abiMajor\":1,\"abiMinor\":0,\"minHostMinor\":0,\"name\":\"x\\u0000\",\"version\":\"1\",\"vendor\":\"\",\"url\":\"\",\"actions\":["
      "]}",
      "{\"abiMajor\":1,\"abiMinor\":0,\"minHostMinor\":0,\"name\":\"x\",\"version\":\"1\",\"vendor\":\"\",\"url\":\"\",\"actions\":[{}]}",
      "{\"abiMajor\":1,\"abiMinor\":0,\"minHostMinor\":0,\"name\":\"x\",\"version\":\"1\",\"vendor\":\"\",\"url\":\"\",\"env\":[\"*\"],"
      "\"actions\":[]}",
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    p = (host_plugin){.name = "kept"};
    ck_assert_int_eq(host_descriptor_parse(str_of(bad[i]), &a, &p, &e), PINTLE_INVALID);
    ck_assert_str_eq(p.name, "kept");
  }
  buf_free(&first);
  buf_free(&second);
  arena_free(&a);
  host_registry_free(&r);
}
END_TEST

/* ---- executables: Go plugins of Velero, by a worker of their own; here a script that answers as it would */
static void put_program(const char *name, const char *text) {
  put(name, str_of(text));
  ck_assert_int_eq(chmod(in_dir(name), 0755), 0);
}

static host_registry scan_executables(const conf_chain *chain) {
  static const char answers[] =
      "#!/bin/sh\n"
      "say() { printf '{\"abiMajor\":1,\"abiMinor\":0,\"minHostMinor\":0,\"name\":\"%s\",\"version\":\"unknown\",\"vendor\":\"\",\"url\":\"\","
      "\"env\":[],\"actions\":[{\"kind\":%s,\"index\":0,\"flags\":0,\"has\":1,\"threadModel\":0,\"priority\":0,\"timeout\":0,\"name\":\"%s\","
      "\"summary\":\"x\",\"url\":\"\",\"options\":[]}]}' $1 $2 $3 >&3; }\n"
      "case $3 in\n"
      "  one|two) say $3 1 go.example.com/$3 ;;\n"
      "  again) say again 1 go.example.com/one ;;\n"
      "  like-good) say like-good 1 tests.pintle.io/good ;;\n"
      "  none) printf '{\"reason\":\"ends before its handshake (exit status 3)\",\"hint\":\"it wrote: no licence\"}' >&3 ;;\n"
      "  slow) sleep 60 ;;\n"
      "  rubbish) echo nonsense >&3 ;;\n"
      "esac\n";
  char away[80], worker[100];
  snprintf(away, sizeof away, "%s.bin", dir);
  ck_assert(mkdir(away, 0700) == 0 || errno == EEXIST);
  snprintf(worker, sizeof worker, "%s/worker", away);
  CLEANUP(close_p) int fd = open(worker, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0755);
  ck_assert_int_eq(write(fd, answers, sizeof answers - 1), (ssize_t)sizeof answers - 1);
  close_p(&fd);
  const char *directories[] = {dir, NULL};
  const host_scan_options o = {
      .directories = directories, .worker = probe, .velero_worker = worker, .probe_timeout = 2 * CLOCK_SECOND, .chain = chain};
  host_registry r;
  error e;
  ck_assert_msg(host_scan(&o, &r, &e) == PINTLE_OK, "%s", e.message);
  unlink(worker);
  rmdir(away);
  return r;
}

static void has_names(const char *const *v, const char *wanted) {
  char text[300] = "";
  for (; *v; v++) strcat(strcat(text, *v), " ");
  ck_assert_str_eq(text, wanted);
}

START_TEST(executables_are_go_plugins) {
  copy("good");
  chmod(in_dir("good.so"), 0755); /* a .so all the same */
  put_program("one", "x");
  put_program("two", "x");
  put("data.yaml", STR("x")); /* no execute bit */
  ck_assert_int_eq(mkdir(in_dir("directory"), 0755), 0);
  put_program(".hidden", "x");
  host_registry r = scan_executables(NULL);
  ck_assert_uint_eq(r.n_plugins, 3);
  loaded(&r, "good.so");
  loaded(&r, "one");
  loaded(&r, "two");
  ck_assert(!plugin(&r, "good.so")->velero && plugin(&r, "one")->velero);
  has_names(plugin(&r, "one")->env, "AWS_* AZURE_* GOOGLE_* ALIBABA_CLOUD_* KUBERNETES_* *_PROXY SSL_CERT_* PLUGIN_* VELERO_* ");
  ck_assert_str_eq(plugin(&r, "one")->sha256, "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
  ck_assert(!warned(plugin(&r, "one"), "execute bit"));
  const host_plugin *owner = NULL;
  ck_assert_ptr_nonnull(host_find(&r, CONF_BACKUP_ITEM_ACTION, "go.example.com/two", &owner));
  ck_assert_str_eq(owner->file, "two");
  host_registry_free(&r);
  r = scan(); /* nobody to run them: passed over */
  ck_assert_uint_eq(r.n_plugins, 1);
  host_registry_free(&r);
}
END_TEST

START_TEST(executables_that_are_no_plugin_are_set_aside) {
  static const char *const files[] = {"one", "again", "none", "slow", "rubbish", "like-good", "silent", "velero-plugin-pintle"};
  copy_as("good", "zz-good.so"); /* behind them by name */
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) put_program(files[i], "x");
  put_program("empty", "");
  host_registry r = scan_executables(NULL);
  loaded(&r, "zz-good.so");
  loaded(&r, "again");
  aside(&r, "one", "repeats BackupItemAction go.example.com/one of");
  aside(&r, "like-good", "repeats BackupItemAction tests.pintle.io/good of");
  aside(&r, "none", "ends before its handshake (exit status 3)");
  ck_assert_str_eq(plugin(&r, "none")->hint, "it wrote: no licence");
  aside(&r, "slow", "does not answer as a plugin of Velero within 2s");
  aside(&r, "rubbish", "answered its probe with rubbish");
  aside(&r, "silent", "ends its process while being loaded");
  aside(&r, "velero-plugin-pintle", "is pintle itself");
  aside(&r, "empty", "is empty");
  host_registry_free(&r);
}
END_TEST

START_TEST(pins_trust_and_env_hold_for_executables) {
  static const char *const right[] = {"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", NULL}, *const wrong[] = {"00", NULL},
                           *const env[] = {"VENDOR_*", NULL};
  put_program("one", "x");
  conf_chain_plugin pin = {.name = "one", .sha256 = right, .env = env};
  conf_chain chain = chain_of(&pin, false);
  host_registry r = scan_executables(&chain);
  loaded(&r, "one");
  has_names(plugin(&r, "one")->env, "VENDOR_* PLUGIN_* VELERO_* ");
  host_registry_free(&r);
  pin.sha256 = wrong;
  r = scan_executables(&chain);
  aside(&r, "one", "which is not pinned");
  host_registry_free(&r);
  chain = chain_of(NULL, true);
  r = scan_executables(&chain);
  aside(&r, "one", "is not pinned, and trust is strict");
  host_registry_free(&r);
  pin.sha256 = right;
  chain = chain_of(&pin, true);
  ck_assert_int_eq(chmod(in_dir("one"), 0777), 0);
  r = scan_executables(&chain);
  aside(&r, "one", "writable by everybody");
  host_registry_free(&r);
}
END_TEST

int main(void) {
  plugin_dir = getenv("PLUGIN_DIR");
  probe = getenv("PROBE");
  if (!plugin_dir || !probe) return fprintf(stderr, "PLUGIN_DIR and PROBE must be set\n"), 2;
  Suite *s = suite_create("host registry");
  TCase *t = tcase_create("all");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, a_good_plugin_is_described);
  tcase_add_test(t, the_copy_is_what_was_read_and_cannot_change);
  tcase_add_test(t, without_memfd_the_copy_is_a_file);
  tcase_add_test(t, one_bad_one_among_the_good_changes_nothing_for_them);
  tcase_add_test(t, a_constructor_that_hangs_costs_the_time_limit_and_no_more);
  tcase_add_test(t, no_child_of_a_probe_stays_behind);
  tcase_add_test(t, pins_and_trust_decide);
  tcase_add_test(t, a_missing_directory_and_a_missing_pin_are_errors);
  tcase_add_test(t, a_descriptor_is_read_as_it_was_written);
  tcase_add_test(t, executables_are_go_plugins);
  tcase_add_test(t, executables_that_are_no_plugin_are_set_aside);
  tcase_add_test(t, pins_trust_and_env_hold_for_executables);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
