// peer.go -- HTTP/2 as it should not be.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"bytes"
	"io"
	"net"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// peers are what may be said on a connection; each is called once, and then nothing more is said.
var peers = map[string]func(net.Conn){
	"deaf":       func(net.Conn) {},
	"closes":     func(c net.Conn) { c.Close() },
	"half-frame": func(c net.Conn) { c.Write([]byte{0, 0, 12, 4, 0, 0}) }, // of SETTINGS
	"bytes": func(c net.Conn) {
		for junk := bytes.Repeat([]byte{0xff}, 1<<16); ; {
			if _, err := c.Write(junk); err != nil {
				return
			}
		}
	},
	"pings": func(c net.Conn) {
		f := greet(c)
		for f.WritePing(false, [8]byte{1}) == nil {
		}
	},
	"settings": func(c net.Conn) {
		f := greet(c)
		for f.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 16384}) == nil {
		}
	},
	"goaway": func(c net.Conn) { greet(c).WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, []byte("not today")) },
	"no-window": func(c net.Conn) { // flow control that never lets anything through
		f := http2.NewFramer(c, c)
		go io.Copy(io.Discard, c)
		f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	},
	"http1": func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") },
}

// replies are what may be said on a stream.
var replies = map[string]func(*http2.Framer, uint32){
	"resets": func(f *http2.Framer, id uint32) { f.WriteRSTStream(id, http2.ErrCodeInternal) },
	"headers": func(f *http2.Framer, id uint32) { // CONTINUATION without an end
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: fields(":status", "200")})
		for i := 0; f.WriteContinuation(id, false, fields("x", strings.Repeat("y", 4000))) == nil; i++ {
		}
	},
	"long-header": func(f *http2.Framer, id uint32) {
		long := fields(":status", "200", "content-type", "application/grpc", "x", strings.Repeat("y", 1<<20))
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: long[:16000]})
		for long = long[16000:]; len(long) > 16000; long = long[16000:] {
			f.WriteContinuation(id, false, long[:16000])
		}
		f.WriteContinuation(id, true, long)
	},
	"half-message": func(f *http2.Framer, id uint32) { // five bytes say that a thousand follow; ten do
		begin(f, id)
		f.WriteData(id, false, append([]byte{0, 0, 0, 3, 232}, make([]byte, 10)...))
	},
	"cut-message": func(f *http2.Framer, id uint32) { // the same, and the stream ends
		begin(f, id)
		f.WriteData(id, false, append([]byte{0, 0, 0, 3, 232}, make([]byte, 10)...))
		end(f, id, "0")
	},
	"huge-message": func(f *http2.Framer, id uint32) { // 4 GiB are said to follow
		begin(f, id)
		f.WriteData(id, false, []byte{0, 255, 255, 255, 255})
		for junk := make([]byte, 16384); f.WriteData(id, false, junk) == nil; {
		}
	},
	"compressed": func(f *http2.Framer, id uint32) {
		begin(f, id)
		f.WriteData(id, false, []byte{1, 0, 0, 0, 1, 7})
		end(f, id, "0")
	},
	"no-status": func(f *http2.Framer, id uint32) {
		begin(f, id)
		f.WriteData(id, true, []byte{0, 0, 0, 0, 0})
	},
	"odd-status": func(f *http2.Framer, id uint32) {
		begin(f, id)
		end(f, id, "ninety-nine")
	},
	"not-grpc": func(f *http2.Framer, id uint32) {
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, EndStream: true,
			BlockFragment: fields(":status", "404", "content-type", "text/html")})
	},
}

func fields(list ...string) []byte {
	var to bytes.Buffer
	e := hpack.NewEncoder(&to)
	for i := 0; i < len(list); i += 2 {
		e.WriteField(hpack.HeaderField{Name: list[i], Value: list[i+1], Sensitive: true}) // never indexed: the server writes on the connection, too
	}
	return to.Bytes()
}

func begin(f *http2.Framer, id uint32) {
	f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, BlockFragment: fields(":status", "200", "content-type", "application/grpc")})
}

func end(f *http2.Framer, id uint32, status string) {
	f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, EndStream: true, BlockFragment: fields("grpc-status", status)})
}

// greet sends SETTINGS; what comes is read and forgotten.
func greet(c net.Conn) *http2.Framer {
	go io.Copy(io.Discard, c)
	f := http2.NewFramer(c, c)
	f.WriteSettings()
	return f
}

// answers calls how for each stream that the client opens.
func answers(c net.Conn, how func(*http2.Framer, uint32)) {
	io.ReadFull(c, make([]byte, len(http2.ClientPreface)))
	f := http2.NewFramer(c, c)
	f.WriteSettings()
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				f.WriteSettingsAck()
			}
		case *http2.HeadersFrame:
			how(f, frame.StreamID)
		}
	}
}

// servePeer does not return where it knows how.
func servePeer(how string) bool {
	peer, known := peers[how]
	if reply := replies[how]; reply != nil {
		peer, known = func(c net.Conn) { answers(c, reply) }, true
	}
	if !known {
		return false
	}
	l := listen()
	for {
		c, err := l.Accept()
		if err != nil {
			time.Sleep(time.Hour)
		}
		go peer(c)
	}
}

// tapped is a connection on which others write than its server.
type tapped struct {
	net.Listener
	now chan net.Conn
}

func (t *tapped) Accept() (net.Conn, error) {
	c, err := t.Listener.Accept()
	if err == nil {
		t.now <- c
	}
	return c, err
}

// speak says on the connection what the peer of that name would, in the middle of a call; a reply is that to the stream.
func (t *tapped) speak(how string, id uint32) {
	c := <-t.now
	if reply := replies[how]; reply != nil {
		reply(http2.NewFramer(c, nil), id)
	} else if how == "pings" || how == "settings" {
		for f := http2.NewFramer(c, nil); ; {
			if f.WritePing(false, [8]byte{1}) != nil || (how == "settings" && f.WriteSettings() != nil) {
				return
			}
		}
	} else if how == "goaway" {
		http2.NewFramer(c, nil).WriteGoAway(id, http2.ErrCodeEnhanceYourCalm, []byte("not today"))
		c.Close()
	} else if peer := peers[how]; peer != nil {
		peer(c)
	}
}
