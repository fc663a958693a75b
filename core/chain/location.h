/* location.h -- the action behind a location of the configuration (BackupStorageLocation, VolumeSnapshotLocation): found among the plugins by
 * its provider, and configured.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CHAIN_LOCATION_H
#define PINTLE_CHAIN_LOCATION_H
#include "conf/options.h"
#include "host/registry.h"

/* The name of the action that serves a provider: a bare name is Velero's, an alias of the chain is followed. Lives in *a. NULL: no memory. */
const char *chain_provider(const conf_chain *chain, const char *provider, arena *a);

typedef struct chain_location_options {
  const host_registry *registry;
  const conf_chain *chain;
  const conf_set *set; /* its Secrets stand for those of Velero's namespace */
  const conf_environment *environment;
  uint32_t kind;                 /* CONF_OBJECT_STORE or CONF_VOLUME_SNAPSHOTTER */
  const char *name;              /* of the action (chain_provider) */
  const conf_document *document; /* spec.provider, spec.config, spec.credential... */
  const char *bucket, *prefix;   /* of a BackupStorageLocation; NULL: it has none */
  /* A file that nobody else can read, with that text, for as long as somebody uses the location: its path. */
  pintle_status (*credential)(void *ctx, str text, buf *path, error *e);
  void *ctx;
} chain_location_options;
typedef struct chain_location {
  chain_location_options o;
  const host_plugin *plugin; /* of the registry */
  const host_action *action;
  const conf_chain_action *listed; /* NULL: the chain file says nothing of it */
  const char *const *env;          /* names of variables that the chain file gives to the plugin; may be NULL */
  str config;                      /* JSON of config(); may hold secrets: wiped by chain_location_free */
  buf text;
  char source[300];
  item_doc *injected; /* bucket, prefix, caCert, credentialsFile: Velero's Init map */
  char credential[300]; /* 'key "cloud" of Secret "x"', "" none */
  conf_layer layers[3];
  size_t n_layers;
} chain_location;
/* INVALID with its place: no such action, set aside, refused, wrong options. *out is to be freed in any case. */
pintle_status chain_location_make(const chain_location_options *options, chain_location *out, error *e);
/* e->place, a JSON Pointer into the configuration that the plugin gave, becomes file, line and column; a path of ours in the message the Secret's key. */
void chain_location_place(const chain_location *l, error *e);
/* Keys of spec.config that do not count, since Velero sets them from elsewhere in the location: tells each, with its place. */
void chain_location_beaten(const chain_location *l, void (*tell)(void *ctx, const char *text), void *ctx);
void chain_location_free(chain_location *l);

/* A bucket or prefix without '/' at either end; lives in *a. NULL: no memory. */
const char *chain_trimmed(arena *a, str s);
/* The root of a location whose store is built in; document may be NULL. */
str chain_file_root(const conf_document *document);

/* A value of a Secret document that ref ({name, key}) in `from` names, decoded and appended. */
pintle_status chain_secret(const conf_set *set, const conf_document *from, const item_node *ref, buf *out, error *e);
#endif
