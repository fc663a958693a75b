/* table.h -- which blocks are stored, and where: a hash table in a file.  SPDX-License-Identifier: Apache-2.0
 *
 * The file has no name and is gone with the process. Memory: none to speak of, whatever the number of blocks. All functions from any thread. */
#ifndef FP_TABLE_H
#define FP_TABLE_H
#include "entry.h"

typedef struct fp_table fp_table;
/* dir: where the file is made. NULL: errno says why. */
fp_table *fp_table_new(const char *dir);
void fp_table_free(fp_table *t); /* NULL is fine */
/* Room for so many blocks, before the first is added: saves growing. false: errno. */
bool fp_table_expect(fp_table *t, uint64_t blocks);
/* 1 found, 0 not, -1 errno. By sha and size. */
int fp_table_find(fp_table *t, const uint8_t sha[FP_SHA], uint32_t size, fp_block *out);
/* 1 added, 0 it was there: *out (may be NULL) says where, -1 errno. */
int fp_table_add(fp_table *t, const fp_block *b, fp_block *out);
uint64_t fp_table_count(fp_table *t);
#endif
