/* test_chain_plan.c -- order, configuration and selectors of a chain, before any plugin is loaded.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/chain.h"
#include <check.h>
#include <stdlib.h>

/* ------------------------------------------------------------------------------------------------------------ a registry */
static const pintle_option endpoint = {
    .struct_size = sizeof(pintle_option), .flags = PINTLE_REQUIRED, .name = "endpoint", .help = "where the array is"};
static const pintle_option retries = {
    .struct_size = sizeof(pintle_option), .type = PINTLE_OPT_INT, .name = "retries", .fallback = "3", .help = "how often"};
static const pintle_option password = {.struct_size = sizeof(pintle_option), .flags = PINTLE_SECRET, .name = "password", .help = "secret"};
static const pintle_option *const nas_options[] = {&endpoint, &retries, &password, NULL};
static const pintle_option *const no_options[] = {NULL};
static const char *const no_names[] = {NULL};
static const char *const nas_env[] = {"NAS_*", NULL};
static const char *const pvcs[] = {"pvc", NULL};
static const pintle_selector for_pvcs = {
    .struct_size = sizeof(pintle_selector), .included_resources = pvcs, .labels = "tier in (gold,silver),!old"};

#define ACTION(k, n, prio, ...) \
  { .kind = k, .name = n, .priority = prio, .summary = "", .url = "", .options = no_options, .thread_model = PINTLE_PARALLEL, __VA_ARGS__ }
static const host_action nas_actions[] = {
    {.kind = CONF_BACKUP_ITEM_ACTION,
     .name = "nas.io/snapshot",
     .priority = 20,
     .summary = "",
     .url = "",
     .options = nas_options,
     .selector = &for_pvcs,
     .timeout = 5000000000,
     .flags = PINTLE_ONE_INSTANCE,
     .has = HOST_HAS_PROGRESS},
    ACTION(CONF_RESTORE_ITEM_ACTION, "nas.io/attach", 20),
    ACTION(CONF_RESTORE_ITEM_ACTION, "nas.io/broken", 1, .refused = "has no execute function"),
};
static const host_action more_actions[] = {
    ACTION(CONF_RESTORE_ITEM_ACTION, "more.io/b", 10, .flags = PINTLE_ONE_INSTANCE),
    ACTION(CONF_RESTORE_ITEM_ACTION, "more.io/a", 10, .flags = PINTLE_ONE_INSTANCE | PINTLE_PURE),
    ACTION(CONF_RESTORE_ITEM_ACTION, "more.io/early", -5),
};
static const host_action gone_actions[] = {ACTION(CONF_RESTORE_ITEM_ACTION, "gone.io/x", 0)};
static host_plugin plugins[] = {
    {.path = "/p/gone.so",
     .file = "gone.so",
     .fd = -1,
     .reason = "is writable by others",
     .hint = "chmod o-w gone.so",
     .warnings = no_names,
     .needed = no_names,
     .glibc = "",
     .name = "gone",
     .version = "1",
     .vendor = "",
     .url = "",
     .env = no_names,
     .actions = gone_actions,
     .n_actions = 1},
    {.path = "/p/more.so",
     .file = "more.so",
     .fd = 1001,
     .sha256 = "ab",
     .warnings = no_names,
     .needed = no_names,
     .glibc = "",
     .name = "more",
     .version = "0.1",
     .vendor = "",
     .url = "",
     .env = no_names,
     .actions = more_actions,
     .n_actions = 3},
    {.path = "/p/nas.so",
     .file = "nas.so",
     .fd = 1002,
     .sha256 = "cd",
     .warnings = no_names,
     .needed = no_names,
     .glibc = "",
     .name = "nas",
     .version = "2.0",
     .vendor = "",
     .url = "",
     .env = nas_env,
     .actions = nas_actions,
     .n_actions = 3},
};
static const host_registry registry = {.plugins = plugins, .n_plugins = sizeof plugins / sizeof *plugins};

/* nas.so, and files of which nobody knows what is in them. */
#define UNKNOWN(f, why, what) \
  { .path = "/p/" f, .file = f, .fd = -1, .reason = why, .hint = what, .warnings = no_names, .needed = no_names, .env = no_names }
