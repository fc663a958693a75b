/* pintle/action.h -- what the actions of every kind have in common.  SPDX-License-Identifier: Apache-2.0
 *
 * Each of the six kinds' tables points to one of these; several may share one. Since 1.0. */
#ifndef PINTLE_ACTION_H
#define PINTLE_ACTION_H
#include <pintle/doc.h>
#include <pintle/option.h>
#ifdef __cplusplus
extern "C" {
#endif

/* thread_model. The host may always be stricter. */
enum {
  PINTLE_SERIAL_PLUGIN = 0,   /* excludes every other call of a SERIAL_PLUGIN action of this .so */
  PINTLE_SERIAL_INSTANCE = 1, /* one call at a time per instance; the host may make several instances to go faster */
  PINTLE_PARALLEL = 2         /* calls overlap freely */
};

#define PINTLE_PURE 1u          /* item calls only read and edit: may be repeated, and are made in a dry run */
#define PINTLE_OPEN_CONFIG 2u   /* keys that no option declares are welcome (Velero's change-storage-class ConfigMap) */
#define PINTLE_OBEYS_DRY_RUN 4u /* execute looks at PINTLE_DRY_RUN; without this or PURE it is not called in a dry run */
#define PINTLE_ONE_INSTANCE 8u  /* one worker process holds the run's only instance of this action */

typedef struct pintle_action {
  uint32_t struct_size, flags;         /* PINTLE_PURE, PINTLE_OPEN_CONFIG, PINTLE_OBEYS_DRY_RUN, PINTLE_ONE_INSTANCE */
  int32_t thread_model, priority;      /* lower priority runs first; then by name; the chain file overrides */
  uint32_t min_host_minor, reserved;   /* an older host sets this action aside, and says so; 0 */
  int64_t timeout;                     /* deadline of one call unless configured (streams: of idleness); 0 = the host's */
  const char *name;                    /* required: "dns.subdomain/name", unique within its kind */
  const char *summary, *url;           /* summary required, one line; the action's page */
  const pintle_option *const *options; /* NULL-ended. Known without being listed: Velero's bucket, prefix, caCert, credentialsFile */

  /* [instance] Makes an instance: Velero's constructor and Init in one. call->host->config() is checked and typed; what it says lives
   * until destroy. There is one instance for each kind, distinct configuration, run and worker (per-run caches may live in it; items of
   * one item block reach one instance in order); a new Init makes a new instance, and the old one is destroyed when idle. create and
   * destroy run one at a time per .so. Keep no mutable statics. module: what load gave. On failure free what you made: destroy is not
   * called, and the run ends before it starts. NULL: instances are stateless and self is NULL. */
  pintle_status (*create)(void *module, pintle_call *, void **self);

  /* [instance] The run is over: flush, log, count; destroy follows. Failing is reported as an error of the run. */
  pintle_status (*finish)(void *self, pintle_call *);

  /* Frees the instance; never beside another call of it; free() will do. NULL: nothing to free. */
  void (*destroy)(void *self);

  /* [instance] What the host may ask of this action beyond its table, by id; it lives as long as the instance. NULL: unknown. */
  const void *(*extension)(void *self, const char *id);
} pintle_action;

#ifdef __cplusplus
}
#endif
#endif
