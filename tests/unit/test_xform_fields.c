/* test_xform_fields.c -- resolve-references: every field of the table, and items that have all of them.  SPDX-License-Identifier: Apache-2.0
 *
 * For each field of fields.c an item is made that has it and some members that nobody knows; with one mapping in every family exactly that
 * field changes, and a second time nothing does. */
#include "xform.h"
#include "xform_rows.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAMES(family) "\"" family "\":{\"old\":\"new\"}"
static const char
    config[] =
        "{" NAMES("storageClasses") "," NAMES("volumeSnapshotClasses") "," NAMES("volumeAttributesClasses") "," NAMES("volumeDrivers") "," NAMES("volumeHandles") "," NAMES("nfs") "," NAMES("ingressClasses") "," NAMES("gatewayClasses") "," NAMES("tlsSecrets") "," NAMES(
            "issuers") "," NAMES("load"
                                 "Bala"
                                 "ncer"
                                 "Clas"
                                 "ses") "," NAMES("images") "," NAMES("imagePullSecrets") "," NAMES("zones") "," NAMES("nodes") "," NAMES("serviceAccounts") "," NAMES("cloudIdentities") "," NAMES("priorityClasses") "," NAMES("runtimeClasses") "," NAMES("schedulers") "," NAMES("namespaces") ",\"hosts\":{\"old.example.com\":\"new.example.com\"},\"addresses\":{\"10.0.0.1\":\"10.9.0.1\"},"
                                                                                                                                                                                                                                                                                                   "\"nodeLabels\":{\"old\":\"new\",\"k=old\":\"k=new\"},\"taints\":{\"old\":\"new\"},"
                                                                                                                                                                                                                                                                                                   "\"annotations\":{\"example.com/a\":{\"old\":\"new\"}},"
                                                                                                                                                                                                                                                                                                   "\"configMaps\":[{\"value\":\"old\",\"to\":\"new\"}]}";

struct sample {
  const char *is, *to;
};
static struct sample sample_of(const struct xform_field *f) {
  bool address = f->family == XFORM_ADDRESSES;
  switch (f->how) {
  case XFORM_WHOLE: return address ? (struct sample){"\"10.0.0.1\"", "\"10.9.0.1\""} : (struct sample){"\"old\"", "\"new\""};
  case XFORM_NS:
  case XFORM_TEXTS:
  case XFORM_ANNOTATION:
  case XFORM_LABEL_KEY: return (struct sample){"\"old\"", "\"new\""};
  case XFORM_ITEMS:
  case XFORM_NS_ITEMS:
    return address ? (struct sample){"\"::1, 10.0.0.1,10.0.0.11\"", "\"::1, 10.9.0.1,10.0.0.11\""}
                   : (struct sample){"\"x, old,older\"", "\"x, new,older\""};
  case XFORM_HOST_TEXT:
    return (struct sample){"\"https://old.example.com:8080/bold.example.com?x=a.old.example.com\"",
                           "\"https://new.example.com:8080/bold.example.com?x=a.old.example.com\""};
  case XFORM_IMAGE: return (struct sample){"\"old/app:1@sha256:2\"", "\"new/app:1@sha256:2\""};
  case XFORM_LABEL_MAP:
    return (struct sample){"{\"a\":\"old\",\"old\":\"x\",\"k\":\"old\"}", "{\"a\":\"old\",\"new\":\"x\",\"k\":\"new\"}"};
  case XFORM_LABEL_EXPR: return (struct sample){"{\"key\":\"k\",\"values\":[\"a\",\"old\"]}", "{\"key\":\"k\",\"values\":[\"a\",\"new\"]}"};
  case XFORM_TOLERATION: return (struct sample){"{\"value\":\"old\",\"key\":\"old\"}", "{\"value\":\"old\",\"key\":\"new\"}"};
  case XFORM_NS_MAP:
    return (struct sample){"{\"old\":\"old\",\"kubernetes.io/metadata.name\":\"old\"}",
                           "{\"old\":\"old\",\"kubernetes.io/metadata.name\":\"new\"}"};
  case XFORM_NS_EXPR:
    return (struct sample){"{\"values\":[\"old\"],\"key\":\"kubernetes.io/metadata.name\"}",
                           "{\"values\":[\"new\"],\"key\":\"kubernetes.io/metadata.name\"}"};
  case XFORM_NS_PATH: return (struct sample){"\"old/old\"", "\"new/old\""};
  case XFORM_SUBJECT:
    return (struct sample){"{\"namespace\":\"old\",\"name\":\"old\",\"kind\":\"ServiceAccount\"}",
                           "{\"namespace\":\"old\",\"name\":\"new\",\"kind\":\"ServiceAccount\"}"};
  case XFORM_PRIORITY:
    return (struct sample){"{\"priority\":7,\"priorityClassName\":\"old\",\"x\":1,\"preemptionPolicy\":\"Never\"}",
                           "{\"priorityClassName\":\"new\",\"x\":1}"};
  case XFORM_USER: return (struct sample){"\"system:serviceaccount:old:old\"", "\"system:serviceaccount:new:new\""};
  case XFORM_QUOTA:
    return (struct sample){"{\"pods\":1,\"old.storageclass.storage.k8s.io/x\":\"2\"}",
                           "{\"pods\":1,\"new.storageclass.storage.k8s.io/x\":\"2\"}"};
  case XFORM_SECRET_REF: return (struct sample){"{\"kind\":\"Secret\",\"name\":\"old\"}", "{\"kind\":\"Secret\",\"name\":\"new\"}"};
  case XFORM_NFS_VOLUME: return (struct sample){"{\"path\":\"/old\",\"server\":\"old\"}", "{\"path\":\"/old\",\"server\":\"new\"}"};
  }
  return (struct sample){NULL, NULL};
}

