/* say.c -- standard output and standard error: the only place that writes to them.  SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "cli/cli.h"
#include "cli/yaml_out.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

static void drain(cli *c) {
  error e = {0};
  if (c->out.failed && !c->out_broken) {
    c->out_broken = true;
    error_nomem(&e);
    error_wrap(&e, "cannot write standard output");
    cli_fail(c, &e);
  }
  if (c->out.len && !c->out_broken && file_write(c->process->out, c->out.data, c->out.len, "standard output", &e) != PINTLE_OK) {
    c->out_broken = true;
    cli_fail(c, &e);
  }
  buf_clear(&c->out);
}

void cli_out(cli *c, str text) {
  buf_adds(&c->out, text);
  if (c->out.len >= PIECE || c->out.failed) drain(c);
}

void cli_outz(cli *c, const char *text) { cli_out(c, str_of(text)); }

void cli_outf(cli *c, const char *format, ...) {
  char *text = NULL;
  va_list ap;
  va_start(ap, format);
  int n = vasprintf(&text, format, ap);
  va_end(ap);
  if (n < 0) {
    c->out.failed = true;
    return;
  }
  cli_out(c, (str){text, (size_t)n});
  free(text);
}

int cli_flush(cli *c, int status) {
  drain(c);
  return c->out_broken && status == CLI_COMPLETED ? CLI_FAILED : status;
}

void cli_err(cli *c, str text) {
  if (text.len) (void)file_write(c->process->err, text.ptr, text.len, "standard error", NULL); /* nobody is left to be told */
}

void cli_note(cli *c, const char *format, ...) {
  char text[4096];
  CLEANUP(buf_free) buf line = {0};
  va_list ap;
  drain(c); /* what was printed so far comes first */
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (n < 0) return;
  cli_clean(&line, str_of(text));
  buf_addc(&line, '\n');
  if (!line.failed) return cli_err(c, buf_str(&line));
  for (char *p = text; *p; p++) /* no memory: said all the same */
    if ((unsigned char)*p < ' ' || *p == 0x7f) *p = '?';
  cli_err(c, str_of(text));
  cli_err(c, STR("\n"));
}

int cli_fail(cli *c, const error *e) {
  if (e->place[0]) cli_note(c, "pintle: %s: %s", e->place, e->message);
  else cli_note(c, "pintle: %s", e->message[0] ? e->message : "it failed, and nobody said why");
  if (e->hint[0]) cli_note(c, "  hint: %s", e->hint);
  switch (e->status) {
  case PINTLE_INVALID:
  case PINTLE_NOT_FOUND:
  case PINTLE_EXISTS:
  case PINTLE_DENIED:
  case PINTLE_UNSUPPORTED: return CLI_USAGE;
  default: return CLI_FAILED;
  }
}

int cli_usage(cli *c, const char *hint, const char *format, ...) {
  error e = {.status = PINTLE_INVALID};
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(e.message, sizeof e.message, format, ap) < 0) e.message[0] = 0;
  va_end(ap);
  if (hint) snprintf(e.hint, sizeof e.hint, "%s", hint);
  return cli_fail(c, &e);
}

bool cli_confirm(cli *c, const char *question) {
  char answer[16] = "";
  size_t n = 0;
  char one;
  if (!c->in_terminal) return false;
  drain(c);
  cli_err(c, str_of(question));
  cli_err(c, STR(" (y/N): "));
  for (ssize_t got; (got = read(c->process->in, &one, 1)) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || one == '\n') break;
    if (n + 1 < sizeof answer) answer[n++] = one, answer[n] = 0;
  }
  return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

bool cli_colours(const cli *c) {
  if (cli_given(&c->flags, "colorized")) return cli_is(&c->flags, "colorized");
  const char *term = cli_getenv(c, "TERM");
  return c->out_terminal && !cli_getenv(c, "NO_COLOR") && !(term && strcmp(term, "dumb") == 0);
}

int cli_print_doc(cli *c, const item_doc *doc, const char *format) {
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(buf_free) buf safe = {0};
  error e = {0};
  pintle_status st;
  if (strcmp(format, "yaml") == 0) st = cli_yaml_print(item_root(doc), &text);
  else st = item_print(doc, NULL, ITEM_PRINT_PRETTY, &text), buf_addc(&text, '\n');
  if (st == PINTLE_OK && c->out_terminal) cli_clean_json(&safe, buf_str(&text)); /* YAML has none left, and it does no harm */
  if (st != PINTLE_OK || text.failed || safe.failed) {
    error_nomem(&e);
    return cli_fail(c, &e);
  }
  cli_out(c, buf_str(c->out_terminal ? &safe : &text));
  return CLI_COMPLETED;
}
