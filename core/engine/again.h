/* again.h -- items that go through the chain once more when their operations are over.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_AGAIN_H
#define PINTLE_ENGINE_AGAIN_H
#include "engine/finish.h"
#include "engine/seal.h"

typedef struct engine_made { /* an entry for the tarball */
  const char *path;
  const char *list_key, *list_name; /* "v1/Pod", "ns/name": of the unversioned path; NULL: of the copy by version */
  int64_t offset;
  size_t len;
  bool used; /* it has replaced one */
} engine_made;

typedef struct engine_again engine_again;
/* Asks options->items for their source; what is not there any more is a warning, and stays as it was. *out is set whatever is returned. */
pintle_status engine_again_run(const engine_finish_options *options, const engine_post *post, size_t n, engine_again **out, error *e);
const engine_made *engine_again_find(engine_again *a, const char *path);                             /* marks it as used */
pintle_status engine_again_text(const engine_again *a, const engine_made *made, buf *out, error *e); /* replaces *out */
/* Those that have replaced nothing, by path. */
pintle_status engine_again_rest(const engine_again *a, pintle_status (*each)(void *ctx, const engine_made *made, error *e), void *ctx,
                                error *e);
/* Puts the resource list with their names in it. Those that are in the tarball already count too: the list may be that of an attempt that was killed. */
pintle_status engine_again_list(const engine_again *a, engine_seal *seal, error *e);
void engine_again_free(engine_again *a); /* NULL is fine */
#endif
