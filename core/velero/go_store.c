/* go_store.c -- an object store of a hosted Go plugin.  SPDX-License-Identifier: Apache-2.0 */
#include "object_store.pb-c.h"
#include "velero/go_inside.h"

enum { CHUNK = 256 << 10 }; /* a Go plugin takes messages of up to 4 MiB */

pintle_status go_store_init(const go_instance *i, pintle_call *call) {
  Generated__ObjectStoreInitRequest request = GENERATED__OBJECT_STORE_INIT_REQUEST__INIT;
  size_t n;
  char **config = go_config(i, call, &n);
  arena *a = &i->plugin->answer;
  Generated__ObjectStoreInitRequest__ConfigEntry *v = arena_alloc(a, (n + 1) * sizeof *v), **list = arena_alloc(a, (n + 1) * sizeof *list);
  if (!config || !v || !list) return PINTLE_NOMEM;
  for (size_t k = 0; k < n; k++) {
    generated__object_store_init_request__config_entry__init(&v[k]);
    v[k].key = config[2 * k], v[k].value = config[2 * k + 1];
    list[k] = &v[k];
  }
  request.plugin = i->name;
  request.n_config = n;
  request.config = list;
  pintle_status st = go_call(i, call, "/generated.ObjectStore/Init", &request.base, NULL, NULL);
  explicit_bzero(i->plugin->request.data, i->plugin->request.cap); /* it may hold secrets */
  return st;
}

/* ---- put */
typedef struct put {
  go_plugin *plugin;
  const pintle_reader *body;
  Generated__PutObjectRequest request;
  uint8_t *chunk;
} put;

static pintle_status next_chunk(put *p) {
  size_t n = 0;
  while (n < CHUNK) {
    int64_t got = p->body->read(p->body, p->chunk + n, CHUNK - n);
    if (got < 0) return (pintle_status)got;
    if (got == 0) break;
    n += (size_t)got;
  }
  p->request.body = (ProtobufCBinaryData){n, p->chunk};
  return go_pack(&p->plugin->request, &p->request.base) ? PINTLE_OK : PINTLE_NOMEM;
}

static pintle_status put_next(void *ctx, str *message) {
  put *p = ctx;
  if (p->request.body.len < CHUNK) return PINTLE_NOT_FOUND;
  pintle_status st = next_chunk(p);
  if (st == PINTLE_OK && p->request.body.len == 0) return PINTLE_NOT_FOUND;
  *message = buf_str(&p->plugin->request);
  return st;
}

static pintle_status put_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body) {
  const go_instance *i = self;
  put p = {.plugin = i->plugin, .body = body, .request = GENERATED__PUT_OBJECT_REQUEST__INIT, .chunk = call->host->alloc(call, CHUNK)};
  if (!p.chunk) return PINTLE_NOMEM;
  p.request.plugin = i->name;
  p.request.bucket = go_text(bucket);
  p.request.key = go_text(key);
  pintle_status st = next_chunk(&p); /* the first message tells which object; it may have no body */
  if (st != PINTLE_OK) return st;
  const velero_request r = {
      .method = "/generated.ObjectStore/PutObject", .message = buf_str(&i->plugin->request), .next = put_next, .ctx = &p};
  return go_stream(i, call, &r);
}

/* ---- get */
static pintle_status object_exists(void *self, pintle_call *call, const char *bucket, const char *key, int32_t *exists) {
  const go_instance *i = self;
  const Generated__ObjectExistsResponse *m = NULL;
  Generated__ObjectExistsRequest request = GENERATED__OBJECT_EXISTS_REQUEST__INIT;
  request.plugin = i->name;
  request.bucket = go_text(bucket);
  request.key = go_text(key);
  pintle_status st =
      go_call(i, call, "/generated.ObjectStore/ObjectExists", &request.base, &generated__object_exists_response__descriptor, &m);
  if (st == PINTLE_OK) *exists = m->exists;
  return st;
}

typedef struct get {
  go_plugin *plugin;
  const pintle_writer *to;
  bool any;
} get;

static pintle_status get_each(void *ctx, str message) {
  get *g = ctx;
  const Generated__Bytes *m = go_unpack(g->plugin, &generated__bytes__descriptor, message);
  if (!m) return PINTLE_INVALID;
  for (size_t done = 0; done < m->data.len;) {
    int64_t n = g->to->write(g->to, m->data.data + done, m->data.len - done);
    if (n < 0) return (pintle_status)n;
    done += (size_t)n;
    g->any = true;
  }
  return PINTLE_OK;
}

