/* run_status.c -- see run_status.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/run_status.h"
#include "base/clock.h"

static void time_member(buf *b, const char *key, int64_t t) {
  char text[32];
  buf_printf(b, ",\"%s\":\"%s\"", key, clock_rfc3339(t, text));
}

static void count_member(buf *b, const char *key, uint64_t n) {
  if (n) buf_printf(b, ",\"%s\":%llu", key, (unsigned long long)n);
}

static void begun(const engine_run_status *s, const engine_summary *u, buf *b) {
  int64_t ttl = 0;
  time_member(b, "startTimestamp", u->started);
  if (s->restore) return;
  if (clock_duration(item_str(s->resource, "/spec/ttl", "720h0m0s"), &ttl) != PINTLE_OK || ttl <= 0)
    ttl = (int64_t)720 * 3600 * CLOCK_SECOND;
  buf_addz(b, ",\"version\":1,\"formatVersion\":\"1.1.0\"");
  time_member(b, "expiration", u->started + ttl);
  count_member(b, "volumeSnapshotsAttempted", u->volumes.attempted);
  count_member(b, "volumeSnapshotsCompleted", u->volumes.completed);
}

pintle_status engine_run_status_set(const engine_run_status *s, const engine_summary *u, const error *why, error *e) {
  CLEANUP(buf_free) buf b = {0};
  buf_printf(&b, "{\"status\":{\"phase\":\"%s\"", u->phase);
  if (!s->again) begun(s, u, &b);
  if (!engine_phase_waits(u->phase)) time_member(&b, "completionTimestamp", u->ended ? u->ended : clock_now());
  if (why && why->status != PINTLE_OK) buf_addz(&b, ",\"failureReason\":"), buf_json(&b, str_of(why->message));
  count_member(&b, "warnings", u->warnings);
  count_member(&b, "errors", u->errors);
  engine_operations_status(s->operations, &b);
  buf_printf(&b, ",\"progress\":{\"totalItems\":%llu,\"%s\":%llu}}}", (unsigned long long)u->total,
             s->restore ? "itemsRestored" : "itemsBackedUp", (unsigned long long)u->done);
  if (!s->again) item_remove(s->resource, "/status");
  return b.failed || item_doc_api.merge(item_handle(s->resource), b.data, b.len) != PINTLE_OK ? error_nomem(e) : PINTLE_OK;
}
