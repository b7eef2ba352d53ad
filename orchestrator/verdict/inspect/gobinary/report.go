package main

import (
	"debug/buildinfo"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// A report is what is printed. Every list is there even where it is empty; a field whose value is not known is null.
// orchestrator/verdict/inspect/binary.ts reads it.
type report struct {
	Schema     int              `json:"schema"`
	Size       uint64           `json:"size"`
	SHA256     string           `json:"sha256"`
	Format     string           `json:"format"`
	OS         *string          `json:"os"`
	Arch       *string          `json:"arch"`
	Build      *build           `json:"build"`
	BuildID    *string          `json:"buildId"`
	GNUBuildID *string          `json:"gnuBuildId"`
	UUID       *string          `json:"uuid"`
	Sections   []sectionReport  `json:"sections"`
	Rest       content          `json:"rest"`
	Packages   []packageReport  `json:"packages"`
	Functions  *functionSummary `json:"functions"`
	Paths      []pathReport     `json:"paths"`
	Strings    []string         `json:"strings"`
}

// A build is the build information that the go command left: of Go 1.13 and later.
type build struct {
	GoVersion string      `json:"goVersion"`
	Path      string      `json:"path"`
	Main      module      `json:"main"`
	Deps      []module    `json:"deps"`
	Settings  [][2]string `json:"settings"`
}

// A module's Sum is empty where the go command left it out.
type module struct {
	Path    string  `json:"path"`
	Version string  `json:"version"`
	Sum     string  `json:"sum"`
	Replace *module `json:"replace"`
}

type content struct {
	Size   uint64 `json:"size"`
	SHA256 string `json:"sha256"`
}

// inspect reads the file. A panic of a reader (the standard library's or ours) means a malformed file.
func inspect(path string, withStrings, onlyBuild, namesOnly bool) (found any, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			found, err = nil, fmt.Errorf("%s is malformed: %v", path, trouble)
		}
	}()
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", path)
	}
	image, err := openImage(file, uint64(info.Size()))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if namesOnly {
		return image.linked()
	}
	return image.report(withStrings, onlyBuild)
}

func (im *image) report(withStrings, onlyBuild bool) (*report, error) {
	found := &report{Schema: 1, Size: im.size, Format: im.format, OS: known(im.os), Arch: known(im.arch)}
	found.Build = im.readBuild(found)
	if onlyBuild {
		return found, nil
	}
	ids := im.readIDs()
	found.BuildID, found.GNUBuildID, found.UUID = known(ids.goID), known(ids.gnu), known(ids.uuid)
	var err error
	if found.SHA256, err = im.hash(0, im.size); err != nil {
		return nil, err
	}
	if found.Sections, found.Rest, err = im.hashSections(ids); err != nil {
		return nil, err
	}
	texts := newStringSet(im)
	code, err := im.readFunctions(texts)
	if err != nil {
		return nil, err
	}
	texts.addHeaders()
	found.Packages, found.Functions = code.packages, code.summary
	found.Paths = pathsOf(code.files, texts.all)
	found.Strings = []string{}
	if withStrings {
		found.Strings = texts.sorted()
	}
	return found, nil
}

// readBuild gives nil for what was not built by the go command. A platform that it names is better than the format's.
func (im *image) readBuild(found *report) *build {
	info, err := buildinfo.Read(io.NewSectionReader(im.file, 0, int64(im.size)))
	if err != nil {
		return nil
	}
	made := &build{
		GoVersion: info.GoVersion,
		Path:      info.Path,
		Main:      moduleOf(info.Main),
		Deps:      []module{},
		Settings:  [][2]string{},
	}
	for _, dep := range info.Deps {
		made.Deps = append(made.Deps, moduleOf(*dep))
	}
	for _, setting := range info.Settings {
		made.Settings = append(made.Settings, [2]string{setting.Key, setting.Value})
		switch setting.Key {
		case "GOOS":
			found.OS = known(setting.Value)
		case "GOARCH":
			found.Arch = known(setting.Value)
		}
	}
	return made
}

func moduleOf(from debug.Module) module {
	to := module{Path: from.Path, Version: from.Version, Sum: from.Sum}
	if from.Replace != nil {
		replace := moduleOf(*from.Replace)
		to.Replace = &replace
	}
	return to
}

// known gives nil for the empty text.
func known(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
