// hostile.go -- a connection that is not well-behaved, beside the one that is.  SPDX-License-Identifier: Apache-2.0
//
//	hostile CASE [METHOD]     (or, of the cases below, PLUGIN) (client direct) opens one more connection to the plugin, does what the case's name says, and answers with what came
//	                          back: "goaway CODE", "reset CODE", "status N", "closed" (each once), "nothing" for a second
package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"time"

	plugin "github.com/hashicorp/go-plugin"
	"github.com/vmware-tanzu/velero/pkg/plugin/generated"
	biav2 "github.com/vmware-tanzu/velero/pkg/plugin/generated/backupitemaction/v2"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/protobuf/proto"
)

const stall = 5 * time.Second // and no case takes longer

type peer struct {
	net.Conn
	f    *http2.Framer
	said []string
}

func (p *peer) heard(what string) {
	for _, one := range p.said {
		if one == what {
			return
		}
	}
	p.said = append(p.said, what)
}

// listen reads until they close, or nothing comes for a second. It writes nothing: a Framer has one buffer.
func (p *peer) listen(done chan struct{}) {
	defer close(done)
	for {
		p.SetReadDeadline(time.Now().Add(time.Second))
		frame, err := p.f.ReadFrame()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
		if err != nil {
			p.heard("closed")
			return
		}
		switch frame := frame.(type) {
		case *http2.GoAwayFrame:
			p.heard("goaway " + frame.ErrCode.String())
		case *http2.RSTStreamFrame:
			p.heard("reset " + frame.ErrCode.String())
		case *http2.MetaHeadersFrame:
			for _, field := range frame.Fields {
				if field.Name == "grpc-status" {
					p.heard("status " + field.Value)
				} else if field.Name == ":status" && field.Value != "200" {
					p.heard("http " + field.Value)
				}
			}
		}
	}
}

func headers(fields ...string) []byte {
	var to bytes.Buffer
	e := hpack.NewEncoder(&to)
	e.SetMaxDynamicTableSize(0)
	for i := 0; i < len(fields); i += 2 {
		e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	return to.Bytes()
}

func call(path string, more ...string) []byte {
	usual := []string{":method", "POST", ":scheme", "http", ":path", path, ":authority", "localhost", "content-type", "application/grpc", "te", "trailers"}
	return headers(append(usual, more...)...)
}

func (p *peer) open(id uint32, path string) error {
	return p.f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, BlockFragment: call(path)})
}

func (p *peer) message(id uint32, flag byte, length uint32, body []byte, end bool) error {
	head := []byte{flag, byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)}
	return p.f.WriteData(id, end, append(head, body...))
}

const list = "/generated.PluginLister/ListPlugins"

// flood writes until they have had enough.
func flood(write func(i uint32) error) {
	for i, start := uint32(0), time.Now(); time.Since(start) < stall && write(i) == nil; i++ {
	}
}

var cases = map[string]func(p *peer, method string){
	"pings":    func(p *peer, _ string) { flood(func(uint32) error { return p.f.WritePing(false, [8]byte{}) }) },
	"settings": func(p *peer, _ string) { flood(func(uint32) error { return p.f.WriteSettings() }) },
	"resets": func(p *peer, _ string) {
		flood(func(i uint32) error {
			if err := p.open(2*i+1, list); err != nil {
				return err
			}
			return p.f.WriteRSTStream(2*i+1, http2.ErrCodeCancel)
		})
	},
	"streams": func(p *peer, _ string) { // opens, and never says more
		for i := uint32(0); i < 1000 && p.open(2*i+1, list) == nil; i++ {
		}
	},
	"continuation": func(p *peer, _ string) {
		p.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: call(list)})
		flood(func(uint32) error { return p.f.WriteContinuation(1, false, headers("x", strings.Repeat("y", 1000))) })
	},
	"empty-continuation": func(p *peer, _ string) {
		p.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: call(list)})
		flood(func(uint32) error { return p.f.WriteContinuation(1, false, nil) })
	},
	"long-headers": func(p *peer, _ string) {
		text := append(call(list), headers("x", strings.Repeat("y", 40000))...)
		p.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: text[:16000]})
		p.f.WriteContinuation(1, false, text[16000:32000])
		p.f.WriteContinuation(1, true, text[32000:])
	},
	"bad-hpack": func(p *peer, _ string) {
		p.f.WriteRawFrame(http2.FrameHeaders, http2.FlagHeadersEndHeaders, 1, []byte{0xff, 0xff, 0xff, 0xff, 0xff})
	},
	"even":       func(p *peer, _ string) { p.open(2, list) },
	"no-slash":   func(p *peer, _ string) { p.open(1, strings.TrimPrefix(list, "/")); p.message(1, 0, 0, nil, true) },
	"no-method":  func(p *peer, _ string) { p.open(1, "/generated.PluginLister/Nonsense"); p.message(1, 0, 0, nil, true) },
	"no-service": func(p *peer, _ string) { p.open(1, "/"); p.message(1, 0, 0, nil, true) },
	"get": func(p *peer, _ string) {
		p.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, EndStream: true,
			BlockFragment: headers(":method", "GET", ":scheme", "http", ":path", list, ":authority", "localhost")})
	},
	"html": func(p *peer, _ string) {
		p.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, EndStream: true,
			BlockFragment: headers(":method", "POST", ":scheme", "http", ":path", list, ":authority", "localhost", "content-type", "text/html")})
	},
	"compressed":   func(p *peer, m string) { p.open(1, m); p.message(1, 1, 3, []byte{1, 2, 3}, true) },
	"no-message":   func(p *peer, m string) { p.open(1, m); p.f.WriteData(1, true, nil) },
	"half-message": func(p *peer, m string) { p.open(1, m); p.message(1, 0, 100, []byte("half"), true) },
	"half-prefix":  func(p *peer, m string) { p.open(1, m); p.f.WriteData(1, true, []byte{0, 0}) },
	"two-messages": func(p *peer, m string) { p.open(1, m); p.message(1, 0, 0, nil, false); p.message(1, 0, 0, nil, true) },
	"junk": func(p *peer, m string) {
		p.open(1, m)
		p.message(1, 0, 6, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, true)
	},
	"huge":       func(p *peer, m string) { p.open(1, m); p.message(1, 0, 0xffffffff, make([]byte, 16000), false) },
	"stalls":     func(p *peer, m string) { p.open(1, m); p.message(1, 0, 100, []byte("half"), false) }, // and never goes on
	"half-frame": func(p *peer, _ string) { p.Write([]byte{0, 0, 100, 1, 4}) },
	"long-frame": func(p *peer, _ string) { p.Write([]byte{0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1}) },
	"overflow": func(p *peer, m string) { // the window grows beyond 2^31
		p.open(1, m)
		p.f.WriteWindowUpdate(1, 1<<31-1)
		p.f.WriteWindowUpdate(1, 1<<31-1)
	},
	"no-grant": func(p *peer, m string) {
		p.open(1, m)
		flood(func(uint32) error { return p.f.WriteData(1, false, make([]byte, 16000)) })
	}, // more than they allow
	"goaway": func(p *peer, m string) { p.open(1, m); p.f.WriteGoAway(0, http2.ErrCodeNo, nil) },
	"leaves": func(p *peer, m string) { p.open(1, m); p.message(1, 0, 100, []byte("half"), false); p.Close() },
}

