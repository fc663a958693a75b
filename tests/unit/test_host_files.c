/* test_host_files.c -- files that are no plugin: what is said of each.  SPDX-License-Identifier: Apache-2.0 */
#include "registry_fixture.h"

START_TEST(what_is_no_file_is_named) {
  put("empty.so", STR(""));
  put("script.so", STR("#!/bin/sh\nexit 0\n"));
  put("text.so", STR("hello, this is no library\n"));
  put("half.so", STR("\177EL"));
  put(".hidden.so", STR("x"));
  put("other.txt", STR("x"));
  ck_assert_int_eq(mkdir(in_dir("directory.so"), 0755), 0);
  ck_assert_int_eq(mkfifo(in_dir("fifo.so"), 0644), 0);
  ck_assert_int_eq(symlink("nowhere", in_dir("dangling.so")), 0);
  ck_assert_int_eq(symlink("/dev/null", in_dir("device.so")), 0);
  copy_as("good", "good.bin");
  ck_assert_int_eq(symlink("good.bin", in_dir("link.so")), 0);
  host_registry r = scan();
  ck_assert_uint_eq(r.n_plugins, 9);
  aside(&r, "empty.so", "is empty");
  aside(&r, "script.so", "is a script");
  aside(&r, "text.so", "is no ELF file");
  aside(&r, "half.so", "is truncated: it has 3 bytes");
  aside(&r, "directory.so", "is a directory");
  aside(&r, "fifo.so", "is a FIFO");
  aside(&r, "dangling.so", "is a symbolic link to nowhere, which does not exist");
  aside(&r, "device.so", "is a device");
  loaded(&r, "link.so");
  ck_assert(warned(plugin(&r, "link.so"), "is a symbolic link to good.bin"));
  host_registry_free(&r);
}
END_TEST

START_TEST(a_truncated_plugin_is_called_truncated_at_every_length) {
  buf whole = fixture("good");
  arena a = {0};
  host_elf elf;
  for (size_t n = 64; n < whole.len; n += 97) {
    char *cut = malloc(n); /* of its own, so that a sanitizer sees any step behind it */
    memcpy(cut, whole.data, n);
    const char *fault = host_elf_read(cut, n, &a, &elf);
    ck_assert_msg(fault && strstr(fault, "is truncated: it has"), "%zu bytes: %s", n, fault ? fault : "(fine)");
    free(cut);
  }
  ck_assert_ptr_null(host_elf_read(whole.data, whole.len, &a, &elf));
  put("cut.so", (str){whole.data, 4096});
  host_registry r = scan();
  aside(&r, "cut.so", "is truncated: it has 4096 bytes");
  host_registry_free(&r);
  arena_free(&a);
  buf_free(&whole);
}
END_TEST

START_TEST(damaged_files_hurt_nobody_else) {
  uint32_t random = 1;
  copy("good");
  buf b = fixture("prints_in_constructor");
  for (int i = 0; i < 60; i++) {
    char name[16];
    random = random * 1664525 + 1013904223;
    size_t at = random % (i % 2 ? 4096 : b.len); /* headers and tables come first */
    char kept = b.data[at];
    b.data[at] = (char)(random >> 24);
    snprintf(name, sizeof name, "x%02d.so", i);
    put(name, buf_str(&b));
    b.data[at] = kept;
  }
  host_registry r = scan();
  ck_assert_uint_eq(r.n_plugins, 61);
  loaded(&r, "good.so");
  size_t usable = 0; /* all have one name: the first that can be loaded has it */
  for (size_t i = 1; i < r.n_plugins; i++) usable += r.plugins[i].reason == NULL;
  ck_assert_uint_eq(usable, 1);
  host_registry_free(&r);
  buf_free(&b);
}
END_TEST

START_TEST(another_machine_is_named) {
  buf b = fixture("good");
  Elf64_Ehdr h;
  memcpy(&h, b.data, sizeof h);
  h.e_machine = h.e_machine == EM_AARCH64 ? EM_X86_64 : EM_AARCH64;
  memcpy(b.data, &h, sizeof h);
  put("other.so", buf_str(&b));
  b.data[EI_CLASS] = ELFCLASS32;
  h.e_machine = EM_386;
  memcpy(b.data + 18, &h.e_machine, 2);
  put("old.so", buf_str(&b));
  host_registry r = scan();
#ifdef __x86_64__
  aside(&r, "other.so", "is built for aarch64, this is x86-64");
  aside(&r, "old.so", "is built for 32-bit x86, this is x86-64");
#else
  aside(&r, "other.so", "is built for x86-64, this is ");
#endif
  host_registry_free(&r);
  buf_free(&b);
}
END_TEST

int main(void) {
  plugin_dir = getenv("PLUGIN_DIR");
  probe = getenv("PROBE");
  if (!plugin_dir || !probe) return fprintf(stderr, "PLUGIN_DIR and PROBE must be set\n"), 2;
  Suite *s = suite_create("host files");
  TCase *t = tcase_create("all");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, what_is_no_file_is_named);
  tcase_add_test(t, a_truncated_plugin_is_called_truncated_at_every_length);
  tcase_add_test(t, damaged_files_hurt_nobody_else);
  tcase_add_test(t, another_machine_is_named);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