/* {"zz":1.0,"path":...,"aa":null}: what is at path is value. */
static void put(struct xform_text *t, const char *path, const struct xform_field *f, const char *value) {
  size_t n = strcspn(path, "/");
  bool any = n == 1 && *path == '*', member = any && !path[n] && (f->how == XFORM_ANNOTATION || f->how == XFORM_TEXTS);
  char head[200], key[200];
  if (!*path) {
    xform_text_add(t, value, strlen(value));
    return;
  }
  size_t len = 0;
  for (size_t i = 0; i < n; i++) key[len++] = (char)(path[i] == '~' ? '/' : path[i]), i += path[i] == '~';
  if (member) len = (size_t)sprintf(key, "example.com/a");
  if (any && !member && f->how == XFORM_TEXTS && !path[n]) any = false;
  int size = any && !member ? sprintf(head, "[7,") : sprintf(head, "{\"zz\":1.0,\"%.*s\":", (int)len, key);
  xform_text_add(t, head, (size_t)size);
  put(t, path + n + (path[n] == '/'), f, value);
  if (any && !member) xform_text_add(t, ",{}]", 4);
  else xform_text_add(t, ",\"aa\":null}", 11);
}

static char *item_of(const struct xform_kind *k, const char *pod, const struct xform_field *f, const char *value) {
  struct xform_text t = {0};
  char path[400], head[300];
  snprintf(path, sizeof path, "%s%s%s", pod, *pod ? "/" : "", f->path);
  put(&t, path, f, value);
  snprintf(head, sizeof head, "{\"apiVersion\":\"%s%sv1\",\"kind\":\"%s\",", k->group, *k->group ? "/" : "", k->kind);
  char *item = NULL;
  ck_assert(!t.failed && asprintf(&item, "%s%s", head, t.data + 1) > 0);
  xform_text_free(&t);
  return item;
}

static bool named(const struct xform_field *f, const struct xform_kind *k) {
  char full[300], list[3000], *at = list, *one;
  snprintf(full, sizeof full, "%s.%s", k->kind, k->group);
  snprintf(list, sizeof list, "%s", f->kinds);
  while ((one = strsep(&at, "|")))
    if (strcmp(one, full) == 0) return true;
  return false;
}

