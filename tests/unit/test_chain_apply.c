/* test_chain_apply.c -- items through a chain of linked-in actions.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/chain.h"
#include <check.h>
#undef fail /* check.h has a macro of that name */
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------------ fixture */
typedef pintle_status (*execute_fn)(void *, pintle_call *, pintle_doc *, const pintle_input *, pintle_result *);
typedef struct spec { /* one action of a test's plugin, called in this order */
  execute_fn execute;
  const pintle_selector *selector;
  uint32_t flags;
  int32_t on_error;
  int64_t timeout;
  pintle_status (*create)(void *module, pintle_call *, void **self);
  pintle_status (*applies_to)(void *, pintle_call *, pintle_result *);
} spec;

enum { MOST = 6 };
typedef struct fixture {
  char names[MOST][16];
  pintle_action actions[MOST];
  pintle_backup_item_action backup[MOST];
  pintle_restore_item_action restore[MOST];
  const pintle_backup_item_action *backups[MOST + 1];
  const pintle_restore_item_action *restores[MOST + 1];
  pintle_plugin plugin;
  const pintle_plugin *linked[2];
  conf_chain_action listed[MOST];
  conf_chain file;
  kube_types *types;
  chain_plan plan;
  chain *c;
  chain_options options;
} fixture;

#define PURE PINTLE_PURE

static void declare(fixture *f, uint32_t kind, const spec *v, size_t n) {
  memset(f, 0, sizeof *f);
  for (size_t i = 0; i < n; i++) {
    snprintf(f->names[i], sizeof f->names[i], "test.io/%c", (char)('a' + i));
    f->actions[i] = (pintle_action){.struct_size = sizeof(pintle_action),
                                    .flags = v[i].flags,
                                    .priority = (int32_t)i,
                                    .name = f->names[i],
                                    .summary = "test",
                                    .timeout = v[i].timeout,
                                    .create = v[i].create};
    f->backup[i] = (pintle_backup_item_action){.struct_size = sizeof(pintle_backup_item_action),
                                               .action = &f->actions[i],
                                               .selector = v[i].selector,
                                               .applies_to = v[i].applies_to,
                                               .execute = v[i].execute};
    f->restore[i] = (pintle_restore_item_action){.struct_size = sizeof(pintle_restore_item_action),
                                                 .action = &f->actions[i],
                                                 .selector = v[i].selector,
                                                 .applies_to = v[i].applies_to,
                                                 .execute = v[i].execute};
    f->backups[i] = &f->backup[i];
    f->restores[i] = &f->restore[i];
    f->listed[i] = (conf_chain_action){.name = f->names[i], .kind = kind, .on_error = v[i].on_error};
  }
  f->plugin = (pintle_plugin){PINTLE_PLUGIN_HEAD, .name = "test", .version = "1"};
  if (kind == CONF_BACKUP_ITEM_ACTION) f->plugin.backup_item_actions = f->backups;
  else f->plugin.restore_item_actions = f->restores;
  f->linked[0] = &f->plugin;
  f->file = (conf_chain){.name = "default", .actions = f->listed, .n_actions = n};
}

static void open_plan(fixture *f, uint32_t kind, const char *run, bool dry_run) {
  error e;
  chain_plan_options o = {.chain = &f->file, .kind = kind, .dry_run = dry_run, .without_host_steps = true, .linked = f->linked};
  ck_assert_int_eq(kube_types_new(&f->types), PINTLE_OK);
  ck_assert_msg(chain_plan_make(&o, &f->plan, &e) == PINTLE_OK, "%s", e.message);
  f->options.plan = &f->plan;
  f->options.types = f->types;
  f->options.run = str_of(run);
  f->options.linked = f->linked;
  f->options.mode = "test";
  ck_assert_msg(chain_open(&f->options, &f->c, NULL, &e) == PINTLE_OK, "%s", e.message);
}

static void setup(fixture *f, uint32_t kind, const spec *v, size_t n) {
  declare(f, kind, v, n);
  open_plan(f, kind, "{\"metadata\":{\"name\":\"run\"}}", false);
}
#define SETUP(f, kind, ...)                                 \
  do {                                                      \
    const spec specs_[] = {__VA_ARGS__};                    \
    setup(f, kind, specs_, sizeof specs_ / sizeof *specs_); \
  } while (0)

static void teardown(fixture *f) {
  error e;
  ck_assert_int_eq(chain_close(f->c, NULL, &e), PINTLE_OK);
  chain_plan_free(&f->plan);
  kube_types_free(f->types);
}

static const kube_type *type_of(const fixture *f, const char *name) {
  const kube_type *t = kube_types_named(f->types, str_of(name));
  ck_assert_msg(t != NULL, "%s", name);
  return t;
}

#define POD \
  "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"a\",\"labels\":{\"x\":\"y\"}},\"spec\":{}}"

static chain_input input_of(const fixture *f, const char *text) {
  return (chain_input){.id = {"", "v1", "pods", "a", "p"}, .type = type_of(f, "pods"), .text = str_of(text)};
}

static void apply(fixture *f, const char *text, chain_outcome *out) {
  chain_input in = input_of(f, text);
  chain_apply(f->c, &in, out);
}

