// Command clientgo is a client of the scenarios: it uses client-go as a program in a pod
// does, and prints whom the API server takes it for, or the error.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
)

// patient is longer than client-go waits for a connection.
const patient = 45 * time.Second

func main() {
	answer, err := ask()
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(answer)
}

func ask() (string, error) {
	config, err := rest.InClusterConfig()
	if err != nil {
		return "", err
	}
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	client, err := rest.UnversionedRESTClientFor(config)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	review := []byte(`{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`)
	result := client.Post().AbsPath("/apis/authentication.k8s.io/v1/selfsubjectreviews").
		SetHeader("Content-Type", "application/json").Body(review).Do(ctx)
	if err := result.Error(); err != nil { // which a typed client returns
		return "", err
	}
	answer, err := result.Raw()
	return string(answer), err
}
