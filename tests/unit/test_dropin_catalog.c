/* test_dropin_catalog.c -- what Velero is offered, and what is left out.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/catalog.h"
#include <check.h>
#include <stdlib.h>

static buf told; /* "level message\n" */
static dropin_log l;
static arena memory;
static dropin_catalog all;

static void tell(void *ctx, int32_t level, str message) {
  (void)ctx;
  buf_printf(&told, "%d %.*s\n", level, (int)message.len, message.ptr);
}

static const char *const none[] = {NULL};
#define ACTION(k, n) \
  { .kind = (k), .name = (n), .summary = "x" }
#define PLUGIN(f, a) \
  { .path = "/p/" f, .file = f, .name = f, .version = "1", .warnings = none, .actions = (a), .n_actions = sizeof(a) / sizeof *(a) }

static void make(host_plugin *plugins, size_t n, const conf_chain *chain) {
  const host_registry r = {.plugins = plugins, .n_plugins = n};
  const conf_chain *const chains[] = {chain};
  error e;
  buf_clear(&told);
  buf_z(&told);
  dropin_log_init(&l, -1);
  l.tell = tell;
  ck_assert_int_eq(dropin_catalog_make(&r, chains, chain ? 1 : 0, &l, &memory, &all, &e), PINTLE_OK);
}

/* "Kind name, Kind name" */
static const char *offered(void) {
  static buf b;
  buf_clear(&b);
  for (size_t i = 0; i < all.n; i++) buf_printf(&b, "%s%s %s", i ? ", " : "", dropin_kind_name(all.v[i].kind), all.v[i].name);
  return buf_z(&b);
}

START_TEST(item_actions_are_listed_as_version_2_only) {
  const host_action a[] = {ACTION(CONF_BACKUP_ITEM_ACTION, "a.io/x"), ACTION(CONF_RESTORE_ITEM_ACTION, "a.io/x"),
                           ACTION(CONF_DELETE_ITEM_ACTION, "a.io/x"), ACTION(CONF_ITEM_BLOCK_ACTION, "a.io/x"),
                           ACTION(CONF_VOLUME_SNAPSHOTTER, "a.io/x"), ACTION(CONF_OBJECT_STORE, "a.io/x")};
  host_plugin p[] = {PLUGIN("a.so", a)};
  make(p, 1, NULL);
  ck_assert_str_eq(offered(), "BackupItemActionV2 a.io/x, RestoreItemActionV2 a.io/x, DeleteItemAction a.io/x, ItemBlockAction a.io/x, "
                              "VolumeSnapshotter a.io/x, ObjectStore a.io/x");
  ck_assert_str_eq(buf_z(&told), "");
  ck_assert_ptr_eq(dropin_catalog_find(&all, CONF_DELETE_ITEM_ACTION, STR("a.io/x")), &all.v[2]);
  ck_assert_ptr_null(dropin_catalog_find(&all, CONF_DELETE_ITEM_ACTION, STR("a.io/")));
}
END_TEST

START_TEST(names_that_stop_velero_are_left_out_and_told) {
  const host_action a[] = {ACTION(CONF_BACKUP_ITEM_ACTION, "velero.io/pod"), ACTION(CONF_DELETE_ITEM_ACTION, "velero.io/pod"),
                           ACTION(CONF_BACKUP_ITEM_ACTION, "A_b/x"), ACTION(CONF_BACKUP_ITEM_ACTION, "a.io/x/y"),
                           ACTION(CONF_BACKUP_ITEM_ACTION, "a.io/x")};
  const host_action b[] = {ACTION(CONF_BACKUP_ITEM_ACTION, "a.io/x")};
  host_plugin p[] = {PLUGIN("a.so", a), PLUGIN("b.so", b)};
  make(p, 2, NULL);
  ck_assert_str_eq(offered(), "DeleteItemAction velero.io/pod, BackupItemActionV2 a.io/x");
  ck_assert_str_eq(
      buf_z(&told),
      "3 BackupItemAction velero.io/pod is not offered to Velero: Velero has one of that name itself\n"
      "3 BackupItemAction A_b/x is not offered to Velero: it is not of the form <DNS subdomain>/<name>, which stops Velero\n"
      "3 BackupItemAction a.io/x/y is not offered to Velero: it is not of the form <DNS subdomain>/<name>, which stops Velero\n"
      "3 BackupItemAction a.io/x is not offered to Velero: there is one of that name already\n");
}
END_TEST

