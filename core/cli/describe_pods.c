/* describe_pods.c -- volumes that were saved from their Pods, by phase and Pod, in Velero's form.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero: describePodVolumeBackups and its structured twin. Velero asks the cluster for the PodVolumeBackups; here they are those in the store. */
#include "cli/describe.h"
#include <stdlib.h>

typedef struct pod_volume {
  const char *pod, *volume; /* "namespace/name", "name (size: n)" */
} pod_volume;

static const char *const phases[][2] = {/* as the resource has it, as it is shown; in this order */
                                        {"Completed", "Completed"}, {"Failed", "Failed"},
                                        {"Canceled", "Canceled"},   {"InProgress", "In Progress"},
                                        {"Canceling", "Canceling"}, {"Prepared", "Prepared"},
                                        {"Accepted", "Accepted"},   {"New", "New"}};

static str at(const item_node *n, const char *one, const char *two) {
  str s = item_string(item_member(item_member(n, str_of(one)), str_of(two)));
  return s.ptr ? s : STR("");
}

static bool is_phase(const item_node *pvb, const char *phase) {
  str s = at(pvb, "status", "phase");
  return str_is(s.len ? s : STR("New"), phase);
}

static int64_t number_of(const item_node *n, const char *key) {
  int64_t i = 0;
  return item_int(item_member(n, str_of(key)), &i) == PINTLE_OK ? i : 0;
}

/* The volume's name, and how far it is or how much it was. */
static const char *volume_of(arena *a, const item_node *pvb, const char *phase) {
  CLEANUP(buf_free) buf b = {0};
  const item_node *status = item_member(pvb, STR("status")), *progress = item_member(status, STR("progress"));
  int64_t total = number_of(progress, "totalBytes"), done = number_of(progress, "bytesDone"), more = number_of(status, "incrementalBytes");
  bool completed = strcmp(phase, "Completed") == 0;
  buf_adds(&b, at(pvb, "spec", "volume"));
  if (strcmp(phase, "InProgress") == 0 && total != 0) buf_printf(&b, " (%.2f%%)", (double)done / (double)total * 100);
  else if (completed && more > 0) buf_printf(&b, " (size: %lld, incremental size: %lld)", (long long)total, (long long)more);
  else if (completed && total > 0) buf_printf(&b, " (size: %lld)", (long long)total);
  return b.failed ? NULL : arena_copy(a, buf_str(&b));
}

static const char *pod_of(arena *a, const item_node *pvb) {
  CLEANUP(buf_free) buf b = {0};
  const item_node *spec = item_member(pvb, STR("spec"));
  buf_adds(&b, at(spec, "pod", "namespace")), buf_addc(&b, '/'), buf_adds(&b, at(spec, "pod", "name"));
  return b.failed ? NULL : arena_copy(a, buf_str(&b));
}

static int by_pod(const void *a, const void *b) {
  const pod_volume *x = a, *y = b;
  int c = strcmp(x->pod, y->pod);
  return c ? c : strcmp(x->volume, y->volume);
}

/* [{"ns/pod":"volume, volume"}, ...] */
static void print_pods(pod_volume *v, size_t n, buf *b) {
  qsort(v, n, sizeof *v, by_pod);
  buf_addc(b, '[');
  for (size_t i = 0, next; i < n; i = next) {
    CLEANUP(buf_free) buf volumes = {0};
    for (next = i; next < n && strcmp(v[next].pod, v[i].pod) == 0; next++)
      buf_addz(&volumes, next > i ? ", " : ""), buf_addz(&volumes, v[next].volume);
    buf_addz(b, i ? ",{" : "{");
    describe_key(b, str_of(v[i].pod));
    buf_json(b, buf_str(&volumes));
    buf_addc(b, '}');
  }
  buf_addc(b, ']');
}

static void print_phase(const item_node *list, const char *const phase[2], bool details, buf *b) {
  arena memory = {0};
  size_t n = 0, most = item_count(list);
  CLEANUP(free_p) pod_volume *v = calloc(most + 1, sizeof *v);
  for (const item_node *p = item_first(list); p && v && n < most; p = item_next(p)) {
    if (!is_phase(p, phase[0])) continue;
    v[n] = (pod_volume){pod_of(&memory, p), volume_of(&memory, p, phase[0])};
    if (!v[n].pod || !v[n].volume) b->failed = true;
    else n++;
  }
  if (!v) b->failed = true;
  if (v && n) {
    describe_key(b, str_of(phase[1]));
    if (details) print_pods(v, n, b);
    else buf_printf(b, "%zu", n);
  }
  arena_free(&memory);
}

void describe_pod_volumes_json(describer *d, buf *b) {
  CLEANUP(item_freep) item_doc *pods = NULL;
  pintle_status st = describe_fetch(d, STORE_POD_VOLUME_BACKUPS, &pods, NULL);
  const item_node *list = st == PINTLE_OK ? item_root(pods) : NULL;
  describe_key(b, STR("podVolumeBackups"));
  if (item_type(list) != PINTLE_T_ARRAY || item_count(list) == 0) {
    buf_addz(b, "\"<none included>\"");
    return;
  }
  buf_addz(b, "{\"uploderType\":"); /* so it is called there */
  buf_json(b, at(item_first(list), "spec", "uploaderType"));
  buf_addz(b, ",\"podVolumeBackupsDetails\":{");
  for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) print_phase(list, phases[i], d->details, b);
  buf_addz(b, "}}");
}

void describe_pod_volumes(describer *d, const item_node *group) {
  if (item_string(group).ptr) {
    buf_printf(&d->text, "  Pod Volume Backups: %s\n", item_string(group).ptr);
    return;
  }
  buf_addz(&d->text, "  Pod Volume Backups - ");
  cli_clean(&d->text, item_string(item_member(group, STR("uploderType"))));
  buf_addz(&d->text, d->details ? ":\n" : " (specify --details for more information):\n");
  for (const item_node *p = item_first(item_member(group, STR("podVolumeBackupsDetails"))); p; p = item_next(p)) {
    buf_printf(&d->text, "    %s:", item_key(p).ptr);
    if (item_number(p).ptr) buf_printf(&d->text, "\t%s", item_number(p).ptr);
    buf_addc(&d->text, '\n');
    for (const item_node *one = item_first(p); one; one = item_next(one)) {
      buf_addz(&d->text, "      ");
      cli_clean(&d->text, item_key(item_first(one)));
      buf_addz(&d->text, ": ");
      cli_clean(&d->text, item_string(item_first(one)));
      buf_addc(&d->text, '\n');
    }
  }
}