/* The record with all times as 0: lives until the next call. */
static const char *record_of(const chain_outcome *out) {
  static char text[600000];
  size_t n = 0;
  const char *p = out->record.ptr, *end = p + out->record.len;
  ck_assert_uint_lt(out->record.len, sizeof text);
  while (p < end) {
    bool time = end - p > 5 && memcmp(p, "\"ns\":", 5) == 0;
    if (!time) {
      text[n++] = *p++;
      continue;
    }
    memcpy(text + n, "\"ns\":0", 6);
    n += 6;
    for (p += 5; p < end && *p >= '0' && *p <= '9';) p++;
  }
  text[n] = 0;
  if (n) { /* always JSON */
    item_doc *d;
    error e;
    ck_assert_int_eq(item_new(&d), PINTLE_OK);
    ck_assert_msg(item_parse(d, (str){text, n}, ITEM_UNIQUE_KEYS, NULL, &e) == PINTLE_OK, "%s %s: %s", e.place, e.message, text);
    item_free(d);
  }
  return text;
}

#define CALLED(name, more) "{\"action\":\"test.io/" name "\",\"plugin\":\"test@1\",\"ns\":0" more "}"

static void ck_text(const chain_outcome *out, const char *wanted) {
  ck_assert_uint_eq(out->text.len, strlen(wanted));
  ck_assert_msg(memcmp(out->text.ptr, wanted, out->text.len) == 0, "%.*s", (int)out->text.len, out->text.ptr);
}

/* ------------------------------------------------------------------------------------------------------------ actions */
#define EXECUTE(name) static pintle_status name(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out)
#define UNUSED (void)self, (void)call, (void)item, (void)in, (void)out

EXECUTE(nothing) {
  UNUSED;
  return PINTLE_OK;
}
EXECUTE(set_one) {
  UNUSED;
  return item->api->set_json(item, "/spec/one", "1.0e400", PINTLE_Z);
}
EXECUTE(set_and_fail) {
  UNUSED;
  pintle_set_str(item, "/spec/never", "x");
  out->api->note(out, "/spec/never", "not kept either");
  return pintle_fail_at(call, PINTLE_DENIED, "/spec", "no \"way\"");
}
EXECUTE(set_two_with_note) {
  UNUSED;
  out->api->note(out, "/spec/two", "because");
  return pintle_set_str(item, "/spec/two", "2");
}
EXECUTE(skip_with_items) {
  UNUSED;
  pintle_id id = {"", "", "secrets", "a", "s"};
  out->api->additional_item(out, &id, 0);
  if (out->api->operation(out, "op-1") != PINTLE_OK) return PINTLE_FAILED;
  return out->api->skip(out, "mirror pod");
}
EXECUTE(ask_for_items) {
  UNUSED;
  pintle_id secret = {"", "", "secrets", "a", "s"}, role = {"rbac.authorization.k8s.io", "v1", "clusterroles", "", "r"};
  out->api->additional_item(out, &secret, PINTLE_MUST_INCLUDE);
  out->api->additional_item(out, &role, 0);
  pintle_set_str(item, "/metadata/labels/x", "z");
  return pintle_set_str(item, "/spec/asked", "yes");
}

/* ------------------------------------------------------------------------------------------------------------ tests */
START_TEST(edits_and_rollback) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = set_one, .flags = PURE}, {.execute = set_and_fail, .on_error = CONF_WARN},
        {.execute = set_two_with_note}, {.execute = nothing});
  apply(&f, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"big\":9007199254740993,\"one\":1.0}}", &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert(out.changed);
  ck_text(&out, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"big\":9007199254740993,\"one\":1.0e400,"
                "\"two\":\"2\"}}");
  ck_assert_uint_eq(out.calls, 4);
  ck_assert_uint_eq(out.warnings, 1);
  ck_assert_uint_eq(out.errors, 0);
  ck_assert_str_eq(out.ns.ptr, "a"); /* as its id says: the text has none */
  ck_assert_str_eq(
      record_of(&out),
      "[" CALLED("a", ",\"patch\":[{\"op\":\"replace\",\"path\":\"/spec/one\",\"value\":1.0e400}]") "," CALLED(
          "b", ",\"error\":{\"status\":\"DENIED\",\"message\":\"no \\\"way\\\"\",\"at\":\"/spec\"}") "," CALLED("c",
                                                                                                                ",\"patch\":[{\"op\":"
                                                                                                                "\"add\",\"path\":\"/spec/"
                                                                                                                "two\",\"value\":\"2\"}],"
                                                                                                                "\"notes\":[{\"at\":\"/"
                                                                                                                "spec/"
                                                                                                                "two\",\"why\":\"because\"}"
                                                                                                                "]") "," CALLED("d",
                                                                                                                                "") "]");
  teardown(&f);
}
END_TEST

START_TEST(error_policies) {
  for (int32_t policy = CONF_FAIL_ITEM; policy <= CONF_FAIL_RUN; policy++) {
    static const int32_t wanted[] = {CHAIN_FAILED, CHAIN_DONE, CHAIN_FAIL_RUN};
    fixture f;
    chain_outcome out;
    SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = nothing}, {.execute = set_and_fail, .on_error = policy}, {.execute = nothing});
    apply(&f, POD, &out);
    ck_assert_int_eq(out.what, wanted[policy]);
    ck_assert_uint_eq(out.calls, policy == CONF_WARN ? 3 : 2);
    ck_assert_uint_eq(out.warnings, policy == CONF_WARN);
    if (policy != CONF_WARN) {
      ck_assert_uint_eq(out.entry, 1);
      ck_assert_str_eq(out.error.message, "action test.io/b of plugin test: no \"way\"");
      ck_assert_str_eq(out.error.place, "/spec");
      ck_assert_int_eq(out.error.status, PINTLE_DENIED);
    }
    teardown(&f);
  }
}
END_TEST

