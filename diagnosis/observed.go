package diagnosis

import (
	"strconv"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// answer is what came of one packet.
type answer string

const (
	unknown     answer = ""
	answers     answer = "answers"
	refused     answer = "refuses"
	silent      answer = "is silent"
	unreachable answer = "is unreachable"
)

// read takes an answer from the text that checks and probes put into evidence.
func read(text string) answer {
	switch {
	case strings.HasPrefix(text, "answers in"), strings.HasPrefix(text, "connected in"), strings.HasPrefix(text, "NOERROR"),
		strings.HasPrefix(text, "NXDOMAIN"), strings.HasPrefix(text, "SERVFAIL"), strings.HasPrefix(text, "REFUSED"):
		return answers
	case strings.Contains(text, "connection refused"):
		return refused
	case strings.Contains(text, "no answer within"), strings.Contains(text, "i/o timeout"), strings.Contains(text, "not permitted"):
		return silent
	case strings.Contains(text, "no route to host"), strings.Contains(text, "network is unreachable"):
		return unreachable
	}
	return unknown
}

// best returns the most hopeful answer among facts whose key satisfies want.
func best(r checks.Result, want func(key string) bool) answer {
	found := unknown
	for _, fact := range r.Evidence {
		if !want(fact.Key) {
			continue
		}
		switch a := read(fact.Value); {
		case a == answers:
			return answers
		case a != unknown:
			found = a
		}
	}
	return found
}

// nameserver is what the nameservers said, by UDP or TCP, in the check and in
// the probe that followed.
func (s Seen) nameserver(network string) answer {
	ofNetwork := func(key string) bool { return strings.HasSuffix(key, " "+network) }
	first := best(s.Result("dns.servers"), ofNetwork)
	if again := best(s.Result("probe.service-ip"), ofNetwork); again == answers || first == unknown {
		return again
	}
	return first
}

// serviceIPs is what the nameservers said, as far as they are service IPs.
func (s Seen) serviceIPs() answer {
	servers := s.Evidence("dns.config", "nameservers")
	if s.Evidence("dns.config", "cluster domain") == "" || strings.HasPrefix(servers, "169.254.") {
		return unknown
	}
	if udp := s.nameserver("udp"); udp == answers {
		return answers
	} else if tcp := s.nameserver("tcp"); tcp == answers || udp == unknown {
		return tcp
	} else {
		return udp
	}
}

// metrics is what the nameservers said at a port that no rule for DNS opens.
func (s Seen) metrics() answer {
	return best(s.Result("probe.service-ip"), func(key string) bool { return strings.HasSuffix(key, " metrics") })
}

// verifying is the address among a probe's facts that showed a certificate of
// this cluster, or "".
func (s Seen) verifying(id string) string {
	for address, said := range s.facts(id, "") {
		if strings.HasPrefix(said, "verifies") {
			return address
		}
	}
	return ""
}

func anyKey(string) bool { return true }

// ownAddress is what the API servers said at their own addresses.
func (s Seen) ownAddress() answer { return best(s.Result("probe.endpoint"), anyKey) }

// nobody is what came from an address that nobody should answer at.
func (s Seen) nobody() answer { return best(s.Result("probe.foreign"), anyKey) }

// count reads a number out of the evidence; ok is false where there is none.
func (s Seen) count(id, key string) (n int, ok bool) {
	n, err := strconv.Atoi(s.Evidence(id, key))
	return n, err == nil
}

// sum adds up those of the numbers that are in the evidence.
func (s Seen) sum(id string, keys ...string) (sum int) {
	for _, key := range keys {
		n, _ := s.count(id, key)
		sum += n
	}
	return sum
}

// facts returns the values of all keys of a result that begin with prefix.
func (s Seen) facts(id, prefix string) map[string]string {
	found := map[string]string{}
	for _, fact := range s.Result(id).Evidence {
		if strings.HasPrefix(fact.Key, prefix) {
			found[fact.Key] = fact.Value
		}
	}
	return found
}
