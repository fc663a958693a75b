/* volume.h -- which NAS is behind a PersistentVolume, and ids that say so.  SPDX-License-Identifier: Apache-2.0 */
#ifndef NAS_VOLUME_H
#define NAS_VOLUME_H
#include "driver.h"
#include "text.h"

#define NAS_VOLUME_PREFIX "nas1:"
#define NAS_SNAPSHOT_PREFIX "nass1:"
enum { NAS_ID_MAX = 1024 }; /* of an id, as an operation's id must be */

/* *is = false: no NAS that we know of; no error. Else every text of *v is set, "" where the PersistentVolume does not say. */
pintle_status nas_volume_read(pintle_call *call, const pintle_doc *pv, nas_volume *v, bool *is);

/* Makes the PersistentVolume one of *v, in the shape that v->kind names. What v does not say stays. A kind other than the PersistentVolume's: its
 * source is replaced, which is possible with "nfs" only (else UNSUPPORTED). */
pintle_status nas_volume_write(pintle_call *call, pintle_doc *pv, const nas_volume *v);

/* The export's path and the subpath below it, without empty parts and ".". */
void nas_volume_path(const nas_volume *v, nas_text *to);

/* "nas1:{...}", or "nass1:{...}" with snapshot; at most NAS_ID_MAX bytes, else INVALID. */
pintle_status nas_id_write(pintle_call *call, const char *driver, const nas_volume *v, const char *snapshot, const char **id);

/* INVALID: not one of ours. snapshot NULL: a volume's id is expected. */
pintle_status nas_id_read(pintle_call *call, const char *id, const char **driver, nas_volume *v, const char **snapshot);

/* "velero-" and 40 hex digits that follow from the texts: the same for the same ones. to: 48 bytes. */
pintle_status nas_name(pintle_call *call, const char *const *texts, size_t n, char *to);
#endif
