/* test_kube_source.c -- the index of a run's input.  SPDX-License-Identifier: Apache-2.0
 *
 * Each test makes files in a directory of its own, reads them, and compares all items and all reports with one text. */
#include "kube/source.h"
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static kube_types *types;
static kube_source *source;
static buf said; /* reports, one a line: "W place: message" */
static int asked, cancel_at;

static void report(void *ctx, int32_t severity, const char *place, const char *message) {
  (void)ctx;
  size_t n = strlen(dir);
  buf_printf(&said, "%c %s: ", severity == PINTLE_LOG_WARN ? 'W' : 'E', strncmp(place, dir, n) == 0 ? place + n + 1 : place);
  for (const char *p = message; *p;) { /* the directory's name is not the same twice */
    bool here = strncmp(p, dir, n) == 0;
    if (here) p += n + 1;
    else buf_addc(&said, *p++);
  }
  buf_addc(&said, '\n');
}

static bool cancelled(void *ctx) {
  (void)ctx;
  return cancel_at && ++asked >= cancel_at;
}

static void open_source(size_t max_bytes) {
  kube_source_options o = {.types = types, .limits = {.max_bytes = max_bytes}, .report = report, .cancelled = cancelled, .temp_dir = dir};
  ck_assert_int_eq(kube_source_new(&o, &source, NULL), PINTLE_OK);
}