static const char *const only_secrets[] = {"secrets", NULL};
static const pintle_selector for_secrets = {.struct_size = sizeof(pintle_selector), .included_resources = only_secrets};
static const pintle_selector for_y = {.struct_size = sizeof(pintle_selector), .labels = "x=y"};
static const pintle_selector for_z = {.struct_size = sizeof(pintle_selector), .labels = "x in (z)"};

START_TEST(untouched) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = set_one, .selector = &for_secrets}, {.execute = set_one, .selector = &for_secrets});
  const char *text = "this is no JSON { and nobody looks at it";
  apply(&f, text, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert(!out.changed && out.text.ptr == text && out.text.len == strlen(text));
  ck_assert_uint_eq(out.record.len, 0);
  ck_assert_str_eq(out.name.ptr, "p");
  teardown(&f);

  /* called, but nothing edited: white space and all */
  const char *spaced = " { \"apiVersion\" : \"v1\", \"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"} }\n";
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = nothing});
  apply(&f, spaced, &out);
  ck_assert(!out.changed && out.text.ptr == spaced);
  ck_assert_str_eq(record_of(&out), "[" CALLED("a", "") "]");
  /* unreadable once an action wants it: the item fails, with its place */
  apply(&f, "{\"apiVersion\":\"v1\",\n\"kind\":}", &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_str_eq(out.error.place, "line 2, column 8");
  ck_assert_uint_eq(out.calls, 0);
  teardown(&f);
}
END_TEST

START_TEST(skipping) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = skip_with_items}, {.execute = nothing});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_SKIPPED);
  ck_assert_str_eq(out.skip, "mirror pod");
  ck_assert_uint_eq(out.n_related, 0); /* Velero ignores them then */
  ck_assert_str_eq(out.operation, "op-1");
  ck_assert_uint_eq(out.calls, 1);
  ck_assert_str_eq(record_of(&out),
                   "[" CALLED("a", ",\"skip\":\"mirror pod\",\"additional\":[{\"resource\":\"secrets\",\"namespace\":\"a\","
                                   "\"name\":\"s\"}],\"operation\":\"op-1\"") "]");
  teardown(&f);
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = skip_with_items}, {.execute = nothing});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_SKIPPED);
  ck_assert_uint_eq(out.n_related, 1);
  teardown(&f);
}
END_TEST

/* Additional items stop the item; it goes on where it was. On backup the labels at the beginning select, on restore those of now. */
START_TEST(yield_and_resume) {
  for (uint32_t kind = CONF_BACKUP_ITEM_ACTION; kind <= CONF_RESTORE_ITEM_ACTION; kind++) {
    fixture f;
    chain_outcome out;
    SETUP(&f, kind, {.execute = ask_for_items}, {.execute = set_one, .selector = &for_y},
          {.execute = set_two_with_note, .selector = &for_z}, {.execute = ask_for_items});
    apply(&f, POD, &out);
    ck_assert_int_eq(out.what, CHAIN_YIELD);
    ck_assert_uint_eq(out.next, 1);
    ck_assert_uint_eq(out.n_related, 2);
    ck_assert_str_eq(out.related[0].id.resource, "secrets");
    ck_assert_uint_eq(out.related[0].flags, PINTLE_MUST_INCLUDE);
    ck_assert_str_eq(out.related[1].id.group, "rbac.authorization.k8s.io");
    ck_assert_str_eq(out.related[1].id.ns, "");
    ck_assert_uint_eq(out.related[1].entry, 0);
    bool backup = kind == CONF_BACKUP_ITEM_ACTION;
    if (backup) ck_assert_str_eq(out.original_labels.ptr, "{\"x\":\"y\"}");
    char *text = strndup(out.text.ptr, out.text.len), *labels = backup ? strdup(out.original_labels.ptr) : NULL;
    chain_input in = input_of(&f, text);
    in.next = out.next;
    if (labels) in.original_labels = str_of(labels);
    chain_apply(f.c, &in, &out);
    ck_assert_int_eq(out.what, CHAIN_YIELD); /* the last one asks again: DONE comes after the children */
    ck_assert_uint_eq(out.next, 4);
    ck_assert_uint_eq(out.calls, 2);
    bool one = strstr(record_of(&out), "test.io/b") != NULL, two = strstr(record_of(&out), "test.io/c") != NULL;
    ck_assert(backup ? one && !two : two && !one);
    in.next = out.next;
    char *again = strndup(out.text.ptr, out.text.len);
    in.text = str_of(again);
    chain_apply(f.c, &in, &out);
    ck_assert_int_eq(out.what, CHAIN_DONE);
    ck_assert(!out.changed && out.calls == 0 && out.record.len == 0);
    free(again);
    free(text);
    free(labels);
    teardown(&f);
  }
}
END_TEST

EXECUTE(become_secret) {
  UNUSED;
  return item->api->merge(item, "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"new\",\"namespace\":\"b\"}}", PINTLE_Z);
}

