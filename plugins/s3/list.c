/* list.c -- ListObjectsV2: every page, names decoded, sorted.  SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include "xml.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct listed {
  char *key;
  char etag[72];
  int64_t size, modified;
} listed;

typedef struct listing {
  listed *all;
  size_t n, cap;
  bool prefixes, encoded, truncated, wrong, nomem;
  listed now;
  s3_text key, token, next_token; /* key, token: of the element that is being read */
} listing;

static int64_t when(const char *text) {
  struct tm tm = {0};
  const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
  if (!rest) return 0;
  int64_t ns = 0, unit = 100000000;
  if (*rest == '.')
    for (rest++; *rest >= '0' && *rest <= '9'; rest++, unit /= 10) ns += (*rest - '0') * unit;
  return (int64_t)timegm(&tm) * 1000000000 + ns;
}

static int hex(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* encoding-type=url: a '+' is a space (Amazon's way); a store that left it alone did not say so in its answer. */
static bool decode(s3_text *t) {
  size_t n = 0;
  for (size_t i = 0; i < t->n; i++) {
    char c = t->p[i];
    if (c == '+') c = ' ';
    if (c == '%') {
      if (i + 2 >= t->n || hex(t->p[i + 1]) < 0 || hex(t->p[i + 2]) < 0) return false;
      c = (char)(hex(t->p[i + 1]) << 4 | hex(t->p[i + 2])), i += 2;
      if (!c) return false;
    }
    t->p[n++] = c;
  }
  if (t->p) t->p[t->n = n] = 0;
  return true;
}

static bool add(listing *l) {
  if (l->n == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : 256;
    listed *more = realloc(l->all, cap * sizeof *more);
    if (!more) return l->nomem = true, false;
    l->all = more, l->cap = cap;
  }
  l->now.key = strdup(s3_z(&l->key));
  if (l->key.failed || !l->now.key) return free(l->now.key), l->nomem = true, false;
  l->all[l->n++] = l->now;
  l->now = (listed){.size = PINTLE_NONE};
  l->key.n = 0;
  return true;
}

static void set(s3_text *t, const char *text) {
  t->n = 0;
  s3_addz(t, text);
}

static bool on_element(void *ctx, const char *path, const char *text) {
  listing *l = ctx;
  if (strncmp(path, "/ListBucketResult", 17) != 0) return l->wrong = true, false;
  const char *p = path + 17;
  if (strcmp(p, "/IsTruncated") == 0) l->truncated = strcmp(text, "true") == 0;
  else if (strcmp(p, "/EncodingType") == 0) l->encoded = strcmp(text, "url") == 0;
  else if (strcmp(p, "/NextContinuationToken") == 0) set(&l->next_token, text);
  else if (strcmp(p, l->prefixes ? "/CommonPrefixes/Prefix" : "/Contents/Key") == 0) set(&l->key, text);
  else if (strcmp(p, l->prefixes ? "/CommonPrefixes" : "/Contents") == 0) return add(l);
  else if (l->prefixes) return true; /* keys without a delimiter */
  else if (strcmp(p, "/Contents/Size") == 0) l->now.size = strtoll(text, NULL, 10);
  else if (strcmp(p, "/Contents/LastModified") == 0) l->now.modified = when(text);
  else if (strcmp(p, "/Contents/ETag") == 0)
    snprintf(l->now.etag, sizeof l->now.etag, "%.*s", (int)strcspn(text + (*text == '"'), "\""), text + (*text == '"'));
  return true;
}

static int from_the_end(const void *a, const void *b) { return -strcmp(((const listed *)a)->key, ((const listed *)b)->key); }

static pintle_status page(struct s3_http *h, const char *bucket, const char *prefix, const char *delimiter, listing *l) {
  pintle_call *call = s3_http_call(h);
  s3_request r = s3_ask("GET", bucket, "");
  size_t first = l->n;
  s3_query_add(&r, "list-type", "2");
  s3_query_add(&r, "encoding-type", "url");
  if (*prefix) s3_query_add(&r, "prefix", prefix);
  if (delimiter) s3_query_add(&r, "delimiter", delimiter);
  if (l->token.n) s3_query_add(&r, "continuation-token", l->token.p);
  pintle_status st = s3_http_do(h, &r);
  l->truncated = l->encoded = false, l->next_token.n = 0, l->key.n = 0, l->now = (listed){.size = PINTLE_NONE};
  if (st != PINTLE_OK) st = s3_say(h, &r, "listing");
  else if (!s3_xml(s3_z(&r.answer), r.answer.n, on_element, l) || l->wrong)
    st = l->nomem ? pintle_fail(call, PINTLE_NOMEM, "out of memory")
                  : pintle_fail(call, PINTLE_FAILED, "listing %s: the answer is no listing", bucket);
  s3_request_free(&r);
  for (size_t i = first; i < l->n && st == PINTLE_OK; i++) {
    s3_text key = {0};
    if (!l->encoded) break;
    s3_addz(&key, l->all[i].key);
    if (key.failed) st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
    else if (!decode(&key)) st = pintle_fail(call, PINTLE_FAILED, "listing %s: a name is not encoded as the answer says", bucket);
    else if (key.p) free(l->all[i].key), l->all[i].key = key.p, key.p = NULL;
    s3_text_free(&key);
  }
  return st;
}

static pintle_status pages(struct s3_http *h, const char *bucket, const char *prefix, const char *delimiter, listing *l) {
  for (;;) {
    pintle_status st = page(h, bucket, prefix, delimiter, l);
    if (st != PINTLE_OK || !l->truncated) return st;
    if (!l->next_token.n || (l->token.n == l->next_token.n && memcmp(l->token.p, l->next_token.p, l->token.n) == 0))
      return pintle_fail(s3_http_call(h), PINTLE_FAILED, "listing %s: there are more pages, but the store does not say where", bucket);
    set(&l->token, l->next_token.p);
    if (l->token.failed) return pintle_fail(s3_http_call(h), PINTLE_NOMEM, "out of memory");
  }
}

/* Keys are sorted from the end, so that what stands for a folder ("dir/") comes after what is in it, and prefixes from the beginning; what two pages
 * repeat is told once. Velero: velero-plugin-for-aws, object_store.go. */
static pintle_status tell(listing *l, const char *prefix, pintle_result *to) {
  qsort(l->all, l->n, sizeof *l->all, from_the_end);
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < l->n && st == PINTLE_OK; i++) {
    const listed *k = &l->all[l->prefixes ? l->n - 1 - i : i];
    if (k > l->all && strcmp(k->key, k[-1].key) == 0) continue;
    if (!*k->key || strncmp(k->key, prefix, strlen(prefix)) != 0) continue; /* not what was asked for */
    const pintle_entry e = {.struct_size = sizeof e, .size = k->size, .modified = k->modified, .key = k->key, .etag = k->etag};
    st = to->api->entry(to, &e);
  }
  return st;
}

static pintle_status list(s3 *s, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter, pintle_result *to) {
  struct s3_http *h = s3_http_take(s, call);
  listing l = {.prefixes = delimiter != NULL};
  if (!h) return PINTLE_NOMEM;
  pintle_status st = pages(h, bucket, prefix, delimiter, &l);
  s3_http_give(h);
  if (st == PINTLE_OK && l.n) st = tell(&l, prefix, to);
  for (size_t i = 0; i < l.n; i++) free(l.all[i].key);
  free(l.all);
  s3_text_free(&l.key);
  s3_text_free(&l.token);
  s3_text_free(&l.next_token);
  return st;
}

pintle_status s3_list(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *keys) {
  return list(self, call, bucket, prefix, NULL, keys);
}

pintle_status s3_list_common(void *self, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter,
                             pintle_result *prefixes) {
  if (!*delimiter) return pintle_fail(call, PINTLE_INVALID, "an empty delimiter");
  return list(self, call, bucket, prefix, delimiter, prefixes);
}
