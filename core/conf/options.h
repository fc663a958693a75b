/* options.h -- an action's configuration: declared options against what was given.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_OPTIONS_H
#define PINTLE_CONF_OPTIONS_H
#include "conf/document.h"

/* One place where options come from; later ones win, key by key: defaults, chain file, plugin-config ConfigMap, Velero's Init map. */
typedef struct conf_layer {
  const char *source;            /* "chain file", "ConfigMap velero/x", "BackupStorageLocation default" */
  const conf_document *document; /* for places; NULL = none */
  const item_node *object;       /* key: value; NULL = empty */
  bool text;                     /* every value is text (ConfigMap, Init map): a JSON option is parsed as YAML, and {fromFile: ...} is not obeyed.
                                    So is, without being told, a layer whose document is no PluginChain. */
  const char *option;            /* object as a whole is the value of this one option; NULL: it has a member for each */
} conf_layer;
typedef struct conf_environment {
  const char *(*get)(void *ctx, const char *name); /* for {fromEnv: NAME}; NULL = not set */
  void *ctx;
} conf_environment;

/* The document that config() shows: every option checked and typed (text is converted as PINTLE_OPT_* says, also from ConfigMaps where all is text),
 * defaults filled in. Where all is text, "" is unset but for a text without choices. {fromFile: PATH} and {fromEnv: NAME} are replaced by the content (one trailing newline dropped). Unknown keys are INVALID
 * (nearest right name in hint) unless flags has PINTLE_OPEN_CONFIG or they are bucket, prefix, caCert, credentialsFile. A missing REQUIRED
 * option is INVALID. No value of a SECRET option is ever in an error. */
pintle_status conf_options(const pintle_option *const *options, uint32_t flags, const conf_layer *layers, size_t n,
                           const conf_environment *env, buf *json, error *e);
/* Where the value at pointer of that document came from: "chain.yaml:12:5", or "default of --x" like text; to as conf_place. */
char *conf_options_place(const conf_layer *layers, size_t n, const char *pointer, char *to, size_t size);
/* As conf_options_place, but of what {fromFile: PATH} brought it is the place in that file, which is read again. */
char *conf_options_fault(const conf_layer *layers, size_t n, const char *pointer, char *to, size_t size);
/* Which layer gave key: its source, "default", or NULL. For chain show. */
const char *conf_options_source(const pintle_option *const *options, const conf_layer *layers, size_t n, const char *key);
#endif
