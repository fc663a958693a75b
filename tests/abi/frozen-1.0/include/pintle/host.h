/* pintle/host.h -- what a plugin may ask of the host.  SPDX-License-Identifier: Apache-2.0
 *
 * Reached through call->host. Keep the pointer if you like: it outlives the plugin. The call itself ends when the function it was given
 * to returns. No entry is NULL in 1.0; ask for later ones (PINTLE_HAS, or simply `if (host->newer)`). Since 1.0. */
#ifndef PINTLE_HOST_H
#define PINTLE_HOST_H
#include <pintle/doc.h>
#include <pintle/error.h>
#include <pintle/progress.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_host {
  uint32_t struct_size, abi_minor; /* of the host */
  const char *name, *version;      /* "pintle", "1.0.3" */

  /* [call] Records the error of this call, copied, and returns its status: `return host->fail(call, &e)`. A later one replaces an
   * earlier one, unless it has PINTLE_WRAP. Extensions record theirs themselves; documents and results do not. It counts only if the
   * call then fails. */
  pintle_status (*fail)(pintle_call *, const pintle_error *);

  /* [any] One line of the run's log. call may be NULL (background threads): then the line has no item. len may be PINTLE_Z. fields become
   * structured log fields; NULL with n_fields 0. No secrets. */
  void (*log_line)(pintle_call *, int32_t level, const char *msg, size_t len, const pintle_kv *fields, size_t n_fields);

  /* [any] 0 go on; 1 cancelled; 2 past the deadline. Once a plugin was told (here, or by CANCELLED or TIMED_OUT from pause or an
   * extension), it has 10 s in which all functions work again, to clean up and return. Cheap: ask in every loop. */
  int32_t (*cancelled)(pintle_call *);

  /* [any] A descriptor that is readable once cancelled() != 0, for poll and curl_multi; -1: none. The host's: do not read or close it. */
  int32_t (*cancel_fd)(pintle_call *);

  /* [any] Time to the deadline, never negative, or PINTLE_NONE. */
  int64_t (*remaining)(pintle_call *);

  /* [call] Sleeps. OK: all of duration has passed; CANCELLED or TIMED_OUT: as soon as that is so. */
  pintle_status (*pause)(pintle_call *, int64_t duration);

  /* [call] A long call lives: progress for people; restarts the idle deadline of a stream call. */
  void (*report)(pintle_call *, const pintle_progress *);

  /* [call] Zeroed memory, aligned to 16, gone when the call returns; not for what an instance keeps. NULL: no memory. */
  void *(*alloc)(pintle_call *, size_t);

  /* [call] This action's options: an object with one member for each that was given or has a fallback; checked and typed as the option
   * says. Read-only. It and its strings live until destroy. Never NULL; {} in load. */
  const pintle_doc *(*config)(pintle_call *);

  /* [call] A fact about the run; the text lives until the call returns. NOT_FOUND: unknown here.
   *   "host.mode"          standalone, velero (as a drop-in) or test
   *   "run.kind"           Backup or Restore          "run.name", "run.uid"   of that resource
   *   "run.dir"            scratch directory of this action, made on first asking, removed after the run
   *   "velero.namespace"   e.g. velero                "features"              comma-separated list
   *   "source.kind"        cluster or files           "target.version"        e.g. 1.36
   *   "source.form"        files: a backup, a directory or a file (of which nobody says that it is all there is)
   *   "item.volume-action" what the backup's volume policies say of this PersistentVolume or claim: snapshot, fs-backup, skip or custom;
   *                        of a Pod "volume=action,volume=action". "" where none speaks
   *   "item.volume-parameters" JSON of that policy's action.parameters; "" where it has none */
  pintle_status (*property)(pintle_call *, const char *name, pintle_str *);

  /* [call] A scratch document, writable, gone when the call returns; json NULL = {}. To read a vendor's answer, to build JSON without a
   * JSON library. Its edits are real at once. INVALID: the text is not JSON; NOMEM. */
  pintle_status (*new_doc)(pintle_call *, const char *json, size_t len, pintle_doc **);

  /* [any] Adds to a counter of the run, summed over all instances and processes. counter: a short phrase for people. One that create()
   * added 0 to and that is 0 at the end of the run is reported as a warning ("this rule never matched"). In a call that fails it still
   * counts. */
  void (*count)(pintle_call *, const char *counter, int64_t delta);

  /* [call] One line of the run's report: what was not resolved, lost or is doubtful. severity: PINTLE_LOG_INFO, WARN or ERROR (WARN and
   * ERROR count as log_line's do); code: a short machine-readable word, e.g. "unresolved"; pointer into the item or ""; text for a human,
   * no secret. */
  void (*finding)(pintle_call *, int32_t severity, const char *code, const char *pointer, const char *text);

  /* [any] A table of ext/ or of a later header, by its id; it lives as long as the host. NULL: not here. */
  const void *(*extension)(const struct pintle_host *, const char *id);
} pintle_host;

#ifdef __cplusplus
}
#endif
#endif
