package observe

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sample is some value of a row.
func sample(r *Row, random *rand.Rand) Value {
	switch r.Kind {
	case KindWord:
		return Value{Word: r.Words[random.IntN(len(r.Words))]}
	case KindFlag:
		return Value{Word: yesOrNo(random.IntN(2) == 0)}
	case KindCount:
		n := random.IntN(20)
		return Value{N: random.IntN(n + 1), Of: n}
	case KindNumber:
		return Value{N: random.IntN(9) - 4}
	case KindDuration:
		return Value{Took: time.Duration(random.IntN(1e9)) * time.Microsecond}
	case KindTime:
		return Value{Time: time.Unix(int64(random.IntN(2e9)), 0).UTC()}
	}
	return Value{Text: strings.Repeat("<é\"\n", random.IntN(4))}
}

// randomSet is a set with every subject.
func randomSet(random *rand.Rand) Set {
	set := Set{}
	for _, r := range Vocabulary() {
		switch {
		case r.Kind == KindTexts:
			set[r.ID] = []Entry{{"0", Value{Text: "a"}}, {"1", Value{Text: "b"}}}
		case r.Each != "":
			set[r.ID] = []Entry{{"10.96.0.10:53", sample(r, random)}, {"[fd00::a]:53", sample(r, random)}}
		default:
			set[r.ID] = []Entry{{"", sample(r, random)}}
		}
	}
	return set
}

func TestVocabularyIsWellFormed(t *testing.T) {
	form := regexp.MustCompile(`^(cluster|env|volume|net|process|dns|tls|token|clock|api|kubectl-proxy|internal)(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)
	seen := map[string]bool{}
	for _, r := range Vocabulary() {
		if !form.MatchString(r.ID) || seen[r.ID] {
			t.Errorf("%s: not of the form layer.subject, or twice there", r.ID)
		}
		seen[r.ID] = true
		if r.Means == "" || strings.HasSuffix(r.Means, ".") || r.Says == "" || strings.Count(r.Says, "%") != strings.Count(r.Says, "%s") {
			t.Errorf("%s: means %q, says %q", r.ID, r.Means, r.Says)
		}
		if (r.Kind == KindWord) != (len(r.Words) > 0) {
			t.Errorf("%s is a %s and has %d words", r.ID, r.Kind, len(r.Words))
		}
		words := slices.Sorted(slices.Values(r.Words))
		if len(slices.Compact(words)) != len(r.Words) {
			t.Errorf("%s has a word twice: %v", r.ID, r.Words)
		}
		for i, w := range r.Healthy {
			if r.Kind == KindWord && r.Words[i] != w {
				t.Errorf("%s: the healthy word %q does not come first", r.ID, w)
			}
		}
		if r.Symptom && r.Kind != KindCount && r.Kind != KindNumber && len(r.Healthy) == 0 {
			t.Errorf("%s is a symptom that is never healthy", r.ID)
		}
	}
}

func TestSetsSurviveJSON(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		want := randomSet(random)
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Set
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatalf("%v: %s", err, data)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}

func TestJSONOfOneSet(t *testing.T) {
	set := Collect(func(log *Log) {
		APITCP.Saw(log, Silent)
		APIFails.Saw(log, 3, 8)
		APITook.Saw(log, 1500*time.Microsecond)
		NetStalled.Saw(log, 2)
		ServiceInRange.Saw(log, false)
		DNSUDP.SawAt(log, "10.96.0.10:53", Answers)
		DNSNameservers.Saw(log, "10.96.0.10", "10.96.0.11")
		TokenExpires.Saw(log, time.Unix(0, 0))
		APIUser.Saw(log, "a<b")
	})
	const want = `{"net.api.tcp":"silent","net.api.fails":{"count":3,"of":8},"net.api.took":1.5,"net.stalled":2,"net.route.range-has-service":false,` +
		`"dns.nameservers":["10.96.0.10","10.96.0.11"],"dns.udp":{"10.96.0.10:53":"answers"},"token.claims.expires":"1970-01-01T00:00:00Z","api.user":"a<b"}`
	got, err := set.MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got %s, error %v\nwant %s", got, err, want)
	}
}

func TestForeignJSON(t *testing.T) {
	for _, tc := range []struct{ name, data, err string }{
		{"no object", `[]`, "no object"},
		{"a subject of another version", `{"net.api.smell":"sweet"}`, ""},
		{"a word of another version", `{"net.api.tcp":"hums"}`, ""},
		{"a number for a word", `{"net.api.tcp":7}`, "net.api.tcp: 7 is no word"},
		{"a word for a flag", `{"net.host-network":"yes"}`, "net.host-network"},
		{"more than all", `{"net.api.fails":{"count":9,"of":8}}`, "net.api.fails: 9 of 8"},
		{"a list for one", `{"net.stalled":[1]}`, "net.stalled"},
		{"one for a list", `{"dns.nameservers":"10.96.0.10"}`, "dns.nameservers"},
		{"one for several places", `{"dns.udp":"answers"}`, "dns.udp"},
		{"no time", `{"token.claims.expires":"soon"}`, "token.claims.expires"},
		{"an endless time", `{"net.api.took":1e300}`, "net.api.took"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got Set
			err := json.Unmarshal([]byte(tc.data), &got)
			if tc.err == "" && (err != nil || len(got) > 0) || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("got %v and error %v, want error %q", got, err, tc.err)
			}
		})
	}
}

func FuzzSet(f *testing.F) {
	f.Add([]byte(`{"net.api.tcp":"silent","dns.udp":{"a":"answers"},"net.api.fails":{"count":1,"of":2}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var set Set
		if json.Unmarshal(data, &set) != nil {
			return
		}
		again, err := json.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(again, &set); err != nil {
			t.Fatalf("%v: %s", err, again)
		}
	})
}

