/* plugin_text.c -- see plugin_text.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/plugin_text.h"
#include "base/clock.h"
#include "cli/cli.h"

static const char *const thread_models[] = {"SerialPlugin", "SerialInstance", "Parallel"};
static const char *const option_types[] = {"string", "bool", "int", "duration", "size", "json"};
static const struct {
  uint32_t bit;
  const char *name;
} action_flags[] = {{PINTLE_PURE, "Pure"},
                    {PINTLE_OPEN_CONFIG, "OpenConfig"},
                    {PINTLE_OBEYS_DRY_RUN, "ObeysDryRun"},
                    {PINTLE_ONE_INSTANCE, "OneInstance"}},
  functions[] = {{HOST_HAS_APPLIES_TO, "applies_to"},
                 {HOST_HAS_PROGRESS, "progress"},
                 {HOST_HAS_CANCEL, "cancel"},
                 {HOST_HAS_READY, "are_additional_items_ready"},
                 {HOST_HAS_RUN_OPERATION, "run_operation"},
                 {HOST_HAS_FINISH, "finish"},
                 {HOST_HAS_STAT, "stat_object"},
                 {HOST_HAS_RANGE, "get_object_range"},
                 {HOST_HAS_PUT_IF_ABSENT, "put_object_if_absent"}};

static const char *named(const char *const *names, size_t n, int32_t i) { return i >= 0 && (size_t)i < n ? names[i] : "?"; }
static const char *type_of(const pintle_option *o) { return named(option_types, sizeof option_types / sizeof *option_types, o->type); }
static const char *threads_of(const host_action *a) {
  return named(thread_models, sizeof thread_models / sizeof *thread_models, a->thread_model);
}
static const char *kind_of(const host_action *a) { return a->kind < CONF_KINDS ? conf_kind_names[a->kind] : "?"; }

const char *cli_plugin_status(const host_plugin *p, const host_action *a) {
  return p->reason ? "set aside" : a && a->refused ? "refused" : "loaded";
}

/* ---- JSON */
static void member(buf *b, const char *key, const char *value) {
  if (!value || !*value) return;
  buf_printf(b, "%s\"%s\":", b->data && b->data[b->len - 1] == '{' ? "" : ",", key);
  buf_json_go(b, str_of(value));
}

static void list(buf *b, const char *key, const char *const *v) {
  if (!v || !v[0]) return;
  buf_printf(b, "%s\"%s\":[", b->data && b->data[b->len - 1] == '{' ? "" : ",", key);
  for (size_t i = 0; v[i]; i++) buf_addz(b, i ? "," : ""), buf_json_go(b, str_of(v[i]));
  buf_addc(b, ']');
}

static void option_json(buf *b, const pintle_option *o) {
  buf_addc(b, '{');
  member(b, "name", o->name);
  member(b, "type", type_of(o));
  if (o->flags & PINTLE_REQUIRED) buf_addz(b, ",\"required\":true");
  if (o->flags & PINTLE_SECRET) buf_addz(b, ",\"secret\":true");
  member(b, "default", o->flags & PINTLE_SECRET ? NULL : o->fallback);
  member(b, "choices", o->choices);
  member(b, "help", o->help);
  buf_addc(b, '}');
}

static void bits_json(buf *b, const char *key, bool flags, uint32_t bits) {
  const char *names[16] = {NULL};
  size_t n = 0;
  if (flags) {
    for (size_t i = 0; i < sizeof action_flags / sizeof *action_flags; i++)
      if (bits & action_flags[i].bit) names[n++] = action_flags[i].name;
  } else
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
      if (bits & functions[i].bit) names[n++] = functions[i].name;
  list(b, key, names);
}

static void selector_json(buf *b, const pintle_selector *s) {
  buf_addz(b, ",\"selector\":{");
  list(b, "includedResources", s->included_resources);
  list(b, "excludedResources", s->excluded_resources);
  list(b, "includedNamespaces", s->included_namespaces);
  list(b, "excludedNamespaces", s->excluded_namespaces);
  member(b, "labels", s->labels);
  buf_addc(b, '}');
}

static void action_json(buf *b, const host_plugin *p, const host_action *a) {
  char timeout[32];
  buf_addc(b, '{');
  member(b, "kind", kind_of(a));
  member(b, "name", a->name);
  member(b, "status", cli_plugin_status(p, a));
  member(b, "reason", a->refused);
  member(b, "summary", a->summary);
  member(b, "url", a->url);
  buf_printf(b, ",\"priority\":%d", (int)a->priority);
  member(b, "threadModel", threads_of(a));
  if (a->timeout > 0) member(b, "timeout", clock_duration_text(a->timeout, timeout));
  bits_json(b, "flags", true, a->flags);
  bits_json(b, "functions", false, a->has);
  if (a->selector) selector_json(b, a->selector);
  buf_addz(b, ",\"options\":[");
  for (size_t i = 0; a->options[i]; i++) buf_addz(b, i ? "," : ""), option_json(b, a->options[i]);
  buf_addz(b, "]}");
}

