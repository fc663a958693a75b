/* pattern.h -- POSIX extended regular expressions over bytes, found in time that grows with the text.  SPDX-License-Identifier: Apache-2.0
 *
 * The C library tries a match from every place of a text, each as far as it goes: on one long word that is the square of its length. Here all
 * places are tried in one walk, by the set of states that they are in. Groups within a match that was found are the C library's to say. */
#ifndef XFORM_PATTERN_H
#define XFORM_PATTERN_H
#include <pintle/plugin.h>
#include <stdbool.h>
#include <stdint.h>

struct pattern;
/* NULL: *why says what is wrong with it, or (NULL) there is no memory. What reads as something else in
 * other dialects (\d, (?:, *?) is refused, with what to write instead. */
struct pattern *pattern_new(const char *source, const char **why);
void pattern_free(struct pattern *p);

struct pattern_match {
  size_t begin, end;
  size_t read; /* so much of the text decided it */
};
enum pattern_found { PATTERN_NONE, PATTERN_FOUND, PATTERN_TOO_LONG, PATTERN_NO_MEMORY };
/* The leftmost match of at least one byte that begins at or behind `from`, of these the longest. *steps is what may still be spent. */
enum pattern_found pattern_search(const struct pattern *p, pintle_str text, size_t from, int64_t *steps, struct pattern_match *m);
/* What may be spent on a text. */
int64_t pattern_steps(pintle_str text);
#endif
