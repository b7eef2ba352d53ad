module gobinary

go 1.21
