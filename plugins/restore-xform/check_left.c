/* check_left.c -- what the rules left: texts of rules that are for other items, StorageClasses that nobody knows.  SPDX-License-Identifier: Apache-2.0 */
#include "checking.h"
#include "xform.h"
#include <string.h>

/* The map that m is in; XFORM_FAMILIES: none, it was made for the moment. */
static enum xform_family family_of(const struct xform *x, const struct xform_mapping *m) {
  size_t f = 0;
  while (f < XFORM_FAMILIES && !(x->maps[f].n && m >= x->maps[f].all && m < x->maps[f].all + x->maps[f].n)) f++;
  return (enum xform_family)f;
}

void check_left(struct xform_job *j, const char *pointer, const struct xform_mapping *m, pintle_str is) {
  const enum xform_family f = family_of(j->x, m);
  const char *misses = f < XFORM_FAMILIES ? xform_rule_misses(j, m->rule) : NULL;
  struct xform_job real = *j;
  char counter[900], subject[300];
  real.left = false;
  if (!misses || xform_is_target(&real, j->x, f, is)) return; /* it is for this item, which got this text from it or from another */
  if (snprintf(counter, sizeof counter, "%s, but for %s", m->label, misses) > 0) j->call->host->count(j->call, counter, 1);
  if (snprintf(subject, sizeof subject, "%.*s", (int)(is.len < 253 ? is.len : 253), is.ptr) < 0) return;
  check_say(j->check, pointer, subject, "still names %s: %s is for other items (%s)", j->redact ? m->from : subject, m->label, misses);
}

void check_class(struct xform_job *j, const char *pointer, pintle_str is) {
  struct check_item *k = j->check;
  char subject[300], room[XFORM_ROOM];
  const char *to;
  if (!k || j->within || j->left || is.len > 253 || xform_is_target(NULL, j->x, XFORM_STORAGE_CLASSES, is)) return;
  if (xform_find(NULL, j->x, XFORM_STORAGE_CLASSES, is, room, &to)) return; /* a rule for other items: check_left says so */
  if (check_matches(&k->c->classes, is.ptr) || check_exists(k, &check_objects[CHECK_STORAGE_CLASS], "", is.ptr)) return;
  if (snprintf(subject, sizeof subject, "StorageClass/%s", is.ptr) < 0) return;
  check_say(k, pointer, subject, "StorageClass %s is not known: no rule maps it, and %s", is.ptr,
            k->c->why_not ? "known.storageClasses does not have it" : "neither the backup nor known.storageClasses has it");
}

/* One that is called as what a mapping makes of another: it may be that. */
void check_namespace(struct xform_job *j, const char *pointer, pintle_str is) {
  const char *other;
  char name[64];
  if (!j->check || j->within || j->left || is.len >= sizeof name) return;
  memcpy(name, is.ptr, is.len), name[is.len] = 0;
  const char *to = check_renamed(j->in->run, name, &other);
  if (!to || (xform_is_target(j, j->x, XFORM_NAMESPACES, is) && !check_untouched(j->check, pointer))) return;
  check_say_namespace(j->check, pointer, "the ", name, to, other);
}
