/* test_conf_document.c -- configuration files: loading, finding, checking.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/document.h"
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fault_case {
  const char *yaml, *place, *message, *hint;
} fault_case;

static void expect_fault(const fault_case *c) {
  conf_set s = {0};
  error e;
  error_clear(&e);
  ck_assert_msg(conf_set_add(&s, "f.yaml", str_of(c->yaml), &e) == PINTLE_OK, "%s: %s", c->yaml, e.message);
  ck_assert_msg(conf_set_check(&s, &e) == PINTLE_INVALID, "accepted: %s", c->yaml);
  ck_assert_str_eq(e.message, c->message);
  ck_assert_str_eq(e.place, c->place);
  ck_assert_str_eq(e.hint, c->hint);
  conf_set_free(&s);
}

static void expect_fine(const char *yaml) {
  conf_set s = {0};
  error e;
  error_clear(&e);
  ck_assert_msg(conf_set_add(&s, "f.yaml", str_of(yaml), &e) == PINTLE_OK, "%s at %s in %s", e.message, e.place, yaml);
  ck_assert_msg(conf_set_check(&s, &e) == PINTLE_OK, "%s at %s in %s", e.message, e.place, yaml);
  conf_set_free(&s);
}

#define BACKUP(spec) "apiVersion: velero.io/v1\nkind: Backup\nmetadata: {name: b1}\nspec:\n" spec
#define RESTORE(spec) "apiVersion: velero.io/v1\nkind: Restore\nmetadata: {name: r1}\nspec:\n" spec
#define STORAGE(spec) "apiVersion: velero.io/v1\nkind: BackupStorageLocation\nmetadata: {name: default}\nspec:\n" spec

static const fault_case faults[] = {
    /* the document */
    {"- a\n", "f.yaml:1:1", "a document must be a mapping with apiVersion and kind, not a list", ""},
    {"apiVersion: v1\n", "f.yaml:1:1", "\"kind\" is missing in the document", ""},
    {"kind: Backup\nmetadata: {name: a}\n", "f.yaml:1:1", "\"apiVersion\" is missing in the document", "write apiVersion: velero.io/v1"},
    {"apiVersion: velero.io/v2\nkind: Backup\n", "f.yaml:1:13", "apiVersion \"velero.io/v2\" of Backup is not known",
     "write apiVersion: velero.io/v1"},
    {"apiVersion: velero.io/v1\nkind: Bakcup\n", "f.yaml:2:7", "unknown kind \"Bakcup\" in a configuration", "did you mean \"Backup\"?"},
    {"apiVersion: v1\nkind: List\nitems: []\n", "f.yaml:2:7", "unknown kind \"List\" in a configuration",
     "write the list's items as documents of their own, divided by lines of ---"},
    {"apiVersion: apps/v1\nkind: Deployment\n", "f.yaml:2:7", "unknown kind \"Deployment\" in a configuration",
     "known kinds: PluginChain, BackupStorageLocation, VolumeSnapshotLocation, Schedule, Backup, Restore, ConfigMap, Secret"},
    {"apiVersion: velero.io/v1\nkind: Backup\nmetadata: {labels: {a: b}}\n", "f.yaml:3:11", "Backup: \"name\" is missing in metadata", ""},
    {"apiVersion: velero.io/v1\nkind: Backup\nmetadata: {name: My_Backup}\n", "f.yaml:3:18",
     "Backup \"My_Backup\": metadata.name: \"My_Backup\" is not a name",
     "lower case letters, digits, '-' and '.', at most 253 of them; a letter or digit at both ends"},
    {"apiVersion: velero.io/v1\nkind: Backup\nmetadata: {name: a, labels: {tier: 1}}\n", "f.yaml:3:36",
     "Backup \"a\": metadata.labels.tier must be text, not a number", "put it in quotes: \"1\""},
    {"apiVersion: velero.io/v1\nkind: Backup\nmetadata: {name: a, creationTimestamp: today}\n", "f.yaml:3:40",
     "Backup \"a\": metadata.creationTimestamp: \"today\" is not a time", "write it as 2026-05-20T08:00:00Z"},
    {"apiVersion: velero.io/v1\nkind: Backup\nmetadata: {name: a}\n---\napiVersion: velero.io/v1\nkind: Backup\nmetadata:\n  name: a\n",
     "f.yaml:8:9", "Backup \"a\" is there twice", "the first is at f.yaml:3:18; a configuration knows names only, no namespaces"},
    /* unknown keys, with the nearest right one */
    {BACKUP("  includeNamespaces: [a]\n"), "f.yaml:5:3", "Backup \"b1\": unknown key \"includeNamespaces\" in spec",
     "did you mean \"includedNamespaces\"?"},
    {BACKUP("  hooks:\n    resources:\n    - name: x\n      pre:\n      - exec: {command: [sync], on-error: Fail}\n"), "f.yaml:9:33",
     "Backup \"b1\": unknown key \"on-error\" in spec.hooks.resources[0].pre[0].exec", "did you mean \"onError\"?"},
    {RESTORE("  restoreStatus: {resources: [a]}\n"), "f.yaml:5:19", "Restore \"r1\": unknown key \"resources\" in spec.restoreStatus",
     "known keys: includedResources, excludedResources"},
    {"{\"apiVersion\":\"velero.io/v1\",\"kind\":\"Backup\",\n \"metadata\": {\"name\": \"b1\"}, \"spec\": {\"tll\" : \"1h\"}}",
     "f.yaml:2:39", "Backup \"b1\": unknown key \"tll\" in spec", "did you mean \"ttl\"?"},
    /* types */
    {BACKUP("  includedNamespaces: prod\n"), "f.yaml:5:23", "Backup \"b1\": spec.includedNamespaces must be a list, not text",
     "write a list: [\"prod\"]"},
    {BACKUP("  excludedResources: {}\n"), "f.yaml:5:22", "Backup \"b1\": spec.excludedResources must be a list, not a mapping",
     "write [] for an empty list"},
    {BACKUP("  snapshotVolumes: \"true\"\n"), "f.yaml:5:20", "Backup \"b1\": spec.snapshotVolumes must be true or false, not text",
     "write it without quotes"},
    {BACKUP("  uploaderConfig: {parallelFilesUpload: 1.5}\n"), "f.yaml:5:41",
     "Backup \"b1\": spec.uploaderConfig.parallelFilesUpload must be a whole number of 64 bits, not 1.5", ""},
    {BACKUP("  orderedResources: {pods: [a]}\n"), "f.yaml:5:28", "Backup \"b1\": spec.orderedResources.pods must be text, not a list", ""},
    {"apiVersion: velero.io/v1\nkind: Backup\nmetadata: {name: b1}\nspec: [a]\n", "f.yaml:4:7",
     "Backup \"b1\": spec must be a mapping, not a list", ""},
    {BACKUP("  includedNamespaces: [a, ~]\n"), "f.yaml:5:27", "Backup \"b1\": spec.includedNamespaces[1] must be text, not nothing",
     "write \"\" for an empty text"},
    /* durations */
    {BACKUP("  ttl: 30 days\n"), "f.yaml:5:8", "Backup \"b1\": spec.ttl: \"30 days\" is not a duration",
     "write a number with its unit, such as 90s, 30m or 720h"},
    {BACKUP("  csiSnapshotTimeout: 600\n"), "f.yaml:5:23", "Backup \"b1\": spec.csiSnapshotTimeout must be text, not a number",
     "write the unit too: \"600s\" are seconds"},
    /* selectors */
    {BACKUP("  labelSelector:\n    matchExpressions:\n    - {key: app, operator: in, values: [a]}\n"), "f.yaml:7:28",
     "Backup \"b1\": spec.labelSelector.matchExpressions[0].operator cannot be \"in\"", "did you mean \"In\"?"},
    {BACKUP("  orLabelSelectors:\n  - matchExpressions:\n    - {key: app, operator: NotIn}\n"), "f.yaml:7:7",
     "Backup \"b1\": spec.orLabelSelectors[0].matchExpressions[0]: operator NotIn needs values", ""},
    {BACKUP("  labelSelector:\n    matchExpressions:\n    - {key: app, operator: Exists, values: [a]}\n"), "f.yaml:7:44",
     "Backup \"b1\": spec.labelSelector.matchExpressions[0]: operator Exists takes no values", ""},
    {BACKUP("  labelSelector: app=web\n"), "f.yaml:5:18", "Backup \"b1\": spec.labelSelector must be a mapping, not text", ""},
    /* choices */
    {RESTORE("  existingResourcePolicy: Update\n"), "f.yaml:5:27", "Restore \"r1\": spec.existingResourcePolicy cannot be \"Update\"",
     "did you mean \"update\"?"},
    {STORAGE("  provider: aws\n  accessMode: RO\n  objectStorage: {bucket: b}\n"), "f.yaml:6:15",
     "BackupStorageLocation \"default\": spec.accessMode cannot be \"RO\"", "possible: ReadOnly, ReadWrite"},
    /* required */
    {STORAGE("  provider: aws\n"), "f.yaml:5:3", "BackupStorageLocation \"default\": \"objectStorage\" is missing in spec", ""},
    {STORAGE("  provider: aws\n  objectStorage: {bucket: \"\"}\n"), "f.yaml:6:27",
     "BackupStorageLocation \"default\": spec.objectStorage.bucket must not be empty", ""},
    {"apiVersion: velero.io/v1\nkind: VolumeSnapshotLocation\nmetadata: {name: v}\nspec: {config: {region: x}}\n", "f.yaml:4:7",
     "VolumeSnapshotLocation \"v\": \"provider\" is missing in spec", ""},
    {"apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: s}\nspec: {schedule: '0 25 * * *', template: {}}\n", "f.yaml:4:18",
     "Schedule \"s\": spec.schedule: \"0 25 * * *\" is not a cron expression",
     "write minute hour day month weekday, such as \"0 3 * * *\", or @daily, or @every 6h"},
    /* what may hold a secret is never shown */
    {STORAGE("  provider: aws\n  config: {s3ForcePathStyle: true}\n  objectStorage: {bucket: b}\n"), "f.yaml:6:30",
     "BackupStorageLocation \"default\": spec.config.s3ForcePathStyle must be text, not true or false", "put it in quotes"},
    {STORAGE("  provider: aws\n  config: {key: {fromEnv: KEY}}\n  objectStorage: {bucket: b}\n"), "f.yaml:6:17",
     "BackupStorageLocation \"default\": spec.config.key must be text, not a mapping",
     "fromFile and fromEnv are for the options of a PluginChain's actions"},
    {"apiVersion: v1\nkind: Secret\nmetadata: {name: cloud}\ndata: {cloud: hunter2}\n", "f.yaml:4:15",
     "Secret \"cloud\": data.cloud is not base64", "put plain text under stringData"},
    {"apiVersion: v1\nkind: Secret\nmetadata: {name: cloud}\nstringData: {pin: 4711}\n", "f.yaml:4:19",
     "Secret \"cloud\": stringData.pin must be text, not a number", "put it in quotes"},
    {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {\"a b\": x}\n", "f.yaml:4:8",
     "ConfigMap \"c\": key \"a b\" in data is not a key", "letters, digits, '-', '_' and '.'"},
};

