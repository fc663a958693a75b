/* box.c -- objects that are no packs: whole, and of the name they have.  SPDX-License-Identifier: Apache-2.0 */
#include "codec.h"

static const uint8_t magic[4] = {'P', 'N', 'A', 'S'};

static bool box_sum(fp_codec *c, const char *name, const uint8_t *data, size_t n, uint8_t to[FP_SHA]) {
  return EVP_DigestInit_ex2(c->sum, c->md, NULL) == 1 && EVP_DigestUpdate(c->sum, name, strlen(name) + 1) == 1 &&
         EVP_DigestUpdate(c->sum, data, n) == 1 && EVP_DigestFinal_ex(c->sum, to, NULL) == 1;
}

bool fp_box(fp_codec *c, const uint8_t *key, const char *name, char kind, const void *data, size_t n, fp_bytes *out) {
  uint8_t head[FP_BOX_HEAD] = {0};
  memcpy(head, magic, 4);
  head[4] = (uint8_t)kind, head[5] = 1;
  for (int i = 0; i < 8; i++) head[8 + i] = (uint8_t)((uint64_t)n >> (8 * i));
  out->n = 0;
  fp_bytes_add(out, head, sizeof head);
  if (!fp_encode(c, key, name, strlen(name) + 1, data, n, out) || !fp_bytes_room(out, FP_SHA)) return false;
  if (!box_sum(c, name, out->p, out->n, out->p + out->n)) return false;
  out->n += FP_SHA;
  return true;
}

int64_t fp_box_size(const uint8_t *box, size_t n, char kind, uint64_t max, const char **why) {
  uint64_t size = 0;
  *why = "damaged: too short, or not ours";
  if (n < FP_BOX_HEAD + 1 + FP_SHA || memcmp(box, magic, 4) != 0 || box[4] != (uint8_t)kind) return -1;
  *why = "written by a newer version";
  if (box[5] != 1 || box[6] || box[7]) return -1;
  for (int i = 7; i >= 0; i--) size = size << 8 | box[8 + i];
  *why = "damaged: its size";
  return size > max ? -1 : (int64_t)size;
}

const char *fp_box_wrong(fp_codec *c, const char *name, const uint8_t *box, size_t n) {
  uint8_t sum[FP_SHA];
  if (n < FP_BOX_HEAD + 1 + FP_SHA) return "damaged: too short";
  if (!box_sum(c, name, box, n - FP_SHA, sum)) return "no memory";
  return memcmp(sum, box + n - FP_SHA, FP_SHA) == 0 ? NULL : "damaged, cut off or another object's";
}

const char *fp_box_open(fp_codec *c, const uint8_t *key, const char *name, const uint8_t *box, size_t box_n, void *to, size_t n) {
  const char *why = fp_box_wrong(c, name, box, box_n);
  return why ? why : fp_decode(c, key, name, strlen(name) + 1, box + FP_BOX_HEAD, box_n - FP_BOX_HEAD - FP_SHA, to, n);
}
