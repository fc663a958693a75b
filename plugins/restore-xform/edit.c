/* edit.c -- changes are made, noted and counted here, in the item and in its last-applied-configuration.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

pintle_status xform_change(struct xform_job *j, const char *pointer, const char *counter, int64_t times, const char *note, pintle_str to) {
  pintle_status st = j->doc->api->set_str(j->doc, pointer, to.ptr, to.len);
  if (st != PINTLE_OK) return pintle_fail_at(j->call, st, pointer, "cannot be written");
  j->changed = true;
  if (j->within) return PINTLE_OK;
  if (counter) j->call->host->count(j->call, counter, times);
  if (note) j->out->api->note(j->out, pointer, note);
  return PINTLE_OK;
}

pintle_status xform_rename(struct xform_job *j, const char *pointer,
                           const char *(*map)(const struct xform *, const char *, char *, const struct xform_mapping **)) {
  const struct xform_mapping *rule = NULL;
  char room[XFORM_ROOM], note[2 * XFORM_ROOM + 40];
  pintle_str is;
  if (pintle_get_str(j->doc, pointer, &is) != PINTLE_OK || is.len == 0 || strlen(is.ptr) != is.len) return PINTLE_OK;
  const char *to = map(j->x, is.ptr, room, &rule);
  if (!to) return PINTLE_OK;
  if (strcmp(to, is.ptr) == 0) { /* a rule that keeps the name has matched, too */
    if (!j->within) j->call->host->count(j->call, rule->label, 1);
    return PINTLE_OK;
  }
  size_t family = strcspn(rule->label, ":");
  if (snprintf(note, sizeof note, "%.*s: %.250s -> %.250s", (int)family, rule->label, is.ptr, to) < 0) note[0] = 0;
  return xform_change(j, pointer, rule->label, 1, note, (pintle_str){to, strlen(to)});
}

pintle_status xform_last_applied(const struct xform_job *j, xform_apply *apply, const char *path) {
  static const char *const at = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";
  struct xform_job inner = {.x = j->x, .call = j->call, .out = j->out, .within = at};
  pintle_str was, now;
  char *text;
  if (pintle_get_str(j->doc, at, &was) != PINTLE_OK || was.len == 0) return PINTLE_OK;
  if (j->call->host->new_doc(j->call, was.ptr, was.len, &inner.doc) != PINTLE_OK) return PINTLE_OK; /* no JSON: none of ours to mend */
  pintle_status st = apply(&inner, path);
  if (st != PINTLE_OK || !inner.changed) return st;
  if (inner.doc->api->raw(inner.doc, "", &now) != PINTLE_OK || !(text = j->call->host->alloc(j->call, now.len + 2)))
    return pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  memcpy(text, now.ptr, now.len);
  if (was.ptr[was.len - 1] == '\n') text[now.len++] = '\n'; /* as kubectl writes it */
  struct xform_job outer = *j;
  return xform_change(&outer, at, NULL, 0, "follows the changes", (pintle_str){text, now.len});
}
