/* replace.h -- several patterns over one text, at once.  SPDX-License-Identifier: Apache-2.0 */
#ifndef XFORM_REPLACE_H
#define XFORM_REPLACE_H
#include "pattern.h"
#include "xform.h"

#define XFORM_GROUPS 10
struct xform_hit { /* zeroed, with rule set, by the caller */
  const struct xform_text_rule *rule;
  size_t count;          /* replacements made */
  size_t left;           /* it matched, and what it says could not be written */
  char old[72], new[72]; /* of the first */
  regmatch_t at[XFORM_GROUPS];
  bool inner;            /* its path led to a mapping or list */
  bool searched, over; /* at is the next match; there is none any more */
  bool gave_up;        /* it would have taken too long: the text is not to be used */
  int64_t steps;
};
/* Appends text to *to with every match of every rule replaced: from the left, of matches that begin together the first rule's; what was
 * put in is not looked at again, and what reads as its replacement already is left alone. */
void xform_replace(struct xform_hit *hits, size_t n, pintle_str text, struct xform_text *to);
/* A text that every match of the (compiled) pattern holds, "" when none is sure; to be freed; NULL: no memory. */
char *xform_needle(const char *pattern);

/* ---- finder.c: after all text rules were read. False: no memory. */
bool xform_finder_make(struct xform *x);
void xform_finder_free(struct xform *x);
/* The rules that text may concern, none of them missing: a set of finder.n_words words. */
void xform_finder_find(const struct xform *x, pintle_str text, uint64_t *rules);
/* NULL, or what is wrong with `to` for a pattern with so many groups: \0 to \9 and \\ are known. */
const char *xform_replacement_wrong(const char *to, size_t groups);
#endif
