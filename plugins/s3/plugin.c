/* plugin.c -- s3: the descriptor, and the life of an instance.  SPDX-License-Identifier: Apache-2.0 */
#include "retry.h"
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdlib.h>

static pintle_status load(pintle_call *call, void **module) {
  (void)module;
  if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) return PINTLE_OK;
  return pintle_fail(call, PINTLE_FAILED, "libcurl does not start");
}

static void destroy(void *self) {
  s3 *s = self;
  s3_http_free_all(s);
  s3_creds_chain_free(s->creds);
  s3_config_free(&s->config);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module;
  s3 *s = calloc(1, sizeof *s);
  if (!s) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pthread_mutex_init(&s->lock, NULL);
  atomic_init(&s->tokens, S3_RETRY_TOKENS);
  pintle_status st = s3_config_read(call, &s->config);
  const s3_config *c = &s->config;
  const s3_creds_options options = {.credentials_file = c->credentials_file,
                                    .profile = c->profile,
                                    .region = c->region,
                                    .ca = c->ca,
                                    .proxy = c->proxy,
                                    .insecure = c->insecure};
  if (st == PINTLE_OK) st = s3_creds_chain_new(call, &options, &s->creds);
  if (st != PINTLE_OK) return destroy(s), st;
  if (c->insecure)
    pintle_log(call, PINTLE_LOG_WARN, "insecureSkipTLSVerify: the store's certificate is not checked; anybody on the way can pose as it");
  *self = s;
  return PINTLE_OK;
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .thread_model = PINTLE_PARALLEL,
                                     .name = "pintle.io/s3",
                                     .summary = "keeps backups in any store that speaks S3",
                                     .options = s3_options,
                                     .create = create,
                                     .destroy = destroy};

static const pintle_object_store store = {.struct_size = sizeof(pintle_object_store),
                                          .action = &action,
                                          .put_object = s3_put,
                                          .object_exists = s3_exists,
                                          .get_object = s3_get,
                                          .list_common_prefixes = s3_list_common,
                                          .list_objects = s3_list,
                                          .delete_object = s3_delete,
                                          .create_signed_url = s3_signed_url,
                                          .stat_object = s3_stat,
                                          .get_object_range = s3_get_range,
                                          .put_object_if_absent = s3_put_if_absent};
static const pintle_object_store *const stores[] = {&store, NULL};
static const char *const environment[] = {"AWS_*",      "HTTP_PROXY",  "HTTPS_PROXY", "NO_PROXY",  "ALL_PROXY",
                                          "http_proxy", "https_proxy", "no_proxy",    "all_proxy", NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD,      .name = "s3",      .version = "0.1.0", .load = load,
                                    .object_stores = stores, .env = environment};
