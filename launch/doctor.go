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
	"os"
	"slices"
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

// EmbeddedDoctors are those that the release build puts into the launcher; there are none
// in another build.
func EmbeddedDoctors() (Doctors, error) {
	var list Doctors
	for arch, compressed := range embedded {
		unzip, err := gzip.NewReader(bytes.NewReader(compressed))
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
		return nil, errors.New("this build carries no k8sdoctor for pods: give one as --doctor FILE (make build/k8sdoctor-linux-amd64 builds it)")
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
