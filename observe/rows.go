package observe

// The functions below make rows. Of words, the first ones are what a healthy pod
// shows, as many as healthy says, and the order is the one in which several
// values count.

// symptom is a word that needs an explanation unless it is healthy.
func symptom[W ~string](id, means, says string, healthy int, words ...W) Word[W] {
	w := tells(id, means, says, healthy, words...)
	w.Symptom = true
	return w
}

// tells is a word that distinguishes explanations.
func tells[W ~string](id, means, says string, healthy int, words ...W) Word[W] {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	phrase := func(word string) (string, bool) {
		phrase, otherwise := phrases()[W(word)]
		return phrase, otherwise
	}
	return Word[W]{&Row{ID: id, Kind: KindWord, Words: texts, Healthy: texts[:healthy:healthy], Means: means, Says: says, phrase: phrase}}
}

// at says what several values of the word stand at.
func (s Word[W]) at(each string) Word[W] {
	s.Each = each
	return s
}

// at says what several values of the flag stand at.
func (s Flag) at(each string) Flag {
	s.Each = each
	return s
}

func flagSymptom(id, means, yes, no string, healthy bool) Flag {
	f := flagTells(id, means, yes, no, healthy)
	f.Symptom = true
	return f
}

// flagTells has a sentence for each of its values.
func flagTells(id, means, yes, no string, healthy bool) Flag {
	says := func(word string) (string, bool) {
		if word == yesOrNo(true) {
			return yes, true
		}
		return no, true
	}
	return Flag{&Row{ID: id, Kind: KindFlag, Healthy: []string{yesOrNo(healthy)}, Means: means, Says: "%s", phrase: says}}
}

// countSymptom is healthy at 0.
func countSymptom(id, means, says string) Count {
	c := countTells(id, means, says)
	c.Symptom = true
	return c
}

func countTells(id, means, says string) Count {
	return Count{&Row{ID: id, Kind: KindCount, Means: means, Says: says}}
}

// numberSymptom is healthy at 0.
func numberSymptom(id, means, says string) Number {
	n := numberTells(id, means, says)
	n.Symptom = true
	return n
}

func numberTells(id, means, says string) Number {
	return Number{&Row{ID: id, Kind: KindNumber, Means: means, Says: says}}
}

func duration(id, means, says string) Duration {
	return Duration{&Row{ID: id, Kind: KindDuration, Means: means, Says: says}}
}

func moment(id, means, says string) Time {
	return Time{&Row{ID: id, Kind: KindTime, Means: means, Says: says}}
}

func text(id, means, says string) Text {
	return Text{&Row{ID: id, Kind: KindText, Means: means, Says: says}}
}

func texts(id, means, says string) Texts {
	return Texts{&Row{ID: id, Kind: KindTexts, Means: means, Says: says}}
}

// Unhealthy says that the value is a symptom's, and not one of a healthy pod.
func (r *Row) Unhealthy(v Value) bool { return r.Symptom && !r.Usual(v) }

// Usual says that a healthy pod shows the value, too.
func (r *Row) Usual(v Value) bool {
	if r.Kind == KindCount || r.Kind == KindNumber {
		return v.N == 0
	}
	for _, w := range r.Healthy {
		if w == v.Word {
			return true
		}
	}
	return false
}
