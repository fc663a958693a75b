/* team.c -- see team.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/team.h"
#include "base/clock.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { LANE_STACK = 512 << 10 };

struct dropin_team {
  dropin_team_options o;
  pthread_mutex_t lock;
  pthread_cond_t work, over;
  dropin_job *first, *last;
  unsigned lanes, idle, waiting; /* waiting: jobs */
  bool retired, watched;         /* watched: dropin_team_stop frees it */
};

static void free_team(dropin_team *t) {
  if (t->o.ended) t->o.ended(t->o.ctx);
  pthread_cond_destroy(&t->work);
  pthread_cond_destroy(&t->over);
  pthread_mutex_destroy(&t->lock);
  free(t);
}

/* The next job; NULL: a second has passed, or the lane is to end. Called and left locked. counted: among the idle ones already. */
static dropin_job *next_job(dropin_team *t, bool counted) {
  struct timespec until;
  dropin_job *job = NULL;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec++;
  if (!counted) t->idle++;
  while (!t->first && !t->retired && pthread_cond_timedwait(&t->work, &t->lock, &until) == 0) continue;
  t->idle--;
  if (!(job = t->first)) return NULL;
  if (!(t->first = job->next)) t->last = NULL;
  t->waiting--;
  return job;
}

static void *lane(void *arg) {
  dropin_team *t = arg;
  void *state = NULL;
  bool ending = false;
  pthread_mutex_lock(&t->lock);
  for (dropin_job *job; (job = next_job(t, ending)) || !t->retired;) {
    ending = false;
    if (job) job->ending = &ending;
    pthread_mutex_unlock(&t->lock);
    if (job) job->run(job, &state);
    else if (state && t->o.idle) t->o.idle(t->o.ctx, state);
    pthread_mutex_lock(&t->lock);
  }
  pthread_mutex_unlock(&t->lock);
  if (state) t->o.close(t->o.ctx, state);
  pthread_mutex_lock(&t->lock);
  bool last = --t->lanes == 0, mine = last && !t->watched;
  pthread_cond_broadcast(&t->over);
  pthread_mutex_unlock(&t->lock);
  if (mine) free_team(t);
  return NULL;
}

static pintle_status start_lane(dropin_team *t, error *e) {
  pthread_attr_t a;
  pthread_t thread;
  if (pthread_attr_init(&a) != 0) return error_nomem(e);
  pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&a, LANE_STACK);
  int bad = pthread_create(&thread, &a, lane, t);
  pthread_attr_destroy(&a);
  if (bad) return error_errno(e, bad, "cannot start a thread");
  t->lanes++;
  return PINTLE_OK;
}

pintle_status dropin_team_new(const dropin_team_options *options, dropin_team **out, error *e) {
  pthread_condattr_t a;
  dropin_team *t = calloc(1, sizeof *t);
  if (!t) return error_nomem(e);
  t->o = *options;
  pthread_mutex_init(&t->lock, NULL);
  pthread_condattr_init(&a);
  pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
  pthread_cond_init(&t->work, &a);
  pthread_cond_init(&t->over, &a);
  pthread_condattr_destroy(&a);
  *out = t;
  return PINTLE_OK;
}

pintle_status dropin_team_give(dropin_team *t, dropin_job *job, error *e) {
  pintle_status st = PINTLE_OK;
  pthread_mutex_lock(&t->lock);
  if (t->waiting >= t->idle && t->lanes < t->o.most && (st = start_lane(t, e)) != PINTLE_OK && t->lanes)
    st = PINTLE_OK; /* those that are there will do it */
  if (st == PINTLE_OK) {
    job->next = NULL;
    job->team = t;
    if (t->last) t->last->next = job;
    else t->first = job;
    t->last = job;
    t->waiting++;
  }
  pthread_mutex_unlock(&t->lock);
  if (st == PINTLE_OK) pthread_cond_signal(&t->work); /* behind the lock, which the lane takes first of all */
  return st;
}

void dropin_team_ending(dropin_job *job) {
  dropin_team *t = job->team;
  pthread_mutex_lock(&t->lock);
  t->idle++;
  *job->ending = true;
  pthread_mutex_unlock(&t->lock);
}

size_t dropin_team_lanes(dropin_team *t) {
  pthread_mutex_lock(&t->lock);
  size_t n = t->lanes;
  pthread_mutex_unlock(&t->lock);
  return n;
}

size_t dropin_team_idle(dropin_team *t) {
  pthread_mutex_lock(&t->lock);
  size_t n = t->idle;
  pthread_mutex_unlock(&t->lock);
  return n;
}

static bool retire(dropin_team *t, bool watched) {
  pthread_mutex_lock(&t->lock);
  t->retired = true;
  t->watched = watched;
  bool none = t->lanes == 0;
  pthread_cond_broadcast(&t->work);
  pthread_mutex_unlock(&t->lock);
  return none;
}

void dropin_team_retire(dropin_team *t) {
  if (retire(t, false)) free_team(t);
}

bool dropin_team_stop(dropin_team *t, int64_t until) {
  const struct timespec limit = {until / CLOCK_SECOND, until % CLOCK_SECOND};
  retire(t, true);
  pthread_mutex_lock(&t->lock);
  while (t->lanes && pthread_cond_timedwait(&t->over, &t->lock, &limit) == 0) continue;
  bool over = t->lanes == 0;
  pthread_mutex_unlock(&t->lock);
  if (over) free_team(t);
  return over;
}
