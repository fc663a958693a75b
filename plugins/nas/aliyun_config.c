/* aliyun_config.c -- the driver's keys of the configuration.  SPDX-License-Identifier: Apache-2.0 */
#include "aliyun.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* "http[s]://host[:port]" and nothing behind it: the host is signed. */
static bool is_url(const char *text) {
  size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;
  const char *host = text + scheme;
  return scheme && *host && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") == strlen(host);
}

static pintle_status check(pintle_call *call, const nas_aliyun *a) {
  const struct {
    const char *at, *value;
  } urls[] = {{"/aliyunEndpoint", a->endpoint}, {"/aliyunStsEndpoint", a->sts_endpoint}, {"/aliyunMetadataEndpoint", a->metadata}};
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
    if (*urls[i].value && !is_url(urls[i].value))
      return pintle_fail_at(call, PINTLE_INVALID, urls[i].at, "%s is not of the form https://host:port", urls[i].at + 1);
  if (!*a->oidc_provider != !*a->oidc_token_file)
    return pintle_fail_at(call, PINTLE_INVALID, *a->oidc_provider ? "/aliyunOidcProviderArn" : "/aliyunOidcTokenFile",
                          "aliyunOidcProviderArn and aliyunOidcTokenFile belong together");
  if (*a->oidc_provider && !*a->role_arn)
    return pintle_fail_at(call, PINTLE_INVALID, "/aliyunOidcProviderArn", "an OIDC token is for a role: aliyunRoleArn is missing");
  if (*a->oidc_provider && *a->credentials_file)
    return pintle_fail_at(call, PINTLE_INVALID, "/aliyunOidcProviderArn", "either a credentials file or an OIDC token, not both");
  if (a->retention_days != -1 && (a->retention_days < 1 || a->retention_days > 65536))
    return pintle_fail_at(call, PINTLE_INVALID, "/aliyunRetentionDays", "aliyunRetentionDays is neither -1 nor 1 to 65536");
  if (a->timeout <= 0) return pintle_fail_at(call, PINTLE_INVALID, "/aliyunTimeout", "aliyunTimeout is not above zero");
  return PINTLE_OK;
}

pintle_status nas_aliyun_open(pintle_call *call, void **self) {
  const pintle_doc *d = call->host->config(call);
  nas_aliyun *a = calloc(1, sizeof *a);
  if (!a) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  a->region = pintle_str_or(d, "/aliyunRegion", ""), a->endpoint = pintle_str_or(d, "/aliyunEndpoint", "");
  a->sts_endpoint = pintle_str_or(d, "/aliyunStsEndpoint", "");
  a->metadata = pintle_str_or(d, "/aliyunMetadataEndpoint", "http://100.100.100.200");
  a->ca_file = pintle_str_or(d, "/aliyunCaFile", ""), a->credentials_file = pintle_str_or(d, "/credentialsFile", "");
  a->ram_role = pintle_str_or(d, "/aliyunRamRole", ""), a->role_arn = pintle_str_or(d, "/aliyunRoleArn", "");
  a->oidc_provider = pintle_str_or(d, "/aliyunOidcProviderArn", ""), a->oidc_token_file = pintle_str_or(d, "/aliyunOidcTokenFile", "");
  a->zone = pintle_str_or(d, "/aliyunZoneId", ""), a->vpc = pintle_str_or(d, "/aliyunVpcId", "");
  a->vswitch = pintle_str_or(d, "/aliyunVSwitchId", ""), a->access_group = pintle_str_or(d, "/aliyunAccessGroup", "");
  a->retention_days = -1, a->timeout = (int64_t)1800 * 1000000000;
  d->api->get_i64(d, "/aliyunRetentionDays", &a->retention_days);
  d->api->get_i64(d, "/aliyunTimeout", &a->timeout);
  pintle_status st = check(call, a);
  if (st != PINTLE_OK) return free(a), st;
  *self = a;
  return PINTLE_OK;
}

void nas_aliyun_close(void *self) {
  nas_aliyun *a = self;
  if (a) OPENSSL_cleanse(&a->keys, sizeof a->keys);
  free(a);
}
