/* test_nas_entries.c -- plugins/nas: entries, segments, manifests of any size, the table of blocks.  SPDX-License-Identifier: Apache-2.0 */
#include "nas_store.h"
#include "pack.h"
#include "table.h"

#define NAMED(p, t, ...) \
  { .path = p, .path_len = sizeof(p) - 1, .target = t, .target_len = sizeof(t) - 1, __VA_ARGS__ }
#define ENTRY(p, ...) NAMED(p, "", __VA_ARGS__)
static const char id_a[] = "000000000000001-0123456789abcdef", id_b[] = "000000000000002-0123456789abcdef";

static void expect_same(const fp_entry *a, const fp_entry *b) {
  ck_assert_uint_eq(a->path_len, b->path_len);
  ck_assert(memcmp(a->path, b->path, a->path_len) == 0);
  ck_assert_int_eq(a->type, b->type);
  ck_assert_uint_eq(a->mode, b->mode);
  ck_assert(a->uid == b->uid && a->gid == b->gid && a->nlink == b->nlink && a->marks == b->marks);
  ck_assert(a->size == b->size && a->ino == b->ino && a->rdev == b->rdev);
  ck_assert(a->mtime == b->mtime && a->ctime == b->ctime);
  ck_assert(a->target_len == b->target_len && memcmp(a->target, b->target, a->target_len) == 0);
  ck_assert_uint_eq(a->n_xattrs, b->n_xattrs);
  for (size_t i = 0; i < a->n_xattrs; i++) {
    ck_assert_str_eq(a->xattrs[i].name, b->xattrs[i].name);
    ck_assert_uint_eq(a->xattrs[i].size, b->xattrs[i].size);
    ck_assert(memcmp(a->xattrs[i].value, b->xattrs[i].value, a->xattrs[i].size) == 0);
  }
  ck_assert_uint_eq(a->n_holes, b->n_holes);
  for (size_t i = 0; i < a->n_holes; i++) ck_assert(a->holes[i].at == b->holes[i].at && a->holes[i].size == b->holes[i].size);
  ck_assert_uint_eq(a->n_blocks, b->n_blocks);
  for (size_t i = 0; i < a->n_blocks; i++) ck_assert(memcmp(&a->blocks[i], &b->blocks[i], sizeof(fp_block)) == 0);
  if (a->n_blocks) ck_assert(memcmp(a->sha, b->sha, FP_SHA) == 0);
}

static const fp_xattr xattrs[] = {{"user.a", "x\0y", 3}, {"system.posix_acl_access", "", 0}};
static const fp_hole holes[] = {{0, 65536}, {131072, 1 << 20}};
static const fp_block blocks[] = {{{1}, 65536, 0, 7, 8, 100},
                                  {{2}, 10, 0, 7, 108, 11},
                                  {{3}, 10, 1, 7, 119, 11},
                                  {{4}, 10, 1, 8, 130, 11},
                                  {{4}, 10, 0, (1 << 22) - 1, 4000000000u, 12}};
static const fp_block whole = {{9, 9}, 5, 1, 0, 8, 6};

