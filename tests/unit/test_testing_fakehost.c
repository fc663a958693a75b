/* test_testing_fakehost.c -- the fake host does what the ABI's rules say a host does.  SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <pintle/testing.h>
#include <stdlib.h>
#include <string.h>

/* ---- a plugin whose behaviour the test's option `do` selects */
struct odd {
  char what[32];
};

static pintle_status odd_create(void *module, pintle_call *call, void **self) {
  const char *what = pintle_str_or(call->host->config(call), "/do", "");
  struct odd *o;
  (void)module;
  if (strcmp(what, "fail") == 0) return pintle_fail_at(call, PINTLE_INVALID, "/do", "no \"%s\" here", what);
  if (!(o = calloc(1, sizeof *o))) return PINTLE_NOMEM;
  snprintf(o->what, sizeof o->what, "%s", what);
  call->host->count(call, "never", 0);
  call->host->count(call, "once", 0);
  *self = o;
  return PINTLE_OK;
}

static pintle_status odd_applies_to(void *self, pintle_call *call, pintle_result *out) {
  static const char *const pods[] = {"pods", NULL};
  const pintle_selector s = {.struct_size = sizeof s, .included_resources = pods, .labels = "a=\"b\""};
  (void)self, (void)call;
  return out->api->selector(out, &s);
}

static pintle_status odd_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const struct odd *o = self;
  const pintle_host *h = call->host;
  pintle_doc *scratch;
  const pintle_id pvc = {"", "v1", "persistentvolumeclaims", in->id->ns, "data"};
  h->count(call, "once", 1);
  pintle_set_str(item, "/spec/a", "edited");
  if (strcmp(o->what, "results") == 0) {
    out->api->additional_item(out, &pvc, PINTLE_MUST_INCLUDE);
    out->api->post_operation_item(out, &pvc);
    out->api->note(out, "/spec/a", "because");
    h->finding(call, PINTLE_LOG_WARN, "unresolved", "/spec/b", "who?");
    h->log_line(call, 99, "hello", PINTLE_Z, (const pintle_kv[]){{"k", "v"}}, 1);
    return out->api->operation(out, "op-1");
  }
  if (strcmp(o->what, "undo") == 0) {
    out->api->additional_item(out, &pvc, 0);
    pintle_fail(call, PINTLE_DENIED, "first");
    return pintle_wrap(call, PINTLE_TRANSIENT, "second");
  }
  if (strcmp(o->what, "sticky") == 0) return out->api->text(out, "not here", PINTLE_Z), PINTLE_OK;
  if (strcmp(o->what, "unknown") == 0) return 77;
  if (strcmp(o->what, "wait") == 0) {
    for (;;) {
      pintle_status st = h->pause(call, 1000000000);
      if (st != PINTLE_OK) return h->cancelled(call) && h->pause(call, 1) == PINTLE_OK ? st : PINTLE_FAILED; /* cleaning up works */
    }
  }
  if (strcmp(o->what, "state") == 0) {
    const pintle_state *state = h->extension(h, PINTLE_EXT_STATE);
    pintle_str got;
    if (state->get(call, PINTLE_STATE_RUN, "k", &got) != PINTLE_NOT_FOUND) return PINTLE_FAILED;
    if (state->put(call, PINTLE_STATE_RUN, "", "v", 1) != PINTLE_INVALID || state->put(call, 2, "k", "v", 1) != PINTLE_INVALID) return PINTLE_FAILED;
    if (state->put_if_absent(call, PINTLE_STATE_BACKUP, "k", "v", 1) != PINTLE_OK) return PINTLE_FAILED;
    if (state->put_if_absent(call, PINTLE_STATE_BACKUP, "k", "w", 1) != PINTLE_EXISTS) return PINTLE_FAILED;
    return state->put(call, PINTLE_STATE_BACKUP, "k", "remembered", PINTLE_Z);
  }
  if (strcmp(o->what, "alloc") == 0)
    return h->alloc(call, 10) && h->new_doc(call, "[1]", 3, &scratch) == PINTLE_OK ? PINTLE_OK : PINTLE_NOMEM;
  return out->api->skip(out, "not wanted");
}

