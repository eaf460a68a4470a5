package command

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
)

// components are the components of the program.
var components = []*generator.Component{
	core.Component, hardening.Component, scheduler.Component, service.Component,
}
