/* pintle/ext/verify.h -- pintle.verify/1: is a snapshot still what it was when it was taken?  SPDX-License-Identifier: Apache-2.0
 *
 * Offered by a VolumeSnapshotter whose snapshots' data can be read back: its action's extension(self, PINTLE_EXT_VERIFY) gives this table
 * for as long as the instance lives. `pintle snapshot verify ID` calls it. In 1.0. */
#ifndef PINTLE_EXT_VERIFY_H
#define PINTLE_EXT_VERIFY_H
#include <pintle/types.h>
#ifdef __cplusplus
extern "C" {
#endif
#define PINTLE_EXT_VERIFY "pintle.verify/1"

typedef struct pintle_verify {
  uint32_t struct_size, flags;

  /* [instance] Reads back all that the snapshot consists of and compares it with what was recorded; changes nothing. OK: all is well.
   * FAILED: it is damaged, and the error says what, log lines of ERROR each further place. NOT_FOUND: there is no such snapshot. A long
   * call: report. */
  pintle_status (*verify_snapshot)(void *self, pintle_call *, const char *snapshot_id);
} pintle_verify;

#ifdef __cplusplus
}
#endif
#endif
