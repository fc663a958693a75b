/* test_s3_sigv4.c -- signatures as AWS' documentation has them, S3's encoding, checksums, sizes of parts.  SPDX-License-Identifier: Apache-2.0 */
#include "put.h"
#include "sigv4.h"
#include "sum.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HOST \
  { "host", "examplebucket.s3.amazonaws.com" }
#define DATE \
  { "x-amz-date", "20130524T000000Z" }
static const s3_sign example = {.method = "GET",
                                .path = "/",
                                .payload = EMPTY,
                                .region = "us-east-1",
                                .service = "s3",
                                .access_key = "AKIAIOSFODNN7EXAMPLE",
                                .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                                .session_token = "",
                                .now = 1369353600};

static void expect(const s3_sign *s, const char *names, const char *signature) {
  s3_sign_cache cache = {0};
  s3_text want = {0};
  s3_addf(&want, "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=%s, Signature=%s",
          names, signature);
  for (int i = 0; i < 2; i++) { /* the second time from the cache */
    s3_text got = {0};
    ck_assert(s3_sign_header(s, &cache, &got));
    ck_assert_str_eq(got.p, want.p);
    s3_text_free(&got);
  }
  s3_text_free(&want);
}

START_TEST(get_object) {
  const s3_field headers[] = {HOST, {"range", "bytes=0-9"}, {"x-amz-content-sha256", EMPTY}, DATE};
  s3_sign s = example;
  s.path = "/test.txt", s.headers = headers, s.n_headers = 4;
  expect(&s, "host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}
END_TEST

START_TEST(put_object) {
  char sum[129];
  ck_assert(s3_sum_hex(S3_SUM_SHA256, "Welcome to Amazon S3.", 21, sum));
  const s3_field headers[] = {
      DATE, HOST, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}, {"x-amz-content-sha256", sum}, {"date", "Fri, 24 May 2013 00:00:00 GMT"}};
  s3_text path = {0};
  s3_encode(&path, "/test$file.text", true);
  ck_assert_str_eq(path.p, "/test%24file.text");
  s3_sign s = example;
  s.method = "PUT", s.path = path.p, s.payload = sum, s.headers = headers, s.n_headers = 5;
  expect(&s, "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  s3_text_free(&path);
}
END_TEST

START_TEST(get_lifecycle) {
  const s3_field headers[] = {HOST, {"x-amz-content-sha256", EMPTY}, DATE}, query[] = {{"lifecycle", ""}};
  s3_sign s = example;
  s.headers = headers, s.n_headers = 3, s.query = query, s.n_query = 1;
  expect(&s, "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}
END_TEST

START_TEST(list_objects) {
  const s3_field headers[] = {HOST, {"x-amz-content-sha256", EMPTY}, DATE}, query[] = {{"prefix", "J"}, {"max-keys", "2"}};
  s3_sign s = example;
  s.headers = headers, s.n_headers = 3, s.query = query, s.n_query = 2;
  expect(&s, "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}
END_TEST

START_TEST(presigned) {
  const s3_field headers[] = {HOST};
  s3_sign s = example;
  s3_sign_cache cache = {0};
  s3_text query = {0};
  s.path = "/test.txt", s.headers = headers, s.n_headers = 1;
  ck_assert(s3_presign(&s, 86400, &cache, &query));
  ck_assert_str_eq(query.p,
                   "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                   "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                   "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  s3_text_free(&query);
  s.session_token = "a/b+c=";
  ck_assert(s3_presign(&s, 60, &cache, &query));
  ck_assert(strstr(query.p, "&X-Amz-Security-Token=a%2Fb%2Bc%3D&X-Amz-SignedHeaders=host&X-Amz-Signature="));
  s3_text_free(&query);
}
END_TEST

/* A key of another day or secret is not the cached one. */
START_TEST(cache_is_of_one_secret_and_day) {
  const s3_field headers[] = {HOST, DATE};
  s3_sign s = example;
  s3_sign_cache cache = {0}, fresh = {0};
  s.headers = headers, s.n_headers = 2;
  const struct {
    const char *secret;
    int64_t now;
  } all[] = {{"a", 1369353600}, {"b", 1369353600}, {"b", 1369353600 + 86400}, {"a", 1369353600}};
  for (size_t i = 0; i < 4; i++) {
    s3_text got = {0}, want = {0};
    s.secret_key = all[i].secret, s.now = all[i].now;
    memset(&fresh, 0, sizeof fresh);
    ck_assert(s3_sign_header(&s, &cache, &got) && s3_sign_header(&s, &fresh, &want));
    ck_assert_str_eq(got.p, want.p);
    s3_text_free(&got);
    s3_text_free(&want);
  }
}
END_TEST

START_TEST(encoding) {
  s3_text t = {0};
  s3_encode(&t, "/a//./../b c+d%e~f=g\xc3\xbc:!(*)'\x01", true);
  ck_assert_str_eq(t.p, "/a//./../b%20c%2Bd%25e~f%3Dg%C3%BC%3A%21%28%2A%29%27%01");
  s3_text_free(&t);
  const s3_field query[] = {{"uploads", ""}, {"a", "2"}, {"a", "10"}, {"a-b", "x/y z"}, {"A", "+"}};
  s3_query(&t, query, 5);
  ck_assert_str_eq(t.p, "A=%2B&a=10&a=2&a-b=x%2Fy%20z&uploads=");
  s3_text_free(&t);
}
END_TEST

/* The check values of each algorithm's catalogue entry: of "123456789". */
START_TEST(checksums) {
  static const struct {
    s3_algorithm a;
    const char *hex;
  } all[] = {{S3_SUM_CRC32, "cbf43926"},
             {S3_SUM_CRC32C, "e3069283"},
             {S3_SUM_CRC64NVME, "ae8b14860a799888"},
             {S3_SUM_SHA1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
             {S3_SUM_MD5, "25f9e794323b453885f5181f1b624d0b"},
             {S3_SUM_SHA256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    for (size_t cut = 0; cut <= 9; cut++) {
      unsigned char sum[64];
      char hex[129];
      s3_sum *s = s3_sum_new(all[i].a);
      ck_assert(s && s3_sum_add(s, "123456789", cut) && s3_sum_add(s, &"123456789"[cut], 9 - cut));
      s3_hex(sum, s3_sum_end(s, sum), hex);
      ck_assert_str_eq(hex, all[i].hex);
    }
  char text[S3_SUM_TEXT];
  ck_assert(s3_sum_base64(S3_SUM_CRC32, "123456789", 9, text));
  ck_assert_str_eq(text, "y/Q5Jg==");
}
END_TEST

START_TEST(endpoints) {
  static const struct {
    const char *url, *host, *base;
    bool https;
  } good[] = {{"http://minio:9000", "minio:9000", "", false}, {"https://s3.example.com:443/", "s3.example.com", "", true},
              {"HTTP://a:80/x/y//", "a", "/x/y", false},      {"https://a:80", "a:80", "", true},
              {"http://[::1]:7070", "[::1]:7070", "", false}, {"http://[::1]", "[::1]", "", false}};
  static const char *const bad[] = {"",           "minio:9000",     "ftp://a",    "http://",   "http:///x", "http://u:p@a",
                                    "http://a?b", "http://a:70000", "http://a b", "http://:80"};
  s3_endpoint e;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    ck_assert_msg(!s3_endpoint_read(good[i].url, &e), "%s", good[i].url);
    ck_assert_str_eq(e.host, good[i].host);
    ck_assert_str_eq(e.base, good[i].base);
    ck_assert_int_eq(e.https, good[i].https);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(s3_endpoint_read(bad[i], &e), "%s", bad[i]);
}
END_TEST

/* What the page says of memory: 10,000 parts are enough for 5 TiB, whether the size is known or not, and none is larger than 5 GiB. */
START_TEST(part_sizes) {
  const int64_t mib = 1 << 20, gib = 1 << 30, tib = 1024 * gib;
  const s3_config c = {.part_size = 16 * mib};
  int64_t sum = 0;
  for (size_t n = 1; n <= S3_MOST_PARTS; n++) {
    int64_t size = (int64_t)s3_part_size(&c, PINTLE_NONE, n);
    ck_assert_int_eq(size, 16 * mib * (n <= 4096 ? 1 : 1 + ((int64_t)n - 4096) / 50));
    if ((sum += size) <= 64 * gib) ck_assert_int_eq(size, 16 * mib);
  }
  ck_assert(sum > 5 * tib);
  const struct {
    int64_t size, part;
  } known[] = {{0, 0},
               {1, 1},
               {16 * mib, 16 * mib},
               {16 * mib + 1, 16 * mib},
               {160000 * mib, 16 * mib},
               {160000 * mib + 1, 16 * mib + 1},
               {5 * tib, (5 * tib + 9999) / 10000}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) ck_assert_int_eq(s3_part_size(&c, known[i].size, 1), known[i].part);
  const s3_config large = {.part_size = gib};
  for (size_t n = 1; n <= S3_MOST_PARTS; n++) ck_assert((int64_t)s3_part_size(&large, PINTLE_NONE, n) <= 5 * gib);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("s3_sigv4");
  TCase *t = tcase_create("all");
  tcase_add_test(t, get_object);
  tcase_add_test(t, put_object);
  tcase_add_test(t, get_lifecycle);
  tcase_add_test(t, list_objects);
  tcase_add_test(t, presigned);
  tcase_add_test(t, cache_is_of_one_secret_and_day);
  tcase_add_test(t, encoding);
  tcase_add_test(t, checksums);
  tcase_add_test(t, endpoints);
  tcase_add_test(t, part_sizes);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
