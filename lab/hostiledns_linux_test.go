package lab

import (
	"encoding/binary"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func hostileDNS() []hostile {
	// alter changes what a healthy server would answer.
	alter := func(change func(reply []byte) [][]byte) func(*plan) {
		return func(p *plan) {
			server := &dnsServer{plan: &dnsPlan{}, domain: p.domain}
			p.dns[dnsIP].raw = func(query []byte) [][]byte { return change(server.reply(query)) }
		}
	}
	always := func(reply []byte) func(*plan) {
		return alter(func(whole []byte) [][]byte { return [][]byte{append(whole[:2:2], reply...)} })
	}
	const answers = "\x85\x80\x00\x01\x00\x01\x00\x00\x00\x00" // flags, one question, one answer
	return []hostile{
		{
			name: "DNS truncates every answer", check: "dns.servers", status: observe.Warn,
			change: alter(func(reply []byte) [][]byte {
				reply[2] |= 0x02                          // TC
				binary.BigEndian.PutUint16(reply[6:], 0)  // no answers
				binary.BigEndian.PutUint16(reply[8:], 0)  // no authorities
				binary.BigEndian.PutUint16(reply[10:], 0) // nothing else
				return [][]byte{reply}
			}),
		},
		{
			name: "DNS answers with another id", check: "dns.servers", status: observe.Warn, cause: "dns.silent",
			change: alter(func(reply []byte) [][]byte {
				reply[0] ^= 0xff
				return [][]byte{reply}
			}),
		},
		{
			name: "DNS answers another question", check: "dns.servers", status: observe.Warn, cause: "dns.silent",
			change: alter(func(reply []byte) [][]byte {
				reply[13] ^= 0x03
				return [][]byte{reply}
			}),
		},
		{
			name: "DNS answers with compression loops", check: "dns.servers", status: observe.Warn,
			change: always([]byte(answers + "\xc0\x0c\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x05\x00\x04\x0a\x60\x00\x01")),
		},
		{
			name: "DNS answers with random bytes", check: "dns.servers", status: observe.Warn,
			change: alter(func([]byte) [][]byte { return [][]byte{noise(500)} }),
		},
		{
			name: "DNS answers with an id and random bytes", check: "dns.servers", status: observe.Warn,
			change: always(noise(500)),
		},
		{
			name: "DNS answers with nothing", check: "dns.servers", status: observe.Warn,
			change: alter(func([]byte) [][]byte { return [][]byte{{}} }),
		},
		{
			name: "DNS answers a question 5,000 times wrongly", check: "dns.servers", status: observe.Warn,
			change: alter(func([]byte) [][]byte {
				flood := make([][]byte, 5000)
				for i := range flood {
					flood[i] = noise(64)
				}
				return flood
			}),
		},
		{
			name: "DNS answers with 4,000 addresses", check: "dns.resolve", status: observe.Warn,
			change: func(p *plan) { p.dns[dnsIP].raw = manyAddresses },
		},
		{
			name: "DNS drips over TCP", check: "dns.servers", status: observe.Warn, cause: "dns.tcp-blocked",
			after: func(pod *Pod) error {
				pod.dialer.set("tcp "+dnsIP+":53", route{server: "drip"})
				return pod.listen("drip", rawService(drip([]byte("\xff\xff\x00"))))
			},
		},
	}
}

// manyAddresses answers with all that fits into a message of 64 KiB.
func manyAddresses(query []byte) [][]byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil {
		return nil
	}
	m.Response = true
	for i := range 4000 {
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET, TTL: 5},
			Body:   &dnsmessage.AResource{A: [4]byte{198, 51, byte(i >> 8), byte(i)}},
		})
	}
	reply, err := m.Pack()
	if err != nil {
		return nil
	}
	return [][]byte{reply[:min(len(reply), 60000)]}
}