START_TEST(kind_change) {
  static const char *const only_pods[] = {"po", NULL};
  static const pintle_selector for_pods = {.struct_size = sizeof(pintle_selector), .included_resources = only_pods};
  static const char *const only_b[] = {"b", NULL};
  static const pintle_selector in_b = {.struct_size = sizeof(pintle_selector), .included_namespaces = only_b};
  for (uint32_t kind = CONF_BACKUP_ITEM_ACTION; kind <= CONF_RESTORE_ITEM_ACTION; kind++) {
    bool backup = kind == CONF_BACKUP_ITEM_ACTION;
    fixture f;
    chain_outcome out;
    SETUP(&f, kind, {.execute = become_secret, .selector = &for_pods}, {.execute = set_one, .selector = &for_pods},
          {.execute = set_two_with_note, .selector = &for_secrets}, {.execute = nothing, .selector = &in_b});
    apply(&f, POD, &out);
    ck_assert_int_eq(out.what, CHAIN_DONE);
    ck_assert_str_eq(out.type->resource, "secrets");
    ck_assert_str_eq(out.ns.ptr, "b");
    ck_assert_str_eq(out.name.ptr, "new");
    const char *record = record_of(&out);
    ck_assert(!strstr(record, "test.io/b") == !backup);
    ck_assert(!strstr(record, "test.io/c") == backup);
    ck_assert(!strstr(record, "test.io/d") == backup);
    teardown(&f);
  }
}
END_TEST

EXECUTE(drop_name) {
  UNUSED;
  return item->api->remove(item, "/metadata/name");
}
EXECUTE(drop_namespace) {
  UNUSED;
  return item->api->remove(item, "/metadata/namespace");
}
EXECUTE(bad_kind) {
  UNUSED;
  return pintle_set_str(item, "/kind", "no kind");
}
EXECUTE(bad_name) {
  UNUSED;
  return pintle_set_str(item, "/metadata/name", "../../etc/passwd");
}

START_TEST(identity_lost) {
  static const struct {
    execute_fn execute;
    const char *place, *message;
  } rows[] = {
      {drop_name, "/metadata/name", "action test.io/a of plugin test: the name that was left to the item is missing"},
      {drop_namespace, "/metadata/namespace", "action test.io/a of plugin test: the namespace that was left to the item is missing"},
      {bad_kind, "/apiVersion",
       "action test.io/a of plugin test: the item was left with apiVersion \"v1\" and kind \"no kind\", which is no kind"},
      {bad_name, "/metadata/name", "action test.io/a of plugin test: the name that was left to the item holds a '/' or NUL"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    fixture f;
    chain_outcome out;
    SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = rows[i].execute}, {.execute = nothing});
    apply(&f, POD, &out);
    ck_assert_int_eq(out.what, CHAIN_FAILED);
    ck_assert_str_eq(out.error.message, rows[i].message);
    ck_assert_str_eq(out.error.place, rows[i].place);
    ck_assert_uint_eq(out.entry, 0);
    teardown(&f);
  }
}
END_TEST

/* Restore: the namespace clause sees the target namespace. */
START_TEST(target_namespace) {
  static const char *const only_prod[] = {"prod", NULL};
  static const pintle_selector in_prod = {.struct_size = sizeof(pintle_selector), .included_namespaces = only_prod};
  const spec v[] = {{.execute = nothing, .selector = &in_prod}};
  fixture f;
  chain_outcome out;
  declare(&f, CONF_RESTORE_ITEM_ACTION, v, 1);
  open_plan(&f, CONF_RESTORE_ITEM_ACTION, "{\"spec\":{\"namespaceMapping\":{\"a\":\"prod\"}}}", false);
  apply(&f, POD, &out);
  ck_assert_uint_eq(out.calls, 1);
  teardown(&f);
  SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = nothing, .selector = &in_prod});
  apply(&f, POD, &out);
  ck_assert_uint_eq(out.calls, 0);
  teardown(&f);
}
END_TEST

EXECUTE(dry_edit) {
  UNUSED;
  if (!(in->flags & PINTLE_DRY_RUN)) return PINTLE_FAILED;
  return pintle_set_str(item, "/spec/dry", "yes");
}
EXECUTE(start_operation) {
  UNUSED;
  out->api->operation(out, "op"); /* what it returns is ignored, but remembered */
  return PINTLE_OK;
}

START_TEST(dry_run) {
  const spec v[] = {
      {.execute = nothing}, {.execute = dry_edit, .flags = PINTLE_OBEYS_DRY_RUN}, {.execute = start_operation, .flags = PURE}};
  fixture f;
  chain_outcome out;
  declare(&f, CONF_BACKUP_ITEM_ACTION, v, 3);
  open_plan(&f, CONF_BACKUP_ITEM_ACTION, "{}", true);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_str_eq(out.error.message, "action test.io/c of plugin test: operation: none may be started while finalizing or in a dry run");
  ck_assert_int_eq(out.error.status, PINTLE_CONFLICT);
  const char *record = record_of(&out);
  ck_assert_msg(strncmp(record,
                        "[{\"action\":\"test.io/a\",\"plugin\":\"test@1\",\"left\":\"not called: touches the outside world\"},"
                        "{\"action\":\"test.io/b\",\"plugin\":\"test@1\",\"ns\":0,\"patch\":[{\"op\":\"add\",",
                        150) == 0,
                "%s", record);
  ck_assert_uint_eq(out.calls, 2);
  teardown(&f);
}
END_TEST

