/* seal.h -- the objects of a backup or restore: put, read back, and made one by its resource, the commit.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_SEAL_H
#define PINTLE_ENGINE_SEAL_H
#include "engine/objects.h"
#include "engine/stage.h"

typedef struct engine_seal {
  const engine_common *c;
  item_doc *resource; /* Backup or Restore */
  bool restore;
  str manifest_head;        /* backup: JSON members about run, plugins, chain */
  store_manifest *manifest; /* backup: with all items */
  engine_objects objects;   /* put so far; objects.store is c->store */
  buf key;
} engine_seal;
const char *engine_seal_key(engine_seal *s, int object); /* until the next one */
/* JSON or text, gzipped. */
pintle_status engine_seal_text(engine_seal *s, int object, str text, error *e);
pintle_status engine_seal_log(engine_seal *s, error *e); /* no line may follow */
pintle_status engine_seal_results(engine_seal *s, error *e);
pintle_status engine_seal_operations(engine_seal *s, error *e);
/* Neither a large put nor the reading back can renew the heartbeat: says beforehand how long such many bytes may take. */
pintle_status engine_seal_expect(const engine_seal *s, int64_t bytes, error *e);
/* Puts the manifest over all objects so far, reads everything back, and notes the manifest's sum in the resource. */
pintle_status engine_seal_manifest(engine_seal *s, int64_t bytes, error *e);
/* Puts the resource as it is: what it says of the phase is so from now on. */
pintle_status engine_seal_commit(engine_seal *s, error *e);
void engine_seal_take_back(engine_seal *s);
void engine_seal_free(engine_seal *s);
#endif
