/* test_nas_actions.c -- the snapshotter's calls and the item actions, over a driver whose snapshots are files.  SPDX-License-Identifier: Apache-2.0 */
#include "nas_driver.h"
#include <check.h>
#include <dirent.h>
#include <pintle/testing.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PV(more_metadata, spec) \
  "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"pv-1\"" more_metadata "},\"spec\":{" spec "}}"
#define CSI                                                                                                                  \
  "\"csi\":{\"driver\":\"nfs.csi.k8s.io\",\"volumeHandle\":\"s#x#y##\",\"volumeAttributes\":{\"server\":\"s\",\"share\":\"/" \
  "x\",\"subdir\":\"y\"}}"
#define RUN(kind, spec)                                                                                                                    \
  "{\"apiVersion\":\"velero.io/v1\",\"kind\":\"" kind "\",\"metadata\":{\"name\":\"b\",\"uid\":\"u-1\"},\"spec\":{" spec "},\"status\":{}" \
  "}"

static char directory[64], config[300];
static pintle_test_host *host;

static void start(void) {
  strcpy(directory, "/tmp/pintle-nas-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(directory));
  host = pintle_test_new(NULL);
  const pintle_test_outcome *o = pintle_test_load(host, &pintle_plugin_v1);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
}

static int snapshots(void) {
  DIR *d = opendir(directory);
  int n = 0;
  ck_assert_ptr_nonnull(d);
  for (struct dirent *e; (e = readdir(d));) n += e->d_name[0] != '.';
  closedir(d);
  return n;
}

static void stop(void) {
  pintle_test_free(host);
  char command[100];
  snprintf(command, sizeof command, "rm -r %s", directory);
  ck_assert_int_eq(system(command), 0);
}

static pintle_test_instance *make(int kind, const char *more) {
  snprintf(config, sizeof config, "{\"driver\":\"test\",\"directory\":\"%s\"%s}", directory, more);
  pintle_test_instance *a = pintle_test_create(host, kind, "pintle.io/nas", config);
  ck_assert_msg(a != NULL, "%s", pintle_test_last(host)->message);
  return a;
}

static char kept[8][2048];
static const char *keep(int i, const char *text) {
  ck_assert_ptr_nonnull(text);
  return strcpy(kept[i], text);
}

START_TEST(all_calls_of_the_snapshotter) {
  pintle_test_instance *a = make(PINTLE_TEST_SNAPSHOTTER, "");
  const pintle_kv tags[] = {{"velero.io/backup", "b"}, {"velero.io/pv", "pv-1"}},
                  others[] = {{"velero.io/backup", "c"}, {"velero.io/pv", "pv-1"}};
  const char *pv = PV("", "\"nfs\":{\"server\":\"s\",\"path\":\"/x\"}");
  const char *id = keep(0, pintle_test_get_volume_id(a, pv)->text);
  ck_assert_str_eq(id, "nas1:{\"d\":\"test\",\"k\":\"nfs\",\"s\":\"s\",\"p\":\"/x\",\"v\":\"pv-1\"}");
  ck_assert_str_eq(pintle_test_get_volume_id(a, PV("", "\"nfs\":{\"server\":\"nobody\",\"path\":\"/x\"}"))->text, "");
  const pintle_test_outcome *o = pintle_test_get_volume_info(a, id, "");
  ck_assert_str_eq(o->text, "test");
  ck_assert_int_eq(o->iops, PINTLE_NONE);
  ck_assert_int_eq(pintle_test_get_volume_info(a, "nas1:{\"d\":\"test\",\"k\":\"nfs\",\"p\":\"/gone\"}", "")->status, PINTLE_NOT_FOUND);
  const char *snapshot = keep(1, pintle_test_create_snapshot(a, id, "", tags, 2)->text);
  ck_assert_str_eq(snapshot, "nass1:{\"d\":\"test\",\"k\":\"nfs\",\"s\":\"s\",\"p\":\"/"
                             "x\",\"v\":\"pv-1\",\"i\":\"velero-e6702a0a6a89ca4b106f98963ccb5e540467ed77\"}");
  ck_assert_str_eq(pintle_test_create_snapshot(a, id, "", tags, 2)->text, snapshot); /* again: the same */
  ck_assert_int_eq(snapshots(), 1);
  ck_assert_str_ne(pintle_test_create_snapshot(a, id, "", others, 2)->text, snapshot);
  ck_assert_int_eq(snapshots(), 2);
  const char *made = keep(2, pintle_test_create_volume(a, snapshot, "test", "", PINTLE_NONE)->text);
  ck_assert_ptr_nonnull(strstr(made, "nas1:{\"d\":\"test\",\"k\":\"nfs\",\"s\":\"s\",\"p\":\"/velero-"));
  ck_assert_str_eq(pintle_test_create_volume(a, snapshot, "test", "", PINTLE_NONE)->text, made);
  o = pintle_test_set_volume_id(a, pv, made);
  ck_assert_ptr_nonnull(strstr(o->item, "\"nfs\":{\"server\":\"s\",\"path\":\"/velero-"));
  ck_assert_int_eq(pintle_test_delete_snapshot(a, snapshot)->status, PINTLE_OK);
  ck_assert_int_eq(pintle_test_delete_snapshot(a, snapshot)->status, PINTLE_OK);
  ck_assert_int_eq(snapshots(), 1);
  ck_assert_int_eq(pintle_test_create_volume(a, snapshot, "test", "", PINTLE_NONE)->status, PINTLE_NOT_FOUND);
}
END_TEST

/* item, backup's spec, volume policy; is a snapshot taken? */
static const struct {
  const char *item, *spec, *policy, *config;
  int taken;
} selection[] = {
    {PV("", CSI), "", "", "", 0},
    {PV("", CSI), "", "", ",\"selectDrivers\":\"efs.csi.aws.com, nfs.csi.k8s.io\"", 1},
    {PV("", CSI), "", "", ",\"selectDrivers\":\"nfs.csi\"", 0},
    {PV("", CSI ",\"storageClassName\":\"fast\""), "", "", ",\"selectClasses\":\"slow,fast\"", 1},
    {PV(",\"annotations\":{\"pintle.io/nas-backup\":\"true\"}", CSI), "", "", "", 1},
    {PV(",\"annotations\":{\"pintle.io/nas-backup\":\"false\"}", CSI), "", "", ",\"selectDrivers\":\"nfs.csi.k8s.io\"", 0},
    {PV(",\"annotations\":{\"me/it\":\"true\"}", CSI), "", "", ",\"selectAnnotation\":\"me/it\"", 1},
    {PV("", "\"nfs\":{\"server\":\"s\",\"path\":\"/x\"}"), "", "", ",\"selectDrivers\":\"nfs\"", 1},
    {PV("", CSI), "\"snapshotVolumes\":false", "", ",\"selectDrivers\":\"nfs.csi.k8s.io\"", 0},
    {PV("", CSI), "\"snapshotVolumes\":true", "", ",\"selectDrivers\":\"nfs.csi.k8s.io\"", 1},
    {PV("", CSI), "", "snapshot", ",\"selectDrivers\":\"nfs.csi.k8s.io\"", 1},
    {PV("", CSI), "", "custom", ",\"selectDrivers\":\"nfs.csi.k8s.io\"", 1},
    {PV("", CSI), "", "fs-backup", ",\"selectDrivers\":\"nfs.csi.k8s.io\"", 0},
    {PV("", CSI), "", "skip", ",\"selectDrivers\":\"nfs.csi.k8s.io\"", 0},
    {PV("", "\"csi\":{\"driver\":\"ebs.csi.aws.com\",\"volumeHandle\":\"v\"}"), "", "", ",\"selectDrivers\":\"ebs.csi.aws.com\"", 0},
};

START_TEST(only_what_is_selected_is_taken) {
  char run[300];
  const pintle_kv properties[] = {{"item.volume-action", selection[_i].policy}, {NULL, NULL}};
  snprintf(run, sizeof run, RUN("Backup", "%s"), selection[_i].spec);
  pintle_test_set(host)->run = run;
  pintle_test_set(host)->properties = properties;
  const pintle_test_outcome *o = pintle_test_backup(make(PINTLE_TEST_BACKUP, selection[_i].config), selection[_i].item, 0);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
  ck_assert_int_eq(snapshots(), selection[_i].taken);
  ck_assert_int_eq(strstr(o->item, "pintle.io/nas-snapshot") != NULL, selection[_i].taken);
  ck_assert_ptr_null(o->operation); /* it is complete at once */
}
END_TEST

static const char all[] = ",\"selectDrivers\":\"nfs.csi.k8s.io\"", slow[] = ",\"selectDrivers\":\"nfs.csi.k8s.io\",\"questions\":3",
                  broken[] = ",\"selectDrivers\":\"nfs.csi.k8s.io\",\"questions\":2,\"broken\":true";
static const char item[] = PV("", CSI ",\"persistentVolumeReclaimPolicy\":\"Delete\"");

START_TEST(a_backup_is_restored_and_deleted) {
  pintle_test_set(host)->run = RUN("Backup", "");
  const pintle_test_outcome *o = pintle_test_backup(make(PINTLE_TEST_BACKUP, all), item, 0);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
  ck_assert_ptr_nonnull(strstr(o->item, "\"persistentVolumeReclaimPolicy\":\"Retain\"")); /* else Velero would make an empty one */
  ck_assert_ptr_nonnull(strstr(o->item, "\"pintle.io/nas-reclaim-policy\":\"Delete\""));
  const char *stored = keep(0, o->item);
  pintle_test_set(host)->run = RUN("Restore", "\"restorePVs\":false");
  ck_assert_str_eq(pintle_test_restore(make(PINTLE_TEST_RESTORE, ""), stored, NULL, 0)->patch, "[]");
  pintle_test_set(host)->run = RUN("Restore", "");
  o = pintle_test_restore(make(PINTLE_TEST_RESTORE, ""), stored, NULL, 0);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
  ck_assert_ptr_nonnull(strstr(o->item, "\"share\":\"/velero-"));
  ck_assert_ptr_nonnull(strstr(o->item, "\"persistentVolumeReclaimPolicy\":\"Delete\""));
  ck_assert_ptr_null(strstr(o->item, "pintle.io/"));
  pintle_test_instance *d = make(PINTLE_TEST_DELETE, "");
  ck_assert_int_eq(pintle_test_delete(d, stored, PINTLE_DRY_RUN)->status, PINTLE_OK);
  ck_assert_int_eq(snapshots(), 1);
  for (int i = 0; i < 2; i++) ck_assert_int_eq(pintle_test_delete(d, stored, 0)->status, PINTLE_OK);
  ck_assert_int_eq(snapshots(), 0);
  ck_assert_int_eq(pintle_test_restore(make(PINTLE_TEST_RESTORE, ""), stored, NULL, 0)->status, PINTLE_NOT_FOUND);
}
END_TEST

START_TEST(an_operation_survives_its_process) {
  pintle_test_set(host)->run = RUN("Backup", "");
  pintle_test_instance *a = make(PINTLE_TEST_BACKUP, slow);
  const char *id = keep(0, pintle_test_backup(a, item, 0)->operation);
  pintle_test_destroy(a);
  ck_assert_int_eq(strncmp(id, "nass1:", 6), 0);
  a = make(PINTLE_TEST_BACKUP, slow);
  for (int i = 1; i < 3; i++) { /* execute asked once */
    const pintle_test_outcome *o = pintle_test_progress(a, id);
    ck_assert(o->status == PINTLE_OK && o->has_progress && !o->progress.completed && o->progress.n_completed == i &&
              o->progress.n_total == 3);
  }
  const pintle_test_outcome *o = pintle_test_progress(a, id);
  ck_assert(o->progress.completed && o->progress.n_completed == 3 && !*o->progress.error);
  ck_assert_int_eq(pintle_test_cancel(a, id)->status, PINTLE_OK);
  ck_assert_int_eq(pintle_test_cancel(a, id)->status, PINTLE_OK);
  ck_assert_int_eq(snapshots(), 0);
  ck_assert_int_eq(pintle_test_progress(a, id)->status, PINTLE_NOT_FOUND);
  ck_assert_int_eq(pintle_test_progress(a, "another's")->status, PINTLE_INVALID);
}
END_TEST

START_TEST(what_fails_leaves_nothing) {
  pintle_test_set(host)->run = RUN("Backup", "");
  pintle_test_instance *a = make(PINTLE_TEST_BACKUP, broken);
  const char *id = keep(0, pintle_test_backup(a, item, 0)->operation);
  ck_assert_int_eq(pintle_test_progress(a, id)->progress.completed, 0);
  ck_assert_str_eq(pintle_test_progress(a, id)->progress.error, "the disk is full");
  const pintle_test_outcome *o = pintle_test_backup(a, item, 0); /* again: it finds the broken one */
  ck_assert_int_eq(o->status, PINTLE_FAILED);
  ck_assert_str_eq(o->message, "the snapshot of pv-1 failed: the disk is full");
  ck_assert_str_eq(o->patch, "[]");
  ck_assert_int_eq(snapshots(), 0);
}
END_TEST

START_TEST(nothing_happens_in_dry_runs_and_while_finalizing) {
  pintle_test_set(host)->run = RUN("Backup", "");
  pintle_test_instance *a = make(PINTLE_TEST_BACKUP, all);
  ck_assert_str_eq(pintle_test_backup(a, item, PINTLE_DRY_RUN)->patch, "[]");
  ck_assert_str_eq(pintle_test_backup(a, item, PINTLE_FINALIZING)->patch, "[]");
  ck_assert_int_eq(snapshots(), 0);
}
END_TEST

START_TEST(without_a_driver_item_actions_do_nothing) {
  pintle_test_instance *a = pintle_test_create(host, PINTLE_TEST_BACKUP, "pintle.io/nas", "{\"selectDrivers\":\"nfs.csi.k8s.io\"}");
  ck_assert_str_eq(pintle_test_backup(a, item, 0)->patch, "[]");
  a = pintle_test_create(host, PINTLE_TEST_RESTORE, "pintle.io/nas", "{}");
  ck_assert_str_eq(pintle_test_restore(a, item, NULL, 0)->patch, "[]");
  const char *taken =
      PV(",\"annotations\":{\"pintle.io/"
         "nas-snapshot\":\"nass1:{\\\"d\\\":\\\"test\\\",\\\"k\\\":\\\"nfs\\\",\\\"i\\\":\\\"x\\\",\\\"v\\\":\\\"pv-1\\\"}\"}",
         CSI);
  const pintle_test_outcome *o = pintle_test_restore(a, taken, NULL, 0);
  ck_assert_int_eq(o->status, PINTLE_UNSUPPORTED);
  ck_assert_str_eq(o->message, "volume pv-1 is of driver test, and no driver is configured here");
}
END_TEST

int main(void) {
  Suite *s = suite_create("nas_actions");
  TCase *c = tcase_create("all");
  tcase_add_checked_fixture(c, start, stop);
  tcase_add_test(c, all_calls_of_the_snapshotter);
  tcase_add_loop_test(c, only_what_is_selected_is_taken, 0, (int)(sizeof selection / sizeof *selection));
  tcase_add_test(c, a_backup_is_restored_and_deleted);
  tcase_add_test(c, an_operation_survives_its_process);
  tcase_add_test(c, what_fails_leaves_nothing);
  tcase_add_test(c, nothing_happens_in_dry_runs_and_while_finalizing);
  tcase_add_test(c, without_a_driver_item_actions_do_nothing);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