static host_plugin with_unknown[] = {UNKNOWN("old.so", "was built for plugin ABI 0", NULL),
                                     UNKNOWN("torn.so", "is truncated", "copy it again"), UNKNOWN("u.so", "is not pinned", "pin it"),
                                     UNKNOWN("v.so", "is no ELF file", NULL)};

/* ------------------------------------------------------------------------------------------------------------ helpers */
typedef struct made {
  conf_set set;
  arena memory;
  conf_chain chain;
  chain_plan plan;
  error e;
  pintle_status st;
} made;

#define HEAD "apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec:\n"

/* yaml: of chain.yaml, NULL: none. */
static void make_of(made *m, const host_registry *from, const char *yaml, uint32_t kind, const char *const *only, bool built_in) {
  memset(m, 0, sizeof *m);
  if (yaml) ck_assert_msg(conf_set_add(&m->set, "chain.yaml", str_of(yaml), &m->e) == PINTLE_OK, "%s", m->e.message);
  ck_assert_msg(conf_chain_read(&m->set, NULL, &m->memory, &m->chain, &m->e) == PINTLE_OK, "%s", m->e.message);
  chain_plan_options o = {
      .registry = from, .chain = &m->chain, .set = &m->set, .kind = kind, .only = only, .without_host_steps = !built_in};
  m->st = chain_plan_make(&o, &m->plan, &m->e);
}

static void make_with(made *m, const char *yaml, uint32_t kind, const char *const *only, bool built_in) {
  make_of(m, &registry, yaml, kind, only, built_in);
}

/* Plugins' actions only. */
static void make(made *m, const char *yaml, uint32_t kind, const char *const *only) { make_with(m, yaml, kind, only, false); }

static void drop(made *m) {
  chain_plan_free(&m->plan);
  arena_free(&m->memory);
  conf_set_free(&m->set);
}

static void expect_error(const char *yaml, uint32_t kind, const char *const *only, const char *message, const char *place,
                         const char *hint) {
  made m;
  make(&m, yaml, kind, only);
  ck_assert_int_eq(m.st, PINTLE_INVALID);
  ck_assert_str_eq(m.e.message, message);
  ck_assert_str_eq(m.e.place, place);
  ck_assert_str_eq(m.e.hint, hint);
  drop(&m);
}

/* "name (why) segment; ..." */
static char *order(const chain_plan *p) {
  buf b = {0};
  for (size_t i = 0; i < p->n; i++)
    buf_printf(&b, "%s%s (%s) %u", i ? "; " : "", p->entries[i].name, p->entries[i].why, p->entries[i].segment);
  buf_z(&b);
  return b.data;
}

/* ------------------------------------------------------------------------------------------------------------ tests */
START_TEST(order_and_why) {
  static const char *const velero[] = {"add-pvc-from-pod",
                                       "admission-webhook-configuration",
                                       "apiservice",
                                       "cluster-role-bindings",
                                       "crd-preserve-fields",
                                       "init-restore-hook",
                                       "job",
                                       "pod",
                                       "pvc",
                                       "role-bindings",
                                       "secret",
                                       "service",
                                       "service-account"};
  enum { N = sizeof velero / sizeof *velero };
  buf wanted = {0};
  made m;
  make_with(&m,
            HEAD "  actions:\n  - {name: nas.io/attach, timeout: 30s, onError: Warn}\n  - {name: nas.io/snapshot, config: {endpoint: x}}\n"
                 "  - name: more.io/b\n",
            CONF_RESTORE_ITEM_ACTION, NULL, true);
  ck_assert_msg(m.st == PINTLE_OK, "%s", m.e.message);
  char *text = order(&m.plan);
  buf_addz(&wanted, "pintle.io/reset-metadata (built in) 0; ");
  for (size_t i = 0; i < N; i++) buf_printf(&wanted, "velero.io/%s (built in) 0; ", velero[i]);
  buf_addz(&wanted, "nas.io/attach (listed 1st in chain.yaml:6:5) 0; more.io/b (listed 3rd in chain.yaml:8:5) 1; more.io/early "
                    "(priority -5) 0; more.io/a (priority 10) 2; pintle.io/namespace-mapping (built in) 0; "
                    "pintle.io/restore-labels (built in) 0");
  ck_assert_str_eq(text, wanted.data);
  free(text);
  buf_free(&wanted);
  const chain_entry *attach = &m.plan.entries[1 + N];
  ck_assert_int_eq(attach->timeout, 30000000000);
  ck_assert_int_eq(attach->on_error, CONF_WARN);
  ck_assert_int_eq(attach[1].timeout, 60000000000);
  ck_assert_int_eq(m.plan.entries[0].plugin, CHAIN_BUILT_IN);
  ck_assert_uint_eq(m.plan.n_plugins, 2);
  ck_assert_str_eq(m.plan.plugins[attach->plugin].name, "nas");
  drop(&m);
}
END_TEST

