/* test_builtin_velero.c -- Velero's own actions: item in, exact item and additional items out.  SPDX-License-Identifier: Apache-2.0
 *
 * tests/interop/actions compares them with Velero's code; here stands what is ours, and one example of each rule. In the tables ' is ". */
#include "builtin_run.h"
#include <check.h>

typedef struct row {
  const char *run, *item, *stored, *objects; /* JSON; NULL: not there */
  const char *wanted;
} row;

static char *quoted(const char *text) {
  char *z = text ? strdup(text) : NULL;
  for (char *p = z; p && *p; p++)
    if (*p == '\'') *p = '"';
  return z;
}
static str text_of(const char *z) { return z ? str_of(z) : (str){NULL, 0}; }

static void expect(uint32_t kind, const char *action, const row *rows, size_t n) {
  for (size_t i = 0; i < n; i++) {
    char *run = quoted(rows[i].run), *item = quoted(rows[i].item), *stored = quoted(rows[i].stored), *objects = quoted(rows[i].objects),
         *wanted = quoted(rows[i].wanted);
    buf out = {0};
    const builtin_case k = {kind, action, text_of(run), text_of(item), text_of(stored), text_of(objects)};
    builtin_run(&k, &out);
    ck_assert_str_eq(out.data, wanted);
    buf_free(&out);
    free(run), free(item), free(stored), free(objects), free(wanted);
  }
}
#define EXPECT(kind, action, ...)                              \
  do {                                                         \
    static const row rows_[] = {__VA_ARGS__};                  \
    expect(kind, action, rows_, sizeof rows_ / sizeof *rows_); \
  } while (0)
#define BACKUP CONF_BACKUP_ITEM_ACTION
#define RESTORE CONF_RESTORE_ITEM_ACTION
#define BLOCK CONF_ITEM_BLOCK_ACTION
#define DONE(item) "{'item':" item ",'related':[]}"

/* ------------------------------------------------------------------------------------------------------------ backup */
START_TEST(backup_claim) {
#define CLAIM(labels, spec, phase) \
  "{'metadata':{'name':'c','namespace':'a','labels':" labels "},'spec':" spec ",'status':{'phase':'" phase "'}}"
#define STALE                                                                                         \
  "{'velero.io/backup-name':'old','velero.io/restore-name':'r','velero.io/volume-snapshot-name':'s'," \
  "'backup.velero.io/must-include-additional-items':'true','velero.io/other':'1','app':'x'}"
  EXPECT(
      BACKUP, "velero.io/pv",
      {"{'metadata':{'name':'b'}}", CLAIM(STALE, "{'volumeName':'pv','dataSource':{},'dataSourceRef':{},'selector':{},'x':1.0}", "Bound"),
       NULL, NULL,
       "{'item':" CLAIM("{'velero.io/other':'1','app':'x'}", "{'volumeName':'pv','x':1.0}",
                        "Bound") ",'related':['persistentvolumes pv']}"},
      /* this backup's label stays; class "": the selector stays, without Velero's labels */
      {"{'metadata':{'name':'old'}}",
       CLAIM("{'velero.io/backup-name':'old'}",
             "{'volumeName':'pv','storageClassName':'','selector':{'matchLabels':{'velero.io/a':'1','b':'2','velero.io/c':'3'}}}", "Bound"),
       NULL, NULL,
       "{'item':" CLAIM("{'velero.io/backup-name':'old'}", "{'volumeName':'pv','storageClassName':'','selector':{'matchLabels':{'b':'2'}}}",
                        "Bound") ",'related':['persistentvolumes pv']}"},
      {"{}", CLAIM("{'velero.io/restore-name':'r'}", "{'volumeName':'pv','dataSource':{}}", "Pending"), NULL, NULL,
       DONE(CLAIM("{'velero.io/restore-name':'r'}", "{'volumeName':'pv','dataSource':{}}", "Pending"))},
      {"{}", CLAIM("{}", "{'dataSource':{}}", "Bound"), NULL, NULL, DONE(CLAIM("{}", "{'dataSource':{}}", "Bound"))});
}
END_TEST

#define POD                                                                                                                       \
  "{'metadata':{'name':'p','namespace':'a'},'spec':{'priorityClassName':'high','volumes':[{'name':'x','persistentVolumeClaim':{'" \
  "claimName':"                                                                                                                   \
  "'c1'}},{'name':'y','emptyDir':{}},7,{'name':'z','persistentVolumeClaim':{'claimName':'c2'}},{'name':'n','persistentVolumeClaim':{}}]}}"
