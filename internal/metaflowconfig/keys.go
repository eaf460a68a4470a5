package metaflowconfig

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

const prefix = "METAFLOW_"

// known are the keys that Metaflow's client reads, without the prefix.
// https://github.com/Netflix/metaflow/blob/master/metaflow/metaflow_config.py
var known = keys(`
	DEFAULT_DATASTORE DEFAULT_ENVIRONMENT DEFAULT_METADATA DEFAULT_EVENT_LOGGER DEFAULT_MONITOR
	DEFAULT_PACKAGE_SUFFIXES DEFAULT_AWS_CLIENT_PROVIDER DEFAULT_AZURE_CLIENT_PROVIDER
	DEFAULT_GCP_CLIENT_PROVIDER DEFAULT_SECRETS_BACKEND_TYPE DEFAULT_SECRETS_ROLE
	DEFAULT_FROM_DEPLOYMENT_IMPL DEFAULT_DECOSPECS DEFAULT_RUNTIME_LIMIT
	DEFAULT_CONTAINER_IMAGE DEFAULT_CONTAINER_REGISTRY UI_URL CONTACT_INFO

	DATASTORE_SYSROOT_LOCAL DATASTORE_SYSROOT_S3 DATASTORE_SYSROOT_AZURE DATASTORE_SYSROOT_GS
	DATASTORE_SYSROOT_SPIN ARTIFACT_LOCALROOT TEMPDIR
	CLIENT_CACHE_PATH CLIENT_CACHE_MAX_SIZE CLIENT_CACHE_MAX_FLOWDATASTORE_COUNT
	CLIENT_CACHE_MAX_TASKDATASTORE_COUNT
	S3_ENDPOINT_URL S3_VERIFY_CERTIFICATE S3_SERVER_SIDE_ENCRYPTION S3_RETRY_COUNT
	S3_TRANSIENT_RETRY_COUNT S3_LOG_TRANSIENT_RETRIES S3_CLIENT_RETRY_CONFIG S3_WORKER_COUNT
	DATATOOLS_SUFFIX DATATOOLS_S3ROOT DATATOOLS_AZUREROOT DATATOOLS_GSROOT DATATOOLS_LOCALROOT
	DATATOOLS_CLIENT_PARAMS DATATOOLS_SESSION_VARS
	AZURE_STORAGE_BLOB_SERVICE_ENDPOINT AZURE_STORAGE_WORKLOAD_TYPE GS_STORAGE_WORKLOAD_TYPE
	AWS_SECRETS_MANAGER_DEFAULT_REGION AWS_SECRETS_MANAGER_DEFAULT_ROLE
	GCP_SECRET_MANAGER_PREFIX AZURE_KEY_VAULT_PREFIX
	CARD_LOCALROOT CARD_S3ROOT CARD_AZUREROOT CARD_GSROOT CARD_NO_WARNING SKIP_CARD_DUALWRITE
	RUNTIME_CARD_RENDER_INTERVAL

	SERVICE_URL SERVICE_INTERNAL_URL SERVICE_AUTH_KEY SERVICE_HEADERS SERVICE_RETRY_COUNT
	SERVICE_VERSION_CHECK INCLUDE_FOREACH_STACK MAXIMUM_FOREACH_VALUE_CHARS

	ECS_S3_ACCESS_IAM_ROLE ECS_FARGATE_EXECUTION_ROLE BATCH_JOB_QUEUE BATCH_CONTAINER_IMAGE
	BATCH_CONTAINER_REGISTRY BATCH_EMIT_TAGS BATCH_DEFAULT_TAGS
	SFN_IAM_ROLE SFN_DYNAMO_DB_TABLE EVENTS_SFN_ACCESS_IAM_ROLE SFN_STATE_MACHINE_PREFIX
	SFN_EXECUTION_LOG_GROUP_ARN SFN_S3_DISTRIBUTED_MAP_OUTPUT_PATH SFN_COMPRESS_STATE_MACHINE

	KUBERNETES_NAMESPACE KUBERNETES_SERVICE_ACCOUNT KUBERNETES_NODE_SELECTOR
	KUBERNETES_TOLERATIONS KUBERNETES_PERSISTENT_VOLUME_CLAIMS KUBERNETES_SECRETS
	KUBERNETES_LABELS KUBERNETES_ANNOTATIONS KUBERNETES_GPU_VENDOR KUBERNETES_CPU
	KUBERNETES_MEMORY KUBERNETES_DISK KUBERNETES_SHARED_MEMORY KUBERNETES_PORT KUBERNETES_QOS
	KUBERNETES_CONTAINER_IMAGE KUBERNETES_CONTAINER_REGISTRY KUBERNETES_IMAGE_PULL_POLICY
	KUBERNETES_IMAGE_PULL_SECRETS KUBERNETES_FETCH_EC2_METADATA KUBERNETES_CONDA_ARCH
	KUBERNETES_JOBSET_GROUP KUBERNETES_JOBSET_VERSION KUBERNETES_JOB_TERMINATE_MODE
	KUBERNETES_SANDBOX_INIT_SCRIPT
	ARGO_WORKFLOWS_KUBERNETES_SECRETS ARGO_WORKFLOWS_ENV_VARS_TO_SKIP ARGO_WORKFLOWS_UI_URL
	ARGO_WORKFLOWS_CAPTURE_ERROR_SCRIPT ARGO_EVENTS_SERVICE_ACCOUNT ARGO_EVENTS_EVENT_BUS
	ARGO_EVENTS_EVENT_SOURCE ARGO_EVENTS_EVENT ARGO_EVENTS_WEBHOOK_URL
	ARGO_EVENTS_INTERNAL_WEBHOOK_URL ARGO_EVENTS_WEBHOOK_AUTH ARGO_EVENTS_SENSOR_NAMESPACE
	NAMESPACED_EVENTS_PREFIX AIRFLOW_KUBERNETES_STARTUP_TIMEOUT_SECONDS
	AIRFLOW_KUBERNETES_CONN_ID AIRFLOW_KUBERNETES_KUBECONFIG_FILE
	AIRFLOW_KUBERNETES_KUBECONFIG_CONTEXT

	CONDA_PACKAGE_S3ROOT CONDA_PACKAGE_AZUREROOT CONDA_PACKAGE_GSROOT
	CONDA_DEPENDENCY_RESOLVER CONDA_USE_FAST_INIT ESCAPE_HATCH_WARNING
	SPIN_ALLOWED_DECORATORS SPIN_DISALLOWED_DECORATORS SPIN_PERSIST
	DEBUG_SUBCOMMAND DEBUG_SIDECAR DEBUG_S3CLIENT DEBUG_TRACING DEBUG_STUBGEN DEBUG_USERCONF
	DEBUG_CONDA DEBUG_PACKAGE PROFILE_FROM_START
	AWS_SANDBOX_ENABLED AWS_SANDBOX_API_KEY AWS_SANDBOX_INTERNAL_SERVICE_URL AWS_SANDBOX_REGION
	AWS_SANDBOX_STACK_NAME OTEL_ENDPOINT ZIPKIN_ENDPOINT CONSOLE_TRACE_ENABLED
	FEAT_ALWAYS_UPLOAD_CODE_PACKAGE CLICK_API_PROCESS_CONFIG
	ENABLED_STEP_DECORATOR ENABLED_FLOW_DECORATOR ENABLED_ENVIRONMENT ENABLED_METADATA_PROVIDER
	ENABLED_DATASTORE ENABLED_SIDECAR ENABLED_LOGGING_SIDECAR ENABLED_MONITOR_SIDECAR
	ENABLED_AWS_CLIENT_PROVIDER ENABLED_CLI ENABLED_CMD`)