START_TEST(each_field_alone) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", config);
  ck_assert_msg(a != NULL, "%s at %s", pintle_test_last(h)->message, pintle_test_last(h)->at);
  size_t n = 0;
  for (size_t i = 0; i < xform_n_fields; i++)
    for (size_t k = 0; k < xform_n_kinds; k++) {
      const struct xform_field *f = &xform_fields[i];
      const struct xform_kind *kind = &xform_kinds[k];
      bool pod = strcmp(f->kinds, "POD") == 0;
      if (f->how == XFORM_TEXTS && strcmp(f->kinds, "ConfigMap.") != 0) continue; /* test_xform_text.c */
      if (pod ? !kind->pod : strcmp(f->kinds, "*") != 0 && !named(f, kind)) continue;
      const struct sample s = sample_of(f);
      ck_assert_msg(s.is != NULL, "%s: no sample", f->path);
      char *is = item_of(kind, pod ? kind->pod : "", f, s.is), *to = item_of(kind, pod ? kind->pod : "", f, s.to);
      const pintle_test_outcome *o = pintle_test_restore(a, is, NULL, 0);
      ck_assert_msg(o->status == PINTLE_OK && strcmp(o->item, to) == 0, "%s.%s %s: %s", kind->kind, kind->group, f->path, o->item);
      o = pintle_test_restore(a, to, NULL, 0);
      ck_assert_msg(strcmp(o->patch, "[]") == 0, "%s %s, again: %s", kind->kind, f->path, o->patch);
      free(is), free(to), n++;
    }
  ck_assert_uint_gt(n, 1000);
  pintle_test_free(h);
}
END_TEST

/* ---- items that have everything, at random */
struct pair { /* the item, and what becomes of it */
  struct xform_text is, to;
  uint32_t dice;
  bool texts; /* fields of refs-text have rules here */
};

static uint32_t roll(struct pair *p, uint32_t n) {
  p->dice = p->dice * 1664525u + 1013904223u;
  return (p->dice >> 8) % n;
}

static void both(struct pair *p, const char *text) {
  xform_text_add(&p->is, text, strlen(text));
  xform_text_add(&p->to, text, strlen(text));
}

static void leaf(struct pair *p, const struct xform_field *f) {
  static const char *const others[] = {"\"older\"", "\"bold.example.com\"", "7", "null", "{\"old\":[\"old\"]}", "[]", "\"\"", "true"};
  const struct sample s = sample_of(f);
  if (roll(p, 3) == 0) {
    both(p, others[roll(p, sizeof others / sizeof *others)]);
    return;
  }
  xform_text_add(&p->is, s.is, strlen(s.is));
  xform_text_add(&p->to, s.to, strlen(s.to));
}

/* What the tree of fields has at a place; some of it left out, with strangers between. */
static void grow(struct pair *p, const struct xform_node *node) {
  const struct xform_field *f = NULL;
  for (size_t i = 0; i < node->n_fields && !f; i++)
    if (node->fields[i]->how != XFORM_TEXTS || p->texts) f = node->fields[i];
  if (f && (node->n == 0 || roll(p, 2))) {
    leaf(p, f);
    return;
  }
  if (node->n == 1 && strcmp(node->children[0].key, "*") == 0 &&
      !(node->children[0].n_fields && strstr(node->children[0].fields[0]->path, "annotations/*")) &&
      !(p->texts && node->children[0].n_fields)) {
    both(p, "[");
    for (uint32_t n = roll(p, 4); n > 0; n--) {
      if (roll(p, 4)) grow(p, &node->children[0]);
      else both(p, "{\"old\":1e2}");
      both(p, n > 1 ? "," : "");
    }
    both(p, "]");
    return;
  }
  both(p, roll(p, 2) ? "{\"zz\":1.0" : "{\"Zz\":[\"old\",null]");
  for (size_t i = 0; i < node->n; i++) {
    const struct xform_node *child = &node->children[i];
    const pintle_str key = {child->key, child->len};
    if (roll(p, 4) == 0) continue;
    both(p, ",");
    if (strcmp(child->key, "*") == 0) both(p, "\"example.com/a\"");
    else xform_text_json(&p->is, key), xform_text_json(&p->to, key);
    both(p, ":");
    grow(p, child);
  }
  both(p, roll(p, 2) ? ",\"aa\":null}" : "}");
}