EXECUTE(log_much) {
  UNUSED;
  pintle_kv fields[] = {{"k", "v\"w"}};
  for (int i = 0; i < 1500; i++) {
    int32_t level = i < 2 ? PINTLE_LOG_WARN : i == 2 ? PINTLE_LOG_ERROR : PINTLE_LOG_DEBUG;
    call->host->log_line(call, level, "line", PINTLE_Z, fields, i == 0);
  }
  return PINTLE_OK;
}
EXECUTE(log_large) {
  UNUSED;
  static char line[10000];
  memset(line, 'x', sizeof line - 1);
  for (int i = 0; i < 100; i++) pintle_log(call, PINTLE_LOG_INFO, "%d", i), call->host->log_line(call, 2, line, PINTLE_Z, NULL, 0);
  return PINTLE_OK;
}
EXECUTE(find_things) {
  UNUSED;
  call->host->finding(call, PINTLE_LOG_WARN, "unresolved", "/spec/a", "no mapping for \"x\"");
  call->host->finding(call, PINTLE_LOG_ERROR, "lost", "", "gone");
  call->host->finding(call, PINTLE_LOG_INFO, "hint", "", "fine");
  return PINTLE_OK;
}

START_TEST(lines_and_findings) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = log_much}, {.execute = log_much}, {.execute = find_things});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert_uint_eq(out.warnings, 2 + 2 + 1);
  ck_assert_uint_eq(out.errors, 1 + 1 + 1);
  ck_assert_uint_eq(out.findings, 3);
  const char *record = record_of(&out);
  size_t lines = 0;
  for (const char *p = record; (p = strstr(p, "\"msg\":\"line\"")); p++) lines++;
  ck_assert_uint_eq(lines, 1000);
  ck_assert(strstr(record,
                   ",\"log\":[{\"level\":\"warn\",\"msg\":\"line\",\"fields\":{\"k\":\"v\\\"w\"}},{\"level\":\"warn\",\"msg\":\"line\"},"
                   "{\"level\":\"error\",\"msg\":\"line\"},{\"level\":\"debug\","));
  ck_assert(strstr(record, ",{\"level\":\"warn\",\"msg\":\"500 more lines dropped\"}]}"));
  ck_assert(strstr(record, "\"ns\":0,\"log\":[{\"level\":\"warn\",\"msg\":\"1500 more lines dropped\"}]}"));
  ck_assert(
      strstr(record, CALLED("c", ",\"findings\":[{\"severity\":\"warn\",\"code\":\"unresolved\",\"at\":\"/spec/a\",\"text\":\"no mapping "
                                 "for \\\"x\\\"\"},{\"severity\":\"error\",\"code\":\"lost\",\"text\":\"gone\"},{\"severity\":\"info\","
                                 "\"code\":\"hint\",\"text\":\"fine\"}]")));
  teardown(&f);
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = log_large});
  for (int i = 0; i < 2; i++) { /* each item has its own share */
    apply(&f, POD, &out);
    ck_assert_uint_gt(out.record.len, 250 << 10);
    ck_assert_uint_lt(out.record.len, 257 << 10);
    record_of(&out);
  }
  teardown(&f);
}
END_TEST

static int transient_calls;
EXECUTE(transient_twice) {
  UNUSED;
  pintle_set_str(item, "/spec/tries", "x");
  call->host->finding(call, PINTLE_LOG_WARN, "try", "", "again");
  pintle_error e = {.struct_size = sizeof e, .status = PINTLE_TRANSIENT, .retry_after = 1000000, .message = "busy"};
  return ++transient_calls % 3 ? call->host->fail(call, &e) : PINTLE_OK;
}
EXECUTE(transient_always) {
  UNUSED;
  transient_calls++;
  pintle_error e = {.struct_size = sizeof e, .status = PINTLE_TRANSIENT, .retry_after = 1000000, .message = "busy"};
  return call->host->fail(call, &e);
}

START_TEST(transient) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = transient_twice});
  transient_calls = 0;
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert_int_eq(transient_calls, 3);
  ck_assert_uint_eq(out.calls, 1);
  ck_assert_uint_eq(out.findings, 1); /* those of the last try */
  ck_assert_uint_eq(out.warnings, 1);
  ck_assert_str_eq(record_of(&out), "[" CALLED("a", ",\"tries\":3,\"patch\":[{\"op\":\"add\",\"path\":\"/spec/tries\",\"value\":\"x\"}],"
                                                    "\"findings\":[{\"severity\":\"warn\",\"code\":\"try\",\"text\":\"again\"}]") "]");
  teardown(&f);
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = transient_always});
  transient_calls = 0;
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_int_eq(out.error.status, PINTLE_TRANSIENT);
  ck_assert_int_eq(transient_calls, 3);
  teardown(&f);
  /* no time left for a second try */
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = transient_always, .timeout = 900000});
  transient_calls = 0;
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_int_eq(transient_calls, 1);
  teardown(&f);
}
END_TEST

EXECUTE(post_item) {
  UNUSED;
  pintle_id id = {"", "", "secrets", "a", "s"};
  out->api->operation(out, "op");
  out->api->post_operation_item(out, &id);
  return PINTLE_OK;
}
EXECUTE(wait_for_items) {
  UNUSED;
  pintle_id id = {"", "", "secrets", "a", "s"};
  out->api->additional_item(out, &id, 0);
  out->api->wait_for_additional_items(out, 5);
  return PINTLE_OK;
}

