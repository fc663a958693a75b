/* tls.c -- see tls.h.  SPDX-License-Identifier: Apache-2.0 */
#include "velero/tls.h"
#include "base/base64.h"
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

/* ---- OpenSSL, opened when it is needed. libssl needs libcrypto, so one handle finds the functions of both. */
/* clang-format off */
#define FUNCTIONS(F) \
  F(ASN1_INTEGER_set_uint64) F(BIO_free) F(BIO_new_mem_buf) F(ERR_clear_error) F(EVP_PKEY_Q_keygen) F(EVP_PKEY_free) F(EVP_sha512) \
  F(PEM_read_bio_X509) F(SSL_CTX_ctrl) F(SSL_CTX_free) F(SSL_CTX_get_cert_store) F(SSL_CTX_new) F(SSL_CTX_set_alpn_select_cb) \
  F(SSL_CTX_set_verify) F(SSL_CTX_use_PrivateKey) F(SSL_CTX_use_certificate) F(SSL_free) F(SSL_get_error) F(SSL_new) F(SSL_read) \
  F(SSL_set_accept_state) F(SSL_set_fd) F(SSL_shutdown) F(SSL_write) F(TLS_server_method) F(X509V3_EXT_conf_nid) F(X509V3_set_ctx) \
  F(X509_EXTENSION_free) F(X509_NAME_add_entry_by_txt) F(X509_STORE_add_cert) F(X509_STORE_set_flags) F(X509_add_ext) F(X509_free) \
  F(X509_get_serialNumber) F(X509_get_subject_name) F(X509_getm_notAfter) F(X509_getm_notBefore) F(X509_gmtime_adj) F(X509_new) \
  F(X509_set_issuer_name) F(X509_set_pubkey) F(X509_set_version) F(X509_sign) F(i2d_X509) F(CRYPTO_free)
/* clang-format on */

typedef struct openssl {
  void *handle;
#define F(name) __typeof__(name) *name##_;
  FUNCTIONS(F)
#undef F
} openssl;

struct velero_tls {
  openssl f;
  SSL_CTX *context;
};

static bool find(const openssl *o, const char *name, void *to) {
  void *found = dlsym(o->handle, name);
  memcpy(to, &found, sizeof found); /* C has no cast from an object to a function */
  return found;
}

static pintle_status open_library(openssl *o, error *e) {
  o->handle = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
  if (!o->handle) {
    error_set(e, PINTLE_UNSUPPORTED, "the host wants TLS (PLUGIN_CLIENT_CERT), and OpenSSL is not here: %s", dlerror());
    error_hint(e, "install libssl3");
    return PINTLE_UNSUPPORTED;
  }
  bool all = true;
#define F(name) all = find(o, #name, &o->name##_) && all;
  FUNCTIONS(F)
#undef F
  return all ? PINTLE_OK : error_set(e, PINTLE_UNSUPPORTED, "libssl.so.3 lacks functions of OpenSSL 3");
}

/* ---- our certificate: as go-plugin's own, it is its own authority */
static bool extend(const openssl *f, X509 *x, X509V3_CTX *with, int nid, const char *value) {
  X509_EXTENSION *ext = f->X509V3_EXT_conf_nid_(NULL, with, nid, value);
  bool ok = ext && f->X509_add_ext_(x, ext, -1) == 1;
  f->X509_EXTENSION_free_(ext);
  return ok;
}

static bool extend_all(const openssl *f, X509 *x) {
  X509V3_CTX with = {0};
  f->X509V3_set_ctx_(&with, x, x, NULL, NULL, 0);
  return extend(f, x, &with, NID_basic_constraints, "critical,CA:TRUE") && extend(f, x, &with, NID_subject_alt_name, "DNS:localhost") &&
         extend(f, x, &with, NID_key_usage, "critical,digitalSignature,keyEncipherment,keyAgreement,keyCertSign") &&
         extend(f, x, &with, NID_ext_key_usage, "clientAuth,serverAuth");
}

static X509 *make_certificate(const openssl *f, EVP_PKEY *key) {
  X509 *x = f->X509_new_();
  if (!x) return NULL;
  X509_NAME *name = f->X509_get_subject_name_(x);
  bool ok = f->X509_set_version_(x, 2) == 1 && f->ASN1_INTEGER_set_uint64_(f->X509_get_serialNumber_(x), 1) == 1 &&
            f->X509_gmtime_adj_(f->X509_getm_notBefore_(x), -30) && f->X509_gmtime_adj_(f->X509_getm_notAfter_(x), 30L * 365 * 24 * 3600) &&
            f->X509_NAME_add_entry_by_txt_(name, "O", MBSTRING_ASC, (const unsigned char *)"pintle", -1, -1, 0) == 1 &&
            f->X509_NAME_add_entry_by_txt_(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0) == 1 &&
            f->X509_set_issuer_name_(x, name) == 1 && f->X509_set_pubkey_(x, key) == 1 && extend_all(f, x) &&
            f->X509_sign_(x, key, f->EVP_sha512_()) > 0;
  if (!ok) f->X509_free_(x), x = NULL;
  return x;
}

static bool publish(const openssl *f, X509 *x, buf *certificate) {
  unsigned char *der = NULL;
  int n = f->i2d_X509_(x, &der);
  if (n <= 0) return false;
  base64_encode((str){(const char *)der, (size_t)n}, certificate);
  while (certificate->len && certificate->data[certificate->len - 1] == '=') certificate->data[--certificate->len] = 0;
  f->CRYPTO_free_(der, __FILE__, __LINE__);
  return !certificate->failed;
}

