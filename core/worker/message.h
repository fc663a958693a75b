/* message.h -- items and outcomes in frames.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_WORKER_MESSAGE_H
#define PINTLE_WORKER_MESSAGE_H
#include "chain/chain.h"
#include "worker/wire.h"

void message_put_item(buf *b, uint64_t ticket, const chain_input *in);
/* Texts point into the frame; ids and the type are looked up or copied to *a. INVALID: no such item can be. */
pintle_status message_get_item(wire_reader *r, arena *a, kube_types *types, uint64_t *ticket, chain_input *out);
/* The item's text is left out when it did not change. */
void message_put_outcome(buf *b, uint64_t ticket, const chain_outcome *o);
/* Every field is checked: a plugin that scribbled over its worker's memory must not harm the supervisor. n_entries: of the plan. */
pintle_status message_get_outcome(wire_reader *r, arena *a, kube_types *types, size_t n_entries, uint64_t *ticket, chain_outcome *out);
#endif
