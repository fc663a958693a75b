/* how_label.c -- labels of nodes, and taints.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

static const char *const zone_keys[] = {"topology.kubernetes.io/zone",
                                        "topology.kubernetes.io/region",
                                        "failure-domain.beta.kubernetes.io/zone",
                                        "failure-domain.beta.kubernetes.io/region",
                                        "topology.ebs.csi.aws.com/zone",
                                        "topology.gke.io/zone",
                                        "topology.disk.csi.azure.com/zone",
                                        "topology.diskplugin.csi.alibabacloud.com/zone",
                                        "topology.cinder.csi.openstack.org/zone",
                                        NULL};

static pintle_str str_of(const char *s) { return (pintle_str){s, strlen(s)}; }
static bool equal(pintle_str a, pintle_str b) { return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0; }
static bool is_zone_key(pintle_str key) {
  for (size_t i = 0; zone_keys[i]; i++)
    if (equal(key, str_of(zone_keys[i]))) return true;
  return false;
}

struct label {
  struct xform_member m;
  char room[XFORM_ROOM]; /* what it becomes may stand here */
};

/* What becomes of a label (has_value false: of a key alone). */
static void map_label(struct xform_job *j, enum xform_family f, pintle_str key, pintle_str value, bool has_value, struct label *l) {
  struct xform_member *to = &l->m;
  char composed[XFORM_ROOM];
  const char *made;
  *to = (struct xform_member){.key = key, .value = value, .to_key = key, .to_value = value};
  if (has_value && j->x->maps[f].n && key.len + value.len + 2 <= sizeof composed) {
    int n = snprintf(composed, sizeof composed, "%s=%s", key.ptr, value.ptr);
    const struct xform_mapping *m = n < 0 ? NULL : xform_find(j, j->x, f, (pintle_str){composed, (size_t)n}, l->room, &made);
    const char *equals = m ? strchr(made, '=') : NULL;
    if (equals) {
      if (made != l->room) made = memcpy(l->room, made, strlen(made) + 1), equals = strchr(made, '=');
      l->room[equals - made] = 0;
      to->to_key = str_of(l->room), to->to_value = str_of(equals + 1), to->of_value = m;
      return;
    }
  }
  if ((to->of_key = xform_find_exact(j, j->x, f, key.ptr, key.len))) to->to_key = str_of(to->of_key->to);
  if (!has_value || f != XFORM_NODE_LABELS) return;
  if (is_zone_key(key)) to->of_value = xform_find(j, j->x, XFORM_ZONES, value, l->room, &made);
  else if (equal(key, str_of("kubernetes.io/hostname"))) to->of_value = xform_find(j, j->x, XFORM_NODES, value, l->room, &made);
  if (to->of_value) to->to_value = str_of(made);
}

static bool text_of(const pintle_doc *d, const pintle_value *v, pintle_str *s) {
  return d->api->type(d, v) == PINTLE_T_STRING && d->api->text(d, v, s) == PINTLE_OK && !memchr(s->ptr, 0, s->len);
}

/* A copy that lives as long as the call; "" when there is no memory, which *failed says. */
static pintle_str kept(struct xform_job *j, pintle_str s, bool *failed) {
  char *copy = j->call->host->alloc(j->call, s.len + 1);
  if (!copy) return *failed = true, (pintle_str){"", 0};
  memcpy(copy, s.ptr, s.len);
  copy[s.len] = 0;
  return (pintle_str){copy, s.len};
}

pintle_status xform_label_map(struct xform_job *j, const struct xform_place *p) {
  struct xform_member *all = NULL;
  size_t n = 0;
  bool failed = false;
  pintle_status st = xform_members_read(j, p, &all, &n);
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    struct xform_member *m = &all[i];
    struct label to;
    if (!m->text || memchr(m->key.ptr, 0, m->key.len) || memchr(m->value.ptr, 0, m->value.len)) continue;
    map_label(j, p->field->family, m->key, m->value, true, &to);
    if (!to.m.of_key && !to.m.of_value) continue;
    *m = (struct xform_member){m->key,        m->value,    kept(j, to.m.to_key, &failed), kept(j, to.m.to_value, &failed), to.m.of_key,
                               to.m.of_value, .text = true};
    if (failed) st = pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
  }
  return st == PINTLE_OK && n ? xform_members_put(j, p, all, n, "a label stays: its new key is there with another value") : st;
}

