package main

func bench(directory string, args []string) {}
