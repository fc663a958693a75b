/* aliyun_config.c -- the driver's keys of the configuration.  SPDX-License-Identifier: Apache-2.0 */
#include "aliyun.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define OPTION(n, t, fall, text) \
  static const pintle_option opt_##n = {.struct_size = sizeof(pintle_option), .type = t, .name = #n, .fallback = fall, .help = text}
OPTION(aliyunRegion, PINTLE_OPT_STRING, NULL, "aliyun: region of volumes that do not tell theirs");
OPTION(aliyunEndpoint, PINTLE_OPT_STRING, NULL, "aliyun: URL of NAS, instead of https://nas.REGION.aliyuncs.com");
OPTION(aliyunStsEndpoint, PINTLE_OPT_STRING, NULL, "aliyun: URL of STS, instead of https://sts.aliyuncs.com");
OPTION(aliyunMetadataEndpoint, PINTLE_OPT_STRING, "http://100.100.100.200", "aliyun: URL of the instance's metadata");
OPTION(aliyunCaFile, PINTLE_OPT_STRING, NULL, "aliyun: certificates (PEM) that vouch for the endpoints, beside the system's");
OPTION(aliyunRamRole, PINTLE_OPT_STRING, NULL, "aliyun: RAM role of the instance we run on; without it the metadata say it");
OPTION(aliyunRoleArn, PINTLE_OPT_STRING, NULL, "aliyun: role that is taken with the keys, or with the OIDC token");
OPTION(aliyunOidcProviderArn, PINTLE_OPT_STRING, NULL, "aliyun: OIDC provider of the role (RRSA)");
OPTION(aliyunOidcTokenFile, PINTLE_OPT_STRING, NULL, "aliyun: file with the OIDC token (RRSA)");
OPTION(aliyunRetentionDays, PINTLE_OPT_INT, "-1", "aliyun: days after which Alibaba removes a snapshot by itself; -1 never");
OPTION(aliyunZoneId, PINTLE_OPT_STRING, NULL, "aliyun: zone of restored file systems; without it the source's");
OPTION(aliyunVpcId, PINTLE_OPT_STRING, NULL, "aliyun: VPC of restored mount targets; without it the source's");
OPTION(aliyunVSwitchId, PINTLE_OPT_STRING, NULL, "aliyun: vSwitch of restored mount targets; without it the source's");
OPTION(aliyunAccessGroup, PINTLE_OPT_STRING, NULL, "aliyun: permission group of restored mount targets; without it the source's");
OPTION(aliyunTimeout, PINTLE_OPT_DURATION, "30m", "aliyun: how long a snapshot, a file system or a mount target may take");

const pintle_option *const nas_aliyun_options[] = {
    &opt_aliyunRegion,        &opt_aliyunEndpoint,      &opt_aliyunStsEndpoint, &opt_aliyunMetadataEndpoint,
    &opt_aliyunCaFile,        &opt_aliyunRamRole,       &opt_aliyunRoleArn,     &opt_aliyunOidcProviderArn,
    &opt_aliyunOidcTokenFile, &opt_aliyunRetentionDays, &opt_aliyunZoneId,      &opt_aliyunVpcId,
    &opt_aliyunVSwitchId,     &opt_aliyunAccessGroup,   &opt_aliyunTimeout,     NULL};

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
