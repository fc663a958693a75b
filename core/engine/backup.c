/* backup.c -- see backup.h: items from the flow into the tarball.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/digest.h"
#include "base/path.h"
#include "base/clock.h"
#include "base/file.h"
#include "engine/backup_run.h"
#include <stdio.h>
#include <stdlib.h>

enum { GZIP_LEVEL = 5 }; /* of the contents: 6 makes them 3% smaller and takes 16% longer, and compressing is a third of all work */

/* ---- what the flow asks */
static size_t next_item(void *ctx) {
  backup_run *r = ctx;
  size_t n = kube_source_count(r->c->source);
  if (r->blocks.order) return r->at < r->blocks.n ? r->blocks.order[r->at++] : SIZE_MAX;
  while (r->at < n && !r->selected[r->at]) r->at++;
  return r->at < n ? r->at++ : SIZE_MAX;
}

/* What the volume policies say of it goes with the item. A claim or volume beside it that cannot be read does not cost the item. */
static pintle_status ask_policies(backup_run *r, const kube_entry *k, engine_input *in, error *e) {
  error own = {0};
  if (!in->wanted || !r->o->policies || !engine_policies_concern(k->type)) return PINTLE_OK;
  pintle_status st =
      engine_policies_item(r->policies, k->type, k->ns, buf_str(&in->text), &in->volume_action, &in->volume_parameters, &own);
  if (st == PINTLE_OK) return st;
  engine_subject about = {k->type, k->ns, k->name};
  if (st == PINTLE_NOMEM) return *e = own, st;
  LOG(r->c->journal, PINTLE_LOG_ERROR, &about, "the volume policies cannot be asked: %s", own.message);
  return PINTLE_OK;
}

static uint32_t block_of(void *ctx, size_t item) {
  const backup_run *r = ctx;
  return r->blocks.number ? r->blocks.number[item] : 0;
}

static pintle_status load_item(void *ctx, size_t item, engine_input *in, error *e) {
  backup_run *r = ctx;
  kube_entry k;
  kube_source_get(r->c->source, item, &k);
  pintle_status st = engine_stage_load(&r->stage, item, in, e);
  return st == PINTLE_OK ? ask_policies(r, &k, in, e) : st;
}

static size_t resolve(void *ctx, size_t parent, const chain_related *related, buf *why) {
  backup_run *r = ctx;
  kube_entry k;
  (void)parent;
  size_t item = engine_stage_find(r->c->source, related, r->relating ? "related" : "additional", "input", why);
  if (item == SIZE_MAX) return SIZE_MAX;
  kube_source_get(r->c->source, item, &k);
  if (k.deleting) return SIZE_MAX; /* Velero IB:112: even with must-include */
  if (related->flags & PINTLE_MUST_INCLUDE || r->selected[item]) return item;
  return k.excluded || !engine_filter_asked(r->filter, k.type, k.ns) ? SIZE_MAX : item;
}

/* ---- one item out of the chain */
static pintle_status add_entry(backup_run *r, str text, str gr, const char *version, bool preferred, str ns, str name,
                               const unsigned char sha[32], error *e) {
  buf_clear(&r->path);
  archive_path_make(gr, str_of(version), preferred, ns, name, &r->path);
  if (r->path.failed) return error_nomem(e);
  pintle_status st = archive_writer_add(r->tar, r->path.data, text, e);
  if (st == PINTLE_OK) st = store_manifest_item(r->seal.manifest, r->path.data, (int64_t)text.len, sha, e);
  return st;
}

static pintle_status store_item(backup_run *r, const engine_done *d, const kube_entry *k, error *e) {
  unsigned char sha[32];
  buf_clear(&r->gr);
  kube_type_gr(k->type, &r->gr);
  if (r->gr.failed) return error_nomem(e);
  if (!archive_sha256(d->text, sha)) return error_set(e, PINTLE_FAILED, "SHA-256 is not available");
  pintle_status st = add_entry(r, d->text, buf_str(&r->gr), "", false, d->ns, d->name, sha, e);
  /* From files an item's own version is its preferred one; the version is that of the item before the actions (Velero IB:239). */
  if (st == PINTLE_OK) st = add_entry(r, d->text, buf_str(&r->gr), k->type->version, true, d->ns, d->name, sha, e);
  return st;
}

