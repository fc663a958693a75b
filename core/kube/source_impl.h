/* source_impl.h -- the index behind source.h.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_SOURCE_IMPL_H
#define PINTLE_KUBE_SOURCE_IMPL_H
#include "conf/yaml.h"
#include "kube/pool.h"
#include "kube/source.h"
#include "kube/spool.h"
#include <pthread.h>
#include <sys/stat.h>

enum {
  SOURCE_VERBATIM = 1,
  SOURCE_DELETING = 2,
  SOURCE_EXCLUDED = 4,
  SOURCE_SPOOLED = 8,  /* the text is in the spool, else in its file */
  SOURCE_ADD_API = 16, /* apiVersion, or kind, is to be put in front of the text: the List's, for an item without */
  SOURCE_ADD_KIND = 32,
  SOURCE_DEAD = 64,
  SOURCE_ARCHIVED = 128
};
#define SOURCE_NONE UINT32_MAX
#define SOURCE_IN_ARCHIVE (UINT32_MAX - 1) /* as a file's dir: its name is a place in an archive */

/* One item, 28 bytes. type is a number in kinds until the source is finished, then the kube_type's id. */
typedef struct source_entry {
  uint32_t offset;
  uint8_t offset_high, flags;
  uint16_t type;
  uint32_t name; /* in the pool */
  uint32_t name_len : 11, ns : 21;
  uint32_t length, file;
  uint32_t line : 30, alone : 1, copies : 1; /* as kube_skim */
} source_entry;
#define SOURCE_MAX_NS (1u << 21)
#define SOURCE_MAX_KINDS UINT16_MAX
#define SOURCE_MAX_LINE (1u << 30)
#define SOURCE_CHUNK 4096u

/* A file, 16 bytes. */
typedef struct source_file {
  uint64_t check; /* of inode, size and time of change, as they were when it was read */
  uint32_t name;  /* in names: '/' (in an archive U+0001) stands for the name of the one item in it */
  uint32_t dir;   /* in dirs; NONE: name is a path */
} source_file;

/* One group and resource among the items: what duplicates and kube_source_find compare. */
typedef struct source_resource {
  const char *group, *resource;
} source_resource;

struct kube_source {
  kube_source_options options;
  size_t max_bytes;
  arena memory;          /* of the chunks */
  source_entry **chunks; /* of entries */
  uint32_t n, n_chunks, cap_chunks;
  source_file *files;
  uint32_t n_files, cap_files;
  uint32_t *archived; /* by name: the file of an archive that is called so + 1; 0: none. Only while reading */
  uint32_t n_archived;
  kube_pool pool;
  kube_intern kinds; /* "apiVersion\0kind" while reading; of archived items "apiVersion\0kind\0resource" */
  kube_intern spaces, names, dirs;
  kube_spool spool;
  uint32_t *table; /* by resource, namespace, name: number of the entry + 1 */
  uint32_t size;
  uint64_t seed;
  source_resource *resources;
  uint16_t *resource_of; /* by type id */
  uint32_t n_resources;
  uint32_t asked; /* how often cancellation could have been asked for */
  bool finished;
  /* for reading */
  arena arena; /* of one item */
  buf text, other, patched;
  item_doc *doc;
  /* the file opened last by kube_source_read */
  pthread_mutex_t lock;
  uint32_t open_file, open_dir;
  int fd, dir_fd;
};

static inline source_entry *source_at(const kube_source *s, size_t i) { return &s->chunks[i / SOURCE_CHUNK][i % SOURCE_CHUNK]; }
static inline int64_t source_offset(const source_entry *x) { return (int64_t)x->offset_high << 32 | x->offset; }

/* ---- source.c */
PINTLE_PRINTF(4, 5) void source_report(kube_source *s, int32_t severity, const char *place, const char *format, ...);
bool source_cancelled(kube_source *s);
/* The file's path, without a line. */
void source_file_path(const kube_source *s, uint32_t file, const source_entry *item, buf *out);
uint64_t source_check(const struct stat *st);
/* The text as it is kept, without what it lacks. */
pintle_status source_text(kube_source *s, const source_entry *x, buf *out, error *e);

/* ---- source_add.c: one more entry */
typedef struct source_where { /* of a text */
  uint32_t file, line, column;
  bool spooled, verbatim;
  int64_t offset;
} source_where;
/* Of an item that was skimmed. kind: what is added to kinds. */
pintle_status source_add(kube_source *s, const kube_skim *skim, str kind, uint8_t flags, const source_where *at, size_t length, error *e);
/* "apiVersion\0kind", of archived items also "\0resource", in s->patched. No part may hold U+0000. */
str source_kind_key(kube_source *s, str api_version, str kind, str resource);
typedef struct source_kind { /* NUL-terminated */
  str api_version, kind, resource;
} source_kind;
source_kind source_kind_of(const kube_source *s, uint32_t id);
/* Which of apiVersion and kind an object lacks: SOURCE_ADD_*. */
uint8_t source_lacking(str text);
/* text with what is lacking in front, in *out. */
void source_fill(str text, uint8_t lacking, str api_version, str kind, buf *out);
/* Entries from `count` on are forgotten. */
void source_forget(kube_source *s, uint32_t count);
/* name with item's name in it replaced by gap, so that one text serves many files; it is in s->other or name itself. */
str source_template(kube_source *s, str name, str item, char gap);
uint32_t source_new_file(kube_source *s, uint32_t dir, str name, const struct stat *st); /* NONE: no memory */

/* ---- source_list.c: the documents of a stream */
/* All documents of y. in_place: raw parts stay in the file (offsets from `at`), others are spooled. Malformed ones are reported; an
 * error is returned only for what ends the reading. */
pintle_status source_documents(kube_source *s, conf_yaml *y, const source_where *at, const char *path, bool in_place, error *e);
#endif
