/* fake.h -- what the files of the fake host share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_TESTING_FAKE_H
#define PINTLE_TESTING_FAKE_H
#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "item/item.h"
#include <pintle/testing.h>
#include <pthread.h>

/* R2: 512 zero bytes behind whatever the host makes. */
#define FAKE_PADDED(type) \
  struct {                \
    type v;               \
    char zero[512];       \
  }

/* What a call may answer with. */
enum {
  FAKE_ITEMS = 1,
  FAKE_POST = 2,
  FAKE_OPERATION = 4,
  FAKE_WAIT = 8,
  FAKE_SKIP = 16,
  FAKE_NOTE = 32,
  FAKE_TEXT = 64,
  FAKE_PROGRESS = 128,
  FAKE_ENTRY = 256,
  FAKE_SELECTOR = 512
};

typedef struct fake_block { /* one piece of a call's memory */
  struct fake_block *next;
  void *memory;
  item_doc *doc;
} fake_block;

typedef struct fake_call { /* freed, with all it lent, when the call returns */
  pintle_call base;
  pintle_test_host *host;
  pintle_test_instance *instance;
  fake_block *blocks;
  error failure; /* as recorded by fail() */
  uint32_t line;
  uint32_t checks, allocations;
  int64_t retry_after;
  int64_t deadline; /* on the fake clock; 0: none */
  int fd;           /* of cancel_fd; -1: not asked for */
  bool told;        /* it knows that it is cancelled */
  bool creating, dry_run;
} fake_call;

typedef struct fake_result {
  pintle_result base;
  fake_call *call;
  uint32_t allowed;
  pintle_status sticky;
  bool no_operation, selected;
} fake_result;

typedef struct fake_counter {
  struct fake_counter *next;
  int64_t value;
  bool declared; /* create added 0 */
  char name[];
} fake_counter;

typedef struct fake_tables { /* adopted: our size, what is missing 0 */
  struct fake_tables *next;
  int kind;
  pintle_action action;
  const pintle_selector *selector;
  pintle_status (*applies_to)(void *self, pintle_call *, pintle_result *);
  union {
    pintle_backup_item_action backup;
    pintle_restore_item_action restore;
    pintle_delete_item_action del;
    pintle_item_block_action block;
    pintle_volume_snapshotter snapshotter;
    pintle_object_store store;
  } t;
} fake_tables;

typedef struct fake_object {
  struct fake_object *next;
  item_doc *doc;
} fake_object;
typedef struct fake_objects { /* behind pintle.items/1 or pintle.cluster/1 */
  bool there;
  uint32_t changes;
  fake_object *first;
} fake_objects;

typedef struct fake_value { /* behind pintle.state/1-draft */
  struct fake_value *next;
  const char *action; /* of an adopted table */
  int32_t scope;
  char *key, *data;
  size_t len;
} fake_value;

typedef struct fake_stored { /* behind pintle.store/1 */
  struct fake_stored *next;
  const char *action; /* of an adopted table */
  char *location, *key;
  buf data;
  int64_t modified;
} fake_stored;

struct pintle_test_instance {
  pintle_test_instance *next;
  pintle_test_host *host;
  const fake_tables *tables;
  void *self;
  item_doc *config;
};

struct pintle_test_host {
  FAKE_PADDED(pintle_host) table; /* first: extension() finds the host by it */
  pthread_mutex_t lock;           /* for what is tagged [any] */
  pintle_test_options world;
  int64_t now;
  pintle_plugin plugin;
  bool loaded;
  void *module;
  fake_tables *tables;
  pintle_test_instance *instances;
  fake_counter *counters;
  fake_objects items, cluster;
  fake_value *state;
  fake_stored *stored;
  arena memory; /* of the adopted tables */
  pintle_test_outcome outcome;
  arena said; /* texts of the outcome */
  buf additional, post, notes, findings, log, entries, text, item, patch, selector, data, counted;
};

/* fakehost.c: a call's life */
fake_call *fake_begin(pintle_test_host *h, pintle_test_instance *a);
/* Frees the call; the outcome is complete but for the item. result may be NULL. */
const pintle_test_outcome *fake_end(fake_call *c, fake_result *r, pintle_status st);
/* The test itself is wrong, or memory is gone. */
PINTLE_PRINTF(3, 4) const pintle_test_outcome *fake_refuse(pintle_test_host *h, pintle_status st, const char *format, ...);
void *fake_zalloc(fake_call *c, size_t n); /* part of the call; NULL: no memory */
/* A document of the call. NULL: outcome says why. */
item_doc *fake_doc(fake_call *c, const char *what, const char *json, uint32_t flags, bool readonly);
/* PINTLE_OK, or what a function that waits answers; counts as a check. */
pintle_status fake_interrupted(fake_call *c);
PINTLE_PRINTF(3, 4) pintle_status fake_error(fake_call *c, pintle_status st, const char *format, ...);

/* load.c: a table or struct of a plugin of any age as one of ours; what it lacks is 0 (R1). NULL: all 0. */
void fake_copy(void *to, size_t ours, const void *from);
#define FAKE_COPY(type, name, from) \
  type name;                        \
  fake_copy(&name, sizeof name, from)

/* result.c */
fake_result *fake_result_new(fake_call *c, uint32_t allowed, bool no_operation);
void fake_selector_print(const pintle_selector *s, buf *out);

/* objects.c */
bool fake_objects_read(fake_objects *o, const char *json);
void fake_objects_free(fake_objects *o);
const pintle_objects *fake_objects_table(bool cluster);
/* state.c */
const struct pintle_state *fake_state_table(void);
void fake_state_free(pintle_test_host *h);
/* stores.c */
const pintle_stores *fake_stores_table(void);
void fake_stores_free(pintle_test_host *h);
/* "Ingress" -> "ingresses"; in out */
const char *fake_plural(str kind, char *out, size_t size);
/* The id of a document; strings are the call's. */
pintle_id *fake_id(fake_call *c, const item_doc *d);
#endif
