/* chain.h -- the chain file, read and checked.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_CHAIN_H
#define PINTLE_CONF_CHAIN_H
#include "conf/document.h"

enum { CONF_FAIL_ITEM = 0, CONF_WARN = 1, CONF_FAIL_RUN = 2 };
/* Kinds by Velero's names; 0 = any. The numbers are used by host and chain too. */
enum {
  CONF_ANY_KIND = 0,
  CONF_BACKUP_ITEM_ACTION,
  CONF_RESTORE_ITEM_ACTION,
  CONF_DELETE_ITEM_ACTION,
  CONF_ITEM_BLOCK_ACTION,
  CONF_VOLUME_SNAPSHOTTER,
  CONF_OBJECT_STORE,
  CONF_KINDS
};
extern const char *const conf_kind_names[CONF_KINDS]; /* "", "BackupItemAction", ... */

typedef struct conf_chain_plugin {
  const char *name;          /* file name, "nas.so" */
  const char *const *sha256; /* NULL-ended, lower case hex; NULL = not pinned */
  const char *const *env;    /* NULL-ended; "HTTPS_PROXY", "AWS_*" */
  const item_node *at;
  const conf_document *document; /* in which `at` is; NULL: made by a program */
} conf_chain_plugin;
typedef struct conf_chain_action {
  const char *name;
  uint32_t kind; /* CONF_ANY_KIND when not given */
  int32_t on_error;
  int64_t timeout;         /* 0 = not given */
  const item_node *config; /* object or NULL */
  const item_node *at;
  const conf_document *document; /* in which config and at are; NULL: made by a program */
} conf_chain_action;
typedef struct conf_chain {
  const conf_document *document; /* NULL: the empty chain */
  const char *name;              /* "default" */
  bool strict;                   /* trust: strict */
  const conf_chain_plugin *plugins;
  size_t n_plugins;
  const conf_chain_action *actions;
  size_t n_actions;
  const struct conf_alias {
    const char *alias, *name;
    const conf_document *document;
  } * aliases;
  size_t n_aliases;
  bool one_action;             /* dropIn.oneAction: Velero is offered the chain as a whole */
  int64_t file_system_timeout; /* dropIn.fileSystemBackupTimeout; 0 = not given */
} conf_chain;
/* The PluginChain of that name (NULL: the only one, or "default", or none at all = an empty chain). Everything is in *a. An action or plugin
 * listed twice (same kind), a timeout of 0 or less, a bad sha256: INVALID with its place. */
pintle_status conf_chain_read(const conf_set *set, const char *name, arena *a, conf_chain *out, error *e);
/* As that, but documents of one name are parts of one chain, in the order of the set (several vendors' files beside a drop-in); what two of them
 * say of the same action, plugin or alias is INVALID. The set need not have been checked. */
pintle_status conf_chain_join(const conf_set *set, const char *name, arena *a, conf_chain *out, error *e);
/* Lookups; a chain of NULL has nothing. */
const char *conf_alias_target(const conf_chain *chain, const char *name); /* name itself when it is no alias */
/* Names of variables that it gives to a plugin; NULL: none. */
const char *const *conf_plugin_env(const conf_chain *chain, const char *file);
#endif
