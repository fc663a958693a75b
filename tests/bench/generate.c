/* generate.c -- items like a cluster's: Pods with managedFields, ConfigMaps, PersistentVolumeClaims; 2.8 KB mean.  SPDX-License-Identifier: Apache-2.0
 *
 * generate N DIR [json|list|yaml [mixed|volumes]]: one JSON file an item (1000 a folder), one List in one JSON file, or multi-document YAML (1000 items
 * a file). What the built-in actions follow is there. volumes: Pods, each followed by its claim and its PersistentVolume (N a multiple of 3), so that
 * ItemBlockActions make blocks of three. Names end in the number of the item, with volumes in that of the three. */
#include "base/file.h"
#include "cli/yaml_out.h"
#include "item/item.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t state = 88172645463325252u;
static unsigned rnd(unsigned n) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (unsigned)(state >> 33) % n;
}

static void uid(buf *b) {
  buf_printf(b, "%08x-%04x-4%03x-a%03x-%08x%04x", rnd(1u << 31), rnd(65536), rnd(4096), rnd(4096), rnd(1u << 31), rnd(65536));
}

static void meta(buf *b, unsigned i, const char *prefix, const char *manager, const char *fields) {
  buf_printf(b, "\"metadata\":{\"name\":\"%s-%06u\",\"namespace\":\"team-%02u\",\"uid\":\"", prefix, i, i % 40);
  uid(b);
  buf_printf(b,
             "\",\"resourceVersion\":\"%u\",\"creationTimestamp\":\"2026-0%u-1%uT0%u:12:44Z\",\"labels\":{\"app.kubernetes.io/name\":\"%s\",\"app.kubernetes.io/"
             "instance\":\"%s-%u\",\"tier\":\"%s\",\"pod-template-hash\":\"%x\"},\"annotations\":{\"example.com/owner\":\"team-%02u@example.com\",\"example.com/"
             "note\":\"generated item %u\"},\"managedFields\":[{\"manager\":\"%s\",\"operation\":\"Update\",\"apiVersion\":\"v1\",\"time\":\"2026-05-11T07:12:"
             "44Z\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":%s}]}",
             100000 + rnd(900000), 1 + rnd(9), rnd(10), rnd(10), prefix, prefix, i / 10, rnd(2) ? "web" : "backend", rnd(1u << 31), i % 40, i, manager, fields);
}

