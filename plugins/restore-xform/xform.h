/* xform.h -- what the files of resolve-references share.  SPDX-License-Identifier: Apache-2.0
 *
 * create reads the configuration into a struct xform, which never changes afterwards: rules (limit.c), and for each family one map of all
 * rules' mappings (map.c). execute makes a struct xform_job for the item and walks its tree once (walk.c) beside the fields of its kind
 * (fields.c, a table; tree.c). What a field holds is looked up in its family's map, so that the cost does not grow with what does not match;
 * edits go through xform_change, which notes and counts. The walk is done a second time over last-applied-configuration. */
#ifndef XFORM_H
#define XFORM_H
#include "checking.h"
#include "importing.h"
#include <pintle/plugin.h>
#include <regex.h>
#include <stdbool.h>

struct xform;
struct xform_job;
struct xform_kind;
struct pattern;

/* ---- family.c: what a mapping maps. Each is a key at the top of the configuration and in a rule. */
struct xform_text_rule;
enum xform_family {
  XFORM_STORAGE_CLASSES,
  XFORM_SNAPSHOT_CLASSES,
  XFORM_ATTRIBUTES_CLASSES,
  XFORM_DRIVERS,
  XFORM_HANDLES,
  XFORM_NFS,
  XFORM_HOSTS,
  XFORM_CLUSTER_DOMAIN,
  XFORM_INGRESS_CLASSES,
  XFORM_GATEWAY_CLASSES,
  XFORM_TLS_SECRETS,
  XFORM_ISSUERS,
  XFORM_ADDRESSES,
  XFORM_LB_CLASSES,
  XFORM_IMAGES,
  XFORM_PULL_SECRETS,
  XFORM_NODE_LABELS,
  XFORM_ZONES,
  XFORM_NODES,
  XFORM_TAINTS,
  XFORM_ACCOUNTS,
  XFORM_CLOUD,
  XFORM_PRIORITY_CLASSES,
  XFORM_RUNTIME_CLASSES,
  XFORM_SCHEDULERS,
  XFORM_NAMESPACES,
  XFORM_ANNOTATIONS,
  XFORM_TEXT, /* of refs-text: has no map, xform_texts_* read and apply it */
  XFORM_FAMILIES
};
struct xform_family_info {
  const char *name; /* the key */
  /* What is wrong with a pair, NULL: nothing. */
  const char *(*wrong)(const char *from, const char *to);
  bool globs; /* from may hold * and ? */
  /* What is meant by a side that is wrong, in room (of XFORM_ROOM); NULL: nobody knows. */
  const char *(*meant)(const char *side, char *room);
};
extern const struct xform_family_info xform_family_infos[XFORM_FAMILIES];
#define XFORM_BIT(family) ((uint64_t)1 << (family))

/* ---- limit.c: a rule, and which items it is for. The top of the configuration is the last one and has no limits. */
struct xform_list { /* of texts of config() */
  const char **all;
  size_t n;
};
struct xform_requirement; /* labels.c */
struct xform_rule {
  int index; /* in `rules`; -1: the top */
  bool limited;
  struct xform_list kinds, ns, original_ns, names; /* kinds exactly, the rest as globs; none: all */
  struct xform_requirement *labels;
  size_t n_labels;
  const char *selector; /* they, as they are written; NULL: none */
  uint64_t families; /* that it maps */
};
/* Reads the limits of the rule at `at`. */
pintle_status xform_limits_read(struct xform_rule *r, pintle_call *call, const char *at);
/* The namespace that the item goes to: the Restore's mapping is applied to it after all actions, as in Velero. */
const char *xform_restored_into(const struct xform_job *j);
/* The limit that keeps this rule from the job's item, as its key is called; NULL: it is for the item. */
const char *xform_rule_misses(const struct xform_job *j, size_t rule);
/* Is a for every item that b is for, as far as their limits show? */
bool xform_rule_covers(const struct xform_rule *a, const struct xform_rule *b);
void xform_limits_free(struct xform_rule *r);
/* reach.c: is there, for everything that the rule maps, a kind within its limits that has a field of it? Else INVALID. After xform_trees. */
pintle_status xform_rule_meets(const struct xform *x, pintle_call *call, const struct xform_rule *r);
/* Does one of the kinds that r is for hold texts that the text rule means? */
bool xform_text_meets(const struct xform_rule *r, const struct xform_text_rule *t);
/* A kind, a resource, a short name (also with an s behind it), or any of them with .group: does it mean k? */
bool xform_kind_named(const char *name, const struct xform_kind *k);
/* Is this rule (a number in x->rules) for the job's item? Worked out once an item. */
bool xform_rule_applies(struct xform_job *j, size_t rule);

