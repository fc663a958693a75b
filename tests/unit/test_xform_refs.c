/* test_xform_refs.c -- pintle.io/resolve-references: xform_refs.rows, its rules' limits.  SPDX-License-Identifier: Apache-2.0
 *
 * xform_refs.rows: "# what", then `config`, `mapping` (the Restore's namespaceMapping), `stored` (the item in the backup) and `item`, and what
 * comes of it: `becomes` (nothing when the item stays), a `note` and a `finding` for each of them, in order. `again no`: a second run
 * would go on. With REFS_ROWS=print the file is
 * printed as it would have to be. */
#include "xform_rows.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CONFIG, MAPPING, STORED, ITEM, AGAIN, BECOMES, NOTES, FINDINGS, PARTS };
static const char *const parts[PARTS] = {"config", "mapping", "stored", "item", "again", "becomes", "note", "finding"};
struct block {
  char what[200], *part[PARTS];
};

static void lines(const char *key, const char *text) {
  for (; text && *text; text += strcspn(text, "\n") + 1) printf("%s %.*s\n", key, (int)strcspn(text, "\n"), text);
}

static void print(const struct block *b, const pintle_test_outcome *o) {
  printf("\n# %s\n", b->what);
  for (int i = 0; i <= AGAIN; i++)
    if (b->part[i]) printf("%s %s\n", parts[i], b->part[i]);
  if (strcmp(o->patch, "[]") != 0) printf("becomes %s\n", o->item);
  lines("note", o->notes);
  lines("finding", o->findings);
}

static void run(const struct block *b) {
  const char *mine = b->part[CONFIG] ? b->part[CONFIG] : "{}";
  char *restore = NULL, *config = NULL; /* what is left is test_xform_check.c's */
  ck_assert(asprintf(&config, "{\"unresolved\":{\"check\":false}%s%s", mine[1] == '}' ? "" : ",", mine + 1) > 0);
  if (b->part[MAPPING])
    ck_assert(asprintf(&restore,
                       "{\"metadata\":{\"name\":\"r\",\"namespace\":\"velero\"},\"spec\":{\"namespaceMapping\":%s},\"status\":{}}",
                       b->part[MAPPING]) > 0);
  const pintle_test_options world = {.run = restore};
  pintle_test_host *h = pintle_test_new(&world);
  ck_assert(h && pintle_test_load(h, &PINTLE_ENTRY)->status == PINTLE_OK);
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", config);
  ck_assert_msg(a != NULL, "%s: %s at %s", b->what, pintle_test_last(h)->message, pintle_test_last(h)->at);
  const pintle_test_outcome *o = pintle_test_restore(a, b->part[ITEM], b->part[STORED], 0);
  if (getenv("REFS_ROWS")) print(b, o);
  else {
    ck_assert_msg(o->status == PINTLE_OK, "%s: %s %s", b->what, o->message, o->at);
    ck_assert_msg(strcmp(o->notes, b->part[NOTES] ? b->part[NOTES] : "") == 0, "%s: notes: %s", b->what, o->notes);
    ck_assert_msg(strcmp(o->findings, b->part[FINDINGS] ? b->part[FINDINGS] : "") == 0, "%s: findings: %s", b->what, o->findings);
    if (b->part[BECOMES]) ck_assert_msg(strcmp(o->item, b->part[BECOMES]) == 0, "%s: becomes: %s", b->what, o->item);
    else ck_assert_msg(strcmp(o->patch, "[]") == 0, "%s: it changed: %s", b->what, o->patch);
    if (b->part[BECOMES]) o = pintle_test_restore(a, b->part[BECOMES], b->part[STORED], 0);
    ck_assert_msg((strcmp(o->patch, "[]") == 0) == !b->part[AGAIN], "%s, again: %s", b->what, o->patch);
  }
  pintle_test_free(h);
  free(restore), free(config);
}

static void clear(struct block *b) {
  for (int i = 0; i < PARTS; i++) free(b->part[i]);
  *b = (struct block){0};
}

/* A line of the file: notes and findings are many, each ended by \n. */
static bool read_part(struct block *b, const char *line) {
  for (int i = 0; i < PARTS; i++) {
    size_t n = strlen(parts[i]);
    char *more = NULL, *had = b->part[i];
    if (strncmp(line, parts[i], n) != 0 || line[n] != ' ') continue;
    ck_assert(asprintf(&more, "%s%.*s%s", i >= NOTES && had ? had : "", (int)strcspn(line + n + 1, "\n"), line + n + 1,
                       i >= NOTES ? "\n" : "") >= 0);
    free(had);
    b->part[i] = more;
    return true;
  }
  return *line == '\n';
}

