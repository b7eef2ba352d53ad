package main

import (
	"os"
	"runtime"
	"sync"

	"github.com/google/licensecheck"
)

// shortest is the size in bytes below which a match in a source file says too little to be a licence: the usual header
// of the Apache License has some 550.
const shortest = 400

func identify(wanted request) (*report, error) {
	made := &report{Schema: 1, Texts: make([]text, len(wanted.Texts)), Sources: []source{}}
	found := make([]source, len(wanted.Sources))
	errs := make([]error, len(wanted.Texts)+len(wanted.Sources))
	inParallel(len(errs), func(i int) {
		if i < len(wanted.Texts) {
			made.Texts[i], errs[i] = identifyText(wanted.Texts[i])
		} else {
			at := i - len(wanted.Texts)
			found[at], errs[i] = identifySource(wanted.Sources[at])
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	for _, each := range found {
		if len(each.Comments) > 0 {
			made.Sources = append(made.Sources, each)
		}
	}
	return made, nil
}

func inParallel(count int, do func(int)) {
	var done sync.WaitGroup
	next := make(chan int)
	for range make([]struct{}, runtime.GOMAXPROCS(0)) {
		done.Add(1)
		go func() {
			defer done.Done()
			for i := range next {
				do(i)
			}
		}()
	}
	for i := 0; i < count; i++ {
		next <- i
	}
	close(next)
	done.Wait()
}

func identifyText(path string) (text, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return text{}, err
	}
	coverage := licensecheck.Scan(content)
	made := text{Path: path, Percent: coverage.Percent, Matches: []match{}}
	for _, each := range coverage.Match {
		made.Matches = append(made.Matches, match{each.ID, each.End - each.Start, each.IsURL})
	}
	return made, nil
}

// identifySource gives each comment with a licence once, with all that it holds.
func identifySource(path string) (source, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return source{}, err
	}
	made := source{Path: path}
	var last block
	for _, each := range licensecheck.Scan(content).Match {
		if each.IsURL || each.End-each.Start < shortest {
			continue
		}
		around, ok := commentAround(content, each.Start, each.End)
		if !ok {
			continue
		}
		if len(made.Comments) > 0 && around == last {
			comment := &made.Comments[len(made.Comments)-1]
			comment.IDs = append(comment.IDs, each.ID)
			continue
		}
		last = around
		made.Comments = append(made.Comments, comment{IDs: []string{each.ID}, Text: around.text(content)})
	}
	return made, nil
}