START_TEST(pods_and_what_they_name) {
  static const char all[] = "{'item':" POD ",'related':['priorityclasses.scheduling.k8s.io high','persistentvolumeclaims a/c1',"
                            "'persistentvolumeclaims a/c2']}";
  EXPECT(BACKUP, "velero.io/pod", {NULL, POD, NULL, NULL, all},
         {NULL, "{'spec':{'volumes':{}}}", NULL, NULL, DONE("{'spec':{'volumes':{}}}")});
  EXPECT(BLOCK, "velero.io/pod", {NULL, POD, NULL, NULL, all});
  EXPECT(RESTORE, "velero.io/add-pvc-from-pod",
         {NULL, POD, NULL, NULL, "{'item':" POD ",'related':['persistentvolumeclaims a/c1','persistentvolumeclaims a/c2']}"});
}
END_TEST

#define CRB(name, role, subjects) \
  "{'kind':'ClusterRoleBinding','metadata':{'name':'" name "'},'roleRef':{'name':'" role "'},'subjects':" subjects "}"
#define SA(ns, name) "{'kind':'ServiceAccount','metadata':{'name':'" name "','namespace':'" ns "'}}"
START_TEST(accounts) {
  static const char bindings[] = "[" CRB(
      "one", "admin",
      "[{'kind':'User','name':'s','namespace':'a'},{'kind':'ServiceAccount','name':'s',"
      "'namespace':'a'},{'kind':'ServiceAccount','name':'s','namespace':'a'}]") "," CRB("two", "admin",
                                                                                        "[{'kind':'ServiceAccount','name':'s','namespace':'"
                                                                                        "a'}]") "," CRB("three", "view",
                                                                                                        "[{'kind':'ServiceAccount','name':'"
                                                                                                        "s',"
                                                                                                        "'namespace':'b'}]") "]";
  static const char found[] =
      "{'item':" SA("a", "s") ",'related':['clusterrolebindings.rbac.authorization.k8s.io one',"
                              "'clusterrolebindings.rbac.authorization.k8s.io two','clusterroles.rbac.authorization.k8s.io admin']}";
  EXPECT(BACKUP, "velero.io/service-account", {NULL, SA("a", "s"), NULL, bindings, found},
         {NULL, SA("a", "t"), NULL, bindings, DONE(SA("a", "t"))},
         {NULL, SA("a", "s"), NULL, NULL, DONE(SA("a", "s"))}); /* a run that cannot list */
  EXPECT(BLOCK, "velero.io/service-account", {NULL, SA("a", "s"), NULL, bindings, found});
}
END_TEST

START_TEST(blocks_of_claims) {
#define MEMBER(ns, name, group)                                                                               \
  "{'kind':'PersistentVolumeClaim','metadata':{'name':'" name "','namespace':'" ns "','labels':{'vg':'" group \
  "'}},'spec':{'volumeName':'pv'},'status':{'phase':'Bound'}}"
#define USER(ns, name, phase, more)                                                                                                       \
  "{'kind':'Pod','metadata':{'name':'" name "','namespace':'" ns "'" more "},'spec':{'nodeName':'n','volumes':[{'persistentVolumeClaim':" \
  "{'claimName':'c'}}]},'status':{'phase':'" phase "'}}"
  static const char world[] =
      "[" MEMBER("a", "c", "g") "," MEMBER("a", "d", "g") "," MEMBER("a", "e", "h") "," MEMBER("b", "f", "g") "," USER(
          "a", "p2", "Running", "") "," USER("a", "p1", "Running", "") "," USER("a", "p3", "Pending",
                                                                                "") "," USER("b", "p4", "Running",
                                                                                             "") "," USER("a", "p5", "Running",
                                                                                                          ",'deletionTimestamp':"
                                                                                                          "'t'") "]";
  EXPECT(BLOCK, "velero.io/pvc",
         {"{'spec':{'volumeGroupSnapshotLabelKey':'vg'}}", MEMBER("a", "c", "g"), NULL, world,
          "{'item':" MEMBER("a", "c", "g") ",'related':['persistentvolumes pv','pods a/p2','pods a/p1','persistentvolumeclaims a/d']}"},
         {"{}", MEMBER("a", "c", "g"), NULL, world,
          "{'item':" MEMBER("a", "c", "g") ",'related':['persistentvolumes pv','pods a/p2','pods a/p1']}"},
         {"{}", MEMBER("a", "c", "g"), NULL, NULL, "{'item':" MEMBER("a", "c", "g") ",'related':['persistentvolumes pv']}"});
}
END_TEST

