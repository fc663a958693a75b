/* test_nas_volume.c -- a PersistentVolume of every shape: what is read, its id, and what a restored one is written as.
 * SPDX-License-Identifier: Apache-2.0 */
#include "nas_driver.h"
#include "text.h"
#include <check.h>
#include <pintle/testing.h>
#include <stdlib.h>
#include <string.h>

/* id: behind nas1:{"d":"test", ; restored: spec after the volume with server S, path /P, fs id fs-0123456789 and name N was written. NULL: not ours. */
static const struct {
  const char *spec, *id, *restored;
} rows[] = {
    {"{\"nfs\":{\"server\":\"10.0.0.5\",\"path\":\"/exports/pvc-1\",\"readOnly\":false},\"mountOptions\":[\"nfsvers=4.1\",\"hard\"]}",
     "\"k\":\"nfs\",\"s\":\"10.0.0.5\",\"p\":\"/exports/pvc-1\"",
     "{\"nfs\":{\"server\":\"S\",\"path\":\"/P\",\"readOnly\":false},\"mountOptions\":[\"nfsvers=4.1\",\"hard\"]}"},
    {"{\"csi\":{\"driver\":\"nfs.csi.k8s.io\",\"volumeHandle\":\"srv#share#pvc-4b##\",\"volumeAttributes\":{\"server\":\"srv\",\"share\":"
     "\"/share\","
     "\"subdir\":\"pvc-4b\"}}}",
     "\"k\":\"nfs.csi.k8s.io\",\"s\":\"srv\",\"p\":\"/share\",\"u\":\"pvc-4b\"",
     "{\"csi\":{\"driver\":\"nfs.csi.k8s.io\",\"volumeHandle\":\"S#P###\",\"volumeAttributes\":{\"server\":\"S\",\"share\":\"/"
     "P\",\"subdir\":\"pvc-4b\"}}}"},
    {"{\"csi\":{\"driver\":\"nfs.csi.k8s.io\",\"volumeHandle\":\"srv#a/b#sub#uid#retain\"}}",
     "\"k\":\"nfs.csi.k8s.io\",\"s\":\"srv\",\"p\":\"/a/b\",\"u\":\"sub\"",
     "{\"csi\":{\"driver\":\"nfs.csi.k8s.io\",\"volumeHandle\":\"S#P##uid#retain\",\"volumeAttributes\":{\"server\":\"S\",\"share\":\"/"
     "P\"}}}"},
    {"{\"csi\":{\"driver\":\"nfs.csi.k8s.io\",\"volumeHandle\":\"srv/base/sub\"}}",
     "\"k\":\"nfs.csi.k8s.io\",\"s\":\"srv\",\"p\":\"/base\",\"u\":\"sub\"", ""},
    {"{\"csi\":{\"driver\":\"nfs.csi.k8s.io\",\"volumeHandle\":\"anything\",\"volumeAttributes\":{\"server\":\"srv\",\"share\":\"/\"}}}",
     "\"k\":\"nfs.csi.k8s.io\",\"s\":\"srv\",\"p\":\"/\"", ""},
    {"{\"csi\":{\"driver\":\"nfs.csi.k8s.io\",\"volumeHandle\":\"anything\"}}", NULL, NULL},
    {"{\"csi\":{\"driver\":\"nasplugin.csi.alibabacloud.com\",\"volumeHandle\":\"pv-1\",\"volumeAttributes\":{\"server\":"
     "\"extreme-0abc-x1.cn-hangzhou.extreme.nas.aliyuncs.com\",\"path\":\"/share/a/b\",\"vers\":\"3\"}}}",
     "\"k\":\"nasplugin.csi.alibabacloud.com\",\"s\":\"extreme-0abc-x1.cn-hangzhou.extreme.nas.aliyuncs.com\",\"p\":\"/share\",\"u\":\"a/"
     "b\","
     "\"f\":\"extreme-0abc\",\"t\":\"extreme\",\"r\":\"cn-hangzhou\"",
     "{\"csi\":{\"driver\":\"nasplugin.csi.alibabacloud.com\",\"volumeHandle\":\"pv-1\",\"volumeAttributes\":{\"server\":\"S\",\"path\":\"/"
     "P\",\"vers\":"
     "\"3\"}}}"},
    {"{\"csi\":{\"driver\":\"nasplugin.csi.alibabacloud.com\",\"volumeHandle\":\"pv-1\",\"volumeAttributes\":{\"server\":"
     "\"0a1b2c-xyz99.cn-beijing.nas.aliyuncs.com\",\"path\":\"/\"}}}",
     "\"k\":\"nasplugin.csi.alibabacloud.com\",\"s\":\"0a1b2c-xyz99.cn-beijing.nas.aliyuncs.com\",\"p\":\"/"
     "\",\"f\":\"0a1b2c\",\"t\":\"standard\",\"r\":"
     "\"cn-beijing\"",
     ""},
    {"{\"csi\":{\"driver\":\"nasplugin.csi.alibabacloud.com\",\"volumeHandle\":\"pv-1\",\"volumeAttributes\":{\"server\":"
     "\"cpfs-0abc-77.cn-beijing.cpfs.aliyuncs.com\",\"path\":\"/share\"}}}",
     "\"k\":\"nasplugin.csi.alibabacloud.com\",\"s\":\"cpfs-0abc-77.cn-beijing.cpfs.aliyuncs.com\",\"p\":\"/"
     "share\",\"f\":\"cpfs-0abc\",\"t\":\"cpfs\","
     "\"r\":\"cn-beijing\"",
     ""},
    {"{\"csi\":{\"driver\":\"nasplugin.csi.alibabacloud.com\",\"volumeHandle\":\"pv-1\",\"volumeAttributes\":{\"server\":\"10.1.1.1\","
     "\"fileSystemId\":"
     "\"extreme-1\",\"fileSystemType\":\"extreme\",\"path\":\"/share/\"}}}",
     "\"k\":\"nasplugin.csi.alibabacloud.com\",\"s\":\"10.1.1.1\",\"p\":\"/share\",\"f\":\"extreme-1\",\"t\":\"extreme\"",
     "{\"csi\":{\"driver\":\"nasplugin.csi.alibabacloud.com\",\"volumeHandle\":\"pv-1\",\"volumeAttributes\":{\"server\":\"S\","
     "\"fileSystemId\":"
     "\"fs-0123456789\",\"fileSystemType\":\"extreme\",\"path\":\"/P\"}}}"},
    {"{\"csi\":{\"driver\":\"nasplugin.csi.alibabacloud.com\",\"volumeHandle\":\"pv-1\",\"volumeAttributes\":{"
     "\"containerNetworkFileSystem\":\"cnfs-1\"}}}",
     "\"k\":\"nasplugin.csi.alibabacloud.com\",\"p\":\"/\",\"n\":\"cnfs-1\"", ""},
    {"{\"flexVolume\":{\"driver\":\"alicloud/nas\",\"options\":{\"server\":\"0a1b2c-x.cn-shanghai.nas.aliyuncs.com\",\"path\":\"/"
     "k8s\",\"vers\":\"4.0\"}}}",
     "\"k\":\"alicloud/nas\",\"s\":\"0a1b2c-x.cn-shanghai.nas.aliyuncs.com\",\"p\":\"/"
     "k8s\",\"f\":\"0a1b2c\",\"t\":\"standard\",\"r\":\"cn-shanghai\"",
     "{\"flexVolume\":{\"driver\":\"alicloud/nas\",\"options\":{\"server\":\"S\",\"path\":\"/P\",\"vers\":\"4.0\"}}}"},
    {"{\"flexVolume\":{\"driver\":\"alicloud/disk\",\"options\":{\"server\":\"x\"}}}", NULL, NULL},
    {"{\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"fs-0abcdef12\"}}",
     "\"k\":\"efs.csi.aws.com\",\"f\":\"fs-0abcdef12\",\"t\":\"efs\"", ""},
    {"{\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"fs-0abcdef12:/a\"}}",
     "\"k\":\"efs.csi.aws.com\",\"p\":\"/a\",\"f\":\"fs-0abcdef12\",\"t\":\"efs\"",
     "{\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"fs-0123456789:/P:N\"}}"},
    {"{\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"fs-0abcdef12::fsap-9\"}}",
     "\"k\":\"efs.csi.aws.com\",\"f\":\"fs-0abcdef12\",\"t\":\"efs\",\"n\":\"fsap-9\"", ""},
    {"{\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"efs:fs-0abcdef12:/a:fsap-9\"}}",
     "\"k\":\"efs.csi.aws.com\",\"p\":\"/a\",\"f\":\"fs-0abcdef12\",\"t\":\"efs\",\"n\":\"fsap-9\"",
     "{\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"efs:fs-0123456789:/P:N\"}}"},
    {"{\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"s3files:fs-0abcdef12\"}}",
     "\"k\":\"efs.csi.aws.com\",\"f\":\"fs-0abcdef12\",\"t\":\"s3files\"", ""},
    {"{\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"fs-XYZ\"}}", NULL, NULL},
    {"{\"csi\":{\"driver\":\"filestore.csi.storage.gke.io\",\"volumeHandle\":\"modeInstance/us-c1-a/inst/"
     "vol1\",\"volumeAttributes\":{\"ip\":\"10.2.0.2\","
     "\"volume\":\"vol1\"}}}",
     "\"k\":\"filestore.csi.storage.gke.io\",\"s\":\"10.2.0.2\",\"p\":\"/vol1\",\"f\":\"inst\",\"t\":\"modeInstance\",\"z\":\"us-c1-a\"",
     "{\"csi\":{\"driver\":\"filestore.csi.storage.gke.io\",\"volumeHandle\":\"modeInstance/us-c1-a/fs-0123456789/"
     "P\",\"volumeAttributes\":{\"ip\":\"S\","
     "\"volume\":\"P\"}}}"},
    {"{\"csi\":{\"driver\":\"file.csi.azure.com\",\"volumeHandle\":\"rg#acct#share#disk#uid#ns\",\"volumeAttributes\":{\"protocol\":"
     "\"nfs\"}}}",
     "\"k\":\"file.csi.azure.com\",\"s\":\"acct.file.core.windows.net\",\"p\":\"/acct/share\",\"f\":\"rg/"
     "acct\",\"t\":\"nfs\",\"n\":\"share\"",
     "{\"csi\":{\"driver\":\"file.csi.azure.com\",\"volumeHandle\":\"#fs-0123456789#N#disk#uid#ns\",\"volumeAttributes\":{\"protocol\":"
     "\"nfs\"}}}"},
    {"{\"csi\":{\"driver\":\"file.csi.azure.com\",\"volumeHandle\":\"mine\",\"volumeAttributes\":{\"storageAccount\":\"a\",\"shareName\":"
     "\"s\"}}}",
     "\"k\":\"file.csi.azure.com\",\"s\":\"a.file.core.windows.net\",\"p\":\"/s\",\"f\":\"a\",\"t\":\"smb\",\"n\":\"s\"", ""},
    {"{\"csi\":{\"driver\":\"cephfs.csi.ceph.com\",\"volumeHandle\":\"0001-0004-ceph-0000000000000001-uuid\",\"volumeAttributes\":{"
     "\"fsName\":\"cephfs\","
     "\"subvolumePath\":\"/volumes/csi/x\"}}}",
     "\"k\":\"cephfs.csi.ceph.com\",\"p\":\"/volumes/csi/x\",\"f\":\"ceph\",\"t\":\"subvolume\",\"n\":\"cephfs\"", ""},
    {"{\"csi\":{\"driver\":\"cephfs.csi.ceph.com\",\"volumeHandle\":\"h\",\"volumeAttributes\":{\"clusterID\":\"c\",\"fsName\":\"f\","
     "\"staticVolume\":"
     "\"true\",\"rootPath\":\"/r\"}}}",
     "\"k\":\"cephfs.csi.ceph.com\",\"p\":\"/r\",\"f\":\"c\",\"t\":\"static\",\"n\":\"f\"",
     "{\"csi\":{\"driver\":\"cephfs.csi.ceph.com\",\"volumeHandle\":\"h\",\"volumeAttributes\":{\"clusterID\":\"c\",\"fsName\":\"f\","
     "\"staticVolume\":"
     "\"true\",\"rootPath\":\"/P\"}}}"},
    {"{\"csi\":{\"driver\":\"csi.trident.netapp.io\",\"volumeHandle\":\"pvc-1\",\"volumeAttributes\":{\"backendUUID\":\"b-1\","
     "\"internalName\":"
     "\"trident_pvc_1\",\"name\":\"pvc-1\",\"protocol\":\"file\"}}}",
     "\"k\":\"csi.trident.netapp.io\",\"f\":\"b-1\",\"n\":\"trident_pvc_1\"", ""},
    {"{\"csi\":{\"driver\":\"csi.trident.netapp.io\",\"volumeHandle\":\"pvc-1\",\"volumeAttributes\":{\"internalName\":\"x\",\"protocol\":"
     "\"block\"}}}",
     NULL, NULL},
    {"{\"csi\":{\"driver\":\"nfs.manila.csi.openstack.org\",\"volumeHandle\":\"share-1\"}}",
     "\"k\":\"nfs.manila.csi.openstack.org\",\"f\":\"share-1\"",
     "{\"csi\":{\"driver\":\"nfs.manila.csi.openstack.org\",\"volumeHandle\":\"fs-0123456789\"}}"},
    {"{\"csi\":{\"driver\":\"fsx.openzfs.csi.aws.com\",\"volumeHandle\":\"fsvol-1\"}}",
     "\"k\":\"fsx.openzfs.csi.aws.com\",\"f\":\"fsvol-1\"", ""},
    {"{\"csi\":{\"driver\":\"ebs.csi.aws.com\",\"volumeHandle\":\"vol-1\"}}", NULL, NULL},
    {"{\"hostPath\":{\"path\":\"/x\"}}", NULL, NULL},
    {"{\"nfs\":{}}", NULL, NULL},
    {"{}", NULL, NULL},
};

