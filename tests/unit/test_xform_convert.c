/* test_xform_convert.c -- pintle.io/convert-api-version: xform_convert.rows, the options, what is served.  SPDX-License-Identifier: Apache-2.0
 *
 * xform_convert.rows: "# what", then `config`, `item`, and what comes of it: `becomes` or `skipped`, neither when the item stays; `finding`
 * for each line of the report, in order. With CONVERT_ROWS=print the file is printed as it would have to be. */
#include "xform_rows.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ACTION "pintle.io/convert-api-version"
#define STRANGE "\"zz\":{\"b\":1.0,\"a\":[3,1,2],\"c\":\"\\u00e9\"},"

struct block {
  char what[200], *config, *item, *becomes, *skipped, *findings;
};

static char *text_of(const char *line, const char *key) {
  size_t n = strlen(key);
  return strncmp(line, key, n) == 0 && line[n] == ' ' ? strndup(line + n + 1, strcspn(line + n + 1, "\n")) : NULL;
}

static void clear(struct block *b) {
  free(b->config), free(b->item), free(b->becomes), free(b->skipped), free(b->findings);
  *b = (struct block){0};
}

static void print(const struct block *b, const pintle_test_outcome *o) {
  printf("# %s\n", b->what);
  if (b->config) printf("config %s\n", b->config);
  printf("item %s\n", b->item);
  if (o->skip) printf("skipped %s\n", o->skip);
  else if (strcmp(o->patch, "[]") != 0) printf("becomes %s\n", o->item);
  for (const char *p = o->findings; *p; p += strcspn(p, "\n") + 1) {
    fputs("finding ", stdout);
    fwrite(p, 1, strcspn(p, "\n") + 1, stdout);
  }
  printf("\n");
}

/* The item with a member that nobody knows keeps it, and gets nothing else. */
static void strange(pintle_test_instance *a, const struct block *b) {
  char *item = NULL, *expected = NULL;
  ck_assert(asprintf(&item, "{" STRANGE "%s", b->item + 1) > 0 && asprintf(&expected, "{" STRANGE "%s", b->becomes + 1) > 0);
  const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
  ck_assert_msg(strcmp(o->item, expected) == 0, "%s, with a strange member: %s", b->what, o->item);
  free(item), free(expected);
}

static void run(const struct block *b) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, b->config ? b->config : "{\"targetVersion\":\"1.36\"}");
  ck_assert_msg(a != NULL, "%s: %s at %s", b->what, pintle_test_last(h)->message, pintle_test_last(h)->at);
  const pintle_test_outcome *o = pintle_test_restore(a, b->item, NULL, 0);
  if (getenv("CONVERT_ROWS")) print(b, o);
  else {
    ck_assert_msg(o->status == PINTLE_OK, "%s: %s %s", b->what, o->message, o->at);
    ck_assert_msg(strcmp(o->findings, b->findings ? b->findings : "") == 0, "%s: findings: %s", b->what, o->findings);
    if (b->skipped) ck_assert_msg(o->skip && strcmp(o->skip, b->skipped) == 0, "%s: skipped: %s", b->what, o->skip ? o->skip : "no");
    else if (b->becomes) ck_assert_msg(!o->skip && strcmp(o->item, b->becomes) == 0, "%s: becomes: %s", b->what, o->item);
    else ck_assert_msg(!o->skip && strcmp(o->patch, "[]") == 0, "%s: it changed: %s", b->what, o->patch);
  }
  if (!getenv("CONVERT_ROWS") && b->becomes) {
    o = pintle_test_restore(a, b->becomes, NULL, 0);
    ck_assert_msg(o->status == PINTLE_OK && strcmp(o->patch, "[]") == 0, "%s, again: %s", b->what, o->patch);
    if (strncmp(b->item, "{\"kind\":\"List\"", 14) != 0) strange(a, b);
  }
  pintle_test_free(h);
}

START_TEST(rows) {
  FILE *f = fopen(ROWS, "r");
  char *line = NULL, *t;
  size_t cap = 0, n = 0;
  struct block b = {0};
  ck_assert_msg(f != NULL, "cannot open " ROWS);
  for (;;) {
    bool end = getline(&line, &cap, f) < 0;
    if ((end || *line == '#') && b.item) run(&b), n++;
    if (end || *line == '#') clear(&b);
    if (end) break;
    if (*line == '#') snprintf(b.what, sizeof b.what, "%.*s", (int)strcspn(line + 2, "\n"), line + 2);
    else if ((t = text_of(line, "config"))) b.config = t;
    else if ((t = text_of(line, "item"))) b.item = t;
    else if ((t = text_of(line, "becomes"))) b.becomes = t;
    else if ((t = text_of(line, "skipped"))) b.skipped = t;
    else if ((t = text_of(line, "finding"))) {
      char *more = NULL;
      ck_assert(asprintf(&more, "%s%s\n", b.findings ? b.findings : "", t) > 0);
      free(b.findings), free(t);
      b.findings = more;
    } else ck_assert_msg(*line == '\n', "%s: what is this: %s", b.what, line);
  }
  free(line);
  fclose(f);
  ck_assert_uint_gt(n, 50);
}
END_TEST

