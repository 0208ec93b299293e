package causes

var tokenClockSkew = Page{
	Code:  "token.clock-skew",
	Alone: Likely, Warning: true,
	Title: "the clocks of this node and of the API server differ by more than a minute",
	Apart: "Both clocks were read in one answer. An expired or too early token by the server's clock is token.expired or " +
		"token.not-yet-valid; a certificate that fails by this pod's clock alone is counted here.",
	Fix: steps(
		look("which clock is wrong?", asksClocks, when("one is not synchronized", 2)).at("on node NODE and on each control-plane node"),
		ask(nodeAdmin, "set it").with("timedatectl set-ntp true"),
	),
}