static void one_item(pintle_test_instance *a, const struct xform_kind *k, const struct xform_node *tree, uint32_t seed) {
  struct pair p = {.dice = seed, .texts = strcmp(k->kind, "ConfigMap") == 0};
  char head[300], *is = NULL, *to = NULL;
  grow(&p, tree);
  snprintf(head, sizeof head, "{\"apiVersion\":\"%s%sv1\",\"kind\":\"%s\",", k->group, *k->group ? "/" : "", k->kind);
  ck_assert(!p.is.failed && !p.to.failed && asprintf(&is, "%s%s", head, p.is.data + 1) > 0 &&
            asprintf(&to, "%s%s", head, p.to.data + 1) > 0);
  const pintle_test_outcome *o = pintle_test_restore(a, is, NULL, 0);
  ck_assert_msg(o->status == PINTLE_OK && strcmp(o->item, to) == 0, "%u: %s\nbecame %s\nnot %s", seed, is, o->item, to);
  o = pintle_test_restore(a, to, NULL, 0);
  ck_assert_msg(strcmp(o->patch, "[]") == 0, "%u: again: %s", seed, o->patch);
  /* the same as its own last-applied-configuration */
  struct xform_text inner = {0}, after = {0};
  for (int i = 0; i < 2; i++) {
    struct xform_text *t = i ? &after : &inner;
    const char *text = i ? to : is;
    xform_text_add(t, head, strlen(head));
    static const char applied[] = "\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":";
    xform_text_add(t, applied, strlen(applied));
    xform_text_json(t, (pintle_str){text, strlen(text)});
    xform_text_add(t, "}}}", 3);
  }
  o = pintle_test_restore(a, inner.data, NULL, 0);
  ck_assert_msg(o->status == PINTLE_OK && strcmp(o->item, after.data) == 0, "%u: applied: %s", seed, o->item);
  xform_text_free(&inner), xform_text_free(&after), xform_text_free(&p.is), xform_text_free(&p.to);
  free(is), free(to);
}

START_TEST(random_items) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", config);
  struct xform x = {0};
  ck_assert(a && xform_trees(&x, NULL, ~(uint64_t)0) == PINTLE_OK);
  for (size_t k = 0; k < xform_n_kinds; k++)
    for (uint32_t i = 0; i < 40; i++) one_item(a, &xform_kinds[k], &x.trees[k], (uint32_t)k * 1000 + i);
  xform_trees_free(&x);
  pintle_test_free(h);
}
END_TEST

START_TEST(tables_are_in_order) {
  for (size_t k = 0; k < xform_n_kinds; k++) {
    const struct xform_kind *kind = &xform_kinds[k];
    ck_assert_msg(xform_kind_of(kind->kind, kind->group, strlen(kind->group)) == kind, "%s.%s is not where it belongs", kind->kind,
                  kind->group);
    bool has = kind->pod != NULL;
    for (size_t i = 0; i < xform_n_fields && !has; i++) has = named(&xform_fields[i], kind);
    ck_assert_msg(has, "%s.%s has no field", kind->kind, kind->group);
  }
  ck_assert_ptr_null(xform_kind_of("Pod", "app", 3));
  for (size_t i = 0; i < xform_n_fields; i++) {
    char list[3000], *at = list, *one;
    snprintf(list, sizeof list, "%s", xform_fields[i].kinds);
    while ((one = strsep(&at, "|"))) {
      const char *dot = strchr(one, '.');
      if (strcmp(one, "POD") == 0 || strcmp(one, "*") == 0) continue;
      ck_assert_msg(dot != NULL, "%s", one);
      char *kind = strndup(one, (size_t)(dot - one));
      ck_assert_msg(xform_kind_of(kind, dot + 1, strlen(dot + 1)) != NULL, "%s is no kind of kinds.c", one);
      free(kind);
    }
  }
}
END_TEST

int main(void) {
  const TTest *const tests[] = {tables_are_in_order, each_field_alone, random_items};
  return xform_main("xform_fields", tests, sizeof tests / sizeof *tests);
}