static pintle_test_instance *snapshotter(pintle_test_host **h, const char *config) {
  *h = pintle_test_new(NULL);
  const pintle_test_outcome *o = pintle_test_load(*h, &pintle_plugin_v1);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
  pintle_test_instance *a = pintle_test_create(*h, PINTLE_TEST_SNAPSHOTTER, "pintle.io/nas", config);
  ck_assert_msg(a != NULL, "%s", pintle_test_last(*h)->message);
  return a;
}

static void pv_of(const char *spec, char to[4096]) {
  snprintf(to, 4096, "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"pv-1\"},\"spec\":%s}", spec);
}

START_TEST(a_shape_is_read_and_written) {
  pintle_test_host *h;
  pintle_test_instance *a = snapshotter(&h, "{\"driver\":\"test\"}");
  char pv[4096], expected[4096], id[2000];
  pv_of(rows[_i].spec, pv);
  const pintle_test_outcome *o = pintle_test_get_volume_id(a, pv);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
  if (!rows[_i].id) ck_assert_str_eq(o->text, "");
  else {
    snprintf(expected, sizeof expected, "nas1:{\"d\":\"test\",%s,\"v\":\"pv-1\"}", rows[_i].id);
    ck_assert_str_eq(o->text, expected);
    /* the volume itself: nothing changes */
    snprintf(id, sizeof id, "%s", o->text);
    o = pintle_test_set_volume_id(a, pv, id);
    ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
    o = pintle_test_get_volume_id(a, o->item[0] ? strcpy(expected, o->item) : pv);
    ck_assert_str_eq(o->text, id);
  }
  if (rows[_i].restored && *rows[_i].restored) {
    const char *kind = strstr(id, "\"k\":\"") + 5, *type = strstr(id, "\"t\":\""), *zone = strstr(id, "\"z\":\"");
    char made[1000];
    snprintf(
        made, sizeof made,
        "nas1:{\"d\":\"test\",\"k\":\"%.*s\",\"s\":\"S\",\"p\":\"/P\",\"f\":\"fs-0123456789\",\"t\":\"%.*s\",\"z\":\"%.*s\",\"n\":\"N\"}",
        (int)strcspn(kind, "\""), kind, type ? (int)strcspn(type + 5, "\"") : 0, type ? type + 5 : "",
        zone ? (int)strcspn(zone + 5, "\"") : 0, zone ? zone + 5 : "");
    o = pintle_test_set_volume_id(a, pv, made);
    ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
    pv_of(rows[_i].restored, expected);
    ck_assert_str_eq(o->item, expected);
  }
  pintle_test_free(h);
}
END_TEST

