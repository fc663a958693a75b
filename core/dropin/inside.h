/* inside.h -- the process that Velero has started, inside: the desk, the groups of lanes, a call on its way.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The I/O thread (velero/server.h) hands each call to the desk, which is one lane: it finds out what is there before it takes the first call, answers
 * what needs no plugin, and gives the others to the lanes of the group that has the worker. Calls for items and locations, which are only given on,
 * the I/O thread gives itself while the desk does nothing: each thread between Velero and the worker costs a wake-up. */
#ifndef PINTLE_DROPIN_INSIDE_H
#define PINTLE_DROPIN_INSIDE_H
#include "dropin/catalog.h"
#include "dropin/config.h"
#include "dropin/single.h"
#include "dropin/team.h"
#include "velero/server.h"

typedef struct dropin dropin;
typedef struct dropin_call dropin_call;

/* Lanes with the same plugin, kind, chain (items), action (what comes after execute) or Init (locations). */
typedef struct dropin_group {
  struct dropin_group *next;
  dropin *d;
  const dropin_offer *offer;
  const conf_chain *chain;
  bool items; /* execute and its like; else single calls */
  str config; /* locations: the configuration, to know the same Init again */
  pintle_kv *init;
  size_t n_init;
  dropin_team *team;
  atomic_uint *strikes; /* items: by entry of the plan */
  size_t n_strikes;
  pthread_mutex_t lock; /* of what is below */
  unsigned failures;    /* of starting a worker */
  error failure;
  arena memory;
} dropin_group;

typedef struct dropin_method {
  const char *path; /* "/v2.BackupItemAction/Execute" */
  uint32_t kind;    /* CONF_*; CONF_ANY_KIND: the lister */
  enum { DROPIN_LIST, DROPIN_APPLIES, DROPIN_ITEM, DROPIN_LATER, DROPIN_INIT, DROPIN_LOCATION } what;
  bool v1;
  void (*handle)(dropin_call *c, void **state); /* [lane] ends the call */
} dropin_method;
extern const dropin_method dropin_methods[]; /* ended by a path of NULL */

enum { DROPIN_FIELDS = 8, DROPIN_LOCATIONS = 256 };
struct dropin_call {
  dropin_job job; /* the first */
  dropin *d;
  velero_call *call;
  const dropin_method *method;
  const dropin_offer *offer;
  dropin_group *group;
  bool bad;                 /* a text that was asked for holds NUL */
  str field[DROPIN_FIELDS]; /* of the first message, by number: texts and bytes; the last of each */
  arena memory;
};

struct dropin {
  dropin_config config;
  dropin_log log;
  host_registry registry;
  dropin_catalog catalog;
  chain_stores stores; /* locations of the configuration, for plugins that open them */
  unsigned n_credentials;
  arena memory;
  const char *command;    /* as Velero started us */
  const char *features;   /* of --features; "" */
  const char *plugin_dir; /* of --plugin-dir; NULL */
  char *scratch;          /* NULL: none */
  const conf_chain **chains;
  size_t n_chains;
  dropin_team *desk;
  pthread_mutex_t routing; /* held by whoever routes a call: the desk, or the I/O thread where that waits for nothing */
  bool discovered;         /* what is below `routing` is there */
  velero_server *server;
  dropin_group *groups;                    /* the desk's */
  pthread_mutex_t locations;               /* of `current` */
  dropin_group *current[DROPIN_LOCATIONS]; /* by place in the catalogue: the last Init */
  const conf_chain *last_chain;            /* the desk's: that of last_text, a Backup or Restore */
  buf last_text;
};

/* serve.c */
int dropin_serve(int argc, char **argv, const char *const *environment);
/* discover.c: [desk] configuration, plugins, catalogue. What fails is told in the log. */
void dropin_discover(dropin *d);
/* desk.c: [desk] */
void dropin_route(dropin_job *job, void **state);
/* [I/O thread] false: this one is the desk's. */
bool dropin_route_at_once(dropin_call *c);
void dropin_init_at_desk(dropin_call *c);
bool dropin_init_map(dropin_call *c, const pintle_kv **init, size_t *n); /* calls_location.c; false: bad message */
/* groups.c: [desk] the group for items, or for single calls of an item action; NULL: *e. */
dropin_group *dropin_group_of(dropin *d, const dropin_offer *offer, const conf_chain *chain, bool items, error *e);
/* [desk] a new one for an Init. */
dropin_group *dropin_group_location(dropin *d, const dropin_offer *offer, const conf_chain *chain, const pintle_kv *init, size_t n,
                                    error *e);
void dropin_options(dropin *d, const dropin_offer *offer, const conf_chain *chain, dropin_items_options *o);
void dropin_group_options(const dropin_group *g, dropin_items_options *o);
/* [lane] The lane's worker, started if it is not there. NULL: *e. */
dropin_items *dropin_items_of(dropin_group *g, void **state, str run, error *e);
dropin_single *dropin_single_of(dropin_group *g, void **state, str run, error *e);

/* reply.c: [the call's thread] */
struct ProtobufCMessage;
bool dropin_fields(str message, str field[DROPIN_FIELDS]); /* false: no message can be so */
const char *dropin_text(dropin_call *c, int number);       /* a field as text; ""; sets c->bad */
bool dropin_refuse_bad(dropin_call *c);                    /* true: the call has ended, since one of its texts is none */
void dropin_reply(dropin_call *c, void *message);          /* a ProtobufCMessage; ends the call */
void dropin_reply_empty(dropin_call *c);
void dropin_refuse(dropin_call *c, uint32_t code, const char *message);
void dropin_fail(dropin_call *c, const dropin_answer *answer);
void dropin_fail_with(dropin_call *c, const error *e);
void dropin_caller_of(dropin_call *c, dropin_caller *to);
void dropin_call_free(dropin_call *c); /* after its end */

/* calls_*.c: the handlers */
void dropin_list(dropin_call *c);
/* applies.c: [desk] true: answered. */
bool dropin_applies_at_desk(dropin_call *c);
void dropin_applies(dropin_call *c, void **state);
bool dropin_selects_alike(const dropin *d, const dropin_offer *offer); /* in all chains */
void dropin_execute(dropin_call *c, void **state);
void dropin_progress(dropin_call *c, void **state);
void dropin_cancel(dropin_call *c, void **state);
void dropin_ready(dropin_call *c, void **state);
void dropin_init(dropin_call *c, void **state);
void dropin_put_object(dropin_call *c, void **state);
void dropin_object_exists(dropin_call *c, void **state);
void dropin_get_object(dropin_call *c, void **state);
void dropin_list_prefixes(dropin_call *c, void **state);
void dropin_list_objects(dropin_call *c, void **state);
void dropin_delete_object(dropin_call *c, void **state);
void dropin_signed_url(dropin_call *c, void **state);
void dropin_volume_of_snapshot(dropin_call *c, void **state);
void dropin_volume_info(dropin_call *c, void **state);
void dropin_create_snapshot(dropin_call *c, void **state);
void dropin_delete_snapshot(dropin_call *c, void **state);
void dropin_get_volume_id(dropin_call *c, void **state);
void dropin_set_volume_id(dropin_call *c, void **state);
#endif