/* One of each kind, in order. */
static const fp_entry kinds[] = {
    ENTRY("", .type = FP_DIR, .mode = 0755, .uid = 1000, .gid = 4294967295u, .nlink = 3, .mtime = -1, .ctime = INT64_MAX,
          .marks = FP_UNLISTED),
    ENTRY("\001", .type = FP_FIFO, .mode = 07777, .mtime = INT64_MIN, .ctime = INT64_MAX),
    ENTRY("a", .type = FP_DIR, .n_xattrs = 2, .xattrs = xattrs),
    ENTRY("a/A\xff\xfe", .type = FP_FILE, .size = 0, .ino = UINT64_MAX, .sha = {0}),
    ENTRY("a/b", .type = FP_FILE, .size = 5, .blocks = &whole, .n_blocks = 1, .sha = {9, 9}, .n_xattrs = 1, .xattrs = xattrs),
    ENTRY("a!", .type = FP_FILE, .size = 2 * 65536 + (1 << 20) + 40, .holes = holes, .n_holes = 2, .blocks = blocks, .n_blocks = 5,
          .sha = {8}, .marks = FP_CHANGED),
    ENTRY("b", .type = FP_CHAR, .rdev = 0x103),
    ENTRY("c", .type = FP_BLOCKDEV, .rdev = UINT64_MAX),
    NAMED("d", "a/b", .type = FP_HARD, .nlink = 2),
    NAMED("e", "/no\nwhere", .type = FP_LINK),
    ENTRY("f", .type = FP_FILE, .size = 77, .marks = FP_UNREADABLE),
    ENTRY("g", .type = FP_SOCKET),
    ENTRY("h", .type = FP_FILE, .size = 5, .blocks = &whole, .n_blocks = 1, .sha = {1}), /* whose hash is not its block's */
    ENTRY("i", .type = FP_FILE, .size = 1 << 20, .holes = (const fp_hole[]){{0, 1 << 20}}, .n_holes = 1),
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void runs_new(fp_runs *r) {
  uint32_t a, b;
  ck_assert(fp_runs_number(r, id_a, &a) && fp_runs_number(r, id_b, &b) && a == 0 && b == 1);
  ck_assert(fp_runs_number(r, id_a, &a) && a == 0);
}

static void pack_kinds(const fp_runs *runs, fp_bytes *out) {
  fp_packer p = {0};
  for (size_t i = 0; i < KINDS; i++) {
    size_t done = 0;
    ck_assert_ptr_null(fp_entry_wrong(&kinds[i]));
    ck_assert(!fp_pack_entry(&p, &kinds[i], &done));
  }
  ck_assert(fp_pack_end(&p, runs, out));
  fp_packer_free(&p);
}

START_TEST(every_kind) {
  fp_runs runs = {0}, other = {0};
  fp_bytes out = {0};
  fp_unpacker u = {0};
  uint32_t number;
  runs_new(&runs);
  pack_kinds(&runs, &out);
  ck_assert(fp_runs_number(&other, id_b, &number) &&
            fp_runs_number(&other, id_a, &number)); /* other numbers there: as in another process */
  ck_assert(fp_unpack_begin(&u, out.p, out.n, &runs));
  for (size_t i = 0; i < KINDS; i++) {
    ck_assert_msg(fp_unpack_next(&u) == 1, "%zu: %s", i, u.why);
    expect_same(&u.entry, &kinds[i]);
    ck_assert(u.entry.path[u.entry.path_len] == 0);
  }
  ck_assert_int_eq(fp_unpack_next(&u), 0);
  ck_assert_int_eq(fp_unpack_next(&u), 0);
  fp_unpacker_free(&u);
  ck_assert(fp_unpack_begin(&u, out.p, out.n, &other));
  for (size_t i = 0; i <= 4; i++) ck_assert_int_eq(fp_unpack_next(&u), 1);
  ck_assert_str_eq(other.ids[u.entry.blocks[0].run], id_b);
  fp_unpacker_free(&u);
  fp_bytes_free(&out);
  free(runs.ids);
  free(other.ids);
}
END_TEST

/* Cut off anywhere: an error, or fewer entries than it says, which is one. */
START_TEST(cut_off) {
  fp_runs runs = {0};
  fp_bytes out = {0};
  runs_new(&runs);
  pack_kinds(&runs, &out);
  for (size_t n = 0; n < out.n; n++) {
    fp_unpacker u = {0};
    uint8_t *exact = malloc(n ? n : 1);
    memcpy(exact, out.p, n);
    int got = fp_unpack_begin(&u, exact, n, &runs) ? 1 : -1;
    while (got == 1) got = fp_unpack_next(&u);
    ck_assert_int_eq(got, -1);
    ck_assert(u.why && u.why[0]);
    fp_unpacker_free(&u);
    free(exact);
  }
  fp_bytes_free(&out);
  free(runs.ids);
}
END_TEST

START_TEST(paths) {
  static const char *const sorted[] = {"", "a", "a/b", "a/b/c", "a/c", "a\001", "a!", "a-b", "a.b", "a0", "b", "b\xff", "c"};
  for (size_t i = 0; i < sizeof sorted / sizeof *sorted; i++)
    for (size_t k = 0; k < sizeof sorted / sizeof *sorted; k++) {
      int c = fp_path_cmp(sorted[i], strlen(sorted[i]), sorted[k], strlen(sorted[k]));
      ck_assert_msg((c < 0) == (i < k) && (c > 0) == (i > k), "%s %s", sorted[i], sorted[k]);
    }
  static const char *const wrong[] = {"/", "/a", "a/", "a//b", ".", "..", "a/.", "a/../b", "../a"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    ck_assert_msg(fp_path_wrong(wrong[i], strlen(wrong[i])) != NULL, "%s", wrong[i]);
  ck_assert_ptr_null(fp_path_wrong("...", 3));
  ck_assert_ptr_null(fp_path_wrong("a/..b/.c", 8));
  ck_assert_ptr_nonnull(fp_path_wrong("a\0b", 3));
  ck_assert(fp_path_below("a/b", 3, "a", 1) && fp_path_below("a", 1, "a", 1) && fp_path_below("a", 1, "", 0) &&
            !fp_path_below("ab", 2, "a", 1));
}
END_TEST

START_TEST(wrong_entries) {
  static const fp_hole touching[] = {{0, 65536}, {65536, 65536}};
  static const struct {
    fp_entry e;
    const char *why;
  } rows[] = {
      {ENTRY("a", .type = 'x'), "unknown type"},
      {NAMED("", "a", .type = FP_LINK), "root is neither directory nor file"},
      {ENTRY("a", .type = FP_FILE, .mode = 010000), "mode"},
      {ENTRY("a", .type = FP_LINK), "target"},
      {NAMED("b", "c", .type = FP_HARD), "hard link to what does not stand before it"},
      {NAMED("b", "../a", .type = FP_HARD), "hard link to what does not stand before it"},
      {ENTRY("a", .type = FP_FILE, .size = 1), "blocks do not add up to the size"},
      {ENTRY("a", .type = FP_FILE, .size = 131072, .holes = touching, .n_holes = 2), "hole out of place"},
      {ENTRY("a", .type = FP_DIR, .blocks = &whole, .n_blocks = 1), "content of what is no file"},
      {ENTRY("a", .type = FP_DIR, .marks = 32), "unknown mark"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) ck_assert_pstr_eq(fp_entry_wrong(&rows[i].e), rows[i].why);
}
END_TEST

/* A file of so many blocks that it spans segments, among many small ones. */
enum { MANY = 60000, BLOCKS = 300000 };
static void nth(unsigned i, char path[32], fp_block *b, fp_entry *e) {
  int n = snprintf(path, 32, "dir/%06u", i);
  *b = (fp_block){.size = 1 + i % 5000, .run = 0, .pack = i / 100, .offset = 8 + i % 100 * 70, .stored = 60};
  memcpy(b->sha, &i, sizeof i);
  *e =
      (fp_entry){.path = path, .path_len = (size_t)n, .type = FP_FILE, .size = b->size, .target = "", .ino = i, .blocks = b, .n_blocks = 1};
  memcpy(e->sha, b->sha, FP_SHA);
}

static void huge(fp_entry *e) {
  fp_block *b = calloc(BLOCKS, sizeof *b);
  *e = (fp_entry){.path = "e",
                  .path_len = 1,
                  .type = FP_FILE,
                  .size = (uint64_t)BLOCKS * FP_BLOCK_MAX,
                  .target = "",
                  .sha = {7},
                  .blocks = b,
                  .n_blocks = BLOCKS,
                  .xattrs = xattrs,
                  .n_xattrs = 1};
  for (uint32_t i = 0; i < BLOCKS; i++) {
    b[i] = (fp_block){.size = FP_BLOCK_MAX, .pack = i / 4, .offset = 8 + i % 4 * 4000000, .stored = 4000000};
    memcpy(b[i].sha, &i, sizeof i);
  }
}

typedef struct segments_bad {
  const char *key;
  int n;
} segments_bad;

static pintle_status one_bad(void *ctx, const fp_bad *bad) {
  segments_bad *s = ctx;
  if (!strstr(bad->key, "/seg/")) return PINTLE_OK;
  ck_assert_str_eq(bad->key, s->key);
  s->n++;
  return PINTLE_OK;
}

static pintle_status many_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_head h;
  fp_reader *from = NULL;
  const fp_entry *e = NULL;
  fp_entry mine;
  fp_block block;
  char path[32];
  fp_verified v;
  (void)ctx;
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "n"}, &run), PINTLE_OK);
  for (unsigned i = 0; i < MANY; i++) {
    nth(i, path, &block, &mine);
    ck_assert_int_eq(fp_run_append(call, run, &mine), PINTLE_OK);
  }
  ck_assert_int_eq(fp_run_append(call, run, &mine), PINTLE_INVALID); /* the same again */
  huge(&mine);
  ck_assert_int_eq(fp_run_append(call, run, &mine), PINTLE_OK);
  ck_assert_int_eq(fp_run_append(call, run, &(fp_entry){.path = "z", .path_len = 1, .type = FP_DIR, .target = ""}), PINTLE_OK);
  ck_assert_int_eq(fp_run_commit(call, run, &(fp_counts){0}, false, &h), PINTLE_OK);
  fp_run_free(run);
  ck_assert_uint_eq(h.counts.entries, MANY + 2);
  ck_assert_uint_ge(nas_count(&s, "/seg/"), 5);
  ck_assert_int_eq(fp_reader_open(call, r, &h, &from), PINTLE_OK);
  for (unsigned i = 0; i < MANY; i++) {
    fp_entry other;
    nth(i, path, &block, &other);
    ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
    ck_assert(e != NULL);
    expect_same(e, &other);
  }
  ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
  expect_same(e, &mine);
  ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
  ck_assert_str_eq(e->path, "z");
  ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
  ck_assert(!e);
  fp_reader_close(from);
  /* One damaged segment is named; what is in the others is read all the same. There are no packs here: each of the blocks is bad, too. */
  char key[FP_OBJECT];
  snprintf(key, sizeof key, "fp/v/seg/%s/1", h.id);
  nas_find(&s, key)->p[1000] ^= 1;
  segments_bad bad = {key, 0};
  ck_assert_int_eq(fp_repo_verify(call, r, h.id, one_bad, &bad, &v), PINTLE_OK);
  ck_assert_int_eq(bad.n, 1);
  ck_assert_uint_gt(v.entries, 10000);
  free((void *)(uintptr_t)mine.blocks);
  fp_repo_close(r);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(many) { ck_assert_int_eq(nas_in_call(many_body, NULL, NULL), PINTLE_OK); }
