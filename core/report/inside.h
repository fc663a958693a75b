/* inside.h -- what the files of core/report share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_REPORT_INSIDE_H
#define PINTLE_REPORT_INSIDE_H
#include "item/item.h"
#include "report/report.h"

enum { REPORT_LINES = 10000 };
struct report {
  int items; /* unlinked: one JSON object an item, with a comma before all but the first */
  uint64_t n_items, n_lines, n_operations, lines_dropped;
  buf line, log, operations, phases, counters, actions;
  item_doc *record, *before;
  struct report_log *velero; /* velero_log.c */
  bool failed;
  error error;
};
/* The members of what each action did, as an array: the record's, with "changes" in the place of "patch". before: the item's text, or "". */
pintle_status report_changes(report *r, str record, str before, bool secret, buf *out, error *e);
/* An item with its members (without comma), outcome, and the elements of its actions. */
void report_put_item(report *r, str head, const char *outcome, str actions);
void report_log_free(struct report_log *l);                        /* NULL is fine */
extern const unsigned char report_page_head[], report_page_tail[]; /* the HTML around the data */
extern const size_t report_page_head_size, report_page_tail_size;
#endif
