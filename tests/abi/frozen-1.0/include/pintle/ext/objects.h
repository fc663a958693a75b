/* pintle/ext/objects.h -- the table behind pintle.items/1 and pintle.cluster/1: Kubernetes objects.  SPDX-License-Identifier: Apache-2.0
 *
 * Two extensions with one shape: ext/items.h is the run's input, ext/cluster.h a living API server. All functions are [call], honour the
 * call's deadline and cancel flag, and record their error (a plugin may pintle_wrap it). Documents are read-only and live until the call
 * returns. In a dry run every write is DENIED. In 1.0. */
#ifndef PINTLE_EXT_OBJECTS_H
#define PINTLE_EXT_OBJECTS_H
#include <pintle/doc.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_objects {
  uint32_t struct_size, flags;

  /* The object. ns and name as they are there, before any mapping. NOT_FOUND. */
  pintle_status (*get)(pintle_call *, const pintle_id *, const pintle_doc **);

  /* Every object of the resource; name and ns "" = all. Selectors: labels.Parse and fields.ParseSelector syntax; NULL or "" = all. each()
   * is called on the calling thread and gets documents that live only until it returns; what it returns, if not OK, ends the listing and
   * is returned. */
  pintle_status (*list)(pintle_call *, const pintle_id *what, const char *label_selector, const char *field_selector,
                        pintle_status (*each)(void *ctx, const pintle_doc *), void *ctx);

  /* A new object; what->name may be "" with metadata.generateName. EXISTS. *created (may be NULL): as it now is, name included. */
  pintle_status (*create)(pintle_call *, const pintle_id *what, const pintle_doc *, const pintle_doc **created);

  /* Replaces it. CONFLICT: the resourceVersion is old, read again. NOT_FOUND. */
  pintle_status (*update)(pintle_call *, const pintle_id *, const pintle_doc *, const pintle_doc **updated);

  /* content_type as of the API server: application/merge-patch+json, application/json-patch+json, ... NOT_FOUND. */
  pintle_status (*patch)(pintle_call *, const pintle_id *, const char *content_type, const char *, size_t len, const pintle_doc **patched);

  /* NOT_FOUND. */
  pintle_status (*remove)(pintle_call *, const pintle_id *);

  /* The resource and scope of a kind; api_version is "v1" or "apps/v1". NOT_FOUND: it is not served here. The text lives until the call
   * returns; *namespaced is 0 or 1. */
  pintle_status (*find_kind)(pintle_call *, const char *api_version, const char *kind, pintle_str *resource, int32_t *namespaced);
} pintle_objects;

#ifdef __cplusplus
}
#endif
#endif
