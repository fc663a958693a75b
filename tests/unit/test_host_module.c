/* test_host_module.c -- adopting a plugin's tables, and the life of an instance.  SPDX-License-Identifier: Apache-2.0
 *
 * PLUGIN_DIR: the built fixtures of tests/plugins. */
#include "host/module.h"
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static host_module *module;
static host_call *call;
static error e;
static buf order; /* what the plugin's functions were called, in their order */

/* ---- a plugin whose parts a test may change */

static pintle_status load_status, create_status;
static pintle_status load(pintle_call *c, void **m) {
  buf_addz(&order, "load ");
  *m = &order;
  return load_status == PINTLE_OK ? PINTLE_OK : pintle_fail(c, load_status, "no library");
}
static void unload(void *m) { buf_addz(&order, m == &order ? "unload " : "unload-with-what? "); }
static pintle_status create(void *m, pintle_call *c, void **self) {
  pintle_str size = {"", 0};
  c->host->config(c)->api->get_str(c->host->config(c), "/size", &size);
  buf_printf(&order, "create(%.*s) ", (int)size.len, size.ptr);
  if (m != &order || *self) return PINTLE_FAILED;
  *self = &module;
  return create_status == PINTLE_OK ? PINTLE_OK : pintle_fail_at(c, create_status, "/size", "no such size");
}
static pintle_status finish(void *self, pintle_call *c) {
  pintle_str size;
  bool config = c->host->config(c)->api->get_str(c->host->config(c), "/size", &size) == PINTLE_OK;
  buf_addz(&order, self == &module && config ? "finish " : "finish? ");
  return PINTLE_OK;
}
static void destroy(void *self) { buf_addz(&order, self == &module ? "destroy " : "destroy? "); }
static pintle_status execute(void *self, pintle_call *c, pintle_doc *d, const pintle_input *in, pintle_result *r) {
  (void)self, (void)c, (void)d, (void)in, (void)r;
  return PINTLE_OK;
}
static pintle_status put_object(void *self, pintle_call *c, const char *bucket, const char *key, const pintle_reader *body) {
  (void)self, (void)c, (void)bucket, (void)key, (void)body;
  return PINTLE_OK;
}

static pintle_option option;
static const pintle_option *options[3];
static pintle_selector selector;
static pintle_action action, other;
static pintle_backup_item_action backup, second;
static pintle_object_store store;
static const pintle_backup_item_action *backups[3];
static const pintle_object_store *stores[2];
static const char *env[3];
static pintle_plugin plugin;

/* All parts healthy again. */
static void heal(void) {
  load_status = create_status = PINTLE_OK;
  option = (pintle_option){.struct_size = sizeof option, .type = PINTLE_OPT_SIZE, .name = "size", .fallback = "4Mi", .help = "How much"};
  memcpy(options, (const pintle_option *[3]){&option, NULL, NULL}, sizeof options);
  selector = (pintle_selector){.struct_size = sizeof selector, .labels = "a=b"};
  action = (pintle_action){.struct_size = sizeof action,
                           .flags = PINTLE_PURE,
                           .priority = -3,
                           .name = "tests.pintle.io/one",
                           .summary = "One",
                           .options = options,
                           .create = create,
                           .finish = finish,
                           .destroy = destroy};
  other = action;
  other.name = "tests.pintle.io/two";
  backup = (pintle_backup_item_action){.struct_size = sizeof backup, .action = &action, .selector = &selector, .execute = execute};
  second = backup;
  second.action = &other;
  store = (pintle_object_store){.struct_size = sizeof store, .action = &action};
  memcpy(backups, (const pintle_backup_item_action *[3]){&backup, NULL, NULL}, sizeof backups);
  memcpy(stores, (const pintle_object_store *[2]){NULL, NULL}, sizeof stores);
  memcpy(env, (const char *[3]){"HTTPS_PROXY", "AWS_*", NULL}, sizeof env);
  plugin = (pintle_plugin){
      PINTLE_PLUGIN_HEAD,      .name = "test", .version = "1", .load = load, .unload = unload, .backup_item_actions = backups,
      .object_stores = stores, .env = env};
}

static void setup(void) {
  heal();
  ck_assert_int_eq(host_call_new(NULL, &call), PINTLE_OK);
  buf_addz(&order, "");
}
static void teardown(void) {
  host_module_close(module);
  module = NULL;
  host_call_free(call);
  buf_free(&order);
}

