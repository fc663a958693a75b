/* archived.c -- see archived.h.  SPDX-License-Identifier: Apache-2.0 */
#include "run/archived.h"
#include <stdio.h>

enum { MAX_VERSIONED = 16 << 20 };

static void add_identity(buf *out, const archive_path *p) {
  buf_adds(out, p->group_resource);
  buf_addc(out, 0);
  buf_adds(out, p->ns);
  buf_addc(out, 0);
  buf_adds(out, p->name);
  buf_addc(out, 0);
}

static bool is_last(const run_archived *a, const archive_path *p) {
  const char *at = a->last.data;
  const str parts[] = {p->group_resource, p->ns, p->name};
  if (a->last.len != p->group_resource.len + p->ns.len + p->name.len + 3) return false;
  for (size_t i = 0; i < 3; at += parts[i].len + 1, i++)
    if (memcmp(at, parts[i].ptr, parts[i].len) != 0 || at[parts[i].len]) return false;
  return true;
}

bool run_archived_takes(run_archived *a, const char *path, archive_path *p) {
  bool item = archive_path_parse(path, p), under = str_starts(str_of(path), "resources/");
  a->resources |= under;
  a->early |= str_starts(str_of(path), "namespaces/") || str_starts(str_of(path), "cluster/");
  if (!item) {
    if (under && a->strays++ == 0) snprintf(a->stray, sizeof a->stray, "%s", path);
    return false;
  }
  if (p->version.len == 0) {
    buf_clear(&a->last);
    add_identity(&a->last, p);
    return true;
  }
  /* Velero writes the copies right behind the item. A name that was cut for its length cannot be looked up. */
  if (!is_last(a, p) && a->versioned.len < MAX_VERSIONED && !memchr(p->name.ptr, '~', p->name.len)) add_identity(&a->versioned, p);
  return false;
}

void run_archived_end(run_archived *a, engine_journal *j, const char *name) {
  if (!a->resources)
    LOG(j, PINTLE_LOG_WARN, NULL, "%s: zero items to be restored: directory \"resources\" does not exist%s", name,
        a->early ? " (the layout is that of early versions of Heptio Ark, which is not read)" : "");
  if (a->strays)
    LOG(j, PINTLE_LOG_WARN, NULL, "%s: %llu %s under resources/ where no item can be, passed over; the first: %s", name,
        (unsigned long long)a->strays, a->strays == 1 ? "member stands" : "members stand", a->stray);
  a->resources = a->early = false;
  a->strays = 0;
}

static bool present(const kube_source *source, str gr, str ns, str name) {
  const char *dot = memchr(gr.ptr, '.', gr.len);
  str resource = {gr.ptr, dot ? (size_t)(dot - gr.ptr) : gr.len};
  str group = dot ? (str){dot + 1, gr.len - resource.len - 1} : STR("");
  return kube_source_find(source, group, resource, ns, name) != SIZE_MAX;
}

static str take(const char **at) {
  str s = {*at, strlen(*at)};
  *at += s.len + 1;
  return s;
}

void run_archived_finish(run_archived *a, engine_journal *j, const kube_source *source) {
  uint64_t lost = 0;
  char first[700] = "";
  const char *at = a->versioned.data, *end = at + a->versioned.len;
  if (a->versioned.failed) return; /* no memory for a warning */
  while (at < end) {
    str gr = take(&at), ns = take(&at), name = take(&at);
    if (present(source, gr, ns, name)) continue;
    if (lost++ == 0) snprintf(first, sizeof first, "%s %s%s%s", gr.ptr, ns.ptr, ns.len ? "/" : "", name.ptr);
  }
  if (lost)
    LOG(j, PINTLE_LOG_WARN, NULL,
        "%llu %s in the archive under a version only, not where a restore looks for items: left out; the first: %s",
        (unsigned long long)lost, lost == 1 ? "copy of an item stands" : "copies of items stand", first);
}

void run_archived_free(run_archived *a) {
  buf_free(&a->last);
  buf_free(&a->versioned);
}