START_TEST(a_trident_volume_becomes_nfs) {
  pintle_test_host *h;
  char pv[4096], expected[4096];
  pintle_test_instance *a = snapshotter(&h, "{\"driver\":\"test\"}");
  pv_of("{\"csi\":{\"driver\":\"csi.trident.netapp.io\",\"volumeHandle\":\"p\"},\"nodeAffinity\":{}}", pv);
  const pintle_test_outcome *o =
      pintle_test_set_volume_id(a, pv, "nas1:{\"d\":\"test\",\"k\":\"nfs\",\"s\":\"lif\",\"p\":\"/\",\"u\":\"/velero_1/\"}");
  pv_of("{\"nfs\":{\"server\":\"lif\",\"path\":\"/velero_1\"}}", expected);
  ck_assert_str_eq(o->item, expected);
  o = pintle_test_set_volume_id(a, pv, "nas1:{\"d\":\"test\",\"k\":\"efs.csi.aws.com\",\"f\":\"fs-1\"}");
  ck_assert_int_eq(o->status, PINTLE_UNSUPPORTED);
  ck_assert_str_eq(o->message, "a PersistentVolume of csi.trident.netapp.io cannot become one of efs.csi.aws.com");
  pintle_test_free(h);
}
END_TEST

START_TEST(bad_ids_are_refused) {
  static const struct {
    const char *id;
    pintle_status status;
  } bad[] = {{"", PINTLE_INVALID},
             {"vol-1", PINTLE_INVALID},
             {"nas1:", PINTLE_INVALID},
             {"nas1:{\"d\":\"test\"", PINTLE_INVALID},
             {"nas1:{\"d\":\"test\"}", PINTLE_INVALID},
             {"nas1:[]", PINTLE_INVALID},
             {"nass1:{\"d\":\"test\",\"k\":\"nfs\",\"i\":\"x\"}", PINTLE_INVALID},
             {"nas1:{\"d\":\"other\",\"k\":\"nfs\"}", PINTLE_UNSUPPORTED}};
  pintle_test_host *h;
  pintle_test_instance *a = snapshotter(&h, "{\"driver\":\"test\"}");
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_int_eq(pintle_test_get_volume_info(a, bad[i].id, "")->status, bad[i].status);
  ck_assert_int_eq(pintle_test_delete_snapshot(a, "nass1:{\"d\":\"test\",\"k\":\"nfs\"}")->status, PINTLE_INVALID);
  char pv[4096], spec[2000], path[1100];
  memset(path, 'x', sizeof path - 1), path[sizeof path - 1] = 0;
  snprintf(spec, sizeof spec, "{\"nfs\":{\"server\":\"s\",\"path\":\"/%s\"}}", path);
  pv_of(spec, pv);
  ck_assert_int_eq(pintle_test_get_volume_id(a, pv)->status, PINTLE_INVALID);
  pintle_test_free(h);
}
END_TEST