static void pod(buf *b, unsigned i, bool bound) {
  static const char fields[] =
      "{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:app.kubernetes.io/name\":{},\"f:pod-template-hash\":{},\"f:tier\":{}},\"f:ownerReferences\":{\".\":{},\"k:{"
      "\\\"uid\\\":\\\"d5a1\\\"}\":{}}},\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"app\\\"}\":{\".\":{},\"f:env\":{\".\":{},\"k:{\\\"name\\\":\\\"LEVEL\\\"}"
      "\":{\".\":{},\"f:name\":{},\"f:value\":{}}},\"f:image\":{},\"f:imagePullPolicy\":{},\"f:name\":{},\"f:ports\":{\".\":{},\"k:{\\\"containerPort\\\":8080,"
      "\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:containerPort\":{},\"f:protocol\":{}}},\"f:resources\":{\".\":{},\"f:limits\":{\".\":{},\"f:memory\":{}}},\"f:"
      "terminationMessagePath\":{},\"f:volumeMounts\":{}}},\"f:dnsPolicy\":{},\"f:restartPolicy\":{},\"f:schedulerName\":{},\"f:securityContext\":{}}}";
  buf_addz(b, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",");
  meta(b, i, "pod", "kube-controller-manager", fields);
  buf_addz(b, ",\"spec\":{\"volumes\":[{\"name\":\"data\",");
  if (bound) buf_printf(b, "\"persistentVolumeClaim\":{\"claimName\":\"pvc-%06u\"}},{", i);
  else buf_addz(b, "\"emptyDir\":{\"sizeLimit\":\"500Mi\"}},{");
  buf_printf(b,
             "\"name\":\"config\",\"configMap\":{\"name\":"
             "\"cm-%06u\",\"defaultMode\":420}},{\"name\":\"kube-api-access\",\"projected\":{\"sources\":[{\"serviceAccountToken\":{\"expirationSeconds\":3607,"
             "\"path\":\"token\"}},{\"configMap\":{\"name\":\"kube-root-ca.crt\",\"items\":[{\"key\":\"ca.crt\",\"path\":\"ca.crt\"}]}}],\"defaultMode\":420}}],"
             "\"containers\":[{\"name\":\"app\",\"image\":\"registry.example.com/team/app:1.%u.%u\",\"ports\":[{\"containerPort\":8080,\"protocol\":\"TCP\"}],"
             "\"env\":[{\"name\":\"LEVEL\",\"value\":\"info\"},{\"name\":\"DB_HOST\",\"value\":\"db.old.example.com\"},{\"name\":\"POD_IP\",\"valueFrom\":{"
             "\"fieldRef\":{\"apiVersion\":\"v1\",\"fieldPath\":\"status.podIP\"}}}],\"resources\":{\"limits\":{\"cpu\":\"500m\",\"memory\":\"512Mi\"},\"requests\":{"
             "\"cpu\":\"100m\",\"memory\":\"256Mi\"}},\"volumeMounts\":[{\"name\":\"data\",\"mountPath\":\"/data\"},{\"name\":\"config\",\"mountPath\":\"/etc/app\"}],"
             "\"terminationMessagePath\":\"/dev/termination-log\",\"imagePullPolicy\":\"IfNotPresent\"}],\"restartPolicy\":\"Always\","
             "\"terminationGracePeriodSeconds\":30,\"dnsPolicy\":\"ClusterFirst\",\"serviceAccountName\":\"default\",\"nodeName\":\"node-%u\",\"securityContext\":{},"
             "\"schedulerName\":\"default-scheduler\",\"tolerations\":[{\"key\":\"node.kubernetes.io/not-ready\",\"operator\":\"Exists\",\"effect\":\"NoExecute\","
             "\"tolerationSeconds\":300},{\"key\":\"node.kubernetes.io/unreachable\",\"operator\":\"Exists\",\"effect\":\"NoExecute\",\"tolerationSeconds\":300}],"
             "\"priority\":0,\"enableServiceLinks\":true},\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Initialized\",\"status\":\"True\","
             "\"lastTransitionTime\":\"2026-05-11T07:12:44Z\"},{\"type\":\"Ready\",\"status\":\"True\",\"lastTransitionTime\":\"2026-05-11T07:12:59Z\"}],\"hostIP\":"
             "\"10.0.%u.%u\",\"podIP\":\"10.244.%u.%u\",\"startTime\":\"2026-05-11T07:12:44Z\",\"containerStatuses\":[{\"name\":\"app\",\"state\":{\"running\":{"
             "\"startedAt\":\"2026-05-11T07:12:58Z\"}},\"ready\":true,\"restartCount\":%u,\"image\":\"registry.example.com/team/app\",\"imageID\":\"sha256:%08x\"}],"
             "\"qosClass\":\"Burstable\"}}",
             i, rnd(30), rnd(10), rnd(60), rnd(255), rnd(255), rnd(255), rnd(255), rnd(3), rnd(1u << 31));
}

static void config_map(buf *b, unsigned i) {
  buf_addz(b, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",");
  meta(b, i, "cm", "kubectl-client-side-apply", "{\"f:data\":{\".\":{},\"f:app.properties\":{},\"f:url\":{}},\"f:metadata\":{\"f:annotations\":{}}}");
  buf_addz(b, ",\"data\":{\"url\":\"https://shop.old.example.com/api\",\"app.properties\":\"");
  for (unsigned n = 14 + rnd(42); n; n--) buf_printf(b, "setting.%u.name=value-%08x\\nsetting.%u.enabled=true\\n", n, rnd(1u << 31), n);
  buf_addz(b, "\"}}");
}

