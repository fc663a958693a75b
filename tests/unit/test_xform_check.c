/* test_xform_check.c -- resolve-references: what is found that still points at the old cluster; xform_check.rows and the options.
 * SPDX-License-Identifier: Apache-2.0
 *
 * xform_check.rows: "# what", then `config` (else {"unresolved":{}}), `backup` (Kind.group/namespace/name..., what pintle.items/1 has; left out: it
 * is not there), `cluster` likewise, `mapping` (old=new..., of namespaces), `stored` (the item as it was), `item`, `once` (a finding of the first call only) and
 * `finding` for each line of the report, in order, all of them; `becomes` (else it is not compared); `near` for each near
 * miss, NAME = COUNT. */
#include "xform_rows.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ACTION "pintle.io/resolve-references"

struct block {
  char what[200], *config, *backup, *cluster, *mapping, *stored, *item, *once, *findings, *counters, *becomes;
};

static void clear(struct block *b) {
  free(b->config), free(b->backup), free(b->cluster), free(b->mapping), free(b->stored), free(b->item), free(b->once), free(b->findings);
  free(b->counters), free(b->becomes);
  *b = (struct block){0};
}

/* "Secret/shop/db Role.rbac.authorization.k8s.io/shop/r" as a JSON array; to be freed. */
static char *objects(const char *list) {
  char *json = NULL, kind[64], group[64], ns[64], name[64];
  size_t size = 0;
  int n;
  FILE *f = open_memstream(&json, &size);
  ck_assert(f != NULL);
  fputc('[', f);
  for (bool more = false; *list; list += n, more = true) {
    group[0] = ns[0] = 0;
    if (sscanf(list, " %63[^./]/%63[^/ ]/%63s%n", kind, ns, name, &n) != 3 &&
        sscanf(list, " %63[^./].%63[^/]/%63[^/ ]/%63s%n", kind, group, ns, name, &n) != 4)
      ck_abort_msg("what is this: %s", list);
    fprintf(f, "%s{\"apiVersion\":\"%s%sv1\",\"kind\":\"%s\",\"metadata\":{", more ? "," : "", group, *group ? "/" : "", kind);
    if (strcmp(ns, "-") != 0) fprintf(f, "\"namespace\":\"%s\",", ns);
    fprintf(f, "\"name\":\"%s\"}}", name);
  }
  fputc(']', f);
  fclose(f);
  return json;
}

static char *run_of(const char *mapping) {
  char *json = NULL, from[64], to[64];
  size_t size = 0;
  int n;
  FILE *f = open_memstream(&json, &size);
  ck_assert(f != NULL);
  fputs("{\"apiVersion\":\"velero.io/"
        "v1\",\"kind\":\"Restore\",\"metadata\":{\"name\":\"r\",\"namespace\":\"velero\",\"uid\":\"u\"},\"spec\":{"
        "\"namespaceMapping\":{",
        f);
  for (bool more = false; *mapping; mapping += n, more = true) {
    ck_assert_int_eq(sscanf(mapping, " %63[^=]=%63s%n", from, to, &n), 2);
    fprintf(f, "%s\"%s\":\"%s\"", more ? "," : "", from, to);
  }
  fputs("}},\"status\":{}}", f);
  fclose(f);
  return json;
}

/* The lines that are near misses. */
static char *near_misses(const char *all) {
  char *list = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&list, &size);
  ck_assert(f != NULL);
  for (; *all; all += strcspn(all, "\n") + 1) {
    size_t n = strcspn(all, "\n");
    if (memmem(all, n, ", but for ", 10)) fprintf(f, "%.*s\n", (int)n, all);
  }
  fclose(f);
  return list;
}

static unsigned differ;
static void compare(const struct block *b, const char *what, const char *is, const char *expected) {
  if (strcmp(is, expected) == 0) return;
  fprintf(stderr, "%s: %s is not\n%s\nbut\n%s\n", b->what, what, expected, is);
  differ++;
}

