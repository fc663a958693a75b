/* test_conf_chain.c -- the chain file, and nearest names.  SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"
#include "conf/chain.h"
#include <check.h>

#define CHAIN(spec) "apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec:\n" spec
#define HEX "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
#define HEX_LOWER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static conf_set load(const char *yaml) {
  conf_set s = {0};
  error e;
  error_clear(&e);
  ck_assert_msg(conf_set_add(&s, "chain.yaml", str_of(yaml), &e) == PINTLE_OK, "%s at %s", e.message, e.place);
  return s;
}

START_TEST(a_full_chain) {
  conf_set s = load(CHAIN("  trust: strict\n"
                          "  plugins:\n"
                          "  - {name: nas.so, sha256: [\"" HEX "\", \"" HEX_LOWER "\"], env: [HTTPS_PROXY, AWS_*]}\n"
                          "  - {name: velero-plugin-for-aws, sha256: \"" HEX "\"}\n"
                          "  - name: s3.so\n"
                          "  actions:\n"
                          "  - name: pintle.io/resolve-references\n"
                          "    kind: RestoreItemAction\n"
                          "    timeout: 1m30s\n"
                          "    onError: FailRun\n"
                          "    config: {mapping: {a: b}}\n"
                          "  - name: pintle.io/resolve-references\n"
                          "    kind: ItemBlockAction\n"
                          "    onError: Warn\n"
                          "  - {name: example.com/x, config: null}\n"
                          "  aliases: {velero.io/aws: pintle.io/s3}\n"));
  arena a = {0};
  conf_chain c;
  error e;
  ck_assert_msg(conf_chain_read(&s, NULL, &a, &c, &e) == PINTLE_OK, "%s at %s", e.message, e.place);
  ck_assert_ptr_eq(c.document, s.v[0]);
  ck_assert_str_eq(c.name, "default");
  ck_assert(c.strict);
  ck_assert_uint_eq(c.n_plugins, 3);
  ck_assert_str_eq(c.plugins[0].name, "nas.so");
  ck_assert_str_eq(c.plugins[0].sha256[0], HEX_LOWER);
  ck_assert_str_eq(c.plugins[0].sha256[1], HEX_LOWER);
  ck_assert_ptr_null(c.plugins[0].sha256[2]);
  ck_assert_str_eq(c.plugins[0].env[1], "AWS_*");
  ck_assert_ptr_null(c.plugins[0].env[2]);
  ck_assert_str_eq(c.plugins[1].sha256[0], HEX_LOWER);
  ck_assert_ptr_null(c.plugins[1].sha256[1]);
  ck_assert_ptr_null(c.plugins[1].env[0]);
  ck_assert_ptr_null(c.plugins[2].sha256);
  ck_assert_uint_eq(c.n_actions, 3);
  ck_assert_uint_eq(c.actions[0].kind, CONF_RESTORE_ITEM_ACTION);
  ck_assert_int_eq(c.actions[0].on_error, CONF_FAIL_RUN);
  ck_assert_int_eq(c.actions[0].timeout, INT64_C(90000000000));
  ck_assert_ptr_eq(c.actions[0].config, item_at(s.v[0]->doc, "/spec/actions/0/config"));
  ck_assert_uint_eq(c.actions[1].kind, CONF_ITEM_BLOCK_ACTION);
  ck_assert_int_eq(c.actions[1].on_error, CONF_WARN);
  ck_assert_str_eq(c.actions[2].name, "example.com/x");
  ck_assert_uint_eq(c.actions[2].kind, CONF_ANY_KIND);
  ck_assert_int_eq(c.actions[2].on_error, CONF_FAIL_ITEM);
  ck_assert_int_eq(c.actions[2].timeout, 0);
  ck_assert_ptr_null(c.actions[2].config);
  ck_assert_uint_eq(c.n_aliases, 1);
  ck_assert_str_eq(c.aliases[0].alias, "velero.io/aws");
  ck_assert_str_eq(c.aliases[0].name, "pintle.io/s3");
  arena_free(&a);
  conf_set_free(&s);
}
END_TEST

START_TEST(which_chain) {
  conf_set none = {0}, one = load("{apiVersion: pintle.io/v1alpha1, kind: PluginChain, metadata: {name: prod}}\n");
  conf_set two = load("{apiVersion: pintle.io/v1alpha1, kind: PluginChain, metadata: {name: prod}}\n---\n"
                      "{apiVersion: pintle.io/v1alpha1, kind: PluginChain, metadata: {name: default}, spec: {trust: strict}}\n");
  conf_set no_default = load("{apiVersion: pintle.io/v1alpha1, kind: PluginChain, metadata: {name: a}}\n---\n"
                             "{apiVersion: pintle.io/v1alpha1, kind: PluginChain, metadata: {name: b}}\n");
  arena a = {0};
  conf_chain c;
  error e;
  ck_assert_int_eq(conf_chain_read(&none, NULL, &a, &c, &e), PINTLE_OK);
  ck_assert_ptr_null(c.document);
  ck_assert_str_eq(c.name, "default");
  ck_assert_int_eq(conf_chain_read(&none, "default", &a, &c, &e), PINTLE_NOT_FOUND);
  ck_assert_int_eq(conf_chain_read(&one, NULL, &a, &c, &e), PINTLE_OK);
  ck_assert_str_eq(c.name, "prod");
  ck_assert(!c.strict);
  ck_assert_int_eq(conf_chain_read(&two, NULL, &a, &c, &e), PINTLE_OK);
  ck_assert_str_eq(c.name, "default");
  ck_assert(c.strict);
  ck_assert_int_eq(conf_chain_read(&two, "prod", &a, &c, &e), PINTLE_OK);
  ck_assert_str_eq(c.name, "prod");
  ck_assert_int_eq(conf_chain_read(&two, "prd", &a, &c, &e), PINTLE_NOT_FOUND);
  ck_assert_str_eq(e.hint, "did you mean \"prod\"?");
  ck_assert_int_eq(conf_chain_read(&no_default, NULL, &a, &c, &e), PINTLE_CONFLICT);
  ck_assert_str_eq(e.message, "there is more than one PluginChain, and none is named \"default\"");
  ck_assert_str_eq(e.hint, "name one \"default\", or choose by the annotation pintle.io/chain of the Backup or Restore (standalone also by --chain)");
  arena_free(&a);
  conf_set_free(&one);
  conf_set_free(&two);
  conf_set_free(&no_default);
}
END_TEST

static const struct fault_case {
  const char *yaml, *place, *message, *hint;
} faults[] = {
    {CHAIN("  policy: warn\n"), "chain.yaml:5:3", "unknown key \"policy\" in spec", "known keys: trust, plugins, actions, aliases, dropIn"},
    {CHAIN("  plugin: []\n"), "chain.yaml:5:3", "unknown key \"plugin\" in spec", "did you mean \"plugins\"?"},
    {CHAIN("  trust: stric\n"), "chain.yaml:5:10", "spec.trust cannot be \"stric\"", "did you mean \"strict\"?"},
    {CHAIN("  plugins:\n  - name: lib/nas.so\n"), "chain.yaml:6:11", "spec.plugins[0].name: \"lib/nas.so\" is not a file name",
     "write the name without its directory; plugins are found in the plugin directory"},
    {CHAIN("  plugins:\n  - sha: x\n"), "chain.yaml:6:5", "unknown key \"sha\" in spec.plugins[0]", "known keys: name, sha256, env"},
    {CHAIN("  plugins:\n  - env: [A]\n"), "chain.yaml:6:5", "\"name\" is missing in spec.plugins[0]", ""},
    {CHAIN("  plugins:\n  - name: a.so\n    sha256: [abc]\n"), "chain.yaml:7:14", "spec.plugins[0].sha256[0]: \"abc\" is not a SHA-256",
     "write the 64 hexadecimal digits that sha256sum prints"},
    {CHAIN("  plugins:\n  - name: a.so\n    sha256: " HEX "0\n"), "chain.yaml:7:13",
     "spec.plugins[0].sha256: \"0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789ab\"... is not a SHA-256",
     "write the 64 hexadecimal digits that sha256sum prints"},
    {CHAIN("  plugins:\n  - name: a.so\n    sha256: []\n"), "chain.yaml:7:13", "spec.plugins[0].sha256 must not be empty", ""},
    {CHAIN("  plugins:\n  - name: a.so\n    env: ['A=b']\n"), "chain.yaml:7:11", "spec.plugins[0].env[0]: \"A=b\" is not a variable's name",
     "write the name only, such as HTTPS_PROXY or AWS_*; the value is taken from pintle's environment"},
    {CHAIN("  plugins:\n  - name: a.so\n    env: ['*']\n"), "chain.yaml:7:11", "spec.plugins[0].env[0]: \"*\" is not a variable's name",
     "write the name only, such as HTTPS_PROXY or AWS_*; the value is taken from pintle's environment"},
    {CHAIN("  plugins:\n  - name: a.so\n  - name: b.so\n  - name: a.so\n"), "chain.yaml:8:11", "plugin \"a.so\" is listed twice",
     "the first is at chain.yaml:6:11"},
    {CHAIN("  actions:\n  - name: s3\n"), "chain.yaml:6:11", "spec.actions[0].name: \"s3\" is not an action's name",
     "write it with its domain, as `pintle plugin list` shows it: velero.io/aws"},
    {CHAIN("  actions:\n  - name: a.b/c\n    kind: RestoreItemActions\n"), "chain.yaml:7:11",
     "spec.actions[0].kind cannot be \"RestoreItemActions\"", "did you mean \"RestoreItemAction\"?"},
    {CHAIN("  actions:\n  - name: a.b/c\n    timeout: 0s\n"), "chain.yaml:7:14", "spec.actions[0].timeout: \"0s\" is not a duration over 0",
     "every call has a deadline: write 90s, 10m or 4h, or leave it out"},
    {CHAIN("  actions:\n  - name: a.b/c\n    timeout: -5s\n"), "chain.yaml:7:14",
     "spec.actions[0].timeout: \"-5s\" is not a duration over 0", "every call has a deadline: write 90s, 10m or 4h, or leave it out"},
    {CHAIN("  actions:\n  - name: a.b/c\n    timeout: 30\n"), "chain.yaml:7:14", "spec.actions[0].timeout must be text, not a number",
     "write the unit too: \"30s\" are seconds"},
    {CHAIN("  actions:\n  - name: a.b/c\n    onError: fail\n"), "chain.yaml:7:14", "spec.actions[0].onError cannot be \"fail\"",
     "possible: FailItem, Warn, FailRun"},
    {CHAIN("  actions:\n  - name: a.b/c\n    config: [x]\n"), "chain.yaml:7:13", "spec.actions[0].config must be a mapping, not a list",
     ""},
    {CHAIN("  actions:\n  - {name: a.b/c, kind: ObjectStore}\n  - name: a.b/c\n  - {kind: ObjectStore, name: a.b/c}\n"), "chain.yaml:8:31",
     "action \"a.b/c\" is listed twice", "the first is at chain.yaml:6:12"},
    {CHAIN("  aliases:\n    velero.io/aws: s3\n"), "chain.yaml:6:20", "spec.aliases[\"velero.io/aws\"]: \"s3\" is not an action's name",
     "write it with its domain, as `pintle plugin list` shows it: velero.io/aws"},
    {CHAIN("  aliases:\n    aws: a.b/c\n"), "chain.yaml:6:5", "key \"aws\" in spec.aliases is not an action's name",
     "write it with its domain, as `pintle plugin list` shows it: velero.io/aws"},
    {CHAIN("  aliases:\n    a.b/c: a.b/c\n"), "chain.yaml:6:12", "alias \"a.b/c\" stands for itself", ""},
    {CHAIN("  aliases:\n    a.b/c: a.b/d\n    a.b/d: a.b/e\n"), "chain.yaml:6:12",
     "alias \"a.b/c\" stands for \"a.b/d\", which is an alias itself", "write the action's own name: \"a.b/e\""},
};

/* The check and the reading refuse the same, in the same words. */
START_TEST(each_fault_has_its_place) {
  conf_set s = load(faults[_i].yaml);
  arena a = {0};
  conf_chain c;
  error checked, read;
  char message[1300];
  snprintf(message, sizeof message, "PluginChain \"default\": %s", faults[_i].message);
  ck_assert_msg(conf_set_check(&s, &checked) == PINTLE_INVALID, "accepted: %s", faults[_i].yaml);
  ck_assert_int_eq(conf_chain_read(&s, NULL, &a, &c, &read), PINTLE_INVALID);
  ck_assert_str_eq(checked.message, message);
  ck_assert_str_eq(checked.place, faults[_i].place);
  ck_assert_str_eq(checked.hint, faults[_i].hint);
  ck_assert_str_eq(read.message, message);
  ck_assert_str_eq(read.place, faults[_i].place);
  arena_free(&a);
  conf_set_free(&s);
}
END_TEST

