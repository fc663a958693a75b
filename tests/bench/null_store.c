/* null_store.c -- an ObjectStore that discards what is put and makes what is got: an object "bytes-N" has N bytes.  SPDX-License-Identifier: Apache-2.0
 *
 * The same as tests/interop/velero/goplugin's, for `make bench` to compare. */
#include <pintle/plugin.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 16 };

static pintle_status length(pintle_call *call, const char *key, int64_t *n) {
  const char *digits = strstr(key, "bytes-");
  if (!digits) return pintle_fail(call, PINTLE_NOT_FOUND, "no object %s", key);
  *n = atoll(digits + 6);
  return PINTLE_OK;
}

static pintle_status put_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body) {
  char piece[PIECE];
  int64_t wanted = 0, n, sum = 0;
  (void)self, (void)bucket;
  pintle_status st = length(call, key, &wanted);
  if (st != PINTLE_OK) return st;
  while ((n = body->read(body, piece, sizeof piece)) > 0) sum += n;
  if (n < 0) return (pintle_status)n;
  return sum == wanted ? PINTLE_OK : pintle_fail(call, PINTLE_INVALID, "%lld bytes came", (long long)sum);
}

static pintle_status get_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *to) {
  static const char piece[PIECE];
  int64_t left = 0, n;
  (void)self, (void)bucket;
  pintle_status st = length(call, key, &left);
  for (; st == PINTLE_OK && left; left -= n) {
    n = to->write(to, piece, left < PIECE ? (size_t)left : PIECE);
    if (n < 0) return (pintle_status)n;
  }
  return st;
}

static pintle_status object_exists(void *self, pintle_call *call, const char *bucket, const char *key, int32_t *exists) {
  (void)self, (void)call, (void)bucket, (void)key;
  *exists = 1;
  return PINTLE_OK;
}
static pintle_status list_objects(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *keys) {
  (void)self, (void)call, (void)bucket, (void)prefix, (void)keys;
  return PINTLE_OK;
}
static pintle_status list_prefixes(void *self, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter,
                                   pintle_result *prefixes) {
  (void)self, (void)call, (void)bucket, (void)prefix, (void)delimiter, (void)prefixes;
  return PINTLE_OK;
}
static pintle_status delete_object(void *self, pintle_call *call, const char *bucket, const char *key) {
  (void)self, (void)call, (void)bucket, (void)key;
  return PINTLE_OK;
}
static pintle_status signed_url(void *self, pintle_call *call, const char *bucket, const char *key, int64_t ttl, pintle_result *url) {
  (void)self, (void)call, (void)bucket, (void)key, (void)ttl;
  return url->api->text(url, "null:", PINTLE_Z);
}

static const pintle_action action = {
    .struct_size = sizeof action, .thread_model = PINTLE_PARALLEL, .name = "bench.example.com/null", .summary = "Discards, and makes"};
static const pintle_object_store table = {.struct_size = sizeof table,
                                          .action = &action,
                                          .put_object = put_object,
                                          .object_exists = object_exists,
                                          .get_object = get_object,
                                          .list_common_prefixes = list_prefixes,
                                          .list_objects = list_objects,
                                          .delete_object = delete_object,
                                          .create_signed_url = signed_url};
static const pintle_object_store *const stores[] = {&table, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "null_store", .version = "1.0", .vendor = "pintle's benchmarks",
                                    .object_stores = stores};