static void run(const struct block *b) {
  char *items = b->backup ? objects(b->backup) : NULL, *cluster = b->cluster ? objects(b->cluster) : NULL,
       *restore = b->mapping ? run_of(b->mapping) : NULL;
  const pintle_test_options world = {.items = items, .cluster = cluster, .run = restore};
  pintle_test_host *h = pintle_test_new(&world);
  ck_assert_msg(h != NULL, "%s", b->what);
  ck_assert_msg(pintle_test_load(h, &PINTLE_ENTRY)->status == PINTLE_OK, "%s", pintle_test_last(h)->message);
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, b->config ? b->config : "{\"unresolved\":{}}");
  ck_assert_msg(a != NULL, "%s: %s at %s", b->what, pintle_test_last(h)->message, pintle_test_last(h)->at);
  for (int i = 0; i < 2; i++) { /* what it remembers changes nothing */
    const pintle_test_outcome *o = pintle_test_restore(a, b->item, b->stored, PINTLE_DRY_RUN);
    ck_assert_msg(o->status == PINTLE_OK, "%s: %s %s", b->what, o->message, o->at);
    const char *is = o->findings, *once = i == 0 && b->once ? b->once : "";
    if (!items && !b->once && strncmp(is, "INFO not-checked", 16) == 0) is += strcspn(is, "\n") + 1;
    if (strncmp(is, once, strlen(once)) == 0) is += strlen(once);
    compare(b, "finding", is, b->findings ? b->findings : "");
    if (b->becomes) compare(b, "becomes", o->item, b->becomes);
    char *near = near_misses(pintle_test_counters(h));
    if (i == 0) compare(b, "near", near, b->counters ? b->counters : "");
    free(near);
  }
  pintle_test_free(h);
  free(items), free(cluster), free(restore);
}

static bool member(const char *line, const char *key, char **to) {
  size_t n = strlen(key);
  if (strncmp(line, key, n) != 0 || (line[n] != ' ' && line[n] != '\n')) return false;
  char *was = *to, *is = NULL;
  const char *text = line[n] == ' ' ? line + n + 1 : "";
  bool list = strcmp(key, "finding") == 0 || strcmp(key, "once") == 0 || strcmp(key, "near") == 0;
  ck_assert(asprintf(&is, "%s%.*s%s", was ? was : "", (int)strcspn(text, "\n"), text, list ? "\n" : "") >= 0);
  free(was);
  *to = is;
  return true;
}

START_TEST(rows) {
  FILE *f = fopen(CHECK_ROWS, "r");
  char *line = NULL;
  size_t cap = 0, n = 0;
  struct block b = {0};
  ck_assert_msg(f != NULL, "cannot open " CHECK_ROWS);
  for (;;) {
    bool end = getline(&line, &cap, f) < 0;
    if ((end || *line == '#') && b.item) run(&b), n++;
    if (end || *line == '#') clear(&b);
    if (end) break;
    if (*line == '#') snprintf(b.what, sizeof b.what, "%.*s", (int)strcspn(line + 2, "\n"), line + 2);
    else if (!member(line, "config", &b.config) && !member(line, "backup", &b.backup) && !member(line, "cluster", &b.cluster) &&
             !member(line, "mapping", &b.mapping) && !member(line, "stored", &b.stored) && !member(line, "item", &b.item) &&
             !member(line, "once", &b.once) && !member(line, "finding", &b.findings) && !member(line, "near", &b.counters) &&
             !member(line, "becomes", &b.becomes))
      ck_assert_msg(*line == '\n', "%s: what is this: %s", b.what, line);
  }
  free(line);
  fclose(f);
  ck_assert_uint_gt(n, 100);
  ck_assert_uint_eq(differ, 0);
}
END_TEST

