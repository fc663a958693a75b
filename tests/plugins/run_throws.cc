// run_throws.cc -- a C++ plugin. Variant "out": an exception leaves execute; "listing": it passes the host's frames to a catch of its own.
// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <pintle/plugin.h>
#include <stdexcept>

static pintle_status each(void *, const pintle_doc *) { throw std::runtime_error("thrown in a listing"); }

static pintle_status strike(pintle_call *call) {
  const char *variant = pintle_str_or(call->host->config(call), "/variant", "");
  const pintle_objects *items = static_cast<const pintle_objects *>(call->host->extension(call->host, PINTLE_EXT_ITEMS));
  const pintle_id all = {"", "", "configmaps", "", ""};
  if (std::strcmp(variant, "listing") != 0) throw std::runtime_error("thrown out of execute");
  try {
    return items->list(call, &all, nullptr, nullptr, each, nullptr);
  } catch (const std::exception &e) {
    return pintle_fail(call, PINTLE_FAILED, "%s", e.what());
  }
}

static pintle_status execute(void *, pintle_call *call, pintle_doc *item, const pintle_input *, pintle_result *) {
  const char *at = pintle_str_or(call->host->config(call), "/item", "");
  return std::strcmp(at, pintle_str_or(item, "/metadata/name", "")) == 0 ? strike(call) : PINTLE_OK;
}

static pintle_option option(const char *name) {
  pintle_option o = {};
  o.struct_size = sizeof o, o.type = PINTLE_OPT_STRING, o.name = name, o.fallback = "", o.help = "see above";
  return o;
}
static const pintle_option item_option = option("item"), variant_option = option("variant");
static const pintle_option *const options[] = {&item_option, &variant_option, nullptr};
static pintle_action make_action() {
  pintle_action a = {};
  a.struct_size = sizeof a, a.name = "tests.pintle.io/throws", a.summary = "A fixture: throws", a.options = options;
  return a;
}
static const pintle_action action = make_action();
static pintle_backup_item_action make_table() {
  pintle_backup_item_action t = {};
  t.struct_size = sizeof t, t.action = &action, t.execute = execute;
  return t;
}
static const pintle_backup_item_action table = make_table();
static const pintle_backup_item_action *const list[] = {&table, nullptr};
static pintle_plugin make_plugin() {
  pintle_plugin p = {PINTLE_PLUGIN_HEAD};
  p.name = "run_throws", p.version = "1.0", p.backup_item_actions = list;
  return p;
}
extern "C" const pintle_plugin PINTLE_ENTRY = make_plugin();
