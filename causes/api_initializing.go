package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func apiInitializing() *Page {
	return &Page{
		Code:   "api.initializing",
		Alone:  Likely,
		Title:  "the API server is starting, and its storage is not initialized yet",
		Remedy: "wait; if /readyz stays unready, repair the part that it names",
		Forms:  answered(Form{Prior: Uncommon}, observe.Initializing), // it lasts a few seconds after a start
		// roles are not read yet either, and a part that has not begun fails
		Consequences: append(anywhere(observe.Initializing, observe.ServerError, observe.Throttled, observe.Forbidden),
			observe.APISlow.Is(true), observe.APIStale.AtLeast(1)),
		Confirm: asksReady,
		Sources: []string{"https://github.com/stackabletech/stackablectl/issues/370"},
		Similar: "The 429 or 503 says that storage is being initialized, as after a start. Without that text, a 429 is " +
			"api.overloaded and a 503 is api.unhealthy.",
		Fix: steps(
			look("is every line ok? If not, wait and try again", askReady, when("one stays not ok", 2)),
			ask(admin, "repair the part that is not ok"),
		),
	}
}
