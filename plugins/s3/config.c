/* config.c -- the configuration: velero-plugin-for-aws' keys and ours.  SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "sigv4.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define OPTION(n, t, fall, allowed, text) \
  static const pintle_option opt_##n = {  \
      .struct_size = sizeof(pintle_option), .type = t, .name = #n, .fallback = fall, .choices = allowed, .help = text}
OPTION(region, PINTLE_OPT_STRING, NULL, NULL, "the bucket's region; without it and without s3Url the store is asked");
OPTION(s3Url, PINTLE_OPT_STRING, NULL, NULL, "http or https URL of a store that is not Amazon's");
OPTION(publicUrl, PINTLE_OPT_STRING, NULL, NULL, "URL that signed download URLs name instead of s3Url");
OPTION(s3ForcePathStyle, PINTLE_OPT_BOOL, "false", NULL, "the bucket stands in the path and not in the host's name");
OPTION(insecureSkipTLSVerify, PINTLE_OPT_BOOL, "false", NULL, "the store's certificate is not checked");
OPTION(kmsKeyId, PINTLE_OPT_STRING, NULL, NULL, "SSE-KMS with this key");
OPTION(serverSideEncryption, PINTLE_OPT_STRING, NULL, NULL, "the store encrypts: AES256 or aws:kms");
OPTION(customerKeyEncryptionFile, PINTLE_OPT_STRING, NULL, NULL, "SSE-C with the first 32 bytes of this file");
OPTION(customerKeyEncryptionSecret, PINTLE_OPT_STRING, NULL, NULL, "SSE-C with the 32 bytes of a Secret: name/key");
OPTION(signatureVersion, PINTLE_OPT_STRING, NULL, NULL, "accepted and ignored: it is version 4");
OPTION(credentialsFile, PINTLE_OPT_STRING, NULL, NULL, "shared credentials file");
OPTION(profile, PINTLE_OPT_STRING, NULL, NULL, "profile of the shared files");
OPTION(enableSharedConfig, PINTLE_OPT_STRING, NULL, NULL, "accepted and ignored: it is on");
OPTION(tagging, PINTLE_OPT_STRING, NULL, NULL, "tags of every object: a=b&c=d, ten at most");
OPTION(checksumAlgorithm, PINTLE_OPT_STRING, "CRC32", NULL,
       "checksum header of what is put: CRC32, CRC32C, CRC64NVME, SHA1, SHA256, MD5 (Content-MD5), or none");
OPTION(partSize, PINTLE_OPT_SIZE, "16Mi", NULL, "bytes of a part of a multipart upload, 5Mi to 1Gi; later ones grow");
OPTION(concurrency, PINTLE_OPT_INT, "2", NULL, "parts that are under way at once, 1 to 16");
OPTION(storageClass, PINTLE_OPT_STRING, NULL, NULL, "x-amz-storage-class of every object");
OPTION(objectLockMode, PINTLE_OPT_STRING, NULL, "GOVERNANCE|COMPLIANCE", "object lock; with objectLockRetain");
OPTION(objectLockRetain, PINTLE_OPT_DURATION, NULL, NULL, "how long objects are locked");
OPTION(verify, PINTLE_OPT_STRING, "auto", "auto|read",
       "auto: what was put is read back where the store's answer does not prove it; read: always");
OPTION(maxRetries, PINTLE_OPT_INT, "8", NULL, "how often a request is repeated, 0 to 50");
OPTION(connectTimeout, PINTLE_OPT_DURATION, "10s", NULL, "until a connection stands");
OPTION(idleTimeout, PINTLE_OPT_DURATION, "60s", NULL, "without a byte, before a request is repeated");
OPTION(proxy, PINTLE_OPT_STRING, NULL, NULL, "URL of a proxy; else the environment's HTTPS_PROXY, HTTP_PROXY and NO_PROXY");

const pintle_option *const s3_options[] = {&opt_region,
                                           &opt_s3Url,
                                           &opt_publicUrl,
                                           &opt_s3ForcePathStyle,
                                           &opt_insecureSkipTLSVerify,
                                           &opt_kmsKeyId,
                                           &opt_serverSideEncryption,
                                           &opt_customerKeyEncryptionFile,
                                           &opt_customerKeyEncryptionSecret,
                                           &opt_signatureVersion,
                                           &opt_credentialsFile,
                                           &opt_profile,
                                           &opt_enableSharedConfig,
                                           &opt_tagging,
                                           &opt_checksumAlgorithm,
                                           &opt_partSize,
                                           &opt_concurrency,
                                           &opt_storageClass,
                                           &opt_objectLockMode,
                                           &opt_objectLockRetain,
                                           &opt_verify,
                                           &opt_maxRetries,
                                           &opt_connectTimeout,
                                           &opt_idleTimeout,
                                           &opt_proxy,
                                           NULL};

/* ---- URL */
bool s3_endpoint_parse(const char *url, s3_endpoint *to) {
  *to = (s3_endpoint){.https = strncasecmp(url, "https://", 8) == 0};
  if (!to->https && strncasecmp(url, "http://", 7) != 0) return false;
  const char *host = url + (to->https ? 8 : 7);
  size_t n = strcspn(host, "/"), rest = strlen(host + n);
  while (rest && host[n + rest - 1] == '/') rest--;
  if (!n || n >= sizeof to->host || rest >= sizeof to->base) return false;
  for (const unsigned char *c = (const unsigned char *)host; *c; c++)
    if (*c <= ' ' || *c == 127 || *c == '?' || *c == '#' || *c == '@' || *c == '\\' || *c == '%' || *c >= 128) return false;
  memcpy(to->host, host, n);
  memcpy(to->base, host + n, rest);
  char *port = strrchr(to->host, ':');
  if (port && strspn(port + 1, "0123456789") != strlen(port + 1)) port = NULL; /* inside [::1] */
  if (port == to->host) return false;
  if (port && (!port[1] || strcmp(port, to->https ? ":443" : ":80") == 0)) *port = 0; /* as every client's Host header has it */
  else if (port && (strlen(port + 1) > 5 || atoi(port + 1) > 65535 || atoi(port + 1) == 0)) return false;
  return true;
}

