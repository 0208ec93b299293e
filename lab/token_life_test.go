package lab

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// outline is the verdict as "code confidence, ...".
func (o outcome) outline() string {
	var list []string
	for _, c := range o.verdict() {
		list = append(list, c.Code+" "+string(c.Confidence))
	}
	return strings.Join(list, ", ")
}

// told is all that a verdict tells people.
func (o outcome) told() string {
	var b strings.Builder
	for _, r := range o.results {
		fmt.Fprintln(&b, r.Summary)
	}
	for _, f := range diagnose.Diagnose(causes.Pod{}, o.results).Causes {
		fmt.Fprintln(&b, f.Title, f.Evidence, f.RuledOut, f.Confirm)
		for _, step := range f.Steps {
			fmt.Fprintln(&b, step.Text, step.Answers)
		}
	}
	return b.String()
}

// TestLifeOfAToken has tokens at each point of their life and of their pod's.
func TestLifeOfAToken(t *testing.T) {
	t.Parallel()
	lives := func(issued, expires time.Duration) func(*plan) {
		return func(p *plan) { p.token.issued, p.token.expires = issued, expires }
	}
	const year = 365 * 24 * time.Hour
	for _, test := range []struct {
		name   string
		change []func(*plan)
		after  func(*Pod) error
		want   string
		says   []string
		never  []string
	}{
		{
			name: "expired 20 minutes ago in the kubelet's volume", change: []func(*plan){lives(-80*time.Minute, -20*time.Minute)},
			want:  "token.not-renewed certain",
			says:  []string{"the kubelet had to renew it 32 min ago", "PersistentVolumeClaim", "Delete nothing before you know"},
			never: []string{"rollout restart"},
		},
		{
			name: "expired in a copy", change: []func(*plan){lives(-80*time.Minute, -20*time.Minute), func(p *plan) { p.volume.copied = true }},
			want: "token.expired certain", says: []string{"is a plain file, which the kubelet did not write"}, never: []string{"had to renew"},
		},
		{
			name: "expired in a subPath mount", change: []func(*plan){lives(-80*time.Minute, -20*time.Minute)}, after: mountSubPath,
			want: "token.expired certain", says: []string{"is a subPath mount, which the kubelet never updates"}, never: []string{"had to renew"},
		},
		{
			name:   "expired in the volume of a Secret",
			change: []func(*plan){lives(-80*time.Minute, -20*time.Minute), func(p *plan) { p.volume.written = -time.Hour }},
			want:   "token.expired certain", never: []string{"had to renew"},
		},
		{
			name: "bound to no pod, expired in the volume of a Secret", change: []func(*plan){lives(-80*time.Minute, -20*time.Minute), func(p *plan) { p.token.pod, p.token.podUID = "", "" }},
			want: "token.expired certain", never: []string{"had to renew"},
		},
		{
			name: "expired by a minute, and the server was not asked", change: []func(*plan){lives(-12*time.Minute, -2*time.Minute), func(p *plan) { p.routes["tcp "+apiAddress] = route{} }},
			want: "net.api-down likely, token.not-renewed likely",
		},
		{
			name: "two hours old, for a year", change: []func(*plan){lives(-2*time.Hour, year)},
			want: "token.not-renewed likely", says: []string{"the kubelet had to renew the token 1 h 12 min ago"},
		},
		{name: "55 minutes old, for a year", change: []func(*plan){lives(-55*time.Minute, year)}},
		{name: "two hours old, from a Secret", change: []func(*plan){lives(-2*time.Hour, year), func(p *plan) { p.volume.written = -time.Hour }}},
		{name: "two hours old, in a copy", change: []func(*plan){lives(-2*time.Hour, year), func(p *plan) { p.volume.copied = true }}},
		{
			name: "two hours old by a clock that went ahead since", change: []func(*plan){lives(-20*time.Minute, year), func(p *plan) {
				p.ahead, p.volume.written = 2*time.Hour, -20*time.Minute-2*time.Hour
			}},
			want: "token.clock-skew likely",
		},
		{
			name: "of a pod that should have ended two minutes ago", change: []func(*plan){func(p *plan) { p.api.podGone = true }},
			want: "token.rejected likely, token.unknown-key possible, token.unknown-issuer possible, token.pod-terminating possible",
			says: []string{"does it print a time more than a minute ago, or NotFound?"},
		},
		{
			name: "of a pod that should have ended hours ago", change: []func(*plan){faultOf("token.pod-terminating")},
			want: "token.pod-terminating possible, token.rejected possible",
		},
		{
			name: "for the audience api, and no keys to read", change: []func(*plan){func(p *plan) { p.token.audience = "api" }},
			want:  "token.wrong-audience possible, token.rejected possible, token.unknown-key possible, token.unknown-issuer possible, token.pod-terminating possible",
			says:  []string{"the token's audience is unknown: only the server can judge it"},
			never: []string{"the token's audience is the API server's", "audience is one that is usual"},
		},
		{
			name: "of the usual audience, refused", change: []func(*plan){faultOf("token.rejected")},
			want:  "token.rejected likely, token.unknown-key possible, token.unknown-issuer possible, token.pod-terminating possible",
			never: []string{"the token's audience is the API server's"},
		},
		{
			name: "two days ahead", change: []func(*plan){lives(48*time.Hour, 49*time.Hour), func(p *plan) { p.volume.written = -20 * time.Minute }},
			want: "token.not-yet-valid certain",
			says: []string{
				", when the clock of its issuer was 2 days ahead of this node's", "or earlier, by the clock of node worker-2, until that clock was set",
				"(this one becomes valid by itself from ",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{after: test.after, change: func(p *plan) {
				for _, change := range test.change {
					change(p)
				}
			}}.look(t)
			o.holdTold(t, test.want, test.says, test.never)
		})
	}
}

// mountSubPath has the token's file be one that a subPath has mounted.
func mountSubPath(pod *Pod) error {
	const name = "proc/self/mountinfo"
	path := pod.System.Root + "/" + name
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	mount := "1215 1204 0:227 /" + volumeNow + "/token /" + volumeDir + "/token ro,relatime - tmpfs tmpfs rw\n"
	return files(pod, map[string]string{name: string(text) + mount})
}

func TestRecordedFileOfTheToken(t *testing.T) {
	t.Parallel()
	unseen := []*observe.Row{observe.TokenFileIs.Row, observe.TokenOverdue.Row}
	for _, test := range []answersWorld{
		{name: "the kubelet's", want: []observe.Prediction{observe.TokenFileIs.Is(observe.KubeletFile), observe.TokenOverdue.Is(false)}},
		{name: "late", change: faultOf("token.not-renewed"), want: []observe.Prediction{observe.TokenFileIs.Is(observe.KubeletFile), observe.TokenOverdue.Is(true)}},
		{name: "a copy", change: faultOf("token.expired"), want: []observe.Prediction{observe.TokenFileIs.Is(observe.PlainFile)}, unseen: unseen[1:]},
		{name: "a subPath", after: mountSubPath, want: []observe.Prediction{observe.TokenFileIs.Is(observe.SubPathFile)}, unseen: unseen[1:]},
		{name: "no mounts to read", after: file("proc/self/mountinfo", func(string) error { return nil }), unseen: unseen},
		{name: "a Secret's", change: func(p *plan) { p.volume.written = -10 * time.Minute }, unseen: unseen},
		{name: "of another pod", change: faultOf("token.foreign-pod"), unseen: unseen},
		{name: "of a Secret without a pod", change: faultOf("token.legacy"), unseen: unseen},
	} {
		t.Run(test.name, test.run)
	}
}
