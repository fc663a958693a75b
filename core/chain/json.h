/* json.h -- small JSON objects written and read member by member.  SPDX-License-Identifier: Apache-2.0
 *
 * Private to core/chain: the plan as workers get it. */
#ifndef PINTLE_CHAIN_JSON_H
#define PINTLE_CHAIN_JSON_H
#include "item/item.h"

typedef struct chain_json {
  buf *out;
  bool more;
} chain_json;
chain_json chain_json_begin(buf *out);
void chain_json_end(chain_json *j);
void chain_json_key(chain_json *j, const char *key);                             /* a value follows */
void chain_json_text(chain_json *j, const char *key, const char *value);         /* left out when NULL or "" */
void chain_json_int(chain_json *j, const char *key, int64_t value);              /* left out when 0 */
void chain_json_bool(chain_json *j, const char *key, bool value);                /* left out when false */
void chain_json_list(chain_json *j, const char *key, const char *const *values); /* left out when NULL or empty */

/* The first error sticks; what is absent is "" (chain_read_text), NULL (list), 0, false. */
typedef struct chain_reader {
  arena *memory;
  const item_node *object;
  error *e;
  pintle_status status;
} chain_reader;
const char *chain_read_text(chain_reader *r, const char *key);
int64_t chain_read_int(chain_reader *r, const char *key, int64_t least, int64_t most);
bool chain_read_bool(chain_reader *r, const char *key);
const char *const *chain_read_list(chain_reader *r, const char *key);
const item_node *chain_read_array(chain_reader *r, const char *key, size_t *n); /* n 0 when absent */
#endif
