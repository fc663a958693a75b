/* test_xform_text.c -- restore-xform: values inside text.  SPDX-License-Identifier: Apache-2.0 */
#include "xform_rows.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUT(path, value) "[{\"op\":\"replace\",\"path\":\"" path "\",\"value\":\"" value "\"}]"
#define MAP(key, text)                                                                                                                     \
  "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\",\"namespace\":\"shop\"},\"data\":{\"" key "\":\"" text "\"}" \
                                                                                                                                     "}"
#define TEXT(rule) "{\"text\":[" rule "]}"

START_TEST(formats) {
  static const row rows[] = {
      {"properties: separators, lines that go on, CRLF, comments", TEXT("{\"path\":\"db.host\",\"to\":\"n\\\\u00e9w\"}"),
       MAP("a.properties", "# db.host=x\\r\\nother : 1\\r\\n  db.host \\\\\\r\\n   = o\\\\\\r\\n  ld\\r\\n! end"),
       PUT("/data/a.properties", "# db.host=x\\r\\nother : 1\\r\\n  db.host \\\\\\r\\n   = n\\\\\\\\u00e9w\\r\\n! end"), NULL, NULL},
      {"properties: only this value", TEXT("{\"path\":\"a\",\"value\":\"old\",\"to\":\"new\"}"),
       MAP("a.properties", "a=old\\na=other\\nb=old"), PUT("/data/a.properties", "a=new\\na=other\\nb=old"),
       "/data/a.properties: text[0]: old -> new\n", NULL},
      {"env: quotes and comments stay", TEXT("{\"path\":\"DB_*\",\"pattern\":\"\\\\bold\\\\b\",\"to\":\"new\"}"),
       MAP("x.env", "export DB_A='old' # old\\nDB_B=\\\"old one\\\"\\nDB_C=old # old\\nX=old"),
       PUT("/data/x.env", "export DB_A='new' # old\\nDB_B=\\\"new one\\\"\\nDB_C=new # old\\nX=old"), NULL, NULL},
      {"INI: section and key", TEXT("{\"section\":\"db\",\"path\":\"host\",\"to\":\"new\"}"),
       MAP("a.ini", "host = 1\\n[db]\\n; host = c\\nhost = old ; note\\n[other]\\nhost=old"),
       PUT("/data/a.ini", "host = 1\\n[db]\\n; host = c\\nhost = new ; note\\n[other]\\nhost=old"), NULL, NULL},
      {"JSON: a pointer with *", TEXT("{\"path\":\"/dbs/*/host\",\"value\":\"old\",\"to\":\"n\\\"w\"}"),
       MAP("a.json", "{ \\\"dbs\\\" : [ {\\\"host\\\":\\\"\\\\u006fld\\\"}, {\\\"host\\\":\\\"b\\\"}],\\n \\\"host\\\":\\\"old\\\"}"),
       PUT("/data/a.json", "{ \\\"dbs\\\" : [ {\\\"host\\\":\\\"n\\\\\\\"w\\\"}, {\\\"host\\\":\\\"b\\\"}],\\n \\\"host\\\":\\\"old\\\"}"),
       NULL, NULL},
      {"YAML: block, flow, comments, documents", TEXT("{\"path\":\"/db/*/host\",\"value\":\"old\",\"to\":\"new\"}"),
       MAP("a.yaml", "# c\\ndb:\\n- host: old # c\\n  port: 1\\n- {host: 'old', x: [1]}\\nrun: |\\n  host: old\\n---\\ndb: {a: {host: "
                     "\\\"old\\\"}}\\n"),
       PUT("/data/a.yaml", "# c\\ndb:\\n- host: new # c\\n  port: 1\\n- {host: 'new', x: [1]}\\nrun: |\\n  host: old\\n---\\ndb: {a: "
                           "{host: \\\"new\\\"}}\\n"),
       NULL, NULL},
      {"YAML: a text that would read as a number gets quotes", TEXT("{\"path\":\"/a\",\"to\":\"12\"}"), MAP("a.yaml", "a: b\\n"),
       PUT("/data/a.yaml", "a: \\\"12\\\"\\n"), NULL, NULL},
      {"YAML: a number stays one", TEXT("{\"path\":\"/a\",\"value\":\"1\",\"to\":\"2\"}"), MAP("a.yml", "a: 1\\n"),
       PUT("/data/a.yml", "a: 2\\n"), NULL, NULL},
      {"YAML: or nothing is changed", TEXT("{\"path\":\"/a\",\"value\":\"1\",\"to\":\"x\"}"), MAP("a.yml", "a: 1\\n"), NULL, "", NULL},
      {"YAML: an anchor, several lines: left", TEXT("{\"path\":\"/*\",\"to\":\"x\"}"),
       MAP("a.yaml", "a: &a old\\nb: |\\n  old\\nc: old\\n  old\\n"), NULL, "", NULL},
  };
  XFORM_ROWS(rows);
}
END_TEST