static void refused(const char *config, const char *at, const char *why) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, config);
  const pintle_test_outcome *o = pintle_test_last(h);
  ck_assert_msg(a == NULL && o->status == PINTLE_INVALID, "%s was taken", config);
  ck_assert_msg(strcmp(o->at, at) == 0, "%s: at %s", config, o->at);
  ck_assert_msg(strstr(o->message, why) != NULL, "%s: %s", config, o->message);
  pintle_test_free(h);
}

START_TEST(bad_options) {
  refused("{\"targetVersion\":\"2.0\"}", "/targetVersion", "is no release of Kubernetes");
  refused("{\"targetVersion\":\"1.\"}", "/targetVersion", "is no release of Kubernetes");
  refused("{\"targetVersion\":\"1.032\"}", "/targetVersion", "is no release of Kubernetes");
  refused("{\"versions\":{}}", "/versions", "is a list of rows");
  refused("{\"versions\":[7]}", "/versions/0", "a row is a mapping");
  refused("{\"versions\":[{\"group\":\"a.b\",\"version\":\"v1\"}]}", "/versions/0", "needs group, version and kind");
  refused("{\"versions\":[{\"group\":\"a.b\",\"version\":\"v1\",\"kind\":\"A\",\"remuved\":\"1.2\"}]}", "/versions/0/remuved",
          "did you mean \"removed\"?");
  refused("{\"versions\":[{\"group\":\"a.b\",\"version\":\"v1\",\"kind\":\"A\",\"removed\":\"soon\"}]}", "/versions/0/removed",
          "\"soon\" is no release");
  refused("{\"versions\":[{\"group\":\"a.b\",\"version\":\"v1\",\"kind\":\"A\",\"convert\":\"magic\"}]}", "/versions/0/convert",
          "no conversion is called \"magic\"");
}
END_TEST

/* Without targetVersion the cluster is asked, for the old kind and for the new one. */
START_TEST(the_cluster_is_asked) {
  static const char item[] =
      "{\"apiVersion\":\"policy/v1beta1\",\"kind\":\"PodDisruptionBudget\",\"metadata\":{\"name\":\"a\"},\"spec\":{}}";
  static const struct {
    const char *cluster, *patch, *findings;
  } worlds[] = {
      {"[{\"apiVersion\":\"policy/v1\",\"kind\":\"PodDisruptionBudget\",\"metadata\":{\"name\":\"x\"}}]",
       "[{\"op\":\"replace\",\"path\":\"/apiVersion\",\"value\":\"policy/v1\"}]", ""},
      {"[{\"apiVersion\":\"policy/v1beta1\",\"kind\":\"PodDisruptionBudget\",\"metadata\":{\"name\":\"x\"}}]", "[]", ""},
      {"[]", "[]",
       "WARN not-served /apiVersion: the target serves neither policy/v1beta1 nor a version that could replace it (policy/v1, since "
       "1.21)\n"},
  };
  for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
    const pintle_test_options world = {.cluster = worlds[i].cluster};
    pintle_test_host *h = pintle_test_new(&world);
    ck_assert(h && pintle_test_load(h, &PINTLE_ENTRY)->status == PINTLE_OK);
    pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{}");
    ck_assert_ptr_nonnull(a);
    const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
    ck_assert_str_eq(o->message, "");
    ck_assert_str_eq(o->patch, worlds[i].patch);
    ck_assert_str_eq(o->findings, worlds[i].findings);
    pintle_test_free(h);
  }
}
END_TEST