START_TEST(bad_options) {
  xform_refused("{\"unresolved\":true}", "/unresolved", "is a mapping");
  xform_refused("{\"unresolved\":{\"chek\":true}}", "/unresolved/chek", "did you mean \"check\"?");
  xform_refused("{\"unresolved\":{\"check\":\"yes\"}}", "/unresolved/check", "neither true nor false");
  xform_refused("{\"unresolved\":{\"references\":1}}", "/unresolved/references", "neither true nor false");
  xform_refused("{\"unresolved\":{\"ignore\":\"x\"}}", "/unresolved/ignore", "not a list");
  xform_refused("{\"unresolved\":{\"ignore\":[\"a\",7]}}", "/unresolved/ignore/1", "not a text");
  xform_refused("{\"unresolved\":{\"oldSuffixes\":[\"old\"]}}", "/unresolved/oldSuffixes/0", "no end of a host");
  xform_refused("{\"unresolved\":{\"oldSuffixes\":[\"a.b\",\".Old.com\"]}}", "/unresolved/oldSuffixes/1", "no end of a host");
  xform_refused("{\"known\":{\"storageClass\":[]}}", "/known/storageClass", "did you mean \"storageClasses\"?");
  xform_refused("{\"known\":[]}", "/known", "is a mapping");
}
END_TEST

/* Who configures nothing is told nothing, and his items are not looked at. */
START_TEST(off_without_configuration) {
  static const char pod[] = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\"},\"spec\":{"
                            "\"serviceAccountName\":\"a\"}}";
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{}");
  ck_assert_str_ne(pintle_test_last(h)->selector, "");
  ck_assert_str_eq(pintle_test_restore(a, pod, NULL, 0)->findings, "");
  ck_assert_ptr_nonnull(pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"namespaces\":false,\"unresolved\":{\"check\":false}}"));
  ck_assert_str_eq(pintle_test_last(h)->selector, "{\"excludedResources\":[\"*\"]}");
  ck_assert_str_eq(pintle_test_last(h)->findings, "");
  pintle_test_free(h);
}
END_TEST

/* More objects than are remembered. */
START_TEST(many_objects) {
  char item[300];
  char *items = objects("Secret/shop/s-7000");
  const pintle_test_options world = {.items = items};
  pintle_test_host *h = pintle_test_new(&world);
  ck_assert_int_eq(pintle_test_load(h, &PINTLE_ENTRY)->status, PINTLE_OK);
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"unresolved\":{}}");
  for (int i = 0; i < 10000; i++) {
    snprintf(
        item, sizeof item,
        "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\"},\"imagePullSecrets\":["
        "{\"name\":\"s-%d\"}]}",
        i);
    const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
    ck_assert_int_eq(o->status, PINTLE_OK);
    ck_assert_msg((*o->findings == 0) == (i == 7000), "%d: %s", i, o->findings);
  }
  pintle_test_free(h);
  free(items);
}
END_TEST

#define MAP(labels, data)                                                                                                   \
  "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\",\"namespace\":\"velero\",\"labels\":{" labels \
  "}},\"data\":{" data "}}"
#define LABELS(name) "\"velero.io/plugin-config\":\"\",\"velero.io/" name "\":\"RestoreItemAction\""
#define CLASSES "\"velero.io/change-storage-class\":"
#define IMAGES "\"velero.io/change-image-name\":"
START_TEST(imports_refused) {
  xform_refused("{" CLASSES "\"file\"}", "/velero.io~1change-storage-class", "neither a ConfigMap as Velero has it");
  xform_refused("{" CLASSES "{\"gp2\":\"gp3\"}}", "/velero.io~1change-storage-class", "neither a ConfigMap as Velero has it");
  xform_refused("{" CLASSES "\"backup\"}", "/velero.io~1change-storage-class", "cannot be seen here");
  xform_refused("{" CLASSES MAP("", "") "}", "/velero.io~1change-storage-class", "lacks the label velero.io/plugin-config");
  xform_refused("{" CLASSES MAP(LABELS("change-image-name"), "") "}", "/velero.io~1change-storage-class",
                "lacks the label velero.io/change-storage-class: RestoreItemAction");
  xform_refused("{" CLASSES MAP(LABELS("change-storage-class"), "\"a\":7") "}", "/velero.io~1change-storage-class/data/a", "not a text");
  xform_refused("{" CLASSES MAP(LABELS("change-storage-class"), "\"a\":\"B\"") "}", "/velero.io~1change-storage-class/data/a",
                "the second is no name");
  xform_refused("{" CLASSES "{\"kind\":\"List\",\"items\":[" MAP("", "") "]}}", "/velero.io~1change-storage-class",
                "no ConfigMap of the List");
  xform_refused("{" IMAGES
                "{\"kind\":\"List\",\"items\":[" MAP(LABELS("change-image-name"), "") "," MAP(LABELS("change-image-name"), "") "]}}",
                "/velero.io~1change-image-name/items/1", "the second ConfigMap");
}
END_TEST

