package predict

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/intstr"
	names "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validate says what the API server would reject of an object, as far as it matters here
// (https://github.com/kubernetes/kubernetes, pkg/apis/networking/validation and
// pkg/apis/discovery/validation).
func validate(object metav1.Object) field.ErrorList {
	named, namespaced := validation.NameIsDNSSubdomain, true
	var wrong field.ErrorList
	switch o := object.(type) {
	case *networkingv1.NetworkPolicy:
		wrong = validatePolicy(&o.Spec, field.NewPath("spec"))
	case *discoveryv1.EndpointSlice:
		wrong = validateSlice(o)
	case *corev1.Namespace:
		named, namespaced = validation.NameIsDNSLabel, false
	}
	return append(validation.ValidateObjectMetaAccessor(object, namespaced, named, field.NewPath("metadata")), wrong...)
}

func validatePolicy(spec *networkingv1.NetworkPolicySpec, at *field.Path) field.ErrorList {
	wrong := metavalidation.ValidateLabelSelector(&spec.PodSelector, metavalidation.LabelSelectorValidationOptions{}, at.Child("podSelector"))
	for i, rule := range spec.Ingress {
		wrong = append(wrong, validateRule(rule.From, rule.Ports, at.Child("ingress").Index(i), "from")...)
	}
	for i, rule := range spec.Egress {
		wrong = append(wrong, validateRule(rule.To, rule.Ports, at.Child("egress").Index(i), "to")...)
	}
	if len(spec.PolicyTypes) > 2 {
		wrong = append(wrong, field.TooMany(at.Child("policyTypes"), len(spec.PolicyTypes), 2))
	}
	for i, direction := range spec.PolicyTypes {
		if direction != networkingv1.PolicyTypeEgress && direction != networkingv1.PolicyTypeIngress {
			wrong = append(wrong, field.NotSupported(at.Child("policyTypes").Index(i), direction, []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}))
		}
	}
	return wrong
}

func validateRule(peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, at *field.Path, child string) (wrong field.ErrorList) {
	for i := range ports {
		wrong = append(wrong, validatePort(&ports[i], at.Child("ports").Index(i))...)
	}
	for i, peer := range peers {
		at := at.Child(child).Index(i)
		for name, selector := range map[string]*metav1.LabelSelector{"podSelector": peer.PodSelector, "namespaceSelector": peer.NamespaceSelector} {
			if selector != nil {
				wrong = append(wrong, metavalidation.ValidateLabelSelector(selector, metavalidation.LabelSelectorValidationOptions{}, at.Child(name))...)
			}
		}
		switch selects := peer.PodSelector != nil || peer.NamespaceSelector != nil; {
		case peer.IPBlock == nil && !selects:
			wrong = append(wrong, field.Required(at, "must specify a peer"))
		case peer.IPBlock != nil && selects:
			wrong = append(wrong, field.Forbidden(at, "may not specify both ipBlock and another peer"))
		case peer.IPBlock != nil:
			wrong = append(wrong, validateBlock(peer.IPBlock, at.Child("ipBlock"))...)
		}
	}
	return wrong
}

func validatePort(port *networkingv1.NetworkPolicyPort, at *field.Path) (wrong field.ErrorList) {
	protocols := []corev1.Protocol{corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP}
	if port.Protocol != nil && *port.Protocol != protocols[0] && *port.Protocol != protocols[1] && *port.Protocol != protocols[2] {
		wrong = append(wrong, field.NotSupported(at.Child("protocol"), *port.Protocol, protocols))
	}
	invalid := func(child string, value any, messages ...string) {
		for _, message := range messages {
			wrong = append(wrong, field.Invalid(at.Child(child), value, message))
		}
	}
	switch {
	case port.Port == nil:
		if port.EndPort != nil {
			invalid("endPort", *port.EndPort, "may not be specified when `port` is not specified")
		}
	case port.Port.Type == intstr.String:
		invalid("port", port.Port.StrVal, names.IsValidPortName(port.Port.StrVal)...)
		if port.EndPort != nil {
			invalid("endPort", *port.EndPort, "may not be specified when `port` is non-numeric")
		}
	default:
		invalid("port", port.Port.IntVal, names.IsValidPortNum(int(port.Port.IntVal))...)
		if port.EndPort != nil {
			invalid("endPort", *port.EndPort, names.IsValidPortNum(int(*port.EndPort))...)
			if *port.EndPort < port.Port.IntVal {
				invalid("endPort", *port.EndPort, "must be greater than or equal to `port`")
			}
		}
	}
	return wrong
}

func validateBlock(block *networkingv1.IPBlock, at *field.Path) field.ErrorList {
	wrong := names.IsValidCIDRForLegacyField(at.Child("cidr"), block.CIDR, false, nil)
	cidr, _ := netip.ParsePrefix(block.CIDR)
	for i, text := range block.Except {
		at := at.Child("except").Index(i)
		invalid := names.IsValidCIDRForLegacyField(at, text, false, nil)
		except, err := netip.ParsePrefix(text)
		if err == nil && cidr.IsValid() && (!cidr.Contains(except.Addr()) || cidr.Bits() >= except.Bits()) {
			invalid = append(invalid, field.Invalid(at, text, "must be a strict subset of `cidr`"))
		}
		wrong = append(wrong, invalid...)
	}
	return wrong
}

func validateSlice(slice *discoveryv1.EndpointSlice) (wrong field.ErrorList) {
	families := []discoveryv1.AddressType{discoveryv1.AddressTypeIPv4, discoveryv1.AddressTypeIPv6, discoveryv1.AddressTypeFQDN}
	if slice.AddressType != families[0] && slice.AddressType != families[1] && slice.AddressType != families[2] {
		wrong = append(wrong, field.NotSupported(field.NewPath("addressType"), slice.AddressType, families))
	}
	for i, port := range slice.Ports {
		if port.Port != nil {
			for _, message := range names.IsValidPortNum(int(*port.Port)) {
				wrong = append(wrong, field.Invalid(field.NewPath("ports").Index(i).Child("port"), *port.Port, message))
			}
		}
	}
	for i, endpoint := range slice.Endpoints {
		at := field.NewPath("endpoints").Index(i).Child("addresses")
		if len(endpoint.Addresses) == 0 {
			wrong = append(wrong, field.Required(at, "must contain at least 1 address"))
		}
		for j, text := range endpoint.Addresses {
			if message := wrongAddress(text, slice.AddressType); message != "" {
				wrong = append(wrong, field.Invalid(at.Index(j), text, message))
			}
		}
	}
	return wrong
}

// wrongAddress says why no endpoint may have an address; "" where one may.
func wrongAddress(text string, family discoveryv1.AddressType) string {
	addr, err := netip.ParseAddr(text)
	switch {
	case family == discoveryv1.AddressTypeFQDN:
		return ""
	case err != nil:
		return "must be a valid IP address"
	case addr.Is4() != (family == discoveryv1.AddressTypeIPv4):
		return "must be an " + string(family) + " address"
	case addr.IsUnspecified(), addr.IsLoopback(), addr.IsLinkLocalUnicast(), addr.IsLinkLocalMulticast():
		return "may not be unspecified, loopback or link-local"
	}
	return ""
}
