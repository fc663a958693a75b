/* finder.c -- which of many text rules may concern a text, by one pass over it.  SPDX-License-Identifier: Apache-2.0
 *
 * A pattern's needle (needle.c) is found by four bytes of it that few other needles hold; values are looked up whole. */
#include "replace.h"
#include <stdlib.h>
#include <string.h>

enum { GRAM = 4, FEW = 8 }; /* so few patterns are searched one by one */

static uint32_t gram_at(const char *p) {
  uint32_t g;
  memcpy(&g, p, GRAM);
  return g;
}
static uint32_t slot(uint32_t gram) { return gram * 2654435761u >> 16; }

static int by_gram(const void *a, const void *b) {
  const struct xform_gram *x = a, *y = b;
  if (x->gram != y->gram) return x->gram < y->gram ? -1 : 1;
  return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static int by_value(const void *a, const void *b) {
  return strcmp(((const struct xform_exact *)a)->value, ((const struct xform_exact *)b)->value);
}

static bool by_needle(const struct xform_text_rule *r) { return !r->structured && r->is_pattern && strlen(r->needle) >= GRAM; }
static bool by_whole(const struct xform_text_rule *r) { return !r->structured && r->value; }

/* The window of the needle that the fewest needles share, by the slots that they fall into. */
static size_t rarest(const char *needle, const uint32_t *counts) {
  size_t best = 0;
  for (size_t i = 1; needle[i + GRAM - 1]; i++)
    if (counts[slot(gram_at(needle + i))] < counts[slot(gram_at(needle + best))]) best = i;
  return best;
}

static bool index_needles(struct xform *x) {
  struct xform_finder *f = &x->finder;
  uint32_t *counts = calloc(65536, sizeof *counts);
  f->grams = calloc(f->n_grams, sizeof *f->grams), f->slots = calloc(65536 / 64, sizeof *f->slots);
  if (!counts || !f->grams || !f->slots) return free(counts), false;
  for (size_t i = 0; i < x->n_texts; i++)
    for (const char *p = by_needle(&x->texts[i]) ? x->texts[i].needle : ""; *p && p[1] && p[2] && p[3]; p++) counts[slot(gram_at(p))]++;
  size_t n = 0;
  for (size_t i = 0; i < x->n_texts; i++) {
    if (!by_needle(&x->texts[i])) continue;
    size_t at = rarest(x->texts[i].needle, counts);
    uint32_t gram = gram_at(x->texts[i].needle + at), s = slot(gram);
    f->grams[n++] = (struct xform_gram){.gram = gram, .rule = (uint32_t)i, .at = (uint32_t)at};
    f->slots[s / 64] |= (uint64_t)1 << (s % 64);
  }
  free(counts);
  qsort(f->grams, n, sizeof *f->grams, by_gram);
  return true;
}

static bool index_values(struct xform *x, size_t n) {
  struct xform_finder *f = &x->finder;
  if (!(f->exact = calloc(n, sizeof *f->exact))) return false;
  for (size_t i = 0; i < x->n_texts; i++)
    if (by_whole(&x->texts[i])) f->exact[f->n_exact++] = (struct xform_exact){x->texts[i].value, i};
  qsort(f->exact, f->n_exact, sizeof *f->exact, by_value);
  return true;
}

bool xform_finder_make(struct xform *x) {
  struct xform_finder *f = &x->finder;
  size_t values = 0;
  f->n_words = (x->n_texts + 63) / 64;
  if (!x->n_texts) return true;
  for (size_t i = 0; i < x->n_texts; i++) f->n_grams += by_needle(&x->texts[i]), values += by_whole(&x->texts[i]);
  if (f->n_grams < FEW) f->n_grams = 0;
  if (!(f->always = calloc(f->n_words, sizeof *f->always))) return false;
  for (size_t i = 0; i < x->n_texts; i++)
    if (!(f->n_grams && by_needle(&x->texts[i])) && !by_whole(&x->texts[i])) f->always[i / 64] |= (uint64_t)1 << (i % 64);
  return (!f->n_grams || index_needles(x)) && (!values || index_values(x, values));
}

void xform_finder_free(struct xform *x) {
  free(x->finder.always), free(x->finder.slots), free(x->finder.grams), free(x->finder.exact);
  x->finder = (struct xform_finder){0};
}

/* ---- finding */
static void set(uint64_t *rules, size_t i) { rules[i / 64] |= (uint64_t)1 << (i % 64); }

static void found_gram(const struct xform *x, pintle_str text, size_t at, uint32_t gram, uint64_t *rules) {
  const struct xform_finder *f = &x->finder;
  size_t low = 0, high = f->n_grams;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (f->grams[middle].gram < gram) low = middle + 1;
    else high = middle;
  }
  for (; low < f->n_grams && f->grams[low].gram == gram; low++) {
    const struct xform_gram *g = &f->grams[low];
    const char *needle = x->texts[g->rule].needle;
    size_t n = strlen(needle);
    if (at >= g->at && at - g->at + n <= text.len && memcmp(text.ptr + at - g->at, needle, n) == 0) set(rules, g->rule);
  }
}

/* As strcmp of NUL-ended texts; this one may hold any byte. */
static int compare(const char *value, pintle_str text) {
  size_t n = strlen(value), least = n < text.len ? n : text.len;
  int c = least ? memcmp(value, text.ptr, least) : 0;
  return c ? c : n < text.len ? -1 : n > text.len;
}

static void find_exact(const struct xform_finder *f, pintle_str text, uint64_t *rules) {
  size_t low = 0, high = f->n_exact;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (compare(f->exact[middle].value, text) < 0) low = middle + 1;
    else high = middle;
  }
  for (; low < f->n_exact && compare(f->exact[low].value, text) == 0; low++) set(rules, f->exact[low].rule);
}

void xform_finder_find(const struct xform *x, pintle_str text, uint64_t *rules) {
  const struct xform_finder *f = &x->finder;
  if (f->n_words) memcpy(rules, f->always, f->n_words * sizeof *rules);
  find_exact(f, text, rules);
  for (size_t i = 0; f->n_grams && i + GRAM <= text.len; i++) {
    uint32_t gram = gram_at(text.ptr + i), s = slot(gram);
    if (f->slots[s / 64] >> (s % 64) & 1) found_gram(x, text, i, gram, rules);
  }
}
