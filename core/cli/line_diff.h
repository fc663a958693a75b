/* line_diff.h -- two texts line by line, and two lines by what differs in them.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_LINE_DIFF_H
#define PINTLE_CLI_LINE_DIFF_H
#include "base/buf.h"

typedef struct cli_ink {
  bool colours;
  unsigned indent;
} cli_ink;
/* Changed lines with one line of context, as "- old", "+ new", "  same"; "@@ line 12 @@" before each group. Long lines are shown around what
 * differs. Control characters are made visible. */
void cli_line_diff(cli_ink ink, str old, str new, buf *out);
/* "- old" and "+ new" of one line each; texts over 120 bytes only around what differs. */
void cli_pair(cli_ink ink, str old, str new, buf *out);
/* One line, marked and coloured: mark '-', '+', '#', '@', ' '. */
void cli_marked(cli_ink ink, char mark, str clean, buf *out);
#endif