static void claim(buf *b, unsigned i, bool bound) {
  buf_addz(b, "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",");
  meta(b, i, "pvc", "kube-controller-manager", "{\"f:spec\":{\"f:accessModes\":{},\"f:resources\":{\"f:requests\":{\"f:storage\":{}}},\"f:storageClassName\":{}}}");
  buf_printf(b,
             ",\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{\"storage\":\"%uGi\"}},\"storageClassName\":\"standard\",\"volumeMode\":"
             "\"Filesystem\"",
             1 + rnd(100));
  if (!bound) buf_addz(b, "},\"status\":{\"phase\":\"Pending\"}}");
  else
    buf_printf(b,
               ",\"volumeName\":\"pv-%06u\"},\"status\":{\"phase\":\"Bound\",\"accessModes\":[\"ReadWriteOnce\"],\"capacity\":{\"storage\":\"10Gi\"}"
               "}}",
               i);
}

static void volume(buf *b, unsigned i) {
  buf_printf(b, "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"pv-%06u\",\"uid\":\"", i);
  uid(b);
  buf_printf(b,
             "\",\"annotations\":{\"pv.kubernetes.io/provisioned-by\":\"nas.example.com\"}},\"spec\":{\"capacity\":{\"storage\":\"10Gi\"},\"accessModes\":["
             "\"ReadWriteOnce\"],\"claimRef\":{\"kind\":\"PersistentVolumeClaim\",\"namespace\":\"team-%02u\",\"name\":\"pvc-%06u\"},\"nfs\":{\"server\":"
             "\"10.0.0.7\",\"path\":\"/export/%06u\"},\"persistentVolumeReclaimPolicy\":\"Retain\",\"storageClassName\":\"standard\"},\"status\":{\"phase\":"
             "\"Bound\"}}",
             i % 40, i, i);
}

static void item_of_three(buf *b, unsigned i) {
  buf_clear(b);
  if (i % 3 == 0) pod(b, i / 3, true);
  else if (i % 3 == 1) claim(b, i / 3, true);
  else volume(b, i / 3);
}

static void item(buf *b, unsigned i) {
  unsigned kind = i % 10; /* six Pods, three ConfigMaps, one claim */
  buf_clear(b);
  if (kind < 6) pod(b, i, false);
  else if (kind < 9) config_map(b, i);
  else claim(b, i, false);
}

static bool put(const char *path, str text, bool append) {
  int fd = -1;
  error e;
  bool ok = file_open(AT_FDCWD, path, O_CREAT | O_WRONLY | (append ? O_APPEND : O_TRUNC), 0644, &fd, &e) == PINTLE_OK &&
            file_write(fd, text.ptr, text.len, path, &e) == PINTLE_OK;
  close_p(&fd);
  if (!ok) fprintf(stderr, "%s\n", e.message);
  return ok;
}

int main(int argc, char **argv) {
  const char *how = argc > 3 ? argv[3] : "json";
  bool volumes = argc > 4 && strcmp(argv[4], "volumes") == 0;
  unsigned n = argc > 2 ? (unsigned)atoi(argv[1]) : 0;
  size_t bytes = 0;
  buf text = {0}, out = {0};
  char path[4096];
  item_doc *d = NULL;
  error e;
  bool ok = n > 0 && item_new(&d) == PINTLE_OK;
  for (unsigned i = 0; ok && i < n; i++) {
    if (volumes) item_of_three(&text, i);
    else item(&text, i);
    bytes += text.len;
    snprintf(path, sizeof path, "%s/%04u", argv[2], i / 1000);
    if (strcmp(how, "json") == 0) {
      if (i % 1000 == 0) ok = file_mkdirs(AT_FDCWD, path, &e) == PINTLE_OK;
      snprintf(path, sizeof path, "%s/%04u/%06u.json", argv[2], i / 1000, i);
      ok = ok && put(path, buf_str(&text), false);
    } else if (strcmp(how, "list") == 0) {
      buf_addz(&out, i ? ",\n" : "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n");
      buf_adds(&out, buf_str(&text));
    } else {
      ok = item_parse(d, buf_str(&text), 0, NULL, &e) == PINTLE_OK && cli_yaml_print(item_root(d), &out) == PINTLE_OK;
      buf_addz(&out, "---\n");
    }
    bool flush = i + 1 == n || i % 1000 == 999;
    if (!ok || !flush || strcmp(how, "json") == 0) continue;
    if (i + 1 == n && strcmp(how, "list") == 0) buf_addz(&out, "\n]}\n");
    if (i < 1000) ok = file_mkdirs(AT_FDCWD, argv[2], &e) == PINTLE_OK;
    if (strcmp(how, "list") == 0) snprintf(path, sizeof path, "%s/list.json", argv[2]);
    else snprintf(path, sizeof path, "%s/%04u.yaml", argv[2], i / 1000);
    ok = ok && !out.failed && put(path, buf_str(&out), strcmp(how, "list") == 0 && i >= 1000);
    buf_clear(&out);
  }
  if (!ok) fprintf(stderr, "usage: generate N DIR [json|list|yaml [mixed|volumes]]\n");
  else printf("%u items, %zu bytes, mean %zu\n", n, bytes, bytes / n);
  buf_free(&text);
  buf_free(&out);
  item_free(d);
  return !ok;
}
