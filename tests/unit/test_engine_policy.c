/* test_engine_policy.c -- volume policies: what they may say, and of which volume each speaks.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/rules.h"
#include "engine/policy.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

START_TEST(quantities) {
  static const struct {
    const char *text, *same; /* NULL: none */
  } rows[] = {{"1Ki", "1024"},
              {"1.5Gi", "1610612736"},
              {"1k", "1000"},
              {"500m", "0.5"},
              {"1e3", "1000"},
              {"1E", "1000000000G"},
              {"2E0", "2"},
              {"-1", "-1.0"},
              {"0", "0Mi"},
              {"0.0000000001", "1n"},
              {"100Ei", "9223372036854775807"},
              {"+5", "5"},
              {".5Ki", "512"},
              {"1e-3", "1m"},
              {"1Kb", NULL},
              {"", NULL},
              {"Gi", NULL},
              {"1 Gi", NULL},
              {"1e", NULL},
              {"1.1.1", NULL},
              {"ten", NULL},
              {"1i", NULL},
              {"99999999999999999999", "9223372036854775807"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    quantity a = 0, b = 0;
    ck_assert_msg(quantity_parse(str_of(rows[i].text), &a) == (rows[i].same != NULL), "%s", rows[i].text);
    ck_assert_msg(!rows[i].same || (quantity_parse(str_of(rows[i].same), &b) && a == b), "%s", rows[i].text);
  }
}
END_TEST

static pintle_status load(conf_set *s, const char *yaml, error *e) {
  *s = (conf_set){0};
  pintle_status st = conf_set_add(s, "p.yaml", str_of(yaml), e);
  return st == PINTLE_OK ? conf_check_policies(s->v[0], e) : st;
}

