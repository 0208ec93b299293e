package netprobe

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func packReply(t testing.TB, id uint16, name string, edit func(*dnsmessage.Message)) []byte {
	t.Helper()
	owner := dnsmessage.MustNewName(name)
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, Response: true},
		Questions: []dnsmessage.Question{{Name: owner, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
		Answers: []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: owner, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET},
			Body:   &dnsmessage.AResource{A: [4]byte{10, 96, 0, 1}},
		}},
	}
	if edit != nil {
		edit(&m)
	}
	data, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParseReply(t *testing.T) {
	const name = "kubernetes.default.svc.cluster.local."
	question := dnsmessage.Question{Name: dnsmessage.MustNewName(name), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}
	whole := packReply(t, 7, name, nil)
	for _, tc := range []struct {
		name    string
		message []byte
		want    string
	}{
		{"an address", whole, "NOERROR 10.96.0.1"},
		{"another id", packReply(t, 8, name, nil), "error"},
		{"another name", packReply(t, 7, "evil.example.", nil), "error"},
		{"the same name in capitals", packReply(t, 7, strings.ToUpper(name), nil), "NOERROR 10.96.0.1"},
		{"a query", packReply(t, 7, name, func(m *dnsmessage.Message) { m.Response = false }), "error"},
		{"NXDOMAIN", packReply(t, 7, name, func(m *dnsmessage.Message) { m.RCode, m.Answers = dnsmessage.RCodeNameError, nil }), "NXDOMAIN"},
		{"no data", packReply(t, 7, name, func(m *dnsmessage.Message) { m.Answers = nil }), "NOERROR, no address"},
		{"an alias", packReply(t, 7, name, func(m *dnsmessage.Message) {
			target := dnsmessage.MustNewName("api.example.")
			m.Answers[0].Header.Name = target
			m.Answers = slices.Insert(m.Answers, 0, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Type: dnsmessage.TypeCNAME, Class: dnsmessage.ClassINET},
				Body:   &dnsmessage.CNAMEResource{CNAME: target},
			})
		}), "NOERROR 10.96.0.1"},
		{"an address of somebody else", packReply(t, 7, name, func(m *dnsmessage.Message) { m.Answers[0].Header.Name = dnsmessage.MustNewName("evil.example.") }), "NOERROR, no address"},
		{"cut in the middle", whole[:len(whole)-3], "error"},
		{"cut, and says so", packReply(t, 7, name, func(m *dnsmessage.Message) { m.Truncated, m.Answers = true, nil }), "NOERROR, no address, truncated"},
		{"a name that points at itself", append(slices.Clone(whole[:12]), 0xc0, 12, 0, 1, 0, 1), "error"},
		{"nothing", nil, "error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := "error"
			if reply, err := parseReply(tc.message, 7, question); err == nil {
				got, _, _ = strings.Cut(reply.String(), " in ")
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func FuzzParseReply(f *testing.F) {
	question := dnsmessage.Question{Name: dnsmessage.MustNewName("a.b."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}
	f.Add(packReply(f, 7, "a.b.", nil))
	f.Fuzz(func(t *testing.T, message []byte) {
		reply, err := parseReply(message, 7, question)
		if err == nil && len(reply.Addrs) > maxAddrs {
			t.Errorf("got %d addresses, want at most %d", len(reply.Addrs), maxAddrs)
		}
	})
}