static void setup(void) {
  strcpy(dir, "/tmp/pintle-source-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(dir));
  ck_assert_int_eq(kube_types_new(&types), PINTLE_OK);
  open_source(0);
}

static void teardown(void) {
  char command[100];
  kube_source_free(source);
  kube_types_free(types);
  buf_free(&said);
  snprintf(command, sizeof command, "rm -rf %s", dir);
  ck_assert_int_eq(system(command), 0);
}

static const char *at(const char *name) {
  static char path[300];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  return path;
}

static void put(const char *name, const char *text) {
  size_t n = strlen(text);
  int fd = open(at(name), O_CREAT | O_TRUNC | O_WRONLY, 0644);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
  close(fd);
}

static void add(const char *path) {
  error e;
  ck_assert_msg(kube_source_add_path(source, path, &e) == PINTLE_OK, "%s", e.message);
}

/* "resource ns/name PLACE TEXT" of every item. */
static void list(buf *out) {
  for (size_t i = 0; i < kube_source_count(source); i++) {
    kube_entry x;
    error e;
    CLEANUP(buf_free) buf text = {0}, place = {0};
    kube_source_get(source, i, &x);
    kube_type_gr(x.type, out);
    kube_source_place(source, i, &place);
    const char *short_place = strncmp(buf_z(&place), dir, strlen(dir)) == 0 ? place.data + strlen(dir) + 1 : place.data;
    pintle_status st = kube_source_read(source, i, &text, &e);
    buf_printf(out, " %.*s/%.*s%s%s%s %s %s\n", (int)x.ns.len, x.ns.ptr, (int)x.name.len, x.name.ptr, x.verbatim ? " v" : "",
               x.deleting ? " d" : "", x.excluded ? " x" : "", short_place, st == PINTLE_OK ? buf_z(&text) : error_status_name(st));
    if (st == PINTLE_OK) ck_assert_uint_eq(text.len, x.length);
  }
}

static void expect(const char *items, const char *reports) {
  error e;
  buf got = {0};
  ck_assert_msg(kube_source_finish(source, &e) == PINTLE_OK, "%s", e.message);
  list(&got);
  ck_assert_str_eq(buf_z(&got), items);
  ck_assert_str_eq(buf_z(&said), reports);
  buf_free(&got);
}

#define POD(name) "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" name "\"}}"
#define IN(where, name) "pods " where " " POD(name) "\n" /* a line of list */

START_TEST(directory_order) {
  mkdir(at("b"), 0755);
  mkdir(at("b/deep"), 0755);
  mkdir(at(".hidden"), 0755);
  put("c.json", POD("c"));
  put("a.json", POD("a"));
  put("b/z.yml", "apiVersion: v1\nkind: Pod\nmetadata: {name: bz}\n");
  put("b/deep/d.yaml", POD("deep"));
  put("b/readme.txt", "no manifest");
  put("B.json", POD("upper"));
  put(".x.json", POD("dot"));
  put(".hidden/h.json", POD("hidden"));
  put("empty.yaml", "");
  put("comment.yaml", "# nothing\n---\n");
  add(dir);
  expect(IN("default/upper B.json:1", "upper") IN("default/a a.json:1", "a") IN("default/deep b/deep/d.yaml:1", "deep")
             IN("default/bz v b/z.yml:1", "bz") IN("default/c c.json:1", "c"),
         "");
}
END_TEST

START_TEST(odd_files) {
  put("a.json", POD("a"));
  mkdir(at("d"), 0755);
  put("d/in.json", POD("in"));
  ck_assert_int_eq(mkfifo(at("f.json"), 0644), 0);
  ck_assert_int_eq(mkfifo(at("fifo"), 0644), 0);
  ck_assert_int_eq(symlink("a.json", at("link.json")), 0);
  ck_assert_int_eq(symlink("d", at("link")), 0);
  ck_assert_int_eq(symlink("nowhere", at("lost.yaml")), 0);
  ck_assert_int_eq(symlink("nowhere", at("lost")), 0);
  put("z.json", "");
  add(dir);
  expect(IN("default/in d/in.json:1", "in") IN("default/a link.json:1", "a"),
         "E f.json: this is a FIFO, socket or device, and is not read\n"
         "W fifo: this is a FIFO, socket or device, and is not read\n"
         "W link: a link to a directory is not followed\n"
         "E lost.yaml: the link leads nowhere\n"
         "E z.json: the file is empty, which is no JSON\n"
         "W link.json:1: Pod default/a occurs twice; this one is used, not the one at a.json:1\n");
}
END_TEST

START_TEST(named_paths) {
  error e;
  ck_assert_int_eq(kube_source_add_path(source, at("missing"), &e), PINTLE_NOT_FOUND);
  ck_assert_int_eq(kube_source_add_path(source, "", &e), PINTLE_INVALID);
  put("manifest", POD("any") "\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: second\n");
  add(at("manifest"));
  put("bom.json", "\xef\xbb\xbf\r\n" POD("bom") "\r\n");
  add(at("bom.json"));
  expect(IN("default/any manifest:1", "any") IN("default/second v manifest:3", "second") IN("default/bom bom.json:2", "bom"), "");
}
END_TEST

START_TEST(standard_input) {
  put("in", "{\"items\": [" POD("a") " ,\n {\"metadata\": {\"name\":\"b\"}}], \"kind\":\"PodList\",\"apiVersion\":\"v1\"}");
  int fd = open(at("in"), O_RDONLY), kept = dup(0);
  dup2(fd, 0);
  add("-");
  dup2(kept, 0);
  close(kept);
  close(fd);
  expect(IN("default/a v standard input:1", "a") IN("default/b v standard input:2", "b"), "");
}
END_TEST

START_TEST(lists_json) {
  put("list.json", "{\"apiVersion\":\"v1\",\"items\":[" POD("a") ",\n  " POD("b") "],\"kind\":\"List\"}");
  put("pods.json", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[\n{ \"metadata\":{\"name\":\"c\"}},\n"
                   "{\"kind\":\"Secret\", \"metadata\":{\"name\":\"d\"}}, "
                   "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"e\"}}]}");
  put("stream.json", POD("f") "\n" POD("g") "\n\n" POD("h"));
  add(dir);
  expect(IN("default/a list.json:1", "a") IN(
             "default/b list.json:2",
             "b") "pods default/c pods.json:2 {\"apiVersion\":\"v1\",\"kind\":\"Pod\", \"metadata\":{\"name\":\"c\"}}\n"
                  "secrets default/d pods.json:3 {\"apiVersion\":\"v1\",\"kind\":\"Secret\", \"metadata\":{\"name\":\"d\"}}\n"
                  "deployments.apps default/e pods.json:3 "
                  "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"e\"}}\n" IN("default/f stream.json:1", "f")
                      IN("default/g stream.json:2", "g") IN("default/h stream.json:4", "h"),
         "");
}
END_TEST

START_TEST(lists_yaml) {
  put("list.yaml",
      "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- metadata:\n    name: none\nkind: List\n");
  put("pods.yaml", "items:\n- metadata: {name: b}\n- kind: Secret\n  metadata: {name: c}\napiVersion: v1\nkind: PodList\n");
  put("nested.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMapList\n  items:\n  - metadata: {name: d}\n"
                     "  - metadata: {name: e}\n- apiVersion: v1\n  kind: ServiceList\n  items: []\n");
  put("nested.json", "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\n\"items\":[{"
                     "\"metadata\":{\"name\":\"n\"}},\n {\"metadata\":{}}]}]}");
  add(dir);
  expect(IN("default/a v list.yaml:3", "a")
             IN("default/n nested.json:2", "n") "configmaps default/d v nested.yaml:4 "
                                                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"d\"}}\n"
                                                "configmaps default/e v nested.yaml:4 "
                                                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"e\"}}\n" IN(
                                                    "default/b v pods.yaml:2",
                                                    "b") "secrets default/c v pods.yaml:3 "
                                                         "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"c\"}}\n",
         "E list.yaml:6: kind is missing, and the List does not say it\n"
         "E nested.json:3:14: metadata.name is missing\n");
}
END_TEST

/* `items` makes no List by itself, nor does the kind's name without it. */
START_TEST(no_lists) {
  const char *foo = "{\"apiVersion\":\"x.io/v1\",\"kind\":\"Foo\",\"metadata\":{\"name\":\"f\"},\"items\":[\"a\",{\"kind\":\"Pod\"}]}";
  put("a.yaml", "apiVersion: x.io/v1\nitems: [a, {kind: Pod}]\nkind: Foo\nmetadata: {name: f1}\n");
  put("b.json", "{\"items\":[1,2],\"apiVersion\":\"x.io/v1\",\"kind\":\"Foo\",\"metadata\":{\"name\":\"f2\"}}");
  put("c.yaml", foo);
  put("d.json", "{\"apiVersion\":\"x.io/v1\",\"kind\":\"AllowList\",\"metadata\":{\"name\":\"f3\"},\"spec\":{\"items\":[]}}");
  put("e.yaml", "items: [{a: 1, a: 2}]\napiVersion: x.io/v1\nkind: Foo\nmetadata: {name: f4}\n");
  add(dir);
  expect("foos.x.io /f1 v a.yaml:1 "
         "{\"apiVersion\":\"x.io/v1\",\"kind\":\"Foo\",\"metadata\":{\"name\":\"f1\"},\"items\":[\"a\",{\"kind\":\"Pod\"}]}\n"
         "foos.x.io /f2 b.json:1 {\"items\":[1,2],\"apiVersion\":\"x.io/v1\",\"kind\":\"Foo\",\"metadata\":{\"name\":\"f2\"}}\n"
         "foos.x.io /f c.yaml:1 "
         "{\"apiVersion\":\"x.io/v1\",\"kind\":\"Foo\",\"metadata\":{\"name\":\"f\"},\"items\":[\"a\",{\"kind\":\"Pod\"}]}\n"
         "allowlists.x.io /f3 d.json:1 "
         "{\"apiVersion\":\"x.io/v1\",\"kind\":\"AllowList\",\"metadata\":{\"name\":\"f3\"},\"spec\":{\"items\":[]}}\n",
         "E e.yaml:1:16: key \"a\" occurs twice, first in line 1\n"
         "W a.yaml:1: kind Foo of x.io/v1 is not known; it is taken for the cluster-scoped resource foos.x.io. Add its "
         "CustomResourceDefinition to the input to be sure\n"
         "W d.json:1: kind AllowList of x.io/v1 is not known; it is taken for the cluster-scoped resource allowlists.x.io. Add its "
         "CustomResourceDefinition to the input to be sure\n");
}
END_TEST

START_TEST(malformed) {
  put("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: one}\n---\nkind: [\n---\nkind: Pod\nkind: Pod\n---\napiVersion: v1\nkind: "
                "Pod\nmetadata: {name: two}\n");
  put("b.json", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\n \"metadata\":{\"name\" \"x\"}}");
  put("c.json", "apiVersion: v1\n");
  put("d.yaml",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: no}\n---\n- a\n---\nnull\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: ../x}\n");
  put("e.json", "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[" POD("in") ",\n5," POD("e") ",{\"kind\":\"Pod\",\"kind\":\"Pod\"}]}");
  put("f.json", "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[" POD("lost") ",\n" POD("lost2") ",{\"a\":");
  put("g.yaml", "a: 1\n\tb: 2\n");
  put("h.json", "{\"apiVersion\":\"bad/version/x\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"h\"}}");
  add(dir);
  expect(
      IN("default/one v a.yaml:1", "one") IN("default/two v a.yaml:10", "two") IN("default/in e.json:1", "in")
          IN("default/e e.json:2", "e"),
      "E a.yaml:6:1: malformed YAML: did not find expected node content, while parsing a flow node\n"
      "E a.yaml:8:1: key \"kind\" occurs twice, first in line 7\n"
      "E b.json:2:21: ':' is missing\n"
      "E c.json:1:1: malformed JSON: { or [ is expected here\n"
      "E d.yaml:1:1: metadata.name is no string\n" /* Norway */
      "E d.yaml:5:1: this is no Kubernetes object: it is no mapping\n"
      "E d.yaml:9:1: metadata.name holds '/' or U+0000\n"
      "E e.json:2:1: this is no Kubernetes object: it is no mapping\n"
      "E e.json:2:74: kind is repeated\n"
      "E f.json:2:67: the text ends too early\n"
      "E f.json: 2 items are left out: the List they are in cannot be read to its end\n"
      "E g.yaml:2:1: malformed YAML: found a tab character that violates indentation, while scanning a plain scalar from line 1 on. YAML "
      "is indented with spaces; there is a tab here\n"
      "E h.json:1: apiVersion \"bad/version/x\" with kind \"Pod\" is not valid\n");
}
END_TEST

START_TEST(limits) {
  kube_source_free(source);
  open_source(100);
  put("a.json", POD("a"));
  put("b.json",
      "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\"},\"data\":\"0123456789012345678901234567890123456789\"}");
  put("c.yaml", "items:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: c}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: d}\n"
                "  x: 0x123456789012345678901234567890123456789012345678901234567890\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: "
                "e}\nkind: List\n");
  put("d.json", "{\"items\":[" POD("f") "," POD("g") "],\"kind\":\"Foo\",\"metadata\":{\"name\":\"x\"}}");
  add(dir);
  expect(IN("default/a a.json:1", "a") IN("default/c v c.yaml:2", "c") IN("default/e v c.yaml:9", "e"),
         "E b.json:1:1: the document is larger than 100 bytes\n"
         "E c.yaml:8:6: a document or item may have 100 bytes as JSON, and here it has more\n"
         "E d.json:1:1: the document is larger than 100 bytes, and it is no List\n");
}
END_TEST

#define CRD                                                                                                                            \
  "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: geese.x.io}\nspec:\n  group: x.io\n  scope: " \
  "Namespaced\n"                                                                                                                       \
  "  names: {kind: Goose, plural: geese, singular: goose, shortNames: [gs]}\n  versions: [{name: v1, served: true, storage: true}]\n"

START_TEST(crd_after_its_resources) {
  put("a.yaml", "apiVersion: x.io/v1\nkind: Goose\nmetadata: {name: g}\n");
  put("b.yaml", CRD);
  put("c.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: bad}\n");
  add(dir);
  error e;
  ck_assert_int_eq(kube_source_finish(source, &e), PINTLE_OK);
  kube_entry x;
  kube_source_get(source, 0, &x);
  ck_assert_str_eq(x.type->resource, "geese");
  ck_assert_int_eq(x.type->origin, KUBE_CRD);
  ck_assert(str_is(x.ns, "default"));
  ck_assert_ptr_nonnull(strstr(buf_z(&said), "E c.yaml:1: this CustomResourceDefinition cannot be read, so its kind is guessed: "));
  ck_assert_uint_eq(kube_source_find(source, STR("x.io"), STR("geese"), STR("default"), STR("g")), 0);
}
END_TEST

START_TEST(scopes) {
  put("a.yaml",
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: oops}\n---\n"
      "apiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: team, deletionTimestamp: x, labels: {velero.io/exclude-from-backup: "
      "'true'}}\n---\n"
      "apiVersion: y.io/v1\nkind: Crate\nmetadata: {name: c, namespace: team}\n---\napiVersion: y.io/v1\nkind: Crate\nmetadata: {name: "
      "c}\n");
  add(dir);
  expect(
      "namespaces /a v a.yaml:1 {\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"a\",\"namespace\":\"oops\"}}\n"
      "pods team/b v d x a.yaml:5 "
      "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\",\"namespace\":\"team\",\"deletionTimestamp\":\"x\",\"labels\":"
      "{\"velero.io/exclude-from-backup\":\"true\"}}}\n"
      "crates.y.io team/c v a.yaml:9 {\"apiVersion\":\"y.io/v1\",\"kind\":\"Crate\",\"metadata\":{\"name\":\"c\",\"namespace\":\"team\"}}\n"
      "crates.y.io default/c v a.yaml:13 {\"apiVersion\":\"y.io/v1\",\"kind\":\"Crate\",\"metadata\":{\"name\":\"c\"}}\n",
      "W a.yaml:9: kind Crate of y.io/v1 is not known; it is taken for the namespaced resource crates.y.io. Add its "
      "CustomResourceDefinition to the input to be sure\n"
      "W a.yaml:1: Namespace is cluster-scoped; metadata.namespace \"oops\" is not used\n");
}
END_TEST

START_TEST(duplicates) {
  put("a.json", "{\"apiVersion\":\"apps/v1beta1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\"}}");
  put("b.json",
      "{\"apiVersion\":\"extensions/v1beta1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\"}}"); /* another group: another item */
  put("c.json", "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\",\"namespace\":\"default\"}}");
  put("d.json", "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\",\"namespace\":\"other\"}}");
  put("e.json", POD("p"));
  add(dir);
  expect("deployments.extensions default/d b.json:1 "
         "{\"apiVersion\":\"extensions/v1beta1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\"}}\n"
         "deployments.apps default/d c.json:1 "
         "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\",\"namespace\":\"default\"}}\n"
         "deployments.apps other/d d.json:1 "
         "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\",\"namespace\":\"other\"}}\n" IN(
             "default/p e.json:1", "p"),
         "W c.json:1: Deployment default/d occurs twice; this one is used, not the one at a.json:1\n");
  ck_assert_uint_eq(kube_source_find(source, STR("apps"), STR("deployments"), STR("other"), STR("d")), 2);
  ck_assert_uint_eq(kube_source_find(source, STR(""), STR("deployments"), STR("other"), STR("d")), SIZE_MAX); /* two groups have it */
  ck_assert_uint_eq(kube_source_find(source, STR(""), STR("pods"), STR("default"), STR("p")), 3);
  ck_assert_uint_eq(kube_source_find(source, STR(""), STR("pods"), STR("nowhere"), STR("p")), SIZE_MAX);
  ck_assert_uint_eq(kube_source_find(source, STR("apps"), STR("deployments"), STR("default"), STR("x")), SIZE_MAX);
}
END_TEST

START_TEST(changed_file) {
  put("a.json", POD("a"));
  put("b.json", POD("b"));
  put("c.json", POD("c"));
  add(dir);
  ck_assert_int_eq(kube_source_finish(source, NULL), PINTLE_OK);
  put("a.json", POD("a") " ");
  unlink(at("b.json"));
  buf text = {0};
  error e;
  ck_assert_int_eq(kube_source_read(source, 0, &text, &e), PINTLE_CONFLICT);
  ck_assert_str_eq(e.place, at("a.json"));
  ck_assert_int_eq(kube_source_read(source, 1, &text, &e), PINTLE_CONFLICT);
  ck_assert_uint_eq(text.len, 0);
  ck_assert_int_eq(kube_source_read(source, 2, &text, &e), PINTLE_OK);
  ck_assert_str_eq(buf_z(&text), POD("c"));
  put("c.json", POD("c") " "); /* also while it is open */
  ck_assert_int_eq(kube_source_read(source, 2, &text, &e), PINTLE_CONFLICT);
  buf_free(&text);
}
END_TEST

START_TEST(archived) {
  str text = STR("{ \"apiVersion\":\"z.io/v1\",\"kind\":\"Ox\",\"metadata\":{\"name\":\"o\",\"namespace\":\"farm\"} }");
  str pod = STR(POD("p"));
  error e;
  ck_assert_int_eq(kube_source_add_archived(source, STR("oxen.z.io"), STR("v1"), STR("farm"), STR("o"), text, "b.tar.gz:oxen/o.json", &e),
                   PINTLE_OK);
  ck_assert_int_eq(kube_source_add_archived(source, STR("pods"), STR(""), STR("x"), STR("q"), pod, "b.tar.gz:pods/q.json", &e), PINTLE_OK);
  ck_assert_int_eq(kube_source_add_archived(source, STR("pods.z.io"), STR(""), STR("x"), STR("p"), pod, "b.tar.gz:podsz/p.json", &e),
                   PINTLE_OK);
  ck_assert_int_eq(kube_source_add_archived(source, STR("pods"), STR(""), STR("x"), STR("p"), STR("{"), "b.tar.gz:pods/bad.json", &e),
                   PINTLE_OK);
  expect("oxen.z.io farm/o v b.tar.gz:oxen/o.json { "
         "\"apiVersion\":\"z.io/v1\",\"kind\":\"Ox\",\"metadata\":{\"name\":\"o\",\"namespace\":\"farm\"} }\n" IN(
             "x/p v b.tar.gz:pods/q.json", "p"),
         "W b.tar.gz:pods/q.json: the item calls itself /p, its place in the archive says otherwise; the name is the item's, the namespace "
         "the archive's\n"
         "E b.tar.gz:podsz/p.json: the item says v1, its place in the archive pods.z.io; it is left out\n"
         "E b.tar.gz:pods/bad.json: a key is missing at line 1, column 2\n");
}
END_TEST

START_TEST(cancel) {
  error e;
  for (int i = 0; i < 200; i++) {
    char name[20];
    snprintf(name, sizeof name, "%d.json", i);
    put(name, POD("a"));
  }
  cancel_at = 2;
  ck_assert_int_eq(kube_source_add_path(source, dir, &e), PINTLE_CANCELLED);
  asked = cancel_at = 0;
}
END_TEST

static void many_item(char *to, size_t size, char c, int i) {
  snprintf(to, size, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"%c%d\",\"namespace\":\"ns%d\"}}", c, i, i % 7);
}

/* A List of 5,000 items and as many files: every one is found again, and reads as itself. */
START_TEST(many) {
  buf list_text = {0}, text = {0};
  error e;
  buf_addz(&list_text, "items:\n");
  for (int i = 0; i < 5000; i++)
    buf_printf(&list_text, "- apiVersion: v1\n  kind: Pod\n  metadata: {name: y%d, namespace: ns%d}\n", i, i % 7);
  buf_addz(&list_text, "kind: List\n");
  put("list.yaml", buf_z(&list_text));
  for (int i = 0; i < 500; i++) {
    char name[40], item[200];
    snprintf(name, sizeof name, "pod-j%d.json", i);
    many_item(item, sizeof item, 'j', i);
    put(name, item);
  }
  add(dir);
  ck_assert_int_eq(kube_source_finish(source, &e), PINTLE_OK);
  ck_assert_str_eq(buf_z(&said), "");
  ck_assert_uint_eq(kube_source_count(source), 5500);
  for (int i = 0; i < 5500; i++) {
    char name[20], ns[20], item[200];
    int k = i < 5000 ? i : i - 5000;
    snprintf(name, sizeof name, "%c%d", i < 5000 ? 'y' : 'j', k);
    snprintf(ns, sizeof ns, "ns%d", k % 7);
    many_item(item, sizeof item, name[0], k);
    size_t found = kube_source_find(source, STR(""), STR("pods"), str_of(ns), str_of(name));
    ck_assert_uint_ne(found, SIZE_MAX);
    if (i < 5000) ck_assert_uint_eq(found, (size_t)i);
    buf_clear(&text);
    ck_assert_int_eq(kube_source_read(source, found, &text, &e), PINTLE_OK);
    ck_assert_str_eq(buf_z(&text), item);
  }
  buf_free(&list_text);
  buf_free(&text);
}
END_TEST

/* Of an item that gets its kind from its List nothing is taken to be absent. */
START_TEST(what_comes_along) {
  static const bool alone[] = {true, false, false}, copies[] = {false, true, true};
  kube_entry k;
  put("pods.json",
      "{\"items\":[" POD("a") ",{\"metadata\":{\"name\":\"b\"}},{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"c\","
                              "\"annotations\":{\"backup.velero.io/backup-volumes\":\"v\"}},\"spec\":{\"priorityClassName\":\"p\"}}],"
                              "\"kind\":\"PodList\",\"apiVersion\":\"v1\"}");
  add(dir);
  ck_assert_int_eq(kube_source_finish(source, NULL), PINTLE_OK);
  ck_assert_uint_eq(kube_source_count(source), 3);
  for (size_t i = 0; i < 3; i++) {
    kube_source_get(source, i, &k);
    ck_assert_msg(k.alone == alone[i] && k.copies == copies[i], "%zu: alone %d, copies %d", i, k.alone, k.copies);
  }
}
END_TEST

int main(void) {
  const TTest *const all[] = {
      directory_order,         odd_files, named_paths, standard_input, lists_json, lists_yaml, no_lists, malformed,       limits,
      crd_after_its_resources, scopes,    duplicates,  changed_file,   archived,   cancel,     many,     what_comes_along};
  Suite *s = suite_create("kube_source");
  TCase *c = tcase_create("kube_source");
  tcase_add_checked_fixture(c, setup, teardown);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) tcase_add_test(c, all[i]);
  tcase_set_timeout(c, 60);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
