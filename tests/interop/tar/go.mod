module pintle/tests/interop/tar

go 1.21
