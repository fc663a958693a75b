/* skew_host.c -- drives skew_plugin.c in the fake host and compares every answer.  SPDX-License-Identifier: Apache-2.0
 *
 * Usage: skew_host PLUGIN.so. Exit 0: all as expected. */
#include <dlfcn.h>
#include <pintle/testing.h>
#include <stdlib.h>
#include <string.h>

static int failed;
static void is(const char *what, const char *got, const char *wanted) {
  if (strcmp(got, wanted) == 0) return;
  printf("  %s: got \"%s\", wanted \"%s\"\n", what, got, wanted);
  failed++;
}
static void ok(const char *what, const pintle_test_outcome *o, pintle_status wanted) {
  if (o->status == wanted) return;
  printf("  %s: status %d (%s), wanted %d\n", what, o->status, o->message, wanted);
  failed++;
}

static void items(pintle_test_host *h) {
  const char *pod = "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"}}";
  const char *labelled = "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\",\"labels\":{\"skew\":\"x\"}}}";
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_BACKUP, "skew.test/all", "{\"text\":\"x\"}");
  ok("create", pintle_test_last(h), PINTLE_OK);
  if (!a) return;
  is("selector", pintle_test_last(h)->selector, "{\"includedResources\":[\"pods\"]}");
  const pintle_test_outcome *o = pintle_test_backup(a, pod, 0);
  ok("backup", o, PINTLE_OK);
  is("item", o->item, labelled);
  is("additional", o->additional, "secrets n/s\n");
  is("units", o->progress.units, "items");
  o = pintle_test_progress(a, "op");
  ok("progress", o, PINTLE_OK);
  is("description", o->progress.description, "op");
  ok("run_operation", pintle_test_run_operation(a, "op"), PINTLE_UNSUPPORTED);
  if (!(a = pintle_test_create(h, PINTLE_TEST_RESTORE, "skew.test/all", "{\"text\":\"x\"}"))) return;
  is("restored", pintle_test_restore(a, pod, NULL, 0)->item, labelled);
  if (!(a = pintle_test_create(h, PINTLE_TEST_DELETE, "skew.test/all", NULL))) return;
  o = pintle_test_delete(a, pod, 0);
  ok("delete", o, PINTLE_CONFLICT);
  is("message", o->message, "p is in use");
  is("at", o->at, "/metadata/name");
  if (!(a = pintle_test_create(h, PINTLE_TEST_BLOCK, "skew.test/all", NULL))) return;
  is("related", pintle_test_related(a, pod, 0)->additional, "configmaps n/c\n");
  is("counters", pintle_test_counters(h), "executed = 2\n");
}

static void objects(pintle_test_host *h) {
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_STORE, "skew.test/all", NULL);
  ok("create store", pintle_test_last(h), PINTLE_OK);
  if (!a) return;
  ok("put", pintle_test_put(a, "b", "key", "hello", PINTLE_Z, 1), PINTLE_OK);
  is("get", pintle_test_get(a, "b", "key")->data, "hello");
  is("list", pintle_test_list(a, "b", "")->entries, "key 5\n");
  is("url", pintle_test_signed_url(a, "b", "key", 1)->text, "https://skew.test/key");
  ok("put_if_absent", pintle_test_put_if_absent(a, "b", "key", "x", 1, 1), PINTLE_UNSUPPORTED);
}

static void volumes(pintle_test_host *h) {
  const char *pv = "{\"kind\":\"PersistentVolume\",\"spec\":{\"csi\":{\"volumeHandle\":\"vol\"}}}";
  const pintle_kv tags[] = {{"velero.io/pv", "p"}};
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_SNAPSHOTTER, "skew.test/all", NULL);
  ok("create snapshotter", pintle_test_last(h), PINTLE_OK);
  if (!a) return;
  is("id", pintle_test_get_volume_id(a, pv)->text, "vol");
  is("type", pintle_test_get_volume_info(a, "vol", "")->text, "ssd");
  is("snapshot", pintle_test_create_snapshot(a, "vol", "", tags, 1)->text, "snap-vol");
  is("volume", pintle_test_create_volume(a, "snap-vol", "ssd", "", 7)->text, "snap-vol-ssd-7");
  is("volume's item", pintle_test_set_volume_id(a, pv, "new")->item,
     "{\"kind\":\"PersistentVolume\",\"spec\":{\"csi\":{\"volumeHandle\":\"new\"}}}");
  ok("delete_snapshot", pintle_test_delete_snapshot(a, "snap-vol"), PINTLE_OK);
}

int main(int argc, char **argv) {
  void *so = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  const pintle_plugin *p = so ? dlsym(so, "pintle_plugin_v1") : NULL;
  pintle_test_host *h = pintle_test_new(NULL);
  if (!p || !h) return printf("  cannot open the plugin: %s\n", so ? "no symbol" : dlerror()), 2;
  ok("load", pintle_test_load(h, p), PINTLE_OK);
  items(h);
  objects(h);
  volumes(h);
  pintle_test_free(h);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
