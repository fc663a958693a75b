/* objects.h -- the objects that a run puts, remembered so that they can be read back, or taken back.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_OBJECTS_H
#define PINTLE_ENGINE_OBJECTS_H
#include "archive/archive.h"
#include "base/arena.h"
#include "store/store.h"

typedef struct engine_object {
  const char *key;
  int64_t size;
  unsigned char sha256[32];
} engine_object;
typedef struct engine_objects {
  store *store;
  engine_object *v;
  size_t n, cap;
  arena keys;
} engine_objects;
/* Puts data (gzipped first when gz) at key. */
pintle_status engine_put_text(engine_objects *o, const char *key, str data, bool gz, error *e);
/* Puts size bytes of fd from its beginning; sha256 NULL: computed here. */
pintle_status engine_put_fd(engine_objects *o, const char *key, int fd, int64_t size, const unsigned char *sha256, error *e);
/* One that is there already and stays. */
pintle_status engine_objects_keep(engine_objects *o, const char *key, int64_t size, const unsigned char *sha256, error *e);
/* Puts what print writes, through an unlinked file in temp_dir: memory does not grow with it. */
pintle_status engine_put_printed(engine_objects *o, const char *key, const char *temp_dir,
                                 pintle_status (*print)(void *ctx, archive_gzip *to, error *e), void *ctx, error *e);
/* Reads each back and compares size and SHA-256: FAILED names the first that differs. */
pintle_status engine_objects_verify(const engine_objects *o, error *e);
/* Deletes all, the newest first; errors are passed over (there is one already). */
void engine_objects_take_back(engine_objects *o);
const engine_object *engine_objects_last(const engine_objects *o);
void engine_objects_free(engine_objects *o);
#endif
