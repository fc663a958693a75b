/* bench_source.c -- what indexing a run's input costs: time, memory, bytes an item.  SPDX-License-Identifier: Apache-2.0
 *
 * bench_source [megabytes]: Lists of that size, 200 if not told. Each row runs in a process of its own, so that its peak is its own. */
#include "base/clock.h"
#include "kube/source.h"
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64] = "/tmp/pintle-bench-XXXXXX";

static void must(bool fine, const char *what) {
  if (fine) return;
  fprintf(stderr, "bench_source: %s\n", what);
  exit(1);
}

/* One Pod of about 2.8 KB; YAML's lines begin with indent. */
static void pod(buf *b, unsigned i, bool yaml, const char *indent) {
  if (!yaml) {
    buf_printf(b,
               "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web-%08x-%05u\",\"namespace\":\"team-%u\",\"labels\":{"
               "\"app\":\"web\"}},",
               i * 2654435761u, i % 100000, i % 97);
    buf_addz(b, "\"spec\":{\"containers\":[");
    for (int k = 0; k < 9; k++)
      buf_printf(b,
                 "%s{\"name\":\"c%d\",\"image\":\"registry.example.com/"
                 "app:%u\",\"args\":[\"--port\",\"8080\",\"--level\",\"info\"],\"resources\":{\"limits\":"
                 "{\"cpu\":\"100m\",\"memory\":\"128Mi\"}},\"ports\":[{\"containerPort\":8080,\"protocol\":\"TCP\"}],\"env\":[{\"name\":"
                 "\"LEVEL\",\"value\":\"info\"}]}",
                 k ? "," : "", k, i);
    buf_addz(b, "]}}");
    return;
  }
  buf_printf(b,
             "apiVersion: v1\n%skind: Pod\n%smetadata:\n%s  name: web-%08x-%05u\n%s  namespace: team-%u\n%s  labels:\n%s    app: "
             "web\n%sspec:\n%s  containers:\n",
             indent, indent, indent, i * 2654435761u, i % 100000, indent, i % 97, indent, indent, indent, indent);
  for (int k = 0; k < 9; k++)
    buf_printf(b,
               "%s  - name: c%d\n%s    image: registry.example.com/app:%u\n%s    args: [--port, \"8080\", --level, info]\n%s    "
               "resources:\n%s      limits:\n%s        cpu: 100m\n"
               "%s        memory: 128Mi\n%s    ports:\n%s    - containerPort: 8080\n%s      protocol: TCP\n%s    env:\n%s    - name: "
               "LEVEL\n%s      value: info\n",
               indent, k, indent, i, indent, indent, indent, indent, indent, indent, indent, indent, indent, indent, indent);
}

/* A List whose kind comes last; small: items with little more than a name. */
static void write_list(const char *path, uint64_t bytes, unsigned items, bool yaml, bool small) {
  CLEANUP(buf_free) buf b = {0};
  FILE *f = fopen(path, "w");
  must(f, "cannot write the List");
  uint64_t written = 0;
  fputs(yaml ? "apiVersion: v1\nitems:\n" : "{\"apiVersion\":\"v1\",\"items\":[\n", f);
  for (unsigned i = 0; items ? i < items : written < bytes; i++) {
    buf_clear(&b);
    if (yaml) buf_addz(&b, "- ");
    else if (i) buf_addz(&b, ",\n");
    if (small)
      buf_printf(&b, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web-%08x-%05u\",\"namespace\":\"team-%u\"}}",
                 i * 2654435761u, i % 100000, i % 97);
    else pod(&b, i, yaml, "  ");
    must(!b.failed && fwrite(b.data, 1, b.len, f) == b.len, "cannot write the List");
    if (small && yaml) fputc('\n', f);
    written += b.len;
  }
  fputs(yaml ? "kind: List\n" : "],\"kind\":\"List\"}\n", f);
  must(fclose(f) == 0, "cannot write the List");
}