static bool use_own(velero_tls *t, buf *certificate) {
  const openssl *f = &t->f;
  EVP_PKEY *key = f->EVP_PKEY_Q_keygen_(NULL, NULL, "EC", (char *)(uintptr_t) "P-521");
  X509 *x = key ? make_certificate(f, key) : NULL;
  bool ok = x && f->SSL_CTX_use_certificate_(t->context, x) == 1 && f->SSL_CTX_use_PrivateKey_(t->context, key) == 1 &&
            publish(f, x, certificate);
  f->X509_free_(x);
  f->EVP_PKEY_free_(key);
  return ok;
}

/* ---- theirs */
static bool trust(velero_tls *t, const char *pem) {
  const openssl *f = &t->f;
  X509_STORE *store = f->SSL_CTX_get_cert_store_(t->context);
  BIO *from = f->BIO_new_mem_buf_(pem, -1);
  size_t n = 0;
  bool ok = from;
  for (X509 *x; ok && (x = f->PEM_read_bio_X509_(from, NULL, NULL, NULL)); n++) {
    ok = f->X509_STORE_add_cert_(store, x) == 1;
    f->X509_free_(x);
  }
  f->X509_STORE_set_flags_(store, X509_V_FLAG_PARTIAL_CHAIN); /* that one certificate, whoever issued it */
  f->BIO_free_(from);
  f->ERR_clear_error_();
  return ok && n > 0;
}

static int choose_h2(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in, unsigned int n, void *ctx) {
  (void)ssl, (void)ctx;
  for (unsigned int i = 0; i < n; i += 1u + in[i])
    if (in[i] == 2 && n - i > 2 && in[i + 1] == 'h' && in[i + 2] == '2') return *out = in + i + 1, *out_len = 2, SSL_TLSEXT_ERR_OK;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

pintle_status velero_tls_new(const char *client_pem, velero_tls **out, buf *certificate, error *e) {
  velero_tls *t = calloc(1, sizeof *t);
  if (!t) return error_nomem(e);
  pintle_status st = open_library(&t->f, e);
  const openssl *f = &t->f;
  if (st == PINTLE_OK && !(t->context = f->SSL_CTX_new_(f->TLS_server_method_())))
    st = error_set(e, PINTLE_FAILED, "OpenSSL does not start");
  if (st == PINTLE_OK && !trust(t, client_pem)) st = error_set(e, PINTLE_INVALID, "PLUGIN_CLIENT_CERT holds no certificate (PEM)");
  if (st == PINTLE_OK && !use_own(t, certificate)) st = error_set(e, PINTLE_FAILED, "OpenSSL does not make a certificate");
  if (st != PINTLE_OK) return velero_tls_free(t), st;
  f->SSL_CTX_ctrl_(t->context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL);
  f->SSL_CTX_ctrl_(t->context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
  f->SSL_CTX_ctrl_(t->context, SSL_CTRL_MODE,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS, NULL);
  f->SSL_CTX_set_verify_(t->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  f->SSL_CTX_set_alpn_select_cb_(t->context, choose_h2, NULL);
  *out = t;
  return PINTLE_OK;
}

void velero_tls_free(velero_tls *t) {
  if (!t) return;
  if (t->context) t->f.SSL_CTX_free_(t->context);
  free(t); /* the library stays: it cannot be unloaded safely */
}

/* ---- a connection */
typedef struct tls_conn {
  const openssl *f;
  SSL *ssl;
  bool needs_input; /* writing waits for the peer, as in a handshake */
} tls_conn;

static ssize_t result(const tls_conn *c, int n) {
  switch (c->f->SSL_get_error_(c->ssl, n)) {
  case SSL_ERROR_NONE: return n;
  case SSL_ERROR_ZERO_RETURN: return 0;
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
  case SSL_ERROR_SYSCALL: errno = errno ? errno : ECONNRESET; return -1;
  default: errno = EPROTO; return -1; /* no certificate of the host's, no TLS at all */
  }
}

static ssize_t tls_read(void *ctx, void *to, size_t n) {
  tls_conn *c = ctx;
  c->f->ERR_clear_error_();
  errno = 0;
  c->needs_input = false;
  return result(c, c->f->SSL_read_(c->ssl, to, n > INT_MAX ? INT_MAX : (int)n));
}

static ssize_t tls_write(void *ctx, const void *p, size_t n) {
  tls_conn *c = ctx;
  c->f->ERR_clear_error_();
  errno = 0;
  int done = c->f->SSL_write_(c->ssl, p, n > INT_MAX ? INT_MAX : (int)n);
  c->needs_input = done <= 0 && c->f->SSL_get_error_(c->ssl, done) == SSL_ERROR_WANT_READ;
  return result(c, done);
}

static bool tls_needs_input(void *ctx) { return ((const tls_conn *)ctx)->needs_input; }

static void tls_close(void *ctx) {
  tls_conn *c = ctx;
  c->f->ERR_clear_error_();
  c->f->SSL_shutdown_(c->ssl);
  c->f->SSL_free_(c->ssl);
  free(c);
}

pintle_status velero_tls_accept(velero_tls *t, int fd, grpc_io *io, error *e) {
  tls_conn *c = calloc(1, sizeof *c);
  SSL *ssl = c ? t->f.SSL_new_(t->context) : NULL;
  if (!ssl || t->f.SSL_set_fd_(ssl, fd) != 1) {
    if (ssl) t->f.SSL_free_(ssl);
    return free(c), error_nomem(e);
  }
  t->f.SSL_set_accept_state_(ssl);
  *c = (tls_conn){.f = &t->f, .ssl = ssl};
  *io = (grpc_io){.fd = fd, .ctx = c, .read = tls_read, .write = tls_write, .needs_input = tls_needs_input, .close = tls_close};
  return PINTLE_OK;
}
