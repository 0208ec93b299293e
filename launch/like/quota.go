package like

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// fitLimits changes what the copy asks for to what LimitRanges allow
// (https://kubernetes.io/docs/concepts/policy/limit-range/).
func (p *proof) fitLimits() error {
	r := &p.pod.Spec.Containers[0].Resources
	for _, object := range p.LimitRanges {
		for _, item := range object.Spec.Limits {
			if item.Type != corev1.LimitTypeContainer && item.Type != corev1.LimitTypePod {
				continue
			}
			for _, name := range namesIn(item) {
				if err := fit(r, item, name); err != nil {
					return fmt.Errorf("LimitRange %s does not allow the copy: %w", object.Name, err)
				}
			}
		}
	}
	return nil
}

func namesIn(item corev1.LimitRangeItem) []corev1.ResourceName {
	names := map[corev1.ResourceName]bool{}
	for _, list := range []corev1.ResourceList{item.Min, item.Max, item.Default, item.MaxLimitRequestRatio} {
		for name := range list {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// fit brings one resource of the copy between the bounds of one item.
func fit(r *corev1.ResourceRequirements, item corev1.LimitRangeItem, name corev1.ResourceName) error {
	request, limit := r.Requests[name], r.Limits[name]
	if limit.IsZero() {
		limit = item.Default[name]
	}
	least, has := item.Min[name]
	if has && request.Cmp(least) < 0 {
		request = least
	}
	most, bounded := item.Max[name]
	if bounded && (limit.IsZero() || limit.Cmp(most) > 0) {
		limit = most
	}
	if ratio, ok := item.MaxLimitRequestRatio[name]; ok {
		if limit.IsZero() {
			limit = request
		}
		if needed := float64(limit.MilliValue()) / ratio.AsApproximateFloat64(); float64(request.MilliValue()) < needed {
			request = *resource.NewMilliQuantity(int64(needed)+1, request.Format)
			if name != corev1.ResourceCPU {
				request = *resource.NewQuantity((int64(needed)+999)/1000, resource.BinarySI)
			}
		}
	}
	if !limit.IsZero() && limit.Cmp(request) < 0 {
		limit = request
	}
	if bounded && limit.Cmp(most) > 0 {
		return fmt.Errorf("%s %s is wanted, and %s is the most", name, limit.String(), most.String())
	}
	if !request.IsZero() {
		r.Requests[name] = request
	}
	if !limit.IsZero() {
		r.Limits[name] = limit
	}
	return nil
}

// ofQuota are the limits that the copy asks for where a quota demands one
// (https://kubernetes.io/docs/concepts/policy/resource-quotas/).
var ofQuota = corev1.ResourceList{
	corev1.ResourceLimitsCPU: resource.MustParse("500m"), corev1.ResourceLimitsEphemeralStorage: resource.MustParse("256Mi"),
	corev1.ResourceRequestsEphemeralStorage: resource.MustParse("64Mi"),
}

// fitQuotas refuses where a quota has no room for the copy: one that fits in takes nothing
// from a pod of the workload but what is free.
func (p *proof) fitQuotas() error {
	r := &p.pod.Spec.Containers[0].Resources
	for _, q := range p.Quotas {
		if !p.counted(q) {
			continue
		}
		demand := func(name, of corev1.ResourceName, list corev1.ResourceList) {
			if _, hard := q.Status.Hard[name]; hard && !hasKey(list, of) {
				list[of] = ofQuota[name]
			}
		}
		demand(corev1.ResourceLimitsCPU, corev1.ResourceCPU, r.Limits)
		demand(corev1.ResourceLimitsEphemeralStorage, corev1.ResourceEphemeralStorage, r.Limits)
		demand(corev1.ResourceRequestsEphemeralStorage, corev1.ResourceEphemeralStorage, r.Requests)
	}
	for _, q := range p.Quotas {
		if !p.counted(q) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(q.Status.Hard)) {
			need, counted := needs(r)[name]
			if !counted {
				continue
			}
			hard, used := q.Status.Hard[name], q.Status.Used[name]
			used.Add(need)
			if used.Cmp(hard) > 0 {
				was := q.Status.Used[name]
				return fmt.Errorf("ResourceQuota %s has no room for the copy: %s of %s %s are used, and %s is needed", q.Name, was.String(), hard.String(), name, need.String())
			}
			if used.Cmp(hard) == 0 {
				p.note("the copy takes the last %s of ResourceQuota %s while it is there", name, q.Name)
			}
		}
	}
	return nil
}

func hasKey(list corev1.ResourceList, name corev1.ResourceName) bool {
	_, has := list[name]
	return has
}

// needs are what the copy and its Job count for in a quota.
func needs(r *corev1.ResourceRequirements) corev1.ResourceList {
	one := resource.MustParse("1")
	list := corev1.ResourceList{corev1.ResourcePods: one, "count/pods": one, "count/jobs.batch": one}
	for name, quantity := range r.Requests {
		list[name], list["requests."+name] = quantity, quantity
	}
	for name, quantity := range r.Limits {
		list["limits."+name] = quantity
	}
	return list
}

// counted says whether a quota counts the copy, as far as its scopes say that: the copy has
// a deadline and requests. One with other scopes might.
func (p *proof) counted(q corev1.ResourceQuota) bool {
	scopes := slices.Clone(q.Spec.Scopes)
	if q.Spec.ScopeSelector != nil {
		for _, e := range q.Spec.ScopeSelector.MatchExpressions {
			if e.Operator == corev1.ScopeSelectorOpExists {
				scopes = append(scopes, e.ScopeName)
			}
		}
	}
	return !slices.Contains(scopes, corev1.ResourceQuotaScopeNotTerminating) && !slices.Contains(scopes, corev1.ResourceQuotaScopeBestEffort) &&
		!slices.Contains(scopes, corev1.ResourceQuotaScopePriorityClass)
}