static void write_files(const char *path, unsigned n) {
  CLEANUP(buf_free) buf b = {0};
  char name[200];
  must(mkdir(path, 0755) == 0, "cannot make a directory");
  for (unsigned i = 0; i < n; i++) {
    buf_clear(&b);
    pod(&b, i, false, "");
    snprintf(name, sizeof name, "%s/web-%08x-%05u.json", path, i * 2654435761u, i % 100000);
    int fd = open(name, O_CREAT | O_WRONLY, 0644);
    must(fd >= 0 && write(fd, b.data, b.len) == (ssize_t)b.len, "cannot write a file");
    close(fd);
  }
}

static void report(void *ctx, int32_t severity, const char *place, const char *message) {
  (void)ctx, (void)severity;
  fprintf(stderr, "%s: %s\n", place, message);
}

static size_t in_use(void) {
  struct mallinfo2 m = mallinfo2();
  return m.uordblks + m.hblkhd;
}

static void measure(const char *what, const char *path, bool from_pipe) {
  error e;
  kube_types *types;
  kube_source *s;
  if (from_pipe) {
    int fd = open(path, O_RDONLY);
    must(fd >= 0 && dup2(fd, 0) == 0, "cannot open the List");
  }
  must(kube_types_new(&types) == PINTLE_OK, "no memory");
  size_t before = in_use();
  const kube_source_options o = {.types = types, .temp_dir = dir, .report = report};
  must(kube_source_new(&o, &s, &e) == PINTLE_OK, "no memory");
  int64_t start = clock_monotonic();
  must(kube_source_add_path(s, from_pipe ? "-" : path, &e) == PINTLE_OK && kube_source_finish(s, &e) == PINTLE_OK, e.message);
  int64_t indexed = clock_monotonic();
  size_t n = kube_source_count(s), index = in_use() - before;
  CLEANUP(buf_free) buf text = {0};
  uint64_t bytes = 0;
  for (size_t i = 0; i < n; i++) {
    buf_clear(&text);
    must(kube_source_read(s, i, &text, &e) == PINTLE_OK, e.message);
    bytes += text.len;
  }
  int64_t read = clock_monotonic();
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  double a = (double)(indexed - start) / 1e9, b = (double)(read - indexed) / 1e9;
  printf("%-34s %7zu %7.0f MB %7.3f s %8.0f items/s %7.3f s %6.1f B %7.1f MB\n", what, n, (double)bytes / 1e6, a, (double)n / a, b,
         (double)index / (double)n, (double)u.ru_maxrss / 1024);
  kube_source_free(s);
  kube_types_free(types);
}

static void row(const char *what, const char *path, bool from_pipe) {
  fflush(stdout);
  pid_t child = fork();
  must(child >= 0, "cannot fork");
  if (child == 0) {
    measure(what, path, from_pipe);
    exit(0);
  }
  int status = 0;
  must(waitpid(child, &status, 0) == child && status == 0, "a measurement failed");
}

int main(int argc, char **argv) {
  uint64_t bytes = (argc > 1 ? strtoull(argv[1], NULL, 10) : 200) * 1000000;
  char path[100], command[100];
  must(mkdtemp(dir) != NULL, "cannot make a directory");
  printf("%-34s %7s %10s %9s %16s %9s %8s %10s\n", "input", "items", "as JSON", "indexed", "", "read", "an item", "peak");
  snprintf(path, sizeof path, "%s/files", dir);
  write_files(path, 20000);
  row("20,000 JSON files", path, false);
  snprintf(path, sizeof path, "%s/list", dir);
  for (int yaml = 0; yaml < 2; yaml++) {
    write_list(path, bytes, 0, yaml, false);
    row(yaml ? "a List in one YAML file" : "a List in one JSON file", path, false);
    row(yaml ? "the same from standard input" : "the same from standard input", path, true);
    write_list(path, 0, 300000, yaml, true);
    row(yaml ? "300,000 small items, YAML" : "300,000 small items, JSON", path, false);
  }
  snprintf(command, sizeof command, "rm -rf %s", dir);
  must(system(command) == 0, "cannot clean up");
  return 0;
}
