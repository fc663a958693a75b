/* pintle/object_store.h -- Velero's ObjectStore, and three functions more.  SPDX-License-Identifier: Apache-2.0
 *
 * All functions are [instance]. bucket and key are never empty; prefix may be. Keys are UTF-8 with "/" between their parts. The deadline
 * is one of idleness: bytes moved and host->report restart it. Since 1.0. */
#ifndef PINTLE_OBJECT_STORE_H
#define PINTLE_OBJECT_STORE_H
#include <pintle/action.h>
#include <pintle/result.h>
#include <pintle/stream.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_object_store {
  uint32_t struct_size, flags;
  const pintle_action *action; /* required */

  /* -- Required: Velero's seven. */

  /* The whole body under key, replacing what was there, or, on any error, nothing: no reader ever sees half. */
  pintle_status (*put_object)(void *self, pintle_call *, const char *bucket, const char *key, const pintle_reader *body);

  /* *exists = 0 or 1; absent is OK and 0. */
  pintle_status (*object_exists)(void *self, pintle_call *, const char *bucket, const char *key, int32_t *exists);

  /* Writes the whole object. NOT_FOUND: no such key, and nothing was written. */
  pintle_status (*get_object)(void *self, pintle_call *, const char *bucket, const char *key, const pintle_writer *);

  /* One entry for each distinct key part between prefix and the next delimiter, the delimiter included ("backups/b1/"), in any order.
   * Keys without a delimiter behind prefix are not listed. */
  pintle_status (*list_common_prefixes)(void *self, pintle_call *, const char *bucket, const char *prefix, const char *delimiter,
                                        pintle_result *prefixes);

  /* One entry for every key with that prefix: follow the store's pages. Any order, but "dir/" after what is in it. None is OK. */
  pintle_status (*list_objects)(void *self, pintle_call *, const char *bucket, const char *prefix, pintle_result *keys);

  /* OK when it is gone already. */
  pintle_status (*delete_object)(void *self, pintle_call *, const char *bucket, const char *key);

  /* A URL as text with which anybody may GET the object for ttl (a duration). UNSUPPORTED: this store has none. */
  pintle_status (*create_signed_url)(void *self, pintle_call *, const char *bucket, const char *key, int64_t ttl, pintle_result *url);

  /* -- Ours. NULL: the host makes do with the seven. */

  /* One entry for key, or NOT_FOUND. */
  pintle_status (*stat_object)(void *self, pintle_call *, const char *bucket, const char *key, pintle_result *entry);

  /* writer->size bytes from offset (>= 0), fewer at the end, all of the rest when size is PINTLE_NONE. An offset at or behind the end is
   * OK and writes nothing. NOT_FOUND. */
  pintle_status (*get_object_range)(void *self, pintle_call *, const char *bucket, const char *key, int64_t offset, const pintle_writer *);

  /* As put_object, but EXISTS, and nothing written, when the key is there already (If-None-Match: *). NULL: runs are kept apart by
   * claims. */
  pintle_status (*put_object_if_absent)(void *self, pintle_call *, const char *bucket, const char *key, const pintle_reader *body);
} pintle_object_store;

#ifdef __cplusplus
}
#endif
#endif
