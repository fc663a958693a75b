/* test_s3_creds.c -- credentials of the environment, of files and of programs: which source, which keys, which error.
 * SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include "s3_call.h"
#include <check.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* "@" in a value is the test's directory. Secrets hold the word HIDDEN. */
typedef struct row {
  const char *name, *env[5];        /* "NAME=value" */
  const char *credentials, *config; /* of ~/.aws */
  const char *given, *profile;      /* the options; given: what @/given has */
  const char *want, *region;        /* "source access secret token", or "!" and what the error holds */
} row;

#define KEYS "[default]\naws_access_key_id = FILE\naws_secret_access_key = HIDDEN-F\n"
#define ENV_KEYS "AWS_ACCESS_KEY_ID=ENV", "AWS_SECRET_ACCESS_KEY=HIDDEN-E"
#define PROGRAM "printf '{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"%s\\\",\\\"SecretAccessKey\\\":\\\"HIDDEN-P\\\"}' "
static const row rows[] = {
    {"nothing",
     .want = "!environment: AWS_ACCESS_KEY_ID is not set; web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set; profile \"default\": not "
             "in @/.aws/credentials and @/.aws/config; container: AWS_CONTAINER_CREDENTIALS_FULL_URI is not set; instance: "
             "AWS_EC2_METADATA_DISABLED is true"},
    {"environment", {ENV_KEYS}, .want = "environment ENV HIDDEN-E -"},
    {"with a token", {ENV_KEYS, "AWS_SESSION_TOKEN=HIDDEN-T"}, .want = "environment ENV HIDDEN-E HIDDEN-T"},
    {"older names", {"AWS_ACCESS_KEY=ENV", "AWS_SECRET_KEY=HIDDEN-E"}, .want = "environment ENV HIDDEN-E -"},
    {"half of it, then the file", {"AWS_ACCESS_KEY_ID=ENV"}, KEYS, .want = "credentials file FILE HIDDEN-F -"},
    {"half of it", {"AWS_ACCESS_KEY_ID=ENV"}, .want = "!environment: AWS_SECRET_ACCESS_KEY is not set"},
    {"environment before file", {ENV_KEYS}, KEYS, .want = "environment ENV HIDDEN-E -"},
    {"a given file before the environment", {ENV_KEYS}, .given = KEYS, .want = "credentials file FILE HIDDEN-F -"},
    {"a given profile before the environment",
     {ENV_KEYS},
     "[p]\naws_access_key_id=P\naws_secret_access_key=HIDDEN-P\n",
     .profile = "p",
     .want = "credentials file P HIDDEN-P -"},
    {"a given file without keys, then the environment",
     {ENV_KEYS},
     .given = "[default]\nregion = r1\n",
     .want = "environment ENV HIDDEN-E -",
     .region = "r1"},
    {"AWS_PROFILE does not go before the environment",
     {ENV_KEYS, "AWS_PROFILE=p"},
     "[p]\naws_access_key_id=P\naws_secret_access_key=HIDDEN-P\n",
     .want = "environment ENV HIDDEN-E -"},
    {"AWS_PROFILE",
     {"AWS_PROFILE=p"},
     "[p]\naws_access_key_id=P\naws_secret_access_key=HIDDEN-P\n",
     .want = "credentials file P HIDDEN-P -"},
    {"AWS_DEFAULT_PROFILE",
     {"AWS_DEFAULT_PROFILE=p"},
     "[p]\naws_access_key_id=P\naws_secret_access_key=HIDDEN-P\n",
     .want = "credentials file P HIDDEN-P -"},
    {"no such profile", {"AWS_PROFILE=q"}, KEYS, .want = "!profile \"q\": not in @/.aws/credentials"},
    {"no such profile in the given file", {0}, .given = KEYS, .profile = "q", .want = "!profile \"q\": not in @/given"},
    {"half a profile",
     {0},
     "[default]\naws_access_key_id=P\n",
     .want = "!profile \"default\" of @/.aws/credentials has no aws_secret_access_key"},
    {"half a profile, the other half",
     {0},
     .given = "[default]\naws_secret_access_key=HIDDEN-P\n",
     .want = "!profile \"default\" of @/given has no aws_access_key_id"},
    {"a given file makes web identity silent",
     {"AWS_WEB_IDENTITY_TOKEN_FILE=/no/such", "AWS_ROLE_ARN=arn:x"},
     .given = KEYS,
     .want = "credentials file FILE HIDDEN-F -"},
    {"AWS_SHARED_CREDENTIALS_FILE, too",
     {"AWS_WEB_IDENTITY_TOKEN_FILE=/no/such", "AWS_ROLE_ARN=arn:x", "AWS_SHARED_CREDENTIALS_FILE=@/given"},
     .credentials = "x",
     .given = KEYS,
     .want = "credentials file FILE HIDDEN-F -"},
    {"web identity before files", {"AWS_WEB_IDENTITY_TOKEN_FILE=/no/such", "AWS_ROLE_ARN=arn:x"}, KEYS, .want = "!/no/such: No such file"},
    {"web identity without a role", {"AWS_WEB_IDENTITY_TOKEN_FILE=/no/such"}, KEYS, .want = "!web identity: AWS_ROLE_ARN is not set"},
    {"a given file that is not there", {ENV_KEYS, "GIVEN=@/none"}, .given = KEYS, .want = "!@/none: there is no such file"},
    /* the two files */
    {"[profile default] of config",
     {0},
     NULL,
     "[profile default]\naws_access_key_id=C\naws_secret_access_key=HIDDEN-C\n",
     .want = "credentials file C HIDDEN-C -"},
    {"[profile default] before [default]",
     {0},
     NULL,
     "[default]\naws_access_key_id=D\naws_secret_access_key=HIDDEN-D\n[profile "
     "default]\naws_access_key_id=C\naws_secret_access_key=HIDDEN-C\n",
     .want = "credentials file C HIDDEN-C -"},
    {"credentials before config",
     {0},
     KEYS,
     "[default]\naws_access_key_id=C\naws_secret_access_key=HIDDEN-C\nregion=r2\n",
     .want = "credentials file FILE HIDDEN-F -",
     .region = "r2"},
    {"[p] of config is no profile",
     {"AWS_PROFILE=p"},
     NULL,
     "[p]\naws_access_key_id=C\naws_secret_access_key=HIDDEN-C\n",
     .want = "!profile \"p\": not in"},
    {"[profile p] of credentials is none",
     {"AWS_PROFILE=p"},
     "[profile p]\naws_access_key_id=C\naws_secret_access_key=HIDDEN-C\n",
     .want = "!profile \"p\": not in"},
    {"a given file is both",
     {0},
     .given = "[profile p]\naws_access_key_id=C\naws_secret_access_key=HIDDEN-C\n",
     .profile = "p",
     .want = "credentials file C HIDDEN-C -"},
    {"region: environment before profile",
     {"AWS_REGION=r3", "AWS_DEFAULT_REGION=r4"},
     KEYS "region=r5\n",
     .want = "credentials file FILE HIDDEN-F -",
     .region = "r3"},
    {"region: the second variable",
     {"AWS_DEFAULT_REGION=r4"},
     KEYS "region=r5\n",
     .want = "credentials file FILE HIDDEN-F -",
     .region = "r4"},
    /* the syntax */
    {"comments, spaces, CRLF, a BOM, case",
     {0},
     "\xef\xbb\xbf# c\r\n; d\r\n[ default ] ; e\r\nAWS_Access_Key_Id=FILE # f\r\n\taws_secret_access_key = not this\r\n"
     "aws_secret_access_key   =HIDDEN+/=x#y\t; g\r\n",
     .want = "credentials file FILE HIDDEN+/=x#y -"},
    {"nested",
     {0},
     "[default]\ns3 =\n  aws_access_key_id = NESTED\n  max = 1\naws_access_key_id=FILE\naws_secret_access_key=HIDDEN-F\n",
     .want = "credentials file FILE HIDDEN-F -"},
    {"all lines indented",
     {0},
     "[default]\n  aws_access_key_id=FILE\n  aws_secret_access_key=HIDDEN-F\n",
     .want = "credentials file FILE HIDDEN-F -"},
    {"twice: the last", {0}, KEYS "aws_access_key_id = LAST\n", .want = "credentials file LAST HIDDEN-F -"},
    {"quoted name",
     {"AWS_PROFILE=a b"},
     NULL,
     "[profile \"a b\"]\naws_access_key_id=C\naws_secret_access_key=HIDDEN-C\n",
     .want = "credentials file C HIDDEN-C -"},
    {"empty values are none", {0}, "[default]\naws_access_key_id=\naws_secret_access_key=\n", .want = "!profile \"default\" of"},
    {"no configuration file at all", {0}, .given = "{\"kind\": \"Secret\"}\n", .want = "!profile \"default\": not in @/given"},
    /* chains of profiles */
    {"a role of a loop",
     {0},
     .given = "[default]\nrole_arn=r\nsource_profile=b\n[b]\nrole_arn=r\nsource_profile=default\n",
     .want = "!profile \"b\": source_profile \"default\" leads back to itself"},
    {"a role of itself",
     {0},
     .given = "[default]\nrole_arn=r\nsource_profile=default\n",
     .want = "!source_profile is itself, and it has no keys"},
    {"a role of nobody", {0}, .given = "[default]\nrole_arn=r\nsource_profile=b\n", .want = "!there is no source_profile \"b\""},
    {"source_profile alone", {0}, .given = KEYS "source_profile=b\n", .want = "!has source_profile and no role_arn"},
    {"two sources",
     {0},
     .given = "[default]\nrole_arn=r\nsource_profile=b\ncredential_source=Environment\n",
     .want = "!has more than one of source_profile"},
    {"credential_source nobody knows", {0}, .given = "[default]\nrole_arn=r\ncredential_source=Moon\n", .want = "!not \"Moon\""},
    {"credential_source without",
     {0},
     .given = "[default]\nrole_arn=r\ncredential_source=Environment\n",
     .want = "!AWS_ACCESS_KEY_ID is not set"},
    {"a person's code",
     {ENV_KEYS},
     .given = "[default]\nrole_arn=r\nmfa_serial=m\ncredential_source=Environment\n",
     .want = "!mfa_serial asks a person"},
    /* programs */
    {"credential_process",
     {0},
     .given = "[default]\ncredential_process = sh -c \"" PROGRAM "'PRO GRAM'\"\n",
     .want = "credential_process PRO GRAM HIDDEN-P -"},
    {"it fails",
     {0},
     .given = "[default]\ncredential_process = sh -c 'echo HIDDEN-S; echo why >&2; exit 3'\n",
     .want = "!sh ends with status 3"},
    {"it is killed", {0}, .given = "[default]\ncredential_process = sh -c 'kill -9 $$'\n", .want = "!sh ends with signal 9"},
    {"it says no JSON",
     {0},
     .given = "[default]\ncredential_process = echo HIDDEN\n",
     .want = "!credential_process: the answer is no JSON object"},
    {"it says too little",
     {0},
     .given = "[default]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"A\"}'\n",
     .want = "!the answer has no keys"},
    {"another version",
     {0},
     .given = "[default]\ncredential_process = echo '{\"Version\":2,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"HIDDEN\"}'\n",
     .want = "!credential_process: Version is not 1"},
    {"expired",
     {0},
     .given = "[default]\ncredential_process = echo "
              "'{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"HIDDEN\",\"Expiration\":\"2020-01-01T00:00:00Z\"}'\n",
     .want = "!what it gives has expired already"},
    {"no such program", {0}, .given = "[default]\ncredential_process = /no/such/program\n", .want = "!/no/such/program: No such file"},
    {"a quote is left open", {0}, .given = "[default]\ncredential_process = echo 'x\n", .want = "!a quote is left open"},
    /* single sign-on */
    {"sso without login",
     {0},
     .given = "[default]\nsso_start_url=https://x\nsso_region=us-east-1\nsso_account_id=1\nsso_role_name=r\n",
     .want = "!.json is not there: aws sso login"},
    {"sso without a role",
     {0},
     .given = "[default]\nsso_start_url=https://x\nsso_region=us-east-1\nsso_account_id=1\n",
     .want = "!has no sso_role_name"},
    {"sso_session without its section", {0}, .given = "[default]\nsso_session=s\n", .want = "!there is no [sso-session s]"},
    /* containers */
    {"a container's host",
     {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.169.254/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN=HIDDEN"},
     .want = "!FULL_URI is neither https nor a host that may be asked over http"},
    {"a container's token",
     {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1/", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/no/such"},
     .want = "!/no/such: No such file"},
};

static char dir[] = "/tmp/pintle-test-s3-creds-XXXXXX";

static void put(const char *name, const char *text) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  unlink(path);
  if (!text) return;
  FILE *f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  ck_assert_int_eq(fputs(text, f) >= 0, 1);
  ck_assert_int_eq(fclose(f), 0);
}

