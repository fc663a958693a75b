/* test_velero_tls.c -- AutoMTLS: the host's own certificate is let in, and nobody else.  SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"
#include "velero.h"
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

typedef struct identity {
  EVP_PKEY *key;
  X509 *certificate;
  char pem[4096]; /* "PLUGIN_CLIENT_CERT=..." */
} identity;
static void make(identity *i) {
  BIO *b = BIO_new(BIO_s_mem());
  i->key = EVP_EC_gen("P-521");
  i->certificate = X509_new();
  X509 *x = i->certificate;
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -30);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  X509_set_pubkey(x, i->key);
  ck_assert_int_gt(X509_sign(x, i->key, EVP_sha512()), 0);
  PEM_write_bio_X509(b, x);
  int n = snprintf(i->pem, sizeof i->pem, "PLUGIN_CLIENT_CERT=");
  int got = BIO_read(b, i->pem + n, (int)sizeof i->pem - n - 1);
  ck_assert_int_gt(got, 0);
  i->pem[n + got] = 0;
  BIO_free(b);
}

/* ---- the client's side of TLS, which asks for `localhost` with the certificate of the handshake line */
static ssize_t through(SSL *ssl, int n) {
  int why = SSL_get_error(ssl, n);
  if (n > 0) return n;
  errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
  return why == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}
static ssize_t client_read(void *ctx, void *to, size_t n) { return through(ctx, SSL_read(ctx, to, (int)n)); }
static ssize_t client_write(void *ctx, const void *p, size_t n) { return through(ctx, SSL_write(ctx, p, (int)n)); }
static void client_close(void *ctx) { SSL_free(ctx); }

static X509 *announced(const served *s) {
  char line[4096], *rest = line, *part = NULL;
  buf der = {0}, padded = {0};
  snprintf(line, sizeof line, "%s", s->line);
  line[strlen(line) - 1] = 0;
  for (int i = 0; i < 6; i++) part = strsep(&rest, "|");
  ck_assert_ptr_nonnull(part);
  ck_assert_ptr_null(strchr(part, '='));
  buf_addz(&padded, part);
  while (padded.len % 4) buf_addc(&padded, '=');
  ck_assert_int_eq(base64_decode(buf_str(&padded), &der), PINTLE_OK);
  const unsigned char *p = (const unsigned char *)der.data;
  X509 *x = d2i_X509(NULL, &p, (long)der.len);
  ck_assert_ptr_nonnull(x);
  buf_free(&der);
  buf_free(&padded);
  return x;
}

/* Echo of 200 KB as `who` (NULL: nobody). */
static pintle_status call(const served *s, const identity *who, int version) {
  static char big[200000];
  static const grpc_events events = {.message = asked_message, .closed = asked_closed};
  SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
  X509 *theirs = announced(s);
  int fd = dial(s);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), theirs);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (version) SSL_CTX_set_max_proto_version(ctx, version);
  if (who) SSL_CTX_use_certificate(ctx, who->certificate), SSL_CTX_use_PrivateKey(ctx, who->key);
  SSL *ssl = SSL_new(ctx);
  SSL_set_fd(ssl, fd);
  SSL_set_connect_state(ssl);
  SSL_set1_host(ssl, "localhost");
  SSL_set_alpn_protos(ssl, (const unsigned char *)"\2h2", 3);
  grpc_conn *c;
  asked a;
  ck_assert_int_eq(grpc_conn_new(false, (grpc_io){fd, ssl, client_read, client_write, NULL, client_close}, &events, NULL, &c, NULL),
                   PINTLE_OK);
  grpc_stream *stream = begin(c, "/test/Echo", &a, 0);
  grpc_stream_send(stream, (str){big, sizeof big});
  grpc_stream_end(stream);
  finish(c, &a);
  if (a.closed && a.st == PINTLE_OK) ck_assert_uint_eq(a.all.len, sizeof big);
  pintle_status st = a.closed ? a.st : PINTLE_FAILED;
  grpc_conn_free(c);
  buf_free(&a.all);
  SSL_CTX_free(ctx);
  X509_free(theirs);
  return st;
}

START_TEST(only_the_host) {
  identity host, other;
  served s;
  make(&host);
  make(&other);
  const char *const environment[] = {host.pem, NULL};
  serve(&s, environment);
  ck_assert_int_eq(call(&s, &host, 0), PINTLE_OK);
  ck_assert_int_eq(call(&s, &host, TLS1_2_VERSION), PINTLE_OK);
  ck_assert_int_ne(call(&s, &host, TLS1_1_VERSION), PINTLE_OK);
  ck_assert_int_ne(call(&s, &other, 0), PINTLE_OK);
  ck_assert_int_ne(call(&s, NULL, 0), PINTLE_OK);
  grpc_conn *plain = connect_grpc(&s); /* no TLS at all */
  asked a;
  begin(plain, "/test/Echo", &a, 0);
  finish(plain, &a);
  grpc_conn_free(plain);
  ck_assert(a.closed && a.st != PINTLE_OK);
  ck_assert_int_eq(call(&s, &host, 0), PINTLE_OK);
  serve_end(&s);
  EVP_PKEY_free(host.key);
  X509_free(host.certificate);
  EVP_PKEY_free(other.key);
  X509_free(other.certificate);
}
END_TEST

START_TEST(no_certificate_at_all) {
  const char *const environment[] = {"PLUGIN_CLIENT_CERT=rubbish", NULL};
  const velero_server_options o = {.environment = environment, .handshake = 1, .call = serve_later};
  velero_server *s = NULL;
  error e;
  ck_assert_int_eq(velero_server_new(&o, &s, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "PLUGIN_CLIENT_CERT holds no certificate (PEM)");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("velero_tls");
  TCase *tc = tcase_create("all");
  tcase_add_test(tc, only_the_host);
  tcase_add_test(tc, no_certificate_at_all);
  tcase_set_timeout(tc, 15);
  suite_add_tcase(suite, tc);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