void cli_plugin_json(const host_plugin *p, buf *b) {
  buf_addz(b, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"Plugin\"");
  member(b, "file", p->file);
  member(b, "path", p->path);
  member(b, "name", p->name);
  member(b, "version", p->version);
  member(b, "vendor", p->vendor);
  member(b, "url", p->url);
  member(b, "status", cli_plugin_status(p, NULL));
  member(b, "reason", p->reason);
  member(b, "hint", p->hint);
  list(b, "warnings", p->warnings);
  if (p->velero) member(b, "protocol", "velero");
  else if (!p->reason || p->abi_major)
    buf_printf(b, ",\"abi\":\"%u.%u\",\"minHostMinor\":%u", (unsigned)p->abi_major, (unsigned)p->abi_minor, (unsigned)p->min_host_minor);
  buf_printf(b, ",\"size\":%lld,\"mode\":\"%04o\"", (long long)p->size, (unsigned)(p->mode & 07777));
  member(b, "sha256", p->sha256);
  list(b, "needed", p->needed);
  member(b, "glibc", p->glibc);
  list(b, "env", p->env);
  list(b, "extensions", p->extensions);
  buf_addz(b, ",\"actions\":[");
  for (size_t i = 0; i < p->n_actions; i++) buf_addz(b, i ? "," : ""), action_json(b, p, &p->actions[i]);
  buf_addz(b, "]}");
}

/* ---- text */
static void line(buf *b, const char *label, const char *value) {
  if (!value || !*value) return;
  buf_printf(b, "%s:\t", label);
  cli_clean(b, str_of(value));
  buf_addc(b, '\n');
}

static void lines(buf *b, const char *label, const char *const *v) {
  if (!v || !v[0]) return;
  buf_printf(b, "%s:\t", label);
  for (size_t i = 0; v[i]; i++) {
    if (i) buf_addz(b, ", ");
    cli_clean(b, str_of(v[i]));
  }
  buf_addc(b, '\n');
}

static void bits_text(buf *b, const char *label, bool flags, uint32_t bits) {
  const char *names[16] = {NULL};
  size_t n = 0;
  if (flags) {
    for (size_t i = 0; i < sizeof action_flags / sizeof *action_flags; i++)
      if (bits & action_flags[i].bit) names[n++] = action_flags[i].name;
  } else
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
      if (bits & functions[i].bit) names[n++] = functions[i].name;
  lines(b, label, names);
}

static void option_text(buf *b, const pintle_option *o) {
  buf_addz(b, "    ");
  cli_clean(b, str_of(o->name));
  buf_printf(b, "\t%s", type_of(o));
  if (o->choices) buf_addc(b, ' '), cli_clean(b, str_of(o->choices));
  if (o->flags & PINTLE_REQUIRED) buf_addz(b, ", required");
  if (o->flags & PINTLE_SECRET) buf_addz(b, ", secret");
  else if (o->fallback) buf_addz(b, ", default "), cli_clean(b, str_of(o->fallback));
  buf_addc(b, '\t');
  cli_clean(b, str_of(o->help));
  buf_addc(b, '\n');
}

static void selector_text(buf *b, const host_plugin *p, const host_action *a) {
  const pintle_selector *s = a->selector;
  if (a->has & HOST_HAS_APPLIES_TO) line(b, "  Selects", p->velero ? "asked when a run begins (AppliesTo)" : "computed from its configuration (applies_to)");
  if (!s) {
    if (!(a->has & HOST_HAS_APPLIES_TO) && a->kind <= CONF_ITEM_BLOCK_ACTION) line(b, "  Selects", "everything");
    return;
  }
  lines(b, "  Resources", s->included_resources);
  lines(b, "  Not resources", s->excluded_resources);
  lines(b, "  Namespaces", s->included_namespaces);
  lines(b, "  Not namespaces", s->excluded_namespaces);
  line(b, "  Labels", s->labels);
}

static void action_text(buf *b, const host_plugin *p, const host_action *a) {
  char text[32];
  buf_printf(b, "\n%s ", kind_of(a));
  cli_clean(b, str_of(a->name));
  buf_addc(b, '\n');
  line(b, "  Refused", a->refused);
  line(b, "  Summary", a->summary);
  line(b, "  URL", a->url);
  buf_printf(b, "  Priority:\t%d\n", (int)a->priority);
  line(b, "  Threads", threads_of(a));
  if (a->timeout > 0) line(b, "  Timeout", clock_duration_text(a->timeout, text));
  bits_text(b, "  Flags", true, a->flags);
  bits_text(b, "  Functions", false, a->has);
  selector_text(b, p, a);
  if (!a->options[0]) return;
  buf_addz(b, "  Options:\n");
  for (size_t i = 0; a->options[i]; i++) option_text(b, a->options[i]);
}

void cli_plugin_text(const host_plugin *p, buf *b) {
  line(b, "File", p->path);
  line(b, "Status", cli_plugin_status(p, NULL));
  line(b, "Reason", p->reason);
  line(b, "Hint", p->hint);
  line(b, "Name", p->name);
  line(b, "Version", p->version);
  line(b, "Vendor", p->vendor);
  line(b, "URL", p->url);
  if (p->velero) line(b, "Protocol", "Velero's (a Go plugin: a process behind a worker)");
  else if (p->abi_major) buf_printf(b, "ABI:\t%u.%u (needs a host of %u.%u)\n", p->abi_major, p->abi_minor, p->abi_major, p->min_host_minor);
  buf_printf(b, "Size:\t%lld bytes\nMode:\t%04o\n", (long long)p->size, (unsigned)(p->mode & 07777));
  line(b, "SHA-256", p->sha256);
  lines(b, "Needed libraries", p->needed);
  if (p->glibc[0]) buf_printf(b, "Needed glibc:\t%s\n", p->glibc);
  lines(b, "Environment", p->env);
  lines(b, "Extensions", p->extensions);
  for (size_t i = 0; p->warnings[i]; i++) line(b, "Warning", p->warnings[i]);
  for (size_t i = 0; i < p->n_actions; i++) action_text(b, p, &p->actions[i]);
}
