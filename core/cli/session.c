/* session.c -- see session.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/session.h"

int cli_session_open(cli *c, cli_session *s) { return cli_session_open_with(c, NULL, s); }

int cli_session_open_with(cli *c, const char *const *plugin_dirs, cli_session *s) {
  error e = {0};
  *s = (cli_session){0};
  pintle_status st = cli_find(c, NULL, &s->found, &e);
  if (st != PINTLE_OK) return cli_fail(c, &e);
  if (plugin_dirs) s->found.plugin_dirs = plugin_dirs;
  bool workers = cli_flag_named(&c->flags, STR("concurrency")) != NULL;
  s->options = (run_options){.config = s->found.config,
                             .chain = cli_text(&c->flags, "chain"),
                             .plugin_dirs = s->found.plugin_dirs,
                             .worker = s->found.worker,
                             .velero_worker = s->found.velero_worker,
                             .temp_dir = s->found.temp_dir,
                             .environment = c->process->environment,
                             .concurrency = workers ? (unsigned)cli_number(&c->flags, "concurrency") : 5,
                             .stop_before = workers ? cli_text(&c->flags, "stop-before") : NULL,
                             .copy_timeout = cli_flag_named(&c->flags, STR("file-system-backup-timeout")) ? cli_number(&c->flags, "file-system-backup-timeout") : 0,
                             .json_log = strcmp(cli_text(&c->flags, "log-format"), "json") == 0};
  if (run_open(&s->options, &s->run, &e) == PINTLE_OK) return CLI_COMPLETED;
  if (s->found.config && !e.hint[0]) error_hint(&e, "this is the configuration of %s", s->found.config_why);
  return cli_fail(c, &e) == CLI_FAILED ? CLI_FAILED : CLI_USAGE;
}

void cli_session_close(cli_session *s) {
  run_close(s->run);
  s->run = NULL;
}

int cli_session_store(cli *c, cli_session *s, const char *location, store **out) {
  error e = {0};
  return run_store(s->run, location, out, &e) == PINTLE_OK ? CLI_COMPLETED : cli_fail(c, &e);
}

static void tell_store(const cli_session *s, const char *name, buf *b) {
  const run_location *l;
  size_t n = run_locations(s->run, &l);
  for (size_t i = 0; i < n; i++) {
    if (name ? strcmp(l[i].name, name) != 0 : !l[i].is_default) continue;
    buf_printf(b, "; store %s (%s", l[i].name, l[i].provider);
    if (strcmp(l[i].place, "built in") == 0) buf_addz(b, " in ./pintle-store");
    else if (l[i].bucket[0]) buf_printf(b, ", %s%s%s", l[i].bucket, l[i].prefix[0] ? "/" : "", l[i].prefix);
    buf_addc(b, ')');
    return;
  }
  if (name) buf_printf(b, "; store %s", name);
}

static void say(cli *c, const cli_session *s, buf *text) {
  CLEANUP(buf_free) buf line = {0};
  const engine_event event = {.kind = ENGINE_LOG, .level = PINTLE_LOG_INFO, .message = {buf_z(text), text->len}};
  if (!s->options.json_log) {
    cli_note(c, "%s", buf_z(text));
    return;
  }
  run_event_print(&event, &line);
  if (!line.failed) cli_err(c, buf_str(&line));
}

void cli_session_tell(cli *c, const cli_session *s, const char *location) {
  CLEANUP(buf_free) buf b = {0};
  if (s->found.config) buf_printf(&b, "Using configuration %s (%s)", s->found.config, s->found.config_why);
  else buf_addz(&b, "Using no configuration");
  if (!location || *location) tell_store(s, location, &b);
  buf_addz(&b, s->found.plugin_dirs[0] ? "; plugins of" : "; no plugins");
  for (size_t i = 0; s->found.plugin_dirs[i]; i++) buf_printf(&b, "%s %s", i ? "," : "", s->found.plugin_dirs[i]);
  buf_printf(&b, " (%s)", s->found.plugins_why);
  buf_addc(&b, '.');
  say(c, s, &b);
  if (s->options.concurrency > 0) return;
  buf_clear(&b);
  buf_addz(&b, "With --concurrency 0 plugins run inside pintle: there is no isolation, and deadlines are reported but not enforced.");
  say(c, s, &b);
}
