// raw.go -- gRPC as it should be, with messages that are wrong.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vmware-tanzu/velero/pkg/plugin/generated"
	biav2 "github.com/vmware-tanzu/velero/pkg/plugin/generated/backupitemaction/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// streams counts those that the client opened, by two, as their numbers do.
var streams atomic.Uint32

// asItIs is a codec that leaves bytes alone.
type asItIs struct{}

func (asItIs) Name() string                       { return "proto" }
func (asItIs) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (asItIs) Unmarshal(data []byte, v any) error { *v.(*[]byte) = bytes.Clone(data); return nil }

func packed(m proto.Message) []byte {
	text, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	return text
}

func listed(kind string, names ...string) []byte {
	list := &generated.ListPluginsResponse{}
	for _, name := range names {
		list.Plugins = append(list.Plugins, &generated.PluginIdentifier{Command: os.Args[0], Kind: kind, Name: name})
	}
	return packed(list)
}

var junk = []byte{0xff, 0xff, 0xff, 0xff, 0xff}

// lists are answers to ListPlugins.
var lists = map[string]func() []byte{
	"list-junk": func() []byte { return junk },
	"list-names": func() []byte {
		return listed("BackupItemActionV2", "noslash", "Upper/x", "", "a.b/c/d", "a.b/", strings.Repeat("x", 300)+"/y", "a.b/\x01")
	},
	"list-twice": func() []byte { return listed("BackupItemActionV2", "go.example.com/twice", "go.example.com/twice") },
	"list-kind":  func() []byte { return listed("Nonsense", "go.example.com/x") },
	"list-none":  func() []byte { return nil },
	"list-huge":  func() []byte { return listed("BackupItemActionV2", strings.Repeat("x", 100<<20)) },
	"list-many": func() []byte {
		names := make([]string, 500000)
		for i := range names {
			names[i] = fmt.Sprintf("go.example.com/x%d", i)
		}
		return listed("BackupItemActionV2", names...)
	},
}

// items are answers to Execute, as many messages.
var items = map[string]func() [][]byte{
	"item-junk":  func() [][]byte { return [][]byte{junk} },
	"item-text":  func() [][]byte { return [][]byte{packed(&biav2.ExecuteResponse{Item: []byte("not JSON")})} },
	"item-array": func() [][]byte { return [][]byte{packed(&biav2.ExecuteResponse{Item: []byte("[1]")})} },
	"item-empty": func() [][]byte { return [][]byte{packed(&biav2.ExecuteResponse{})} },
	"item-deep": func() [][]byte {
		return [][]byte{packed(&biav2.ExecuteResponse{Item: []byte(strings.Repeat(`{"a":`, 100000) + "1" + strings.Repeat("}", 100000))})}
	},
	"item-other": func() [][]byte {
		return [][]byte{packed(&biav2.ExecuteResponse{Item: []byte(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"other"}}`)})}
	},
	"item-none":    func() [][]byte { return nil },
	"item-twice":   func() [][]byte { m := packed(&biav2.ExecuteResponse{Item: []byte(`{}`)}); return [][]byte{m, m} },
	"item-endless": func() [][]byte { return nil },
	"item-huge": func() [][]byte {
		return [][]byte{packed(&biav2.ExecuteResponse{Item: bytes.Repeat([]byte(" "), 65<<20)})}
	},
}

func answer(how string, stream grpc.ServerStream, method string, l *tapped) error {
	var asked []byte
	streams.Add(2)
	if err := stream.RecvMsg(&asked); err != nil {
		return err
	}
	reply := [][]byte{{}}
	victim := strings.HasSuffix(method, "/Execute") && bytes.Contains(asked, []byte(`"victim"`))
	inCall, isInCall := strings.CutPrefix(how, "call-")
	switch {
	case strings.HasSuffix(method, "/Check"):
		reply = [][]byte{{8, 1}}
	case strings.HasSuffix(method, "/Shutdown"):
		defer func() { go func() { time.Sleep(50 * time.Millisecond); os.Exit(0) }() }()
	case strings.HasSuffix(method, "/ListPlugins") && how == "unimplemented":
		return status.Error(codes.Unimplemented, "no lists")
	case strings.HasSuffix(method, "/ListPlugins") && lists[how] != nil:
		reply = [][]byte{lists[how]()}
	case strings.HasSuffix(method, "/ListPlugins"):
		reply = [][]byte{listed("BackupItemActionV2", prefix+"raw")}
	case strings.HasSuffix(method, "/StartStream"), strings.HasSuffix(method, "/StreamStdio"):
		<-stream.Context().Done()
		return nil
	case strings.HasSuffix(method, "/AppliesTo") && how == "applies-junk":
		reply = [][]byte{junk}
	case strings.HasSuffix(method, "/AppliesTo") && how == "applies-selector":
		reply = [][]byte{packed(&biav2.BackupItemActionAppliesToResponse{ResourceSelector: &generated.ResourceSelector{Selector: "a in ("}})}
	case victim && isInCall:
		l.speak(inCall, uint32(streams.Load()-1))
		<-stream.Context().Done()
		return nil
	case victim && how == "item-endless":
		message := packed(&biav2.ExecuteResponse{Item: []byte(`{}`)})
		for {
			if err := stream.SendMsg(&message); err != nil {
				return err
			}
		}
	case victim && items[how] != nil:
		reply = items[how]()
	}
	for _, one := range reply {
		if err := stream.SendMsg(&one); err != nil {
			return err
		}
	}
	return nil
}

// serveRaw does not return where it knows how.
func serveRaw(how string) bool {
	if lists[how] == nil && items[how] == nil && how != "unimplemented" && !strings.HasPrefix(how, "applies-") && !strings.HasPrefix(how, "call-") {
		return false
	}
	l := &tapped{listen(), make(chan net.Conn, 9)}
	server := grpc.NewServer(grpc.ForceServerCodec(asItIs{}), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(stream)
		return answer(how, stream, method, l)
	}))
	server.Serve(l)
	return true
}
