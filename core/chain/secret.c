/* secret.c -- Secret documents of the configuration, which stand for those of Velero's namespace.  SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"
#include "chain/location.h"
#include <stdio.h>

PINTLE_PRINTF(4, 5)
static pintle_status missing(const conf_document *from, const item_node *ref, error *e, const char *format, ...) {
  char text[700], place[sizeof e->place];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  error_set(e, PINTLE_INVALID, "%s", text);
  error_place(e, "%s", conf_place(from, ref, place, sizeof place));
  return PINTLE_INVALID;
}

pintle_status chain_secret(const conf_set *set, const conf_document *from, const item_node *ref, buf *out, error *e) {
  str name = item_string(item_member(ref, STR("name"))), key = item_string(item_member(ref, STR("key")));
  const conf_document *d = NULL;
  if (!name.len) return missing(from, ref, e, "the reference names no Secret");
  if (conf_set_find(set, "", "Secret", name.ptr, &d, NULL) != PINTLE_OK) {
    missing(from, ref, e, "there is no Secret \"%s\" in the configuration", name.ptr);
    error_hint(e, "add it as a document of kind Secret");
    return PINTLE_INVALID;
  }
  const item_node *plain = item_member(item_at(d->doc, "/stringData"), key), *coded = item_member(item_at(d->doc, "/data"), key);
  if (item_string(plain).ptr) buf_adds(out, item_string(plain));
  else if (!item_string(coded).ptr) return missing(from, ref, e, "Secret \"%s\" has no key \"%s\"", name.ptr, key.ptr ? key.ptr : "");
  else if (base64_decode(item_string(coded), out) != PINTLE_OK) return missing(d, coded, e, "the value is not base64");
  return out->failed ? error_nomem(e) : PINTLE_OK;
}