END_TEST

START_TEST(table) {
  enum { N = 100000 };
  fp_table *t = fp_table_new("/tmp");
  fp_block b = {.size = 1, .stored = 1}, found;
  ck_assert_ptr_nonnull(t);
  for (unsigned i = 0; i < N; i++) {
    fp_sha256(&i, sizeof i, b.sha);
    if (i % 1000 == 0) memset(b.sha, 0xff, 8); /* the last slot: on from the front */
    b.offset = i;
    ck_assert_int_eq(fp_table_add(t, &b, NULL), 1);
    if (i == 20000) ck_assert(fp_table_expect(t, 50000));
  }
  ck_assert_uint_eq(fp_table_count(t), N);
  for (unsigned i = 0; i < N; i++) {
    fp_sha256(&i, sizeof i, b.sha);
    if (i % 1000 == 0) memset(b.sha, 0xff, 8);
    ck_assert_int_eq(fp_table_find(t, b.sha, 1, &found), 1);
    ck_assert_uint_eq(found.offset, i);
    ck_assert_int_eq(fp_table_find(t, b.sha, 2, &found), 0);
    ck_assert_int_eq(fp_table_add(t, &b, &found), 0);
  }
  fp_table_free(t);
  ck_assert_ptr_null(fp_table_new("/no/such"));
}
END_TEST