static pintle_status adopt(void) {
  host_module_close(module);
  module = NULL;
  return host_module_adopt(&plugin, "test.so", &module, &e);
}
/* The plugin is taken, the first action is not. */
static void refuses(const char *part) {
  ck_assert_msg(adopt() == PINTLE_OK, "%s", e.message);
  const char *why = host_module_get(module, 0)->refused;
  ck_assert_msg(why && strstr(why, part), "refused is \"%s\", wanted \"%s\"", why ? why : "(usable)", part);
  host_instance i;
  ck_assert_int_ne(host_instance_create(module, CONF_BACKUP_ITEM_ACTION, "tests.pintle.io/one", STR("{}"), call, 0, &i, &e), PINTLE_OK);
}
/* The plugin is not taken. */
static void rejects(const char *part) {
  ck_assert_int_ne(adopt(), PINTLE_OK);
  ck_assert_msg(strstr(e.message, part), "message is \"%s\", wanted \"%s\"", e.message, part);
}

START_TEST(tables_are_copied) {
  ck_assert_int_eq(adopt(), PINTLE_OK);
  action.name = "changed";
  backup.execute = NULL;
  selector.labels = "changed";
  option.name = "changed";
  ck_assert_uint_eq(host_module_count(module), 1);
  const host_table_set *s = host_module_find(module, CONF_ANY_KIND, "tests.pintle.io/one");
  ck_assert_ptr_nonnull(s);
  ck_assert_ptr_null(s->refused);
  ck_assert_uint_eq(s->kind, CONF_BACKUP_ITEM_ACTION);
  ck_assert(s->ops.backup->execute == execute);
  ck_assert(s->ops.backup->cancel == NULL);
  ck_assert_ptr_eq(s->ops.backup->action, s->action);
  ck_assert_str_eq(s->ops.backup->selector->labels, "a=b");
  ck_assert_str_eq(s->action->options[0]->name, "size");
  ck_assert_ptr_null(s->action->options[1]);
  ck_assert_str_eq(host_module_plugin(module)->vendor, "");
  ck_assert_ptr_null(host_module_find(module, CONF_RESTORE_ITEM_ACTION, "tests.pintle.io/one"));
  ck_assert_ptr_null(host_module_get(module, 1));
}
END_TEST

START_TEST(a_longer_table_of_a_newer_plugin_is_cut) {
  static struct {
    pintle_backup_item_action v;
    void *later[2];
  } newer;
  newer.v = backup;
  newer.v.struct_size = sizeof newer;
  newer.later[0] = &newer;
  backups[0] = &newer.v;
  ck_assert_int_eq(adopt(), PINTLE_OK);
  const host_table_set *s = host_module_get(module, 0);
  ck_assert_ptr_null(s->refused);
  ck_assert_uint_eq(s->ops.backup->struct_size, sizeof backup);
}
END_TEST

START_TEST(a_wrong_action_is_refused_alone) {
  backup.struct_size = 3, refuses("has a table that has a struct_size that is smaller than that of 1.0"), heal();
  backup.struct_size += 4, refuses("has a struct_size that ends inside a field"), heal();
  backup.struct_size = (64 << 10) + 8, refuses("has a struct_size of more than 64 KiB"), heal();
  backups[0] = (const void *)((const char *)&backup + 4), refuses("has a table that is at an unaligned address"), heal();
  backup.flags = 1u << 16, refuses("has a table with flags 0x10000"), heal();
  backup.action = NULL, refuses("has an action table that is missing"), heal();
  backup.execute = NULL, refuses("has no execute function"), heal();
  action.struct_size = 8, refuses("has an action table that has a struct_size"), heal();
  action.flags = 1u << 31, refuses("has flags 0x80000000"), heal();
  action.thread_model = 9, refuses("has thread_model 9"), heal();
  action.min_host_minor = 7, refuses("needs plugin interface 1.7, this pintle has 1.0"), heal();
  action.timeout = -1, refuses("has a negative timeout"), heal();
  action.summary = NULL, refuses("has no summary"), heal();
  selector.struct_size = 1, refuses("has a selector that has a struct_size"), heal();
  selector.flags = 1u << 20, refuses("has a selector with flags"), heal();
  option.struct_size = 1, refuses("has an option that has a struct_size"), heal();
  option.type = 6, refuses("has option size of type 6"), heal();
  option.flags = 1u << 17, refuses("has option size with flags"), heal();
  option.name = "", refuses("has an option whose name is empty"), heal();
  option.help = "\xff", refuses("has option size with a text that is too long or not UTF-8"), heal();
  options[1] = &option, refuses("declares option size twice"), heal();
  static const pintle_option *many[1200];
  for (size_t i = 0; i < 1199; i++) many[i] = &option;
  action.options = many, refuses("has a list of more than 1000 entries"), heal();
  action.options = (const void *)((const char *)many + 1), refuses("has a list at an unaligned address");
}
END_TEST

