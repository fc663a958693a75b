/* config.h -- the configuration of an entry, from the layers that have one for it.  SPDX-License-Identifier: Apache-2.0
 *
 * Private to core/chain. */
#ifndef PINTLE_CHAIN_CONFIG_H
#define PINTLE_CHAIN_CONFIG_H
#include "chain/order.h"

/* Fills entry->config, layers and n_layers. */
pintle_status chain_config_make(const chain_plan_options *o, arena *a, const chain_candidate *c, chain_entry *entry, error *e);
#endif