START_TEST(results_of_the_other_kind) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = post_item});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_int_eq(out.error.status, PINTLE_INVALID);
  ck_assert_str_eq(out.error.message, "action test.io/a of plugin test: post_operation_item is no result of this kind of call");
  ck_assert_uint_eq(out.n_operations, 0);
  teardown(&f);
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = wait_for_items});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  teardown(&f);

  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = post_item}, {.execute = start_operation});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert_uint_eq(out.n_operations, 2);
  ck_assert_str_eq(out.operation, "op");
  ck_assert_uint_eq(out.n_post, 1);
  ck_assert_str_eq(out.post[0].id.name, "s");
  ck_assert_uint_eq(out.operations[1].entry, 1);
  ck_assert_uint_eq(out.operations[1].n_post, 0);
  teardown(&f);
  SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = wait_for_items});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_YIELD);
  ck_assert_int_eq(out.wait, 5);
  teardown(&f);
}
END_TEST

/* An action that has a worker of its own ends the stretch, if it wants the item. */
START_TEST(segments) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = set_one}, {.execute = nothing, .selector = &for_secrets, .flags = PINTLE_ONE_INSTANCE},
        {.execute = nothing, .flags = PINTLE_ONE_INSTANCE}, {.execute = nothing});
  ck_assert_uint_eq(f.plan.entries[1].segment, 1);
  ck_assert_uint_eq(f.plan.entries[2].segment, 2);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_YIELD);
  ck_assert_uint_eq(out.next, 2);
  ck_assert_uint_eq(out.n_related, 0);
  ck_assert(out.changed);
  teardown(&f);
}
END_TEST

START_TEST(quarantine) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = nothing}, {.execute = nothing}, {.execute = nothing, .selector = &for_secrets},
        {.execute = nothing, .on_error = CONF_WARN});
  ck_assert_int_eq(chain_quarantine(f.c, 3, "it crashed 3 times"), PINTLE_OK);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert_uint_eq(out.warnings, 1);
  ck_assert_int_eq(chain_quarantine(f.c, 2, "x"), PINTLE_OK); /* not for this item */
  ck_assert_int_eq(chain_quarantine(f.c, 1, "it crashed 3 times"), PINTLE_OK);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_str_eq(out.error.message, "action test.io/b of plugin test: not called any more: it crashed 3 times");
  ck_assert_uint_eq(out.calls, 1);
  teardown(&f);
}
END_TEST

static pintle_status select_z(void *self, pintle_call *call, pintle_result *out) {
  (void)self, (void)call;
  return out->api->selector(out, &for_z);
}
static pintle_status create_counting(void *module, pintle_call *call, void **self) {
  (void)module, (void)self;
  call->host->count(call, "never", 0);
  return PINTLE_OK;
}
EXECUTE(counting) {
  UNUSED;
  pintle_str dir;
  call->host->count(call, "seen", 2);
  if (call->host->property(call, "host.mode", &dir) != PINTLE_OK || strcmp(dir.ptr, "test") != 0) return PINTLE_FAILED;
  if (call->host->property(call, "run.name", &dir) != PINTLE_OK || strcmp(dir.ptr, "run") != 0) return PINTLE_FAILED;
  return call->host->property(call, "nobody.knows", &dir) == PINTLE_NOT_FOUND ? PINTLE_OK : PINTLE_FAILED;
}

START_TEST(selectors_and_counters) {
  fixture f;
  chain_outcome out;
  buf json = {0}, counters = {0};
  error e;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = nothing, .applies_to = select_z}, {.execute = counting, .create = create_counting});
  chain_selectors(f.c, &json);
  ck_assert_str_eq(json.data, "{\"0\":{\"labels\":\"x in (z)\"}}");
  kube_label label = {STR("x"), STR("z")};
  apply(&f, POD, &out);
  ck_assert_uint_eq(out.calls, 1);
  apply(&f, POD, &out);
  /* the supervisor's plan knows after it was told */
  f.plan.n = 1;
  ck_assert(chain_plan_wants(&f.plan, f.types, type_of(&f, "pods"), STR("a"), (kube_labels){NULL, 0}, false));
  ck_assert_int_eq(chain_plan_selectors(&f.plan, buf_str(&json), &e), PINTLE_OK);
  ck_assert(!chain_plan_wants(&f.plan, f.types, type_of(&f, "pods"), STR("a"), (kube_labels){NULL, 0}, false));
  ck_assert(chain_plan_wants(&f.plan, f.types, type_of(&f, "pods"), STR("a"), (kube_labels){&label, 1}, false));
  f.plan.n = 2;
  ck_assert_int_eq(chain_close(f.c, &counters, &e), PINTLE_OK);
  ck_assert_str_eq(counters.data, "{\"test.io/b\":{\"never\":0,\"seen\":4}}");
  chain_plan_free(&f.plan);
  kube_types_free(f.types);
  buf_free(&json);
  buf_free(&counters);
}
END_TEST

static pintle_status create_failing(void *module, pintle_call *call, void **self) {
  (void)module, (void)self;
  return pintle_fail_at(call, PINTLE_INVALID, "/rules/2", "bad rule");
}

