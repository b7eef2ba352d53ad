module sample.example/clock/api

go 1.21