START_TEST(a_plugin_set_aside_is_an_error_only_where_a_chain_lists_it) {
  const host_action a[] = {ACTION(CONF_BACKUP_ITEM_ACTION, "a.io/x")};
  const conf_chain_action actions[] = {{.name = "a.io/x"}, {.name = "a.io/nowhere"}};
  const conf_chain_plugin plugins[] = {{.name = "b.so"}};
  const conf_chain chain = {.name = "default", .actions = actions, .n_actions = 2, .plugins = plugins, .n_plugins = 1};
  host_plugin p[] = {PLUGIN("a.so", a),
                     {.path = "/p/b.so", .file = "b.so", .reason = "is empty", .warnings = none},
                     {.path = "/p/c.so", .file = "c.so", .reason = "is empty", .warnings = none}};
  p[0].reason = "crashes";
  make(p, 3, NULL);
  ck_assert_str_eq(buf_z(&told), "3 plugin /p/a.so was set aside: crashes\n3 plugin /p/b.so was set aside: is empty\n"
                                 "3 plugin /p/c.so was set aside: is empty\n");
  ck_assert_uint_eq(all.n, 0);
  make(p, 3, &chain);
  ck_assert_str_eq(buf_z(&told), "4 plugin /p/a.so was set aside: crashes; the chain lists it\n"
                                 "4 plugin /p/b.so was set aside: is empty; the chain lists it\n"
                                 "3 plugin /p/c.so was set aside: is empty\n"
                                 "4 : the chain lists action a.io/nowhere, which no plugin here has\n");
}
END_TEST

START_TEST(aliases_serve_locations_only) {
  const host_action a[] = {ACTION(CONF_OBJECT_STORE, "a.io/s3"), ACTION(CONF_BACKUP_ITEM_ACTION, "a.io/x")};
  const struct conf_alias aliases[] = {{.alias = "velero.io/aws", .name = "a.io/s3"}, {.alias = "a.io/second", .name = "a.io/x"}};
  const conf_chain chain = {.name = "default", .aliases = aliases, .n_aliases = 2};
  host_plugin p[] = {PLUGIN("a.so", a)};
  make(p, 1, &chain);
  ck_assert_str_eq(offered(), "ObjectStore a.io/s3, ObjectStore velero.io/aws, BackupItemActionV2 a.io/x");
}
END_TEST

START_TEST(the_whole_chain_stands_in_for_its_actions) {
  const host_action a[] = {ACTION(CONF_BACKUP_ITEM_ACTION, "a.io/x"), ACTION(CONF_BACKUP_ITEM_ACTION, "a.io/y"),
                           ACTION(CONF_RESTORE_ITEM_ACTION, "a.io/x"), ACTION(CONF_OBJECT_STORE, "a.io/s3")};
  const conf_chain chain = {.name = "default", .one_action = true};
  host_plugin p[] = {PLUGIN("a.so", a)};
  make(p, 1, &chain);
  ck_assert_str_eq(offered(), "BackupItemActionV2 pintle.io/chain, RestoreItemActionV2 pintle.io/chain, ObjectStore a.io/s3");
}
END_TEST

int main(void) {
  Suite *s = suite_create("dropin/catalog");
  TCase *c = tcase_create("catalog");
  tcase_add_test(c, item_actions_are_listed_as_version_2_only);
  tcase_add_test(c, names_that_stop_velero_are_left_out_and_told);
  tcase_add_test(c, a_plugin_set_aside_is_an_error_only_where_a_chain_lists_it);
  tcase_add_test(c, aliases_serve_locations_only);
  tcase_add_test(c, the_whole_chain_stands_in_for_its_actions);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