pintle_status xform_label_key(struct xform_job *j, const struct xform_place *p) {
  pintle_str is;
  if (!text_of(j->doc, p->value, &is)) return PINTLE_OK;
  const struct xform_mapping *m = xform_find_exact(j, j->x, p->field->family, is.ptr, is.len);
  return m ? xform_put(j, p->pointer, m, is, str_of(m->to)) : PINTLE_OK;
}

static pintle_status put(struct xform_job *j, const char *base, const char *member, pintle_str is, pintle_str to) {
  char pointer[1600];
  if (equal(is, to)) return PINTLE_OK;
  if (snprintf(pointer, sizeof pointer, "%s/%s", base, member) < 0) return PINTLE_FAILED;
  return xform_change(j, pointer, NULL, 0, NULL, to);
}

/* {key, operator, values}: every value must agree on the new key. */
pintle_status xform_label_expr(struct xform_job *j, const struct xform_place *p) {
  const pintle_doc *d = j->doc;
  char pointer[1600];
  pintle_str key, new_key = {NULL, 0}, value;
  pintle_status st = PINTLE_OK;
  size_t i = 0;
  struct label to;
  if (snprintf(pointer, sizeof pointer, "%s/key", p->pointer) < 0 || !text_of(d, d->api->at(d, pointer), &key)) return PINTLE_OK;
  if (snprintf(pointer, sizeof pointer, "%s/values", p->pointer) < 0) return PINTLE_OK;
  const pintle_value *values = d->api->at(d, pointer), *next;
  if (!d->api->first(d, values)) { /* Exists */
    map_label(j, p->field->family, key, key, false, &to);
    if (to.m.of_key) xform_member_tell(j, p->pointer, &to.m);
    return put(j, p->pointer, "key", key, to.m.to_key);
  }
  for (const pintle_value *v = d->api->first(d, values); v; v = d->api->next(d, v)) {
    if (!text_of(d, v, &value)) return PINTLE_OK;
    map_label(j, p->field->family, key, value, true, &to);
    if (!new_key.ptr) {
      bool failed = false;
      new_key = kept(j, to.m.to_key, &failed);
      if (failed) return pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
    } else if (!equal(new_key, to.m.to_key)) {
      if (!j->within && !j->left)
        j->call->host->finding(j->call, PINTLE_LOG_WARN, "unresolved", p->pointer,
                               "the rules give the values of one requirement different keys: it stays");
      return PINTLE_OK;
    }
  }
  bool told_key = false;
  for (const pintle_value *v = d->api->first(d, values); v && st == PINTLE_OK; v = next, i++) {
    char member[40];
    next = d->api->next(d, v);
    if (!text_of(d, v, &value) || snprintf(member, sizeof member, "values/%zu", i) < 0) continue;
    map_label(j, p->field->family, key, value, true, &to);
    if (told_key) to.m.of_key = NULL;
    told_key = told_key || to.m.of_key;
    xform_member_tell(j, p->pointer, &to.m);
    st = put(j, p->pointer, member, value, to.m.to_value);
  }
  return st == PINTLE_OK ? put(j, p->pointer, "key", key, new_key) : st;
}

/* {key, operator, value, effect} */
pintle_status xform_toleration(struct xform_job *j, const struct xform_place *p) {
  const pintle_doc *d = j->doc;
  char pointer[1600];
  pintle_str key, value = {"", 0};
  struct label to;
  if (snprintf(pointer, sizeof pointer, "%s/key", p->pointer) < 0 || !text_of(d, d->api->at(d, pointer), &key)) return PINTLE_OK;
  if (snprintf(pointer, sizeof pointer, "%s/value", p->pointer) < 0) return PINTLE_OK;
  bool has_value = text_of(d, d->api->at(d, pointer), &value);
  map_label(j, p->field->family, key, value, has_value, &to);
  if (!to.m.of_key && !to.m.of_value) return PINTLE_OK;
  xform_member_tell(j, p->pointer, &to.m);
  pintle_status st = put(j, p->pointer, "key", key, to.m.to_key);
  return st == PINTLE_OK && has_value ? put(j, p->pointer, "value", value, to.m.to_value) : st;
}
