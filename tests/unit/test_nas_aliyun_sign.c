/* test_nas_aliyun_sign.c -- ACS3-HMAC-SHA256: Alibaba Cloud's published example, order and encoding.  SPDX-License-Identifier: Apache-2.0 */
#include "aliyun_sign.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *line(const char *headers, size_t i) {
  while (i--) headers += strlen(headers) + 1;
  return headers;
}

START_TEST(published_example) {
  const nas_aliyun_param params[] = {{"RegionId", "cn-shanghai"}, {"ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}};
  const nas_aliyun_signing s = {.host = "ecs.cn-shanghai.aliyuncs.com",
                                .action = "RunInstances",
                                .version = "2014-05-26",
                                .params = params,
                                .n_params = 2,
                                .date = "2023-10-26T10:22:32Z",
                                .nonce = "3156853299f313e23d1673dc12e1703d",
                                .key_id = "YourAccessKeyId",
                                .secret = "YourAccessKeySecret",
                                .token = ""};
  nas_text query = {0}, headers = {0};
  size_t n = 0;
  char canonical[65];
  ck_assert(nas_aliyun_sign(&s, &query, &headers, &n, canonical));
  ck_assert_str_eq(query.p, "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai");
  ck_assert_str_eq(canonical, "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259");
  ck_assert_uint_eq(n, 6);
  ck_assert_str_eq(line(headers.p, 0), "x-acs-action: RunInstances");
  ck_assert_str_eq(line(headers.p, 5),
                   "Authorization: ACS3-HMAC-SHA256 "
                   "Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-"
                   "version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
  nas_text_free(&query);
  nas_text_free(&headers);
}
END_TEST

START_TEST(token_is_signed) {
  const nas_aliyun_signing s = {.host = "h", .action = "A", .version = "1", .date = "d", .nonce = "n", .key_id = "k", .secret = "s", .token = "T"};
  nas_text query = {0}, headers = {0};
  size_t n = 0;
  ck_assert(nas_aliyun_sign(&s, &query, &headers, &n, NULL));
  ck_assert_uint_eq(n, 7);
  ck_assert_str_eq(line(headers.p, 3), "x-acs-security-token: T");
  ck_assert_ptr_nonnull(strstr(line(headers.p, 6), "x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version,"));
  nas_text_free(&query);
  nas_text_free(&headers);
}
END_TEST

START_TEST(query_is_sorted_and_encoded) {
  const nas_aliyun_param params[] = {{"b", "a b*~'/+"}, {"B", "\xc3\xa4"}, {"a", ""}, {"c", NULL}, {"aa", "1"}};
  nas_text query = {0};
  ck_assert(nas_aliyun_query(params, 5, &query));
  ck_assert_str_eq(query.p, "B=%C3%A4&aa=1&b=a%20b%2A~%27%2F%2B");
  nas_text_free(&query);
  nas_aliyun_param many[NAS_ALIYUN_PARAMS + 1];
  for (size_t i = 0; i <= NAS_ALIYUN_PARAMS; i++) many[i] = (nas_aliyun_param){"n", "v"};
  ck_assert(!nas_aliyun_query(many, NAS_ALIYUN_PARAMS + 1, &query));
  nas_text_free(&query);
}
END_TEST

START_TEST(dates) {
  char date[NAS_ALIYUN_DATE];
  nas_aliyun_date(1698315752, date);
  ck_assert_str_eq(date, "2023-10-26T10:22:32Z");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("nas_aliyun_sign");
  TCase *c = tcase_create("all");
  tcase_add_test(c, published_example);
  tcase_add_test(c, token_is_signed);
  tcase_add_test(c, query_is_sorted_and_encoded);
  tcase_add_test(c, dates);
  suite_add_tcase(suite, c);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int bad = srunner_ntests_failed(r);
  srunner_free(r);
  return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