static pintle_status count_blocks(void *ctx, const fp_block *b) {
  *(uint64_t *)ctx += b->stored;
  return PINTLE_OK;
}

START_TEST(codec) {
  static uint8_t data[100000], back[100000], key[FP_KEY_LEN] = {3}, other[FP_KEY_LEN] = {4};
  fp_codec c;
  fp_bytes out = {0};
  ck_assert(fp_codec_init(&c, 0));
  for (int kind = 0; kind < 3; kind++)
    for (size_t n = 1; n <= sizeof data; n = n * 3 + 1)
      for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < n; i++)
          data[i] = (uint8_t)(kind == 0 ? 0 : kind == 1 ? i * i * 2654435761u >> 13 : (size_t) "abcab "[i % 6]);
        out.n = 0;
        ck_assert(fp_encode(&c, k ? key : NULL, "aad", 3, data, n, &out));
        ck_assert_uint_le(out.n, n + FP_ENCODED);
        ck_assert_ptr_null(fp_decode(&c, k ? key : NULL, "aad", 3, out.p, out.n, back, n));
        ck_assert(memcmp(back, data, n) == 0);
        ck_assert_ptr_nonnull(fp_decode(&c, k ? NULL : key, "aad", 3, out.p, out.n, back, n));
        ck_assert_ptr_nonnull(fp_decode(&c, k ? key : NULL, "aad", 3, out.p, out.n - 1, back, n));
        if (k) ck_assert_ptr_nonnull(fp_decode(&c, other, "aad", 3, out.p, out.n, back, n));
        fp_bytes again = {0}; /* another nonce each time */
        ck_assert(fp_encode(&c, k ? key : NULL, "aad", 3, data, n, &again) && again.n == out.n);
        ck_assert_int_eq(k ? memcmp(again.p + 1, out.p + 1, FP_NONCE) != 0 : memcmp(again.p, out.p, out.n) == 0, 1);
        fp_bytes_free(&again);
        if (k) ck_assert_ptr_nonnull(fp_decode(&c, key, "aax", 3, out.p, out.n, back, n));
      }
  ck_assert_uint_lt(out.n, 1000);
  ck_assert(!fp_codec_level(&c, 99));
  fp_codec_free(&c);
  fp_bytes_free(&out);
  /* a pack's box: one block of 5 in 9 bytes */
  uint8_t text[3 + 2 + FP_SHA] = {1, 1, 5, 9};
  uint64_t sum = 0;
  size_t at;
  ck_assert_ptr_null(fp_pack_contents(text, 4 + FP_SHA, FP_PACK_HEAD + 9, count_blocks, &sum, &at));
  ck_assert_uint_eq(sum, 9);
  ck_assert_pstr_eq(fp_pack_contents(text, 4 + FP_SHA, FP_PACK_HEAD + 8, count_blocks, &sum, &at), "block behind the end of the pack");
  ck_assert_pstr_eq(fp_pack_contents(text, 4 + FP_SHA, FP_PACK_HEAD + 10, count_blocks, &sum, &at), "bytes that belong to no block");
  ck_assert_pstr_eq(fp_pack_contents(text, 3 + FP_SHA, FP_PACK_HEAD + 9, count_blocks, &sum, &at), "hash of a block");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("nas_entries");
  TCase *t = tcase_create("entries");
  tcase_set_timeout(t, 60);
  suite_add_tcase(suite, t);
  tcase_add_test(t, every_kind);
  tcase_add_test(t, cut_off);
  tcase_add_test(t, paths);
  tcase_add_test(t, wrong_entries);
  tcase_add_test(t, many);
  tcase_add_test(t, table);
  tcase_add_test(t, codec);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