/* "@" becomes the directory. */
static const char *here(const char *text, s3_text *to) {
  for (; *text; text++)
    if (*text == '@') s3_addz(to, dir);
    else s3_add(to, text, 1);
  return s3_z(to);
}

static void forget(void) {
  extern char **environ;
  for (char **e = environ; *e;) {
    char name[128];
    if (strncmp(*e, "AWS_", 4) == 0 && sscanf(*e, "%127[^=]", name) == 1) unsetenv(name), e = environ;
    else e++;
  }
  setenv("HOME", dir, 1);
  setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
}

static void setup(void) {
  char path[512];
  ck_assert_ptr_nonnull(mkdtemp(dir));
  snprintf(path, sizeof path, "%s/.aws", dir);
  ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void teardown(void) {
  char path[512];
  put(".aws/credentials", NULL), put(".aws/config", NULL), put("given", NULL);
  snprintf(path, sizeof path, "%s/.aws", dir);
  rmdir(path);
  rmdir(dir);
}

START_TEST(sources) {
  const row *r = &rows[_i];
  s3_test_call call = S3_TEST_CALL;
  s3_text given = {0}, want = {0}, text = {0};
  s3_creds_chain *chain = NULL;
  s3_creds c = {0};
  forget();
  put(".aws/credentials", r->credentials), put(".aws/config", r->config), put("given", r->given);
  if (r->given) s3_addf(&given, "%s/given", dir);
  for (size_t i = 0; i < 5 && r->env[i]; i++) {
    s3_text pair = {0};
    here(r->env[i], &pair);
    char *equal = strchr(pair.p, '=');
    *equal = 0;
    if (strcmp(pair.p, "GIVEN") == 0) s3_text_free(&given), s3_addz(&given, equal + 1);
    else setenv(pair.p, equal + 1, 1);
    if (strcmp(pair.p, "AWS_SHARED_CREDENTIALS_FILE") == 0) s3_text_free(&given); /* by the environment alone */
    s3_text_free(&pair);
  }
  const s3_creds_options o = {.credentials_file = given.p, .profile = r->profile};
  pintle_status st = s3_creds_chain_new(&call.base, &o, &chain);
  here(r->want, &want);
  if (*want.p == '!') {
    ck_assert_msg(st != PINTLE_OK && strstr(call.error, want.p + 1), "%s: %d \"%s\", not %s", r->name, st, call.error, want.p);
  } else {
    ck_assert_msg(st == PINTLE_OK && s3_creds_get(chain, &call.base, false, &c) == PINTLE_OK, "%s: %s", r->name, call.error);
    s3_addf(&text, "%s %s %s %s", c.source, c.access_key, c.secret_key, *c.session_token ? c.session_token : "-");
    ck_assert_msg(strcmp(text.p, want.p) == 0, "%s: \"%s\", not \"%s\"", r->name, text.p, want.p);
    ck_assert_str_eq(s3_creds_region(chain), r->region ? r->region : "");
    ck_assert_int_eq(c.expires, INT64_MAX);
  }
  ck_assert_msg(!strstr(call.error, "HIDDEN") && !strstr(call.log, "HIDDEN"), "%s: %s%s", r->name, call.error, call.log);
  s3_creds_wipe(&c);
  s3_creds_chain_free(chain);
  s3_text_free(&given), s3_text_free(&want), s3_text_free(&text);
}
END_TEST

START_TEST(what_a_program_complains) {
  s3_test_call call = S3_TEST_CALL;
  s3_creds_chain *chain = NULL;
  char path[512];
  forget();
  put("given", "[default]\ncredential_process = sh -c 'echo one >&2; echo two >&2; exit 1'\n");
  snprintf(path, sizeof path, "%s/given", dir);
  const s3_creds_options o = {.credentials_file = path};
  ck_assert_int_eq(s3_creds_chain_new(&call.base, &o, &chain), PINTLE_DENIED);
  ck_assert_str_eq(call.log, "2 credential_process says: one\n2 credential_process says: two\n");
}
END_TEST

/* A file that changes is read again when the store says that the keys are no good; when it is gone, the error says so. */
START_TEST(asked_again) {
  s3_test_call call = S3_TEST_CALL;
  s3_creds_chain *chain = NULL;
  s3_creds c = {0};
  char path[512];
  forget();
  put("given", KEYS);
  snprintf(path, sizeof path, "%s/given", dir);
  const s3_creds_options o = {.credentials_file = path};
  ck_assert_int_eq(s3_creds_chain_new(&call.base, &o, &chain), PINTLE_OK);
  put("given", "[default]\naws_access_key_id=NEW\naws_secret_access_key=HIDDEN-N\n");
  ck_assert_int_eq(s3_creds_get(chain, &call.base, false, &c), PINTLE_OK);
  ck_assert_str_eq(c.access_key, "FILE");
  s3_creds_wipe(&c);
  ck_assert_int_eq(s3_creds_get(chain, &call.base, true, &c), PINTLE_OK);
  ck_assert_str_eq(c.access_key, "NEW");
  s3_creds_wipe(&c);
  put("given", NULL);
  chain->asked_at = 0;
  ck_assert_int_eq(s3_creds_get(chain, &call.base, true, &c), PINTLE_INVALID);
  ck_assert_ptr_nonnull(strstr(call.error, "the credentials are not renewed: "));
  ck_assert_ptr_nonnull(strstr(call.error, "there is no such file"));
  s3_creds_chain_free(chain);
}
END_TEST

START_TEST(words) {
  static const struct {
    const char *command, *want; /* NULL: refused */
  } of[] = {{"a b  c", "a|b|c|"},  {" 'a b' \"c d\"e ", "a b|c de|"},
            {"a\\ b", "a b|"},     {"'a\\b' \"a\\b\\\"\\\\\"", "a\\b|a\\b\"\\|"},
            {"'' x", "|x|"},       {"a'b", NULL},
            {"a \"b", NULL},       {"", ""},
            {"a\tb\nc", "a|b|c|"}, {"$HOME `x` *", "$HOME|`x`|*|"}};
  for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
    char **w = creds_words(of[i].command), text[128] = "";
    ck_assert_msg(!w == !of[i].want, "%s", of[i].command);
    for (size_t j = 0; w && w[j]; j++) strcat(strcat(text, w[j]), "|");
    if (w) ck_assert_str_eq(text, of[i].want);
    free(w);
  }
}
END_TEST

