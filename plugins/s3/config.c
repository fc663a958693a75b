/* config.c -- the configuration: velero-plugin-for-aws' keys and ours.  SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "sigv4.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
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

/* A mistake at `at`, "/key", with its name before it and what to do about it; hint may be NULL. */
PINTLE_PRINTF(4, 5)
static pintle_status wrong(pintle_call *call, const char *at, const char *hint, const char *format, ...) {
  char text[600];
  int n = snprintf(text, sizeof text, "%s: ", at + 1);
  va_list ap;
  va_start(ap, format);
  if (n < 0 || vsnprintf(text + n, sizeof text - (size_t)n, format, ap) < 0) text[0] = 0;
  va_end(ap);
  const pintle_error e = {.struct_size = sizeof e, .status = PINTLE_INVALID, .message = text, .hint = hint, .at = at};
  return (call->host->fail)(call, &e);
}

/* ---- URL */
static const char *wrong_characters(const char *url) {
  for (const unsigned char *c = (const unsigned char *)url; *c; c++) {
    if (*c == '?' || *c == '#') return "it has a query or a fragment";
    if (*c == '@') return "it names a user: keys belong to the credentials";
    if (*c <= ' ' || *c == 127 || *c == '\\' || *c == '%' || *c >= 128) return "it has blanks or other characters that it may not have";
  }
  return NULL;
}

/* Takes the scheme's own port off, as every client's Host header has it. */
static const char *wrong_port(s3_endpoint *e) {
  char *bracket = strrchr(e->host, ']'), *port = strrchr(bracket ? bracket : e->host, ':');
  if ((*e->host == '[') != (bracket != NULL) || (bracket && bracket[1] && bracket[1] != ':') || (!bracket && port != strchr(e->host, ':')))
    return "an IPv6 address stands in [ ]";
  if (!port) return NULL;
  if (port == e->host) return "it names no host";
  if (strspn(port + 1, "0123456789") != strlen(port + 1) || strlen(port + 1) > 5 || (port[1] && (atoi(port + 1) > 65535 || !atoi(port + 1))))
    return "its port is no number from 1 to 65535";
  if (!port[1] || atoi(port + 1) == (e->https ? 443 : 80)) *port = 0;
  return NULL;
}

