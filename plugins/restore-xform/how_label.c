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
  pintle_str key, value; /* what becomes of them */
  const struct xform_mapping *of_key, *of_value;
  char room[XFORM_ROOM];
};

/* What becomes of a label (has_value false: of a key alone). */
static void map_label(struct xform_job *j, enum xform_family f, pintle_str key, pintle_str value, bool has_value, struct label *to) {
  char composed[XFORM_ROOM];
  const char *made;
  to->key = key, to->value = value, to->of_key = to->of_value = NULL;
  if (has_value && j->x->maps[f].n && key.len + value.len + 2 <= sizeof composed) {
    int n = snprintf(composed, sizeof composed, "%s=%s", key.ptr, value.ptr);
    const struct xform_mapping *m = n < 0 ? NULL : xform_find(j, j->x, f, (pintle_str){composed, (size_t)n}, to->room, &made);
    const char *equals = m ? strchr(made, '=') : NULL;
    if (equals) {
      if (made != to->room) made = memcpy(to->room, made, strlen(made) + 1), equals = strchr(made, '=');
      to->room[equals - made] = 0;
      to->key = str_of(to->room), to->value = str_of(equals + 1), to->of_value = m;
      return;
    }
  }
  if ((to->of_key = xform_find_exact(j, j->x, f, key.ptr, key.len))) to->key = str_of(to->of_key->to);
  if (!has_value || f != XFORM_NODE_LABELS) return;
  if (is_zone_key(key)) to->of_value = xform_find(j, j->x, XFORM_ZONES, value, to->room, &made);
  else if (equal(key, str_of("kubernetes.io/hostname"))) to->of_value = xform_find(j, j->x, XFORM_NODES, value, to->room, &made);
  if (to->of_value) to->value = str_of(made);
}

static void tell(struct xform_job *j, const char *pointer, const struct label *l, pintle_str key, pintle_str value) {
  char was[XFORM_ROOM], now[XFORM_ROOM];
  if (l->of_key) xform_tell(j, pointer, l->of_key, key, l->key);
  if (!l->of_value) return;
  if (equal(key, l->key) || l->of_key) {
    xform_tell(j, pointer, l->of_value, value, l->value);
    return;
  }
  int n = snprintf(was, sizeof was, "%.400s=%.400s", key.ptr, value.ptr),
      m = snprintf(now, sizeof now, "%.400s=%.400s", l->key.ptr, l->value.ptr);
  if (n > 0 && m > 0) xform_tell(j, pointer, l->of_value, (pintle_str){was, (size_t)n}, (pintle_str){now, (size_t)m});
}

static bool text_of(const pintle_doc *d, const pintle_value *v, pintle_str *s) {
  return d->api->type(d, v) == PINTLE_T_STRING && d->api->text(d, v, s) == PINTLE_OK && !memchr(s->ptr, 0, s->len);
}

/* Another member has the new key already: with the same value this one is not needed any more. */
enum { FREE, SAME, TAKEN };
static int taken(struct xform_job *j, const struct xform_place *p, pintle_str key, const struct label *to) {
  char pointer[1600];
  pintle_str is;
  if (!to->key.len || equal(key, to->key)) return FREE;
  const pintle_value *v = j->doc->api->at(j->doc, pintle_key(pointer, sizeof pointer, p->pointer, to->key.ptr));
  if (!v) return FREE;
  struct label other = {.key = {"", 0}};
  if (!text_of(j->doc, v, &is)) return TAKEN;
  map_label(j, p->field->family, to->key, is, true, &other);
  return equal(other.key, to->key) && equal(other.value, to->value) ? SAME : TAKEN;
}

static void member(struct xform_text *made, pintle_str key, pintle_str value, bool text) {
  xform_text_add(made, made->len ? "," : "{", 1);
  xform_text_json(made, key);
  xform_text_add(made, ":", 1);
  if (text) xform_text_json(made, value);
  else xform_text_add(made, value.ptr, value.len);
}

pintle_status xform_label_map(struct xform_job *j, const struct xform_place *p) {
  const pintle_doc *d = j->doc;
  struct xform_text made = {0};
  bool differs = false;
  pintle_status st = PINTLE_OK;
  if (d->api->type(d, p->value) != PINTLE_T_OBJECT) return PINTLE_OK;
  for (const pintle_value *v = d->api->first(d, p->value); v; v = d->api->next(d, v)) {
    struct label to = {.key = {"", 0}};
    pintle_str key, value = {"null", 4};
    if (d->api->key(d, v, &key) != PINTLE_OK) continue;
    bool text = text_of(d, v, &value);
    if (text && !memchr(key.ptr, 0, key.len)) map_label(j, p->field->family, key, value, true, &to);
    else if (d->api->text(d, v, &value) != PINTLE_OK) continue;
    int clash = taken(j, p, key, &to);
    if (clash == TAKEN) {
      if (!j->within && !j->left)
        j->call->host->finding(j->call, PINTLE_LOG_WARN, "unresolved", p->pointer,
                               "a label stays: its new key is there with another value");
      to.of_key = to.of_value = NULL;
    }
    bool maps = to.of_key || to.of_value;
    if (maps) tell(j, p->pointer, &to, key, value);
    differs = differs || (maps && !(equal(key, to.key) && equal(value, to.value)));
    if (!maps || clash != SAME) member(&made, maps ? to.key : key, maps ? to.value : value, d->api->type(d, v) == PINTLE_T_STRING);
  }
  xform_text_add(&made, made.len ? "}" : "{}", made.len ? 1 : 2);
  if (differs) st = xform_put_json(j, p->pointer, &made);
  xform_text_free(&made);
  return st;
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
    if (to.of_key) tell(j, p->pointer, &to, key, key);
    return put(j, p->pointer, "key", key, to.key);
  }
  for (const pintle_value *v = d->api->first(d, values); v; v = d->api->next(d, v)) {
    if (!text_of(d, v, &value)) return PINTLE_OK;
    map_label(j, p->field->family, key, value, true, &to);
    if (!new_key.ptr) {
      char *copy = j->call->host->alloc(j->call, to.key.len + 1);
      if (!copy) return pintle_fail(j->call, PINTLE_NOMEM, "out of memory");
      memcpy(copy, to.key.ptr, to.key.len);
      new_key = (pintle_str){copy, to.key.len};
    } else if (!equal(new_key, to.key)) {
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
    if (told_key) to.of_key = NULL;
    told_key = told_key || to.of_key;
    tell(j, p->pointer, &to, key, value);
    st = put(j, p->pointer, member, value, to.value);
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
  if (!to.of_key && !to.of_value) return PINTLE_OK;
  tell(j, p->pointer, &to, key, value);
  pintle_status st = put(j, p->pointer, "key", key, to.key);
  return st == PINTLE_OK && has_value ? put(j, p->pointer, "value", value, to.value) : st;
}
