/* fuzz_source.c -- any bytes as a file of manifests: what is indexed reads back as the item it is said to be, and a file and a pipe
 * give the same items.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/source.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void report(void *ctx, int32_t severity, const char *place, const char *message) {
  if (!*place || !*message || (severity != PINTLE_LOG_WARN && severity != PINTLE_LOG_ERROR)) abort();
  ++*(size_t *)ctx;
}

/* An item that parses is the one the index says; one in place may not, since it was only skimmed. */
static void check(const kube_source *s, size_t i, item_doc *doc, buf *out) {
  kube_entry x;
  CLEANUP(buf_free) buf text = {0}, version = {0};
  kube_source_get(s, i, &x);
  if (kube_source_read(s, i, &text, NULL) != PINTLE_OK || text.len != x.length) abort();
  pintle_status st = item_parse(doc, buf_str(&text), ITEM_KUBERNETES, NULL, NULL);
  if (st != PINTLE_OK && x.verbatim) abort();
  buf_printf(out, "%.*s/%.*s\n", (int)x.ns.len, x.ns.ptr, (int)x.name.len, x.name.ptr);
  if (st != PINTLE_OK) return;
  str ns = item_str(doc, "/metadata/namespace", "");
  if (!str_eq(item_str(doc, "/metadata/name", ""), x.name)) abort();
  if (x.ns.len && !str_eq(ns, x.ns) && !(ns.len == 0 && str_is(x.ns, "default"))) abort();
  kube_type_api_version(x.type, &version);
  if (!str_eq(item_str(doc, "/apiVersion", ""), buf_str(&version)) || !str_is(item_str(doc, "/kind", ""), x.type->kind)) abort();
}

static void run(const char *path, buf *out) {
  kube_types *types;
  kube_source *s;
  item_doc *doc;
  size_t reports = 0;
  error e;
  if (kube_types_new(&types) != PINTLE_OK || item_new(&doc) != PINTLE_OK) abort();
  const kube_source_options o = {.types = types, .limits = {.max_bytes = 3000, .max_depth = 50}, .report = report, .ctx = &reports};
  if (kube_source_new(&o, &s, &e) != PINTLE_OK || kube_source_add_path(s, path, &e) != PINTLE_OK || kube_source_finish(s, &e) != PINTLE_OK)
    abort();
  for (size_t i = 0; i < kube_source_count(s); i++) check(s, i, doc, out);
  kube_source_free(s);
  kube_types_free(types);
  item_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  buf file = {0}, pipe = {0};
  char path[40], json[60];
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  run(path, &file);
  if (lseek(fd, 0, SEEK_SET) != 0 || dup2(fd, 0) != 0) abort();
  run("-", &pipe);
  if (!str_eq(buf_str(&file), buf_str(&pipe))) {
    fprintf(stderr, "file:\n%s\npipe:\n%s\n", buf_z(&file), buf_z(&pipe));
    abort();
  }
  snprintf(json, sizeof json, "/tmp/fuzz-source-%d.json", getpid());
  unlink(json);
  if (symlink(path, json) == 0) {
    buf_clear(&file);
    run(json, &file);
    unlink(json);
  }
  buf_free(&file);
  buf_free(&pipe);
  close(fd);
  return 0;
}