START_TEST(nearest_names) {
  static const char *const words[] = {"timeout", "onError", "config", NULL, "kind"};
  ck_assert_str_eq(nearest(STR("tiemout"), words, 5), "timeout"); /* a swap is one step */
  ck_assert_str_eq(nearest(STR("timeouts"), words, 5), "timeout");
  ck_assert_str_eq(nearest(STR("ONERROR"), words, 5), "onError"); /* case does not count */
  ck_assert_str_eq(nearest(STR("kin"), words, 5), "kind");
  ck_assert_str_eq(nearest(STR("tmeuot"), words, 5), "timeout"); /* two steps of six letters */
  ck_assert_ptr_null(nearest(STR("tmuot"), words, 5));           /* more than a third */
  ck_assert_ptr_null(nearest(STR("ki"), words, 5));
  ck_assert_ptr_null(nearest(STR(""), words, 5));
  ck_assert_ptr_null(nearest(STR("x"), words, 0));
}
END_TEST

int main(void) {
  Suite *s = suite_create("conf_chain");
  TCase *t = tcase_create("all");
  tcase_add_test(t, a_full_chain);
  tcase_add_test(t, which_chain);
  tcase_add_loop_test(t, each_fault_has_its_place, 0, (int)(sizeof faults / sizeof *faults));
  tcase_add_test(t, nearest_names);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
