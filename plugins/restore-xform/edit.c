/* edit.c -- changes are made, noted and counted here, in the item and in its last-applied-configuration.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

/* The host takes 10000 of an item. */
enum { NOTES = 9000 };

void xform_note(struct xform_job *j, const char *pointer, const char *note) {
  if ((*j->notes)++ < NOTES) j->out->api->note(j->out, pointer, note);
}

void xform_notes_end(struct xform_job *j) {
  char more[100];
  if (*j->notes > NOTES && snprintf(more, sizeof more, "and %zu more changes of this item, not listed", *j->notes - NOTES) > 0)
    j->out->api->note(j->out, "", more);
}

/* ---- changes of the same kind within one text are one note */
enum { TALLIED = 1024, FIRST = 8 }; /* TALLIED: a power of 2 */
struct xform_tallied {
  char *note;
  size_t times;
};

/* Where this note is, or will be, in t->slots. */
static size_t slot_of(const struct xform_tally *t, const char *note) {
  const char *const parts[] = {note, NULL};
  size_t i = (size_t)(check_hash(parts) >> 8) % (TALLIED * 2);
  while (t->slots[i] && strcmp(t->all[t->slots[i] - 1].note, note) != 0) i = (i + 1) % (TALLIED * 2);
  return i;
}

static struct xform_tallied *known(const struct xform_tally *t, const char *note) {
  size_t i = 0;
  if (t->slots) return (i = slot_of(t, note), t->slots[i] ? &t->all[t->slots[i] - 1] : NULL);
  while (i < t->n && strcmp(t->all[i].note, note) != 0) i++;
  return i < t->n ? &t->all[i] : NULL;
}

/* Room for one more; false: there is none. */
static bool more_room(struct xform_job *j) {
  struct xform_tally *t = j->tally;
  const pintle_host *host = j->call->host;
  if (t->n == 0 && !t->all) return (t->all = host->alloc(j->call, FIRST * sizeof *t->all)) != NULL;
  if (t->n < FIRST || t->slots) return t->n < TALLIED;
  struct xform_tallied *all = host->alloc(j->call, TALLIED * sizeof *all);
  uint16_t *slots = host->alloc(j->call, TALLIED * 2 * sizeof *slots);
  if (!all || !slots) return false;
  memcpy(all, t->all, t->n * sizeof *all), memset(slots, 0, TALLIED * 2 * sizeof *slots);
  t->all = all, t->slots = slots;
  for (size_t i = 0; i < t->n; i++) t->slots[slot_of(t, all[i].note)] = (uint16_t)(i + 1);
  return true;
}

static void tally(struct xform_job *j, const char *note) {
  struct xform_tally *t = j->tally;
  struct xform_tallied *is = known(t, note);
  size_t size = strlen(note) + 1;
  char *kept;
  if (is) is->times++;
  else if (!more_room(j) || !(kept = j->call->host->alloc(j->call, size))) t->more++;
  else {
    if (t->slots) t->slots[slot_of(t, note)] = (uint16_t)(t->n + 1);
    t->all[t->n++] = (struct xform_tallied){memcpy(kept, note, size), 1};
  }
}

void xform_tally_end(struct xform_job *j, const char *pointer) {
  const struct xform_tally *t = j->tally;
  j->tally = NULL;
  for (size_t i = 0; t && i < t->n; i++) {
    char note[760];
    const struct xform_tallied *one = &t->all[i];
    if (one->times == 1) xform_note(j, pointer, one->note);
    else if (snprintf(note, sizeof note, "%s (%zu times)", one->note, one->times) > 0) xform_note(j, pointer, note);
  }
  char more[60];
  if (t && t->more && snprintf(more, sizeof more, "and %zu more changes, not listed", t->more) > 0) xform_note(j, pointer, more);
}

pintle_status xform_change(struct xform_job *j, const char *pointer, const char *counter, int64_t times, const char *note, pintle_str to) {
  if (j->left) return PINTLE_OK;
  pintle_status st = j->doc->api->set_str(j->doc, pointer, to.ptr, to.len);
  if (st != PINTLE_OK) return pintle_fail_at(j->call, st, pointer, "cannot be written");
  j->changed = true;
  if (j->within) return PINTLE_OK;
  if (counter) j->call->host->count(j->call, counter, times);
  if (note) xform_note(j, pointer, note);
  return PINTLE_OK;
}

void xform_tell(struct xform_job *j, const char *pointer, const struct xform_mapping *m, pintle_str is, pintle_str to) {
  char note[700];
  int family = (int)strcspn(m->label, ":");
  const bool keeps = is.len == to.len && memcmp(is.ptr, to.ptr, is.len) == 0;
  if (j->left && !keeps) check_left(j, pointer, m, is);
  if (j->within || j->left) return;
  j->call->host->count(j->call, m->label, 1);
  if (keeps) return; /* a rule that keeps a name has matched, too */
  int n = j->redact ? snprintf(note, sizeof note, "%.*s: (hidden)", family, m->label)
                    : snprintf(note, sizeof note, "%.*s: %.*s -> %.*s", family, m->label, (int)(is.len < 250 ? is.len : 250), is.ptr,
                               (int)(to.len < 250 ? to.len : 250), to.ptr);
  if (n >= 0 && j->tally) tally(j, note);
  else if (n >= 0) xform_note(j, pointer, note);
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
