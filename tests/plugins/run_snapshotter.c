/* run_snapshotter.c -- a VolumeSnapshotter without a vendor.  SPDX-License-Identifier: Apache-2.0
 *
 * Ids tell what the host gave: create_snapshot of "vol-1" in "az" with one tag k=v is "snap-vol-1-az-k=v". */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <pintle/plugin.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every call is a line of the file that the option `calls` names. */
PINTLE_PRINTF(2, 3) static void told(pintle_call *call, const char *format, ...) {
  const char *file = pintle_str_or(call->host->config(call), "/calls", "");
  char line[2000];
  va_list ap;
  int fd = *file ? open(file, O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;
  if (fd < 0) return;
  va_start(ap, format);
  int n = vsnprintf(line, sizeof line - 1, format, ap);
  va_end(ap);
  if (n > 0 && n < (int)sizeof line - 1) line[n++] = '\n';
  if (write(fd, line, (size_t)n) != n) abort();
  close(fd);
}

/* A held snapshot can be deleted once FILE.release is there. */
static int is_released(pintle_call *call) {
  char file[1000];
  int n = snprintf(file, sizeof file, "%s.release", pintle_str_or(call->host->config(call), "/calls", ""));
  return n > 0 && n < (int)sizeof file && access(file, F_OK) == 0;
}

/* Volumes whose id begins with the option `only` are ours. */
static int is_ours(pintle_call *call, const char *id) {
  const char *only = pintle_str_or(call->host->config(call), "/only", "");
  return strncmp(id, only, strlen(only)) == 0;
}

static pintle_status get_volume_id(void *self, pintle_call *call, const pintle_doc *pv, pintle_result *id) {
  (void)self;
  if (((pintle_doc *)(size_t)pv)->api->set_str((pintle_doc *)(size_t)pv, "/spec/x", "y", PINTLE_Z) != PINTLE_DENIED) return PINTLE_FAILED;
  const char *handle = pintle_str_or(pv, "/spec/csi/volumeHandle", "");
  told(call, "get_volume_id %s", pintle_str_or(pv, "/metadata/name", ""));
  if (strcmp(handle, "unreadable") == 0) return pintle_fail(call, PINTLE_FAILED, "the vendor is asleep");
  return *handle && is_ours(call, handle) ? id->api->text(id, handle, PINTLE_Z) : PINTLE_OK;
}

static pintle_status set_volume_id(void *self, pintle_call *call, pintle_doc *pv, const char *volume_id) {
  const char *name = pintle_str_or(pv, "/metadata/name", "");
  (void)self;
  told(call, "set_volume_id %s %s", name, volume_id);
  if (strncmp(name, "keep", 4) == 0) return pintle_set_str(pv, "/spec/csi/volumeHandle", volume_id);
  pintle_set_str(pv, "/spec/csi/volumeHandle", volume_id);
  if (strcmp(volume_id, "refused") == 0) return pintle_fail_at(call, PINTLE_CONFLICT, "/spec/csi", "it is attached");
  if (strcmp(volume_id, "same") == 0) return PINTLE_OK;
  return pintle_set_str(pv, "/metadata/name", "renamed");
}

static pintle_status get_volume_info(void *self, pintle_call *call, const char *volume_id, const char *volume_az, int64_t *iops,
                                     pintle_result *type) {
  (void)self;
  told(call, "get_volume_info %s az=%s", volume_id, volume_az);
  if (*iops != PINTLE_NONE) return PINTLE_FAILED;
  if (strcmp(volume_id, "gone") == 0) return pintle_fail(call, PINTLE_NOT_FOUND, "no volume %s", volume_id);
  if (strcmp(volume_id, "fast") == 0) *iops = 3000;
  return type->api->text(type, "gp3", PINTLE_Z);
}

static pintle_status create_snapshot(void *self, pintle_call *call, const char *volume_id, const char *volume_az, const pintle_kv *tags,
                                     size_t n_tags, pintle_result *snapshot_id) {
  char id[600];
  int n = snprintf(id, sizeof id, "snap-%s-%s", volume_id, volume_az);
  (void)self;
  char tags_text[1000] = "";
  size_t at = 0;
  for (size_t i = 0; i < n_tags && at < 900; i++) at += (size_t)snprintf(tags_text + at, 1000 - at, " %s=%s", tags[i].key, tags[i].value);
  told(call, "create_snapshot %s az=%s%s", volume_id, volume_az, tags_text);
  if (call->host->remaining(call) < 0) return pintle_fail(call, PINTLE_FAILED, "no deadline");
  if (strcmp(volume_id, "fails") == 0) return pintle_fail(call, PINTLE_DENIED, "no snapshots today");
  if (strcmp(volume_id, "dies") == 0) abort();
  if (strcmp(volume_id, "hangs") == 0)
    for (;;) sleep(1);
  if (strcmp(volume_id, "empty") == 0) return snapshot_id->api->text(snapshot_id, "", PINTLE_Z);
  if (strcmp(volume_id, "slow") == 0) return pintle_fail(call, call->host->pause(call, 3600ll * 1000000000), "still not done");
  for (size_t i = 0; i < n_tags && n < 500; i++) n += snprintf(id + n, sizeof id - (size_t)n, "-%s=%s", tags[i].key, tags[i].value);
  return snapshot_id->api->text(snapshot_id, id, PINTLE_Z);
}

static pintle_status create_volume(void *self, pintle_call *call, const char *snapshot_id, const char *type, const char *az, int64_t iops,
                                   pintle_result *volume_id) {
  char id[600];
  (void)self;
  told(call, "create_volume_from_snapshot %s type=%s az=%s iops=%lld", snapshot_id, type, az, (long long)iops);
  if (strstr(snapshot_id, "lost")) return pintle_fail(call, PINTLE_NOT_FOUND, "no snapshot %s", snapshot_id);
  snprintf(id, sizeof id, "vol-%s-%s-%s-%lld", snapshot_id, type, az, (long long)iops);
  return volume_id->api->text(volume_id, id, PINTLE_Z);
}

static pintle_status delete_snapshot(void *self, pintle_call *call, const char *snapshot_id) {
  (void)self;
  told(call, "delete_snapshot %s", snapshot_id);
  if (strstr(snapshot_id, "held") && !is_released(call)) return pintle_fail(call, PINTLE_DENIED, "it is held");
  return strcmp(snapshot_id, "held") == 0 ? pintle_fail(call, PINTLE_DENIED, "it is held") : PINTLE_OK;
}

static pintle_status verify_snapshot(void *self, pintle_call *call, const char *snapshot_id) {
  const pintle_progress p = {.struct_size = sizeof p, .n_completed = 512, .n_total = 1024, .units = "bytes", .description = "reading"};
  (void)self;
  told(call, "verify_snapshot %s", snapshot_id);
  call->host->report(call, &p);
  return strstr(snapshot_id, "bad") ? pintle_fail(call, PINTLE_FAILED, "block 7 is not what it was") : PINTLE_OK;
}
static const pintle_verify verify = {.struct_size = sizeof verify, .verify_snapshot = verify_snapshot};

/* Its own: nothing of the instance is needed. */
static const void *offered(void *self, const char *id) {
  (void)self;
  return strcmp(id, PINTLE_EXT_VERIFY) == 0 ? &verify : NULL;
}

static const pintle_option calls_option = {.struct_size = sizeof calls_option,
                                           .type = PINTLE_OPT_STRING,
                                           .name = "calls",
                                           .fallback = "",
                                           .help = "File that calls are written to"};
static const pintle_option only_option = {
    .struct_size = sizeof only_option, .type = PINTLE_OPT_STRING, .name = "only", .fallback = "", .help = "Volumes that are ours begin so"};
static const pintle_option *const options[] = {&calls_option, &only_option, NULL};
static const pintle_action action = {.struct_size = sizeof action,
                                     .name = "tests.pintle.io/snapshotter",
                                     .summary = "A fixture: snapshots of nothing",
                                     .options = options,
                                     .extension = offered};
static const pintle_volume_snapshotter table = {.struct_size = sizeof table,
                                                .action = &action,
                                                .get_volume_id = get_volume_id,
                                                .set_volume_id = set_volume_id,
                                                .get_volume_info = get_volume_info,
                                                .create_snapshot = create_snapshot,
                                                .create_volume_from_snapshot = create_volume,
                                                .delete_snapshot = delete_snapshot};
static const pintle_volume_snapshotter *const snapshotters[] = {&table, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_snapshotter", .version = "1.0", .volume_snapshotters = snapshotters};