START_TEST(create_fails) {
  const spec v[] = {{.execute = nothing}, {.execute = nothing, .create = create_failing}};
  fixture f;
  error e;
  const chain_entry *failed;
  declare(&f, CONF_BACKUP_ITEM_ACTION, v, 2);
  chain_plan_options o = {.kind = CONF_BACKUP_ITEM_ACTION, .without_host_steps = true, .linked = f.linked};
  ck_assert_int_eq(kube_types_new(&f.types), PINTLE_OK);
  ck_assert_int_eq(chain_plan_make(&o, &f.plan, &e), PINTLE_OK);
  f.options = (chain_options){.plan = &f.plan, .types = f.types, .run = STR("{}"), .linked = f.linked};
  ck_assert_int_eq(chain_open(&f.options, &f.c, &failed, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "action test.io/b of plugin test: bad rule");
  ck_assert_str_eq(e.place, "/rules/2");
  ck_assert_ptr_eq(failed, &f.plan.entries[1]);
  chain_plan_free(&f.plan);
  kube_types_free(f.types);
}
END_TEST

/* The host steps around an action, as in a restore. */
EXECUTE(see_reset) {
  UNUSED;
  if (item->api->at(item, "/metadata/uid") || !in->item_from_backup->api->at(in->item_from_backup, "/metadata/uid")) return PINTLE_FAILED;
  return pintle_set_str(item, "/spec/seen", "yes");
}
START_TEST(host_steps) {
  const spec v[] = {{.execute = see_reset}};
  fixture f;
  chain_outcome out;
  error e;
  declare(&f, CONF_RESTORE_ITEM_ACTION, v, 1);
  chain_plan_options o = {.kind = CONF_RESTORE_ITEM_ACTION, .linked = f.linked};
  ck_assert_int_eq(kube_types_new(&f.types), PINTLE_OK);
  ck_assert_int_eq(chain_plan_make(&o, &f.plan, &e), PINTLE_OK);
  f.options =
      (chain_options){.plan = &f.plan,
                      .types = f.types,
                      .run = STR("{\"metadata\":{\"name\":\"r\"},\"spec\":{\"backupName\":\"b\",\"namespaceMapping\":{\"a\":\"n\"}}}"),
                      .linked = f.linked};
  ck_assert_msg(chain_open(&f.options, &f.c, NULL, &e) == PINTLE_OK, "%s", e.message);
  chain_input in = input_of(&f, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"a\",\"uid\":\"1\"}}");
  in.stored = in.text;
  chain_apply(f.c, &in, &out);
  ck_assert_msg(out.what == CHAIN_DONE, "%s", out.error.message);
  ck_text(&out, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\",\"labels\":{\"velero.io/"
                "backup-name\":\"b\",\"velero.io/restore-name\":\"r\"}},\"spec\":{\"seen\":\"yes\"}}");
  ck_assert_str_eq(out.ns.ptr, "n");
  ck_assert_uint_eq(out.calls, 7); /* three of Velero's look at a Pod */
  teardown(&f);
}
END_TEST

/* An item being deleted can be read, not edited; the plan is one that a worker got. */
static pintle_status look(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in) {
  (void)self;
  if (strcmp(pintle_str_or(in->run, "/metadata/name", ""), "b") != 0 || strcmp(in->id->resource, "pods") != 0) return PINTLE_FAILED;
  if (item->api->set_str((pintle_doc *)(uintptr_t)item, "/spec/x", "y", 1) != PINTLE_DENIED) return PINTLE_FAILED;
  pintle_log(call, PINTLE_LOG_INFO, "%s is gone", pintle_str_or(item, "/metadata/name", ""));
  return PINTLE_OK;
}
START_TEST(delete_actions) {
  static const pintle_action action = {.struct_size = sizeof action, .name = "test.io/d", .summary = "test"};
  static const pintle_delete_item_action table = {.struct_size = sizeof table, .action = &action, .execute = look};
  static const pintle_delete_item_action *const tables[] = {&table, NULL};
  static const pintle_plugin plugin = {PINTLE_PLUGIN_HEAD, .name = "test", .version = "1", .delete_item_actions = tables};
  static const pintle_plugin *const linked[] = {&plugin, NULL};
  fixture f = {0};
  chain_plan made;
  chain_outcome out;
  buf json = {0};
  error e;
  chain_plan_options o = {.kind = CONF_DELETE_ITEM_ACTION, .linked = linked};
  ck_assert_int_eq(kube_types_new(&f.types), PINTLE_OK);
  ck_assert_msg(chain_plan_make(&o, &made, &e) == PINTLE_OK, "%s", e.message);
  chain_plan_print(&made, f.types, &json);
  ck_assert_msg(chain_plan_parse(buf_str(&json), &f.plan, f.types, &e) == PINTLE_OK, "%s", e.message);
  f.options = (chain_options){.plan = &f.plan, .types = f.types, .run = STR("{\"metadata\":{\"name\":\"b\"}}"), .linked = linked};
  ck_assert_msg(chain_open(&f.options, &f.c, NULL, &e) == PINTLE_OK, "%s", e.message);
  for (int i = 0; i < 2; i++) {
    apply(&f, POD, &out);
    ck_assert_msg(out.what == CHAIN_DONE && !out.changed, "%s", out.error.message);
    ck_assert_str_eq(record_of(&out), "[{\"action\":\"test.io/d\",\"plugin\":\"test@1\",\"ns\":0,\"log\":[{\"level\":\"info\",\"msg\":"
                                      "\"p is gone\"}]}]");
  }
  teardown(&f);
  chain_plan_free(&made);
  buf_free(&json);
}
END_TEST

/* ItemBlockActions: each one is asked whatever the others did, the item is read-only, and nobody yields. */
static pintle_status name_two(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const pintle_id claim = {"", "", "persistentvolumeclaims", "a", "c"}, config = {"", "", "configmaps", "a", "m"};
  UNUSED;
  out->api->additional_item(out, &claim, 0);
  return out->api->additional_item(out, &config, 0);
}
static pintle_status name_and_fail(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const pintle_id never = {"", "", "secrets", "a", "never"};
  UNUSED;
  out->api->additional_item(out, &never, 0);
  return pintle_fail(call, PINTLE_DENIED, "no way");
}
static pintle_status edit(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  UNUSED;
  return pintle_set_str((pintle_doc *)(uintptr_t)item, "/spec/x", "y");
}
static pintle_status name_many(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  UNUSED;
  for (int i = 0; i < 9999; i++) {
    char name[16];
    const pintle_id id = {"", "", "secrets", "a", name};
    snprintf(name, sizeof name, "s%d", i);
    if (out->api->additional_item(out, &id, 0) != PINTLE_OK) return PINTLE_FAILED;
  }
  return PINTLE_OK;
}
static pintle_status name_one(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const pintle_id one = {"", "", "secrets", "a", "last"};
  UNUSED;
  return out->api->additional_item(out, &one, 0);
}
START_TEST(block_actions) {
  pintle_status (*const calls[])(void *, pintle_call *, const pintle_doc *, const pintle_input *, pintle_result *) = {
      name_and_fail, edit, name_two, name_one, name_many};
  enum { N = sizeof calls / sizeof *calls };
  char names[N][16];
  pintle_action actions[N];
  pintle_item_block_action tables[N];
  const pintle_item_block_action *list[N + 1] = {NULL};
  conf_chain_action listed[N];
  for (int i = 0; i < N; i++) {
    snprintf(names[i], sizeof names[i], "test.io/%c", 'a' + i);
    actions[i] = (pintle_action){.struct_size = sizeof actions[i], .name = names[i], .summary = "test"};
    tables[i] = (pintle_item_block_action){.struct_size = sizeof tables[i], .action = &actions[i], .get_related_items = calls[i]};
    listed[i] = (conf_chain_action){.name = names[i], .kind = CONF_ITEM_BLOCK_ACTION, .on_error = i == 1 ? CONF_WARN : CONF_FAIL_ITEM};
    list[i] = &tables[i];
  }
  const pintle_plugin plugin = {PINTLE_PLUGIN_HEAD, .name = "test", .version = "1", .item_block_actions = list};
  const pintle_plugin *const linked[] = {&plugin, NULL};
  fixture f = {.file = {.name = "default", .actions = listed, .n_actions = N}};
  chain_outcome out;
  memcpy(f.linked, linked, sizeof linked);
  open_plan(&f, CONF_ITEM_BLOCK_ACTION, "{}", false);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED); /* the last one named too much; what came before counts */
  ck_assert_str_eq(out.error.message, "the actions of the item name more than 10000 related items");
  ck_assert(!out.changed);
  ck_assert_uint_eq(out.errors, 1);
  ck_assert_uint_eq(out.warnings, 1);
  ck_assert_uint_eq(out.calls, N);
  ck_assert_uint_eq(out.n_related, 3);
  ck_assert_str_eq(out.related[0].id.name, "c");
  ck_assert_str_eq(out.related[1].id.name, "m");
  ck_assert_str_eq(out.related[2].id.name, "last");
  ck_assert_uint_eq(out.related[2].entry, 3);
  const char *record = record_of(&out);
  ck_assert(strstr(record, CALLED("a", ",\"error\":{\"status\":\"DENIED\",\"message\":\"no way\",\"severity\":\"error\"}")));
  ck_assert(strstr(record, "\"action\":\"test.io/b\"") && !strstr(strstr(record, "test.io/b"), "severity"));
  teardown(&f);
}
END_TEST