/* Velero's resource_policies_test.go TestLoadResourcePolicies and volume_resources_validator.go, and what is strict here beyond it. */
START_TEST(strict) {
  static const struct {
    const char *yaml, *place, *says; /* NULL: fine */
  } rows[] = {
      {"version: v1\nvolumePolicies:\n- conditions: {capacity: '0,100Gi', unknown: {}}\n  action: {type: skip}\n", "p.yaml:3:", "unknown"},
      {"version: v1\nversion: v1\n", "p.yaml:2:", "version"},
      {"version: v1\nvolumePolicies:\n- conditions: {storageClass: ebs-sc}\n  action: {type: skip}\n", "p.yaml:3:", "list"},
      {"version: v1\nvolumePolicies:\n- conditions: {csi: gp2}\n  action: {type: skip}\n", "p.yaml:3:", "mapping"},
      {"version: v1\nvolumePolicies:\n- conditions: {nfs: abc}\n  action: {type: skip}\n", "p.yaml:3:", "mapping"},
      {"version: v1\nvolumePolicies:\n- conditions: {pvcLabels: [environment]}\n  action: {type: skip}\n", "p.yaml:3:", "mapping"},
      {"version: v2\n", "p.yaml:1:", "\"v2\""},
      {"volumePolicies: []\n", "p.yaml:1:", "\"version\" is missing"},
      {"version: v1\nvolumePolicies:\n- action: {type: snapshots}\n", "p.yaml:3:", "snapshots"},
      {"version: v1\nvolumePolicies:\n- action: {}\n", "p.yaml:3:", "\"type\" is missing"},
      {"version: v1\nvolumePolicies:\n- conditions: {capacity: 10Gi}\n  action: {type: skip}\n", "p.yaml:3:", "range"},
      {"version: v1\nvolumePolicies:\n- conditions: {capacity: '10Gi,5Gi'}\n  action: {type: skip}\n", "p.yaml:3:", "before it begins"},
      {"version: v1\nvolumePolicies:\n- conditions: {capacity: '1Gi,2Xi'}\n  action: {type: skip}\n", "p.yaml:3:", "range"},
      {"version: v1\nvolumePolicies:\n- conditions: {csi: {volumeAttributes: {a: b}}}\n  action: {type: skip}\n", "p.yaml:3:", "driver"},
      {"version: v1\nvolumePolicies:\n- conditions: {volumeTypes: [nsf]}\n  action: {type: skip}\n", "p.yaml:3:", "nsf"},
      {"version: v1\nincludeExcludePolicy: {includedClusterScopedResources: ['*']}\n", "p.yaml:2:", "*"},
      {"version: v1\nincludeExcludePolicy: {excludedNamespaceScopedResources: [a], includedNamespaceScopedResources: [a]}\n",
       "p.yaml:2:", "included, too"},
      {"version: v1\nvolumePolicies:\n- conditions: {capacity: '10Gi,', pvcLabels: {tier: 1}, pvcPhase: [Pending]}\n"
       "  action: {type: custom, parameters: {a: {b: 1}}}\nincludeExcludePolicy: {excludedClusterScopedResources: [pv]}\n",
       NULL, NULL},
      {"version: v1\nvolumePolicies:\n- conditions: {capacity: ',100Gi'}\n  action: {type: snapshot}\n- action: {type: fs-backup}\n", NULL,
       NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    conf_set s;
    error e = {0};
    pintle_status st = load(&s, rows[i].yaml, &e);
    ck_assert_msg((st == PINTLE_OK) == !rows[i].place, "%s: %s", rows[i].yaml, e.message);
    if (rows[i].place) {
      ck_assert_msg(str_starts(str_of(e.place), rows[i].place), "%s: %s", rows[i].yaml, e.place);
      ck_assert_msg(strstr(e.message, rows[i].says) != NULL, "%s: %s", rows[i].yaml, e.message);
    }
    conf_set_free(&s);
  }
}
END_TEST

typedef struct row {
  const char *conditions;          /* of the first policy (skip); the second takes what is left (snapshot) */
  const char *pv, *volume, *claim; /* NULL: none */
  bool matches;
} row;

static item_doc *doc_of(const char *json) {
  item_doc *d = NULL;
  error e = {0};
  if (!json) return NULL;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_msg(item_parse(d, str_of(json), 0, NULL, &e) == PINTLE_OK, "%s: %s", json, e.message);
  return d;
}

#define AFS_NFS "{\"spec\":{\"csi\":{\"driver\":\"files.csi.driver\",\"volumeAttributes\":{\"protocol\":\"nfs\",\"key1\":\"val1\"}}}}"
#define AFS_SMB "{\"spec\":{\"csi\":{\"driver\":\"files.csi.driver\",\"volumeAttributes\":{\"key1\":\"val1\"}}}}"
#define DISK "{\"spec\":{\"csi\":{\"driver\":\"disks.csi.driver\",\"volumeAttributes\":{\"key1\":\"val1\"}}}}"
#define NFS "{\"spec\":{\"nfs\":{\"server\":\"192.168.200.90\",\"path\":\"/mnt/nfs\"}}}"
#define TEN_GI "{\"spec\":{\"capacity\":{\"storage\":\"10Gi\"},\"storageClassName\":\"gp2\",\"csi\":{\"driver\":\"aws\"}}}"
#define CLAIM "{\"metadata\":{\"labels\":{\"environment\":\"production\",\"app\":\"database\"}},\"status\":{\"phase\":\"Bound\"}}"
#define PENDING "{\"status\":{\"phase\":\"Pending\"}}"

/* Velero's resource_policies_test.go TestGetMatchAction, TestGetResourceMatchedAction, and volume_resources_test.go */
START_TEST(conditions) {
  static const row rows[] = {
      {"{}", TEN_GI, NULL, NULL, true},
      {"{}", NULL, "{}", NULL, true},
      {"capacity: '0,10Gi'", TEN_GI, NULL, NULL, true},
      {"capacity: '0,9Gi'", TEN_GI, NULL, NULL, false},
      {"capacity: ' 10Gi , 10Gi '", TEN_GI, NULL, NULL, true},
      {"capacity: '10Gi,'", TEN_GI, NULL, NULL, true},
      {"capacity: '11Gi,'", TEN_GI, NULL, NULL, false},
      {"capacity: '1,'", "{\"spec\":{}}", NULL, NULL, false},
      {"capacity: ',5Gi'", NULL, NULL, PENDING, true}, /* nothing is known: as if 0 */
      {"storageClass: [gp2, ebs]", TEN_GI, NULL, NULL, true},
      {"storageClass: [ebs]", TEN_GI, NULL, NULL, false},
      {"storageClass: [gp2]", NULL, "{\"emptyDir\":{}}", NULL, false},
      {"nfs: {}", NFS, NULL, NULL, true},
      {"nfs: {}", TEN_GI, NULL, NULL, false},
      {"nfs: {server: 192.168.200.90}", NFS, NULL, NULL, true},
      {"nfs: {server: 192.168.200.91}", NFS, NULL, NULL, false},
      {"nfs: {path: /mnt/nfs}", NFS, NULL, NULL, true},
      {"nfs: {path: /mnt/nfs, server: 192.168.200.90}", NFS, NULL, NULL, true},
      {"nfs: {path: /mnt, server: 192.168.200.90}", NFS, NULL, NULL, false},
      {"nfs: {path: /a}", NULL, "{\"name\":\"x\",\"nfs\":{\"server\":\"s\",\"path\":\"/a\"}}", NULL, true},
      {"csi: {}", AFS_NFS, NULL, NULL, true},
      {"csi: {}", NFS, NULL, NULL, false},
      {"csi: {driver: files.csi.driver}", AFS_SMB, NULL, NULL, true},
      {"csi: {driver: files.csi.driver}", DISK, NULL, NULL, false},
      {"csi: {driver: files.csi.driver, volumeAttributes: {protocol: nfs}}", AFS_NFS, NULL, NULL, true},
      {"csi: {driver: files.csi.driver, volumeAttributes: {protocol: nfs}}", AFS_SMB, NULL, NULL, false},
      {"csi: {driver: files.csi.driver, volumeAttributes: {protocol: nfs}}", DISK, NULL, NULL, false},
      {"csi: {driver: aws, volumeAttributes: {a: b}}", TEN_GI, NULL, NULL, false},
      {"volumeTypes: [csi]", TEN_GI, NULL, NULL, true},
      {"volumeTypes: [local, hostPath]", "{\"spec\":{\"hostPath\":{\"path\":\"/mnt/data\"}}}", NULL, NULL, true},
      {"volumeTypes: [local]", "{\"spec\":{\"hostPath\":{\"path\":\"/mnt/data\"}}}", NULL, NULL, false},
      {"volumeTypes: [emptyDir]", NULL, "{\"name\":\"x\",\"emptyDir\":{}}", NULL, true},
      {"volumeTypes: [storageOS]", NULL, "{\"name\":\"x\",\"storageos\":{}}", NULL, true},
      {"volumeTypes: [csi]", NULL, "{\"name\":\"x\",\"persistentVolumeClaim\":{\"claimName\":\"c\"}}", CLAIM, false},
      {"pvcLabels: {environment: production}", TEN_GI, NULL, CLAIM, true},
      {"pvcLabels: {environment: production, app: database}", TEN_GI, NULL, CLAIM, true},
      {"pvcLabels: {environment: production, app: frontend}", TEN_GI, NULL, CLAIM, false},
      {"pvcLabels: {environment: production, tier: x}", TEN_GI, NULL, CLAIM, false},
      {"pvcLabels: {environment: production}", TEN_GI, NULL, NULL, false},
      {"pvcLabels: {tier: 1}", TEN_GI, NULL, "{\"metadata\":{\"labels\":{\"tier\":\"1\"}}}", true},
      {"pvcLabels: {backup: true}", TEN_GI, NULL, "{\"metadata\":{\"labels\":{\"backup\":\"true\"}}}", true},
      {"pvcLabels: {}", TEN_GI, NULL, NULL, true},
      {"pvcLabels: {environment: production}", NULL, "{\"name\":\"x\"}", CLAIM, true},
      {"pvcPhase: [Pending, Lost]", NULL, NULL, PENDING, true},
      {"pvcPhase: [Pending]", TEN_GI, NULL, CLAIM, false},
      {"pvcPhase: [Pending]", TEN_GI, NULL, NULL, false},
      {"pvcPhase: []", TEN_GI, NULL, NULL, true},
      {"{capacity: '0,100Gi', storageClass: [gp2], csi: {}, volumeTypes: [csi]}", TEN_GI, NULL, CLAIM, true},
      {"{capacity: '0,100Gi', storageClass: [gp3], csi: {}, volumeTypes: [csi]}", TEN_GI, NULL, CLAIM, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char yaml[600];
    conf_set s;
    error e = {0};
    engine_volume v;
    engine_policy p = {0};
    item_doc *pv = doc_of(rows[i].pv), *volume = doc_of(rows[i].volume), *claim = doc_of(rows[i].claim);
    snprintf(yaml, sizeof yaml, "version: v1\nvolumePolicies:\n- conditions: %s%s%s\n  action: {type: skip}\n- action: {type: snapshot}\n",
             rows[i].conditions[0] == '{' ? "" : "{", rows[i].conditions, rows[i].conditions[0] == '{' ? "" : "}");
    ck_assert_msg(load(&s, yaml, &e) == PINTLE_OK, "%s: %s %s", yaml, e.message, e.place);
    engine_volume_of(pv, volume ? item_root(volume) : NULL, claim, &v);
    ck_assert(engine_policy_match(s.v[0]->doc, &v, &p));
    ck_assert_msg(str_is(p.action, rows[i].matches ? "skip" : "snapshot"), "row %zu: %s", i, rows[i].conditions);
    ck_assert_uint_eq(p.number, rows[i].matches ? 0 : 1);
    item_free(pv), item_free(volume), item_free(claim);
    conf_set_free(&s);
  }
}
END_TEST

START_TEST(none_speaks) {
  engine_volume v;
  engine_policy p;
  conf_set s;
  error e = {0};
  engine_volume_of(NULL, NULL, NULL, &v);
  ck_assert(!engine_policy_match(NULL, &v, &p));
  ck_assert_int_eq(load(&s, "version: v1\nvolumePolicies:\n- conditions: {volumeTypes: [csi]}\n  action: {type: skip}\n", &e), PINTLE_OK);
  ck_assert(!engine_policy_match(s.v[0]->doc, &v, &p));
  conf_set_free(&s);
}
END_TEST

/* ---- where the rules are */
static void write_file(const char *name, const char *text) {
  FILE *f = fopen(name, "w");
  ck_assert_ptr_nonnull(f);
  ck_assert_int_ge(fputs(text, f), 0);
  ck_assert_int_eq(fclose(f), 0);
}

START_TEST(places) {
  static const struct {
    const char *config, *name, *place; /* where the unknown key "capaciti" is */
  } rows[] = {
      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata:\n  p.yaml: |\n    version: v1\n    volumePolicies:\n"
       "    - conditions: {capaciti: ',1Gi'}\n      action: {type: skip}\n",
       "rules", "config.yaml:8:20"},
      {"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata:\n  p.yaml: |2-\n\n      version: v1\n      volumePolicies:\n"
       "      - conditions: {capaciti: ',1Gi'}\n        action: {type: skip}\n",
       "rules", "config.yaml:10:22"},
      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata: {p: \"version: v1\\nvolumePolicies: [{conditions: {capaciti: x}, "
       "action: {type: skip}}]\"}\n",
       "rules", "config.yaml:4:11, key p:2:32"},
      {"version: v1\nvolumePolicies:\n- conditions: {capaciti: ',1Gi'}\n  action: {type: skip}\n", "config.yaml", "config.yaml:3:16"},
  };
  char dir[] = "/tmp/pintle-policy-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(dir));
  ck_assert_int_eq(chdir(dir), 0);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    conf_set set = {0}, rules;
    error e = {0};
    write_file("config.yaml", rows[i].config);
    if (strcmp(rows[i].name, "rules") == 0) ck_assert_msg(conf_set_load(&set, "config.yaml", &e) == PINTLE_OK, "%s", e.message);
    ck_assert_msg(conf_rules_load(&set, rows[i].name, "resource policies", &rules, &e) == PINTLE_OK, "row %zu: %s", i, e.message);
    ck_assert_int_eq(conf_check_policies(rules.v[0], &e), PINTLE_INVALID);
    ck_assert_str_eq(e.place, rows[i].place);
    ck_assert_ptr_nonnull(strstr(e.hint, "capacity"));
    conf_set_free(&rules);
    conf_set_free(&set);
  }
  unlink("config.yaml");
  ck_assert_int_eq(chdir("/"), 0);
  rmdir(dir);
}
END_TEST