START_TEST(each_fault_has_its_place) { expect_fault(&faults[_i]); }
END_TEST

START_TEST(velero_resources_are_taken_whole) {
  expect_fine(BACKUP("  metadata: {labels: {a: b}}\n  includedNamespaces: ['*']\n  excludedNamespaces: null\n  includedResources: [pods]\n"
                     "  excludedResources: []\n  includedClusterScopedResources: [a]\n  excludedClusterScopedResources: [a]\n"
                     "  includedNamespaceScopedResources: [a]\n  excludedNamespaceScopedResources: [a]\n  includeClusterResources: true\n"
                     "  labelSelector: {matchLabels: {a: b}, matchExpressions: [{key: k, operator: DoesNotExist}]}\n"
                     "  orLabelSelectors: [{matchLabels: {a: b}}]\n  snapshotVolumes: false\n  snapshotMoveData: true\n"
                     "  datamover: velero\n  defaultVolumesToFsBackup: true\n  defaultVolumesToRestic: false\n  ttl: 720h0m0s\n"
                     "  volumeGroupSnapshotLabelKey: g\n  storageLocation: default\n  volumeSnapshotLocations: [x]\n"
                     "  orderedResources: {pods: 'a/b,a/c'}\n  csiSnapshotTimeout: 10m\n  itemOperationTimeout: 4h\n"
                     "  resourcePolicy: {kind: ConfigMap, name: p}\n  uploaderConfig: {parallelFilesUpload: 10}\n"
                     "  hooks: {resources: [{name: h, includedNamespaces: [a], excludedNamespaces: [b], includedResources: [pods],\n"
                     "    excludedResources: [x], labelSelector: {matchLabels: {a: b}},\n"
                     "    pre: [{exec: {container: c, command: [fsfreeze], onError: Continue, timeout: 30s}}],\n"
                     "    post: [{exec: {command: [x], onError: Fail}}]}]}\n"
                     "status: {phase: Completed, anything: [1, {of: it}]}\n"));
  expect_fine(
      RESTORE("  backupName: b1\n  scheduleName: ''\n  includedNamespaces: [a]\n  excludedNamespaces: [a]\n  includedResources: [a]\n"
              "  excludedResources: [a]\n  namespaceMapping: {a: b}\n  labelSelector: {}\n  orLabelSelectors: []\n  restorePVs: true\n"
              "  restoreStatus: {includedResources: [a], excludedResources: []}\n  preserveNodePorts: true\n"
              "  includeClusterResources: null\n  existingResourcePolicy: update\n  itemOperationTimeout: 1h30m\n"
              "  resourceModifier: {apiGroup: '', kind: ConfigMap, name: m}\n"
              "  uploaderConfig: {writeSparseFiles: true, parallelFilesDownload: 4}\n"
              "  hooks: {resources: [{name: h, postHooks: [{exec: {container: c, command: [x], onError: Fail, execTimeout: 1s,\n"
              "    waitTimeout: 1m, waitForReady: true}}, {init: {timeout: 2m, initContainers: [{name: i, image: busybox}]}}]}]}\n"));
  expect_fine(STORAGE("  provider: aws\n  config: {region: eu}\n  credential: {name: s, key: k, optional: true}\n  default: true\n"
                      "  accessMode: ReadWrite\n  backupSyncPeriod: 2m\n  validationFrequency: 0s\n"
                      "  objectStorage: {bucket: b, prefix: p, caCert: Zm9v, caCertRef: {name: s, key: ca.crt}}\n"));
  expect_fine("apiVersion: velero.io/v1\nkind: VolumeSnapshotLocation\nmetadata: {name: v, namespace: velero}\n"
              "spec: {provider: aws, config: {region: eu}, credential: {key: k}}\n---\n"
              "apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: s, creationTimestamp: null}\n"
              "spec: {schedule: '*/15 2-4,6 ? jan,JUN mon-fri', paused: true, skipImmediately: false, useOwnerReferencesInBackup: true,\n"
              "  template: {ttl: 24h}}\n---\n"
              "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: Opaque\ndata: {a: \"Zm9v\\nYmFy\"}\n"
              "stringData: {b: c}\n---\n"
              "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\ndata: {a.yaml: 'x: 1'}\nbinaryData: {b: AA==}\nimmutable: true\n");
}
END_TEST