/* ---- labels.c: "app=web,tier in (a, b),!legacy" */
pintle_status xform_labels_read(pintle_call *call, const char *at, const char *text, struct xform_requirement **all, size_t *n);
bool xform_labels_match(const struct xform_requirement *all, size_t n, const pintle_doc *item);
void xform_labels_free(struct xform_requirement *all, size_t n);

/* ---- map.c: one family's mappings of all rules, all applied at once */
struct xform_mapping {
  char *from, *to;     /* annotations: both are "key=value"; images: from is a name in full; images, nfs: no / at the end */
  char *written;       /* from as the user has it, where it differs; else NULL */
  char *target;        /* images: to in full, as a path; else NULL */
  char *label;         /* "storageClasses: old -> new", "rules[2].hosts: a -> b": counter; up to the ":" what a change is noted under */
  uint32_t rule, rank; /* the least (rule, rank) that fits decides */
  uint16_t literal;    /* how much of from stands before its first * or ? */
  bool glob, carries;  /* carries: what * of from matched is put where the * of to stands */
  bool registry;       /* images: to is a registry without a path, for what lies below from only */
  bool again;          /* images: from's other meaning, of the mapping before */
};
struct xform_map {
  struct xform_mapping *all;            /* sorted by from, rule */
  const struct xform_mapping **globs;   /* sorted by their literal beginnings */
  const struct xform_mapping **targets; /* sorted by to */
  size_t n, n_globs, cap;
  uint64_t lengths[5]; /* bit n: a glob's literal beginning has n bytes */
};
#define XFORM_ROOM 1024 /* of `room`, in which a text is made */
/* An image with its registry: "redis:7" is docker.io/library/redis:7. path: what it begins with, "team" is docker.io/team. {"", 0}: too long. */
pintle_str xform_image_full(pintle_str is, bool path, char *room);
/* What a mapping of images is for. "team" is an image, docker.io/library/team, and what others begin with, docker.io/team/; with a / at the end it is the
 * latter, with a tag the former; "app:5000" may be a registry and an image. */
enum { XFORM_IMAGE_NAMES = 3 };
struct xform_image_name {
  char from[XFORM_ROOM], target[XFORM_ROOM];
  bool registry; /* the target is one */
};
size_t xform_image_names(const char *from, const char *to, struct xform_image_name *names); /* how many there are */
/* "host", "host:5000": a registry alone; *maybe: it may also be an image and its tag, "app:5000". */
bool xform_image_registry(const char *s, bool *maybe);
bool xform_image_tagged(const char *s); /* with a tag or a digest */
/* Reads the object at `at`/key, if there is one, as mappings of a rule. */
pintle_status xform_map_read(struct xform *x, pintle_call *call, enum xform_family f, const char *key, size_t rule, const char *at);
/* One mapping; pointer: where it stands; option: what the label begins with. */
pintle_status xform_map_add(struct xform *x, pintle_call *call, enum xform_family f, size_t rule, const char *pointer, const char *option,
                            const char *from, const char *to);
/* After the last mapping was read: sorts, refuses what is never reached. */
pintle_status xform_map_index(struct xform *x, pintle_call *call, enum xform_family f);
void xform_map_free(struct xform_map *map);
/* reach_map.c. INVALID: a mapping that an earlier rule leaves nothing to. The map is sorted. */
pintle_status xform_map_reach(const struct xform *x, pintle_call *call, enum xform_family f);
/* INVALID: a mapping of a name to itself that keeps it from no other one. After check_rules. */
pintle_status xform_map_changes(const struct xform *x, pintle_call *call);
/* The mapping that decides what becomes of exactly this text, *to its new form (in room, or in config()); NULL: none. j NULL: limits are
 * not looked at. */
const struct xform_mapping *xform_find(struct xform_job *j, const struct xform *x, enum xform_family f, pintle_str is, char *room,
                                       const char **to);
