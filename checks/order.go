package checks

import (
	"maps"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// order runs a list of checks, each as soon as what it waits for has ended. Every check has a
// copy of the session; what it has learned is taken over when it ends.
type order struct {
	*run
	list    []*Check
	begun   []bool
	results []*observe.Result // of those that have ended
	events  chan event
	goingOn []bool               // of those that run, and that the checks after them need not wait for
	waiting map[int]*expectation // of those that have told one
	running int
}

// event is what a check tells: that it waits in vain, that it does so no longer, that it has
// learned what the checks after it need, or that it has ended.
type event struct {
	of      int // the place of the check in the list
	expects *expectation
	learned *Session
	end     *end
}

// end is how a check has ended.
type end struct {
	result                observe.Result
	session               *Session
	nonBlocking, returned bool
}

// mostEvents is how many events a check has: one of each kind.
const mostEvents = 4

// inOrder runs the checks and yields their results in the order of the list. It returns false
// once yield has, and none is under way any more.
func (r *run) inOrder(list []*Check, stop func(), yield func(observe.Result) bool) (more bool) {
	o := order{run: r, list: list, begun: make([]bool, len(list)), goingOn: make([]bool, len(list)), results: make([]*observe.Result, len(list)), events: make(chan event, mostEvents*len(list)), waiting: map[int]*expectation{}}
	more = true
	for next := 0; ; {
		o.begin(next)
		for more && next < len(list) && o.results[next] != nil {
			more = yield(*o.results[next])
			next++
		}
		if !more {
			stop()
		}
		if o.running == 0 && (!more || next == len(list)) {
			return more
		}
		o.probeBesideWaits()
		o.take(<-o.events)
	}
}

// begin begins the checks that may begin, from the first on that has not ended.
func (o *order) begin(first int) {
	for i := first; i < len(o.list); i++ {
		c, aside := o.list[i], o.list[i].Aside && !o.session.resolvesNames(o.sys)
		if !o.begun[i] && !slices.ContainsFunc(c.Needs, func(need string) bool { return o.open(o.list[:i], need) }) && !(c.Last && slices.Contains(o.results[:i], nil)) {
			o.begun[i], o.running = true, o.running+1
			own, by := o.session, o.blockedBy(c)
			own.tell = func(x *expectation) { o.events <- event{of: i, expects: x} }
			own.goOn = func() {
				learned := own
				o.events <- event{of: i, learned: &learned}
			}
			go func() {
				result, nonBlocking, returned := o.one(o.ctx, c, by, &own)
				o.events <- event{of: i, end: &end{result, &own, nonBlocking, returned}}
			}()
		}
		if !aside && !o.goingOn[i] && o.results[i] == nil {
			return
		}
	}
}

// open says that one of the checks has not ended, and has not told what it has learned.
func (o *order) open(before []*Check, id string) bool {
	i := slices.IndexFunc(before, func(c *Check) bool { return c.ID == id })
	return i >= 0 && o.results[i] == nil && !o.goingOn[i]
}

func (o *order) take(e event) {
	switch {
	case o.results[e.of] != nil: // by a check that did not return at its end
		return
	case e.expects != nil:
		o.waiting[e.of] = e.expects
		return
	case e.learned != nil:
		c := o.list[e.of]
		o.goingOn[e.of], o.blocks[c.ID] = true, ""
		if !c.Aside {
			o.learn(e.learned)
		}
		return
	case e.end == nil:
		delete(o.waiting, e.of)
		o.early.drop()
		o.early = nil
		return
	}
	delete(o.waiting, e.of)
	o.running--
	c, ended := o.list[e.of], e.end
	o.results[e.of] = &ended.result
	if !ended.returned {
		o.stuck = c.ID
	}
	o.blocks[c.ID] = ended.result.BlockedBy
	if ended.result.Status == observe.Fail && !ended.nonBlocking {
		o.blocks[c.ID] = c.ID
	}
	o.seen = append(o.seen, ended.result.Observations)
	if ended.returned && !c.Aside && !o.goingOn[e.of] {
		o.learn(ended.session)
	}
}

func (o *order) learn(from *Session) {
	o.session = *from
	o.session.tell, o.session.goOn = nil, nil
}

// probeBesideWaits begins the probes that would be chosen if nothing came any more, once every
// check that runs waits in vain.
func (o *order) probeBesideWaits() {
	if o.running == 0 || len(o.waiting) < o.running || o.early != nil || o.choose == nil {
		return
	}
	session, seen := o.session, slices.Clone(o.seen)
	for _, i := range slices.Sorted(maps.Keys(o.waiting)) {
		o.waiting[i].learn(&session)
		seen = append(seen, o.waiting[i].seen)
	}
	why := o.choose(observe.Merge(seen...), o.probes)
	o.early = o.beginProbes(slices.DeleteFunc(slices.Clone(o.probes), func(c *Check) bool {
		_, chosen := why[c.ID]
		return !chosen || o.blockedBy(c) != ""
	}), &session)
}
