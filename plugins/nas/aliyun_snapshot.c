/* aliyun_snapshot.c -- what snapshots there are in Alibaba Cloud NAS.  SPDX-License-Identifier: Apache-2.0 */
#include "aliyun.h"
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, PAGES = 100 };

bool nas_aliyun_done(const nas_aliyun_snapshot *s) { return strcmp(s->status, "accomplished") == 0 || strcmp(s->status, "available") == 0; }
bool nas_aliyun_broken(const nas_aliyun_snapshot *s) { return strcmp(s->status, "failed") == 0; }

static nas_aliyun_snapshot snapshot_at(const pintle_doc *d, const char *base) {
  nas_aliyun_snapshot s = {.id = nas_text_at(d, base, "SnapshotId"),
                           .name = nas_text_at(d, base, "SnapshotName"),
                           .status = nas_text_at(d, base, "Status"),
                           .remaining = nas_number_at(d, base, "RemainTime"),
                           .size = nas_number_at(d, base, "SourceFileSystemSize")};
  long percent = strtol(nas_text_at(d, base, "Progress"), NULL, 10); /* a text, "35" */
  s.percent = percent < 0 ? 0 : percent > 100 ? 100 : percent;
  return s;
}

static void take(nas_aliyun_list *list, const nas_aliyun_snapshot *s, const char *name) {
  list->n++;
  if (strcmp(s->name, name) == 0 && (!*list->found.id || nas_aliyun_broken(&list->found))) list->found = *s;
  if (strcmp(s->status, "progressing") == 0) list->busy = s->id;
}

pintle_status nas_aliyun_list_all(nas_aliyun *a, pintle_call *call, const nas_volume *v, const char *name, nas_aliyun_list *list) {
  char base[64], number[16];
  *list = (nas_aliyun_list){.found = {.id = "", .name = "", .status = ""}, .busy = ""};
  for (int page = 1; page <= PAGES; page++) {
    snprintf(number, sizeof number, "%d", page);
    const nas_aliyun_param params[] = {
        {"FileSystemType", "extreme"}, {"FileSystemId", v->fs_id}, {"PageNumber", number}, {"PageSize", "100"}};
    pintle_doc *d;
    pintle_status st =
        nas_aliyun_ask(a, call, v->region, "listing snapshots", "DescribeSnapshots", params, sizeof params / sizeof *params, true, &d);
    if (st != PINTLE_OK) return st;
    int n = 0;
    for (;; n++) {
      snprintf(base, sizeof base, "/Snapshots/Snapshot/%d", n);
      if (!d->api->at(d, base)) break;
      const nas_aliyun_snapshot s = snapshot_at(d, base);
      take(list, &s, name);
    }
    if (n < PAGE || (int64_t)list->n >= nas_number_at(d, "", "TotalCount")) return PINTLE_OK;
  }
  return pintle_fail(call, PINTLE_FAILED, "listing snapshots: there is no end of them");
}

pintle_status nas_aliyun_get(nas_aliyun *a, pintle_call *call, const nas_snapshot *s, nas_aliyun_snapshot *to) {
  const nas_aliyun_param params[] = {{"FileSystemType", "extreme"}, {"SnapshotIds", s->id}, {"PageSize", "100"}};
  pintle_doc *d;
  pintle_status st = nas_aliyun_ask(a, call, s->volume->region, "looking at the snapshot", "DescribeSnapshots", params,
                                    sizeof params / sizeof *params, true, &d);
  if (st != PINTLE_OK) return st;
  for (int n = 0;; n++) {
    char base[64];
    snprintf(base, sizeof base, "/Snapshots/Snapshot/%d", n);
    if (!d->api->at(d, base)) break;
    *to = snapshot_at(d, base);
    if (strcmp(to->id, s->id) == 0) return PINTLE_OK;
  }
  return pintle_fail(call, PINTLE_NOT_FOUND, "Alibaba Cloud has no snapshot %.100s", s->id);
}
