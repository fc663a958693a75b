/* tls.c -- see tls.h.  SPDX-License-Identifier: Apache-2.0 */
#include "velero/tls.h"
pintle_status velero_tls_new(const char *client_pem, velero_tls **out, buf *certificate, error *e) {
  (void)client_pem, (void)out, (void)certificate;
  return error_set(e, PINTLE_UNSUPPORTED, "TLS is not here yet");
}
pintle_status velero_tls_accept(velero_tls *t, int fd, grpc_io *io, error *e) {
  (void)t, (void)fd, (void)io;
  return error_set(e, PINTLE_UNSUPPORTED, "TLS is not here yet");
}
void velero_tls_free(velero_tls *t) { (void)t; }