/* The mapping of exactly `from` (of n bytes), globs left aside. */
const struct xform_mapping *xform_find_exact(struct xform_job *j, const struct xform *x, enum xform_family f, const char *from, size_t n);
bool xform_is_target(struct xform_job *j, const struct xform *x, enum xform_family f, pintle_str is);
bool xform_glob(const char *glob, pintle_str is); /* * and ? */

/* ---- config.c */
/* Every member of the object at `at` is one of the NULL-ended keys; else INVALID with the nearest right name. */
pintle_status xform_config_keys(pintle_call *call, const char *at, const char *const *keys);
/* Pairs, ended by NULL: what a key is called elsewhere, and here. INVALID: one of the former is there. */
pintle_status xform_config_misnamed(pintle_call *call, const char *at, const char *const (*names)[2]);
const char *xform_config_nearest(const char *name, const char *const *keys); /* NULL: none is near */
/* *out = the string at `at`/key, NULL when absent. INVALID: no string, or it holds U+0000. */
pintle_status xform_config_text(pintle_call *call, const char *at, const char *key, const char **out);
/* The list of texts at `at`/key, or the one text there; n = 0 when absent. INVALID: anything else, or an empty one. */
pintle_status xform_config_list(pintle_call *call, const char *at, const char *key, struct xform_list *out);

/* ---- legal.c */
enum xform_name {
  XFORM_NAME_OBJECT,     /* a DNS subdomain, as most kinds have it */
  XFORM_NAME_HOST,       /* no label of it has more than 63 characters */
  XFORM_NAME_NAMESPACE,  /* a DNS label */
  XFORM_NAME_LABEL,      /* the key of one */
  XFORM_NAME_ANNOTATION, /* its prefix may have capital letters */
  XFORM_NAME_LABEL_VALUE /* may be empty */
};
/* May a name be so? With globs: may * and ? match one? */
bool xform_legal(enum xform_name what, const char *s, size_t n, bool globs);
/* May two patterns (*, ?, [...]), or names, mean the same text? False only where that is sure. */
bool xform_globs_meet(const char *a, const char *b);

/* ---- text.c */
struct xform_text { /* grows; failed: no memory */
  char *data;
  size_t len, cap;
  bool failed;
};
void xform_text_add(struct xform_text *t, const char *p, size_t n);
void xform_text_json(struct xform_text *t, pintle_str s); /* as a JSON string */
void xform_text_free(struct xform_text *t);
/* What stands behind a ~ for c in a JSON Pointer; 0: c stands for itself. (pintle_key writes whole ones.) */
char xform_pointer_escape(char c);
char *xform_print(const char *format, ...) PINTLE_PRINTF(1, 2); /* to be freed; NULL: no memory */
/* At most 60 bytes of s on one line, for notes; in to, which holds 72. Returns to. */
const char *xform_short(pintle_str s, char *to);

/* ---- words.c */
struct xform_words {     /* zeroed, with text and slash = SIZE_MAX, by the caller */
  pintle_str text;
  pintle_str word;       /* the last one: letters of hosts (bytes of 0x80 and above too), with a dot in it; "*." may begin it */
  bool host;             /* it stands where a host may: in no path, and it is no part of an e-mail address */
  size_t at;             /* the rest is still to be read */
  size_t seen, token, slash; /* read so far for paths; where what p stands in begins; its first slash */
  bool scheme;               /* "//" was there since the last blank */
};
bool xform_words_next(struct xform_words *w); /* false: there is none any more */

/* ---- replace.c. Does r's pattern match somewhere in the text? (Not, if that takes too long.) */
bool xform_pattern_fits(const struct xform_text_rule *r, pintle_str text);

