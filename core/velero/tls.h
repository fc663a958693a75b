/* tls.h -- AutoMTLS: both sides of a go-plugin connection prove who they are.  SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL is opened at the first use (libssl.so.3), so a process that is not asked for TLS pays nothing. Facts: go-plugin's mtls.go. */
#ifndef PINTLE_VELERO_TLS_H
#define PINTLE_VELERO_TLS_H
#include "velero/grpc.h"

typedef struct velero_tls velero_tls;
/* Makes a key and a certificate for localhost, and takes only peers whose certificate is one of client_pem. *certificate gets ours: DER in base64 without
 * padding, as the handshake line has it. UNSUPPORTED: no OpenSSL 3 here. */
pintle_status velero_tls_new(const char *client_pem, velero_tls **out, buf *certificate, error *e);
/* The server's side on a connected socket (non-blocking). On failure fd stays the caller's. */
pintle_status velero_tls_accept(velero_tls *, int fd, grpc_io *io, error *e);
void velero_tls_free(velero_tls *); /* after its connections; NULL is fine */
#endif