/* An action may give an item another name; not that of another item of the backup. */
static bool renamed_onto_another(backup_run *r, const engine_done *d, const kube_entry *k, char *to, size_t size) {
  if (str_eq(d->ns, k->ns) && str_eq(d->name, k->name)) return false;
  size_t other = kube_source_find(r->c->source, str_of(k->type->group), str_of(k->type->resource), d->ns, d->name);
  bool taken = other != SIZE_MAX && other != d->item && r->selected[other];
  taken |= engine_list_renamed(r->list, k->type, d->ns, d->name);
  if (taken)
    snprintf(to, size, "it was renamed to %.*s%s%.*s, which another item of the backup is called", (int)d->ns.len, d->ns.ptr,
             d->ns.len ? "/" : "", (int)d->name.len, d->name.ptr);
  return taken;
}

/* A name that no archive may hold fails its item, not the run. */
static bool unfit_for_archive(backup_run *r, const engine_done *d, char *why, size_t size) {
  if (!r->tar) return false;
  buf_clear(&r->path);
  archive_path_make(STR("x"), STR(""), false, d->ns, d->name, &r->path);
  const char *refused = r->path.failed ? NULL : path_refused(buf_str(&r->path));
  if (refused) snprintf(why, size, "its name cannot stand in an archive's path: %s", refused);
  return refused != NULL;
}

static pintle_status emit(void *ctx, const engine_done *d, error *e) {
  backup_run *r = ctx;
  engine_journal *j = r->c->journal;
  kube_entry k;
  char clash[700];
  kube_source_get(r->c->source, d->item, &k);
  engine_subject about = {k.type, k.ns, k.name};
  engine_stage_tell(&r->stage, &about, d);
  if (d->what == CHAIN_DONE && (renamed_onto_another(r, d, &k, clash, sizeof clash) || unfit_for_archive(r, d, clash, sizeof clash))) {
    LOG(j, PINTLE_LOG_ERROR, &about, "%s", clash);
    r->failed++;
    engine_report_item(&r->stage.report, d, k.type, "failed", str_of(clash));
    return PINTLE_OK;
  }
  switch (d->what) {
  case CHAIN_DONE: {
    pintle_status st = r->tar ? store_item(r, d, &k, e) : PINTLE_OK;
    if (st == PINTLE_OK) st = engine_list_add(r->list, d->item, k.type, d->ns, d->name, "", e);
    if (st == PINTLE_OK) st = backup_volumes_item(r->volumes, d, e);
    if (st != PINTLE_OK) return st;
    r->selected[d->item] = r->selected[d->item] ? 2 : 3;
    r->stored++;
    engine_report_item(&r->stage.report, d, k.type, "stored", STR(""));
    return PINTLE_OK;
  }
  case CHAIN_SKIPPED: return engine_stage_skipped(&r->stage, &about, d), PINTLE_OK;
  default: r->failed++; return engine_stage_failed(&r->stage, &about, d, ""), PINTLE_OK;
  }
}

/* ---- the run */
static pintle_status open_archive(backup_run *r, error *e) {
  pintle_status st = file_temporary(r->c->temp_dir, &r->tar_fd, e);
  if (st == PINTLE_OK) st = archive_gzip_open(r->tar_fd, r->o->gzip_threads, GZIP_LEVEL, &r->gzip, e);
  if (st == PINTLE_OK) st = archive_writer_open(r->gzip, r->stage.started, &r->tar, e);
  if (st == PINTLE_OK) st = archive_writer_add(r->tar, "metadata/version", STR("1.1.0\n"), e);
  if (st == PINTLE_OK) st = store_manifest_new(r->c->temp_dir, &r->seal.manifest, e);
  return st;
}

