package netprobe

import (
	"strings"
	"testing"
)

func TestFirstLine(t *testing.T) {
	for _, test := range []struct{ name, first, want string }{
		{"HTTP", "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n", "HTTP/1.1 400 Bad Request"},
		{"a line that has not ended", "SSH-2.0-OpenSSH", "SSH-2.0-OpenSSH"},
		{"an empty line first", "\r\nlogin: ", `\r\nlogin: `},
		{"bytes", "J\x00\x00\x00\n8.0.36", `J\x00\x00\x00\n8.0.36`},
		{"what would move a cursor", "\x1b[2Jhello\n", `\x1b[2Jhello\n`},
		{"what is no UTF-8", "\xff\xfe\n", `\xff\xfe\n`},
		{"letters of another alphabet", "Пр\n", `\u041f\u0440`},
		{"a quotation mark", "say \"x\"\n", `say \"x\"\n`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := FirstLine([]byte(test.first)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestIsTLS(t *testing.T) {
	for _, test := range []struct {
		first string
		want  bool
	}{
		{"\x16", true}, {"\x16\x03\x01\x00\x40", true}, {"\x15\x03\x03\x00\x02\x02\x28", true}, {"\x16\x02", false},
		{"\x14\x04", false}, {"\x80\x2e\x01", false}, {"\x13\x03", false}, {"\x19\x03", false}, {"HTTP/1.1", false}, {strings.Repeat("\x00", 5), false},
	} {
		if got := isTLS([]byte(test.first)); got != test.want {
			t.Errorf("%q: got %t, want %t", test.first, got, test.want)
		}
	}
}
