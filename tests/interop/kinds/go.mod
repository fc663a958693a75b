// Only for its test data: an object of each of Kubernetes' own kinds, with every field set.
module kinds

go 1.24

require k8s.io/api v0.37.2
