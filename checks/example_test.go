package checks_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// A check of your own is a value. It names what it needs by id, and uses what
// those checks have learnt: here the client that is ready once auth.review has
// passed.
func Example() {
	leases := &checks.Check{
		ID:    "shop.leases",
		Title: "leader election is reachable",
		Needs: []string{"volume.namespace", "auth.review"},
		Run: func(ctx context.Context, _ *pod.System, session *checks.Session, _ *observe.Log) checks.Outcome {
			var status int
			session.API.Get().AbsPath("/apis/coordination.k8s.io/v1/namespaces", session.Namespace, "leases").Do(ctx).StatusCode(&status)
			var e observe.Evidence
			e.Add("status", "%d", status)
			if status != 200 {
				return checks.Outcome{
					Status: observe.Fail, Evidence: e,
					Summary: fmt.Sprintf("%s may not list leases in %s: %d", session.User, session.Namespace, status),
				}
			}
			return checks.Outcome{Status: observe.Pass, Summary: "leases can be listed", Evidence: e}
		},
	}

	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	pod, err := lab.Start(dir) // in a pod: pod.OwnPod() in place of pod.System
	if err != nil {
		panic(err)
	}
	defer pod.Close()

	list, err := checks.Select(append(checks.All(), leases), []string{"shop.leases"}, nil)
	if err != nil {
		panic(err)
	}
	for result := range checks.Run(context.Background(), pod.System, list, 5*time.Second, nil) {
		if result.ID == "shop.leases" {
			fmt.Println(result.Status, result.Summary)
		}
	}
	// Output: fail system:serviceaccount:shop:web may not list leases in shop: 403
}