START_TEST(names_of_actions_have_a_form) {
  static const char *const bad[] = {NULL,   "",       "one",  "/one", "pintle.io/", "a/b/c", "Upper.io/one", "a..b/one", "-a/x",
                                    "a-/x", ".a/one", "a./x", "a/-x", "a/x.",       "a/x y", "a_b/x",        "a/\n",     "a/\xff"};
  static const char *const good[] = {"a/x", "pintle.io/resolve-references", "a-b.c1/X_y.z", "velero.io/aws"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) action.name = bad[i], refuses("name"), heal();
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    action.name = good[i];
    ck_assert_int_eq(adopt(), PINTLE_OK);
    ck_assert_msg(!host_module_get(module, 0)->refused, "%s: %s", good[i], host_module_get(module, 0)->refused);
  }
}
END_TEST

START_TEST(a_name_may_be_used_once_a_kind) {
  backups[1] = &second;
  other.name = action.name;
  stores[0] = &store;
  ck_assert_int_eq(adopt(), PINTLE_OK);
  ck_assert_uint_eq(host_module_count(module), 3);
  ck_assert_ptr_null(host_module_get(module, 0)->refused);
  ck_assert_ptr_nonnull(strstr(host_module_get(module, 1)->refused, "repeats the name"));
  ck_assert_str_eq(host_module_get(module, 2)->refused, "has no put_object function"); /* another kind: not a repetition */
  store.put_object = put_object;
  ck_assert_int_eq(adopt(), PINTLE_OK);
  ck_assert_str_eq(host_module_get(module, 2)->refused, "has no object_exists function");
}
END_TEST

START_TEST(a_wrong_plugin_is_rejected) {
  plugin.struct_size = 100, rejects("its plugin table has a struct_size that is smaller"), heal();
  plugin.magic = 1, rejects("magic number 0x1"), heal();
  plugin.abi_major = 0, rejects("is built for plugin interface 0, this pintle has 1.0"), heal();
  plugin.min_host_minor = 3, rejects("needs plugin interface 1.3, this pintle has 1.0");
  ck_assert_str_ne(e.hint, "");
  heal();
  plugin.flags = 1u << 18, rejects("has flags 0x40000"), heal();
  plugin.name = NULL, rejects("its name is empty"), heal();
  plugin.version = "1\n", rejects("its version holds control characters"), heal();
  env[1] = "*", rejects("asks for an environment variable by something that is no name"), heal();
  env[0] = "A=B", rejects("asks for an environment variable"), heal();
  plugin.backup_item_actions = (const void *)((const char *)backups + 2),
  rejects("its list of BackupItemActions is at an unaligned address");
  heal();
  static const pintle_backup_item_action *many[1200];
  for (size_t i = 0; i < 1199; i++) many[i] = &backup;
  plugin.backup_item_actions = many, rejects("its list of BackupItemActions has more than 1000 entries");
  ck_assert_int_ne(host_module_adopt(NULL, "x", &module, &e), PINTLE_OK);
}
END_TEST

static pintle_status make(host_instance *i) {
  return host_instance_create(module, CONF_ANY_KIND, "tests.pintle.io/one", STR("{\"size\":\"4Mi\"}"), call, 0, i, &e);
}

START_TEST(an_instance_lives_from_load_to_unload) {
  host_instance a, b;
  ck_assert_int_eq(adopt(), PINTLE_OK);
  ck_assert_int_eq(make(&a), PINTLE_OK);
  ck_assert_int_eq(make(&b), PINTLE_OK);
  ck_assert_int_eq(host_instance_finish(&a, call, 0, &e), PINTLE_OK);
  host_instance_destroy(&a);
  host_instance_destroy(&b);
  host_instance_destroy(&b);
  host_module_close(module);
  module = NULL;
  ck_assert_str_eq(buf_z(&order), "load create(4Mi) create(4Mi) finish destroy destroy unload ");
}
END_TEST

START_TEST(what_fails_is_neither_destroyed_nor_unloaded) {
  host_instance i;
  create_status = PINTLE_INVALID;
  ck_assert_int_eq(adopt(), PINTLE_OK);
  ck_assert_int_eq(make(&i), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "no such size");
  ck_assert_str_eq(e.place, "/size");
  ck_assert(!i.created);
  host_instance_destroy(&i);
  load_status = PINTLE_DENIED;
  ck_assert_int_eq(adopt(), PINTLE_OK);
  ck_assert_int_eq(make(&i), PINTLE_DENIED);
  load_status = PINTLE_OK; /* too late */
  ck_assert_int_eq(make(&i), PINTLE_DENIED);
  ck_assert_str_eq(e.message, "its load function failed: no library");
  host_module_close(module);
  module = NULL;
  ck_assert_str_eq(buf_z(&order), "load create(4Mi) unload load ");
}
END_TEST