START_TEST(rows) {
  FILE *f = fopen(ROWS, "r");
  char *line = NULL;
  size_t cap = 0, n = 0;
  struct block b = {0};
  ck_assert_msg(f != NULL, "cannot open " ROWS);
  for (;;) {
    bool end = getline(&line, &cap, f) < 0;
    if ((end || *line == '#') && b.part[ITEM]) run(&b), n++;
    if (end || *line == '#') clear(&b);
    if (end) break;
    if (*line == '#') snprintf(b.what, sizeof b.what, "%.*s", (int)strcspn(line + 2, "\n"), line + 2);
    else ck_assert_msg(read_part(&b, line), "%s: what is this: %s", b.what, line);
  }
  free(line);
  fclose(f);
  ck_assert_uint_gt(n, 60);
}
END_TEST

START_TEST(bad_rules) {
  xform_refused("{\"rules\":{}}", "/rules", "rules is a list");
  xform_refused("{\"rules\":[7]}", "/rules/0", "a rule is a mapping");
  xform_refused("{\"rules\":[{\"storageClases\":{\"a\":\"b\"}}]}", "/rules/0/storageClases", "did you mean \"storageClasses\"?");
  xform_refused("{\"rules\":[{\"inKinds\":[\"Pod\"]}]}", "/rules/0", "says nothing to change");
  xform_refused("{\"rules\":[{\"inKinds\":[],\"zones\":{\"a\":\"b\"}}]}", "/rules/0/inKinds", "can never match");
  xform_refused("{\"rules\":[{\"inKinds\":[\"Deploymet\"],\"zones\":{\"a\":\"b\"}}]}", "/rules/0/inKinds/0",
                "did you mean \"Deployment\"?");
  xform_refused("{\"rules\":[{\"inKinds\":[\"ConfigMap\"],\"zones\":{\"a\":\"b\"}}]}", "/rules/0/inKinds", "it can never match");
  xform_refused("{\"rules\":[{\"inNamespaces\":[\"Shop\"],\"zones\":{\"a\":\"b\"}}]}", "/rules/0/inNamespaces/0", "can never match");
  xform_refused("{\"rules\":[{\"withLabels\":\"a in b\",\"zones\":{\"a\":\"b\"}}]}", "/rules/0/withLabels", "no label selector");
  xform_refused("{\"rules\":[{\"withLabels\":\"\",\"zones\":{\"a\":\"b\"}}]}", "/rules/0/withLabels", "no label selector");
  xform_refused("{\"rules\":[{\"withLabels\":\"a,\",\"zones\":{\"a\":\"b\"}}]}", "/rules/0/withLabels", "no label selector");
  xform_refused("{\"rules\":[{\"hosts\":{\"A.b\":\"c.d\"}}]}", "/rules/0/hosts/A.b", "the first is no host");
  xform_refused("{\"zones\":{\"a\":\"c\"},\"rules\":[{\"zones\":{\"a\":\"b\"}}]}", "/zones/a", "this can never match");
  xform_refused("{\"hosts\":{\"a.b\":\"c.d\"},\"ingressHosts\":{\"a.b\":\"c.d\"}}", "/ingressHosts/a.b", "is mapped twice");
}
END_TEST

