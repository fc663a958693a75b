/* calls_object.c -- Init of locations, and the calls of an ObjectStore.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/inside.h"
#include "object_store.pb-c.h"

enum { PIECE = 256 << 10 };

/* Of both kinds: field 2 is the map. */
bool dropin_init_map(dropin_call *c, const pintle_kv **init, size_t *n) {
  str m = velero_call_first(c->call);
  Generated__ObjectStoreInitRequest *r = generated__object_store_init_request__unpack(NULL, m.len, (const uint8_t *)m.ptr);
  if (!r) return false;
  pintle_kv *v = arena_zalloc(&c->memory, (r->n_config + 1) * sizeof *v);
  for (size_t i = 0; v && i < r->n_config; i++) {
    v[i] = (pintle_kv){arena_dup(&c->memory, r->config[i]->key), arena_dup(&c->memory, r->config[i]->value)};
    if (!v[i].key || !v[i].value) v = NULL;
  }
  *init = v, *n = v ? r->n_config : 0;
  generated__object_store_init_request__free_unpacked(r, NULL);
  return v != NULL;
}

/* ---- a call of a store, begun and ended */
typedef struct storing {
  dropin_call *c;
  dropin_single *s;
  worker_single *w;
  const pintle_object_store *store;
  dropin_caller caller;
  pintle_call *call;
  host_result *r;
} storing;

/* false: there is no worker, and the call has ended. */
static bool begin(storing *x, dropin_call *c, void **state, uint32_t allowed) {
  if (dropin_refuse_bad(c)) return false;
  error e = {0};
  *x = (storing){.c = c};
  if (!(x->s = dropin_single_of(c->group, state, STR(""), &e))) return dropin_fail_with(c, &e), false;
  x->w = dropin_single_worker(x->s);
  x->store = worker_single_store(x->w);
  dropin_caller_of(c, &x->caller);
  x->call = dropin_single_begin(x->s, &x->caller, allowed, &x->r);
  return true;
}

/* false: it failed, and the call has ended. What the result holds lives until the next call. */
static bool end(storing *x, pintle_status st) {
  dropin_answer answer;
  if (dropin_single_end(x->s, st, &x->c->memory, &answer) == PINTLE_OK) return true;
  dropin_fail(x->c, &answer);
  return false;
}

/* Plugins are promised that neither is empty. */
static bool begin_key(storing *x, dropin_call *c, void **state, uint32_t allowed, const char *bucket, const char *key) {
  if (bucket[0] && key[0]) return begin(x, c, state, allowed);
  dropin_refuse(c, GRPC_INVALID_ARGUMENT, "bucket or key is empty");
  return false;
}

/* ---- PutObject: its messages are the body */
typedef struct body {
  dropin_call *c;
  str rest; /* of the message at hand */
  pintle_status over;
} body;

/* The next message that has bytes. */
static void next_message(body *b) {
  while (b->rest.len == 0 && b->over == PINTLE_OK) {
    str message, field[DROPIN_FIELDS];
    b->over = velero_call_receive(b->c->call, &message);
    if (b->over != PINTLE_OK) return;
    if (dropin_fields(message, field)) b->rest = field[4];
    else b->over = PINTLE_INVALID;
  }
}

/* As much as is there: Velero's messages are small. */
static int64_t read_body(const pintle_reader *r, void *to, size_t n) {
  body *b = r->ctx;
  size_t got = 0;
  do {
    next_message(b);
    size_t k = n - got < b->rest.len ? n - got : b->rest.len;
    if (k) memcpy((char *)to + got, b->rest.ptr, k);
    b->rest.ptr += k, b->rest.len -= k, got += k;
  } while (got < n && b->over == PINTLE_OK && (b->rest.len || velero_call_has_more(b->c->call)));
  return got ? (int64_t)got : b->over == PINTLE_NOT_FOUND ? 0 : b->over;
}

void dropin_put_object(dropin_call *c, void **state) {
  storing x;
  body b = {.c = c, .rest = c->field[4]};
  HOST_PADDED(pintle_reader) reader = {.v = {.struct_size = sizeof reader.v, .size = PINTLE_NONE, .ctx = &b, .read = read_body}};
  const char *bucket = dropin_text(c, 2), *key = dropin_text(c, 3);
  if (!begin_key(&x, c, state, 0, bucket, key)) return;
  if (end(&x, x.store->put_object(x.w, x.call, bucket, key, &reader.v))) dropin_reply_empty(c);
}

