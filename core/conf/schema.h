/* schema.h -- what a kind of document may hold, as tables (inside conf only).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_SCHEMA_H
#define PINTLE_CONF_SCHEMA_H
#include "conf/fault.h"

enum {
  SCHEMA_ANY = 0,
  SCHEMA_STRING,
  SCHEMA_BOOL,
  SCHEMA_INT,
  SCHEMA_OBJECT,      /* keys */
  SCHEMA_MAP,         /* of: every value */
  SCHEMA_LIST,        /* of: every element */
  SCHEMA_ONE_OR_LIST, /* of: the value itself or every element */
};

/* What a text must look like. */
typedef struct schema_format {
  bool (*fits)(str text);
  const char *what; /* "a duration" */
  const char *hint;
} schema_format;

typedef struct schema {
  int type;
  bool secret;                     /* values never appear in an error */
  uint32_t min;                    /* fewest elements of a list, fewest bytes of a text */
  const struct schema_key *keys;   /* ended by one without a name */
  const struct schema *of;         /* MAP, LIST, ONE_OR_LIST */
  const char *const *choices;      /* STRING: NULL-ended */
  const schema_format *format;     /* STRING */
  const schema_format *key_format; /* MAP */
  /* What tables cannot say; called after everything else was right. */
  pintle_status (*verify)(const conf_document *d, const item_node *node, error *e);
} schema;

typedef struct schema_key {
  const char *name;
  const schema *value;
  bool required;
} schema_key;

/* A null counts as absent. The first error ends it: INVALID. */
pintle_status schema_check(const schema *s, const conf_document *d, const item_node *node, error *e);
/* For verify: in a list of mappings, no two may agree in text at all of the keys a and b (b may be NULL; absent counts as ""). */
pintle_status schema_unique(const conf_document *d, const item_node *list, const char *a, const char *b, const char *what, error *e);

extern const schema schema_text, schema_bool, schema_int, schema_any, schema_texts, schema_text_map, schema_duration;
/* metadata; name is required */
extern const schema schema_metadata;

/* metav1.LabelSelector */
extern const schema schema_label_selector;

extern const schema schema_backup_storage_location, schema_volume_snapshot_location, schema_schedule, schema_backup, schema_restore;
extern const schema schema_chain, schema_config_map, schema_secret;
#endif
