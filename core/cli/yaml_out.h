/* yaml_out.h -- a document as YAML.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_YAML_OUT_H
#define PINTLE_CLI_YAML_OUT_H
#include "item/item.h"

/* Block style as Kubernetes' tools write it. Reading it back gives the same JSON: number lexemes and key order are kept, and strings that any YAML
 * 1.1 or 1.2 reader would take for something else are quoted. No control character is left raw. NOMEM is the only error. */
pintle_status cli_yaml_print(const item_node *from, buf *out);
/* The same, each line but the first begun with indent blanks: for diffs. No line feed at the end. */
pintle_status cli_yaml_value(const item_node *from, unsigned indent, buf *out);
#endif