/* ------------------------------------------------------------------------------------------------------------ restore */
START_TEST(restore_pod) {
  EXPECT(
      RESTORE, "velero.io/pod",
      {NULL,
       "{'spec':{'serviceAccountName':'s','nodeName':'n','priority':5,'priorityClassName':'high','volumes':[{'name':'s-token-1'},{'name':'"
       "v'},"
       "{'name':'s-token-2'}],'containers':[{'volumeMounts':[{'name':'s-token-1'}]},{'volumeMounts':[{'name':'v'},{'name':'s-token-1'}]}],"
       "'initContainers':[{'volumeMounts':[{'name':'s-token-2'},{'name':'w'}]}]}}",
       NULL, NULL,
       "{'item':{'spec':{'serviceAccountName':'s','priorityClassName':'high','volumes':[{'name':'v'}],'containers':[{},{'volumeMounts':[{'"
       "name':"
       "'v'}]}],'initContainers':[{'volumeMounts':[{'name':'w'}]}]}},'related':['priorityclasses.scheduling.k8s.io high']}"});
}
END_TEST

START_TEST(restore_small_ones) {
  EXPECT(RESTORE, "velero.io/job",
         {NULL,
          "{'spec':{'selector':{'matchLabels':{'controller-uid':'1','batch.kubernetes.io/"
          "controller-uid':'1'}},'template':{'metadata':{'labels':{"
          "'controller-uid':'1','batch.kubernetes.io/controller-uid':'1','job-name':'j'}}}}}",
          NULL, NULL, DONE("{'spec':{'selector':{'matchLabels':{}},'template':{'metadata':{'labels':{'job-name':'j'}}}}}")});
  EXPECT(RESTORE, "velero.io/service-account",
         {NULL, "{'metadata':{'name':'s'},'secrets':[{'name':'s-token-1'},{'name':'t'},{'name':'s-token-2'}]}", NULL, NULL,
          DONE("{'metadata':{'name':'s'},'secrets':[{'name':'s-token-1'},{'name':'t'}]}")},
         {NULL, "{'metadata':{'name':'s'},'secrets':[{'name':'s-token-1'}]}", NULL, NULL, DONE("{'metadata':{'name':'s'}}")});
  EXPECT(RESTORE, "velero.io/pvc",
         {NULL,
          "{'metadata':{'annotations':{'pv.kubernetes.io/bind-completed':'y','pv.kubernetes.io/bound-by-controller':'y',"
          "'volume.kubernetes.io/storage-provisioner':'y','volume.beta.kubernetes.io/storage-provisioner':'y',"
          "'volume.kubernetes.io/selected-node':'y','velero.io/volume-snapshot-name':'y','velero.io/data-upload-name':'y','k':'v'}}}",
          "{'spec':{'volumeName':'pv'},'status':{'phase':'Bound'}}", NULL,
          "{'item':{'metadata':{'annotations':{'k':'v'}}},'related':['persistentvolumes pv']}"},
         {NULL, "{'spec':{'volumeName':'pv'},'status':{'phase':'Bound'}}", "{'spec':{'volumeName':'pv'},'status':{'phase':'Lost'}}", NULL,
          DONE("{'spec':{'volumeName':'pv'},'status':{'phase':'Bound'}}")});
  EXPECT(RESTORE, "velero.io/crd-preserve-fields",
         {NULL,
          "{'apiVersion':'apiextensions.k8s.io/"
          "v1','spec':{'preserveUnknownFields':true,'versions':[{'schema':{'openAPIV3Schema':{'type':'object'}}},"
          "{'schema':{}},{}]}}",
          NULL, NULL,
          DONE("{'apiVersion':'apiextensions.k8s.io/v1','spec':{'versions':[{'schema':{'openAPIV3Schema':{'type':'object',"
               "'x-kubernetes-preserve-unknown-fields':true}}},{'schema':{}},{}]}}")},
         {NULL, "{'apiVersion':'apiextensions.k8s.io/v1beta1','spec':{'preserveUnknownFields':true}}", NULL, NULL,
          DONE("{'apiVersion':'apiextensions.k8s.io/v1beta1','spec':{'preserveUnknownFields':true}}")});
  EXPECT(
      RESTORE, "velero.io/admission-webhook-configuration",
      {NULL,
       "{'apiVersion':'admissionregistration.k8s.io/v1','webhooks':[{'sideEffects':'Some'},{'sideEffects':'NoneOnDryRun'},{'name':'w'},7]}",
       NULL, NULL,
       DONE("{'apiVersion':'admissionregistration.k8s.io/v1','webhooks':[{'sideEffects':'None'},{'sideEffects':'NoneOnDryRun'},{'name':'w',"
            "'sideEffects':'None'},7]}")});
  EXPECT(RESTORE, "velero.io/apiservice",
         {NULL, "{}", NULL, NULL, "{'item':{},'related':[],'skip':'Kubernetes makes and manages this APIService itself'}"});
}
END_TEST

