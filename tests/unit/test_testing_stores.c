/* test_testing_stores.c -- the fake host's pintle.store/1: whole objects, ranges, listings, each action and location by itself.
 * SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <pintle/testing.h>
#include <stdlib.h>
#include <string.h>

typedef struct text {
  char data[64];
  size_t n, at;
} text;

static int64_t give(const pintle_reader *r, void *to, size_t n) {
  text *t = r->ctx;
  if (n > t->n - t->at) n = t->n - t->at;
  memcpy(to, t->data + t->at, n);
  t->at += n;
  return (int64_t)n;
}

static int64_t take(const pintle_writer *w, const void *from, size_t n) {
  text *t = w->ctx;
  if (n > 3) n = 3;
  memcpy(t->data + t->n, from, n);
  t->n += n;
  return (int64_t)n;
}

static pintle_status name(void *ctx, const pintle_entry *e) {
  text *t = ctx;
  t->n += (size_t)snprintf(t->data + t->n, sizeof t->data - t->n, "%s %lld;", e->key, (long long)e->size);
  return PINTLE_OK;
}

/* annotations.do: "put LOCATION KEY TEXT", "get LOCATION KEY OFFSET SIZE", "list LOCATION PREFIX", "remove LOCATION KEY"; "-" is the empty text */
static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)in, (void)r;
  const pintle_stores *s = call->host->extension(call->host, PINTLE_EXT_STORE);
  char what[20] = "", location[20] = "", key[40] = "", more[40] = "";
  int64_t offset = 0, size = PINTLE_NONE;
  text t = {0};
  sscanf(pintle_str_or(item, "/do", ""), "%19s %19s %39s %39[^\n]", what, location, key, more);
  if (strcmp(location, "-") == 0) *location = 0;
  if (strcmp(key, "-") == 0) *key = 0;
  if (*what == 'p') {
    t.n = (size_t)snprintf(t.data, sizeof t.data, "%s", more);
    return s->put(call, location, key,
                  &(pintle_reader){.struct_size = sizeof(pintle_reader), .size = PINTLE_NONE, .ctx = &t, .read = give});
  }
  if (*what == 'r') return s->remove(call, location, key);
  if (sscanf(more, "%lld %lld", (long long *)&offset, (long long *)&size) < 0) offset = 0;
  pintle_status st = *what == 'l' ? s->list(call, location, key, name, &t)
                                  : s->get(call, location, key, offset,
                                           &(pintle_writer){.struct_size = sizeof(pintle_writer), .size = size, .ctx = &t, .write = take});
  return st == PINTLE_OK ? pintle_set_str(item, "/got", t.data) : st;
}

static const pintle_action actions[] = {
    {.struct_size = sizeof(pintle_action), .name = "tests.pintle.io/one", .summary = "x", .flags = PINTLE_OBEYS_DRY_RUN},
    {.struct_size = sizeof(pintle_action), .name = "tests.pintle.io/two", .summary = "x"}};
static const pintle_backup_item_action tables[] = {
    {.struct_size = sizeof(pintle_backup_item_action), .action = &actions[0], .execute = execute},
    {.struct_size = sizeof(pintle_backup_item_action), .action = &actions[1], .execute = execute}};
static const pintle_backup_item_action *const list[] = {&tables[0], &tables[1], NULL};
static const pintle_plugin plugin = {PINTLE_PLUGIN_HEAD, .name = "stores", .version = "1", .backup_item_actions = list};

START_TEST(what_was_put_is_there) {
  static const struct {
    int action;
    const char *what;
    uint32_t flags;
    pintle_status status;
    const char *got; /* NULL: nothing */
  } rows[] = {{0, "put a k/2 hello world", 0, PINTLE_OK, NULL},
              {0, "put a k/1 x", 0, PINTLE_OK, NULL},
              {0, "put - k/3 y", 0, PINTLE_OK, NULL},
              {0, "get a k/2", 0, PINTLE_OK, "hello world"},
              {0, "get a k/2 6 3", 0, PINTLE_OK, "wor"},
              {0, "get a k/2 6 300", 0, PINTLE_OK, "world"},
              {0, "get a k/2 600", 0, PINTLE_OK, ""},
              {0, "get a k/3", 0, PINTLE_NOT_FOUND, NULL},
              {0, "get - k/3", 0, PINTLE_OK, "y"},
              {1, "get a k/2", 0, PINTLE_NOT_FOUND, NULL},
              {0, "list a k/", 0, PINTLE_OK, "k/1 1;k/2 11;"},
              {0, "list a -", 0, PINTLE_OK, "k/1 1;k/2 11;"},
              {0, "list a k/2", 0, PINTLE_OK, "k/2 11;"},
              {1, "list a -", 0, PINTLE_OK, ""},
              {0, "put a k/1 longer", 0, PINTLE_OK, NULL},
              {0, "get a k/1", 0, PINTLE_OK, "longer"},
              {0, "put a k/4 z", PINTLE_DRY_RUN, PINTLE_DENIED, NULL},
              {0, "remove a k/1", PINTLE_DRY_RUN, PINTLE_DENIED, NULL},
              {0, "remove a k/1", 0, PINTLE_OK, NULL},
              {0, "remove a k/1", 0, PINTLE_OK, NULL},
              {0, "list a -", 0, PINTLE_OK, "k/2 11;"},
              {0, "put a ../k z", 0, PINTLE_INVALID, NULL},
              {0, "put a - z", 0, PINTLE_INVALID, NULL}};
  pintle_test_host *h = pintle_test_new(NULL);
  const pintle_test_outcome *o = pintle_test_load(h, &plugin);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
  pintle_test_instance *a[2] = {pintle_test_create(h, PINTLE_TEST_BACKUP, "tests.pintle.io/one", NULL),
                                pintle_test_create(h, PINTLE_TEST_BACKUP, "tests.pintle.io/two", NULL)};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char item[200], expected[200];
    snprintf(item, sizeof item, "{\"kind\":\"Pod\",\"do\":\"%s\"}", rows[i].what);
    snprintf(expected, sizeof expected, "{\"kind\":\"Pod\",\"do\":\"%s\",\"got\":\"%s\"}", rows[i].what, rows[i].got ? rows[i].got : "");
    o = pintle_test_backup(a[rows[i].action], item, rows[i].flags);
    ck_assert_msg(o->status == rows[i].status, "%s: %d %s", rows[i].what, o->status, o->message);
    ck_assert_str_eq(o->item, rows[i].got ? expected : item);
  }
  pintle_test_free(h);
}
END_TEST

int main(void) {
  Suite *s = suite_create("testing_stores");
  TCase *c = tcase_create("all");
  tcase_add_test(c, what_was_put_is_there);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
