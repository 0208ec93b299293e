package causes

var apiInitializing = Page{
	Code:  "api.initializing",
	Alone: Likely,
	Title: "the API server is starting and has not read its storage yet",
	Apart: "The 429 or 503 says that storage is being initialized, as after a start. Without those words a 429 is api.overloaded " +
		"and a 503 api.unhealthy.",
	Fix: steps(
		look("is every line ok? Wait until it is", askReady, when("one stays not ok", 2)),
		ask(admin, "look after the part that stays not ok"),
	),
}