#define POD(container)                                                                                                                 \
  "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"shop\"},\"spec\":{\"containers\":[{" container \
  "}]}}"
#define SECRET(data) "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\",\"namespace\":\"shop\"}," data "}"
START_TEST(places) {
  static const row rows[] = {
      {"environment by name", TEXT("{\"env\":\"DB_*\",\"value\":\"old\",\"to\":\"new\"}"),
       POD("\"env\":[{\"name\":\"X\",\"value\":\"old\"},{\"name\":\"DB_A\",\"value\":\"old\"}]"),
       PUT("/spec/containers/0/env/1/value", "new"), "/spec/containers/0/env/1/value: text[0]: old -> new\n", NULL},
      {"arguments", TEXT("{\"args\":true,\"pattern\":\"=old\\\\b\",\"to\":\"=new\"}"), POD("\"args\":[\"--db=old\",\"old\"]"),
       PUT("/spec/containers/0/args/0", "--db=new"), NULL, NULL},
      {"a Secret is not asked for", TEXT("{\"value\":\"old\",\"to\":\"new\"}"), SECRET("\"data\":{\"k\":\"b2xk\"}"), NULL, "", NULL},
      {"a Secret, redacted", TEXT("{\"secrets\":true,\"value\":\"old\",\"to\":\"new\"}"), SECRET("\"data\":{\"k\":\"b2xk\"}"),
       PUT("/data/k", "bmV3"), "/data/k: text[0]: (hidden)\n", "text[0]: (hidden) -> (hidden) = 1\n"},
      {"a rule for Secrets hides what it meets in a ConfigMap", TEXT("{\"secrets\":true,\"key\":\"k\",\"pattern\":\"old[0-9]\",\"to\":\"new\"}"),
       MAP("k", "old1 old2"), PUT("/data/k", "new new"), "/data/k: text[0]: (hidden) (2 times)\n", "text[0]: (hidden) -> (hidden) = 2\n"},
      {"hosts in a text", "{\"hosts\":{\"old.example.com\":\"new.example.com\"},\"text\":[{\"key\":\"*\",\"hosts\":true}]}",
       MAP("u", "http://old.example.com/ bold.example.com"), PUT("/data/u", "http://new.example.com/ bold.example.com"), NULL, NULL},
      {"the limits of its rule", "{\"rules\":[{\"inNamespaces\":[\"other\"],\"text\":[{\"value\":\"old\",\"to\":\"new\"}]}]}",
       MAP("k", "old"), NULL, "", NULL},
  };
  XFORM_ROWS(rows);
}
END_TEST

/* How many notes there are, and whether the first and last are these. */
static void check_notes(const pintle_test_outcome *o, size_t n, const char *first, const char *last) {
  size_t lines = 0;
  for (const char *p = o->notes; (p = strchr(p, '\n')); p++) lines++;
  ck_assert_msg(lines == n, "%zu notes", lines);
  ck_assert_msg(strncmp(o->notes, first, strlen(first)) == 0, "%.200s", o->notes);
  const size_t all = strlen(o->notes), tail = strlen(last);
  ck_assert_msg(all >= tail && strcmp(o->notes + all - tail, last) == 0, "%s", o->notes + (all > 200 ? all - 200 : 0));
}