/* ---- GetObject: each piece a message */
static int64_t write_piece(const pintle_writer *w, const void *from, size_t n) {
  dropin_call *c = w->ctx;
  unsigned char head[16];
  size_t used = GRPC_PREFIX;
  buf b = {0};
  if (n > PIECE) n = PIECE;
  head[used++] = 1 << 3 | 2; /* Bytes.data */
  for (size_t left = n;; left >>= 7) {
    head[used++] = (unsigned char)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    if (left <= 0x7f) break;
  }
  memset(head, 0, GRPC_PREFIX);
  if (!buf_reserve(&b, used + n)) return PINTLE_NOMEM;
  buf_add(&b, head, used);
  buf_add(&b, from, n);
  pintle_status st = velero_call_send_buf(c->call, &b);
  buf_free(&b);
  return st == PINTLE_OK ? (int64_t)n : st;
}

void dropin_get_object(dropin_call *c, void **state) {
  storing x;
  HOST_PADDED(pintle_writer) writer = {.v = {.struct_size = sizeof writer.v, .size = PINTLE_NONE, .ctx = c, .write = write_piece}};
  const char *bucket = dropin_text(c, 2), *key = dropin_text(c, 3);
  if (!begin_key(&x, c, state, 0, bucket, key)) return;
  if (end(&x, x.store->get_object(x.w, x.call, bucket, key, &writer.v))) velero_call_end(c->call, NULL);
}

/* ---- listings */
typedef struct listing {
  arena *a;
  char **v;
  size_t n, cap;
} listing;

static pintle_status take_entry(void *ctx, const pintle_entry *entry) {
  listing *l = ctx;
  if (!GROW(l->v, l->n, l->cap)) return PINTLE_NOMEM;
  char *key = arena_dup(l->a, entry->key);
  if (!key) return PINTLE_NOMEM;
  l->v[l->n++] = key;
  return PINTLE_OK;
}

/* Both answers hold the texts in field 1. */
static void reply_list(dropin_call *c, const listing *l) {
  Generated__ListObjectsResponse answer = GENERATED__LIST_OBJECTS_RESPONSE__INIT;
  answer.n_keys = l->n, answer.keys = l->v;
  dropin_reply(c, &answer);
}

static void list(dropin_call *c, void **state, bool prefixes) {
  storing x;
  listing l = {.a = &c->memory};
  const char *bucket = dropin_text(c, 2), *third = dropin_text(c, 3), *prefix = dropin_text(c, 4);
  if (!begin(&x, c, state, HOST_RESULT_ENTRY)) return;
  x.r->entry = take_entry, x.r->entry_ctx = &l;
  pintle_status st = prefixes ? x.store->list_common_prefixes(x.w, x.call, bucket, prefix, third, &x.r->base)
                              : x.store->list_objects(x.w, x.call, bucket, third, &x.r->base);
  if (end(&x, st)) reply_list(c, &l);
  free_p(&l.v);
}

void dropin_list_prefixes(dropin_call *c, void **state) { list(c, state, true); }
void dropin_list_objects(dropin_call *c, void **state) { list(c, state, false); }

/* ---- the rest */
void dropin_object_exists(dropin_call *c, void **state) {
  storing x;
  Generated__ObjectExistsResponse answer = GENERATED__OBJECT_EXISTS_RESPONSE__INIT;
  int32_t exists = 0;
  const char *bucket = dropin_text(c, 2), *key = dropin_text(c, 3);
  if (!begin_key(&x, c, state, 0, bucket, key) || !end(&x, x.store->object_exists(x.w, x.call, bucket, key, &exists))) return;
  answer.exists = exists != 0;
  dropin_reply(c, &answer);
}

void dropin_delete_object(dropin_call *c, void **state) {
  storing x;
  const char *bucket = dropin_text(c, 2), *key = dropin_text(c, 3);
  if (begin_key(&x, c, state, 0, bucket, key) && end(&x, x.store->delete_object(x.w, x.call, bucket, key))) dropin_reply_empty(c);
}

void dropin_signed_url(dropin_call *c, void **state) {
  storing x;
  Generated__CreateSignedURLResponse answer = GENERATED__CREATE_SIGNED_URLRESPONSE__INIT;
  str m = velero_call_first(c->call);
  Generated__CreateSignedURLRequest *r = generated__create_signed_urlrequest__unpack(NULL, m.len, (const uint8_t *)m.ptr);
  int64_t ttl = r ? r->ttl : 0;
  bool ok = r != NULL;
  if (r) generated__create_signed_urlrequest__free_unpacked(r, NULL);
  if (!ok) {
    dropin_refuse(c, GRPC_INTERNAL, "the request is no message");
    return;
  }
  const char *bucket = dropin_text(c, 2), *key = dropin_text(c, 3);
  if (!begin_key(&x, c, state, HOST_RESULT_TEXT, bucket, key) ||
      !end(&x, x.store->create_signed_url(x.w, x.call, bucket, key, ttl, &x.r->base)))
    return;
  char *url = arena_copy(&c->memory, x.r->text);
  if (url) answer.url = url;
  dropin_reply(c, &answer);
}
