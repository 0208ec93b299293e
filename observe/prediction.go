package observe

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Prediction is what a cause says of one subject.
type Prediction struct{ *predicted }

type predicted struct {
	Subject *Row
	words   []string // of KindWord and KindFlag: those that fit
	counts  *share   // of KindCount
	least   int      // of KindCount and KindNumber: at least so many
	most    int      // of KindNumber: at most so many
	part    bool     // of KindCount: some and not all
	text    string
}

// How seldom a count may come about that still fits: one run of a hundred for
// what a cause must show, one of twenty for what it usually shows.
const (
	RareMust  = 0.01
	RareUsual = 0.05
)

func oneOf(r *Row, words []string) Prediction {
	text := strings.Join(words, " or ")
	others := slices.DeleteFunc(slices.Clone(r.Words), func(w string) bool { return slices.Contains(words, w) })
	if len(others) > 0 && len(others) < len(words) {
		text = "not " + strings.Join(others, " or ")
	}
	return Prediction{&predicted{Subject: r, words: words, text: text}}
}

// Fits says whether the value is one that is predicted; rare is RareMust or
// RareUsual.
func (p Prediction) Fits(v Value, rare float64) bool {
	switch {
	case p.words != nil:
		return slices.Contains(p.words, v.Word)
	case p.part:
		return v.N > 0 && v.N < v.Of
	case p.counts != nil:
		return p.counts.fits(v.N, v.Of, rare)
	}
	return v.N >= p.least && v.N <= p.most
}

// apart is how far apart two shares must be for a handful of tries to distinguish them.
const apart = 0.1

// Excludes says that no value fits both predictions, which are of one subject.
func (p Prediction) Excludes(q Prediction) bool {
	switch {
	case p.words != nil && q.words != nil:
		return !slices.ContainsFunc(p.words, func(w string) bool { return slices.Contains(q.words, w) })
	case p.counts != nil && q.counts != nil:
		return p.counts.max+apart < q.counts.min || q.counts.max+apart < p.counts.min
	case p.counts != nil && p.counts.max == 0:
		return q.part || q.least > 0
	case q.counts != nil && q.counts.max == 0:
		return p.part || p.least > 0
	}
	return p.words == nil && p.counts == nil && q.counts == nil && !p.part && !q.part && (p.least > q.most || q.least > p.most)
}

// Bits is how much a value that fits says: the fewer would have fitted, the more.
func (p Prediction) Bits() float64 {
	switch {
	case p.Subject.Kind == KindFlag:
		return 1
	case p.words != nil:
		return math.Log2(float64(max(len(p.Subject.Words), len(p.words))) / float64(max(len(p.words), 1)))
	case p.counts != nil:
		return min(3, -math.Log2(max(p.counts.max-p.counts.min, 0.125)))
	}
	return 1
}

// String is what is predicted, such as "silent or refuses" or "at least 1".
func (p Prediction) String() string { return p.text }

// Sample returns a value that fits, the i-th of those that there are; tests draw
// worlds from it.
func (p Prediction) Sample(i int) Value {
	switch {
	case p.words != nil:
		return Value{Word: p.words[i%len(p.words)]}
	case p.part:
		return Value{N: 1 + i%2, Of: 3}
	case p.counts != nil:
		const of = 20
		low, high := int(math.Ceil(p.counts.min*of)), int(math.Floor(p.counts.max*of))
		return Value{N: low + i%(high-low+1), Of: of}
	case p.most == math.MaxInt:
		return Value{N: p.least + i%3, Of: p.least + 3}
	}
	return Value{N: p.least + i%(p.most-p.least+1)}
}

// Between predicts that each of n is one of k with a probability from min to max.
func (s Count) Between(min, max float64) Prediction {
	text := fmt.Sprintf("%.0f to %.0f %% of them", 100*min, 100*max)
	switch {
	case max == 0:
		text = "none of them"
	case min == 1:
		text = "all of them"
	}
	return Prediction{&predicted{Subject: s.Row, counts: &share{min, max}, text: text}}
}

// None predicts 0 of n.
func (s Count) None() Prediction { return s.Between(0, 0) }

// Every predicts n of n.
func (s Count) Every() Prediction { return s.Between(1, 1) }

// Some predicts what one dead server of two to five brings about.
func (s Count) Some() Prediction { return s.Between(0.2, 0.8) }

// Part predicts some and not all.
func (s Count) Part() Prediction {
	return Prediction{&predicted{Subject: s.Row, part: true, text: "some, not all"}}
}

// AtLeast predicts k or more.
func (s Count) AtLeast(k int) Prediction {
	return Prediction{&predicted{Subject: s.Row, least: k, most: math.MaxInt, text: fmt.Sprintf("at least %d", k)}}
}

// Is predicts the number.
func (s Number) Is(n int) Prediction {
	return Prediction{&predicted{Subject: s.Row, least: n, most: n, text: fmt.Sprint(n)}}
}

// AtLeast predicts the number or a larger one.
func (s Number) AtLeast(n int) Prediction {
	return Prediction{&predicted{Subject: s.Row, least: n, most: math.MaxInt, text: fmt.Sprintf("at least %d", n)}}
}

// share is a range of probabilities with which each of n is one of k.
type share struct{ min, max float64 }

func (s share) fits(k, n int, rare float64) bool {
	if n == 0 {
		return true
	}
	switch part := float64(k) / float64(n); {
	case part < s.min:
		return atMost(k, n, s.min) >= rare
	case part > s.max:
		return atMost(n-k, n, 1-s.max) >= rare
	}
	return true
}

// atMost is the probability of k or fewer of n, each with probability p.
func atMost(k, n int, p float64) float64 {
	switch {
	case p <= 0:
		return 1
	case p >= 1 && k < n:
		return 0
	case p >= 1:
		return 1
	}
	log := func(n int) float64 { l, _ := math.Lgamma(float64(n + 1)); return l }
	sum := 0.0
	for i := 0; i <= k; i++ {
		sum += math.Exp(log(n) - log(i) - log(n-i) + float64(i)*math.Log(p) + float64(n-i)*math.Log(1-p))
	}
	return sum
}
