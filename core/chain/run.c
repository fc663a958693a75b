/* run.c -- the Backup or Restore that items belong to.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/inside.h"

pintle_status chain_run_read(chain *c, str text, error *e) {
  item_set_readonly(c->run, false);
  c->namespaces = NULL;
  c->finalizing = c->plan->finalizing;
  pintle_status st = text.len ? item_parse(c->run, text, ITEM_UNIQUE_KEYS, NULL, e) : PINTLE_OK;
  if (st != PINTLE_OK) {
    error_wrap(e, "the Backup or Restore of the run");
    return st;
  }
  item_set_readonly(c->run, true);
  if (c->plan->kind == CONF_RESTORE_ITEM_ACTION) c->namespaces = item_at(c->run, "/spec/namespaceMapping");
  return PINTLE_OK;
}

pintle_status chain_run_take(chain *c, const chain_input *in, error *e) {
  if (!in->run.ptr || (c->run_text.len && str_eq(in->run, buf_str(&c->run_text)))) return PINTLE_OK;
  buf_clear(&c->run_text);
  pintle_status st = chain_run_read(c, in->run, e);
  if (st != PINTLE_OK) return st;
  if (str_starts(item_str(c->run, "/status/phase", ""), "Finalizing")) c->finalizing = true;
  buf_adds(&c->run_text, in->run); /* without memory it is read again next time */
  if (c->run_text.failed) buf_clear(&c->run_text);
  return PINTLE_OK;
}
