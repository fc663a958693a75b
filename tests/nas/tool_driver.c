/* tool_driver.c -- a driver of plugins/nas by hand: tool CONFIG.json <commands >outcomes.  SPDX-License-Identifier: Apache-2.0
 *
 * A command a line, JSON: {"do":"snapshot","volume":{...},"id":"...","name":"...","wait":true,"tags":{...}}, or {"set":"cancel_at","to":3}. An outcome
 * a line: {"status":0,"out":{...},"message":"...","code":"...","hint":"...","log":"...","now":...}. TOOL_DRIVER is the driver's table. */
#include "driver.h"
#include "text.h"
#include <pintle/testing.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module;
  return TOOL_DRIVER.open(call, self);
}

static void destroy(void *self) { TOOL_DRIVER.close(self); }

static const struct {
  const char *name;
  size_t at;
} members[] = {
    {"kind", offsetof(nas_volume, kind)},       {"server", offsetof(nas_volume, server)},   {"path", offsetof(nas_volume, path)},
    {"subpath", offsetof(nas_volume, subpath)}, {"fs_id", offsetof(nas_volume, fs_id)},     {"fs_type", offsetof(nas_volume, fs_type)},
    {"region", offsetof(nas_volume, region)},   {"zone", offsetof(nas_volume, zone)},       {"name", offsetof(nas_volume, name)},
    {"pv", offsetof(nas_volume, pv)},           {"options", offsetof(nas_volume, options)}, {"local", offsetof(nas_volume, local)}};
enum { N_MEMBERS = sizeof members / sizeof *members };

static const char **member(nas_volume *v, size_t i) { return (const char **)((char *)v + members[i].at); }

static void read_volume(const pintle_doc *d, nas_volume *v) {
  for (size_t i = 0; i < N_MEMBERS; i++) {
    char pointer[64];
    snprintf(pointer, sizeof pointer, "/volume/%s", members[i].name);
    *member(v, i) = pintle_str_or(d, pointer, "");
  }
}

static void write_volume(pintle_doc *d, nas_volume *v) {
  d->api->set_json(d, "/out/volume", "{}", PINTLE_Z);
  for (size_t i = 0; i < N_MEMBERS; i++) {
    char pointer[64];
    snprintf(pointer, sizeof pointer, "/out/volume/%s", members[i].name);
    if (**member(v, i)) pintle_set_str(d, pointer, *member(v, i));
  }
}

static size_t read_tags(const pintle_doc *d, pintle_kv *to, size_t room) {
  size_t n = 0;
  pintle_str key, value;
  for (const pintle_value *t = d->api->first(d, d->api->at(d, "/tags")); t && n < room; t = d->api->next(d, t))
    if (d->api->key(d, t, &key) == PINTLE_OK && d->api->text(d, t, &value) == PINTLE_OK) to[n++] = (pintle_kv){key.ptr, value.ptr};
  return n;
}

static pintle_status run(void *self, pintle_call *call, pintle_doc *d, const pintle_input *in, pintle_result *r) {
  const nas_driver *driver = &TOOL_DRIVER;
  const char *what = pintle_str_or(d, "/do", ""), *text = "";
  nas_volume v, out;
  const nas_snapshot s = {&v, pintle_str_or(d, "/id", "")};
  pintle_kv tags[16];
  int32_t wait = 0;
  bool mine = false;
  pintle_status st = PINTLE_INVALID;
  (void)in, (void)r;
  read_volume(d, &v);
  d->api->set_json(d, "/out", "{}", PINTLE_Z);
  d->api->get_bool(d, "/wait", &wait);
  size_t n = read_tags(d, tags, 16);
  if (strcmp(what, "takes") == 0) {
    st = driver->takes(self, call, &v, &mine);
    d->api->set_bool(d, "/out/mine", mine);
  } else if (strcmp(what, "info") == 0) {
    st = driver->info(self, call, &v, &text);
    pintle_set_str(d, "/out/type", text);
  } else if (strcmp(what, "snapshot") == 0) {
    st = driver->snapshot(self, call, &v, pintle_str_or(d, "/name", ""), tags, n, wait, &text);
    pintle_set_str(d, "/out/id", text);
  } else if (strcmp(what, "progress") == 0) {
    pintle_progress p = {.struct_size = sizeof p};
    st = driver->progress(self, call, &s, &p);
    d->api->set_i64(d, "/out/completed", p.completed);
    pintle_set_str(d, "/out/error", p.error ? p.error : "");
    pintle_set_str(d, "/out/description", p.description ? p.description : "");
  } else if (strcmp(what, "cancel") == 0) st = driver->cancel(self, call, &s);
  else if (strcmp(what, "remove") == 0) st = driver->remove(self, call, &s);
  else if (strcmp(what, "restore") == 0 || strcmp(what, "readable") == 0) {
    st = *what == 'r' && what[2] == 's' ? driver->restore(self, call, &s, pintle_str_or(d, "/name", ""), &out)
                                        : driver->readable(self, call, &s, &out);
    if (st == PINTLE_OK) write_volume(d, &out);
  }
  return st;
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .thread_model = PINTLE_SERIAL_INSTANCE,
                                     .name = "example.com/driver",
                                     .summary = "a driver",
                                     .create = create,
                                     .destroy = destroy};
static const pintle_backup_item_action backup = {.struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = run};
static const pintle_backup_item_action *const actions[] = {&backup, NULL};
static const pintle_plugin plugin = {PINTLE_PLUGIN_HEAD, .name = "driver", .version = "1", .backup_item_actions = actions};

static void show(const pintle_test_host *host, const pintle_test_outcome *o) {
  static const char *const names[] = {"message", "code", "hint", "at", "log"};
  const char *const texts[] = {o->message, o->code, o->hint, o->at, o->log};
  nas_text t = {0};
  nas_addf(&t, "{\"status\":%d,\"now\":%lld,\"item\":%s", o->status, (long long)pintle_test_now(host),
           o->item && *o->item ? o->item : "{}");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    nas_addf(&t, ",\"%s\":", names[i]);
    nas_add_json(&t, texts[i] ? texts[i] : "");
  }
  printf("%s}\n", nas_z(&t));
  fflush(stdout);
  nas_text_free(&t);
}

int main(int argc, char **argv) {
  static char config[1 << 14], line[1 << 16];
  const pintle_test_options world = {0};
  pintle_test_host *host = pintle_test_new(&world);
  FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!f || fread(config, 1, sizeof config - 1, f) == 0 || !host) return 2;
  if (pintle_test_load(host, &plugin)->status != PINTLE_OK) return fprintf(stderr, "%s\n", pintle_test_last(host)->message), 2;
  fclose(f);
  pintle_test_instance *a = pintle_test_create(host, PINTLE_TEST_BACKUP, "example.com/driver", config);
  show(host, pintle_test_last(host));
  while (a && fgets(line, sizeof line, stdin)) {
    char name[20];
    long long to;
    if (sscanf(line, "{\"set\": \"%19[a-z_]\", \"to\": %lld}", name, &to) == 2) {
      pintle_test_options *o = pintle_test_set(host);
      if (strcmp(name, "cancel_at") == 0) o->cancel_at = (uint32_t)to;
      else if (strcmp(name, "deadline") == 0) o->deadline = to;
      else if (strcmp(name, "fail_alloc_at") == 0) o->fail_alloc_at = (uint32_t)to;
      else return 2;
    } else show(host, pintle_test_backup(a, line, 0));
  }
  pintle_test_free(host);
  return 0;
}
