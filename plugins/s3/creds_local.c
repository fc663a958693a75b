/* creds_local.c -- credentials of the machine: containers (ECS, EKS pod identity) and instances.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Over http the token goes only to this machine and to the two services' own addresses (the SDK for Go: endpointcreds). No name is looked
 * up. */
static bool address_allowed(const char *host) {
  struct in_addr v4;
  struct in6_addr v6, eks;
  if (strcasecmp(host, "localhost") == 0) return true;
  if (inet_pton(AF_INET, host, &v4) == 1)
    return (ntohl(v4.s_addr) >> 24) == 127 || ntohl(v4.s_addr) == 0xa9feaa02 || ntohl(v4.s_addr) == 0xa9feaa17; /* 169.254.170.2, .23 */
  if (inet_pton(AF_INET6, host, &v6) != 1 || inet_pton(AF_INET6, "fd00:ec2::23", &eks) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6) || memcmp(&v6, &eks, sizeof v6) == 0;
}

bool creds_uri_allowed(const char *uri) {
  char host[256];
  if (strncasecmp(uri, "https://", 8) == 0) return uri[8] != 0;
  if (strncasecmp(uri, "http://", 7) != 0) return false;
  uri += 7;
  size_t all = strcspn(uri, "/?#"), n;
  if (memchr(uri, '@', all) || memchr(uri, '\\', all)) return false; /* what is in front would look like the host */
  if (*uri == '[') uri++, n = strcspn(uri, "]");
  else n = strcspn(uri, ":/?#");
  if (n == 0 || n >= sizeof host) return false;
  memcpy(host, uri, n);
  host[n] = 0;
  return address_allowed(host);
}

/* "Authorization: token" into *to; nothing when there is none. */
static pintle_status authorization(creds_ask *a, s3_text *token, s3_text *to) {
  const char *file = creds_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"), *plain = creds_env("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (*file) {
    pintle_status st = creds_secret_file(a, file, token); /* read each time: it is renewed */
    if (st != PINTLE_OK) return st == PINTLE_NOT_FOUND ? PINTLE_INVALID : st;
  } else if (strpbrk(plain, "\r\n")) {
    return creds_none(a, PINTLE_INVALID, "container: AWS_CONTAINER_AUTHORIZATION_TOKEN has more than one line");
  } else {
    s3_addz(token, plain);
  }
  if (token->n) s3_addf(to, "Authorization: %s", token->p);
  return token->failed || to->failed ? creds_none(a, PINTLE_NOMEM, "out of memory") : PINTLE_OK;
}

pintle_status creds_from_container(creds_ask *a, s3_creds *out) {
  const char *full = creds_env("AWS_CONTAINER_CREDENTIALS_FULL_URI"), *relative = creds_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (!*full && !*relative) return creds_none(a, PINTLE_NOT_FOUND, "container: AWS_CONTAINER_CREDENTIALS_FULL_URI is not set");
  s3_text token = {0}, header = {0}, url = {0}, body = {0};
  long status = 0;
  pintle_status st = PINTLE_OK;
  if (*full && !creds_uri_allowed(full))
    st = creds_none(a, PINTLE_INVALID,
                    "container: AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor a host that may be asked over http");
  else if (!*full && *relative != '/')
    st = creds_none(a, PINTLE_INVALID, "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /");
  if (st == PINTLE_OK) st = authorization(a, &token, &header);
  if (st != PINTLE_OK) goto out;
  s3_addf(&url, "%s%s", *full ? "" : a->chain->ecs, *full ? full : relative);
  if (url.failed) {
    st = creds_none(a, PINTLE_NOMEM, "out of memory");
    goto out;
  }
  const creds_request r = {.method = "GET",
                           .url = url.p,
                           .headers = {"Accept: application/json", header.p},
                           .connect_ms = 1000,
                           .total_ms = 5000,
                           .tries = 3,
                           .direct = strncasecmp(url.p, "http:", 5) == 0};
  st = creds_fetch(a, &r, &status, &body);
  if (st != PINTLE_OK) goto out;
  if (status == 200) {
    st = creds_from_json(a, "container", "container", s3_z(&body), out);
  } else {
    s3_text said = {0};
    creds_quote(&said, s3_z(&body), token.n ? token.p : NULL);
    st = creds_none(a, status == 429 || status >= 500 ? PINTLE_TRANSIENT : PINTLE_DENIED, "container: status %ld: %s", status, s3_z(&said));
    s3_text_free(&said);
  }
out:
  s3_text_free(&token), s3_text_free(&header), s3_text_free(&url), s3_text_free(&body);
  return st;
}