START_TEST(restore_bindings) {
  static const row rows[] = {
      {"{'spec':{'namespaceMapping':{'a':'b','b':'c'}}}",
       "{'subjects':[7,{'kind':'ServiceAccount','namespace':'a'},{'kind':'ServiceAccount'},{'kind':'User','namespace':'b'}]}", NULL, NULL,
       DONE("{'subjects':[7,{'kind':'ServiceAccount','namespace':'b'},{'kind':'ServiceAccount'},{'kind':'User','namespace':'c'}]}")},
      {"{'spec':{}}", "{'subjects':[{'namespace':'a'}]}", NULL, NULL, DONE("{'subjects':[{'namespace':'a'}]}")}};
  expect(RESTORE, "velero.io/role-bindings", rows, 2);
  expect(RESTORE, "velero.io/cluster-role-bindings", rows, 2);
}
END_TEST

START_TEST(restore_secret) {
#define TOKEN(name, annotations, data)                                        \
  "{'metadata':{'name':'" name "','namespace':'a','annotations':" annotations \
  "},'type':'kubernetes.io/service-account-token','data':" data "}"
#define FULL(name)                                                                                  \
  TOKEN(name, "{'kubernetes.io/service-account.uid':'1','kubernetes.io/service-account.name':'s'}", \
        "{'token':'dA==','ca.crt':'Yw==','namespace':'YQ=='}")
#define EMPTIED(name) TOKEN(name, "{'kubernetes.io/service-account.name':'s'}", "{'namespace':'YQ=='}")
#define LEFT_OUT(name) "{'item':" FULL(name) ",'related':[],'skip':'a token that the cluster made by itself, and will make anew'}"
  EXPECT(RESTORE, "velero.io/secret", {NULL, FULL("s-token-x"), NULL, "[" SA("b", "s") "," SA("a", "t") "]", DONE(EMPTIED("s-token-x"))},
         {NULL, FULL("s-token-x"), NULL, "[" SA("a", "s") "]", LEFT_OUT("s-token-x")},
         {NULL, FULL("s-token-token-x"), NULL, "[" SA("a", "s-token") "]", LEFT_OUT("s-token-token-x")},
         {NULL, FULL("mine"), NULL, "[" SA("a", "s") "]", DONE(EMPTIED("mine"))},
         /* a run that cannot list: the annotation */
         {NULL, FULL("s-token-x"), NULL, NULL, LEFT_OUT("s-token-x")}, {NULL, FULL("t-token-x"), NULL, NULL, DONE(EMPTIED("t-token-x"))},
         {NULL, "{'type':'Opaque','data':{'token':'dA=='}}", NULL, NULL, DONE("{'type':'Opaque','data':{'token':'dA=='}}")});
}
END_TEST

#define HOOKED(annotations, init) \
  "{'metadata':{'name':'p','namespace':'a','labels':{'app':'x'},'annotations':" annotations "},'spec':{" init "}}"