START_TEST(the_configuration_knows_ids) {
  pintle_test_host *h;
  char pv[4096];
  pintle_test_instance *a = snapshotter(&h, "{\"driver\":\"test\",\"fileSystems\":\"s:/=all,s:/a/b/=deep,t:/=other\"}");
  static const char *const expected[][2] = {{"/a/b/c", "deep"}, {"/a/bc", "all"}, {"/a/b", "deep"}, {"/", "all"}};
  for (size_t i = 0; i < 4; i++) {
    char spec[200], id[300];
    snprintf(spec, sizeof spec, "{\"nfs\":{\"server\":\"s\",\"path\":\"%s\"}}", expected[i][0]);
    snprintf(id, sizeof id, "nas1:{\"d\":\"test\",\"k\":\"nfs\",\"s\":\"s\",\"p\":\"%s\",\"f\":\"%s\",\"v\":\"pv-1\"}", expected[i][0],
             expected[i][1]);
    pv_of(spec, pv);
    ck_assert_str_eq(pintle_test_get_volume_id(a, pv)->text, id);
  }
  pintle_test_free(h);
}
END_TEST

START_TEST(a_bad_configuration_has_its_place) {
  static const char *const bad[][3] = {
      {"{}", "/driver", "driver is not given"},
      {"{\"driver\":\"tset\"}", "/driver", "there is no driver \"tset\"; there are: test"},
      {"{\"driver\":\"test\",\"mountRoot\":\"x\"}", "/mountRoot", "mountRoot is no absolute path"},
      {"{\"driver\":\"test\",\"mounts\":\"s:/a=/b,x\"}", "/mounts", "\"x\" is not of the form server:/path=/directory"},
      {"{\"driver\":\"test\",\"fileSystems\":\"/a=b\"}", "/fileSystems", "\"/a=b\" is not of the form server:/path=id"}};
  pintle_test_host *h = pintle_test_new(NULL);
  ck_assert_int_eq(pintle_test_load(h, &pintle_plugin_v1)->status, PINTLE_OK);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ck_assert_ptr_null(pintle_test_create(h, PINTLE_TEST_SNAPSHOTTER, "pintle.io/nas", bad[i][0]));
    ck_assert_str_eq(pintle_test_last(h)->at, bad[i][1]);
    ck_assert_str_eq(pintle_test_last(h)->message, bad[i][2]);
  }
  pintle_test_free(h);
}
END_TEST

int main(void) {
  Suite *s = suite_create("nas_volume");
  TCase *c = tcase_create("all");
  tcase_add_loop_test(c, a_shape_is_read_and_written, 0, (int)(sizeof rows / sizeof *rows));
  tcase_add_test(c, a_trident_volume_becomes_nfs);
  tcase_add_test(c, bad_ids_are_refused);
  tcase_add_test(c, the_configuration_knows_ids);
  tcase_add_test(c, a_bad_configuration_has_its_place);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
