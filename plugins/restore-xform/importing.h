/* importing.h -- Velero's own ConfigMaps of mappings, for runs without Velero.  SPDX-License-Identifier: Apache-2.0
 *
 * Two options are called as Velero's actions: velero.io/change-storage-class and velero.io/change-image-name. Their value is the ConfigMap as it is
 * (from the chain's documents, by its labels; from a file; a List of one), or "backup": it is looked for in Velero's namespace of the backup. */
#ifndef XFORM_IMPORTING_H
#define XFORM_IMPORTING_H
#include <pintle/plugin.h>
#include <stdbool.h>

struct import_row {
  char *from, *to; /* of an image: parts of its name */
  char *label;     /* "velero.io/change-image-name: old -> new" */
  char *at;        /* where it stands, for errors */
};
struct import { /* of one ConfigMap */
  struct import_row *all;
  size_t n;
};
/* The rows of both; nothing where the options are not given, and as a drop-in, where Velero's actions do it (said once). INVALID: a value that is no
 * such ConfigMap, or none in the backup, or several. */
pintle_status import_classes(pintle_call *call, struct import *to); /* in the order of the ConfigMap */
pintle_status import_images(pintle_call *call, struct import *to);  /* the longest `from` first */
void import_free(struct import *i);
/* The row for this image; NULL: none. As in Velero, `from` stands anywhere in it. */
const struct import_row *import_image(const struct import *i, pintle_str image);
/* The image with every `from` of the row replaced, from the call's memory; NULL: no memory. */
const char *import_image_to(pintle_call *call, const struct import_row *row, pintle_str image);
#endif
