package lab

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	volumeDir = "var/run/secrets/kubernetes.io/serviceaccount"
	volumeNow = "..2026_11_22_03_40_01.1304285571" // as the kubelet names the current content
)

// writeFiles makes the pod's files below dir.
func writeFiles(dir string, p *plan, c *cluster) error {
	files := map[string]string{
		"etc/resolv.conf":     p.resolvConf(),
		"etc/hosts":           p.hosts,
		"etc/hostname":        podName + "\n",
		"proc/self/mountinfo": p.mountinfo(),
		"proc/self/status":    procStatus(),
		"proc/1/environ":      environ(p.initEnv),
		"proc/net/tcp":        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" + p.sockets,
	}
	for name, content := range p.home {
		files[filepath.Join(home, name)] = content
	}
	for name, content := range files {
		if err := writeFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	setUp := time.Now().Add(p.ahead - 20*time.Minute)
	for name, written := range map[string]time.Time{"etc/hostname": setUp, "etc/resolv.conf": setUp.Add(p.resolv.later)} {
		if err := os.Chtimes(filepath.Join(dir, name), time.Time{}, written); err != nil {
			return err
		}
	}
	if p.volume.unmounted || p.volume.cover != "" {
		return nil
	}
	return writeVolume(filepath.Join(dir, volumeDir), p, c)
}

func writeFile(path string, content []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// writeVolume lays the volume out as the kubelet does: each name is a link into
// ..data, which is a link to the current directory. Where links cannot be made
// the files stand in the volume itself.
func writeVolume(dir string, p *plan, c *cluster) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	contents := map[string][]byte{
		"token": []byte(c.token), "ca.crt": c.ca.pem(), "namespace": []byte(namespace),
	}
	store := dir
	linked := p.volume.present() && !p.volume.copied && os.Symlink(volumeNow, filepath.Join(dir, "..data")) == nil
	if linked {
		store = filepath.Join(dir, volumeNow)
	}
	for name, content := range contents {
		f := p.volume.files[name]
		if f.missing {
			continue
		}
		if f.rewrite != nil {
			var err error
			if content, err = f.rewrite(content); err != nil {
				return err
			}
		}
		if err := writeFile(filepath.Join(store, name), content, f.mode); err != nil {
			return err
		}
		if linked {
			if err := os.Symlink(filepath.Join("..data", name), filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	if linked {
		return os.Chtimes(store, time.Time{}, time.Now().Add(p.ahead+cmp.Or(p.volume.written, p.token.issued)))
	}
	return nil
}

// present says whether any file is there.
func (v *volumePlan) present() bool {
	for _, f := range v.files {
		if !f.missing {
			return true
		}
	}
	return false
}

func (p *plan) resolvConf() string {
	r := p.resolv
	if r.text != "" {
		return r.text
	}
	search := r.before
	if !r.node {
		search = slices.Concat(search, []string{namespace + ".svc." + p.domain, "svc." + p.domain, p.domain})
	}
	search = slices.Concat(search, r.after)
	text := "search " + strings.Join(search, " ") + "\n"
	for _, address := range r.nameservers {
		text += "nameserver " + address + "\n"
	}
	if r.options != "" {
		text += "options " + r.options + "\n"
	}
	return text
}

const kubeletHosts = "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n" +
	"fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n" +
	podIP + "\t" + podName + "\n"

func (p *plan) mountinfo() string {
	text := "1204 1130 0:231 / / rw,relatime - overlay overlay rw,lowerdir=/l1,upperdir=/u,workdir=/w\n" +
		"1205 1204 0:233 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw\n" +
		"1206 1204 0:234 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755\n" +
		"1212 1204 8:1 /pods/etc-hosts /etc/hosts rw,relatime - ext4 /dev/sda1 rw\n" +
		"1211 1204 8:1 /sandboxes/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw\n" +
		"1213 1204 8:1 /sandboxes/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/sda1 rw\n"
	if !p.volume.unmounted {
		text += fmt.Sprintf("1214 1204 0:227 / /%s ro,relatime - %s %s rw,size=8124112k\n",
			volumeDir, p.volume.fstype, p.volume.fstype)
	}
	return text + p.volume.cover
}

// procStatus shows the real user, so that file modes mean what they say.
func procStatus() string {
	uid, gid := os.Getuid(), os.Getgid()
	if uid < 0 { // there are no such numbers on Windows
		uid, gid = 65532, 65532
	}
	groups, _ := os.Getgroups()
	var list strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&list, "%d ", g)
	}
	return fmt.Sprintf("Name:\tk8sdoctor\nUmask:\t0022\nState:\tR (running)\nTgid:\t17\nPid:\t17\nPPid:\t1\n"+
		"Uid:\t%d\t%d\t%d\t%d\nGid:\t%d\t%d\t%d\t%d\nFDSize:\t64\nGroups:\t%s\n"+
		"CapEff:\t0000000000000000\nSeccomp:\t2\nThreads:\t6\n",
		uid, uid, uid, uid, gid, gid, gid, gid, list.String())
}

func environ(env map[string]string) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(env)) {
		text.WriteString(key + "=" + env[key] + "\x00")
	}
	return text.String()
}
