/* descriptor.h -- what a plugin says of itself, as data.  SPDX-License-Identifier: Apache-2.0
 *
 * The supervisor maps no plugin: a probe (pintle-worker --probe, a process of its own) reads the descriptor and sends it as JSON. */
#ifndef PINTLE_HOST_DESCRIPTOR_H
#define PINTLE_HOST_DESCRIPTOR_H
#include "conf/chain.h"

enum {
  HOST_HAS_APPLIES_TO = 1u << 0,
  HOST_HAS_PROGRESS = 1u << 1,
  HOST_HAS_CANCEL = 1u << 2,
  HOST_HAS_READY = 1u << 3,
  HOST_HAS_RUN_OPERATION = 1u << 4,
  HOST_HAS_FINISH = 1u << 5,
  HOST_HAS_STAT = 1u << 6,
  HOST_HAS_RANGE = 1u << 7,
  HOST_HAS_PUT_IF_ABSENT = 1u << 8
};

typedef struct host_action {
  uint32_t kind;       /* CONF_BACKUP_ITEM_ACTION... */
  uint32_t index;      /* in the plugin's list of that kind */
  uint32_t flags, has; /* pintle_action.flags; HOST_HAS_* */
  int32_t thread_model, priority;
  int64_t timeout;
  const char *name, *summary, *url;
  const pintle_option *const *options; /* never NULL; NULL-ended */
  const pintle_selector *selector;     /* NULL: everything */
  const char *refused;                 /* why this action alone is set aside; NULL: usable */
} host_action;

typedef struct host_plugin {
  const char *path, *file; /* "/usr/lib/pintle/plugins/nas.so", "nas.so" */
  bool velero;             /* an executable: a Go plugin of Velero, which runs as a process behind a worker (core/velero) */
  int fd;                  /* sealed private copy (velero: the file itself), >= 1000, CLOEXEC; -1 when set aside */
  int64_t size;
  uint32_t mode, uid; /* of the file */
  char sha256[65];
  const char *reason, *hint;   /* set aside: why, and what to do; NULL: loaded */
  const char *const *warnings; /* execute bit, writable by others, $ORIGIN, executable stack...; NULL-ended, never NULL */
  const char *const *needed;   /* DT_NEEDED; NULL-ended, never NULL */
  const char *glibc;           /* highest GLIBC_x.y needed, "" = none */
  /* from the descriptor; "" and empty when set aside before it could be read */
  uint32_t abi_major, abi_minor, min_host_minor;
  const char *name, *version, *vendor, *url;
  const char *const *extensions; /* ids that the plugin names; NULL-ended, may be NULL */
  const char *const *env; /* NULL-ended, never NULL; velero: the chain file's, else the usual ones */
  const host_action *actions;
  size_t n_actions;
} host_plugin;

bool host_asks_for(const host_plugin *p, const char *extension);
/* The probe's answer: {"abiMajor":1,...,"actions":[...]}. */
void host_descriptor_print(const host_plugin *p, buf *json);
pintle_status host_descriptor_parse(str json, arena *a, host_plugin *into, error *e); /* every field checked: a probe runs foreign code */
#endif
