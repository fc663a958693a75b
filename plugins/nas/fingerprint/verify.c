/* verify.c -- reads a backup back and says what of it is bad.  SPDX-License-Identifier: Apache-2.0 */
#include "blocks.h"
#include "repo_in.h"

typedef struct verify {
  pintle_call *call;
  fp_repo *r;
  fp_source *source;
  EVP_MD_CTX *sum;
  pintle_status (*bad)(void *ctx, const fp_bad *);
  void *ctx;
  fp_verified *out;
} verify;

static pintle_status tell(verify *v, const char *path, const char *key, const char *why) {
  v->out->bad++;
  return v->bad(v->ctx, &(fp_bad){path, key, why});
}

/* An error in reading: something bad, told (OK), or nothing to go on with. */
static pintle_status judge(verify *v, pintle_status st, const char *path, const char *key) {
  if (st == PINTLE_NOT_FOUND) return tell(v, path, key, "missing");
  return st == PINTLE_FAILED ? tell(v, path, key, v->r->said[0] ? v->r->said : "cannot be read") : st;
}

static pintle_status check_block(verify *v, const fp_entry *e, const fp_block *b, bool *whole) {
  char key[FP_OBJECT];
  const void *data = NULL;
  v->r->said[0] = 0;
  pintle_status st = fp_source_get(v->call, v->source, b, &data);
  v->out->blocks++, v->out->bytes += st == PINTLE_OK ? b->size : 0;
  if (st == PINTLE_OK && EVP_DigestUpdate(v->sum, data, b->size) != 1) return pintle_fail(v->call, PINTLE_NOMEM, "out of memory");
  if (st == PINTLE_OK) return PINTLE_OK;
  *whole = false;
  fp_object(v->r, key, "pack/%s/%u", b->run < v->r->runs.n ? v->r->runs.ids[b->run] : "?", b->pack);
  return judge(v, st, e->path, key);
}

static pintle_status check_file(verify *v, const fp_entry *e) {
  uint8_t sum[FP_SHA];
  bool whole = true;
  pintle_status st =
      EVP_DigestInit_ex2(v->sum, v->r->codec.md, NULL) == 1 ? PINTLE_OK : pintle_fail(v->call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; st == PINTLE_OK && i < e->n_blocks; i++) {
    st = check_block(v, e, &e->blocks[i], &whole);
    int32_t stop = v->call->host->cancelled(v->call);
    if (st == PINTLE_OK && stop) st = pintle_fail(v->call, stop == 1 ? PINTLE_CANCELLED : PINTLE_TIMED_OUT, "verifying was stopped");
  }
  v->out->files++;
  if (st != PINTLE_OK || !whole || !e->n_blocks) return st;
  if (EVP_DigestFinal_ex(v->sum, sum, NULL) != 1) return pintle_fail(v->call, PINTLE_NOMEM, "out of memory");
  return memcmp(sum, e->sha, FP_SHA) == 0 ? st : tell(v, e->path, "", "its blocks are not its content: the hash of the whole is another");
}

static pintle_status check_all(verify *v, fp_reader *from) {
  pintle_status st = PINTLE_OK;
  for (bool more = true; st == PINTLE_OK && more;) {
    const fp_entry *e = NULL;
    char key[FP_OBJECT];
    v->r->said[0] = 0;
    st = fp_reader_next(v->call, from, &e);
    fp_reader_at(from, key);
    if (st == PINTLE_OK && !e) return st;
    if (st != PINTLE_OK) {
      st = judge(v, st, "", key);
      more = fp_reader_skip(from);
      continue;
    }
    v->out->entries++;
    if (e->type == FP_FILE) st = check_file(v, e);
  }
  return st;
}

pintle_status fp_repo_verify(pintle_call *call, fp_repo *r, const char *id, pintle_status (*bad)(void *ctx, const fp_bad *), void *ctx,
                             fp_verified *report) {
  verify v = {call, r, fp_source_new(r), EVP_MD_CTX_new(), bad, ctx, report};
  char key[FP_OBJECT];
  fp_reader *from = NULL;
  fp_head h;
  bool gone = false;
  *report = (fp_verified){0};
  r->said[0] = 0;
  pintle_status st = v.source && v.sum ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (st == PINTLE_OK) st = fp_repo_head(call, r, id, &h);
  fp_object(r, key, "backups/%.40s", id);
  if (st == PINTLE_FAILED) st = judge(&v, st, "", key), gone = true;
  if (st == PINTLE_OK && !gone) {
    st = fp_reader_open(call, r, &h, &from);
    fp_object(r, key, "seg/%s/index", h.id);
    if (st != PINTLE_OK) st = judge(&v, st, "", key);
    else st = check_all(&v, from);
  }
  fp_reader_close(from);
  fp_source_free(v.source);
  EVP_MD_CTX_free(v.sum);
  return st;
}