/* ---- fields.c: which fields of which kinds name something of a cluster */
enum xform_how {
  XFORM_WHOLE,      /* the text is looked up */
  XFORM_ITEMS,      /* a list divided by commas */
  XFORM_HOST_TEXT,  /* hosts within the text; also names of services, with their namespace and the cluster's domain */
  XFORM_IMAGE,      /* an image: registry, path, tag, digest */
  XFORM_LABEL_MAP,  /* an object of node labels */
  XFORM_LABEL_EXPR, /* an object with key and values: a requirement on node labels */
  XFORM_LABEL_KEY,  /* a key of node labels */
  XFORM_TOLERATION, /* an object with key and value */
  XFORM_NS,         /* a namespace */
  XFORM_NS_ITEMS,   /* a list of namespaces divided by commas */
  XFORM_NS_MAP,     /* an object of a Namespace's labels */
  XFORM_NS_EXPR,    /* a requirement on a Namespace's labels */
  XFORM_NS_PATH,    /* "namespace/name" */
  XFORM_SUBJECT,    /* of a role binding */
  XFORM_USER,       /* "system:serviceaccount:NS:NAME", "system:serviceaccounts:NS" */
  XFORM_QUOTA,      /* an object whose keys may be CLASS.storageclass.storage.k8s.io/... */
  XFORM_SECRET_REF, /* an object with group, kind and name: of a Secret, or of something else */
  XFORM_NFS_VOLUME, /* an object with server and path (or share) */
  XFORM_ANNOTATION, /* any annotation: the family of that name */
  XFORM_TEXTS,      /* refs-text */
  XFORM_PRIORITY    /* a pod's spec, with priorityClassName */
};
struct xform_field {
  const char *kinds;   /* "Kind.group|Kind.group"; "POD": see fields.c; "*": any kind */
  const char *path;    /* tokens divided by /, where * is any element or member, and ~1 a / */
  uint8_t family, how; /* HOST_TEXT, LABEL_*, SUBJECT and USER look into more than one family: xform_field_families */
};
struct xform_kind {
  const char *kind, *group, *resource;
  const char *pod;    /* where its pod (metadata and spec) is: "", "spec/template"; NULL: it has none */
  const char *shorts; /* its short names, divided by commas */
  bool cluster;       /* it is in no namespace */
};
extern const struct xform_field xform_fields[];
extern const size_t xform_n_fields;
uint64_t xform_field_families(const struct xform_field *f);
extern const struct xform_kind xform_kinds[];
extern const size_t xform_n_kinds;
extern const struct xform_kind xform_more_kinds[]; /* that no row of fields.c names */
extern const size_t xform_n_more_kinds;
const struct xform_kind *xform_kind_of(const char *kind, const char *group, size_t group_len); /* NULL: no row names it */
/* Also one of xform_more_kinds. */
const struct xform_kind *xform_kind_known(const char *kind, const char *group, size_t group_len);

/* ---- tree.c: the fields of a kind as a tree */
struct xform_node {
  char *key; /* "*": any */
  size_t len;
  struct xform_node *children; /* sorted */
  size_t n;
  const struct xform_field **fields; /* that end here, in the table's order */
  size_t n_fields;
  uint64_t families; /* of fields here and below */
};
/* The trees of all kinds, of those fields whose family is in `families`. */
pintle_status xform_trees(struct xform *x, pintle_call *call, uint64_t families);
void xform_trees_free(struct xform *x);
const struct xform_node *xform_tree_of(const struct xform *x, const pintle_doc *item);

/* ---- the plugin's instance */
enum { XFORM_IN_MAPS = 1, XFORM_IN_SECRETS = 2, XFORM_IN_ENV = 4, XFORM_IN_ARGS = 8 };
struct xform_text_rule {             /* one of text, or of configMaps */
  size_t rule;                       /* whose limits it has */
  char at[48];                       /* where it stands in the configuration */
  unsigned where;                    /* XFORM_IN_* */
  const char *ns, *name, *key, *env; /* globs; NULL: any */
  bool structured, has_format;       /* values within a text of a format; which is known, else by the entry's key */
  unsigned format;                   /* enum text_format */
  const char *path, *section;        /* NULL: any */
  const char *value;                 /* exactly this; NULL: any */
  const char *to;
  bool hosts;         /* the family hosts is applied */
  bool is_pattern;    /* pattern was compiled */
  const char *source; /* its text */
  regex_t pattern;          /* for the groups of a match that was found */
  struct pattern *machine;  /* finds it */
  bool groups;              /* `to` names some */
  char *needle; /* stands in every match; "": unknown */
  char *label;  /* "text[2]: db.old -> db.new"; without values if it is for Secrets */
};
struct xform_gram { /* four bytes of a needle */
  uint32_t gram, rule, at;
};
struct xform_exact {
  const char *value;
  size_t rule;
};
struct xform_finder {             /* finder.c; sets of text rules are bits */
  uint64_t *always, *slots;       /* rules that are not looked up; hashes of grams that are there */
  struct xform_gram *grams;       /* sorted */
  struct xform_exact *exact;      /* sorted by value */
  size_t n_words, n_grams, n_exact; /* n_words: of a set */
};
struct xform {
  struct xform_rule *rules; /* those of `rules`, then the top */
  size_t n_rules;
  struct xform_map maps[XFORM_FAMILIES];
  uint64_t families;        /* that have a mapping or a text rule */
  bool follow_restore;      /* namespaces: true */
  struct xform_node *trees; /* as xform_kinds; one more for any other kind */
  struct xform_text_rule *texts;
  size_t n_texts, cap_texts;
  struct xform_finder finder;
  struct import images; /* of Velero's ConfigMap: for images that no mapping is for */
  struct check check;
};

