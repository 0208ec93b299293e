package launch

import (
	"errors"
	"fmt"

	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// ofOtherVersion names both versions where an error is that of a doctor of another version:
// an older one lacks a flag, a later one may write another format.
func (l *Launcher) ofOtherVersion(err error) error {
	if other, ok := errors.AsType[*report.OtherFormatError](err); ok {
		seen := fmt.Errorf("%w, this launcher is %s", other, l.Version)
		if l.Image == "" { // every way takes the same program
			return callError{seen}
		}
		return NotPossibleError{seen.Error()}
	}
	flag, missing := handover.MissingFlag(err.Error())
	if !missing {
		return err
	}
	if _, given := errors.AsType[callError](err); given {
		return callError{fmt.Errorf("the k8sdoctor that --doctor names is %s, and has no flag %s; this launcher is %s", l.Doctors.version(), flag, l.Version)}
	}
	return NotPossibleError{fmt.Sprintf("the k8sdoctor of image %s has no flag %s: it is of another version than this launcher, which is %s", l.Image, flag, l.Version)}
}

// version is that of the programs, as far as it is known.
func (list Doctors) version() string {
	for _, d := range list {
		if v := d.Version(); v != "" {
			return v
		}
	}
	return "of an unknown version"
}
