package causes

import (
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// forbiddenFix grants exactly what was asked for and denied.
func forbiddenFix(in Input) []Step {
	list := []Step{
		look("what may the account do now?", "kubectl -n NAMESPACE auth can-i --list --as=system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT",
			whenThen("what the program needs is listed", "its request is for another namespace or resource: the program's own error names verb, resource and namespace"),
			whenThen("Forbidden", "ask somebody who may impersonate service accounts"),
			when("what the program needs is not listed, and may be granted", 2)),
	}
	for _, text := range observe.APIDeniedNames.In(in.Seen) {
		denied, err := observe.ParseAccess(text)
		named := denied.Namespace == "" || denied.Namespace == "*" || label(denied.Namespace)
		if err == nil && named {
			list = append(list, grant(denied))
		}
	}
	if observe.APIVersionsAnswer.In(in.Seen) == observe.Forbidden {
		list = append(list, ask(admin, "every account should have the role system:discovery").with("kubectl get clusterrolebinding system:discovery -o yaml"))
	}
	if len(list) == 1 {
		list = append(list, ask("the administrator of NAMESPACE", "allow SERVICE_ACCOUNT the verb and resource in the program's error, here get pods").
			with("kubectl -n NAMESPACE create role SERVICE_ACCOUNT-get-pods --verb=get --resource=pods\n"+
				"kubectl -n NAMESPACE create rolebinding SERVICE_ACCOUNT-get-pods --role=SERVICE_ACCOUNT-get-pods --serviceaccount=NAMESPACE:SERVICE_ACCOUNT"))
	}
	return list
}

// clusterScoped are resources of no namespace: a Role does not allow them.
var clusterScoped = []string{
	"nodes", "namespaces", "persistentvolumes", "clusterroles", "clusterrolebindings", "storageclasses", "customresourcedefinitions",
	"apiservices", "ingressclasses", "priorityclasses", "runtimeclasses", "mutatingwebhookconfigurations", "validatingwebhookconfigurations",
}

// grant makes a role for one verb and one resource, and binds it.
func grant(a observe.Access) Step {
	resource, sub, _ := strings.Cut(a.Resource, "/")
	if a.Group != "" {
		resource += "." + a.Group
	}
	if sub != "" {
		resource += "/" + sub
	}
	name := "NAMESPACE-SERVICE_ACCOUNT-" + strings.NewReplacer("*", "all", "/", "-").Replace(a.Verb+"-"+resource)
	what := " '--verb=" + a.Verb + "' '--resource=" + resource + "'"
	if a.Namespace == "*" || slices.Contains(clusterScoped, a.Resource) {
		return change("every pod that runs as SERVICE_ACCOUNT may "+a.Verb+" "+resource+" in all namespaces",
			"only if it said created: kubectl delete clusterrolebinding,clusterrole "+name,
			"kubectl create clusterrole "+name+what+" &&\nkubectl create clusterrolebinding "+name+" --clusterrole="+name+" --serviceaccount=NAMESPACE:SERVICE_ACCOUNT")
	}
	in := "kubectl -n NAMESPACE "
	where := "NAMESPACE"
	if a.Namespace != "" {
		in, where = "kubectl -n "+a.Namespace+" ", a.Namespace
	}
	return change("every pod that runs as SERVICE_ACCOUNT may "+a.Verb+" "+resource+" in "+where,
		"only if it said created: "+in+"delete rolebinding,role "+name,
		in+"create role "+name+what+" &&\n"+in+"create rolebinding "+name+" --role="+name+" --serviceaccount=NAMESPACE:SERVICE_ACCOUNT")
}
