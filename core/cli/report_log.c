/* report_log.c -- pintle restore report: the report of a restore that Velero made, from its log.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/gunzip.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/fail_on.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { LONGEST = 1 << 20 }; /* of a line; what is longer is no line of Velero's */
typedef struct reading {
  report *report;
  buf line;
  bool skipping; /* the rest of a line that is too long */
} reading;

static pintle_status line(reading *r, error *e) {
  str text = buf_str(&r->line);
  if (text.len && text.ptr[text.len - 1] == '\r') text.len--;
  pintle_status st = text.len && !r->skipping ? report_read_log(r->report, text, e) : PINTLE_OK;
  buf_clear(&r->line);
  r->skipping = false;
  return st;
}

static pintle_status piece(void *ctx, str data, error *e) {
  reading *r = ctx;
  pintle_status st = PINTLE_OK;
  for (const char *p = data.ptr, *end = p + data.len; p < end && st == PINTLE_OK;) {
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    size_t n = (size_t)((stop ? stop : end) - p);
    if (r->line.len + n > LONGEST) r->skipping = true;
    else buf_add(&r->line, p, n);
    if (r->line.failed) return error_nomem(e);
    if (stop) st = line(r, e);
    p += n + (stop != NULL);
  }
  return st;
}

static pintle_status read_all(int fd, reading *r, error *e) {
  char block[65536];
  archive_gunzip *g = NULL;
  pintle_status st = PINTLE_OK;
  bool first = true;
  while (st == PINTLE_OK) {
    ssize_t n = read(fd, block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) st = error_errno(e, errno, "cannot read the log");
    if (n <= 0) break;
    if (first && n >= 2 && (unsigned char)block[0] == 0x1f && (unsigned char)block[1] == 0x8b) st = archive_gunzip_open(0, piece, r, &g, e);
    first = false;
    if (st == PINTLE_OK) st = g ? archive_gunzip_feed(g, (str){block, (size_t)n}, e) : piece(r, (str){block, (size_t)n}, e);
  }
  if (st == PINTLE_OK && g) st = archive_gunzip_end(g, e);
  archive_gunzip_free(g);
  return st == PINTLE_OK && r->line.len ? line(r, e) : st;
}

static pintle_status read_log(const char *file, report *into, error *e) {
  CLEANUP(close_p) int fd = -1;
  reading r = {.report = into};
  pintle_status st = PINTLE_OK;
  if (strcmp(file, "-") == 0) fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  else st = file_open(AT_FDCWD, file, O_RDONLY, 0, &fd, e);
  if (st == PINTLE_OK) st = read_all(fd, &r, e);
  buf_free(&r.line);
  return st;
}

static void tell(cli *c, const report_log_totals *t) {
  cli_outf(c, "%llu item%s, %llu change%s, %llu finding%s (%llu unresolved), %llu skipped; %llu error%s, %llu warning%s.\n",
           (unsigned long long)t->items, t->items == 1 ? "" : "s", (unsigned long long)t->changes, t->changes == 1 ? "" : "s",
           (unsigned long long)t->findings, t->findings == 1 ? "" : "s", (unsigned long long)t->unresolved, (unsigned long long)t->skipped,
           (unsigned long long)t->errors, t->errors == 1 ? "" : "s", (unsigned long long)t->warnings, t->warnings == 1 ? "" : "s");
}

int cli_restore_report(cli *c) {
  const char *file = cli_text(&c->flags, "log");
  cli_report r;
  report_log_totals totals = {0};
  error e = {0};
  if (!file) return cli_usage(c, "velero restore logs r1 | pintle restore report --log - --report r1.html", "--log FILE is missing");
  if (!cli_text(&c->flags, "report") && !cli_text(&c->flags, "fail-on"))
    return cli_usage(c, "--report FILE.html or FILE.json", "nothing to write: --report is missing");
  int status = cli_report_open(c, "/tmp", &r);
  report *unwritten = NULL; /* --fail-on alone */
  pintle_status st = PINTLE_OK;
  if (status == CLI_COMPLETED && !r.report) st = report_new("/tmp", &unwritten, &e);
  report *into = r.report ? r.report : unwritten;
  if (status == CLI_COMPLETED && st == PINTLE_OK) st = read_log(file, into, &e);
  if (status == CLI_COMPLETED && st == PINTLE_OK) st = report_log_end(into, &r.counters, &totals, &e);
  if (status == CLI_COMPLETED && st == PINTLE_OK && totals.lines == 0) {
    st = error_set(&e, PINTLE_INVALID, "%s holds no line of Velero's log", strcmp(file, "-") == 0 ? "standard input" : file);
    error_hint(&e, "`velero restore logs NAME` prints it; its lines have time, level and msg");
  }
  if (st != PINTLE_OK) status = cli_fail(c, &e);
  if (status == CLI_COMPLETED) {
    const cli_watch found = {.unresolved = totals.unresolved};
    const engine_summary summary = {.warnings = totals.warnings};
    const cli_report_facts facts = {.kind = "Restore", .name = strcmp(file, "-") == 0 ? "from a log" : file, .source = "Velero's log"};
    tell(c, &totals);
    status = cli_report_write(c, &r, &facts, cli_fail_on(c, &found, &summary, status));
  }
  report_free(unwritten);
  cli_report_close(&r);
  return status;
}
