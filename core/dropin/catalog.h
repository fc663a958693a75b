/* catalog.h -- what Velero is offered: which names, under which of its kinds, and what is left out and why.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_DROPIN_CATALOG_H
#define PINTLE_DROPIN_CATALOG_H
#include "dropin/log.h"
#include "host/registry.h"

#define DROPIN_CHAIN "pintle.io/chain" /* the whole chain as one action, and the annotation that chooses a chain */

typedef struct dropin_offer {
  uint32_t kind;             /* CONF_* */
  const char *name;          /* as Velero knows it: the action's, an alias of it, or DROPIN_CHAIN */
  const host_plugin *plugin; /* NULL: the whole chain */
  const host_action *action;
} dropin_offer;
typedef struct dropin_catalog {
  dropin_offer *v;
  size_t n;
  bool one_action;
} dropin_catalog;

/* Velero's name of a kind in ListPlugins; "BackupItemActionV2". Actions of backup and restore are listed as version 2 only: Velero asks what is listed
 * in both lists twice for each item. */
const char *dropin_kind_name(uint32_t kind);
/* Why Velero would not start with that name, or would confuse it with one of its own; NULL: fine. */
const char *dropin_name_fault(uint32_t kind, const char *name);
/* Everything is in *a. chains[0] is the usual one; n_chains may be 0. Tells in the log what is set aside (an error where a chain lists it), left out,
 * and what chains list that is not there. */
pintle_status dropin_catalog_make(const host_registry *r, const conf_chain *const *chains, size_t n_chains, dropin_log *log, arena *a,
                                  dropin_catalog *out, error *e);
/* NULL: there is none. */
const dropin_offer *dropin_catalog_find(const dropin_catalog *c, uint32_t kind, str name);
#endif
