/* list.h -- the resource list of a backup or restore: {"apps/v1/Deployment":["ns/name(created)"]}.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_LIST_H
#define PINTLE_ENGINE_LIST_H
#include "engine/objects.h"
#include "kube/source.h"

/* 12 bytes an item; names stay in the source unless an action gave others. */
typedef struct engine_list engine_list;
pintle_status engine_list_new(const kube_source *source, engine_list **out, error *e);
void engine_list_free(engine_list *l);
/* action: "" for a backup, else "created", "updated", "failed", "skipped" (a literal). */
pintle_status engine_list_add(engine_list *l, size_t item, const kube_type *type, str ns, str name, const char *action, error *e);
/* Is something of that resource, namespace and name among those that were given another name? */
bool engine_list_renamed(const engine_list *l, const kube_type *type, str ns, str name);
/* Sorted by key and then value (pkg/backup/backed_up_items_map.go, pkg/restore/request.go), as one gzip stream. Memory does not grow. */
pintle_status engine_list_put(engine_list *l, engine_objects *to, const char *key, const char *temp_dir, error *e);
#endif
