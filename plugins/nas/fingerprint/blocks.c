/* blocks.c -- blocks are made by workers and placed by the call.  SPDX-License-Identifier: Apache-2.0 */
#include "blocks.h"
#include "pack.h"
#include "packs.h"
#include "table.h"
#include <errno.h>
#include <stdlib.h>

enum { CONTENTS = 2 << 20 }; /* of a pack's box: some 58,000 blocks */
enum { CHECKPOINT = 16 };    /* packs, 256 MiB: then a segment is put, full or not */

struct fp_blocks {
  fp_repo *repo;
  fp_run *run;
  fp_table *table;
  const uint8_t *key; /* NULL: not encrypted */
  int level;
  bool learned;
  fp_bytes pack, contents; /* contents: of its box, without version and number */
  uint32_t packs, in_pack; /* packs put; blocks in the open one */
  uint64_t added, stored;
};

struct fp_maker {
  fp_blocks *blocks;
  fp_codec codec;
  EVP_MD_CTX *file;
};

static pintle_status table_failed(pintle_call *call, const fp_blocks *b) {
  return pintle_fail(call, PINTLE_FAILED, "table of blocks in %s: %s", fp_run_scratch(b->run), strerror(errno));
}

pintle_status fp_blocks_of(pintle_call *call, fp_run *run, fp_blocks **out) {
  fp_blocks **at = fp_run_blocks(run), *b;
  if (*at) return *out = *at, PINTLE_OK;
  b = calloc(1, sizeof *b);
  if (!b) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  b->repo = fp_run_repo(run), b->run = run, b->key = fp_seal_key(b->repo), b->level = fp_run_level(run);
  b->table = fp_table_new(fp_run_scratch(run));
  if (!b->table) {
    pintle_status st = table_failed(call, b);
    return free(b), st;
  }
  *out = *at = b;
  return PINTLE_OK;
}

void fp_blocks_free(fp_blocks *b) {
  if (!b) return;
  fp_table_free(b->table);
  fp_bytes_free(&b->pack);
  fp_bytes_free(&b->contents);
  free(b);
}

void fp_blocks_counts(const fp_blocks *b, uint64_t *added, uint64_t *stored) { *added = b->added, *stored = b->stored; }

void fp_made_free(fp_made *m) {
  fp_bytes_free(&m->data);
  *m = (fp_made){0};
}

fp_maker *fp_maker_new(fp_blocks *b) {
  fp_maker *m = calloc(1, sizeof *m);
  if (!m) return NULL;
  m->blocks = b, m->file = EVP_MD_CTX_new();
  if (m->file && fp_codec_init(&m->codec, b->level)) return m;
  return fp_maker_free(m), NULL;
}

void fp_maker_free(fp_maker *m) {
  if (!m) return;
  fp_codec_free(&m->codec);
  EVP_MD_CTX_free(m->file);
  free(m);
}

void fp_maker_sha_begin(fp_maker *m) {
  if (EVP_DigestInit_ex2(m->file, m->codec.md, NULL) != 1) EVP_MD_CTX_reset(m->file);
}

void fp_maker_sha_add(fp_maker *m, const void *data, size_t n) {
  if (EVP_MD_CTX_get0_md(m->file) && EVP_DigestUpdate(m->file, data, n) != 1) EVP_MD_CTX_reset(m->file);
}

pintle_status fp_maker_sha_end(fp_maker *m, uint8_t to[FP_SHA]) {
  return EVP_MD_CTX_get0_md(m->file) && EVP_DigestFinal_ex(m->file, to, NULL) == 1 ? PINTLE_OK : PINTLE_NOMEM;
}

pintle_status fp_maker_make(fp_maker *m, const void *data, size_t n, fp_made *made) {
  uint8_t aad[FP_BLOCK_AAD];
  made->known = false, made->data.n = 0, made->why = NULL, made->block = (fp_block){.size = (uint32_t)n};
  if (!n || n > FP_BLOCK_MAX) return made->why = "no size of a block", PINTLE_INVALID;
  if (!fp_codec_sha(&m->codec, data, n, made->block.sha)) return made->why = "out of memory", PINTLE_NOMEM;
  int found = fp_table_find(m->blocks->table, made->block.sha, made->block.size, &made->block);
  if (found < 0) return made->why = "the table of blocks cannot be read", PINTLE_FAILED;
  if (found) return made->known = true, PINTLE_OK;
  fp_block_aad(made->block.sha, made->block.size, aad);
  if (!fp_encode(&m->codec, m->blocks->key, aad, sizeof aad, data, n, &made->data)) return made->why = "out of memory", PINTLE_NOMEM;
  return PINTLE_OK;
}

