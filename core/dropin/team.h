/* team.h -- lanes: threads that do one blocking job after another, each with a worker of its own.  SPDX-License-Identifier: Apache-2.0
 *
 * A team is all lanes for one thing (the actions of one kind of one plugin, one instance of a store). A lane is started by the first job, others while
 * all are busy, up to the most; further jobs wait in order. Knows no gRPC and no plugins. */
#ifndef PINTLE_DROPIN_TEAM_H
#define PINTLE_DROPIN_TEAM_H
#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct dropin_job {
  struct dropin_job *next; /* these three are the team's */
  struct dropin_team *team;
  bool *ending;
  /* [lane] Does it, and frees it. *state is the lane's own, NULL at its first job. */
  void (*run)(struct dropin_job *job, void **state);
} dropin_job;

typedef struct dropin_team_options {
  unsigned most;
  void *ctx;
  void (*idle)(void *ctx, void *state);  /* [lane] each second between two jobs, when there is a state; may be NULL */
  void (*close)(void *ctx, void *state); /* [lane] at its end, when there is a state */
  void (*ended)(void *ctx);              /* [any lane] after the last lane of a team that was retired; frees ctx. May be NULL */
} dropin_team_options;

typedef struct dropin_team dropin_team;
pintle_status dropin_team_new(const dropin_team_options *options, dropin_team **out, error *e);
/* Any thread; the job runs later. Not OK: no thread can be had, and the job is still the caller's. */
pintle_status dropin_team_give(dropin_team *t, dropin_job *job, error *e);
/* [lane] The job is as good as done: a job that comes of its answer waits for this lane, and no other is started for it. At most once a job. */
void dropin_team_ending(dropin_job *job);
size_t dropin_team_lanes(dropin_team *t);
size_t dropin_team_idle(dropin_team *t); /* of them, those that wait for a job */
/* No more jobs come: those that were given are done, then the lanes end, and the team frees itself. */
void dropin_team_retire(dropin_team *t);
/* The same, and waits until all is over, until the clock says so (clock_monotonic). false: lanes are still busy, and the team is not freed; it may be
 * called again. */
bool dropin_team_stop(dropin_team *t, int64_t until);
#endif