/* A pattern that looks at the whole rest of the text for each of its matches: bounded, and said. */
START_TEST(endless_pattern) {
  enum { LONG = 30000 };
  char *item = malloc(LONG + 200), *p;
  ck_assert_ptr_nonnull(item);
  p = item + sprintf(item, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"},\"data\":{\"u\":\"");
  memset(p, 'a', LONG);
  strcpy(p + LONG, "\"}}");
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", TEXT("{\"pattern\":\"a.*b|a\",\"to\":\"x\"}"));
  ck_assert_ptr_nonnull(a);
  const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
  ck_assert_msg(o->status == PINTLE_OK && strcmp(o->patch, "[]") == 0, "%s %.200s", o->message, o->patch);
  ck_assert_msg(strstr(o->findings, "unresolved /data/u: patterns leave the text as it is: that of text[0] would take too long"), "%s", o->findings);
  ck_assert_str_eq(pintle_test_counters(h), "text[0]: a.*b|a -> x = 1\n");
  pintle_test_free(h);
  free(item);
}
END_TEST

/* A text with 20000 hosts. */
static void hosts_of(bool same, size_t notes, const char *first, const char *last) {
  char *item = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&item, &size);
  ck_assert(f != NULL);
  fputs("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"},\"data\":{\"u\":\"", f);
  for (int i = 0; i < 20000; i++) same ? fputs("old.io ", f) : fprintf(f, "h%d.old.io ", i);
  fputs("\"}}", f);
  fclose(f);
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references",
                                               "{\"hosts\":{\"old.io\":\"new.io\",\"*.old.io\":\"*.new.io\"},\"text\":[{\"hosts\":true}]}");
  ck_assert_ptr_nonnull(a);
  const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
  check_notes(o, notes, first, last);
  ck_assert(strstr(pintle_test_counters(h), " = 20000\n") != NULL);
  ck_assert(strstr(o->item, "old.io") == NULL);
  pintle_test_free(h);
  free(item);
}

START_TEST(many_hosts) {
  hosts_of(true, 1, "/data/u: hosts: old.io -> new.io (20000 times)\n", "");
  hosts_of(false, 1025, "/data/u: hosts: h0.old.io -> h0.new.io\n", "\n/data/u: and 18976 more changes, not listed\n");
}
END_TEST

START_TEST(boolean_key) { /* what {y: z} comes to */
  pintle_test_host *h = xform_host();
  ck_assert_ptr_nonnull(pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", "{\"nodeLabels\":{\"true\":\"z\"}}"));
  ck_assert_str_eq(pintle_test_last(h)->log, "WARN nodeLabels maps \"true\": YAML reads the keys y, yes and on so; if one of these is meant, it needs quotes\n");
  pintle_test_free(h);
}
END_TEST

START_TEST(bad_configuration) {
  xform_refused(TEXT("{\"pattern\":\"a\\\\d+\",\"to\":\"b\"}"), "/text/0/pattern", "write [0-9]");
  xform_refused("{\"configMaps\":[{\"pattern\":\"(?:a)b\",\"to\":\"b\"}]}", "/configMaps/0/pattern", "not known in POSIX");
  xform_refused(TEXT("{\"pth\":\"a\",\"to\":\"b\"}"), "/text/0/pth", "did you mean \"path\"?");
  xform_refused(TEXT("{\"format\":\"yml\",\"path\":\"/a\",\"to\":\"b\"}"), "/text/0/format", "did you mean \"yaml\"?");
  xform_refused(TEXT("{\"format\":\"json\",\"path\":\"a\",\"to\":\"b\"}"), "/text/0/path", "a JSON Pointer");
  xform_refused(TEXT("{\"format\":\"env\",\"section\":\"a\",\"path\":\"b\",\"to\":\"c\"}"), "/text/0/section", "only INI has sections");
  xform_refused(TEXT("{\"env\":\"A\",\"path\":\"b\",\"to\":\"c\"}"), "/text/0/path", "\"format\" is needed");
  xform_refused(TEXT("{\"args\":true,\"key\":\"k\",\"to\":\"c\"}"), "/text/0", "every argument");
  xform_refused(TEXT("{\"hosts\":true,\"to\":\"c\"}"), "/text/0", "have no place beside it");
  xform_refused(TEXT("{\"secrets\":\"yes\",\"value\":\"a\",\"to\":\"c\"}"), "/text/0/secrets", "true or false");
}
END_TEST

int main(void) {
  const TTest *const tests[] = {formats, places, endless_pattern, many_hosts, boolean_key, bad_configuration};
  return xform_main("xform_text", tests, sizeof tests / sizeof *tests);
}
