module sample.example/toolbox/v2

go 1.20