START_TEST(hosts) {
  static const char *const good[] = {"https://x.example/a",      "http://127.0.0.1:8080/a", "http://127.9.9.9",
                                     "http://localhost/x",       "http://[::1]:99/x",       "http://169.254.170.2/v2",
                                     "http://169.254.170.23/v1", "http://[fd00:ec2::23]/v1"};
  static const char *const bad[] = {"http://x.example/a",
                                    "http://169.254.169.254/",
                                    "http://localhost@x.example/",
                                    "http://127.0.0.1@x.example/",
                                    "ftp://localhost/",
                                    "http://[fd00:ec2::254]/",
                                    "http://",
                                    "https://",
                                    "http://0x7f.1/",
                                    "http://localhost.example.com",
                                    "file:///etc/passwd",
                                    "http://127.0.0.1\\@x.example/"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) ck_assert_msg(creds_uri_allowed(good[i]), "%s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!creds_uri_allowed(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(times) {
  static const struct {
    const char *text;
    int64_t want; /* -1: none */
  } of[] = {{"1970-01-02T00:00:00Z", 86400},
            {"2026-11-23T01:02:03Z", 1795395723},
            {"2026-11-23T01:02:03.25Z", 1795395723},
            {"2026-11-23T02:02:03+01:00", 1795395723},
            {"2026-11-23T01:02:03UTC", 1795395723},
            {"2026-11-23T00:32:03-0030", 1795395723},
            {"", -1},
            {"2026-11-23", -1},
            {"2026-13-23T01:02:03Z", -1},
            {"2026-11-23T01:02:03", -1},
            {"2026-11-23T01:02:03Zx", -1}};
  for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
    int64_t got = -1;
    ck_assert_msg(creds_time(of[i].text, &got) == (of[i].want >= 0) && got == of[i].want, "%s: %lld", of[i].text, (long long)got);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("s3_creds");
  TCase *t = tcase_create("credentials");
  tcase_add_unchecked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, sources, 0, (int)(sizeof rows / sizeof *rows));
  tcase_add_test(t, what_a_program_complains);
  tcase_add_test(t, asked_again);
  tcase_add_test(t, words);
  tcase_add_test(t, hosts);
  tcase_add_test(t, times);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