static pintle_status odd_progress(void *self, pintle_call *call, const char *id, const pintle_doc *run, pintle_result *out) {
  pintle_progress p = {.struct_size = sizeof p, .n_completed = 3, .n_total = 4, .units = "bytes", .description = id};
  (void)self, (void)call, (void)run;
  return out->api->progress(out, &p);
}

static pintle_status names(void *ctx, const pintle_doc *d) {
  strcat(ctx, pintle_str_or(d, "/metadata/name", "?"));
  strcat(ctx, " ");
  return PINTLE_OK;
}

static pintle_status odd_restore(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const pintle_host *h = call->host;
  const pintle_objects *cluster = h->extension(h, PINTLE_EXT_CLUSTER), *items = h->extension(h, PINTLE_EXT_ITEMS);
  const pintle_id all = {"networking.k8s.io", "", "ingresses", "", ""}, one = {"networking.k8s.io", "", "ingresses", "shop", "new"};
  const pintle_doc *d;
  pintle_doc *want;
  pintle_status st;
  char found[100] = "";
  (void)self, (void)out;
  if (!cluster || !items) return pintle_fail(call, PINTLE_UNSUPPORTED, "needs both");
  h->new_doc(call, "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"Ingress\",\"metadata\":{\"name\":\"new\",\"namespace\":\"shop\"}}",
             PINTLE_Z, &want);
  if ((st = cluster->create(call, &all, want, &d)) != PINTLE_OK) return pintle_wrap(call, st, "creating");
  if (cluster->create(call, &all, want, &d) != PINTLE_EXISTS) return PINTLE_FAILED;
  if (cluster->patch(call, &one, "application/merge-patch+json", "{\"spec\":{\"x\":1}}", PINTLE_Z, &d) != PINTLE_OK) return PINTLE_FAILED;
  if (cluster->update(call, &one, want, NULL) != PINTLE_OK) return PINTLE_FAILED;
  if (cluster->update(call, &one, d, NULL) != PINTLE_CONFLICT) return PINTLE_FAILED; /* d has the version before the update */
  if (cluster->list(call, &all, "tier!=db", "metadata.namespace=shop", names, found) != PINTLE_OK) return PINTLE_FAILED;
  if (cluster->remove(call, &one) != PINTLE_OK || cluster->get(call, &one, &d) != PINTLE_NOT_FOUND) return PINTLE_FAILED;
  if (items->update(call, &one, want, NULL) != PINTLE_UNSUPPORTED) return PINTLE_FAILED;
  if (items->create(call, &one, want, NULL) != (in->flags & PINTLE_DRY_RUN ? PINTLE_DENIED : PINTLE_UNSUPPORTED)) return PINTLE_FAILED;
  strcat(found, pintle_str_or(in->item_from_backup, "/kind", ""));
  const pintle_state *state = h->extension(h, PINTLE_EXT_STATE);
  pintle_str value;
  if (state->get(call, PINTLE_STATE_BACKUP, "k", &value) == PINTLE_OK) strcat(found, value.ptr);
  if (state->put(call, PINTLE_STATE_BACKUP, "k", "x", 1) != PINTLE_DENIED) return PINTLE_FAILED;
  return pintle_set_str(item, "/found", found);
}

