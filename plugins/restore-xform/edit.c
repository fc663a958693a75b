/* edit.c -- changes are made, noted and counted here, in the item and in its last-applied-configuration.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

pintle_status xform_change(struct xform_job *j, const char *pointer, const char *counter, int64_t times, const char *note, pintle_str to) {
  if (j->left) return PINTLE_OK;
  pintle_status st = j->doc->api->set_str(j->doc, pointer, to.ptr, to.len);
  if (st != PINTLE_OK) return pintle_fail_at(j->call, st, pointer, "cannot be written");
  j->changed = true;
  if (j->within) return PINTLE_OK;
  if (counter) j->call->host->count(j->call, counter, times);
  if (note) j->out->api->note(j->out, pointer, note);
  return PINTLE_OK;
}

void xform_tell(struct xform_job *j, const char *pointer, const struct xform_mapping *m, pintle_str is, pintle_str to) {
  char note[700];
  int family = (int)strcspn(m->label, ":");
  if (j->left) check_left(j, pointer, m, is);
  if (j->within || j->left) return;
  j->call->host->count(j->call, m->label, 1);
  if (is.len == to.len && memcmp(is.ptr, to.ptr, is.len) == 0) return; /* a rule that keeps a name has matched, too */
  int n = j->redact ? snprintf(note, sizeof note, "%.*s: (hidden)", family, m->label)
                    : snprintf(note, sizeof note, "%.*s: %.*s -> %.*s", family, m->label, (int)(is.len < 250 ? is.len : 250), is.ptr,
                               (int)(to.len < 250 ? to.len : 250), to.ptr);
  if (n >= 0) j->out->api->note(j->out, pointer, note);
}

pintle_status xform_put(struct xform_job *j, const char *pointer, const struct xform_mapping *m, pintle_str is, pintle_str to) {
  xform_tell(j, pointer, m, is, to);
  if (is.len == to.len && memcmp(is.ptr, to.ptr, is.len) == 0) return PINTLE_OK;
  return xform_change(j, pointer, NULL, 0, NULL, to);
}

pintle_status xform_put_json(struct xform_job *j, const char *pointer, const struct xform_text *json) {
  if (json->failed) return pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  if (j->left) return PINTLE_OK;
  pintle_status st = j->doc->api->set_json(j->doc, pointer, json->data, json->len);
  if (st != PINTLE_OK) return pintle_fail_at(j->call, st, pointer, "cannot be written");
  j->changed = true;
  return PINTLE_OK;
}

pintle_status xform_last_applied(struct xform_job *j, const struct xform_node *tree) {
  static const char *const at = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";
  struct xform_job inner = *j;
  pintle_str was, now;
  char *text;
  if (pintle_get_str(j->doc, at, &was) != PINTLE_OK || was.len == 0) return PINTLE_OK;
  if (j->call->host->new_doc(j->call, was.ptr, was.len, &inner.doc) != PINTLE_OK) return PINTLE_OK; /* no JSON: none of ours to mend */
  inner.within = at, inner.changed = false;
  pintle_status st = xform_walk(&inner, tree);
  if (st != PINTLE_OK || !inner.changed) return st;
  if (inner.doc->api->raw(inner.doc, "", &now) != PINTLE_OK || !(text = j->call->host->alloc(j->call, now.len + 2)))
    return pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  memcpy(text, now.ptr, now.len);
  if (was.ptr[was.len - 1] == '\n') text[now.len++] = '\n'; /* as kubectl writes it */
  return xform_change(j, at, NULL, 0, "follows the changes", (pintle_str){text, now.len});
}
