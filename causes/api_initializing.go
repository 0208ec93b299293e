package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var apiInitializing = Page{
	Code:  "api.initializing",
	Alone: Likely,
	Title: "the API server is starting and has not read its storage yet",
	Forms: answered(Form{Prior: Uncommon}, observe.Initializing), // it lasts a few seconds after a start
	// roles are not read yet either, and a part that has not begun fails
	Brings: append(anywhere(observe.Initializing, observe.ServerError, observe.Throttled, observe.Forbidden),
		observe.APISlow.Is(true), observe.APIStale.AtLeast(1)),
	Decide:  asksReady,
	Sources: []string{"https://github.com/stackabletech/stackablectl/issues/370"},
	Apart: "The 429 or 503 says that storage is being initialized, as after a start. Without those words a 429 is api.overloaded " +
		"and a 503 api.unhealthy.",
	Fix: steps(
		look("is every line ok? Wait until it is", askReady, when("one stays not ok", 2)),
		ask(admin, "look after the part that stays not ok"),
	),
}
