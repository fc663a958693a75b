/* dropin.c -- as what velero-plugin-pintle was started.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/dropin.h"
#include "dropin/inside.h"
#include "dropin/install.h"
#include "dropin/preflight.h"
#include "worker/worker.h"
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char for_people[] = "velero-plugin-pintle is a plugin of Velero: Velero executes it. Put it with your .so plugins into "
                                 "Velero's plugin directory (/plugins).\n";
static const char help[] =
    "usage: velero-plugin-pintle COMMAND\n"
    "\n"
    "  install --to DIR   copy this program, and the plugins and configuration beside it, into DIR\n"
    "  preflight DIR      say what would stop Velero if DIR were its plugin directory; exit status 2 if anything would\n"
    "  --version          print the version\n"
    "  --help             print this\n"
    "\n"
    "`velero-plugin-pintle COMMAND --help` has examples. Executed by Velero it serves every .so beside it. docs/velero.md says how.\n";

static const char install_help[] =
    "Copy this program, the .so plugins and pintle.d/ beside it, into Velero's plugin directory\n"
    "\n"
    "Each file by a rename, so that Velero never sees half of one, and this program last. The execute bits of every .so in DIR are cleared, since Velero\n"
    "would execute them. What is there and newer stays, and so does a pintle.yaml that is there.\n"
    "\n"
    "Usage:\n"
    "  velero-plugin-pintle install --to DIR\n"
    "\n"
    "Examples:\n"
    "  velero-plugin-pintle install --to /plugins\n"
    "  velero plugin add REGISTRY/velero-plugin-pintle:TAG    # its entrypoint is `install --to /target`\n"
    "\n"
    "Flags:\n"
    "      --to DIR   where to; it is made if it is not there\n"
    "  -h, --help     help for this command\n";
static const char preflight_help[] =
    "Say what would stop Velero if DIR were its plugin directory\n"
    "\n"
    "Executes what Velero would execute, asks it for its list, and looks at every .so and at the configuration. Exit status 2 if anything would.\n"
    "\n"
    "Usage:\n"
    "  velero-plugin-pintle preflight DIR\n"
    "\n"
    "Examples:\n"
    "  velero-plugin-pintle preflight /plugins\n"
    "  kubectl -n velero exec deploy/velero -- /plugins/velero-plugin-pintle preflight /plugins\n"
    "\n"
    "Flags:\n"
    "  -h, --help   help for this command\n";

static bool is(const char *word, const char *a, const char *b) { return strcmp(word, a) == 0 || strcmp(word, b) == 0; }

static int usage(const char *what) {
  fprintf(stderr, "velero-plugin-pintle: %s\n\n%s", what, help);
  return 2;
}

static int install(int argc, char **argv) {
  const char *to = NULL;
  for (int i = 2; i < argc; i++) {
    if (is(argv[i], "--help", "-h")) return fputs(install_help, stdout) < 0;
    if (strcmp(argv[i], "--to") == 0 && i + 1 < argc) to = argv[++i];
    else if (strncmp(argv[i], "--to=", 5) == 0) to = argv[i] + 5;
    else return usage("install takes --to DIR and nothing else");
  }
  return to && to[0] ? dropin_install(argv[0], to, stdout, stderr) : usage("install needs --to DIR");
}

int dropin_main(int argc, char **argv, char **environment) {
  const char *const *variables = (const char *const *)(uintptr_t)environment;
  const char *word = argc > 1 ? argv[1] : "";
  if (is(word, "--probe", "--run"))
    return prctl(PR_SET_NAME, "pintle-worker"), worker_main(argc, argv); /* it is executed as /proc/self/exe */
  if (velero_server_wanted(variables)) return dropin_serve(argc, argv, variables);
  if (strcmp(word, "install") == 0) return install(argc, argv);
  if (strcmp(word, "preflight") == 0 && argc > 2 && is(argv[2], "--help", "-h")) return fputs(preflight_help, stdout) < 0;
  if (strcmp(word, "preflight") == 0 && argc == 3) return dropin_preflight(argv[0], argv[2], variables, stdout, stderr);
  if (is(word, "preflight", "--preflight")) return usage("preflight takes one directory");
  if (is(word, "--version", "version")) return printf("velero-plugin-pintle %s\n", PINTLE_VERSION) < 0;
  if (is(word, "--help", "-h") || strcmp(word, "help") == 0) return fputs(help, stdout) < 0;
  fputs(for_people, stderr);
  return 1;
}