/* What is said of entries that Velero passes over, takes in any order, or would do again. */
START_TEST(imports_doubted) {
  pintle_test_host *h = xform_host();
  ck_assert_ptr_nonnull(pintle_test_create(
      h, PINTLE_TEST_RESTORE, ACTION,
      "{" IMAGES MAP(LABELS("change-image-name"), "\"a\":\"old\",\"b\":\"c,c/d\",\"e\":\"abc,x\",\"f\":\",x\",\"g\":\"x, \"") "}"));
  ck_assert_str_eq(
      pintle_test_last(h)->log,
      "WARN velero.io/change-image-name: a: \"old\" is passed over: it is not \"old,new\"\n"
      "WARN velero.io/change-image-name: f: \",x\" is passed over: it is not \"old,new\"\n"
      "WARN velero.io/change-image-name: g: \"x, \" is passed over: it is not \"old,new\"\n"
      "INFO velero.io/change-image-name: c -> c/d: what it makes holds what it replaces: a second run would change it again\n"
      "INFO velero.io/change-image-name: abc -> x comes before velero.io/change-image-name: c -> c/d: both fit some images, and "
      "Velero takes either\n");
  ck_assert_str_eq(pintle_test_unmatched(h), "velero.io/change-image-name: abc -> x\nvelero.io/change-image-name: c -> c/d\n");
  pintle_test_free(h);
}
END_TEST

START_TEST(as_a_drop_in_they_are_velero_s) {
  static const pintle_kv properties[] = {{"host.mode", "velero"}, {NULL, NULL}};
  const pintle_test_options world = {.properties = properties};
  pintle_test_host *h = pintle_test_new(&world);
  ck_assert_int_eq(pintle_test_load(h, &PINTLE_ENTRY)->status, PINTLE_OK);
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION,
                                               "{" CLASSES MAP(LABELS("change-storage-class"), "\"a\":\"b\"") "," IMAGES "\"backup\"}");
  ck_assert_str_eq(pintle_test_last(h)->log, "INFO velero.io/change-storage-class is left to Velero, whose own action has done it already\n"
                                             "INFO velero.io/change-image-name is left to Velero, whose own action has done it already\n");
  const pintle_test_outcome *o = pintle_test_restore(
      a, "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"storageClassName\":\"a\"}}",
      NULL, 0);
  ck_assert_str_eq(o->patch, "[]");
  pintle_test_free(h);
}
END_TEST