pintle_status fp_blocks_flush(pintle_call *call, fp_blocks *b) {
  char key[FP_OBJECT];
  fp_bytes text = {0}, *box = &b->repo->object;
  uint8_t tail[FP_PACK_TAIL] = {0, 0, 0, 0, 'P', 'A', 'C', 'K'};
  if (!b->in_pack) return PINTLE_OK;
  if (b->packs == FP_PACKS_MAX) return pintle_fail(call, PINTLE_FAILED, "a run may have %d packs", FP_PACKS_MAX);
  fp_object(b->repo, key, "pack/%s/%u", fp_run_id(b->run), b->packs);
  fp_bytes_uint(&text, 1);
  fp_bytes_uint(&text, b->in_pack);
  fp_bytes_add(&text, b->contents.p, b->contents.n);
  bool done = !text.failed && !b->contents.failed && fp_box(&b->repo->codec, b->key, key, 'P', text.p, text.n, box);
  fp_bytes_free(&text);
  for (int i = 0; i < 4; i++) tail[i] = (uint8_t)(box->n >> (8 * i));
  if (done) fp_bytes_add(&b->pack, box->p, box->n), fp_bytes_add(&b->pack, tail, sizeof tail);
  if (!done || b->pack.failed) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pintle_status st = b->repo->blobs.put(b->repo->blobs.self, call, key, b->pack.p, b->pack.n);
  if (st != PINTLE_OK) return st;
  b->stored += b->pack.n;
  b->packs++, b->in_pack = 0, b->pack.n = b->contents.n = 0;
  if (b->packs % CHECKPOINT == 0) st = fp_run_checkpoint(call, b->run);
  return st == PINTLE_OK ? fp_run_alive(call, b->run) : st;
}

pintle_status fp_blocks_place(pintle_call *call, fp_blocks *b, fp_made *made, fp_block *out) {
  if (made->why) return pintle_fail(call, PINTLE_FAILED, "%s", made->why);
  if (made->known) return *out = made->block, PINTLE_OK;
  pintle_status st = PINTLE_OK;
  if (b->pack.n + made->data.n > FP_PACK_RAW || b->contents.n > CONTENTS) st = fp_blocks_flush(call, b);
  if (st != PINTLE_OK) return st;
  if (!b->pack.n && fp_bytes_room(&b->pack, FP_PACK_RAW + CONTENTS + (1 << 20))) fp_bytes_add(&b->pack, "PNPACK1\n", FP_PACK_HEAD);
  fp_block *p = &made->block;
  p->run = fp_run_number(b->run), p->pack = b->packs, p->offset = (uint32_t)b->pack.n, p->stored = (uint32_t)made->data.n;
  int added = fp_table_add(b->table, p, p); /* another worker may have made the same */
  if (added < 0) return table_failed(call, b);
  *out = *p;
  if (!added) return PINTLE_OK;
  fp_bytes_add(&b->pack, made->data.p, made->data.n);
  fp_bytes_uint(&b->contents, p->size);
  fp_bytes_uint(&b->contents, p->stored);
  fp_bytes_add(&b->contents, p->sha, FP_SHA);
  if (b->pack.failed || b->contents.failed) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  b->in_pack++, b->added += p->size;
  return PINTLE_OK;
}

pintle_status fp_blocks_learn(pintle_call *call, fp_blocks *b, const fp_block *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (fp_table_add(b->table, &list[i], NULL) < 0) return table_failed(call, b);
  return PINTLE_OK;
}

/* What cannot be read is not learned: it was told when the manifests were compared with the share. */
static pintle_status learn_all(pintle_call *call, fp_blocks *b, fp_reader *from) {
  const fp_entry *e = NULL;
  pintle_status st;
  uint64_t n = 0;
  while ((st = fp_reader_next(call, from, &e)) == PINTLE_OK && e) {
    for (size_t i = 0; st == PINTLE_OK && i < e->n_blocks; i++)
      if (fp_packs_have(call, b->repo, fp_run_packs(b->run), &e->blocks[i], 1)) st = fp_blocks_learn(call, b, &e->blocks[i], 1);
    if (st == PINTLE_OK && ++n % 4096 == 0) st = fp_run_alive(call, b->run);
    if (st != PINTLE_OK) break;
  }
  fp_reader_close(from);
  return st == PINTLE_FAILED || st == PINTLE_NOT_FOUND ? PINTLE_OK : st;
}

pintle_status fp_blocks_learn_parents(pintle_call *call, fp_blocks *b) {
  const fp_head *parent = fp_run_parent(b->run);
  const fp_state *before = fp_run_interrupted(b->run);
  fp_reader *from = NULL;
  pintle_status st = PINTLE_OK;
  if (b->learned) return PINTLE_OK;
  b->learned = true;
  if (parent && !fp_table_expect(b->table, parent->counts.files + parent->counts.bytes / FP_BLOCK_MAX)) return table_failed(call, b);
  if (parent) st = fp_reader_open(call, b->repo, parent, &from);
  if (parent && st == PINTLE_OK) st = learn_all(call, b, from);
  else if (st == PINTLE_FAILED || st == PINTLE_NOT_FOUND) st = PINTLE_OK;
  if (st == PINTLE_OK && before) {
    st = fp_reader_resume(call, b->repo, before->id, &from);
    if (st == PINTLE_OK) st = learn_all(call, b, from);
  }
  return st;
}
