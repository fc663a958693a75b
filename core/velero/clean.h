/* clean.h -- texts of a message as Go takes them.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_VELERO_CLEAN_H
#define PINTLE_VELERO_CLEAN_H
#include "base/arena.h"
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

/* Go refuses a whole message for one text that is not UTF-8 (proto3 says so): what is wrong becomes U+FFFD, in every text of m and of the messages below
 * it; the new texts are in *a. For answers only: of a request another key would be another object. false: no memory. */
bool velero_clean(ProtobufCMessage *m, arena *a);
#endif
