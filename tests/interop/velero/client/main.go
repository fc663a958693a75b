// client -- what Velero's server does with its plugin directory, by Velero's own packages.  SPDX-License-Identifier: Apache-2.0
//
//	client run DIRECTORY [LOG]       discovers DIRECTORY's plugins, then does what the lines of standard input say (script.go): one line of JSON each.
//	                                 Velero's server log goes to LOG, as JSON
//	client direct EXECUTABLE [mtls]  the same over go-plugin's client alone: for what Velero itself never does (v1 services beside v2, AutoMTLS)
//	client discover DIRECTORY [LOG]  discovers and ends; exit status 1: Velero's server would not start
//	client bench DIRECTORY ...       measures (bench.go)
//	client run-plugins               (used by Velero's packages) the plugins that Velero's server brings itself
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/sirupsen/logrus"
	"github.com/vmware-tanzu/velero/pkg/plugin/clientmgmt"
	"github.com/vmware-tanzu/velero/pkg/plugin/clientmgmt/process"
	"github.com/vmware-tanzu/velero/pkg/util/logging"
)

func arg(i int) string {
	if i < len(os.Args) {
		return os.Args[i]
	}
	return ""
}

func must(err error) {
	if err != nil {
		say(map[string]any{"fatal": failure(err)})
		os.Exit(1)
	}
}

func say(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		text = []byte(fmt.Sprintf(`{"fatal":%q}`, err.Error()))
	}
	fmt.Println(string(text))
}

// counted is the hook that a backup's and a restore's log have; it asserts that name, namespace and resource are strings.
var counted = logging.NewLogHook()

func logger(path string) *logrus.Logger {
	log := logging.DefaultLogger(logrus.DebugLevel, logging.FormatJSON)
	log.Out = os.Stderr
	if path != "" {
		f, err := os.Create(path)
		must(err)
		log.Out = f
	}
	log.Hooks.Add(counted)
	return log
}

func discover(directory string, log *logrus.Logger) process.Registry {
	// Velero gives its plugins the server's own flags: what is behind `velero server`. --plugin-dir is there where it is not /plugins.
	os.Args = []string{os.Args[0], "server", "--features", "EnableCSI", "--log-level", "debug", "--uploader-type=kopia", "--plugin-dir", directory}
	registry := process.NewRegistry(directory, log, log.Level)
	must(registry.DiscoverPlugins())
	return registry
}

func main() {
	mode, what, more := arg(1), arg(2), arg(3)
	switch mode {
	case "run-plugins":
		serveBuiltin()
	case "run":
		log := logger(more)
		registry := discover(what, log)
		manager := clientmgmt.NewManager(log, log.Level, registry)
		wrong := play(&viaVelero{registry: registry, manager: manager})
		manager.CleanupClients()
		end(wrong)
	case "discover":
		discover(what, logger(more))
	case "direct":
		log := logger(arg(4))
		d, err := open(what, more == "mtls", log)
		must(err)
		wrong := play(d)
		d.client.Kill()
		end(wrong)
	case "bench":
		bench(what, os.Args[3:])
	default:
		fmt.Fprintln(os.Stderr, "usage: see main.go")
		os.Exit(2)
	}
}

func end(wrong int) {
	if wrong > 0 {
		fmt.Printf("%d answers are not as expected\n", wrong)
		os.Exit(1)
	}
}

func play(p plugins) (wrong int) {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	s := &script{plugins: p, begun: map[string]chan any{}, ending: map[string]chan struct{}{}}
	for in.Scan() {
		s.line(in.Text())
	}
	must(in.Err())
	s.flush()
	return s.wrong
}
