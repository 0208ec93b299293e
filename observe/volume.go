package observe

// Mount is what is mounted where the service account's files belong.
type Mount string

// The mounts.
const (
	Mounted      Mount = "mounted"
	MountForeign Mount = "debugger" // absent, and this is a debugging container: the application's was not seen
	MountCovered Mount = "covered"  // the kernel lists it, and another mount over it
	MountEmpty   Mount = "empty"
	MountAbsent  Mount = "absent"
	MountDenied  Mount = "denied" // not even the directory may be read
)

// File is how a file presents itself to a client.
type File string

// The states of a file.
const (
	FileFine        File = "fine"
	FilePadded      File = "padded" // good, with white space around it
	FileMissing     File = "missing"
	FileDangling    File = "dangling"        // a link that leads nowhere
	FileDeniedMode  File = "denied-by-mode"  // its mode or owner
	FileDeniedAbove File = "denied-above"    // the mode of its directory
	FileDeniedLabel File = "denied-by-label" // SELinux or AppArmor: the modes would allow it
	FileEmpty       File = "empty"           // 0 bytes
	FileBlank       File = "blank"           // nothing but white space
	FileControl     File = "control"         // a control character inside
	FileDirty       File = "dirty"           // another character inside that no token has
	FileNoJWT       File = "no-jwt"          // clean, and no JSON Web Token
	FileNoSubject   File = "no-subject"      // a JWT, and no service account's
	FileNoPEM       File = "no-certificate"  // no certificate can be parsed
	FileBroken      File = "broken"          // PEM whose certificates cannot be parsed
	FileOtherPEM    File = "other-pem"       // PEM that OpenSSL reads and Go does not: a byte order mark, or another label
	FileNotReadable File = "unreadable"      // no regular file, too large, or an I/O error
)

// Validity is where a moment lies, seen from the span in which something is valid.
type Validity string

// The moments.
const (
	Now    Validity = "now"
	Soon   Validity = "soon" // valid, and not for two weeks more
	Past   Validity = "past" // it has expired
	Future Validity = "future"
)

// The subjects of the service account's volume.
var (
	VolumeMount       = symptom("volume.mount", "what is mounted at /var/run/secrets/kubernetes.io/serviceaccount, or where --service-account-dir says", "the service account volume is %s", 2, Mounted, MountForeign, MountCovered, MountEmpty, MountAbsent, MountDenied)
	VolumeToken       = symptom("volume.token", "the state of the token file", "the token file is %s", 1, FileFine, FilePadded, FileMissing, FileDangling, FileDeniedMode, FileDeniedAbove, FileDeniedLabel, FileEmpty, FileBlank, FileControl, FileDirty, FileNoJWT, FileNoSubject, FileNotReadable)
	VolumeCA          = symptom("volume.ca", "the state of ca.crt", "ca.crt is %s", 1, FileFine, FileMissing, FileDeniedMode, FileDeniedAbove, FileDeniedLabel, FileEmpty, FileNoPEM, FileBroken, FileOtherPEM, FileNotReadable)
	VolumeBundle      = flagSymptom("volume.ca.bundle", "whether ca.crt holds several certificates", "ca.crt holds several certificates", "ca.crt holds one certificate", false)
	VolumeCAs         = numberTells("volume.ca.certificates", "how many certificates ca.crt holds", "ca.crt holds %s certificates")
	VolumeCABeside    = symptom("volume.ca.beside", "what ca.crt contains beside its certificates", "beside its certificates, ca.crt contains %s", 2, BesideNothing, BesideText, BesideBehind, BesidePrivateKey, BesideBrokenLater, BesideBrokenFirst)
	VolumeCAValidity  = symptom("volume.ca.validity", "whether any certificate in ca.crt is valid now, by this pod's clock", "the certificates in ca.crt are %s", 1, Now, Past, Future)
	VolumeNamespace   = symptom("volume.namespace", "the state of the namespace file", "the namespace file is %s", 1, FileFine, FileMissing, FileNotReadable)
	VolumeAgrees      = flagSymptom("volume.namespace.agrees", "whether the namespace file and the token name the same namespace", "the namespace file and the token agree", "the namespace file and the token differ", true)
	VolumeNamespaceIs = text("volume.namespace.value", "the namespace in the file", "the namespace file says %s")
)

var volumeSubjects = []*Row{
	VolumeMount.Row, VolumeToken.Row, VolumeCA.Row, VolumeBundle.Row, VolumeCAs.Row, VolumeCABeside.Row, VolumeCAValidity.Row, VolumeNamespace.Row, VolumeAgrees.Row, VolumeNamespaceIs.Row,
}