#define IMAGE "'init.hook.restore.velero.io/container-image':'i'"
#define NAME "'init.hook.restore.velero.io/container-name':'n'"
#define COMMAND "'init.hook.restore.velero.io/command':"
START_TEST(init_hooks) {
  static const char hooks[] =
      "{'spec':{'namespaceMapping':{'a':'b'},'hooks':{'resources':[{'includedNamespaces':['a'],'postHooks':[{'init':{"
      "'initContainers':[{'name':'no','image':'i','command':['c']}]}}]},{'includedNamespaces':['b*'],'labelSelector':{"
      "'matchLabels':{'app':'x'}},'postHooks':[{'exec':{}},{'init':{'initContainers':[{'name':'h1','image':'i','command':["
      "'c'],'x':1.0},{'name':'h2','image':'i','command':['c']}]}}]}]}}}";
  EXPECT(RESTORE, "velero.io/init-restore-hook",
         {hooks, HOOKED("{}", "'initContainers':[{'name':'restore-wait'},{'name':'own'}]"), NULL, NULL,
          DONE(HOOKED(
              "{}", "'initContainers':[{'name':'restore-wait'},{'name':'h1','image':'i','command':['c'],'x':1.0},{'name':'h2','image':'i',"
                    "'command':['c']},{'name':'own'}]"))},
         {hooks, HOOKED("{" IMAGE "," NAME "," COMMAND "'echo'}", ""), NULL, NULL,
          DONE(HOOKED("{" IMAGE "," NAME "," COMMAND "'echo'}",
                      "'initContainers':[{'name':'n','image':'i','command':['echo'],'resources':{}}]"))},
         {"{}", HOOKED("{" IMAGE "," NAME "," COMMAND "'[\\'a\\', \\'b\\', null]'}", ""), NULL, NULL,
          DONE(HOOKED("{" IMAGE "," NAME "," COMMAND "'[\\'a\\', \\'b\\', null]'}",
                      "'initContainers':[{'name':'n','image':'i','command':['a','b',''],'resources':{}}]"))},
         {"{}", HOOKED("{" IMAGE "," NAME "," COMMAND "'[1]'}", ""), NULL, NULL,
          DONE(HOOKED("{" IMAGE "," NAME "," COMMAND "'[1]'}",
                      "'initContainers':[{'name':'n','image':'i','command':['[1]'],'resources':{}}]"))},
         /* neither command nor name: the image's own, and a name made of restore and Pod */
         {"{'metadata':{'uid':'u'}}", HOOKED("{" IMAGE "}", ""), NULL, NULL,
          DONE(HOOKED("{" IMAGE "}", "'initContainers':[{'name':'velero-restore-init-ae9c3d97','image':'i','resources':{}}]"))},
         {"{}", HOOKED("{}", ""), NULL, NULL, DONE(HOOKED("{}", ""))},
         {"{'spec':{'hooks':{'resources':[{'postHooks':[{'init':{'initContainers':[{'name':'x','image':'i'}]}}]}]}}}", HOOKED("{}", ""),
          NULL, NULL, "{'error':'an init container in spec.hooks of the Restore has no name, image or command','at':''}"});
}
END_TEST

#define APPLIED(text) "'kubectl.kubernetes.io/last-applied-configuration':'" text "'"
#define SERVICE(annotations, spec) "{'metadata':{'annotations':{" annotations "}},'spec':" spec "}"
START_TEST(services) {
#define BY_NAME \
  "{\\'spec\\':{\\'ports\\':[{\\'name\\':\\'b\\',\\'nodePort\\':1},{\\'nodePort\\':\\'30003\\'}],\\'healthCheckNodePort\\':3}}"
#define PORTS "[{'name':'a','nodePort':30001},{'name':'b','nodePort':30002},{'nodePort':30003},{'nodePort':30004}]"
#define LB "'type':'LoadBalancer','externalTrafficPolicy':'Local'"
  EXPECT(RESTORE, "velero.io/service",
         {NULL, SERVICE("", "{'clusterIP':'10.0.0.1','clusterIPs':['10.0.0.1']," LB ",'healthCheckNodePort':3,'ports':" PORTS "}"), NULL,
          NULL, DONE(SERVICE("", "{" LB ",'ports':[{'name':'a'},{'name':'b'},{},{}]}"))},
         {NULL, SERVICE(APPLIED(BY_NAME), "{'clusterIP':'None'," LB ",'healthCheckNodePort':3,'ports':" PORTS "}"), NULL, NULL,
          DONE(SERVICE(APPLIED(BY_NAME),
                       "{'clusterIP':'None'," LB ",'healthCheckNodePort':3,'ports':[{'name':'a'},{'name':'b','nodePort':30002},"
                       "{'nodePort':30003},{}]}"))},
         {"{'spec':{'preserveNodePorts':true}}", SERVICE(APPLIED("{"), "{'clusterIP':'10.0.0.1','ports':" PORTS "}"), NULL, NULL,
          DONE(SERVICE(APPLIED("{"), "{'ports':" PORTS "}"))},
         {NULL, SERVICE(APPLIED("{"), "{'ports':" PORTS "}"), NULL, NULL,
          "{'error':'the annotation is no JSON','at':'/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration'}"},
         {NULL, SERVICE(APPLIED("{"), "{'type':'ExternalName'}"), NULL, NULL, DONE(SERVICE(APPLIED("{"), "{'type':'ExternalName'}"))},
         {NULL,
          "{'metadata':{'managedFields':[{},{'fieldsV1':{'f:spec':{'f:healthCheckNodePort':{},'f:ports':{'k:{\\'port\\':80,\\'protocol\\':"
          "\\'TCP\\'}':{"
          "'f:nodePort':{}},'k:{\\'port\\':81,\\'protocol\\':\\'TCP\\'}':{}}}}}]},'spec':{" LB
          ",'healthCheckNodePort':3,'ports':[{'port':80,'protocol':"
          "'TCP','nodePort':1},{'port':81,'protocol':'TCP','nodePort':2}]}}",
          NULL, NULL,
          DONE("{'metadata':{'managedFields':[{},{'fieldsV1':{'f:spec':{'f:healthCheckNodePort':{},'f:ports':{'k:{\\'port\\':80,\\'"
               "protocol\\':\\'TCP\\'}':{"
               "'f:nodePort':{}},'k:{\\'port\\':81,\\'protocol\\':\\'TCP\\'}':{}}}}}]},'spec':{" LB
               ",'healthCheckNodePort':3,'ports':[{'port':80,"
               "'protocol':'TCP','nodePort':1},{'port':81,'protocol':'TCP'}]}}")});
}
END_TEST