/* ---- tags: given as a=b&c=d, sent encoded; what is percent-encoded already is decoded first, as Go's url.ParseQuery does */
static int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode(const char *from, size_t n, s3_text *to) {
  for (size_t i = 0; i < n; i++) {
    char c = from[i] == '+' ? ' ' : from[i];
    if (c == '%') {
      if (i + 2 >= n || hex_digit(from[i + 1]) < 0 || hex_digit(from[i + 2]) < 0) return false;
      c = (char)(hex_digit(from[i + 1]) << 4 | hex_digit(from[i + 2])), i += 2;
      if (!c) return false;
    }
    s3_add(to, &c, 1);
  }
  return true;
}

static size_t characters(const char *text) {
  size_t n = 0;
  for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
  return n;
}

/* NULL: it is fine. */
static const char *add_tag(const char *pair, size_t n, s3_text *to) {
  const char *equals = memchr(pair, '=', n), *why = NULL;
  size_t k = equals ? (size_t)(equals - pair) : n;
  s3_text key = {0}, value = {0};
  if (!decode(pair, k, &key) || (equals && !decode(equals + 1, n - k - 1, &value))) why = "a % without two hex digits behind it";
  else if (!key.n) why = "a tag without a key";
  else if (characters(key.p) > 128) why = "a tag's key is longer than 128 characters";
  else if (characters(s3_z(&value)) > 256) why = "a tag's value is longer than 256 characters";
  if (!why) {
    if (to->n) s3_addz(to, "&");
    s3_encode(to, key.p, false);
    s3_addz(to, "=");
    s3_encode(to, s3_z(&value), false);
  }
  s3_text_free(&key);
  s3_text_free(&value);
  return why;
}

static pintle_status read_tags(pintle_call *call, s3_config *c, const char *text) {
  s3_text to = {0};
  const char *why = NULL;
  int n = 0;
  for (const char *p = text; *p && !why; n++) {
    size_t length = strcspn(p, "&");
    why = length ? add_tag(p, length, &to) : "an empty tag";
    p += length;
    if (*p == '&' && !*++p && !why) why = "an empty tag";
  }
  if (!why && n > 10) why = "more than 10 tags";
  if (why) s3_text_free(&to);
  if (why) return pintle_fail_at(call, PINTLE_INVALID, "/tagging", "tagging: %s", why);
  if (to.failed) return s3_text_free(&to), pintle_fail(call, PINTLE_NOMEM, "out of memory");
  c->tagging = to.p;
  return PINTLE_OK;
}

/* ---- SSE-C */
static pintle_status use_key(pintle_call *call, s3_config *c, const unsigned char key[32]) {
  s3_base64(key, 32, c->customer_key);
  return s3_sum_base64(S3_SUM_MD5, key, 32, c->customer_md5) ? PINTLE_OK
                                                             : pintle_fail(call, PINTLE_FAILED, "MD5 of the customer key failed");
}

static pintle_status key_from_file(pintle_call *call, s3_config *c, const char *path) {
  unsigned char key[32];
  size_t n = 0;
  ssize_t got = 1;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return pintle_fail_at(call, PINTLE_INVALID, "/customerKeyEncryptionFile", "cannot open %s: %s", path, strerror(errno));
  while (n < sizeof key && got > 0)
    if ((got = read(fd, key + n, sizeof key - n)) > 0) n += (size_t)got;
  close(fd);
  pintle_status st = n == sizeof key ? use_key(call, c, key)
                                     : pintle_fail_at(call, PINTLE_INVALID, "/customerKeyEncryptionFile",
                                                      "%s holds %zu bytes; the key for SSE-C has 32", path, n);
  OPENSSL_cleanse(key, sizeof key);
  return st;
}

