/* elf.c -- see elf.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/elf.h"
#include "host/text.h"
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#elif defined(__riscv)
#define OWN_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define OWN_MACHINE EM_PPC64
#elif defined(__s390x__)
#define OWN_MACHINE EM_S390
#else
#error "which machine is this?"
#endif
#define OWN_DATA (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)
enum { NEEDED_MAX = 256, STEPS_MAX = 10000 };

typedef struct file {
  const unsigned char *data;
  size_t size;
  arena *a;
  Elf64_Ehdr header;
  uint64_t strings, strings_size; /* of the dynamic section, as offsets in the file */
} file;

/* Copies n bytes at offset, wherever they stand; false: outside the file. */
static bool get(const file *f, uint64_t offset, void *to, size_t n) {
  if (offset > f->size || n > f->size - offset) return false;
  memcpy(to, f->data + offset, n);
  return true;
}

static const char *machine_name(arena *a, unsigned machine, bool bits64) {
  switch (machine) {
  case EM_386: return "32-bit x86";
  case EM_X86_64: return bits64 ? "x86-64" : "x32";
  case EM_ARM: return "32-bit arm";
  case EM_AARCH64: return "aarch64";
  case EM_RISCV: return bits64 ? "riscv64" : "riscv32";
  case EM_PPC64: return "ppc64";
  case EM_S390: return "s390x";
  case EM_MIPS: return "mips";
  case 258: return "loongarch64";
  default: return host_text(a, "machine %u", machine);
  }
}

static const char *truncated(const file *f, uint64_t need) {
  return host_text(f->a, "is truncated: it has %zu bytes and needs at least %llu", f->size, (unsigned long long)need);
}

static const char *read_ident(file *f) {
  const unsigned char *d = f->data;
  if (f->size == 0) return "is empty";
  if (f->size >= 2 && d[0] == '#' && d[1] == '!') return "is a script, not a shared library";
  if (f->size >= 8 && memcmp(d, "!<arch>\n", 8) == 0) return "is a static library, not a shared one";
  if (memcmp(d, ELFMAG, f->size < SELFMAG ? f->size : SELFMAG) != 0) return "is no ELF file";
  if (f->size < sizeof f->header) return truncated(f, sizeof f->header);
  bool bits64 = d[EI_CLASS] == ELFCLASS64;
  unsigned machine = d[EI_DATA] == ELFDATA2MSB ? d[18] * 256u + d[19] : d[19] * 256u + d[18];
  if (!bits64 || machine != OWN_MACHINE || d[EI_DATA] != OWN_DATA)
    return host_text(f->a, "is built for %s, this is %s", machine_name(f->a, machine, bits64), machine_name(f->a, OWN_MACHINE, true));
  memcpy(&f->header, d, sizeof f->header);
  if (f->header.e_version != EV_CURRENT) return "is damaged: unknown ELF version";
  switch (f->header.e_type) {
  case ET_DYN: return NULL;
  case ET_EXEC: return "is a program, not a shared library";
  case ET_REL: return "is an object file, not a shared library";
  case ET_CORE: return "is a core dump, not a shared library";
  default: return "is damaged: unknown type of ELF file";
  }
}

static bool end_of(uint64_t offset, uint64_t n, uint64_t *end) { return !__builtin_add_overflow(offset, n, end); }

static bool segment(const file *f, size_t i, Elf64_Phdr *p) { return get(f, f->header.e_phoff + i * sizeof *p, p, sizeof *p); }