/* ---- rules.c, chain.c */
pintle_status xform_config_read(struct xform *x, pintle_call *call);
void xform_config_free(struct xform *x); /* also of one half read */
void xform_say_chains(const struct xform *x, pintle_call *call);

/* ---- edit.c: one item, or what its last-applied-configuration holds */
struct xform_job {
  const struct xform *x;
  pintle_call *call;
  const pintle_input *in;
  const pintle_doc *item; /* doc, or what holds the annotation that doc was read from */
  pintle_doc *doc;
  pintle_result *out;
  const char *within;       /* the pointer of that annotation; NULL: doc is the item */
  signed char *applies;     /* of each rule: 0 not known, 1, -1 */
  uint64_t families;        /* that may change something here */
  bool redact;              /* a Secret: no value in notes */
  struct check_item *check; /* NULL: nothing is checked */
  bool left;                /* what would rules change that are for other items? Nothing is changed, and check_left hears of it */
  bool changed;
  size_t *notes;             /* so many were made of this item */
  struct xform_tally *tally; /* NULL: what is told is a note at once */
};
struct xform_place { /* of a field in the document */
  const char *pointer;
  pintle_str key; /* of the last member on the way: of a ConfigMap's entry, an annotation; "" in an array */
  const pintle_value *value;
  const struct xform_field *field;
};
/* Puts `to` at pointer, notes it under label and counts `times` for counter (neither for a doc within an annotation, whose change is
 * noted as a whole). */
pintle_status xform_change(struct xform_job *j, const char *pointer, const char *counter, int64_t times, const char *note, pintle_str to);
/* The same with the note "family: is -> to" under m's label; when they are equal m is only counted. */
pintle_status xform_put(struct xform_job *j, const char *pointer, const struct xform_mapping *m, pintle_str is, pintle_str to);
/* As xform_put, without the edit itself: for one of several in the same value. */
void xform_tell(struct xform_job *j, const char *pointer, const struct xform_mapping *m, pintle_str is, pintle_str to);
void xform_note(struct xform_job *j, const char *pointer, const char *note);
void xform_notes_end(struct xform_job *j); /* how many were too many */
struct xform_tallied;
struct xform_tally { /* zeroed by the caller, who lets job->tally point at it: what xform_tell tells is kept in it */
  struct xform_tallied *all; /* as they came */
  uint16_t *slots;           /* of many: number + 1, by hash; 0: empty */
  size_t n, more;
};
/* Notes what was kept, the same ones once, with "(3 times)". */
void xform_tally_end(struct xform_job *j, const char *pointer);
/* Replaces a value by JSON; what is told is told by the caller. */
pintle_status xform_put_json(struct xform_job *j, const char *pointer, const struct xform_text *json);
/* Does the walk again over last-applied-configuration. */
pintle_status xform_last_applied(struct xform_job *j, const struct xform_node *tree);

/* ---- how_map.c: members of one object get new keys, all of them at once */
struct xform_member {
  pintle_str key, value;       /* as they are; value: a text, else JSON */
  pintle_str to_key, to_value; /* what they become; readable until the call returns */
  const struct xform_mapping *of_key, *of_value; /* the rules that say so; NULL, NULL: none does */
  bool text;
  bool stays, gone; /* xform_members_put: its new key is taken; by one with the same value */
};
/* The members of the object at p, mapped to themselves; n = 0: it is none. They live as long as the call. */
pintle_status xform_members_read(struct xform_job *j, const struct xform_place *p, struct xform_member **all, size_t *n);
/* Writes and tells what becomes of them. Of labels with one key and value one is left; else who has no place keeps its key, and the finding
 * `why` says so. */
pintle_status xform_members_put(struct xform_job *j, const struct xform_place *p, struct xform_member *all, size_t n, const char *why);
void xform_member_tell(struct xform_job *j, const char *pointer, const struct xform_member *m);

