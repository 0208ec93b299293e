package launch

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// Doctor is the program that goes into a pod.
type Doctor struct {
	Arch string // as GOARCH has it
	Data []byte
}

// Sum is the SHA-256 of the program, in hexadecimal.
func (d Doctor) Sum() string {
	sum := sha256.Sum256(d.Data)
	return hex.EncodeToString(sum[:])
}

// ownID begins the build ID that the Makefile gives the program; its version follows.
const ownID = "k8sdoctor/"

// Version is the program's own, from the note with its build ID (the linker's -buildid, which
// "go tool buildid" prints); empty where the Makefile has not built it.
func (d Doctor) Version() string {
	program, err := elf.NewFile(bytes.NewReader(d.Data))
	if err != nil {
		return ""
	}
	note := program.Section(".note.go.buildid")
	if note == nil {
		return ""
	}
	const head = 16 // three lengths and kinds of 4 bytes, and the name "Go" (https://go.dev/src/cmd/internal/buildid/note.go)
	data, err := note.Data()
	if err != nil || len(data) < head {
		return ""
	}
	length := min(program.ByteOrder.Uint32(data[4:]), uint32(len(data)-head))
	version, own := strings.CutPrefix(string(data[head:head+length]), ownID)
	if !own {
		return ""
	}
	return version
}

// Doctors are the programs that a launcher has, one for each architecture.
type Doctors []Doctor

// machines are architectures as uname(2) names them.
var machines = map[string]string{"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}

// For returns the program for a machine, as uname(2) names it.
func (list Doctors) For(machine string) (Doctor, error) {
	arch, known := machines[machine]
	if i := slices.IndexFunc(list, func(d Doctor) bool { return d.Arch == arch }); known && i >= 0 {
		return list[i], nil
	}
	return Doctor{}, fmt.Errorf("no k8sdoctor for a node of architecture %s is at hand: build one and give it as --doctor FILE", machine)
}

// ErrNoDoctor says that nothing was put into this launcher.
var ErrNoDoctor = errors.New("this build carries no k8sdoctor for pods: give one as --doctor FILE (make build/k8sdoctor-linux-amd64 builds it)")

// EmbeddedDoctors are those that the release build puts into the launcher; there are none
// in another build.
func EmbeddedDoctors() (Doctors, error) {
	var list Doctors
	for _, arch := range slices.Sorted(maps.Keys(embedded)) {
		unzip, err := gzip.NewReader(bytes.NewReader(embedded[arch]))
		if err != nil {
			return nil, fmt.Errorf("the k8sdoctor for %s in this program: %w", arch, err)
		}
		data, err := io.ReadAll(unzip)
		if err != nil {
			return nil, fmt.Errorf("the k8sdoctor for %s in this program: %w", arch, err)
		}
		list = append(list, Doctor{arch, data})
	}
	if len(list) == 0 {
		return nil, ErrNoDoctor
	}
	return list, nil
}

// maxDoctor is how long a program may be, in bytes.
const maxDoctor = 64 << 20

// ReadDoctor reads a program for Linux from a file.
func ReadDoctor(name string) (Doctor, error) {
	file, err := os.Open(name)
	if err != nil {
		return Doctor{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxDoctor+1))
	if err != nil {
		return Doctor{}, err
	}
	program, err := elf.NewFile(bytes.NewReader(data))
	if err != nil || len(data) > maxDoctor {
		return Doctor{}, fmt.Errorf("%s is no program for Linux", name)
	}
	archs := map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}
	arch, known := archs[program.Machine]
	if !known {
		return Doctor{}, fmt.Errorf("%s is a program for %s; nodes of amd64 and arm64 are known", name, program.Machine)
	}
	if slices.ContainsFunc(program.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return Doctor{}, fmt.Errorf("%s is linked dynamically and will not run in every image: build it with CGO_ENABLED=0", name)
	}
	return Doctor{arch, data}, nil
}
