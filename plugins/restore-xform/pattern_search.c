/* pattern_search.c -- a pattern over a text: all places where a match may begin are tried in one walk.  SPDX-License-Identifier: Apache-2.0
 *
 * A thread is a step of the pattern and where its match began. They are kept in the order of their beginnings, and of two at the same step the
 * later one is dropped: whatever it will match, the earlier one does too. So a byte costs no more than the pattern has steps. */
#include "pattern_inside.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct thread {
  size_t begin;
  uint32_t step;
};
struct threads {
  struct thread *all;
  size_t n;
};
struct search {
  const struct pattern *p;
  pintle_str text;
  struct threads now, next;
  uint32_t *seen, round; /* steps that were reached at this place */
  uint32_t *stack;
  struct pattern_match *m;
  bool found;
};

static bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

static bool holds(const struct search *s, enum pattern_op op, size_t at) {
  const bool before = at > 0 && is_word(s->text.ptr[at - 1]), behind = at < s->text.len && is_word(s->text.ptr[at]);
  switch (op) {
  case OP_BEGIN: return at == 0;
  case OP_END: return at == s->text.len;
  case OP_WORD_EDGE: return before != behind;
  case OP_NO_WORD_EDGE: return before == behind;
  case OP_WORD_BEGIN: return !before && behind;
  default: return before && !behind;
  }
}

/* The thread and all that it reaches without reading a byte. */
static void reach(struct search *s, struct threads *to, uint32_t step, size_t begin, size_t at, int64_t *steps) {
  size_t n = 0;
  if (s->seen[step] == s->round) return;
  s->seen[step] = s->round, s->stack[n++] = step;
  while (n) {
    const uint32_t i = s->stack[--n];
    const struct pattern_step *is = &s->p->steps[i];
    uint32_t on[2], k = 0;
    --*steps;
    if (is->op == OP_BYTE) to->all[to->n++] = (struct thread){begin, i};
    else if (is->op == OP_MATCH) {
      if (at > begin && (!s->found || begin <= s->m->begin)) s->found = true, s->m->begin = begin, s->m->end = at;
    } else if (is->op == OP_SPLIT) on[k++] = i + (uint32_t)is->y, on[k++] = i + (uint32_t)is->x;
    else if (is->op == OP_JUMP) on[k++] = i + (uint32_t)is->x;
    else if (holds(s, is->op, at)) on[k++] = i + 1;
    while (k--)
      if (s->seen[on[k]] != s->round) s->seen[on[k]] = s->round, s->stack[n++] = on[k];
  }
}

static void walk(struct search *s, size_t at, int64_t *steps) {
  const char *text = s->text.ptr;
  for (;; at++) {
    if (!s->found && !s->now.n) { /* to where a match may begin */
      while (at < s->text.len && !pattern_in(&s->p->first, (unsigned char)text[at])) at++;
      s->round++;
    }
    if (!s->found && at < s->text.len) reach(s, &s->now, 0, at, at, steps);
    s->m->read = at;
    if (at == s->text.len || *steps < 0 || (s->found && !s->now.n)) return;
    if (!s->now.n) continue;
    s->round++, s->next.n = 0;
    for (size_t i = 0; i < s->now.n; i++) {
      const struct thread t = s->now.all[i];
      if (s->found && t.begin > s->m->begin) break;
      --*steps;
      if (pattern_in(&s->p->sets[s->p->steps[t.step].x], (unsigned char)text[at])) reach(s, &s->next, t.step + 1, t.begin, at + 1, steps);
    }
    const struct threads was = s->now;
    s->now = s->next, s->next = was;
  }
}

enum pattern_found pattern_search(const struct pattern *p, pintle_str text, size_t from, int64_t *steps, struct pattern_match *m) {
  const size_t n = p->n;
  struct search s = {.p = p, .text = text, .m = m};
  char *room = malloc(2 * n * sizeof(struct thread) + 2 * n * sizeof(uint32_t));
  if (!room) return PATTERN_NO_MEMORY;
  s.now.all = (struct thread *)(void *)room, s.next.all = s.now.all + n;
  s.stack = (uint32_t *)(void *)(s.next.all + n), s.seen = s.stack + n;
  memset(s.seen, 0, n * sizeof *s.seen);
  s.round = 1;
  if (from <= text.len) walk(&s, from, steps);
  free(room);
  return *steps < 0 ? PATTERN_TOO_LONG : s.found ? PATTERN_FOUND : PATTERN_NONE;
}

int64_t pattern_steps(pintle_str text) { return 4000000 + 400 * (int64_t)text.len; }