/* All that the dynamic linker would map or read must lie inside the file. */
static const char *check_extent(const file *f) {
  const Elf64_Ehdr *h = &f->header;
  uint64_t end;
  if (h->e_phentsize != sizeof(Elf64_Phdr) || h->e_phnum == 0 || h->e_phnum > 1000 || h->e_phoff < sizeof *h)
    return "is damaged: wrong program headers";
  if (!end_of(h->e_phoff, (uint64_t)h->e_phnum * sizeof(Elf64_Phdr), &end)) return "is damaged: wrong program headers";
  if (end > f->size) return truncated(f, end);
  bool load = false;
  for (size_t i = 0; i < h->e_phnum; i++) {
    Elf64_Phdr p;
    if (!segment(f, i, &p) || !end_of(p.p_offset, p.p_filesz, &end)) return "is damaged: a segment has no end";
    if (end > f->size) return truncated(f, end);
    if (p.p_type != PT_LOAD) continue;
    load = true;
    if (p.p_memsz < p.p_filesz || !end_of(p.p_vaddr, p.p_memsz, &end) || end > (uint64_t)1 << 46)
      return "is damaged: a segment of impossible size";
    if (p.p_align & (p.p_align - 1) || (p.p_align > 1 && (p.p_vaddr - p.p_offset) & (p.p_align - 1)))
      return "is damaged: a segment that is not aligned";
  }
  if (!load) return "is damaged: nothing in it can be loaded";
  if (h->e_shoff && end_of(h->e_shoff, (uint64_t)h->e_shnum * h->e_shentsize, &end) && end > f->size) return truncated(f, end);
  return NULL;
}

/* Where an address of the loaded library is in the file, and how many bytes of the file follow in that segment. */
static bool at_address(const file *f, uint64_t address, uint64_t *offset, uint64_t *room) {
  for (size_t i = 0; i < f->header.e_phnum; i++) {
    Elf64_Phdr p;
    if (!segment(f, i, &p) || p.p_type != PT_LOAD || address < p.p_vaddr || address - p.p_vaddr >= p.p_filesz) continue;
    *offset = p.p_offset + (address - p.p_vaddr);
    *room = p.p_filesz - (address - p.p_vaddr);
    return true;
  }
  return false;
}

/* A string of the dynamic section's table, where it stands; NULL: damaged or no text. */
static const char *string(const file *f, uint64_t at) {
  if (at >= f->strings_size) return NULL;
  const char *p = (const char *)f->data + f->strings + at;
  size_t room = (size_t)(f->strings_size - at), n = strnlen(p, room);
  if (n == room || n > 4096 || !host_printable((str){p, n})) return NULL;
  return p;
}

/* "GLIBC_2.34" becomes 2 and 34; false for GLIBC_PRIVATE and others. */
static bool glibc_version(const char *name, unsigned long v[3]) {
  if (strncmp(name, "GLIBC_", 6) != 0) return false;
  const char *p = name + 6;
  for (int i = 0; i < 3; i++) {
    char *end;
    v[i] = 0;
    if (*p < '0' || *p > '9') return i >= 2 && *p == 0;
    v[i] = strtoul(p, &end, 10);
    p = *end == '.' ? end + 1 : end;
  }
  return true;
}

static void consider_version(const char *name, unsigned long best[3], host_elf *out) {
  unsigned long v[3];
  if (!name || strlen(name) >= sizeof out->glibc || !glibc_version(name, v)) return;
  for (int i = 0; i < 3; i++) {
    if (v[i] < best[i]) return;
    if (v[i] > best[i]) break;
    if (i == 2) return;
  }
  memcpy(best, v, sizeof v);
  snprintf(out->glibc, sizeof out->glibc, "%s", name + 6);
}

static const char *read_versions(const file *f, uint64_t address, uint64_t n, host_elf *out) {
  uint64_t at, room;
  unsigned long best[3] = {0};
  unsigned steps = 0;
  if (!at_address(f, address, &at, &room)) return "is damaged: its version table is nowhere";
  while (n-- > 0) {
    Elf64_Verneed need;
    if (!get(f, at, &need, sizeof need) || steps++ > STEPS_MAX) return "is damaged: its version table";
    uint64_t aux_at = at + need.vn_aux;
    for (unsigned k = 0; k < need.vn_cnt; k++) {
      Elf64_Vernaux aux;
      if (!get(f, aux_at, &aux, sizeof aux) || steps++ > STEPS_MAX) return "is damaged: its version table";
      consider_version(string(f, aux.vna_name), best, out);
      if (aux.vna_next == 0) break;
      aux_at += aux.vna_next;
    }
    if (need.vn_next == 0) break;
    at += need.vn_next;
  }
  return NULL;
}