/* Kinds in no namespace, kinds without such fields, texts that the kinds do not hold. */
START_TEST(never_matching) {
#define RULE(rule) "{\"rules\":[{\"zones\":{\"x\":\"y\"}},{" rule "}]}"
  xform_refused(RULE("\"inKinds\":[\"PersistentVolume\"],\"inNamespaces\":[\"shop\"],\"storageClasses\":{\"a\":\"b\"}"),
                "/rules/1/inNamespaces", "what this rule maps stands only in items that are in no namespace: it can never match");
  xform_refused(RULE("\"inKinds\":[\"sc\",\"pv\"],\"inOriginalNamespaces\":[\"*\"],\"zones\":{\"a\":\"b\"}"),
                "/rules/1/inOriginalNamespaces", "can never match");
  xform_refused(RULE("\"inNamespaces\":[\"shop\"],\"volumeHandles\":{\"a\":\"b\"}"), "/rules/1/inNamespaces", "can never match");
  xform_refused(RULE("\"inKinds\":[\"Namespace\"],\"inNamespaces\":[\"shop\"],\"annotations\":{\"a\":{\"b\":\"c\"}}"),
                "/rules/1/inNamespaces", "can never match");
  xform_refused(RULE("\"inKinds\":[\"Ingress\"],\"hosts\":{\"a.b\":\"c.d\"},\"images\":{\"a\":\"b\"}"), "/rules/1/images",
                "no item of the kinds in inKinds has a field of it: it can never match");
  xform_refused(RULE("\"inKinds\":[\"Namespace\"],\"zones\":{\"a\":\"b\"}"), "/rules/1/inKinds",
                "no item of these kinds has a field of what this rule maps");
  xform_refused(RULE("\"inKinds\":[\"deploy\"],\"text\":[{\"env\":\"A\",\"to\":\"b\"},{\"value\":\"a\",\"to\":\"b\"}]"), "/rules/1/text/1",
                "inKinds has no kind that holds texts which this rule means: it can never match");
  xform_refused(RULE("\"inKinds\":[\"Secret\"],\"text\":[{\"value\":\"a\",\"to\":\"b\"}]"), "/rules/1/text/0", "can never match");
}
END_TEST

static void taken(const char *config) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", config);
  ck_assert_msg(a != NULL, "%s: %s at %s", config, pintle_test_last(h)->message, pintle_test_last(h)->at);
  pintle_test_free(h);
}

/* What may match after all; kubectl's short names are names of kinds. */
START_TEST(may_match) {
  taken(RULE("\"inKinds\":[\"pv\",\"pvc\"],\"inNamespaces\":[\"shop\"],\"storageClasses\":{\"a\":\"b\"}"));
  taken(RULE("\"inKinds\":[\"pv\"],\"volumeHandles\":{\"a\":\"b\"}"));
  taken(RULE("\"inKinds\":[\"Node\"],\"annotations\":{\"a\":{\"b\":\"c\"}}"));
  taken(RULE("\"inKinds\":[\"Widget.example.com\"],\"inNamespaces\":[\"shop\"],\"annotations\":{\"a\":{\"b\":\"c\"}}"));
  taken(RULE("\"inKinds\":[\"po\",\"deploy\",\"sts\",\"ds\",\"rs\",\"rc\",\"cj\",\"STS.apps\"],\"images\":{\"a\":\"b\"}"));
  taken(RULE("\"inKinds\":[\"svc\",\"ing\"],\"hosts\":{\"a.b\":\"c.d\"}"));
  taken(RULE("\"inKinds\":[\"cm\",\"deploy\"],\"text\":[{\"value\":\"a\",\"to\":\"b\"}]"));
  xform_refused(RULE("\"inKinds\":[\"deploy.batch\"],\"zones\":{\"a\":\"b\"}"), "/rules/1/inKinds", "it can never match");
}
END_TEST

