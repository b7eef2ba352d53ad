module sample.example/clock/clockd

go 1.21

require sample.example/clock/api v0.3.0

replace sample.example/clock/api => ../api
