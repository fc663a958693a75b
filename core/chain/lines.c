/* lines.c -- log lines and findings of a call, bounded.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/inside.h"

void chain_lines_item(chain_lines *l) {
  l->n_log = l->n_findings = l->log_bytes = l->finding_bytes = 0;
  l->warnings = l->errors = l->all_findings = 0;
}

void chain_lines_call(chain_lines *l) {
  pthread_mutex_lock(&l->lock);
  buf_clear(&l->log);
  buf_clear(&l->findings);
  l->log_dropped = l->findings_dropped = 0;
  l->found_warnings = l->found_errors = l->found = 0;
  l->n_kept = l->n_findings;
  l->bytes_kept = l->finding_bytes;
  l->in_call = true;
  pthread_mutex_unlock(&l->lock);
}

/* Log lines stay: they tell why it is repeated. */
void chain_lines_again(chain_lines *l) {
  pthread_mutex_lock(&l->lock);
  buf_clear(&l->findings);
  l->warnings -= l->found_warnings;
  l->errors -= l->found_errors;
  l->all_findings -= l->found;
  l->found_warnings = l->found_errors = l->found = 0;
  l->findings_dropped = 0;
  l->n_findings = l->n_kept;
  l->finding_bytes = l->bytes_kept;
  pthread_mutex_unlock(&l->lock);
}

void chain_lines_end(chain_lines *l) {
  pthread_mutex_lock(&l->lock);
  l->in_call = false;
  pthread_mutex_unlock(&l->lock);
}

static void counted(chain_lines *l, int32_t level) {
  if (level == PINTLE_LOG_WARN) l->warnings++;
  else if (level >= PINTLE_LOG_ERROR) l->errors++;
}

static const char *level_name(int32_t level) {
  static const char *const names[] = {"trace", "debug", "info", "warn", "error"};
  return names[level >= PINTLE_LOG_TRACE && level <= PINTLE_LOG_ERROR ? level : PINTLE_LOG_INFO];
}

static void print_line(buf *b, int32_t level, str message, const pintle_kv *fields, size_t n) {
  if (b->len) buf_addc(b, ',');
  buf_addz(b, "{\"level\":\"");
  buf_addz(b, level_name(level));
  buf_addz(b, "\",\"msg\":");
  buf_json(b, message);
  for (size_t i = 0; i < n; i++) {
    buf_addz(b, i ? "," : ",\"fields\":{");
    buf_json(b, str_of(fields[i].key));
    buf_addc(b, ':');
    buf_json(b, str_of(fields[i].value));
  }
  if (n) buf_addc(b, '}');
  buf_addc(b, '}');
}

/* Takes back what was added since `from` when it is over the item's bounds. */
static void bounded(buf *b, size_t from, size_t *n, size_t *bytes, size_t *dropped) {
  if (*dropped || *n >= CHAIN_MAX_LINES || *bytes + (b->len - from) > CHAIN_MAX_LOG) {
    b->len = from;
    ++*dropped;
    return;
  }
  ++*n;
  *bytes += b->len - from;
}

bool chain_log(chain_lines *l, int32_t level, str message, const pintle_kv *fields, size_t n) {
  pthread_mutex_lock(&l->lock);
  bool in_call = l->in_call;
  if (in_call) {
    counted(l, level);
    size_t from = l->log.len;
    if (l->log_dropped || l->n_log >= CHAIN_MAX_LINES) l->log_dropped++;
    else print_line(&l->log, level, message, fields, n), bounded(&l->log, from, &l->n_log, &l->log_bytes, &l->log_dropped);
  }
  pthread_mutex_unlock(&l->lock);
  return in_call;
}

static void print_finding(buf *b, int32_t severity, const char *code, const char *pointer, const char *text) {
  if (b->len) buf_addc(b, ',');
  buf_addz(b, "{\"severity\":\"");
  buf_addz(b, level_name(severity));
  buf_addz(b, "\",\"code\":");
  buf_json(b, str_of(code));
  if (pointer && pointer[0]) buf_addz(b, ",\"at\":"), buf_json(b, str_of(pointer));
  buf_addz(b, ",\"text\":");
  buf_json(b, str_of(text));
  buf_addc(b, '}');
}

bool chain_finding(chain_lines *l, int32_t severity, const char *code, const char *pointer, const char *text) {
  pthread_mutex_lock(&l->lock);
  bool in_call = l->in_call;
  if (in_call) {
    counted(l, severity);
    l->all_findings++;
    l->found++;
    l->found_warnings += severity == PINTLE_LOG_WARN;
    l->found_errors += severity >= PINTLE_LOG_ERROR;
    size_t from = l->findings.len;
    print_finding(&l->findings, severity, code, pointer, text);
    bounded(&l->findings, from, &l->n_findings, &l->finding_bytes, &l->findings_dropped);
  }
  pthread_mutex_unlock(&l->lock);
  return in_call;
}