static int base64_value(char c) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *at = c ? strchr(digits, c) : NULL;
  return at ? (int)(at - digits) : -1;
}

static size_t unbase64(const char *text, unsigned char *to, size_t most) {
  unsigned bits = 0, have = 0;
  size_t n = 0;
  for (; *text && *text != '='; text++) {
    int v = base64_value(*text);
    if (v < 0) continue;
    bits = bits << 6 | (unsigned)v, have += 6;
    if (have >= 8) {
      have -= 8;
      if (n < most) to[n] = (unsigned char)(bits >> have);
      n++;
    }
  }
  return n;
}

static pintle_status key_from_secret(pintle_call *call, s3_config *c, const char *text) {
  static const char at[] = "/customerKeyEncryptionSecret";
  const pintle_objects *cluster = (const pintle_objects *)call->host->extension(call->host, PINTLE_EXT_CLUSTER);
  const char *slash = strchr(text, '/');
  pintle_str ns = {"velero", 6};
  char name[254], pointer[300];
  unsigned char key[33];
  const pintle_doc *secret = NULL;
  if (!slash || slash == text || !slash[1] || strchr(slash + 1, '/') || (size_t)(slash - text) >= sizeof name)
    return pintle_fail_at(call, PINTLE_INVALID, at, "\"%s\" is not of the form name/key", text);
  if (!cluster)
    return pintle_fail_at(call, PINTLE_UNSUPPORTED, at, "there is no cluster here to read the Secret from: use customerKeyEncryptionFile");
  memcpy(name, text, (size_t)(slash - text));
  name[slash - text] = 0;
  call->host->property(call, "velero.namespace", &ns);
  pintle_id id = {"", "v1", "secrets", ns.ptr, name};
  pintle_status st = cluster->get(call, &id, &secret);
  if (st != PINTLE_OK) return pintle_wrap(call, st, "reading Secret %s/%s for customerKeyEncryptionSecret", ns.ptr, name);
  const char *value = pintle_str_or(secret, pintle_key(pointer, sizeof pointer, "/data", slash + 1), NULL);
  if (!value) return pintle_fail_at(call, PINTLE_INVALID, at, "Secret %s/%s has no key %s", ns.ptr, name, slash + 1);
  size_t n = unbase64(value, key, sizeof key);
  st = n == 32 ? use_key(call, c, key)
               : pintle_fail_at(call, PINTLE_INVALID, at, "key %s of Secret %s/%s has %zu bytes; the key for SSE-C has 32", slash + 1,
                                ns.ptr, name, n);
  OPENSSL_cleanse(key, sizeof key);
  return st;
}

static pintle_status read_customer_key(pintle_call *call, s3_config *c) {
  const pintle_doc *d = call->host->config(call);
  const char *file = pintle_str_or(d, "/customerKeyEncryptionFile", ""), *secret = pintle_str_or(d, "/customerKeyEncryptionSecret", "");
  if ((*c->kms_key != 0) + (*file != 0) + (*secret != 0) > 1)
    return pintle_fail_at(call, PINTLE_INVALID, *secret ? "/customerKeyEncryptionSecret" : "/customerKeyEncryptionFile",
                          "you can only use one of kmsKeyId, customerKeyEncryptionFile and customerKeyEncryptionSecret");
  if (*file) return key_from_file(call, c, file);
  return *secret ? key_from_secret(call, c, secret) : PINTLE_OK;
}

/* ---- the rest */
static pintle_status read_checksum(pintle_call *call, s3_config *c, const char *name) {
  if (!*name) return c->checksum = S3_SUM_NONE, PINTLE_OK;
  for (int a = S3_SUM_NONE; a <= S3_SUM_MD5; a++)
    if (strcmp(name, s3_sum_name((s3_algorithm)a)) == 0) return c->checksum = (s3_algorithm)a, PINTLE_OK;
  return pintle_fail_at(call, PINTLE_INVALID, "/checksumAlgorithm",
                        "checksumAlgorithm \"%s\" is none of CRC32, CRC32C, CRC64NVME, SHA1, SHA256, MD5, none and \"\"", name);
}

static pintle_status in_range(pintle_call *call, const char *at, int64_t *to, int64_t least, int64_t most) {
  const pintle_doc *d = call->host->config(call);
  d->api->get_i64(d, at, to);
  if (*to >= least && *to <= most) return PINTLE_OK;
  return pintle_fail_at(call, PINTLE_INVALID, at, "%s is %lld; it must lie between %lld and %lld", at + 1, (long long)*to, (long long)least,
                        (long long)most);
}