static pintle_status close_archive(backup_run *r, error *e) {
  archive_writer *tar = r->tar;
  archive_gzip *gzip = r->gzip;
  r->tar = NULL, r->gzip = NULL;
  pintle_status st = archive_writer_close(tar, NULL, e);
  if (st != PINTLE_OK) return archive_gzip_abandon(gzip), st;
  return archive_gzip_close(gzip, &r->tar_size, r->tar_sha, e);
}

static void run_free(backup_run *r) {
  if (r->tar) archive_writer_close(r->tar, NULL, NULL);
  archive_gzip_abandon(r->gzip);
  close_p(&r->tar_fd);
  engine_relations_close(r->asking);
  engine_stage_free(&r->stage);
  backup_volumes_free(r->volumes);
  engine_snapshotters_free(r->snapshotters);
  engine_policies_free(r->policies);
  engine_blocks_free(&r->blocks);
  engine_filter_free(r->filter);
  engine_seal_free(&r->seal);
  free(r->selected);
  engine_list_free(r->list);
  buf *bufs[] = {&r->path, &r->gr};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
}

/* ---- volumes */
static pintle_status prepare_volumes(backup_run *r, error *e) {
  pintle_status st = engine_policies_new(r->o->policies, r->c->source, &r->policies, e);
  if (st == PINTLE_OK) st = engine_stage_snapshotters(&r->stage, r->o->backup, r->o->open_snapshotter, r->o->open_ctx, &r->snapshotters, e);
  const backup_volumes_options vo = {.stage = &r->stage,
                                     .backup = r->o->backup,
                                     .policies = r->policies,
                                     .rules = r->o->policies,
                                     .snapshotters = r->snapshotters,
                                     .locations = r->o->snapshot_locations,
                                     .n_locations = r->o->n_snapshot_locations,
                                     .dry_run = r->c->store == NULL};
  return st == PINTLE_OK ? backup_volumes_new(&vo, &r->volumes, e) : st;
}

/* What plugins see does not depend on who is faster: the items that the filters took. */
static bool known(void *ctx, size_t item) {
  const backup_run *r = ctx;
  return r->selected[item] == 1 || r->selected[item] == 2;
}

/* Everything that may refuse the run before it starts. */
static pintle_status prepare(backup_run *r, error *e) {
  const engine_flow_ops ops = {.ctx = r, .next = next_item, .block = block_of, .load = load_item, .resolve = resolve, .emit = emit};
  pintle_status st = engine_filter_backup(r->o->backup, r->c->types, &r->filter, e);
  if (st == PINTLE_OK && r->o->policies) st = engine_filter_policy(r->filter, item_at(r->o->policies, "/includeExcludePolicy"), e);
  if (st == PINTLE_OK) st = engine_select_backup(r->filter, r->c->source, &r->selected, e);
  if (st == PINTLE_OK) st = engine_list_new(r->c->source, &r->list, e);
  r->stage.ask = (engine_ask){.backup = true, .known = known, .ctx = r};
  if (st == PINTLE_OK) st = engine_stage_open(&r->stage, r->c, &ops, e);
  const engine_relations_options relations = {.stage = &r->stage,
                                              .pool = r->o->block_pool,
                                              .explain = r->c->explain,
                                              .explain_ctx = r->o->explain_block_ctx,
                                              .selected = r->selected,
                                              .resolve = resolve,
                                              .ctx = r};
  if (st == PINTLE_OK) st = engine_relations_open(&relations, &r->asking, e);
  return st == PINTLE_OK ? prepare_volumes(r, e) : st;
}

static uint64_t count_selected(const backup_run *r) {
  uint64_t n = 0;
  for (size_t i = 0; i < kube_source_count(r->c->source); i++) n += r->selected[i] != 0;
  return n;
}

/* In which order, and what goes together. */
static pintle_status make_blocks(backup_run *r, error *e) {
  engine_relations relations = {0};
  engine_ordered ordered = {0};
  r->relating = true;
  pintle_status st = engine_relations_ask(r->asking, &relations, e);
  r->relating = false;
  engine_relations_close(r->asking);
  r->asking = NULL;
  if (st == PINTLE_OK) st = engine_ordered_read(r->o->backup, r->c->source, r->c->types, r->selected, r->c->journal, &ordered, e);
  if (st == PINTLE_OK) st = engine_blocks_make(r->c->source, r->selected, &relations, &ordered, r->c->journal, &r->blocks, e);
  engine_relations_free(&relations);
  free(ordered.v);
  r->stage.total = count_selected(r); /* those that joined too */
  return st;
}