typedef struct dynamic {
  uint64_t needed[NEEDED_MAX];
  size_t n_needed;
  uint64_t strings, strings_size, versions, n_versions, rpath, runpath;
  bool has_rpath, has_runpath, text_relocations, program;
} dynamic;

static void entry(dynamic *d, const Elf64_Dyn *e) {
  uint64_t v = e->d_un.d_val;
  switch (e->d_tag) {
  case DT_NEEDED:
    if (d->n_needed < NEEDED_MAX) d->needed[d->n_needed++] = v;
    break;
  case DT_STRTAB: d->strings = v; break;
  case DT_STRSZ: d->strings_size = v; break;
  case DT_VERNEED: d->versions = v; break;
  case DT_VERNEEDNUM: d->n_versions = v; break;
  case DT_RPATH: d->rpath = v, d->has_rpath = true; break;
  case DT_RUNPATH: d->runpath = v, d->has_runpath = true; break;
  case DT_TEXTREL: d->text_relocations = true; break;
  case DT_FLAGS: d->text_relocations |= (v & DF_TEXTREL) != 0; break;
  case DT_FLAGS_1: d->program = (v & DF_1_PIE) != 0; break;
  default: break;
  }
}

static const char *take(file *f, const dynamic *d, host_elf *out) {
  const char **needed = arena_zalloc(f->a, (d->n_needed + 1) * sizeof *needed);
  uint64_t room = 0;
  if (!needed) return "cannot be read: out of memory";
  if (d->program) return "is a program, not a shared library";
  if (!at_address(f, d->strings, &f->strings, &room) || d->strings_size > room) return "is damaged: its table of strings is nowhere";
  f->strings_size = d->strings_size;
  for (size_t i = 0; i < d->n_needed; i++) {
    const char *name = string(f, d->needed[i]);
    if (!name) return "is damaged: the name of a needed library";
    if (!(needed[i] = arena_dup(f->a, name))) return "cannot be read: out of memory";
    out->origin |= strstr(needed[i], "$ORIGIN") || strstr(needed[i], "${ORIGIN}");
  }
  out->needed = needed; /* whole only */
  if (d->has_rpath || d->has_runpath) {
    const char *path = string(f, d->has_runpath ? d->runpath : d->rpath);
    if (!path) return "is damaged: its library path";
    if (!(out->runpath = arena_dup(f->a, path))) return "cannot be read: out of memory";
    out->origin |= strstr(path, "$ORIGIN") || strstr(path, "${ORIGIN}");
  }
  out->text_relocations = d->text_relocations;
  return d->versions ? read_versions(f, d->versions, d->n_versions, out) : NULL;
}

static const char *read_dynamic(file *f, const Elf64_Phdr *p, host_elf *out) {
  dynamic d = {0};
  for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= p->p_filesz && at < STEPS_MAX; at += sizeof(Elf64_Dyn)) {
    Elf64_Dyn e;
    if (!get(f, p->p_offset + at, &e, sizeof e)) return "is damaged: its dynamic section";
    if (e.d_tag == DT_NULL) break;
    entry(&d, &e);
  }
  return take(f, &d, out);
}

const char *host_elf_read(const void *data, size_t size, arena *a, host_elf *out) {
  static const char *const none[1];
  file f = {.data = data, .size = size, .a = a};
  *out = (host_elf){.needed = none, .runpath = ""};
  const char *fault = read_ident(&f);
  if (!fault) fault = check_extent(&f);
  bool found = false;
  for (size_t i = 0; !fault && i < f.header.e_phnum; i++) {
    Elf64_Phdr p;
    if (!segment(&f, i, &p)) break;
    if (p.p_type == PT_GNU_STACK) out->executable_stack = (p.p_flags & PF_X) != 0;
    if (p.p_type == PT_DYNAMIC && !found) found = true, fault = read_dynamic(&f, &p, out);
  }
  return fault ? fault : found ? NULL : "is no shared library: it has no dynamic section";
}