START_TEST(an_unknown_target_is_the_newest) {
  pintle_test_host *h = xform_host();
  ck_assert_ptr_nonnull(pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{}"));
  ck_assert_str_eq(pintle_test_last(h)->log, "INFO the target is not known and targetVersion is not set: Kubernetes 1.36 is assumed\n");
  pintle_test_free(h);
}
END_TEST

/* A plugin that was only put into Velero's plugin directory must not guess. */
START_TEST(a_drop_in_that_was_not_told_does_nothing) {
  static const pintle_kv velero[] = {{"host.mode", "velero"}, {NULL, NULL}};
  const pintle_test_options world = {.properties = velero};
  pintle_test_host *h = pintle_test_new(&world);
  ck_assert(h && pintle_test_load(h, &PINTLE_ENTRY)->status == PINTLE_OK);
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{}");
  ck_assert_ptr_nonnull(a);
  ck_assert_str_eq(pintle_test_last(h)->log, "INFO nothing is converted: the target is not known here and targetVersion is not set\n");
  ck_assert_str_eq(pintle_test_last(h)->selector, "{\"excludedResources\":[\"*\"]}");
  ck_assert_str_eq(pintle_test_restore(a, "{\"apiVersion\":\"policy/v1beta1\",\"kind\":\"PodSecurityPolicy\"}", NULL, 0)->patch, "[]");
  ck_assert_ptr_nonnull(a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"targetVersion\":\"1.36\"}"));
  ck_assert_ptr_nonnull(pintle_test_restore(a, "{\"apiVersion\":\"policy/v1beta1\",\"kind\":\"PodSecurityPolicy\"}", NULL, 0)->skip);
  pintle_test_free(h);
}
END_TEST

/* xform_gone.rows: what 1.36 does not serve is converted or reported, what it serves is neither left out nor called gone. */
START_TEST(every_kind_that_was_ever_served) {
  FILE *f = fopen(GONE_ROWS, "r");
  char *line = NULL, what[20], group[100], version[20], kind[100];
  size_t cap = 0, n = 0;
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"targetVersion\":\"1.36\"}");
  ck_assert(f && a);
  for (; getline(&line, &cap, f) >= 0; n++) {
    if (*line == '#' || *line == '\n') continue;
    ck_assert_msg(sscanf(line, "%19s %99s %19s %99s", what, group, version, kind) == 4, "%s", line);
    char item[400];
    bool core = strcmp(group, "-") == 0, gone = strcmp(what, "gone") == 0;
    snprintf(item, sizeof item, "{\"apiVersion\":\"%s%s%s\",\"kind\":\"%s\",\"metadata\":{\"name\":\"a\"},\"spec\":{}}", core ? "" : group,
             core ? "" : "/", version, kind);
    const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
    bool reported = strstr(o->findings, " not-served ") || strstr(o->findings, " no-replacement ");
    ck_assert_msg(o->status == PINTLE_OK, "%s: %s", line, o->message);
    ck_assert_msg(!o->skip || strchr(o->findings, '\n'), "%s: left out without a word", line);
    if (gone) ck_assert_msg(o->skip || reported || strstr(o->patch, "\"/apiVersion\""), "%s: nobody says that it is gone", line);
    else ck_assert_msg(!o->skip && !reported, "%s: it is served: %s", line, o->findings);
  }
  ck_assert_uint_gt(n, 200);
  free(line);
  fclose(f);
  pintle_test_free(h);
}
END_TEST

/* Releases that the table knows nothing of. */
START_TEST(a_target_beyond_the_table) {
  static const char said[] =
      "WARN targetVersion is 1.99, and the table of versions ends with 1.36: what later releases removed is not known\n";
  pintle_test_host *h = xform_host();
  ck_assert_ptr_nonnull(pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"targetVersion\":\"1.99\"}"));
  ck_assert_str_eq(pintle_test_last(h)->log, said);
  ck_assert_ptr_nonnull(pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"targetVersion\":\"1.36\"}"));
  ck_assert_str_eq(pintle_test_last(h)->log, "");
  pintle_test_free(h);
}
END_TEST

START_TEST(no_memory) {
  static const char item[] =
      "{\"apiVersion\":\"extensions/v1beta1\",\"kind\":\"Deployment\",\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/"
      "last-applied-configuration\":\"{\\\"apiVersion\\\":\\\"apps/v1beta1\\\",\\\"kind\\\":\\\"Deployment\\\"}\"}},"
      "\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}}}}}";
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, ACTION, "{\"targetVersion\":\"1.36\"}");
  size_t n = 0;
  for (;; n++) {
    pintle_test_set(h)->fail_alloc_at = (uint32_t)n + 1;
    const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
    if (o->status == PINTLE_OK) break;
    ck_assert_str_eq(o->patch, "[]");
    ck_assert_uint_lt(n, 500);
  }
  ck_assert_uint_gt(n, 20);
  pintle_test_free(h);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {
      rows, bad_options, every_kind_that_was_ever_served, a_target_beyond_the_table, the_cluster_is_asked, an_unknown_target_is_the_newest,
      a_drop_in_that_was_not_told_does_nothing, no_memory};
  return xform_main("xform_convert", tests, sizeof tests / sizeof *tests);
}
