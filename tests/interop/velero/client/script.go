// script.go -- what a line of the script does.  SPDX-License-Identifier: Apache-2.0
//
// Words with blanks between; $NAME stands for the environment's. calls.go has the calls. A word @FILE is the file's content. Besides the calls:
//
//	list                      kind and name of each plugin, without Velero's own
//	parallel N M CALL...      N callers, M times each: one answer, and how often it came
//	begin ID CALL...          does it beside the lines that follow
//	again ID CALL...          the same, again and again until the answer is asked for; then it is one as of "parallel"
//	pending ID                is it still under way?
//	await ID                  its answer
//	sleep DURATION            (only where nothing can be waited for)
//	within DURATION CALL...   longer is a failure
//	counts                    lines in the log so far at levels warning and error, as the hook of Velero's backup log counts them
//
// A line that begins with "= " is the whole answer to the call before it, "~ " a regular expression that it matches, "! " one that it does not match.
// Answers that nobody expects are printed; those that are not as expected, too, and the exit status is 1.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pkg/errors"
	"github.com/sirupsen/logrus"
)

type script struct {
	plugins plugins
	begun   map[string]chan any
	ending  map[string]chan struct{} // to be closed: what is done again and again ends
	asked   string                   // the call before
	told    string                   // its answer
	judged  bool                     // something was expected of it
	wrong   int
}

// answer is what a call came to, by field.
type answer map[string]any

var status = regexp.MustCompile(`(?s)rpc error: code = (\w+) desc = (.*)`)

type located interface {
	File() string
	Line() int32
	Function() string
}

// failure is an error as the rest of Velero sees it: gRPC's code and text, and where the plugin says that it comes from.
func failure(err error) map[string]any {
	f := map[string]any{"message": err.Error()}
	if m := status.FindStringSubmatch(err.Error()); m != nil {
		f["code"], f["message"] = m[1], m[2]
	}
	if l, ok := err.(located); ok {
		f["file"], f["line"], f["function"] = l.File(), l.Line(), l.Function()
	}
	return f
}

func words(line string) ([]string, error) {
	list := strings.Fields(line)
	for i, word := range list {
		if strings.HasPrefix(word, "@") {
			text, err := os.ReadFile(word[1:])
			if err != nil {
				return nil, err
			}
			list[i] = string(text)
		}
	}
	return list, nil
}

func (s *script) do(call []string) any {
	a, err := s.call(call)
	if err != nil {
		return map[string]any{"error": failure(err)}
	}
	return a
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	must(err)
	return n
}

func (s *script) parallel(callers, times int, call []string) any {
	var wg sync.WaitGroup
	var t tally
	for range callers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range times {
				t.add(s.do(call))
			}
		}()
	}
	wg.Wait()
	return t.answers()
}

func (s *script) again(ending chan struct{}, call []string) any {
	var t tally
	for {
		t.add(s.do(call))
		select {
		case <-ending:
			return t.answers()
		default:
		}
	}
}

// tally counts answers.
type tally struct {
	lock sync.Mutex
	seen map[string]int
}

func (t *tally) add(a any) {
	text, err := json.Marshal(a)
	must(err)
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.seen == nil {
		t.seen = map[string]int{}
	}
	t.seen[string(text)]++
}

func (t *tally) answers() any {
	all := []any{}
	for text, n := range t.seen {
		all = append(all, map[string]any{"times": n, "answer": json.RawMessage(text)})
	}
	return map[string]any{"answers": all}
}

func counts() any {
	c := map[string]any{}
	for _, level := range []logrus.Level{logrus.WarnLevel, logrus.ErrorLevel} {
		c[level.String()] = counted.GetCount(level)
	}
	return c
}

// same compares JSON, whatever the order of its keys.
func same(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}

func (s *script) expect(line string) {
	sign, wanted := line[0], line[2:]
	ok := false
	if sign == '=' {
		ok = same(s.told, wanted)
	} else {
		ok = regexp.MustCompile(wanted).MatchString(s.told) == (sign == '~')
	}
	if !ok {
		fmt.Printf("%s\n  wanted %s\n  got      %s\n", s.asked, line, s.told)
		s.wrong++
	}
	s.judged = true
}

func (s *script) tell(v any) {
	text, err := json.Marshal(v)
	must(err)
	s.told, s.judged = string(text), false
}

// flush prints what nobody expected.
func (s *script) flush() {
	if s.told != "" && !s.judged {
		fmt.Println(s.told)
	}
	s.told = ""
}

func (s *script) within(limit string, call []string) any {
	d, err := time.ParseDuration(limit)
	must(err)
	start := time.Now()
	var a any
	if call[0] == "await" {
		a = s.await(call[1])
	} else {
		a = s.do(call)
	}
	if took := time.Since(start); took > d {
		fmt.Printf("%s\n  took %v\n", strings.Join(call, " "), took)
		s.wrong++
	}
	return a
}

func (s *script) await(id string) any {
	close(s.ending[id])
	return <-s.begun[id]
}

func (s *script) line(line string) {
	line = os.Expand(line, func(name string) string {
		value, ok := os.LookupEnv(name)
		if !ok {
			must(errors.Errorf("%s: $%s is not set", line, name))
		}
		return value
	})
	if len(line) > 2 && line[1] == ' ' && strings.ContainsRune("=~!", rune(line[0])) {
		s.expect(line)
		return
	}
	call, err := words(line)
	must(err)
	if len(call) == 0 || strings.HasPrefix(call[0], "#") {
		return
	}
	s.flush()
	s.asked = line
	switch call[0] {
	case "parallel":
		s.tell(s.parallel(number(call[1]), number(call[2]), call[3:]))
	case "begin", "again":
		done, ending := make(chan any, 1), make(chan struct{})
		s.begun[call[1]], s.ending[call[1]] = done, ending
		go func() {
			if call[0] == "again" {
				done <- s.again(ending, call[2:])
			} else {
				done <- s.do(call[2:])
			}
		}()
	case "pending":
		s.tell(map[string]any{"pending": len(s.begun[call[1]]) == 0})
	case "await":
		s.tell(s.await(call[1]))
	case "within":
		s.tell(s.within(call[1], call[2:]))
	case "sleep":
		d, err := time.ParseDuration(call[1])
		must(err)
		time.Sleep(d)
	case "counts":
		s.tell(counts())
	case "hostile":
		a, err := hostile(s.plugins.(*direct).client, call[1], at(call, 2, ""))
		must(err)
		s.tell(a)
	default:
		s.tell(s.do(call))
	}
}
