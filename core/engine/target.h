/* target.h -- a directory of manifests that a restore fills, laid out for `kubectl apply -R -f`.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_TARGET_H
#define PINTLE_ENGINE_TARGET_H
#include "engine/existing.h"

typedef struct engine_target engine_target;
/* DIR/<namespace|_cluster>/<resource.group>/<name>.json; DIR is made when absent. */
pintle_status engine_target_open(const char *dir, engine_target **out, error *e);
/* Writes one item by a temporary file and rename, so that there is never half a file. For what is there already the rules of existing.h hold; what
 * cannot be read is left alone (EXISTS), or replaced when update is set. *what says what came of it. */
pintle_status engine_target_put(engine_target *t, const kube_type *type, str ns, str name, str text, bool update, int *what, error *e);
/* Is there an object of that name? A link where a directory or file is to be counts as one. */
pintle_status engine_target_has(engine_target *t, const kube_type *type, str ns, str name, bool *has, error *e);
/* What the directory holds now is on disk (one syncfs). */
pintle_status engine_target_sync(engine_target *t, error *e);
void engine_target_close(engine_target *t);
#endif
