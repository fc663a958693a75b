/* base64.h -- RFC 4648, the standard alphabet with padding.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_BASE64_H
#define PINTLE_BASE_BASE64_H
#include "base/buf.h"

void base64_encode(str bytes, buf *out); /* appended */
/* As Go's encoding/json reads []byte: lines may be broken. INVALID: it is none; NOMEM. */
pintle_status base64_decode(str text, buf *out);
#endif
