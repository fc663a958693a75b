// main.go -- toxiproxy: toxiproxy PORT; its HTTP API listens on 127.0.0.1:PORT.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"log"
	"os"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: toxiproxy PORT")
	}
	toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop()).Listen("127.0.0.1", os.Args[1])
}
