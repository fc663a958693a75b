/* driver_config.c -- the keys of driver fingerprint.  SPDX-License-Identifier: Apache-2.0 */
#include "driver.h"
#include <stdlib.h>

static bool on(const pintle_doc *c, const char *pointer, bool otherwise) {
  int32_t is = otherwise;
  c->api->get_bool(c, pointer, &is);
  return is;
}

/* "server:/path=/directory" or "original". */
static pintle_status read_restore_to(pintle_call *call, fp_driver *d, const char *text) {
  const char *colon = strstr(text, ":/"), *equals = colon ? strrchr(colon, '=') : NULL;
  d->restore_server = d->restore_path = d->restore_directory = "";
  d->in_place = strcmp(text, "original") == 0;
  if (!*text || d->in_place) return PINTLE_OK;
  if (!colon || colon == text || !equals || equals[1] != '/')
    return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintRestoreTo", "\"%s\" is neither server:/path=/directory nor original", text);
  d->restore_server = strndup(text, (size_t)(colon - text));
  d->restore_path = strndup(colon + 1, (size_t)(equals - colon - 1));
  d->restore_directory = equals + 1;
  return d->restore_server && d->restore_path ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

static pintle_status read_sample(pintle_call *call, fp_driver *d, const char *text) {
  char *end = NULL;
  double percent = strtod(text, &end);
  if (end == text || *end || !(percent >= 0 && percent <= 100))
    return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintSample", "\"%s\" is no percentage", text);
  d->sample = (unsigned)(percent * 100 + 0.5);
  return PINTLE_OK;
}

/* Texts and pointers to them in one piece of memory. */
static pintle_status read_excludes(pintle_call *call, fp_driver *d, const char *text) {
  size_t n = strlen(text), most = n / 2 + 2;
  d->exclude = fp_excludes_usual;
  if (!*text) return PINTLE_OK;
  const char **list = calloc(1, most * sizeof *list + n + 1);
  if (!list) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  char *copy = memcpy((char *)(list + most), text, n + 1), *rest = NULL;
  d->patterns = (char *)list, d->exclude = (fp_excludes){list, 0};
  for (char *p = strtok_r(copy, ",", &rest); p; p = strtok_r(NULL, ",", &rest)) {
    const char *why = fp_exclude_wrong(p);
    if (why) return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintExclude", "\"%s\": %s", p, why);
    list[d->exclude.n++] = p;
  }
  return PINTLE_OK;
}

static pintle_status read_nfs(pintle_call *call, const pintle_doc *c, fp_nfs_options *to) {
  const char *version = pintle_str_or(c, "/fingerprintNfs", "");
  *to = (fp_nfs_options){.version = *version ? *version - '0' : 0, .uid = -1, .gid = -1, .timeout = 60000};
  c->api->get_i64(c, "/fingerprintNfsUid", &to->uid);
  c->api->get_i64(c, "/fingerprintNfsGid", &to->gid);
  c->api->get_i64(c, "/fingerprintNfsPort", &to->port);
  c->api->get_i64(c, "/fingerprintNfsMountPort", &to->mount_port);
  int64_t seconds = 60;
  c->api->get_i64(c, "/fingerprintNfsTimeout", &seconds);
  to->timeout = 1000 * seconds;
  if (seconds < 1 || seconds > 3600)
    return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintNfsTimeout", "%lld is not 1 to 3600", (long long)seconds);
  if (to->uid < -1 || to->uid > INT32_MAX || to->gid < -1 || to->gid > INT32_MAX)
    return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintNfsUid", "fingerprintNfsUid or fingerprintNfsGid is no id");
  if (to->port < 0 || to->port > 65535 || to->mount_port < 0 || to->mount_port > 65535)
    return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintNfsPort", "fingerprintNfsPort or fingerprintNfsMountPort is no port");
  return PINTLE_OK;
}

pintle_status fp_driver_read(pintle_call *call, fp_driver *d) {
  const pintle_doc *c = call->host->config(call);
  d->threads = 2;
  c->api->get_i64(c, "/fingerprintThreads", &d->threads);
  c->api->get_i64(c, "/fingerprintLevel", &d->level);
  d->location = pintle_str_or(c, "/fingerprintLocation", "");
  d->key_file = pintle_str_or(c, "/fingerprintKeyFile", "");
  d->key_command = pintle_str_or(c, "/fingerprintKeyCommand", "");
  d->older_files = pintle_str_or(c, "/fingerprintOlderKeyFiles", "");
  d->drop_older = on(c, "/fingerprintDropOlderKeys", false), d->gc = on(c, "/fingerprintCollect", true);
  d->no_inode = on(c, "/fingerprintIgnoreInode", false), d->no_ctime = on(c, "/fingerprintIgnoreCtime", false);
  d->read_all = on(c, "/fingerprintReadAll", false);
  if (d->threads < 1 || d->threads > 16)
    return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintThreads", "%lld is not 1 to 16", (long long)d->threads);
  if (d->level < 0 || d->level > 19)
    return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintLevel", "%lld is not 0 to 19", (long long)d->level);
  if (*d->key_file && *d->key_command)
    return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintKeyCommand", "fingerprintKeyFile and fingerprintKeyCommand: one of both");
  if (*d->older_files && !*d->key_file && !*d->key_command)
    return pintle_fail_at(call, PINTLE_INVALID, "/fingerprintOlderKeyFiles", "older keys without a key: give fingerprintKeyFile, too");
  pintle_status st = read_sample(call, d, pintle_str_or(c, "/fingerprintSample", "0"));
  if (st == PINTLE_OK) st = read_nfs(call, c, &d->nfs);
  if (st == PINTLE_OK) st = read_excludes(call, d, pintle_str_or(c, "/fingerprintExclude", ""));
  return st != PINTLE_OK ? st : read_restore_to(call, d, pintle_str_or(c, "/fingerprintRestoreTo", ""));
}
