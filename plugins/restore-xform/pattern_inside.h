/* pattern_inside.h -- what a pattern is made into.  SPDX-License-Identifier: Apache-2.0 */
#ifndef XFORM_PATTERN_INSIDE_H
#define XFORM_PATTERN_INSIDE_H
#include "pattern.h"

struct pattern_set {
  uint64_t bits[4]; /* of bytes */
};
enum pattern_op {
  OP_BYTE,  /* of the set x */
  OP_SPLIT, /* on at +x, and at +y */
  OP_JUMP,  /* on at +x */
  OP_BEGIN, /* of the text */
  OP_END,
  OP_WORD_EDGE, /* letters, digits and _ against anything else */
  OP_NO_WORD_EDGE,
  OP_WORD_BEGIN,
  OP_WORD_END,
  OP_MATCH
};
struct pattern_step { /* jumps are relative, so that a piece can be copied */
  enum pattern_op op;
  int32_t x, y;
};
enum { PATTERN_STEPS = 4000 };
struct pattern {
  struct pattern_step *steps;
  struct pattern_set *sets;
  size_t n, n_sets;
  struct pattern_set first; /* bytes that a match may begin with */
};
static inline bool pattern_in(const struct pattern_set *s, unsigned char c) { return s->bits[c >> 6] >> (c & 63) & 1; }
#endif