// named are about a plugin: objects in the bucket "b" of a store that has been initialized, an item.
var named = map[string]func(p *peer, name string){
	"starve": func(p *peer, name string) { // asks for an object, and never lets its bytes through
		p.f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
		p.open(1, "/generated.ObjectStore/GetObject")
		p.request(&generated.GetObjectRequest{Plugin: name, Bucket: "b", Key: "large"}, true)
	},
	"deadline": func(p *peer, name string) { // an item that takes an hour, and nobody who resets the call
		fields := call("/v2.BackupItemAction/Execute", "grpc-timeout", "400m")
		p.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, BlockFragment: fields})
		p.request(&biav2.ExecuteRequest{Plugin: name, Backup: []byte("{}"),
			Item: []byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"victim","namespace":"shop"}}`)}, true)
	},
	"put-leaves": func(p *peer, name string) { // the half of an object, and is gone
		p.open(1, "/generated.ObjectStore/PutObject")
		p.request(&generated.PutObjectRequest{Plugin: name, Bucket: "b", Key: "half", Body: []byte("half")}, false)
		time.Sleep(100 * time.Millisecond)
		p.Close()
	},
	"put-resets": func(p *peer, name string) {
		p.open(1, "/generated.ObjectStore/PutObject")
		p.request(&generated.PutObjectRequest{Plugin: name, Bucket: "b", Key: "half", Body: []byte("half")}, false)
		p.f.WriteRSTStream(1, http2.ErrCodeCancel)
	},
	"put-junk": func(p *peer, name string) { // the second message is none
		p.open(1, "/generated.ObjectStore/PutObject")
		p.request(&generated.PutObjectRequest{Plugin: name, Bucket: "b", Key: "half", Body: []byte("half")}, false)
		p.message(1, 0, 6, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, true)
	},
	"put-other": func(p *peer, name string) { // the second message is for another object
		p.open(1, "/generated.ObjectStore/PutObject")
		p.request(&generated.PutObjectRequest{Plugin: name, Bucket: "b", Key: "one", Body: []byte("one")}, false)
		p.request(&generated.PutObjectRequest{Plugin: name, Bucket: "b", Key: "other", Body: []byte("other")}, true)
	},
}

func (p *peer) request(m proto.Message, end bool) {
	text, err := proto.Marshal(m)
	must(err)
	p.message(1, 0, uint32(len(text)), text, end)
}

func hostile(client *plugin.Client, which, method string) (any, error) {
	how, known := cases[which]
	if store, also := named[which]; also {
		how, known = store, true
	}
	if which != "preface" && which != "http1" && which != "silence" && !known {
		return nil, errors.New("there is no case " + which)
	}
	at := client.ReattachConfig().Addr
	c, err := net.Dial(at.Network(), at.String())
	if err != nil {
		return nil, err
	}
	defer c.Close()
	p := &peer{Conn: c, f: http2.NewFramer(c, c)}
	p.f.AllowIllegalWrites = true
	p.f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	c.SetWriteDeadline(time.Now().Add(stall))
	switch which {
	case "silence": // no word
		time.Sleep(200 * time.Millisecond)
		return answer{"said": []string{}}, nil
	case "preface":
		io.WriteString(c, "PRI * HTTP/3.0\r\n\r\nXX\r\n\r\n")
	case "http1":
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	default:
		io.WriteString(c, http2.ClientPreface)
		p.f.WriteSettings()
	}
	done := make(chan struct{})
	go p.listen(done)
	if known {
		how(p, either(method, list))
	}
	<-done
	if len(p.said) == 0 {
		p.heard("nothing")
	}
	return answer{"said": p.said}, nil
}
