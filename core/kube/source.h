/* source.h -- the items of a run's input, indexed once and read at will.  SPDX-License-Identifier: Apache-2.0
 *
 * JSON in files, Lists included, stays where it is: the index holds file, offset and length. YAML, standard input and archives are
 * spooled once, as JSON, to an unlinked file. The index costs under 100 bytes an item, names included; texts are never kept. Built by
 * one thread, then read by any. */
#ifndef PINTLE_KUBE_SOURCE_H
#define PINTLE_KUBE_SOURCE_H
#include "kube/skim.h"
#include "kube/types.h"

typedef struct kube_source kube_source;
typedef struct kube_source_options {
  kube_types *types;    /* CRDs found are added to it; outlives the source */
  const char *temp_dir; /* where the spool is; NULL = /tmp */
  item_limits limits;
  /* Called for each thing the user should know: severity PINTLE_LOG_WARN or PINTLE_LOG_ERROR (an item or file that could not be read;
   * the others go on); place "file:line:column" or "file". */
  void (*report)(void *ctx, int32_t severity, const char *place, const char *message);
  bool (*cancelled)(void *ctx); /* asked every few milliseconds; NULL = never */
  void *ctx;
} kube_source_options;
pintle_status kube_source_new(const kube_source_options *options, kube_source **out, error *e);
void kube_source_free(kube_source *s);
/* A file, "-" (standard input), or a directory read in byte order of its names, below it too (names that begin with "." are left out,
 * links to files are followed, to directories not, sockets, devices and FIFOs inside a directory are reported). .json, .yaml, .yml;
 * other names in a directory are passed over; a file named directly or "-" may be either (YAML, since that includes JSON), but a name
 * in .json is JSON only. A kind ending in List with an array `items` is taken apart, wherever `kind` stands; its items get apiVersion
 * and kind where they lack them (PodList: Pod, v1). An error is returned only for what stops the whole reading (the path itself, the
 * spool, memory, CANCELLED). */
pintle_status kube_source_add_path(kube_source *s, const char *path, error *e);
/* One item from an archive: text is spooled as it is. group_resource "deployments.apps" as its path says, ns, name likewise; place for
 * reports. The item is known by the path's namespace and its own name; where they differ otherwise that is reported. Unreadable:
 * reported, and OK. */
pintle_status kube_source_add_archived(kube_source *s, str group_resource, str version, str ns, str name, str text, const char *place,
                                       error *e);
/* Resolves types (guesses are reported once a kind), and keeps the last read of what occurs twice (one group and resource, namespace,
 * name, in any version), reporting both places. Namespaced kinds without a namespace get "default"; a namespace on a cluster-scoped
 * kind is reported and dropped from the index (the text stays). Before it no function below may be called. */
pintle_status kube_source_finish(kube_source *s, error *e);

typedef struct kube_entry {
  const kube_type *type;
  str ns, name;            /* live as long as the source; ns "" = cluster-scoped */
  uint32_t length;         /* of the text */
  bool verbatim;           /* the text must leave as it is (from an archive), or is canonical already (from YAML): nothing to minify */
  bool deleting, excluded, alone, copies; /* as kube_skim */
} kube_entry;
size_t kube_source_count(const kube_source *s); /* items are 0..count-1 in source order */
void kube_source_get(const kube_source *s, size_t i, kube_entry *out);
pintle_status kube_source_read(const kube_source *s, size_t i, buf *out,
                               error *e);                         /* appends the text; CONFLICT: the file changed meanwhile */
void kube_source_place(const kube_source *s, size_t i, buf *out); /* "dir/file.yaml:12" */
/* Index of an item by group, resource ("" group of a resource that only one group has matches too), namespace, name; SIZE_MAX: none. */
size_t kube_source_find(const kube_source *s, str group, str resource, str ns, str name);
#endif
