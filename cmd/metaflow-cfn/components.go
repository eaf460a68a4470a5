package main

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
)

// components are the published templates. The verbs of the first are at the
// top of the command line, those of the others below a noun.
var components = []*generator.Component{
	core.Component, hardening.Component, scheduler.Component, service.Component,
}