/* ---- instances: IMDSv2. In a pod behind one hop more than it allows there is no answer: the times are short. */
static pintle_status metadata(creds_ask *a, const char *method, const char *base, const char *path, const char *header, s3_text *body) {
  s3_text url = {0};
  long status = 0;
  s3_addf(&url, "%s%s", base, path);
  if (url.failed) return creds_none(a, PINTLE_NOMEM, "out of memory");
  const creds_request r = {
      .method = method, .url = url.p, .headers = {header}, .connect_ms = 1000, .total_ms = 2000, .tries = 1, .direct = true};
  pintle_status st = creds_fetch(a, &r, &status, body);
  if (st == PINTLE_TRANSIENT) st = PINTLE_NOT_FOUND; /* nobody there: no instance */
  else if (st == PINTLE_OK && status != 200)
    st = creds_none(a, status >= 500 ? PINTLE_TRANSIENT : PINTLE_NOT_FOUND, "instance: %s answers %ld", url.p, status);
  s3_text_free(&url);
  return st;
}

static bool plain(const char *text) { /* a role's name, or a token: nothing that ends a line or a path */
  for (; *text; text++)
    if ((unsigned char)*text <= ' ' || *text == 127 || *text == '?' || *text == '#') return false;
  return true;
}

pintle_status creds_from_instance(creds_ask *a, s3_creds *out) {
  if (strcasecmp(creds_env("AWS_EC2_METADATA_DISABLED"), "true") == 0)
    return creds_none(a, PINTLE_NOT_FOUND, "instance: AWS_EC2_METADATA_DISABLED is true");
  const char *given = creds_env("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  bool v6 = strcasecmp(creds_env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), "IPv6") == 0;
  char base[512], path[512];
  int n = snprintf(base, sizeof base, "%s", *given ? given : v6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
  if (n >= (int)sizeof base) return creds_none(a, PINTLE_INVALID, "instance: AWS_EC2_METADATA_SERVICE_ENDPOINT is too long");
  while (n > 0 && base[n - 1] == '/') base[--n] = 0;
  static const char roles[] = "/latest/meta-data/iam/security-credentials/";
  s3_text token = {0}, header = {0}, names = {0}, body = {0};
  pintle_status st = metadata(a, "PUT", base, "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 21600", &token);
  if (st != PINTLE_OK) goto out;
  if (!token.n || !plain(token.p)) {
    st = creds_none(a, PINTLE_NOT_FOUND, "instance: the answer of %s is no token", base);
    goto out;
  }
  s3_addf(&header, "X-aws-ec2-metadata-token: %s", token.p);
  st = header.failed ? creds_none(a, PINTLE_NOMEM, "out of memory") : metadata(a, "GET", base, roles, header.p, &names);
  if (st != PINTLE_OK) goto out;
  if (names.n) names.p[strcspn(names.p, "\r\n")] = 0; /* the first */
  if (!names.n || !*names.p || !plain(names.p) || snprintf(path, sizeof path, "%s%s", roles, names.p) >= (int)sizeof path) {
    st = creds_none(a, PINTLE_NOT_FOUND, "instance: it has no role");
    goto out;
  }
  st = metadata(a, "GET", base, path, header.p, &body);
  if (st == PINTLE_OK) st = creds_from_json(a, "instance", "instance metadata", s3_z(&body), out);
out:
  s3_text_free(&token), s3_text_free(&header), s3_text_free(&names), s3_text_free(&body);
  return st;
}
