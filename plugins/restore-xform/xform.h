/* xform.h -- what the files of restore-xform share.  SPDX-License-Identifier: Apache-2.0
 *
 * create reads the configuration into a struct xform (config.c, and a *_read in each family's file), which never changes afterwards.
 * execute makes a struct job for the item and gives it to the families that care for its kind; each asks its map or rules what a text
 * becomes, and edits through xform_change, which notes and counts. The job is run a second time over last-applied-configuration. */
#ifndef XFORM_H
#define XFORM_H
#include <pintle/plugin.h>
#include <regex.h>
#include <stdbool.h>

/* ---- rules.c: mappings from one name to another, all applied at once */
struct xform_mapping {
  const char *from, *to; /* live in config() */
  char *label;           /* "storageClasses: old -> new": counter, and note of a change */
};
struct xform_map {
  struct xform_mapping *all; /* sorted by from */
  const char **targets;      /* sorted */
  size_t n;
};
/* Reads option's object. wrong(from, to) says what is wrong with a pair, NULL: nothing. OK and n = 0 when the option is not given. */
pintle_status xform_map_read(pintle_call *call, const char *option, const char *(*wrong)(const char *from, const char *to),
                             struct xform_map *map);
void xform_map_free(struct xform_map *map);
const struct xform_mapping *xform_map_find(const struct xform_map *map, const char *from); /* exactly; NULL: none */
bool xform_map_is_target(const struct xform_map *map, const char *to);

/* ---- config.c */
/* Every member of the object at `at` is one of the NULL-ended keys; else INVALID with the nearest right name. */
pintle_status xform_config_keys(pintle_call *call, const char *at, const char *const *keys);
/* *out = the string at `at`/key, NULL when absent. INVALID: no string, or it holds U+0000. */
pintle_status xform_config_text(pintle_call *call, const char *at, const char *key, const char **out);
/* Is `name` a DNS subdomain, as names of Kubernetes objects and hosts are? */
bool xform_dns_name(const char *name);

/* ---- text.c */
struct xform_text { /* grows; failed: no memory */
  char *data;
  size_t len, cap;
  bool failed;
};
void xform_text_add(struct xform_text *t, const char *p, size_t n);
void xform_text_free(struct xform_text *t);
char *xform_print(const char *format, ...) PINTLE_PRINTF(1, 2); /* to be freed; NULL: no memory */
/* At most 60 bytes of s on one line, for notes; in to, which holds 72. Returns to. */
const char *xform_short(pintle_str s, char *to);

/* ---- the plugin's instance */
struct xform_text_rule {       /* one of configMaps */
  const char *ns, *name, *key; /* globs; NULL: any */
  const char *value;           /* exactly this; NULL: any */
  const char *to;
  bool is_pattern;    /* pattern was compiled */
  const char *source; /* its text */
  regex_t pattern;
  char *needle; /* stands in every match; "": unknown */
  char *label;  /* "configMaps[2]: db.old -> db.new" */
};
struct xform {
  struct xform_map storage, hosts;
  struct xform_text_rule *texts;
  size_t n_texts;
};

/* ---- edit.c: one item, or what its last-applied-configuration holds */
struct xform_job {
  const struct xform *x;
  pintle_call *call;
  pintle_doc *doc;
  pintle_result *out;
  const char *within; /* the pointer of the annotation that doc was read from; NULL: doc is the item */
  bool changed;
};
/* Puts `to` at pointer, notes it under label and counts `times` for counter (neither for a doc within an annotation, whose change is
 * noted as a whole). */
pintle_status xform_change(struct xform_job *j, const char *pointer, const char *counter, int64_t times, const char *note, pintle_str to);
/* The string at pointer goes through the map: exact names only. */
pintle_status xform_rename(struct xform_job *j, const char *pointer,
                           const char *(*map)(const struct xform *, const char *from, char *room, const struct xform_mapping **rule));
#define XFORM_ROOM 256 /* of `room` */
/* What a family does with a document of its kind. */
typedef pintle_status xform_apply(struct xform_job *j, const char *path);
/* Runs apply over last-applied-configuration, too. */
pintle_status xform_last_applied(const struct xform_job *j, xform_apply *apply, const char *path);

/* ---- the families: what is read in create, and what is done to an item */
pintle_status xform_storage_read(struct xform *x, pintle_call *call);
xform_apply xform_claim;   /* PersistentVolume, PersistentVolumeClaim */
xform_apply xform_set;     /* StatefulSet; path of its pod spec */
xform_apply xform_volumes; /* path of a pod spec */
pintle_status xform_hosts_read(struct xform *x, pintle_call *call);
xform_apply xform_ingress;
pintle_status xform_texts_read(struct xform *x, pintle_call *call);
void xform_texts_free(struct xform *x);
xform_apply xform_configmap;
#endif
