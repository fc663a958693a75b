/* selector.h -- label selectors between text and metav1.LabelSelector.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_SELECTOR_H
#define PINTLE_CLI_SELECTOR_H
#include "item/item.h"

/* "a=b,c in (d,e),!f" as {"matchLabels":{...},"matchExpressions":[...]}, appended. != becomes NotIn (Velero refuses it); > and < have no such
 * form: INVALID. */
pintle_status cli_selector_json(str text, buf *json, error *e);
/* "a=b or c=d" as an array of such objects. */
pintle_status cli_selectors_json(str text, buf *json, error *e);
/* A LabelSelector as text; "<none>" when it selects everything, "<error>" when it is none (as metav1.FormatLabelSelector). */
void cli_selector_text(const item_node *selector, buf *out);
#endif
