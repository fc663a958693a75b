/* checking.h -- what the files of the check for unresolved references share.  SPDX-License-Identifier: Apache-2.0
 *
 * When all rules have run over an item, what still points at the old cluster is a finding "unresolved": names that a rule's left side has
 * (check_old.c), and objects that are neither in the backup nor at the destination (check_refs.c: which fields name what; check_objects.c: is it
 * there). Nothing is changed here. The value of a Secret is never said. */
#ifndef XFORM_CHECKING_H
#define XFORM_CHECKING_H
#include <pintle/plugin.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct xform;

/* ---- names that stand for objects */
enum check_what {
  CHECK_NONE,
  CHECK_SECRET,
  CHECK_CONFIG_MAP,
  CHECK_ACCOUNT,
  CHECK_CLAIM,
  CHECK_SERVICE,
  CHECK_ROLE,
  CHECK_STORAGE_CLASS,
  CHECK_WORKLOAD, /* what an autoscaler names without saying its kind: a Deployment */
  CHECK_GATEWAY,
  CHECK_CLAIM_TEMPLATE, /* of resource.k8s.io */
  CHECK_RESOURCE_CLAIM,
  CHECK_BY_KIND /* the object beside it says its kind; nothing is meant when it does not */
};
struct check_object {
  const char *kind, *group, *resource;
};

struct check_list { /* of texts of the configuration */
  const char **all;
  size_t n;
};
struct check_name { /* a host or the end of hosts: of the old cluster, or a rule's target (label and below NULL) */
  char *name;       /* without "*." */
  const char *label, *below; /* the rule for it, for what ends in it; of old ones at least one is known */
};
struct check_names { /* found by their last labels */
  struct check_name *all;
  uint32_t *table; /* number + 1 of all; 0: empty. A power of 2 of them */
  size_t n, cap, size;
  bool has_old;
};

enum { CHECK_SEEN = 4096, CHECK_NEAR = 4096 }; /* powers of 2 */
struct check { /* part of the instance; what stands before told is constant after check_read */
  bool made, on, objects;
  bool classes_known;         /* of StorageClasses it can be said that one is unknown */
  uint64_t limited;           /* families of rules that have limits */
  const struct xform *rules;  /* whose part this is, after check_rules */
  const char *why_not;        /* objects cannot be looked for; NULL: they can, or need not */
  struct check_list ignore;   /* globs over "Secret/shop/db", "StorageClass/gp2", "db.old.example.com" */
  struct check_list classes;  /* globs: known.storageClasses */
  struct check_list suffixes; /* oldSuffixes */
  struct check_names names;
  atomic_bool told;          /* why_not was said */
  pthread_mutex_t lock;      /* of what follows */
  uint64_t seen[CHECK_SEEN]; /* what was asked: the hash of an object's id, its lowest bit the answer */
  size_t n_seen;
  struct {
    uint64_t hash;
    const void *rule; /* a struct xform_mapping or xform_text_rule */
  } near[CHECK_NEAR]; /* texts that no rule maps, and the rule that nearly does */
  size_t n_near;
};
/* Reads `unresolved` and `known`. */
pintle_status check_read(struct check *c, pintle_call *call);
void check_free(struct check *c); /* also of one that is all 0 */
bool check_matches(const struct check_list *globs, const char *text);

/* ---- one item */
enum { CHECK_DEPTH = 24, CHECK_TOLD = 64 };
struct check_item {
  struct check *c;
  pintle_call *call;
  const pintle_doc *doc;
  const pintle_input *in;
  const char *kind, *ns; /* as the item is now; "" */
  char group[256];
  uint64_t told[CHECK_TOLD]; /* what was found, and where: once a place is enough */
  size_t n_told, n_more;     /* n_more: for which there was no room any more */
  pintle_status st;
};
/* Returns k, filled in. */
struct check_item *check_begin(struct check_item *k, struct check *c, pintle_call *call, const pintle_doc *doc, const pintle_input *in);
/* A finding about subject ("Secret/shop/db") at pointer, unless it is ignored or was found there already. CHECK_TOLD of an item, then they are counted. */
PINTLE_PRINTF(4, 5) void check_say(struct check_item *k, const char *pointer, const char *subject, const char *format, ...);
void check_say_more(struct check_item *k); /* how many were only counted; after the last check_say */
struct check_place { /* where a walk is, from the item (up NULL) down */
  const struct check_place *up;
  const char *key; /* NULL: index */
  size_t index;
};
const char *check_pointer(const struct check_place *p, char *to, size_t size); /* returns to; "!" is too long */
uint64_t check_hash(const char *const *parts);                                 /* NULL-ended; 64 bits, never 0 or 1 */

/* ---- check_refs.c */
void check_references(struct check_item *k);

/* ---- check_objects.c */
extern const struct check_object check_objects[CHECK_BY_KIND];
/* The object that a kind means; group NULL: not said. NULL: none that is checked. */
const struct check_object *check_object_of(const char *kind, const char *group);
/* A kind or resource as somebody has written it: the kind as findings have it; NULL: none of those. */
const char *check_kind_meant(const char *name, size_t n);
/* Is there such an object, in the backup or at the destination? ns is the target's ("" = cluster-scoped). */
bool check_exists(struct check_item *k, const struct check_object *o, const char *ns, const char *name);

/* ---- check_old.c */
/* A name of n bytes of the old cluster, and the rule that says so; label NULL: one of the new. Those without a dot, and IP addresses' parts, are passed over. */
pintle_status check_name_add(struct check *c, pintle_call *call, const char *name, size_t n, const char *label);
pintle_status check_names_index(struct check *c, pintle_call *call); /* after the last of them */
/* Old hosts, and services of namespaces that are restored under another name, in every text of the item. */
void check_texts(struct check_item *k);
/* What the Restore's mapping makes of a namespace; NULL: it keeps its name. *other: the one that is called so now; NULL: none. */
const char *check_renamed(const pintle_doc *run, const char *ns, const char **other);
/* Is the text at this place as it was in the backup? False: it is not known. */
bool check_untouched(const struct check_item *k, const char *pointer);
/* A namespace that check_renamed knows is still named; what: "the ", "a service of the ". */
void check_say_namespace(struct check_item *k, const char *pointer, const char *what, const char *name, const char *to, const char *other);
#endif