#define DIGITS "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
START_TEST(images_and_addresses) {
  static const char *const images[] = {"nginx",
                                       "localhost",
                                       "r.io",
                                       "r.io/",
                                       "R.io:5000/a",
                                       "localhost:5000",
                                       "r:5000/a",
                                       "[::1]:5000/a/b",
                                       "a/b__c/d-----e.f_g",
                                       "a:v1.0-rc_1",
                                       "r.io/a:V1",
                                       "app:5000",
                                       "r.io/a@sha256:" DIGITS,
                                       "r.io/a:1@sha256:" DIGITS,
                                       "a@sha512:" DIGITS DIGITS,
                                       "xn--a.io"},
                           *const no_images[] = {"A",
                                                 "Team/app",
                                                 "r.io/Team",
                                                 "r.io/a//b",
                                                 "/a",
                                                 "r.io:99999/a",
                                                 "r.io:0/a",
                                                 "r.io:5a/b",
                                                 "r:/a",
                                                 "r.io/a:",
                                                 "r.io/a:.1",
                                                 "r.io/a@sha256:abc",
                                                 "a@sha256:" DIGITS "0",
                                                 "a@" DIGITS,
                                                 "a@sha256:"
                                                 "Z123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                                                 "r.io/a_-b",
                                                 "r.io/-a",
                                                 "r.io/a.",
                                                 "r.io/a___b",
                                                 "-r.io/a",
                                                 "r..io/a",
                                                 "[::1/a",
                                                 "a b"},
                           *const addresses[][2] = {{"10.0.0.1", "010.0.0.1"},
                                                    {"10.0.0.0/8", "0.0.0.0/0"},
                                                    {"10.0.0.1:6789", "10.0.0.2:6789"},
                                                    {"::1", "::ffff:10.0.0.1"},
                                                    {"2001:db8::/32", "::/128"},
                                                    {"[2001:db8::1]:6789", "[::2]:1"}},
                           *const no_addresses[] = {"10.1.0.0/33", "10.1.0.0/",      "10.1.0.0/08", "10.1.0", "10.1.0.256",
                                                    "10.1.0.0.1",  "10.1.0.1.",      "1:2",         "::/129", "12345::",
                                                    "10.0.0.1:0",  "10.0.0.1:65536", "[::1]",       "abc",    "10.0.0.1/8/8"};
  char config[600], at[400];
#define EACH(list, ...)                                     \
  for (size_t i = 0; i < sizeof list / sizeof *list; i++) { \
    __VA_ARGS__                                             \
  }
  EACH(images, snprintf(config, sizeof config, "{\"images\":{\"%s\":\"x\"}}", images[i]); taken(config);
       const bool one = strcspn(images[i], "/:@") < strlen(images[i]), port = strcmp(images[i], "localhost:5000") == 0;
       snprintf(config, sizeof config, "{\"images\":{\"a%s\":\"%s\"}}", one ? "/b:1" : "", images[i]);
       if (!port && strcmp(images[i], "r.io/") != 0) taken(config);)
  EACH(no_images, const char *slash = strchr(no_images[i], '/');
       snprintf(config, sizeof config, "{\"images\":{\"x\":\"%s\"}}", no_images[i]);
       xform_refused(config, "/images/x", "the second is no image"); if (slash) continue;
       snprintf(config, sizeof config, "{\"images\":{\"%s\":\"x\"}}", no_images[i]); snprintf(at, sizeof at, "/images/%s", no_images[i]);
       xform_refused(config, at, "the first is no image");)
  EACH(addresses, snprintf(config, sizeof config, "{\"addresses\":{\"%s\":\"%s\"}}", addresses[i][0], addresses[i][1]); taken(config);)
  EACH(no_addresses, snprintf(config, sizeof config, "{\"addresses\":{\"10.0.0.1\":\"%s\"}}", no_addresses[i]);
       xform_refused(config, "/addresses/10.0.0.1", "the second is no IP address");)
  xform_refused("{\"addresses\":{\"10.1.0\":\"10.0.0.1\"}}", "/addresses/10.1.0", "the first is no IP address");
  xform_refused("{\"images\":{\"a/b\":\"c/d:1\"}}", "/images/a~1b", "an image keeps its own");
  xform_refused("{\"images\":{\"redis\":\"redis:7.2\"}}", "/images/redis", "an image keeps its own");
  xform_refused("{\"images\":{\"redis\":\"redis:7\"}}", "/images/redis", "or is it a registry's port?");
  xform_refused("{\"images\":{\"a/b\":\"c:1\"}}", "/images/a~1b", "or is it a registry's port?");
  xform_refused("{\"images\":{\"redis:v6\":\"cache.io:7\"}}", "/images/redis:v6", "the second is a registry, and the first is one image");
  xform_refused("{\"images\":{\"redis\":\"a\",\"docker.io/library/redis\":\"b\"}}", "/images/docker.io~1library~1redis", "mapped twice");
  taken("{\"images\":{\"r.io\":\"app:5000\",\"host:5000\":\"app:5000\",\"team\":\"cache.io:7\"}}");
  xform_refused("{\"images\":{\"a/b\":\"c/d@sha256:" DIGITS "\"}}", "/images/a~1b", "an image keeps its own");
}
END_TEST