const char *s3_endpoint_read(const char *url, s3_endpoint *to) {
  *to = (s3_endpoint){.https = strncasecmp(url, "https://", 8) == 0};
  const char *why = wrong_characters(url);
  if (why) return why;
  if (!to->https && strncasecmp(url, "http://", 7) != 0) return "it does not begin with http:// or https://";
  const char *host = url + (to->https ? 8 : 7);
  size_t n = strcspn(host, "/"), rest = strlen(host + n);
  while (rest && host[n + rest - 1] == '/') rest--;
  if (!n) return "it names no host";
  if (n >= sizeof to->host || rest >= sizeof to->base) return "it is too long";
  memcpy(to->host, host, n);
  memcpy(to->base, host + n, rest);
  return wrong_port(to);
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

typedef struct tags {
  s3_text sent, keys; /* "a=b&c=d", "&a=&c=": encoded */
  bool blank;         /* a key or value begins or ends with one */
  int n;
} tags;

static bool has_outer_blank(const char *text) { return *text && (*text == ' ' || text[strlen(text) - 1] == ' '); }

/* NULL: it is fine. */
static const char *add_tag(const char *pair, size_t n, tags *to) {
  const char *equals = memchr(pair, '=', n), *why = NULL;
  size_t k = equals ? (size_t)(equals - pair) : n;
  s3_text key = {0}, value = {0}, name = {0};
  if (!decode(pair, k, &key) || (equals && !decode(equals + 1, n - k - 1, &value))) why = "a % without two hex digits behind it";
  else if (!key.n) why = "a tag without a key";
  else if (characters(key.p) > 128) why = "a tag's key is longer than 128 characters";
  else if (characters(s3_z(&value)) > 256) why = "a tag's value is longer than 256 characters";
  if (!why) {
    s3_addz(&name, "&");
    s3_encode(&name, key.p, false);
    s3_addz(&name, "=");
    if (strstr(s3_z(&to->keys), s3_z(&name))) why = "the same key twice";
    s3_addz(&to->keys, s3_z(&name));
    s3_addz(&to->sent, s3_z(&name) + (to->n == 0));
    s3_encode(&to->sent, s3_z(&value), false);
    to->blank = to->blank || has_outer_blank(key.p) || has_outer_blank(s3_z(&value));
  }
  to->n++;
  s3_text_free(&key);
  s3_text_free(&value);
  s3_text_free(&name);
  return why;
}

static pintle_status read_tags(pintle_call *call, s3_config *c, const char *text) {
  tags to = {0};
  const char *why = NULL;
  for (const char *p = text; *p && !why;) {
    size_t length = strcspn(p, "&");
    why = length ? add_tag(p, length, &to) : "an empty tag";
    p += length;
    if (*p == '&' && !*++p && !why) why = "an empty tag";
  }
  if (!why && to.n > 10) why = "more than 10 tags";
  bool failed = to.sent.failed || to.keys.failed;
  s3_text_free(&to.keys);
  if (why || failed) s3_text_free(&to.sent);
  if (why) return wrong(call, "/tagging", "write it as a=b&c=d", "%s", why);
  if (failed) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (to.blank) pintle_log(call, PINTLE_LOG_WARN, "tagging: a key or a value begins or ends with a blank, which becomes a part of the tag");
  c->tagging = to.sent.p;
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
  if (fd < 0) return wrong(call, "/customerKeyEncryptionFile", NULL, "cannot open %s: %s", path, strerror(errno));
  while (n < sizeof key && got > 0)
    if ((got = read(fd, key + n, sizeof key - n)) > 0) n += (size_t)got;
  close(fd);
  pintle_status st = n == sizeof key ? use_key(call, c, key)
                                     : wrong(call, "/customerKeyEncryptionFile", NULL, "%s holds %zu bytes; the key for SSE-C has 32", path, n);
  OPENSSL_cleanse(key, sizeof key);
  return st;
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
    return wrong(call, at, "write the name of a Secret in Velero's namespace, a slash, and its key", "\"%s\" is not of the form name/key", text);
  if (!cluster)
    return pintle_fail_at(call, PINTLE_UNSUPPORTED, at, "%s: there is no cluster here to read the Secret from: use customerKeyEncryptionFile",
                          at + 1);
  memcpy(name, text, (size_t)(slash - text));
  name[slash - text] = 0;
  call->host->property(call, "velero.namespace", &ns);
  pintle_id id = {"", "v1", "secrets", ns.ptr, name};
  pintle_status st = cluster->get(call, &id, &secret);
  if (st != PINTLE_OK) return pintle_wrap(call, st, "reading Secret %s/%s for customerKeyEncryptionSecret", ns.ptr, name);
  const char *value = pintle_str_or(secret, pintle_key(pointer, sizeof pointer, "/data", slash + 1), NULL);
  if (!value) return wrong(call, at, NULL, "Secret %s/%s has no key %s", ns.ptr, name, slash + 1);
  size_t n = s3_unbase64(value, key, sizeof key);
  st = n == 32 ? use_key(call, c, key)
               : wrong(call, at, NULL, "key %s of Secret %s/%s has %zu bytes; the key for SSE-C has 32", slash + 1, ns.ptr, name, n);
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
/* choices: NULL-ended, "" allowed beside them. */
static pintle_status one_of(pintle_call *call, const char *at, const char *given, const char *const *choices) {
  char list[200] = "", hint[100];
  const char *near = NULL;
  size_t n = 0, k = strlen(given);
  for (size_t i = 0; choices[i]; i++) {
    if (strcmp(given, choices[i]) == 0) return PINTLE_OK;
    if (strcasecmp(given, choices[i]) == 0 || (!near && k > 2 && strncasecmp(given, choices[i], k) == 0)) near = choices[i];
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", choices[i]);
  }
  snprintf(hint, sizeof hint, "did you mean \"%s\"?", near ? near : "");
  return *given ? wrong(call, at, near ? hint : NULL, "\"%s\" is none of %s", given, list) : PINTLE_OK;
}

static pintle_status read_checksum(pintle_call *call, s3_config *c, const char *name) {
  const char *names[S3_SUM_MD5 + 2] = {NULL};
  for (int a = S3_SUM_NONE; a <= S3_SUM_MD5; a++) {
    names[a] = s3_sum_name((s3_algorithm)a);
    if (strcmp(name, names[a]) == 0) c->checksum = (s3_algorithm)a;
  }
  return one_of(call, "/checksumAlgorithm", name, names);
}

typedef enum unit { NUMBER, SIZE, DURATION } unit;

/* As one would write it. */
static const char *show(int64_t n, unit u, char to[40]) {
  static const struct {
    int64_t of;
    const char *name;
  } sizes[] = {{1 << 30, "Gi"}, {1 << 20, "Mi"}, {1 << 10, "Ki"}, {1, ""}},
    durations[] = {{3600000000000, "h"}, {60000000000, "m"}, {1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
  size_t i = 0;
  while (u == SIZE && (n % sizes[i].of || !n) && sizes[i].of > 1) i++;
  while (u == DURATION && n % durations[i].of && durations[i].of > 1) i++;
  if (u == DURATION && !n) i = 2;
  int64_t of = u == SIZE ? sizes[i].of : u == DURATION ? durations[i].of : 1;
  snprintf(to, 40, "%lld%s", (long long)(n / of), u == SIZE ? sizes[i].name : u == DURATION ? durations[i].name : "");
  return to;
}

static pintle_status in_range(pintle_call *call, const char *at, int64_t *to, unit u, int64_t least, int64_t most) {
  const pintle_doc *d = call->host->config(call);
  char text[3][40];
  d->api->get_i64(d, at, to);
  if (*to >= least && *to <= most) return PINTLE_OK;
  return wrong(call, at, NULL, "%s does not lie between %s and %s", show(*to, u, text[0]), show(least, u, text[1]), show(most, u, text[2]));
}

static pintle_status read_numbers(pintle_call *call, s3_config *c) {
  const int64_t second = 1000000000, day = 86400 * second;
  c->part_size = 16 << 20, c->concurrency = 2, c->max_retries = 8, c->connect_timeout = 10 * second, c->idle_timeout = 60 * second;
  pintle_status st = in_range(call, "/partSize", &c->part_size, SIZE, S3_LEAST_PART, 1 << 30);
  if (st == PINTLE_OK) st = in_range(call, "/concurrency", &c->concurrency, NUMBER, 1, 16);
  if (st == PINTLE_OK) st = in_range(call, "/maxRetries", &c->max_retries, NUMBER, 0, 50);
  if (st == PINTLE_OK) st = in_range(call, "/connectTimeout", &c->connect_timeout, DURATION, second, 3600 * second);
  if (st == PINTLE_OK) st = in_range(call, "/idleTimeout", &c->idle_timeout, DURATION, second, 3600 * second);
  if (st == PINTLE_OK) st = in_range(call, "/objectLockRetain", &c->retain, DURATION, 0, 36500 * day);
  return st;
}

static pintle_status check_url(pintle_call *call, const char *at, const char *url) {
  s3_endpoint e;
  const char *why = *url ? s3_endpoint_read(url, &e) : NULL;
  return why ? wrong(call, at, "write it as http://host:port or https://host:port, with the path before the bucket if there is one", "%s", why)
             : PINTLE_OK;
}

/* The first certificate of it; libcurl would say so with each request. */
static pintle_status check_ca(pintle_call *call, const char *pem) {
  if (!*pem) return PINTLE_OK;
  BIO *text = BIO_new_mem_buf(pem, -1);
  X509 *one = text ? PEM_read_bio_X509_AUX(text, NULL, NULL, NULL) : NULL;
  bool good = one != NULL;
  X509_free(one);
  BIO_free(text);
  ERR_clear_error(); /* it is said here, and not to who comes next */
  return good ? PINTLE_OK : wrong(call, "/caCert", "it is the text of a file that begins with -----BEGIN CERTIFICATE-----", "it holds no certificate");
}

static bool header_safe(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < ' ' || (unsigned char)*text >= 127) return false;
  return true;
}

static pintle_status check(pintle_call *call, const s3_config *c) {
  static const char *const encryptions[] = {"AES256", "aws:kms", "aws:kms:dsse", "aws:fsx", NULL};
  const struct {
    const char *at, *text;
  } headers[] = {{"/region", c->region},
                 {"/kmsKeyId", c->kms_key},
                 {"/serverSideEncryption", c->encryption},
                 {"/storageClass", c->storage_class},
                 {"/proxy", c->proxy}};
  pintle_status st = check_url(call, "/s3Url", c->url);
  if (st == PINTLE_OK) st = check_url(call, "/publicUrl", c->public_url);
  if (st == PINTLE_OK) st = check_ca(call, c->ca);
  for (size_t i = 0; i < sizeof headers / sizeof *headers && st == PINTLE_OK; i++)
    if (!header_safe(headers[i].text))
      st = wrong(call, headers[i].at, NULL, "it holds characters that no header may");
  if (st == PINTLE_OK && strpbrk(c->region, "/ ,")) st = wrong(call, "/region", NULL, "\"%s\" is no region", c->region);
  if (st == PINTLE_OK) st = one_of(call, "/serverSideEncryption", c->encryption, encryptions);
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