/* ---- walk.c */
pintle_status xform_walk(struct xform_job *j, const struct xform_node *tree);

/* ---- how_*.c: what is done to one field */
typedef pintle_status xform_apply(struct xform_job *j, const struct xform_place *p);
xform_apply xform_whole, xform_items, xform_annotation, xform_priority, xform_secret_ref;                    /* how_text.c */
xform_apply xform_host_text;                                                                                 /* how_host.c */
xform_apply xform_image;                                                                                     /* how_image.c */
xform_apply xform_label_map, xform_label_expr, xform_label_key, xform_toleration;                            /* how_label.c */
xform_apply xform_ns, xform_ns_items, xform_ns_map, xform_ns_expr, xform_ns_path, xform_subject, xform_user; /* how_namespace.c */
xform_apply xform_quota, xform_nfs_volume;                                                                   /* how_volume.c */
/* Appends a text with its hosts mapped; each is told. */
void xform_hosts_text(struct xform_job *j, const char *pointer, pintle_str is, struct xform_text *made);
/* What becomes of a host; and of a host within the cluster, "name.namespace.svc.domain". NULL: no rule. */
const struct xform_mapping *xform_host_rule(struct xform_job *j, const struct xform *x, pintle_str is, char *room, const char **to);
/* A namespace by the Restore's mapping, or the family's; NULL: it keeps its name. made: a mapping to fill in. */
const struct xform_mapping *xform_namespace(struct xform_job *j, pintle_str is, const char **to, struct xform_mapping *made);

/* ---- refs-text: values inside text. key "configMaps" at the top, `text` at the top and in rules */
/* Those of a rule (a number in x->rules), whose object is at `at`: "/rules/2", "" for the top. */
pintle_status xform_texts_read(struct xform *x, pintle_call *call, size_t rule, const char *at);
/* textreach.c. INVALID: path or section can be in no text that the rule means. */
pintle_status xform_text_path(pintle_call *call, const char *at, const struct xform_text_rule *r);
/* INVALID: a rule that can never match, or changes nothing; after all families were read. */
pintle_status xform_texts_reach(const struct xform *x, pintle_call *call);
void xform_texts_free(struct xform *x);
xform_apply xform_texts; /* an entry of a ConfigMap or Secret, an environment value, an argument */

/* ---- import.c: what Velero's ConfigMaps say joins the top of the configuration */
pintle_status xform_import(struct xform *x, pintle_call *call);

/* ---- check.c, check_left.c, check_near.c: the check for unresolved references, as the walk meets it */
/* What the rules' left sides name is of the old cluster. After xform_config_read. */
pintle_status check_rules(struct xform *x, pintle_call *call);
/* When the rules have run over j->doc, the item: all findings. */
pintle_status check_end(struct xform_job *j, const struct xform_node *tree);
/* A rule that is for other items would have changed this text. */
void check_left(struct xform_job *j, const char *pointer, const struct xform_mapping *m, pintle_str is);
/* No rule of the family maps this text: is one near? */
void check_near(struct xform_job *j, enum xform_family f, pintle_str is);
/* No rule of text is for this whole text: is the value of one near? */
const struct xform_text_rule *check_near_text(struct xform_job *j, unsigned where, pintle_str is);
/* The text is near r's value, or stands where r looks for it: counted. */
void check_value(struct xform_job *j, const struct xform_text_rule *r, pintle_str is);
/* At r's path stands another value. */
void check_other_value(struct xform_job *j, const struct xform_text_rule *r, pintle_str is);
/* The text is outside of r's limit `misses`: does r fit it but for that? */
void check_near_limit(struct xform_job *j, const struct xform_text_rule *r, pintle_str is, const char *misses);
/* Are two names the same but for separators, case or one letter? */
bool check_alike(const char *a, const char *b);
/* r means this text but for `why` (and the name that stands there; NULL: not said): counted. */
void check_near_rule(struct xform_job *j, const struct xform_text_rule *r, const char *why, const char *name);
/* A value stands at `path`: is r's, which is another one, near? */
void check_near_path(struct xform_job *j, const struct xform_text_rule *r, const char *path);
/* No rule maps this namespace: does the Restore rename it? */
void check_namespace(struct xform_job *j, const char *pointer, pintle_str is);
/* No rule maps this StorageClass: is it known? */
void check_class(struct xform_job *j, const char *pointer, pintle_str is);
#endif