START_TEST(schedules) {
  static const char *const good[] = {"@daily", "@every 90m", "CRON_TZ=Europe/Berlin 0 3 * * *", "0 0 1 1 0", "5/15 * * * *"};
  static const char *const bad[] = {"@often",    "@every",    "@every 0s",   "0 3 * *",     "0 3 * * * *", "60 3 * * *",
                                    "0 3 * * 7", "0 3 0 * *", "4-2 * * * *", "*/0 * * * *", "1, * * * *",  ""};
  char yaml[256];
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    snprintf(yaml, sizeof yaml, "apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: s}\nspec: {template: {}, schedule: '%s'}\n",
             good[i]);
    expect_fine(yaml);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    conf_set s = {0};
    error e;
    snprintf(yaml, sizeof yaml, "apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: s}\nspec: {template: {}, schedule: '%s'}\n",
             bad[i]);
    ck_assert_int_eq(conf_set_add(&s, "f", str_of(yaml), &e), PINTLE_OK);
    ck_assert_msg(conf_set_check(&s, &e) == PINTLE_INVALID, "accepted: %s", bad[i]);
    conf_set_free(&s);
  }
}
END_TEST

/* ---- files */

static void write_file(const char *dir, const char *name, const char *text) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  fputs(text, f);
  fclose(f);
}