/* What no filter named, and is left out all the same. */
static void tell_left_out(const backup_run *r) {
  for (size_t i = 0; i < kube_source_count(r->c->source); i++) {
    kube_entry k;
    kube_source_get(r->c->source, i, &k);
    engine_subject about = {k.type, k.ns, k.name};
    if (k.deleting) LOG(r->c->journal, PINTLE_LOG_INFO, &about, "left out: it is being deleted");
    else if (k.excluded) LOG(r->c->journal, PINTLE_LOG_INFO, &about, "left out by its label velero.io/exclude-from-backup");
  }
}

static bool in_input(const kube_source *source, str ns) {
  if (kube_source_find(source, STR(""), STR("namespaces"), STR(""), ns) != SIZE_MAX) return true;
  for (size_t i = 0; i < kube_source_count(source); i++) {
    kube_entry k;
    kube_source_get(source, i, &k);
    if (str_eq(k.ns, ns)) return true;
  }
  return false;
}

/* A name that is misspelt must not look like a backup (Velero IC collectNamespaces). */
static void tell_missing(const backup_run *r) {
  const kube_source *source = r->c->source;
  str ns;
  for (size_t i = 0; (ns = engine_filter_included_namespace(r->filter, i)).ptr; i++)
    if (!in_input(source, ns))
      LOG(r->c->journal, PINTLE_LOG_ERROR, NULL, "namespace %.*s of spec.includedNamespaces is not in the input", (int)ns.len, ns.ptr);
  if (r->stage.total > 0) return;
  size_t n = kube_source_count(source);
  if (n) LOG(r->c->journal, PINTLE_LOG_WARN, NULL, "zero items to be backed up: the filters leave none of %zu", n);
  else LOG(r->c->journal, PINTLE_LOG_WARN, NULL, "zero items to be backed up: the input holds none");
}

pintle_status engine_backup(const engine_backup_options *options, engine_summary *out, error *e) {
  backup_run r = {.o = options,
                  .c = &options->common,
                  .stage.started = clock_now(),
                  .tar_fd = -1,
                  .seal = {.c = &options->common, .resource = options->backup, .objects = {.store = options->common.store}}};
  engine_journal *j = r.c->journal;
  *out = (engine_summary){.phase = "Failed", .started = r.stage.started};
  pintle_status st = prepare(&r, e);
  if (st != PINTLE_OK) return run_free(&r), st;
  engine_phase(j, "InProgress");
  r.stage.total = count_selected(&r);
  LOG(j, PINTLE_LOG_INFO, NULL, "Backing up %llu items", (unsigned long long)r.stage.total);
  tell_left_out(&r);
  tell_missing(&r);
  st = make_blocks(&r, e);
  if (st == PINTLE_OK && r.c->store) st = open_archive(&r, e);
  if (st == PINTLE_OK) st = engine_stage_run(&r.stage, e);
  engine_blocks_free(&r.blocks);
  if (st == PINTLE_OK && r.c->store) st = close_archive(&r, e);
  out->total = r.stage.total > r.stored ? r.stage.total : r.stored;
  out->done = r.stored, out->skipped = r.stage.stats.skipped, out->failed = r.failed;
  out->contents_size = r.tar_size;
  if (st == PINTLE_OK) st = backup_commit(&r, out, e);
  out->warnings = engine_warnings(j), out->errors = engine_errors(j);
  out->ended = clock_now();
  if (st != PINTLE_OK) {
    engine_seal_take_back(&r.seal);
    engine_operations_give_up(r.c->operations, &r.stage.record);
    out->phase = "Failed";
    backup_status(&r, out, e);
  }
  engine_phase(j, out->phase);
  run_free(&r);
  return PINTLE_OK;
}
