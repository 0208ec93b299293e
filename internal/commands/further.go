package commands

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/report"
)

// fileReport is a report beside the first one.
type fileReport struct {
	name   string
	format report.Format
}

// furtherReports reads values of --report: FILE, or FILE=FORMAT.
func furtherReports(values []string) (list []fileReport, err error) {
	formats := report.Formats()
	for _, value := range values {
		name, format := value, ""
		if of, ok := report.OfFile(value); ok {
			format = of
		} else if i := strings.LastIndex(value, "="); i >= 0 {
			name, format = value[:i], value[i+1:]
		} else {
			return nil, fmt.Errorf("--report %q: which format? FILE=FORMAT, or an ending such as .json", value)
		}
		i := slices.IndexFunc(formats, func(f report.Format) bool { return f.Name == format })
		if i < 0 || name == "" {
			return nil, fmt.Errorf("--report %q: no FILE, or no format is named %q", value, format)
		}
		list = append(list, fileReport{name, formats[i]})
	}
	return list, nil
}

// write replaces the file at once: who reads it, as the textfile collector does, never
// sees a part of a report. A symbolic link stays one. What is no regular file, such as a
// pipe, is written to; standard error is the session's own, as the file of that name leads
// nowhere (takeStderr).
func (f fileReport) write(r report.Report, stdout, stderr io.Writer) error {
	var b bytes.Buffer
	if err := f.format.Write(&b, r, report.Options{}); err != nil {
		return fmt.Errorf("--report %s: %w", f.name, err)
	}
	name := f.name
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	} else if target, err := os.Readlink(name); err == nil { // to what is not there yet
		if name = target; !filepath.IsAbs(target) {
			name = filepath.Join(filepath.Dir(f.name), target)
		}
	}
	info, err := os.Stat(name)
	switch {
	case f.name == "/dev/stderr":
		_, err := stderr.Write(b.Bytes())
		return f.wrap(err)
	case f.name == "/dev/stdout", err == nil && isFile(stdout, info):
		_, err := stdout.Write(b.Bytes())
		return f.wrap(err)
	case err == nil && !info.Mode().IsRegular():
		return f.wrap(writeInto(name, b.Bytes()))
	}
	mode := os.FileMode(0o644)
	if err == nil {
		mode = info.Mode().Perm()
	}
	temporary, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return f.wrap(err)
	}
	_, err = temporary.Write(b.Bytes())
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(temporary.Name(), mode)
	}
	if err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	if err != nil {
		os.Remove(temporary.Name())
	}
	return f.wrap(err)
}

// isFile says that w is the file of this description.
func isFile(w io.Writer, info os.FileInfo) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	own, err := file.Stat()
	return err == nil && os.SameFile(own, info)
}

// writeInto writes to a pipe or a device as it stands.
func writeInto(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

func (f fileReport) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("--report: %w", err)
}

// writeJobSummary adds the report to the summary of a job of GitHub Actions, where
// k8sdoctor runs in one.
func writeJobSummary(r report.Report) error {
	name := os.Getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("job summary: %w", err)
	}
	if err := report.Markdown(file, r); err != nil {
		file.Close()
		return fmt.Errorf("job summary: %w", err)
	}
	return file.Close()
}