START_TEST(a_directory_is_read_in_byte_order) {
  char dir[] = "/tmp/pintle-conf-XXXXXX", path[512], place[64];
  static const char *const files[] = {"b.yml", "B.json", "a.yaml", "c.txt", ".hidden.yaml"};
  conf_set s = {0};
  error e;
  ck_assert_ptr_nonnull(mkdtemp(dir));
  write_file(dir, "b.yml", "a: 3\n---\n\n---\na: 4\n");
  write_file(dir, "B.json", "{\"a\": 1}");
  write_file(dir, "a.yaml", "# a comment\na: 2\n");
  write_file(dir, "c.txt", "a: [");
  write_file(dir, ".hidden.yaml", "a: [");
  snprintf(path, sizeof path, "%s/d.yaml", dir);
  mkdir(path, 0755);
  ck_assert_msg(conf_set_load(&s, dir, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_uint_eq(s.n, 4);
  for (size_t i = 0; i < s.n; i++) {
    int64_t n = 0;
    ck_assert_int_eq(item_int(item_at(s.v[i]->doc, "/a"), &n), PINTLE_OK);
    ck_assert_int_eq(n, (int64_t)i + 1);
  }
  snprintf(path, sizeof path, "%s/b.yml:5:1", dir);
  ck_assert_str_eq(conf_place(s.v[3], NULL, place, sizeof place), path);
  ck_assert_int_eq(item_set_json(s.v[0]->doc, "/a", STR("2")), PINTLE_DENIED);
  conf_set_free(&s);

  write_file(dir, "e.yaml", "a: 1\nb: {\n");
  ck_assert_int_eq(conf_set_load(&s, dir, &e), PINTLE_INVALID);
  snprintf(path, sizeof path, "%s/e.yaml:", dir);
  ck_assert_msg(strncmp(e.place, path, strlen(path)) == 0, "%s", e.place);
  conf_set_free(&s);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    snprintf(path, sizeof path, "%s/%s", dir, files[i]);
    unlink(path);
  }
  snprintf(path, sizeof path, "%s/d.yaml", dir);
  rmdir(path);
  snprintf(path, sizeof path, "%s/e.yaml", dir);
  unlink(path);
  ck_assert_int_eq(conf_set_load(&s, path, &e), PINTLE_NOT_FOUND);
  conf_set_free(&s);
  ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

START_TEST(finding) {
  conf_set s = {0};
  const conf_document *d = NULL;
  error e;
  ck_assert_int_eq(conf_set_find(&s, "velero.io", "Backup", NULL, &d, &e), PINTLE_NOT_FOUND);
  ck_assert_str_eq(e.message, "no Backup in the configuration");
  ck_assert_int_eq(conf_set_add(&s, "f.yaml",
                                STR("{apiVersion: velero.io/v1, kind: Backup, metadata: {name: daily}}\n---\n"
                                    "{apiVersion: velero.io/v1, kind: Restore, metadata: {name: daily}}\n---\n"
                                    "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}\n---\n"
                                    "{apiVersion: velero.io/v1, kind: Backup, metadata: {name: weekly}}\n"),
                                &e),
                   PINTLE_OK);
  ck_assert_int_eq(conf_set_find(&s, "velero.io", "Backup", "weekly", &d, &e), PINTLE_OK);
  ck_assert_ptr_eq(d, s.v[3]);
  ck_assert_int_eq(conf_set_find(&s, "velero.io", "Restore", NULL, &d, &e), PINTLE_OK);
  ck_assert_ptr_eq(d, s.v[1]);
  ck_assert_int_eq(conf_set_find(&s, "", "ConfigMap", "x", &d, &e), PINTLE_OK);
  ck_assert_ptr_eq(d, s.v[2]);
  ck_assert_int_eq(conf_set_find(&s, "velero.io", "ConfigMap", "x", &d, &e), PINTLE_NOT_FOUND);
  ck_assert_int_eq(conf_set_find(&s, "velero.io", "Backup", NULL, &d, &e), PINTLE_CONFLICT);
  ck_assert_str_eq(e.message, "there is more than one Backup, the first at f.yaml:1:1");
  ck_assert_str_eq(e.place, "f.yaml:7:1");
  ck_assert_int_eq(conf_set_find(&s, "velero.io", "Backup", "dialy", &d, &e), PINTLE_NOT_FOUND);
  ck_assert_str_eq(e.hint, "did you mean \"daily\"?");
  ck_assert_int_eq(conf_set_find(&s, "velero.io", "Backup", "x", &d, NULL), PINTLE_NOT_FOUND); /* an error that nobody wants */
  ck_assert_int_eq(conf_set_find(&s, "velero.io", "Backup", "x", &d, &e), PINTLE_NOT_FOUND);
  ck_assert_str_eq(e.hint, "there is: daily, weekly");
  conf_set_free(&s);
}
END_TEST

/* What flags made has no place but its name. */
START_TEST(a_document_of_edits) {
  conf_document d = {.file = "command line"};
  error e;
  error_clear(&e);
  ck_assert_int_eq(item_new(&d.doc), PINTLE_OK);
  ck_assert_int_eq(item_set(d.doc, "/apiVersion", STR("velero.io/v1")), PINTLE_OK);
  ck_assert_int_eq(item_set(d.doc, "/kind", STR("Backup")), PINTLE_OK);
  ck_assert_int_eq(item_set_json(d.doc, "/metadata", STR("{\"name\":\"b1\"}")), PINTLE_OK);
  ck_assert_int_eq(conf_check(&d, &e), PINTLE_OK);
  ck_assert_int_eq(item_set_json(d.doc, "/spec", STR("{\"ttl\":\"1 day\"}")), PINTLE_OK);
  ck_assert_int_eq(conf_check(&d, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "Backup \"b1\": spec.ttl: \"1 day\" is not a duration");
  ck_assert_str_eq(e.place, "command line");
  item_free(d.doc);
}
END_TEST

START_TEST(places) {
  conf_set s = {0};
  error e;
  char to[64], small[8];
  ck_assert_int_eq(conf_set_add(&s, "f.yaml", STR("# c\na:\n  b.c: 1\n  list: [x, y]\n"), &e), PINTLE_OK);
  ck_assert_str_eq(conf_place(s.v[0], NULL, to, sizeof to), "f.yaml:2:1");
  ck_assert_str_eq(conf_place(s.v[0], item_at(s.v[0]->doc, "/a/b.c"), to, sizeof to), "f.yaml:3:8");
  ck_assert_str_eq(conf_place(s.v[0], item_at(s.v[0]->doc, "/a/list/1"), to, sizeof to), "f.yaml:4:13");
  ck_assert_str_eq(conf_place(s.v[0], item_at(s.v[0]->doc, "/a/list/1"), small, sizeof small), "f.yaml:");
  ck_assert_str_eq(conf_place(NULL, NULL, to, sizeof to), "");
  conf_set_free(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("conf_document");
  TCase *t = tcase_create("all");
  tcase_add_loop_test(t, each_fault_has_its_place, 0, (int)(sizeof faults / sizeof *faults));
  tcase_add_test(t, velero_resources_are_taken_whole);
  tcase_add_test(t, schedules);
  tcase_add_test(t, a_directory_is_read_in_byte_order);
  tcase_add_test(t, finding);
  tcase_add_test(t, a_document_of_edits);
  tcase_add_test(t, places);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