START_TEST(no_action_and_no_json_are_errors) {
  host_instance i;
  ck_assert_int_eq(adopt(), PINTLE_OK);
  ck_assert_int_eq(host_instance_create(module, CONF_ANY_KIND, "tests.pintle.io/none", STR("{}"), call, 0, &i, &e), PINTLE_NOT_FOUND);
  ck_assert_str_eq(e.message, "plugin test.so has no action tests.pintle.io/none");
  ck_assert_int_eq(host_instance_create(module, CONF_ANY_KIND, "tests.pintle.io/one", STR("{"), call, 0, &i, &e), PINTLE_INVALID);
}
END_TEST

START_TEST(a_description_has_all_of_it) {
  backups[1] = &second;
  second.execute = NULL;
  ck_assert_int_eq(adopt(), PINTLE_OK);
  arena a = {0};
  host_plugin p = {0};
  buf json = {0};
  ck_assert_int_eq(host_module_describe(module, &a, &p, &e), PINTLE_OK);
  host_descriptor_print(&p, &json);
  ck_assert_str_eq(buf_z(&json),
                   "{\"abiMajor\":1,\"abiMinor\":0,\"minHostMinor\":0,\"name\":\"test\",\"version\":\"1\",\"vendor\":\"\",\"url\":\"\","
                   "\"env\":[\"HTTPS_PROXY\",\"AWS_*\"],\"extensions\":[],\"actions\":["
                   "{\"kind\":1,\"index\":0,\"flags\":1,\"has\":32,\"threadModel\":0,\"priority\":-3,\"timeout\":0,"
                   "\"name\":\"tests.pintle.io/one\",\"summary\":\"One\",\"url\":\"\",\"selector\":{\"labels\":\"a=b\"},\"options\":["
                   "{\"type\":4,\"flags\":0,\"name\":\"size\",\"fallback\":\"4Mi\",\"help\":\"How much\"}]},"
                   "{\"kind\":1,\"index\":1,\"flags\":1,\"has\":32,\"threadModel\":0,\"priority\":-3,\"timeout\":0,"
                   "\"name\":\"tests.pintle.io/two\",\"summary\":\"One\",\"url\":\"\",\"refused\":\"has no execute function\","
                   "\"selector\":{\"labels\":\"a=b\"},\"options\":["
                   "{\"type\":4,\"flags\":0,\"name\":\"size\",\"fallback\":\"4Mi\",\"help\":\"How much\"}]}]}");
  buf_free(&json);
  arena_free(&a);
}
END_TEST

START_TEST(a_file_is_opened_by_its_descriptor) {
  char path[512];
  snprintf(path, sizeof path, "%s/good.so", getenv("PLUGIN_DIR"));
  int fd = open(path, O_RDONLY | O_CLOEXEC), text = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  ck_assert_int_ge(fd, 0);
  ck_assert_msg(host_module_open(fd, "good.so", &module, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_str_eq(host_module_plugin(module)->name, "good");
  host_instance i;
  ck_assert_int_eq(host_instance_create(module, CONF_RESTORE_ITEM_ACTION, "tests.pintle.io/good", STR("{}"), call, 0, &i, &e), PINTLE_OK);
  CLEANUP(item_freep) item_doc *d = NULL;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  host_call_begin(call, i.config, 0);
  ck_assert_int_eq(i.tables->ops.restore->execute(i.self, host_call_handle(call), item_handle(d), NULL, NULL), PINTLE_OK);
  ck_assert_int_eq(host_call_end(call, PINTLE_OK, &e), PINTLE_OK);
  ck_assert(str_is(item_str(d, "/metadata/annotations/tests.pintle.io~1good", ""), "restore"));
  host_instance_destroy(&i);
  host_module *none = NULL;
  ck_assert_int_eq(host_module_open(text, "text.so", &none, &e), PINTLE_FAILED);
  ck_assert_msg(strncmp(e.message, "cannot be loaded: ", 18) == 0 && !strstr(e.message, "/proc/"), "%s", e.message);
  close(text);
  close(fd);
}
END_TEST

int main(void) {
  if (!getenv("PLUGIN_DIR")) return fprintf(stderr, "PLUGIN_DIR must be set\n"), 2;
  Suite *s = suite_create("host module");
  TCase *t = tcase_create("all");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, tables_are_copied);
  tcase_add_test(t, a_longer_table_of_a_newer_plugin_is_cut);
  tcase_add_test(t, a_wrong_action_is_refused_alone);
  tcase_add_test(t, names_of_actions_have_a_form);
  tcase_add_test(t, a_name_may_be_used_once_a_kind);
  tcase_add_test(t, a_wrong_plugin_is_rejected);
  tcase_add_test(t, an_instance_lives_from_load_to_unload);
  tcase_add_test(t, what_fails_is_neither_destroyed_nor_unloaded);
  tcase_add_test(t, no_action_and_no_json_are_errors);
  tcase_add_test(t, a_description_has_all_of_it);
  tcase_add_test(t, a_file_is_opened_by_its_descriptor);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