/* A store of one object in memory. */
static char kept[64];
static pintle_status put(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *r) {
  size_t n = 0;
  int64_t got;
  (void)self, (void)call, (void)bucket, (void)key;
  while ((got = r->read(r, kept + n, sizeof kept - 1 - n)) > 0) n += (size_t)got;
  kept[n] = 0;
  return got < 0 ? (pintle_status)got : PINTLE_OK;
}
static pintle_status exists(void *self, pintle_call *call, const char *bucket, const char *key, int32_t *e) {
  (void)self, (void)call, (void)bucket, (void)key;
  *e = *kept != 0;
  return PINTLE_OK;
}
static pintle_status get(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *w) {
  (void)self, (void)bucket;
  if (!*kept) return pintle_fail(call, PINTLE_NOT_FOUND, "no %s", key);
  for (const char *p = kept; *p;) {
    int64_t n = w->write(w, p, strlen(p));
    if (n < 0) return (pintle_status)n;
    p += n;
  }
  return PINTLE_OK;
}
static pintle_status list(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *keys) {
  pintle_entry e = {.struct_size = sizeof e, .size = 3, .key = "a/b"};
  (void)self, (void)call, (void)bucket, (void)prefix;
  keys->api->entry(keys, &e);
  e.key = "c", e.size = PINTLE_NONE;
  return keys->api->entry(keys, &e);
}
static pintle_status prefixes(void *self, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter,
                              pintle_result *out) {
  (void)delimiter;
  return list(self, call, bucket, prefix, out);
}
static pintle_status drop(void *self, pintle_call *call, const char *bucket, const char *key) {
  (void)self, (void)call, (void)bucket, (void)key;
  return PINTLE_OK;
}
static pintle_status url(void *self, pintle_call *call, const char *bucket, const char *key, int64_t ttl, pintle_result *out) {
  (void)self, (void)call, (void)bucket, (void)key, (void)ttl;
  return out->api->text(out, "https://x", PINTLE_Z);
}

static const pintle_option what = {.struct_size = sizeof what, .name = "do", .help = "what to do"};
static const pintle_option *const options[] = {&what, NULL};
static const pintle_action action = {.struct_size = sizeof action,
                                     .name = "test.pintle.io/odd",
                                     .summary = "odd",
                                     .options = options,
                                     .create = odd_create,
                                     .destroy = free};
static const pintle_action impure = {
    .struct_size = sizeof impure, .flags = PINTLE_OBEYS_DRY_RUN, .name = "test.pintle.io/c", .summary = "c"};
static const pintle_backup_item_action backup = {
    .struct_size = sizeof backup, .action = &action, .applies_to = odd_applies_to, .execute = odd_execute, .progress = odd_progress};
static const pintle_restore_item_action restore = {.struct_size = sizeof restore, .action = &impure, .execute = odd_restore};
static const pintle_object_store store = {.struct_size = sizeof store,
                                          .action = &impure,
                                          .put_object = put,
                                          .object_exists = exists,
                                          .get_object = get,
                                          .list_common_prefixes = prefixes,
                                          .list_objects = list,
                                          .delete_object = drop,
                                          .create_signed_url = url};
static const pintle_backup_item_action *const backups[] = {&backup, NULL};
static const pintle_restore_item_action *const restores[] = {&restore, NULL};
static const pintle_object_store *const stores[] = {&store, NULL};
const pintle_plugin PINTLE_ENTRY = {
    PINTLE_PLUGIN_HEAD,     .name = "odd", .version = "1", .backup_item_actions = backups, .restore_item_actions = restores,
    .object_stores = stores};

/* ---- tests */
static const pintle_test_options world = {
    .cluster = "[{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"Ingress\",\"metadata\":{\"name\":\"old\",\"namespace\":\"shop\"}},"
               "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"Ingress\",\"metadata\":{\"name\":\"db\",\"namespace\":\"shop\","
               "\"labels\":{\"tier\":\"db\"}}}]",
    .items = "[]"};
static pintle_test_host *host;
static const char *const item = "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"shop\"}}";
static const char *const edited = "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"shop\"},\"spec\":{\"a\":\"edited\"}}";

static void setup(void) {
  *kept = 0;
  host = pintle_test_new(&world);
  ck_assert_ptr_nonnull(host);
  ck_assert_msg(pintle_test_load(host, &PINTLE_ENTRY)->status == PINTLE_OK, "%s", pintle_test_last(host)->message);
}
static void teardown(void) { pintle_test_free(host); }

static pintle_test_instance *odd(const char *config) {
  pintle_test_instance *a = pintle_test_create(host, PINTLE_TEST_BACKUP, "test.pintle.io/odd", config);
  ck_assert_msg(a != NULL, "%s", pintle_test_last(host)->message);
  return a;
}