/* On backup and in item blocks too, before the plugins' actions. */
START_TEST(order_of_other_kinds) {
  static const struct {
    uint32_t kind;
    const char *order;
  } rows[] = {
      {CONF_BACKUP_ITEM_ACTION,
       "velero.io/pod (built in) 0; velero.io/pv (built in) 0; velero.io/service-account (built in) 0; nas.io/snapshot "
       "(listed 1st in chain.yaml:6:5) 1"},
      {CONF_ITEM_BLOCK_ACTION, "velero.io/pod (built in) 0; velero.io/pvc (built in) 0; velero.io/service-account (built in) 0"},
      {CONF_DELETE_ITEM_ACTION, ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    made m;
    make_with(&m, HEAD "  actions:\n  - {name: nas.io/snapshot, config: {endpoint: x}}\n", rows[i].kind, NULL, true);
    ck_assert_msg(m.st == PINTLE_OK, "%s", m.e.message);
    char *text = order(&m.plan);
    ck_assert_str_eq(text, rows[i].order);
    free(text);
    drop(&m);
  }
}
END_TEST

START_TEST(listed_errors) {
  expect_error(HEAD "  actions:\n  - name: nas.io/atach\n", CONF_RESTORE_ITEM_ACTION, NULL, "there is no action named nas.io/atach",
               "chain.yaml:6:5", "did you mean nas.io/attach?");
  expect_error(HEAD "  actions:\n  - name: far.away/thing\n", CONF_BACKUP_ITEM_ACTION, NULL, "there is no action named far.away/thing",
               "chain.yaml:6:5", "pintle plugin list shows the actions that there are");
  expect_error(HEAD "  actions:\n  - name: gone.io/x\n", CONF_RESTORE_ITEM_ACTION, NULL,
               "plugin gone.so, which has action gone.io/x, was set aside: is writable by others", "chain.yaml:6:5", "chmod o-w gone.so");
  expect_error(HEAD "  actions:\n  - name: nas.io/broken\n", CONF_RESTORE_ITEM_ACTION, NULL,
               "action nas.io/broken of plugin nas (nas.so) cannot be used: has no execute function", "chain.yaml:6:5", "");
  expect_error(HEAD "  actions:\n  - {name: nas.io/attach, kind: BackupItemAction}\n", CONF_RESTORE_ITEM_ACTION, NULL,
               "nas.io/attach is a RestoreItemAction, not a BackupItemAction", "chain.yaml:6:5", "");
  expect_error(HEAD "  actions:\n  - name: pintle.io/reset-metadata\n", CONF_RESTORE_ITEM_ACTION, NULL,
               "pintle.io/reset-metadata is a step of pintle itself: it always runs and cannot be named here", "chain.yaml:6:5",
               "leave it out");
  expect_error(HEAD "  aliases: {velero.io/nas: nas.io/snapshto}\n", CONF_RESTORE_ITEM_ACTION, NULL,
               "alias velero.io/nas: there is no action named nas.io/snapshto", "chain.yaml:5:28", "did you mean nas.io/snapshot?");
}
END_TEST

/* An action that nobody is known to have may be in a file that was set aside before it was asked. */
START_TEST(set_aside_unknown) {
  static const struct {
    const char *action;
    size_t from, n;
    const char *message, *hint;
  } rows[] = {
      {"far.away/thing", 1, 1, "; plugin torn.so was set aside: is truncated", "torn.so: copy it again"},
      {"nas.io/atach", 1, 1, "; plugin torn.so was set aside: is truncated", "torn.so: copy it again; or did you mean nas.io/attach?"},
      {"far.away/thing", 0, 1, "; plugin old.so was set aside: was built for plugin ABI 0", "see `pintle plugin list`"},
      {"nas.io/atach", 0, 4,
       "; plugin old.so was set aside: was built for plugin ABI 0; plugin torn.so was set aside: is truncated; plugin u.so was set aside: "
       "is "
       "not pinned; 1 more plugin was set aside",
       "torn.so: copy it again; u.so: pin it; or did you mean nas.io/attach?"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    host_plugin v[5];
    const host_registry r = {.plugins = v, .n_plugins = rows[i].n + 1};
    char yaml[300], message[600];
    made m;
    memcpy(v, with_unknown + rows[i].from, rows[i].n * sizeof *v);
    v[rows[i].n] = plugins[2];
    snprintf(yaml, sizeof yaml, HEAD "  actions:\n  - name: %s\n", rows[i].action);
    snprintf(message, sizeof message, "there is no action named %s%s", rows[i].action, rows[i].message);
    make_of(&m, &r, yaml, CONF_RESTORE_ITEM_ACTION, NULL, false);
    ck_assert_int_eq(m.st, PINTLE_INVALID);
    ck_assert_str_eq(m.e.message, message);
    ck_assert_str_eq(m.e.place, "chain.yaml:6:5");
    ck_assert_str_eq(m.e.hint, rows[i].hint);
    drop(&m);
  }
}
END_TEST

START_TEST(only) {
  static const char *const two[] = {"nas.io/attach", "more.io/early", NULL}, *const typo[] = {"more.io/erly", NULL},
                           *const other[] = {"nas.io/snapshot", NULL}, *const alias[] = {"velero.io/nas", NULL},
                           *const built_in[] = {"velero.io/pod", NULL};
  made m;
  make(&m, HEAD "  aliases: {velero.io/nas: nas.io/attach}\n", CONF_RESTORE_ITEM_ACTION, two);
  ck_assert_uint_eq(m.plan.n, 2);
  ck_assert_str_eq(m.plan.entries[0].name, "more.io/early");
  ck_assert_str_eq(m.plan.entries[1].name, "nas.io/attach");
  ck_assert_str_eq(m.plan.entries[1].alias, "velero.io/nas");
  drop(&m);
  make(&m, HEAD "  aliases: {velero.io/nas: nas.io/attach}\n", CONF_RESTORE_ITEM_ACTION, alias);
  ck_assert_uint_eq(m.plan.n, 1);
  ck_assert_str_eq(m.plan.entries[0].name, "nas.io/attach");
  drop(&m);
  make(&m, NULL, CONF_RESTORE_ITEM_ACTION, built_in); /* what is built in is there when it is asked for */
  ck_assert_uint_eq(m.plan.n, 1);
  ck_assert_str_eq(m.plan.entries[0].name, "velero.io/pod");
  drop(&m);
  make_with(&m, NULL, CONF_RESTORE_ITEM_ACTION, two, true);
  ck_assert_uint_eq(m.plan.n, 18);
  drop(&m);
  expect_error(NULL, CONF_RESTORE_ITEM_ACTION, typo, "there is no RestoreItemAction named more.io/erly", "", "did you mean more.io/early?");
  expect_error(NULL, CONF_RESTORE_ITEM_ACTION, other, "nas.io/snapshot is a BackupItemAction, not a RestoreItemAction", "", "");
}
END_TEST

#define MAP(name, data)                                                                                                         \
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " name "\n  namespace: velero\n  labels: {velero.io/plugin-config: '', " \
  "nas.io/snapshot: BackupItemAction}\ndata: " data "\n"

/* defaults < chain file < ConfigMap; errors have the place of the layer that they come from. */
START_TEST(configuration) {
  made m;
  make(&m, HEAD "  actions:\n  - name: nas.io/snapshot\n    config: {endpoint: file, password: hidden}\n---\n" MAP("x", "{retries: '7'}"),
       CONF_BACKUP_ITEM_ACTION, NULL);
  ck_assert_msg(m.st == PINTLE_OK, "%s", m.e.message);
  ck_assert_str_eq(m.plan.entries[0].config.ptr, "{\"endpoint\":\"file\",\"retries\":7,\"password\":\"hidden\"}");
  ck_assert_int_eq(m.plan.entries[0].timeout, 5000000000);
  ck_assert_str_eq(m.plan.plugins[0].env[0], "NAS_*");
  error e;
  error_set(&e, PINTLE_INVALID, "x");
  error_place(&e, "/endpoint");
  chain_plan_place(&m.plan.entries[0], &e);
  ck_assert_str_eq(e.place, "chain.yaml:7:24");
  error_place(&e, "/retries");
  chain_plan_place(&m.plan.entries[0], &e);
  ck_assert_str_eq(e.place, "chain.yaml:15:17");
  drop(&m);
  make(&m, HEAD "  plugins:\n  - {name: nas.so, env: [NAS_*, HTTPS_PROXY]}\n---\n" MAP("x", "{endpoint: map}"), CONF_BACKUP_ITEM_ACTION,
       NULL);
  ck_assert_msg(m.st == PINTLE_OK, "%s", m.e.message);
  ck_assert_str_eq(m.plan.entries[0].config.ptr, "{\"endpoint\":\"map\",\"retries\":3}");
  ck_assert_str_eq(m.plan.plugins[0].env[1], "HTTPS_PROXY");
  ck_assert_ptr_null(m.plan.plugins[0].env[2]);
  drop(&m);
  expect_error(MAP("x", "{endpoint: a}") "---\n" MAP("y", "{endpoint: b}"), CONF_BACKUP_ITEM_ACTION, NULL,
               "two ConfigMaps configure BackupItemAction nas.io/snapshot, the other one at chain.yaml:1:1", "chain.yaml:9:1",
               "keep one, or take the label nas.io/snapshot from the other");
  expect_error(HEAD "  actions:\n  - name: nas.io/snapshot\n    config: {endpoin: x}\n", CONF_BACKUP_ITEM_ACTION, NULL,
               "action nas.io/snapshot: unknown option \"endpoin\"", "chain.yaml:7:14", "did you mean \"endpoint\"?");
  expect_error(HEAD "  actions:\n  - name: nas.io/snapshot\n", CONF_BACKUP_ITEM_ACTION, NULL,
               "action nas.io/snapshot: option \"endpoint\" is required and not given", "chain.yaml:6:5", "endpoint: where the array is");
}
END_TEST

START_TEST(print_and_parse) {
  made m;
  chain_plan again;
  kube_types *types, *other;
  buf one = {0}, two = {0};
  error e;
  make(&m, HEAD "  actions:\n  - {name: nas.io/snapshot, onError: FailRun, config: {endpoint: 'a\"b'}}\n", CONF_BACKUP_ITEM_ACTION, NULL);
  ck_assert_msg(m.st == PINTLE_OK, "%s", m.e.message);
  m.plan.dry_run = true;
  ck_assert_int_eq(kube_types_new(&types), PINTLE_OK);
  ck_assert_int_eq(kube_types_new(&other), PINTLE_OK);
  ck_assert_ptr_nonnull(kube_types_of(types, STR("shop.io/v1"), STR("Basket"), true));
  chain_plan_print(&m.plan, types, &one);
  ck_assert_str_eq(
      one.data, "{\"kind\":1,\"dryRun\":true,\"plugins\":[{\"name\":\"nas\",\"version\":\"2.0\",\"path\":\"/p/nas.so\",\"file\":\"nas.so\","
                "\"sha256\":\"cd\",\"fd\":1002,\"env\":[\"NAS_*\"]}],\"entries\":[{\"name\":\"nas.io/snapshot\",\"flags\":8,\"has\":2,"
                "\"onError\":2,\"timeout\":5000000000,\"segment\":1,\"why\":\"listed 1st in chain.yaml:6:5\",\"config\":{\"endpoint\":"
                "\"a\\\"b\",\"retries\":3},\"selector\":{\"includedResources\":[\"pvc\"],\"labels\":\"tier in (gold,silver),!old\"}}],"
                "\"types\":[{\"group\":\"shop.io\",\"version\":\"v1\",\"kind\":\"Basket\",\"resource\":\"baskets\",\"singular\":"
                "\"basket\",\"namespaced\":true,\"origin\":2,\"preferred\":true}]}");
  ck_assert_msg(chain_plan_parse(buf_str(&one), &again, other, &e) == PINTLE_OK, "%s", e.message);
  chain_plan_print(&again, other, &two);
  ck_assert_str_eq(one.data, two.data);
  ck_assert_ptr_nonnull(kube_types_named(other, STR("baskets.shop.io")));
  chain_plan_free(&again);
  /* cut anywhere, it is refused, not half read */
  for (size_t n = 0; n < one.len; n += 7) ck_assert_int_ne(chain_plan_parse((str){one.data, n}, &again, NULL, &e), PINTLE_OK);
  static const char *const bad[] = {"{}", "{\"kind\":1,\"entries\":[{\"plugin\":0,\"name\":\"x\",\"timeout\":1,\"config\":{}}]}",
                                    "{\"kind\":1,\"entries\":[{\"plugin\":-1,\"name\":\"x\",\"config\":{}}]}",
                                    "{\"kind\":1,\"entries\":7}"};
  for (size_t i = 1; i < sizeof bad / sizeof *bad; i++)
    ck_assert_int_eq(chain_plan_parse(str_of(bad[i]), &again, NULL, &e), PINTLE_INVALID);
  buf_free(&one);
  buf_free(&two);
  kube_types_free(types);
  kube_types_free(other);
  drop(&m);
}
END_TEST

/* ------------------------------------------------------------------------------------------------------------ selectors */
static const char *why(kube_types *types, const chain_selector *s, const char *type, const char *ns) {
  static buf text;
  const kube_label gold = {STR("tier"), STR("gold")};
  buf_clear(&text);
  if (chain_selector_matches(s, types, type ? kube_types_named(types, str_of(type)) : NULL, str_of(ns), (kube_labels){&gold, 1}, &text))
    return "yes";
  return buf_z(&text);
}

START_TEST(selectors) {
  kube_types *types;
  ck_assert_int_eq(kube_types_new(&types), PINTLE_OK);
  ck_assert_ptr_nonnull(kube_types_of(types, STR("shop.io/v1"), STR("Basket"), true));
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
  const struct {
    chain_selector s;
    const char *type, *ns, *why;
  } rows[] = {
      {{0}, "pods", "a", "yes"},
      {{0}, "nodes", "", "yes"},
      {{.included_resources = LIST("*")}, "pods", "a", "yes"},
      {{.included_resources = LIST("*")}, NULL, "a", "yes"},
      {{.included_resources = LIST("po", "deploy")}, "pods", "a", "yes"},
      {{.included_resources = LIST("po", "deploy")}, "deployments", "a", "yes"},
      {{.included_resources = LIST("po", "deploy")}, "secrets", "a", "resource secrets is not among po, deploy"},
      {{.included_resources = LIST("deployment.apps")}, "deployments", "a", "yes"},
      {{.included_resources = LIST("*.apps")}, "deployments", "a", "yes"},
      {{.included_resources = LIST("*.apps")}, "pods", "a", "resource pods is not among *.apps"},
      {{.included_resources = LIST("ingresses.extensions")},
       "ingresses.networking.k8s.io",
       "a",
       "resource ingresses.networking.k8s.io is not among ingresses.extensions"},
      {{.included_resources = LIST("baskets.shop.io")}, "baskets.shop.io", "a", "yes"},
      {{.included_resources = LIST("unheard")}, "pods", "a", "resource pods is not among unheard"},
      {{.included_resources = LIST("po")}, NULL, "a", "resource of an unknown kind is not among po"},
      {{.excluded_resources = LIST("po")}, "pods", "a", "resource pods is excluded by po"},
      {{.included_resources = LIST("*"), .excluded_resources = LIST("po")}, "secrets", "a", "yes"},
      {{.included_namespaces = LIST("a", "prod-*")}, "pods", "prod-1", "yes"},
      {{.included_namespaces = LIST("a", "prod-*")}, "pods", "b", "namespace b is not among a, prod-*"},
      {{.included_namespaces = LIST("a")}, "nodes", "", "the item is cluster-scoped, and namespaces are named: a"},
      {{.excluded_namespaces = LIST("a")}, "nodes", "", "the item is cluster-scoped, and namespaces are named: a"},
      {{.excluded_namespaces = LIST("a")}, "pods", "a", "namespace a is excluded by a"},
      {{.included_namespaces = LIST("*")}, "nodes", "", "yes"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) ck_assert_str_eq(why(types, &rows[i].s, rows[i].type, rows[i].ns), rows[i].why);
  chain_selector labels = {.labels_text = "tier=silver"};
  ck_assert_int_eq(kube_selector_parse(STR("tier=silver"), &labels.labels, NULL), PINTLE_OK);
  ck_assert_str_eq(why(types, &labels, "pods", "a"), "the labels do not match tier=silver");
  kube_selector_free(labels.labels);
  kube_types_free(types);
}
END_TEST

START_TEST(wants) {
  made m;
  kube_types *types;
  kube_label label = {STR("tier"), STR("gold")};
  kube_labels gold = {&label, 1}, none = {NULL, 0};
  make(&m, HEAD "  actions:\n  - {name: nas.io/snapshot, config: {endpoint: x}}\n", CONF_BACKUP_ITEM_ACTION, NULL);
  ck_assert_int_eq(kube_types_new(&types), PINTLE_OK);
  const kube_type *pvc = kube_types_named(types, STR("persistentvolumeclaims")), *pod = kube_types_named(types, STR("pods"));
  for (int i = 0; i < 2; i++) { /* asked, and remembered */
    ck_assert(chain_plan_wants(&m.plan, types, pvc, STR("a"), gold, false));
    ck_assert(!chain_plan_wants(&m.plan, types, pvc, STR("a"), none, false));
    ck_assert(!chain_plan_wants(&m.plan, types, pod, STR("a"), gold, false));
    ck_assert(!chain_plan_wants(&m.plan, types, NULL, STR("a"), gold, false));
    ck_assert(chain_plan_wants(&m.plan, types, pvc, STR("a"), gold, true)); /* a plugin's action */
  }
  drop(&m);
  /* what is built in and brings others along has nothing to do with an item that names none; on restore it does more than that */
  make_with(&m, HEAD "  actions:\n  - {name: nas.io/snapshot, config: {endpoint: x}}\n", CONF_BACKUP_ITEM_ACTION, NULL, true);
  ck_assert(chain_plan_wants(&m.plan, types, pod, STR("a"), none, false));
  ck_assert(!chain_plan_wants(&m.plan, types, pod, STR("a"), none, true));
  drop(&m);
  make_with(&m, NULL, CONF_RESTORE_ITEM_ACTION, NULL, true);
  ck_assert(chain_plan_wants(&m.plan, types, pod, STR("a"), none, true));
  kube_types_free(types);
  drop(&m);
}
END_TEST

int main(void) {
  Suite *s = suite_create("chain_plan");
  TCase *t = tcase_create("plan");
  tcase_add_test(t, order_and_why);
  tcase_add_test(t, order_of_other_kinds);
  tcase_add_test(t, listed_errors);
  tcase_add_test(t, set_aside_unknown);
  tcase_add_test(t, only);
  tcase_add_test(t, configuration);
  tcase_add_test(t, print_and_parse);
  tcase_add_test(t, selectors);
  tcase_add_test(t, wants);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