START_TEST(refused) {
  static const struct {
    const char *config, *name, *says;
  } rows[] = {
      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata: {a: x, b: y}\n", "rules", "has 2 keys"},
      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\n", "rules", "has 0 keys"},
      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata: {a: \"version: v1\\n---\\nversion: v1\"}\n", "rules",
       "more than one"},
      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata: {a: \"\"}\n", "rules", "nothing in it"},
      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata: {a: \"{\"}\n", "rules", ""},
      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata: {a: x}\n", "rulez", "no ConfigMap named \"rulez\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    conf_set set = {0}, rules;
    error e = {0};
    ck_assert_int_eq(conf_set_add(&set, "config.yaml", str_of(rows[i].config), &e), PINTLE_OK);
    ck_assert_int_ne(conf_rules_load(&set, rows[i].name, "resource policies", &rules, &e), PINTLE_OK);
    ck_assert_msg(strstr(e.message, rows[i].says) != NULL, "row %zu: %s", i, e.message);
    ck_assert_uint_eq(rules.n, 0);
    conf_set_free(&set);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("engine_policy");
  TCase *t = tcase_create("all");
  tcase_add_test(t, quantities);
  tcase_add_test(t, strict);
  tcase_add_test(t, conditions);
  tcase_add_test(t, none_speaks);
  tcase_add_test(t, places);
  tcase_add_test(t, refused);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? 1 : 0;
}
