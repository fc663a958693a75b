/* chain_fixture.h -- a chain of linked-in actions, and an item through it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CHAIN_FIXTURE_H
#define TESTS_UNIT_CHAIN_FIXTURE_H
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

static inline void declare(fixture *f, uint32_t kind, const spec *v, size_t n) {
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

static inline void open_plan(fixture *f, uint32_t kind, const char *run, bool dry_run) {
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

static inline void setup(fixture *f, uint32_t kind, const spec *v, size_t n) {
  declare(f, kind, v, n);
  open_plan(f, kind, "{\"metadata\":{\"name\":\"run\"}}", false);
}
#define SETUP(f, kind, ...)                                 \
  do {                                                      \
    const spec specs_[] = {__VA_ARGS__};                    \
    setup(f, kind, specs_, sizeof specs_ / sizeof *specs_); \
  } while (0)

static inline void teardown(fixture *f) {
  error e;
  ck_assert_int_eq(chain_close(f->c, NULL, &e), PINTLE_OK);
  chain_plan_free(&f->plan);
  kube_types_free(f->types);
}

static inline const kube_type *type_of(const fixture *f, const char *name) {
  const kube_type *t = kube_types_named(f->types, str_of(name));
  ck_assert_msg(t != NULL, "%s", name);
  return t;
}

#define POD \
  "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"a\",\"labels\":{\"x\":\"y\"}},\"spec\":{}}"

static inline chain_input input_of(const fixture *f, const char *text) {
  return (chain_input){.id = {"", "v1", "pods", "a", "p"}, .type = type_of(f, "pods"), .text = str_of(text)};
}

static inline void apply(fixture *f, const char *text, chain_outcome *out) {
  chain_input in = input_of(f, text);
  chain_apply(f->c, &in, out);
}

/* The record with all times as 0: lives until the next call. */
static inline const char *record_of(const chain_outcome *out) {
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

static inline void ck_text(const chain_outcome *out, const char *wanted) {
  ck_assert_uint_eq(out->text.len, strlen(wanted));
  ck_assert_msg(memcmp(out->text.ptr, wanted, out->text.len) == 0, "%.*s", (int)out->text.len, out->text.ptr);
}

/* ------------------------------------------------------------------------------------------------------------ actions */
#define EXECUTE(name) \
  static inline pintle_status name(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out)
#define UNUSED (void)self, (void)call, (void)item, (void)in, (void)out

EXECUTE(nothing) {
  UNUSED;
  return PINTLE_OK;
}
EXECUTE(set_one) {
  UNUSED;
  return item->api->set_json(item, "/spec/one", "1.0e400", PINTLE_Z);
}

static const char *const only_secrets[] = {"secrets", NULL};
static const pintle_selector for_secrets = {.struct_size = sizeof(pintle_selector), .included_resources = only_secrets};
static const pintle_selector for_y = {.struct_size = sizeof(pintle_selector), .labels = "x=y"};
static const pintle_selector for_z = {.struct_size = sizeof(pintle_selector), .labels = "x in (z)"};
#endif
