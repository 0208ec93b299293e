package observe

// TokenKind is where a token comes from.
type TokenKind string

// The kinds of tokens.
const (
	BoundToken  TokenKind = "bound"  // KEP-1205
	LegacyToken TokenKind = "legacy" // from a Secret
)

// Audience is for whom a token was made.
type Audience string

// The audiences.
const (
	OwnAudience     Audience = "own"     // the server accepts the token
	UsualAudience   Audience = "usual"   // the issuer, or a name of the API's
	UnknownAudience Audience = "unknown" // another one; servers may have audiences of their own choice
	ForeignAudience Audience = "foreign" // one that is known to be another system's
)

// TokenFile is how the token file came to be where it is.
type TokenFile string

// Where a token file comes from.
const (
	KubeletFile TokenFile = "kubelet" // a link into a volume that the kubelet wrote when the token was issued
	SubPathFile TokenFile = "subpath" // a subPath mount of such a volume, which is never updated
	PlainFile   TokenFile = "plain"   // not a link, nor such a mount
)

// Whose is whether something belongs to this pod, or to the server that was asked.
type Whose string

// The owners.
const (
	Own    Whose = "own"
	Others Whose = "other"
)

// Key is what the server's published keys say of the token.
type Key string

// The answers of the published keys, see KEP-1393.
const (
	KeyVerifies  Key = "verifies"
	KeyFails     Key = "fails"   // the key is there, the signature is not its
	KeyUnknown   Key = "unknown" // the key is not among them
	KeyUnchecked Key = "unchecked"
)

// Consistency is whether the same request meets the same answer again.
type Consistency string

// The consistencies.
const (
	Alike   Consistency = "alike"
	Unclear Consistency = "unclear" // some answers do not judge what is asked about: a 429, a 503
	Differs Consistency = "differs"
)

// Skew is how the pod's clock stands to the server's.
type Skew string

// The skews, of more than a minute.
const (
	ClocksAgree Skew = "agree"
	PodAhead    Skew = "pod-ahead"
	PodBehind   Skew = "pod-behind"
)

// The subjects of the token.
var (
	TokenKindIs     = symptom("token.kind", "what kind of token it is", "the token is %s", 1, BoundToken, LegacyToken)
	TokenAudience   = symptom("token.audience", "for which audience the token was issued; only the server knows whether it is its own; own, where it accepts the token", "the token's audience is %s", 3, OwnAudience, UsualAudience, UnknownAudience, ForeignAudience)
	TokenPod        = symptom("token.pod", "whether the token is bound to this pod, by POD_NAME or POD_UID; own, where the server accepts it", "the token is bound to this pod: %s", 1, Own, Others)
	TokenAccount    = symptom("token.account", "whether the token is of the service account in POD_SERVICE_ACCOUNT", "the token is of the pod's service account: %s", 1, Own, Others)
	TokenUser       = symptom("token.user", "whether the server sees the service account that the token names", "the server sees the token's service account: %s", 1, Own, Others)
	TokenTimePod    = symptom("token.time.pod", "whether the token is valid by this pod's clock; now, where the server accepts it", "by this pod's clock the token is %s", 1, Now, Past, Future)
	TokenTimeServer = symptom("token.time.server", "whether the token is valid by the server's clock; now, where the server accepts it", "by the server's clock the token is %s", 1, Now, Past, Future)
	TokenReview     = symptom("token.review", "what the API server answers to the token (SelfSubjectReview)", "the answer to the token: %s", 1, append([]Response{OK, Unavailable}, responses[1:]...)...)
	TokenFresh      = symptom("token.fresh", "whether fresh connections get the same answer to the token", "the answer over fresh connections %s", 2, Alike, Unclear, Differs)
	FreshThrottled  = countTells("token.fresh.throttled", "how many fresh connections get 429", "%s fresh connections are throttled")
	TokenKey        = tells("token.key", "whether the server's published keys verify the token's signature", "by the server's published keys, the token's signature %s", 1, KeyVerifies, KeyFails, KeyUnknown, KeyUnchecked)
	TokenIssuer     = tells("token.issuer", "whether the API server is the token's issuer", "the token's issuer is the API server's: %s", 1, Own, Others)
	TokenFileIs     = tells("token.file", "how the token file came here; kubelet: the token is bound to this pod, and the volume was written within 5 minutes of its issue; not observed of a volume that was written at another time, as that of a Secret", "the token file %s", 1, KubeletFile, SubPathFile, PlainFile)
	TokenOverdue    = flagSymptom("token.overdue", "whether the kubelet should have renewed the token 10 minutes ago: at 80 % of the lifetime that it asked for, or after 24 hours; observed where token.file is kubelet", "the kubelet should have renewed the token by now", "the token is not due for renewal", false)
	ClockSkew       = symptom("clock.skew", "how this pod's clock differs from the server's", "this pod's clock %s", 1, ClocksAgree, PodAhead, PodBehind)
	ClockDifference = duration("clock.difference", "this pod's clock minus the server's", "the clocks differ by %s")

	TokenSubject        = text("token.claims.subject", "the account that the token names", "the token's subject is %s")
	TokenNamespace      = text("token.claims.namespace", "the namespace that the token names", "the token's namespace is %s")
	TokenPodName        = text("token.claims.pod", "the pod that the token names", "the token's pod is %s")
	TokenNode           = text("token.claims.node", "the node that the token names", "the token's node is %s")
	TokenServiceAccount = text("token.claims.service-account", "the service account that the token names", "the token's service account is %s")
	TokenAccountUID     = text("token.claims.service-account-uid", "the uid of the service account that the token was issued for", "the token's service account has the uid %s")
	TokenSecret         = text("token.claims.secret", "the Secret that a legacy token is from", "the token's Secret is %s")
	TokenAudienceIs     = text("token.claims.audience", "the token's audiences, at most 8", "the token is for %s")
	TokenWritten        = moment("token.written", "when the kubelet wrote the volume of the token, by the node's clock; observed of a token that is bound to this pod", "the token's volume was written %s")
	TokenExpires        = moment("token.claims.expires", "when the token expires", "the token expires %s")
	TokenNotBefore      = moment("token.claims.not-before", "the time from which the token is valid", "the token is valid from %s")
)

var tokenSubjects = []*Row{
	TokenKindIs.Row, TokenAudience.Row, TokenPod.Row, TokenAccount.Row, TokenUser.Row, TokenTimePod.Row, TokenTimeServer.Row, TokenReview.Row, TokenFresh.Row, FreshThrottled.Row, TokenKey.Row, TokenIssuer.Row, TokenFileIs.Row, TokenOverdue.Row,
	ClockSkew.Row, ClockDifference.Row,
	TokenSubject.Row, TokenNamespace.Row, TokenPodName.Row, TokenNode.Row, TokenServiceAccount.Row, TokenAccountUID.Row, TokenSecret.Row, TokenAudienceIs.Row, TokenWritten.Row, TokenExpires.Row, TokenNotBefore.Row,
}
