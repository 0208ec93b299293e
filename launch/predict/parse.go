package predict

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// parser reads the objects of one file.
type parser struct {
	file, namespace string
	objects         []Object
	leftOut         []LeftOut
}

// documents reads YAML documents, or JSON values one after another.
func (p *parser) documents(data []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		values := json.NewDecoder(bytes.NewReader(data))
		for n := 1; ; n++ {
			var value json.RawMessage
			if err := values.Decode(&value); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("%s, document %d: %s", p.file, n, firstLine(err))
			}
			if err := p.value(value, fmt.Sprintf("%s, document %d", p.file, n), metav1.TypeMeta{}); err != nil {
				return err
			}
		}
	}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for n := 1; ; {
		text, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %s", p.file, firstLine(err))
		}
		at := fmt.Sprintf("%s, document %d", p.file, n)
		value, err := yaml.YAMLToJSONStrict(text)
		if err != nil {
			return fmt.Errorf("%s: %s", at, strings.TrimPrefix(firstLine(err), "yaml: "))
		}
		if string(value) == "null" { // nothing but comments
			continue
		}
		if err := p.value(value, at, metav1.TypeMeta{}); err != nil {
			return err
		}
		n++
	}
}

// completed stands for what the API server puts behind generateName.
const completed = "*"

// head is what every object begins with.
type head struct {
	metav1.TypeMeta
	Metadata struct {
		Name         string `json:"name"`
		GenerateName string `json:"generateName"`
		Namespace    string `json:"namespace"`
	} `json:"metadata"`
	Items json.RawMessage `json:"items"` // a list in lists alone
}

// value reads one object, or the items of a list; of is what an item has its kind from, where it
// names none.
func (p *parser) value(value json.RawMessage, at string, of metav1.TypeMeta) error {
	var h head
	if err := kjson.UnmarshalCaseSensitivePreserveInts(value, &h); err != nil {
		return fmt.Errorf("%s: %s", at, decodingError(err))
	}
	h.Kind, h.APIVersion = cmp.Or(h.Kind, of.Kind), cmp.Or(h.APIVersion, of.APIVersion)
	if h.Kind == "" || h.APIVersion == "" {
		return fmt.Errorf("%s: no object of Kubernetes: apiVersion or kind is missing", at)
	}
	if of, isList := strings.CutSuffix(h.Kind, "List"); isList && h.Items != nil {
		return p.items(h, at, of)
	}
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == h.Kind && k.apiVersion == h.APIVersion })
	o := Object{Kind: h.Kind, Namespace: h.Metadata.Namespace, Name: h.Metadata.Name, Source: at, given: value}
	if o.Name == "" && h.Metadata.GenerateName != "" {
		o.Name = h.Metadata.GenerateName + completed
	}
	if i < 0 {
		p.leftOut = append(p.leftOut, LeftOut{o.String(), "objects of " + h.APIVersion + " " + h.Kind + " are not judged"})
		return nil
	}
	if o.Namespace = cmp.Or(o.Namespace, p.namespace); kinds[i].cluster {
		o.Namespace = ""
	}
	o.object = kinds[i].empty()
	at = fmt.Sprintf("%s (%s)", at, o)
	unknown, err := kjson.UnmarshalStrict(value, o.object)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %s", at, decodingError(err))
	case len(unknown) > 0:
		return fmt.Errorf("%s: %s", at, decodingError(unknown[0]))
	case o.Name == "":
		return fmt.Errorf("%s: metadata.name is missing", at)
	}
	o.object.SetNamespace(o.Namespace)
	o.object.SetName(strings.ReplaceAll(o.Name, completed, "x"))
	if wrong := validate(o.object); len(wrong) > 0 {
		return fmt.Errorf("%s: %w", at, wrong[0])
	}
	o.object.SetName(o.Name)
	if why := decidesNothing(o.object); why != "" {
		p.leftOut = append(p.leftOut, LeftOut{o.String(), why})
		return nil
	}
	p.objects = append(p.objects, o)
	return nil
}

// items reads the items of a list; those of a typed list may leave their kind to it.
func (p *parser) items(list head, at, kind string) error {
	var items []json.RawMessage
	if err := json.Unmarshal(list.Items, &items); err != nil {
		return fmt.Errorf("%s: items: no list", at)
	}
	var of metav1.TypeMeta
	if kind != "" {
		of = metav1.TypeMeta{Kind: kind, APIVersion: list.APIVersion}
	}
	for i, item := range items {
		if err := p.value(item, fmt.Sprintf("%s, item %d", at, i+1), of); err != nil {
			return err
		}
	}
	return nil
}

// decodingError says where in an object something is not as its type has it.
func decodingError(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("%s: a %s cannot stand here", cmp.Or(wrong.Field, "the document"), wrong.Value)
	}
	text := firstLine(err)
	for _, what := range []string{"unknown", "duplicate"} {
		if field, ok := strings.CutPrefix(text, what+" field "); ok {
			return fmt.Sprintf("%s: %s field", strings.Trim(field, `"`), what)
		}
	}
	return text
}

// firstLine is the first line of an error that says something.
func firstLine(err error) string {
	line, rest, _ := strings.Cut(err.Error(), "\n")
	if strings.HasSuffix(line, "errors:") && rest != "" {
		line, _, _ = strings.Cut(rest, "\n")
	}
	return strings.TrimSpace(line)
}

// decidesNothing says why an object has no part in the question; "" where it may have.
func decidesNothing(object metav1.Object) string {
	slice, ok := object.(*discoveryv1.EndpointSlice)
	if !ok || isOf(slice, cluster.APIService) || isOf(slice, cluster.DNSService) || slice.Namespace == cluster.APINamespace && slice.Name == cluster.APIService {
		return ""
	}
	return "only EndpointSlices of the Services kubernetes and kube-dns are judged"
}

// isOf says that an EndpointSlice is one of a Service.
func isOf(slice *discoveryv1.EndpointSlice, service string) bool {
	in := map[string]string{cluster.APIService: cluster.APINamespace, cluster.DNSService: cluster.DNSNamespace}[service]
	return slice.Namespace == in && slice.Labels[discoveryv1.LabelServiceName] == service
}