START_TEST(bad_mappings) {
  xform_refused("{\"images\":{\"a b\":\"c\"}}", "/images/a b", "the first is no image");
  xform_refused("{\"images\":{\"a\":\"\"}}", "/images/a", "the second is no image");
  xform_refused("{\"storageClasses\":{\"a\":\"b-*\"}}", "/storageClasses/a", "the second is no name");
  xform_refused("{\"storageClasses\":{\"a*b*\":\"c*\"}}", "/storageClasses/a*b*", "there is one *");
  xform_refused("{\"nodeLabels\":{\"a=b\":\"c\"}}", "/nodeLabels/a=b", "either both");
  xform_refused("{\"nodeLabels\":{\"a*=b\":\"c=d\"}}", "/nodeLabels/a*=b", "in the value only");
  xform_refused("{\"nodeLabels\":{\"=b\":\"c=d\"}}", "/nodeLabels/=b", "neither");
  xform_refused("{\"addresses\":{\"host\":\"10.0.0.1\"}}", "/addresses/host", "the first is no IP address");
  xform_refused("{\"nfs\":{\"nas/x\":\"nas:/y\"}}", "/nfs/nas~1x", "server:/path");
  xform_refused("{\"nfs\":{\"nas\":\"nas:/y\"}}", "/nfs/nas", "either both");
  xform_refused("{\"clusterDomain\":{\"cluster.local\":\"\"}}", "/clusterDomain/cluster.local", "lower case");
  xform_refused("{\"namespaces\":{\"a\":\"B\"}}", "/namespaces/a", "the second is no namespace");
  xform_refused("{\"namespaces\":7}", "/namespaces", "or a mapping, {old: new}");
  xform_refused("{\"annotations\":{\"a\":\"b\"}}", "/annotations/a", "is a mapping");
  xform_refused("{\"annotations\":{\"a\":{\"b\":7}}}", "/annotations/a/b", "is not a text");
}
END_TEST

/* Rules' mappings are counted under their own names; each has a counter from the beginning. */
START_TEST(counters) {
  static const row rows[] = {
      {"two rules and the top",
       "{\"zones\":{\"a\":\"b\"},\"rules\":[{\"inKinds\":[\"Pod\"],\"nodes\":{\"n\":\"m\"}},{\"nodes\":{\"x\":\"y\"}}]}",
       "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"nodeName\":\"n\"}}",
       "[{\"op\":\"replace\",\"path\":\"/spec/nodeName\",\"value\":\"m\"}]", "/spec/nodeName: rules[0].nodes: n -> m\n",
       "rules[0].nodes: n -> m = 1\nrules[1].nodes: x -> y = 0\nzones: a -> b = 0\n"}};
  XFORM_ROWS(rows);
}
END_TEST

/* A target that is another's source: said at load. */
static void chained(const char *config, const char *log) {
  pintle_test_host *h = xform_host();
  ck_assert_msg(pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", config) != NULL, "%s", config);
  ck_assert_msg((strstr(pintle_test_last(h)->log, log) != NULL) == (*log != 0) || !*log, "%s: %s", config, pintle_test_last(h)->log);
  if (!*log) ck_assert_msg(!*pintle_test_last(h)->log, "%s: %s", config, pintle_test_last(h)->log);
  pintle_test_free(h);
}

START_TEST(chains) {
  chained("{\"zones\":{\"a\":\"b\",\"b\":\"c\"}}", "WARN zones: a -> b is applied once: zones: b -> c does not follow it");
  chained("{\"zones\":{\"a\":\"b\",\"c\":\"d\",\"x*\":\"b\"}}", "");
  chained("{\"zones\":{\"a-*\":\"b-*\",\"b-1\":\"c\"}}", "zones: a-* -> b-* is applied once");
  chained("{\"hosts\":{\"*.a.com\":\"*.b.com\",\"x.b.com\":\"c.com\"}}", "hosts: *.a.com -> *.b.com is applied once");
  chained("{\"hosts\":{\"a.com\":\"x.b.com\",\"x.b.com\":\"x.b.com\",\"*.b.com\":\"*.c.com\"}}", "");
  chained("{\"images\":{\"a.io\":\"b.io\",\"b.io/x\":\"c.io\"}}", "images: a.io -> b.io is applied once");
  chained("{\"nodeLabels\":{\"a\":\"b\",\"b=1\":\"c=2\"}}", "nodeLabels: a -> b is applied once");
  chained("{\"zones\":{\"a\":\"b\"},\"rules\":[{\"inKinds\":[\"Pod\"],\"zones\":{\"b\":\"c\"}}]}",
          "zones: a -> b is applied once: rules[0].zones: b -> c");
}
END_TEST

int main(void) {
  const TTest *const tests[] = {rows, bad_rules, bad_mappings, never_matching, may_match, images_and_addresses, counters, chains};
  return xform_main("xform_refs", tests, sizeof tests / sizeof *tests);
}
