/* convert.h -- what the files of pintle.io/convert-api-version share.  SPDX-License-Identifier: Apache-2.0
 *
 * create reads the options and makes one sorted table of the built-in rows and the user's. execute looks up the item's kind; convert.c
 * decides (is it served, what replaces it), convert_how.c names the function for a row, which edits through the functions of
 * convert_edit.c. Those do nothing once v->st is not OK, so that a conversion reads as a list of steps. */
#ifndef XFORM_CONVERT_H
#define XFORM_CONVERT_H
#include <pintle/plugin.h>
#include <stdbool.h>

/* ---- the table; api-versions.yaml says what the columns mean. NULL: left out */
struct convert_row {
  const char *group, *version, *kind, *project, *introduced, *deprecated, *removed, *replacement, *since, *convert, *lost, *instead;
  bool opt_in;
};
extern const struct convert_row convert_built_in[];
extern const size_t convert_n_built_in;

struct convert {
  struct convert_row *users;      /* of the option `versions` */
  const struct convert_row **all; /* by kind, group; then as in the file */
  size_t n_users, n_all;
  int32_t minor;  /* of the target's release, 1.minor; -1: the cluster is asked */
  int32_t newest; /* the last release that the table knows of */
  bool force;
  bool idle; /* Velero's drop-in, and nobody said where the items go: nothing is done */
};
/* INVALID with the place in the option. */
pintle_status convert_table_read(struct convert *c, pintle_call *call);
void convert_table_free(struct convert *c);
const struct convert_row *convert_find(const struct convert *c, pintle_str api_version, const char *kind); /* NULL: none */
/* The rows of kind, whatever their group; NULL and *n = 0: none. */
const struct convert_row *const *convert_rows(const struct convert *c, const char *kind, size_t *n);
int32_t convert_minor(const char *release); /* "1.22", "v1.22.3", "1.22+" -> 22; -1: not a release of Kubernetes 1 */

/* ---- one document: the item, an item within it, or what its last-applied-configuration holds */
struct conv {
  const struct convert *c;
  pintle_call *call;
  pintle_doc *doc;
  pintle_result *out;
  const char *base; /* pointer of the object within doc; "" mostly */
  bool quiet;       /* within last-applied-configuration: nothing is reported, no default is made explicit */
  pintle_status st;
  const struct convert_row *row;
  const char *to, *to_version; /* "apps/v1", "v1" */
  bool changed, skipped;
};
typedef void convert_how(struct conv *v);
convert_how *convert_how_of(const char *name); /* NULL: not known, or "none" */

/* What takes the place of a kind at the target. *to: "apps/v1"; NULL with OK: nothing, or it is to stay. */
enum { CONVERT_STAYS, CONVERT_TO, CONVERT_NO_REPLACEMENT, CONVERT_NOT_YET };
int convert_decide(struct conv *v, const struct convert_row *row, const char **to);
/* Converts the object at v->base: kind, references, and nothing more. */
void convert_object(struct conv *v);

extern const pintle_restore_item_action convert_restore;

/* ---- convert_edit.c: pointers are relative to v->base; those made by `at` live until the call returns */
PINTLE_PRINTF(2, 3) const char *cv_at(struct conv *v, const char *format, ...);
PINTLE_PRINTF(2, 3) const char *cv_print(struct conv *v, const char *format, ...); /* any text; "!" when memory is gone */
const char *cv_key_at(struct conv *v, const char *base, const char *key);          /* base/key, escaped */
const pintle_value *cv_value(struct conv *v, const char *p);                       /* NULL: absent or null */
bool cv_has(struct conv *v, const char *p);
const char *cv_text(struct conv *v, const char *p);            /* "" when it is no string */
bool cv_is_text(struct conv *v, const char *p, const char *s); /* is it this string? */
size_t cv_count(struct conv *v, const char *p);                /* elements of an array; 0: none, or no array */
bool cv_is_object(struct conv *v, const char *p);
bool cv_is_empty(struct conv *v, const char *p);    /* absent, null, {}, [] or "" */
const char *cv_json(struct conv *v, const char *p); /* its JSON text, "null" when absent */
void cv_set(struct conv *v, const char *p, const char *json);
void cv_set_text(struct conv *v, const char *p, const char *s);
void cv_erase(struct conv *v, const char *p); /* without a word */
void cv_move(struct conv *v, const char *from, const char *to);
void cv_move_all(struct conv *v, const char *from, const char *to, const char *const *keys); /* members of one object to another */
/* Unless it is there: sets it and notes that the old version's default is made explicit. */
void cv_fallback(struct conv *v, const char *p, const char *json);
void cv_changed(struct conv *v, const char *p, const char *json, const char *why); /* sets it; finding "changed" */
void cv_lost(struct conv *v, const char *p, const char *why);                      /* if it is there: erases it; finding "lost" */
PINTLE_PRINTF(5, 6) void cv_say(struct conv *v, int32_t severity, const char *code, const char *p, const char *format, ...);
void cv_skip(struct conv *v, const char *why);

/* ---- convert_shape.c: has every field that the row's conversion looks at its type? Reports those that have not. */
bool convert_is_whole(struct conv *v);
bool convert_fits(struct conv *v, const pintle_doc *doc, const char *shape); /* the same of any document; reports nothing */
extern const char convert_metrics_shape[], convert_behavior_shape[];

/* ---- the conversions, by file */
convert_how convert_deployment, convert_daemonset, convert_statefulset, convert_replicaset, convert_job;            /* convert_apps.c */
convert_how convert_ingress, convert_pdb, convert_psp, convert_endpointslice;                                       /* convert_net.c */
convert_how convert_hpa_v1, convert_hpa_v2beta1, convert_hpa_v2beta2, convert_hpa_extensions;                       /* convert_hpa.c */
convert_how convert_crd;                                                                                            /* convert_crd.c */
convert_how convert_webhook, convert_policybinding, convert_rbac_v1alpha1, convert_runtimeclass, convert_csidriver; /* convert_api.c */
convert_how convert_prioritylevel, convert_csr, convert_accessreview, convert_ipaddress, convert_migration;         /* convert_api.c */
convert_how convert_leasecandidate, convert_referencepolicy, convert_certificate, convert_certificaterequest;       /* convert_api.c */
convert_how convert_resourceclaim, convert_deviceclass, convert_resourceslice, convert_taintrule;                   /* convert_dra.c */
void convert_references(struct conv *v); /* convert_refs.c: what names other kinds; for every item */
#endif
