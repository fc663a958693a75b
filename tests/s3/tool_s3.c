/* tool_s3.c -- plugins/s3 by hand: tool_s3 CONFIG.json <commands >outcomes.  SPDX-License-Identifier: Apache-2.0
 *
 * A command a line, words between tabs, keys in hex; an outcome a line: its status, a tab, what it gave or said. One instance for all.
 * TOOL_CLUSTER: a JSON array of the cluster's objects; TOOL_NAMESPACE: Velero's namespace. */
#include <pintle/testing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *slurp(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb");
  size_t cap = 1 << 16, got;
  char *data = malloc(cap + 1);
  *n = 0;
  if (!f || !data) exit(2);
  while ((got = fread(data + *n, 1, cap - *n, f)) > 0)
    if ((*n += got) == cap && !(data = realloc(data, (cap *= 2) + 1))) exit(2);
  fclose(f);
  data[*n] = 0;
  return data;
}

static void unhex(const char *hex, char *to) {
  for (; hex[0] && hex[1]; hex += 2) {
    char two[3] = {hex[0], hex[1], 0};
    *to++ = (char)strtol(two, NULL, 16);
  }
  *to = 0;
}

static void show(const pintle_test_outcome *o, const char *text) {
  printf("%d\t%s\n", o->status, o->status == PINTLE_OK ? text : o->message);
  if (*o->log) fputs(o->log, stderr);
  if (o->status != PINTLE_OK && *o->hint) fprintf(stderr, "HINT %s\n", o->hint);
  fflush(stdout);
}

static void show_hex(const pintle_test_outcome *o, const char *text) {
  if (o->status != PINTLE_OK) return show(o, "");
  printf("0\t");
  for (; *text; text++) printf("%02x", (unsigned char)*text);
  printf("\n");
  fflush(stdout);
}

static void save(const pintle_test_outcome *o, const char *path) {
  FILE *f = o->status == PINTLE_OK ? fopen(path, "wb") : NULL;
  if (f) fwrite(o->data, 1, o->data_len, f), fclose(f);
  show(o, "");
}

int main(int argc, char **argv) {
  static char line[8192], key[4096], bucket[256] = "bucket";
  size_t n;
  const pintle_kv properties[] = {{"velero.namespace", getenv("TOOL_NAMESPACE")}, {NULL, NULL}};
  const pintle_test_options world = {.cluster = getenv("TOOL_CLUSTER"), .properties = properties[0].value ? properties : NULL};
  pintle_test_host *host = pintle_test_new(&world);
  if (argc != 2 || !host || pintle_test_load(host, &PINTLE_ENTRY)->status != PINTLE_OK) return 2;
  char *config = slurp(argv[1], &n);
  pintle_test_instance *s = pintle_test_create(host, PINTLE_TEST_STORE, "pintle.io/s3", config);
  fputs(pintle_test_last(host)->log, stderr);
  if (!s) printf("%d\t%s %s\n", pintle_test_last(host)->status, pintle_test_last(host)->at, pintle_test_last(host)->message);
  if (!s) fprintf(stderr, "HINT %s\n", pintle_test_last(host)->hint);
  while (s && fgets(line, sizeof line, stdin)) {
    char *word[6] = {0}, *rest = line;
    line[strcspn(line, "\n")] = 0;
    for (int i = 0; i < 6 && rest; i++) word[i] = strsep(&rest, "\t");
    unhex(word[1] ? word[1] : "", key);
    if (strncmp(word[0], "put", 3) == 0) {
      char *data = slurp(word[2], &n);
      show(word[0][3] == '!' ? pintle_test_put_if_absent(s, bucket, key, data, n, word[3] == NULL)
                             : pintle_test_put(s, bucket, key, data, n, word[3] == NULL),
           "");
      free(data);
    } else if (strcmp(word[0], "get") == 0) save(pintle_test_get(s, bucket, key), word[2]);
    else if (strcmp(word[0], "range") == 0) save(pintle_test_get_range(s, bucket, key, atoll(word[3]), atoll(word[4])), word[2]);
    else if (strcmp(word[0], "list") == 0) {
      const pintle_test_outcome *o = pintle_test_list(s, bucket, key);
      show_hex(o, o->entries);
    } else if (strcmp(word[0], "prefixes") == 0) {
      const pintle_test_outcome *o = pintle_test_prefixes(s, bucket, key, "/");
      show_hex(o, o->entries);
    } else if (strcmp(word[0], "exists") == 0) {
      const pintle_test_outcome *o = pintle_test_exists(s, bucket, key);
      show(o, o->exists ? "1" : "0");
    } else if (strcmp(word[0], "stat") == 0) {
      const pintle_test_outcome *o = pintle_test_stat(s, bucket, key);
      show_hex(o, o->entries);
    } else if (strcmp(word[0], "delete") == 0) show(pintle_test_delete_object(s, bucket, key), "");
    else if (strcmp(word[0], "url") == 0) {
      const pintle_test_outcome *o = pintle_test_signed_url(s, bucket, key, 600000000000);
      show(o, o->text);
    } else if (strcmp(word[0], "bucket") == 0) { /* bucket NAME: from now on */
      snprintf(bucket, sizeof bucket, "%s", word[1]);
      printf("0\t\n");
      fflush(stdout);
    } else if (strcmp(word[0], "set") == 0) { /* set NAME VALUE, in the place of a key */
      pintle_test_options *o = pintle_test_set(host);
      if (strcmp(word[1], "break_at") == 0) o->break_at = atoll(word[2]);
      else if (strcmp(word[1], "cancel_at") == 0) o->cancel_at = (uint32_t)atoll(word[2]);
      else o->chunk = (size_t)atoll(word[2]);
      printf("0\t\n");
      fflush(stdout);
    }
  }
  pintle_test_free(host);
  free(config);
  return 0;
}