/* Listed once an instance; a listing that fails fails the call, and is repeated by the next one. */
START_TEST(listed_once) {
  const host_services services = {.extension = builtin_items_extension};
  char *objects = quoted("[" CRB("one", "admin", "[{'kind':'ServiceAccount','name':'s','namespace':'a'}]") "]"),
       *account = quoted(SA("a", "s"));
  item_doc *run = builtin_document(STR("{}")), *item = builtin_document(str_of(account));
  builtin_the_items = (builtin_items){.all = builtin_document(str_of(objects))};
  host_module *m;
  host_call *call;
  host_instance i;
  host_result r = {0};
  error e;
  const pintle_id id = {"", "v1", "serviceaccounts", "a", "s"};
  HOST_PADDED(pintle_input) in = {.v = {.struct_size = sizeof(pintle_input), .id = &id, .run = item_handle(run)}};
  ck_assert_int_eq(host_module_adopt(&builtin_plugin, "pintle", &m, &e), PINTLE_OK);
  ck_assert_int_eq(host_call_new(&services, &call), PINTLE_OK);
  ck_assert_int_eq(host_instance_create(m, BLOCK, "velero.io/service-account", STR("{}"), call, 0, &i, &e), PINTLE_OK);
  for (int n = 0; n < 4; n++) {
    host_call_begin(call, NULL, 0);
    host_result_begin(&r, call, HOST_RESULT_ITEMS, false);
    pintle_call *h = host_call_handle(call);
    builtin_the_items.broken = n == 0;
    pintle_status st = i.tables->ops.block->get_related_items(i.self, h, item_handle(item), &in.v, &r.base);
    st = host_call_end(call, st, &e);
    ck_assert_int_eq(st, n == 0 ? PINTLE_TRANSIENT : PINTLE_OK);
    if (n == 0) ck_assert_str_eq(e.message, "listing clusterrolebindings: no answer");
    else ck_assert_uint_eq(r.n_items, 2);
  }
  ck_assert_uint_eq(builtin_the_items.lists, 2);
  host_result_free(&r);
  host_instance_destroy(&i);
  host_module_close(m);
  host_call_free(call);
  item_free(builtin_the_items.all);
  item_free(run);
  item_free(item);
  free(objects), free(account);
}
END_TEST

int main(void) {
  Suite *s = suite_create("builtin_velero");
  TCase *t = tcase_create("actions");
  tcase_add_test(t, backup_claim);
  tcase_add_test(t, pods_and_what_they_name);
  tcase_add_test(t, accounts);
  tcase_add_test(t, blocks_of_claims);
  tcase_add_test(t, restore_pod);
  tcase_add_test(t, restore_small_ones);
  tcase_add_test(t, restore_bindings);
  tcase_add_test(t, restore_secret);
  tcase_add_test(t, init_hooks);
  tcase_add_test(t, services);
  tcase_add_test(t, listed_once);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