/* Velero's protocol has one error for everything: whether the object is there is asked when it could not be read. */
static pintle_status get_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *to) {
  const go_instance *i = self;
  get g = {i->plugin, to, false};
  int32_t exists = 1;
  Generated__GetObjectRequest request = GENERATED__GET_OBJECT_REQUEST__INIT;
  request.plugin = i->name;
  request.bucket = go_text(bucket);
  request.key = go_text(key);
  if (!go_pack(&i->plugin->request, &request.base)) return PINTLE_NOMEM;
  const velero_request r = {
      .method = "/generated.ObjectStore/GetObject", .message = buf_str(&i->plugin->request), .each = get_each, .ctx = &g};
  pintle_status st = go_stream(i, call, &r);
  if (st != PINTLE_FAILED || g.any || object_exists(self, call, bucket, key, &exists) != PINTLE_OK || exists) return st;
  return pintle_fail(call, PINTLE_NOT_FOUND, "there is no object %s", key);
}

/* ---- lists */
static pintle_status give_entries(char *const *keys, size_t n, pintle_result *result) {
  pintle_status st = PINTLE_OK;
  for (size_t k = 0; k < n && st == PINTLE_OK; k++) {
    const pintle_entry entry = {.struct_size = sizeof entry, .size = PINTLE_NONE, .key = keys[k], .etag = ""};
    st = result->api->entry(result, &entry);
  }
  return st;
}

static pintle_status list_common_prefixes(void *self, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter,
                                          pintle_result *result) {
  const go_instance *i = self;
  const Generated__ListCommonPrefixesResponse *m = NULL;
  Generated__ListCommonPrefixesRequest request = GENERATED__LIST_COMMON_PREFIXES_REQUEST__INIT;
  request.plugin = i->name;
  request.bucket = go_text(bucket);
  request.prefix = go_text(prefix);
  request.delimiter = go_text(delimiter);
  pintle_status st = go_call(i, call, "/generated.ObjectStore/ListCommonPrefixes", &request.base,
                             &generated__list_common_prefixes_response__descriptor, &m);
  return st == PINTLE_OK ? give_entries(m->prefixes, m->n_prefixes, result) : st;
}

static pintle_status list_objects(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *result) {
  const go_instance *i = self;
  const Generated__ListObjectsResponse *m = NULL;
  Generated__ListObjectsRequest request = GENERATED__LIST_OBJECTS_REQUEST__INIT;
  request.plugin = i->name;
  request.bucket = go_text(bucket);
  request.prefix = go_text(prefix);
  pintle_status st =
      go_call(i, call, "/generated.ObjectStore/ListObjects", &request.base, &generated__list_objects_response__descriptor, &m);
  return st == PINTLE_OK ? give_entries(m->keys, m->n_keys, result) : st;
}

/* ---- the rest */
static pintle_status delete_object(void *self, pintle_call *call, const char *bucket, const char *key) {
  const go_instance *i = self;
  Generated__DeleteObjectRequest request = GENERATED__DELETE_OBJECT_REQUEST__INIT;
  request.plugin = i->name;
  request.bucket = go_text(bucket);
  request.key = go_text(key);
  return go_call(i, call, "/generated.ObjectStore/DeleteObject", &request.base, NULL, NULL);
}

static pintle_status create_signed_url(void *self, pintle_call *call, const char *bucket, const char *key, int64_t ttl,
                                       pintle_result *url) {
  const go_instance *i = self;
  const Generated__CreateSignedURLResponse *m = NULL;
  Generated__CreateSignedURLRequest request = GENERATED__CREATE_SIGNED_URLREQUEST__INIT;
  request.plugin = i->name;
  request.bucket = go_text(bucket);
  request.key = go_text(key);
  request.ttl = ttl;
  pintle_status st =
      go_call(i, call, "/generated.ObjectStore/CreateSignedURL", &request.base, &generated__create_signed_urlresponse__descriptor, &m);
  return st == PINTLE_OK ? url->api->text(url, m->url, PINTLE_Z) : st;
}

const pintle_object_store go_object_store = {.struct_size = sizeof go_object_store,
                                             .put_object = put_object,
                                             .object_exists = object_exists,
                                             .get_object = get_object,
                                             .list_common_prefixes = list_common_prefixes,
                                             .list_objects = list_objects,
                                             .delete_object = delete_object,
                                             .create_signed_url = create_signed_url};