START_TEST(in_the_backup) {
  static const char items[] =
      "[" MAP(LABELS("change-storage-class"), "\"a\":\"b\"") "," MAP(LABELS("change-image-name"), "\"a\":\"x,y\"") "]";
  static const char two[] =
      "[" MAP(LABELS("change-storage-class"), "\"a\":\"b\"") "," MAP(LABELS("change-storage-class"), "\"a\":\"b\"") "]";
  pintle_test_options world = {.items = items};
  pintle_test_host *h = pintle_test_new(&world);
  ck_assert_int_eq(pintle_test_load(h, &PINTLE_ENTRY)->status, PINTLE_OK);
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{" CLASSES "\"backup\"}");
  ck_assert_msg(a != NULL, "%s", pintle_test_last(h)->message);
  const pintle_test_outcome *o = pintle_test_restore(
      a, "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"storageClassName\":\"a\"}}",
      NULL, 0);
  ck_assert_str_eq(o->notes, "/spec/storageClassName: velero.io/change-storage-class: a -> b\n");
  pintle_test_free(h);
  world.items = two;
  h = pintle_test_new(&world);
  ck_assert_int_eq(pintle_test_load(h, &PINTLE_ENTRY)->status, PINTLE_OK);
  ck_assert_ptr_null(pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{" CLASSES "\"backup\"}"));
  ck_assert_msg(strstr(pintle_test_last(h)->message, "two ConfigMaps of the backup have the label velero.io/change-storage-class") != NULL,
                "%s", pintle_test_last(h)->message);
  pintle_test_free(h);
}
END_TEST

/* A file is no backup, unless that is said. */
START_TEST(of_a_file) {
  static const pintle_kv properties[] = {{"source.form", "file"}, {NULL, NULL}};
  static const char item[] = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\"},\"spec\":{"
                             "\"serviceAccountName\":\"a\"}}";
  const pintle_test_options world = {.properties = properties, .items = "[]"};
  pintle_test_host *h = pintle_test_new(&world);
  ck_assert_int_eq(pintle_test_load(h, &PINTLE_ENTRY)->status, PINTLE_OK);
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"unresolved\":{}}");
  ck_assert_str_eq(
      pintle_test_restore(a, item, NULL, 0)->findings,
      "INFO not-checked : not checked whether the Secrets, ConfigMaps, accounts, claims and others that items name are in the backup: a "
      "file is no backup (unresolved: {references: true} checks it all the same)\n");
  ck_assert_str_eq(pintle_test_restore(a, item, NULL, 0)->findings, "");
  a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"unresolved\":{\"references\":true}}");
  ck_assert_str_eq(pintle_test_restore(a, item, NULL, 0)->findings,
                   "WARN unresolved /spec/serviceAccountName: ServiceAccount a of namespace shop is not in the backup\n");
  pintle_test_free(h);
}
END_TEST

/* Out of memory, cancelled: no finding is made up, nothing leaks. */
START_TEST(interrupted) {
  static const char item[] = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\"},\"spec\":{"
                             "\"serviceAccountName\":\"a\",\"imagePullSecrets\":[{\"name\":\"b\"}]}}";
  for (uint32_t at = 1; at < 4; at++) {
    pintle_test_options world = {.items = "[]"};
    pintle_test_host *h = pintle_test_new(&world);
    ck_assert_int_eq(pintle_test_load(h, &PINTLE_ENTRY)->status, PINTLE_OK);
    pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"unresolved\":{}}");
    pintle_test_set(h)->cancel_at = at;
    const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
    ck_assert_msg(at > 2 ? o->status == PINTLE_OK : o->status == PINTLE_CANCELLED, "%u: %d", at, (int)o->status);
    pintle_test_set(h)->cancel_at = 0;
    o = pintle_test_restore(a, item, NULL, 0);
    ck_assert_str_eq(o->findings, "WARN unresolved /spec/serviceAccountName: ServiceAccount a of namespace shop is not in the backup\n"
                                  "WARN unresolved /spec/imagePullSecrets/0/name: Secret b of namespace shop is not in the backup\n");
    pintle_test_free(h);
  }
}
END_TEST

int main(void) {
  const TTest *const tests[] = {rows,
                                bad_options,
                                off_without_configuration,
                                many_objects,
                                imports_refused,
                                imports_doubted,
                                as_a_drop_in_they_are_velero_s,
                                in_the_backup,
                                of_a_file,
                                interrupted};
  return xform_main("xform_check", tests, sizeof tests / sizeof *tests);
}
