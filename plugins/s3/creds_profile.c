/* creds_profile.c -- the environment, and profiles of the shared files.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include <stdlib.h>
#include <string.h>

/* ---- the environment */
pintle_status creds_from_environment(creds_ask *a, s3_creds *out) {
  const char *access = creds_env("AWS_ACCESS_KEY_ID"), *secret = creds_env("AWS_SECRET_ACCESS_KEY");
  if (!*access) access = creds_env("AWS_ACCESS_KEY"); /* older names that the SDK still reads */
  if (!*secret) secret = creds_env("AWS_SECRET_KEY");
  if (!*access || !*secret)
    return creds_none(a, PINTLE_NOT_FOUND, "environment: %s is not set", *access ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
  return creds_set(a, out, "environment", access, secret, creds_env("AWS_SESSION_TOKEN"), INT64_MAX);
}

pintle_status creds_from_web_identity(creds_ask *a, s3_creds *out) {
  const char *file = creds_env("AWS_WEB_IDENTITY_TOKEN_FILE"), *role = creds_env("AWS_ROLE_ARN");
  if (!*file) return creds_none(a, PINTLE_NOT_FOUND, "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set");
  if (a->file_given) return creds_none(a, PINTLE_NOT_FOUND, "web identity: not asked beside a credentials file");
  if (!*role) return creds_none(a, PINTLE_INVALID, "web identity: AWS_ROLE_ARN is not set");
  return creds_assume_web(a, file, role, creds_env("AWS_ROLE_SESSION_NAME"), out);
}

/* ---- the files */
static void path_of(char to[1024], const char *variable, const char *below_home) {
  const char *named = creds_env(variable), *home = creds_env("HOME");
  int n = *named ? snprintf(to, 1024, "%s", named) : *home ? snprintf(to, 1024, "%s/.aws/%s", home, below_home) : 0;
  if (n <= 0 || n >= 1024) to[0] = 0;
}

/* A wrong file is an error only when its profile is asked for: `path` with n 0 and text NULL. */
void creds_files_open(creds_ask *a) {
  const char *given = a->chain->o.credentials_file, *variable = creds_env("AWS_SHARED_CREDENTIALS_FILE");
  if (*given) snprintf(a->paths[0], sizeof a->paths[0], "%s", given);
  else path_of(a->paths[0], "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  if (*given || (*variable && !*creds_env("AWS_CONFIG_FILE"))) memcpy(a->paths[1], a->paths[0], sizeof a->paths[1]);
  else path_of(a->paths[1], "AWS_CONFIG_FILE", "config");
  if (*a->paths[0]) creds_ini_read(&a->credentials, a->paths[0]);
  if (*a->paths[1]) creds_ini_read(&a->config, a->paths[1]);
  a->file_given = *given || (*variable && a->credentials.text);
}

void creds_files_close(creds_ask *a) {
  creds_ini_free(&a->credentials);
  creds_ini_free(&a->config);
}

const char *creds_profile_name(const creds_ask *a) {
  const char *name = a->chain->o.profile;
  if (!*name) name = creds_env("AWS_PROFILE");
  if (!*name) name = creds_env("AWS_DEFAULT_PROFILE");
  return *name ? name : "default";
}

/* Which sections are a profile's, in their order: [x] of the credentials file; [profile x], and for default [default], of the other. */
static const char *find(const creds_ask *a, const char *profile, const char *key, int from) {
  char section[256];
  if (from == 0) return creds_ini_get(&a->credentials, profile, key);
  if (snprintf(section, sizeof section, "profile %s", profile) >= (int)sizeof section) return NULL;
  if (from == 1) return creds_ini_get(&a->config, section, key);
  return strcmp(profile, "default") == 0 && !creds_ini_has(&a->config, section) ? creds_ini_get(&a->config, profile, key) : NULL;
}
enum { PLACES = 3 };

const char *creds_profile_get(const creds_ask *a, const char *profile, const char *key) {
  const char *value = NULL;
  for (int i = 0; i < PLACES && (!value || !*value); i++) value = find(a, profile, key, i);
  return value && *value ? value : NULL;
}

static bool exists(const creds_ask *a, const char *profile) {
  char section[256];
  int n = snprintf(section, sizeof section, "profile %s", profile);
  return creds_ini_has(&a->credentials, profile) || (n < (int)sizeof section && creds_ini_has(&a->config, section)) ||
         (strcmp(profile, "default") == 0 && creds_ini_has(&a->config, profile));
}

static pintle_status of_keys(creds_ask *a, const char *profile, s3_creds *out) {
  for (int i = 0; i < PLACES; i++) {
    const char *access = find(a, profile, "aws_access_key_id", i), *secret = find(a, profile, "aws_secret_access_key", i);
    const char *path = i ? a->paths[1] : a->paths[0];
    bool has_access = access && *access, has_secret = secret && *secret;
    if (has_access && has_secret)
      return creds_set(a, out, "credentials file", access, secret, find(a, profile, "aws_session_token", i), INT64_MAX);
    if (has_access || has_secret)
      return creds_none(a, PINTLE_INVALID, "profile \"%s\" of %s has no %s", profile, path,
                        has_access ? "aws_secret_access_key" : "aws_access_key_id");
  }
  return PINTLE_NOT_FOUND;
}

/* ---- one profile, and those that it names */
static pintle_status resolve(creds_ask *a, const char *profile, s3_creds *out);

static pintle_status of_source_profile(creds_ask *a, const char *profile, const char *source, s3_creds *out) {
  if (strcmp(source, profile) == 0) { /* its own keys (botocore: credentials.py) */
    pintle_status st = of_keys(a, profile, out);
    return st == PINTLE_NOT_FOUND ? creds_none(a, PINTLE_INVALID, "profile \"%s\": source_profile is itself, and it has no keys", profile)
                                  : st;
  }
  for (size_t i = 0; i < a->n_seen; i++)
    if (strcmp(a->seen[i], source) == 0)
      return creds_none(a, PINTLE_INVALID, "profile \"%s\": source_profile \"%s\" leads back to itself", profile, source);
  if (a->n_seen == CREDS_DEEPEST)
    return creds_none(a, PINTLE_INVALID, "profile \"%s\": more than %d by source_profile", profile, CREDS_DEEPEST);
  if (!exists(a, source)) return creds_none(a, PINTLE_INVALID, "profile \"%s\": there is no source_profile \"%s\"", profile, source);
  return resolve(a, source, out);
}

static pintle_status of_named_source(creds_ask *a, const char *profile, const char *name, s3_creds *out) {
  creds_source *source = strcmp(name, "Environment") == 0           ? creds_from_environment
                         : strcmp(name, "EcsContainer") == 0        ? creds_from_container
                         : strcmp(name, "Ec2InstanceMetadata") == 0 ? creds_from_instance
                                                                    : NULL;
  if (!source)
    return creds_none(a, PINTLE_INVALID,
                      "profile \"%s\": credential_source is Environment, EcsContainer or Ec2InstanceMetadata, not \"%s\"", profile, name);
  pintle_status st = source(a, out);
  return st == PINTLE_NOT_FOUND ? PINTLE_DENIED : st;
}

/* What the profile has of its own, without its role. NOT_FOUND: nothing. */
static pintle_status of_profile(creds_ask *a, const char *profile, s3_creds *out) {
  const char *source = creds_profile_get(a, profile, "source_profile"), *named = creds_profile_get(a, profile, "credential_source");
  const char *token = creds_profile_get(a, profile, "web_identity_token_file"),
             *command = creds_profile_get(a, profile, "credential_process");
  const char *role = creds_profile_get(a, profile, "role_arn");
  if (!!source + !!named + !!token + !!command > 1)
    return creds_none(
        a, PINTLE_INVALID,
        "profile \"%s\" has more than one of source_profile, credential_source, web_identity_token_file and credential_process", profile);
  if ((source || named || token) && !role)
    return creds_none(a, PINTLE_INVALID, "profile \"%s\" has %s and no role_arn", profile,
                      source  ? "source_profile"
                      : named ? "credential_source"
                              : "web_identity_token_file");
  if (source) return of_source_profile(a, profile, source, out);
  pintle_status st = of_keys(a, profile, out);
  if (st != PINTLE_NOT_FOUND) return st;
  if (named) return of_named_source(a, profile, named, out);
  if (token) {
    const char *session = creds_profile_get(a, profile, "role_session_name");
    return creds_assume_web(a, token, role, session ? session : "", out);
  }
  st = creds_from_sso(a, profile, out);
  if (st != PINTLE_NOT_FOUND || !command) return st;
  return creds_from_process(a, command, out);
}

static pintle_status resolve(creds_ask *a, const char *profile, s3_creds *out) {
  a->seen[a->n_seen++] = profile;
  s3_creds base = {0};
  pintle_status st = of_profile(a, profile, &base);
  const char *arn = creds_profile_get(a, profile, "role_arn");
  bool web = creds_profile_get(a, profile, "web_identity_token_file") && strcmp(st == PINTLE_OK ? base.source : "", "web identity") == 0;
  if (st == PINTLE_NOT_FOUND && (arn || a->n_seen > 1)) { /* a role that only the machine can take */
    st = creds_from_container(a, &base);
    if (st == PINTLE_NOT_FOUND) st = creds_from_instance(a, &base);
    if (st == PINTLE_NOT_FOUND) st = PINTLE_DENIED;
  }
  if (st != PINTLE_OK || !arn || web) {
    if (st == PINTLE_OK) *out = base;
    return st;
  }
  if (creds_profile_get(a, profile, "mfa_serial")) {
    s3_creds_wipe(&base);
    return creds_none(a, PINTLE_UNSUPPORTED, "profile \"%s\": mfa_serial asks a person for a code, and nobody is here", profile);
  }
  const creds_role role = {arn, creds_profile_get(a, profile, "role_session_name"), creds_profile_get(a, profile, "external_id"),
                           creds_profile_get(a, profile, "duration_seconds")};
  st = creds_assume(a, &role, &base, out);
  s3_creds_wipe(&base);
  return st;
}

static pintle_status check_file(creds_ask *a, const char *path, const creds_ini *ini, bool must) {
  if (ini->text || !*path) return PINTLE_OK;
  creds_ini again = {0};
  pintle_status st = creds_ini_read(&again, path); /* why not? */
  creds_ini_free(&again);
  if (st == PINTLE_OK || (st == PINTLE_NOT_FOUND && !must)) return PINTLE_OK;
  return creds_none(a, st == PINTLE_NOMEM ? st : PINTLE_INVALID, "%s: %s", path,
                    st == PINTLE_NOT_FOUND ? "there is no such file" : "cannot be read, or is no configuration file");
}

pintle_status creds_from_profile(creds_ask *a, s3_creds *out) {
  const char *name = creds_profile_name(a);
  const char *between = a->paths[1], *also = " and ";
  if (strcmp(a->paths[0], a->paths[1]) == 0) between = also = "";
  pintle_status st = check_file(a, a->paths[0], &a->credentials, *a->chain->o.credentials_file);
  if (st == PINTLE_OK) st = check_file(a, a->paths[1], &a->config, false);
  if (st != PINTLE_OK) return st;
  if (!exists(a, name)) {
    bool named = *a->chain->o.profile || *creds_env("AWS_PROFILE") || *creds_env("AWS_DEFAULT_PROFILE");
    return creds_none(a, named ? PINTLE_INVALID : PINTLE_NOT_FOUND, "profile \"%s\": not in %s%s%s", name, a->paths[0], also, between);
  }
  st = resolve(a, name, out);
  return st == PINTLE_NOT_FOUND ? creds_none(a, st, "profile \"%s\" of %s%s%s: no keys", name, a->paths[0], also, between) : st;
}