// environmentOnly are variables that Metaflow's client does not look for in the file.
var environmentOnly = keys("HOME PROFILE USER DISABLE_TRACING")

// objects are the keys whose value Metaflow's client reads as a JSON object. It ends
// with an error, whatever the flow, where the value is anything else.
var objects = keys("SERVICE_HEADERS DATATOOLS_CLIENT_PARAMS DATATOOLS_SESSION_VARS " +
	"S3_CLIENT_RETRY_CONFIG BATCH_DEFAULT_TAGS")

// secrets are the keys whose value messages do not show.
var secrets = keys("SERVICE_AUTH_KEY SERVICE_HEADERS AWS_SANDBOX_API_KEY")

func keys(names string) []string {
	out := strings.Fields(names)
	for i, name := range out {
		out[i] = prefix + name
	}
	return out
}

// shown returns a value as messages show it.
func shown(key, value string) string {
	if slices.Contains(secrets, key) {
		return "a value of its own"
	}
	return value
}

// Known reports whether the key is one of those that Metaflow's own client reads.
func Known(key string) bool { return slices.Contains(known, key) }

// Settings reads words of the form KEY=VALUE. It returns every error.
func Settings(words []string) (map[string]string, []error) {
	settings := map[string]string{}
	var errs []error
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		err := checkKey(key)
		switch _, twice := settings[key]; {
		case !ok:
			err = fmt.Errorf("%q is not KEY=VALUE, like METAFLOW_DEFAULT_METADATA=local", word)
		case err != nil:
		case twice:
			err = fmt.Errorf("key %s is given twice; keep one", key)
		default:
			err = checkValue(key, value)
			settings[key] = value
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return settings, errs
}

// checkKey accepts the form of Metaflow's keys: extensions and newer versions have
// keys of their own. A key that is almost a known one is a typo.
func checkKey(key string) error {
	name := strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
	if !strings.HasPrefix(name, prefix) {
		name = prefix + name
	}
	near := suggest.Typo(name, known)
	switch {
	case Known(key):
		return nil
	case slices.Contains(environmentOnly, key):
		return fmt.Errorf("key %s is read from the environment alone: export %s", key, key)
	case near != "":
		return fmt.Errorf("key %q is unknown: did you mean %s?", key, near)
	case !regexp.MustCompile(`^METAFLOW_[A-Z0-9][A-Z0-9_]{0,99}$`).MatchString(key):
		return fmt.Errorf("%q is not a key of Metaflow's, like METAFLOW_DEFAULT_METADATA", key)
	}
	return nil
}

func checkValue(key, value string) error {
	var object map[string]any
	switch {
	case !utf8.ValidString(value):
		return fmt.Errorf("the value of %s is not text in UTF-8", key)
	case strings.TrimSpace(value) != value:
		return fmt.Errorf("the value of %s begins or ends with white space", key)
	case value != "" && slices.Contains(objects, key) &&
		(json.Unmarshal([]byte(value), &object) != nil || object == nil):
		return fmt.Errorf(`the value of %s is not a JSON object, like {"name": "value"}`, key)
	}
	return nil
}

// Export returns the line that sets a variable of the environment in a POSIX shell.
func Export(name, value string) string {
	if !regexp.MustCompile(`^[\w@%+=:,./-]+$`).MatchString(value) {
		value = "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	return "export " + name + "=" + value + "\n"
}