START_TEST(results_and_reports_come_back) {
  pintle_test_instance *a = odd("{\"do\":\"results\"}");
  ck_assert_str_eq(pintle_test_last(host)->selector, "{\"includedResources\":[\"pods\"],\"labels\":\"a=\\\"b\\\"\"}");
  const pintle_test_outcome *o = pintle_test_backup(a, item, 0);
  ck_assert_int_eq(o->status, PINTLE_OK);
  ck_assert_str_eq(o->item, edited);
  ck_assert_str_eq(o->additional, "persistentvolumeclaims shop/data must-include\n");
  ck_assert_str_eq(o->post_operation, "persistentvolumeclaims shop/data\n");
  ck_assert_str_eq(o->notes, "/spec/a: because\n");
  ck_assert_str_eq(o->findings, "WARN unresolved /spec/b: who?\n");
  ck_assert_str_eq(o->log, "INFO hello k=v\n");
  ck_assert_str_eq(o->operation, "op-1");
  ck_assert_ptr_null(o->skip);
  ck_assert_str_eq(pintle_test_counters(host), "never = 0\nonce = 1\n");
  ck_assert_str_eq(pintle_test_unmatched(host), "never\n");
  ck_assert_str_eq(pintle_test_backup(odd(NULL), item, 0)->skip, "not wanted");
}
END_TEST

START_TEST(a_failed_call_leaves_no_trace) {
  const pintle_test_outcome *o = pintle_test_backup(odd("{\"do\":\"undo\"}"), item, 0);
  ck_assert_int_eq(o->status, PINTLE_TRANSIENT);
  ck_assert_str_eq(o->message, "second: first");
  ck_assert_str_eq(o->item, item);
  ck_assert_str_eq(o->patch, "[]");
  ck_assert_str_eq(o->additional, "");
}
END_TEST

START_TEST(misuse_fails_the_call) {
  const pintle_test_outcome *o = pintle_test_backup(odd("{\"do\":\"sticky\"}"), item, 0);
  ck_assert_int_eq(o->status, PINTLE_INVALID); /* though the plugin returned OK */
  ck_assert_str_eq(o->item, item);
  ck_assert_int_eq(pintle_test_backup(odd("{\"do\":\"unknown\"}"), item, 0)->status, PINTLE_FAILED);
  ck_assert_int_eq(pintle_test_backup(odd("{\"do\":\"results\"}"), item, PINTLE_FINALIZING)->status, PINTLE_CONFLICT);
  ck_assert_int_eq(pintle_test_backup(odd(NULL), item, PINTLE_DRY_RUN)->status, PINTLE_UNSUPPORTED);
  ck_assert_ptr_null(pintle_test_create(host, PINTLE_TEST_BACKUP, "test.pintle.io/odd", "{\"do\":\"fail\"}"));
  ck_assert_str_eq(pintle_test_last(host)->at, "/do");
}
END_TEST

START_TEST(time_and_memory_end) {
  pintle_test_instance *a = odd("{\"do\":\"wait\"}");
  int64_t begin = pintle_test_now(host);
  pintle_test_set(host)->deadline = 5500000000;
  ck_assert_int_eq(pintle_test_backup(a, item, 0)->status, PINTLE_TIMED_OUT);
  ck_assert_int_eq(pintle_test_now(host) - begin, 5500000001); /* and 1 ns of cleaning up */
  pintle_test_set(host)->cancel_at = 3;
  ck_assert_int_eq(pintle_test_backup(a, item, 0)->status, PINTLE_CANCELLED);
  pintle_test_set(host)->cancel_at = 0;
  a = odd("{\"do\":\"alloc\"}");
  for (uint32_t i = 1; i <= 3; i++) {
    pintle_test_set(host)->fail_alloc_at = i;
    ck_assert_int_eq(pintle_test_backup(a, item, 0)->status, i < 3 ? PINTLE_NOMEM : PINTLE_OK);
  }
}
END_TEST