static pintle_status read_numbers(pintle_call *call, s3_config *c) {
  const int64_t second = 1000000000, day = 86400 * second;
  c->part_size = 16 << 20, c->concurrency = 2, c->max_retries = 8, c->connect_timeout = 10 * second, c->idle_timeout = 60 * second;
  pintle_status st = in_range(call, "/partSize", &c->part_size, S3_LEAST_PART, 1 << 30);
  if (st == PINTLE_OK) st = in_range(call, "/concurrency", &c->concurrency, 1, 16);
  if (st == PINTLE_OK) st = in_range(call, "/maxRetries", &c->max_retries, 0, 50);
  if (st == PINTLE_OK) st = in_range(call, "/connectTimeout", &c->connect_timeout, second, 3600 * second);
  if (st == PINTLE_OK) st = in_range(call, "/idleTimeout", &c->idle_timeout, second, 3600 * second);
  if (st == PINTLE_OK) st = in_range(call, "/objectLockRetain", &c->retain, 0, 36500 * day);
  return st;
}

static pintle_status check_url(pintle_call *call, const char *at, const char *url) {
  s3_endpoint e;
  if (!*url || s3_endpoint_parse(url, &e)) return PINTLE_OK;
  return pintle_fail_at(call, PINTLE_INVALID, at, "%s is no URL of the form http://host[:port] or https://host[:port]", at + 1);
}

static bool header_safe(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < ' ' || (unsigned char)*text >= 127) return false;
  return true;
}

static pintle_status check(pintle_call *call, const s3_config *c) {
  const struct {
    const char *at, *text;
  } headers[] = {{"/region", c->region},
                 {"/kmsKeyId", c->kms_key},
                 {"/serverSideEncryption", c->encryption},
                 {"/storageClass", c->storage_class},
                 {"/proxy", c->proxy}};
  pintle_status st = check_url(call, "/s3Url", c->url);
  if (st == PINTLE_OK) st = check_url(call, "/publicUrl", c->public_url);
  for (size_t i = 0; i < sizeof headers / sizeof *headers && st == PINTLE_OK; i++)
    if (!header_safe(headers[i].text))
      st = pintle_fail_at(call, PINTLE_INVALID, headers[i].at, "%s holds characters that no header may", headers[i].at + 1);
  if (st == PINTLE_OK && strpbrk(c->region, "/ ,")) st = pintle_fail_at(call, PINTLE_INVALID, "/region", "\"%s\" is no region", c->region);
  if (st == PINTLE_OK && !*c->lock_mode != !c->retain)
    st = pintle_fail_at(call, PINTLE_INVALID, *c->lock_mode ? "/objectLockMode" : "/objectLockRetain",
                        "objectLockMode and objectLockRetain belong together");
  return st;
}

pintle_status s3_config_read(pintle_call *call, s3_config *c) {
  const pintle_doc *d = call->host->config(call);
  int32_t on = 0;
  *c = (s3_config){.region = pintle_str_or(d, "/region", ""),
                   .url = pintle_str_or(d, "/s3Url", ""),
                   .public_url = pintle_str_or(d, "/publicUrl", ""),
                   .ca = pintle_str_or(d, "/caCert", ""),
                   .credentials_file = pintle_str_or(d, "/credentialsFile", ""),
                   .profile = pintle_str_or(d, "/profile", ""),
                   .kms_key = pintle_str_or(d, "/kmsKeyId", ""),
                   .encryption = pintle_str_or(d, "/serverSideEncryption", ""),
                   .storage_class = pintle_str_or(d, "/storageClass", ""),
                   .lock_mode = pintle_str_or(d, "/objectLockMode", ""),
                   .proxy = pintle_str_or(d, "/proxy", "")};
  if (d->api->get_bool(d, "/s3ForcePathStyle", &on) == PINTLE_OK) c->path_style = on;
  if (d->api->get_bool(d, "/insecureSkipTLSVerify", &on) == PINTLE_OK) c->insecure = on;
  c->read_back = strcmp(pintle_str_or(d, "/verify", "auto"), "read") == 0;
  pintle_status st = read_numbers(call, c);
  if (st == PINTLE_OK) st = check(call, c);
  if (st == PINTLE_OK) st = read_checksum(call, c, pintle_str_or(d, "/checksumAlgorithm", "CRC32"));
  if (st == PINTLE_OK) st = read_customer_key(call, c);
  if (st == PINTLE_OK) st = read_tags(call, c, pintle_str_or(d, "/tagging", ""));
  if (st != PINTLE_OK) s3_config_free(c);
  return st;
}

void s3_config_free(s3_config *c) {
  OPENSSL_cleanse(c->customer_key, sizeof c->customer_key);
  free(c->tagging);
  c->tagging = NULL;
}