/* A cancelled run calls nobody any more, and no item passes half done. */
static int32_t yes(void *ctx) { return *(int32_t *)ctx; }
EXECUTE(give_up) {
  UNUSED;
  return PINTLE_CANCELLED;
}
START_TEST(cancelled) {
  const spec v[] = {{.execute = give_up, .on_error = CONF_WARN}};
  int32_t what = 0;
  fixture f;
  chain_outcome out;
  declare(&f, CONF_BACKUP_ITEM_ACTION, v, 1);
  f.options.cancelled = yes;
  f.options.ctx = &what;
  open_plan(&f, CONF_BACKUP_ITEM_ACTION, "{}", false);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE); /* its own decision: a warning */
  what = 1;
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_int_eq(out.error.status, PINTLE_CANCELLED);
  ck_assert_uint_eq(out.calls, 0);
  teardown(&f);
}
END_TEST

int main(void) {
  Suite *s = suite_create("chain_apply");
  TCase *t = tcase_create("apply");
  tcase_add_test(t, edits_and_rollback);
  tcase_add_test(t, error_policies);
  tcase_add_test(t, untouched);
  tcase_add_test(t, skipping);
  tcase_add_test(t, yield_and_resume);
  tcase_add_test(t, kind_change);
  tcase_add_test(t, identity_lost);
  tcase_add_test(t, target_namespace);
  tcase_add_test(t, dry_run);
  tcase_add_test(t, lines_and_findings);
  tcase_add_test(t, transient);
  tcase_add_test(t, results_of_the_other_kind);
  tcase_add_test(t, segments);
  tcase_add_test(t, quarantine);
  tcase_add_test(t, selectors_and_counters);
  tcase_add_test(t, create_fails);
  tcase_add_test(t, host_steps);
  tcase_add_test(t, delete_actions);
  tcase_add_test(t, block_actions);
  tcase_add_test(t, cancelled);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