func TestTheValueThatCounts(t *testing.T) {
	set := Collect(func(log *Log) {
		DNSUDP.SawAt(log, "10.96.0.10:53", Silent)
		DNSUDP.SawAt(log, "10.96.0.11:53", Answers)
		DNSDisagree.SawAt(log, "a", false)
		DNSDisagree.SawAt(log, "b", true)
	})
	if got := DNSUDP.In(set); got != Answers {
		t.Errorf("of several words: got %s, want the first of the vocabulary", got)
	}
	if !DNSDisagree.Yes(set) || DNSDisagree.No(set) {
		t.Error("of several flags: want yes")
	}
	if APITCP.In(set) != "" || HostNetwork.No(set) {
		t.Error("what was not observed is no")
	}
}

// predictions are of every kind, for each row.
func predictions() (list []Prediction) {
	for _, r := range Vocabulary() {
		switch r.Kind {
		case KindWord:
			list = append(list, oneOf(r, r.Words[:1]), oneOf(r, r.Words[1:]), oneOf(r, r.Words[len(r.Words)/2:]))
		case KindFlag:
			list = append(list, Flag{r}.Is(true), Flag{r}.Is(false))
		case KindCount:
			c := Count{r}
			list = append(list, c.None(), c.Every(), c.Some(), c.Part(), c.AtLeast(1), c.Between(0.02, 0.25))
		case KindNumber:
			list = append(list, Number{r}.Is(0), Number{r}.Is(3), Number{r}.AtLeast(1))
		}
	}
	return list
}

// TestPredictionsAgree has what a prediction samples fit it, and no other one that it
// excludes.
func TestPredictionsAgree(t *testing.T) {
	all := predictions()
	for _, p := range all {
		for i := range 12 {
			if v := p.Sample(i); !p.Fits(v, RareUsual) {
				t.Errorf("%s %s: its own %s does not fit", p.Subject.ID, p, p.Subject.Shown(v))
			}
		}
		if p.Bits() < 0 || p.String() == "" {
			t.Errorf("%s %s: %f bits", p.Subject.ID, p, p.Bits())
		}
		for _, q := range all {
			if q.Subject != p.Subject {
				continue
			}
			if p.Excludes(q) != q.Excludes(p) {
				t.Errorf("%s: %s and %s exclude each other one way only", p.Subject.ID, p, q)
			}
			for i := range 12 {
				if v := p.Sample(i); p.Excludes(q) && v.Of != 1 && q.Fits(v, 0.5) {
					t.Errorf("%s: %s excludes %s, and %s fits both", p.Subject.ID, p, q, p.Subject.Shown(v))
				}
			}
		}
	}
}

func TestCountsFit(t *testing.T) {
	for _, tc := range []struct {
		p    Prediction
		k, n int
		want bool
	}{
		{APIFails.None(), 0, 8, true},
		{APIFails.None(), 1, 8, false},
		{APIFails.Every(), 8, 8, true},
		{APIFails.Every(), 7, 8, false},
		{APIFails.Some(), 4, 8, true},
		{APIFails.Some(), 1, 8, true},
		{APIFails.Some(), 0, 40, false}, // one dead server of five would have struck
		{APIFails.Between(0.02, 0.25), 14, 14, false},
		{APIFails.AtLeast(2), 1, 8, false},
		{APIFails.Part(), 8, 8, false},
	} {
		if got := tc.p.Fits(Value{N: tc.k, Of: tc.n}, RareMust); got != tc.want {
			t.Errorf("%d of %d, predicted %s: got %t, want %t", tc.k, tc.n, tc.p, got, tc.want)
		}
	}
}

func TestNoLogGrowsWithoutEnd(t *testing.T) {
	set := Collect(func(log *Log) {
		for range 1000 {
			DNSNameservers.Add(log, "10.96.0.10")
		}
	})
	if n := len(DNSNameservers.In(set)); n != maxEntries {
		t.Errorf("got %d entries, want %d", n, maxEntries)
	}
}

// TestAddCountsAll has many goroutines record at once.
func TestAddCountsAll(t *testing.T) {
	var log Log
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			DNSMalformed.Add(&log, 2)
			DNSNameservers.Add(&log, "10.96.0.10")
		})
	}
	wait.Wait()
	if n, _ := DNSMalformed.In(log.Seen()); n != 100 {
		t.Errorf("got %d, want 100", n)
	}
	if list := DNSNameservers.In(log.Seen()); len(list) != 50 {
		t.Errorf("got %d texts, want 50", len(list))
	}
}
