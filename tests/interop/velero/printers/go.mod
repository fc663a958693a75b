module k8s.io/cli-runtime

go 1.26.0

require k8s.io/apimachinery v0.33.12
