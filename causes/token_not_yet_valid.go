package causes

var tokenNotYetValid = Page{
	Code:  "token.not-yet-valid",
	Alone: Likely,
	Title: "the token begins later than the server's clock: it was made by a clock that was ahead",
	Apart: "The token begins later than the server's Date header says. When only this pod's clock is behind, the server accepts it" +
		" and it is token.clock-skew.",
	Fix: func(Input) []Step {
		return append([]Step{
			byHand(2, 3), ownVolume,
			ask(admin, "set the clock of the control-plane node that is wrong").with(asksClocks).at(onEachServer),
		}, restart(4, "then, a new pod gets a new token")...)
	},
}