START_TEST(operations_and_extensions) {
  pintle_test_instance *a = odd(NULL);
  const pintle_test_outcome *o = pintle_test_progress(a, "op-9");
  ck_assert_int_eq(o->has_progress, 1);
  ck_assert_int_eq(o->progress.n_completed, 3);
  ck_assert_str_eq(o->progress.description, "op-9");
  ck_assert_int_eq(pintle_test_run_operation(a, "op-9")->status, PINTLE_UNSUPPORTED);
  a = pintle_test_create(host, PINTLE_TEST_RESTORE, "test.pintle.io/c", NULL);
  o = pintle_test_restore(a, item, "{\"kind\":\"Old\"}", 0);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
  ck_assert_str_eq(o->patch, "[{\"op\":\"add\",\"path\":\"/found\",\"value\":\"old new Old\"}]");
  ck_assert_int_eq(pintle_test_restore(a, item, NULL, PINTLE_DRY_RUN)->status, PINTLE_DENIED);
}
END_TEST

START_TEST(state_is_remembered_by_action) {
  ck_assert_int_eq(pintle_test_backup(odd("{\"do\":\"state\"}"), item, 0)->status, PINTLE_OK);
  ck_assert_int_eq(pintle_test_backup(odd("{\"do\":\"state\"}"), item, 0)->status, PINTLE_FAILED); /* it is there now */
}
END_TEST

START_TEST(streams_and_listings) {
  pintle_test_instance *a = pintle_test_create(host, PINTLE_TEST_STORE, "test.pintle.io/c", NULL);
  ck_assert_int_eq(pintle_test_get(a, "b", "k")->status, PINTLE_NOT_FOUND);
  pintle_test_set(host)->chunk = 1;
  ck_assert_int_eq(pintle_test_put(a, "b", "k", "hello", 5, 1)->status, PINTLE_OK);
  ck_assert_str_eq(pintle_test_get(a, "b", "k")->data, "hello");
  ck_assert_int_eq(pintle_test_exists(a, "b", "k")->exists, 1);
  pintle_test_set(host)->break_at = 3;
  ck_assert_int_eq(pintle_test_put(a, "b", "k", "hello", 5, 1)->status, PINTLE_TRANSIENT);
  ck_assert_str_eq(pintle_test_list(a, "b", "")->entries, "a/b 3\nc ?\n");
  ck_assert_str_eq(pintle_test_signed_url(a, "b", "k", 1)->text, "https://x");
  ck_assert_int_eq(pintle_test_get_range(a, "b", "k", 0, 1)->status, PINTLE_UNSUPPORTED);
}
END_TEST

START_TEST(bad_descriptors_are_refused) {
  static const struct {
    const char *why;
    pintle_action action;
  } rows[] = {
      {"name is not dns.subdomain/name", {.struct_size = sizeof action, .name = "odd", .summary = "s"}},
      {"no summary", {.struct_size = sizeof action, .name = "a.b/c"}},
      {"unknown flags", {.struct_size = sizeof action, .flags = 0x10000, .name = "a.b/c", .summary = "s"}},
      {"unknown thread_model", {.struct_size = sizeof action, .thread_model = 9, .name = "a.b/c", .summary = "s"}},
      {"needs a newer host", {.struct_size = sizeof action, .min_host_minor = 9, .name = "a.b/c", .summary = "s"}},
      {"struct_size is 13", {.struct_size = 13, .name = "a.b/c", .summary = "s"}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const pintle_restore_item_action r = {.struct_size = sizeof r, .action = &rows[i].action, .execute = odd_restore};
    const pintle_restore_item_action *const list[] = {&r, NULL};
    const pintle_plugin p = {PINTLE_PLUGIN_HEAD, .name = "p", .version = "1", .restore_item_actions = list};
    pintle_test_host *h = pintle_test_new(NULL);
    const pintle_test_outcome *o = pintle_test_load(h, &p);
    ck_assert_int_eq(o->status, PINTLE_INVALID);
    ck_assert_msg(strstr(o->message, rows[i].why) != NULL, "%s: %s", rows[i].why, o->message);
    pintle_test_free(h);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("fakehost");
  TCase *t = tcase_create("fakehost");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, results_and_reports_come_back);
  tcase_add_test(t, a_failed_call_leaves_no_trace);
  tcase_add_test(t, misuse_fails_the_call);
  tcase_add_test(t, time_and_memory_end);
  tcase_add_test(t, operations_and_extensions);
  tcase_add_test(t, state_is_remembered_by_action);
  tcase_add_test(t, streams_and_listings);
  tcase_add_test(t, bad_descriptors_are_refused);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
