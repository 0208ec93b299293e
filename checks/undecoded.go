package checks

import (
	"errors"
	"io"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// undecoded leaves answers as they are: what is read of them is read by the check
// that asked. The serializers of apimachinery would bring YAML, CBOR and protobuf,
// which are 600 kB of the binary.
type undecoded struct{}

var errUndecoded = errors.New("answers are not decoded")

// SupportedMediaTypes implements runtime.NegotiatedSerializer.
func (u undecoded) SupportedMediaTypes() []runtime.SerializerInfo {
	return []runtime.SerializerInfo{{MediaType: runtime.ContentTypeJSON, MediaTypeType: "application", MediaTypeSubType: "json", EncodesAsText: true, Serializer: u}}
}

// EncoderForVersion implements runtime.NegotiatedSerializer.
func (u undecoded) EncoderForVersion(runtime.Encoder, runtime.GroupVersioner) runtime.Encoder {
	return u
}

// DecoderToVersion implements runtime.NegotiatedSerializer.
func (u undecoded) DecoderToVersion(runtime.Decoder, runtime.GroupVersioner) runtime.Decoder {
	return u
}

// Encode implements runtime.Encoder.
func (undecoded) Encode(runtime.Object, io.Writer) error { return errUndecoded }

// Identifier implements runtime.Encoder.
func (undecoded) Identifier() runtime.Identifier { return "undecoded" }

// Decode implements runtime.Decoder.
func (undecoded) Decode([]byte, *schema.GroupVersionKind, runtime.Object) (runtime.Object, *schema.GroupVersionKind, error) {
	return nil, nil, errUndecoded
}
