/* how_text.c -- fields whose whole text is a name.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static bool is_text(const struct xform_job *j, const struct xform_place *p, pintle_str *is) {
  const pintle_doc *d = j->doc;
  return d->api->type(d, p->value) == PINTLE_T_STRING && d->api->text(d, p->value, is) == PINTLE_OK && !memchr(is->ptr, 0, is->len);
}

/* storageClasses knows two words beside names: none (a class of "") on both sides, and on the right default (no word about a class). */
static pintle_status put_class(struct xform_job *j, const struct xform_place *p, const struct xform_mapping *m, pintle_str is,
                               const char *to) {
  const pintle_str none = {"none", 4}, new = {to, strlen(to)};
  pintle_status st;
  if (strcmp(to, "default") == 0) {
    if (strcmp(pintle_str_or(j->item, "/kind", ""), "PersistentVolume") == 0) { /* one without a class is bound by no claim that gets one */
      if (!j->within && !j->left)
        j->call->host->finding(j->call, PINTLE_LOG_WARN, "unresolved", p->pointer, "a volume needs the name of the new class; it stays");
      return PINTLE_OK;
    }
    xform_tell(j, p->pointer, m, is.len ? is : none, new);
    if (j->left) return PINTLE_OK;
    if ((st = j->doc->api->remove(j->doc, p->pointer)) != PINTLE_OK) return pintle_fail_at(j->call, st, p->pointer, "cannot be removed");
    j->changed = true;
    return PINTLE_OK;
  }
  xform_tell(j, p->pointer, m, is.len ? is : none, new);
  if (strcmp(to, "none") == 0) return is.len ? xform_change(j, p->pointer, NULL, 0, NULL, (pintle_str){"", 0}) : PINTLE_OK;
  return xform_change(j, p->pointer, NULL, 0, NULL, new);
}

pintle_status xform_whole(struct xform_job *j, const struct xform_place *p) {
  enum xform_family f = p->field->family;
  const struct xform_mapping *m;
  pintle_str is;
  char room[XFORM_ROOM];
  const char *to;
  if (!is_text(j, p, &is)) return PINTLE_OK;
  if (!is.len) { /* "*" is not said of none */
    m = f == XFORM_STORAGE_CLASSES ? xform_find_exact(j, j->x, f, "none", 4) : NULL;
    return m ? put_class(j, p, m, is, m->to) : PINTLE_OK;
  }
  if (!(m = xform_find(j, j->x, f, is, room, &to))) {
    check_near(j, f, is);
    if (f == XFORM_STORAGE_CLASSES) check_class(j, p->pointer, is);
    return PINTLE_OK;
  }
  if (f == XFORM_STORAGE_CLASSES && (strcmp(to, "none") == 0 || strcmp(to, "default") == 0)) return put_class(j, p, m, is, to);
  return xform_put(j, p->pointer, m, is, (pintle_str){to, strlen(to)});
}

pintle_status xform_secret_ref(struct xform_job *j, const struct xform_place *p) {
  const pintle_doc *d = j->doc;
  char at[XFORM_ROOM];
  const char *kind = pintle_str_or(d, pintle_key(at, sizeof at, p->pointer, "kind"), "Secret");
  if (strcmp(kind, "Secret") != 0 || *pintle_str_or(d, pintle_key(at, sizeof at, p->pointer, "group"), "")) return PINTLE_OK;
  const char *name = pintle_key(at, sizeof at, p->pointer, "name");
  const struct xform_place of_name = {name, p->key, d->api->at(d, name), p->field};
  return of_name.value ? xform_whole(j, &of_name) : PINTLE_OK;
}

pintle_status xform_items(struct xform_job *j, const struct xform_place *p) {
  struct xform_text made = {0};
  pintle_str is;
  pintle_status st = PINTLE_OK;
  if (!is_text(j, p, &is)) return PINTLE_OK;
  for (size_t i = 0; i <= is.len;) {
    size_t n = 0, blank = 0;
    char room[XFORM_ROOM];
    const char *to;
    while (i + blank < is.len && is.ptr[i + blank] == ' ') blank++;
    while (i + blank + n < is.len && is.ptr[i + blank + n] != ',') n++;
    const pintle_str item = {is.ptr + i + blank, n};
    const struct xform_mapping *m = n ? xform_find(j, j->x, p->field->family, item, room, &to) : NULL;
    xform_text_add(&made, is.ptr + i, blank);
    if (m) xform_tell(j, p->pointer, m, item, (pintle_str){to, strlen(to)}), xform_text_add(&made, to, strlen(to));
    else xform_text_add(&made, item.ptr, item.len);
    i += blank + n + 1;
    if (i <= is.len) xform_text_add(&made, ",", 1);
  }
  if (made.failed) st = pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  else if (made.len != is.len || memcmp(made.data, is.ptr, is.len) != 0)
    st = xform_change(j, p->pointer, NULL, 0, NULL, (pintle_str){made.data, made.len});
  xform_text_free(&made);
  return st;
}

pintle_status xform_annotation(struct xform_job *j, const struct xform_place *p) {
  char composed[XFORM_ROOM], room[XFORM_ROOM];
  pintle_str is;
  const char *to;
  if (!is_text(j, p, &is) || p->key.len + is.len + 2 > sizeof composed) return PINTLE_OK;
  int n = snprintf(composed, sizeof composed, "%s=%s", p->key.ptr, is.ptr);
  const struct xform_mapping *m = n < 0 ? NULL : xform_find(j, j->x, XFORM_ANNOTATIONS, (pintle_str){composed, (size_t)n}, room, &to);
  if (!m || strncmp(to, composed, p->key.len + 1) != 0) return PINTLE_OK;
  to += p->key.len + 1;
  return xform_put(j, p->pointer, m, is, (pintle_str){to, strlen(to)});
}

/* What the API server took from the old class, and refuses beside the new one when that says something else (admission plugin Priority). */
static pintle_status leave_to_class(struct xform_job *j, const char *spec) {
  static const char *const members[] = {"priority", "preemptionPolicy"};
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    char pointer[1600];
    if (snprintf(pointer, sizeof pointer, "%s/%s", spec, members[i]) < 0) return PINTLE_FAILED;
    pintle_status st = j->doc->api->remove(j->doc, pointer);
    if (st == PINTLE_NOT_FOUND) continue;
    if (st != PINTLE_OK) return pintle_fail_at(j->call, st, pointer, "cannot be removed");
    j->changed = true;
    if (!j->within) xform_note(j, pointer, "priorityClasses: left out, the API server takes it from the new class");
  }
  return PINTLE_OK;
}

pintle_status xform_priority(struct xform_job *j, const struct xform_place *p) {
  char pointer[1600];
  pintle_str was, now;
  if (snprintf(pointer, sizeof pointer, "%s/priorityClassName", p->pointer) < 0) return PINTLE_FAILED;
  const struct xform_place class = {pointer, {"", 0}, j->doc->api->at(j->doc, pointer), p->field};
  if (pintle_get_str(j->doc, pointer, &was) != PINTLE_OK) return PINTLE_OK;
  pintle_status st = xform_whole(j, &class);
  if (st != PINTLE_OK || j->left || pintle_get_str(j->doc, pointer, &now) != PINTLE_OK) return st;
  return now.len == was.len && memcmp(now.ptr, was.ptr, now.len) == 0 ? PINTLE_OK : leave_to_class(j, p->pointer);
}
