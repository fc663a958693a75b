/* replace.c -- several patterns over one text, at once.  SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"
#include <string.h>

const char *xform_replacement_wrong(const char *to, size_t groups) {
  for (const char *p = to; *p; p++) {
    if (*p != '\\') continue;
    p++;
    if (*p == '\\') continue;
    if (*p < '0' || *p > '9') return "a \\ is followed by a digit (a group) or by another \\";
    if ((size_t)(*p - '0') > groups) return "the pattern has not so many groups";
  }
  return NULL;
}

/* What the groups of a match are. REG_STARTEND: the text may hold U+0000, and \b sees what stands before. */
static bool groups(struct xform_hit *h, pintle_str text, const struct pattern_match *m) {
  const size_t base = m->begin ? m->begin - 1 : 0, end = m->read + 2 < text.len ? m->read + 2 : text.len;
  h->at[0].rm_so = (regoff_t)(m->begin - base), h->at[0].rm_eo = (regoff_t)(end - base);
  if (regexec(&h->rule->pattern, text.ptr + base, XFORM_GROUPS, h->at, REG_STARTEND | (base ? REG_NOTBOL : 0)) != 0) return false;
  for (size_t i = 0; i < XFORM_GROUPS; i++)
    if (h->at[i].rm_so >= 0) h->at[i].rm_so += (regoff_t)base, h->at[i].rm_eo += (regoff_t)base;
  return (size_t)h->at[0].rm_so == m->begin && (size_t)h->at[0].rm_eo == m->end;
}

/* The next match that begins at or behind `from`. */
static void search(struct xform_hit *h, pintle_str text, size_t from) {
  if (h->over || (h->searched && h->at[0].rm_so >= (regoff_t)from)) return;
  if (!h->searched && !memmem(text.ptr, text.len, h->rule->needle, strlen(h->rule->needle))) {
    h->over = true;
    return;
  }
  if (!h->searched) h->steps = pattern_steps(text);
  h->searched = true;
  struct pattern_match m;
  enum pattern_found found = pattern_search(h->rule->machine, text, from, &h->steps, &m);
  if (found == PATTERN_FOUND) {
    h->at[0].rm_so = (regoff_t)m.begin, h->at[0].rm_eo = (regoff_t)m.end;
    if (!h->rule->groups || groups(h, text, &m)) return;
  }
  h->over = true, h->gave_up = found != PATTERN_NONE;
}

static void expand(const struct xform_hit *h, pintle_str text, struct xform_text *out) {
  for (const char *p = h->rule->to; *p; p++) {
    if (*p != '\\') {
      xform_text_add(out, p, 1);
      continue;
    }
    p++;
    const regmatch_t *g = &h->at[*p == '\\' ? 0 : *p - '0'];
    if (*p == '\\') xform_text_add(out, p, 1);
    else if (g->rm_so >= 0) xform_text_add(out, text.ptr + g->rm_so, (size_t)(g->rm_eo - g->rm_so));
  }
}

/* "example.com" -> "new.example.com": where the text around the match is the replacement already, the end of it; else 0. */
static size_t done(const struct xform_hit *h, pintle_str text, size_t begin, const struct xform_text *new) {
  size_t so = (size_t)h->at[0].rm_so, n = (size_t)(h->at[0].rm_eo - h->at[0].rm_so);
  for (size_t k = 0; new->data &&k + n <= new->len; k++) {
    if (so < begin + k || so - k + new->len > text.len) continue;
    if (memcmp(new->data + k, text.ptr + so, n) == 0 && memcmp(new->data, text.ptr + so - k, new->len) == 0) return so - k + new->len;
  }
  return 0;
}

static struct xform_hit *leftmost(struct xform_hit *hits, size_t n, pintle_str text, size_t from) {
  struct xform_hit *best = NULL;
  for (size_t i = 0; i < n; i++) {
    search(&hits[i], text, from);
    if (!hits[i].over && (!best || hits[i].at[0].rm_so < best->at[0].rm_so)) best = &hits[i];
  }
  return best;
}

void xform_replace(struct xform_hit *hits, size_t n, pintle_str text, struct xform_text *to) {
  size_t from = 0;
  struct xform_hit *h;
  while (!to->failed && (h = leftmost(hits, n, text, from))) {
    struct xform_text new = {0};
    size_t so = (size_t)h->at[0].rm_so, eo = (size_t)h->at[0].rm_eo, end;
    expand(h, text, &new);
    if (new.failed) to->failed = true;
    else if ((end = done(h, text, from, &new)) > so) {
      xform_text_add(to, text.ptr + from, end - from);
      from = end;
    } else {
      xform_text_add(to, text.ptr + from, so - from);
      xform_text_add(to, new.data, new.len);
      if (h->count++ == 0) xform_short((pintle_str){text.ptr + so, eo - so}, h->old), xform_short((pintle_str){new.data, new.len}, h->new);
      from = eo;
    }
    xform_text_free(&new);
  }
  xform_text_add(to, text.ptr + from, text.len - from);
}

bool xform_pattern_fits(const struct xform_text_rule *r, pintle_str text) {
  struct pattern_match m;
  int64_t steps = 1000000;
  return memmem(text.ptr, text.len, r->needle, strlen(r->needle)) && pattern_search(r->machine, text, 0, &steps, &m) == PATTERN_FOUND;
}
