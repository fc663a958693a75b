/* driver.h -- what the files of driver fingerprint share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_DRIVER_H
#define FP_DRIVER_H
#include "../driver.h"
#include "../text.h"
#include "backup.h"
#include "nfs.h"
#include "restore.h"

enum { FP_OLDER_KEYS = 8 };

/* One instance. Texts are the configuration's. */
typedef struct fp_driver {
  const char *location, *scratch;
  const char *key_file, *key_command, *older_files;
  const char *restore_server, *restore_path, *restore_directory; /* where restored volumes are made; "" nowhere */
  bool in_place;                                                 /* a restore writes into the volume itself */
  bool drop_older, gc, no_inode, no_ctime, read_all;
  int64_t threads, level;
  unsigned sample; /* in 10,000 */
  char *patterns;  /* memory of what exclude names; NULL: the usual ones */
  fp_excludes exclude;
  fp_nfs_options nfs; /* version 0: not over the network */
  fp_store store;
} fp_driver;

/* driver_config.c */
pintle_status fp_driver_read(pintle_call *call, fp_driver *d);
/* driver_keys.c: the user's key and older ones, one behind the other: *n of FP_KEY bytes, to be wiped. */
pintle_status fp_driver_keys(pintle_call *call, const fp_driver *d, uint8_t keys[(1 + FP_OLDER_KEYS) * FP_KEY], size_t *n);

/* driver.c: how an operation ended, if it did: error is what it said, "" nothing; last its last sign of life. False: no memory. */
bool fp_driver_ended(pintle_call *call, bool over, int64_t last, const char *error, pintle_progress *p);

/* driver_open.c: the repository of v, to be closed. Never NOT_FOUND. */
pintle_status fp_driver_repo(pintle_call *call, fp_driver *d, const nas_volume *v, fp_repo **out);
/* The directory where v is mounted here. INVALID, DENIED, NOT_FOUND: it cannot be opened. */
pintle_status fp_driver_tree(pintle_call *call, const nas_volume *v, int *fd);
/* The share of v where it is not mounted, to be closed with fp_nfs_close. */
pintle_status fp_driver_share(pintle_call *call, const fp_driver *d, const nas_volume *v, fp_share *to);
/* server:/path of v, into memory of the call; NULL: none. */
const char *fp_driver_export(pintle_call *call, const nas_volume *v);

/* driver_restore.c */
pintle_status fp_driver_place(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out);
pintle_status fp_driver_fill(void *self, pintle_call *call, const nas_snapshot *s, const char *name);
pintle_status fp_driver_restore(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out);
/* Removes what tells of restores a week ago. */
void fp_driver_forget(pintle_call *call, fp_repo *repo);
pintle_status fp_driver_filled(void *self, pintle_call *call, const nas_snapshot *s, const char *name, pintle_progress *p);
#endif
